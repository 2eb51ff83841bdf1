//! `mctui emulator`: the emulator alone.

use jiff::Timestamp;

use super::{Exit, Failure, Scene};
use crate::emulator::Options;

/// A MightyCall on 127.0.0.1, for people who develop against it.
#[derive(Debug, clap::Args)]
pub(super) struct Emulator {
    /// Port to listen on; 0 for any that is free
    #[arg(long, default_value_t = 8484)]
    port: u16,
    /// Seed of the made-up business: the same seed makes the same one
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// No new messages by themselves
    #[arg(long)]
    still: bool,
}

impl Emulator {
    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        let options = if self.still { Options::default() } else { Options::demo() };
        let options = Options { port: self.port, seed: self.seed, now: Timestamp::now(), ..options };
        let emulator = crate::emulator::Emulator::start(options).await.map_err(|why| {
            Failure::new(
                Exit::Failed,
                format!("cannot listen on 127.0.0.1:{}: {why}", self.port),
                "choose another with --port, or --port 0 for any",
            )
        })?;
        let base_url = emulator.base_url();
        if scene.output.is_json() {
            scene.output.json(&serde_json::json!({"event": "listening", "base_url": base_url}))?;
        } else {
            scene.output.line(&format!("MightyCall, emulated, at {base_url}"))?;
            scene.output.line("Try it:")?;
            scene.output.line(&format!(
                "  export MIGHTYCALL_BASE_URL={base_url} MIGHTYCALL_API_KEY=demo-api-key MIGHTYCALL_USER_KEY=demo-user-key"
            ))?;
            scene.output.line("Ctrl-C ends it.")?;
        }
        super::screen::ended_by_signal().await;
        emulator.stop().await;
        Ok(Exit::Done)
    }
}

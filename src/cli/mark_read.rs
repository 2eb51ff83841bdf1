//! `mctui mark-read`.

use serde_json::json;

use super::session::{our_number, thread};
use super::{Exit, Failure, Scene};
use crate::model::MessageId;

/// Mark threads as read.
#[derive(Debug, clap::Args)]
pub(super) struct MarkRead {
    /// Threads' ids, as `mctui threads` shows them
    #[arg(value_name = "THREAD", required_unless_present = "all", conflicts_with = "all")]
    threads: Vec<i64>,
    /// All threads
    #[arg(long)]
    all: bool,
    /// With --all: only of this business number
    #[arg(long, value_name = "N", requires = "all")]
    number: Option<String>,
}

impl MarkRead {
    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        let config = scene.config()?;
        let store = scene.store(&config).await?;
        let mut marked = 0;
        if self.all {
            let number = self.number.as_deref().map(|text| our_number(&config, text)).transpose()?;
            marked = store.mark_all_read(number).await?;
        } else {
            // all of them must be there before any is marked
            for &id in &self.threads {
                thread(&store, id).await?;
            }
            for &id in &self.threads {
                marked += store.mark_read(crate::model::ThreadId(id), MessageId(i64::MAX)).await?;
            }
        }
        store.close().await;
        if scene.output.is_json() {
            scene.output.json(&json!({"event": "done", "marked": marked}))?;
        } else {
            scene.output.line(&format!("{marked} marked as read"))?;
        }
        Ok(Exit::Done)
    }
}

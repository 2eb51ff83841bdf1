//! The real binary, run to its end.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use mctui::emulator::Emulator;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// A home of its own and the environment of one account.
pub struct Program {
    pub home: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Program {
    /// A home without anything in it.
    pub fn bare() -> Self {
        Self { home: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// A home without anything in it, and the emulator's account in the environment.
    pub fn on(emulator: &Emulator) -> Self {
        Self::bare()
            .with("MIGHTYCALL_BASE_URL", &emulator.base_url())
            .with("MIGHTYCALL_API_KEY", mctui::emulator::API_KEY)
            .with("MIGHTYCALL_USER_KEY", mctui::emulator::USER_KEY)
    }

    /// One more variable, or another value.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a variable.
    pub fn without(mut self, name: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self
    }

    pub fn config_file(&self) -> PathBuf {
        self.home.path().join("config/config.toml")
    }

    /// Writes the settings file.
    pub fn configure(&self, text: &str) {
        std::fs::create_dir_all(self.config_file().parent().unwrap()).unwrap();
        std::fs::write(self.config_file(), text).unwrap();
        private(&self.config_file());
    }

    pub async fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, b"").await
    }

    /// Runs it with this on standard input.
    pub async fn run_with(&self, arguments: &[&str], input: &[u8]) -> Run {
        let mut running = self.start(arguments);
        // a program that does not read its input closes it
        let _ = running.0.stdin.take().unwrap().write_all(input).await;
        running.end().await
    }

    /// Starts it, with nothing on standard input.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mctui"));
        command.args(arguments).env_clear().env("MCTUI_HOME", self.home.path()).env("LANG", "C.UTF-8").env("TZ", "UTC");
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        Running(command.spawn().unwrap())
    }

    /// The environment of one account, as a terminal wants it.
    pub fn environment(&self) -> Vec<(&str, &str)> {
        self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// Runs it with `--json`, and fails the test if it does not end with 0.
    pub async fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let run = self.run(&[arguments, &["--json"]].concat()).await;
        assert_eq!(run.code, 0, "{arguments:?}: {run:?}");
        run.json()
    }
}

/// A run that goes on; killed when dropped.
pub struct Running(Child);

impl Running {
    /// Sends a signal such as `STOP`.
    pub fn signal(&self, name: &str) {
        let id = self.0.id().expect("it has not ended").to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.0.id().expect("it has not ended")
    }

    /// Ends it with SIGKILL, in whatever it is doing.
    pub async fn kill(mut self) {
        self.0.kill().await.unwrap();
    }

    /// Waits for its end.
    pub async fn end(mut self) -> Run {
        drop(self.0.stdin.take());
        let output = self.0.wait_with_output().await.unwrap();
        Run {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// One JSON object a line, and nothing else.
    pub fn json(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{line:?}: {why}")))
            .collect()
    }

    /// Fails the test unless it ended with `code` and said `words` to people.
    #[track_caller]
    pub fn says(&self, code: i32, words: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.contains(words), "{self:?}");
    }
}

/// 0600.
pub fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

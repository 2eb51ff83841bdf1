//! The real binary in a real pseudo-terminal.

use std::io::{Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// Long enough for a debug build on a busy machine; nothing waits that long when it works.
const PATIENCE: Duration = Duration::from_secs(60);

struct Shared {
    parser: vt100::Parser,
    raw: Vec<u8>,
    ended: bool,
}

/// A program on a terminal of its own.
pub struct Pty {
    shared: Arc<(Mutex<Shared>, Condvar)>,
    writer: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).expect("a terminal has rows and columns")
}

/// Cargo tells tests where the binary is; an example finds it beside its own folder.
fn binary() -> PathBuf {
    option_env!("CARGO_BIN_EXE_mctui").map_or_else(
        || std::env::current_exe().unwrap().parent().and_then(Path::parent).unwrap().join("mctui"),
        PathBuf::from,
    )
}

impl Pty {
    /// Starts `mctui` with these arguments, everything of its under `home`.
    pub fn mctui(arguments: &[&str], home: &Path, environment: &[(&str, &str)], rows: u16, cols: u16) -> Self {
        Self::spawn(Self::command(arguments, home, environment), rows, cols)
    }

    /// What starts `mctui` so.
    pub fn command(arguments: &[&str], home: &Path, environment: &[(&str, &str)]) -> CommandBuilder {
        let mut command = CommandBuilder::new(binary());
        command.args(arguments);
        command.env_clear();
        command.env("PATH", std::env::var("PATH").unwrap_or_default());
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("TZ", "UTC");
        command.env("MCTUI_HOME", home);
        for (name, value) in environment {
            command.env(name, value);
        }
        command
    }

    /// Starts any program.
    pub fn spawn(command: CommandBuilder, rows: u16, cols: u16) -> Self {
        let pair = native_pty_system().openpty(size(rows, cols)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let shared = Shared { parser: vt100::Parser::new(cells(rows), cells(cols), 0), raw: Vec::new(), ended: false };
        let shared = Arc::new((Mutex::new(shared), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let feed = Arc::clone(&shared);
        std::thread::spawn(move || {
            let mut bytes = [0; 16 * 1024];
            loop {
                let count = reader.read(&mut bytes).unwrap_or(0);
                let (lock, changed) = &*feed;
                let mut shared = lock.lock().unwrap();
                if count == 0 {
                    shared.ended = true;
                } else {
                    shared.parser.process(&bytes[..count]);
                    shared.raw.extend_from_slice(&bytes[..count]);
                }
                changed.notify_all();
                if count == 0 {
                    return;
                }
            }
        });
        Self { shared, writer, master: pair.master, child }
    }

    /// Types.
    pub fn keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Changes the terminal's size.
    pub fn resize(&mut self, rows: u16, cols: u16) {
        self.shared.0.lock().unwrap().parser.screen_mut().set_size(cells(rows), cells(cols));
        self.master.resize(size(rows, cols)).unwrap();
    }

    /// What stands on the screen now.
    pub fn screen(&self) -> String {
        self.shared.0.lock().unwrap().parser.screen().contents()
    }

    /// Every byte that the program wrote.
    pub fn raw(&self) -> Vec<u8> {
        self.shared.0.lock().unwrap().raw.clone()
    }

    /// How often the program wrote these bytes so far.
    pub fn count(&self, bytes: &str) -> usize {
        count(&self.shared.0.lock().unwrap().raw, bytes.as_bytes())
    }

    /// Waits until the program has written these bytes so often.
    #[track_caller]
    pub fn wait_for_bytes(&self, bytes: &str, times: usize) {
        let deadline = Instant::now() + PATIENCE;
        let (lock, changed) = &*self.shared;
        let mut shared = lock.lock().unwrap();
        while count(&shared.raw, bytes.as_bytes()) < times {
            let left = deadline.saturating_duration_since(Instant::now());
            let (seen, screen) = (count(&shared.raw, bytes.as_bytes()), shared.parser.screen().contents());
            assert!(
                !left.is_zero() && !shared.ended,
                "waited in vain for {bytes:?} {times} times, saw {seen}:\n{screen}"
            );
            shared = changed.wait_timeout(shared, left).unwrap().0;
        }
    }

    /// Looks at the screen with its colours and attributes.
    pub fn look<T>(&self, look: impl FnOnce(&vt100::Screen) -> T) -> T {
        look(self.shared.0.lock().unwrap().parser.screen())
    }

    /// Waits until the screen is as wanted.
    #[track_caller]
    pub fn wait(&self, what: &str, mut wanted: impl FnMut(&str) -> bool) -> String {
        let deadline = Instant::now() + PATIENCE;
        let (lock, changed) = &*self.shared;
        let mut shared = lock.lock().unwrap();
        loop {
            let screen = shared.parser.screen().contents();
            if wanted(&screen) {
                return screen;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero() && !shared.ended, "waited in vain for {what}; ended: {}\n{screen}", shared.ended);
            shared = changed.wait_timeout(shared, left).unwrap().0;
        }
    }

    /// Waits until a text is on the screen.
    #[track_caller]
    pub fn wait_for(&self, text: &str) -> String {
        self.wait(text, |screen| screen.contains(text))
    }

    /// The program's process.
    pub fn id(&self) -> i32 {
        self.child.process_id().unwrap().try_into().unwrap()
    }

    /// Sends a signal such as `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// Waits for the program to end, and tells how.
    pub fn ended(&mut self) -> ExitStatus {
        let (lock, changed) = &*self.shared;
        let (shared, timeout) =
            changed.wait_timeout_while(lock.lock().unwrap(), PATIENCE, |shared| !shared.ended).unwrap();
        let screen = shared.parser.screen().contents();
        drop(shared);
        assert!(!timeout.timed_out(), "did not end:\n{screen}");
        self.child.wait().unwrap()
    }
}

fn count(raw: &[u8], bytes: &[u8]) -> usize {
    raw.windows(bytes.len()).filter(|window| *window == bytes).count()
}

impl Drop for Pty {
    fn drop(&mut self) {
        // a test that failed must not leave its program behind
        let _ = self.child.kill();
    }
}

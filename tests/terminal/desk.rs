//! What the tests sit at.

use std::path::Path;
use std::time::{Duration, Instant};

use mctui::emulator::{API_KEY, Dialect, Emulator, Options, USER_KEY};

use crate::common;
use crate::common::fictional;
use crate::common::pty::Pty;

pub(crate) const ENTER: &str = "\r";
pub(crate) const CTRL_Q: &str = "\x11";

/// An account with one customer who has written, and a home that knows it.
pub(crate) struct Desk {
    pub(crate) emulator: Emulator,
    pub(crate) home: tempfile::TempDir,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::with("").await
    }

    /// With more in the settings.
    pub(crate) async fn with(more: &str) -> Self {
        let emulator = Emulator::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal())).await.unwrap();
        let earlier = emulator.now() - jiff::SignedDuration::from_mins(5);
        emulator.receive_at(&fictional(47), &emulator.numbers()[0].address, "Is my appointment still on?", earlier);
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(home.path().join("config")).unwrap();
        let settings = format!(
            "[account]\nbase_url = \"{}\"\napi_key = \"{API_KEY}\"\nuser_key = \"{USER_KEY}\"\n\n[[numbers]]\nphone = \"+12025550101\"\nlabel = \"Main Phone\"\ndefault = true\n\n{more}",
            emulator.base_url()
        );
        let file = home.path().join("config/config.toml");
        std::fs::write(&file, settings).unwrap();
        common::program::private(&file);
        Self { emulator, home }
    }

    /// A customer writes, now.
    pub(crate) fn receive(&self, from: u8, text: &str) {
        self.emulator.receive(&fictional(from), &self.emulator.numbers()[0].address, text);
    }

    /// What the cache has, as a process of its own sees it.
    pub(crate) fn cached(&self, count: &str) -> i64 {
        let cache = rusqlite::Connection::open(self.home.path().join("data/mctui.db")).unwrap();
        cache.query_row(count, [], |row| row.get(0)).unwrap_or_default()
    }

    pub(crate) fn open(&self, rows: u16, columns: u16) -> Pty {
        Pty::mctui(&[], self.home.path(), &[], rows, columns)
    }
}

pub(crate) fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// Waits for something that is not on the screen.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

pub(crate) fn given_back(pty: &Pty) -> bool {
    pty.look(|screen| !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste())
}

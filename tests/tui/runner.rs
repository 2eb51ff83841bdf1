//! The client's wheel, turned on a buffer: a real engine and a real database against the emulator over HTTP.

use std::path::Path;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mctui::config::keymap::Keymap;
use mctui::config::theme::Depth;
use mctui::config::{Environment, Places, Preferences};
use mctui::emulator::{Dialect, Options};
use mctui::sync::Context;
use mctui::tui::Ended;
use mctui::tui::effect::Effects;
use mctui::tui::message::Msg;
use mctui::tui::session::Session;
use mctui::tui::state::{Start, State};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::common::{Rig, fictional, open};

/// Long enough for a debug build on a busy machine; nothing waits that long when it works.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
const SIZE: (u16, u16) = (100, 30);

/// Turns the client's wheel on a buffer.
pub(super) struct Runner {
    pub(super) session: Session<TestBackend>,
    pub(super) keys: mpsc::UnboundedSender<Msg>,
}

impl Runner {
    pub(super) async fn start(rig: &Rig, dialect: &Dialect) -> Self {
        Self::start_in(rig, dialect, Environment::default()).await
    }

    pub(super) async fn start_in(rig: &Rig, dialect: &Dialect, environment: Environment) -> Self {
        let context = open(&rig.emulator, dialect, false, rig.home.path()).await;
        Self::on(context, rig.home.path(), environment)
    }

    /// On a cache and settings of its own.
    pub(super) fn on(context: Context, home: &Path, environment: Environment) -> Self {
        let (keys, inbox) = mpsc::unbounded_channel();
        let (state, first) = State::new(Start {
            columns: SIZE.0,
            rows: SIZE.1,
            now: Timestamp::now(),
            zone: TimeZone::UTC,
            ascii: false,
            depth: Depth::True,
            plain: false,
            demo: false,
            keymap: Keymap::default(),
            preferences: Preferences::default(),
        });
        let effects = Effects::start(context, Places::under(home), environment, keys.clone());
        let terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
        let mut session = Session::new(terminal, state, first, inbox);
        session.serve(effects);
        Self { session, keys }
    }

    pub(super) fn screen(&self) -> String {
        let buffer = self.session.terminal().backend().buffer();
        let row = |y| (0..SIZE.0).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..SIZE.1).map(row).collect::<Vec<_>>().join("\n")
    }

    /// Presses a key: a character, or a name such as `enter` or `alt-u`.
    pub(super) fn press(&self, name: &str) {
        let key: mctui::config::keymap::Key = name.parse().unwrap();
        self.keys.send(Msg::key(key.event())).unwrap();
    }

    pub(super) fn write(&self, text: &str) {
        for character in text.chars() {
            self.keys.send(Msg::key(KeyEvent::new(KeyCode::Char(character), KeyModifiers::NONE))).unwrap();
        }
    }

    /// Turns until the screen is as wanted.
    pub(super) async fn wait(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        let turning = async {
            while !wanted(&self.screen()) {
                assert_eq!(self.session.turn().await.unwrap(), None, "left while waiting for {what}");
            }
        };
        let turned = timeout(PATIENCE, turning).await;
        assert!(turned.is_ok(), "waited in vain for {what}:\n{}", self.screen());
    }

    pub(super) async fn wait_for_content(&mut self, text: &str) {
        self.wait(text, |screen| screen.contains(text)).await;
    }

    /// Turns until a first sync has ended.
    pub(super) async fn synced(&mut self) {
        self.wait("a sync", |screen| screen.contains("synced") && !screen.contains("not synced")).await;
    }

    pub(super) async fn wait_for_end(&mut self) -> Ended {
        loop {
            if let Some(ended) = timeout(PATIENCE, self.session.turn()).await.unwrap().unwrap() {
                return ended;
            }
        }
    }
}

/// Two numbers, two customers.
pub(super) async fn desk(dialect: Dialect) -> Rig {
    let rig = Rig::start(Options::empty(&["+12025550101", "+12025550102"]).speaking(dialect), false).await;
    let ago = |minutes| rig.emulator.now() - jiff::SignedDuration::from_mins(minutes);
    rig.emulator.receive_at(&fictional(62), &rig.number(1), "Do you fix fences?", ago(30));
    rig.emulator.receive_at(&fictional(47), &rig.number(0), "Is my appointment still on?", ago(5));
    rig
}

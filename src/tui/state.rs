//! All that the screen knows. Each view keeps its own part; this puts them together.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ratatui::layout::Rect;

use super::layout::{Layout, layout};
use super::message::{Effect, Level, Notice, Request, ThreadQuery, ThreadWindow, Ticket};
use super::views::composer::Composer;
use super::views::conversation::{Conversation, Shelf};
use super::views::header::Engine;
use super::views::new_message::NewMessage;
use super::views::numbers::Numbers;
use super::views::overlay::Overlay;
use super::views::settings::Settings;
use super::views::threads::Threads;
use super::views::{Scene, when};
use crate::config::Preferences;
use crate::config::keymap::{Context, Keymap};
use crate::model::Thread;

/// Where the keys go when no window is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The list.
    #[default]
    Threads,
    /// The messages.
    Conversation,
    /// The compose box.
    Composer,
}

/// What the screen is told at its start.
#[derive(Debug, Clone)]
pub struct Start {
    /// Cells across.
    pub columns: u16,
    /// Cells down.
    pub rows: u16,
    /// The present.
    pub now: Timestamp,
    /// Where the person is.
    pub zone: TimeZone,
    /// The locale cannot show more than ASCII.
    pub ascii: bool,
    /// Colours are wanted (`NO_COLOR` is not set).
    pub colour: bool,
    /// This is the demo.
    pub demo: bool,
    /// The keys in force.
    pub keymap: Keymap,
    /// How it looks and behaves.
    pub preferences: Preferences,
}

/// The screen.
#[derive(Debug)]
pub struct State {
    pub(crate) columns: u16,
    pub(crate) rows: u16,
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    pub(crate) ascii: bool,
    pub(crate) colour: bool,
    pub(crate) demo: bool,
    pub(crate) keymap: Keymap,
    pub(crate) preferences: Preferences,
    pub(crate) focus: Focus,
    pub(crate) overlays: Vec<Overlay>,
    /// The thread whose conversation is shown.
    pub(crate) current: Option<Thread>,
    pub(crate) threads: Threads,
    pub(crate) conversation: Conversation,
    /// Conversations that were left.
    pub(crate) shelf: Shelf,
    pub(crate) composer: Composer,
    pub(crate) numbers: Numbers,
    pub(crate) engine: Engine,
    pub(crate) settings: Settings,
    pub(crate) new_message: NewMessage,
    /// In the status line, until a key.
    pub(crate) notice: Option<Notice>,
    /// The last one there was.
    pub(crate) last_notice: Option<Notice>,
    /// Where the keys go once a thread that was asked for is there.
    pub(crate) going: Focus,
    requests: u64,
    /// When the engine was last told that somebody is here.
    present: Option<Timestamp>,
}

/// How often the engine is told that somebody is at the keyboard, at most.
const PRESENCE: SignedDuration = SignedDuration::from_secs(20);

impl State {
    /// An empty screen, and what it needs first. The effect layer also sends [`super::message::SettingsNews::Config`].
    pub fn new(start: Start) -> (Self, Vec<Effect>) {
        let mut state = Self {
            columns: start.columns,
            rows: start.rows,
            now: start.now,
            zone: start.zone,
            ascii: start.ascii,
            colour: start.colour,
            demo: start.demo,
            keymap: start.keymap,
            preferences: start.preferences,
            focus: Focus::default(),
            overlays: Vec::new(),
            current: None,
            threads: Threads::default(),
            conversation: Conversation::default(),
            shelf: Shelf::default(),
            composer: Composer::default(),
            numbers: Numbers::default(),
            engine: Engine::default(),
            settings: Settings::default(),
            new_message: NewMessage::default(),
            notice: None,
            last_notice: None,
            going: Focus::default(),
            requests: 0,
            present: None,
        };
        let request = state.request();
        let asked = state.threads.load_top(request);
        let first = state.thread_query(request, asked);
        (state, vec![Effect::LoadSummary, first])
    }

    /// When the screen changes by the clock alone: then [`super::message::Msg::Now`] is due. An idle screen needs no
    /// other wake-up.
    pub fn wake_at(&self) -> Option<Timestamp> {
        [self.engine.changes(self.now), when::midnight(self.now, &self.zone)].into_iter().flatten().min()
    }

    /// The title for the terminal's window: unread messages and the name.
    pub fn title(&self) -> String {
        match self.numbers.unread().1 {
            0 => "mctui".to_owned(),
            unread => format!("({unread}) mctui"),
        }
    }

    pub(crate) fn request(&mut self) -> Request {
        self.requests += 1;
        Request(self.requests)
    }

    /// Whether the engine should hear that somebody is here; once in a while is enough.
    pub(crate) fn is_news_that_somebody_is_there(&mut self) -> bool {
        let told = self.present.is_some_and(|told| self.now.duration_since(told) < PRESENCE);
        if !told {
            self.present = Some(self.now);
        }
        !told
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        self.requests += 1;
        Ticket(self.requests)
    }

    pub(crate) fn thread_query(&self, request: Request, (window, limit): (ThreadWindow, usize)) -> Effect {
        Effect::LoadThreads { request, query: ThreadQuery { number: self.numbers.current.clone(), window, limit } }
    }

    pub(crate) fn screen(&self) -> Rect {
        Rect::new(0, 0, self.columns, self.rows)
    }

    /// Where windows may lie: everywhere but over the hint bar.
    pub(crate) fn window_area(&self) -> Rect {
        let screen = self.screen();
        Rect { height: screen.height - self.layout().hints.height, ..screen }
    }

    pub(crate) fn layout(&self) -> Layout {
        layout(self.columns, self.rows, self.focus, self.composer.wanted())
    }

    pub(crate) fn scene(&self) -> Scene<'_> {
        Scene {
            now: self.now,
            zone: &self.zone,
            keymap: &self.keymap,
            preferences: &self.preferences,
            numbers: &self.numbers,
            current: self.current.as_ref(),
            ascii: self.ascii,
            screen: self.window_area(),
        }
    }

    /// Which keys are alive.
    pub(crate) fn context(&self) -> Context {
        match (self.overlays.last(), self.focus) {
            (Some(Overlay::Settings), _) => self.settings.context(),
            (Some(Overlay::NewMessage), _) => Context::Form,
            (Some(Overlay::Confirm(_)), _) => Context::Confirm,
            (Some(Overlay::Window(window)), _) => window.context(),
            (Some(_), _) => Context::List,
            (None, Focus::Threads) => Context::Threads,
            (None, Focus::Conversation) => Context::Conversation,
            (None, Focus::Composer) => Context::Composer,
        }
    }

    /// Tells a person something in the status line.
    pub(crate) fn tell(&mut self, notice: Notice) {
        let standing = self.notice.as_ref().is_some_and(|standing| standing.level == Level::Error);
        if standing && notice.level == Level::Info {
            return;
        }
        self.last_notice = Some(notice.clone());
        self.notice = Some(notice);
    }
}

//! All that the screen knows. Each view keeps its own part; this puts them together.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ratatui::layout::{Position, Rect};

use super::layout::{Layout, Wish, layout};
use super::looks::{self, Looks};
use super::message::{Effect, Level, Notice, Request, ThreadQuery, ThreadWindow, Ticket};
use super::unsaved::InWindows;
use super::views::composer::Composer;
use super::views::conversation::{Conversation, Shelf};
use super::views::header::Engine;
use super::views::numbers::Numbers;
use super::views::opening::Opening;
use super::views::overlay::Overlay;
use super::views::search::Memory;
use super::views::settings::Settings;
use super::views::stories::Stories;
use super::views::threads::Threads;
use super::views::tour::Tour;
use super::views::{Scene, when};
use crate::config::keymap::{Action, Context, Keymap};
use crate::config::preferences::Images;
use crate::config::rescue::UnsentText;
use crate::config::theme::Depth;
use crate::config::{Places, Preferences};
use crate::model::{Address, Thread, ThreadId};

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

/// How somebody wants to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    /// Without a question, where nothing is lost by it.
    Plain,
    /// Asking first where something is not sent.
    Asking,
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
    /// Colours that the terminal has; none where none are wanted.
    pub depth: Depth,
    /// Painted for a screen reader, whatever the settings say.
    pub plain: bool,
    /// This is the demo.
    pub demo: bool,
    /// The keys in force.
    pub keymap: Keymap,
    /// How it looks and behaves.
    pub preferences: Preferences,
}

/// The line between the list and the conversation, held by the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Drag {
    /// Columns of the list, if it were let go now.
    pub(crate) list_width: u16,
    /// It was not only clicked.
    pub(crate) moved: bool,
}

/// The screen.
#[derive(Debug)]
pub struct State {
    pub(crate) columns: u16,
    pub(crate) rows: u16,
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
    pub(crate) ascii: bool,
    pub(crate) looks: Looks,
    pub(crate) demo: bool,
    pub(crate) keymap: Keymap,
    pub(crate) preferences: Preferences,
    pub(crate) focus: Focus,
    pub(crate) overlays: Vec<Overlay>,
    /// The thread whose conversation is shown.
    pub(crate) current: Option<Thread>,
    pub(crate) threads: Threads,
    pub(crate) conversation: Conversation,
    /// Where a person was when they last had one number, or all, before them.
    pub(crate) left: HashMap<Option<Address>, (Thread, Focus)>,
    /// The thread that was last marked read by a key, and how much was unread in it.
    pub(crate) marked_read: Option<(ThreadId, u32)>,
    /// Conversations that were left.
    pub(crate) visited: Shelf,
    pub(crate) composer: Composer,
    pub(crate) numbers: Numbers,
    pub(crate) engine: Engine,
    pub(crate) settings: Settings,
    /// In the status line, until a key.
    pub(crate) notice: Option<Notice>,
    /// What was told lately.
    pub(crate) stories: Stories,
    /// The set-up guide, left halfway.
    pub(crate) set_up: Option<Overlay>,
    /// The demo's tour, while it goes on.
    pub(crate) tour: Option<Tour>,
    /// Where files lie, for the help.
    pub(crate) places: Option<Places>,
    /// Somebody wants to leave, and what is typed is being saved.
    pub(crate) leaving: Option<Leave>,
    /// While the cache is not open yet.
    pub(crate) opening: Option<Opening>,
    /// Where the keys go once a thread that was asked for is there.
    pub(crate) going: Focus,
    /// The last search.
    pub(crate) searched: Memory,
    /// What the mouse holds.
    pub(crate) drag: Option<Drag>,
    /// Where and when it was clicked last.
    pub(crate) clicked: Option<(Position, Timestamp)>,
    requests: u64,
    /// When the engine was last told that somebody is here.
    pub(crate) present: Option<Timestamp>,
    /// Whether the terminal is looked at, where it says.
    pub(crate) looked_at: Option<bool>,
}

/// How often the time that long work takes is said anew.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

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
            looks: Looks::new(start.depth, start.plain),
            demo: start.demo,
            keymap: start.keymap,
            preferences: start.preferences,
            focus: Focus::default(),
            overlays: Vec::new(),
            current: None,
            threads: Threads::default(),
            conversation: Conversation::default(),
            left: HashMap::new(),
            marked_read: None,
            visited: Shelf::default(),
            composer: Composer::default(),
            numbers: Numbers::default(),
            engine: Engine::default(),
            settings: Settings::default(),
            notice: None,
            stories: Stories::default(),
            set_up: None,
            tour: start.demo.then(Tour::default),
            places: None,
            leaving: None,
            opening: None,
            going: Focus::default(),
            searched: Memory::default(),
            drag: None,
            clicked: None,
            requests: 0,
            present: None,
            looked_at: None,
        };
        looks::settle(&mut state);
        let request = state.request();
        let asked = state.threads.load_top(request);
        let first = state.thread_query(request, asked);
        (state, vec![Effect::LoadSummary, first])
    }

    /// When the screen changes by the clock alone: then [`super::message::Msg::Now`] is due. An idle screen needs no
    /// other wake-up.
    pub fn wake_at(&self) -> Option<Timestamp> {
        if self.opening.is_some() {
            return Some(self.now + SECOND);
        }
        let (layout, times) = (self.layout(), self.preferences.ui.times);
        let conversation = layout.conversation.and_then(|_| self.conversation.changes(self.now, times));
        let threads = layout.threads.and_then(|_| self.threads.changes(self.now, times));
        let midnight = when::midnight(self.now, &self.zone);
        // for a screen reader the header does not say how fresh all is
        let fresh = self.engine.changes(self.now).filter(|_| !self.is_plain());
        [fresh, midnight, conversation, threads].into_iter().flatten().min()
    }

    /// What a person prefers.
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Whether this is the demo, of which nothing is left.
    pub fn is_demo(&self) -> bool {
        self.demo
    }

    /// What windows hold that nobody was asked to save.
    pub(crate) fn in_windows(&self) -> InWindows {
        let mut all = InWindows::default();
        for overlay in &self.overlays {
            if let Overlay::Window(window) = overlay {
                let InWindows { unkept, put_away } = window.unsaved(self.scene());
                all.unkept.extend(unkept);
                all.put_away.extend(put_away);
            }
        }
        all
    }

    /// The text that is in another editor, and whose it is.
    pub(crate) fn lent(&self) -> Option<UnsentText> {
        let in_windows = self.overlays.iter().find_map(|overlay| match overlay {
            Overlay::Window(window) => window.lent(self.scene()),
            _ => None,
        });
        in_windows.or_else(|| self.composer.lent())
    }

    /// The title for the terminal's window: unread messages that are not muted, and the name.
    pub fn title(&self) -> String {
        match self.numbers.loud(&self.preferences.notify.muted) {
            0 => "mctui".to_owned(),
            unread => format!("({unread}) mctui"),
        }
    }

    pub(crate) fn request(&mut self) -> Request {
        self.requests += 1;
        Request(self.requests)
    }

    /// Whether the client is still opening: nobody has pressed anything, and the first messages are just coming in. After
    /// that somebody may be reading what is there.
    pub(crate) fn is_untouched(&self) -> bool {
        self.present.is_none() && !self.engine.has_settled(self.now)
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
        let number = self.numbers.current.clone();
        let (filter, text) = self.threads.narrowed();
        Effect::LoadThreads { request, query: ThreadQuery { number, filter, text, window, limit } }
    }

    pub(crate) fn screen(&self) -> Rect {
        Rect::new(0, 0, self.columns, self.rows)
    }

    /// Where windows may lie: everywhere but over the hint bar.
    pub(crate) fn window_area(&self) -> Rect {
        let screen = self.screen();
        Rect { height: screen.height - self.layout().hints.height, ..screen }
    }

    /// Why texts from the number of the conversation in view probably do not go out.
    pub(crate) fn texting_warning(&self) -> Option<&'static str> {
        self.numbers.texting_warning(&self.current.as_ref()?.number)
    }

    pub(crate) fn layout(&self) -> Layout {
        let held = self.drag.filter(|drag| drag.moved);
        let list = held.map_or(self.preferences.ui.list_width, |drag| drag.list_width);
        let plain = self.is_plain();
        let tour = self.tour.filter(|_| !plain);
        let guide = tour.map_or(0, |_| Tour::rows(&self.keymap, self.columns, self.rows));
        let wish = Wish { text: self.composer.wanted(self.texting_warning()), list, plain, guide };
        layout(self.columns, self.rows, self.focus, wish)
    }

    pub(crate) fn scene(&self) -> Scene<'_> {
        Scene {
            now: self.now,
            zone: &self.zone,
            keymap: &self.keymap,
            preferences: &self.preferences,
            numbers: &self.numbers,
            current: self.current.as_ref(),
            ascii: self.is_ascii(),
            colour: self.looks.has_colour(),
            plain: self.is_plain(),
            engine: &self.engine,
            screen: self.window_area(),
        }
    }

    /// The part of the conversation's pane that messages have, and the line under them where something is looked for.
    pub(crate) fn with_find_line(&self, inside: Rect) -> (Rect, Option<Rect>) {
        if !self.conversation.has_find_line() || inside.height < 2 {
            return (inside, None);
        }
        let height = inside.height - 1;
        (Rect { height, ..inside }, Some(Rect { y: inside.y + height, height: 1, ..inside }))
    }

    /// Which keys are alive.
    pub(crate) fn context(&self) -> Context {
        match (self.overlays.last(), self.focus) {
            (Some(Overlay::Settings), _) => self.settings.context(),
            (Some(Overlay::Confirm(_)), _) => Context::Confirm,
            (Some(Overlay::Window(window)), _) => window.context(),
            (Some(_), _) => Context::List,
            (None, Focus::Threads) if self.threads.is_typing() => Context::Find,
            (None, Focus::Conversation) if self.conversation.is_finding() => Context::Find,
            (None, Focus::Threads) => Context::Threads,
            (None, Focus::Conversation) => Context::Conversation,
            (None, Focus::Composer) => Context::Composer,
        }
    }

    /// Whether an action means anything where the keys go now.
    pub(crate) fn offers(&self, action: Action) -> bool {
        // a question is answered before anything else
        if self.context() == Context::Confirm {
            return matches!(action, Action::Yes | Action::No);
        }
        let offered = match self.overlays.last() {
            Some(Overlay::Window(window)) => window.offers(action, self.scene()),
            Some(Overlay::Settings) => self.settings.offers(action),
            _ => true,
        };
        if !offered {
            return false;
        }
        let about_a_thread = matches!(action, Action::Open | Action::ToggleRead | Action::ToggleDone);
        if about_a_thread && self.overlays.is_empty() && self.current.is_none() {
            return false;
        }
        let about_a_message = matches!(self.context(), Context::Conversation | Context::Details);
        !about_a_message || self.conversation.offers(action)
    }

    /// Whether pictures can be shown.
    pub(crate) fn shows_pictures(&self) -> bool {
        let ui = &self.preferences.ui;
        ui.images != Images::Off && !self.is_plain() && !self.is_ascii() && self.looks.has_colour()
    }

    /// Tells a person something in the status line.
    pub(crate) fn tell(&mut self, notice: Notice) {
        let standing = self.notice.as_ref().is_some_and(|standing| standing.level != Level::Info);
        let behind = standing && notice.level == Level::Info;
        self.stories.note(notice.clone(), self.now, behind);
        if behind {
            return;
        }
        self.composer.drop_question();
        self.notice = Some(notice);
    }
}

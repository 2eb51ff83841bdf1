//! What comes into the screen ([`Msg`]) and what it asks for ([`Effect`]). Data only.
//!
//! Requests carry a [`Request`] number and their answers bring it back, so that an answer that was overtaken by a
//! newer request is told from the one that is waited for.

mod ask;

use std::fmt;

use crossterm::event::{KeyEvent, MouseEvent};
use jiff::Timestamp;

pub use ask::{Effect, MessageWindow, Request, SettingsAsk, TerminalAsk, ThreadKey, ThreadQuery, ThreadWindow, Ticket};

use crate::config::Config;
use crate::model::{Address, BusinessNumber, Contact, Coverage, Line, Message, MessageId, Thread, ThreadId};

/// Something that a person typed: may be a key of the service, so its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Typed<T>(pub T);

impl<T> fmt::Debug for Typed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Typed(…)")
    }
}

/// Everything that can happen to the screen.
#[derive(Debug, Clone)]
pub enum Msg {
    /// A key; releases are ignored.
    Key(Typed<KeyEvent>),
    /// A bracketed paste, whole.
    Paste(Typed<String>),
    /// The mouse.
    Mouse(MouseEvent),
    /// The terminal's new size in cells.
    Resize {
        /// Cells across.
        columns: u16,
        /// Cells down.
        rows: u16,
    },
    /// What time it is. To come at the start, before every other message that follows some idle time, and at
    /// [`crate::tui::state::State::wake_at`].
    Now(Timestamp),
    /// The cache has changed, whoever changed it.
    Changed(Changed),
    /// Answer to [`Effect::LoadThreads`].
    Threads {
        /// Of the request.
        request: Request,
        /// The rows.
        page: ThreadPage,
    },
    /// Answer to [`Effect::LoadMessages`].
    Messages {
        /// Of the request.
        request: Request,
        /// Of the request.
        thread: ThreadId,
        /// The rows.
        page: MessagePage,
    },
    /// Answer to [`Effect::LoadThreads`] or [`Effect::LoadMessages`] where the cache could not be read.
    NotLoaded {
        /// Of the request.
        request: Request,
        /// For people.
        reason: String,
    },
    /// Answer to [`Effect::LoadSummary`].
    Summary(Summary),
    /// Answer to [`Effect::LoadContacts`]: by last activity.
    Contacts(Vec<Contact>),
    /// Answer to [`Effect::LoadPalette`]: threads by last activity.
    Palette(Vec<Thread>),
    /// Answer to [`Effect::OpenThread`] and [`Effect::NextUnread`]: the thread to go to.
    GoTo(Box<Thread>),
    /// Answer to [`Effect::NextUnread`] where nothing is unread.
    NothingUnread,
    /// Answer to [`Effect::LoadThread`].
    Thread(Box<Thread>),
    /// Answer to [`Effect::Send`]: the outbox row is committed.
    Queued {
        /// Of the request.
        ticket: Ticket,
        /// The row.
        message: MessageId,
        /// Its thread, which may be new.
        thread: ThreadId,
    },
    /// Answer to [`Effect::Send`]: the outbox row could not be written; the text stays in the composer.
    NotQueued {
        /// Of the request.
        ticket: Ticket,
        /// For people.
        reason: String,
    },
    /// What the engine does.
    Sync(SyncNews),
    /// What came of something asked for in the settings.
    Settings(SettingsNews),
    /// Something to tell in the status line.
    Notice(Notice),
    /// Answer to [`TerminalAsk::Edit`]: the text as it was left, or why there is none, for people.
    Edited(Typed<Result<String, String>>),
    /// The terminal is looked at, or not any more.
    Focused(bool),
}

impl Msg {
    /// A key press.
    pub fn key(event: KeyEvent) -> Self {
        Self::Key(Typed(event))
    }

    /// A paste.
    pub fn paste(text: impl Into<String>) -> Self {
        Self::Paste(Typed(text.into()))
    }
}

/// What of the cache has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// These threads: messages, deliveries, unread, drafts.
    Threads(Vec<ThreadId>),
    /// Our numbers.
    Numbers,
    /// Possibly anything.
    Everything,
}

/// A stretch of the thread list, newest activity first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThreadPage {
    /// The rows.
    pub threads: Vec<Thread>,
    /// Newer ones are there.
    pub more_above: bool,
    /// Older ones are there.
    pub more_below: bool,
}

/// A stretch of a conversation, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessagePage {
    /// The rows.
    pub messages: Vec<Message>,
    /// Older ones are in the cache.
    pub more_older: bool,
    /// Newer ones are in the cache.
    pub more_newer: bool,
    /// What of the number's history is here; `None` where it was never asked for.
    pub coverage: Option<Coverage>,
}

/// One of our numbers with what waits on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberRow {
    /// The number.
    pub number: BusinessNumber,
    /// Unread messages.
    pub unread: u32,
    /// Threads.
    pub threads: u32,
}

/// The counts of the header and of the number list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Our numbers, in the configuration's order.
    pub numbers: Vec<NumberRow>,
    /// Messages in the outbox that are queued or on their way.
    pub waiting: u32,
}

/// What the engine tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncNews {
    /// A sync began.
    Started,
    /// How far it is.
    Progress {
        /// Which number is being fetched.
        number: Option<Address>,
        /// Messages read so far.
        fetched: u64,
        /// Of these, not here before.
        new: u64,
        /// All there are, where MightyCall says.
        total: Option<u64>,
    },
    /// It ended.
    Done {
        /// When.
        at: Timestamp,
        /// Messages that were not here before.
        new: u64,
        /// Numbers that failed and why, for people.
        failed: Vec<(Option<Address>, String)>,
    },
    /// Another process has synced.
    Elsewhere(Timestamp),
    /// How the line to MightyCall is.
    Line(Line),
    /// Requests used of the day's.
    Budget {
        /// In the last 24 hours.
        used: u32,
        /// Allowed in 24 hours.
        limit: u32,
        /// Left for reading; the others are kept for sending.
        for_reading: u32,
    },
}

/// A number that MightyCall says is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundNumber {
    /// E.164.
    pub address: Address,
    /// MightyCall's label for it.
    pub label: Option<String>,
    /// Whether it is switched on there.
    pub enabled: bool,
}

/// What came of something asked for in the settings.
#[derive(Debug, Clone)]
pub enum SettingsNews {
    /// The configuration in force, with the environment laid over it. At the start and after every change.
    Config(Box<Config>),
    /// A change was written.
    Saved(String),
    /// A change could not be written; why, for people.
    NotSaved(String),
    /// A test's result in plain words.
    Tested {
        /// Which number.
        number: Address,
        /// `Ok`: what works. `Err`: what is wrong and what to do.
        result: Result<String, String>,
    },
    /// What MightyCall says our numbers are, or what is wrong and what to do.
    Discovered(Result<Vec<FoundNumber>, String>),
    /// How many numbers a set-up file brought, or what is wrong with it.
    Imported(Result<usize, String>),
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Something is done or going on.
    Info,
    /// It goes on, but a person should know.
    Warning,
    /// It did not work.
    Error,
}

/// A line for the status line. Texts may be foreign: they are made safe where they are drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// All of it; the status line shows as much as fits.
    pub text: String,
}

impl Notice {
    /// Something done.
    pub fn info(text: impl Into<String>) -> Self {
        Self { level: Level::Info, text: text.into() }
    }

    /// Something to know.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { level: Level::Warning, text: text.into() }
    }

    /// Something that failed.
    pub fn error(text: impl Into<String>) -> Self {
        Self { level: Level::Error, text: text.into() }
    }
}

//! What comes into the screen ([`Msg`]) and what it asks for ([`Effect`]). Data only.
//!
//! Requests carry a [`Request`] number and their answers bring it back, so that an answer that was overtaken by a
//! newer request is told from the one that is waited for.

mod ask;
mod find;
mod leave;
mod media;
mod story;

use std::fmt;

use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use jiff::Timestamp;

pub use ask::{
    Effect, MessageWindow, Request, SetUpKeys, SettingsAsk, TerminalAsk, ThreadKey, ThreadQuery, ThreadWindow, Ticket,
};
pub use find::{Found, FoundPage, SearchQuery};
pub use leave::{Leaving, NotSaved, RescueId, RescuedText};
pub use story::{Level, Notice, Story};

pub use media::{FileKey, MediaAsk, MediaNews};

use crate::config::snippets::Snippet;
use crate::config::theme::Themes;
use crate::config::{Config, Places};
use crate::model::news::News;
use crate::model::upkeep::Upkeep;
use crate::model::way::Way;
use crate::model::words::Term;
use crate::model::{
    Address, Broadcast, BusinessNumber, Contact, Coverage, Line, Message, MessageId, NumberTraits, Thread, ThreadId,
};

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
    /// Enter between lines that came faster than anyone types.
    LineEnd(Typed<KeyEvent>),
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
    /// How far the work is that the cache needs before it can be used: until [`Self::Opened`] there is nothing else.
    Upkeep(Upkeep),
    /// The cache is open.
    Opened,
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
    /// Answer to [`Effect::Search`].
    Found {
        /// Of the request.
        request: Request,
        /// What was found.
        page: FoundPage,
    },
    /// Answer to [`Effect::FindInThread`].
    FoundInThread {
        /// Of the request.
        request: Request,
        /// Newest first.
        found: Vec<MessageId>,
    },
    /// Answer to [`Effect::OpenMessage`]: the thread to go to, the message in it, and what to show of it.
    GoToMessage(Box<Thread>, MessageId, Vec<Term>),
    /// Answer to [`Effect::LoadSummary`].
    Summary(Summary),
    /// Answer to [`Effect::LoadContacts`]: by last activity.
    Contacts(Vec<Contact>),
    /// Answer to [`Effect::LoadWay`].
    Way(Box<(Message, Way)>),
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
    /// Answer to [`Effect::LoadBroadcast`]: what was left unfinished, and by which of our numbers it is kept.
    Broadcast(Option<Box<(Address, Broadcast)>>),
    /// Answer to [`Effect::SendEach`]: the outbox rows are committed, in these threads.
    QueuedEach(Vec<ThreadId>),
    /// Answer to [`Effect::SendEach`]: no outbox row could be written; the text stays where it was begun.
    NotQueuedEach {
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
    /// Answer to [`SettingsAsk::Themes`].
    Themes(Box<Themes>),
    /// New messages that nobody was told of yet.
    News(Vec<News>),
    /// Answer to [`Effect::LoadSnippets`] and [`Effect::ChangeSnippets`]: all there are, or what is wrong and where.
    Snippets(Result<Vec<Snippet>, String>),
    /// Answer to [`Effect::LoadLastNumbers`]: a contact, and which of our numbers.
    LastNumbers(Vec<(Address, Address)>),
    /// What came of a link or a file.
    Media(MediaNews),
    /// Answer to [`Effect::Quit`].
    Leaving(Leaving),
    /// Whether all that was typed is in the cache: told when that changes.
    AllSaved(bool),
    /// Texts of an earlier run that were not saved then.
    Rescued(Vec<RescuedText>),
}

impl Msg {
    /// A key press.
    pub fn key(event: KeyEvent) -> Self {
        Self::Key(Typed(event))
    }

    /// Whether nothing is lost where `next` is taken alone: of a drag or a change of size only where it ends matters.
    pub fn is_overtaken_by(&self, next: &Self) -> bool {
        match (self, next) {
            (Self::Mouse(one), Self::Mouse(other)) => matches!(
                (one.kind, other.kind),
                (MouseEventKind::Drag(one), MouseEventKind::Drag(other)) if one == other
            ),
            (Self::Resize { .. }, Self::Resize { .. }) => true,
            _ => false,
        }
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
    /// Of these, in muted threads.
    pub muted: u32,
    /// Threads.
    pub threads: u32,
    /// What it can do, as MightyCall reports it.
    pub traits: NumberTraits,
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
    /// What the sync that began is for.
    Doing(Work),
    /// How far it is.
    Progress(Progress),
    /// It ended because a person wanted no more of it.
    Cancelled {
        /// Messages that were not here before.
        new: u64,
        /// [`Effect::ResumeSync`] goes on with it.
        resumable: bool,
    },
    /// It ended.
    Done {
        /// When.
        at: Timestamp,
        /// Messages that were not here before.
        new: u64,
        /// Numbers that failed and why, for people.
        failed: Vec<(Option<Address>, Story)>,
    },
    /// Another process is sending, and what is queued here waits for it; or it does not any more.
    AnotherSends(bool),
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

/// What a sync is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Work {
    /// What is new, and the first messages of a number that was never fetched.
    #[default]
    News,
    /// Messages older than what is here.
    Older,
    /// All there is.
    Everything,
}

/// How far a sync is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Which number is being read, or the first of those that are read together.
    pub number: Address,
    /// How many numbers are read together.
    pub together: usize,
    /// Its place in this sync, from 1. Numbers that are read together have one place.
    pub place: usize,
    /// How many places this sync has.
    pub of: usize,
    /// Messages of them that were read.
    pub fetched: u64,
    /// Of these, not here before.
    pub new: u64,
    /// What `fetched` will have come to, where that can be told.
    pub expected: Option<u64>,
    /// Requests of this sync so far.
    pub requests: u32,
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
    /// Where files lie.
    Places(Box<Places>),
    /// Whether there is a keyring here that keys can be kept in.
    Keyring(bool),
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

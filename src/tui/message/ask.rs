//! What the screen asks of the world. The effect layer carries these out and answers with [`super::Msg`]s.

use std::path::PathBuf;

use super::find::SearchQuery;
use crate::config::edit::Change;
use crate::config::{NumberEntry, Secret, preferences, snippets};
use crate::model::words::Term;
use crate::model::{Address, Broadcast, Contact, MessageId, ThreadFilter, ThreadId, ThreadState, ThreadText};

/// Tells an answer from an overtaken one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Request(pub u64);

/// Tells one send from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Ticket(pub u64);

/// A place in the list of threads: by activity, then id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadKey {
    /// [`crate::model::Thread::activity`].
    pub activity: i64,
    /// The row.
    pub id: ThreadId,
}

/// Which stretch of the thread list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadWindow {
    /// The newest.
    Top,
    /// What is older than this place, and so below it on the screen.
    Below(ThreadKey),
    /// What is newer than this place, and so above it; the nearest to it.
    Above(ThreadKey),
    /// Around a thread, which may no longer match.
    Around(ThreadId),
}

/// Which threads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadQuery {
    /// Those of one of our numbers alone.
    pub number: Option<Address>,
    /// Those that have this in common.
    pub filter: ThreadFilter,
    /// Those with these words in their rows.
    pub text: Option<ThreadText>,
    /// Which stretch of them.
    pub window: ThreadWindow,
    /// At most so many.
    pub limit: usize,
}

/// Which stretch of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageWindow {
    /// The newest.
    Newest,
    /// The nearest ones older than this.
    Before(MessageId),
    /// The nearest ones newer than this.
    After(MessageId),
    /// This one with its neighbours on both sides.
    Around(MessageId),
}

/// What the screen wants done. Each says what answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Read threads. → [`super::Msg::Threads`]
    LoadThreads {
        /// Goes back with the answer.
        request: Request,
        /// Which ones.
        query: ThreadQuery,
    },
    /// Read one thread's row. → [`super::Msg::Thread`]
    LoadThread(ThreadId),
    /// Read messages. → [`super::Msg::Messages`]
    LoadMessages {
        /// Goes back with the answer.
        request: Request,
        /// Of which thread.
        thread: ThreadId,
        /// Which stretch.
        window: MessageWindow,
        /// At most so many.
        limit: usize,
    },
    /// Find messages. → [`super::Msg::Found`], unless a newer search overtakes it
    Search {
        /// Goes back with the answer.
        request: Request,
        /// Which ones.
        query: Box<SearchQuery>,
    },
    /// Find messages in a thread. → [`super::Msg::FoundInThread`], unless a newer one overtakes it
    FindInThread {
        /// Goes back with the answer.
        request: Request,
        /// Which thread.
        thread: ThreadId,
        /// What they have in them.
        terms: Vec<Term>,
    },
    /// Go to a message, and show what was looked for in it. → [`super::Msg::GoToMessage`]
    OpenMessage(ThreadId, MessageId, Vec<Term>),
    /// Read all that is known of a message. → [`super::Msg::Way`]
    LoadWay(MessageId),
    /// Put a thread away, or back. → [`super::Msg::Changed`]
    SetState(ThreadId, ThreadState),
    /// Read the counts. → [`super::Msg::Summary`]
    LoadSummary,
    /// Read the contacts. → [`super::Msg::Contacts`]
    LoadContacts,
    /// Read what the palette offers. → [`super::Msg::Palette`]
    LoadPalette,
    /// Keep unsent text. Comes with every change of the text: the effect layer keeps the last one per (number, contact),
    /// writes it within a fraction of a second, and writes all that are left before it answers [`Effect::Quit`].
    /// An empty text clears the draft and makes no thread.
    SaveDraft {
        /// From which of our numbers.
        number: Address,
        /// To whom.
        contact: Contact,
        /// All of it.
        text: String,
    },
    /// Keep a text to several people that is not sent. Comes with every change of it, and is written as drafts are. An empty
    /// one clears what is kept.
    SaveBroadcast {
        /// By which of our numbers.
        begun: Address,
        /// All of it.
        broadcast: Broadcast,
    },
    /// Read the text to several people that was begun on one of our numbers, or the last one of all.
    /// → [`super::Msg::Broadcast`]
    LoadBroadcast(Option<Address>),
    /// Put a message to each of several people into the outbox, all of them or none, and clear what is kept of it.
    /// → [`super::Msg::QueuedEach`] once committed, else [`super::Msg::NotQueuedEach`]
    SendEach {
        /// By which of our numbers it is kept.
        begun: Address,
        /// What is kept: only that is sent.
        kept: Broadcast,
        /// From which of our numbers.
        number: Address,
        /// To whom, and what.
        texts: Vec<(Contact, String)>,
        /// What is kept there from then on.
        then: Option<Broadcast>,
    },
    /// Put a message into the outbox. → [`super::Msg::Queued`] once committed, else [`super::Msg::NotQueued`]
    Send {
        /// Goes back with the answer.
        ticket: Ticket,
        /// From which of our numbers.
        number: Address,
        /// To whom.
        contact: Contact,
        /// The text.
        body: String,
    },
    /// Send a failed or unconfirmed message again. → [`super::Msg::Changed`], or a notice
    Resend(MessageId),
    /// Put a failed, unconfirmed or queued message away. → [`super::Msg::Changed`], or a notice
    Discard(MessageId),
    /// Everything up to this message was seen. → [`super::Msg::Changed`]
    MarkRead {
        /// In which thread.
        thread: ThreadId,
        /// The newest that was seen.
        up_to: MessageId,
    },
    /// Tell of new messages of a thread no more, or again. → [`super::Msg::Changed`]
    Mute {
        /// Which one.
        thread: ThreadId,
        /// No more.
        muted: bool,
    },
    /// Make the newest inbound messages unread again. → [`super::Msg::Changed`]
    MarkUnread {
        /// Of which thread.
        thread: ThreadId,
        /// How many of them.
        newest: u32,
    },
    /// Somebody is at the keyboard.
    Present,
    /// The terminal is looked at, or not any more.
    Attend(bool),
    /// Fetch more of a conversation, older than what is here of it. → [`super::Msg::Sync`]
    FetchOlder(ThreadId),
    /// Find the next thread with something unread. → [`super::Msg::GoTo`] or [`super::Msg::NothingUnread`]
    NextUnread {
        /// Of one of our numbers alone.
        number: Option<Address>,
        /// Beginning below this place.
        after: Option<ThreadKey>,
    },
    /// The thread of a number and a contact, made where it is not there yet. → [`super::Msg::GoTo`]
    OpenThread {
        /// Our side.
        number: Address,
        /// The other side.
        contact: Contact,
    },
    /// Fetch what is new. → [`super::Msg::Sync`]
    Sync,
    /// Fetch all that MightyCall has of our numbers. → [`super::Msg::Sync`]
    SyncEverything,
    /// Stop fetching after the present page; what has come stays. → [`super::SyncNews::Cancelled`]
    CancelSync,
    /// Go on with what was cancelled. → [`super::Msg::Sync`]
    ResumeSync,
    /// Something of the settings. → [`super::Msg::Settings`]
    Settings(SettingsAsk),
    /// Something of the terminal itself.
    Terminal(TerminalAsk),
    /// Read the snippets. → [`super::Msg::Snippets`]
    LoadSnippets,
    /// Change the file of snippets. → [`super::Msg::Snippets`]
    ChangeSnippets(snippets::Change),
    /// Read which of our numbers each contact was last in touch with. → [`super::Msg::LastNumbers`]
    LoadLastNumbers,
    /// Something of a link or a file. → [`super::Msg::Media`] or a notice
    Media(super::MediaAsk),
    /// Leave this client for the demo.
    StartDemo,
    /// Leave, once all that was typed is saved. → [`super::Msg::Leaving`]
    Quit,
    /// Leave now. What is not saved goes into a rescue file.
    Leave,
    /// A rescued text is where it belongs, or nobody wants it: its file goes, once what was asked for before is saved.
    ForgetRescued(super::RescueId),
}

/// What the terminal is asked to do, between two frames.
#[derive(Clone, PartialEq, Eq)]
pub enum TerminalAsk {
    /// Give the terminal back to the shell until that says to go on.
    Suspend,
    /// Let a person write in their own editor, beginning with this text. → [`super::Msg::Edited`]
    Edit(String),
    /// Put this on the clipboard.
    Copy(String),
    /// Ring.
    Bell,
    /// Tell the desktop.
    Notify {
        /// One line.
        title: String,
        /// A few lines.
        body: String,
    },
}

impl std::fmt::Debug for TerminalAsk {
    /// Without the texts, which are customers' and staff's.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Suspend => "Suspend",
            Self::Edit(_) => "Edit(…)",
            Self::Copy(_) => "Copy(…)",
            Self::Bell => "Bell",
            Self::Notify { .. } => "Notify(…)",
        })
    }
}

/// The keys that a person begins with. What is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetUpKeys {
    /// The account's API key.
    pub api: Option<Secret>,
    /// The account's user key.
    pub user: Option<Secret>,
    /// A number that was typed.
    pub number: Option<Address>,
    /// Its own key.
    pub key: Option<Secret>,
    /// They go into the system's keyring and not into the file.
    pub keyring: bool,
}

/// What the settings view wants done. After a change that was written: [`super::SettingsNews::Saved`] and
/// [`super::SettingsNews::Config`]; else [`super::SettingsNews::NotSaved`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsAsk {
    /// Add a number or change one.
    SaveNumber {
        /// The address it had, where that has changed.
        replaces: Option<Address>,
        /// What it is now; its `key` is `None` and `key` below says what to do with the key.
        entry: NumberEntry,
        /// The key: as it was, out, or a new one.
        key: Change<Secret>,
    },
    /// Add these numbers, which MightyCall told of; those already there stay as they are.
    AddNumbers(Vec<NumberEntry>),
    /// Take a number out. Its history stays in the cache.
    RemoveNumber(Address),
    /// Send from this one where nothing else is said.
    SetDefault(Address),
    /// Change the account's part.
    SaveAccount {
        /// Where the service answers.
        base_url: Change<String>,
        /// Account API key.
        api_key: Change<Secret>,
        /// User key.
        user_key: Change<Secret>,
    },
    /// Read a person's own themes. → [`super::Msg::Themes`]
    Themes,
    /// Write one of the preferences, such as `ui.theme`; nothing is said where it went well.
    Prefer(&'static str, preferences::Value),
    /// Give actions of the key table other keys, as the file spells them; `None`: their own again.
    Bind(Vec<(&'static str, Option<String>)>),
    /// Ask whether there is a keyring. → [`super::SettingsNews::Keyring`]
    Keyring,
    /// Save what the guided set-up was told.
    SetUp {
        /// Where the service answers.
        base_url: Change<String>,
        /// The keys.
        keys: Box<SetUpKeys>,
    },
    /// Try a number as it is saved. → [`super::SettingsNews::Tested`]
    Test(Address),
    /// Ask MightyCall for its numbers. → [`super::SettingsNews::Discovered`]
    Discover,
    /// Read a set-up JSON file and add its numbers. → [`super::SettingsNews::Imported`]
    Import(PathBuf),
}

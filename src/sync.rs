//! The engine: commands in, events out. It fetches history, works the outbox, and keeps within the day's requests.
//!
//! The command line calls the same jobs directly ([`run::sync`], [`outbox::drain`], [`probe`]); the screen runs them
//! through an [`Engine`]. Whatever a job changes is in the cache before anybody hears of it, and the cache itself tells
//! the screen what to load again.

mod account_facts;
pub mod attachments;
mod backlog;
mod context;
mod conversation;
mod fault;
mod fetch;
mod group;
pub mod history;
mod intake;
mod lock;
mod measure;
mod member;
mod memory;
pub mod outbox;
pub mod plan;
pub mod probe;
mod rhythm;
pub mod run;
pub mod schedule;
mod service_clock;
mod trouble;
mod walk;
mod worker;

use std::path::PathBuf;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

pub use context::{Clock, Context, ContextError};
pub use history::{Depth, Extent};
pub use outbox::Settled;
pub use probe::{Checked, Connected, Found};
pub use run::Report;
pub use trouble::Trouble;

use crate::config::{Account, Config, NumberEntry};
use crate::model::{Address, MessageId, ThreadId};

/// What the screen asks of the engine.
#[derive(Debug)]
pub enum Command {
    /// Fetch now: these numbers, or all.
    Sync {
        /// `None` for all.
        numbers: Option<Vec<Address>>,
        /// How much.
        extent: Extent,
    },
    /// Fetch older messages of one conversation, below what is here of it.
    OlderInThread {
        /// The conversation.
        thread: ThreadId,
        /// So many of them.
        count: usize,
    },
    /// Go on with what was cancelled.
    Resume,
    /// Stop fetching after the page that is being read. What has come stays, and what is new goes on being fetched.
    Cancel,
    /// Something was queued: send it.
    Drain,
    /// Somebody is at the keyboard.
    Present,
    /// Try this number's connection with these keys, which need not be saved yet.
    Test {
        /// The account to try with.
        account: Box<Account>,
        /// The number.
        entry: Box<NumberEntry>,
    },
    /// Ask MightyCall for its numbers.
    Discover,
    /// Fetch one of the files that came with a message, unless it is here already.
    Attachment {
        /// With which message.
        message: MessageId,
        /// Which of them, from 0.
        place: usize,
        /// Where it is now.
        answer: oneshot::Sender<Result<PathBuf, Trouble>>,
    },
    /// Ask MightyCall what came with a message.
    ListAttachments {
        /// Which message.
        message: MessageId,
        /// How many there are; they are in the cache by then.
        answer: oneshot::Sender<Result<usize, Trouble>>,
    },
    /// The settings changed.
    Reconfigure(Box<Config>),
    /// Answer once nothing is under way and nothing is due.
    Rest(oneshot::Sender<()>),
    /// End, once no message is on its way.
    Stop(oneshot::Sender<()>),
}

/// What the engine has to say. What changed in the cache, the cache says itself.
#[derive(Debug)]
pub enum Event {
    /// A sync began that somebody waits for; quick looks begin without a word.
    SyncStarted(Extent),
    /// A page came in.
    Progress(Progress),
    /// A sync ended.
    SyncDone(Report),
    /// A message in the outbox moved on.
    Settled(Settled),
    /// Another process is sending, and what is queued here waits for it; or it does not any more.
    AnotherSends(bool),
    /// Another process has synced.
    Synced(Timestamp),
    /// Requests made in the last 24 hours, and what is allowed.
    Budget {
        /// So many.
        used: u32,
        /// Of so many.
        limit: u32,
        /// So many may reading still make; the others are kept for sending.
        for_reading: u32,
    },
    /// The answer to [`Command::Test`].
    Tested {
        /// Which number.
        number: Address,
        /// What it can do, or what is wrong.
        outcome: Result<Connected, Trouble>,
    },
    /// The answer to [`Command::Discover`].
    Discovered(Result<Vec<Found>, Trouble>),
    /// The engine cannot do its work.
    Failed(Trouble),
}

/// How far a sync is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The number being read, or the first of those that are read together.
    pub number: Address,
    /// How many numbers are read together.
    pub together: usize,
    /// Its place in this sync, from 1. Numbers that are read together have one place.
    pub place: usize,
    /// How many places this sync has.
    pub of: usize,
    /// Messages that were read of them in this sync.
    pub fetched: u64,
    /// Of these, not here before.
    pub new: u64,
    /// What `fetched` will have come to in the end, where that can be told.
    pub expected: Option<u64>,
    /// Requests that this sync has cost so far, all numbers together.
    pub requests: u32,
}

/// The way to the engine; it stops when the last one is gone.
#[derive(Debug, Clone)]
pub struct Engine {
    commands: mpsc::UnboundedSender<Command>,
}

impl Engine {
    /// Starts the engine on the current runtime.
    pub fn start(context: Context) -> (Self, mpsc::UnboundedReceiver<Event>) {
        let (commands, inbox) = mpsc::unbounded_channel();
        let (events, outlet) = mpsc::unbounded_channel();
        tokio::spawn(worker::supervise(context, events, inbox));
        (Self { commands }, outlet)
    }

    /// Returns once nothing is under way and nothing is due.
    pub async fn rest(&self) {
        let (done, resting) = oneshot::channel();
        self.ask(Command::Rest(done));
        let _ = resting.await;
    }

    /// Ends the engine; returns once no message is on its way.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        self.ask(Command::Stop(done));
        let _ = stopped.await;
    }

    /// Asks for something; the answer is an [`Event`].
    pub fn ask(&self, command: Command) {
        // an engine that is gone means that the program is ending
        let _ = self.commands.send(command);
    }
}

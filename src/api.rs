//! The one place through which every request to MightyCall goes.
//!
//! [`Client`] signs ([`credentials`]), finds the path that answers, keeps to the daily budget ([`Memory::spend`] before
//! every request, tokens and retries included), repeats what is safe to repeat, and reads every shape that
//! `mightycall-api.md` lists. It knows nothing of the cache: what must outlive the process goes through [`Memory`], and
//! tokens into files in the folder that it names.
//!
//! Keys and tokens are in no error, log line or `Debug`; texts of messages are in no log line.

mod archive;
mod attachments;
mod auth;
mod blocked;
mod bounded;
mod certificate;
mod counts;
mod delivery_words;
mod envelope;
mod error;
mod extensions;
mod history;
mod journal;
mod journal_options;
mod last_check;
mod mend;
mod messages;
mod numbers;
#[doc(hidden)]
pub mod offline;
mod path_search;
mod ping;
mod read;
mod record;
mod retry;
mod routes;
mod send;
mod send_answer;
mod send_proof;
mod sign_in;
mod slices;
mod strike;
mod token_file;
mod transport;
mod unreadable;
mod wire;
mod words;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

pub use archive::ArchivedFile;
pub use attachments::MessageFiles;
pub use auth::{Credentials, credentials};
pub use counts::Counts;
pub use error::{Asked, Error, Kind, Words};
pub use extensions::Extension;
pub use history::{HistoryAsk, HistoryPage, More, NumberForm, Position};
pub use last_check::LastCheck;
pub use numbers::RemoteNumber;
pub use record::{Record, Sided};
pub use retry::Timings;
pub use routes::Operation;
pub use send::{Outgoing, SendOutcome};
pub use token_file::forget_tokens;

use crate::config::BaseUrl;

/// What a request is for: a reserve of the daily budget is kept for sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// History, lists, tests of a connection.
    Read,
    /// A message out, and the token it needs.
    Send,
}

/// The daily budget of a key is used up, or what is left of it is kept for sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the daily budget of this key is used up: {used} of {limit} requests in the last 24 hours")]
pub struct OverBudget {
    /// Requests in the last 24 hours.
    pub used: u32,
    /// Requests that this purpose may bring them to.
    pub limit: u32,
}

/// Why a request may not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotAllowed {
    /// The budget is used up.
    OverBudget(OverBudget),
    /// It is, unless more time has passed than is known for sure. One answer of the service tells.
    Unclear(OverBudget),
    /// The request cannot be counted, for this reason; without that none is made.
    Uncounted(String),
}

impl From<OverBudget> for NotAllowed {
    fn from(over: OverBudget) -> Self {
        Self::OverBudget(over)
    }
}

/// What outlives the process.
pub trait Memory: Send + Sync {
    /// Operations with the path that answered for each, from earlier runs; asked for once, by [`Client::new`].
    fn routes(&self) -> Vec<(String, String)>;
    /// From now on `path` is the one for `operation`. Must not block: it is called between requests.
    fn remember(&self, operation: &str, path: &str);
    /// The path remembered for `operation` does not answer any more. Must not block.
    fn forget(&self, operation: &str);
    /// Where tokens are kept between runs, a folder for their owner alone; `None` where they are not. Asked for once, by
    /// [`Client::new`].
    fn token_folder(&self) -> Option<PathBuf> {
        None
    }
    /// Counts one request of `key` (a fingerprint: see [`Credentials::budget_key`]) before it is made.
    fn spend<'a>(&'a self, key: &'a str, purpose: Purpose) -> BoxFuture<'a, Result<(), NotAllowed>>;
    /// An answer has come: with the service's own time, or without one.
    fn heard(&self, _date: Option<Timestamp>) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
    /// Takes back the last request counted for `key`: no connection came about, so MightyCall cannot have counted it.
    fn refund<'a>(&'a self, _key: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// A MightyCall. Clones share connections, tokens and what was found out about paths.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    base: BaseUrl,
    timings: Timings,
    transport: transport::Transport,
    routes: routes::Routes,
    journal: journal_options::JournalMemory,
    tokens: auth::Tokens,
    /// Where tokens are kept between runs.
    token_folder: Option<PathBuf>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.0.base.as_str()).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for the service at `base`. Makes no request. [`Error::NotConfigured`] where the system's certificates
    /// cannot be read.
    pub fn new(base: BaseUrl, memory: Arc<dyn Memory>, timings: Timings) -> Result<Self, Error> {
        let transport = transport::Transport::new(&base, memory.clone(), &timings)?;
        let routes = routes::Routes::new(base.clone(), memory.clone());
        let token_folder = memory.token_folder();
        let journal = journal_options::JournalMemory::new(memory);
        let tokens = auth::Tokens::default();
        Ok(Self(Arc::new(Inner { base, timings, transport, routes, journal, tokens, token_folder })))
    }

    /// Whether the credentials are taken, as far as that can be told without asking for anything: gets a token for OAuth,
    /// does nothing for a number's key.
    pub async fn authorise(&self, who: &Credentials) -> Result<(), Error> {
        self.token(who, Purpose::Read).await.map(drop)
    }

    /// Seconds that the service's clock is ahead of ours (negative: behind), from the last answer that told its time;
    /// `None` before the first. Good to about a second.
    pub fn clock_offset(&self) -> Option<i64> {
        self.0.transport.clock_offset()
    }
}

//! The cache: one SQLite file that the client, a cron job and a webhook listener may share.
//!
//! A [`Store`] is a handle. One thread writes and a few read; every method hands them a job and awaits the answer, so
//! nothing here blocks the caller. A method that changes something returns once the change is on the disk
//! (`synchronous = FULL`), and an answer that is not awaited is carried out all the same.
//!
//! After each commit [`Change`]s go to all subscribers of this store; when *another process* has committed they get
//! [`Change::Everything`], or [`Change::Unseen`] where it only noted what nobody sees. Nothing polls for that: the system tells of writes to the log, and SQLite's `data_version`
//! tells whether they were ours. Only where the system cannot watch the folder does the writer look once a second.
//!
//! How many requests were made is not in the cache: homes that use one key share a [`Ledger`] in a folder of its own.
//!
//! Lists and conversations are windows, paged by key; see `assets/migrations` for the shape of the tables.

mod attendant;
mod broadcasts;
mod change;
mod check;
mod codes;
mod contacts;
mod cursors;
mod decisions;
mod drafts;
mod entrance;
mod erasure;
mod error;
mod follow;
mod guid;
mod health;
mod intake;
mod known;
mod lease;
mod ledger;
mod leftovers;
mod messages;
mod news;
mod normalize_contacts;
mod numbers;
mod open;
mod outbox;
mod people;
mod presence;
mod reading;
mod refresh;
mod relocate;
mod remote;
mod rescue;
mod room;
mod routes;
mod search;
mod sql;
mod text;
mod threads;
mod unanswered;
mod waits;
mod watch;
mod way;
mod worker;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Arc, Mutex, mpsc};

use notify::RecommendedWatcher;
use rusqlite::Connection;
use tokio::sync::{broadcast, oneshot};

pub use attendant::Attendant;
pub use change::Change;
pub use cursors::{AccountView, Cursor};
pub use error::StoreError;
pub use follow::SHOWN_AFTER;
pub use guid::same_id;
pub use health::Health;
pub use intake::{Incoming, Intake, Op};
pub use known::Known;
pub use lease::{Claim, Lease};
pub use ledger::{CLOCK_MARGIN, Entered, Ledger, LedgerError, LegacyRequests, RequestRow, Reservation, Spend, Usage};
pub use leftovers::{Leftover, LeftoverKind, leftovers};
pub use messages::{MessagePage, MessageWindow};
pub use numbers::{NumberRow, Unread};
pub use outbox::{OutboxItem, Outgoing, Settlement};
pub use rescue::Recovery;
pub use search::{Found, SearchPage, SearchQuery};
pub use text::same_text;
pub use threads::{ThreadKey, ThreadPage, ThreadQuery, ThreadWindow};
pub use waits::CountedWait;

use change::Touched;
use worker::{Notice, Shared, ToReader, ToWriter, Writer};

/// Reading threads. One can be held up by a long read, such as `doctor`'s check, and the screen still has another.
const READERS: usize = 3;

/// Changes a slow subscriber may fall behind before it is told that it missed some.
const BACKLOG: usize = 256;

/// A handle on the cache. Clones share the same threads, which end when the last handle is dropped.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

/// How to learn of other processes' writes; `None` where the system cannot tell.
type Watch = fn(&Arc<Shared>, mpsc::Sender<ToWriter>) -> Option<RecommendedWatcher>;

struct Inner {
    shared: Arc<Shared>,
    writer: mpsc::Sender<ToWriter>,
    readers: mpsc::Sender<ToReader>,
    watcher: Option<RecommendedWatcher>,
    recovery: Option<Recovery>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let watched = self.inner.watcher.is_some();
        f.debug_struct("Store").field("path", &self.path()).field("watched", &watched).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the cache at `path`, and makes it where it is missing: the folder for its owner alone (0700), the file
    /// likewise (0600). A cache of an older version is upgraded; a copy of it stays beside it as `….v1.bak`, for a week, or
    /// until a text is discarded that may be in it.
    ///
    /// A damaged cache is set aside whole, and what can be read of it goes into a new one ([`Store::recovery`]); only
    /// where another process has it open, that is left to the next start.
    ///
    /// Fails where the file is of a newer version or of another program, and where the place cannot be written to; the
    /// file is then as it was.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_attended(path, Attendant::default()).await
    }

    /// As [`Store::open`], with somebody who hears of what takes long, and may want no more of it.
    pub async fn open_attended(path: &Path, attendant: Attendant) -> Result<Self, StoreError> {
        Self::open_with(path, watch::watch, attendant).await
    }

    async fn open_with(path: &Path, watch: Watch, attendant: Attendant) -> Result<Self, StoreError> {
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || Self::open_blocking(path, watch, &attendant))
            .await
            .map_err(|error| StoreError::Fault(error.to_string()))?
    }

    fn open_blocking(path: PathBuf, watch: Watch, attendant: &Attendant) -> Result<Self, StoreError> {
        let opened = entrance::enter(&path, attendant);
        let stopped = |error| if attendant.is_stopped() { StoreError::Stopped { path: path.clone() } } else { error };
        let opened = opened.map_err(stopped)?;
        let connections = (0..READERS).map(|_| open::reader(&path)).collect::<Result<Vec<_>, _>>()?;
        let shared = Arc::new(Shared {
            path,
            identity: opened.identity,
            changes: broadcast::Sender::new(BACKLOG),
            clock_offset: AtomicI64::new(0),
            looking: AtomicBool::new(false),
        });
        let start = |name: &str, work: Box<dyn FnOnce() + Send>| {
            let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
            started.map(drop).map_err(|source| StoreError::Open { path: shared.path.clone(), source })
        };

        let (readers, requests) = mpsc::channel();
        let requests = Arc::new(Mutex::new(requests));
        for conn in connections {
            let requests = Arc::clone(&requests);
            start("store-read", Box::new(move || worker::serve_reads(conn, &requests)))?;
        }

        let (writer, requests) = mpsc::channel();
        let watcher = watch(&shared, writer.clone());
        let notice = if watcher.is_some() { Notice::Watched } else { Notice::Polled };
        let serving = Writer::new(opened.conn, opened.presence, Arc::clone(&shared))
            .map_err(|error| error.about(&shared.path))?;
        start("store-write", Box::new(move || serving.serve(&requests, notice)))?;
        Ok(Self { inner: Arc::new(Inner { shared, writer, readers, watcher, recovery: opened.recovery }) })
    }

    /// Ends the store after all that was asked for before, and puts the log into the file. Other handles of this store
    /// get [`StoreError::Gone`] from then on.
    pub async fn close(self) {
        // readers first: the last connection to close is the one that can clear the log
        let mut ended = Vec::new();
        for _ in 0..READERS {
            let (done, end) = oneshot::channel();
            if self.inner.readers.send(ToReader::Stop(done)).is_ok() {
                ended.push(end);
            }
        }
        for end in ended {
            // an error means that it has ended already
            let _ = end.await;
        }
        let (done, end) = oneshot::channel();
        if self.inner.writer.send(ToWriter::Stop(done)).is_ok() {
            let _ = end.await;
        }
    }

    /// The changes from now on. A subscriber that falls far behind gets `RecvError::Lagged`, which it should take as
    /// [`Change::Everything`].
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.inner.shared.changes.subscribe()
    }

    /// What was done when the cache was opened, if it was damaged: for a person to know.
    pub fn recovery(&self) -> Option<&Recovery> {
        self.inner.recovery.as_ref()
    }

    /// Where the cache lies.
    pub fn path(&self) -> &Path {
        &self.inner.shared.path
    }

    /// One transaction on the writing thread; committed and told of when this returns.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &mut Touched) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(move |writer: &mut Writer| {
            // the caller may have gone; the work is done all the same
            let _ = reply.send(writer.commit(work));
        });
        self.inner.writer.send(ToWriter::Job(job)).map_err(|_| StoreError::Gone)?;
        answer.await.map_err(|_| StoreError::Gone)?
    }

    /// Reads on any reading thread, all of one state of the cache.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let shared = Arc::clone(&self.inner.shared);
        let job = Box::new(move |conn: &mut Connection| {
            // a page that nobody waits for any more is not read: paging fast must not queue up work
            if !reply.is_closed() {
                let _ = reply.send(worker::read(conn, &shared, work));
            }
        });
        self.inner.readers.send(ToReader::Job(job)).map_err(|_| StoreError::Gone)?;
        answer.await.map_err(|_| StoreError::Gone)?
    }
}

//! The threads that own the connections: one that writes, a few that read. A job is a closure; its answer goes back
//! through a oneshot, and a job that panics is undone and answered with an error while its thread goes on.

use std::any::Any;
use std::fs::{File, OpenOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{broadcast, oneshot};

use super::change::Touched;
use super::entrance::Identity;
use super::erasure::Erasure;
use super::open::neighbour;
use super::presence::{self, Presence};
use super::{Change, StoreError, sql};
use crate::files;
use crate::model::fault::panic_words;

/// What all threads and handles of one store have in common.
pub(super) struct Shared {
    pub(super) path: PathBuf,
    /// The file that was opened.
    pub(super) identity: Identity,
    pub(super) changes: broadcast::Sender<Change>,
    /// Milliseconds by which the service's clock is ahead of ours; 0 while that is not known.
    pub(super) clock_offset: AtomicI64,
    /// Whether a [`ToWriter::Look`] is under way already.
    pub(super) looking: AtomicBool,
}

impl Shared {
    /// Puts an error in words; damage is noted, so that the next start looks at everything.
    fn explain(&self, error: StoreError) -> StoreError {
        let error = match error.about(&self.path) {
            // it was a database when it was opened
            StoreError::NotADatabase { path } => {
                StoreError::Damaged { path, detail: "its first page was overwritten".to_owned() }
            }
            error => error,
        };
        if let StoreError::Damaged { detail, .. } = &error {
            tracing::error!(detail, "the cache is damaged");
            presence::suspect(&self.path);
        }
        error
    }
}

type WriteJob = Box<dyn FnOnce(&mut Writer) + Send>;
type ReadJob = Box<dyn FnOnce(&mut Connection) + Send>;

/// To the thread that writes.
pub(super) enum ToWriter {
    /// A transaction.
    Job(WriteJob),
    /// The files of the cache moved: see whether another process wrote.
    Look,
    /// The end, after all that was asked for before.
    Stop(oneshot::Sender<()>),
}

/// To whichever reading thread is free.
pub(super) enum ToReader {
    /// A snapshot and reads in it.
    Job(ReadJob),
    /// The end of one of them.
    Stop(oneshot::Sender<()>),
}

/// Whether the system tells us of writes, or we have to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    Watched,
    Polled,
}

/// How often to look where the system does not tell us.
const POLL: Duration = Duration::from_secs(1);
/// A program that is not mctui does not ring after its commit, and its last write to the log comes shortly before it.
const SECOND_LOOK: Duration = Duration::from_millis(250);

/// Tables of which people see nothing. SQLite does not report changes of those without a rowid; among
/// ours these are the paths that answer, which nobody sees either, and further ids of messages whose row changes as well.
const UNSEEN: [&str; 6] = ["requests", "service_clocks", "cursors", "generation", "news", "sender_lease"];

/// The connection that writes, and what goes with it.
pub(super) struct Writer {
    pub(super) conn: Connection,
    /// Held until the connection is closed.
    presence: Presence,
    shared: Arc<Shared>,
    /// `PRAGMA data_version`: changes when another connection has committed.
    seen: i64,
    /// The cache's generation as of the last look, and what we added to it since.
    generation: i64,
    /// Whether the transaction under way has changed a table of which people see something.
    seen_by_people: Arc<AtomicBool>,
    /// The write-ahead log, to ring with.
    log: Option<File>,
    erasure: Erasure,
}

impl Writer {
    pub(super) fn new(conn: Connection, presence: Presence, shared: Arc<Shared>) -> Result<Self, StoreError> {
        let seen_by_people = Arc::new(AtomicBool::new(false));
        let mark = Arc::clone(&seen_by_people);
        conn.update_hook(Some(move |_, _: &str, table: &str, _| {
            if !UNSEEN.contains(&table) {
                mark.store(true, Ordering::Relaxed);
            }
        }))?;
        let seen = data_version(&conn)?;
        let generation = generation(&conn)?;
        let log = files::open_plain(&neighbour(&shared.path, "-wal"), OpenOptions::new().append(true)).ok();
        let erasure = Erasure::new(&shared.path);
        Ok(Self { conn, presence, shared, seen, generation, seen_by_people, log, erasure })
    }

    /// Runs one transaction and tells of it. Immediate, so that two processes queue up instead of failing half-way.
    pub(super) fn commit<T>(
        &mut self,
        work: impl FnOnce(&Connection, &mut Touched) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let before = self.conn.total_changes();
        let (conn, seen_by_people) = (&mut self.conn, &self.seen_by_people);
        let shared = &self.shared;
        seen_by_people.store(false, Ordering::Relaxed);
        let done = guarded(|| {
            shared.identity.check(&shared.path)?;
            let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut touched = Touched::default();
            let value = work(&transaction, &mut touched)?;
            let moved = if seen_by_people.load(Ordering::Relaxed) {
                sql::run(&transaction, "UPDATE generation SET value = value + 1 WHERE id = 1", [])?;
                1
            } else {
                0
            };
            transaction.commit()?;
            Ok((value, touched, moved))
        });
        let (value, touched, moved) = done.map_err(|error| self.shared.explain(error))?;
        // added rather than read: what another process has added in the meantime must still differ at the next look
        self.generation += moved;
        if moved > 0 {
            self.erasure.written();
        }
        if let Some(begun) = touched.oldest_discarded() {
            self.erasure.discarded(begun);
        }
        if self.conn.total_changes() != before {
            self.ring();
        }
        for change in touched.into_changes() {
            // nobody listens: nothing to tell
            let _ = self.shared.changes.send(change);
        }
        Ok(value)
    }

    /// Makes the system tell the other processes that watch the log, now that the commit can be seen. SQLite's own
    /// writes to the log come before that moment, and what it does after them goes through shared memory unseen.
    fn ring(&self) {
        if let Some(log) = &self.log
            && let Err(error) = log.set_modified(SystemTime::now())
        {
            tracing::debug!(%error, "could not tell other processes of a change");
        }
    }

    fn look(&mut self) {
        match self.written_by_others() {
            Ok(Some(change)) => {
                if change == Change::Everything {
                    self.erasure.written_elsewhere();
                }
                let _ = self.shared.changes.send(change);
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "could not see whether another process wrote to the cache"),
        }
    }

    /// What other processes have committed since this was last asked.
    fn written_by_others(&mut self) -> rusqlite::Result<Option<Change>> {
        let seen = data_version(&self.conn)?;
        if seen == self.seen {
            return Ok(None);
        }
        // after the version: a commit between the two is told of now, and once more at the next look
        let generation = generation(&self.conn)?;
        self.seen = seen;
        let change = if generation == self.generation { Change::Unseen } else { Change::Everything };
        self.generation = generation;
        Ok(Some(change))
    }

    /// Lets what was deleted leave the files.
    fn erase(&mut self) {
        let erased = guarded(|| Ok(self.erasure.run(&self.conn, &self.shared.path)?));
        self.warn_of_remains(erased);
    }

    fn warn_of_remains(&self, erased: Result<(), StoreError>) {
        if let Err(error) = erased {
            let error = self.shared.explain(error);
            tracing::warn!(%error, "what was deleted may still be in the cache or its log");
        }
    }

    /// Works until it is stopped or nobody can ask any more.
    pub(super) fn serve(mut self, requests: &Receiver<ToWriter>, notice: Notice) {
        let mut again: Option<Instant> = (notice == Notice::Polled).then(|| Instant::now() + POLL);
        let done = loop {
            let now = Instant::now();
            // before what is asked for, once it was put off for long
            if self.erasure.is_overdue(now) {
                self.erase();
            }
            let next = match [again, self.erasure.due()].into_iter().flatten().min() {
                Some(at) => requests.recv_timeout(at.saturating_duration_since(Instant::now())),
                None => requests.recv().map_err(RecvTimeoutError::from),
            };
            match next {
                Ok(ToWriter::Job(job)) => job(&mut self),
                Ok(ToWriter::Look) => {
                    self.shared.looking.store(false, Ordering::Release);
                    self.look();
                    again = Some(again.unwrap_or_else(|| Instant::now() + SECOND_LOOK));
                }
                Ok(ToWriter::Stop(done)) => break Some(done),
                Err(RecvTimeoutError::Timeout) => {
                    let now = Instant::now();
                    if self.erasure.due().is_some_and(|at| at <= now) {
                        self.erase();
                    }
                    if again.is_some_and(|at| at <= now) {
                        self.look();
                        again = (notice == Notice::Polled).then(|| Instant::now() + POLL);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break None,
            }
        };
        // puts the log into the file; where other processes have the cache open, the last of them does it
        let erased = guarded(|| Ok(self.erasure.end(&self.conn, &self.shared.path)?));
        self.warn_of_remains(erased);
        let Self { conn, presence, .. } = self;
        if let Err((_, error)) = conn.close() {
            tracing::warn!(%error, "the cache did not close cleanly; what was stored is in its log");
        }
        drop(presence);
        if let Some(done) = done {
            let _ = done.send(());
        }
    }
}

/// One reading thread's work; the queue is common to all of them.
pub(super) fn serve_reads(mut conn: Connection, requests: &Mutex<Receiver<ToReader>>) {
    loop {
        // a poisoned lock guards nothing but the queue's end
        let next = requests.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(ToReader::Job(job)) => job(&mut conn),
            Ok(ToReader::Stop(done)) => {
                drop(conn);
                let _ = done.send(());
                return;
            }
            Err(_) => return,
        }
    }
}

/// Runs reads that see one state of the cache.
pub(super) fn read<T>(
    conn: &mut Connection,
    shared: &Shared,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let done = guarded(|| {
        shared.identity.check(&shared.path)?;
        let snapshot = sql::snapshot(conn)?;
        let value = work(&snapshot)?;
        snapshot.finish()?;
        Ok(value)
    });
    done.map_err(|error| shared.explain(error))
}

/// Turns a panic into an error. What a transaction had done is rolled back on the way, as on any error.
fn guarded<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let what = message(panic.as_ref());
        tracing::error!(what, "a request to the cache panicked");
        Err(StoreError::Fault(what))
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    panic_words(text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)))
}

fn data_version(conn: &Connection) -> rusqlite::Result<i64> {
    conn.pragma_query_value(None, "data_version", |row| row.get(0))
}

/// Where the cache stands ([`Change`]).
fn generation(conn: &Connection) -> rusqlite::Result<i64> {
    Ok(sql::first(conn, "SELECT value FROM generation WHERE id = 1", [], |row| row.get(0))?.unwrap_or_default())
}

//! The ledger of requests: how many were made with a key in the last 24 hours, over all processes and homes of a person on
//! this machine (`mightycall-api.md`, section 4, grade A).
//!
//! One small SQLite file per key, named by the key's fingerprint. It is made with the first request of the key, and opened
//! once by a process that makes requests or asks for their number.

mod error;
mod file;
mod legacy_requests;
mod usage;
mod watch;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use notify::RecommendedWatcher;
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

pub use error::LedgerError;
use file::{OpenMode, Opening, Slot};
pub use legacy_requests::LegacyRequests;
pub use usage::{Spend, Usage};

/// 24 hours in milliseconds: the limit counts over any such span.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// How far clocks that agree are apart at most, in milliseconds.
pub const CLOCK_MARGIN: i64 = 2 * 60 * 1_000;

/// A request that is about to be made, and what is known of the time. Times are in milliseconds since 1970, by the clock of
/// the service whose limit it is.
///
/// Old requests are dropped only by [`at_least`](Self::at_least): this machine's clock may be ahead. A request entered while
/// the time is uncertain is redated to the first time the service reports ([`Ledger::correct`]), so it counts slightly too
/// long, never too short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Fingerprint of the key.
    pub key: String,
    /// The service, by its base URL.
    pub service: String,
    /// When it is made, as far as that is known.
    pub now: i64,
    /// Now, by the clock that is furthest ahead of those that may be right.
    pub latest: i64,
    /// It is so late at least; `None` where the service never told: then nothing is forgotten.
    pub at_least: Option<i64>,
    /// The service has told the time to this process, and all clocks have agreed since.
    pub is_proven: bool,
    /// The clock of this machine is behind what is known: it was put back.
    pub is_behind: bool,
    /// How far the service is ahead of the clock of this machine.
    pub ahead: i64,
    /// Requests in any 24 hours.
    pub limit: u32,
}

/// The place of a request in the file that it was entered in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRow {
    opening: Opening,
    id: i64,
}

/// What became of a [`Reservation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// It may be made, and is entered in this row.
    Counted {
        /// The row, for [`Ledger::take_back`].
        row: RequestRow,
        /// Requests that count, with this one.
        used: u32,
    },
    /// It may not.
    Refused {
        /// Requests that count.
        used: u32,
        /// It might be allowed if it were known what time it is: the clocks do not agree on that, or nobody has told.
        is_unclear: bool,
    },
}

/// The ledgers of all keys. Clones share the same open files.
#[derive(Debug, Clone)]
pub struct Ledger {
    shared: Arc<Shared>,
    watcher: Arc<OnceLock<Option<RecommendedWatcher>>>,
}

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    /// By fingerprint of the key.
    files: Mutex<HashMap<String, Arc<Mutex<Slot>>>>,
    changes: tokio::sync::watch::Sender<()>,
}

impl Ledger {
    /// The ledgers in this folder. Nothing is opened or made yet.
    pub fn new(folder: &Path) -> Self {
        let shared =
            Shared { folder: folder.to_owned(), files: Mutex::default(), changes: tokio::sync::watch::Sender::new(()) };
        Self { shared: Arc::new(shared), watcher: Arc::default() }
    }

    /// The file of the key of this fingerprint; it need not be there yet.
    pub fn path(&self, key: &str) -> PathBuf {
        self.shared.path(key)
    }

    /// Where the file of this key was set aside because it was damaged, and nobody has removed it yet.
    pub fn damaged(&self, key: &str) -> Option<PathBuf> {
        file::damaged(&self.path(key))
    }

    /// Enters a request, unless `limit` were made in the 24 hours before now. One transaction: two processes never share
    /// the last one.
    pub async fn enter(&self, reservation: Reservation) -> Result<Entered, LedgerError> {
        self.write_in(&reservation.key.clone(), move |conn, opening| {
            let Reservation { now, at_least, is_proven, .. } = &reservation;
            if let Some(at_least) = at_least {
                let gone = at_least.saturating_sub(DAY);
                run(conn, "DELETE FROM requests WHERE at <= ?1", [gone])?;
                run(conn, "DELETE FROM moved WHERE at <= ?1", [gone])?;
            }
            let after = |at: i64| used_after(conn, at);
            let used = after(at_least.map_or(i64::MIN, |at_least| at_least.saturating_sub(DAY)))?;
            if used >= reservation.limit {
                let is_unclear = !is_proven
                    && (reservation.is_behind
                        || after(reservation.latest.saturating_sub(DAY))? < reservation.limit
                        || after(reservation.latest.saturating_add(CLOCK_MARGIN))? > 0
                        || first(conn, "SELECT 1 FROM requests WHERE proven = 0", [], |_| Ok(()))?.is_some());
                return Ok(Entered::Refused { used, is_unclear });
            }
            insert(conn, *now, *is_proven)?;
            let row = RequestRow { opening, id: conn.last_insert_rowid() };
            if *is_proven {
                keep_clock(conn, &reservation.service, *now, reservation.ahead)?;
            }
            Ok(Entered::Counted { row, used: used + 1 })
        })
        .await
    }

    /// Takes back a request that was never made, by the row that it was entered in. `false` where that is gone, or the file
    /// was closed since: in another file the row is of another request.
    pub async fn take_back(&self, key: &str, row: RequestRow) -> Result<bool, LedgerError> {
        let done = self.work(key, OpenMode::WriteExisting, move |conn, opening| {
            Ok(opening == row.opening && run(conn, "DELETE FROM requests WHERE id = ?1", [row.id])? > 0)
        });
        done.await.map(Option::unwrap_or_default)
    }

    /// Enters requests that were made while the ledger could not be written.
    pub async fn enter_later(&self, key: &str, made: Vec<i64>) -> Result<(), LedgerError> {
        self.write(key, move |conn| made.iter().try_for_each(|at| insert(conn, *at, false))).await
    }

    /// The service has told that it is `now`. What was entered with this key while that was in doubt, or by a clock that
    /// was ahead, counts from now on. Where the service's clock was put forward by `shift`, what was entered stays as old as
    /// it is. `ahead`: how far the service is ahead of the clock of this machine.
    pub async fn correct(&self, service: &str, key: &str, now: i64, shift: i64, ahead: i64) -> Result<(), LedgerError> {
        let service = service.to_owned();
        let done = self.work(key, OpenMode::WriteExisting, move |conn, _| {
            if shift > 0 {
                run(conn, "UPDATE requests SET at = at + ?1", [shift])?;
            }
            run(
                conn,
                "UPDATE requests SET at = ?1, proven = 1 WHERE proven = 0 OR at > ?2",
                [now, now.saturating_add(CLOCK_MARGIN)],
            )?;
            keep_clock(conn, &service, now, ahead)
        });
        // without a file there is nothing to put right
        done.await.map(Option::unwrap_or_default)
    }

    /// What an earlier process knew of a service's clock when it last used this key: the last time that it surely told, and
    /// how far that was ahead of the clock of this machine. Milliseconds.
    pub async fn service_clock(&self, key: &str, service: &str) -> Result<Option<(i64, i64)>, LedgerError> {
        let service = service.to_owned();
        let clock = "SELECT proven, ahead FROM service_clocks WHERE service = ?1";
        self.read(key, move |conn| first(conn, clock, [&service], |row| Ok((row.get(0)?, row.get(1)?)))).await
    }

    /// Counts what a cache of an earlier version still counts, or what could be entered nowhere else. None is counted twice,
    /// however often it is told.
    pub async fn take_over(&self, key: &str, legacy: LegacyRequests) -> Result<(), LedgerError> {
        self.write(key, move |conn| {
            for request in &legacy.requests {
                if run(conn, "INSERT OR IGNORE INTO moved (row, at) VALUES (?1, ?2)", [request.row, request.at])? > 0 {
                    insert(conn, request.at, request.is_proven)?;
                }
            }
            if let Some((service, proven, ahead)) = &legacy.clock {
                let clock = "INSERT OR IGNORE INTO service_clocks (service, proven, ahead) VALUES (?1, ?2, ?3)";
                run(conn, clock, params![service, proven, ahead])?;
            }
            Ok(())
        })
        .await
    }

    /// Sets the file of this key aside where it is damaged, and begins another. How many requests it counted is not known:
    /// so many as `made` are taken as made at `at`, which is in doubt unless it `is_proven`. Gives back where the damaged
    /// file lies now; `None` where it is sound.
    pub async fn set_aside(
        &self,
        key: &str,
        at: i64,
        is_proven: bool,
        made: u32,
    ) -> Result<Option<PathBuf>, LedgerError> {
        let (slot, path) = (self.shared.slot(key), self.shared.path(key));
        blocking(move || {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            slot.close();
            file::set_aside(&path, |conn| (0..made).try_for_each(|_| insert(conn, at, is_proven)))
        })
        .await
    }

    /// Closes the files after all that was asked for before. Whoever asks for more opens them again.
    pub async fn close(&self) {
        let files = std::mem::take(&mut *self.shared.files());
        let closed = blocking(move || {
            for slot in files.into_values() {
                slot.lock().unwrap_or_else(PoisonError::into_inner).close();
            }
            Ok(())
        });
        if let Err(why) = closed.await {
            tracing::warn!(%why, "the ledger of requests did not close");
        }
    }

    /// One transaction that writes; on the disk when this returns. The file is made where it is missing.
    async fn write<T: Send + 'static>(
        &self,
        key: &str,
        work: impl Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.write_in(key, move |conn, _| work(conn)).await
    }

    /// The same, for what is told in which file it is.
    async fn write_in<T: Send + 'static>(
        &self,
        key: &str,
        work: impl Fn(&Connection, Opening) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let path = self.path(key);
        let done = self.work(key, OpenMode::CreateIfMissing, work).await?;
        done.ok_or_else(|| LedgerError::Failed { path, reason: "it vanished again and again".to_owned() })
    }

    /// Reads of one state of the file; where there is none, nothing was entered.
    async fn read<T: Default + Send + 'static>(
        &self,
        key: &str,
        work: impl Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        Ok(self.work(key, OpenMode::Read, move |conn, _| work(conn)).await?.unwrap_or_default())
    }

    async fn work<T: Send + 'static>(
        &self,
        key: &str,
        mode: OpenMode,
        work: impl Fn(&Connection, Opening) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<Option<T>, LedgerError> {
        let (slot, path) = (self.shared.slot(key), self.shared.path(key));
        blocking(move || {
            // what a panic left behind was rolled back
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            file::work(&mut slot, &path, mode, work)
        })
        .await
    }
}

impl Shared {
    fn path(&self, key: &str) -> PathBuf {
        self.folder.join(format!("{key}.db"))
    }

    fn files(&self) -> MutexGuard<'_, HashMap<String, Arc<Mutex<Slot>>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn slot(&self, key: &str) -> Arc<Mutex<Slot>> {
        Arc::clone(self.files().entry(key.to_owned()).or_default())
    }
}

/// Carried out also where nobody waits for it any more.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, LedgerError> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.unwrap_or(Err(LedgerError::Fault))
}

fn run(conn: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
    conn.prepare_cached(sql)?.execute(params)
}

fn first<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    conn.prepare_cached(sql)?.query_row(params, read).optional()
}

fn insert(conn: &Connection, at: i64, is_proven: bool) -> rusqlite::Result<()> {
    run(conn, "INSERT INTO requests (at, proven) VALUES (?1, ?2)", params![at, is_proven]).map(drop)
}

fn used_after(conn: &Connection, at: i64) -> rusqlite::Result<u32> {
    let count = first(conn, "SELECT count(*) FROM requests WHERE at > ?1", [at], |row| row.get(0))?;
    Ok(count.unwrap_or(0))
}

fn keep_clock(conn: &Connection, service: &str, proven: i64, ahead: i64) -> rusqlite::Result<()> {
    let clock = "INSERT INTO service_clocks (service, proven, ahead) VALUES (?1, ?2, ?3)
                 ON CONFLICT (service) DO UPDATE SET proven = ?2, ahead = ?3";
    run(conn, clock, params![service, proven, ahead]).map(drop)
}

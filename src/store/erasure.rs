//! What is deleted leaves the files: the database, its log, and the copies from before an upgrade.
//!
//! SQLite overwrites what is deleted (`secure_delete`), and FTS5 does so in the index of words. The writer does the rest when
//! it has had nothing to do for a moment:
//!
//! - The write-ahead log still has pages as they were. It is truncated without waiting for readers; a reader that blocks it
//!   now is usually gone at the next try.
//! - Where SQLite split a full page, the unused part of the page still shows the rows that moved away. `VACUUM` writes the
//!   database without such remains, once a person has discarded a text. A large cache is left as it is; there, remains can
//!   stay until SQLite needs the room.
//! - A copy of the cache that may hold a discarded text is removed.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode};

use super::leftovers::{self, LeftoverKind};
use super::open::{self, neighbour};

/// How long nothing was written before the log is truncated: a draft is saved on nearly every keystroke.
const SETTLED: Duration = Duration::from_secs(1);
/// Another process truncates it after its own writes; this is for one that has ended.
const SETTLED_ELSEWHERE: Duration = Duration::from_secs(3);
/// However much is written, the log is truncated this long after the first write.
const LATEST: Duration = Duration::from_secs(10);
/// The longest pause between two tries, where somebody reads an old state of the cache all the time.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long the end of the program may wait for readers elsewhere.
const AT_THE_END: Duration = Duration::from_millis(250);
/// Bytes of the largest cache that is vacuumed: a larger one would take seconds, and its size again in memory.
const LARGEST_VACUUMED: u64 = 32 * 1024 * 1024;
/// The least time between two vacuums while the program runs.
const VACUUM_PAUSE: Duration = Duration::from_mins(5);

/// How long a copy from before an upgrade is kept.
const BACKUP_KEPT: Duration = Duration::from_hours(7 * 24);
/// How long a damaged cache that was set aside is kept: somebody may want to have looked into it for what was not carried
/// over, after a holiday, too.
const DAMAGED_KEPT: Duration = Duration::from_hours(60 * 24);
/// Two clocks wrote the times that are compared.
const CLOCKS_DIFFER: Duration = Duration::from_mins(10);

/// What is deleted through this connection is overwritten, in tables.
pub(super) fn enable_secure_delete(conn: &Connection) -> rusqlite::Result<()> {
    // "fast" would leave the pages that become free as they are, and with them every long text
    conn.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))
}

/// What is deleted is overwritten in indexes of words, too, from now on and by whoever writes.
pub(super) fn enable_fts_secure_delete(conn: &Connection) -> rusqlite::Result<()> {
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5 (%'";
    let mut statement = conn.prepare(names)?;
    let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for name in names {
        let set = format!("SELECT count(*) FROM {name}_config WHERE k = 'secure-delete' AND v = 1");
        if conn.query_row(&set, [], |row| row.get::<_, i64>(0))? == 0 {
            conn.execute(&format!("INSERT INTO {name} ({name}, rank) VALUES ('secure-delete', 1)"), [])?;
        }
    }
    Ok(())
}

/// What the writer still has to do so that what was deleted is gone.
#[derive(Debug)]
pub(super) struct Erasure {
    /// When the log is truncated, unless something is written before.
    due: Option<Instant>,
    /// When it is truncated in any case.
    latest: Option<Instant>,
    pause: Duration,
    /// When the oldest text was begun, in milliseconds, that a person has discarded since.
    discarded: Option<i64>,
    /// When to vacuum.
    vacuum_due: Option<Instant>,
    last_vacuum: Option<Instant>,
}

impl Erasure {
    /// For a cache that was just opened: a process that was killed left its log.
    pub(super) fn new(path: &Path) -> Self {
        let mut erasure =
            Self { due: None, latest: None, pause: SETTLED, discarded: None, vacuum_due: None, last_vacuum: None };
        if has_log(path) {
            erasure.written();
        }
        erasure
    }

    /// Something was written here.
    pub(super) fn written(&mut self) {
        self.settle(SETTLED);
    }

    /// Something was written by another process.
    pub(super) fn written_elsewhere(&mut self) {
        self.settle(SETTLED_ELSEWHERE);
    }

    fn settle(&mut self, within: Duration) {
        let now = Instant::now();
        let latest = *self.latest.get_or_insert(now + LATEST);
        self.due = Some((now + within).min(latest));
        self.pause = SETTLED;
    }

    /// A person has discarded a text that was begun then.
    pub(super) fn discarded(&mut self, begun: i64) {
        self.discarded = Some(self.discarded.map_or(begun, |other| other.min(begun)));
        let now = Instant::now();
        self.vacuum_due.get_or_insert_with(|| self.last_vacuum.map_or(now, |last| now.max(last + VACUUM_PAUSE)));
        self.written();
    }

    /// When there is something to do.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Whether it was put off for as long as may be.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        self.latest.is_some_and(|latest| latest <= now)
    }

    /// Does it now, without waiting for anybody; later, where somebody is in the way.
    pub(super) fn run(&mut self, conn: &Connection, path: &Path) -> rusqlite::Result<()> {
        self.forget_backups(path);
        let vacuum = self.vacuum_due.is_some_and(|at| at <= Instant::now());
        let done = self.erase(conn, path, Duration::ZERO, vacuum);
        match done {
            Ok(true) => (self.due, self.latest) = (self.vacuum_due, None),
            Ok(false) | Err(_) => self.try_again(),
        }
        done.map(|_| ())
    }

    /// The last time that there is for it. Where other processes have the cache open, they truncate the log as well.
    pub(super) fn end(&mut self, conn: &Connection, path: &Path) -> rusqlite::Result<()> {
        if self.due.is_none() {
            return Ok(());
        }
        self.forget_backups(path);
        self.erase(conn, path, AT_THE_END, self.vacuum_due.is_some()).map(|_| ())
    }

    /// Truncates the log, and vacuums where that is wanted; `false` where somebody was in the way all that time.
    fn erase(&mut self, conn: &Connection, path: &Path, wait: Duration, vacuum: bool) -> rusqlite::Result<bool> {
        // first, and whatever becomes of the vacuum: on a full disk this makes room
        if !truncate_log(conn, path, wait)? || !vacuum {
            return Ok(!has_log(path));
        }
        if fs::metadata(path).is_ok_and(|meta| meta.len() <= LARGEST_VACUUMED) {
            let now = Instant::now();
            match try_vacuum(conn, wait) {
                Ok(false) => return Ok(false),
                Ok(true) => {}
                Err(error) => {
                    self.vacuum_due = Some(now + VACUUM_PAUSE);
                    truncate_log(conn, path, wait)?;
                    return Err(error);
                }
            }
        }
        (self.vacuum_due, self.last_vacuum) = (None, Some(Instant::now()));
        truncate_log(conn, path, wait)
    }

    fn try_again(&mut self) {
        self.due = Some(Instant::now() + self.pause);
        self.latest = self.due;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }

    /// Removes the copies from before an upgrade that were made after a discarded text was begun.
    fn forget_backups(&mut self, path: &Path) {
        let Some(begun) = self.discarded.take() else { return };
        for backup in leftovers::leftovers(path).into_iter().filter(|left| left.kind == LeftoverKind::Backup) {
            let made = fs::symlink_metadata(&backup.path).and_then(|meta| meta.modified());
            let made =
                made.ok().and_then(|at| at.checked_add(CLOCKS_DIFFER)).and_then(|at| Timestamp::try_from(at).ok());
            // one of which the time is not known may hold it
            if made.is_none_or(|made| made.as_millisecond() >= begun) {
                remove(&backup.path, "it may hold a text that was discarded");
            }
        }
    }
}

/// Removes copies and damaged caches that have lain beside the cache for long.
pub(super) fn expire(path: &Path) {
    let now = SystemTime::now();
    for left in leftovers::leftovers(path) {
        let (since, kept) = match left.kind {
            LeftoverKind::Backup => {
                (fs::symlink_metadata(&left.path).and_then(|meta| meta.modified()).ok(), BACKUP_KEPT)
            }
            LeftoverKind::Damaged => (leftovers::set_aside_at(path, &left.path), DAMAGED_KEPT),
        };
        if since.and_then(|since| now.duration_since(since).ok()).is_some_and(|age| age > kept) {
            for suffix in ["-wal", "-shm", ""] {
                let file = neighbour(&left.path, suffix);
                if fs::symlink_metadata(&file).is_ok() {
                    remove(&file, "it has lain there for long");
                }
            }
        }
    }
}

fn remove(file: &Path, why: &str) {
    match fs::remove_file(file) {
        Ok(()) => tracing::info!(path = %file.display(), why, "removed a copy of the cache"),
        Err(error) => tracing::warn!(path = %file.display(), %error, "a copy of the cache could not be removed"),
    }
}

/// Writes all of the database anew; `false` where another process was writing.
fn try_vacuum(conn: &Connection, wait: Duration) -> rusqlite::Result<bool> {
    conn.busy_timeout(wait)?;
    let done = conn.execute_batch("VACUUM");
    conn.busy_timeout(open::BUSY)?;
    match done {
        Err(rusqlite::Error::SqliteFailure(why, _)) if why.code == ErrorCode::DatabaseBusy => Ok(false),
        done => done.map(|()| true),
    }
}

/// Puts the log into the database and empties it; `false` where a reader or a writer was in the way all that time.
fn truncate_log(conn: &Connection, path: &Path, wait: Duration) -> rusqlite::Result<bool> {
    // what is empty already is not emptied again, which other processes would hear of
    if !has_log(path) {
        return Ok(true);
    }
    conn.busy_timeout(wait)?;
    let busy = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    conn.busy_timeout(open::BUSY)?;
    Ok(busy? == 0)
}

fn has_log(path: &Path) -> bool {
    fs::symlink_metadata(neighbour(path, "-wal")).is_ok_and(|meta| meta.len() > 0)
}

//! What is deleted leaves the files: the database, its log, and the copies from before an upgrade.
//!
//! SQLite overwrites what is deleted (`secure_delete`), and FTS5 does so in the index of words. What they leave is dealt with
//! here, by the writer, when it has had nothing to do for a moment:
//!
//! - The log still has pages as they were: it is emptied, without waiting for readers. Who is in the way now is not a
//!   little later.
//! - Where SQLite divided a full page, the room beside its rows still shows those that moved away. After a text was
//!   discarded the cache is written anew (`VACUUM`), unless it is large: then such rests stay until SQLite needs their room.
//! - A copy of the cache that may hold the text is removed.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode};

use super::leftovers::{self, LeftoverKind};
use super::open::{self, neighbour};

/// How long nothing was written before the log is emptied: who types saves again and again.
const SETTLED: Duration = Duration::from_secs(1);
/// Another process empties it after what it wrote itself; this is for one that has ended.
const SETTLED_ELSEWHERE: Duration = Duration::from_secs(3);
/// However much is written, it is emptied this long after the first of it.
const LATEST: Duration = Duration::from_secs(10);
/// The longest pause between two tries, where somebody reads an old state of the cache all the time.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long the end of the program may wait for readers elsewhere.
const AT_THE_END: Duration = Duration::from_millis(250);
/// A cache of more bytes is not written anew: that would take seconds, and room for a second one.
const LARGE: u64 = 32 * 1024 * 1024;
/// Nor is any more often than this while the program runs: who writes deletes again and again.
const ANEW_AGAIN: Duration = Duration::from_mins(5);

/// How long a copy from before an upgrade is kept.
const BACKUP_KEPT: Duration = Duration::from_hours(7 * 24);
/// How long a damaged cache that was set aside is kept: somebody may want to have looked into it for what was not carried
/// over, after a holiday, too.
const DAMAGED_KEPT: Duration = Duration::from_hours(60 * 24);
/// Two clocks wrote the times that are compared.
const CLOCKS_DIFFER: Duration = Duration::from_mins(10);

/// What is deleted through this connection is overwritten, in tables.
pub(super) fn in_tables(conn: &Connection) -> rusqlite::Result<()> {
    // "fast" would leave the pages that become free as they are, and with them every long text
    conn.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))
}

/// What is deleted is overwritten in indexes of words, too, from now on and by whoever writes.
pub(super) fn in_indexes(conn: &Connection) -> rusqlite::Result<()> {
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
    /// When the log is emptied, unless something is written before.
    due: Option<Instant>,
    /// When it is emptied in any case.
    latest: Option<Instant>,
    pause: Duration,
    /// When the oldest text was begun, in milliseconds, that a person has discarded since.
    discarded: Option<i64>,
    /// When the cache is to be written anew.
    anew: Option<Instant>,
    /// When it last was.
    was_anew: Option<Instant>,
}

impl Erasure {
    /// For a cache that was just opened: a process that was killed left its log.
    pub(super) fn new(path: &Path) -> Self {
        let mut erasure = Self { due: None, latest: None, pause: SETTLED, discarded: None, anew: None, was_anew: None };
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
        self.anew.get_or_insert_with(|| self.was_anew.map_or(now, |last| now.max(last + ANEW_AGAIN)));
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
    pub(super) fn run(&mut self, conn: &Connection, path: &Path) {
        self.forget_backups(path);
        let is_due = self.anew.is_some_and(|at| at <= Instant::now());
        match self.wipe(conn, path, Duration::ZERO, is_due) {
            Ok(true) => (self.due, self.latest) = (self.anew, None),
            Ok(false) => self.try_again(),
            Err(error) => {
                tracing::debug!(%error, "what was deleted could not be wiped");
                self.try_again();
            }
        }
    }

    /// The last time that there is for it. Where other processes have the cache open, they empty the log as well.
    pub(super) fn end(&mut self, conn: &Connection, path: &Path) {
        if self.due.is_none() {
            return;
        }
        self.forget_backups(path);
        if let Err(error) = self.wipe(conn, path, AT_THE_END, self.anew.is_some()) {
            tracing::debug!(%error, "what was deleted could not be wiped");
        }
    }

    /// Empties the log, and writes the cache anew where that is wanted; `false` where somebody was in the way all that time.
    fn wipe(&mut self, conn: &Connection, path: &Path, wait: Duration, anew: bool) -> rusqlite::Result<bool> {
        if anew {
            if fs::metadata(path).is_ok_and(|meta| meta.len() <= LARGE) && !write_anew(conn, wait)? {
                return Ok(false);
            }
            (self.anew, self.was_anew) = (None, Some(Instant::now()));
        }
        empty_log(conn, path, wait)
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
            let made = made.ok().map(|at| at + CLOCKS_DIFFER).and_then(|at| Timestamp::try_from(at).ok());
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

/// Writes all of the database into the log, without what is beside its rows; `false` where another process was writing.
fn write_anew(conn: &Connection, wait: Duration) -> rusqlite::Result<bool> {
    conn.busy_timeout(wait)?;
    let written = conn.execute_batch("VACUUM");
    conn.busy_timeout(open::BUSY)?;
    match written {
        Err(rusqlite::Error::SqliteFailure(why, _)) if why.code == ErrorCode::DatabaseBusy => Ok(false),
        written => written.map(|()| true),
    }
}

/// Puts the log into the database and empties it; `false` where a reader or a writer was in the way all that time.
fn empty_log(conn: &Connection, path: &Path, wait: Duration) -> rusqlite::Result<bool> {
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

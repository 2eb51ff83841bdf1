//! The file of one key: how it is opened, made, and set aside where it is damaged.
//!
//! Who makes a file, or puts another in its place, holds a lock on a file beside them. Who has it open sees before and
//! after each transaction whether it is still the one that lies there.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, MAIN_DB, OpenFlags, TransactionBehavior};

use super::LedgerError;
use crate::files;
use crate::store::entrance::Identity;
use crate::store::leftovers;
use crate::store::open::{self, neighbour};

const SCHEMA: &str = include_str!("../../../assets/ledger/0001_requests.sql");

/// 'mctl', as the schema sets it.
const APPLICATION: i64 = 1_835_234_412;
const VERSION: i64 = 1;
/// A version that cannot be one: the field that says so is damaged.
const NO_VERSION: i64 = 0xffff;

/// How long to wait for another process that writes. A transaction is one row or a few: whoever takes longer is stopped.
const BUSY: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(5);

/// Who finds another file in the place of the open one begins anew, so often.
const TRIES: usize = 3;

/// Statements kept prepared; the ledger has fewer.
const STATEMENTS: usize = 24;

/// Appended to the name of a damaged file. One is kept.
const DAMAGED: &str = ".damaged";
/// Appended to the name of one that is being made.
const NEW: &str = ".new-";
/// What a transaction does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenMode {
    /// It reads, and finds nothing where there is no file.
    Read,
    /// It writes where there is a file.
    WriteExisting,
    /// It writes, and makes the file where there is none.
    CreateIfMissing,
}

/// The file of one key, once it is open.
#[derive(Debug, Default)]
pub(super) struct Slot {
    file: Option<LedgerFile>,
    /// What lay there when it was last not opened: nothing, or a file that cannot be used.
    unopened: Identity,
}

/// One opening of one file in this process. The id of a file itself would not do: that of a removed one is given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening(u64);

/// An open file.
#[derive(Debug)]
pub(super) struct LedgerFile {
    conn: Connection,
    opening: Opening,
    identity: Identity,
    /// `PRAGMA data_version`: changes when another connection has committed.
    seen: i64,
    /// The write-ahead log, to ring with.
    log: Option<File>,
}

/// One transaction in the file at `path`, opened before where it is not. `None` where it does nothing without a file.
pub(super) fn work<T>(
    slot: &mut Slot,
    path: &Path,
    mode: OpenMode,
    work: impl Fn(&Connection, Opening) -> rusqlite::Result<T>,
) -> Result<Option<T>, LedgerError> {
    let found = Identity::of(path);
    let done = work_in(&mut slot.file, path, mode, work);
    if slot.file.is_none() {
        slot.unopened = found;
    }
    done
}

fn work_in<T>(
    slot: &mut Option<LedgerFile>,
    path: &Path,
    mode: OpenMode,
    work: impl Fn(&Connection, Opening) -> rusqlite::Result<T>,
) -> Result<Option<T>, LedgerError> {
    for _ in 0..TRIES {
        if slot.as_ref().is_some_and(|file| !file.is_at(path)) {
            *slot = None;
        }
        if slot.is_none() {
            *slot = open_or_make(path, mode)?;
        }
        let Some(file) = slot.as_mut() else { return Ok(None) };
        match file.transaction(mode, &work) {
            Ok(value) if file.is_at(path) => return Ok(Some(value)),
            // set aside meanwhile: what was entered there is not counted
            Ok(_) => {}
            Err(error) => {
                let error = LedgerError::from_sql(path, &error);
                if !matches!(error, LedgerError::Busy { .. }) {
                    *slot = None;
                }
                return Err(error);
            }
        }
    }
    Ok(None)
}

impl Slot {
    /// Closes the file.
    pub(super) fn close(&mut self) {
        self.file = None;
    }

    /// Whether another process has written since this was last asked, or put another file here. `is_log`: the event was
    /// about a file beside it.
    pub(super) fn is_changed(&mut self, path: &Path, is_log: bool) -> bool {
        match &mut self.file {
            Some(file) => file.is_changed(path),
            // whoever opens a file that cannot be used makes and removes its log, and must not be woken by that
            None => !is_log && self.unopened != Identity::of(path),
        }
    }
}

impl LedgerFile {
    /// Opens a sound file that is there.
    fn open(path: &Path) -> Result<Option<Self>, LedgerError> {
        // SQLite would wait for a pipe
        for part in open::FILES.iter().rev() {
            let file = neighbour(path, part);
            match files::look(&file) {
                Ok(false) if part.is_empty() => return Ok(None),
                Ok(_) => {}
                Err(error) if files::is_unsafe_file(&error) => return Err(LedgerError::NoFile { path: file }),
                Err(error) => return Err(LedgerError::from_io(&file, &error)),
            }
        }
        files::tighten_file(path);
        let failed = |error: rusqlite::Error| LedgerError::from_sql(path, &error);
        let identity = Identity::of(path);
        let conn = connect(path)?;
        // of an empty file SQLite would make a database that counts nothing
        let damage = if fs::metadata(path).is_ok_and(|meta| meta.len() == 0) {
            Some("it is empty".to_owned())
        } else {
            damage(&conn, path)?
        };
        if let Some(detail) = damage {
            return Err(LedgerError::Damaged { path: path.to_owned(), detail });
        }
        if conn.is_readonly(MAIN_DB).map_err(failed)? && is_writable(path) {
            let detail = "it says that it cannot be written to".to_owned();
            return Err(LedgerError::Damaged { path: path.to_owned(), detail });
        }
        let mode = conn.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).map_err(failed)?;
        open::keep_promises(&conn, mode == "wal").map_err(failed)?;
        let seen = data_version(&conn).map_err(failed)?;
        let log = files::open_plain(&neighbour(path, "-wal"), OpenOptions::new().append(true)).ok();
        Ok(Some(Self { conn, opening: Opening::next(), identity, seen, log }))
    }

    fn is_at(&self, path: &Path) -> bool {
        self.identity.check(path).is_ok()
    }

    fn is_changed(&mut self, path: &Path) -> bool {
        let version = data_version(&self.conn).unwrap_or(self.seen);
        std::mem::replace(&mut self.seen, version) != version || !self.is_at(path)
    }

    fn transaction<T>(
        &mut self,
        mode: OpenMode,
        work: impl Fn(&Connection, Opening) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        // immediate, so that two processes queue up instead of failing half-way
        let behavior = match mode {
            OpenMode::Read => TransactionBehavior::Deferred,
            OpenMode::WriteExisting | OpenMode::CreateIfMissing => TransactionBehavior::Immediate,
        };
        let transaction = self.conn.transaction_with_behavior(behavior)?;
        let value = work(&transaction, self.opening)?;
        transaction.commit()?;
        if mode != OpenMode::Read
            && let Some(log) = &self.log
            && let Err(error) = log.set_modified(SystemTime::now())
        {
            tracing::debug!(%error, "could not tell other processes of a request");
        }
        Ok(value)
    }
}

impl Opening {
    fn next() -> Self {
        static OPENED: AtomicU64 = AtomicU64::new(0);
        Self(OPENED.fetch_add(1, Ordering::Relaxed))
    }
}

fn open_or_make(path: &Path, mode: OpenMode) -> Result<Option<LedgerFile>, LedgerError> {
    let found = LedgerFile::open(path)?;
    if found.is_some() || mode != OpenMode::CreateIfMissing {
        return Ok(found);
    }
    let folder = folder(path);
    make_folder(folder)?;
    let _lock = lock(folder)?;
    if fs::symlink_metadata(path).is_err() {
        if neighbour(path, DAMAGED).exists() {
            // somebody set it aside and died
            let detail = "it was set aside".to_owned();
            return Err(LedgerError::Damaged { path: path.to_owned(), detail });
        }
        make(path, |_| Ok(()))?;
    }
    LedgerFile::open(path)
}

/// Puts a new file in the place of a damaged one, with this in it from its first moment. Where the damaged one lies now;
/// `None` where it is sound, or another process was faster.
pub(super) fn set_aside(
    path: &Path,
    fill: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> Result<Option<PathBuf>, LedgerError> {
    let _lock = lock(folder(path))?;
    match LedgerFile::open(path) {
        Ok(Some(_)) => return Ok(None),
        Ok(None) | Err(LedgerError::Damaged { .. }) => {}
        Err(error) => return Err(error),
    }
    let aside = neighbour(path, DAMAGED);
    for part in open::FILES {
        match fs::rename(neighbour(path, part), neighbour(&aside, part)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(LedgerError::from_io(path, &error)),
            _ => {}
        }
    }
    make(path, fill)?;
    Ok(Some(aside))
}

/// The file of before, where it was damaged and a person has not removed it yet.
pub(super) fn damaged(path: &Path) -> Option<PathBuf> {
    Some(neighbour(path, DAMAGED)).filter(|aside| aside.exists())
}

/// Makes the file, complete or not at all. Only for who holds the lock.
fn make(path: &Path, fill: impl FnOnce(&Connection) -> rusqlite::Result<()>) -> Result<(), LedgerError> {
    let failed = |error: &io::Error| LedgerError::from_io(path, error);
    for left in leftovers::beside(path, NEW) {
        let _ = fs::remove_file(left);
    }
    for log in &open::FILES[1..] {
        // SQLite would take it for the log of the new file, or roll it back into that
        let _ = fs::remove_file(neighbour(path, log));
    }
    let new = neighbour(path, &format!("{NEW}{}", std::process::id()));
    open::create(&new).map_err(|error| failed(&error))?;
    let conn = connect(&new)?;
    let made = (|| {
        conn.execute_batch("BEGIN IMMEDIATE")?;
        conn.execute_batch(SCHEMA)?;
        fill(&conn)?;
        conn.execute_batch("COMMIT")?;
        // where the disk has no write-ahead log it stays as it is, and readers wait for writers
        conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        conn.close().map_err(|(_, error)| error)
    })();
    made.map_err(|error| LedgerError::from_sql(path, &error))?;
    fs::rename(&new, path).and_then(|()| open::sync_folder(path)).map_err(|error| failed(&error))
}

/// The one way in which a ledger is opened: no link is followed, in place of the file nor of its logs.
fn connect(path: &Path) -> Result<Connection, LedgerError> {
    let failed = |error: rusqlite::Error| LedgerError::from_sql(path, &error);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let conn = Connection::open_with_flags(open::straight(path), flags).map_err(failed)?;
    conn.busy_timeout(BUSY).map_err(failed)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(conn)
}

/// What is wrong with the file, if anything is. It is small: all of it is looked at.
fn damage(conn: &Connection, path: &Path) -> Result<Option<String>, LedgerError> {
    let pragma = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let look = || {
        let (version, application) = (pragma("user_version")?, pragma("application_id")?);
        if application != APPLICATION || !(VERSION..=NO_VERSION).contains(&version) {
            return Ok((version, Some("it is something else".to_owned())));
        }
        if version > VERSION {
            return Ok((version, None));
        }
        let said = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0))?;
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('requests', 'service_clocks', 'moved')";
        let tables = conn.query_row(tables, [], |row| row.get::<_, i64>(0))?;
        let missing = (tables != 3).then(|| "a table is missing".to_owned());
        Ok((version, Some(said).filter(|said| said != "ok").or(missing)))
    };
    match look().map_err(|error: rusqlite::Error| LedgerError::from_sql(path, &error)) {
        Ok((found, None)) if found > VERSION => Err(LedgerError::Newer { path: path.to_owned(), found }),
        Ok((_, damage)) => Ok(damage),
        Err(LedgerError::Damaged { detail, .. }) => Ok(Some(detail)),
        Err(error) => Err(error),
    }
}

/// Whether the system lets us write there, as far as it tells.
pub(super) fn is_writable(path: &Path) -> bool {
    #[cfg(unix)]
    return rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok();
    #[cfg(not(unix))]
    fs::metadata(path).is_ok_and(|meta| !meta.permissions().readonly())
}

fn data_version(conn: &Connection) -> rusqlite::Result<i64> {
    conn.pragma_query_value(None, "data_version", |row| row.get(0))
}

pub(super) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A folder that is open to its owner alone, also where it was made by hand.
pub(super) fn make_folder(folder: &Path) -> Result<(), LedgerError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| LedgerError::from_io(folder, &error))?;
    files::tighten_folder(folder);
    Ok(())
}

/// The right to make a file or to put another in its place; ends when it is dropped. `None` where the disk has no locks.
fn lock(folder: &Path) -> Result<Option<File>, LedgerError> {
    let path = folder.join("lock");
    let file = files::open_lock(&path).map_err(|error| LedgerError::from_io(&path, &error))?;
    let until = Instant::now() + BUSY;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "this disk has no locks");
                return Ok(None);
            }
            Err(TryLockError::WouldBlock) if Instant::now() >= until => return Err(LedgerError::Busy { path }),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
}

//! From a path to a connection: the folder, the file and who may read it, what SQLite is told, the schema's versions.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, Transaction, TransactionBehavior};
use rusqlite_migration::{M, Migrations};

use super::attendant::Attendant;
use super::search::index;
use super::{StoreError, erasure, leftovers, sql};
use crate::files;

/// Each file is one version; what is released is never edited, only followed by another.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../../assets/migrations/0001_cache.sql"),
    include_str!("../../assets/migrations/0002_find.sql"),
    include_str!("../../assets/migrations/0003_news.sql"),
    include_str!("../../assets/migrations/0004_broadcasts.sql"),
    include_str!("../../assets/migrations/0005_notes.sql"),
    include_str!("../../assets/migrations/0006_order.sql"),
    include_str!("../../assets/migrations/0007_clock.sql"),
    include_str!("../../assets/migrations/0008_sender.sql"),
    INDEXED,
];

/// The version that has the index of words as it is now: it is filled there, and in no version before.
const INDEXED: &str = include_str!("../../assets/migrations/0009_spellings.sql");

/// How long to wait for another process that writes. The longest transaction is an intake of a page: well under a second.
pub(super) const BUSY: Duration = Duration::from_secs(10);

/// 'mctu', as the first migration sets it.
pub(super) const APPLICATION: i64 = 1_835_234_421;

/// Copies from before an upgrade that are kept.
const BACKUPS: usize = 2;

/// Statements kept prepared per connection; the store has fewer.
const STATEMENTS: usize = 160;

/// What SQLite appends to the name of a database for the files that belong to it; first, nothing: the database itself. Which
/// there are depends on the disk: without a write-ahead log there is a journal.
pub(super) const FILES: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// A connection that only reads. It is opened for writing all the same, because a reader of a write-ahead log takes
/// part in its bookkeeping.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let conn = connect(path)?;
        conn.execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;")?;
        Ok(conn)
    };
    open().map_err(|error| StoreError::from_sql(path, error))
}

pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    // SQLite follows no link to the log or its index either
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let conn = Connection::open_with_flags(straight(path), flags)?;
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    // else SQLite looks at the values of some parameters, of LIMIT too, and compiles such a statement anew for each page
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(conn)
}

/// The same path without links before its last part: a home may well lie behind one, and SQLite is to refuse any.
pub(super) fn straight(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (fs::canonicalize(folder), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// Refuses links and whatever else is no plain file in the places of the cache, its log and the index of that; takes them
/// from the eyes of other users. Looks without opening: closing the cache would drop SQLite's locks.
pub(super) fn look(path: &Path) -> Result<(), StoreError> {
    for suffix in FILES {
        let file = neighbour(path, suffix);
        if files::look(&file).map_err(|error| StoreError::from_io(&file, error))? {
            files::tighten_file(&file);
        }
    }
    Ok(())
}

pub(super) fn prepare(
    conn: &mut Connection,
    path: &Path,
    steps: &[&str],
    attendant: &Attendant,
) -> Result<(), StoreError> {
    if conn.is_readonly(MAIN_DB)? {
        return Err(StoreError::ReadOnly { path: path.to_owned() });
    }
    // before anything is changed: a newer cache or another program's database stays as it is
    version(conn, path, steps)?;
    let logged = write_ahead(conn)?;
    conn.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 33554432;",
    )?;
    keep_promises(conn, logged)?;
    erasure::enable_secure_delete(conn)?;
    conn.set_transaction_behavior(TransactionBehavior::Immediate);
    migrate(conn, path, steps, attendant)?;
    Ok(erasure::enable_fts_secure_delete(conn)?)
}

/// The schema version of the file: 0 for a new one.
fn version(conn: &mut Connection, path: &Path, steps: &[&str]) -> Result<usize, StoreError> {
    let state = sql::snapshot(conn)?;
    let pragma = |name| state.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (found, application) = (pragma("user_version")?, pragma("application_id")?);
    let tables: i64 = state.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let ours = if found == 0 { tables == 0 } else { application == APPLICATION };
    if !ours {
        return Err(StoreError::NotADatabase { path: path.to_owned() });
    }
    usize::try_from(found).ok().filter(|&found| found <= steps.len()).ok_or_else(|| StoreError::Newer {
        path: path.to_owned(),
        found,
        known: sql::limit(steps.len()),
    })
}

/// What is said to be stored is on the disk, whatever becomes of the program or the power. Without a write-ahead log that
/// takes a sync of the folder as well; and on macOS a sync that the disk's own memory takes part in, or it means little.
pub(super) fn keep_promises(conn: &Connection, logged: bool) -> rusqlite::Result<()> {
    conn.pragma_update(None, "synchronous", if logged { "FULL" } else { "EXTRA" })?;
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "checkpoint_fullfsync", true)
}

/// Switches the file to a write-ahead log; whether that could be. Where two processes do it at once SQLite answers "busy"
/// without waiting.
fn write_ahead(conn: &Connection) -> Result<bool, StoreError> {
    let until = Instant::now() + BUSY;
    loop {
        match conn.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0)) {
            Ok(mode) if mode == "wal" => return Ok(true),
            Ok(mode) => {
                tracing::warn!(mode, "this disk has no write-ahead log: readers will wait for writers");
                return Ok(false);
            }
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Brings the schema up to date in one transaction; keeps a copy of what was there before, where there was something.
pub(super) fn migrate(
    conn: &mut Connection,
    path: &Path,
    steps: &[&str],
    attendant: &Attendant,
) -> Result<(), StoreError> {
    loop {
        let found = version(conn, path, steps)?;
        if found == steps.len() {
            return Ok(());
        }
        if found > 0 {
            back_up(conn, path, found, attendant)?;
        }
        match migrations(steps, attendant).to_latest(conn) {
            Ok(()) => {
                tracing::info!(from = found, to = steps.len(), "brought the cache up to date");
                prune_backups(path);
            }
            // another process was faster: each step enters itself in a table first, and fails where it is there already
            Err(_) if version(conn, path, steps)? > found => {}
            Err(rusqlite_migration::Error::RusqliteError { err, .. }) => return Err(err.into()),
            Err(error) => return Err(StoreError::Fault(error.to_string())),
        }
    }
}

fn migrations<'s>(steps: &[&'s str], attendant: &Attendant) -> Migrations<'s> {
    let step = |sql: &&'s str| {
        if *sql != INDEXED {
            return M::up(sql);
        }
        let attendant = attendant.clone();
        M::up_with_hook(sql, move |conn: &Transaction<'_>| Ok(index::fill(conn, &attendant)?))
    };
    Migrations::new(steps.iter().map(step).collect())
}

/// Copies the cache to `mctui.db.v1.bak`, complete or not at all.
fn back_up(conn: &Connection, path: &Path, version: usize, attendant: &Attendant) -> Result<(), StoreError> {
    static COPIES: AtomicUsize = AtomicUsize::new(0);
    let backup = neighbour(path, &format!(".v{version}.bak"));
    let copy = COPIES.fetch_add(1, Ordering::Relaxed);
    let partial = neighbour(path, &format!(".v{version}.{}-{copy}.partial", std::process::id()));
    let failed = |error| StoreError::from_io(&backup, error);
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    // made first, because SQLite would make it readable for others
    create(&partial).map_err(failed)?;
    let pages = |pragma| conn.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map(i64::unsigned_abs);
    let bytes = pages("page_count")? * pages("page_size")?;
    let copied = attendant.copying(&partial, bytes, || copy_to(conn, &partial, version));
    let kept = copied.map_err(|error| error.about(&backup)).and_then(|same| {
        // another process has upgraded the cache already, and its copy is of the version before
        if same { fs::rename(&partial, &backup).map_err(failed) } else { fs::remove_file(&partial).map_err(failed) }
    });
    if kept.is_err() {
        let _ = fs::remove_file(&partial);
    }
    kept
}

/// Leaves the newest copies: one of the version before, and the one before that for who skipped a release.
fn prune_backups(path: &Path) {
    let mut backups = leftovers::backups(path);
    backups.truncate(backups.len().saturating_sub(BACKUPS));
    for (version, old) in backups {
        match fs::remove_file(&old) {
            Ok(()) => tracing::info!(version, "removed an old copy of the cache"),
            Err(error) => tracing::warn!(version, %error, "an old copy of the cache could not be removed"),
        }
    }
}

/// Removes copies that were never finished. Only for who is alone with the cache: others may be making theirs.
pub(super) fn clear_partial(path: &Path) {
    for left in leftovers::beside(path, ".v") {
        if left.extension().is_some_and(|extension| extension == "partial") {
            let _ = fs::remove_file(left);
        }
    }
}

/// Copies the cache to an empty file; whether it was still of that version.
fn copy_to(conn: &Connection, to: &Path, version: usize) -> Result<bool, StoreError> {
    let failed = |error| StoreError::from_io(to, error);
    let target = to.to_str().ok_or_else(|| failed(io::Error::other("the path is not valid Unicode")))?;
    conn.execute("VACUUM INTO ?1", [target])?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let copy = Connection::open_with_flags(straight(to), flags)?;
    let copied: i64 = copy.pragma_query_value(None, "user_version", |row| row.get(0))?;
    drop(copy);
    files::open_plain(to, fs::OpenOptions::new().read(true)).and_then(|file| file.sync_all()).map_err(failed)?;
    Ok(copied == sql::limit(version))
}

/// The path with something appended to its file name, as SQLite names its `-wal`.
pub(super) fn neighbour(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes the folder, for its owner alone. One that is there already is left as it is: it may hold other things.
pub(super) fn make_folder(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Err(StoreError::from_io(path, io::Error::other("it is a folder, not a file")));
    }
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) else {
        return Ok(());
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).and_then(|()| sync_folder(folder)).map_err(|error| StoreError::from_io(folder, error))
}

/// Makes an empty file, for its owner alone. It is never opened here once it exists, because closing it would drop
/// SQLite's locks.
pub(super) fn make_file(path: &Path) -> Result<(), StoreError> {
    match create(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            files::tighten_file(path);
            Ok(())
        }
        Err(error) => Err(StoreError::from_io(path, error)),
    }
}

pub(super) fn create(path: &Path) -> io::Result<()> {
    files::create_new(path)?.sync_all()?;
    sync_folder(path)
}

/// The name of a file is on the disk only when its folder is.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

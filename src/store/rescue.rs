//! What becomes of a damaged cache: it is set aside whole, and a new one takes its place with all that can still be read.
//!
//! The new cache is made and on the disk before the old one is touched, and each step can be taken up again where a crash
//! interrupted it. Only who is alone with the cache does any of this ([`super::presence`]).

mod carry;
mod log;
mod pages;
mod record;
mod tables;

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::attendant::Attendant;
use super::open::{self, MIGRATIONS, neighbour, sync_folder};
use super::{StoreError, leftovers};
use crate::files;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use pages::Pages;

/// The size of a page, which is SQLite's own choice for a new file, in every cache so far.
const PAGE: usize = 4096;

/// What follows the cache's name in the name of one that was set aside, before its time.
pub(super) const DAMAGED: &str = ".damaged-";
const PARTIAL: &str = ".rescue.partial";
const RESCUED: &str = ".rescued";
const LOG: &str = "-wal";
/// The log and its index.
const BESIDE: [&str; 2] = [LOG, "-shm"];

/// What was done with a damaged cache when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Where the damaged cache lies now, with its log beside it.
    pub set_aside: PathBuf,
    /// Drafts that were carried over.
    pub drafts: u64,
    /// Messages that still wait to be sent.
    pub waiting: u64,
    /// Messages that failed or of which nobody knows whether they went out.
    pub trouble: u64,
    /// Messages that were carried over, all in all. What is missing comes again from MightyCall.
    pub messages: u64,
    /// Whether drafts, messages that waited, or names may be missing.
    pub lost: bool,
}

impl fmt::Display for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the cache was damaged and is set aside as {}; carried over: {} messages, drafts: {}, waiting to be sent: {}, \
             failed or unconfirmed: {}. What is missing comes again with the next sync",
            self.set_aside.display(),
            self.messages,
            self.drafts,
            self.waiting,
            self.trouble,
        )?;
        if self.lost {
            f.write_str(
                ". Some of it could not be read: look through your drafts, and through what was unconfirmed or waiting",
            )?;
        }
        Ok(())
    }
}

/// Sets a damaged cache aside and puts a new one in its place.
pub(super) fn rescue(path: &Path, detail: &str, attendant: &Attendant) -> Result<Recovery, StoreError> {
    tracing::warn!(path = %path.display(), detail, "the cache is damaged: setting it aside");
    let failed = |error| StoreError::from_io(path, error);
    let (partial, rescued) = (neighbour(path, PARTIAL), neighbour(path, RESCUED));
    clear(&partial).map_err(failed)?;
    let made = open::create(&partial).map_err(failed).and_then(|()| {
        let pages = Pages::open(path).map_err(failed)?;
        fill(&partial, &pages, attendant).map_err(|error| error.about(path))
    });
    let lost = match made {
        Ok(lost) => lost,
        Err(error) => {
            let _ = clear(&partial);
            return Err(error);
        }
    };
    fs::rename(&partial, &rescued).and_then(|()| sync_folder(path)).map_err(failed)?;
    let set_aside = set_aside(path).map_err(failed)?;
    put_in_place(path, set_aside, lost)
}

/// Takes up a rescue that a crash interrupted, once the damaged file is out of the way. `None` where there was none.
pub(super) fn take_up(path: &Path) -> Result<Option<Recovery>, StoreError> {
    let failed = |error| StoreError::from_io(path, error);
    clear(&neighbour(path, PARTIAL)).map_err(failed)?;
    let rescued = neighbour(path, RESCUED);
    if !exists(&rescued) || exists(path) {
        return Ok(None);
    }
    // the log goes the way of its cache, so that SQLite does not take it for the new one's
    let set_aside = newest_set_aside(path).unwrap_or_else(|| name_aside(path));
    move_beside(path, &set_aside).map_err(failed)?;
    put_in_place(path, set_aside, true).map(Some)
}

/// Forgets a rescue that is no longer wanted: the cache is sound.
pub(super) fn forget(path: &Path) {
    let _ = clear(&neighbour(path, RESCUED));
}

/// Whether a file that SQLite takes for none of ours was ours: there are traces of our schema in it, or there was a cache
/// of ours at this place and what is there now is neither a database nor a text.
pub(super) fn was_ours(path: &Path, been_here: bool) -> bool {
    const TRACES: [&[u8]; 3] = [b"threads_count_change", b"threads_unread_by_number", b"messages_by_remote_id"];
    let Ok(pages) = Pages::open(path) else { return false };
    let mut all = (1..=pages.count).filter_map(|number| pages.page(number));
    let traced = |page: Vec<u8>| TRACES.iter().any(|trace| page.windows(trace.len()).any(|window| window == *trace));
    (been_here && pages.header().is_none() && !is_text(path)) || all.any(traced)
}

/// Whether a file begins as a text does: then a person put it there.
fn is_text(path: &Path) -> bool {
    let mut begin = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(PAGE as u64).read_to_end(&mut begin));
    // the first bytes of a database are letters, too
    let cut_off = b"SQLite format 3".starts_with(&begin[..begin.len().min(15)]);
    let text = match std::str::from_utf8(&begin) {
        Ok(text) => text,
        // a character that the end of the page cuts through
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&begin[..error.valid_up_to()]).unwrap_or(""),
        Err(_) => return false,
    };
    let strange = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    read.is_ok() && !cut_off && !text.is_empty() && !text.contains(strange)
}

/// What can be seen to be wrong without SQLite, which is silent about the end of a log and about some of the header.
/// `been_here`: there was a cache of ours.
pub(super) fn first_look(path: &Path, been_here: bool) -> io::Result<Option<&'static str>> {
    let pages = Pages::open(path)?;
    let empty = exists(path) && length(path) == 0;
    Ok(if pages.log.lost {
        Some("its write-ahead log is not whole")
    } else if (empty || !exists(path)) && !pages.log.pages.is_empty() {
        Some("the file is empty or gone, and its write-ahead log is not")
    } else if empty && been_here {
        Some("the file is empty")
    } else if pages.log.pages.is_empty() && !length(path).is_multiple_of(PAGE as u64) && pages.header().is_some() {
        Some("it ends in the middle of a page")
    } else if pages.header().is_some_and(|header| !header.is_right()) {
        Some("its header is not that of a cache")
    } else if pages.header().is_some() && pages.free().is_none() {
        Some("its list of free pages is broken")
    } else {
        None
    })
}

fn fill(partial: &Path, pages: &Pages, attendant: &Attendant) -> Result<bool, StoreError> {
    let mut conn = open::connect(partial)?;
    attendant.attend(&conn)?;
    // synced as a whole at the end; a crash before that starts anew
    conn.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; PRAGMA cache_size = -32000;")?;
    open::migrate(&mut conn, partial, MIGRATIONS, attendant)?;
    let transaction = conn.transaction()?;
    let lost = carry::carry(&transaction, pages, attendant)?;
    transaction.commit()?;
    conn.close().map_err(|(_, error)| error)?;
    fs::File::open(partial).and_then(|file| file.sync_all()).map_err(|error| StoreError::from_io(partial, error))?;
    Ok(lost)
}

/// Moves the cache away, and then what belongs to it: a log without its cache says so, a cache without its log does not.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = name_aside(path);
    if exists(path) {
        files::tighten_file(path);
        fs::rename(path, &aside)?;
        sync_folder(path)?;
    }
    move_beside(path, &aside)?;
    Ok(aside)
}

fn move_beside(path: &Path, aside: &Path) -> io::Result<()> {
    for suffix in BESIDE {
        let (from, to) = (neighbour(path, suffix), neighbour(aside, suffix));
        // an index says nothing where there is no log, nor does an empty log
        let kept = if suffix == LOG { length(&from) > 0 } else { exists(&neighbour(aside, LOG)) };
        if kept && exists(&from) && !exists(&to) {
            files::tighten_file(&from);
            fs::rename(&from, &to)?;
        }
        clear(&from)?;
    }
    sync_folder(path)
}

fn put_in_place(path: &Path, set_aside: PathBuf, lost: bool) -> Result<Recovery, StoreError> {
    let failed = |error| StoreError::from_io(path, error);
    fs::rename(neighbour(path, RESCUED), path).and_then(|()| sync_folder(path)).map_err(failed)?;
    let conn = open::connect(path)?;
    let count = |statement| conn.query_row(statement, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs);
    let recovery = Recovery {
        set_aside,
        drafts: count("SELECT count(*) FROM threads WHERE draft IS NOT NULL")?,
        waiting: count("SELECT count(*) FROM outbox")?,
        trouble: count("SELECT count(*) FROM messages WHERE trouble = 1")?,
        messages: count("SELECT count(*) FROM messages")?,
        lost,
    };
    tracing::warn!(%recovery, "a damaged cache was replaced");
    Ok(recovery)
}

/// A name that no file has.
fn name_aside(path: &Path) -> PathBuf {
    let time = Timestamp::now().to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    let name = |number: u32| match number {
        0 => neighbour(path, &format!("{DAMAGED}{time}")),
        _ => neighbour(path, &format!("{DAMAGED}{time}-{number}")),
    };
    let free = |name: &PathBuf| !exists(name) && !BESIDE.iter().any(|suffix| exists(&neighbour(name, suffix)));
    (0..1_000).map(name).find(free).unwrap_or_else(|| name(fastrand::u32(1_000..)))
}

/// The cache that was set aside last, where its log was not.
fn newest_set_aside(path: &Path) -> Option<PathBuf> {
    let damaged = leftovers::beside(path, DAMAGED).into_iter();
    damaged.filter(|name| !BESIDE.iter().any(|suffix| name.to_string_lossy().ends_with(suffix))).max()
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |meta| meta.len())
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn clear(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

//! What can go wrong with the cache, in words for the person whose cache it is.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::room;
use crate::model::{MessageId, ThreadId};

/// Why the cache could not do what was asked. Whatever it was, nothing of the request is half written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A later mctui made or upgraded the file.
    #[error("the cache {} is of version {found}, and this mctui knows versions up to {known}: use the newer mctui that upgraded it, or move the file away to start a new cache", path.display())]
    Newer {
        /// The cache file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The highest version this program knows.
        known: i64,
    },
    /// The file, its folder or the disk cannot be written to.
    #[error("the cache {} cannot be written to: check the permissions of the file and of its folder, and that the disk is not mounted read-only", path.display())]
    ReadOnly {
        /// The cache file.
        path: PathBuf,
    },
    /// No room left. The request is undone; what was stored before is whole.
    #[error("the disk is full, or your quota or the limit for a file's size is reached, so nothing could be stored in {}: free some space and try again", path.display())]
    Full {
        /// The cache file.
        path: PathBuf,
    },
    /// The disk refused to read or write.
    #[error("the disk failed while reading or writing the cache {}: {source}; check the disk and the free space on it", path.display())]
    Disk {
        /// The cache file.
        path: PathBuf,
        /// What SQLite reported.
        source: rusqlite::Error,
    },
    /// The file is damaged. The next [`Store::open`](super::Store::open) that is alone with it sets it aside and keeps
    /// what can be read.
    #[error("the cache {} is damaged ({detail}): close mctui everywhere and start it again: it will set the file aside, keep drafts and what waits to be sent, and fetch the rest again", path.display())]
    Damaged {
        /// The cache file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Somebody moved the file away, or put another in its place, while it was open.
    #[error("the cache {} was moved or replaced while mctui had it open, so nothing is stored there any more: close mctui everywhere and start it again", path.display())]
    Replaced {
        /// Where the cache was.
        path: PathBuf,
    },
    /// The file is something else, or a database of another program.
    #[error("{} is not a cache of mctui: move it away, or let mctui keep its cache elsewhere (MCTUI_HOME)", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file or its folder could not be made or opened.
    #[error("cannot open the cache {}: {source}", path.display())]
    Open {
        /// The file or folder that was asked for.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process has been writing for longer than we wait.
    #[error("the cache {} has been in use by another process for too long: is another mctui stuck?", path.display())]
    Busy {
        /// The cache file.
        path: PathBuf,
    },
    /// Somebody wanted no more of the work that its opening takes.
    #[error("the work on the cache {} was stopped: it is as it was before, and the next start begins anew", path.display())]
    Stopped {
        /// The cache file.
        path: PathBuf,
    },
    /// The cache was closed, or the thread that writes has ended.
    #[error("the cache is closed")]
    Gone,
    /// A request broke off inside the program. It is undone, and the cache goes on.
    #[error("a fault inside of mctui stopped a request to the cache, and nothing of it was stored: {0}")]
    Fault(String),
    /// Anything else SQLite says.
    #[error("the cache answered: {0}")]
    Sql(#[from] rusqlite::Error),
    /// A thread that is not here.
    #[error("there is no thread {}", .0.0)]
    NoSuchThread(ThreadId),
    /// A message that is not here; it may have been discarded elsewhere.
    #[error("there is no message {}: it may have been discarded or sent again elsewhere", .0.0)]
    NoSuchMessage(MessageId),
    /// A text to several people that is not the one that is kept.
    #[error("it was sent, changed or put away in another window meanwhile; look at it again")]
    NotKept,
    /// Another process took the outbox at the same moment.
    #[error("another mctui is sending")]
    LeaseTaken,
    /// Only failed and unconfirmed outbound texts can be sent again.
    #[error("message {} cannot be sent again: {reason}", id.0)]
    NotResendable {
        /// The message.
        id: MessageId,
        /// Why not.
        reason: &'static str,
    },
    /// Only what is not out can be discarded.
    #[error("message {} cannot be discarded: {reason}", id.0)]
    NotDiscardable {
        /// The message.
        id: MessageId,
        /// Why not.
        reason: &'static str,
    },
    /// Nothing but blanks.
    #[error("an empty message cannot be sent: write something first")]
    EmptyBody,
    /// The plan of an intake does not fit its records.
    #[error("the plan for {records} records from MightyCall does not fit them: {detail}")]
    Plan {
        /// How many records there were.
        records: usize,
        /// What does not fit.
        detail: String,
    },
}

impl StoreError {
    /// Turns what SQLite said into what a person can act on.
    pub(super) fn from_sql(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let Some(code) = error.sqlite_error_code() else { return Self::Sql(error) };
        match code {
            ErrorCode::DiskFull => Self::Full { path },
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly { path },
            ErrorCode::SystemIoFailure if room::is_out(&path, &error) => Self::Full { path },
            ErrorCode::SystemIoFailure => Self::Disk { path, source: error },
            ErrorCode::DatabaseCorrupt => Self::Damaged { path, detail: error.to_string() },
            ErrorCode::NotADatabase => Self::NotADatabase { path },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy { path },
            ErrorCode::CannotOpen => {
                let source = std::io::Error::other(format!("{error}; check its folder and the permissions"));
                Self::Open { path, source }
            }
            _ => Self::Sql(error),
        }
    }

    /// The same error with bare SQLite errors put in words, once it is known which file they are about.
    pub(super) fn about(self, path: &Path) -> Self {
        match self {
            Self::Sql(error) => Self::from_sql(path, error),
            other => other,
        }
    }

    /// What the file system said about the file or its folder.
    pub(super) fn from_io(path: &Path, error: std::io::Error) -> Self {
        use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        let path = path.to_owned();
        match error.kind() {
            PermissionDenied | ReadOnlyFilesystem => Self::ReadOnly { path },
            _ if room::is_full(&error) => Self::Full { path },
            _ => Self::Open { path, source: error },
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use rusqlite::ffi;

    use super::*;

    #[rstest]
    #[case(ffi::SQLITE_FULL, "the disk is full")]
    #[case(ffi::SQLITE_READONLY, "cannot be written to")]
    #[case(ffi::SQLITE_READONLY_DIRECTORY, "cannot be written to")]
    #[case(ffi::SQLITE_PERM, "cannot be written to")]
    #[case(ffi::SQLITE_IOERR_WRITE, "the disk failed")]
    #[case(ffi::SQLITE_IOERR_FSYNC, "the disk failed")]
    #[case(ffi::SQLITE_IOERR_SHMSIZE, "the disk failed")]
    #[case(ffi::SQLITE_CORRUPT, "is damaged")]
    #[case(ffi::SQLITE_CORRUPT_INDEX, "is damaged")]
    #[case(ffi::SQLITE_NOTADB, "not a cache of mctui")]
    #[case(ffi::SQLITE_BUSY, "in use by another process")]
    #[case(ffi::SQLITE_BUSY_SNAPSHOT, "in use by another process")]
    #[case(ffi::SQLITE_CANTOPEN, "cannot open the cache")]
    fn says_what_a_person_can_do(#[case] code: i32, #[case] says: &str) {
        let sqlite = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        let text = StoreError::Sql(sqlite).about(Path::new("/somewhere/mctui.db")).to_string();
        assert!(text.contains(says), "{text}");
        assert!(text.contains("/somewhere/mctui.db"), "{text}");
    }
}

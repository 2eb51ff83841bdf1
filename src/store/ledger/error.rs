//! What can go wrong with a ledger of requests, in words for the person whose it is.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use super::file::{folder, is_writable};
use crate::store::{StoreError, room};

/// Why requests could not be counted. Whatever it was, nothing of it is half written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// Another process has been writing for longer than we wait.
    #[error("the count of requests {} has been in use by another process for too long: is another mctui stuck?", path.display())]
    Busy {
        /// The ledger.
        path: PathBuf,
    },
    /// The file, its folder or the disk cannot be written to.
    #[error("the count of requests {} cannot be written to: check the permissions of the file and of its folder, and that the disk is not mounted read-only", path.display())]
    ReadOnly {
        /// The ledger.
        path: PathBuf,
    },
    /// No room left.
    #[error("the disk is full, or your quota or the limit for a file's size is reached, so no request can be counted in {}: free some space and try again", path.display())]
    Full {
        /// The ledger.
        path: PathBuf,
    },
    /// A link or a folder lies where the file should.
    #[error("{} is a link or not a regular file, so mctui will not count requests in it: remove it", path.display())]
    NoFile {
        /// The place of the ledger.
        path: PathBuf,
    },
    /// A later mctui made or upgraded the file.
    #[error("the count of requests {} is of version {found}, which this mctui does not know: use the newer mctui", path.display())]
    Newer {
        /// The ledger.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// The file is damaged: [`Ledger::set_aside`](super::Ledger::set_aside).
    #[error("the count of requests {} is damaged ({detail}): the next request sets it aside and treats today's reading budget as used", path.display())]
    Damaged {
        /// The ledger.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// Anything else that the system or SQLite says.
    #[error("the count of requests {} cannot be kept: {reason}", path.display())]
    Failed {
        /// The ledger.
        path: PathBuf,
        /// What was said.
        reason: String,
    },
    /// What the cache still counts could not be read.
    #[error(transparent)]
    Cache(#[from] StoreError),
    /// It broke off inside the program. It is undone.
    #[error("an internal error stopped mctui from counting requests")]
    Fault,
}

impl LedgerError {
    /// Turns what SQLite said into what a person can act on.
    pub(super) fn from_sql(path: &Path, error: &rusqlite::Error) -> Self {
        let (path, reason) = (path.to_owned(), error.to_string());
        let Some(code) = error.sqlite_error_code() else { return Self::Failed { path, reason } };
        match code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy { path },
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly { path },
            ErrorCode::CannotOpen if !is_writable(folder(&path)) => Self::ReadOnly { path },
            ErrorCode::CannotOpen => {
                Self::Failed { path, reason: format!("{reason}; check its folder and what lies there") }
            }
            ErrorCode::DiskFull => Self::Full { path },
            ErrorCode::SystemIoFailure if room::is_out(&path, error) => Self::Full { path },
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged { path, detail: reason },
            _ => Self::Failed { path, reason },
        }
    }

    /// What the file system said about the file or its folder.
    pub(super) fn from_io(path: &Path, error: &io::Error) -> Self {
        use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
        let path = path.to_owned();
        match error.kind() {
            PermissionDenied | ReadOnlyFilesystem => Self::ReadOnly { path },
            _ if room::is_full(error) => Self::Full { path },
            _ => Self::Failed { path, reason: error.to_string() },
        }
    }
}

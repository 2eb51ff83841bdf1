//! Whether a write failed for want of room. SQLite says "disk full" where the disk is; a quota or the limit for a file's
//! size it takes for a failure of the disk. So a file is written beside the cache, and the system says what is wrong.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use rusqlite::ffi;

use super::open::neighbour;
use crate::files;

/// More than a transaction usually writes.
const PROBE: usize = 256 * 1024;

/// Whether the system has no room for what SQLite wanted to write.
pub(super) fn is_out(cache: &Path, error: &rusqlite::Error) -> bool {
    let writing = [
        ffi::SQLITE_IOERR_WRITE,
        ffi::SQLITE_IOERR_FSYNC,
        ffi::SQLITE_IOERR_DIR_FSYNC,
        ffi::SQLITE_IOERR_TRUNCATE,
        ffi::SQLITE_IOERR_SHMSIZE,
        ffi::SQLITE_IOERR_SHMMAP,
    ];
    let code = error.sqlite_error().map(|error| error.extended_code);
    code.is_some_and(|code| writing.contains(&code)) && probe(cache).is_err_and(|error| is_full(&error))
}

/// Whether this is what a system says that has no room.
pub(super) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

/// Writes as far into a file as the log goes, and some more; the file is gone afterwards.
fn probe(cache: &Path) -> io::Result<()> {
    let path = neighbour(cache, &format!(".room-{}", std::process::id()));
    let length = fs::metadata(neighbour(cache, "-wal")).map_or(0, |meta| meta.len());
    let tried = files::create_new(&path).and_then(|mut file| {
        file.set_len(length + PROBE as u64)?;
        file.write_all(&vec![0xa5; PROBE])?;
        file.sync_all()
    });
    let _ = fs::remove_file(&path);
    tried
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn failed(code: i32) -> rusqlite::Error {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
    }

    #[rstest]
    #[case::writing(ffi::SQLITE_IOERR_WRITE)]
    #[case::reading(ffi::SQLITE_IOERR_READ)]
    fn where_there_is_room_the_disk_is_to_blame(#[case] code: i32) {
        let dir = tempfile::tempdir().unwrap();
        assert!(!is_out(&dir.path().join("mctui.db"), &failed(code)));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "the probe is gone");
    }

    #[test]
    fn words_of_the_system_for_no_room() {
        for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::FileTooLarge] {
            assert!(is_full(&kind.into()), "{kind}");
        }
        assert!(!is_full(&ErrorKind::PermissionDenied.into()));
    }
}

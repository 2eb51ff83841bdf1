//! Folders that live as long as the program needs them: the demo's home, the text that an editor works on.
//!
//! A program that is killed leaves its folder. Whoever makes the next one takes away what nobody holds any more: a held
//! folder has a lock in it, which goes with its process.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::files::{self, is_owned_by_us};

/// Locked by the process that has the folder.
pub(super) const LOCK: &str = ".held";
/// A folder with this file holds something that a person wrote: [`super::rescue`] looks after it.
pub(super) const ABOUT: &str = "about.json";
/// A folder that is younger may not have its lock yet.
const YOUNG: Duration = Duration::from_secs(60);

/// A folder for us alone, which goes when this does.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
    _held: Option<File>,
}

impl Scratch {
    /// Makes one among the system's temporary files, and takes away those with the same beginning that were left.
    pub fn new(prefix: &str) -> io::Result<Self> {
        Self::within(&std::env::temp_dir(), prefix)
    }

    pub(super) fn within(parent: &Path, prefix: &str) -> io::Result<Self> {
        sweep(parent, prefix);
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir_in(parent)?;
        let held = files::create_new(&folder.path().join(LOCK))?;
        // where the disk knows no locks nothing is ever swept, and nothing is ever taken from under us
        let held = held.try_lock().is_ok().then_some(held);
        if held.is_none() {
            fs::remove_file(folder.path().join(LOCK))?;
        }
        Ok(Self { folder, _held: held })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Takes away the folders of ours that nobody holds. What cannot be read or removed stays: it does no harm.
fn sweep(parent: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix)) {
        if is_left(&entry.path()) {
            match fs::remove_dir_all(entry.path()) {
                Ok(()) => tracing::info!(path = %entry.path().display(), "removed what a killed mctui had left"),
                Err(error) => tracing::debug!(path = %entry.path().display(), %error, "could not be removed"),
            }
        }
    }
}

/// Whether a folder is ours, has a lock, and nobody holds it; and nobody's text is in it.
fn is_left(folder: &Path) -> bool {
    // not what a link leads to
    let Ok(meta) = fs::symlink_metadata(folder) else { return false };
    let lock: PathBuf = folder.join(LOCK);
    let of_age = |meta: &fs::Metadata| {
        meta.modified().is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age >= YOUNG))
    };
    if !meta.is_dir()
        || !is_owned_by_us(&meta)
        || fs::symlink_metadata(folder.join(ABOUT)).is_ok()
        || !fs::symlink_metadata(&lock).is_ok_and(|lock| lock.is_file() && of_age(&lock))
    {
        return false;
    }
    files::open_plain(&lock, OpenOptions::new().write(true)).is_ok_and(|lock| lock.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes a lock look as if it had been there for long.
    fn age(folder: &Path) {
        let lock = OpenOptions::new().write(true).open(folder.join(LOCK)).unwrap();
        lock.set_modified(SystemTime::now() - 2 * YOUNG).unwrap();
    }

    #[test]
    fn goes_with_its_owner_and_is_for_nobody_else() {
        let parent = tempfile::tempdir().unwrap();
        let scratch = Scratch::within(parent.path(), "mctui-test-").unwrap();
        let path = scratch.path().to_owned();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        }
        fs::write(path.join("text"), "words").unwrap();
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn takes_away_what_was_left_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let held = Scratch::within(parent.path(), "mctui-test-").unwrap();
        age(held.path());
        let make = |name: &str, lock: bool| {
            let folder = parent.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("mctui.db"), "rows").unwrap();
            if lock {
                fs::write(folder.join(LOCK), "").unwrap();
            }
            folder
        };
        let (killed, young) = (make("mctui-test-killed", true), make("mctui-test-young", true));
        let (foreign, other) = (make("mctui-test-foreign", false), make("something-else", true));
        age(&killed);
        age(&other);
        #[cfg(unix)]
        std::os::unix::fs::symlink(&other, parent.path().join("mctui-test-link")).unwrap();
        let next = Scratch::within(parent.path(), "mctui-test-").unwrap();
        assert!(!killed.exists());
        assert!(held.path().exists() && next.path().exists(), "held");
        assert!(young.exists() && foreign.exists() && other.join("mctui.db").exists());
    }
}

//! Who has the cache open. Every open store shares a lock on a file beside the cache; only who gets it alone may mend the
//! cache or put another in its place. So a damaged file is set aside once, and never from under somebody who writes to it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::attendant::Attendant;
use super::open::neighbour;
use super::{StoreError, room};
use crate::files;
use crate::model::upkeep::{Chore, Upkeep};

const LOCK: &str = ".lock";
/// Beside a cache in which damage was found while it was in use.
const SUSPECT: &str = ".suspect";

/// How long to wait for somebody who mends the cache. A million messages are carried over in well under a minute.
const MENDING: Duration = Duration::from_secs(120);
/// How long to wait for others who are about to close it.
const CLOSING: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(5);

/// Our part of the lock; it ends with this.
pub(super) struct Presence {
    /// `None` where this disk knows no locks: then nobody is ever alone.
    file: Option<File>,
}

impl Presence {
    /// Takes the lock, alone where nobody else has the cache open. Whether we are.
    pub(super) fn enter(path: &Path, attendant: &Attendant) -> Result<(Self, bool), StoreError> {
        let lock = neighbour(path, LOCK);
        let file = files::open_lock(&lock).map_err(|error| {
            let about = if files::is_unsafe_file(&error) { lock.as_path() } else { path };
            StoreError::from_io(about, error)
        })?;
        match file.try_lock() {
            Ok(()) => return Ok((Self { file: Some(file) }, true)),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "this disk has no locks: a damaged cache cannot be mended by itself");
                return Ok((Self { file: None }, false));
            }
        }
        let presence = Self { file: Some(file) };
        attendant.tell(Upkeep::uncounted(Chore::Wait))?;
        if presence.wait(MENDING, attendant, File::try_lock_shared) {
            return Ok((presence, false));
        }
        Err(StoreError::Busy { path: path.to_owned() })
    }

    /// Lets go of the others' cache and waits a little for them to do so, too. Whether we are alone now.
    pub(super) fn be_alone(&self) -> bool {
        if let Some(file) = &self.file {
            let _ = file.unlock();
        }
        self.wait(CLOSING, &Attendant::default(), File::try_lock)
    }

    /// Lets the others in.
    pub(super) fn share(&self) {
        if let Some(file) = &self.file {
            let _ = file.unlock();
        }
        if self.file.is_some() && !self.wait(MENDING, &Attendant::default(), File::try_lock_shared) {
            tracing::warn!("another mctui has held the lock of the cache for long; going on without it");
        }
    }

    fn wait(&self, most: Duration, attendant: &Attendant, lock: impl Fn(&File) -> Result<(), TryLockError>) -> bool {
        let Some(file) = &self.file else { return false };
        let until = Instant::now() + most;
        while lock(file).is_err() {
            if Instant::now() >= until || attendant.is_stopped() {
                return false;
            }
            std::thread::sleep(PAUSE);
        }
        true
    }

    /// Whether a cache of ours was ever opened at this place.
    pub(super) fn has_been_ours(&self) -> bool {
        self.file.as_ref().and_then(|file| file.metadata().ok()).is_some_and(|meta| meta.len() > 0)
    }

    /// Writes down that it was.
    pub(super) fn note_ours(&self) {
        if let Some(mut file) = self.file.as_ref().filter(|_| !self.has_been_ours())
            && let Err(error) = file.write_all(b"mctui.db beside this is the cache of mctui, and this is its lock.\n")
        {
            tracing::debug!(%error, "could not write to the lock");
        }
    }
}

/// Marks the cache for a full check by the next who is alone with it.
pub(super) fn suspect(path: &Path) {
    let marked = super::open::create(&neighbour(path, SUSPECT));
    if let Err(error) = marked
        && error.kind() != io::ErrorKind::AlreadyExists
    {
        tracing::warn!(%error, full = room::is_full(&error), "could not mark the cache for a check");
    }
}

/// Whether the cache is marked for a check.
pub(super) fn is_suspect(path: &Path) -> bool {
    neighbour(path, SUSPECT).exists()
}

/// The check was good, or the cache is another.
pub(super) fn clear(path: &Path) {
    let _ = fs::remove_file(neighbour(path, SUSPECT));
}

//! Who waits while a cache is made ready: is told how far it is, and may want no more of it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ffi};

use super::StoreError;
use crate::model::upkeep::{Chore, Upkeep};

/// Steps of SQLite's machine between two looks at whether it is to go on: less than a millisecond of work, mostly.
const LOOK: i32 = 10_000;
/// How often it is told how long a file has become.
const TOLD: Duration = Duration::from_millis(50);

/// Waits while a cache is opened. Clones are the same one; the default neither hears nor stops anything.
///
/// Whatever is stopped is rolled back, and begun anew by whoever opens the cache next.
#[derive(Clone, Default)]
pub struct Attendant {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    hear: Option<Box<dyn Fn(Upkeep) + Send + Sync>>,
    stopped: AtomicBool,
    copy: Mutex<Option<Copy>>,
}

/// A file that is being written.
struct Copy {
    file: PathBuf,
    /// How long it will be about.
    bytes: u64,
    told: Instant,
}

impl fmt::Debug for Attendant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attendant").field("stopped", &self.is_stopped()).finish_non_exhaustive()
    }
}

impl Attendant {
    /// One that hears of what takes long, on the thread that does it.
    pub fn new(hear: impl Fn(Upkeep) + Send + Sync + 'static) -> Self {
        Self { inner: Arc::new(Inner { hear: Some(Box::new(hear)), ..Inner::default() }) }
    }

    /// Wants no more of it: the opening fails with [`StoreError::Stopped`], unless it is just done.
    pub fn stop(&self) {
        self.inner.stopped.store(true, Ordering::Release);
    }

    /// Whether it does.
    pub(super) fn is_stopped(&self) -> bool {
        self.inner.stopped.load(Ordering::Acquire)
    }

    /// Tells how far it is. Fails as a statement that is interrupted does, where nothing more is wanted.
    pub(super) fn tell(&self, upkeep: Upkeep) -> rusqlite::Result<()> {
        if let Some(hear) = &self.inner.hear {
            hear(upkeep);
        }
        let interrupted = rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_INTERRUPT), None);
        if self.is_stopped() { Err(interrupted) } else { Ok(()) }
    }

    /// Looks in on the statements of this connection, until [`Self::leave`].
    pub(super) fn attend(&self, conn: &Connection) -> rusqlite::Result<()> {
        let attendant = self.clone();
        conn.progress_handler(LOOK, Some(move || attendant.look()))
    }

    /// Looks in on them no longer.
    pub(super) fn leave(conn: &Connection) -> rusqlite::Result<()> {
        conn.progress_handler(LOOK, None::<fn() -> bool>)
    }

    /// Tells how a file grows while it is written by a statement of a connection that is attended.
    pub(super) fn copying<T>(
        &self,
        file: &Path,
        bytes: u64,
        copy: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.tell(Upkeep::of(Chore::Copy, bytes))?;
        *self.copy() = Some(Copy { file: file.to_owned(), bytes, told: Instant::now() });
        let copied = copy();
        *self.copy() = None;
        copied
    }

    fn copy(&self) -> MutexGuard<'_, Option<Copy>> {
        self.inner.copy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether to stop.
    fn look(&self) -> bool {
        if let Some(copy) = self.copy().as_mut().filter(|copy| copy.told.elapsed() >= TOLD) {
            copy.told = Instant::now();
            let done = std::fs::metadata(&copy.file).map_or(0, |meta| meta.len());
            return self.tell(Upkeep { done, ..Upkeep::of(Chore::Copy, copy.bytes) }).is_err();
        }
        self.is_stopped()
    }
}

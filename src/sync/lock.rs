//! One process sends at a time. The operating system lets go of the lock when its holder dies, however it dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

const RETRY: Duration = Duration::from_millis(100);

/// Held while the outbox is worked; given back on drop.
#[derive(Debug)]
pub(super) struct SenderLock(File);

impl SenderLock {
    /// Takes the lock, waiting for whoever holds it. Tried again and again rather than blocked upon, so that a program
    /// that quits meanwhile leaves no thread behind.
    pub(super) async fn take(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(RETRY).await,
                Err(TryLockError::Error(why)) => return Err(why),
            }
        }
    }
}

impl Drop for SenderLock {
    fn drop(&mut self) {
        // closing the file would do as well; saying it keeps no reader guessing
        let _ = self.0.unlock();
    }
}

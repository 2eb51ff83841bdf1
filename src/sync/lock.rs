//! One process sends at a time: whoever holds the lease in the cache. Beside it lies a file that the holder locks. The
//! operating system lets go of that lock when the holder dies, however it dies, so that a dead one is noticed at once. One
//! that is stopped keeps it; who waits watches the lease instead, and takes over once the holder gave no sign of life for
//! longer than one POST can take. Waiters measure that by their own monotonic clocks, and note it in the cache, so that
//! several short ones do as well as one that stays.

use std::fs::{self, File, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::context::Context;
use crate::files;
use crate::model::MessageId;
use crate::store::{Lease, Store, StoreError};

/// How often it is noted for how long the holder was still.
const NOTED_EVERY: Duration = Duration::from_secs(1);
/// No holder may be still for longer, whatever it says of itself.
const LONGEST_LIMIT: Duration = Duration::from_mins(5);

const DIED: &str = "mctui ended while it was being sent";
const STOPPED: &str = "the mctui that was sending it stopped, and another one took over";

/// Why the outbox could not be worked. What is queued stays queued.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The cache refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lock that keeps two processes from sending at once.
    #[error("cannot lock the outbox ({0}); nothing was sent")]
    Lock(std::io::Error),
}

/// Held while the outbox is worked.
#[derive(Debug)]
pub(super) struct SenderLock {
    /// The holder's name in the lease.
    pub(super) name: String,
    /// Messages that the holder before was sending: they are unconfirmed now.
    pub(super) orphans: Vec<MessageId>,
    /// Why they are.
    pub(super) reason: &'static str,
    store: Store,
    /// Locked for as long as this lives.
    _file: Arc<LockFile>,
}

/// The lease while another process holds it.
#[derive(Debug, Default)]
pub(super) struct Watch(Option<Watched>);

#[derive(Debug)]
struct Watched {
    lease: Lease,
    since: Instant,
    noted: Instant,
}

impl Watch {
    /// For how long the holder has given no sign of life, by what was noted before and by our own clock.
    fn still(&mut self, seen: &Lease) -> Duration {
        if self.0.as_ref().is_none_or(|watched| watched.lease.beat != seen.beat) {
            self.0 = Some(Watched { lease: seen.clone(), since: Instant::now(), noted: Instant::now() });
        }
        self.0.as_ref().map_or(Duration::ZERO, Watched::still)
    }

    /// Notes it for who comes next, now and then.
    pub(super) async fn note(&mut self, store: &Store) {
        let Some(watched) = self.0.as_mut().filter(|watched| watched.noted.elapsed() >= NOTED_EVERY) else { return };
        watched.noted = Instant::now();
        if let Err(why) = store.note_still(&watched.lease, watched.still()).await {
            tracing::debug!(%why, "could not note how long the sender gave no sign of life");
        }
    }
}

impl Watched {
    fn still(&self) -> Duration {
        self.lease.still + self.since.elapsed()
    }
}

impl SenderLock {
    /// Takes the lease, where nobody has it, its holder is dead, or was still for longer than its limit. `None` where it
    /// is held; to be tried again and again with the same `watch`.
    pub(super) async fn attempt(context: &Context, watch: &mut Watch) -> Result<Option<Self>, OutboxError> {
        let (store, path) = (&context.store, &context.outbox_lock());
        let file = LockFile::try_take(path).map_err(|why| cannot_lock(path, &why))?;
        let seen = store.lease().await?;
        if let Some(file) = file {
            // whoever holds the lease is dead, or is not sending any more
            return Self::enter(context, file, &seen, DIED, |file| file.is_in_place().unwrap_or(false)).await;
        }
        let own = context.lease_limit();
        let limit = if seen.holder.is_some() { seen.limit.min(LONGEST_LIMIT.max(own)) } else { own };
        if watch.still(&seen) < limit {
            return Ok(None);
        }
        match LockFile::beside(path).map_err(|why| cannot_lock(path, &why))? {
            Some(file) => Self::enter(context, file, &seen, STOPPED, LockFile::put_in_place).await,
            None => Ok(None),
        }
    }

    /// Takes the lease with a file that is locked.
    async fn enter(
        context: &Context,
        file: LockFile,
        seen: &Lease,
        reason: &'static str,
        last: fn(&LockFile) -> bool,
    ) -> Result<Option<Self>, OutboxError> {
        let name = format!("{:032x}", fastrand::u128(..));
        let file = Arc::new(file);
        let asked = Arc::clone(&file);
        let limit = context.lease_limit();
        let taken = context.store.take_lease(&name, seen, limit, reason, move || last(&asked)).await?;
        let Some(orphans) = taken else { return Ok(None) };
        if reason == STOPPED {
            tracing::warn!("took the outbox over from a process that gave no sign of life");
        }
        Ok(Some(Self { name, orphans, reason, store: context.store.clone(), _file: file }))
    }

    /// Gives the lease back. Where that cannot be written down the file tells: it is unlocked in any case.
    pub(super) async fn release(self) {
        if let Err(why) = self.store.release_lease(&self.name).await {
            tracing::debug!(%why, "the lease of the outbox could not be given back");
        }
    }
}

fn cannot_lock(path: &Path, why: &io::Error) -> OutboxError {
    OutboxError::Lock(io::Error::new(why.kind(), format!("{}: {why}", path.display())))
}

/// A file that this process has locked; unlocked when it is closed.
#[derive(Debug)]
struct LockFile {
    file: File,
    /// Where the lock of the outbox is.
    path: PathBuf,
}

impl LockFile {
    /// Locks the file in its place; `None` where another process has it.
    fn try_take(path: &Path) -> io::Result<Option<Self>> {
        let Some(file) = Self::lock(path, path)? else { return Ok(None) };
        Ok(file.is_in_place()?.then_some(file))
    }

    /// Locks a new file beside it; `None` where another process is about to put one in its place.
    fn beside(path: &Path) -> io::Result<Option<Self>> {
        Self::lock(&beside(path), path)
    }

    fn lock(at: &Path, path: &Path) -> io::Result<Option<Self>> {
        let file = files::open_lock(at)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file, path: path.to_owned() })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(why)) => Err(why),
        }
    }

    /// Whether this is the file that others find. Asked without opening anything: few files may be open.
    fn is_in_place(&self) -> io::Result<bool> {
        match fs::symlink_metadata(&self.path) {
            Ok(found) => Ok(is_same(&self.file.metadata()?, &found)),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(why) => Err(why),
        }
    }

    /// Makes this the file that others find. The one before stays locked by who has it, and nobody sees it any more.
    fn put_in_place(&self) -> bool {
        let put = fs::rename(beside(&self.path), &self.path);
        if let Err(why) = put {
            // then the old one is taken by others once it is let go, who take the lease from us: slower, and no less safe
            tracing::warn!(%why, "the lock of a sender that is stopped could not be replaced");
        }
        true
    }
}

#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// A file that is open cannot be replaced here.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

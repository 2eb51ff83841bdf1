//! What every job of the engine needs, made once per configuration.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::memory::StoreMemory;
use crate::api::{self, Client, Credentials, Timings};
use crate::config::{Account, Config, NumberEntry, Places};
use crate::model::{Address, MessageId};
use crate::store::{CountedWait, Ledger, LedgerError, Store, StoreError, Usage};

/// So long after its end the wait of a message is known to be over, where the clock says otherwise.
const KEPT: Duration = Duration::from_hours(24);

/// The client, the cache and the configuration they were made for.
#[derive(Debug, Clone)]
pub struct Context {
    /// The cache.
    pub store: Store,
    /// How many requests were made.
    pub ledger: Ledger,
    /// The way to MightyCall.
    pub client: Client,
    /// What a person set.
    pub config: Arc<Config>,
    /// Requests in the last 24 hours, as of the last one made here.
    pub used: watch::Sender<u32>,
    places: Places,
    timings: Timings,
    memory: Arc<StoreMemory>,
    /// Nothing new is to be begun.
    ending: Arc<AtomicBool>,
    /// A person wants no more of the present job.
    cancelled: CancellationToken,
    /// The longest page that the service was seen to give.
    capacity: Arc<AtomicUsize>,
    /// When a look of this program last went well back, by number.
    looked_back: Arc<Mutex<HashMap<Address, Timestamp>>>,
    /// When this program was started.
    started: Instant,
    /// Records that were taken in, by their content.
    taken: Arc<Mutex<HashSet<u64>>>,
    /// Messages that were put back here: until when, by the clock and by the time that passes in this process.
    waits: Arc<Mutex<HashMap<MessageId, (Timestamp, Instant)>>>,
    clock: Clock,
}

/// What a sender has beside the time of one request, to write down what came of it.
const LEASE_MARGIN: Duration = Duration::from_secs(10);

/// Where the time of day comes from.
#[derive(Clone, Default)]
pub enum Clock {
    /// The system.
    #[default]
    System,
    /// The runtime, counted from a moment: a test can hold it and move it on.
    Runtime {
        /// The time of day at that moment.
        from: Timestamp,
        /// The moment.
        since: Instant,
    },
    /// Whatever this says, as a clock that somebody puts forward or back while time goes on.
    Other(Arc<dyn Fn() -> Timestamp + Send + Sync>),
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "Clock::System",
            Self::Runtime { .. } => "Clock::Runtime",
            Self::Other(_) => "Clock::Other",
        })
    }
}

impl Clock {
    /// The runtime's time, from now on.
    pub fn of_runtime() -> Self {
        Self::Runtime { from: Timestamp::now(), since: Instant::now() }
    }

    pub(super) fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Runtime { from, since } => {
                let passed = SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::MAX);
                from.saturating_add(passed).unwrap_or(*from)
            }
            Self::Other(says) => says(),
        }
    }
}

/// Why the engine cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// The cache refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The client refused.
    #[error(transparent)]
    Api(#[from] api::Error),
}

impl Context {
    /// Opens the client for `config` on a cache that is open, and tells the cache which numbers are ours.
    pub async fn new(store: Store, config: Config, places: &Places) -> Result<Self, ContextError> {
        Self::with_timings(store, config, places, Timings::default()).await
    }

    /// As [`Context::new`] with other waits and time limits.
    pub async fn with_timings(
        store: Store,
        config: Config,
        places: &Places,
        timings: Timings,
    ) -> Result<Self, ContextError> {
        let ledger = Ledger::new(&places.requests());
        Self::build(store, ledger, config, places.clone(), timings, Clock::System).await
    }

    /// The same by another clock.
    pub async fn with_clock(&self, clock: Clock) -> Result<Self, ContextError> {
        let config = Config::clone(&self.config);
        let (store, ledger) = (self.store.clone(), self.ledger.clone());
        Self::build(store, ledger, config, self.places.clone(), self.timings, clock).await
    }

    /// The same cache with other settings.
    pub async fn reconfigured(&self, config: Config) -> Result<Self, ContextError> {
        let (store, ledger, clock) = (self.store.clone(), self.ledger.clone(), self.clock.clone());
        let context = Self::build(store, ledger, config, self.places.clone(), self.timings, clock).await?;
        Ok(Self { waits: Arc::clone(&self.waits), ..context })
    }

    /// The same cache and numbers with another account, for a trial: what the cache knows of our numbers stays.
    pub(super) async fn with_account(&self, account: Account) -> Result<Self, ContextError> {
        if account == self.config.account {
            return Ok(self.clone());
        }
        let config = Config { account, ..Config::clone(&self.config) };
        let (store, ledger, clock) = (self.store.clone(), self.ledger.clone(), self.clock.clone());
        Self::connect(store, ledger, config, self.places.clone(), self.timings, clock).await
    }

    async fn build(
        store: Store,
        ledger: Ledger,
        config: Config,
        places: Places,
        timings: Timings,
        clock: Clock,
    ) -> Result<Self, ContextError> {
        store.set_numbers(config.numbers.iter().map(NumberEntry::number).collect()).await?;
        Self::connect(store, ledger, config, places, timings, clock).await
    }

    async fn connect(
        store: Store,
        ledger: Ledger,
        config: Config,
        places: Places,
        timings: Timings,
        clock: Clock,
    ) -> Result<Self, ContextError> {
        let used = watch::Sender::new(0);
        let (clock_here, tokens) = (clock.clone(), places.tokens());
        let memory =
            StoreMemory::load(store.clone(), ledger.clone(), &config, used.clone(), clock_here, tokens).await?;
        let client = Client::new(config.account.base_url.clone(), memory.clone(), timings)?;
        Ok(Self {
            store,
            ledger,
            client,
            config: Arc::new(config),
            used,
            places,
            timings,
            memory,
            ending: Arc::default(),
            cancelled: CancellationToken::new(),
            capacity: Arc::default(),
            looked_back: Arc::default(),
            started: Instant::now(),
            taken: Arc::default(),
            waits: Arc::default(),
            clock,
        })
    }

    /// Tells the cache what is known of the service's clock.
    pub(super) fn tell_clock(&self) {
        if let Some(seconds) = self.client.clock_offset() {
            self.store.set_clock_offset(SignedDuration::from_secs(seconds));
        }
    }

    /// The service's time of day, once it has told it.
    pub(super) fn service_now(&self) -> Option<Timestamp> {
        let offset = SignedDuration::from_secs(self.client.clock_offset()?);
        self.now().checked_add(offset).ok()
    }

    /// The time of day.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Held by the one process that is sending.
    pub(super) fn outbox_lock(&self) -> PathBuf {
        self.places.outbox_lock()
    }

    /// Requests of the last 24 hours with the key of this fingerprint, in all homes.
    pub async fn spent(&self, key: &str) -> Result<u32, LedgerError> {
        let now = self.memory.ledger_now_of(key).await?;
        self.ledger.spent(key, now).await
    }

    /// How many of those no longer count after another `within`.
    pub(super) async fn due_back(&self, key: &str, within: SignedDuration) -> Result<u32, LedgerError> {
        let now = self.memory.ledger_now_of(key).await?;
        self.ledger.due_back(key, now, within).await
    }

    /// What was asked for with that key by now, and since when work has been going on.
    pub(super) async fn usage(&self, key: &str) -> Result<(Usage, Timestamp), LedgerError> {
        let now = self.memory.ledger_now_of(key).await?;
        Ok((self.ledger.usage(key, now).await?, now))
    }

    /// How long a sender may give no sign of life before others take the outbox over: one request, and some more.
    pub(super) fn lease_limit(&self) -> Duration {
        self.timings.request + LEASE_MARGIN
    }

    /// How long a message that is `sending` may take until its POST begins; a little shorter than the lease.
    pub(super) fn longest_preparation(&self) -> Duration {
        self.timings.request + LEASE_MARGIN / 2
    }

    pub(super) fn taken(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waits(&self) -> MutexGuard<'_, HashMap<MessageId, (Timestamp, Instant)>> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts the wait of a message that was put back just now.
    pub(super) fn count_wait(&self, id: MessageId, not_before: Timestamp, long: Duration) {
        let now = Instant::now();
        let mut waits = self.waits();
        // one that is long over is of no use, wherever the clock is put
        waits.retain(|_, (_, until)| now.saturating_duration_since(*until) < KEPT);
        waits.insert(id, (not_before, now + long));
    }

    /// The waits that are counted here.
    pub(super) fn counted_waits(&self) -> Vec<CountedWait> {
        let left = |until: Instant| SignedDuration::try_from(until.saturating_duration_since(Instant::now()));
        let counted = |(&id, &(not_before, until)): (&MessageId, &(Timestamp, Instant))| CountedWait {
            id,
            not_before,
            left: left(until).unwrap_or(SignedDuration::MAX),
        };
        self.waits().iter().map(counted).collect()
    }

    /// The same waits end at other times of day now.
    pub(super) fn move_waits(&self, moved: &[(MessageId, Timestamp)]) {
        let mut waits = self.waits();
        for (id, then) in moved {
            waits.entry(*id).and_modify(|(not_before, _)| *not_before = *then);
        }
    }

    /// A look at these numbers went well back.
    pub(super) fn note_looked_back<'a>(&self, numbers: impl Iterator<Item = &'a Address>) {
        let now = self.now();
        let mut looked = self.looked_back.lock().unwrap_or_else(PoisonError::into_inner);
        looked.extend(numbers.map(|number| (number.clone(), now)));
    }

    /// When a look at this number last went well back.
    pub(super) fn looked_back(&self, number: &Address) -> Option<Timestamp> {
        self.looked_back.lock().unwrap_or_else(PoisonError::into_inner).get(number).copied()
    }

    /// How long this program has been running.
    pub(super) fn running_for(&self) -> Duration {
        self.started.elapsed()
    }

    /// Notes how long a page was; gives back the longest before it.
    pub(super) fn page_capacity(&self, received: usize) -> usize {
        self.capacity.fetch_max(received, Ordering::Relaxed)
    }

    /// From now on no further message is taken from the outbox; the one on its way is seen to its end.
    pub(super) fn end(&self) {
        self.ending.store(true, Ordering::SeqCst);
    }

    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    /// The same for a job that can be cancelled by that token.
    pub(super) fn cancelled_by(&self, cancelled: &CancellationToken) -> Self {
        Self { cancelled: cancelled.clone(), ..self.clone() }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }

    /// Returns so long after the job was cancelled.
    pub(super) async fn cancelled_since(&self, long: Duration) {
        self.cancelled.cancelled().await;
        tokio::time::sleep(long).await;
    }

    /// Ends the work with the cache: everything that was learnt is on the disk when this returns.
    pub async fn close(self) {
        self.memory.settle().await;
        self.store.close().await;
    }

    /// How requests for this number are signed.
    pub fn credentials(&self, number: &Address) -> Result<Credentials, api::Error> {
        let key = self.config.number(number).and_then(|entry| entry.key.as_ref());
        api::credentials(&self.config.account, key)
    }

    /// All our numbers.
    pub fn ours(&self) -> Vec<Address> {
        self.config.numbers.iter().map(|entry| entry.address.clone()).collect()
    }
}

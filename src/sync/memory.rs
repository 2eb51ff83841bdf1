//! What the client remembers across runs: paths that answer, in the cache, and the requests of the day, in the ledger that
//! all homes share.

mod entries;

use std::cell::Cell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::context::Clock;
use super::service_clock::{Correction, ServiceClock};
use crate::api::{Memory, NotAllowed, OverBudget, Purpose};
use crate::config::{Config, SyncConfig};
use crate::store::{Entered, Ledger, LedgerError, RequestRow, Store, StoreError};

tokio::task_local! {
    static REQUESTS: Cell<u32>;
    static IN_ALL: Cell<u32>;
}

/// Runs a job and tells how many requests it made.
pub(super) async fn counting<T>(job: impl Future<Output = T>) -> (T, u32) {
    REQUESTS
        .scope(Cell::new(0), async {
            let done = job.await;
            (done, REQUESTS.with(Cell::get))
        })
        .await
}

/// Runs a job that tells of itself while it goes on: see [`so_far`].
pub(super) async fn in_all<T>(job: impl Future<Output = T>) -> T {
    IN_ALL.scope(Cell::new(0), job).await
}

/// Requests that the job around this has made so far.
pub(super) fn so_far() -> u32 {
    IN_ALL.try_with(Cell::get).unwrap_or(0)
}

fn count(change: impl Fn(u32) -> u32) {
    let change = |count: &Cell<u32>| count.set(change(count.get()));
    // whoever does not count is not told
    let _ = REQUESTS.try_with(change);
    let _ = IN_ALL.try_with(change);
}

/// The service is asked for the time alone no more often than this.
const ASK_TIME_AGAIN: Duration = Duration::from_mins(1);

/// What is known of a key's requests beside what the ledger knows.
#[derive(Debug, Default)]
struct Known {
    /// What earlier processes left was looked at.
    is_loaded: bool,
    /// The last one that was counted.
    last: Option<Last>,
    /// How many counted when that was last told.
    used: u32,
    /// When those were made that could not be entered.
    unentered: Vec<i64>,
    /// So many of these, from the first, are being entered.
    entering: usize,
    /// What answers have shown of earlier requests, and the ledger does not know yet.
    uncorrected: Vec<Correction>,
    /// Why reading waits, where the ledger was damaged.
    loss: Option<String>,
}

/// The keys that are used here, by fingerprint. Clones are the same ones.
#[derive(Debug, Clone, Default)]
struct Keys(Arc<Mutex<HashMap<String, Known>>>);

impl Keys {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
enum Last {
    /// In this row of the ledger.
    Row(RequestRow),
    /// The last of those that could not be entered.
    Unentered,
}

/// The cache and the ledger as the client's memory for one service.
#[derive(Debug)]
pub(super) struct StoreMemory {
    store: Store,
    ledger: Ledger,
    service: String,
    routes: Vec<(String, String)>,
    used: watch::Sender<u32>,
    limits: SyncConfig,
    clock: Clock,
    tokens: PathBuf,
    service_clock: Mutex<ServiceClock>,
    /// When the service was last asked for the time alone.
    asked_time: Mutex<Option<Instant>>,
    keys: Keys,
    /// Who tells the ledger what it does not know yet: one at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Notes on their way to the disk, also where nobody waits for them any more.
    notes: TaskTracker,
}

impl StoreMemory {
    /// Loads what is remembered of the configured service.
    pub(super) async fn load(
        store: Store,
        ledger: Ledger,
        config: &Config,
        used: watch::Sender<u32>,
        clock: Clock,
        tokens: PathBuf,
    ) -> Result<Arc<Self>, StoreError> {
        let service = config.account.base_url.as_str().to_owned();
        let routes = store.routes(&service).await?;
        Ok(Arc::new(Self {
            store,
            ledger,
            service,
            routes,
            used,
            limits: config.sync.clone(),
            clock,
            tokens,
            service_clock: Mutex::new(ServiceClock::new(None, Instant::now())),
            asked_time: Mutex::default(),
            keys: Keys::default(),
            turn: Arc::default(),
            notes: TaskTracker::new(),
        }))
    }
}

impl StoreMemory {
    fn keys(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.keys.lock()
    }

    fn service_clock(&self) -> MutexGuard<'_, ServiceClock> {
        self.service_clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now, by the service's clock as far as it is known: what the ledger goes by.
    fn ledger_now(&self) -> Timestamp {
        let wall = self.clock.now();
        let now = self.service_clock().read(wall.as_millisecond(), Instant::now()).now;
        Timestamp::from_millisecond(now).unwrap_or(wall)
    }

    /// The same for questions to the ledger of this key, once what earlier processes left is counted there.
    pub(super) async fn ledger_now_of(&self, key: &str) -> Result<Timestamp, LedgerError> {
        self.load_key(key).await?;
        Ok(self.ledger_now())
    }

    /// Whether the service may be asked for the time once more.
    fn may_ask_time(&self) -> bool {
        let mut asked = self.asked_time.lock().unwrap_or_else(PoisonError::into_inner);
        let may = asked.is_none_or(|at| at.elapsed() >= ASK_TIME_AGAIN);
        if may {
            *asked = Some(Instant::now());
        }
        may
    }

    /// Waits until what was learnt is on the disk, and closes the ledger.
    pub(super) async fn settle(&self) {
        self.notes.close();
        self.notes.wait().await;
        self.enter_unentered().await;
        self.ledger.close().await;
    }
}

impl Memory for StoreMemory {
    fn routes(&self) -> Vec<(String, String)> {
        self.routes.clone()
    }

    fn remember(&self, operation: &str, path: &str) {
        let (store, service, operation, path) =
            (self.store.clone(), self.service.clone(), operation.to_owned(), path.to_owned());
        self.notes.spawn(async move {
            if let Err(why) = store.remember_route(&service, &operation, &path).await {
                tracing::warn!(%why, operation, "the path that answers could not be remembered");
            }
        });
    }

    fn forget(&self, operation: &str) {
        let (store, service, operation) = (self.store.clone(), self.service.clone(), operation.to_owned());
        self.notes.spawn(async move {
            if let Err(why) = store.forget_route(&service, &operation).await {
                tracing::warn!(%why, operation, "a path that no longer answers could not be forgotten");
            }
        });
    }

    fn token_folder(&self) -> Option<PathBuf> {
        Some(self.tokens.clone())
    }

    fn spend<'a>(&'a self, key: &'a str, purpose: Purpose) -> BoxFuture<'a, Result<(), NotAllowed>> {
        Box::pin(async move {
            let limit = match purpose {
                Purpose::Send => self.limits.daily_requests,
                Purpose::Read => self.limits.reading_requests(),
            };
            match self.enter(key, limit).await {
                Ok(Entered::Counted { row, used }) => {
                    self.used.send_replace(used);
                    let mut keys = self.keys();
                    let known = keys.entry(key.to_owned()).or_default();
                    (known.last, known.used) = (Some(Last::Row(row)), used);
                    if purpose == Purpose::Read {
                        known.loss = None;
                    }
                }
                Ok(Entered::Refused { used, is_unclear }) => {
                    self.used.send_replace(used);
                    let over = OverBudget { used, limit };
                    if is_unclear && self.may_ask_time() {
                        return Err(NotAllowed::Unclear(over));
                    }
                    let loss = self.keys().get(key).and_then(|known| known.loss.clone());
                    return Err(loss.map_or(NotAllowed::OverBudget(over), NotAllowed::Uncounted));
                }
                Err(why) => self.count_unentered(key, purpose, limit, &why)?,
            }
            count(|made| made + 1);
            Ok(())
        })
    }

    fn heard(&self, date: Option<Timestamp>) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let (wall, now) = (self.clock.now().as_millisecond(), Instant::now());
            let correction = self.service_clock().heard(date.map(Timestamp::as_millisecond), wall, now);
            let Some(correction) = correction else { return };
            let keys: Vec<String> = {
                let mut keys = self.keys();
                keys.values_mut().for_each(|known| known.uncorrected.push(correction));
                keys.keys().cloned().collect()
            };
            for key in keys {
                if let Err(why) = self.correct(&key).await {
                    tracing::warn!(%why, "the times of requests could not be put right yet");
                }
            }
        })
    }

    fn refund<'a>(&'a self, key: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let last = self.keys().get_mut(key).and_then(|known| known.last.take());
            let taken = match last {
                Some(Last::Row(row)) => self.ledger.take_back(key, row).await,
                Some(Last::Unentered) => {
                    let mut keys = self.keys();
                    let known = keys.get_mut(key).filter(|known| known.unentered.len() > known.entering);
                    Ok(known.is_some_and(|known| known.unentered.pop().is_some()))
                }
                None => return,
            };
            match taken {
                Ok(true) => {
                    self.used.send_modify(|used| *used = used.saturating_sub(1));
                    count(|made| made.saturating_sub(1));
                }
                Ok(false) => {}
                Err(why) => tracing::warn!(%why, "a request that was never made could not be taken back"),
            }
        })
    }
}

#[cfg(test)]
mod tests;

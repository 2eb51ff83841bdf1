//! What the client remembers across runs, kept in the cache: paths that answer, and the ledger of requests.

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
use super::service_clock::{Correction, MARGIN, ServiceClock};
use crate::api::{Memory, NotAllowed, OverBudget, Purpose};
use crate::config::{Config, SyncConfig};
use crate::store::{Entered, Entry, Store, StoreError};

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
    /// The last one that was counted.
    last: Option<Last>,
    /// How many counted when that was last told.
    used: u32,
    /// When those were made that could not be entered.
    unentered: Vec<i64>,
}

#[derive(Debug)]
enum Last {
    /// In this row of the ledger.
    Row(i64),
    /// The last of those that could not be entered.
    Unentered,
}

/// The cache as the client's memory for one service.
#[derive(Debug)]
pub(super) struct StoreMemory {
    store: Store,
    service: String,
    routes: Vec<(String, String)>,
    used: watch::Sender<u32>,
    limits: SyncConfig,
    clock: Clock,
    tokens: PathBuf,
    service_clock: Mutex<ServiceClock>,
    /// What answers have shown of earlier requests, and the ledger does not know yet.
    uncorrected: Mutex<Vec<Correction>>,
    /// When the service was last asked for the time alone.
    asked_time: Mutex<Option<Instant>>,
    keys: Mutex<HashMap<String, Known>>,
    /// Notes of paths on their way to the disk.
    notes: TaskTracker,
}

impl StoreMemory {
    /// Loads what is remembered of the configured service.
    pub(super) async fn load(
        store: Store,
        config: &Config,
        used: watch::Sender<u32>,
        clock: Clock,
        tokens: PathBuf,
    ) -> Result<Arc<Self>, StoreError> {
        let service = config.account.base_url.as_str().to_owned();
        let routes = store.routes(&service).await?;
        let service_clock = ServiceClock::new(store.service_clock(&service).await?, Instant::now());
        Ok(Arc::new(Self {
            store,
            service,
            routes,
            used,
            limits: config.sync.clone(),
            clock,
            tokens,
            service_clock: Mutex::new(service_clock),
            uncorrected: Mutex::default(),
            asked_time: Mutex::default(),
            keys: Mutex::default(),
            notes: TaskTracker::new(),
        }))
    }
}

impl StoreMemory {
    fn keys(&self) -> MutexGuard<'_, HashMap<String, Known>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn service_clock(&self) -> MutexGuard<'_, ServiceClock> {
        self.service_clock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn uncorrected(&self) -> MutexGuard<'_, Vec<Correction>> {
        self.uncorrected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now, by the service's clock as far as it is known: what the ledger goes by.
    pub(super) fn ledger_now(&self) -> Timestamp {
        let wall = self.clock.now();
        let now = self.service_clock().read(wall.as_millisecond(), Instant::now()).now;
        Timestamp::from_millisecond(now).unwrap_or(wall)
    }

    async fn enter(&self, key: &str, limit: u32) -> Result<Entered, StoreError> {
        self.begin(key);
        self.correct().await?;
        let (wall, now) = (self.clock.now().as_millisecond(), Instant::now());
        let (reading, latest) = {
            let clock = self.service_clock();
            (clock.read(wall, now), clock.latest(wall, now))
        };
        let unentered = self.keys().get_mut(key).map(|known| std::mem::take(&mut known.unentered)).unwrap_or_default();
        let entry = Entry {
            key: key.to_owned(),
            service: self.service.clone(),
            now: reading.now,
            latest,
            at_least: reading.at_least,
            is_proven: reading.is_proven,
            is_behind: reading.at_least.is_some_and(|at_least| wall.saturating_add(reading.ahead + MARGIN) < at_least),
            ahead: reading.ahead,
            limit,
            unentered: unentered.clone(),
        };
        let entered = self.store.enter(entry).await;
        if entered.is_err() {
            self.keys().entry(key.to_owned()).or_default().unentered.extend(unentered);
        }
        entered
    }

    /// What an earlier process entered with a key that is new here is as much in doubt as what is entered by now.
    fn begin(&self, key: &str) {
        let is_new = {
            let mut keys = self.keys();
            let is_new = !keys.contains_key(key);
            keys.entry(key.to_owned()).or_default();
            is_new
        };
        if is_new {
            let reading = self.service_clock().read(self.clock.now().as_millisecond(), Instant::now());
            let known = Correction { now: reading.now, shift: 0, ahead: reading.ahead };
            self.uncorrected().extend(Some(known).filter(|_| reading.is_proven));
        }
    }

    /// Puts the times of earlier requests right, where an answer has shown that they are not.
    async fn correct(&self) -> Result<(), StoreError> {
        let mut due = std::mem::take(&mut *self.uncorrected());
        let keys: Vec<String> = self.keys().keys().cloned().collect();
        while let Some(&Correction { now, shift, ahead }) = due.first() {
            if let Err(why) = self.store.correct(&self.service, keys.clone(), now, shift, ahead).await {
                due.append(&mut self.uncorrected());
                *self.uncorrected() = due;
                return Err(why);
            }
            due.remove(0);
        }
        Ok(())
    }

    /// A ledger that cannot be written must not stop a customer's answer: what it costs is counted here, and entered later.
    /// Reading waits, since what it brings could not be stored either.
    fn count_unentered(&self, key: &str, purpose: Purpose, limit: u32, why: &StoreError) -> Result<(), NotAllowed> {
        tracing::warn!(%why, "a request could not be entered in the ledger");
        if purpose == Purpose::Read {
            return Err(NotAllowed::Uncounted(why.to_string()));
        }
        let now = self.ledger_now().as_millisecond();
        let mut keys = self.keys();
        let known = keys.entry(key.to_owned()).or_default();
        let used = known.used.saturating_add(u32::try_from(known.unentered.len()).unwrap_or(u32::MAX));
        if used >= limit {
            return Err(OverBudget { used, limit }.into());
        }
        known.unentered.push(now);
        known.last = Some(Last::Unentered);
        Ok(())
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

    /// Enters what could not be entered when it was made.
    async fn enter_unentered(&self) {
        let owed: Vec<(String, Vec<i64>)> = {
            let mut keys = self.keys();
            keys.iter_mut().map(|(key, known)| (key.clone(), std::mem::take(&mut known.unentered))).collect()
        };
        for (key, made) in owed.into_iter().filter(|(_, made)| !made.is_empty()) {
            let count = made.len();
            if let Err(why) = self.store.enter_later(&key, made).await {
                tracing::error!(%why, count, "requests were made that the ledger does not know");
            }
        }
    }

    /// Waits until what was learnt of paths is on the disk.
    pub(super) async fn settle(&self) {
        self.notes.close();
        self.notes.wait().await;
        self.enter_unentered().await;
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
                }
                Ok(Entered::Refused { used, is_unclear }) => {
                    self.used.send_replace(used);
                    let over = OverBudget { used, limit };
                    let ask = is_unclear && self.may_ask_time();
                    return Err(if ask { NotAllowed::Unclear(over) } else { NotAllowed::OverBudget(over) });
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
            self.uncorrected().push(correction);
            if let Err(why) = self.correct().await {
                tracing::warn!(%why, "the times of requests could not be put right yet");
            }
        })
    }

    fn refund<'a>(&'a self, key: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let last = self.keys().get_mut(key).and_then(|known| known.last.take());
            let taken = match last {
                Some(Last::Row(row)) => self.store.take_back(row).await,
                Some(Last::Unentered) => {
                    Ok(self.keys().get_mut(key).is_some_and(|known| known.unentered.pop().is_some()))
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

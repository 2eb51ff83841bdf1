//! What the client remembers across runs, kept in the cache: paths that answer, and the ledger of requests.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use super::context::Clock;
use crate::api::{Memory, OverBudget, Purpose};
use crate::config::{Config, SyncConfig};
use crate::store::{Store, StoreError};

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
    /// When the last request of each key was counted.
    last: Mutex<HashMap<String, Timestamp>>,
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
        let (limits, notes) = (config.sync.clone(), TaskTracker::new());
        Ok(Arc::new(Self { store, service, routes, used, limits, clock, tokens, last: Mutex::default(), notes }))
    }
}

impl StoreMemory {
    fn last(&self) -> MutexGuard<'_, HashMap<String, Timestamp>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until what was learnt of paths is on the disk.
    pub(super) async fn settle(&self) {
        self.notes.close();
        self.notes.wait().await;
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

    fn spend<'a>(&'a self, key: &'a str, purpose: Purpose) -> BoxFuture<'a, Result<(), OverBudget>> {
        Box::pin(async move {
            let limit = match purpose {
                Purpose::Send => self.limits.daily_requests,
                Purpose::Read => self.limits.reading_requests(),
            };
            let now = self.clock.now();
            match self.store.spend(key, now, limit).await {
                Ok(spend) => {
                    self.used.send_replace(spend.used);
                    if spend.allowed {
                        self.last().insert(key.to_owned(), now);
                    } else {
                        return Err(OverBudget { used: spend.used, limit });
                    }
                }
                // a ledger that cannot be written must not stop a customer's answer; the service has its own count
                Err(why) => tracing::warn!(%why, "a request could not be entered in the ledger"),
            }
            count(|made| made + 1);
            Ok(())
        })
    }

    fn refund<'a>(&'a self, key: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let Some(at) = self.last().remove(key) else { return };
            match self.store.refund(key, at).await {
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

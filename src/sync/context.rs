//! What every job of the engine needs, made once per configuration.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;

use super::memory::StoreMemory;
use crate::api::{self, Client, Credentials, Timings};
use crate::config::{Account, Config, NumberEntry, Places};
use crate::model::Address;
use crate::store::{Store, StoreError};

/// The client, the cache and the configuration they were made for.
#[derive(Debug, Clone)]
pub struct Context {
    /// The cache.
    pub store: Store,
    /// The way to MightyCall.
    pub client: Client,
    /// What a person set.
    pub config: Arc<Config>,
    /// Requests in the last 24 hours, as of the last one made here.
    pub used: watch::Sender<u32>,
    pub(super) outbox_lock: PathBuf,
    timings: Timings,
    memory: Arc<StoreMemory>,
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
        Self::build(store, config, places.outbox_lock(), timings).await
    }

    /// The same cache with other settings.
    pub async fn reconfigured(&self, config: Config) -> Result<Self, ContextError> {
        Self::build(self.store.clone(), config, self.outbox_lock.clone(), self.timings).await
    }

    /// The same cache and numbers with another account, for a trial: what the cache knows of our numbers stays.
    pub(super) async fn with_account(&self, account: Account) -> Result<Self, ContextError> {
        if account == self.config.account {
            return Ok(self.clone());
        }
        let config = Config { account, ..Config::clone(&self.config) };
        Self::connect(self.store.clone(), config, self.outbox_lock.clone(), self.timings).await
    }

    async fn build(store: Store, config: Config, outbox_lock: PathBuf, timings: Timings) -> Result<Self, ContextError> {
        store.set_numbers(config.numbers.iter().map(NumberEntry::number).collect()).await?;
        Self::connect(store, config, outbox_lock, timings).await
    }

    async fn connect(
        store: Store,
        config: Config,
        outbox_lock: PathBuf,
        timings: Timings,
    ) -> Result<Self, ContextError> {
        let used = watch::Sender::new(0);
        let memory = StoreMemory::load(store.clone(), &config, used.clone()).await?;
        let client = Client::new(config.account.base_url.clone(), memory.clone(), timings)?;
        Ok(Self { store, client, config: Arc::new(config), used, outbox_lock, timings, memory })
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

//! Opening what a command needs: the configuration, the cache, the engine's context.

use super::{Failure, Scene, upkeep};
use crate::config::{Config, NumberEntry};
use crate::model::{Address, Thread, ThreadId};
use crate::store::{Store, StoreError};
use crate::sync::Context;

impl Scene {
    /// The configuration as it is now.
    pub fn config(&self) -> Result<Config, Failure> {
        Ok(Config::load(&self.places, &self.environment)?)
    }

    /// The cache as it is. Where it was damaged and had to be mended, a person is told.
    pub async fn cache(&self) -> Result<Store, Failure> {
        let store = self.open_cache().await?;
        if let Some(recovery) = store.recovery() {
            self.output.note(&recovery.to_string());
        }
        Ok(store)
    }

    /// The cache, opened under the eyes of whoever may be at the terminal.
    pub async fn open_cache(&self) -> Result<Store, StoreError> {
        let path = self.places.cache_file();
        upkeep::watched(|attendant| Store::open_attended(&path, attendant)).await
    }

    /// The cache, with the configured numbers in it.
    pub async fn store(&self, config: &Config) -> Result<Store, Failure> {
        let store = self.cache().await?;
        store.set_numbers(config.numbers.iter().map(NumberEntry::number).collect()).await?;
        Ok(store)
    }

    /// The cache and the way to MightyCall; there must be a number to work with.
    pub async fn context(&self) -> Result<Context, Failure> {
        let config = self.config()?;
        if config.numbers.is_empty() {
            return Err(Failure::no_numbers());
        }
        let store = self.cache().await?;
        Ok(Context::new(store, config, &self.places).await?)
    }
}

/// One of our numbers, as a person wrote it: any spelling, or its label.
pub(super) fn our_number(config: &Config, text: &str) -> Result<Address, Failure> {
    let by_label =
        |entry: &&NumberEntry| entry.label.as_deref().is_some_and(|label| label.eq_ignore_ascii_case(text.trim()));
    if let Some(entry) = config.numbers.iter().find(by_label) {
        return Ok(entry.address.clone());
    }
    let address = Address::parse(text)?;
    match config.number(&address) {
        Some(_) => Ok(address),
        None => Err(Failure::usage(format!(
            "{} is not one of your business numbers; see `mctui numbers list`",
            address.display()
        ))),
    }
}

/// A thread by its id, for which there must be one.
pub(super) async fn thread(store: &Store, id: i64) -> Result<Thread, Failure> {
    store
        .thread(ThreadId(id))
        .await?
        .ok_or_else(|| Failure::usage(format!("there is no thread {id}; see `mctui threads`")))
}

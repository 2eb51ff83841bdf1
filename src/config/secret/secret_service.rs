//! The Secret Service (freedesktop.org, draft 0.2) as a store for `keyring-core`.
//!
//! Entries are those of `zbus-secret-service-keyring-store`, down to their attributes, so that keys kept through that crate
//! are found. That crate itself brings a second async runtime.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use ::secret_service::blocking::{Item, SecretService};
use ::secret_service::{EncryptionType, Error as ServiceError};
use keyring_core::api::{Credential, CredentialApi, CredentialStoreApi};
use keyring_core::{CredentialStore, Entry, Error};

use crate::config::child;

/// Keys are text without a line break; kept as bytes, as they always were.
const CONTENT: &str = "application/octet-stream";

/// A keyring that was never used has nothing to keep a key in.
const NO_COLLECTION: &str = "it has no default collection; create one with the keyring's own program";

/// It would be started with our keys in its environment.
const BUS_BEHIND_A_PROGRAM: &str =
    "DBUS_SESSION_BUS_ADDRESS names a program to start (unixexec:), which mctui does not do";

/// Connects to the session's Secret Service. Nothing is unlocked.
pub(super) fn open() -> Result<Arc<CredentialStore>, Error> {
    if child::does_bus_start_a_program() {
        return Err(Error::PlatformFailure(BUS_BEHIND_A_PROGRAM.into()));
    }
    let service = SecretService::connect(EncryptionType::Dh).map_err(platform)?;
    Ok(Arc::new(Store { service: Arc::new(service) }))
}

struct Store {
    service: Arc<SecretService<'static>>,
}

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        "Secret Service".to_owned()
    }

    fn id(&self) -> String {
        "Secret Service of this session".to_owned()
    }

    fn build(&self, service: &str, user: &str, modifiers: Option<&HashMap<&str, &str>>) -> Result<Entry, Error> {
        let label = modifiers.and_then(|modifiers| modifiers.get("label").copied());
        let label = label.map_or_else(|| format!("keyring:{user}@{service}"), str::to_owned);
        let (application, user) = (service.to_owned(), user.to_owned());
        Ok(Entry::new_with_credential(Arc::new(SecretServiceCredential {
            service: Arc::clone(&self.service),
            label,
            application,
            user,
        })))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret Service")
    }
}

/// One entry, there or not.
struct SecretServiceCredential {
    service: Arc<SecretService<'static>>,
    /// What programs that show the keyring call it.
    label: String,
    application: String,
    user: String,
}

impl SecretServiceCredential {
    fn attributes(&self) -> HashMap<&str, &str> {
        HashMap::from([("service", self.application.as_str()), ("username", self.user.as_str())])
    }

    /// The one item with these attributes, unlocked; the person may be asked for that.
    fn item(&self) -> Result<Item<'_>, Error> {
        let found = self.service.search_items(self.attributes()).map_err(in_kind)?;
        let mut items = found.unlocked.into_iter().chain(found.locked);
        let item = items.next().ok_or(Error::NoEntry)?;
        if items.next().is_some() {
            return Err(Error::Ambiguous(Vec::new()));
        }
        item.ensure_unlocked().or_else(|_| item.unlock()).map_err(in_kind)?;
        Ok(item)
    }
}

impl CredentialApi for SecretServiceCredential {
    fn set_secret(&self, secret: &[u8]) -> Result<(), Error> {
        match self.item() {
            Ok(item) => item.set_secret(secret, CONTENT).map_err(in_kind),
            Err(Error::NoEntry) => {
                let collection = self.service.get_default_collection().map_err(|why| match why {
                    ServiceError::NoResult => Error::PlatformFailure(NO_COLLECTION.into()),
                    why => in_kind(why),
                })?;
                if collection.is_locked().map_err(in_kind)? {
                    collection.unlock().map_err(in_kind)?;
                }
                let made = collection.create_item(&self.label, self.attributes(), secret, true, CONTENT);
                made.map(drop).map_err(in_kind)
            }
            Err(why) => Err(why),
        }
    }

    fn get_secret(&self) -> Result<Vec<u8>, Error> {
        self.item()?.get_secret().map_err(in_kind)
    }

    fn delete_credential(&self) -> Result<(), Error> {
        self.item()?.delete().map_err(in_kind)
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>, Error> {
        // this is one already
        self.item().map(|_| None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        Some((self.application.clone(), self.user.clone()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn debug_fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretServiceCredential").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Nobody unlocked it, or it is out of order.
fn in_kind(why: ServiceError) -> Error {
    match why {
        ServiceError::Locked | ServiceError::NoResult | ServiceError::Prompt => Error::NoStorageAccess(Box::new(why)),
        _ => platform(why),
    }
}

fn platform(why: ServiceError) -> Error {
    Error::PlatformFailure(Box::new(why))
}

//! A keyring in memory in place of this machine's. There is one for all of the process, so who minds what is in it has it
//! alone; who does not shares it.

use keyring_core::{get_default_store, mock, set_default_store};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

static KEYRING: RwLock<()> = RwLock::const_new(());

/// An empty one, for as long as this is held.
pub(super) async fn own_keyring() -> RwLockWriteGuard<'static, ()> {
    let alone = KEYRING.write().await;
    set_default_store(mock::Store::new().unwrap());
    alone
}

/// Any.
pub(super) async fn any_keyring() -> RwLockReadGuard<'static, ()> {
    if get_default_store().is_none() {
        drop(own_keyring().await);
    }
    KEYRING.read().await
}

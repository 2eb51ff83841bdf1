//! The last question before a POST: whether the lease is still ours.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use crate::api::LastCheck;
use crate::store::Store;

/// 0 before it was asked.
const PASSED: u8 = 1;
const LOST: u8 = 2;

const TAKEN_OVER: &str = "mctui was suspended and another mctui took over; this message was not sent";

/// What one message passes right before its first byte.
pub(super) struct Gate {
    store: Store,
    /// Under which name the lease was taken.
    name: String,
    state: Arc<AtomicU8>,
}

impl Gate {
    pub(super) fn new(store: Store, name: String) -> Self {
        Self { store, name, state: Arc::default() }
    }

    /// To be asked right before the first byte.
    pub(super) fn check(&self) -> LastCheck {
        let (store, name, state) = (self.store.clone(), self.name.clone(), Arc::clone(&self.state));
        Arc::new(move || {
            let (store, name, state) = (store.clone(), name.clone(), Arc::clone(&state));
            Box::pin(async move {
                match store.renew_lease(&name).await {
                    Ok(true) => {
                        state.store(PASSED, Ordering::SeqCst);
                        Ok(())
                    }
                    Ok(false) => {
                        state.store(LOST, Ordering::SeqCst);
                        Err(TAKEN_OVER.to_owned())
                    }
                    Err(why) => Err(format!("cannot see whether another mctui is sending: {why}")),
                }
            })
        })
    }

    /// Whether a byte may have left.
    pub(super) fn is_passed(&self) -> bool {
        self.state.load(Ordering::SeqCst) == PASSED
    }

    /// Whether somebody else has taken over.
    pub(super) fn is_lost(&self) -> bool {
        self.state.load(Ordering::SeqCst) == LOST
    }

    /// In words, where somebody else has taken over.
    pub(super) fn lost(&self) -> Option<String> {
        self.is_lost().then(|| TAKEN_OVER.to_owned())
    }

    /// Returns after so long where nothing was posted until then; never where something was.
    pub(super) async fn overdue(&self, long: Duration) {
        tokio::time::sleep(long).await;
        if self.is_passed() {
            std::future::pending::<()>().await;
        }
    }
}

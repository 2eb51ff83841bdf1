//! Learns from the system that another process has entered requests.

use std::path::Path;
use std::sync::{Arc, PoisonError};

use notify::event::EventKind;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::watch;

use super::{Ledger, Shared, blocking, file};

impl Ledger {
    /// Moves whenever another process has entered requests. Where the system cannot watch the folder it stands still.
    pub async fn changes(&self) -> watch::Receiver<()> {
        let ledger = self.clone();
        let watching = blocking(move || {
            file::make_folder(&ledger.shared.folder)?;
            ledger.watcher.get_or_init(|| watch_folder(&ledger.shared));
            Ok(())
        });
        if let Err(why) = watching.await {
            tracing::warn!(%why, "cannot watch the ledger of requests: what others ask for is shown late");
        }
        self.shared.changes.subscribe()
    }
}

impl Shared {
    /// Something happened to this file: tells of it where it was another process.
    fn look(&self, path: &Path) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let log_of = name.strip_suffix("-wal");
        let Some(key) = log_of.unwrap_or(name).strip_suffix(".db") else { return };
        // nobody here asks for another key
        let Some(slot) = self.files().get(key).cloned() else { return };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_changed(&self.path(key), log_of.is_some()) {
            self.changes.send_replace(());
        }
    }
}

/// Ends when dropped; `None` where the system cannot tell.
fn watch_folder(shared: &Arc<Shared>) -> Option<RecommendedWatcher> {
    let told = Arc::clone(shared);
    let tell = move |event: notify::Result<Event>| {
        let Ok(event) = event else { return };
        if !matches!(event.kind, EventKind::Access(_)) {
            event.paths.iter().for_each(|path| told.look(path));
        }
    };
    let watched = notify::recommended_watcher(tell).and_then(|mut watcher| {
        watcher.watch(&shared.folder, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    watched.inspect_err(|error| tracing::warn!(%error, "cannot watch the ledger of requests")).ok()
}

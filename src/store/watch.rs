//! Learns from the system that another process wrote to the cache.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;

use notify::event::EventKind;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::worker::{Shared, ToWriter};

/// Asks the writer to look whenever the database or its log is written to; `None` where the system cannot tell (some
/// network disks, or all of its watches are in use). Ends when dropped.
pub(super) fn watch(shared: &Arc<Shared>, writer: Sender<ToWriter>) -> Option<RecommendedWatcher> {
    let folder = match shared.path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => Path::new(".").to_owned(),
    };
    let name = shared.path.file_name()?.to_owned();
    let told = Arc::clone(shared);
    let tell = move |event: notify::Result<Event>| {
        // an error may stand for events that were lost
        let concerns = event.map_or(true, |event| {
            let wrote =
                matches!(event.kind, EventKind::Modify(_) | EventKind::Create(_) | EventKind::Any | EventKind::Other);
            wrote && (event.paths.is_empty() || event.paths.iter().any(|path| belongs(path, &name)))
        });
        if concerns && !told.looking.swap(true, Ordering::AcqRel) {
            // the writer has ended: so will this
            let _ = writer.send(ToWriter::Look);
        }
    };
    let watched = notify::recommended_watcher(tell).and_then(|mut watcher| {
        watcher.watch(&folder, RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    watched.inspect_err(|error| tracing::warn!(%error, "cannot watch the cache: looking once a second instead")).ok()
}

/// Whether this is the database or the log beside it.
fn belongs(path: &Path, database: &std::ffi::OsStr) -> bool {
    path.file_name().is_some_and(|name| {
        let mut log = database.to_owned();
        log.push("-wal");
        name == database || name == log
    })
}

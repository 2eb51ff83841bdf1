//! What lies beside the cache: caches that were set aside, and copies from before an upgrade.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::open::neighbour;
use super::rescue::DAMAGED;

/// What a file beside the cache is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftoverKind {
    /// A damaged cache that was set aside.
    Damaged,
    /// A copy from before an upgrade of the schema.
    Backup,
}

/// A file beside the cache that nothing needs any more once a person says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// What it is.
    pub kind: LeftoverKind,
    /// The file; a damaged cache has its log and the index of that beside it, under the same name with `-wal` and `-shm`.
    pub path: PathBuf,
    /// What it takes on the disk, with those.
    pub bytes: u64,
}

/// Everything that lies beside the cache at `path`, oldest damage first.
pub fn leftovers(path: &Path) -> Vec<Leftover> {
    let size = |path: &Path| fs::metadata(path).map_or(0, |meta| meta.len());
    let is_log = |path: &Path| ["-wal", "-shm"].iter().any(|suffix| path.to_string_lossy().ends_with(suffix));
    let mut found = Vec::new();
    for damaged in beside(path, DAMAGED).into_iter().filter(|path| !is_log(path)) {
        let bytes = size(&damaged) + size(&neighbour(&damaged, "-wal")) + size(&neighbour(&damaged, "-shm"));
        found.push(Leftover { kind: LeftoverKind::Damaged, path: damaged, bytes });
    }
    for (_, backup) in backups(path) {
        let bytes = size(&backup);
        found.push(Leftover { kind: LeftoverKind::Backup, path: backup, bytes });
    }
    found
}

/// When a damaged cache was set aside, by its name: its time is that of the last write to it.
pub(super) fn set_aside_at(path: &Path, damaged: &Path) -> Option<SystemTime> {
    let name = damaged.file_name()?.to_str()?;
    let time = name.strip_prefix(path.file_name()?.to_str()?)?.strip_prefix(DAMAGED)?;
    let time = time.split_once('-').map_or(time, |(time, _)| time);
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", time).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().into())
}

/// Copies from before an upgrade, by the version they are of, the oldest first.
pub(super) fn backups(path: &Path) -> Vec<(u32, PathBuf)> {
    let version = |found: &Path| {
        let name = found.file_name()?.to_str()?;
        let prefix = format!("{}.v", path.file_name()?.to_str()?);
        name.strip_prefix(&prefix)?.strip_suffix(".bak")?.parse().ok()
    };
    let found = beside(path, ".v").into_iter();
    let mut backups: Vec<(u32, PathBuf)> = found.filter_map(|path| Some((version(&path)?, path))).collect();
    backups.sort();
    backups
}

/// Files whose names are the cache's with this and anything after it, in order.
pub(super) fn beside(path: &Path, suffix: &str) -> Vec<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let prefix = neighbour(path, suffix);
    let Some(prefix) = prefix.file_name().map(std::ffi::OsStr::as_encoded_bytes) else { return Vec::new() };
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> =
        names.filter(|path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(prefix))).collect();
    found.sort();
    found
}

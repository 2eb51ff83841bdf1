//! Files and folders: there, ours alone, writable.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use super::{Finding, quoted};
use crate::config::Places;
use crate::files;

/// One finding for each file and folder that matters.
pub(super) fn check(places: &Places) -> Vec<Finding> {
    let mut findings = vec![
        folder("settings folder", &places.config),
        folder("cache folder", &places.data),
        folder("log folder", &places.state),
    ];
    if places.config_file().exists() {
        findings.push(private("settings", &places.config_file(), 0o600));
    }
    let (cache, log, tokens) = (places.cache_file(), places.log_file(), places.tokens());
    let found = refused("cache file", &cache, files::look(&cache).err());
    // of what a link leads to the mode is not ours to change
    findings.extend(found.or_else(|| cache.exists().then(|| private("cache file", &cache, 0o600))));
    let lock = places.outbox_lock();
    findings.extend(refused("lock of the outbox", &lock, files::look(&lock).err()));
    findings.extend(refused("log", &log, files::open(&log, OpenOptions::new().read(true)).err()));
    if std::fs::symlink_metadata(&tokens).is_ok_and(|meta| !meta.is_dir()) {
        findings.extend(refused("tokens", &tokens, files::look(&tokens).err()));
    }
    findings
}

/// What is in the place of a file of ours, where we do not use it.
fn refused(name: &str, path: &Path, why: Option<io::Error>) -> Option<Finding> {
    let why = why.filter(files::is_unsafe_file)?;
    Some(Finding::bad(name, format!("{}: {why}", path.display()), format!("rm {}", quoted(path))))
}

fn folder(name: &str, path: &Path) -> Finding {
    if !path.exists() {
        return Finding::good(name, format!("{} is made when it is needed", path.display()));
    }
    // asking the system beats reading modes: disks are mounted read-only, and root may write anywhere
    match tempfile_in(path) {
        Ok(()) => private(name, path, 0o700),
        Err(why) => Finding::bad(
            name,
            format!("{} cannot be written: {why}", path.display()),
            format!("free space there, or let your user write to it: chmod u+rwx {}", quoted(path)),
        ),
    }
}

fn tempfile_in(folder: &Path) -> std::io::Result<()> {
    let probe = folder.join(format!(".mctui-{}", std::process::id()));
    std::io::Write::write_all(&mut files::create_new(&probe)?, b"probe")?;
    std::fs::remove_file(probe)
}

/// Whether anybody but the owner may do anything.
#[cfg(unix)]
fn is_open(mode: u32) -> bool {
    mode & 0o077 != 0
}

#[cfg(unix)]
fn private(name: &str, path: &Path, wanted: u32) -> Finding {
    use std::os::unix::fs::PermissionsExt;
    let detail = path.display().to_string();
    match std::fs::metadata(path) {
        Ok(meta) if !is_open(meta.permissions().mode()) => Finding::good(name, detail),
        Ok(_) => {
            Finding::bad(name, format!("{detail} is open to others"), format!("chmod {wanted:o} {}", quoted(path)))
        }
        Err(why) => Finding::bad(name, format!("{detail}: {why}"), ""),
    }
}

#[cfg(not(unix))]
fn private(name: &str, path: &Path, _wanted: u32) -> Finding {
    Finding::good(name, path.display().to_string())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_typed_names_one_file() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("what's mine");
        std::fs::create_dir(&folder).unwrap();
        let link = folder.join("mctui.db");
        std::os::unix::fs::symlink("elsewhere", &link).unwrap();
        let fix = refused("cache file", &link, files::look(&link).err()).unwrap().fix;
        assert_eq!(shell_words::split(&fix).unwrap(), ["rm", link.to_str().unwrap()]);
        assert!(fix.starts_with("rm '/"), "{fix}");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&folder, mode).unwrap();
        let fix = private("cache folder", &folder, 0o700).fix;
        let words = shell_words::split(&fix).unwrap();
        assert_eq!(words, ["chmod", "700", folder.to_str().unwrap()]);
    }
}

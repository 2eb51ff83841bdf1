//! Opening the files that mctui keeps for itself: the log, the cache and what lies beside it, locks, tokens. They are plain
//! files, 0600, and nothing is read or written through a link that stands in the place of one: whoever put it there would
//! say where our texts go. A pipe or a device in such a place is refused as well, and never waited for.
//!
//! What a person writes by hand is another matter: `config.toml` may be a link into a folder of dotfiles.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Why a file in the place of one of ours is not used. What is to be done about it is part of the words; which file it is,
/// the caller says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnsafeFile {
    /// A symbolic link.
    #[error("it is a link to {0}, and mctui does not follow links for its own files: remove the link")]
    Link(String),
    /// A folder, a pipe, a device.
    #[error("it is {0}, not a file: remove it, or move it away")]
    NotAFile(&'static str),
    /// Its owner could read what is written there.
    #[error("it belongs to another user: remove it, or make it yours (chown)")]
    Foreign,
    /// Under its other name it may be a file of something else.
    #[error("it has another hard link: remove this one")]
    SecondName,
}

impl From<UnsafeFile> for io::Error {
    fn from(refusal: UnsafeFile) -> Self {
        Self::other(refusal)
    }
}

/// Whether a file was not used because of what it is.
pub fn is_unsafe_file(why: &io::Error) -> bool {
    why.get_ref().and_then(|inner| inner.downcast_ref::<UnsafeFile>()).is_some()
}

/// Opens a file that only we write and read: no link, a plain file, ours, with one name; for its owner alone from now on.
/// What [`OpenOptions::create`] makes is 0600. Not with [`OpenOptions::truncate`]: a file would be emptied before it is refused.
pub fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let file = open_plain(path, options)?;
    let meta = file.metadata()?;
    if !is_owned_by_us(&meta) {
        return Err(UnsafeFile::Foreign.into());
    }
    if is_hard_linked(&meta) {
        return Err(UnsafeFile::SecondName.into());
    }
    tighten(&file, &meta);
    Ok(file)
}

/// Opens a lock: no link, and a plain file. Its owner does not matter, as nothing is written there that is to be kept
/// from others, and some disks call every file somebody else's.
pub fn open_lock(path: &Path) -> io::Result<File> {
    let file = open_plain(path, OpenOptions::new().create(true).truncate(false).read(true).write(true))?;
    tighten(&file, &file.metadata()?);
    Ok(file)
}

/// Makes a file that is not there yet, 0600.
pub fn create_new(path: &Path) -> io::Result<File> {
    open_plain(path, OpenOptions::new().write(true).create_new(true))
}

/// Opens a plain file of anybody's; never through a link, and without waiting.
pub fn open_plain(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        // a pipe would be waited for
        options.mode(0o600).custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    // a system without such flags has the look alone
    #[cfg(not(unix))]
    look(path)?;
    let file = options.open(path).map_err(|why| match look(path) {
        // whoever wants a new file and finds one there takes another name
        Err(refused) if is_unsafe_file(&refused) && why.kind() != io::ErrorKind::AlreadyExists => refused,
        _ => why,
    })?;
    match not_a_file(&file.metadata()?) {
        Some(what) => Err(UnsafeFile::NotAFile(what).into()),
        None => Ok(file),
    }
}

/// Looks at a file that something else is to open, such as `SQLite`: whether it is there, and whether it may be. It is left
/// as it is.
pub fn look(path: &Path) -> io::Result<bool> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(why) => return Err(why),
    };
    if meta.is_symlink() {
        let target = fs::read_link(path).map_or_else(|_| "somewhere".to_owned(), |to| to.display().to_string());
        return Err(UnsafeFile::Link(target).into());
    }
    match not_a_file(&meta) {
        Some(what) => Err(UnsafeFile::NotAFile(what).into()),
        None => Ok(true),
    }
}

/// Makes a folder of ours accessible to its owner alone, unless a link stands in its place.
pub fn tighten_folder(path: &Path) {
    restrict(path, |meta| meta.is_dir() && is_owned_by_us(meta));
}

/// Makes a file accessible to its owner alone, without opening it, unless a link stands in its place.
pub fn tighten_file(path: &Path) {
    restrict(path, Metadata::is_file);
}

/// Takes all rights from others. Some disks know no modes, so a failure is only logged.
fn restrict(path: &Path, is_meant: impl Fn(&Metadata) -> bool) {
    #[cfg(unix)]
    if let Some(meta) = fs::symlink_metadata(path).ok().filter(is_meant) {
        use std::os::unix::fs::PermissionsExt;
        let mode = meta.permissions().mode();
        if mode & 0o077 != 0
            && let Err(why) = fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))
        {
            tracing::warn!(path = %path.display(), %why, "other users of this machine can read it");
        }
    }
    #[cfg(not(unix))]
    let _ = (path, is_meant);
}

/// Makes an open file accessible to its owner alone. Some disks know no modes.
fn tighten(file: &File, meta: &Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = meta.permissions().mode();
        if mode & 0o7177 != 0 {
            let _ = file.set_permissions(fs::Permissions::from_mode(mode & 0o600));
        }
    }
    #[cfg(not(unix))]
    let _ = (file, meta);
}

/// What it is, for people, where it is not a plain file.
fn not_a_file(meta: &Metadata) -> Option<&'static str> {
    if meta.is_file() {
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = meta.file_type();
        if kind.is_fifo() {
            return Some("a pipe");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("a device");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
    }
    Some(if meta.is_dir() { "a folder" } else { "something else" })
}

/// Whether a file is this user's.
#[cfg(unix)]
pub fn is_owned_by_us(meta: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.uid() == rustix::process::geteuid().as_raw()
}

/// Whether a file is this user's.
#[cfg(not(unix))]
pub fn is_owned_by_us(_: &Metadata) -> bool {
    true
}

/// Whether a file has more names than one.
#[cfg(unix)]
fn is_hard_linked(meta: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.nlink() > 1
}

#[cfg(not(unix))]
fn is_hard_linked(_: &Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    fn refusal(opened: io::Result<File>) -> UnsafeFile {
        let why = opened.expect_err("it was opened");
        why.get_ref().and_then(|inner| inner.downcast_ref::<UnsafeFile>()).cloned().unwrap_or_else(|| panic!("{why}"))
    }

    #[test]
    fn what_is_not_ours_is_refused_and_nothing_of_it_touched() {
        let home = tempfile::tempdir().unwrap();
        let (theirs, path) = (home.path().join("theirs"), home.path().join("ours"));
        let append = || open(&path, OpenOptions::new().create(true).append(true));
        fs::write(&theirs, "as it is").unwrap();
        symlink(&theirs, &path).unwrap();
        assert_eq!(refusal(append()), UnsafeFile::Link(theirs.display().to_string()));
        assert!(matches!(refusal(open_lock(&path)), UnsafeFile::Link(_)));
        assert!(matches!(refusal(open(&path, OpenOptions::new().read(true))), UnsafeFile::Link(_)));
        fs::remove_file(&path).unwrap();
        symlink(home.path().join("nowhere"), &path).unwrap();
        assert!(matches!(refusal(append()), UnsafeFile::Link(_)));
        assert!(!home.path().join("nowhere").exists());
        fs::remove_file(&path).unwrap();
        fs::hard_link(&theirs, &path).unwrap();
        assert_eq!(refusal(append()), UnsafeFile::SecondName);
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert_eq!(refusal(append()), UnsafeFile::NotAFile("a pipe"));
        assert_eq!(refusal(open(&path, OpenOptions::new().read(true))), UnsafeFile::NotAFile("a pipe"));
        assert_eq!(refusal(open_lock(&path)), UnsafeFile::NotAFile("a pipe"));
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(refusal(append()), UnsafeFile::NotAFile("a folder"));
        assert_eq!(fs::read(&theirs).unwrap(), b"as it is");
    }

    #[test]
    fn what_is_ours_is_for_nobody_else() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("ours");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        drop(create_new(&path).unwrap());
        assert_eq!(mode(), 0o600);
        assert_eq!(create_new(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        drop(open_lock(&path).unwrap());
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o4755)).unwrap();
        drop(open(&path, OpenOptions::new().append(true)).unwrap());
        assert_eq!(mode(), 0o600);
        assert!(look(&path).unwrap() && !look(&home.path().join("nothing")).unwrap());
    }

    #[test]
    fn a_folder_is_closed_and_what_a_link_leads_to_is_not() {
        let home = tempfile::tempdir().unwrap();
        let (folder, link) = (home.path().join("folder"), home.path().join("link"));
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        symlink(&folder, &link).unwrap();
        let mode = || fs::metadata(&folder).unwrap().permissions().mode() & 0o777;
        tighten_folder(&link);
        assert_eq!(mode(), 0o755);
        tighten_folder(&folder);
        assert_eq!(mode(), 0o700);
    }
}

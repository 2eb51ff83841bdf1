//! Reading the file only where nobody else can read the keys in it or change where keys go.

use std::io::Read;
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use super::FileShape;
use crate::config::{ConfigError, edit};
use crate::files;

/// A file's text, and whom it is open to.
pub(in crate::config) struct Held {
    /// All of it; wiped when it goes.
    pub(in crate::config) text: Zeroizing<String>,
    mode: u32,
}

/// Reads the file, `None` where there is none. Another user's file is refused: they could have put any address into it,
/// or any command.
pub(in crate::config) fn read(path: &Path) -> Result<Option<Held>, ConfigError> {
    let io = |source| ConfigError::Io { act: "read", path: path.to_owned(), source };
    // where it is a link, as to a folder of dotfiles, we or the administrator must have made that too
    let foreign = |meta: &std::fs::Metadata| meta.is_symlink() && !is_trusted(meta);
    if std::fs::symlink_metadata(path).is_ok_and(|meta| foreign(&meta)) {
        return Err(ConfigError::Foreign { path: path.to_owned() });
    }
    let target = edit::followed(path.to_owned());
    let mut file = match files::open_plain(&target, std::fs::OpenOptions::new().read(true)) {
        Ok(file) => file,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(io(why)),
    };
    // of the open file: nobody can put another one in its place meanwhile
    let meta = file.metadata().map_err(io)?;
    if !is_trusted(&meta) {
        return Err(ConfigError::Foreign { path: path.to_owned() });
    }
    let length = usize::try_from(meta.len()).unwrap_or_default();
    let mut text = Zeroizing::new(String::with_capacity(length + 1));
    file.read_to_string(&mut text).map_err(io)?;
    Ok(Some(Held { text, mode: mode(&meta) }))
}

impl Held {
    /// Refuses keys that others can read, and commands and entries that others can change.
    pub(super) fn refuse_exposed(&self, path: &Path, shape: &FileShape) -> Result<(), ConfigError> {
        let path = path.to_owned();
        if self.mode & 0o077 != 0 && shape.keys().any(super::Source::is_value) {
            return Err(ConfigError::Exposed { path });
        }
        if self.mode & 0o022 != 0 && shape.keys().next().is_some() {
            return Err(ConfigError::Writable { path });
        }
        Ok(())
    }
}

#[cfg(unix)]
fn is_trusted(meta: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    may_own(meta.uid(), rustix::process::geteuid().as_raw())
}

/// Ourselves and the administrator.
#[cfg(unix)]
fn may_own(owner: u32, us: u32) -> bool {
    owner == us || owner == 0
}

#[cfg(not(unix))]
fn is_trusted(_meta: &std::fs::Metadata) -> bool {
    true
}

#[cfg(unix)]
fn mode(meta: &std::fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode()
}

#[cfg(not(unix))]
fn mode(_meta: &std::fs::Metadata) -> u32 {
    0
}

#[cfg(all(test, unix))]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case(1000, 1000, true)]
    #[case(0, 1000, true)]
    #[case(1001, 1000, false)]
    #[case(1000, 0, false)]
    fn others_are_not_trusted(#[case] owner: u32, #[case] us: u32, #[case] trusted: bool) {
        assert_eq!(super::may_own(owner, us), trusted);
    }
}

//! Tokens kept between runs, so that a command need not sign in each time: a request of the daily budget saved.
//!
//! One file per service and pair of keys, readable by its owner alone, in a folder of its own. All processes share it: who
//! renews holds a lock and writes the file whole, and who waited takes what was written.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::{BaseUrl, Secret};
use crate::files;

/// No token file comes near.
const MOST: u64 = 64 * 1024;
/// Both tokens at their longest, with every character escaped: the buffer never moves, and leaves no copy behind.
const ROOM: usize = 4 * 4_096 + 1_024;
/// A token from the future was stored by another clock, and its end cannot be told.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);
/// Files that nobody wrote for so long are of keys that are no longer used.
const LEFT_BEHIND: Duration = Duration::from_hours(48);

/// A token as it is kept. Times are by this machine's clock.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) access: Secret,
    pub(super) refresh: Option<Secret>,
    pub(super) obtained_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// Where the token of one pair of keys is kept.
#[derive(Debug, Clone)]
pub(super) struct TokenFile {
    folder: PathBuf,
    base: String,
    /// A digest of the service and both keys: the file's name, and once more in it.
    keys: String,
}

/// Held while a token is renewed; given back on drop, and by the system where the process dies.
#[derive(Debug)]
pub(super) struct TokenLock(File);

#[derive(Serialize, Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    base_url: Cow<'a, str>,
    #[serde(borrow)]
    keys: Cow<'a, str>,
    #[serde(borrow)]
    access_token: Cow<'a, str>,
    /// Empty where there is none.
    #[serde(borrow)]
    refresh_token: Cow<'a, str>,
    obtained_at: Timestamp,
    expires_at: Timestamp,
}

impl TokenFile {
    /// The file for these keys at this service. Nothing is read or made yet.
    pub(super) fn new(folder: &Path, base: &BaseUrl, api_key: &Secret, secret: &Secret) -> Self {
        let all = Zeroizing::new(format!("{base}\n{}\n{}", api_key.expose(), secret.expose()));
        let digest = Sha256::digest(all.as_bytes());
        let keys = digest.iter().take(16).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self { folder: folder.to_owned(), base: base.as_str().to_owned(), keys }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.keys))
    }

    /// The token, where there is one that has not expired. A file that others can read or that makes no sense is deleted;
    /// one that is somebody else's is left alone.
    pub(super) fn read(&self, now: Timestamp) -> Option<Stored> {
        let path = self.path();
        let found = read(&path).unwrap_or_else(|why| {
            tracing::warn!(%why, "the token file cannot be read");
            Found::Nothing
        });
        let unfit = match found {
            Found::Nothing => return None,
            Found::Unfit(reason) => reason,
            Found::Text(text) => match self.parse(&text) {
                Some(stored) => {
                    let is_alive = now < stored.expires_at && stored.obtained_at <= later(now, CLOCKS_DIFFER);
                    return is_alive.then_some(stored);
                }
                None => "it makes no sense",
            },
        };
        tracing::warn!(reason = unfit, "the token file is deleted");
        self.remove();
        None
    }

    fn parse(&self, text: &[u8]) -> Option<Stored> {
        let content: Content<'_> = serde_json::from_slice(text).ok()?;
        if content.base_url != self.base || content.keys != self.keys {
            return None;
        }
        let refresh = Some(&content.refresh_token).filter(|token| !token.is_empty());
        Some(Stored {
            access: Secret::parse(&content.access_token).ok()?,
            refresh: refresh.and_then(|token| Secret::parse(token).ok()),
            obtained_at: content.obtained_at,
            expires_at: content.expires_at,
        })
    }

    /// Writes the token so that it is there whole or not at all.
    pub(super) fn write(&self, stored: &Stored) -> io::Result<()> {
        self.make_folder()?;
        let content = Content {
            base_url: Cow::Borrowed(&self.base),
            keys: Cow::Borrowed(&self.keys),
            access_token: Cow::Borrowed(stored.access.expose()),
            refresh_token: Cow::Borrowed(stored.refresh.as_ref().map_or("", Secret::expose)),
            obtained_at: stored.obtained_at,
            expires_at: stored.expires_at,
        };
        let mut text = Zeroizing::new(Vec::with_capacity(ROOM));
        serde_json::to_writer(&mut *text, &content)?;
        // 0600 from its first moment
        let mut file = tempfile::Builder::new().prefix(".token-").tempfile_in(&self.folder)?;
        file.write_all(&text)?;
        file.persist(self.path()).map_err(|why| why.error)?;
        self.tidy();
        Ok(())
    }

    /// Forgets the token.
    pub(super) fn remove(&self) {
        if let Err(why) = fs::remove_file(self.path())
            && why.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%why, "the token file cannot be deleted");
        }
    }

    /// The right to renew the token; `None` while another process has it.
    pub(super) fn try_lock(&self) -> io::Result<Option<TokenLock>> {
        self.make_folder()?;
        let path = self.folder.join(format!("{}.lock", self.keys));
        let file = files::open_lock(&path).map_err(|why| named(&path, &why))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(TokenLock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(why)) => Err(why),
        }
    }

    /// A folder that is open to its owner alone, also where it was made by hand. It holds nothing but secrets: a link in its
    /// place is none of ours.
    fn make_folder(&self) -> io::Result<()> {
        if let Ok(to) = fs::read_link(&self.folder) {
            return Err(named(&self.folder, &files::UnsafeFile::Link(to.display().to_string()).into()));
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        files::tighten_folder(&self.folder);
        Ok(())
    }

    /// Deletes tokens of keys that are no longer used.
    fn tidy(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let is_token = entry.path().extension().is_some_and(|end| end == "json")
                || entry.file_name().to_string_lossy().starts_with(".token-");
            let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|at| at.elapsed().ok());
            if is_token && age.is_some_and(|age| age > LEFT_BEHIND) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Deletes every token: whoever forgets a key does not mean to stay signed in with it. Who still has its keys signs in anew.
/// Gives back how many there were.
pub fn forget_tokens(folder: &Path) -> io::Result<usize> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) if !folder.is_symlink() => entries,
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
        _ => return Ok(0),
    };
    let mut gone = 0;
    for path in
        entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "json"))
    {
        match fs::remove_file(path) {
            Ok(()) => gone += 1,
            Err(why) if why.kind() == io::ErrorKind::NotFound => {}
            Err(why) => return Err(why),
        }
    }
    Ok(gone)
}

impl Drop for TokenLock {
    fn drop(&mut self) {
        // closing the file would do as well; saying it keeps nobody waiting
        let _ = self.0.unlock();
    }
}

enum Found {
    Nothing,
    Text(Zeroizing<Vec<u8>>),
    /// For this reason.
    Unfit(&'static str),
}

fn read(path: &Path) -> io::Result<Found> {
    let mut file = match files::open_plain(path, fs::OpenOptions::new().read(true)) {
        Ok(file) => file,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(why) if files::is_unsafe_file(&why) => return Ok(Found::Unfit("it is a link or something else")),
        Err(why) => return Err(why),
    };
    // of the open file: nobody can put another one in its place meanwhile
    let meta = file.metadata()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if !files::is_owned_by_us(&meta) {
            return Ok(Found::Nothing);
        }
        if meta.mode() & 0o077 != 0 {
            return Ok(Found::Unfit("others can read it"));
        }
    }
    if meta.len() > MOST {
        return Ok(Found::Unfit("it is something else"));
    }
    let length = usize::try_from(meta.len()).unwrap_or_default();
    let mut text = Zeroizing::new(Vec::with_capacity(length + 1));
    file.read_to_end(&mut text)?;
    Ok(Found::Text(text))
}

fn named(path: &Path, why: &io::Error) -> io::Error {
    io::Error::new(why.kind(), format!("{}: {why}", path.display()))
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(at)
}

#[cfg(test)]
mod tests;

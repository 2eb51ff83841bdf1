//! Rescue files: typed text that the cache could not take, kept until the next start has put it there.
//!
//! They lie in fixed places ([`super::Places::rescue_folders`]), so that the next start finds every one. A file is for
//! its owner alone (0600), has a name that nobody can guess, and is never read through a link. The process that wrote it
//! holds its lock: another mctui leaves it alone until that process has ended.

pub mod editor;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::edit::create_private_dir;
use super::{Environment, Places};
use crate::files::{self, is_owned_by_us};
use crate::model::{Address, Broadcast, Contact};

const PREFIX: &str = "mctui-rescue-";
const SUFFIX: &str = ".json";
/// Letters that nobody can guess, in a name.
const RANDOM: usize = 12;
/// More than all that anybody types.
const LARGEST: u64 = 16 * 1024 * 1024;
/// How the file is written. Another one is of a newer mctui.
const VERSION: u32 = 1;

/// A text that is not sent.
#[derive(Clone, PartialEq, Eq)]
pub enum UnsentText {
    /// The draft of a thread.
    Draft {
        /// From which of our numbers.
        number: Address,
        /// To whom.
        contact: Contact,
        /// All of it.
        text: String,
    },
    /// A message to several people.
    Broadcast {
        /// By which of our numbers it is kept.
        begun: Address,
        /// All of it.
        broadcast: Broadcast,
    },
}

impl std::fmt::Debug for UnsentText {
    /// Without the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Draft { .. } => "Draft(…)",
            Self::Broadcast { .. } => "Broadcast(…)",
        })
    }
}

impl UnsentText {
    /// What is written.
    pub fn text(&self) -> &str {
        match self {
            Self::Draft { text, .. } => text,
            Self::Broadcast { broadcast, .. } => &broadcast.text,
        }
    }

    /// The same with another text.
    #[must_use]
    pub fn with_text(mut self, new: String) -> Self {
        match &mut self {
            Self::Draft { text, .. } => *text = new,
            Self::Broadcast { broadcast, .. } => broadcast.text = new,
        }
        self
    }

    /// Whether nothing would be lost with it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Draft { text, .. } => text.trim().is_empty(),
            Self::Broadcast { broadcast, .. } => broadcast.people.is_empty() && broadcast.text.trim().is_empty(),
        }
    }

    /// Whether both are the draft of one thread, or the message to several people of one number.
    pub fn is_of_the_same_place(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Draft { number, contact, .. }, Self::Draft { number: n, contact: c, .. }) => {
                number == n && contact.address == c.address
            }
            (Self::Broadcast { begun, .. }, Self::Broadcast { begun: b, .. }) => begun == b,
            _ => false,
        }
    }
}

/// Where rescue files of one cache lie.
#[derive(Debug, Clone)]
pub struct RescueFolders {
    cache: PathBuf,
    /// The installation's own: what lies there is of this cache.
    own: Vec<PathBuf>,
    /// Common to all installations of a person, or to all people.
    shared: Vec<PathBuf>,
}

/// A rescue file, held as long as this lives.
#[derive(Debug)]
pub struct RescueFile {
    path: PathBuf,
    /// Locked where the disk knows locks.
    _held: File,
}

/// What lay in a rescue file, or in a folder that an editor had.
#[derive(Debug)]
pub struct Rescued {
    /// Where it lies.
    pub source: Source,
    /// When it was written.
    pub at: Timestamp,
    /// All that is in it.
    pub texts: Vec<UnsentText>,
    /// What the text was before an editor had it.
    pub before: Option<String>,
}

/// Where a rescued text lies.
#[derive(Debug)]
pub enum Source {
    /// In a rescue file.
    File(RescueFile),
    /// In the folder of an editor.
    Editor(editor::LeftFolder),
}

impl Source {
    /// Its path, for people.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(file) => file.path(),
            Self::Editor(folder) => folder.path(),
        }
    }

    /// Takes it away.
    pub fn remove(self) -> io::Result<()> {
        match self {
            Self::File(file) => file.remove(),
            Self::Editor(folder) => folder.remove(),
        }
    }
}

impl RescueFile {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes it away.
    pub fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

impl RescueFolders {
    /// Those of an installation.
    pub fn new(places: &Places, environment: &Environment) -> Self {
        let (own, shared) = places.rescue_folders(environment);
        Self { cache: absolute(&places.cache_file()), own, shared }
    }

    /// The cache that the texts are of.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// Writes texts into a new file, on the disk when this returns: in the first folder that takes it. The error is for
    /// people, and names each folder.
    pub fn write(&self, texts: &[UnsentText], at: Timestamp) -> Result<RescueFile, String> {
        let document = Document {
            mctui_rescue: VERSION,
            cache: self.cache.to_string_lossy().into_owned(),
            saved_at: at,
            texts: texts.iter().map(Entry::of).collect(),
        };
        let json = serde_json::to_string_pretty(&document).map_err(|why| why.to_string())?;
        let mut failed: Vec<String> = Vec::new();
        for (folder, is_ours) in self.folders() {
            let made = if is_ours { create_private_dir(folder) } else { Ok(()) };
            match made.and_then(|()| write_in(folder, json.as_bytes())) {
                Ok(file) => return Ok(file),
                Err(why) => failed.push(format!("{}: {why}", folder.display())),
            }
        }
        Err(failed.join("; "))
    }

    /// All files that were left, oldest first, and what is wrong with those that cannot be read, for people. What a living
    /// mctui holds is not among them, nor what is another user's, a link, or open to others.
    pub fn left(&self) -> (Vec<Rescued>, Vec<String>) {
        let (mut found, mut wrong) = (Vec::new(), Vec::new());
        for (folder, is_ours) in self.folders() {
            let Ok(entries) = fs::read_dir(folder) else { continue };
            for path in entries.flatten().filter(|entry| is_rescue(&entry.file_name())).map(|entry| entry.path()) {
                match self.read(&path, is_ours) {
                    Ok(rescued) => found.extend(rescued),
                    Err(why) => wrong.push(format!("{}: {why}", path.display())),
                }
            }
        }
        found.extend(editor::left(&self.cache));
        found.sort_by_key(|rescued| rescued.at);
        (found, wrong)
    }

    fn folders(&self) -> impl Iterator<Item = (&Path, bool)> {
        let own = self.own.iter().map(|folder| (folder.as_path(), true));
        own.chain(self.shared.iter().map(|folder| (folder.as_path(), false)))
    }

    fn read(&self, path: &Path, is_ours: bool) -> Result<Option<Rescued>, String> {
        let Some(file) = open_own(path, true).map_err(|why| why.to_string())? else { return Ok(None) };
        if !is_free(&file) {
            return Ok(None);
        }
        let mut json = String::new();
        (&file).take(LARGEST).read_to_string(&mut json).map_err(|why| why.to_string())?;
        // somebody is just writing it
        if json.is_empty() {
            return Ok(None);
        }
        let document: Document = serde_json::from_str(&json).map_err(|why| why.to_string())?;
        if document.mctui_rescue != VERSION {
            return Err("it was written by another version of mctui".to_owned());
        }
        if !is_ours && document.cache != self.cache.to_string_lossy() {
            return Ok(None);
        }
        let texts: Option<Vec<_>> = document.texts.into_iter().map(Entry::read).collect();
        let texts = texts.ok_or("a number in it cannot be read")?;
        let source = Source::File(RescueFile { path: path.to_owned(), _held: file });
        Ok(Some(Rescued { source, at: document.saved_at, texts, before: None }))
    }
}

fn is_rescue(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

fn absolute(path: &Path) -> PathBuf {
    let folder = path.parent().and_then(|folder| fs::canonicalize(folder).ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
    }
}

fn write_in(folder: &Path, bytes: &[u8]) -> io::Result<RescueFile> {
    // made anew (never through a link), and 0600
    let mut file = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).rand_bytes(RANDOM).tempfile_in(folder)?;
    // where the disk knows no locks another mctui may take it too: texts that are there twice do no harm
    let _ = file.as_file().try_lock();
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let (held, path) = file.keep()?;
    // the name, too; a folder that cannot be synced has the file all the same
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(RescueFile { path, _held: held })
}

/// Opens a file of ours to read, never through a link. `None` where it is not a plain file of ours, or, for one that is
/// to be `private`, where others can get at it.
pub(super) fn open_own(path: &Path, private: bool) -> io::Result<Option<File>> {
    let file = match files::open_plain(path, OpenOptions::new().read(true)) {
        Ok(file) => file,
        // gone meanwhile, a link, or something else
        Err(why) if why.kind() == io::ErrorKind::NotFound || files::is_unsafe_file(&why) => return Ok(None),
        // another user's
        Err(_) if !fs::symlink_metadata(path).is_ok_and(|meta| is_owned_by_us(&meta)) => return Ok(None),
        Err(why) => return Err(why),
    };
    let meta = file.metadata()?;
    let is_fine = is_owned_by_us(&meta) && (!private || is_private(&meta));
    Ok(is_fine.then_some(file))
}

/// Whether no living process holds a file. It is ours as long as the handle lives.
fn is_free(file: &File) -> bool {
    !matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock))
}

#[cfg(unix)]
fn is_private(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    // a second name would stay when this one goes, and may be somebody's trick
    meta.mode() & 0o7777 == 0o600 && meta.nlink() == 1
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    true
}

/// The file's own shape.
#[derive(Serialize, Deserialize)]
struct Document {
    mctui_rescue: u32,
    cache: String,
    saved_at: Timestamp,
    texts: Vec<Entry>,
}

/// One text, as the file has it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Entry {
    Draft { number: String, contact: Party, text: String },
    MessageToSeveral { begun: String, sender: String, people: Vec<Party>, text: String },
}

#[derive(Serialize, Deserialize)]
struct Party {
    number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

impl Party {
    fn of(contact: &Contact) -> Self {
        Self { number: contact.address.to_string(), name: contact.name.clone() }
    }

    fn read(self) -> Option<Contact> {
        Some(Contact { address: Address::from_wire(&self.number)?, name: self.name })
    }
}

impl Entry {
    fn of(text: &UnsentText) -> Self {
        match text {
            UnsentText::Draft { number, contact, text } => {
                Self::Draft { number: number.to_string(), contact: Party::of(contact), text: text.clone() }
            }
            UnsentText::Broadcast { begun, broadcast } => Self::MessageToSeveral {
                begun: begun.to_string(),
                sender: broadcast.sender.to_string(),
                people: broadcast.people.iter().map(Party::of).collect(),
                text: broadcast.text.clone(),
            },
        }
    }

    /// `None` where a number in it is none.
    fn read(self) -> Option<UnsentText> {
        Some(match self {
            Self::Draft { number, contact, text } => {
                UnsentText::Draft { number: Address::from_wire(&number)?, contact: contact.read()?, text }
            }
            Self::MessageToSeveral { begun, sender, people, text } => UnsentText::Broadcast {
                begun: Address::from_wire(&begun)?,
                broadcast: Broadcast {
                    sender: Address::from_wire(&sender)?,
                    people: people.into_iter().map(Party::read).collect::<Option<_>>()?,
                    text,
                },
            },
        })
    }
}

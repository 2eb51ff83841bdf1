//! The folder in which a person's own editor works on a text. Beside the text lies whose it is, so that the next start
//! can offer it where the program was killed meanwhile.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entry, Rescued, Source, UnsentText, VERSION, is_free, open_own};
use crate::config::scratch::{ABOUT, LOCK, Scratch};
use crate::files::{self, is_owned_by_us};

/// What the folders of editors begin with.
const PREFIX: &str = "mctui-edit-";
/// The text.
const TEXT: &str = "message.txt";
/// What is read back at the most: far more than an SMS can be.
const LARGEST: u64 = 1024 * 1024;

/// A folder with a text for an editor; it goes when this does.
#[derive(Debug)]
pub struct EditorFolder {
    folder: Scratch,
}

/// A folder that a killed mctui left, held as long as this lives.
#[derive(Debug)]
pub struct LeftFolder {
    path: PathBuf,
    _held: Option<File>,
}

#[derive(Serialize, Deserialize)]
struct About {
    mctui_editor: u32,
    cache: String,
    began_at: Timestamp,
    process: u32,
    /// With the text as it was before.
    of: Entry,
}

impl EditorFolder {
    /// Makes one for a text. Where it is known whose the text is, it can be found again after a kill; `cache` is the one
    /// that the text belongs to.
    pub fn new(text: &str, whose: Option<(&Path, UnsentText)>) -> io::Result<Self> {
        Self::within(&std::env::temp_dir(), text, whose)
    }

    pub(super) fn within(parent: &Path, text: &str, whose: Option<(&Path, UnsentText)>) -> io::Result<Self> {
        let folder = Scratch::within(parent, PREFIX)?;
        let ended = text.is_empty() || text.ends_with('\n');
        // without it some editors complain of a file that does not end
        let with_end = if ended { text.to_owned() } else { format!("{text}\n") };
        write(&folder.path().join(TEXT), with_end.as_bytes())?;
        if let Some((cache, whose)) = whose {
            let about = About {
                mctui_editor: VERSION,
                cache: cache.to_string_lossy().into_owned(),
                began_at: Timestamp::now(),
                process: std::process::id(),
                of: Entry::of(&whose.with_text(text.to_owned())),
            };
            // last: a folder that has it is locked, and has its text
            write(&folder.path().join(ABOUT), serde_json::to_string_pretty(&about)?.as_bytes())?;
        }
        Ok(Self { folder })
    }

    /// The file to edit.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join(TEXT)
    }
}

impl LeftFolder {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes it away.
    pub fn remove(self) -> io::Result<()> {
        fs::remove_dir_all(&self.path)
    }
}

/// Reads what an editor left in a file.
pub fn read(file: &Path) -> io::Result<String> {
    // an editor may have put another file in the place of ours
    let no_text = || io::Error::other("it is no text of a message");
    let Some(file) = open_own(file, false)? else { return Err(no_text()) };
    if file.metadata()?.len() > LARGEST {
        return Err(no_text());
    }
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(tidy(&String::from_utf8_lossy(&bytes)))
}

/// As the compose box has it: line breaks of one kind, and without the one that editors put at the end of a file.
fn tidy(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    text.strip_suffix('\n').map_or(text.clone(), str::to_owned)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    files::create_new(path)?.write_all(bytes)
}

/// The folders of this cache's texts that nobody holds.
pub(super) fn left(cache: &Path) -> Vec<Rescued> {
    left_in(&std::env::temp_dir(), cache)
}

pub(super) fn left_in(parent: &Path, cache: &Path) -> Vec<Rescued> {
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let ours = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    ours.filter_map(|entry| read_folder(&entry.path(), cache)).collect()
}

fn read_folder(path: &Path, cache: &Path) -> Option<Rescued> {
    let meta = fs::symlink_metadata(path).ok().filter(|meta| meta.is_dir() && is_owned_by_us(meta))?;
    if !is_closed(&meta) {
        return None;
    }
    let mut json = String::new();
    open_own(&path.join(ABOUT), true).ok()??.take(LARGEST).read_to_string(&mut json).ok()?;
    let about: About = serde_json::from_str(&json).ok()?;
    if about.mctui_editor != VERSION || about.cache != cache.to_string_lossy() {
        return None;
    }
    let held = open_own(&path.join(LOCK), false).ok()?;
    match &held {
        Some(held) if !is_free(held) => return None,
        // the disk knows no locks
        None if is_alive(about.process) => return None,
        _ => {}
    }
    let of = about.of.read()?;
    let before = of.text().to_owned();
    let text = read(&path.join(TEXT)).unwrap_or_else(|_| before.clone());
    let source = Source::Editor(LeftFolder { path: path.to_owned(), _held: held });
    Some(Rescued { source, at: about.began_at, texts: vec![of.with_text(text)], before: Some(before) })
}

/// Whether nobody else can enter.
#[cfg(unix)]
fn is_closed(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.mode() & 0o777 == 0o700
}

#[cfg(not(unix))]
fn is_closed(_: &fs::Metadata) -> bool {
    true
}

#[cfg(unix)]
fn is_alive(process: u32) -> bool {
    let id = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw);
    id.is_some_and(|id| !matches!(rustix::process::test_kill_process(id), Err(rustix::io::Errno::SRCH)))
}

#[cfg(not(unix))]
fn is_alive(_: u32) -> bool {
    true
}

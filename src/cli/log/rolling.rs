//! The log as a few files that are full at a limit: `mctui.log`, and before it `mctui.log.1` and so on.
//!
//! Several processes write to one log. None keeps it open between two lines, so that none goes on with a file that is no
//! longer the log; a line goes out in one write at the end of the file, so that none stands in another; and one process at a
//! time sets a full file aside, under a lock. Where that cannot be done, lines are left out rather than written beyond the
//! limit, and the log tells how many.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::config::edit::create_private_dir;
use crate::files;

/// Bytes of one file. Four of them stay below 20 MB, with what several processes add to each at the same moment.
const LARGEST: u64 = 4_400_000;
/// Full files that are kept beside the log.
const KEPT: u32 = 3;
/// How often, and how long after each other, it is looked whether another process has set a full file aside. Once alone for
/// the lines after one that this did not help.
const TRIES: u32 = 100;
const BETWEEN: Duration = Duration::from_millis(5);

/// A place for lines, which are written whole. Whoever opens one first makes room where older files are too large.
#[derive(Debug)]
pub(super) struct Rolling {
    file: PathBuf,
    largest: u64,
    /// Lines that were left out since one was written.
    lost: u64,
}

impl Rolling {
    /// The log at this place, in a folder for its owner alone.
    pub(super) fn open(file: &Path) -> io::Result<Self> {
        Self::with_limit(file, LARGEST)
    }

    fn with_limit(file: &Path, largest: u64) -> io::Result<Self> {
        create_private_dir(file.parent().unwrap_or(Path::new(".")))?;
        let rolling = Self { file: file.to_owned(), largest, lost: 0 };
        append(&rolling.file)?;
        // an earlier version let them grow
        for number in 1..=KEPT {
            if is_overgrown(&rolling.numbered(number), largest)
                && let Some(_lock) = rolling.lock()?
            {
                keep_end(&rolling.numbered(number), largest)?;
            }
        }
        Ok(rolling)
    }

    fn numbered(&self, number: u32) -> PathBuf {
        self.beside(&number.to_string())
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.file.clone().into_os_string();
        name.push(".");
        name.push(ending);
        name.into()
    }

    /// The right to set files aside, unless another process has it.
    fn lock(&self) -> io::Result<Option<File>> {
        let file = append(&self.beside("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(why)) => Err(why),
        }
    }

    /// Whether the log has room for a line of this length, which it is given where it has none.
    fn make_room(&self, length: u64) -> io::Result<bool> {
        let is_full = || size(&self.file) + length > self.largest;
        let tries = if self.lost > 0 { 1 } else { TRIES };
        for attempt in 0..tries {
            if !is_full() {
                return Ok(true);
            }
            if let Some(_lock) = self.lock()? {
                // whoever had the lock until now may have done it
                if is_full() {
                    self.set_aside()?;
                }
                return Ok(true);
            }
            if attempt + 1 < tries {
                thread::sleep(BETWEEN);
            }
        }
        Ok(false)
    }

    fn set_aside(&self) -> io::Result<()> {
        if is_overgrown(&self.file, self.largest) {
            keep_end(&self.file, self.largest)?;
        }
        for number in (1..KEPT).rev() {
            match fs::rename(self.numbered(number), self.numbered(number + 1)) {
                Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
                _ => {}
            }
        }
        fs::rename(&self.file, self.numbered(1))
    }

    fn write_line(&mut self, line: &[u8]) -> io::Result<()> {
        let length = line.len() as u64;
        if length > self.largest || !self.make_room(length)? {
            return Err(io::Error::other("the log is full, and cannot be set aside"));
        }
        let mut file = append(&self.file)?;
        if self.lost > 0 {
            let now = jiff::Timestamp::now();
            let lost =
                format!("{now:.6}  WARN mctui::cli::log: {} lines before this one could not be written\n", self.lost);
            file.write_all(lost.as_bytes())?;
            self.lost = 0;
        }
        file.write_all(line)
    }
}

impl Write for Rolling {
    /// Writes one line, or leaves it out.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.write_line(line).is_err() {
            self.lost += 1;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes of a file; none where it is not there.
fn size(file: &Path) -> u64 {
    fs::symlink_metadata(file).ok().filter(fs::Metadata::is_file).map_or(0, |meta| meta.len())
}

fn append(file: &Path) -> io::Result<File> {
    files::open(file, OpenOptions::new().create(true).append(true))
}

/// Whether a file is larger than several processes make it that write at the same moment.
fn is_overgrown(file: &Path, largest: u64) -> bool {
    size(file) > largest + largest / 8
}

/// Cuts a file down to its last whole lines. On a disk that is too full for that, which may be its own doing, it goes.
fn keep_end(path: &Path, most: u64) -> io::Result<()> {
    cut(path, most).or_else(|_| fs::remove_file(path))
}

fn cut(path: &Path, most: u64) -> io::Result<()> {
    let length = size(path);
    let mut file = files::open(path, OpenOptions::new().read(true))?;
    file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
    let mut end = Vec::new();
    file.take(most).read_to_end(&mut end)?;
    let line = end.iter().position(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let folder = path.parent().unwrap_or(Path::new("."));
    // readable by its owner alone
    let mut cut = tempfile::NamedTempFile::new_in(folder)?;
    cut.write_all(&end[line..])?;
    cut.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests;

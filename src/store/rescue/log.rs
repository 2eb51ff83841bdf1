//! The write-ahead log as a file: which pages it holds, and whether it has lost any that were said to be stored
//! (<https://sqlite.org/walformat.html>).
//!
//! SQLite reads the log up to the first frame that is not right, and is silent about what comes after it. After a power
//! cut that is as it should be: what was being written was never said to be stored. Where the frame was damaged later, it
//! silently takes back what people did, and a message that was sent waits to be sent once more. So we look ourselves.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::PAGE;
use crate::store::open::neighbour;

const HEADER: usize = 32;
const FRAME: usize = 24 + PAGE;

/// What the log holds.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Where in the file the newest committed version of each page begins.
    pub(super) pages: HashMap<u32, u64>,
    /// Commits that were said to be stored are missing or not readable.
    pub(super) lost: bool,
}

/// The running sums of a log; each frame carries those up to it.
type Sums = (u32, u32);

struct Head {
    big_endian: bool,
    salts: [u8; 8],
    sums: Sums,
}

/// Reads the log beside the cache; an empty one where there is none.
pub(super) fn read(cache: &Path) -> io::Result<Log> {
    let index = Index::read(cache);
    let (mut log, committed) = match File::open(neighbour(cache, "-wal")) {
        Ok(file) => frames(BufReader::with_capacity(64 * FRAME, file))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Log::default(), Committed::default()),
        Err(error) => return Err(error),
    };
    if let Some(index) = index {
        // what the index counts was on the disk; what was copied to the database needs no log any more
        let same = committed.salts.is_none_or(|salts| salts == index.salts);
        log.lost |= same && index.frames > committed.before_break && index.frames > index.copied;
    }
    Ok(log)
}

/// How far the log is whole.
#[derive(Default)]
struct Committed {
    salts: Option<[u8; 8]>,
    /// Frames up to the last commit that SQLite itself sees.
    before_break: u32,
}

fn frames(mut file: impl Read) -> io::Result<(Log, Committed)> {
    let mut log = Log::default();
    let mut head = [0; HEADER];
    if !fill(&mut file, &mut head)? {
        return Ok((log, Committed::default()));
    }
    let parsed = parse_head(&head);
    let untouched = head.iter().all(|&byte| byte == 0);
    let mut broken = parsed.is_none();
    let (big_endian, mut salts, mut sums) = match &parsed {
        Some(head) => (head.big_endian, Some(head.salts), Some(head.sums)),
        None => (cfg!(target_endian = "big"), None, None),
    };
    let mut frame = vec![0; FRAME];
    // of the transaction being read; of those after a break
    let (mut pending, mut later) = (Vec::new(), HashMap::new());
    let (mut number, mut before_break, mut commits_after) = (0_u32, 0, 0_u32);
    while fill(&mut file, &mut frame)? {
        let at = HEADER as u64 + u64::from(number) * FRAME as u64;
        number += 1;
        let stored = (be(&frame, 16), be(&frame, 20));
        let salt: [u8; 8] = frame[8..16].try_into().unwrap_or_default();
        let before = sums.replace(stored);
        // without a head the first frame cannot be proved, and those after it can
        let counted = before.map(|sums| sum(sum(sums, &frame[..8], big_endian), &frame[24..], big_endian));
        let right = counted == Some(stored) && salts.is_none_or(|salts| salts == salt);
        if !right {
            broken = true;
            continue;
        }
        salts.get_or_insert(salt);
        pending.push((be(&frame, 0), at));
        if be(&frame, 4) != 0 {
            if broken {
                commits_after += 1;
                later.extend(pending.drain(..));
            } else {
                before_break = number;
                log.pages.extend(pending.drain(..));
            }
        }
    }
    // one commit after a break can be the one that a power cut interrupted; of two, the first was said to be stored
    log.lost = if parsed.is_some() { commits_after > 1 } else { number > 0 && !(untouched && commits_after == 0) };
    if log.lost {
        log.pages.extend(later);
    }
    Ok((log, Committed { salts: parsed.map(|head| head.salts), before_break }))
}

fn parse_head(head: &[u8; HEADER]) -> Option<Head> {
    let magic = be(head, 0);
    let big_endian = magic & 1 == 1;
    let sums = sum((0, 0), &head[..24], big_endian);
    let right = magic & !1 == 0x377f_0682
        && be(head, 4) == 3_007_000
        && be(head, 8) as usize == PAGE
        && sums == (be(head, 24), be(head, 28));
    right.then(|| Head { big_endian, salts: head[16..24].try_into().unwrap_or_default(), sums })
}

/// What the index of the log says (`-shm`): SQLite writes it after the log is on the disk, and a crash of the program
/// leaves it there.
struct Index {
    salts: [u8; 8],
    frames: u32,
    /// Frames that are in the database, too.
    copied: u32,
}

impl Index {
    fn read(cache: &Path) -> Option<Self> {
        let mut bytes = [0; 136];
        File::open(neighbour(cache, "-shm")).ok()?.read_exact(&mut bytes).ok()?;
        let native = |at: usize| Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let sums = sum((0, 0), &bytes[..40], cfg!(target_endian = "big"));
        let right = bytes[..48] == bytes[48..96]
            && native(0)? == 3_007_000
            && bytes[12] == 1
            && sums == (native(40)?, native(44)?);
        let salts = bytes[32..40].try_into().ok()?;
        right.then_some(Self { salts, frames: native(16)?, copied: native(96)? })
    }
}

/// SQLite's checksum of a multiple of eight bytes, going on from what came before.
fn sum(from: Sums, bytes: &[u8], big_endian: bool) -> Sums {
    let word = |bytes: &[u8]| {
        let word: [u8; 4] = bytes.try_into().unwrap_or_default();
        if big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
    };
    bytes.chunks_exact(8).fold(from, |(one, two), pair| {
        let one = one.wrapping_add(word(&pair[..4])).wrapping_add(two);
        (one, two.wrapping_add(word(&pair[4..])).wrapping_add(one))
    })
}

fn be(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|word| word.try_into().ok()).map_or(0, u32::from_be_bytes)
}

/// Fills the buffer; `false` where the file ends before that, or cannot be read further.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

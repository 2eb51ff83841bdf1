//! The pages of a damaged cache, as the file and its log have them. SQLite is not asked: it stops at the first thing that
//! is wrong, and one page that cannot be read must not lose the others.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::PAGE;
use super::log::{self, Log};
use super::record::{self, Value};
use crate::store::open::{APPLICATION, neighbour};

const MAGIC: &[u8] = b"SQLite format 3\0";

/// What a page holds of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    TableLeaf,
    TableInterior,
    IndexLeaf,
    IndexInterior,
}

/// A page of a tree, taken apart.
pub(super) struct Node {
    pub(super) kind: Kind,
    /// Pages below it, from left to right, each with the highest row id in it.
    pub(super) children: Vec<(u32, i64)>,
    pub(super) rows: Vec<Row>,
    /// Whether everything in it is as SQLite writes it. Rows of a page that is not are as doubtful as the page.
    pub(super) sound: bool,
}

/// A row of a table, or an entry of an index.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// 0 in an index.
    pub(super) id: i64,
    pub(super) values: Vec<Value>,
}

pub(super) struct Pages {
    file: Option<File>,
    wal: Option<File>,
    pub(super) log: Log,
    /// Number of the last page.
    pub(super) count: u32,
}

impl Pages {
    pub(super) fn open(cache: &Path) -> io::Result<Self> {
        let log = log::read(cache)?;
        let present = |path: &Path| match File::open(path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        let (file, wal) = (present(cache)?, present(&neighbour(cache, "-wal"))?);
        let length = file.as_ref().map_or(Ok(0), |file| file.metadata().map(|meta| meta.len()))?;
        let in_file = u32::try_from(length / PAGE as u64).unwrap_or(u32::MAX);
        let count = log.pages.keys().copied().max().unwrap_or(0).max(in_file);
        Ok(Self { file, wal, log, count })
    }

    /// The newest version of a page; `None` where there is none, or the disk does not give it.
    pub(super) fn page(&self, number: u32) -> Option<Vec<u8>> {
        let (file, at) = match self.log.pages.get(&number) {
            Some(frame) => (self.wal.as_ref()?, frame + 24),
            None => (self.file.as_ref()?, u64::from(number.checked_sub(1)?) * PAGE as u64),
        };
        let (mut file, mut page) = (file, vec![0; PAGE]);
        file.seek(SeekFrom::Start(at)).ok()?;
        file.read_exact(&mut page).ok()?;
        Some(page)
    }

    /// A page of a tree with its rows; `None` where it is none.
    pub(super) fn node(&self, number: u32) -> Option<Node> {
        let page = self.page(number)?;
        let head = if number == 1 { 100 } else { 0 };
        let kind = match page[head] {
            2 => Kind::IndexInterior,
            5 => Kind::TableInterior,
            10 => Kind::IndexLeaf,
            13 => Kind::TableLeaf,
            _ => return None,
        };
        let interior = matches!(kind, Kind::TableInterior | Kind::IndexInterior);
        let pointers = head + if interior { 12 } else { 8 };
        let cells = usize::from(short(&page, head + 3)?);
        let mut node = Node { kind, children: Vec::new(), rows: Vec::new(), sound: true };
        let mut taken = Vec::with_capacity(cells);
        for cell in 0..cells {
            let Some(start) = short(&page, pointers + 2 * cell).map(usize::from) else {
                node.sound = false;
                break;
            };
            let found = (start >= pointers + 2 * cells).then(|| self.cell(&page, start, &mut node)).flatten();
            match found {
                Some(end) => taken.push((start, end)),
                None => node.sound = false,
            }
        }
        if interior {
            node.children.push((long(&page, head + 8)?, i64::MAX));
        }
        taken.sort_unstable();
        let apart = taken.windows(2).all(|pair| pair[0].1 <= pair[1].0);
        let ordered = match kind {
            Kind::TableLeaf => node.rows.is_sorted_by(|one, other| one.id < other.id),
            // as SQLite orders them: nothing, then integers, then texts by their bytes
            Kind::IndexLeaf => node.rows.is_sorted_by(|one, other| one.values < other.values),
            Kind::TableInterior | Kind::IndexInterior => true,
        };
        let keys = node.children.is_sorted_by(|one, other| one.1 < other.1) || kind != Kind::TableInterior;
        node.sound &= apart && ordered && keys;
        Some(node)
    }

    /// Reads the cell at `start` into the node; where it ends.
    fn cell(&self, page: &[u8], mut at: usize, node: &mut Node) -> Option<usize> {
        if matches!(node.kind, Kind::TableInterior | Kind::IndexInterior) {
            let child = long(page, at)?;
            at += 4;
            if node.kind == Kind::TableInterior {
                let (key, length) = record::varint(page.get(at..)?)?;
                node.children.push((child, key.cast_signed()));
                return Some(at + length);
            }
            node.children.push((child, 0));
        }
        let (size, length) = record::varint(page.get(at..)?)?;
        at += length;
        let size = usize::try_from(size).ok().filter(|&size| size <= (self.count as usize + 1) * PAGE)?;
        let mut id = 0;
        if node.kind == Kind::TableLeaf {
            let (key, length) = record::varint(page.get(at..)?)?;
            id = key.cast_signed();
            at += length;
        }
        // how much of it is on this page (https://sqlite.org/fileformat2.html, "Cell payload overflow pages")
        let most = if node.kind == Kind::TableLeaf { PAGE - 35 } else { (PAGE - 12) * 64 / 255 - 23 };
        let least = (PAGE - 12) * 32 / 255 - 23;
        let fits = least + size.saturating_sub(least) % (PAGE - 4);
        let here = if size <= most {
            size
        } else if fits <= most {
            fits
        } else {
            least
        };
        let mut payload = page.get(at..at + here)?.to_vec();
        at += here;
        if here < size {
            self.overflow(long(page, at)?, size, &mut payload)?;
            at += 4;
        }
        node.rows.push(Row { id, values: record::values(&payload)? });
        Some(at)
    }

    /// Adds what is on the pages of a chain.
    fn overflow(&self, mut next: u32, size: usize, payload: &mut Vec<u8>) -> Option<()> {
        while payload.len() < size {
            let page = (next != 0).then(|| self.page(next)).flatten()?;
            next = long(&page, 0)?;
            payload.extend_from_slice(&page[4..PAGE.min(4 + size - payload.len())]);
        }
        Some(())
    }

    /// The header of the file, where it is that of a database.
    pub(super) fn header(&self) -> Option<Header> {
        self.page(1).filter(|page| page.starts_with(MAGIC)).map(Header)
    }

    /// Pages that hold nothing but what was deleted; `None` where the list of them cannot be believed.
    pub(super) fn free(&self) -> Option<HashSet<u32>> {
        let Header(first) = self.header()?;
        let (mut trunk, count) = (long(&first, 32)?, long(&first, 36)?);
        let mut free = HashSet::new();
        while trunk != 0 {
            let page = (trunk <= self.count && free.insert(trunk)).then(|| self.page(trunk)).flatten()?;
            for leaf in 0..long(&page, 4)? as usize {
                let leaf = long(&page, 8 + 4 * leaf)?;
                if leaf == 0 || leaf > self.count || !free.insert(leaf) {
                    return None;
                }
            }
            trunk = long(&page, 0)?;
        }
        (free.len() == count as usize).then_some(free)
    }
}

/// The first page of a database.
pub(super) struct Header(Vec<u8>);

impl Header {
    /// Whether what is the same in every cache is so here. SQLite believes some of it: one bit, and a cache is read-only,
    /// or has its pages moved about. What belongs to another program is not for us to judge.
    pub(super) fn is_right(&self) -> bool {
        let at = |at| long(&self.0, at);
        let ours = at(68).map(i64::from) == Some(APPLICATION);
        let sizes = self.0[16..18] == [0x10, 0] && self.0[20..24] == [0, 64, 32, 32];
        let versions = self.0[18..20].iter().all(|version| matches!(version, 1 | 2));
        let format = [(44, 4), (52, 0), (56, 1), (64, 0)].iter().all(|&(field, value)| at(field) == Some(value));
        !ours || (sizes && versions && format && self.0[72..92].iter().all(|&byte| byte == 0))
    }
}

fn short(page: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(page.get(at..at + 2)?.try_into().ok()?))
}

fn long(page: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(page.get(at..at + 4)?.try_into().ok()?))
}

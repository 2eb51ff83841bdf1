//! Which pages belong to which table: by walking the trees from their roots, and where a tree is broken, by the shape of
//! the rows on the pages that no tree has.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::pages::{Kind, Node, Pages};
use super::record::Value;

/// What is worth carrying over. History's cursors are not: the next sync asks for what is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Table {
    Numbers,
    /// The index over the addresses, which has what a broken page of the table may have lost.
    NumbersByAddress,
    Contacts,
    ContactsByAddress,
    Threads,
    /// The index over contact and number, likewise.
    ThreadsByContact,
    Messages,
    Aliases,
    Outbox,
    Broadcasts,
    Routes,
    Requests,
}

use Table::{
    Aliases, Broadcasts, Contacts, ContactsByAddress, Messages, Numbers, NumbersByAddress, Outbox, Requests, Routes,
    Threads, ThreadsByContact,
};

impl Table {
    const ALL: [Self; 12] = [
        Numbers,
        NumbersByAddress,
        Contacts,
        ContactsByAddress,
        Threads,
        ThreadsByContact,
        Messages,
        Aliases,
        Outbox,
        Broadcasts,
        Routes,
        Requests,
    ];

    /// Its name in the schema.
    const fn name(self) -> &'static str {
        match self {
            Numbers => "numbers",
            NumbersByAddress => "sqlite_autoindex_numbers_1",
            Contacts => "contacts",
            ContactsByAddress => "sqlite_autoindex_contacts_1",
            Threads => "threads",
            ThreadsByContact => "threads_by_contact",
            Messages => "messages",
            Aliases => "aliases",
            Outbox => "outbox",
            Broadcasts => "broadcasts",
            Routes => "routes",
            Requests => "requests",
        }
    }

    /// Whether it is stored as an index is.
    pub(super) const fn is_index(self) -> bool {
        matches!(self, NumbersByAddress | ContactsByAddress | ThreadsByContact | Aliases | Routes)
    }

    /// Whether nobody but the people here can bring it back.
    pub(super) const fn is_precious(self) -> bool {
        matches!(self, Numbers | Contacts | Threads | Messages | Outbox | Broadcasts)
    }

    /// Whether a cache of an older version has none.
    const fn is_late(self) -> bool {
        matches!(self, Broadcasts)
    }

    /// The kinds of its columns: an integer or a text, in small where it may be nothing, or `g`: an id as
    /// `messages.request_guid` has it, or nothing. The first of a table with row ids is stored as nothing. After the `+`
    /// are those that came with upgrades, which a row of before may be without.
    const fn shape(self) -> &'static str {
        match self {
            Numbers => "-TtIiIIII+t",
            NumbersByAddress | ContactsByAddress => "TI",
            Contacts => "-TtIII+II",
            Threads => "-IIIIIIiTiitIItiI+ItI",
            ThreadsByContact => "III",
            Messages => "-IIitIIIIIIiitttTI+gitiiiii",
            Aliases => "ITII",
            Outbox => "-IIIiI",
            Broadcasts => "-ITTI",
            Routes => "TTT",
            Requests => "-TI",
        }
    }

    /// Whether a row can be of this table.
    pub(super) fn fits(self, values: &[Value]) -> bool {
        fits(self.shape(), values)
    }
}

/// Columns that a later version may have added to a table.
const ADDED: usize = 4;

fn fits(shape: &str, values: &[Value]) -> bool {
    let (first, added) = shape.split_once('+').unwrap_or((shape, ""));
    (first.len()..=first.len() + added.len() + ADDED).contains(&values.len())
        && first.bytes().chain(added.bytes()).zip(values).all(|(kind, value)| match value {
            Value::Null => matches!(kind, b'-' | b'i' | b't' | b'g'),
            Value::Int(_) => kind.eq_ignore_ascii_case(&b'i'),
            Value::Text(_) => kind.eq_ignore_ascii_case(&b't') || kind == b'g',
            Value::Blob(_) => kind == b'g',
            Value::Other => false,
        })
}

/// A page with rows of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) page: u32,
    /// Whether it is known to be part of the table as it last was, and not something that was deleted long ago.
    pub(super) current: bool,
}

/// Where everything is.
pub(super) struct Found {
    pub(super) places: BTreeMap<Table, Vec<Place>>,
    /// Whether pages of what is precious are missing.
    pub(super) lost: bool,
}

impl Found {
    pub(super) fn in_pages(pages: &Pages) -> Self {
        let free = pages.free();
        let mut walk = Walk { pages, seen: free.clone().unwrap_or_default(), free: free.clone().unwrap_or_default() };
        let mut found = Self { places: BTreeMap::new(), lost: pages.log.lost };
        let (roots, all_roots) = walk.roots();
        let mut broken = false;
        for table in Table::ALL {
            let tree = roots.get(table.name()).map(|&root| walk.tree(root, table.is_index(), Some(table)));
            let (leaves, whole) = tree.unwrap_or_else(|| (Vec::new(), all_roots && table.is_late()));
            broken |= !whole;
            found.lost |= !whole && table.is_precious();
            found.places.insert(table, leaves.into_iter().map(|page| Place { page, current: true }).collect());
        }
        if broken {
            found.gather(pages, &walk.seen, free.is_some());
        }
        found
    }

    /// Adds the pages that no tree has.
    fn gather(&mut self, pages: &Pages, seen: &HashSet<u32>, current: bool) {
        for page in (1..=pages.count).filter(|page| !seen.contains(page)) {
            let Some(node) = pages.node(page) else { continue };
            let index = match node.kind {
                Kind::TableLeaf => false,
                Kind::IndexLeaf => true,
                Kind::TableInterior | Kind::IndexInterior => continue,
            };
            let table = Table::ALL.into_iter().find(|table| {
                // of the indexes only these two are like no other; numbers are too few to fill a page that is lost
                table.is_index() == index
                    && !is_of_the_text(&node)
                    && (!index || matches!(table, ContactsByAddress | Routes))
                    && node.rows.first().is_some_and(|row| table.fits(&row.values))
            });
            if let Some(table) = table {
                self.places.entry(table).or_default().push(Place { page, current });
            }
        }
    }
}

/// Whether this is the page on which the full-text index writes of itself: it looks like contacts.
fn is_of_the_text(node: &Node) -> bool {
    node.kind == Kind::IndexLeaf
        && node.rows.iter().any(|row| row.values.first().and_then(Value::text) == Some("version"))
}

struct Walk<'p> {
    pages: &'p Pages,
    /// Pages that belong to a tree, or to none for certain.
    seen: HashSet<u32>,
    free: HashSet<u32>,
}

impl Walk<'_> {
    /// The first page of each tree, by its name, and whether the list of them is whole.
    fn roots(&mut self) -> (HashMap<String, u32>, bool) {
        let (leaves, whole) = self.tree(1, false, None);
        let mut roots = HashMap::new();
        let mut doubtful = HashSet::new();
        let others = (2..=self.pages.count).filter(|_| !whole);
        for page in leaves.into_iter().chain(others) {
            let Some(node) = self.pages.node(page) else { continue };
            for row in node.rows.iter().filter(|row| node.kind == Kind::TableLeaf && fits("TTTIt", &row.values)) {
                if let [_, Value::Text(name), _, Value::Int(root), ..] = &row.values[..] {
                    let name = String::from_utf8_lossy(name).into_owned();
                    let root = u32::try_from(*root).unwrap_or(0);
                    if roots.insert(name.clone(), root).is_some_and(|other| other != root) {
                        doubtful.insert(name);
                    }
                }
            }
        }
        roots.retain(|name, root| *root > 0 && !doubtful.contains(name));
        (roots, whole)
    }

    /// The pages of a tree that hold rows, and whether all of them could be reached and are sound.
    fn tree(&mut self, root: u32, index: bool, table: Option<Table>) -> (Vec<u32>, bool) {
        let (mut places, mut whole) = (Vec::new(), true);
        let mut left = vec![(root, i64::MAX)];
        while let Some((page, highest)) = left.pop() {
            let node = (!self.seen.contains(&page)).then(|| self.pages.node(page)).flatten();
            let Some(node) = node.filter(|node| belongs(node, index, table)) else {
                whole = false;
                continue;
            };
            self.seen.insert(page);
            let below = index || node.rows.last().is_none_or(|row| row.id <= highest);
            whole &= node.sound && below;
            if !node.rows.is_empty() {
                places.push(page);
            }
            left.extend(node.children.into_iter().rev().filter(|(page, _)| !self.free.contains(page)));
        }
        (places, whole)
    }
}

/// Whether a page can be of this tree.
fn belongs(node: &Node, index: bool, table: Option<Table>) -> bool {
    let kind = matches!(node.kind, Kind::IndexLeaf | Kind::IndexInterior) == index;
    kind && table.is_none_or(|table| node.rows.first().is_none_or(|row| table.fits(&row.values)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(kinds: &str) -> Vec<Value> {
        let value = |kind| match kind {
            'T' => Value::Text(b"text".to_vec()),
            'I' => Value::Int(7),
            'B' => Value::Blob(vec![7; 16]),
            _ => Value::Null,
        };
        kinds.chars().map(value).collect()
    }

    #[test]
    fn tables_are_told_apart_by_their_rows() {
        let rows = [
            (Numbers, "-T-I-IIII"),
            (Numbers, "-TTIIIIII"),
            (Contacts, "-T-III"),
            (Threads, "-IIIIIIITIITIITII"),
            (Threads, "-IIIIII-T---II--I"),
            (Threads, "-IIIIIIITIITIITIII"),
            (Messages, "-II--IIIIII-----TI"),
            (Messages, "-IIITIIIIIIIITTTTI"),
            (Numbers, "-TTIIIIIIT"),
            (Contacts, "-T-IIIII"),
            (Threads, "-IIIIIIITIITIITIII-I"),
            (Threads, "-IIIIII-T---II--II-I"),
            (Threads, "-IIIIII-T---II--IITI"),
            (Messages, "-II--IIIIII-----TIBITII"),
            (Messages, "-II--IIIIII-----TIT----"),
            (Outbox, "-III-I"),
            (Broadcasts, "-ITTI"),
            (Requests, "-TI"),
        ];
        for (table, row) in rows {
            let fitting: Vec<_> =
                Table::ALL.into_iter().filter(|other| !other.is_index() && other.fits(&values(row))).collect();
            assert_eq!(fitting.first(), Some(&table), "{row}: {fitting:?}");
        }
        // history's cursors, the generation, the lease and the migrations are left behind
        for row in ["-B", "-IIIT", "-III-", "-TIIITTI", "-TII---I", "-TII-T-I", "-I", "-"] {
            assert!(!Table::ALL.into_iter().any(|table| table.fits(&values(row))), "{row}");
        }
    }
}

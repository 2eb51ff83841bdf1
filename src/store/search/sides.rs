//! Who is meant: from what filters name to the rows of numbers, contacts and threads.

use std::collections::HashSet;

use rusqlite::Connection;

use crate::model::Address;
use crate::model::query::{Party, Query};
use crate::model::words::Term;
use crate::store::codes::{INBOUND, OUTBOUND, UNKNOWN};
use crate::store::{people, sql};

/// So many threads can be asked of the full-text index at once; where there are more, one in a hundred or so messages
/// is of them, and the search meets them soon enough by itself.
const FEW: usize = 256;
/// More contacts than this with the same digits, or of the same name, are nobody in particular.
const MEANT: usize = 64;

/// One way to fit a filter.
struct Side {
    directions: &'static [i64],
    numbers: Option<HashSet<i64>>,
    contacts: Option<HashSet<i64>>,
}

/// Filters that all have to fit, each of them in one way at least.
pub(super) struct Sides(Vec<Vec<Side>>);

const ANY: &[i64] = &[INBOUND, OUTBOUND, UNKNOWN];

/// Every contact is looked at: there are some ten thousand at most, and names are told apart in ways SQLite does not know.
pub(in crate::store) const PEOPLE: &str = "SELECT id, address, name FROM contacts";

impl Sides {
    /// `None` where nobody is meant, so that nothing can be found.
    pub(super) fn of(conn: &Connection, query: &Query, number: Option<&Address>) -> rusqlite::Result<Option<Self>> {
        let mut all = Vec::new();
        if let Some(number) = number {
            let Some(id) = people::number_id(conn, number)? else { return Ok(None) };
            all.push(vec![Side { directions: ANY, numbers: Some(HashSet::from([id])), contacts: None }]);
        }
        for (parties, ours, theirs) in [
            (&query.from, &[OUTBOUND][..], &[INBOUND, UNKNOWN][..]),
            (&query.to, &[INBOUND][..], &[OUTBOUND, UNKNOWN][..]),
        ] {
            if !parties.is_empty() {
                all.push(either(conn, parties, ours, theirs)?);
            }
        }
        if query.on.iter().any(|party| *party != Party::Me) {
            let numbers = numbers(conn, &query.on)?;
            all.push(vec![Side { directions: ANY, numbers: Some(numbers), contacts: None }]);
        }
        let possible = all.iter().all(|ways| ways.iter().any(Side::is_possible));
        Ok(possible.then_some(Self(all)))
    }

    pub(super) fn fit(&self, direction: i64, number: i64, contact: i64) -> bool {
        let has = |set: &Option<HashSet<i64>>, id| set.as_ref().is_none_or(|set| set.contains(&id));
        self.0.iter().all(|ways| {
            ways.iter().any(|side| {
                side.directions.contains(&direction) && has(&side.numbers, number) && has(&side.contacts, contact)
            })
        })
    }

    /// The threads that a filter leaves, where one leaves few.
    pub(super) fn threads(&self, conn: &Connection) -> rusqlite::Result<Option<Vec<i64>>> {
        let mut fewest: Option<Vec<i64>> = None;
        for ways in &self.0 {
            if let Some(threads) = few(conn, ways)?
                && fewest.as_ref().is_none_or(|fewest| threads.len() < fewest.len())
            {
                fewest = Some(threads);
            }
        }
        Ok(fewest)
    }
}

impl Side {
    fn is_possible(&self) -> bool {
        ![&self.numbers, &self.contacts].into_iter().flatten().any(HashSet::is_empty)
    }
}

/// Ways in which a message is from, or to, any of the parties: one of our numbers, or a contact.
fn either(
    conn: &Connection,
    parties: &[Party],
    ours: &'static [i64],
    theirs: &'static [i64],
) -> rusqlite::Result<Vec<Side>> {
    let any = parties.contains(&Party::Me);
    let numbers = if any { None } else { Some(numbers(conn, parties)?) };
    let contacts = Some(contacts(conn, parties)?);
    Ok(vec![Side { directions: ours, numbers, contacts: None }, Side { directions: theirs, numbers: None, contacts }])
}

/// Our numbers among the parties.
fn numbers(conn: &Connection, parties: &[Party]) -> rusqlite::Result<HashSet<i64>> {
    let rows = sql::list(conn, "SELECT id, address, label FROM numbers", [], |row| {
        let (address, label) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str_or_null()?);
        Ok(parties.iter().any(|party| party.is(label, address)).then_some(row.get(0)?))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

fn contacts(conn: &Connection, parties: &[Party]) -> rusqlite::Result<HashSet<i64>> {
    if parties.iter().all(|party| *party == Party::Me) {
        return Ok(HashSet::new());
    }
    let rows = sql::list(conn, PEOPLE, [], |row| {
        let (address, name) = (row.get_ref(1)?.as_str()?, row.get_ref(2)?.as_str_or_null()?);
        Ok(parties.iter().any(|party| party.is(name, address)).then_some(row.get(0)?))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

/// Contacts whose number has one of these runs of digits in it; none where they are too many to be meant.
pub(super) fn dialled(conn: &Connection, digits: &[String]) -> rusqlite::Result<Vec<i64>> {
    if digits.is_empty() {
        return Ok(Vec::new());
    }
    let parties: Vec<Party> = digits.iter().filter_map(|digits| Party::new(digits)).collect();
    let found = contacts(conn, &parties)?;
    let mut found: Vec<i64> = if found.len() > MEANT { Vec::new() } else { found.into_iter().collect() };
    found.sort_unstable();
    Ok(found)
}

/// For each of the terms, the contacts of that name; none where they are too many to be meant.
pub(super) fn named(conn: &Connection, terms: &[Term]) -> rusqlite::Result<Vec<Vec<i64>>> {
    let mut named = vec![Vec::new(); terms.len()];
    if !terms.iter().any(|term| term.names) {
        return Ok(named);
    }
    sql::list(conn, PEOPLE, [], |row| {
        if let Some(name) = row.get_ref(2)?.as_str_or_null()? {
            for (found, term) in named.iter_mut().zip(terms).filter(|(_, term)| term.names) {
                if found.len() <= MEANT && term.is_in_name(name) {
                    found.push(row.get(0)?);
                }
            }
        }
        Ok(())
    })?;
    named.iter_mut().filter(|found| found.len() > MEANT).for_each(Vec::clear);
    Ok(named)
}

fn few(conn: &Connection, ways: &[Side]) -> rusqlite::Result<Option<Vec<i64>>> {
    let mut threads = HashSet::new();
    for side in ways.iter().filter(|side| side.is_possible()) {
        match (&side.contacts, &side.numbers) {
            (Some(contacts), _) if contacts.len() <= FEW => {
                for &contact in contacts {
                    threads.extend(of_contact(conn, contact)?);
                }
            }
            (None, Some(numbers)) => {
                for &number in numbers {
                    threads.extend(sql::list(
                        conn,
                        "SELECT id FROM threads INDEXED BY threads_by_number WHERE number_id = ?1 AND listed = 1
                         ORDER BY activity DESC LIMIT ?2",
                        [number, sql::limit(FEW + 1)],
                        |row| row.get::<_, i64>(0),
                    )?);
                }
            }
            _ => return Ok(None),
        }
        if threads.len() > FEW {
            return Ok(None);
        }
    }
    let mut threads: Vec<i64> = threads.into_iter().collect();
    threads.sort_unstable();
    Ok(Some(threads))
}

/// The threads with a contact: one a number at most.
pub(super) fn of_contact(conn: &Connection, contact: i64) -> rusqlite::Result<Vec<i64>> {
    sql::list(conn, "SELECT id FROM threads INDEXED BY threads_by_contact WHERE contact_id = ?1", [contact], |row| {
        row.get(0)
    })
}

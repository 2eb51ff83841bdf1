//! From the pages of a damaged cache into a new one: what people made themselves, and every message that is whole.
//!
//! What cannot be proved must not be sent: a message stays queued only where its row and its place in the outbox are both
//! on sound pages that were current, and the log has lost nothing. Any other becomes unconfirmed, for a person to decide;
//! so does one that failed, where its row is not proved: damage may have changed its text, or what became of it.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{Connection, ToSql, params, params_from_iter};

use super::pages::{Pages, Row};
use super::record::Value;
use super::tables::{Found, Table};
use crate::model::upkeep::{Chore, Upkeep};
use crate::model::{Address, ThreadId};
use crate::store::StoreError;
use crate::store::attendant::Attendant;
use crate::store::change::Touched;
use crate::store::codes::{FAILED, QUEUED, SENDING, UNCONFIRMED};
use crate::store::refresh::refresh;
use crate::store::search::index;
use crate::store::text::text_key;

/// Why a message that waited, or was being sent, is unconfirmed after a rescue.
pub(super) const DOUBT: &str =
    "the cache was damaged while this waited: see whether it went out before you send it again";
/// Why a message that had failed is unconfirmed after a rescue.
const DOUBTFUL: &str = "the cache was damaged where this is written: read it, and see whether it went out before you \
    send it again";

const NUMBER: &str = "INSERT OR IGNORE INTO numbers (id, address) VALUES (?1, ?2)";
const NUMBER_DETAILS: &str = "UPDATE numbers SET label = ?3, is_default = ?4, place = ?5, hidden = ?6, traits = ?7 WHERE id = ?1 AND address = ?2";
const CONTACT: &str = "INSERT OR IGNORE INTO contacts (id, address) VALUES (?1, ?2)";
const CONTACT_DETAILS: &str =
    "UPDATE contacts SET name = ?3, named_at = ?4, pinned = ?5, kind = coalesce(?6, 0), kind_at = coalesce(?7, 0)
    WHERE id = ?1 AND address = ?2";
/// Only between a number and a contact that are there.
const THREAD: &str =
    "INSERT OR IGNORE INTO threads (id, number_id, contact_id, hidden, state, draft, draft_at, local_id, muted)
    SELECT ?1, n.id, c.id, n.hidden, ?4, ?5, ?6, ?7, ?8 FROM numbers n, contacts c WHERE n.id = ?2 AND c.id = ?3";
/// Only of numbers that are there.
const BROADCAST: &str = "INSERT OR IGNORE INTO broadcasts (number_id, sender_id, people, body, saved_at)
    SELECT n.id, s.id, ?3, ?4, ?5 FROM numbers n, numbers s WHERE n.id = ?1 AND s.id = ?2";
/// What is there already stays, or makes way for a version that is further on its way.
const MESSAGE: &str =
    "INSERT INTO messages (id, thread_id, direction, delivery, error, unread, trouble, local, accepted,
        text_key, roads, posted_at, history_at, remote_id, sender, attachments, body, looks,
        request_guid, favorite, comment, workflow, remote_read, shown, like_id,
        first_id)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)
    ON CONFLICT (id) DO UPDATE SET delivery = excluded.delivery, error = excluded.error, trouble = excluded.trouble,
        accepted = excluded.accepted
    WHERE coalesce(excluded.delivery, -1) > coalesce(messages.delivery, -1)";

/// Pages of messages between two of which somebody is told.
const TOLD: u64 = 256;

/// The value of a column that a row of before an upgrade is without.
fn added(values: &[Value], at: usize) -> &Value {
    values.get(at).unwrap_or(&Value::Null)
}

/// A row with what is known of it.
struct Read {
    id: i64,
    values: Vec<Value>,
    /// Its page is as SQLite writes pages.
    sound: bool,
    /// Its page is sound, and part of the table as it last was.
    certain: bool,
}

struct Carry<'a> {
    conn: &'a Connection,
    pages: &'a Pages,
    found: Found,
    threads: HashSet<i64>,
    /// Messages of which the row is as it last was, and the text as it was written.
    certain: HashSet<i64>,
    /// Something that only people here had may be missing.
    lost: bool,
    attendant: &'a Attendant,
}

/// Fills the new cache; whether something that only people here had may be missing.
pub(super) fn carry(conn: &Connection, pages: &Pages, attendant: &Attendant) -> Result<bool, StoreError> {
    attendant.tell(Upkeep::uncounted(Chore::Rescue))?;
    let found = Found::in_pages(pages);
    let lost = found.lost;
    let mut carry = Carry { conn, pages, found, threads: HashSet::new(), certain: HashSet::new(), lost, attendant };
    carry.people()?;
    carry.threads()?;
    carry.messages()?;
    carry.outbox()?;
    carry.broadcasts()?;
    carry.rest()?;
    // messages came in the order of pages: see the migration for what that would do to the index
    index::fill(conn, attendant)?;
    let mut touched = Touched::default();
    for &thread in &carry.threads {
        refresh(conn, ThreadId(thread), &mut touched)?;
    }
    Ok(carry.lost)
}

impl Carry<'_> {
    /// The rows of a table, of its current pages first.
    fn each(
        &mut self,
        table: Table,
        mut take: impl FnMut(&mut Self, Read) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut places = self.found.places.get(&table).cloned().unwrap_or_default();
        places.sort_by_key(|place| !place.current);
        let mut upkeep = Upkeep::of(Chore::Rescue, places.len() as u64);
        for place in places {
            // the others are read in no time
            if table == Table::Messages && upkeep.done.is_multiple_of(TOLD) {
                self.attendant.tell(upkeep)?;
            }
            upkeep.done += 1;
            let Some(node) = self.pages.node(place.page) else { continue };
            let sound = node.sound;
            for Row { id, values } in node.rows.into_iter().filter(|row| table.fits(&row.values)) {
                take(self, Read { id, values, sound, certain: place.current && sound })?;
            }
        }
        Ok(())
    }

    /// The rows of a table, the most trustworthy first.
    fn ranked(&mut self, table: Table, rank: impl Fn(&Read) -> i64) -> Result<Vec<Read>, StoreError> {
        let mut all = Vec::new();
        self.each(table, |_, read| {
            all.push(read);
            Ok(())
        })?;
        all.sort_by_key(|read| std::cmp::Reverse((read.certain, read.sound, rank(read))));
        Ok(all)
    }

    fn insert(&self, statement: &str, values: &[&dyn ToSql]) -> Result<bool, StoreError> {
        Ok(self.conn.prepare_cached(statement)?.execute(params_from_iter(values))? > 0)
    }

    /// Numbers and contacts. The table and the index over the addresses both say which id is whose; where they do not
    /// agree, what threads refer to is believed, and an index in order before a row.
    fn people(&mut self) -> Result<(), StoreError> {
        let (mut numbers, mut contacts) = (HashSet::new(), HashSet::new());
        for Read { values: v, .. } in self.ranked(Table::Threads, |_| 0)? {
            numbers.extend(v[1].int());
            contacts.extend(v[2].int());
        }
        for Read { values: v, .. } in self.ranked(Table::ThreadsByContact, |_| 0)? {
            numbers.extend(v[1].int());
            contacts.extend(v[0].int());
        }
        let rows = self.ranked(Table::Numbers, |_| 0)?;
        self.addresses(NUMBER, &rows, Table::NumbersByAddress, &numbers)?;
        let mut done = HashSet::new();
        for Read { id, values: v, .. } in &rows {
            let details: [&dyn ToSql; 7] = [id, &v[1], &v[2], &v[3].is(true), &v[4], &v[5].is(true), added(v, 9)];
            if !done.contains(id) && self.insert(NUMBER_DETAILS, &details)? {
                done.insert(*id);
            }
        }
        let rows = self.ranked(Table::Contacts, |read| read.values[3].int().unwrap_or(0))?;
        self.addresses(CONTACT, &rows, Table::ContactsByAddress, &contacts)?;
        done.clear();
        for Read { id, values: v, .. } in &rows {
            let details: [&dyn ToSql; 7] = [id, &v[1], &v[2], &v[3], &v[4].is(true), added(v, 6), added(v, 7)];
            let known = done.contains(id) || self.insert(CONTACT_DETAILS, &details)?;
            if known {
                done.insert(*id);
            }
            self.lost |= !known && v[2] != Value::Null;
        }
        Ok(())
    }

    /// Puts the ids with their addresses, the most likely first.
    fn addresses(&mut self, put: &str, rows: &[Read], index: Table, referred: &HashSet<i64>) -> Result<(), StoreError> {
        let mut entries = Vec::new();
        for Read { values, sound, .. } in self.ranked(index, |_| 0)? {
            if let [address @ Value::Text(_), Value::Int(id), ..] = &values[..] {
                entries.push((*id, address.clone(), sound));
            }
        }
        let agreed: HashSet<_> = entries.iter().map(|(id, address, _)| (*id, address.clone())).collect();
        let mut pairs = Vec::new();
        for Read { id, values, sound, .. } in rows {
            let both = agreed.contains(&(*id, values[1].clone()));
            pairs.push(((both, *sound, false), *id, values[1].clone()));
        }
        pairs.extend(entries.into_iter().map(|(id, address, sound)| ((false, sound, true), id, address)));
        pairs.sort_by_cached_key(|((both, sound, indexed), id, address)| {
            let address = address.text().is_some_and(|text| Address::from_normal(text).can_receive());
            std::cmp::Reverse((*both, address && referred.contains(id), *sound, *indexed))
        });
        for (_, id, address) in &pairs {
            self.insert(put, &[id, address])?;
        }
        Ok(())
    }

    fn threads(&mut self) -> Result<(), StoreError> {
        // of old versions of a row, the one that was active last
        for Read { id, values: v, .. } in self.ranked(Table::Threads, |read| read.values[5].int().unwrap_or(0))? {
            // a thread without a draft has no time of it, and the other way round
            let begun = if v[14] == Value::Null { Value::Null } else { Value::Int(v[15].int().unwrap_or(0)) };
            // how far it was fetched by itself stays behind, like history's cursors
            let muted = added(&v, 17).is(true);
            let put = self.insert(THREAD, &[&id, &v[1], &v[2], &v[4].is(true), &v[14], &begun, &v[16], &muted])?;
            if put {
                self.threads.insert(id);
            }
            self.lost |= !put && !self.threads.contains(&id) && v[14] != Value::Null;
        }
        self.each(Table::ThreadsByContact, |carry, Read { values: v, .. }| {
            let Some(id) = v[2].int() else { return Ok(()) };
            if carry.insert(THREAD, &[&id, &v[1], &v[0], &false, &Value::Null, &Value::Null, &0, &false])? {
                carry.threads.insert(id);
            }
            Ok(())
        })
    }

    /// Every message that is as it was written, by the key of its text; what it does not fit to comes again from
    /// MightyCall. Only what MightyCall may not have is taken as it is.
    fn messages(&mut self) -> Result<(), StoreError> {
        let mut settled = HashSet::new();
        self.each(Table::Messages, |carry, Read { id, values: v, sound, certain }| {
            let whole = sound && v[16].text().is_some_and(|body| Some(text_key(body)) == v[9].int());
            let ours = v[7].is(true) && (v[6].is(true) || v[3].int().is_some_and(|delivery| delivery <= UNCONFIRMED));
            if settled.contains(&id) || !(whole || ours) {
                return Ok(());
            }
            if !v[1].int().is_some_and(|thread| carry.threads.contains(&thread)) {
                carry.lost |= ours;
                return Ok(());
            }
            if certain {
                settled.insert(id);
            }
            if certain && whole {
                carry.certain.insert(id);
            }
            let key = v[16].text().map_or(0, text_key);
            let mut values: Vec<&dyn ToSql> = vec![&id];
            values.extend((1..26).map(|at| added(&v, at) as &dyn ToSql));
            values[9] = &key;
            // who reads "failed" sends it again as it stands
            if ours && v[3].int() == Some(FAILED) && !(certain && whole) {
                (values[3], values[4], values[17]) = (&UNCONFIRMED, &DOUBTFUL, &0);
            }
            carry.insert(MESSAGE, &values).map(drop)
        })?;
        self.each(Table::Aliases, |carry, Read { values: v, .. }| {
            let alias = "INSERT OR IGNORE INTO aliases (thread_id, remote_id, road, message_id)
                         SELECT thread_id, ?2, ?3, id FROM messages WHERE id = ?4 AND thread_id = ?1";
            carry.insert(alias, &[&v[0], &v[1], &v[2], &v[3]]).map(drop)
        })
    }

    fn outbox(&mut self) -> Result<(), StoreError> {
        let whole_log = !self.pages.log.lost;
        self.each(Table::Outbox, |carry, Read { id: place, values: v, certain, .. }| {
            let Some(message) = v[1].int() else { return Ok(()) };
            let provable = whole_log && certain && carry.certain.contains(&message);
            let waits = "INSERT OR IGNORE INTO outbox (place, message_id, thread_id, attempts, not_before, told)
                         SELECT ?1, id, thread_id, ?3, ?4, ?5 FROM messages
                         WHERE id = ?2 AND direction = 1 AND delivery <= ?6";
            if provable {
                carry.insert(waits, &[&place, &message, &v[3], &v[4], &v[5].is(true), &QUEUED])?;
            }
            let known = carry.conn.prepare_cached("SELECT 1 FROM messages WHERE id = ?1")?.exists([message])?;
            carry.lost |= certain && !known;
            Ok(())
        })?;
        // of what was on its way, and of what is not in the outbox for certain, nobody knows
        self.conn.execute(
            "UPDATE messages SET delivery = ?1, error = ?2, trouble = 1
             WHERE delivery <= ?3 AND id NOT IN (SELECT message_id FROM outbox)",
            params![UNCONFIRMED, DOUBT, SENDING],
        )?;
        Ok(())
    }

    /// Texts to several people that nobody sent yet.
    fn broadcasts(&mut self) -> Result<(), StoreError> {
        let mut done = HashSet::new();
        for Read { id, values: v, .. } in self.ranked(Table::Broadcasts, |read| read.values[4].int().unwrap_or(0))? {
            if self.insert(BROADCAST, &[&id, &v[1], &v[2], &v[3], &v[4]])? {
                done.insert(id);
            }
            self.lost |= !done.contains(&id);
        }
        Ok(())
    }

    /// The ledger and the paths that answer.
    fn rest(&mut self) -> Result<(), StoreError> {
        self.each(Table::Requests, |carry, Read { id, values: v, .. }| {
            // the clock may be wrong just now: what is too old is forgotten once the service has told the time
            let plausible = v[2].int().is_some_and(|at| Timestamp::from_millisecond(at).is_ok());
            if plausible && v[1].text().is_some() {
                carry
                    .insert("INSERT OR IGNORE INTO requests (id, key, at) VALUES (?1, ?2, ?3)", &[&id, &v[1], &v[2]])?;
            }
            Ok(())
        })?;
        self.each(Table::Routes, |carry, Read { values: v, .. }| {
            let route = "INSERT OR IGNORE INTO routes (service, operation, path) VALUES (?1, ?2, ?3)";
            if v.iter().all(|value| value.text().is_some()) {
                carry.insert(route, &[&v[0], &v[1], &v[2]])?;
            }
            Ok(())
        })
    }
}

//! From addresses to rows: numbers, contacts and the threads between them, found or made.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::Connection;

use super::change::Touched;
use super::{StoreError, codes, sql};
use crate::model::{Address, CallerKind, Contact, ThreadId};

pub(super) fn number_id(conn: &Connection, address: &Address) -> rusqlite::Result<Option<i64>> {
    sql::first(conn, "SELECT id FROM numbers WHERE address = ?1", [address.as_str()], |row| row.get(0))
}

pub(super) fn contact_id(conn: &Connection, address: &Address) -> rusqlite::Result<Option<i64>> {
    sql::first(conn, "SELECT id FROM contacts WHERE address = ?1", [address.as_str()], |row| row.get(0))
}

/// The number's row. One that is not configured is hidden, as soon as any is.
pub(super) fn ensure_number(conn: &Connection, address: &Address) -> rusqlite::Result<i64> {
    if let Some(id) = number_id(conn, address)? {
        return Ok(id);
    }
    sql::run(
        conn,
        "INSERT INTO numbers (address, hidden) VALUES (?1, EXISTS (SELECT 1 FROM numbers WHERE place IS NOT NULL))",
        [address.as_str()],
    )?;
    Ok(conn.last_insert_rowid())
}

pub(super) fn ensure_contact(conn: &Connection, address: &Address) -> rusqlite::Result<i64> {
    if let Some(id) = contact_id(conn, address)? {
        return Ok(id);
    }
    sql::run(conn, "INSERT INTO contacts (address) VALUES (?1)", [address.as_str()])?;
    Ok(conn.last_insert_rowid())
}

pub(super) fn find_thread(
    conn: &Connection,
    number: &Address,
    contact: &Address,
) -> rusqlite::Result<Option<ThreadId>> {
    sql::first(
        conn,
        "SELECT t.id FROM contacts c CROSS JOIN threads t ON t.contact_id = c.id CROSS JOIN numbers n ON n.id = t.number_id
         WHERE c.address = ?2 AND n.address = ?1",
        [number.as_str(), contact.as_str()],
        |row| row.get(0).map(ThreadId),
    )
}

pub(super) fn ensure_thread(conn: &Connection, number: &Address, contact: &Address) -> rusqlite::Result<ThreadId> {
    if let Some(id) = find_thread(conn, number, contact)? {
        return Ok(id);
    }
    let (number, contact) = (ensure_number(conn, number)?, ensure_contact(conn, contact)?);
    sql::run(
        conn,
        "INSERT INTO threads (number_id, contact_id, hidden) SELECT id, ?2, hidden FROM numbers WHERE id = ?1",
        [number, contact],
    )?;
    Ok(ThreadId(conn.last_insert_rowid()))
}

/// The number and contact of a thread as row ids; an error where there is no such thread.
pub(super) fn sides(conn: &Connection, thread: ThreadId) -> Result<(i64, i64), StoreError> {
    let found = sql::first(conn, "SELECT number_id, contact_id FROM threads WHERE id = ?1", [thread.0], |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    found?.ok_or(StoreError::NoSuchThread(thread))
}

/// Threads of one transaction, each looked up once.
#[derive(Default)]
pub(super) struct Threads(HashMap<(Address, Address), Option<ThreadId>>);

impl Threads {
    pub(super) fn find(
        &mut self,
        conn: &Connection,
        number: &Address,
        contact: &Address,
    ) -> rusqlite::Result<Option<ThreadId>> {
        let key = (number.clone(), contact.clone());
        if let Some(&known) = self.0.get(&key) {
            return Ok(known);
        }
        let found = find_thread(conn, number, contact)?;
        self.0.insert(key, found);
        Ok(found)
    }

    pub(super) fn ensure(
        &mut self,
        conn: &Connection,
        number: &Address,
        contact: &Address,
    ) -> rusqlite::Result<ThreadId> {
        if let Some(id) = self.find(conn, number, contact)? {
            return Ok(id);
        }
        let id = ensure_thread(conn, number, contact)?;
        self.0.insert((number.clone(), contact.clone()), Some(id));
        Ok(id)
    }
}

/// Names that records gave, of each contact the newest: a batch names the same one many times.
#[derive(Default)]
pub(super) struct Names(HashMap<Address, (String, Timestamp)>);

impl Names {
    pub(super) fn note(&mut self, contact: &Contact, at: Timestamp) {
        let Some(name) = contact.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) else { return };
        let newer = self.0.get(&contact.address).is_none_or(|(_, noted)| *noted < at);
        if newer {
            self.0.insert(contact.address.clone(), (name.to_owned(), at));
        }
    }

    /// A name fills an empty one, and replaces an older one unless a person gave that.
    pub(super) fn take_over(self, conn: &Connection, touched: &mut Touched) -> rusqlite::Result<()> {
        for (address, (name, at)) in self.0 {
            let kept = sql::first(
                conn,
                "SELECT id, name, named_at, pinned FROM contacts WHERE address = ?1",
                [address.as_str()],
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, i64>(2)?, row.get(3)?)),
            )?;
            let Some((id, old, named_at, pinned)) = kept else { continue };
            let at = at.as_millisecond();
            let newer = old.is_none() || named_at < at;
            if pinned || !newer {
                continue;
            }
            sql::run(
                conn,
                "UPDATE contacts SET name = ?2, named_at = ?3 WHERE id = ?1",
                rusqlite::params![id, name, at],
            )?;
            if old.as_deref() != Some(name.as_str()) {
                touch_threads_of(conn, id, touched)?;
            }
        }
        Ok(())
    }
}

/// How the account sorts contacts, by the newest record of each.
#[derive(Default)]
pub(super) struct Kinds(HashMap<Address, (CallerKind, Timestamp)>);

impl Kinds {
    pub(super) fn note(&mut self, contact: &Address, kind: CallerKind, at: Timestamp) {
        let newer = self.0.get(contact).is_none_or(|(_, noted)| *noted <= at);
        if newer {
            self.0.insert(contact.clone(), (kind, at));
        }
    }

    /// A kind replaces one that an older record told, or the same record before.
    pub(super) fn take_over(self, conn: &Connection, touched: &mut Touched) -> rusqlite::Result<()> {
        for (address, (kind, at)) in self.0 {
            let kept = sql::first(
                conn,
                "SELECT id, kind, kind_at FROM contacts WHERE address = ?1",
                [address.as_str()],
                |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)),
            )?;
            let Some((id, old, told_at)) = kept else { continue };
            let (kind, at) = (codes::caller_code(kind), at.as_millisecond());
            if told_at > at || (told_at, old) == (at, kind) {
                continue;
            }
            sql::run(conn, "UPDATE contacts SET kind = ?2, kind_at = ?3 WHERE id = ?1", [id, kind, at])?;
            if old != kind {
                touch_threads_of(conn, id, touched)?;
            }
        }
        Ok(())
    }
}

/// Every thread with this contact shows its name.
pub(super) fn touch_threads_of(conn: &Connection, contact: i64, touched: &mut Touched) -> rusqlite::Result<()> {
    let threads = sql::list(conn, "SELECT id FROM threads WHERE contact_id = ?1", [contact], |row| row.get(0))?;
    for id in threads {
        touched.thread(ThreadId(id));
    }
    Ok(())
}

/// A person's or a record's name for a new contact, where it has none yet.
pub(super) fn offer_name(conn: &Connection, contact: &Contact, touched: &mut Touched) -> rusqlite::Result<()> {
    let mut names = Names::default();
    names.note(contact, Timestamp::UNIX_EPOCH);
    names.take_over(conn, touched)
}

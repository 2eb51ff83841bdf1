//! Normalises contact addresses stored by earlier versions, which took a number with invisible characters for a name.

mod twins;

use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};

use super::change::Touched;
use super::refresh::refresh;
use super::{StoreError, follow, open, people, relocate, sql};
use crate::model::{Address, MessageId, ThreadId};

/// Two ranges of the index, without what begins with +1 and a digit: those are nearly all there are. A plus with digits alone
/// is right as it stands.
const OUTSIDE: &str = "SELECT id, address FROM contacts
     WHERE address < '+10' AND NOT (address GLOB '+*' AND substr(address, 2) NOT GLOB '*[^0-9]*')
     UNION ALL SELECT id, address FROM contacts
     WHERE address >= '+1:' AND NOT (address GLOB '+*' AND substr(address, 2) NOT GLOB '*[^0-9]*')";

/// How long another process that writes is waited for: who opens the cache waits with us.
const PATIENCE: Duration = Duration::from_secs(1);

/// Brings the contacts' addresses to their normal form, in one transaction. Nothing is written where they are.
pub(super) fn normalize_contacts(conn: &mut Connection) -> Result<(), StoreError> {
    if odd(conn)?.is_empty() {
        return Ok(());
    }
    conn.busy_timeout(PATIENCE)?;
    let done = write(conn);
    conn.busy_timeout(open::BUSY)?;
    done
}

fn write(conn: &mut Connection) -> Result<(), StoreError> {
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // another process may have been faster
    let odd = odd(&transaction)?;
    let mut touched = Touched::default();
    for (contact, address) in &odd {
        match people::contact_id(&transaction, address)? {
            None => drop(sql::run(
                &transaction,
                "UPDATE contacts SET address = ?2 WHERE id = ?1",
                params![contact, address.as_str()],
            )?),
            Some(same) => merge(&transaction, *contact, same, &mut touched)?,
        }
    }
    if !odd.is_empty() {
        // other processes that have the cache open see by this that what they show has changed
        sql::run(&transaction, "UPDATE generation SET value = value + 1 WHERE id = 1", [])?;
    }
    transaction.commit()?;
    tracing::info!(contacts = odd.len(), "contacts have the addresses now by which records know them");
    Ok(())
}

/// The contacts that have another address than a record of them would have, with that.
fn odd(conn: &Connection) -> rusqlite::Result<Vec<(i64, Address)>> {
    let mut rows = sql::list(conn, OUTSIDE, [], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.sort_unstable();
    let read =
        |(id, old): (i64, String)| Address::from_wire(&old).filter(|new| new.as_str() != old).map(|new| (id, new));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Makes one contact of two. What a person wrote or set stays: names, drafts, what is still to be sent, what is muted.
fn merge(conn: &Connection, from: i64, into: i64, touched: &mut Touched) -> Result<(), StoreError> {
    sql::run(
        conn,
        "UPDATE contacts SET (name, named_at, pinned) = (SELECT o.name, o.named_at, o.pinned FROM contacts o WHERE o.id = ?1)
         WHERE id = ?2 AND EXISTS (SELECT 1 FROM contacts o WHERE o.id = ?1 AND o.name IS NOT NULL
             AND (contacts.name IS NULL OR (o.pinned = 1 AND contacts.pinned = 0)))",
        [from, into],
    )?;
    sql::run(
        conn,
        "UPDATE contacts SET (kind, kind_at) = (SELECT o.kind, o.kind_at FROM contacts o WHERE o.id = ?1)
         WHERE id = ?2 AND kind_at < (SELECT o.kind_at FROM contacts o WHERE o.id = ?1)",
        [from, into],
    )?;
    let threads = sql::list(conn, "SELECT id, number_id FROM threads WHERE contact_id = ?1", [from], |row| {
        Ok((ThreadId(row.get(0)?), row.get::<_, i64>(1)?))
    })?;
    for (thread, number) in threads {
        let other = sql::first(
            conn,
            "SELECT id FROM threads WHERE contact_id = ?1 AND number_id = ?2",
            [into, number],
            |row| row.get(0).map(ThreadId),
        )?;
        if let Some(other) = other {
            merge_threads(conn, thread, other, touched)?;
        } else {
            sql::run(conn, "UPDATE threads SET contact_id = ?2 WHERE id = ?1", [thread.0, into])?;
            refresh(conn, thread, touched)?;
        }
    }
    sql::run(conn, "DELETE FROM contacts WHERE id = ?1", [from])?;
    Ok(())
}

fn merge_threads(conn: &Connection, from: ThreadId, into: ThreadId, touched: &mut Touched) -> Result<(), StoreError> {
    for id in all_of(conn, from)? {
        twins::merge(conn, id, into)?;
    }
    for id in all_of(conn, from)? {
        relocate::to_thread(conn, id, into)?;
    }
    for statement in [
        // of the same record's ids in both, one is enough
        "UPDATE OR IGNORE aliases SET thread_id = ?2 WHERE thread_id = ?1",
        "DELETE FROM aliases WHERE thread_id = ?1 AND ?2",
        "UPDATE threads SET
             (draft, draft_at) = (SELECT iif(threads.draft IS NULL, o.draft, threads.draft || char(10, 10) || o.draft),
                 max(coalesce(threads.draft_at, 0), o.draft_at) FROM threads o WHERE o.id = ?1)
         WHERE id = ?2 AND EXISTS (SELECT 1 FROM threads o WHERE o.id = ?1 AND o.draft IS NOT NULL)",
        "UPDATE threads SET state = min(state, (SELECT o.state FROM threads o WHERE o.id = ?1)),
             muted = max(muted, (SELECT o.muted FROM threads o WHERE o.id = ?1)),
             local_id = max(local_id, (SELECT o.local_id FROM threads o WHERE o.id = ?1)) WHERE id = ?2",
        // the counters of its number are kept by changes, and not by what goes
        "UPDATE threads SET draft = NULL, draft_at = NULL WHERE id = ?1 AND ?2",
    ] {
        sql::run(conn, statement, [from.0, into.0])?;
    }
    refresh(conn, from, touched)?;
    refresh(conn, into, touched)?;
    follow::reconsider(conn, into, touched)?;
    sql::run(conn, "DELETE FROM threads WHERE id = ?1", [from.0])?;
    Ok(())
}

fn all_of(conn: &Connection, thread: ThreadId) -> rusqlite::Result<Vec<MessageId>> {
    relocate::in_thread(conn, thread, MessageId(i64::MIN), MessageId(i64::MAX))
}

//! Keeps the full-text index in step with the messages. A text never changes once it is stored; what is deleted leaves
//! the index by itself (a trigger).

use rusqlite::{Connection, params};

use crate::model::upkeep::{Chore, Upkeep};
use crate::model::{MessageId, ThreadId};
use crate::store::attendant::Attendant;
use crate::store::search::spelling::Spelling;
use crate::store::sql;

/// A message as the index has it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Entry<'t> {
    pub(in crate::store) id: MessageId,
    pub(in crate::store) thread: ThreadId,
    pub(in crate::store) body: &'t str,
}

/// Enters new messages, in the order of their ids: see the migration.
///
/// They are given, and not read from their table: SQLite sets a savepoint for a statement that reads what it writes, and
/// at each the index writes itself out. That would be a piece of index for every message, and all the merging of them.
pub(in crate::store) fn enter(conn: &Connection, mut new: Vec<Entry<'_>>) -> rusqlite::Result<()> {
    new.sort_unstable();
    for Entry { id, thread, body } in new {
        let Spelling { body: spelled, numbers } = Spelling::of(body);
        if spelled.is_some() || numbers.is_some() {
            sql::run(
                conn,
                "INSERT OR REPLACE INTO spellings (id, body, numbers) VALUES (?1, ?2, ?3)",
                params![id.0, spelled, numbers],
            )?;
        }
        sql::run(
            conn,
            "INSERT INTO messages_text (rowid, body, numbers, thread_id) VALUES (?1, ?2, ?3, ?4)",
            params![id.0, spelled.as_deref().unwrap_or(body), numbers, thread.0],
        )?;
    }
    Ok(())
}

/// Messages that are entered before somebody is told how many there are: a fraction of a second's.
const STEP: usize = 5_000;

/// Enters all messages into an index that is empty, in steps, and reports each to the attendant.
pub(in crate::store) fn fill(conn: &Connection, attendant: &Attendant) -> rusqlite::Result<()> {
    let mut upkeep = Upkeep::of(Chore::Index, count(conn)?);
    let mut read = conn.prepare("SELECT id, thread_id, body FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let mut after = i64::MIN;
    loop {
        attendant.tell(upkeep)?;
        let texts: Vec<(i64, i64, String)> = read
            .query_map([after, sql::limit(STEP)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let Some((last, ..)) = texts.last() else { return Ok(()) };
        after = *last;
        let entries =
            texts.iter().map(|(id, thread, body)| Entry { id: MessageId(*id), thread: ThreadId(*thread), body });
        enter(conn, entries.collect())?;
        upkeep.done += texts.len() as u64;
    }
}

fn count(conn: &Connection) -> rusqlite::Result<u64> {
    conn.query_row("SELECT count(*) FROM messages", [], |row| row.get(0)).map(i64::unsigned_abs)
}

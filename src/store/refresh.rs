//! Keeps a thread's row equal to what its messages and its draft say. Counted anew from partial indexes each time rather
//! than added up, so that no order of events can leave a row wrong.

use rusqlite::{Connection, params};

use super::change::Touched;
use super::codes::OUTBOUND;
use super::{StoreError, people, sql};
use crate::model::{MessageId, ThreadId};

/// Characters of the newest message that a thread's row carries: more than a list is wide.
const SNIPPET: usize = 200;

/// The newest message of a thread, as far as the thread's row shows it.
struct Last {
    id: i64,
    snippet: String,
    direction: i64,
    delivery: Option<i64>,
    error: Option<String>,
}

/// Brings the row of a thread up to date with its messages and its draft; notes that it changed.
pub(super) fn refresh(conn: &Connection, thread: ThreadId, touched: &mut Touched) -> Result<(), StoreError> {
    let (_, contact) = people::sides(conn, thread)?;
    let last = sql::first(
        conn,
        "SELECT id, body, direction, delivery, error FROM messages INDEXED BY messages_by_thread
         WHERE thread_id = ?1 ORDER BY id DESC LIMIT 1",
        [thread.0],
        |row| {
            Ok(Last {
                id: row.get(0)?,
                snippet: row.get_ref(1)?.as_str()?.chars().take(SNIPPET).collect(),
                direction: row.get(2)?,
                delivery: row.get(3)?,
                error: row.get(4)?,
            })
        },
    )?;
    let outbound = last.as_ref().filter(|last| last.direction == OUTBOUND);
    sql::run(
        conn,
        "UPDATE threads SET
             last_id = ?2, snippet = ?3, last_direction = ?4, last_delivery = ?5, last_error = ?6,
             unread = (SELECT count(*) FROM messages INDEXED BY messages_unread WHERE thread_id = ?1 AND unread = 1),
             trouble = (SELECT count(*) FROM messages INDEXED BY messages_trouble WHERE thread_id = ?1 AND trouble = 1),
             activity = coalesce(?2, iif(draft IS NULL, 0, max(draft_at << ?7, 1))),
             listed = ?2 IS NOT NULL OR draft IS NOT NULL
         WHERE id = ?1",
        params![
            thread.0,
            last.as_ref().map(|last| last.id),
            last.as_ref().map_or("", |last| &last.snippet),
            last.as_ref().map(|last| last.direction),
            outbound.and_then(|last| last.delivery),
            outbound.and_then(|last| last.error.as_deref()),
            MessageId::SEQUENCE_BITS,
        ],
    )?;
    sql::run(
        conn,
        "UPDATE contacts SET activity = (SELECT max(activity) FROM threads WHERE contact_id = ?1) WHERE id = ?1",
        [contact],
    )?;
    touched.thread(thread);
    Ok(())
}

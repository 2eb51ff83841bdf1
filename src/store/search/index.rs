//! Keeps the full-text index in step with the messages. A text never changes once it is stored; what is deleted leaves
//! the index by itself (a trigger).

use rusqlite::Connection;

use crate::model::MessageId;
use crate::store::sql;

/// Enters new messages, in the order of their ids: see the migration.
pub(in crate::store) fn enter(conn: &Connection, new: &[MessageId]) -> rusqlite::Result<()> {
    let mut new = new.to_vec();
    new.sort_unstable();
    for id in new {
        sql::run(
            conn,
            "INSERT INTO messages_text (rowid, body, thread_id) SELECT id, body, thread_id FROM messages WHERE id = ?1",
            [id.0],
        )?;
    }
    Ok(())
}

/// Makes the index anew from all messages.
pub(in crate::store) fn rebuild(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute("INSERT INTO messages_text (messages_text) VALUES ('rebuild')", []).map(drop)
}

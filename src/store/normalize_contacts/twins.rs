//! A message that came by two roads, each with its own spelling of the contact, is a row in each of two threads. It becomes
//! one when they are merged.

use rusqlite::Connection;

use crate::model::{MessageId, ThreadId};
use crate::store::codes::DELIVERED;
use crate::store::{StoreError, remote, sql};

/// A row, as far as it tells which of two stays.
struct Twin {
    id: MessageId,
    thread: ThreadId,
    remote_id: Option<String>,
    roads: i64,
    /// It was written here, or waits to be sent: it stays in any case.
    is_ours: bool,
    has_trouble: bool,
}

/// Makes one of this message and the one in `into` that has one of its ids, if there is any.
pub(super) fn merge(conn: &Connection, id: MessageId, into: ThreadId) -> Result<(), StoreError> {
    let Some(one) = read(conn, id)? else { return Ok(()) };
    let mut same = None;
    for (_, remote_id) in remote::all(conn, id, one.remote_id.clone(), one.roads)? {
        same = same.or(remote::find(conn, into, &remote_id)?);
    }
    let Some(other) = same.map(|same| read(conn, same)).transpose()?.flatten() else { return Ok(()) };
    let (kept, dropped) =
        if (one.is_ours, one.has_trouble) > (other.is_ours, other.has_trouble) { (one, other) } else { (other, one) };
    // two that were written here are two, whatever ids they have
    if dropped.is_ours { Ok(()) } else { drop_into(conn, &dropped, &kept) }
}

fn read(conn: &Connection, id: MessageId) -> rusqlite::Result<Option<Twin>> {
    sql::first(
        conn,
        "SELECT thread_id, remote_id, roads, local = 1 OR EXISTS (SELECT 1 FROM outbox WHERE message_id = messages.id), trouble
         FROM messages WHERE id = ?1",
        [id.0],
        |row| {
            Ok(Twin {
                id,
                thread: ThreadId(row.get(0)?),
                remote_id: row.get(1)?,
                roads: row.get(2)?,
                is_ours: row.get(3)?,
                has_trouble: row.get(4)?,
            })
        },
    )
}

/// Nothing is lost that a person still has to read or to deal with.
fn drop_into(conn: &Connection, dropped: &Twin, kept: &Twin) -> Result<(), StoreError> {
    let ids = remote::all(conn, dropped.id, dropped.remote_id.clone(), dropped.roads)?;
    if dropped.has_trouble && !kept.has_trouble {
        // MightyCall says of it that it failed
        sql::run(
            conn,
            "UPDATE messages SET (delivery, error, trouble) =
                 (SELECT o.delivery, o.error, o.trouble FROM messages o WHERE o.id = ?1)
             WHERE id = ?2 AND NOT EXISTS (SELECT 1 FROM outbox WHERE message_id = ?2)",
            [dropped.id.0, kept.id.0],
        )?;
    }
    sql::run(
        conn,
        "UPDATE messages SET (delivery, error, trouble) = (?3, NULL, 0)
         WHERE id = ?2 AND ?3 = (SELECT o.delivery FROM messages o WHERE o.id = ?1)
             AND NOT EXISTS (SELECT 1 FROM outbox WHERE message_id = ?2)",
        [dropped.id.0, kept.id.0, DELIVERED],
    )?;
    for statement in [
        "UPDATE messages SET
             (unread, accepted, sender, attachments, request_guid, favorite, comment, workflow, remote_read) =
             (SELECT max(messages.unread, o.unread), max(messages.accepted, o.accepted),
                 coalesce(messages.sender, o.sender), coalesce(messages.attachments, o.attachments),
                 coalesce(messages.request_guid, o.request_guid), coalesce(messages.favorite, o.favorite),
                 coalesce(messages.comment, o.comment), coalesce(messages.workflow, o.workflow),
                 coalesce(messages.remote_read, o.remote_read) FROM messages o WHERE o.id = ?1)
         WHERE id = ?2",
        "UPDATE OR IGNORE news SET message_id = ?2 WHERE message_id = ?1",
        "DELETE FROM messages WHERE id = ?1 AND ?2",
        "UPDATE moved SET new_id = ?2 WHERE new_id = ?1",
        "INSERT OR REPLACE INTO moved (old_id, new_id) VALUES (?1, ?2)",
    ] {
        sql::run(conn, statement, [dropped.id.0, kept.id.0])?;
    }
    for (road, remote_id) in ids {
        remote::add(conn, kept.thread, kept.id, road, &remote_id)?;
    }
    Ok(())
}

//! The ids under which MightyCall knows a message. An equal id in the same thread is the same message on any road; the
//! same message may have another id on each road: how the id of a send relates to the journal's is not known
//! (`mightycall-api.md`, section 19.4). The best id for showing is in the message's row, any others are aliases.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use super::codes::{road, road_code, roads};
use super::guid::{RequestGuid, spellings};
use super::sql;
use crate::model::{MessageId, Road, ThreadId};

/// Messages of a thread with one and the same second id that are looked at: no more than a few are to be expected.
const NAMESAKES: usize = 16;

/// The message of this thread with that id on whichever road.
pub(super) fn find(conn: &Connection, thread: ThreadId, remote_id: &str) -> rusqlite::Result<Option<MessageId>> {
    let own = sql::first(
        conn,
        "SELECT id FROM messages INDEXED BY messages_by_remote_id WHERE thread_id = ?1 AND remote_id = ?2",
        params![thread.0, remote_id],
        |row| row.get(0),
    )?;
    let found = match own {
        Some(id) => Some(id),
        None => sql::first(
            conn,
            "SELECT message_id FROM aliases WHERE thread_id = ?1 AND remote_id = ?2",
            params![thread.0, remote_id],
            |row| row.get(0),
        )?,
    };
    Ok(found.map(MessageId))
}

/// The messages of this thread that one of a record's two ids may mean: those with its id on whichever road, with its id
/// as their second one, with its second id on whichever road (a send is presumably answered with that), or with the same
/// second id. Each once.
pub(super) fn meant(
    conn: &Connection,
    thread: ThreadId,
    remote_id: Option<&str>,
    request_guid: Option<&str>,
) -> rusqlite::Result<Vec<MessageId>> {
    let mut found = Vec::new();
    for id in remote_id.into_iter().chain(request_guid) {
        for spelling in spellings(id) {
            found.extend(find(conn, thread, &spelling)?);
        }
        found.extend(sql::list(
            conn,
            "SELECT id FROM messages INDEXED BY messages_by_request_guid
             WHERE thread_id = ?1 AND request_guid = ?2 ORDER BY id LIMIT ?3",
            params![thread.0, RequestGuid::new(id), sql::limit(NAMESAKES)],
            |row| row.get(0).map(MessageId),
        )?);
    }
    let mut seen = HashSet::new();
    found.retain(|&id| seen.insert(id));
    Ok(found)
}

/// All ids of a message, given what its row holds.
pub(super) fn all(
    conn: &Connection,
    message: MessageId,
    remote_id: Option<String>,
    bits: i64,
) -> rusqlite::Result<Vec<(Road, String)>> {
    let mut ids = Vec::new();
    if let Some(remote_id) = remote_id {
        ids.extend(roads(bits).map(|road| (road, remote_id.clone())));
    }
    let aliases = sql::list(conn, "SELECT road, remote_id FROM aliases WHERE message_id = ?1", [message.0], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    ids.extend(aliases.into_iter().filter_map(|(code, id)| Some((road(code)?, id))));
    Ok(ids)
}

/// Gives a message an id by which it came. An id that another message of the thread has stays with that one.
/// Whether anything changed.
pub(super) fn add(
    conn: &Connection,
    thread: ThreadId,
    message: MessageId,
    by: Road,
    remote_id: &str,
) -> rusqlite::Result<bool> {
    if find(conn, thread, remote_id)?.is_some_and(|owner| owner != message) {
        return Ok(false);
    }
    let row = sql::first(conn, "SELECT remote_id, roads FROM messages WHERE id = ?1", [message.0], |row| {
        Ok((row.get::<_, Option<String>>(0)?, row.get::<_, i64>(1)?))
    })?;
    let Some((own, bits)) = row else { return Ok(false) };
    let bit = 1 << road_code(by);
    match own {
        Some(own) if own == remote_id => {
            if bits & bit != 0 {
                return Ok(false);
            }
            set(conn, message, remote_id, bits | bit)?;
        }
        // a better road than any before: its id is the one to show from now on
        Some(own) if roads(bits).next().is_none_or(|best| road_code(by) < road_code(best)) => {
            let before = take_aliases(conn, thread, message, remote_id)?;
            for road in roads(bits) {
                add_alias(conn, thread, message, road, &own)?;
            }
            set(conn, message, remote_id, before | bit)?;
        }
        Some(_) => return add_alias(conn, thread, message, by, remote_id),
        None => set(conn, message, remote_id, bit)?,
    }
    Ok(true)
}

fn set(conn: &Connection, message: MessageId, remote_id: &str, bits: i64) -> rusqlite::Result<()> {
    let values = params![message.0, remote_id, bits];
    sql::run(conn, "UPDATE messages SET remote_id = ?2, roads = ?3 WHERE id = ?1", values).map(drop)
}

fn add_alias(
    conn: &Connection,
    thread: ThreadId,
    message: MessageId,
    by: Road,
    remote_id: &str,
) -> rusqlite::Result<bool> {
    let added = sql::run(
        conn,
        "INSERT INTO aliases (thread_id, remote_id, road, message_id) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
        params![thread.0, remote_id, road_code(by), message.0],
    )?;
    Ok(added > 0)
}

/// Takes an id out of the aliases of its message; the bits of the roads on which it was seen.
fn take_aliases(conn: &Connection, thread: ThreadId, message: MessageId, remote_id: &str) -> rusqlite::Result<i64> {
    let seen = sql::list(
        conn,
        "DELETE FROM aliases WHERE thread_id = ?1 AND remote_id = ?2 AND message_id = ?3 RETURNING road",
        params![thread.0, remote_id, message.0],
        |row| row.get::<_, i64>(0),
    )?;
    Ok(seen.into_iter().fold(0, |bits, code| bits | 1 << code))
}

//! Where a message stands in its conversation: its id is its time, so standing elsewhere means another id.
//!
//! A message written here stands at the time of our clock, corrected by what is known of the service's, until it is posted;
//! at the time of posting from then on; and at the time that MightyCall gives it once history shows it. So every desk shows
//! one order.

use std::sync::atomic::Ordering;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::change::Touched;
use super::codes::QUEUED;
use super::refresh::refresh;
use super::{Store, StoreError, search, sql};
use crate::model::{MessageId, ThreadId};

/// Two times that are no further apart are one: the service's clock is known to the second.
const SAME_TIME: SignedDuration = SignedDuration::from_secs(2);
/// How far ahead of our clock the newest message of a thread may be for a new one to be put after it. A record with a
/// time further off is wrong, and must not give its time to what is sent today.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(24);

/// All columns of a message but its id.
const COLUMNS: &str = "thread_id, direction, delivery, error, unread, trouble, local, accepted, text_key, roads, posted_at,
    history_at, remote_id, sender, attachments, body, looks, request_guid, favorite, comment, workflow, remote_read, shown, like_id,
    first_id";

impl Store {
    /// Tells how far the service's clock is ahead of ours, as its answers say: messages written here are put by it.
    pub fn set_clock_offset(&self, offset: SignedDuration) {
        let millis = i64::try_from(offset.as_millis()).unwrap_or(0);
        // the service tells whole seconds
        let millis = if millis.abs() < i64::try_from(SAME_TIME.as_millis()).unwrap_or(0) { 0 } else { millis };
        self.inner.shared.clock_offset.store(millis, Ordering::Relaxed);
    }

    /// The service's time, given ours.
    pub(super) fn service_time(&self, ours: Timestamp) -> Timestamp {
        ours.saturating_add(SignedDuration::from_millis(self.service_ahead())).unwrap_or(ours)
    }

    /// Milliseconds by which the service's clock is ahead of ours.
    pub(super) fn service_ahead(&self) -> i64 {
        self.inner.shared.clock_offset.load(Ordering::Relaxed)
    }
}

/// The first free id at or after this one.
pub(super) fn allocate(conn: &Connection, from: MessageId) -> rusqlite::Result<MessageId> {
    // 0 means "no activity" in a thread's row
    let mut from = from.0.max(1);
    loop {
        let end = MessageId::ceiling(MessageId(from).at()).0;
        let last: Option<i64> = sql::first(
            conn,
            "SELECT max((SELECT coalesce(max(id), 0) FROM messages WHERE id BETWEEN ?1 AND ?2),
                        (SELECT coalesce(max(old_id), 0) FROM moved WHERE old_id BETWEEN ?1 AND ?2))",
            [from, end],
            |row| row.get(0),
        )?;
        match last.filter(|last| *last > 0) {
            None => return Ok(MessageId(from)),
            Some(last) if last < end => return Ok(MessageId(last + 1)),
            // 65,536 messages in one millisecond: the next one has room
            Some(_) => from = end + 1,
        }
    }
}

/// The id that the message has now which once had this one; the same where it has not moved.
pub(super) fn current(conn: &Connection, id: MessageId) -> rusqlite::Result<MessageId> {
    let moved = sql::first(conn, "SELECT new_id FROM moved WHERE old_id = ?1", [id.0], |row| row.get(0))?;
    Ok(moved.map_or(id, MessageId))
}

/// Where a message that is written or posted at this time stands in its thread: at the end, even where the clock is (up
/// to a day) behind.
pub(super) fn at_the_end(
    conn: &Connection,
    thread: ThreadId,
    at: Timestamp,
    itself: Option<MessageId>,
) -> rusqlite::Result<MessageId> {
    let newest: Option<i64> = sql::first(
        conn,
        "SELECT max(id) FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?1 AND id <> ?2",
        params![thread.0, itself.map_or(0, |id| id.0)],
        |row| row.get(0),
    )?
    .flatten();
    let floor = MessageId::floor(at);
    let newest = newest.map(MessageId).filter(|newest| newest.at().duration_since(at) <= CLOCKS_DIFFER);
    Ok(newest.map_or(floor, |newest| floor.max(MessageId(newest.0 + 1))))
}

/// Notes that this id was a message's which is gone: another one must not be taken for it.
pub(super) fn retire(conn: &Connection, id: MessageId) -> rusqlite::Result<()> {
    sql::run(conn, "INSERT OR REPLACE INTO moved (old_id, new_id) VALUES (?1, ?1)", [id.0]).map(drop)
}

/// Puts a message that was written here where it was posted, unless it stands there already.
pub(super) fn to_posting(
    conn: &Connection,
    thread: ThreadId,
    id: MessageId,
    at: Timestamp,
    touched: &mut Touched,
) -> Result<MessageId, StoreError> {
    if id.at().duration_since(at).abs() <= SAME_TIME {
        return Ok(id);
    }
    let to = at_the_end(conn, thread, at, Some(id))?;
    let id = relocate(conn, thread, id, to)?;
    refresh(conn, thread, touched)?;
    Ok(id)
}

/// Keeps what waits in a thread behind the message that goes before it, in the order in which it was written.
pub(super) fn keep_behind(
    conn: &Connection,
    thread: ThreadId,
    first: MessageId,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let waiting = sql::list(
        conn,
        "SELECT m.id FROM outbox o INDEXED BY outbox_by_thread CROSS JOIN messages m ON m.id = o.message_id
         WHERE o.thread_id = ?1 AND m.delivery = ?2 ORDER BY o.place",
        [thread.0, QUEUED],
        |row| row.get(0).map(MessageId),
    )?;
    let mut last = first;
    for id in waiting {
        last = if id > last { id } else { relocate(conn, thread, id, MessageId(last.0 + 1))? };
    }
    if last > first { refresh(conn, thread, touched) } else { Ok(()) }
}

/// The messages of a thread from this id to that one, in their order.
pub(super) fn in_thread(
    conn: &Connection,
    thread: ThreadId,
    from: MessageId,
    to: MessageId,
) -> rusqlite::Result<Vec<MessageId>> {
    sql::list(
        conn,
        "SELECT id FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id",
        [thread.0, from.0, to.0],
        |row| row.get(0).map(MessageId),
    )
}

/// Gives a message the first free id at or after `to`, in `thread`. That thread's row is the caller's to refresh.
pub(super) fn relocate(
    conn: &Connection,
    thread: ThreadId,
    id: MessageId,
    to: MessageId,
) -> rusqlite::Result<MessageId> {
    let new = allocate(conn, to)?;
    let body: Option<String> = sql::first(conn, "SELECT body FROM messages WHERE id = ?1", [id.0], |row| row.get(0))?;
    let Some(body) = body else { return Ok(id) };
    // a row that others name cannot change its key: it is copied, they follow, and what is left goes, also from the index
    let values = COLUMNS.replacen("thread_id", "?3", 1);
    let copy = format!("INSERT INTO messages (id, {COLUMNS}) SELECT ?2, {values} FROM messages WHERE id = ?1");
    sql::run(conn, &copy, [id.0, new.0, thread.0])?;
    for statement in [
        "UPDATE messages SET first_id = coalesce(first_id, ?1) WHERE id = ?2",
        "UPDATE aliases SET message_id = ?2 WHERE message_id = ?1",
        "UPDATE outbox SET message_id = ?2 WHERE message_id = ?1",
        "UPDATE news SET message_id = ?2 WHERE message_id = ?1",
        "UPDATE moved SET new_id = ?2 WHERE new_id = ?1",
        "DELETE FROM messages WHERE id = ?1 AND ?2",
        "INSERT OR REPLACE INTO moved (old_id, new_id) VALUES (?1, ?2)",
    ] {
        sql::run(conn, statement, [id.0, new.0])?;
    }
    search::index::enter(conn, vec![search::index::Entry { id: new, thread, body: &body }])?;
    Ok(new)
}

/// Puts a message into another thread, at the same time. Both threads' rows are the caller's to refresh.
pub(super) fn to_thread(conn: &Connection, id: MessageId, thread: ThreadId) -> rusqlite::Result<MessageId> {
    let new = relocate(conn, thread, id, id)?;
    sql::run(conn, "UPDATE outbox SET thread_id = ?2 WHERE message_id = ?1", [new.0, thread.0])?;
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_that_moves_takes_all_its_columns_along() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("mctui.db")).await.unwrap();
        let columns = store
            .read(|conn| {
                let names = "SELECT name FROM pragma_table_info('messages')";
                Ok(sql::list(conn, names, [], |row| row.get::<_, String>(0))?)
            })
            .await
            .unwrap();
        let taken: Vec<&str> = std::iter::once("id").chain(COLUMNS.split(',').map(str::trim)).collect();
        assert_eq!(taken, columns);
    }
}

//! What syncs follow up: deliveries that are not final yet, and unconfirmed messages that history may show.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::change::Touched;
use super::codes::{INBOUND, OUTBOUND, SENT, UNCONFIRMED};
use super::refresh::refresh;
use super::{Store, StoreError, sql};
use crate::model::text::matching;
use crate::model::{Address, MessageId, ThreadId};

/// So long a service may take to show what it has sent.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
/// So many looks in vain, and an unconfirmed message is said to be most likely not out.
const ENOUGH: i64 = 3;
/// How long before an unconfirmed message a message that is like it may stand, as clocks differ.
const ALIKE_BEFORE: SignedDuration = SignedDuration::from_hours(1);
/// And how long after it: some services show what they have sent much later.
const ALIKE_AFTER: SignedDuration = SignedDuration::from_hours(26);
/// Messages that are compared with one.
const MOST_ALIKE: i64 = 500;

impl Store {
    /// The oldest message from this number since `since` that was sent and neither delivered nor failed yet.
    pub async fn undelivered_since(&self, number: Address, since: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |conn| {
            let oldest = sql::first(
                conn,
                "SELECT m.id FROM messages m CROSS JOIN threads t ON t.id = m.thread_id
                 WHERE m.id >= ?1 AND m.direction = ?2 AND m.delivery = ?3
                     AND t.number_id = (SELECT id FROM numbers WHERE address = ?4) ORDER BY m.id LIMIT 1",
                params![MessageId::floor(since).0, OUTBOUND, SENT, number.as_str()],
                |row| row.get(0).map(|id| MessageId(id).at()),
            )?;
            Ok(oldest)
        })
        .await
    }

    /// How many messages of this number are here from that time on.
    pub async fn count_since(&self, number: Address, since: Timestamp) -> Result<u64, StoreError> {
        self.read(move |conn| {
            let count: Option<i64> = sql::first(
                conn,
                "SELECT count(*) FROM numbers n CROSS JOIN threads t INDEXED BY threads_by_number ON t.number_id = n.id
                     CROSS JOIN messages m INDEXED BY messages_by_thread ON m.thread_id = t.id AND m.id >= ?2
                 WHERE n.address = ?1 AND t.listed = 1 AND t.activity >= ?2",
                params![number.as_str(), MessageId::floor(since).0],
                |row| row.get(0),
            )?;
            Ok(count.unwrap_or(0).unsigned_abs())
        })
        .await
    }

    /// History of this number was looked through from `from` on, and whatever it showed is matched: what is still
    /// unconfirmed and was posted between `from` and `until` was looked for in vain once more. After the third time, and
    /// not before five minutes, it says so. Gives back those that now do.
    pub async fn looked(
        &self,
        number: Address,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<MessageId>, StoreError> {
        self.write(move |conn, touched| {
            let missed = sql::list(
                conn,
                "SELECT m.id, m.thread_id, m.looks, m.posted_at > ?6
                 FROM messages m INDEXED BY messages_trouble CROSS JOIN threads t ON t.id = m.thread_id
                 WHERE m.trouble = 1 AND m.delivery = ?1 AND m.local = 1 AND m.looks < ?2
                     AND m.posted_at BETWEEN ?3 AND ?4
                     AND t.number_id = (SELECT id FROM numbers WHERE address = ?5)",
                params![
                    UNCONFIRMED,
                    ENOUGH,
                    from.as_millisecond(),
                    until.as_millisecond(),
                    number.as_str(),
                    until.saturating_sub(PATIENCE).unwrap_or(until).as_millisecond(),
                ],
                |row| {
                    let (id, thread) = (MessageId(row.get(0)?), ThreadId(row.get(1)?));
                    Ok((id, thread, row.get::<_, i64>(2)?, row.get::<_, bool>(3)?))
                },
            )?;
            let mut told = Vec::new();
            for (id, thread, looks, too_soon) in missed {
                // however often it was looked for: a service may be slow to show what it has sent
                let looks = if too_soon { (looks + 1).min(ENOUGH - 1) } else { looks + 1 };
                sql::run(conn, "UPDATE messages SET looks = ?2 WHERE id = ?1", params![id.0, looks])?;
                if looks >= ENOUGH {
                    reconsider(conn, thread, touched)?;
                    told.push(id);
                }
            }
            Ok(told)
        })
        .await
    }
}

/// What is said of an unconfirmed message that was looked for often enough, and that nothing in history is like.
const NOT_FOUND: &str = "MightyCall's history does not show it, so most likely it did not go out";
/// What is said while something in history is like it: whether it went out cannot be told.
const MAY_BE: &str = "a message in MightyCall's history may be this one";

/// Puts in words what history says of the unconfirmed messages of a thread, by what is in it now. Nothing is said to be
/// missing while something like it is there.
pub(super) fn reconsider(conn: &Connection, thread: ThreadId, touched: &mut Touched) -> Result<(), StoreError> {
    let unconfirmed = sql::list(
        conn,
        "SELECT id, body, looks, coalesce(error, ''), like_id FROM messages INDEXED BY messages_trouble
         WHERE thread_id = ?1 AND trouble = 1 AND delivery = ?2 AND local = 1",
        [thread.0, UNCONFIRMED],
        |row| {
            let (id, like) = (MessageId(row.get(0)?), row.get::<_, Option<i64>>(4)?.map(MessageId));
            Ok((id, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, row.get::<_, String>(3)?, like))
        },
    )?;
    let mut changed = false;
    for (id, body, looks, error, like) in unconfirmed {
        let alike = alike(conn, thread, id, &body)?;
        let note = match alike {
            Some(_) => Some(MAY_BE),
            None if looks >= ENOUGH => Some(NOT_FOUND),
            None => None,
        };
        let reason = noted(&error, note);
        if (alike, reason.as_str()) != (like, error.as_str()) {
            let values = params![id.0, reason, alike.map(|id| id.0)];
            sql::run(conn, "UPDATE messages SET error = ?2, like_id = ?3 WHERE id = ?1", values)?;
            changed = true;
        }
    }
    if changed { refresh(conn, thread, touched) } else { Ok(()) }
}

/// The message of the thread nearest to that time that says nearly the same and was not written here.
fn alike(conn: &Connection, thread: ThreadId, id: MessageId, body: &str) -> rusqlite::Result<Option<MessageId>> {
    let from = id.at().saturating_sub(ALIKE_BEFORE).unwrap_or(Timestamp::UNIX_EPOCH);
    let to = id.at().saturating_add(ALIKE_AFTER).unwrap_or(Timestamp::MAX);
    let mut found = sql::list(
        conn,
        "SELECT id, body FROM messages INDEXED BY messages_by_thread
         WHERE thread_id = ?1 AND id BETWEEN ?2 AND ?3 AND direction <> ?4 AND local = 0 ORDER BY id LIMIT ?5",
        params![thread.0, MessageId::floor(from).0, MessageId::ceiling(to).0, INBOUND, MOST_ALIKE],
        |row| Ok((MessageId(row.get(0)?), row.get::<_, String>(1)?)),
    )?;
    found.retain(|(_, text)| matching::resembles(body, text));
    let nearest = found.into_iter().min_by_key(|(other, _)| (other.at().duration_since(id.at()).abs(), other.0));
    Ok(nearest.map(|(other, _)| other))
}

/// A reason with another note at its end, or with none.
fn noted(reason: &str, note: Option<&str>) -> String {
    let bare = [NOT_FOUND, MAY_BE].iter().fold(reason, |reason, old| reason.strip_suffix(old).unwrap_or(reason));
    let bare = bare.trim_end_matches("; ");
    match note {
        Some(note) if bare.is_empty() => note.to_owned(),
        Some(note) => format!("{bare}; {note}"),
        None => bare.to_owned(),
    }
}

/// How long after it was posted a message is missed in history that does not show it: the service may need a moment.
pub const SHOWN_AFTER: SignedDuration = SignedDuration::from_secs(10);

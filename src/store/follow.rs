//! What syncs follow up: deliveries that are not final yet, and unconfirmed messages that history may show.

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use super::codes::{OUTBOUND, SENT, UNCONFIRMED};
use super::refresh::refresh;
use super::{Store, StoreError, sql};
use crate::model::{Address, MessageId, ThreadId};

/// So long a service may take to show what it has sent.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
/// So many looks in vain, and an unconfirmed message is said to be most likely not out.
const ENOUGH: i64 = 3;

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
                "SELECT m.id, m.thread_id, m.looks, coalesce(m.error, ''), m.posted_at > ?6
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
                    Ok((id, thread, row.get::<_, i64>(2)?, row.get::<_, String>(3)?, row.get::<_, bool>(4)?))
                },
            )?;
            let mut told = Vec::new();
            for (id, thread, looks, error, too_soon) in missed {
                // however often it was looked for: a service may be slow to show what it has sent
                let looks = if too_soon { (looks + 1).min(ENOUGH - 1) } else { looks + 1 };
                let error = if looks >= ENOUGH { not_found(&error) } else { error };
                sql::run(
                    conn,
                    "UPDATE messages SET looks = ?2, error = ?3 WHERE id = ?1",
                    params![id.0, looks, error],
                )?;
                if looks >= ENOUGH {
                    refresh(conn, thread, touched)?;
                    told.push(id);
                }
            }
            Ok(told)
        })
        .await
    }
}

/// The reason of an unconfirmed message that history does not show.
fn not_found(reason: &str) -> String {
    let note = "MightyCall's history does not show it, so most likely it did not go out";
    if reason.is_empty() { note.to_owned() } else { format!("{reason}; {note}") }
}

/// How long after it was posted a message is missed in history that does not show it: the service may need a moment.
pub const SHOWN_AFTER: SignedDuration = SignedDuration::from_secs(10);

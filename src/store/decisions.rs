//! What a person decides about a message that did not go out well, or that should not go out at all.

use jiff::Timestamp;
use rusqlite::Connection;

use super::codes::{FAILED, OUTBOUND, QUEUED, SCHEDULED, SENDING, UNCONFIRMED};
use super::outbox::{Entry, entry, leave, queue, set_delivery};
use super::refresh::refresh;
use super::relocate::{current, retire};
use super::{Store, StoreError, sql};
use crate::model::MessageId;

impl Store {
    /// Sends a failed or unconfirmed text again, because a person says so: a new queued message. The old one goes where
    /// MightyCall never accepted it, and stays without its mark of trouble otherwise.
    pub async fn resend(&self, id: MessageId, now: Timestamp) -> Result<MessageId, StoreError> {
        let now = self.service_time(now);
        self.write(move |conn, touched| {
            let id = current(conn, id)?;
            let entry = entry(conn, id)?;
            let refuse = |reason| Err(StoreError::NotResendable { id, reason });
            if entry.direction != OUTBOUND {
                return refuse("it did not go out from here");
            }
            match entry.delivery {
                Some(FAILED | UNCONFIRMED) => {}
                Some(SCHEDULED | QUEUED) => return refuse("it is still waiting to be sent"),
                Some(SENDING) => return refuse("it is being sent right now"),
                _ => return refuse("it was sent"),
            }
            // who presses the key twice does not mean two more
            if !entry.trouble {
                return refuse("it was sent again already, or put away");
            }
            if entry.attachments {
                return refuse("its attachments are not in the cache; write a new message");
            }
            if entry.body.trim().is_empty() {
                return refuse("it has no text");
            }
            put_away(conn, id, &entry)?;
            let new = queue(conn, entry.thread, &entry.body, now, None)?;
            refresh(conn, entry.thread, touched)?;
            Ok(new)
        })
        .await
    }

    /// Gives up a message that failed, is unconfirmed or still waits. It goes where MightyCall never accepted it, and
    /// stays without its mark of trouble otherwise.
    pub async fn discard(&self, id: MessageId) -> Result<(), StoreError> {
        let ahead = self.service_ahead();
        self.write(move |conn, touched| {
            let id = current(conn, id)?;
            let entry = entry(conn, id)?;
            let refuse = |reason| Err(StoreError::NotDiscardable { id, reason });
            match entry.delivery {
                _ if entry.direction != OUTBOUND => return refuse("it did not go out from here"),
                Some(FAILED | UNCONFIRMED | SCHEDULED | QUEUED) => {}
                Some(SENDING) => return refuse("it is being sent right now; wait for the outcome"),
                _ => return refuse("it was sent"),
            }
            if !entry.accepted {
                let first = "SELECT coalesce(first_id, id) FROM messages WHERE id = ?1";
                let first = sql::first(conn, first, [id.0], |row| row.get(0))?.unwrap_or(id.0);
                touched.discarded(MessageId(first.min(id.0)).at().as_millisecond() - ahead);
            }
            put_away(conn, id, &entry)?;
            refresh(conn, entry.thread, touched)
        })
        .await
    }

    /// Takes a message out of the outbox that is still waiting: it is failed, for this reason, and nobody sends it later.
    /// `false` where it is not waiting any more.
    pub async fn withdraw(&self, id: MessageId, reason: &str) -> Result<bool, StoreError> {
        let reason = reason.to_owned();
        self.write(move |conn, touched| {
            let id = current(conn, id)?;
            let entry = entry(conn, id)?;
            if !matches!(entry.delivery, Some(SCHEDULED | QUEUED)) {
                return Ok(false);
            }
            set_delivery(conn, id, FAILED, Some(&reason), true)?;
            leave(conn, id)?;
            refresh(conn, entry.thread, touched)?;
            Ok(true)
        })
        .await
    }
}

/// A person has dealt with it.
fn put_away(conn: &Connection, id: MessageId, entry: &Entry) -> rusqlite::Result<()> {
    let statement = if entry.accepted {
        "UPDATE messages SET trouble = 0 WHERE id = ?1"
    } else {
        "DELETE FROM messages WHERE id = ?1"
    };
    sql::run(conn, statement, [id.0])?;
    if entry.accepted { Ok(()) } else { retire(conn, id) }
}

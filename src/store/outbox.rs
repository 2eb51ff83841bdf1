//! Sending: what is queued, what is on its way, and what became of it. Every step is on the disk before it returns, so
//! that a crash at any point leaves either a message that was never posted or one that is known to be in doubt.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::change::Touched;
use super::codes::{FAILED, OUTBOUND, QUEUED, SCHEDULED, SENDING, SENT, UNCONFIRMED};
use super::refresh::refresh;
use super::relocate::{allocate, at_the_end, current, keep_behind, to_posting};
use super::text::{same_text, text_key};
use super::{Store, StoreError, broadcasts, codes, drafts, messages, people, remote, search, sql};
use crate::model::text::{is_blank, to_send};
use crate::model::{Address, Broadcast, Contact, Delivery, Message, MessageId, Road, ThreadId};

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The number to send from.
    pub number: Address,
    /// Who to send to; a name is taken where the contact has none.
    pub contact: Contact,
    /// The text; it goes out as [`to_send`] makes it.
    pub body: String,
    /// When the person sent it.
    pub at: Timestamp,
    /// Not to be posted earlier than this. Where that is later than `at`, the message is `scheduled` and not `queued`.
    pub not_before: Option<Timestamp>,
}

/// A message whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its row.
    pub id: MessageId,
    /// The first id that it had: whoever wrote it knows it by that.
    pub first_id: MessageId,
    /// Its thread.
    pub thread: ThreadId,
    /// The number to send from.
    pub number: Address,
    /// Who to send to.
    pub contact: Address,
    /// The text.
    pub body: String,
    /// How often it was claimed before.
    pub attempts: u32,
}

/// What became of a claimed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// MightyCall accepted it.
    Sent {
        /// The id in its answer, if there was one.
        remote_id: Option<String>,
    },
    /// It was refused, for this reason.
    Failed(String),
    /// It may be out: bytes may have left, and no answer proves either.
    Unconfirmed(String),
    /// It provably did not leave, and may be tried again.
    Queued {
        /// Not earlier than this.
        not_before: Option<Timestamp>,
        /// Why it did not leave.
        reason: String,
        /// MightyCall asked for this wait: [`Store::hurry`] leaves it alone.
        told: bool,
    },
}

impl Store {
    /// Takes a message for sending: its row, its place in the outbox and the clearing of the thread's draft, where that
    /// is this text, in one transaction. The id is after that of the newest message in the thread, even where the clock
    /// is (up to a day) behind.
    pub async fn enqueue(&self, outgoing: Outgoing) -> Result<(ThreadId, MessageId), StoreError> {
        let place = self.service_time(outgoing.at);
        self.write(move |conn, touched| take(conn, &outgoing, place, touched)).await
    }

    /// Takes texts to several people for sending, all of them or none, in one transaction that also clears what was kept
    /// of them, unsent, where they were begun. None where something else than `kept` is kept there by now: another window
    /// has sent it.
    pub async fn enqueue_each(
        &self,
        begun: Address,
        kept: Broadcast,
        each: Vec<Outgoing>,
    ) -> Result<Vec<(ThreadId, MessageId)>, StoreError> {
        let places: Vec<_> = each.iter().map(|outgoing| self.service_time(outgoing.at)).collect();
        self.write(move |conn, touched| {
            if broadcasts::stored(conn, Some(&begun))?.is_none_or(|(_, stored)| stored != kept) {
                return Err(StoreError::NotKept);
            }
            let taken = each
                .iter()
                .zip(places)
                .map(|(outgoing, place)| take(conn, outgoing, place, touched))
                .collect::<Result<_, _>>()?;
            broadcasts::clear(conn, &begun)?;
            Ok(taken)
        })
        .await
    }

    /// The message that is next to be posted: the oldest whose time has come. Within a thread that is only ever the
    /// first, so that texts arrive in the order in which they were written.
    /// Only of numbers among `ours`: another process may know others, and how to sign for them.
    pub async fn next_due(&self, now: Timestamp, ours: &[Address]) -> Result<Option<OutboxItem>, StoreError> {
        self.next_due_in(None, now, ours).await
    }

    /// The same of one thread alone, where one is named.
    pub async fn next_due_in(
        &self,
        thread: Option<ThreadId>,
        now: Timestamp,
        ours: &[Address],
    ) -> Result<Option<OutboxItem>, StoreError> {
        let ours = list_of(ours);
        self.read(move |conn| {
            let found = sql::first(
                conn,
                "SELECT m.id, m.thread_id, n.address, c.address, m.body, o.attempts,
                     coalesce(m.first_id, m.id)
                 FROM outbox o CROSS JOIN messages m ON m.id = o.message_id CROSS JOIN threads t ON t.id = m.thread_id
                     CROSS JOIN numbers n ON n.id = t.number_id CROSS JOIN contacts c ON c.id = t.contact_id
                 WHERE m.delivery IN (0, 1) AND coalesce(o.not_before, 0) <= ?1
                     AND n.address IN (SELECT value FROM json_each(?2)) AND o.thread_id = coalesce(?3, o.thread_id)
                     AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.thread_id = o.thread_id AND e.place < o.place)
                 ORDER BY o.place LIMIT 1",
                params![now.as_millisecond(), ours, thread.map(|thread| thread.0)],
                |row| {
                    Ok(OutboxItem {
                        id: MessageId(row.get(0)?),
                        thread: ThreadId(row.get(1)?),
                        number: Address::from_normal(row.get::<_, String>(2)?),
                        contact: Address::from_normal(row.get::<_, String>(3)?),
                        body: row.get(4)?,
                        attempts: row.get(5)?,
                        first_id: MessageId(row.get(6)?),
                    })
                },
            )?;
            Ok(found)
        })
        .await
    }

    /// When the next message is due, in the past where one is due already; `None` where nothing waits for its time.
    /// What stands behind a message that is being sent is not counted: settling that is when to look again.
    pub async fn next_due_at(&self, ours: &[Address]) -> Result<Option<Timestamp>, StoreError> {
        let ours = list_of(ours);
        self.read(move |conn| {
            let at: Option<i64> = sql::first(
                conn,
                "SELECT min(coalesce(o.not_before, 0)) FROM outbox o CROSS JOIN messages m ON m.id = o.message_id
                     CROSS JOIN threads t ON t.id = m.thread_id CROSS JOIN numbers n ON n.id = t.number_id
                 WHERE m.delivery IN (0, 1) AND n.address IN (SELECT value FROM json_each(?1))
                     AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.thread_id = o.thread_id AND e.place < o.place)",
                [ours],
                |row| row.get(0),
            )?
            .flatten();
            Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
        })
        .await
    }

    /// Takes a due message for posting: `sending` is on the disk when this returns `true`. `false` where another process
    /// had it first, or it is not due, or not in the outbox any more. One that has waited stands from now on where it is
    /// posted, under another id; the old one goes on being understood.
    pub async fn claim(&self, id: MessageId, now: Timestamp) -> Result<bool, StoreError> {
        let posted = self.service_time(now);
        self.write(move |conn, touched| claim(conn, id, (now, posted), touched)).await
    }

    /// Writes down what became of a claimed message. Where history has shown in the meantime that it is out, that stays.
    /// One that was given up as unconfirmed in the meantime is not queued again but failed: a person may have acted on it.
    pub async fn settle(&self, id: MessageId, settlement: Settlement) -> Result<(), StoreError> {
        let shared = self.clone();
        self.write(move |conn, touched| {
            let id = current(conn, id)?;
            let entry = entry(conn, id)?;
            let is_out = matches!(settlement, Settlement::Sent { .. } | Settlement::Unconfirmed(_));
            settle(conn, id, &entry, settlement)?;
            refresh(conn, entry.thread, touched)?;
            // the answer may have told the service's time for the first time
            if let Some(posted_at) = entry.posted_at.filter(|_| is_out && !entry.in_history) {
                to_posting(conn, entry.thread, id, shared.service_time(posted_at), touched)?;
            }
            Ok(())
        })
        .await
    }

    /// What was put back because MightyCall could not be reached need wait no longer. Scheduled messages keep their time.
    pub async fn hurry(&self) -> Result<(), StoreError> {
        self.write(|conn, _| {
            let statement =
                "UPDATE outbox SET not_before = NULL WHERE attempts > 0 AND not_before IS NOT NULL AND told = 0";
            Ok(sql::run(conn, statement, []).map(drop)?)
        })
        .await
    }

    /// All that is not settled, oldest first: waiting, being sent, and failed or unconfirmed ones that nobody has dealt
    /// with.
    pub async fn outbox(&self) -> Result<Vec<Message>, StoreError> {
        self.read(|conn| {
            let (columns, sides) = (messages::COLUMNS, messages::SIDES);
            let waiting =
                format!("SELECT {columns} FROM outbox o CROSS JOIN messages m ON m.id = o.message_id {sides}");
            let trouble =
                format!("SELECT {columns} FROM messages m INDEXED BY messages_trouble {sides} WHERE m.trouble = 1");
            let mut unsettled = sql::list(conn, &waiting, [], messages::row)?;
            unsettled.extend(sql::list(conn, &trouble, [], messages::row)?);
            unsettled.sort_by_key(|message| message.id);
            Ok(unsettled)
        })
        .await
    }
}

/// `place`: where it stands in its conversation, by the service's clock.
fn take(
    conn: &Connection,
    outgoing: &Outgoing,
    place: Timestamp,
    touched: &mut Touched,
) -> Result<(ThreadId, MessageId), StoreError> {
    let body = to_send(&outgoing.body);
    if is_blank(&body) {
        return Err(StoreError::EmptyBody);
    }
    let thread = people::ensure_thread(conn, &outgoing.number, &outgoing.contact.address)?;
    people::offer_name(conn, &outgoing.contact, touched)?;
    let draft: Option<String> =
        sql::first(conn, "SELECT draft FROM threads WHERE id = ?1", [thread.0], |row| row.get(0))?.flatten();
    if draft.is_some_and(|draft| same_text(&to_send(&draft), &body)) {
        drafts::clear(conn, thread, touched)?;
    }
    let not_before = outgoing.not_before.filter(|then| *then > outgoing.at);
    let id = queue(conn, thread, &body, place, not_before)?;
    refresh(conn, thread, touched)?;
    Ok((thread, id))
}

/// Takes a due message for posting; `false` where it is not due, or not in the outbox any more.
pub(super) fn claim(
    conn: &Connection,
    id: MessageId,
    (now, posted): (Timestamp, Timestamp),
    touched: &mut Touched,
) -> Result<bool, StoreError> {
    let id = current(conn, id)?;
    let claimed = sql::run(
        conn,
        "UPDATE outbox SET attempts = attempts + 1, not_before = NULL, claimed_at = ?2
         WHERE message_id = ?1 AND coalesce(not_before, 0) <= ?2
             AND (SELECT delivery FROM messages WHERE id = ?1) IN (0, 1)
             AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.thread_id = outbox.thread_id AND e.place < outbox.place)",
        [id.0, now.as_millisecond()],
    )?;
    if claimed == 0 {
        return Ok(false);
    }
    let entry = entry(conn, id)?;
    set_delivery(conn, id, SENDING, None, false)?;
    sql::run(conn, "UPDATE messages SET posted_at = ?2 WHERE id = ?1", [id.0, now.as_millisecond()])?;
    refresh(conn, entry.thread, touched)?;
    let id = to_posting(conn, entry.thread, id, posted, touched)?;
    keep_behind(conn, entry.thread, id, touched)?;
    Ok(true)
}

/// Addresses as a JSON list, which a statement can read as a table.
fn list_of(addresses: &[Address]) -> String {
    serde_json::to_string(addresses).unwrap_or_else(|_| "[]".to_owned())
}

/// A message of ours, as far as the outbox decides by it.
pub(super) struct Entry {
    pub(super) thread: ThreadId,
    pub(super) direction: i64,
    pub(super) delivery: Option<i64>,
    pub(super) accepted: bool,
    pub(super) attachments: bool,
    /// Nobody has dealt with it.
    pub(super) trouble: bool,
    pub(super) body: String,
    /// When it was last taken for posting, by our clock.
    pub(super) posted_at: Option<Timestamp>,
    /// MightyCall's history has shown it.
    pub(super) in_history: bool,
}

pub(super) fn entry(conn: &Connection, id: MessageId) -> Result<Entry, StoreError> {
    let read = |row: &Row<'_>| {
        Ok(Entry {
            thread: ThreadId(row.get(0)?),
            direction: row.get(1)?,
            delivery: row.get(2)?,
            accepted: row.get(3)?,
            attachments: row.get(4)?,
            trouble: row.get(6)?,
            body: row.get(5)?,
            posted_at: row.get::<_, Option<i64>>(7)?.and_then(|at| Timestamp::from_millisecond(at).ok()),
            in_history: row.get(8)?,
        })
    };
    sql::first(
        conn,
        "SELECT thread_id, direction, delivery, accepted, attachments IS NOT NULL, body, trouble, posted_at,
             history_at IS NOT NULL
         FROM messages WHERE id = ?1",
        [id.0],
        read,
    )?
    .ok_or(StoreError::NoSuchMessage(id))
}

/// A new message of ours at the end of its thread, and its place in the outbox. `at`: by the service's clock; with
/// `not_before` it is to be sent later.
pub(super) fn queue(
    conn: &Connection,
    thread: ThreadId,
    body: &str,
    at: Timestamp,
    not_before: Option<Timestamp>,
) -> Result<MessageId, StoreError> {
    let id = allocate(conn, at_the_end(conn, thread, at, None)?)?;
    let delivery = if not_before.is_some() { Delivery::Scheduled } else { Delivery::Queued };
    sql::run(
        conn,
        "INSERT INTO messages (id, thread_id, direction, delivery, local, text_key, body)
         VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6)",
        params![id.0, thread.0, OUTBOUND, codes::delivery_code(&delivery), text_key(body), body],
    )?;
    search::index::enter(conn, vec![search::index::Entry { id, thread, body }])?;
    sql::run(conn, "UPDATE threads SET local_id = max(local_id, ?2) WHERE id = ?1", [thread.0, id.0])?;
    sql::run(
        conn,
        "INSERT INTO outbox (message_id, thread_id, not_before) VALUES (?1, ?2, ?3)",
        params![id.0, thread.0, not_before.map(Timestamp::as_millisecond)],
    )?;
    Ok(id)
}

fn settle(conn: &Connection, id: MessageId, entry: &Entry, settlement: Settlement) -> Result<(), StoreError> {
    if let Settlement::Sent { remote_id: Some(remote_id) } = &settlement {
        remote::add(conn, entry.thread, id, Road::SendAnswer, remote_id)?;
    }
    let open = matches!(entry.delivery, Some(SCHEDULED | QUEUED | SENDING));
    if entry.accepted || !(open || matches!(entry.delivery, Some(UNCONFIRMED))) {
        // history or a person was faster
        if matches!(settlement, Settlement::Sent { .. }) && !entry.accepted {
            accept(conn, id)?;
        }
        return Ok(leave(conn, id)?);
    }
    match settlement {
        Settlement::Sent { .. } => accept(conn, id)?,
        Settlement::Failed(reason) => set_delivery(conn, id, FAILED, Some(&reason), true)?,
        Settlement::Unconfirmed(reason) => set_delivery(conn, id, UNCONFIRMED, Some(&reason), true)?,
        Settlement::Queued { reason, .. } if !open => set_delivery(conn, id, FAILED, Some(&reason), true)?,
        Settlement::Queued { not_before, reason, told } => {
            set_delivery(conn, id, QUEUED, Some(&reason), false)?;
            sql::run(
                conn,
                "UPDATE outbox SET not_before = ?2, told = ?3 WHERE message_id = ?1",
                params![id.0, not_before.map(Timestamp::as_millisecond), told],
            )?;
            return Ok(());
        }
    }
    Ok(leave(conn, id)?)
}

fn accept(conn: &Connection, id: MessageId) -> rusqlite::Result<()> {
    sql::run(conn, "UPDATE messages SET accepted = 1 WHERE id = ?1", [id.0])?;
    set_delivery(conn, id, SENT, None, false)
}

pub(super) fn set_delivery(
    conn: &Connection,
    id: MessageId,
    delivery: i64,
    error: Option<&str>,
    trouble: bool,
) -> rusqlite::Result<()> {
    let values = params![id.0, delivery, error, trouble];
    sql::run(conn, "UPDATE messages SET delivery = ?2, error = ?3, trouble = ?4 WHERE id = ?1", values).map(drop)
}

/// Takes a message out of the outbox.
pub(super) fn leave(conn: &Connection, id: MessageId) -> rusqlite::Result<()> {
    sql::run(conn, "DELETE FROM outbox WHERE message_id = ?1", [id.0]).map(drop)
}

//! Messages of a thread: windows by key, oldest first.

use rusqlite::{Connection, Row};

use super::guid::RequestGuid;
use super::relocate::current;
use super::{Store, StoreError, codes, people, sql};
use crate::model::{Address, Attachment, Delivery, Message, MessageId, RecordNotes, ThreadId};

/// Which part of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MessageWindow {
    /// The end of it.
    #[default]
    Newest,
    /// The nearest that are older than this.
    Before(MessageId),
    /// The nearest that are newer than this.
    After(MessageId),
    /// This message, or its place where it is gone, with its neighbours on both sides.
    Around(MessageId),
}

/// A window of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessagePage {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// Whether there are older ones than the first.
    pub more_older: bool,
    /// Whether there are newer ones than the last.
    pub more_newer: bool,
}

impl Store {
    /// A window of a conversation, of at most `limit` messages.
    pub async fn messages(
        &self,
        thread: ThreadId,
        window: MessageWindow,
        limit: usize,
    ) -> Result<MessagePage, StoreError> {
        self.read(move |conn| page(conn, thread, window, limit)).await
    }

    /// One message.
    pub async fn message(&self, id: MessageId) -> Result<Option<Message>, StoreError> {
        self.read(move |conn| {
            let statement = format!("SELECT {COLUMNS} FROM messages m {SIDES} WHERE m.id = ?1");
            Ok(sql::first(conn, &statement, [current(conn, id)?.0], row)?)
        })
        .await
    }
}

impl Store {
    /// What came with a message, where that was asked for by itself.
    pub async fn set_attachments(&self, id: MessageId, attachments: Vec<Attachment>) -> Result<(), StoreError> {
        self.write(move |conn, touched| {
            let id = current(conn, id)?;
            let statement = "UPDATE messages SET attachments = ?2 WHERE id = ?1 RETURNING thread_id";
            let thread =
                sql::first(conn, statement, rusqlite::params![id.0, attachments_json(&attachments)], |row| row.get(0))?;
            if let Some(thread) = thread {
                touched.thread(ThreadId(thread));
            }
            Ok(())
        })
        .await
    }
}

/// What [`row`] reads, from `messages m` and [`SIDES`].
pub(super) const COLUMNS: &str = "m.id, m.remote_id, m.thread_id, n.address, c.address, m.direction, m.delivery,
    m.error, m.body, m.sender, m.unread, m.attachments, m.trouble, m.accepted, m.request_guid, m.remote_read, m.favorite,
    m.comment, m.workflow, m.like_id,
    m.first_id";
/// How many columns these are: the place of the next one.
pub(super) const WIDTH: usize = 21;
/// The joins that [`COLUMNS`] needs.
pub(super) const SIDES: &str = "CROSS JOIN threads t ON t.id = m.thread_id
    CROSS JOIN numbers n ON n.id = t.number_id CROSS JOIN contacts c ON c.id = t.contact_id";

pub(super) fn row(row: &Row<'_>) -> rusqlite::Result<Message> {
    let id = MessageId(row.get(0)?);
    let error: Option<String> = row.get(7)?;
    let delivery = codes::delivery(row.get(6)?, error.as_deref());
    let trouble: bool = row.get(12)?;
    Ok(Message {
        id,
        first_id: row.get::<_, Option<i64>>(20)?.map_or(id, MessageId),
        remote_id: row.get(1)?,
        request_guid: row.get::<_, Option<RequestGuid>>(14)?.map(|guid| guid.to_string()),
        thread: ThreadId(row.get(2)?),
        number: Address::from_normal(row.get::<_, String>(3)?),
        contact: Address::from_normal(row.get::<_, String>(4)?),
        direction: codes::direction(row.get(5)?),
        dealt: !trouble && delivery.as_ref().is_some_and(Delivery::is_trouble),
        delivery,
        error,
        accepted: row.get(13)?,
        body: row.get(8)?,
        at: id.at(),
        sender: row.get(9)?,
        unread: row.get(10)?,
        attachments: attachments(row.get::<_, Option<String>>(11)?.as_deref()),
        notes: notes(row, 15)?,
        like: row.get::<_, Option<i64>>(19)?.map(MessageId),
    })
}

/// What MightyCall notes, from four columns on: `remote_read`, `favorite`, `comment`, `workflow`.
pub(super) fn notes(row: &Row<'_>, from: usize) -> rusqlite::Result<RecordNotes> {
    Ok(RecordNotes {
        read: row.get(from)?,
        favorite: row.get::<_, Option<bool>>(from + 1)?.unwrap_or_default(),
        comment: row.get(from + 2)?,
        workflow: codes::workflow(row.get(from + 3)?),
    })
}

/// Attachments as the column holds them.
pub(super) fn attachments_json(attachments: &[Attachment]) -> Option<String> {
    if attachments.is_empty() {
        return None;
    }
    Some(serde_json::to_string(attachments).expect("names and links are plain strings"))
}

pub(super) fn attachments(json: Option<&str>) -> Vec<Attachment> {
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

#[derive(Debug, Clone, Copy)]
enum Side {
    Older,
    Newer,
    /// The place itself and newer.
    From,
}

pub(super) fn page(
    conn: &Connection,
    thread: ThreadId,
    window: MessageWindow,
    limit: usize,
) -> Result<MessagePage, StoreError> {
    let (older, newer) = match window {
        MessageWindow::Newest => (rows(conn, thread, Side::Older, i64::MAX, limit)?, Vec::new()),
        MessageWindow::Before(id) => (rows(conn, thread, Side::Older, id.0, limit)?, Vec::new()),
        MessageWindow::After(id) => (Vec::new(), rows(conn, thread, Side::Newer, id.0, limit)?),
        MessageWindow::Around(id) => {
            let id = current(conn, id)?;
            let older = rows(conn, thread, Side::Older, id.0, limit / 2)?;
            let newer = rows(conn, thread, Side::From, id.0, limit - older.len())?;
            (older, newer)
        }
    };
    let messages: Vec<Message> = older.into_iter().rev().chain(newer).collect();
    if messages.is_empty() && limit > 0 {
        people::sides(conn, thread)?;
    }
    let goes_on = |end: Option<&Message>, side| match end {
        Some(message) => Ok(!rows(conn, thread, side, message.id.0, 1)?.is_empty()),
        None => Ok::<_, rusqlite::Error>(false),
    };
    let more_older = goes_on(messages.first(), Side::Older)?;
    let more_newer = goes_on(messages.last(), Side::Newer)?;
    Ok(MessagePage { messages, more_older, more_newer })
}

/// Messages from a place on, nearest first.
fn rows(conn: &Connection, thread: ThreadId, side: Side, from: i64, limit: usize) -> rusqlite::Result<Vec<Message>> {
    let (than, order) = match side {
        Side::Older => ("<", "DESC"),
        Side::Newer => (">", "ASC"),
        Side::From => (">=", "ASC"),
    };
    let statement = format!(
        "SELECT {COLUMNS} FROM messages m INDEXED BY messages_by_thread {SIDES}
         WHERE m.thread_id = ?1 AND m.id {than} ?2 ORDER BY m.id {order} LIMIT ?3"
    );
    sql::list(conn, &statement, [thread.0, from, sql::limit(limit)], row)
}

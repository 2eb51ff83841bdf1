//! What could be the same message as a record: the planner of an intake decides among these.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};

use super::guid::RequestGuid;
use super::intake::Incoming;
use super::people::Threads;
use super::text::{same_text, text_key};
use super::{codes, remote, sql};
use crate::model::{Address, Delivery, Direction, MessageId, Road, ThreadId};

/// A message of the cache that a record could be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its row.
    pub id: MessageId,
    /// Our side.
    pub number: Address,
    /// The other side.
    pub contact: Address,
    /// Which way it went.
    pub direction: Direction,
    /// How far it has come.
    pub delivery: Option<Delivery>,
    /// The text, raw.
    pub body: String,
    /// When it was sent or received; of a message written here, when it was written.
    pub at: Timestamp,
    /// All ids under which it was seen. A message can have several of one road.
    pub remote_ids: Vec<(Road, String)>,
    /// The journal's second id, where a record brought one; a GUID in lower case: see [`same_id`](super::same_id).
    pub request_guid: Option<String>,
    /// Written here, by [`Store::enqueue`](super::Store::enqueue) or [`Store::resend`](super::Store::resend).
    pub outbox: bool,
    /// When a message of ours was last taken for posting; to the millisecond.
    pub posted_at: Option<Timestamp>,
    /// The time that history gives it; `None` for a message of ours that no record was matched with yet.
    pub history_at: Option<Timestamp>,
    /// Of a message of ours that history shows in pieces: how many characters of its text were shown so far, blanks not
    /// counted.
    pub shown: Option<usize>,
}

/// How far from a record's time a message with the same text is offered as possibly the same: clocks and time zones of
/// services differ by up to a day.
const NEAR: SignedDuration = SignedDuration::from_hours(26);
/// How many of those at most, per record.
const CANDIDATES: usize = 64;

/// What the records of a batch could be about.
pub(super) fn known(conn: &Connection, batch: &[Incoming], threads: &mut Threads) -> rusqlite::Result<Vec<Known>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for record in batch {
        let Some(thread) = threads.find(conn, &record.number, &record.contact.address)? else { continue };
        let by_id = remote::meant(conn, thread, record.remote_id.as_deref(), record.request_guid.as_deref())?;
        let ours = unmatched(conn, thread, record)?;
        let rewritten =
            if record.direction == Direction::Inbound { Vec::new() } else { unmatched_nearby(conn, thread, record)? };
        for id in by_id.into_iter().chain(near(conn, thread, record)?).chain(ours).chain(rewritten) {
            if seen.insert(id) {
                found.extend(read_known(conn, id, record)?);
            }
        }
    }
    Ok(found)
}

/// Messages of the thread with the record's text and about its time, nearest first.
fn near(conn: &Connection, thread: ThreadId, record: &Incoming) -> rusqlite::Result<Vec<MessageId>> {
    // a record whose time cannot be stands where it was first seen
    let (from, to) = if record.claimed_at.is_some() {
        (0, i64::MAX)
    } else {
        let from = MessageId::floor(record.at.saturating_sub(NEAR).unwrap_or(record.at)).0;
        (from, MessageId::ceiling(record.at.saturating_add(NEAR).unwrap_or(record.at)).0)
    };
    let middle = MessageId::floor(record.at).0;
    let key = text_key(&record.body);
    let limit = sql::limit(CANDIDATES);
    let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
    let mut rows = sql::list(
        conn,
        "SELECT id, body FROM messages INDEXED BY messages_by_text
         WHERE thread_id = ?1 AND text_key = ?2 AND id >= ?3 AND id <= ?4 ORDER BY id LIMIT ?5",
        params![thread.0, key, middle, to, limit],
        read,
    )?;
    rows.extend(sql::list(
        conn,
        "SELECT id, body FROM messages INDEXED BY messages_by_text
         WHERE thread_id = ?1 AND text_key = ?2 AND id >= ?3 AND id < ?4 ORDER BY id DESC LIMIT ?5",
        params![thread.0, key, from, middle, limit],
        read,
    )?);
    rows.retain(|(_, body)| same_text(body, &record.body));
    rows.sort_by_key(|&(id, _)| (MessageId(id).at().duration_since(record.at).abs(), id));
    rows.truncate(CANDIDATES);
    Ok(rows.into_iter().map(|(id, _)| MessageId(id)).collect())
}

/// Messages written here with the record's text that no record was matched with: they may have waited for days.
fn unmatched(conn: &Connection, thread: ThreadId, record: &Incoming) -> rusqlite::Result<Vec<MessageId>> {
    let mut rows = sql::list(
        conn,
        "SELECT id, body FROM messages INDEXED BY messages_unmatched
         WHERE thread_id = ?1 AND text_key = ?2 AND local = 1 AND history_at IS NULL ORDER BY id DESC LIMIT ?3",
        params![thread.0, text_key(&record.body), sql::limit(CANDIDATES)],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
    )?;
    rows.retain(|(_, body)| same_text(body, &record.body));
    Ok(rows.into_iter().map(|(id, _)| MessageId(id)).collect())
}

/// Messages written here that a record of another text may show: those about its time that no record was matched with,
/// and those that history shows in pieces so far.
fn unmatched_nearby(conn: &Connection, thread: ThreadId, record: &Incoming) -> rusqlite::Result<Vec<MessageId>> {
    let from = record.at.saturating_sub(NEAR).unwrap_or(record.at);
    let to = record.at.saturating_add(NEAR).unwrap_or(record.at);
    let mut rows = sql::list(
        conn,
        "SELECT id FROM messages INDEXED BY messages_unmatched
         WHERE thread_id = ?1 AND local = 1 AND history_at IS NULL
             AND (posted_at BETWEEN ?2 AND ?3 OR id BETWEEN ?4 AND ?5)
         LIMIT ?6",
        params![
            thread.0,
            from.as_millisecond(),
            to.as_millisecond(),
            MessageId::floor(from).0,
            MessageId::ceiling(to).0,
            sql::limit(CANDIDATES)
        ],
        |row| row.get(0).map(MessageId),
    )?;
    if record.remote_id.is_none() {
        // it may be one that a row was matched with before, which only its time and its text tell
        let minutes = SignedDuration::from_mins(2);
        let from = MessageId::floor(record.at.saturating_sub(minutes).unwrap_or(record.at));
        rows.extend(sql::list(
            conn,
            "SELECT id FROM messages INDEXED BY messages_by_thread
             WHERE thread_id = ?1 AND id BETWEEN ?2 AND ?3 AND local = 1 ORDER BY id DESC LIMIT ?4",
            params![thread.0, from.0, MessageId::ceiling(record.at).0, sql::limit(CANDIDATES)],
            |row| row.get(0).map(MessageId),
        )?);
    }
    rows.extend(sql::list(
        conn,
        "SELECT id FROM messages INDEXED BY messages_in_pieces WHERE thread_id = ?1 AND shown IS NOT NULL
         ORDER BY id DESC LIMIT ?2",
        params![thread.0, sql::limit(CANDIDATES)],
        |row| row.get(0).map(MessageId),
    )?);
    Ok(rows)
}

/// A message of the record's thread.
fn read_known(conn: &Connection, id: MessageId, record: &Incoming) -> rusqlite::Result<Option<Known>> {
    let row = sql::first(
        conn,
        "SELECT direction, delivery, error, body, local, remote_id, roads, posted_at, history_at, request_guid,
             shown
         FROM messages WHERE id = ?1",
        [id.0],
        |row| {
            let error: Option<String> = row.get(2)?;
            let outbox: bool = row.get(4)?;
            let time = |at: Option<i64>| at.and_then(|at| Timestamp::from_millisecond(at).ok());
            let known = Known {
                id,
                number: record.number.clone(),
                contact: record.contact.address.clone(),
                direction: codes::direction(row.get(0)?),
                delivery: codes::delivery(row.get(1)?, error.as_deref()),
                body: row.get(3)?,
                at: id.at(),
                remote_ids: Vec::new(),
                request_guid: row.get::<_, Option<RequestGuid>>(9)?.map(|guid| guid.to_string()),
                outbox,
                posted_at: time(row.get(7)?),
                history_at: time(row.get(8)?).or_else(|| (!outbox).then(|| id.at())),
                shown: row.get::<_, Option<u32>>(10)?.map(|shown| shown as usize),
            };
            Ok((known, row.get(5)?, row.get(6)?))
        },
    )?;
    let Some((mut known, remote_id, roads)) = row else { return Ok(None) };
    known.remote_ids = remote::all(conn, id, remote_id, roads)?;
    Ok(Some(known))
}

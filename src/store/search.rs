//! Finding messages: by their words, who wrote them, when and on which number; newest first, paged by id.
//!
//! Whatever is asked for, the search walks the shortest of the lists that hold it all, from its newest end, until the page
//! is full: the full-text index where there are words or few threads, a partial index where only what is unread, failed or
//! has files counts, the messages themselves otherwise. What that list does not say is looked at row by row.

mod expression;
pub(super) mod index;
pub(super) mod missing;
mod sides;
mod spelling;

use std::ops::ControlFlow;

use rusqlite::{Connection, Row, params};

use self::expression::{Expression, Threads};
#[cfg(test)]
pub(super) use self::sides::PEOPLE;
use self::sides::Sides;
use super::{Store, StoreError, messages, sql};
use crate::model::query::Query;
use crate::model::{Address, Contact, Message, MessageId, ThreadId, words};

/// What to find, and which part of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchQuery {
    /// What was typed.
    pub query: Query,
    /// Only on this number, even where it is not configured; on all configured ones otherwise.
    pub number: Option<Address>,
    /// Only what is older than this.
    pub below: Option<MessageId>,
    /// At most so many.
    pub limit: usize,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The message.
    pub message: Message,
    /// The other side of its thread.
    pub contact: Contact,
}

/// A part of what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchPage {
    /// Newest first.
    pub found: Vec<Found>,
    /// Whether there are older ones.
    pub more: bool,
}

impl Store {
    /// Finds messages, newest first. Nothing is found where nothing is asked for.
    pub async fn search(&self, query: SearchQuery) -> Result<SearchPage, StoreError> {
        self.read(move |conn| Ok(page(conn, &query)?)).await
    }

    /// The messages of a thread that have all these terms, newest first; at most `limit`.
    pub async fn find_in_thread(
        &self,
        thread: ThreadId,
        query: Query,
        limit: usize,
    ) -> Result<Vec<MessageId>, StoreError> {
        self.read(move |conn| Ok(in_thread(conn, thread, &query, limit)?)).await
    }
}

/// What is looked at of a message before it counts as found.
const COLUMNS: &str = "m.id, m.direction, t.number_id, t.contact_id, t.hidden, m.attachments IS NOT NULL, m.unread,
    m.trouble, m.body";
const THREADS: &str = "CROSS JOIN threads t ON t.id = m.thread_id";

/// What a message must be, besides on the list that is walked.
struct Wanted<'q> {
    query: &'q Query,
    sides: Sides,
    /// Row ids of contacts with the digits that were typed.
    dialled: Vec<i64>,
    /// For each of the terms, row ids of contacts of that name.
    named: Vec<Vec<i64>>,
    hidden_too: bool,
    /// The list does not know the words.
    read_words: bool,
}

impl Wanted<'_> {
    fn fits(&self, row: &Row<'_>) -> rusqlite::Result<bool> {
        let (direction, number, contact) = (row.get(1)?, row.get(2)?, row.get(3)?);
        let (hidden, attached, unread, trouble): (bool, bool, bool, bool) =
            (row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?);
        let query = self.query;
        if (hidden && !self.hidden_too)
            || (query.attached && !attached)
            || (query.unread && !unread)
            || (query.failed && !trouble)
            || !self.sides.fit(direction, number, contact)
        {
            return Ok(false);
        }
        let body = row.get_ref(8)?.as_str()?;
        if !query.without.is_empty() && words::has_any(&query.without, body) {
            return Ok(false);
        }
        let said = || {
            let terms = query.terms.iter().zip(&self.named);
            terms.filter(|(_, named)| !named.contains(&contact)).map(|(term, _)| term)
        };
        Ok(!self.read_words || self.dialled.contains(&contact) || words::has_all(said(), body))
    }
}

/// The ids between which to look: from the first, below the second.
type Span = (i64, i64);

pub(super) fn page(conn: &Connection, search: &SearchQuery) -> rusqlite::Result<SearchPage> {
    let query = &search.query;
    if query.is_empty() {
        return Ok(SearchPage::default());
    }
    let Some(sides) = Sides::of(conn, query, search.number.as_ref())? else { return Ok(SearchPage::default()) };
    let dialled = sides::dialled(conn, &query.digits)?;
    let named = sides::named(conn, &query.terms)?;
    let below = query.before.map_or(i64::MAX, |before| MessageId::floor(before).0);
    let span =
        (query.after.map_or(0, |after| MessageId::floor(after).0), search.below.map_or(below, |id| id.0.min(below)));
    let few = sides.threads(conn)?;
    let by_mark = query.unread || query.failed || query.attached;
    let mut wanted = Wanted {
        query,
        sides,
        dialled,
        named,
        hidden_too: search.number.is_some(),
        read_words: by_mark && !query.terms.is_empty(),
    };
    let mut ids = Vec::new();
    let most = search.limit.saturating_add(1);
    let mut take = |row: &Row<'_>, wanted: &Wanted<'_>| -> rusqlite::Result<ControlFlow<()>> {
        if wanted.fits(row)? {
            ids.push(MessageId(row.get(0)?));
        }
        Ok(if ids.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    };
    if query.unread || query.failed {
        marked(conn, query.unread, span, |row| take(row, &wanted))?;
    } else if query.attached {
        let statement = format!(
            "SELECT {COLUMNS} FROM messages m INDEXED BY messages_attached {THREADS}
             WHERE m.attachments IS NOT NULL AND m.id >= ?1 AND m.id < ?2 ORDER BY m.id DESC"
        );
        sql::walk(conn, &statement, span, |row| take(row, &wanted))?;
    } else if let Some(expression) = expression(conn, &wanted, few.as_deref())? {
        let statement = format!(
            "SELECT {COLUMNS} FROM messages_text x CROSS JOIN messages m ON m.id = x.rowid {THREADS}
             WHERE x.messages_text MATCH ?1 AND x.rowid >= ?2 AND x.rowid < ?3 ORDER BY x.rowid DESC"
        );
        let values = params![expression.as_str(), span.0, span.1];
        sql::walk(conn, &statement, values, |row| take(row, &wanted))?;
    } else {
        wanted.read_words = false;
        let statement =
            format!("SELECT {COLUMNS} FROM messages m {THREADS} WHERE m.id >= ?1 AND m.id < ?2 ORDER BY m.id DESC");
        sql::walk(conn, &statement, span, |row| take(row, &wanted))?;
    }
    let more = ids.len() > search.limit;
    ids.truncate(search.limit);
    let found = ids.into_iter().map(|id| read(conn, id)).collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(SearchPage { found: found.into_iter().flatten().collect(), more })
}

/// Walks what is unread, or failed and unconfirmed: its index has it by thread, and it is little.
fn marked(
    conn: &Connection,
    unread: bool,
    (from, to): Span,
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<ControlFlow<()>>,
) -> rusqlite::Result<()> {
    let all = if unread {
        "SELECT id FROM messages INDEXED BY messages_unread WHERE unread = 1"
    } else {
        "SELECT id FROM messages INDEXED BY messages_trouble WHERE trouble = 1"
    };
    let mut ids: Vec<i64> = sql::list(conn, all, [], |row| row.get(0))?;
    ids.retain(|id| (from..to).contains(id));
    ids.sort_unstable_by_key(|&id| std::cmp::Reverse(id));
    let statement = format!("SELECT {COLUMNS} FROM messages m {THREADS} WHERE m.id = ?1");
    for id in ids {
        if sql::first(conn, &statement, [id], &mut take)? == Some(ControlFlow::Break(())) {
            break;
        }
    }
    Ok(())
}

fn in_thread(conn: &Connection, thread: ThreadId, query: &Query, limit: usize) -> rusqlite::Result<Vec<MessageId>> {
    if query.terms.is_empty() {
        return Ok(Vec::new());
    }
    let Some(expression) = Expression::of(conn, query, &Threads::default(), Some(&[thread.0]))? else {
        return Ok(Vec::new());
    };
    sql::list(
        conn,
        "SELECT x.rowid FROM messages_text x WHERE x.messages_text MATCH ?1 ORDER BY x.rowid DESC LIMIT ?2",
        params![expression.as_str(), sql::limit(limit)],
        |row| row.get(0).map(MessageId),
    )
}

fn expression(conn: &Connection, wanted: &Wanted<'_>, only: Option<&[i64]>) -> rusqlite::Result<Option<Expression>> {
    let named = wanted.named.iter().map(|contacts| threads_of(conn, contacts)).collect::<rusqlite::Result<_>>()?;
    let threads = Threads { dialled: threads_of(conn, &wanted.dialled)?, named };
    Expression::of(conn, wanted.query, &threads, only)
}

fn threads_of(conn: &Connection, contacts: &[i64]) -> rusqlite::Result<Vec<i64>> {
    let mut threads = Vec::new();
    for contact in contacts {
        threads.extend(sides::of_contact(conn, *contact)?);
    }
    Ok(threads)
}

fn read(conn: &Connection, id: MessageId) -> rusqlite::Result<Option<Found>> {
    let statement = format!("SELECT {}, c.name FROM messages m {} WHERE m.id = ?1", messages::COLUMNS, messages::SIDES);
    sql::first(conn, &statement, [id.0], |row| {
        let message = messages::row(row)?;
        Ok(Found { contact: Contact { address: message.contact.clone(), name: row.get(messages::WIDTH)? }, message })
    })
}

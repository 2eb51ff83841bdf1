//! The kinds of lists, and how each is read.

use std::ops::ControlFlow;

use rusqlite::{Connection, Row, ToSql};

use super::{COLUMNS, SIDES, ThreadKey, row, thread};
use crate::model::{Address, Thread, ThreadFilter, ThreadId, ThreadText};
use crate::store::{people, sql};

/// Which way from a place in the list.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Above,
    Below,
    /// The place itself and below.
    From,
}

/// A kind of list: the index it is read from, and what its rows have in common. The index is named, so that no change of
/// SQLite's mind or of its statistics can turn a page into a sort of all threads.
pub(super) struct Lane {
    index: &'static str,
    filter: String,
    /// The row ids that `filter` names `?4` and on.
    ids: Vec<i64>,
    /// What SQLite cannot tell: looked for row by row, until the page is full.
    pub(super) text: Option<ThreadText>,
}

impl Lane {
    /// `None` where the number or the contact is not in the cache at all, and so nothing is in the list.
    pub(super) fn new(
        conn: &Connection,
        number: Option<&Address>,
        contact: Option<&Address>,
        filter: ThreadFilter,
        text: Option<ThreadText>,
    ) -> rusqlite::Result<Option<Self>> {
        let mut ids = Vec::new();
        for found in [
            contact.map(|contact| people::contact_id(conn, contact)),
            number.map(|number| people::number_id(conn, number)),
        ]
        .into_iter()
        .flatten()
        {
            let Some(id) = found? else { return Ok(None) };
            ids.push(id);
        }
        let common = match filter {
            ThreadFilter::All => "t.listed = 1",
            ThreadFilter::Unread => "t.unread > 0",
            ThreadFilter::Trouble => "t.trouble > 0",
            ThreadFilter::Open => "t.listed = 1 AND t.state = 0",
            ThreadFilter::Done => "t.listed = 1 AND t.state = 1",
            ThreadFilter::Muted => "t.muted = 1 AND t.listed = 1",
        };
        let (index, whose) = match (contact, number) {
            // a contact has a thread per number at most: sorting those is nothing
            (Some(_), None) => ("threads_by_contact", "t.contact_id = ?4 AND t.hidden = 0"),
            (Some(_), Some(_)) => ("threads_by_contact", "t.contact_id = ?4 AND t.number_id = ?5"),
            (None, None) => (by_activity(filter), "t.hidden = 0"),
            (None, Some(_)) => (of_number(filter), "t.number_id = ?4"),
        };
        Ok(Some(Self { index, filter: format!("{common} AND {whose}"), ids, text }))
    }

    /// Rows from a place on, nearest first.
    pub(super) fn rows(
        &self,
        conn: &Connection,
        side: Side,
        from: ThreadKey,
        limit: usize,
    ) -> rusqlite::Result<Vec<Thread>> {
        let (than, order) = match side {
            Side::Above => (">", "ASC"),
            Side::Below => ("<", "DESC"),
            Side::From => ("<=", "DESC"),
        };
        if let Some(text) = &self.text {
            return self.rows_with(conn, text, (than, order), from, limit);
        }
        let (index, filter, limit) = (self.index, &self.filter, sql::limit(limit));
        let statement = format!(
            "SELECT {COLUMNS} FROM threads t INDEXED BY {index} {SIDES}
             WHERE {filter} AND (t.activity, t.id) {than} (?1, ?2) ORDER BY t.activity {order}, t.id {order} LIMIT ?3"
        );
        let mut values: Vec<&dyn ToSql> = vec![&from.activity, &from.id.0, &limit];
        values.extend(self.ids.iter().map(|id| id as &dyn ToSql));
        sql::list(conn, &statement, values.as_slice(), row)
    }

    /// The same where words are looked for, too: SQLite goes on until it is told to stop.
    fn rows_with(
        &self,
        conn: &Connection,
        text: &ThreadText,
        (than, order): (&str, &str),
        from: ThreadKey,
        limit: usize,
    ) -> rusqlite::Result<Vec<Thread>> {
        let (index, filter) = (self.index, &self.filter);
        let statement = format!(
            "SELECT t.id, c.name, c.address, t.snippet, t.draft FROM threads t INDEXED BY {index}
                 CROSS JOIN contacts c ON c.id = t.contact_id
             WHERE {filter} AND (t.activity, t.id) {than} (?1, ?2) ORDER BY t.activity {order}, t.id {order} LIMIT ?3"
        );
        let mut values: Vec<&dyn ToSql> = vec![&from.activity, &from.id.0, &-1];
        values.extend(self.ids.iter().map(|id| id as &dyn ToSql));
        let mut ids = Vec::new();
        sql::walk(conn, &statement, values.as_slice(), |row| {
            if ids.len() < limit && fits(text, row)? {
                ids.push(ThreadId(row.get(0)?));
            }
            Ok(if ids.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        let threads = ids.into_iter().map(|id| thread(conn, id)).collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(threads.into_iter().flatten().collect())
    }
}

/// The index over all numbers. What is open or done is among all: SQLite passes twenty thousand rows in some milliseconds.
fn by_activity(filter: ThreadFilter) -> &'static str {
    match filter {
        ThreadFilter::All | ThreadFilter::Open | ThreadFilter::Done => "threads_by_activity",
        ThreadFilter::Unread => "threads_unread",
        ThreadFilter::Trouble => "threads_trouble",
        ThreadFilter::Muted => "threads_muted",
    }
}

/// The index for one number.
fn of_number(filter: ThreadFilter) -> &'static str {
    match filter {
        ThreadFilter::All | ThreadFilter::Open | ThreadFilter::Done => "threads_by_number",
        ThreadFilter::Unread => "threads_unread_by_number",
        ThreadFilter::Trouble => "threads_trouble",
        ThreadFilter::Muted => "threads_muted",
    }
}

fn fits(text: &ThreadText, row: &Row<'_>) -> rusqlite::Result<bool> {
    let name = row.get_ref(1)?.as_str_or_null()?;
    let draft = row.get_ref(4)?.as_str_or_null()?.unwrap_or_default();
    Ok(text.fits_row(name, row.get_ref(2)?.as_str()?, &[row.get_ref(3)?.as_str()?, draft]))
}

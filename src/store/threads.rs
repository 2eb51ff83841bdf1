//! The list of threads: windows of rows by key, newest activity first.

use rusqlite::{Connection, Row, ToSql};

use super::change::Touched;
use super::{Store, StoreError, codes, people, sql};
use crate::model::{Address, Contact, MessageId, Thread, ThreadId, ThreadState};

/// Where a thread stands in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadKey {
    /// [`Thread::activity`].
    pub activity: i64,
    /// Tells apart what has the same activity.
    pub id: ThreadId,
}

impl From<&Thread> for ThreadKey {
    fn from(thread: &Thread) -> Self {
        Self { activity: thread.activity, id: thread.id }
    }
}

/// Which part of a list of threads. Newest activity is at the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ThreadWindow {
    /// From the newest activity down.
    #[default]
    Top,
    /// The nearest above this place: of newer activity.
    Above(ThreadKey),
    /// The nearest below this place: of older activity.
    Below(ThreadKey),
    /// This thread with its neighbours on both sides, wherever it is; the top where there is no such thread, or where it
    /// has neither message nor draft.
    Around(ThreadId),
}

/// Which threads, and which part of their list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ThreadQuery {
    /// Only those of this number, even where it is not configured; all configured numbers' otherwise.
    pub number: Option<Address>,
    /// Only those with this contact.
    pub contact: Option<Address>,
    /// Only those with unread messages.
    pub unread_only: bool,
    /// Which part.
    pub window: ThreadWindow,
    /// At most so many rows.
    pub limit: usize,
}

/// A window of a list of threads.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThreadPage {
    /// Newest activity first.
    pub threads: Vec<Thread>,
    /// Whether the list goes on above the first.
    pub more_above: bool,
    /// Whether the list goes on below the last.
    pub more_below: bool,
}

impl Store {
    /// A window of the list of threads. What has neither message nor draft is in no list.
    pub async fn threads(&self, query: ThreadQuery) -> Result<ThreadPage, StoreError> {
        self.read(move |conn| page(conn, &query)).await
    }

    /// One thread, listed or not.
    pub async fn thread(&self, id: ThreadId) -> Result<Option<Thread>, StoreError> {
        self.read(move |conn| Ok(thread(conn, id)?)).await
    }

    /// The thread of a number with a contact, if there is one.
    pub async fn thread_between(&self, number: Address, contact: Address) -> Result<Option<Thread>, StoreError> {
        self.read(move |conn| match people::find_thread(conn, &number, &contact)? {
            Some(id) => Ok(thread(conn, id)?),
            None => Ok(None),
        })
        .await
    }

    /// The thread of a number with a contact, made where it is missing. It shows in lists once it has a message or a
    /// draft. The contact's name is taken where it has none.
    pub async fn ensure_thread(&self, number: Address, contact: Contact) -> Result<ThreadId, StoreError> {
        self.write(move |conn, touched| {
            let id = people::ensure_thread(conn, &number, &contact.address)?;
            people::offer_name(conn, &contact, touched)?;
            Ok(id)
        })
        .await
    }

    /// The next thread with unread messages below `after` (from the top, where that is `None`), going on at the top where
    /// the list ends. `None` where nothing is unread.
    pub async fn next_unread(
        &self,
        number: Option<Address>,
        after: Option<ThreadKey>,
    ) -> Result<Option<ThreadId>, StoreError> {
        self.read(move |conn| Ok(next_unread(conn, number.as_ref(), after)?)).await
    }

    /// Puts a thread away, or back.
    pub async fn set_state(&self, thread: ThreadId, state: ThreadState) -> Result<(), StoreError> {
        self.write(move |conn, touched| set_state(conn, thread, state, touched)).await
    }
}

pub(super) fn set_state(
    conn: &Connection,
    thread: ThreadId,
    state: ThreadState,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let code = codes::state_code(state);
    let changed = sql::run(conn, "UPDATE threads SET state = ?2 WHERE id = ?1 AND state <> ?2", [thread.0, code])?;
    if changed > 0 {
        touched.thread(thread);
    } else {
        people::sides(conn, thread)?;
    }
    Ok(())
}

/// Above every thread there can be.
const TOP: ThreadKey = ThreadKey { activity: i64::MAX, id: ThreadId(i64::MAX) };

const COLUMNS: &str = "t.id, n.address, c.address, c.name, t.activity, t.snippet, t.last_direction, t.last_delivery,
    t.last_error, t.unread, t.draft, t.state, t.trouble";
/// `CROSS JOIN` keeps SQLite to this order: the threads lead, the others are looked up for each row.
const SIDES: &str = "CROSS JOIN numbers n ON n.id = t.number_id CROSS JOIN contacts c ON c.id = t.contact_id";

fn row(row: &Row<'_>) -> rusqlite::Result<Thread> {
    let activity = row.get(4)?;
    let last_direction: Option<i64> = row.get(6)?;
    let last_error: Option<String> = row.get(8)?;
    Ok(Thread {
        id: ThreadId(row.get(0)?),
        number: Address::from_normal(row.get::<_, String>(1)?),
        contact: Contact { address: Address::from_normal(row.get::<_, String>(2)?), name: row.get(3)? },
        activity,
        last_message_at: MessageId(activity).at(),
        snippet: row.get(5)?,
        last_direction: last_direction.map(codes::direction),
        last_delivery: codes::delivery(row.get(7)?, last_error.as_deref()),
        unread: row.get(9)?,
        draft: row.get(10)?,
        state: codes::state(row.get(11)?),
        trouble: row.get(12)?,
        muted: false,
    })
}

fn thread(conn: &Connection, id: ThreadId) -> rusqlite::Result<Option<Thread>> {
    sql::first(conn, &format!("SELECT {COLUMNS} FROM threads t {SIDES} WHERE t.id = ?1"), [id.0], row)
}

pub(super) fn page(conn: &Connection, query: &ThreadQuery) -> Result<ThreadPage, StoreError> {
    let lane = Lane::new(conn, query.number.as_ref(), query.contact.as_ref(), query.unread_only)?;
    let Some(lane) = lane else { return Ok(ThreadPage::default()) };
    let window = match query.window {
        ThreadWindow::Around(id) => key_of(conn, id)?.map_or(ThreadWindow::Top, |_| query.window),
        window => window,
    };
    let (above, from) = match window {
        ThreadWindow::Top => (Vec::new(), Some((Side::Below, TOP))),
        ThreadWindow::Below(key) => (Vec::new(), Some((Side::Below, key))),
        ThreadWindow::Above(key) => (lane.rows(conn, Side::Above, key, query.limit)?, None),
        ThreadWindow::Around(id) => {
            let key = key_of(conn, id)?.unwrap_or(TOP);
            (lane.rows(conn, Side::Above, key, query.limit / 2)?, Some((Side::From, key)))
        }
    };
    let mut threads: Vec<Thread> = above.into_iter().rev().collect();
    if let Some((side, key)) = from {
        threads.extend(lane.rows(conn, side, key, query.limit - threads.len())?);
    }
    let goes_on = |end: Option<&Thread>, side| match end {
        Some(thread) => Ok(!lane.rows(conn, side, thread.into(), 1)?.is_empty()),
        None => Ok::<_, rusqlite::Error>(false),
    };
    let more_above = goes_on(threads.first(), Side::Above)?;
    let more_below = goes_on(threads.last(), Side::Below)?;
    Ok(ThreadPage { threads, more_above, more_below })
}

pub(super) fn next_unread(
    conn: &Connection,
    number: Option<&Address>,
    after: Option<ThreadKey>,
) -> rusqlite::Result<Option<ThreadId>> {
    let Some(lane) = Lane::new(conn, number, None, true)? else { return Ok(None) };
    let below = match after {
        Some(key) => lane.rows(conn, Side::Below, key, 1)?,
        None => Vec::new(),
    };
    let next = if below.is_empty() { lane.rows(conn, Side::Below, TOP, 1)? } else { below };
    Ok(next.first().map(|thread| thread.id))
}

/// The place of a thread that is in lists.
fn key_of(conn: &Connection, id: ThreadId) -> rusqlite::Result<Option<ThreadKey>> {
    sql::first(conn, "SELECT activity FROM threads WHERE id = ?1 AND listed = 1", [id.0], |row| {
        Ok(ThreadKey { activity: row.get(0)?, id })
    })
}

/// Which way from a place in the list.
#[derive(Debug, Clone, Copy)]
enum Side {
    Above,
    Below,
    /// The place itself and below.
    From,
}

/// A kind of list: the index it is read from, and what its rows have in common. The index is named, so that no change of
/// SQLite's mind or of its statistics can turn a page into a sort of all threads.
struct Lane {
    index: &'static str,
    filter: &'static str,
    /// The row ids that `filter` names `?4` and on.
    ids: Vec<i64>,
}

impl Lane {
    /// `None` where the number or the contact is not in the cache at all, and so nothing is in the list.
    fn new(
        conn: &Connection,
        number: Option<&Address>,
        contact: Option<&Address>,
        unread_only: bool,
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
        let (index, filter) = match (contact.is_some(), number.is_some(), unread_only) {
            (false, false, false) => ("threads_by_activity", "t.listed = 1 AND t.hidden = 0"),
            (false, true, false) => ("threads_by_number", "t.listed = 1 AND t.number_id = ?4"),
            (false, false, true) => ("threads_unread", "t.unread > 0 AND t.hidden = 0"),
            (false, true, true) => ("threads_unread_by_number", "t.unread > 0 AND t.number_id = ?4"),
            // a contact has a thread per number at most: sorting those is nothing
            (true, false, false) => ("threads_by_contact", "t.contact_id = ?4 AND t.listed = 1 AND t.hidden = 0"),
            (true, true, false) => ("threads_by_contact", "t.contact_id = ?4 AND t.number_id = ?5 AND t.listed = 1"),
            (true, false, true) => ("threads_by_contact", "t.contact_id = ?4 AND t.unread > 0 AND t.hidden = 0"),
            (true, true, true) => ("threads_by_contact", "t.contact_id = ?4 AND t.number_id = ?5 AND t.unread > 0"),
        };
        Ok(Some(Self { index, filter, ids }))
    }

    /// Rows from a place on, nearest first.
    fn rows(&self, conn: &Connection, side: Side, from: ThreadKey, limit: usize) -> rusqlite::Result<Vec<Thread>> {
        let (than, order) = match side {
            Side::Above => (">", "ASC"),
            Side::Below => ("<", "DESC"),
            Side::From => ("<=", "DESC"),
        };
        let (index, filter) = (self.index, self.filter);
        let statement = format!(
            "SELECT {COLUMNS} FROM threads t INDEXED BY {index} {SIDES}
             WHERE {filter} AND (t.activity, t.id) {than} (?1, ?2) ORDER BY t.activity {order}, t.id {order} LIMIT ?3"
        );
        let limit = sql::limit(limit);
        let mut values: Vec<&dyn ToSql> = vec![&from.activity, &from.id.0, &limit];
        values.extend(self.ids.iter().map(|id| id as &dyn ToSql));
        sql::list(conn, &statement, values.as_slice(), row)
    }
}

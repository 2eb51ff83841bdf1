//! The list of threads: windows of rows by key, newest activity first.

mod lane;

use std::borrow::Cow;

use rusqlite::{Connection, Row};

use self::lane::{Lane, Side};
use super::change::Touched;
use super::{Store, StoreError, codes, messages, people, sql};
use crate::model::{Address, Contact, MessageId, Thread, ThreadFilter, ThreadId, ThreadState, ThreadText, preview};

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
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ThreadQuery {
    /// Only those of this number, even where it is not configured; all configured numbers' otherwise.
    pub number: Option<Address>,
    /// Only those with this contact.
    pub contact: Option<Address>,
    /// Only those that have this in common.
    pub filter: ThreadFilter,
    /// Only those with these words in their rows.
    pub text: Option<ThreadText>,
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

    /// Whether new messages of a thread are told of.
    pub async fn set_muted(&self, thread: ThreadId, muted: bool) -> Result<(), StoreError> {
        self.write(move |conn, touched| {
            let changed =
                sql::run(conn, "UPDATE threads SET muted = ?2 WHERE id = ?1 AND muted <> ?2", (thread.0, muted))?;
            told(conn, thread, changed, touched)
        })
        .await
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
    told(conn, thread, changed, touched)
}

/// Tells of a thread that has changed; an error where there is none.
fn told(conn: &Connection, thread: ThreadId, changed: usize, touched: &mut Touched) -> Result<(), StoreError> {
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
    t.last_error, t.unread, t.draft, t.state, t.trouble, t.muted, c.kind,
    (SELECT attachments FROM messages WHERE id = t.last_id)";
/// `CROSS JOIN` keeps SQLite to this order: the threads lead, the others are looked up for each row.
const SIDES: &str = "CROSS JOIN numbers n ON n.id = t.number_id CROSS JOIN contacts c ON c.id = t.contact_id";

fn row(row: &Row<'_>) -> rusqlite::Result<Thread> {
    let activity = row.get(4)?;
    let last_direction: Option<i64> = row.get(6)?;
    let last_error: Option<String> = row.get(8)?;
    let said: &str = row.get_ref(5)?.as_str()?;
    let files = messages::attachments(row.get_ref(15)?.as_str_or_null()?);
    Ok(Thread {
        id: ThreadId(row.get(0)?),
        number: Address::from_normal(row.get::<_, String>(1)?),
        contact: Contact { address: Address::from_normal(row.get::<_, String>(2)?), name: row.get(3)? },
        contact_kind: codes::caller(row.get(14)?),
        activity,
        last_message_at: MessageId(activity).at(),
        snippet: last_direction.map_or(Cow::Borrowed(said), |_| preview(said, &files)).into_owned(),
        last_direction: last_direction.map(codes::direction),
        last_delivery: codes::delivery(row.get(7)?, last_error.as_deref()),
        unread: row.get(9)?,
        draft: row.get(10)?,
        state: codes::state(row.get(11)?),
        trouble: row.get(12)?,
        muted: row.get(13)?,
    })
}

pub(super) fn thread(conn: &Connection, id: ThreadId) -> rusqlite::Result<Option<Thread>> {
    sql::first(conn, &format!("SELECT {COLUMNS} FROM threads t {SIDES} WHERE t.id = ?1"), [id.0], row)
}

pub(super) fn page(conn: &Connection, query: &ThreadQuery) -> Result<ThreadPage, StoreError> {
    let (number, contact) = (query.number.as_ref(), query.contact.as_ref());
    let lane = Lane::new(conn, number, contact, query.filter, query.text.clone())?;
    let Some(lane) = lane else { return Ok(ThreadPage::default()) };
    let window = match query.window {
        ThreadWindow::Around(id) => key_of(conn, id)?.map_or(ThreadWindow::Top, |_| query.window),
        window => window,
    };
    if lane.text.is_some() {
        return whole_pass(conn, &lane, window, query.limit);
    }
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

/// A page where words are looked for: whether the list goes on is told by one more row, because looking from its ends may
/// mean to look at all there is.
fn whole_pass(conn: &Connection, lane: &Lane, window: ThreadWindow, limit: usize) -> Result<ThreadPage, StoreError> {
    let rows = |side, key, limit: usize| -> rusqlite::Result<(Vec<Thread>, bool)> {
        let mut rows = lane.rows(conn, side, key, limit + 1)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok((rows, more))
    };
    let ((above, more_above), (below, more_below)) = match window {
        ThreadWindow::Top => ((Vec::new(), false), rows(Side::Below, TOP, limit)?),
        ThreadWindow::Below(key) => ((Vec::new(), true), rows(Side::Below, key, limit)?),
        ThreadWindow::Above(key) => (rows(Side::Above, key, limit)?, (Vec::new(), true)),
        ThreadWindow::Around(id) => {
            let key = key_of(conn, id)?.unwrap_or(TOP);
            let above = rows(Side::Above, key, limit / 2)?;
            let left = limit - above.0.len();
            (above, rows(Side::From, key, left)?)
        }
    };
    let threads = above.into_iter().rev().chain(below).collect();
    Ok(ThreadPage { threads, more_above, more_below })
}

pub(super) fn next_unread(
    conn: &Connection,
    number: Option<&Address>,
    after: Option<ThreadKey>,
) -> rusqlite::Result<Option<ThreadId>> {
    let Some(lane) = Lane::new(conn, number, None, ThreadFilter::Unread, None)? else { return Ok(None) };
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

//! How far the history of each number is known, and of a single conversation where that was fetched further by itself.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::{Store, StoreError, people, sql};
use crate::model::{Address, Coverage, Span, ThreadId};

/// Whether a look at the whole account shows a number's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AccountView {
    /// Not known yet.
    #[default]
    Unknown,
    /// It does.
    Seen,
    /// It left some of them out.
    Partial,
}

/// How far the history of a number is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Cursor {
    /// What is here without a gap.
    pub coverage: Coverage,
    /// Messages below that which were asked for and not fetched yet.
    pub owed: u64,
    /// Records read so far of a list that runs from old to new; `None` where lists run from new to old.
    pub skip: Option<u64>,
    /// When it was last asked for with success.
    pub synced_at: Option<Timestamp>,
    /// When this number alone was last looked at, well back.
    pub checked_at: Option<Timestamp>,
    /// Whether looks at the whole account show it.
    pub account: AccountView,
}

impl Cursor {
    /// Another process may have got further in the meantime: what is here stays known to be here.
    fn joined_with(&self, stored: &Self) -> Self {
        let spans = self.coverage.spans().iter().chain(stored.coverage.spans());
        let complete = self.coverage.reaches_beginning()
            || stored.coverage.reaches_beginning() && !stored.coverage.spans().is_empty();
        Self {
            coverage: Coverage::new(spans.copied(), complete),
            synced_at: self.synced_at.max(stored.synced_at),
            account: if stored.account == AccountView::Partial { stored.account } else { self.account },
            ..self.clone()
        }
    }
}

impl Store {
    /// How far this number's history is known; `None` where it was never asked for.
    pub async fn cursor(&self, number: Address) -> Result<Option<Cursor>, StoreError> {
        self.read(move |conn| Ok(stored(conn, &number)?)).await
    }

    /// Remembers how far this number's history is known.
    pub async fn set_cursor(&self, number: Address, cursor: Cursor) -> Result<(), StoreError> {
        self.set_cursors(vec![(number, cursor)]).await
    }

    /// Remembers how far each of these numbers' histories is known, in one transaction.
    pub async fn set_cursors(&self, cursors: Vec<(Address, Cursor)>) -> Result<(), StoreError> {
        self.write(move |conn, _| cursors.iter().try_for_each(|(number, cursor)| set(conn, number, cursor))).await
    }
}

impl Store {
    /// What is here of the history of a conversation: of its number, and of itself where it was fetched alone. `None`
    /// where neither was ever asked for.
    pub async fn thread_coverage(&self, thread: ThreadId) -> Result<Option<Coverage>, StoreError> {
        self.read(move |conn| {
            let number = sql::first(
                conn,
                "SELECT n.address FROM threads t CROSS JOIN numbers n ON n.id = t.number_id WHERE t.id = ?1",
                [thread.0],
                |row| row.get::<_, String>(0).map(Address::from_normal),
            )?;
            let of_number = match number {
                Some(number) => stored(conn, &number)?.map(|cursor| cursor.coverage),
                None => None,
            };
            Ok(match (of_number, own(conn, thread)?) {
                (Some(of_number), Some(own)) => Some(of_number.joined_with(&own)),
                (of_number, own) => of_number.or(own),
            })
        })
        .await
    }

    /// Every message of this conversation in `span` is here: it was fetched alone. `whole` where nothing is older. Adds to
    /// what was so before, and takes nothing back; whoever shows the conversation is told.
    pub async fn reach_thread(&self, thread: ThreadId, span: Span, whole: bool) -> Result<(), StoreError> {
        self.write(move |conn, touched| {
            people::sides(conn, thread)?;
            let before = own(conn, thread)?;
            let now = Coverage::new([span], whole);
            let now = before.as_ref().map_or_else(|| now.clone(), |before| before.joined_with(&now));
            if before.as_ref() != Some(&now) {
                let statement = "UPDATE threads SET own_spans = ?2, own_whole = ?3 WHERE id = ?1";
                sql::run(conn, statement, params![thread.0, spans_json(&now), now.reaches_beginning()])?;
                touched.thread(thread);
            }
            Ok(())
        })
        .await
    }
}

/// What was fetched of one conversation alone.
fn own(conn: &Connection, thread: ThreadId) -> rusqlite::Result<Option<Coverage>> {
    let statement = "SELECT own_spans, own_whole FROM threads WHERE id = ?1 AND own_spans IS NOT NULL";
    sql::first(conn, statement, [thread.0], |row| Ok(Coverage::new(spans(&row.get::<_, String>(0)?), row.get(1)?)))
}

pub(super) fn stored(conn: &Connection, number: &Address) -> rusqlite::Result<Option<Cursor>> {
    sql::first(
        conn,
        "SELECT spans, complete, owed, skip, synced_at, checked_at, account FROM cursors
                 WHERE number_id = (SELECT id FROM numbers WHERE address = ?1)",
        [number.as_str()],
        |row| {
            Ok(Cursor {
                coverage: Coverage::new(spans(&row.get::<_, String>(0)?), row.get(1)?),
                owed: row.get::<_, i64>(2)?.unsigned_abs(),
                skip: row.get::<_, Option<i64>>(3)?.map(i64::unsigned_abs),
                synced_at: time(row, 4)?,
                checked_at: time(row, 5)?,
                account: match row.get::<_, i64>(6)? {
                    1 => AccountView::Seen,
                    2 => AccountView::Partial,
                    _ => AccountView::Unknown,
                },
            })
        },
    )
}

fn set(conn: &Connection, number: &Address, cursor: &Cursor) -> Result<(), StoreError> {
    let id = people::ensure_number(conn, number)?;
    let cursor = stored(conn, number)?.map_or_else(|| cursor.clone(), |stored| cursor.joined_with(&stored));
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let account = match cursor.account {
        AccountView::Unknown => 0,
        AccountView::Seen => 1,
        AccountView::Partial => 2,
    };
    sql::run(
        conn,
        "INSERT OR REPLACE INTO cursors
                     (number_id, spans, complete, owed, skip, synced_at, checked_at, account)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            id,
            spans_json(&cursor.coverage),
            cursor.coverage.reaches_beginning(),
            signed(cursor.owed),
            cursor.skip.map(signed),
            text(cursor.synced_at),
            text(cursor.checked_at),
            account,
        ],
    )?;
    Ok(())
}

fn spans_json(coverage: &Coverage) -> String {
    let spans: Vec<_> = coverage.spans().iter().map(|span| (span.oldest, span.newest)).collect();
    serde_json::to_string(&spans).unwrap_or_default()
}

/// Stretches that cannot be read are as good as none: that history is then asked for again.
fn spans(text: &str) -> Vec<Span> {
    let spans: Vec<(Timestamp, Timestamp)> = serde_json::from_str(text).unwrap_or_default();
    spans.into_iter().map(|(oldest, newest)| Span { oldest, newest }).collect()
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<String>>(column)?.and_then(|text| text.parse().ok()))
}

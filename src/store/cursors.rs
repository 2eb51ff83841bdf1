//! How far the history of each number is known.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::{Store, StoreError, people, sql};
use crate::model::Address;

/// How far the history of a number is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Cursor {
    /// Time of the newest record seen.
    pub newest_at: Option<Timestamp>,
    /// Time of the oldest record seen.
    pub oldest_at: Option<Timestamp>,
    /// Whether the history is known back to its beginning.
    pub complete: bool,
    /// When it was last asked for with success.
    pub synced_at: Option<Timestamp>,
}

impl Store {
    /// How far this number's history is known; `None` where it was never asked for.
    pub async fn cursor(&self, number: Address) -> Result<Option<Cursor>, StoreError> {
        self.read(move |conn| {
            let found = sql::first(
                conn,
                "SELECT newest_at, oldest_at, complete, synced_at FROM cursors
                 WHERE number_id = (SELECT id FROM numbers WHERE address = ?1)",
                [number.as_str()],
                |row| {
                    let complete = row.get(2)?;
                    Ok(Cursor {
                        newest_at: time(row, 0)?,
                        oldest_at: time(row, 1)?,
                        complete,
                        synced_at: time(row, 3)?,
                    })
                },
            )?;
            Ok(found)
        })
        .await
    }

    /// Remembers how far this number's history is known.
    pub async fn set_cursor(&self, number: Address, cursor: Cursor) -> Result<(), StoreError> {
        self.write(move |conn, _| {
            let id = people::ensure_number(conn, &number)?;
            let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
            sql::run(
                conn,
                "INSERT OR REPLACE INTO cursors (number_id, newest_at, oldest_at, complete, synced_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id, text(cursor.newest_at), text(cursor.oldest_at), cursor.complete, text(cursor.synced_at)],
            )?;
            Ok(())
        })
        .await
    }
}

/// A time that cannot be read is as good as none: the history is then asked for again.
fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<String>>(column)?.and_then(|text| text.parse().ok()))
}

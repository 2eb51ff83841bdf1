//! Drafts: the unsent text of a thread, in the thread's row.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::change::Touched;
use super::refresh::refresh;
use super::{Store, StoreError, people, sql};
use crate::model::ThreadId;

impl Store {
    /// Keeps what is typed so far; an empty text clears it. On the disk when this returns. A thread without messages
    /// stands in lists at the time at which its draft was begun, and stays there while one types.
    pub async fn save_draft(&self, thread: ThreadId, text: &str, now: Timestamp) -> Result<(), StoreError> {
        let text = text.to_owned();
        self.write(move |conn, touched| {
            let begun = "SELECT coalesce(draft_at, 0) FROM threads WHERE id = ?1 AND draft IS NOT NULL";
            let begun = sql::first(conn, begun, [thread.0], |row| row.get(0))?;
            if text.is_empty() {
                if let Some(begun) = begun {
                    touched.discarded(begun);
                }
                clear(conn, thread, touched)?;
                return people::sides(conn, thread).map(drop);
            }
            let changed = sql::run(
                conn,
                "UPDATE threads SET draft = ?2, draft_at = coalesce(draft_at, ?3) WHERE id = ?1 AND draft IS NOT ?2",
                params![thread.0, text, now.as_millisecond().max(0)],
            )?;
            if changed > 0 { refresh(conn, thread, touched) } else { people::sides(conn, thread).map(drop) }
        })
        .await
    }

    /// The unsent text of a thread.
    pub async fn draft(&self, thread: ThreadId) -> Result<Option<String>, StoreError> {
        self.read(move |conn| {
            sql::first(conn, "SELECT draft FROM threads WHERE id = ?1", [thread.0], |row| row.get(0))?
                .ok_or(StoreError::NoSuchThread(thread))
        })
        .await
    }
}

/// Takes the draft away, where there is one.
pub(super) fn clear(conn: &Connection, thread: ThreadId, touched: &mut Touched) -> Result<(), StoreError> {
    let cleared = sql::run(
        conn,
        "UPDATE threads SET draft = NULL, draft_at = NULL WHERE id = ?1 AND draft IS NOT NULL",
        [thread.0],
    )?;
    if cleared > 0 { refresh(conn, thread, touched) } else { Ok(()) }
}

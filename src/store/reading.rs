//! Read and unread.

use rusqlite::Connection;

use super::change::Touched;
use super::refresh::refresh;
use super::{Store, StoreError, people, sql};
use crate::model::{Address, MessageId, ThreadId};

impl Store {
    /// Marks the messages of a thread up to and with `up_to` as read: what came after it stays unread. Says how many
    /// were unread.
    pub async fn mark_read(&self, thread: ThreadId, up_to: MessageId) -> Result<u32, StoreError> {
        self.write(move |conn, touched| {
            people::sides(conn, thread)?;
            mark_read(conn, thread, up_to, touched)
        })
        .await
    }

    /// Marks so many of the newest inbound messages of a thread as unread; nothing where there is none.
    pub async fn mark_unread(&self, thread: ThreadId, newest: u32) -> Result<(), StoreError> {
        self.write(move |conn, touched| {
            people::sides(conn, thread)?;
            let marked = sql::run(
                conn,
                "UPDATE messages SET unread = 1 WHERE unread = 0 AND id IN (
                     SELECT id FROM messages INDEXED BY messages_by_thread
                     WHERE thread_id = ?1 AND direction = 0 ORDER BY id DESC LIMIT ?2)",
                [thread.0, i64::from(newest)],
            )?;
            if marked > 0 { refresh(conn, thread, touched) } else { Ok(()) }
        })
        .await
    }

    /// Marks everything on a number, or on all numbers that lists show, as read. Says how many messages were unread.
    pub async fn mark_all_read(&self, number: Option<Address>) -> Result<u32, StoreError> {
        self.write(move |conn, touched| {
            let threads = match &number {
                None => sql::list(
                    conn,
                    "SELECT id FROM threads INDEXED BY threads_unread WHERE unread > 0 AND hidden = 0",
                    [],
                    |row| row.get(0).map(ThreadId),
                )?,
                Some(number) => sql::list(
                    conn,
                    "SELECT id FROM threads INDEXED BY threads_unread_by_number
                     WHERE unread > 0 AND number_id = (SELECT id FROM numbers WHERE address = ?1)",
                    [number.as_str()],
                    |row| row.get(0).map(ThreadId),
                )?,
            };
            let mut marked = 0;
            for thread in threads {
                marked += mark_read(conn, thread, MessageId(i64::MAX), touched)?;
            }
            Ok(marked)
        })
        .await
    }
}

fn mark_read(conn: &Connection, thread: ThreadId, up_to: MessageId, touched: &mut Touched) -> Result<u32, StoreError> {
    let marked = sql::run(
        conn,
        "UPDATE messages INDEXED BY messages_unread SET unread = 0 WHERE thread_id = ?1 AND unread = 1 AND id <= ?2",
        [thread.0, up_to.0],
    )?;
    if marked > 0 {
        refresh(conn, thread, touched)?;
    }
    Ok(sql::count(marked))
}

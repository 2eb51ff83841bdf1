//! Messages that nobody was told of yet: noted with the message, taken out by whoever tells of it.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::codes::INBOUND;
use super::{Store, StoreError, messages, sql, threads};
use crate::model::news::{Arrival, News, STALE};
use crate::model::{MessageId, ThreadId, preview};

/// So many are told of at once; a table of more than that is somebody's first look after a month, and they are counted.
const MOST: usize = 1_000;

impl Store {
    /// Takes what nobody was told of yet, to tell of it: oldest first, and each of them once, over all processes that share
    /// the cache. What was noted too long ago, or has been read since, is taken out too and not given back.
    pub async fn take_news(&self, now: Timestamp) -> Result<Vec<News>, StoreError> {
        // nearly always there is none, and a look costs next to nothing
        let any = self.read(|conn| Ok(sql::first(conn, "SELECT 1 FROM news LIMIT 1", [], |_| Ok(()))?.is_some()));
        if !any.await? {
            return Ok(Vec::new());
        }
        self.write(move |conn, _| {
            let rows = sql::list(
                conn,
                "SELECT m.id, m.thread_id, m.body, m.attachments FROM news CROSS JOIN messages m ON m.id = news.message_id
                 WHERE news.noted_at >= ?1 AND m.unread = 1 ORDER BY news.message_id LIMIT ?2",
                params![stale_before(now), sql::limit(MOST)],
                |row| {
                    let files = messages::attachments(row.get_ref(3)?.as_str_or_null()?);
                    let said = preview(row.get_ref(2)?.as_str()?, &files).into_owned();
                    Ok((MessageId(row.get(0)?), ThreadId(row.get(1)?), said))
                },
            )?;
            sql::run(conn, "DELETE FROM news", [])?;
            let mut news = Vec::new();
            for (id, thread, said) in rows {
                if let Some(thread) = threads::thread(conn, thread)? {
                    news.push(News { id, thread, said });
                }
            }
            Ok(news)
        })
        .await
    }
}

/// The newest message of a thread that came in.
pub(super) fn newest(conn: &Connection, thread: ThreadId) -> rusqlite::Result<Option<MessageId>> {
    sql::first(
        conn,
        "SELECT id FROM messages INDEXED BY messages_by_thread WHERE thread_id = ?1 AND direction = ?2
         ORDER BY id DESC LIMIT 1",
        params![thread.0, INBOUND],
        |row| row.get(0).map(MessageId),
    )
}

/// What was noted before this, in milliseconds, is news no more.
fn stale_before(now: Timestamp) -> i64 {
    now.saturating_sub(STALE).unwrap_or(now).as_millisecond()
}

/// Notes what is news of the messages that one batch has put in.
pub(super) fn note(conn: &Connection, arrivals: &[Arrival]) -> rusqlite::Result<()> {
    for (at, arrival) in arrivals.iter().filter(|arrival| arrival.is_news()).enumerate() {
        if at == 0 {
            // where no client is ever open, nobody takes them out
            sql::run(conn, "DELETE FROM news WHERE noted_at < ?1", [stale_before(arrival.now)])?;
        }
        sql::run(
            conn,
            "INSERT OR IGNORE INTO news (message_id, noted_at) VALUES (?1, ?2)",
            params![arrival.id.0, arrival.now.as_millisecond()],
        )?;
    }
    Ok(())
}

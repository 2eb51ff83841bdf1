//! What nobody has answered when history is first fetched.

use jiff::Timestamp;
use rusqlite::params;

use super::codes::{INBOUND, OUTBOUND};
use super::refresh::refresh;
use super::{Store, StoreError, sql};
use crate::model::{Address, MessageId, ThreadId};

impl Store {
    /// Makes unread, in every thread of a number, the inbound messages from `since` on that nothing outbound follows
    /// and MightyCall does not call read. For the end of a first import: history rarely says what was read, but what was
    /// answered it says.
    pub async fn mark_unanswered(&self, number: Address, since: Timestamp) -> Result<u32, StoreError> {
        self.write(move |conn, touched| {
            let from = MessageId::floor(since).0;
            let threads = sql::list(
                conn,
                "SELECT t.id FROM numbers n CROSS JOIN threads t INDEXED BY threads_by_number ON t.number_id = n.id
                 WHERE n.address = ?1 AND t.activity >= ?2 AND t.listed = 1 AND t.last_direction = ?3",
                params![number.as_str(), from, INBOUND],
                |row| row.get(0).map(ThreadId),
            )?;
            let mut marked = 0;
            for thread in threads {
                let unanswered = sql::run(
                    conn,
                    "UPDATE messages SET unread = 1 WHERE thread_id = ?1 AND direction = ?3 AND unread = 0 AND id >= ?2
                     AND remote_read IS NOT 1
                     AND id > coalesce((SELECT id FROM messages INDEXED BY messages_by_thread
                                        WHERE thread_id = ?1 AND direction = ?4 ORDER BY id DESC LIMIT 1), 0)",
                    params![thread.0, from, INBOUND, OUTBOUND],
                )?;
                if unanswered > 0 {
                    refresh(conn, thread, touched)?;
                }
                marked += unanswered;
            }
            Ok(sql::count(marked))
        })
        .await
    }
}

//! How a message has come to where it is.

use jiff::Timestamp;

use super::relocate::current;
use super::{Store, StoreError, messages, sql};
use crate::model::way::Way;
use crate::model::{Message, MessageId};

impl Store {
    /// A message, and what is known of its way.
    pub async fn way(&self, id: MessageId) -> Result<Option<(Message, Way)>, StoreError> {
        self.read(move |conn| {
            let statement = format!(
                "SELECT {}, m.local, m.posted_at, coalesce(o.attempts, 0), o.not_before, m.history_at
                 FROM messages m {} LEFT JOIN outbox o ON o.message_id = m.id WHERE m.id = ?1",
                messages::COLUMNS,
                messages::SIDES
            );
            let time = |at: Option<i64>| at.and_then(|at| Timestamp::from_millisecond(at).ok());
            Ok(sql::first(conn, &statement, [current(conn, id)?.0], |row| {
                let message = messages::row(row)?;
                let way = Way {
                    written_here: row.get(messages::WIDTH)?,
                    tried_at: time(row.get(messages::WIDTH + 1)?),
                    attempts: row.get(messages::WIDTH + 2)?,
                    not_before: time(row.get(messages::WIDTH + 3)?),
                    accepted: message.accepted,
                    recorded_at: time(row.get(messages::WIDTH + 4)?),
                };
                Ok((message, way))
            })?)
        })
        .await
    }
}

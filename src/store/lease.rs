//! Who may post what is in the outbox. A holder gives signs of life; who watches it give none for longer than its limit
//! takes the lease over, and what was being sent is unconfirmed from then on. Everything that a holder does with a row
//! asks in the same transaction whether the lease is still its own.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::change::Touched;
use super::codes::UNCONFIRMED;
use super::outbox::{claim, leave, set_delivery};
use super::refresh::refresh;
use super::{Store, StoreError, sql};
use crate::model::{MessageId, ThreadId};

/// The lease as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it; `None` where nobody is sending.
    pub holder: Option<String>,
    /// Moves with each sign of life, and whenever the lease changes hands.
    pub beat: i64,
    /// How long the holder may give no sign of life.
    pub limit: Duration,
    /// How long others have watched `beat` stand still.
    pub still: Duration,
}

/// What came of claiming a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// `sending` is on the disk.
    Taken,
    /// It is not due any more, or not in the outbox.
    NotDue,
    /// Somebody else holds the lease by now.
    LeaseLost,
}

impl Store {
    /// The lease as it is now.
    pub async fn lease(&self) -> Result<Lease, StoreError> {
        self.read(|conn| {
            let found = sql::first(
                conn,
                "SELECT holder, beat, limit_ms, still_ms FROM sender_lease WHERE id = 1",
                [],
                |row| {
                    let (limit, still): (i64, i64) = (row.get(2)?, row.get(3)?);
                    let span = |ms: i64| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
                    Ok(Lease { holder: row.get(0)?, beat: row.get(1)?, limit: span(limit), still: span(still) })
                },
            )?;
            Ok(found.unwrap_or(Lease { holder: None, beat: 0, limit: Duration::ZERO, still: Duration::ZERO }))
        })
        .await
    }

    /// Takes the lease under this name, where it is still as it was `seen` and `may_take` agrees, which is asked in the
    /// same transaction. Whatever was `sending` is unconfirmed from then on, for this reason; gives back which messages.
    /// `None` where the lease was not taken.
    pub async fn take_lease(
        &self,
        name: &str,
        seen: &Lease,
        limit: Duration,
        reason: &str,
        may_take: impl FnOnce() -> bool + Send + 'static,
    ) -> Result<Option<Vec<MessageId>>, StoreError> {
        let (name, reason, beat, limit) = (name.to_owned(), reason.to_owned(), seen.beat, millis(limit));
        self.write(move |conn, touched| {
            let taken = sql::run(
                conn,
                "UPDATE sender_lease SET holder = ?1, beat = beat + 1, limit_ms = ?2, still_ms = 0 WHERE id = 1 AND beat = ?3",
                params![name, limit, beat],
            )?;
            if taken == 0 {
                return Ok(None);
            }
            let orphans = adopt(conn, &reason, touched)?;
            // last: what it changes outside of the cache is not undone with the transaction
            if may_take() { Ok(Some(orphans)) } else { Err(StoreError::LeaseTaken) }
        })
        .await
        .or_else(|error| if matches!(error, StoreError::LeaseTaken) { Ok(None) } else { Err(error) })
    }

    /// A sign of life. `false` where somebody else holds the lease by now.
    pub async fn renew_lease(&self, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.write(move |conn, _| renew(conn, &name)).await
    }

    /// Gives the lease back; nothing happens where somebody else holds it by now.
    pub async fn release_lease(&self, name: &str) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.write(move |conn, _| {
            let statement =
                "UPDATE sender_lease SET holder = NULL, beat = beat + 1, still_ms = 0 WHERE id = 1 AND holder = ?1";
            Ok(sql::run(conn, statement, [name]).map(drop)?)
        })
        .await
    }

    /// Notes for how long the lease was watched without a sign of life, so that who comes next need not begin anew.
    pub async fn note_still(&self, seen: &Lease, still: Duration) -> Result<(), StoreError> {
        let (beat, still) = (seen.beat, millis(still));
        self.write(move |conn, _| {
            let statement = "UPDATE sender_lease SET still_ms = max(still_ms, ?2) WHERE id = 1 AND beat = ?1";
            Ok(sql::run(conn, statement, [beat, still]).map(drop)?)
        })
        .await
    }

    /// As [`Store::claim`], for the holder of the lease alone; a sign of life as well.
    pub async fn claim_as(&self, name: &str, id: MessageId, now: Timestamp) -> Result<Claim, StoreError> {
        let (name, posted) = (name.to_owned(), self.service_time(now));
        self.write(move |conn, touched| {
            if !renew(conn, &name)? {
                return Ok(Claim::LeaseLost);
            }
            Ok(if claim(conn, id, (now, posted), touched)? { Claim::Taken } else { Claim::NotDue })
        })
        .await
    }

    /// Whether a message is `sending`: in this thread, or anywhere.
    pub async fn is_sending(&self, thread: Option<ThreadId>) -> Result<bool, StoreError> {
        self.read(move |conn| {
            let found = sql::first(
                conn,
                "SELECT 1 FROM outbox o CROSS JOIN messages m ON m.id = o.message_id
                 WHERE m.delivery = 2 AND o.thread_id = coalesce(?1, o.thread_id) LIMIT 1",
                [thread.map(|thread| thread.0)],
                |_| Ok(()),
            )?;
            Ok(found.is_some())
        })
        .await
    }

    /// Makes every message that is still `sending` unconfirmed, for this reason: for who knows that no sender is at work.
    /// Says which.
    pub async fn adopt_orphans(&self, reason: &str) -> Result<Vec<MessageId>, StoreError> {
        let reason = reason.to_owned();
        self.write(move |conn, touched| adopt(conn, &reason, touched)).await
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

fn renew(conn: &Connection, name: &str) -> Result<bool, StoreError> {
    let statement = "UPDATE sender_lease SET beat = beat + 1, still_ms = 0 WHERE id = 1 AND holder = ?1";
    Ok(sql::run(conn, statement, [name])? > 0)
}

fn adopt(conn: &Connection, reason: &str, touched: &mut Touched) -> Result<Vec<MessageId>, StoreError> {
    let orphans = sql::list(
        conn,
        "SELECT m.id, m.thread_id FROM outbox o CROSS JOIN messages m ON m.id = o.message_id
         WHERE m.delivery = 2 ORDER BY o.place",
        [],
        |row| Ok((MessageId(row.get(0)?), ThreadId(row.get(1)?))),
    )?;
    for &(id, thread) in &orphans {
        set_delivery(conn, id, UNCONFIRMED, Some(reason), true)?;
        leave(conn, id)?;
        refresh(conn, thread, touched)?;
    }
    Ok(orphans.into_iter().map(|(id, _)| id).collect())
}

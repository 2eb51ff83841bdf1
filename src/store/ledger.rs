//! The ledger of requests: how many were made with a key in the last 24 hours, over all processes that share this cache
//! (`mightycall-api.md`, "Limits").

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::{Store, StoreError, sql};

/// 24 hours in milliseconds: the limit counts over any such span.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Whether a request may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spend {
    /// It is within the limit, and entered.
    pub allowed: bool,
    /// Requests of the last 24 hours, with this one where it is allowed.
    pub used: u32,
}

impl Store {
    /// Enters a request with the key of this fingerprint, unless `limit` were made in the 24 hours before `now`. One
    /// transaction: two processes never share the last one.
    pub async fn spend(&self, key: &str, now: Timestamp, limit: u32) -> Result<Spend, StoreError> {
        let key = key.to_owned();
        self.write(move |conn, _| {
            let at = now.as_millisecond();
            sql::run(conn, "DELETE FROM requests WHERE at <= ?1", [at - DAY])?;
            let used = used(conn, &key, at)?;
            if used >= limit {
                return Ok(Spend { allowed: false, used });
            }
            sql::run(conn, "INSERT INTO requests (key, at) VALUES (?1, ?2)", params![key, at])?;
            Ok(Spend { allowed: true, used: used + 1 })
        })
        .await
    }

    /// Requests with the key of this fingerprint in the 24 hours before `now`.
    pub async fn spent(&self, key: &str, now: Timestamp) -> Result<u32, StoreError> {
        let key = key.to_owned();
        self.read(move |conn| Ok(used(conn, &key, now.as_millisecond())?)).await
    }

    /// How many of those no longer count after another `within`.
    pub async fn due_back(&self, key: &str, now: Timestamp, within: SignedDuration) -> Result<u32, StoreError> {
        let key = key.to_owned();
        self.read(move |conn| {
            let (now, until) = (now.as_millisecond(), now.as_millisecond() - DAY + millis(within));
            let count: Option<u32> = sql::first(
                conn,
                "SELECT count(*) FROM requests WHERE key = ?1 AND at > ?2 AND at <= ?3",
                params![key, now - DAY, until.min(now)],
                |row| row.get(0),
            )?;
            Ok(count.unwrap_or(0))
        })
        .await
    }
}

fn millis(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX / 2)
}

/// Entries that are later than `now` count too: a clock that was put back gives no new budget.
fn used(conn: &Connection, key: &str, now: i64) -> rusqlite::Result<u32> {
    let count =
        sql::first(conn, "SELECT count(*) FROM requests WHERE key = ?1 AND at > ?2", params![key, now - DAY], |row| {
            row.get(0)
        })?;
    Ok(count.unwrap_or(0))
}

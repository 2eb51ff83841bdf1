//! What was asked for with a key, for who shows it or decides when to ask again.

use jiff::{SignedDuration, Timestamp};

use super::{DAY, Ledger, LedgerError, first, insert, run, used_after};
use crate::store::sql;

/// A pause after which the requests of a day begin anew: nobody worked, and nothing was fetched.
const PAUSE: i64 = 4 * 60 * 60 * 1_000;

/// Whether a request may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spend {
    /// It is within the limit, and entered.
    pub allowed: bool,
    /// Requests of the last 24 hours, with this one where it is allowed.
    pub used: u32,
}

/// What was asked for with a key in the last 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Requests that count.
    pub used: u32,
    /// The first of those: 24 hours after it, there is one more to spend.
    pub oldest: Option<Timestamp>,
    /// The first after the last pause of at least four hours: when today's work began. `None` where nothing was asked for
    /// in the last four hours, and so it has not begun yet.
    pub since: Option<Timestamp>,
}

impl Ledger {
    /// Enters a request with the key of this fingerprint, unless `limit` were made in the 24 hours before `now`. One
    /// transaction: two processes never share the last one.
    pub async fn spend(&self, key: &str, now: Timestamp, limit: u32) -> Result<Spend, LedgerError> {
        self.write(key, move |conn| {
            let at = now.as_millisecond();
            run(conn, "DELETE FROM requests WHERE at <= ?1", [at.saturating_sub(DAY)])?;
            let used = used_after(conn, at.saturating_sub(DAY))?;
            if used >= limit {
                return Ok(Spend { allowed: false, used });
            }
            insert(conn, at, true)?;
            Ok(Spend { allowed: true, used: used + 1 })
        })
        .await
    }

    /// Takes back a request that was entered at this time, because it was never made: no connection came about, so it cost
    /// MightyCall nothing. `false` where there is none of that time.
    pub async fn refund(&self, key: &str, at: Timestamp) -> Result<bool, LedgerError> {
        self.write(key, move |conn| {
            let last = "DELETE FROM requests WHERE id = (SELECT max(id) FROM requests WHERE at = ?1)";
            Ok(run(conn, last, [at.as_millisecond()])? > 0)
        })
        .await
    }

    /// What was asked for with the key of this fingerprint in the 24 hours before `now`, for who decides when to ask again.
    pub async fn usage(&self, key: &str, now: Timestamp) -> Result<Usage, LedgerError> {
        let now = now.as_millisecond();
        self.read(key, move |conn| {
            let mut statement = conn.prepare_cached("SELECT at FROM requests WHERE at > ?1 ORDER BY at")?;
            let times = statement.query_map([now.saturating_sub(DAY)], |row| row.get(0))?;
            Ok(usage(&times.collect::<rusqlite::Result<Vec<i64>>>()?, now))
        })
        .await
    }

    /// Requests with the key of this fingerprint in the 24 hours before `now`. Entries that are later than `now` count too:
    /// a clock that was put back gives no new budget.
    pub async fn spent(&self, key: &str, now: Timestamp) -> Result<u32, LedgerError> {
        self.read(key, move |conn| used_after(conn, now.as_millisecond().saturating_sub(DAY))).await
    }

    /// How many of those no longer count after another `within`.
    pub async fn due_back(&self, key: &str, now: Timestamp, within: SignedDuration) -> Result<u32, LedgerError> {
        let now = now.as_millisecond();
        let until = now.saturating_sub(DAY).saturating_add(millis(within)).min(now);
        self.read(key, move |conn| {
            let span = "SELECT count(*) FROM requests WHERE at > ?1 AND at <= ?2";
            Ok(first(conn, span, [now.saturating_sub(DAY), until], |row| row.get(0))?.unwrap_or(0))
        })
        .await
    }
}

fn millis(span: SignedDuration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX / 2)
}

/// What the times of the requests in the window, in order, come to.
fn usage(times: &[i64], now: i64) -> Usage {
    let time = |at: &i64| Timestamp::from_millisecond(*at).ok();
    let working = times.last().is_some_and(|last| now.saturating_sub(*last) < PAUSE);
    let after_pause =
        times.windows(2).rposition(|pair| pair[1].saturating_sub(pair[0]) >= PAUSE).map_or(0, |before| before + 1);
    Usage {
        used: sql::count(times.len()),
        oldest: times.first().and_then(time),
        since: times.get(after_pause).filter(|_| working).and_then(time),
    }
}

#[cfg(test)]
mod tests;

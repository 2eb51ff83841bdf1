//! The ledger of requests: how many were made with a key in the last 24 hours, over all processes that share this cache
//! (`mightycall-api.md`, section 4, grade A).

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::{Store, StoreError, sql};

/// 24 hours in milliseconds: the limit counts over any such span.
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Clocks that agree are nearer than this.
const NEAR: i64 = 2 * 60 * 1_000;

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

/// A request that is about to be made, and what is known of the time. Times are in milliseconds since 1970, by the clock of
/// the service whose limit it is.
///
/// Requests are forgotten, and so made room for, only by [`at_least`](Self::at_least): the clock on this machine may have
/// been put forward. One that is entered while the time is in doubt is no longer young once the service has told the time:
/// then it counts from there ([`Store::correct`]), and so for a little longer than it would have to, never shorter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Fingerprint of the key.
    pub key: String,
    /// The service, by its base URL.
    pub service: String,
    /// When it is made, as far as that is known.
    pub now: i64,
    /// Now, by the clock that is furthest ahead of those that may be right.
    pub latest: i64,
    /// It is so late at least; `None` where the service never told: then nothing is forgotten.
    pub at_least: Option<i64>,
    /// The service has told the time to this process, and all clocks have agreed since.
    pub is_proven: bool,
    /// The clock of this machine is behind what is known: it was put back.
    pub is_behind: bool,
    /// How far the service is ahead of the clock of this machine.
    pub ahead: i64,
    /// Requests in any 24 hours.
    pub limit: u32,
    /// When requests were made that could not be entered then.
    pub unentered: Vec<i64>,
}

/// What became of an [`Entry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// It may be made, and is entered in this row.
    Counted {
        /// The row, for [`Store::take_back`].
        row: i64,
        /// Requests that count, with this one.
        used: u32,
    },
    /// It may not.
    Refused {
        /// Requests that count.
        used: u32,
        /// It might be allowed if it were known what time it is: the clocks do not agree on that, or nobody has told.
        is_unclear: bool,
    },
}

impl Store {
    /// Enters a request, unless `limit` were made in the 24 hours before now. One transaction: two processes never share
    /// the last one.
    pub async fn enter(&self, entry: Entry) -> Result<Entered, StoreError> {
        self.write(move |conn, _| {
            let Entry { key, now, at_least, is_proven, .. } = &entry;
            for at in &entry.unentered {
                sql::run(conn, "INSERT INTO requests (key, at, proven) VALUES (?1, ?2, 0)", params![key, at])?;
            }
            if let Some(at_least) = at_least {
                let gone = at_least.saturating_sub(DAY);
                sql::run(conn, "DELETE FROM requests WHERE key = ?1 AND at <= ?2", params![key, gone])?;
            }
            let after = |at: i64| used_after(conn, key, at);
            let used = after(at_least.map_or(i64::MIN, |at_least| at_least.saturating_sub(DAY)))?;
            if used >= entry.limit {
                let is_unclear = !is_proven
                    && (entry.is_behind
                        || after(entry.latest.saturating_sub(DAY))? < entry.limit
                        || after(entry.latest.saturating_add(NEAR))? > 0);
                return Ok(Entered::Refused { used, is_unclear });
            }
            sql::run(conn, "INSERT INTO requests (key, at, proven) VALUES (?1, ?2, ?3)", params![key, now, is_proven])?;
            let row = conn.last_insert_rowid();
            if *is_proven {
                keep_clock(conn, &entry.service, *now, entry.ahead)?;
            }
            Ok(Entered::Counted { row, used: used + 1 })
        })
        .await
    }

    /// Takes back a request that was never made, by the row that it was entered in. `false` where that is gone.
    pub async fn take_back(&self, row: i64) -> Result<bool, StoreError> {
        self.write(move |conn, _| Ok(sql::run(conn, "DELETE FROM requests WHERE id = ?1", [row])? > 0)).await
    }

    /// Enters requests that were made while the ledger could not be written.
    pub async fn enter_later(&self, key: &str, made: Vec<i64>) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.write(move |conn, _| {
            for at in &made {
                sql::run(conn, "INSERT INTO requests (key, at, proven) VALUES (?1, ?2, 0)", params![key, at])?;
            }
            Ok(())
        })
        .await
    }

    /// The service has told that it is `now`. What was entered with these keys while that was in doubt, or by a clock that
    /// was ahead, counts from now on. Where the service's clock was put forward by `shift`, what was entered stays as old as
    /// it is. `ahead`: how far the service is ahead of the clock of this machine.
    pub async fn correct(
        &self,
        service: &str,
        keys: Vec<String>,
        now: i64,
        shift: i64,
        ahead: i64,
    ) -> Result<(), StoreError> {
        let service = service.to_owned();
        self.write(move |conn, _| {
            for key in &keys {
                if shift > 0 {
                    sql::run(conn, "UPDATE requests SET at = at + ?2 WHERE key = ?1", params![key, shift])?;
                }
                sql::run(
                    conn,
                    "UPDATE requests SET at = ?2, proven = 1 WHERE key = ?1 AND (proven = 0 OR at > ?3)",
                    params![key, now, now.saturating_add(NEAR)],
                )?;
            }
            keep_clock(conn, &service, now, ahead)
        })
        .await
    }

    /// What an earlier process knew of a service's clock: the last time that it surely told, and how far that was ahead of
    /// the clock of this machine. Milliseconds.
    pub async fn service_clock(&self, service: &str) -> Result<Option<(i64, i64)>, StoreError> {
        let service = service.to_owned();
        self.read(move |conn| {
            Ok(sql::first(conn, "SELECT proven, ahead FROM service_clocks WHERE service = ?1", [service], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?)
        })
        .await
    }

    /// Enters a request with the key of this fingerprint, unless `limit` were made in the 24 hours before `now`. One
    /// transaction: two processes never share the last one.
    pub async fn spend(&self, key: &str, now: Timestamp, limit: u32) -> Result<Spend, StoreError> {
        let key = key.to_owned();
        self.write(move |conn, _| {
            let at = now.as_millisecond();
            sql::run(conn, "DELETE FROM requests WHERE at <= ?1", [at.saturating_sub(DAY)])?;
            let used = used(conn, &key, at)?;
            if used >= limit {
                return Ok(Spend { allowed: false, used });
            }
            sql::run(conn, "INSERT INTO requests (key, at) VALUES (?1, ?2)", params![key, at])?;
            Ok(Spend { allowed: true, used: used + 1 })
        })
        .await
    }

    /// Takes back a request that was entered at this time, because it was never made: no connection came about, so it cost
    /// MightyCall nothing. `false` where there is none of that time.
    pub async fn refund(&self, key: &str, at: Timestamp) -> Result<bool, StoreError> {
        let key = key.to_owned();
        self.write(move |conn, _| {
            let taken = sql::run(
                conn,
                "DELETE FROM requests WHERE id = (SELECT max(id) FROM requests WHERE key = ?1 AND at = ?2)",
                params![key, at.as_millisecond()],
            )?;
            Ok(taken > 0)
        })
        .await
    }

    /// What was asked for with the key of this fingerprint in the 24 hours before `now`, for who decides when to ask again.
    pub async fn usage(&self, key: &str, now: Timestamp) -> Result<Usage, StoreError> {
        let key = key.to_owned();
        self.read(move |conn| {
            let now = now.as_millisecond();
            let times: Vec<i64> = sql::list(
                conn,
                "SELECT at FROM requests WHERE key = ?1 AND at > ?2 ORDER BY at",
                params![key, now.saturating_sub(DAY)],
                |row| row.get(0),
            )?;
            Ok(usage(&times, now))
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
            let (now, until) =
                (now.as_millisecond(), now.as_millisecond().saturating_sub(DAY).saturating_add(millis(within)));
            let count: Option<u32> = sql::first(
                conn,
                "SELECT count(*) FROM requests WHERE key = ?1 AND at > ?2 AND at <= ?3",
                params![key, now.saturating_sub(DAY), until.min(now)],
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

/// Entries that are later than `now` count too: a clock that was put back gives no new budget.
fn used(conn: &Connection, key: &str, now: i64) -> rusqlite::Result<u32> {
    used_after(conn, key, now.saturating_sub(DAY))
}

fn used_after(conn: &Connection, key: &str, at: i64) -> rusqlite::Result<u32> {
    let count =
        sql::first(conn, "SELECT count(*) FROM requests WHERE key = ?1 AND at > ?2", params![key, at], |row| {
            row.get(0)
        })?;
    Ok(count.unwrap_or(0))
}

fn keep_clock(conn: &Connection, service: &str, proven: i64, ahead: i64) -> Result<(), StoreError> {
    sql::run(
        conn,
        "INSERT INTO service_clocks (service, proven, ahead) VALUES (?1, ?2, ?3)
         ON CONFLICT (service) DO UPDATE SET proven = ?2, ahead = ?3",
        params![service, proven, ahead],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const MINUTE: i64 = 60_000;
    const NOON: i64 = 1_760_011_200_000;

    /// Minutes before noon, oldest first; `oldest` and `since` likewise.
    #[rstest]
    #[case::nothing(&[], None, None)]
    #[case::one(&[0], Some(0), Some(0))]
    #[case::a_morning(&[180, 120, 5], Some(180), Some(180))]
    #[case::yesterday_and_today(&[1_200, 1_000, 180, 120, 5], Some(1_200), Some(180))]
    #[case::two_pauses(&[1_300, 900, 600, 10], Some(1_300), Some(10))]
    #[case::a_pause_to_the_minute(&[250, 10], Some(250), Some(10))]
    #[case::not_quite_a_pause(&[249, 10], Some(249), Some(249))]
    #[case::only_yesterday(&[1_200, 1_000], Some(1_200), None)]
    #[case::four_hours_ago(&[240], Some(240), None)]
    #[case::a_clock_that_was_put_back(&[10, -30], Some(10), Some(10))]
    fn finds_when_work_began(#[case] before: &[i64], #[case] oldest: Option<i64>, #[case] since: Option<i64>) {
        let times: Vec<i64> = before.iter().map(|minutes| NOON - minutes * MINUTE).collect();
        let time = |minutes: i64| Timestamp::from_millisecond(NOON - minutes * MINUTE).unwrap();
        let expected = Usage { used: sql::count(before.len()), oldest: oldest.map(time), since: since.map(time) };
        assert_eq!(usage(&times, NOON), expected);
    }

    proptest! {
        #[test]
        fn work_began_after_a_pause_and_went_on_without_one(mut ago in proptest::collection::vec(0..DAY, 0..40)) {
            ago.sort_unstable_by(|one, other| other.cmp(one));
            let times: Vec<i64> = ago.iter().map(|ago| NOON - ago).collect();
            let found = usage(&times, NOON);
            prop_assert_eq!(found.used as usize, times.len());
            let Some(since) = found.since.map(Timestamp::as_millisecond) else {
                prop_assert!(times.last().is_none_or(|last| NOON - last >= PAUSE));
                return Ok(());
            };
            let (before, from): (Vec<i64>, Vec<i64>) = times.iter().partition(|&&at| at < since);
            prop_assert!(before.last().is_none_or(|last| since - last >= PAUSE));
            prop_assert!(from.windows(2).all(|pair| pair[1] - pair[0] < PAUSE));
        }
    }
}

//! Requests that the cache counts: those of a version that counted there, and those that the ledger could not take when a
//! program ended. They go over to the ledger when their key is next used.

use jiff::Timestamp;
use rusqlite::params;

use super::DAY;
use crate::store::{Store, StoreError, sql};

/// What a cache counts for one key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LegacyRequests {
    pub(super) requests: Vec<LegacyRequest>,
    /// What was known of the clock by which they were entered: the service, its last time, and how far that was ahead.
    pub(super) clock: Option<(String, i64, i64)>,
}

/// A row of the cache's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LegacyRequest {
    pub(super) row: i64,
    pub(super) at: i64,
    pub(super) is_proven: bool,
}

impl LegacyRequests {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.requests.len()
    }

    /// How many were made in the 24 hours before then, or after.
    pub fn of_a_day(&self, now: Timestamp) -> u32 {
        let since = now.as_millisecond().saturating_sub(DAY);
        sql::count(self.requests.iter().filter(|request| request.at > since).count())
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }
}

impl Store {
    /// What this cache counts for the key of this fingerprint, and knows of the clock of that service.
    pub async fn legacy_requests(&self, key: &str, service: &str) -> Result<LegacyRequests, StoreError> {
        let (key, service) = (key.to_owned(), service.to_owned());
        self.read(move |conn| {
            let requests = sql::list(conn, "SELECT id, at, proven FROM requests WHERE key = ?1", [key], |row| {
                Ok(LegacyRequest { row: row.get(0)?, at: row.get(1)?, is_proven: row.get(2)? })
            })?;
            if requests.is_empty() {
                return Ok(LegacyRequests::default());
            }
            let clock = "SELECT proven, ahead FROM service_clocks WHERE service = ?1";
            let clock = sql::first(conn, clock, [&service], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(LegacyRequests { requests, clock: clock.map(|(proven, ahead)| (service, proven, ahead)) })
        })
        .await
    }

    /// Those are in the ledger now.
    pub async fn forget_requests(&self, legacy: LegacyRequests) -> Result<(), StoreError> {
        self.write(move |conn, _| {
            for LegacyRequest { row, at, .. } in &legacy.requests {
                sql::run(conn, "DELETE FROM requests WHERE id = ?1 AND at = ?2", [row, at])?;
            }
            Ok(())
        })
        .await
    }

    /// Keeps requests that the ledger could not take, for the next program that uses this key here.
    pub async fn keep_requests(&self, key: &str, made: Vec<i64>) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.write(move |conn, _| {
            for at in &made {
                sql::run(conn, "INSERT INTO requests (key, at, proven) VALUES (?1, ?2, 0)", params![key, at])?;
            }
            Ok(())
        })
        .await
    }
}

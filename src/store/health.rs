//! How the cache is, for `mctui doctor`.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use super::{Store, StoreError, open, presence};

/// How the cache is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Where it lies.
    pub path: PathBuf,
    /// What it takes on the disk, with its log.
    pub bytes: u64,
    /// Version of its schema.
    pub schema: u32,
    /// Whether its structure is sound, or what SQLite finds wrong.
    pub integrity: Result<(), String>,
    /// Threads, listed or not.
    pub threads: u64,
    /// Messages.
    pub messages: u64,
    /// Messages queued or being sent.
    pub outbox: u64,
}

impl Store {
    /// Looks the whole file over: takes about a second for a million messages, and holds up nobody else. Where it is
    /// damaged, the next start that is alone with the cache mends it.
    pub async fn health(&self) -> Result<Health, StoreError> {
        let path = self.path().to_owned();
        self.read(move |conn| {
            let integrity = integrity(conn);
            if integrity.is_err() {
                presence::suspect(&path);
            }
            let size = |path| fs::metadata(path).map_or(0, |meta| meta.len());
            let bytes = size(path.clone()) + size(open::neighbour(&path, "-wal"));
            Ok(Health {
                bytes,
                schema: conn.pragma_query_value(None, "user_version", |row| row.get(0))?,
                integrity,
                threads: count(conn, "SELECT count(*) FROM threads")?,
                messages: count(conn, "SELECT count(*) FROM messages")?,
                outbox: count(conn, "SELECT count(*) FROM outbox")?,
                path,
            })
        })
        .await
    }
}

fn integrity(conn: &Connection) -> Result<(), String> {
    let find = || -> rusqlite::Result<Vec<String>> {
        // the check of the index of words trusts what this connection last knew of it; a query makes it look again
        conn.prepare("SELECT rowid FROM messages_text WHERE messages_text MATCH 'a' LIMIT 1")?.query([])?.next()?;
        conn.prepare("PRAGMA quick_check(5)")?.query_map([], |row| row.get(0))?.collect()
    };
    match find() {
        Ok(found) if found == ["ok"] => Ok(()),
        Ok(found) => Err(found.join("; ")),
        Err(error) => Err(error.to_string()),
    }
}

fn count(conn: &Connection, statement: &str) -> rusqlite::Result<u64> {
    conn.query_row(statement, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
}

//! Whether a cache is sound, as far as each start can ask: in some milliseconds, however large it is.
//!
//! A check of every page takes a second for a million messages and more from a cold disk, at each `mctui threads` of a
//! script. So a start looks at what it needs at once and what nobody could bring back: the header and the schema, all of
//! the outbox and of the other small tables, both ends of the large ones. Damage elsewhere is found by whoever reads it,
//! or by `mctui doctor`; they leave a mark, and the next start that is alone with the cache checks all of it.

use rusqlite::{Connection, Row};
use rusqlite_migration::{M, Migrations};

/// Tables of a handful of rows, checked whole.
const SMALL: [&str; 7] = ["outbox", "sender_lease", "numbers", "cursors", "routes", "generation", "migrations"];
/// Tables that grow, looked at from both ends.
const LARGE: [&str; 4] = ["messages", "threads", "contacts", "requests"];

/// What is wrong with the cache at first sight.
pub(super) fn quick(conn: &Connection, steps: &[&str]) -> rusqlite::Result<Option<String>> {
    if schema(conn)? != expected(steps)? {
        return Ok(Some("tables of its schema are missing".to_owned()));
    }
    for table in SMALL {
        if let Some(wrong) = pragma(conn, &format!("PRAGMA quick_check('{table}')"))? {
            return Ok(Some(wrong));
        }
    }
    for table in LARGE {
        for order in ["ASC", "DESC"] {
            let end = format!("SELECT * FROM {table} ORDER BY id {order} LIMIT 1");
            conn.prepare(&end)?.query([])?.next()?;
        }
    }
    conn.prepare("SELECT * FROM aliases LIMIT 1")?.query([])?.next()?;
    match words(conn) {
        // what it says of an index with a damaged head is an error like any other
        Err(rusqlite::Error::SqliteFailure(code, Some(why))) if code.extended_code == rusqlite::ffi::SQLITE_ERROR => {
            Ok(Some(why))
        }
        read => read.map(|()| None),
    }
}

/// Opens the index of words, and reads from its newest end.
fn words(conn: &Connection) -> rusqlite::Result<()> {
    let newest = "SELECT rowid FROM messages_text WHERE messages_text MATCH 'a*' ORDER BY rowid DESC LIMIT 1";
    conn.prepare(newest)?.query([])?.next()?;
    Ok(())
}

/// What is wrong with the cache, each page and each index looked at.
pub(super) fn full(conn: &Connection) -> rusqlite::Result<Option<String>> {
    pragma(conn, "PRAGMA integrity_check(3)")
}

fn pragma(conn: &Connection, check: &str) -> rusqlite::Result<Option<String>> {
    let found = conn.prepare(check)?.query_map([], |row| text(row, 0))?.collect::<Result<Vec<String>, _>>()?;
    Ok((found != ["ok"]).then(|| found.join("; ")))
}

fn schema(conn: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    conn.prepare("SELECT type, name FROM sqlite_schema ORDER BY 1, 2")?
        .query_map([], |row| Ok((text(row, 0)?, text(row, 1)?)))?
        .collect()
}

/// A text of which damage may have made none.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(String::from_utf8_lossy(row.get_ref(column)?.as_bytes()?).into_owned())
}

/// The schema as these steps make it.
fn expected(steps: &[&str]) -> rusqlite::Result<Vec<(String, String)>> {
    let mut model = Connection::open_in_memory()?;
    let made = Migrations::new(steps.iter().map(|step| M::up(step)).collect()).to_latest(&mut model);
    match made {
        Ok(()) => schema(&model),
        Err(rusqlite_migration::Error::RusqliteError { err, .. }) => Err(err),
        Err(_) => Ok(Vec::new()),
    }
}

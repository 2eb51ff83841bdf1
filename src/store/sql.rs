//! The three ways in which the rooms of the store run a statement; each is prepared once per connection. In tests they
//! note what was run, so that a test can ask SQLite for the plan of every one of them.

use std::ops::ControlFlow;

use rusqlite::{CachedStatement, Connection, Params, Row, Transaction, TransactionBehavior};

fn prepare<'c>(conn: &'c Connection, sql: &str) -> rusqlite::Result<CachedStatement<'c>> {
    #[cfg(test)]
    noted::note(sql);
    conn.prepare_cached(sql)
}

/// The first row, if there is one.
pub(super) fn first<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Option<T>> {
    let mut statement = prepare(conn, sql)?;
    let mut rows = statement.query(params)?;
    let found = rows.next()?.map(read).transpose();
    drop(rows);
    #[cfg(test)]
    noted::steps(&statement);
    found
}

/// All rows.
pub(super) fn list<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = prepare(conn, sql)?;
    let found = statement.query_map(params, read)?.collect();
    #[cfg(test)]
    noted::steps(&statement);
    found
}

/// Rows one after the other, until enough is said.
pub(super) fn walk(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<ControlFlow<()>>,
) -> rusqlite::Result<()> {
    let mut statement = prepare(conn, sql)?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        if take(row)?.is_break() {
            break;
        }
    }
    drop(rows);
    #[cfg(test)]
    noted::steps(&statement);
    Ok(())
}

/// Changes rows; says how many.
pub(super) fn run(conn: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<usize> {
    prepare(conn, sql)?.execute(params)
}

/// A number of rows, in the width in which the model counts.
pub(super) fn count(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX)
}

/// A row limit in the width of SQLite.
pub(super) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Several reads that see one and the same state of the cache.
pub(super) fn snapshot(conn: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    conn.transaction_with_behavior(TransactionBehavior::Deferred)
}

#[cfg(test)]
pub(super) mod noted {
    use std::cell::Cell;
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    use rusqlite::{Statement, StatementStatus};

    thread_local! {
        static STEPS: Cell<i32> = const { Cell::new(0) };
    }

    pub(super) fn steps(statement: &Statement<'_>) {
        let again = statement.get_status(StatementStatus::RePrepare);
        assert_eq!(again, 0, "compiled anew: {:?}", statement.expanded_sql());
        STEPS.set(STEPS.get() + statement.reset_status(StatementStatus::VmStep));
    }

    /// Steps of SQLite's machine that reads on this thread took since this was last asked.
    pub(in crate::store) fn take_steps() -> i32 {
        STEPS.take()
    }

    static RUN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

    pub(super) fn note(sql: &str) {
        let mut run = RUN.lock().unwrap();
        if !run.contains(sql) {
            run.insert(sql.to_owned());
        }
    }

    /// Every statement that any test of this process has run so far.
    pub(in crate::store) fn statements() -> BTreeSet<String> {
        RUN.lock().unwrap().clone()
    }
}

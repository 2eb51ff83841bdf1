//! What to ask of the full-text index.

use rusqlite::Connection;

use crate::model::query::Query;
use crate::model::words::Term;
use crate::store::sql;

/// Up to so many letters, the index knows what begins with them.
const INDEXED: usize = 3;
/// A longer beginning is asked for as the words that it may be, up to so many: these are read as far as the page needs,
/// where the index would first gather everything of all of them.
const SPELLINGS: usize = 48;

/// A query of the full-text index.
pub(super) struct Expression(String);

impl Expression {
    /// `dialled`: threads that count as found whatever is said in them. `only`: those to which the search is confined.
    /// `None` where neither words nor threads are asked for.
    pub(super) fn of(
        conn: &Connection,
        query: &Query,
        dialled: &[i64],
        only: Option<&[i64]>,
    ) -> rusqlite::Result<Option<Self>> {
        let mut words = Vec::new();
        for term in &query.terms {
            words.push(spelled(conn, term)?);
        }
        let said = (!words.is_empty()).then(|| format!("{{body}} : ({})", words.join(" AND ")));
        let either = match (said, dialled) {
            (Some(said), []) => Some(said),
            (Some(said), dialled) => Some(format!("(({said}) OR {})", in_threads(dialled))),
            // digits always are words, too
            (None, _) => None,
        };
        let all: Vec<String> = either.into_iter().chain(only.map(in_threads)).collect();
        Ok((!all.is_empty()).then(|| Self(all.join(" AND "))))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

fn in_threads(threads: &[i64]) -> String {
    let ids: Vec<String> = threads.iter().map(|id| format!("\"{id}\"")).collect();
    // a search confined to no thread at all finds nothing: no thread has this id
    if ids.is_empty() { "{thread_id} : \"0\"".to_owned() } else { format!("{{thread_id}} : ({})", ids.join(" OR ")) }
}

/// A term as the index takes it; never empty.
fn spelled(conn: &Connection, term: &Term) -> rusqlite::Result<String> {
    let Some((last, before)) = term.words.split_last().filter(|_| term.prefix) else { return Ok(quoted(&term.words)) };
    let begins = || format!("{} *", quoted(&term.words));
    if last.chars().count() <= INDEXED {
        return Ok(begins());
    }
    let spellings = beginning_with(conn, last)?;
    if spellings.is_empty() || spellings.len() > SPELLINGS {
        return Ok(begins());
    }
    let each = spellings.into_iter().map(|word| {
        let words: Vec<String> = before.iter().cloned().chain([word]).collect();
        quoted(&words)
    });
    Ok(format!("({})", each.collect::<Vec<_>>().join(" OR ")))
}

/// The words that begin so; one more than [`SPELLINGS`] where there are more. The index skips from each to the next.
fn beginning_with(conn: &Connection, begin: &str) -> rusqlite::Result<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    let mut from = begin.to_owned();
    while found.len() <= SPELLINGS {
        let next = sql::first(
            conn,
            "SELECT term FROM messages_words WHERE term >= ?1 ORDER BY term LIMIT 1",
            [&from],
            |row| row.get::<_, String>(0),
        )?;
        let Some(word) = next.filter(|word| word.starts_with(begin)) else { break };
        // the least that comes after it
        from = format!("{word}\u{1}");
        found.push(word);
    }
    Ok(found)
}

fn quoted(words: &[String]) -> String {
    format!("\"{}\"", words.join(" ").replace('"', "\"\""))
}

//! What to ask of the full-text index.

use std::borrow::Cow;

use rusqlite::Connection;

use super::spelling;
use crate::model::query::Query;
use crate::model::words::Term;
use crate::store::sql;

/// Up to so many letters, the index knows what begins with them.
const INDEXED: usize = 3;
/// A longer beginning is asked for as the words that it may be, up to so many: these are read as far as the page needs,
/// where the index would first gather everything of all of them.
const SPELLINGS: usize = 48;

/// Threads that fit by whom they are with.
#[derive(Default)]
pub(super) struct Threads {
    /// Those that count as found whatever is said in them.
    pub(super) dialled: Vec<i64>,
    /// For each of the terms, those in which it need not be said; none where the list ends.
    pub(super) named: Vec<Vec<i64>>,
}

/// A query of the full-text index.
pub(super) struct Expression(String);

impl Expression {
    /// `only`: the threads to which the search is confined. `None` where neither words nor threads are asked for.
    pub(super) fn of(
        conn: &Connection,
        query: &Query,
        threads: &Threads,
        only: Option<&[i64]>,
    ) -> rusqlite::Result<Option<Self>> {
        let mut said = Vec::new();
        for (at, term) in query.terms.iter().enumerate() {
            let word = said_as(conn, term)?;
            said.push(match threads.named.get(at).map_or(&[][..], Vec::as_slice) {
                [] => word,
                named => format!("({word} OR {})", in_threads(named)),
            });
        }
        let either = match (said.join(" AND "), threads.dialled.as_slice()) {
            // digits always are words, too
            (said, _) if said.is_empty() => None,
            (said, []) => Some(said),
            (said, dialled) => Some(format!("(({said}) OR {})", in_threads(dialled))),
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

/// A term as the index takes it: the words, or the number.
fn said_as(conn: &Connection, term: &Term) -> rusqlite::Result<String> {
    let last = term.words.len().saturating_sub(1);
    let words = if term.apart {
        let each = term.words.chunks(1).enumerate();
        let each = each.map(|(at, word)| Ok(format!("{{body}} : {}", spelled(conn, word, term.prefix && at == last)?)));
        each.collect::<rusqlite::Result<Vec<_>>>()?.join(" AND ")
    } else {
        format!("{{body}} : {}", spelled(conn, &term.words, term.prefix)?)
    };
    let Some(number) = &term.number else { return Ok(words) };
    let number = std::slice::from_ref(number);
    let begun = spelled(conn, number, true)?;
    Ok(if term.prefix {
        format!("(({words}) OR {{body numbers}} : {begun})")
    } else {
        format!("(({words}) OR {{body}} : {} OR {{numbers}} : {begun})", spelled(conn, number, false)?)
    })
}

/// Words that follow each other as the index takes them; never empty.
fn spelled(conn: &Connection, words: &[String], prefix: bool) -> rusqlite::Result<String> {
    let (words, prefix) = spelling::asked(words, prefix);
    let Some((last, before)) = words.split_last().filter(|_| prefix) else { return Ok(quoted(&words)) };
    let begins = || format!("{} *", quoted(&words));
    if last.chars().count() <= INDEXED {
        return Ok(begins());
    }
    let spellings = beginning_with(conn, last)?;
    if spellings.is_empty() || spellings.len() > SPELLINGS {
        return Ok(begins());
    }
    let each = spellings.into_iter().map(|word| {
        let words: Vec<Cow<'_, str>> = before.iter().cloned().chain([word.into()]).collect();
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

fn quoted(words: &[Cow<'_, str>]) -> String {
    format!("\"{}\"", words.join(" ").replace('"', "\"\""))
}

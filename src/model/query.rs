//! What a person types to find messages: words, "phrases", -words that are not to be there, and filters such as
//! `from:dana` or `before:yesterday`.
//!
//! Nothing that is typed is an error: a filter that makes no sense is looked for as words, and comes back as [`Odd`] so that
//! whoever shows what was found can say so.

mod odd;
mod time;

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use self::odd::Odd;
pub use self::time::time;
use super::phone;
use super::words::{Term, fold, has_word_with, is_in_word, is_number_part};

/// A search, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Query {
    /// All of these are to be in the text, or in its contact's name where they were typed without quotes.
    pub terms: Vec<Term>,
    /// None of these is to be in the text.
    pub without: Vec<Term>,
    /// Digits that were typed as a word: part of a phone number, perhaps. A contact with one of them counts as found.
    pub digits: Vec<String>,
    /// Who wrote it: any of these.
    pub from: Vec<Party>,
    /// Who it was written to: any of these.
    pub to: Vec<Party>,
    /// On which of our numbers: any of these.
    pub on: Vec<Party>,
    /// Not before this moment.
    pub after: Option<Timestamp>,
    /// Before this moment.
    pub before: Option<Timestamp>,
    /// Only what nobody has read.
    pub unread: bool,
    /// Only what failed or is unconfirmed.
    pub failed: bool,
    /// Only what has files with it.
    pub attached: bool,
}

/// Somebody, as a filter names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Party {
    /// Us, on whichever number.
    Me,
    /// Part of a name or label, folded; and of a number, where it has digits and no letters.
    Named {
        /// In small letters and without accents.
        name: String,
        /// Digits of a number; empty where it cannot be one.
        digits: String,
    },
}

impl Party {
    /// Reads who is meant; `None` for blanks.
    pub fn new(text: &str) -> Option<Self> {
        let name = fold(text.trim());
        match name.as_str() {
            "" => None,
            "me" | "us" => Some(Self::Me),
            _ => {
                let digits = phone::digits_of_part(&name).unwrap_or_default();
                Some(Self::Named { name, digits })
            }
        }
    }

    /// Whether a name or label, and an address in its normal form, can be of this party. Asked of every contact there is.
    pub fn is(&self, name: Option<&str>, address: &str) -> bool {
        let Self::Named { name: wanted, digits } = self else { return false };
        (!digits.is_empty() && address.contains(digits.as_str()))
            || name.is_some_and(|name| has_word_with(name, wanted))
            // a number has no words
            || (!address.starts_with('+') && has_word_with(address, wanted))
    }
}

/// One blank-separated part of what was typed.
struct Part<'a> {
    /// `from` of `from:dana`; empty where there is none.
    key: &'a str,
    value: &'a str,
    quoted: bool,
    /// With a `-` before it.
    unwanted: bool,
    /// As it was typed.
    whole: &'a str,
}

/// What was typed, as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// What is looked for.
    pub query: Query,
    /// Filters that could not be read, in their order.
    pub odd: Vec<Odd>,
}

/// Reads what was typed; its last word may be a beginning. `typing`: its last filter may not be finished yet.
pub fn parse(text: &str, typing: bool, now: Timestamp, zone: &TimeZone) -> Query {
    read(text, typing, now, zone).query
}

/// The same, with the filters that could not be read. One that is still being typed, and may become one, is looked for in no
/// way: what is found would else go away until it is whole.
pub fn read(text: &str, typing: bool, now: Timestamp, zone: &TimeZone) -> Reading {
    let Reading { mut query, mut odd } = Reading::default();
    let parts = parts(text);
    let open = text.chars().next_back().is_some_and(|c| is_in_word(c) || c == '*');
    let count = parts.len();
    let mut run: Vec<&str> = Vec::new();
    let mut groups = Groups::default();
    for (at, part) in parts.iter().enumerate() {
        if part.unwanted {
            odd.extend(Odd::unwanted(part));
            let star = part.value.ends_with('*');
            query.without.extend(if part.quoted {
                Term::quoted(part.value, star)
            } else {
                Term::new(part.value, star)
            });
            groups.close(&mut query.terms);
            close(&mut run, &mut query.digits);
            continue;
        }
        let last = typing && at + 1 == count && !text.ends_with(char::is_whitespace);
        let understood = filter(&mut query, part, now, zone);
        let wrong = if understood && !part.value.is_empty() { None } else { Odd::of(part, last) };
        let awaited = wrong.as_ref().is_some_and(|wrong| wrong.unfinished);
        odd.extend(wrong);
        if !understood && !awaited {
            let star = !part.quoted && part.whole.ends_with('*');
            let prefix = star || (open && at + 1 == count && !part.quoted);
            let text = if part.quoted && part.key.is_empty() { part.value } else { part.whole };
            let term = if part.quoted { Term::quoted(text, prefix) } else { Term::new(text, prefix) };
            if part.quoted || !part.key.is_empty() || !is_number_part(text) {
                groups.close(&mut query.terms);
            } else if term.is_some() {
                groups.0.push(text);
            }
            query.terms.extend(term.map(|term| Term { names: !part.quoted, ..term }));
            // "(202) 555 0147" is several words and one number
            if part.key.is_empty() {
                run.push(part.value);
                continue;
            }
        }
        groups.close(&mut query.terms);
        close(&mut run, &mut query.digits);
    }
    groups.close(&mut query.terms);
    close(&mut run, &mut query.digits);
    if query.is_empty() && odd.is_empty() && parts.iter().all(|part| part.key.is_empty()) {
        odd.extend(Odd::mute(text));
    }
    Reading { query, odd }
}

/// Groups of digits that follow each other as the last terms: they may be one number, typed with blanks.
#[derive(Default)]
struct Groups<'a>(Vec<&'a str>);

impl Groups<'_> {
    fn close(&mut self, terms: &mut Vec<Term>) {
        let groups = std::mem::take(&mut self.0);
        let first = terms.len().saturating_sub(groups.len());
        if groups.len() > 1
            && let Some(one) = Term::joined(&terms[first..], &groups.join(" "))
        {
            terms.truncate(first);
            terms.push(one);
        }
    }
}

/// Takes what follows each other in a run of plain words for one number, where it all can be.
fn close(run: &mut Vec<&str>, digits: &mut Vec<String>) {
    let whole = std::mem::take(run).join(" ");
    digits.extend(phone::digits_of_part(&whole));
}

/// Takes a filter; `false` where it is none.
fn filter(query: &mut Query, part: &Part<'_>, now: Timestamp, zone: &TimeZone) -> bool {
    let parties = match part.key.to_ascii_lowercase().as_str() {
        "from" => &mut query.from,
        "to" => &mut query.to,
        "in" | "on" | "number" => &mut query.on,
        "before" => return take(&mut query.before, part, now, zone),
        "after" | "since" => return take(&mut query.after, part, now, zone),
        "is" => {
            match part.value.to_ascii_lowercase().as_str() {
                "unread" => query.unread = true,
                "failed" | "unconfirmed" => query.failed = true,
                // not finished yet
                "" => {}
                _ => return false,
            }
            return true;
        }
        "has" => {
            let value = part.value.to_ascii_lowercase();
            let attached = matches!(value.as_str(), "attachment" | "attachments" | "file" | "files");
            query.attached |= attached;
            return attached || value.is_empty();
        }
        _ => return false,
    };
    parties.extend(Party::new(part.value));
    true
}

fn take(moment: &mut Option<Timestamp>, part: &Part<'_>, now: Timestamp, zone: &TimeZone) -> bool {
    if part.value.is_empty() {
        return true;
    }
    let read = time(part.value, now, zone);
    *moment = read.or(*moment);
    read.is_some()
}

/// Splits at blanks, but not in quotes.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let unwanted = rest.strip_prefix('-').filter(|rest| begins_a_part(rest) && !goes_on_a_number(&out, rest));
        let key = rest.find(|c: char| !c.is_ascii_alphabetic()).filter(|&end| end > 0 && rest[end..].starts_with(':'));
        let (name, value) = match (unwanted, key) {
            (Some(value), _) => ("", value),
            (None, Some(end)) => (&rest[..end], &rest[end + 1..]),
            (None, None) => ("", rest),
        };
        let quoted = value.starts_with('"');
        let (value, after) = if quoted {
            let inside = &value[1..];
            match inside.split_once('"') {
                Some((value, after)) => (value, after),
                None => (inside, ""),
            }
        } else {
            let end = value.find(char::is_whitespace).unwrap_or(value.len());
            value.split_at(end)
        };
        let whole = &rest[..rest.len() - after.len()];
        out.push(Part { key: name, value, quoted, unwanted: unwanted.is_some(), whole });
        rest = after.trim_start();
    }
    out
}

/// Whether a word, a phrase or a number begins here.
fn begins_a_part(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '+' | '('))
}

/// Whether a dash before this is the dash of a number, as in `202 -555`.
fn goes_on_a_number(before: &[Part<'_>], rest: &str) -> bool {
    let is_number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && is_number_part(text);
    let last = before.last().is_some_and(|part| part.key.is_empty() && !part.unwanted && is_number(part.whole));
    last && is_number(rest.split(char::is_whitespace).next().unwrap_or_default())
}

impl Query {
    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A search for words that follow each other, the last of which may go on: as one types in a conversation.
    pub fn phrase(text: &str) -> Self {
        let open = text.chars().next_back().is_some_and(is_in_word);
        Self { terms: Term::new(text, open).into_iter().collect(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests;

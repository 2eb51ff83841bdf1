//! Filters that could not be read: which word it was, and what would do.

use std::fmt;

use super::{Part, time};

/// A filter that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// As it was typed; it may be anything.
    pub word: String,
    /// It is still being typed and may become one.
    pub unfinished: bool,
    takes: Takes,
    empty: bool,
}

/// What a filter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Time,
    State,
    Thing,
    Party,
}

impl Takes {
    fn of(filter: &str) -> Option<Self> {
        Some(match filter {
            "after" | "since" | "before" => Self::Time,
            "is" => Self::State,
            "has" => Self::Thing,
            "from" | "to" | "in" | "on" => Self::Party,
            _ => return None,
        })
    }

    /// The likeliest first, because a narrow screen cuts the rest.
    fn forms(self) -> &'static str {
        match self {
            Self::Time => "yesterday, monday, 7d, 2w, 2026-11-01",
            Self::State => "unread, failed, unconfirmed",
            Self::Thing => "attachment, file",
            Self::Party => "a name, part of a number, me",
        }
    }

    /// What something else is called.
    fn missed(self) -> &'static str {
        match self {
            Self::Time => "is no time",
            Self::State => "is nothing that a message can be",
            Self::Thing => "is nothing that a message can have",
            Self::Party => "is nobody",
        }
    }

    fn may_become(self, text: &str) -> bool {
        let begins = |words: &[&str]| words.iter().any(|word| word.starts_with(&text.to_ascii_lowercase()));
        match self {
            Self::Time => time::may_become(text),
            Self::State => begins(&["unread", "failed", "unconfirmed"]),
            Self::Thing => begins(&["attachments", "files"]),
            Self::Party => true,
        }
    }
}

impl Odd {
    /// Of a part that is a filter without anything behind it, or with what it cannot take; `None` where it is no filter at
    /// all. `last`: it may go on.
    pub(super) fn of(part: &Part<'_>, last: bool) -> Option<Self> {
        let takes = Takes::of(&part.key.to_ascii_lowercase())?;
        let unfinished = last && !part.quoted && takes.may_become(part.value);
        Some(Self { word: part.whole.to_owned(), unfinished, takes, empty: part.value.trim().is_empty() })
    }

    /// The filter's name with what it takes: `after: yesterday, monday, …`.
    pub fn forms(&self) -> String {
        let name = self.word.split(':').next().unwrap_or_default();
        format!("{}: {}", name.to_ascii_lowercase(), self.takes.forms())
    }
}

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wrong = if self.empty { "has nothing behind it" } else { self.takes.missed() };
        write!(f, "“{}” {wrong}; {}", self.word, self.forms())
    }
}

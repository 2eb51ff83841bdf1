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
    wrong: Wrong,
}

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// Nothing stands behind the filter.
    Empty(Takes),
    /// What stands behind it is nothing that it takes.
    Value(Takes),
    /// A filter cannot be left out.
    Unwanted,
    /// Neither a letter nor a digit is in all that was typed.
    Mute,
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
            "from" | "to" | "in" | "on" | "number" => Self::Party,
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
        let wrong = if part.value.trim().is_empty() { Wrong::Empty(takes) } else { Wrong::Value(takes) };
        Some(Self { word: part.whole.to_owned(), unfinished, wrong })
    }

    /// Of a part that is not to be there, where it is a filter.
    pub(super) fn unwanted(part: &Part<'_>) -> Option<Self> {
        let (name, _) = part.value.split_once(':')?;
        Takes::of(&name.to_ascii_lowercase())?;
        Some(Self { word: part.whole.to_owned(), unfinished: false, wrong: Wrong::Unwanted })
    }

    /// Of a text in which there is nothing to look for.
    pub(super) fn mute(text: &str) -> Option<Self> {
        let word = text.trim();
        // a quotation mark or a dash begins something
        let unfinished = word.is_ascii();
        (!word.is_empty()).then(|| Self { word: word.to_owned(), unfinished, wrong: Wrong::Mute })
    }

    /// What would do: `after: yesterday, monday, …`.
    pub fn forms(&self) -> String {
        let name = self.word.split(':').next().unwrap_or_default().to_ascii_lowercase();
        match self.wrong {
            Wrong::Empty(takes) | Wrong::Value(takes) => format!("{name}: {}", takes.forms()),
            Wrong::Unwanted => "only words are left out with a -".to_owned(),
            Wrong::Mute => "words, \"several words\", -word".to_owned(),
        }
    }
}

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wrong = match self.wrong {
            Wrong::Empty(_) => "has nothing behind it",
            Wrong::Value(takes) => takes.missed(),
            Wrong::Unwanted => "cannot be left out",
            Wrong::Mute => "has no letter and no digit to look for",
        };
        write!(f, "“{}” {wrong}; {}", self.word, self.forms())
    }
}

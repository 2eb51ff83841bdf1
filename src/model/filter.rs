//! Which threads a list shows.

use super::phone::digits_of_part;
use super::words::{fold, has_word_with};
use super::{Contact, ThreadState};

/// What the threads of a list have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ThreadFilter {
    /// Nothing: all of them.
    #[default]
    All,
    /// Unread messages.
    Unread,
    /// Messages that failed or are unconfirmed.
    Trouble,
    /// Not put away.
    Open,
    /// Put away.
    Done,
    /// Muted.
    Muted,
}

impl ThreadFilter {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::All, Self::Unread, Self::Trouble, Self::Open, Self::Done, Self::Muted];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Unread => "unread",
            Self::Trouble => "failed or unconfirmed",
            Self::Open => "open",
            Self::Done => "done",
            Self::Muted => "muted",
        }
    }

    /// The state that its threads have.
    pub fn state(self) -> Option<ThreadState> {
        match self {
            Self::Open => Some(ThreadState::Open),
            Self::Done => Some(ThreadState::Done),
            _ => None,
        }
    }
}

/// Words by which a person narrows a list of threads: each of them begins a word of the contact's name or of what the row
/// shows, or all together are part of the number, however it is spelled.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ThreadText {
    words: Vec<String>,
    digits: Option<String>,
}

impl ThreadText {
    /// Reads what was typed; `None` for blanks.
    pub fn new(text: &str) -> Option<Self> {
        let words: Vec<String> = fold(text).split_whitespace().map(str::to_owned).collect();
        (!words.is_empty()).then(|| Self { words, digits: digits_of_part(text) })
    }

    /// Whether a row is of those that were meant.
    pub fn fits(&self, contact: &Contact, shown: &[&str]) -> bool {
        self.fits_row(contact.name.as_deref(), contact.address.as_str(), shown)
    }

    /// The same for the parts of a row.
    pub fn fits_row(&self, name: Option<&str>, address: &str, shown: &[&str]) -> bool {
        if self.digits.as_ref().is_some_and(|digits| address.contains(digits.as_str())) {
            return true;
        }
        let name = name.unwrap_or(address);
        let has = |word: &String| has_word_with(name, word) || shown.iter().any(|text| has_word_with(text, word));
        self.words.iter().all(has)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::Address;

    #[rstest]
    #[case("dana", true)]
    #[case("WHIT", true)]
    #[case("ana", false)]
    #[case("dana invoice", true)]
    #[case("dana café", true)]
    #[case("dana thursday", false)]
    #[case("0147", true)]
    #[case("(202) 555-0147", true)]
    #[case("202.555", true)]
    #[case("0148", false)]
    #[case("3:30", true)]
    fn rows_are_told(#[case] typed: &str, #[case] fits: bool) {
        let contact =
            Contact { address: Address::from_normal("+12025550147"), name: Some("Dána Whitfield".to_owned()) };
        let text = ThreadText::new(typed).unwrap();
        assert_eq!(text.fits(&contact, &["The invoice for the Cafe\u{301} at 3:30", ""]), fits);
    }

    #[test]
    fn blanks_are_none_and_a_number_without_a_name_is_its_name() {
        assert_eq!(ThreadText::new(" \t"), None);
        let contact = Contact { address: Address::from_normal("MYBANK"), name: None };
        assert!(ThreadText::new("mybank").unwrap().fits(&contact, &[]));
    }
}

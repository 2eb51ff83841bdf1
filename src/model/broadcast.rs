//! A text to several people, each of whom gets a message of their own.

use super::{Address, Contact};

/// A text to several people that is not sent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    /// From which of our numbers it is to go.
    pub sender: Address,
    /// To whom, in the order in which they were chosen.
    pub people: Vec<Contact>,
    /// The text, with its blanks.
    pub text: String,
}

impl Broadcast {
    /// Whether nothing would be lost with it.
    pub fn is_empty(&self) -> bool {
        self.people.is_empty() && self.text.is_empty()
    }
}

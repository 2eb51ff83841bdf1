//! What is found, on the screen's side.

use crate::model::query::Query;
use crate::model::{Address, Contact, Message, MessageId, Missing};

/// What to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuery {
    /// What was typed.
    pub query: Query,
    /// On one of our numbers alone.
    pub number: Option<Address>,
    /// Only what is older than this.
    pub below: Option<MessageId>,
    /// At most so many.
    pub limit: usize,
}

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The message.
    pub message: Message,
    /// The other side of its thread.
    pub contact: Contact,
}

/// A part of what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundPage {
    /// Newest first.
    pub found: Vec<Found>,
    /// There are older ones.
    pub more: bool,
    /// Where nothing was found: whether it may be in history that is not here.
    pub missing: Missing,
}

//! What the cache tells those who show it.

use std::collections::BTreeSet;

use crate::model::ThreadId;

/// Something in the cache is no longer as it was. Sent after the commit, so that a read now sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Rows of these threads, or messages in them, in the order of their ids.
    Threads(Vec<ThreadId>),
    /// The configured numbers, and with them what lists over all numbers show.
    Numbers,
    /// Another process noted what people do not see, such as how far history is known.
    Unseen,
    /// Another process changed what people see, and it is not known what.
    Everything,
}

/// What a transaction has changed so far.
#[derive(Debug, Default)]
pub(super) struct Touched {
    threads: BTreeSet<ThreadId>,
    numbers: bool,
    discarded: Option<i64>,
}

impl Touched {
    pub(super) fn thread(&mut self, thread: ThreadId) {
        self.threads.insert(thread);
    }

    pub(super) fn numbers(&mut self) {
        self.numbers = true;
    }

    /// A person has discarded a text that was begun then, in milliseconds.
    pub(super) fn discarded(&mut self, begun: i64) {
        self.discarded = Some(self.discarded.map_or(begun, |other| other.min(begun)));
    }

    /// When the oldest text was begun that a person has discarded.
    pub(super) fn oldest_discarded(&self) -> Option<i64> {
        self.discarded
    }

    pub(super) fn into_changes(self) -> impl Iterator<Item = Change> {
        let threads = (!self.threads.is_empty()).then(|| Change::Threads(self.threads.into_iter().collect()));
        self.numbers.then_some(Change::Numbers).into_iter().chain(threads)
    }
}

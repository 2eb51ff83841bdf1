//! An account that does not heed which numbers it is asked for: pages of others, at a request each.

use super::Extent;
use super::page::Page;

/// Pages in a row without a message of the numbers that were asked for: so many show that the account does not heed the
/// question, and each costs a request.
const MOST_FOREIGN: u32 = 8;
/// The same where somebody wants everything. What was gone through is known: the next run goes on below it.
const MOST_FOREIGN_OF_ALL: u32 = 250;

/// What came of other numbers in the place of those that were asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::sync) struct Foreign {
    pub(in crate::sync) pages: u32,
    pub(in crate::sync) records: u64,
}

impl Foreign {
    pub(super) fn note(&mut self, page: &Page) {
        if page.own.iter().any(|own| !own.is_empty()) {
            *self = Self::default();
        } else if !page.times.is_empty() {
            // pages without any message at all have a limit of their own
            self.pages += 1;
            self.records += page.received as u64;
        }
    }

    /// Whether asking on is of no use, or at least not without a person who wants it.
    pub(super) fn is_too_much(self, extent: Extent) -> bool {
        self.pages >= if extent == Extent::Full { MOST_FOREIGN_OF_ALL } else { MOST_FOREIGN }
    }
}

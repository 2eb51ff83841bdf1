//! A number in a question about several.

use jiff::{SignedDuration, Timestamp};

use super::history::{Tally, back, news_from};
use crate::model::{Address, Coverage};
use crate::store::{AccountView, Cursor};

/// How well the service's clock is known, from answers that tell the second.
const CLOCK_TELLS: SignedDuration = SignedDuration::from_secs(2);

/// A number whose history is fetched, alone or with others.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) number: Address,
    /// What was known before the run.
    pub(super) before: Cursor,
    /// What is known by now.
    pub(super) cursor: Cursor,
    /// What came of it.
    pub(super) tally: Tally,
    /// From when on new messages are news to people.
    pub(super) news_from: Option<Timestamp>,
    /// A record of it came: of several, while they were asked for together.
    pub(super) is_seen: bool,
    /// The times of its records, where it was asked for alone.
    pub(super) times: Vec<Timestamp>,
    /// Nothing of it is in the account's whole history.
    pub(super) is_ruled_out: bool,
    /// From when until when the last question was about, by the service's clock.
    pub(super) looked: Option<(Option<Timestamp>, Timestamp)>,
}

impl Member {
    pub(super) fn new(number: Address, before: Cursor) -> Self {
        let news_from = news_from(&before);
        let cursor = before.clone();
        Self {
            number,
            before,
            cursor,
            tally: Tally::default(),
            news_from,
            is_seen: false,
            times: Vec::new(),
            is_ruled_out: false,
            looked: None,
        }
    }

    /// Whether questions about several numbers are known to show it.
    pub(super) fn is_trusted(&self) -> bool {
        self.before.account == AccountView::Seen
    }

    /// Whether what a question about several numbers has shown is known of this one too: of a number that never showed
    /// it may be that such questions leave it out.
    pub(super) fn is_certain(&self) -> bool {
        self.is_trusted() || self.is_seen || self.is_ruled_out
    }

    /// Whether nothing of it was ever fetched.
    pub(super) fn is_new(&self) -> bool {
        self.before.synced_at.is_none() || self.before.coverage.top().is_none()
    }

    /// Whether a message of that time was there for the last question to show. The service's clock is known to a second
    /// or two.
    pub(super) fn should_have_shown(&self, at: Timestamp) -> bool {
        let Some((floor, until)) = self.looked else { return false };
        floor.is_none_or(|floor| floor <= at) && at <= back(until, CLOCK_TELLS)
    }

    /// Takes over what a run has found out about all numbers that it is about.
    pub(super) fn learn(&mut self, shared: &Cursor) {
        if self.cursor.coverage.top().is_none() {
            self.cursor.coverage = Coverage::default();
        }
        for span in shared.coverage.spans() {
            self.cursor.coverage.add(*span);
        }
        if shared.coverage.reaches_beginning() {
            let from = shared.coverage.spans().last().map(|last| last.newest);
            self.cursor.coverage.reach_beginning(from);
        }
        (self.cursor.owed, self.cursor.skip) = (shared.owed, shared.skip);
    }

    /// Whether questions about several numbers show it, as far as this one tells.
    pub(super) fn judge(&mut self) {
        if self.is_certain() && self.cursor.account == AccountView::Unknown {
            self.cursor.account = AccountView::Seen;
        }
    }
}

/// What is known of all of these numbers alike.
pub(super) fn merged(members: &[Member]) -> Cursor {
    let mut cursors = members.iter().map(|member| &member.before);
    let Some(first) = cursors.next() else { return Cursor::default() };
    cursors.fold(first.clone(), |merged, other| Cursor {
        coverage: merged.coverage.meet(&other.coverage),
        owed: merged.owed.max(other.owed),
        skip: None,
        synced_at: merged.synced_at.min(other.synced_at),
        ..merged
    })
}

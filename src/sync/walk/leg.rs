//! One series of pages, and what it has brought so far.

use jiff::{SignedDuration, Timestamp};

use super::PAGE_SIZE;
use super::page::{Aim, Ask};
use crate::model::Span;

/// What a series of pages is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sync) enum Wanted {
    /// So many messages of each number.
    Count(u64),
    /// Down to the next known stretch.
    Gap,
    /// All there is below.
    Everything,
}

impl Wanted {
    /// The same of that many numbers.
    pub(in crate::sync) fn times(self, numbers: usize) -> Self {
        match self {
            Self::Count(count) => Self::Count(count.saturating_mul(numbers as u64)),
            other => other,
        }
    }
}

/// One series of pages.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) ask: Ask,
    /// The stretch it goes on below; `None` for the one from the top.
    pub(super) from: Option<Span>,
    pub(super) wanted: Wanted,
    /// The leg is not done above this.
    pub(super) floor: Option<Timestamp>,
    /// Down to where it would go if the account took windows of any length; `None` for all of history.
    pub(super) goal: Option<Timestamp>,
    /// Where it begins only because the account refuses longer windows; more may be older.
    pub(super) window: Option<Timestamp>,
    pub(super) newest: Option<Timestamp>,
    pub(super) oldest: Option<Timestamp>,
    /// Read without a gap down to here.
    pub(super) reach: Option<Timestamp>,
    /// Messages of each number.
    pub(super) own: Vec<u64>,
    pub(super) pages: u32,
    pub(super) barren: u32,
    pub(super) received: u64,
    pub(super) ascending: bool,
}

impl Leg {
    pub(super) fn new(ask: Ask, from: Option<Span>, wanted: Wanted, floor: Option<Timestamp>) -> Self {
        Self {
            ask,
            from,
            wanted,
            floor,
            goal: ask.since,
            window: None,
            newest: None,
            oldest: None,
            reach: None,
            own: Vec::new(),
            pages: 0,
            barren: 0,
            received: 0,
            ascending: false,
        }
    }

    pub(super) fn below(from: Span, wanted: Wanted, since: Option<Timestamp>) -> Self {
        let ask = Ask { aim: Aim::Older(from.oldest), since, page_size: PAGE_SIZE };
        Self::new(ask, Some(from), wanted, None)
    }

    /// The same from its beginning, in its full length.
    pub(super) fn again(&self) -> Self {
        Self::new(Ask { since: self.goal, ..self.ask }, self.from, self.wanted, self.floor)
    }

    /// The newest time that is asked for.
    pub(super) fn upper(&self, now: Timestamp) -> Timestamp {
        self.ask.until().unwrap_or(now)
    }

    /// How long the window is that is asked for; `None` for all of history.
    pub(super) fn length(&self, now: Timestamp) -> Option<SignedDuration> {
        self.ask.since.map(|since| self.upper(now).duration_since(since))
    }

    /// Asks for no more than that at once.
    pub(super) fn cut_to(&mut self, longest: Option<SignedDuration>, now: Timestamp) {
        let Some(longest) = longest else { return };
        let begin = self.upper(now).saturating_sub(longest).unwrap_or(Timestamp::MIN);
        if self.ask.since.is_none_or(|since| since < begin) {
            (self.ask.since, self.window) = (Some(begin), Some(begin));
        }
    }

    /// Its road knows no times: what it brings is not cut.
    pub(super) fn uncut(&mut self) {
        (self.ask.since, self.window) = (self.goal, None);
    }

    /// Whether it brought anything below what was known.
    pub(super) fn has_advanced(&self) -> bool {
        self.oldest.is_some_and(|oldest| self.from.is_none_or(|from| oldest < from.oldest))
    }
}

/// What the number with fewest has.
pub(super) fn least(own: &[u64]) -> u64 {
    own.iter().copied().min().unwrap_or(0)
}

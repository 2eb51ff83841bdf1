//! What the walk asks, and what it is told of a page.

use jiff::{SignedDuration, Timestamp};

use crate::api::{More, Position};

/// Filters of time are in whole seconds, and may leave out the very one.
const EDGE: SignedDuration = SignedDuration::from_secs(1);

/// Where a series of pages begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sync) enum Aim {
    /// At the newest record, or in a list that runs from old to new, after so many.
    Newest { skip: u64 },
    /// At the first record older than that, by whatever means the road has.
    Older(Timestamp),
    /// Half as far down as where that was thought to be.
    Halfway(Timestamp),
}

/// A question that begins a series of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sync) struct Ask {
    pub(in crate::sync) aim: Aim,
    /// Not older than this.
    pub(in crate::sync) since: Option<Timestamp>,
    pub(in crate::sync) page_size: usize,
}

impl Ask {
    /// The filter that goes with the aim.
    pub(in crate::sync) fn until(&self) -> Option<Timestamp> {
        match self.aim {
            Aim::Older(than) => Some(than.saturating_add(EDGE).unwrap_or(than)),
            _ => None,
        }
    }
}

/// What the service says of further pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sync) enum Rest {
    /// There are none.
    No,
    /// By its length this page was the last.
    Perhaps,
    /// There are, or may well be.
    Yes,
}

impl Rest {
    /// What an answer says, and where it goes on.
    pub(in crate::sync) fn of(more: More) -> (Self, Option<Position>) {
        match more {
            More::No => (Self::No, None),
            More::Perhaps(position) => (Self::Perhaps, Some(position)),
            More::Yes(position) => (Self::Yes, Some(position)),
        }
    }
}

/// A page, as far as the walk goes by it.
#[derive(Debug, Clone)]
pub(in crate::sync) struct Page {
    /// The times of its records of messages, in the service's order.
    pub(in crate::sync) times: Vec<Timestamp>,
    /// Of those, each number's that this series has not brought before, in the order of the run's numbers.
    pub(in crate::sync) own: Vec<Vec<Timestamp>>,
    /// Records of any kind.
    pub(in crate::sync) received: usize,
    /// Records of messages, readable or not, that this series has not brought before.
    pub(in crate::sync) fresh: usize,
    pub(in crate::sync) rest: Rest,
    /// The longest page that this service was seen to give.
    pub(in crate::sync) capacity: usize,
    /// Now, by the service's clock.
    pub(in crate::sync) now: Timestamp,
    /// It is of a list that is asked for by time.
    pub(in crate::sync) by_time: bool,
    /// A page shorter than was asked for is the last.
    pub(in crate::sync) short_ends: bool,
    /// What the account itself says is still to come.
    pub(in crate::sync) left: Left,
}

/// What the account says is older than what has come, by its own count of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sync) enum Left {
    /// It cannot be asked: a list's end is the end of history.
    Uncounted,
    /// It can, and this run has no number of it to go by.
    Unknown,
    /// So many records.
    Records(u64),
}

/// What the account says of the time below a stretch of history, back to [`TEN_YEARS`] ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sync) enum Below {
    /// Nothing is there.
    Nothing,
    /// Something is there, and nothing between the stretch and this time.
    From(Timestamp),
    /// Nothing is there down to this time, and further down it took too many requests to tell.
    Untold(Timestamp),
}

/// How far back an account is asked for: nobody has older texts at MightyCall, which opened its API later than that.
pub(in crate::sync) const TEN_YEARS: SignedDuration = SignedDuration::from_hours(24 * 3_652);

/// Windows of time to ask for where an account refuses longer ones, each a little shorter than the limit it is for:
/// a year, a quarter, a month, a week.
pub(in crate::sync) const WINDOWS: [SignedDuration; 4] = [
    SignedDuration::from_hours(24 * 364),
    SignedDuration::from_hours(24 * 89),
    SignedDuration::from_hours(24 * 27),
    SignedDuration::from_hours(24 * 6),
];

/// The next shorter window than `longest`; `None` below a week.
pub(in crate::sync) fn shorter(longest: Option<SignedDuration>) -> Option<SignedDuration> {
    WINDOWS.into_iter().find(|window| longest.is_none_or(|longest| *window < longest))
}

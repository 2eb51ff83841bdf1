//! The way through one number's history, page by page: where to look next, when it is enough, and what is then known
//! without a gap. Pure: it is told of each page and answers with the next step.
//!
//! History runs from the newest down (some lists from the oldest up), while new messages push the others to later
//! pages, and a run may be cut off after any page. So what is known is kept as stretches ([`Coverage`]): a run looks at
//! the top first, then goes on below the stretch it is in, and closes gaps that an earlier run has left.

use jiff::{SignedDuration, Timestamp};

use super::Extent;
use crate::model::{Coverage, Span};
use crate::store::Cursor;

mod adjust;
mod end;
mod foreign;
mod leg;
mod page;

use end::is_proven;
pub(super) use foreign::Foreign;
pub(super) use leg::Wanted;
use leg::{Leg, least};
pub(super) use page::{Aim, Ask, Below, Left, Page, Rest, TEN_YEARS, WINDOWS, shorter};

/// The journal's own limit (grade C); other roads cap it as they please.
pub(super) const PAGE_SIZE: usize = 1_000;
/// A quick look rarely brings more than a few.
const QUICK_PAGE: usize = 100;
/// A short page ends a journal (`mightycall-api.md`, section 7). Below this many records it is believed; a longer one may
/// be a service that caps its pages, and asking on costs one request.
const SURELY_SHORT: usize = 10;
/// A service that does not heed `type=Message` sends pages of calls; so many of them in a row are gone through.
const MOST_BARREN: u32 = 50;
/// Pages that a quick look takes below what is known.
const MOST_BELOW: u32 = 5;
/// Windows of time in a row that may be empty before an import is given up.
const MOST_EMPTY_WINDOWS: u32 = 40;
/// How near to now an empty window is known to be empty: records turn up late.
const QUIET_EDGE: SignedDuration = SignedDuration::from_hours(26);
/// Records read again at the end of a list that runs from old to new.
const LIST_OVERLAP: u64 = 200;

/// What to do after a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The next page of the same series.
    Next,
    /// Another series.
    Leg(Ask),
    /// Ask the account whether it has anything older than this, and tell [`Walk::counted`].
    Count(Timestamp),
    Done,
}

/// A run through the history of numbers that are read together.
#[derive(Debug)]
pub(super) struct Walk {
    /// What is known of all of them, as of the last page.
    pub(super) cursor: Cursor,
    extent: Extent,
    quick: bool,
    leg: Leg,
    oldest: Option<Timestamp>,
    /// The longest window that the account answers; `None` while it has refused none.
    longest: Option<SignedDuration>,
    /// Now, by the service's clock as far as it is known.
    now: Timestamp,
    /// Messages of each number that all series have brought.
    own: Vec<u64>,
    /// It looks at what is new, and does not only go on below what is known.
    from_top: bool,
    /// A series of pages broke off without an end.
    stuck: bool,
    /// The account has older records, or may have, that could not be reached.
    unreached: bool,
    /// Its lists are asked for by time.
    by_time: bool,
    /// Pages below what is known.
    below: u32,
    /// Windows in a row that brought nothing.
    empty_windows: u32,
    /// Pages in a row, in all series, that brought records and no message of the numbers.
    foreign: Foreign,
    /// It ended on those.
    is_foreign: bool,
}

impl Walk {
    /// Begins a run. `floor`: how far back what is known is looked at again; `quick`: believe a page that is shorter than
    /// others were to be the last; `longest`: the longest window of time that the account answers.
    pub(super) fn new(
        mut cursor: Cursor,
        extent: Extent,
        floor: Option<Timestamp>,
        quick: bool,
        (longest, now): (Option<SignedDuration>, Timestamp),
    ) -> Self {
        let top = cursor.coverage.top();
        if top.is_none() {
            // an account that was empty is not complete any more once it has too much to read at once
            cursor.coverage = Coverage::default();
        }
        let floor = top.and(floor);
        let whole = top.is_none() || cursor.coverage.is_complete();
        let (wanted, since, floor) = match extent {
            Extent::New(count) | Extent::More(count) if top.is_none() => (Wanted::Count(count as u64), None, None),
            Extent::New(_) | Extent::More(_) => (Wanted::Count(0), floor, floor),
            Extent::Limit(count) => (Wanted::Count(count as u64), None, floor),
            Extent::Since(since) => {
                let since = floor.map_or(since, |floor| floor.min(since));
                (Wanted::Count(0), Some(since), Some(since))
            }
            Extent::Full if whole => (Wanted::Everything, None, None),
            Extent::Full => (Wanted::Count(0), floor, floor),
        };
        let page_size = match wanted {
            Wanted::Count(0) if quick => QUICK_PAGE,
            Wanted::Count(0) => PAGE_SIZE,
            Wanted::Count(count) => usize::try_from(count).map_or(PAGE_SIZE, |count| count.min(PAGE_SIZE)),
            _ => PAGE_SIZE,
        };
        let again = matches!(extent, Extent::Since(_)) || matches!(extent, Extent::Full) && whole;
        let skip = cursor.skip.filter(|_| !again).unwrap_or(0).saturating_sub(LIST_OVERLAP);
        let ask = Ask { aim: Aim::Newest { skip }, since, page_size };
        let mut walk = Self {
            cursor,
            extent,
            quick,
            leg: Leg::new(ask, None, wanted, floor),
            oldest: None,
            longest,
            now,
            own: Vec::new(),
            from_top: true,
            stuck: false,
            unreached: false,
            by_time: false,
            below: 0,
            empty_windows: 0,
            foreign: Foreign::default(),
            is_foreign: false,
        };
        if let (Extent::More(count), Some(top)) = (extent, top) {
            walk.cursor.owed = walk.cursor.owed.max(count as u64);
            walk.leg = Leg::below(top, walk.below_wants(), None);
            walk.from_top = false;
        }
        walk.leg.cut_to(longest, now);
        walk
    }

    /// The question that the run, or its present series, begins with.
    pub(super) fn ask(&self) -> Ask {
        self.leg.ask
    }

    /// What the present series is for.
    pub(super) fn wanted(&self) -> Wanted {
        self.leg.wanted
    }

    /// Whether the present series may go down to the beginning: what it will bring is worth counting first.
    pub(super) fn is_deep(&self) -> bool {
        self.leg.floor.is_none() && self.leg.goal.is_none() && self.leg.wanted != Wanted::Gap
    }

    /// The service's clock has told the time.
    pub(super) fn set_now(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// The longest window that the account was found to answer.
    pub(super) fn longest(&self) -> Option<SignedDuration> {
        self.longest
    }

    /// Whether the account has, or may have, older records that could not be reached.
    pub(super) fn is_unreached(&self) -> bool {
        self.unreached
    }

    /// What came in the place of the numbers, where that ended the run.
    pub(super) fn foreign(&self) -> Option<Foreign> {
        Some(self.foreign).filter(|_| self.is_foreign)
    }

    /// Stops here: what was still to come is not owed any more. Gives back how much that was.
    pub(super) fn stop(&mut self) -> u64 {
        std::mem::take(&mut self.cursor.owed)
    }

    /// Takes a page that is in the cache now.
    pub(super) fn take(&mut self, page: &Page) -> Then {
        self.now = page.now;
        self.by_time = page.by_time;
        if !page.by_time {
            self.leg.uncut();
        }
        if self.leg.pages == 0
            && !page.by_time
            && let Some(other) = self.missed(page)
        {
            return self.begin(other);
        }
        self.note(page);
        if !self.leg.ascending {
            self.grow(page);
        }
        let step = self.step(page);
        let at_end = step == Some(Stop::End) && self.leg.window.is_none() && is_proven(page.left);
        self.owe(at_end || step == Some(Stop::Stuck));
        if !at_end && self.foreign.is_too_much(self.extent) {
            (self.stuck, self.is_foreign, self.cursor.owed) = (true, true, 0);
            return Then::Done;
        }
        match step {
            // a quick look does not import: what is owed comes bit by bit, and what is new comes first
            _ if self.quick && self.below >= MOST_BELOW => Then::Done,
            None => Then::Next,
            Some(Stop::Stuck) => {
                self.stuck = true;
                Then::Done
            }
            Some(Stop::End) => self.end(page.left),
            Some(Stop::Enough) => self.next_leg(),
        }
    }

    /// Whether everything from its floor on was seen.
    pub(super) fn is_whole(&self) -> bool {
        self.from_top && !self.stuck
    }

    /// Whether it looks at what is new.
    pub(super) fn is_from_top(&self) -> bool {
        self.from_top
    }

    fn note(&mut self, page: &Page) {
        let leg = &mut self.leg;
        if leg.pages == 0 {
            leg.ascending = is_ascending(&page.times);
            if !leg.ascending {
                self.cursor.skip = None;
            }
        }
        leg.pages += 1;
        self.below += u32::from(leg.from.is_some());
        leg.received += page.received as u64;
        leg.barren = if page.times.is_empty() && page.fresh == 0 && page.received > 0 { leg.barren + 1 } else { 0 };
        self.foreign.note(page);
        let below = |at: &&Timestamp| leg.from.is_none_or(|from| **at < from.oldest);
        leg.own.resize(page.own.len(), 0);
        self.own.resize(page.own.len(), 0);
        for ((own, all), times) in leg.own.iter_mut().zip(&mut self.own).zip(&page.own) {
            let count = times.iter().filter(below).count() as u64;
            *own += count;
            *all += count;
        }
        // a record dated far ahead must not carry the mark past what is still to come
        leg.newest = leg.newest.max(page.times.iter().max().map(|&newest| newest.min(page.now)));
        leg.oldest = leg.oldest.into_iter().chain(page.times.iter().copied()).min();
        self.oldest = self.oldest.into_iter().chain(page.times.iter().copied()).min();
        if let (true, Aim::Newest { skip }) = (leg.ascending, leg.ask.aim) {
            self.cursor.skip = Some(skip + leg.received);
        }
    }

    fn grow(&mut self, page: &Page) {
        let leg = &mut self.leg;
        let Some(reach) = reach(&page.times) else { return };
        leg.reach = Some(leg.reach.map_or(reach, |before| before.min(reach)));
        let Some(newest) = leg.from.map(|from| from.newest).or(leg.newest) else { return };
        let oldest = leg.from.map_or(reach, |from| from.oldest.min(reach));
        self.cursor.coverage.add(Span { oldest: oldest.min(newest), newest });
    }

    fn step(&self, page: &Page) -> Option<Stop> {
        let short = |than: usize| page.received < than;
        let capacity = page.capacity.min(self.leg.ask.page_size);
        match page.rest {
            Rest::No => Some(Stop::End),
            _ if page.received == 0 => Some(Stop::End),
            // the same again: whether there is more cannot be told, and asking on would never end
            _ if page.fresh == 0 && !(self.leg.barren > 0 && self.leg.barren < MOST_BARREN) => Some(Stop::Stuck),
            Rest::Perhaps if page.short_ends || short(SURELY_SHORT) || self.quick && short(capacity) => Some(Stop::End),
            _ if self.is_enough() => Some(Stop::Enough),
            _ => None,
        }
    }

    fn is_enough(&self) -> bool {
        let leg = &self.leg;
        if leg.ascending {
            return false;
        }
        let at_floor = leg.floor.is_none_or(|floor| leg.reach.is_some_and(|reach| reach <= floor));
        // beyond the gap lies what is known: the rest of the way begins below that
        let leapt = leg.from.is_some_and(|from| {
            let whole = self.cursor.coverage.top().map_or(from.oldest, |top| top.oldest);
            leg.reach.is_some_and(|reach| whole < reach && reach <= from.oldest && whole < from.oldest)
        });
        match leg.wanted {
            Wanted::Count(count) => leapt || least(&leg.own) >= count && at_floor,
            Wanted::Gap | Wanted::Everything => leapt,
        }
    }

    fn next_leg(&mut self) -> Then {
        let Some(top) = self.cursor.coverage.top() else { return Then::Done };
        let gap = self.cursor.coverage.spans().len() > 1;
        let below = gap || !self.cursor.coverage.reaches_beginning();
        let wants = gap || self.extent == Extent::Full || self.cursor.owed > 0 || self.wants_of_limit() > 0;
        if !below || !(wants || self.is_above_since(top)) {
            return Then::Done;
        }
        match (self.leg.ascending, self.leg.ask.since) {
            (false, _) => {
                let since = match self.extent {
                    Extent::Since(since) if self.is_above_since(top) => Some(since),
                    _ => None,
                };
                let mut leg = Leg::below(top, self.below_wants(), since);
                leg.cut_to(self.longest, self.now);
                self.begin(leg)
            }
            // it began with its oldest, or with the oldest of what was asked for: only without a filter this can be told
            (true, Some(_)) => {
                let ask = Ask { aim: Aim::Newest { skip: 0 }, since: None, page_size: PAGE_SIZE };
                self.begin(Leg::new(ask, None, Wanted::Everything, None))
            }
            (true, None) => Then::Done,
        }
    }

    fn below_wants(&self) -> Wanted {
        match self.extent {
            Extent::Full => Wanted::Everything,
            _ if self.cursor.coverage.spans().len() > 1 && self.cursor.owed == 0 => Wanted::Gap,
            Extent::Limit(_) => Wanted::Count(self.wants_of_limit().max(self.cursor.owed)),
            Extent::Since(_) if self.cursor.owed == 0 => Wanted::Everything,
            _ => Wanted::Count(self.cursor.owed),
        }
    }

    /// What a limit still lacks.
    fn wants_of_limit(&self) -> u64 {
        match self.extent {
            Extent::Limit(count) => (count as u64).saturating_sub(least(&self.own)),
            _ => 0,
        }
    }

    /// Whether a window has ended above the time down to which everything is wanted.
    fn is_above_since(&self, top: Span) -> bool {
        matches!(self.extent, Extent::Since(since) if self.leg.window.is_some() && top.oldest > since)
    }

    fn begin(&mut self, leg: Leg) -> Then {
        self.leg = leg;
        Then::Leg(self.leg.ask)
    }
}

/// Why a series of pages ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// The list does.
    End,
    /// What is wanted is here.
    Enough,
    /// It brings nothing new, and does not say that it ends.
    Stuck,
}

/// Whether a page runs from old to new: then its end, and not its start, is the newest.
pub(super) fn is_ascending(times: &[Timestamp]) -> bool {
    match times {
        [first, _, .., last] => first < last && times.is_sorted(),
        _ => false,
    }
}

/// How far down a page from new to old surely reaches: one old record among newer ones does not make a page of old ones.
fn reach(times: &[Timestamp]) -> Option<Timestamp> {
    times.iter().rev().take(3).max().copied()
}

#[cfg(test)]
mod tests;

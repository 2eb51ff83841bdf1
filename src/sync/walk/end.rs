//! Where a series of pages ends: what is known then, and what must be asked before more is said.

use jiff::Timestamp;

use super::leg::{Leg, Wanted, least};
use super::page::{Below, Left, TEN_YEARS, WINDOWS, shorter};
use super::{MOST_EMPTY_WINDOWS, QUIET_EDGE, Then, Walk};
use crate::model::Span;
use crate::sync::history::back;

impl Walk {
    /// Takes what the account says of the time below a [`Then::Count`].
    pub(in crate::sync) fn counted(&mut self, below: Below) -> Then {
        match below {
            Below::Nothing => self.reach_beginning(),
            Below::Untold(down_to) => {
                // a later run goes on from there
                let bottom = self.bottom();
                self.cursor.coverage.add(Span { oldest: down_to.min(bottom), newest: bottom });
                self.give_up()
            }
            Below::From(upper) => {
                let bottom = self.bottom();
                if self.leg.window.is_some() {
                    self.cursor.coverage.add(Span { oldest: upper.min(bottom), newest: bottom });
                } else if !self.leg.has_advanced() {
                    // the list shows less than there is: it searches a part of a long window alone, a month perhaps
                    match shorter(self.longest.map_or(Some(WINDOWS[1]), |longest| Some(longest.min(WINDOWS[1])))) {
                        Some(window) => self.longest = Some(window),
                        None => return self.give_up(),
                    }
                }
                if self.cursor.coverage.top().is_none() {
                    self.cursor.coverage.add(Span { oldest: bottom, newest: bottom });
                }
                self.next_leg()
            }
        }
    }

    /// The list of the present series has ended.
    pub(super) fn end(&mut self, left: Left) -> Then {
        let leg = &self.leg;
        let heeded = leg.ask.since.is_some_and(|since| self.oldest.is_none_or(|oldest| oldest >= since));
        if leg.ascending && !heeded {
            if let (Some(oldest), Some(newest)) = (self.oldest, leg.newest) {
                self.cursor.coverage.add(Span { oldest: oldest.min(newest), newest });
                self.cursor.coverage.reach_beginning(Some(newest));
            }
            return self.next_leg();
        }
        if let Some(window) = leg.window {
            return self.end_of_window(window, left);
        }
        if let Some(since) = leg.ask.since {
            if let Some(newest) = leg.newest {
                let coverage = &mut self.cursor.coverage;
                // below the last record nothing is there to go on from, unless what is known reaches up to it
                let known = coverage.spans().iter().any(|span| span.oldest <= since && since <= span.newest);
                let oldest = if known { since } else { self.oldest.unwrap_or(newest) };
                coverage.add(Span { oldest: oldest.min(newest), newest });
            }
            return self.next_leg();
        }
        let has_advanced = leg.has_advanced();
        if let (Some(oldest), Some(newest)) = (leg.oldest, leg.from.map(|from| from.newest).or(leg.newest)) {
            // all of the list has come: nothing of it is left between its last few records
            self.cursor.coverage.add(Span { oldest: oldest.min(newest), newest });
        }
        match left {
            Left::Records(0) => self.reach_beginning(),
            // a service that gives short pages, or shows a part of a long window: on below what has come
            Left::Records(_) if has_advanced => self.next_leg(),
            // nobody can be asked but the list itself: once more from where it ended
            Left::Uncounted if has_advanced && self.by_time => self.begin_below(),
            Left::Uncounted => self.reach_beginning(),
            _ => Then::Count(self.bottom()),
        }
    }

    /// All of a window has come that is shorter than what was wanted: more may lie below it.
    fn end_of_window(&mut self, window: Timestamp, left: Left) -> Then {
        let leg = &self.leg;
        let newest =
            leg.from.map(|from| from.newest).or(leg.newest).unwrap_or_else(|| back(self.now, QUIET_EDGE)).max(window);
        let is_empty = !leg.has_advanced();
        self.cursor.coverage.add(Span { oldest: window, newest });
        self.empty_windows = if is_empty { self.empty_windows + 1 } else { 0 };
        if !self.is_deep() {
            return self.next_leg();
        }
        match left {
            Left::Records(0) => self.reach_beginning(),
            _ if self.now.duration_since(window) >= TEN_YEARS => self.reach_beginning(),
            _ if self.empty_windows > MOST_EMPTY_WINDOWS => self.give_up(),
            // a long silence, or the beginning
            Left::Unknown | Left::Records(_) if self.empty_windows == 1 => Then::Count(window),
            _ => self.next_leg(),
        }
    }

    /// Goes on below what has come, whatever else is wanted.
    fn begin_below(&mut self) -> Then {
        match self.cursor.coverage.spans().last() {
            Some(&last) => self.begin(Leg::below(last, Wanted::Everything, None)),
            None => self.next_leg(),
        }
    }

    /// Where what the present series has seen ends.
    fn bottom(&self) -> Timestamp {
        let leg = &self.leg;
        let seen = [leg.window, leg.oldest, leg.from.map(|from| from.oldest)];
        seen.into_iter().flatten().min().unwrap_or(self.now)
    }

    fn reach_beginning(&mut self) -> Then {
        let from = self.leg.from.map(|from| from.newest).or(self.leg.newest);
        let coverage = &mut self.cursor.coverage;
        coverage.reach_beginning(from.or(coverage.top().map(|top| top.newest)));
        self.cursor.owed = 0;
        self.next_leg()
    }

    fn give_up(&mut self) -> Then {
        self.unreached = true;
        self.cursor.owed = 0;
        Then::Done
    }

    /// What of the number asked for is still to come, for a later run to go on with.
    pub(super) fn owe(&mut self, ended: bool) {
        let leg = &self.leg;
        let first = leg.from.is_none() && leg.floor.is_none() && (leg.ask.since.is_none() || leg.window.is_some());
        if let Wanted::Count(count) = leg.wanted
            && (first || leg.from.is_some())
        {
            let left = count.saturating_sub(least(&leg.own));
            self.cursor.owed = if ended || leg.ascending { 0 } else { left };
        }
    }
}

/// Whether the end of a list is the end of history.
pub(super) fn is_proven(left: Left) -> bool {
    matches!(left, Left::Uncounted | Left::Records(0))
}

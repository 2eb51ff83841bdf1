//! Where a series of pages goes on otherwise than it began: in a shorter window, without some of its numbers, or from
//! further up.

use jiff::SignedDuration;

use super::leg::{Leg, Wanted, least};
use super::page::{Aim, Ask, Page, WINDOWS};
use super::{Then, Walk, is_ascending};

impl Walk {
    /// The account refused the window of the present series: the same in a shorter one, if there is one.
    pub(in crate::sync) fn refused(&mut self) -> Option<Ask> {
        let asked = self.leg.length(self.now);
        // shorter than the last one too: the clock goes on, and would make the same window look shorter for ever
        let is_shorter = |window: &SignedDuration| {
            asked.is_none_or(|asked| *window < asked) && self.longest.is_none_or(|longest| *window < longest)
        };
        let longest = WINDOWS.into_iter().find(is_shorter)?;
        self.longest = Some(longest);
        let mut leg = self.leg.again();
        leg.cut_to(self.longest, self.now);
        self.leg = leg;
        Some(self.leg.ask)
    }

    /// The account was found to search no longer windows than this, whatever it is asked: the present series in such a
    /// one, where it was asked in a longer one.
    pub(in crate::sync) fn limit(&mut self, longest: Option<SignedDuration>) -> Option<Ask> {
        let longest = longest.filter(|longest| self.longest.is_none_or(|before| *longest < before))?;
        self.longest = Some(longest);
        let mut leg = self.leg.again();
        leg.cut_to(self.longest, self.now);
        self.leg = leg;
        Some(self.leg.ask)
    }

    /// Whether each number has as many as is wanted, where a number of them is.
    pub(in crate::sync) fn has_enough(&self) -> Vec<bool> {
        match self.leg.wanted {
            Wanted::Count(count) if count > 0 && self.is_deep() => {
                self.leg.own.iter().map(|own| *own >= count).collect()
            }
            _ => vec![false; self.leg.own.len()],
        }
    }

    /// Goes on below with some of the numbers alone: the others have what is wanted of them.
    pub(in crate::sync) fn narrow(&mut self, keep: &[bool]) -> Then {
        let Some(top) = self.cursor.coverage.top() else { return Then::Done };
        let kept = |own: &[u64]| -> Vec<u64> {
            own.iter().zip(keep).filter(|(_, keep)| **keep).map(|(own, _)| *own).collect()
        };
        let left = match self.leg.wanted {
            Wanted::Count(count) => count.saturating_sub(least(&kept(&self.leg.own))),
            _ => 0,
        };
        self.own = kept(&self.own);
        self.cursor.owed = left;
        let mut leg = Leg::below(top, Wanted::Count(left), None);
        leg.cut_to(self.longest, self.now);
        self.begin(leg)
    }

    /// Another leg, where the first page of this one is not where it should be: too far down would leave a gap unseen.
    pub(super) fn missed(&self, page: &Page) -> Option<Leg> {
        let again = |aim| Some(Leg { ask: Ask { aim, ..self.leg.ask }, ..self.leg.again() });
        match (self.leg.ask.aim, self.leg.from) {
            (Aim::Newest { skip }, _) if skip > 0 && !is_ascending(&page.times) => again(Aim::Newest { skip: 0 }),
            (Aim::Older(than), Some(from)) if !page.times.iter().any(|&at| at >= from.oldest) => {
                again(Aim::Halfway(than))
            }
            (Aim::Halfway(_), Some(from)) if !page.times.iter().any(|&at| at >= from.oldest) => {
                again(Aim::Newest { skip: 0 })
            }
            _ => None,
        }
    }
}

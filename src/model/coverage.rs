//! Which stretches of a number's history are in the cache without a gap.
//!
//! History comes in pages from the newest down, and may be cut off after any of them: by a limit, a kill, or a day's
//! requests that ran out. What is between two stretches, or below the last, is known to be missing, and is said so.

use jiff::Timestamp;

use super::Address;

/// Whether what was looked for and not found may be in history that is not here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Missing {
    /// All of the history that could have it is here.
    #[default]
    Nothing,
    /// History of these of our numbers could have it.
    History(Vec<Address>),
    /// None of our numbers is meant, so that no history could have it.
    OurNumber,
    /// No time is meant: it ends before it begins.
    Time,
}

/// A stretch of history, both ends in it. Times are the service's, as its records have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// Its oldest record.
    pub oldest: Timestamp,
    /// Its newest.
    pub newest: Timestamp,
}

/// The stretches that are here, newest first; none touches another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Coverage {
    spans: Vec<Span>,
    complete: bool,
}

impl Coverage {
    /// These stretches, in any order; `complete` where the oldest one reaches back to the beginning.
    pub fn new(spans: impl IntoIterator<Item = Span>, complete: bool) -> Self {
        let mut coverage = Self::default();
        for span in spans {
            coverage.add(span);
        }
        Self { complete, ..coverage }
    }

    /// What is here by either of two accounts of the same history.
    #[must_use]
    pub fn joined_with(&self, other: &Self) -> Self {
        let mut joined = Self::new(self.spans.iter().chain(&other.spans).copied(), false);
        for one in [self, other] {
            if one.complete {
                joined.reach_beginning(one.spans.last().map(|oldest| oldest.newest));
            }
        }
        joined
    }

    /// The stretches, newest first.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The newest stretch.
    pub fn top(&self) -> Option<Span> {
        self.spans.first().copied()
    }

    /// Whether everything is here, from the newest known record back to the beginning.
    pub fn is_complete(&self) -> bool {
        self.complete && self.spans.len() <= 1
    }

    /// Whether the oldest stretch reaches back to the beginning.
    pub fn reaches_beginning(&self) -> bool {
        self.complete
    }

    /// Takes in a stretch, and gives back the one it is now part of.
    pub fn add(&mut self, span: Span) -> Span {
        let mut whole = Span { oldest: span.oldest.min(span.newest), newest: span.newest.max(span.oldest) };
        self.spans.retain(|other| {
            let apart = other.oldest > whole.newest || other.newest < whole.oldest;
            if !apart {
                whole.oldest = whole.oldest.min(other.oldest);
                whole.newest = whole.newest.max(other.newest);
            }
            apart
        });
        let at = self.spans.partition_point(|other| other.newest > whole.newest);
        self.spans.insert(at, whole);
        whole
    }

    /// What both have: the stretches that are in this one and in the other.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        let pairs = self
            .down_to_beginning()
            .into_iter()
            .flat_map(|one| other.down_to_beginning().into_iter().map(move |two| (one, two)));
        let common = pairs.filter_map(|(one, two)| {
            let (oldest, newest) = (one.oldest.max(two.oldest), one.newest.min(two.newest));
            (oldest <= newest).then_some(Span { oldest, newest })
        });
        let mut meet = Self::new(common, false);
        if let Some(last) = meet.spans.last_mut().filter(|last| last.oldest == Timestamp::MIN) {
            meet.complete = true;
            // where the records of either begin
            let beginnings = [self.spans.last(), other.spans.last()].into_iter().flatten().map(|last| last.oldest);
            last.oldest = beginnings.min().unwrap_or(last.newest).min(last.newest);
        }
        meet
    }

    /// The stretches, with the last one down to the beginning of time where nothing is older.
    fn down_to_beginning(&self) -> Vec<Span> {
        let mut spans = self.spans.clone();
        if self.complete
            && let Some(last) = spans.last_mut()
        {
            last.oldest = Timestamp::MIN;
        }
        spans
    }

    /// Everything below `from` is here, down to the beginning.
    pub fn reach_beginning(&mut self, from: Option<Timestamp>) {
        self.complete = true;
        let Some(from) = from else { return };
        if let Some(oldest) = self.spans.last().map(|last| last.oldest.min(from)) {
            self.add(Span { oldest, newest: from });
        }
    }

    /// Whether history is missing between the record at `older` and the next one at `newer`.
    pub fn is_cut_between(&self, older: Timestamp, newer: Timestamp) -> bool {
        self.spans.windows(2).any(|pair| older < pair[0].oldest && newer > pair[1].newest)
    }

    /// Whether history is missing of the time from `after` on and before `before`. What came since the newest stretch is no
    /// history: each sync brings it.
    pub fn is_cut_within(&self, after: Option<Timestamp>, before: Option<Timestamp>) -> bool {
        let Some(oldest) = self.spans.last() else { return !self.complete };
        let (after, before) = (after.unwrap_or(Timestamp::MIN), before.unwrap_or(Timestamp::MAX));
        // what is between two stretches is between the times of their ends
        let gaps = self.spans.windows(2).map(|pair| (pair[1].newest, pair[0].oldest));
        let below = (!self.complete).then_some((Timestamp::MIN, oldest.oldest));
        gaps.chain(below).any(|(from, to)| from < before && after < to)
    }

    /// Whether history is missing before the record at `at`, which is the oldest there is of something.
    pub fn is_cut_before(&self, at: Timestamp) -> bool {
        let in_or_above_a_later_one = self.spans.iter().rev().skip(1).any(|span| at >= span.oldest);
        !self.complete || in_or_above_a_later_one
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn span((oldest, newest): (i64, i64)) -> Span {
        Span { oldest: at(oldest), newest: at(newest) }
    }

    fn shown(coverage: &Coverage) -> Vec<(i64, i64)> {
        coverage.spans().iter().map(|span| (span.oldest.as_second(), span.newest.as_second())).collect()
    }

    #[rstest]
    #[case::one(&[(1, 5)], &[(1, 5)])]
    #[case::apart(&[(1, 5), (7, 9)], &[(7, 9), (1, 5)])]
    #[case::touching(&[(1, 5), (5, 9)], &[(1, 9)])]
    #[case::overlapping(&[(4, 9), (1, 5)], &[(1, 9)])]
    #[case::bridging(&[(1, 3), (7, 9), (2, 8)], &[(1, 9)])]
    #[case::inside(&[(1, 9), (3, 4)], &[(1, 9)])]
    #[case::between(&[(1, 2), (8, 9), (4, 5)], &[(8, 9), (4, 5), (1, 2)])]
    fn adds(#[case] given: &[(i64, i64)], #[case] kept: &[(i64, i64)]) {
        assert_eq!(shown(&Coverage::new(given.iter().copied().map(span), false)), kept);
    }

    #[test]
    fn the_beginning_takes_in_all_below() {
        let mut coverage = Coverage::new([(1, 2), (5, 6), (8, 9)].map(span), false);
        coverage.reach_beginning(Some(at(5)));
        assert_eq!(shown(&coverage), [(8, 9), (1, 6)]);
        assert!(!coverage.is_complete() && coverage.reaches_beginning());
        coverage.reach_beginning(Some(at(8)));
        assert!(coverage.is_complete());
    }

    #[rstest]
    #[case::same(&[(1, 5)], &[(1, 5)], false, &[(1, 5)])]
    #[case::part(&[(1, 9)], &[(4, 12)], false, &[(4, 9)])]
    #[case::none(&[(1, 3)], &[(5, 9)], false, &[])]
    #[case::pieces(&[(1, 3), (6, 9)], &[(2, 7)], false, &[(6, 7), (2, 3)])]
    #[case::both_from_the_beginning(&[(1, 9)], &[(4, 12)], true, &[(1, 9)])]
    #[case::gaps_stay(&[(80, 120), (20, 30)], &[(80, 120), (40, 50)], true, &[(80, 120), (20, 30)])]
    #[case::gap_below_another(&[(80, 120)], &[(90, 120), (40, 50)], true, &[(90, 120), (40, 50)])]
    fn meets(
        #[case] one: &[(i64, i64)],
        #[case] other: &[(i64, i64)],
        #[case] complete: bool,
        #[case] common: &[(i64, i64)],
    ) {
        let [one, other] = [one, other].map(|spans| Coverage::new(spans.iter().copied().map(span), complete));
        assert_eq!(shown(&one.meet(&other)), common);
        assert_eq!(shown(&other.meet(&one)), common);
    }

    #[rstest]
    #[case::below(&[(5, 9)], false, &[(2, 5)], false, &[(2, 9)], false)]
    #[case::down_to_the_beginning(&[(5, 9)], false, &[(2, 5)], true, &[(2, 9)], true)]
    #[case::apart(&[(7, 9)], false, &[(2, 5)], true, &[(7, 9), (2, 5)], true)]
    #[case::nothing(&[(7, 9), (1, 2)], true, &[], false, &[(7, 9), (1, 2)], true)]
    #[case::past_a_gap(&[(7, 9), (1, 2)], false, &[(4, 7)], true, &[(1, 9)], true)]
    #[case::above_the_beginning(&[(1, 2)], true, &[(4, 7)], false, &[(4, 7), (1, 2)], true)]
    fn joins(
        #[case] one: &[(i64, i64)],
        #[case] complete: bool,
        #[case] other: &[(i64, i64)],
        #[case] whole: bool,
        #[case] spans: &[(i64, i64)],
        #[case] beginning: bool,
    ) {
        let one = Coverage::new(one.iter().copied().map(span), complete);
        let other = Coverage::new(other.iter().copied().map(span), whole);
        for joined in [one.joined_with(&other), other.joined_with(&one)] {
            assert_eq!((shown(&joined), joined.reaches_beginning()), (spans.to_vec(), beginning));
        }
    }

    #[test]
    fn says_where_history_is_missing() {
        let coverage = Coverage::new([(1, 4), (7, 9)].map(span), true);
        assert!(coverage.is_cut_between(at(3), at(8)));
        assert!(!coverage.is_cut_between(at(2), at(3)));
        assert!(coverage.is_cut_before(at(8)) && !coverage.is_cut_before(at(2)));
        assert!(Coverage::new([span((1, 4))], false).is_cut_before(at(2)));
    }

    #[rstest]
    #[case::all_of_it(&[(1, 9)], true, None, None, false)]
    #[case::older(&[(4, 9)], false, None, None, true)]
    #[case::older_that_is_not_meant(&[(4, 9)], false, Some(5), None, false)]
    #[case::older_that_is_meant(&[(4, 9)], false, None, Some(6), true)]
    #[case::a_gap(&[(7, 9), (1, 4)], true, Some(2), None, true)]
    #[case::above_the_gap(&[(7, 9), (1, 4)], true, Some(7), None, false)]
    #[case::below_the_gap(&[(7, 9), (1, 4)], true, None, Some(4), false)]
    #[case::never_asked(&[], false, None, None, true)]
    #[case::nothing_there(&[], true, None, None, false)]
    fn says_whether_a_time_is_here(
        #[case] spans: &[(i64, i64)],
        #[case] complete: bool,
        #[case] after: Option<i64>,
        #[case] before: Option<i64>,
        #[case] cut: bool,
    ) {
        let coverage = Coverage::new(spans.iter().copied().map(span), complete);
        assert_eq!(coverage.is_cut_within(after.map(at), before.map(at)), cut);
    }

    proptest! {
        #[test]
        fn any_order_makes_the_same(spans in prop::collection::vec((0i64..40, 0i64..8), 0..12), seed in any::<u64>()) {
            let spans: Vec<_> = spans.into_iter().map(|(oldest, long)| span((oldest, oldest + long))).collect();
            let mut shuffled = spans.clone();
            fastrand::Rng::with_seed(seed).shuffle(&mut shuffled);
            let (one, other) = (Coverage::new(spans.clone(), false), Coverage::new(shuffled, false));
            prop_assert_eq!(&one, &other);
            prop_assert!(one.spans().windows(2).all(|pair| pair[0].oldest > pair[1].newest));
            for given in spans {
                prop_assert!(one.spans().iter().any(|span| span.oldest <= given.oldest && given.newest <= span.newest));
            }
        }
    }
}

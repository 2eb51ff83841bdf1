//! How many messages a run will have read when it is through, as far as that can be told.

use super::walk::Wanted;

/// What is known of the series of pages that a run is in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Measure {
    /// Messages that earlier series have brought.
    before: u64,
    /// What the service says the series has in all.
    total: Option<u64>,
    began: bool,
}

impl Measure {
    /// A series of pages begins, after so many messages.
    pub(super) fn begin(&mut self, before: u64) {
        *self = Self { before, ..Self::default() };
    }

    /// Counts a page: `received` records on it, `total` in all as the service reports it, `skipped` before it. Returns
    /// how many messages the run is expected to fetch; `None` if that is unknown.
    pub(super) fn page(&mut self, wanted: Wanted, received: u64, total: Option<u64>, skipped: u64) -> Option<u64> {
        if !self.began {
            self.began = true;
            // a total that is the length of the page tells nothing of what lies beyond it
            self.total = total.filter(|total| *total > received).map(|total| total.saturating_sub(skipped));
        }
        match wanted {
            // a look for what is new ends where it meets what is known
            Wanted::Count(0) | Wanted::Gap => None,
            Wanted::Count(count) => Some(self.before + self.total.map_or(count, |total| total.min(count))),
            Wanted::Everything => self.total.map(|total| self.before + total),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::first_sync(0, Wanted::Count(1_000), 1_000, Some(4_000), 0, Some(1_000))]
    #[case::there_are_fewer(0, Wanted::Count(1_000), 100, Some(400), 0, Some(400))]
    #[case::unknown_total(0, Wanted::Count(1_000), 100, None, 0, Some(1_000))]
    #[case::total_is_the_page(0, Wanted::Everything, 100, Some(100), 0, None)]
    #[case::all_below_what_is_here(30, Wanted::Everything, 100, Some(500), 0, Some(530))]
    #[case::passed_over(30, Wanted::Everything, 100, Some(500), 200, Some(330))]
    #[case::news(0, Wanted::Count(0), 100, Some(500), 0, None)]
    #[case::gap(0, Wanted::Gap, 100, Some(500), 0, None)]
    fn tells_what_it_knows(
        #[case] before: u64,
        #[case] wanted: Wanted,
        #[case] received: u64,
        #[case] total: Option<u64>,
        #[case] skipped: u64,
        #[case] comes_to: Option<u64>,
    ) {
        let mut measure = Measure::default();
        measure.begin(before);
        assert_eq!(measure.page(wanted, received, total, skipped), comes_to);
        assert_eq!(measure.page(wanted, 3, Some(3), skipped), comes_to, "the first page of a series says it for all");
    }
}

//! Records of one answer that cannot be read: all are counted, a few are logged.

/// So many are logged by themselves.
const LOGGED: usize = 3;

/// The count for one answer.
#[derive(Debug, Default)]
pub(super) struct Unreadable {
    /// So far.
    pub(super) count: usize,
}

impl Unreadable {
    /// Counts one more. `log` is called for the first few.
    pub(super) fn note(&mut self, log: impl FnOnce()) {
        self.count += 1;
        if self.count <= LOGGED {
            log();
        }
    }

    /// The answer is read: `log` is called with how many more there were, if there were more.
    pub(super) fn end(&self, log: impl FnOnce(usize)) {
        if self.count > LOGGED {
            log(self.count - LOGGED);
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, 0, None)]
    #[case(3, 3, None)]
    #[case(4, 3, Some(1))]
    #[case(10_000, 3, Some(9_997))]
    fn all_are_counted_and_a_few_are_logged(#[case] all: usize, #[case] logged: usize, #[case] others: Option<usize>) {
        let mut unreadable = Unreadable::default();
        let (mut lines, mut rest) = (0, None);
        (0..all).for_each(|_| unreadable.note(|| lines += 1));
        unreadable.end(|others| rest = Some(others));
        assert_eq!((unreadable.count, lines, rest), (all, logged, others));
    }
}

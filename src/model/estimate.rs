//! How long something will still take, by how far it has come. Says nothing before enough is known.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

/// Samples that are kept: what was long ago says little of how fast it goes now.
const KEPT: usize = 12;
/// What must have passed since the first sample.
const LEAST: SignedDuration = SignedDuration::from_secs(3);

/// How far something was, and when: a part of one that only grows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pace {
    samples: VecDeque<(Timestamp, f64)>,
}

impl Pace {
    /// It is so far now; nonsense and steps back begin anew.
    pub fn note(&mut self, now: Timestamp, part: f64) {
        let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { return };
        if self.samples.back().is_some_and(|(at, before)| part < *before || now < *at) {
            self.samples.clear();
        }
        self.samples.push_back((now, part));
        if self.samples.len() > KEPT {
            self.samples.pop_front();
        }
    }

    /// What is still to come; `None` before three samples over some seconds agree on it.
    pub fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        let (first, last) = (self.samples.front()?, self.samples.back()?);
        let passed = last.0.duration_since(first.0);
        let done = last.1 - first.1;
        if self.samples.len() < 3 || passed < LEAST || done <= 0.0 {
            return None;
        }
        // the two halves must tell about the same, or nobody knows
        let middle = self.samples[self.samples.len() / 2];
        let rate = |from: (Timestamp, f64), to: (Timestamp, f64)| {
            (to.1 - from.1) / to.0.duration_since(from.0).as_secs_f64().max(0.001)
        };
        let (earlier, later) = (rate(*first, middle), rate(middle, *last));
        if earlier > 4.0 * later || later > 4.0 * earlier {
            return None;
        }
        let seconds = (1.0 - last.1) / (done / passed.as_secs_f64());
        let waited = now.duration_since(last.0).as_secs_f64().max(0.0);
        // nothing came for far longer than usual: the pace is no more what it was
        if waited > 5.0 * passed.as_secs_f64() {
            return None;
        }
        Some(SignedDuration::try_from_secs_f64((seconds - waited).max(0.0)).unwrap_or(SignedDuration::MAX))
    }
}

/// `about 2 min left`: rounded up, and the coarser the longer.
pub fn words(left: SignedDuration) -> String {
    let seconds = left.as_secs();
    match seconds {
        ..10 => "a few seconds left".to_owned(),
        10..90 => format!("about {} s left", (seconds + 9) / 10 * 10),
        90..5_400 => format!("about {} min left", (seconds + 59) / 60),
        _ => format!("about {} h left", (seconds + 3_599) / 3_600),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn pace(samples: &[(i64, f64)]) -> Pace {
        let mut pace = Pace::default();
        for (at, part) in samples {
            pace.note(Timestamp::from_second(1_000 + at).unwrap(), *part);
        }
        pace
    }

    #[rstest]
    #[case::nothing(&[], None)]
    #[case::one_page(&[(0, 0.0), (5, 0.1)], None)]
    #[case::too_soon(&[(0, 0.0), (1, 0.1), (2, 0.2)], None)]
    #[case::even(&[(0, 0.0), (5, 0.1), (10, 0.2)], Some(40))]
    #[case::stuck(&[(0, 0.2), (5, 0.2), (10, 0.2)], None)]
    #[case::wild(&[(0, 0.0), (1, 0.5), (100, 0.51)], None)]
    #[case::begun_anew(&[(0, 0.5), (5, 0.1), (10, 0.2)], None)]
    #[case::done(&[(0, 0.0), (5, 0.5), (10, 1.0)], Some(0))]
    #[case::nonsense(&[(0, f64::NAN), (5, 0.1), (10, 0.2)], None)]
    fn is_honest(#[case] samples: &[(i64, f64)], #[case] left: Option<i64>) {
        let now = Timestamp::from_second(1_000 + samples.last().map_or(0, |(at, _)| *at)).unwrap();
        assert_eq!(pace(samples).left(now).map(|left| left.as_secs()), left);
    }

    #[test]
    fn counts_down_between_samples_and_gives_up_when_nothing_comes() {
        let pace = pace(&[(0, 0.0), (5, 0.1), (10, 0.2)]);
        let at = |second: i64| pace.left(Timestamp::from_second(1_000 + second).unwrap()).map(|left| left.as_secs());
        assert_eq!((at(20), at(45), at(70)), (Some(30), Some(5), None));
    }

    #[rstest]
    #[case(3, "a few seconds left")]
    #[case(11, "about 20 s left")]
    #[case(100, "about 2 min left")]
    #[case(5_400, "about 2 h left")]
    fn says_it_in_words(#[case] seconds: i64, #[case] says: &str) {
        assert_eq!(words(SignedDuration::from_secs(seconds)), says);
    }
}

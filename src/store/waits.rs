//! The waits of messages that were put back into the outbox, where the clock they were written down by is wrong.
//!
//! A message that a person scheduled keeps its time of day: it was never taken for posting, and none of this is about it.

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;

use super::relocate::current;
use super::{Store, StoreError, sql};
use crate::model::MessageId;

/// How far a wait by the clock and the same counted in this process may be apart.
const TICK: i64 = 5_000;

/// A wait that this process has counted itself, whatever the clock did meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedWait {
    /// The message that waits.
    pub id: MessageId,
    /// Until when, as it is written down. Where something else is by now, the count is of no use.
    pub not_before: Timestamp,
    /// How much of it is left.
    pub left: SignedDuration,
}

/// A wait as it is written down, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Wait {
    not_before: i64,
    /// When the message was taken for posting, before it was put back.
    claimed_at: Option<i64>,
}

impl Store {
    /// Judges the waits of what was put back anew, by `now`. A wait that was counted here ends when the count does. Any
    /// other that began in the future, or ends later than `longest` from now, was written down by a clock that was wrong:
    /// how much of it has passed nobody knows, and it is over. Gives back the waits that end at another time now.
    pub async fn judge_waits(
        &self,
        now: Timestamp,
        longest: SignedDuration,
        counted: Vec<CountedWait>,
    ) -> Result<Vec<(MessageId, Timestamp)>, StoreError> {
        let (waits, counted) = self
            .read(move |conn| {
                // a message that was posted stands elsewhere since, under another id
                let counted: Vec<(MessageId, CountedWait)> = counted
                    .into_iter()
                    .map(|counted| Ok((current(conn, counted.id)?, counted)))
                    .collect::<rusqlite::Result<_>>()?;
                let waits = sql::list(
                    conn,
                    "SELECT message_id, not_before, claimed_at FROM outbox WHERE attempts > 0 AND not_before IS NOT NULL",
                    [],
                    |row| Ok((MessageId(row.get(0)?), Wait { not_before: row.get(1)?, claimed_at: row.get(2)? })),
                )?;
                Ok((waits, counted))
            })
            .await?;
        let now = now.as_millisecond();
        let longest = i64::try_from(longest.as_millis()).unwrap_or(i64::MAX);
        let judged: Vec<_> = waits
            .into_iter()
            .filter_map(|(id, wait)| {
                let of_it = |(now_at, counted): &&(MessageId, CountedWait)| {
                    *now_at == id && counted.not_before.as_millisecond() == wait.not_before
                };
                let counted = counted.iter().find(of_it).map(|(_, counted)| *counted);
                let left = counted.map(|counted| i64::try_from(counted.left.as_millis()).unwrap_or(i64::MAX));
                let known_as = counted.map_or(id, |counted| counted.id);
                judge(wait, left, now, longest).map(|then| (id, known_as, wait.not_before, then))
            })
            .collect();
        if judged.is_empty() {
            return Ok(Vec::new());
        }
        self.write(move |conn, _| {
            let mut moved = Vec::new();
            for (id, known_as, before, then) in judged {
                let changed = sql::run(
                    conn,
                    "UPDATE outbox SET not_before = ?3, claimed_at = min(claimed_at, ?4)
                     WHERE message_id = ?1 AND not_before = ?2",
                    params![id.0, before, then, now],
                )?;
                let then = then.and_then(|then| Timestamp::from_millisecond(then).ok());
                moved.extend(then.filter(|_| changed > 0).map(|then| (known_as, then)));
            }
            Ok(moved)
        })
        .await
    }
}

/// What becomes of a wait: `None` where it stays, else until when it goes on, and nothing where it is over. `left`: what is
/// left of it by the count of this process.
fn judge(wait: Wait, left: Option<i64>, now: i64, longest: i64) -> Option<Option<i64>> {
    let by_clock = wait.not_before.saturating_sub(now);
    match left {
        Some(left) if left <= 0 => (by_clock > 0).then_some(None),
        Some(left) if by_clock.saturating_sub(left).saturating_abs() > TICK => Some(Some(now.saturating_add(left))),
        Some(_) => None,
        None => {
            let from_the_future = wait.claimed_at.is_some_and(|at| at.saturating_sub(now) > TICK);
            (by_clock > 0 && (from_the_future || by_clock > longest)).then_some(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const NOW: i64 = 1_760_011_200_000;
    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    const YEAR: i64 = 365 * 24 * HOUR;

    /// Times from now on, in milliseconds; `left` likewise.
    #[rstest]
    #[case::told_just_now(MINUTE, Some(0), None, None)]
    #[case::nearly_over(10, Some(-MINUTE), None, None)]
    #[case::over(-10, Some(-2 * MINUTE), None, None)]
    #[case::told_a_year_ahead(YEAR + MINUTE, Some(YEAR), None, Some(None))]
    #[case::told_ten_minutes_ahead(11 * MINUTE, Some(10 * MINUTE), None, Some(None))]
    #[case::of_an_older_version(YEAR, None, None, Some(None))]
    #[case::of_an_older_version_and_short(MINUTE, None, None, None)]
    #[case::longer_than_any(3 * HOUR, Some(0), None, Some(None))]
    #[case::told_a_year_behind(MINUTE - YEAR, Some(-YEAR), None, None)]
    #[case::counted_and_the_clock_agrees(MINUTE, Some(0), Some(MINUTE), None)]
    #[case::counted_and_the_clock_is_a_year_behind_now(YEAR + MINUTE, Some(YEAR), Some(MINUTE), Some(Some(MINUTE)))]
    #[case::counted_and_the_clock_is_a_year_ahead_now(MINUTE - YEAR, Some(-YEAR), Some(MINUTE), Some(Some(MINUTE)))]
    #[case::counted_to_its_end_and_the_clock_was_put_back(YEAR, Some(YEAR), Some(0), Some(None))]
    fn judges(
        #[case] not_before: i64,
        #[case] claimed_at: Option<i64>,
        #[case] left: Option<i64>,
        #[case] expected: Option<Option<i64>>,
    ) {
        let wait = Wait { not_before: NOW + not_before, claimed_at: claimed_at.map(|at| NOW + at) };
        assert_eq!(judge(wait, left, NOW, HOUR), expected.map(|then| then.map(|then| NOW + then)));
    }

    proptest! {
        /// Whatever the clock was and is: what is left of a wait is never longer than the longest, and a judgement stands.
        #[test]
        fn no_wait_is_longer_than_the_longest(
            not_before in any::<i64>(), claimed_at in any::<Option<i64>>(), left in proptest::option::of(0..=HOUR), now in any::<i64>(),
        ) {
            let wait = Wait { not_before, claimed_at };
            let then = judge(wait, left, now, HOUR).unwrap_or(Some(not_before));
            prop_assert!(then.is_none_or(|then| then.saturating_sub(now) <= HOUR + TICK), "{then:?}");
            if let Some(then) = then {
                let again = Wait { not_before: then, claimed_at: claimed_at.map(|at| at.min(now)) };
                let judged = judge(again, left, now, HOUR);
                prop_assert!(judged.is_none() || judged == Some(None) && left.is_none_or(|left| left == 0), "{judged:?}");
            }
        }
    }
}

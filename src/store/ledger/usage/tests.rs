use proptest::prelude::*;
use rstest::rstest;

use super::*;

const MINUTE: i64 = 60_000;
const NOON: i64 = 1_760_011_200_000;

/// Minutes before noon, oldest first; `oldest` and `since` likewise.
#[rstest]
#[case::nothing(&[], None, None)]
#[case::one(&[0], Some(0), Some(0))]
#[case::a_morning(&[180, 120, 5], Some(180), Some(180))]
#[case::yesterday_and_today(&[1_200, 1_000, 180, 120, 5], Some(1_200), Some(180))]
#[case::two_pauses(&[1_300, 900, 600, 10], Some(1_300), Some(10))]
#[case::a_pause_to_the_minute(&[250, 10], Some(250), Some(10))]
#[case::not_quite_a_pause(&[249, 10], Some(249), Some(249))]
#[case::only_yesterday(&[1_200, 1_000], Some(1_200), None)]
#[case::four_hours_ago(&[240], Some(240), None)]
#[case::a_clock_that_was_put_back(&[10, -30], Some(10), Some(10))]
fn finds_when_work_began(#[case] before: &[i64], #[case] oldest: Option<i64>, #[case] since: Option<i64>) {
    let times: Vec<i64> = before.iter().map(|minutes| NOON - minutes * MINUTE).collect();
    let time = |minutes: i64| Timestamp::from_millisecond(NOON - minutes * MINUTE).unwrap();
    let expected = Usage { used: sql::count(before.len()), oldest: oldest.map(time), since: since.map(time) };
    assert_eq!(usage(&times, NOON), expected);
}

proptest! {
    #[test]
    fn work_began_after_a_pause_and_went_on_without_one(mut ago in proptest::collection::vec(0..DAY, 0..40)) {
        ago.sort_unstable_by(|one, other| other.cmp(one));
        let times: Vec<i64> = ago.iter().map(|ago| NOON - ago).collect();
        let found = usage(&times, NOON);
        prop_assert_eq!(found.used as usize, times.len());
        let Some(since) = found.since.map(Timestamp::as_millisecond) else {
            prop_assert!(times.last().is_none_or(|last| NOON - last >= PAUSE));
            return Ok(());
        };
        let (before, from): (Vec<i64>, Vec<i64>) = times.iter().partition(|&&at| at < since);
        prop_assert!(before.last().is_none_or(|last| since - last >= PAUSE));
        prop_assert!(from.windows(2).all(|pair| pair[1] - pair[0] < PAUSE));
    }
}

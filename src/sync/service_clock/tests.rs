use proptest::prelude::*;

use super::*;

const NOON: i64 = 1_760_011_200_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// A clock that was told the time at noon, by a wall that is right.
fn told() -> (ServiceClock, Instant) {
    let start = Instant::now();
    let mut clock = ServiceClock::new(None, start);
    let correction = clock.heard(Some(NOON), NOON, start);
    assert_eq!(correction, Some(Correction { now: NOON, shift: 0, ahead: 0 }));
    (clock, start)
}

fn later(start: Instant, by: i64) -> Instant {
    start + Duration::from_millis(u64::try_from(by).unwrap())
}

#[test]
fn a_new_process_knows_what_the_last_one_knew_and_no_more() {
    let start = Instant::now();
    let clock = ServiceClock::new(Some((NOON, 5)), start);
    let ahead = clock.read(NOON + 365 * DAY, start);
    assert_eq!((ahead.now, ahead.at_least, ahead.is_proven), (NOON + 365 * DAY + 5, Some(NOON), false));
    let back = clock.read(NOON - 365 * DAY, later(start, HOUR));
    assert_eq!((back.now, back.at_least, back.is_proven), (NOON + HOUR, Some(NOON + HOUR), false));
}

#[test]
fn the_wall_moves_nothing_that_is_known() {
    let (clock, start) = told();
    for jump in [365 * DAY, -365 * DAY, HOUR, -HOUR] {
        let reading = clock.read(NOON + HOUR + jump, later(start, HOUR));
        assert_eq!((reading.now, reading.at_least, reading.is_proven), (NOON + HOUR, Some(NOON + HOUR), false));
    }
    assert!(clock.read(NOON + HOUR, later(start, HOUR)).is_proven);
}

#[test]
fn an_answer_settles_what_a_jump_left_open() {
    let (mut clock, start) = told();
    let (wall, then) = (NOON + 365 * DAY, later(start, HOUR));
    let correction = clock.heard(Some(NOON + HOUR), wall, then).unwrap();
    assert_eq!((correction.now, correction.shift), (NOON + HOUR, 0));
    assert!(clock.read(wall, then).is_proven);
    assert_eq!(clock.heard(Some(NOON + HOUR), wall, then), None);
}

#[test]
fn a_machine_that_slept_learns_of_it() {
    let (mut clock, start) = told();
    let (wall, then) = (NOON + 8 * HOUR, later(start, HOUR));
    assert!(!clock.read(wall, then).is_proven && clock.latest(wall, then) == wall);
    assert_eq!(clock.heard(Some(wall), wall, then), Some(Correction { now: wall, shift: 0, ahead: 0 }));
    assert_eq!(clock.read(wall, then).at_least, Some(wall));
}

/// One service's clock that jumps alone makes nothing older.
#[test]
fn a_service_put_forward_makes_nothing_older() {
    let (mut clock, start) = told();
    let then = later(start, HOUR);
    let correction = clock.heard(Some(NOON + HOUR + 30 * DAY), NOON + HOUR, then).unwrap();
    assert_eq!((correction.now, correction.shift), (NOON + HOUR + 30 * DAY, 30 * DAY));
    assert!(clock.read(NOON + HOUR, then).is_proven);
}

#[test]
fn a_service_whose_clock_stands_still_stops_nothing() {
    let (mut clock, start) = told();
    for hours in 1..48 {
        assert_eq!(clock.heard(Some(NOON), NOON + hours * HOUR, later(start, hours * HOUR)), None);
    }
    let reading = clock.read(NOON + 48 * HOUR, later(start, 48 * HOUR));
    assert_eq!((reading.at_least, reading.is_proven), (Some(NOON + 48 * HOUR), true));
}

#[test]
fn a_service_put_back_is_followed_once_it_goes_on() {
    let (mut clock, start) = told();
    let back = |minutes: i64| clock_time(minutes) - 30 * DAY;
    assert_eq!(clock.heard(Some(back(60)), clock_time(60), later(start, HOUR)), None);
    assert_eq!(clock.heard(Some(back(60) + 1_000), clock_time(60) + 1_000, later(start, HOUR + 1_000)), None);
    let correction = clock.heard(Some(back(62)), clock_time(62), later(start, 62 * 60_000)).unwrap();
    assert_eq!((correction.now, correction.shift), (back(62), 0));
}

fn clock_time(minutes: i64) -> i64 {
    NOON + minutes * 60_000
}

#[test]
fn where_no_answer_tells_the_time_the_wall_is_believed_once() {
    let start = Instant::now();
    let mut clock = ServiceClock::new(Some((NOON, 0)), start);
    assert_eq!(clock.heard(None, NOON + 2 * DAY, start), Some(Correction { now: NOON + 2 * DAY, shift: 0, ahead: 0 }));
    assert_eq!(clock.heard(None, NOON + 900 * DAY, later(start, HOUR)), None);
    assert_eq!(clock.read(NOON + 900 * DAY, later(start, HOUR)).at_least, Some(NOON + 2 * DAY + HOUR));
}

proptest! {
    /// Whatever the wall says, and however long the machine sleeps: it is never later for the ledger than it is.
    #[test]
    fn it_is_never_later_than_it_is(
        steps in proptest::collection::vec((0..DAY, 0..2 * DAY, any::<bool>(), -1_000 * DAY..1_000 * DAY, any::<bool>()), 1..40)
    ) {
        let (mut clock, start) = told();
        let (mut truth, mut passed, mut jump) = (NOON, 0, 0);
        for (awake, asleep, sleeps, to, answers) in steps {
            passed += awake;
            truth += awake + if sleeps { asleep } else { 0 };
            jump = if to % 3 == 0 { to } else { jump };
            let (wall, now) = (truth + jump, later(start, passed));
            if answers {
                clock.heard(Some(truth / 1_000 * 1_000), wall, now);
                let at_least = clock.read(wall, now).at_least.unwrap();
                prop_assert!(truth - at_least <= MARGIN, "{} behind after an answer", truth - at_least);
            }
            let reading = clock.read(wall, now);
            prop_assert!(reading.at_least.unwrap() <= truth, "{} ahead", reading.at_least.unwrap() - truth);
            if reading.is_proven && !sleeps {
                prop_assert!(reading.now <= truth);
            }
        }
    }

    #[test]
    fn no_time_makes_it_panic(
        stored in any::<Option<(i64, i64)>>(),
        told in proptest::collection::vec((any::<Option<i64>>(), any::<i64>(), 0..DAY), 0..20),
    ) {
        let start = Instant::now();
        let mut clock = ServiceClock::new(stored, start);
        let mut passed = 0;
        for (date, wall, long) in told {
            passed += long;
            clock.heard(date, wall, later(start, passed));
            clock.read(wall, later(start, passed));
            clock.latest(wall, later(start, passed));
        }
    }
}

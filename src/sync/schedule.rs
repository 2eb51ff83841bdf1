//! When to look for new messages: as often as is worth knowing, and as the day's requests allow. Pure.

use std::time::Duration;

/// What the requests of a day allow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Means {
    /// Requests that reading may still make now.
    pub left: u32,
    /// Requests that were made so long ago that they no longer count by the end of `horizon`.
    pub due_back: u32,
    /// How long that must last.
    pub horizon: Duration,
    /// Requests that one look over all numbers costs.
    pub cost: f64,
}

/// Why the last looks brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// There is no way to MightyCall: trying costs nothing.
    Network,
    /// It answers, but not with history: keys that are wrong, a service that is down.
    Service,
    /// It asked for a pause.
    Told(Duration),
    /// The day's requests are used up.
    Spent,
}

/// What decides the next look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// The wait at the keyboard that a person set.
    pub wanted: Duration,
    /// What there is to spend.
    pub means: Means,
    /// Since somebody last did something here.
    pub idle: Duration,
    /// Since a message last came or went.
    pub calm: Duration,
    /// Looks in a row that failed, and why the last one did.
    pub failures: Option<(u32, Obstacle)>,
}

/// How long a working day is: what there is must last for the rest of it.
pub const DAY: Duration = Duration::from_hours(10);
/// Who stays longer gets by with what is left.
const OVERTIME: Duration = Duration::from_hours(2);
/// At the keyboard: thinking, reading, on the telephone beside it.
const PRESENT: Duration = Duration::from_mins(10);
const AWAY: Duration = Duration::from_hours(1);
const GONE: Duration = Duration::from_hours(4);
/// A conversation in which something was just said goes on.
const HOT: Duration = Duration::from_mins(2);
/// What of the wanted wait is waited.
const IN_TIME: f64 = 0.96;
/// So much more than its share of the day's requests may be spent, for quiet hours to make up for.
const AHEAD: f64 = 1.3;
/// A share this much smaller than the wanted wait is what quiet hours have saved.
const SAVED: f64 = 0.8;
const QUICKEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(15);
/// Where there is no way to the service and somebody waits for it.
const NO_NETWORK: Duration = Duration::from_mins(1);

/// How long requests must last, so long after the day's work began.
pub fn horizon(since_start: Duration) -> Duration {
    DAY.saturating_sub(since_start).max(OVERTIME)
}

/// How long to wait before the next look.
pub fn next_look(pace: Pace) -> Duration {
    // the answer takes a moment too, and is to be on the screen in time
    let wanted = pace.wanted.mul_f64(IN_TIME).max(QUICKEST);
    let share = share(pace.means);
    let steady = if share <= wanted.mul_f64(AHEAD) { wanted } else { share }.min(LONGEST);
    if let Some((failures, obstacle)) = pace.failures {
        return after(failures, obstacle, steady, pace.idle);
    }
    match pace.idle {
        // only what quiet hours have saved is spent on quick looks
        idle if idle < PRESENT && pace.calm < HOT && share < wanted.mul_f64(SAVED) => share.clamp(QUICKEST, steady),
        idle if idle < PRESENT => steady,
        idle if idle < AWAY => (steady * 3).clamp(Duration::from_mins(1), LONGEST),
        idle if idle < GONE => (steady * 3).clamp(Duration::from_mins(3), LONGEST),
        _ => LONGEST,
    }
}

/// The wait at which what there is lasts.
fn share(means: Means) -> Duration {
    let looks = f64::from(means.left.saturating_add(means.due_back)) / means.cost.max(0.1);
    if looks < 1.0 { LONGEST } else { means.horizon.div_f64(looks).min(LONGEST) }
}

fn after(failures: u32, obstacle: Obstacle, steady: Duration, idle: Duration) -> Duration {
    let doubled = |first: Duration| first.saturating_mul(1 << failures.saturating_sub(1).min(10));
    match obstacle {
        Obstacle::Network if idle < PRESENT => doubled(QUICKEST).min(NO_NETWORK),
        Obstacle::Network => doubled(QUICKEST).min(LONGEST / 3),
        Obstacle::Service => doubled(steady).min(LONGEST),
        Obstacle::Told(wait) => wait.max(steady),
        Obstacle::Spent => steady.max(NO_NETWORK),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const MEANS: Means = Means { left: 2_250, due_back: 0, horizon: DAY, cost: 1.0 };
    const CALM: Pace = Pace {
        wanted: Duration::from_secs(15),
        means: MEANS,
        idle: Duration::ZERO,
        calm: Duration::from_hours(1),
        failures: None,
    };

    fn failing(failures: u32, obstacle: Obstacle) -> Pace {
        Pace { failures: Some((failures, obstacle)), ..CALM }
    }

    #[rstest]
    #[case::in_time(CALM, 14)]
    #[case::what_the_day_allows(Pace { means: Means { left: 1_800, ..MEANS }, ..CALM }, 20)]
    #[case::as_wanted(Pace { wanted: Duration::from_secs(30), ..CALM }, 28)]
    #[case::three_requests_a_look(Pace { means: Means { cost: 3.0, ..MEANS }, ..CALM }, 48)]
    #[case::half_of_it_spent_at_half_time(
        Pace { means: Means { left: 1_125, horizon: DAY / 2, ..MEANS }, ..CALM }, 14)]
    #[case::too_much_of_it_spent_at_half_time(
        Pace { means: Means { left: 900, horizon: DAY / 2, ..MEANS }, ..CALM }, 20)]
    #[case::yesterday_comes_back(Pace { means: Means { left: 0, due_back: 2_250, ..MEANS }, ..CALM }, 14)]
    #[case::spent(Pace { means: Means { left: 0, ..MEANS }, ..CALM }, 900)]
    #[case::hot_without_savings(Pace { calm: Duration::ZERO, ..CALM }, 14)]
    #[case::hot_with_savings(
        Pace { calm: Duration::ZERO, means: Means { horizon: DAY / 4, ..MEANS }, ..CALM }, 5)]
    #[case::gone_for_coffee(Pace { idle: Duration::from_mins(15), ..CALM }, 60)]
    #[case::gone_for_lunch(Pace { idle: Duration::from_mins(70), ..CALM }, 180)]
    #[case::as_quick_as_can_be(
        Pace { wanted: QUICKEST, calm: Duration::ZERO, means: Means { left: 50_000, ..MEANS }, ..CALM }, 5)]
    #[case::night(Pace { idle: Duration::from_hours(6), calm: Duration::ZERO, ..CALM }, 900)]
    #[case::no_network(failing(1, Obstacle::Network), 5)]
    #[case::no_network_for_long(failing(40, Obstacle::Network), 60)]
    #[case::no_network_at_night(
        Pace { idle: Duration::from_hours(6), ..failing(40, Obstacle::Network) }, 300)]
    #[case::service_down(failing(3, Obstacle::Service), 57)]
    #[case::service_down_for_long(failing(40, Obstacle::Service), 900)]
    #[case::told_to_wait(failing(1, Obstacle::Told(Duration::from_secs(77))), 77)]
    #[case::spent_by_others(failing(9, Obstacle::Spent), 60)]
    fn paces(#[case] pace: Pace, #[case] seconds: u64) {
        assert_eq!(next_look(pace).as_secs(), seconds);
    }

    #[rstest]
    #[case(0, 10)]
    #[case(4, 6)]
    #[case(9, 2)]
    #[case(30, 2)]
    fn what_is_left_lasts_for_the_day(#[case] worked: u64, #[case] hours: u64) {
        assert_eq!(horizon(Duration::from_hours(worked)), Duration::from_hours(hours));
    }

    proptest! {
        #[test]
        fn it_is_never_too_quick_nor_too_slow(
            wanted in prop_oneof![5u64..8, 5u64..600], left in 0u32..60_000, due_back in 0u32..5_000, horizon in 1u64..40_000, cost in 0.0..50.0,
            idle in 0u64..100_000, calm in 0u64..100_000, failures in prop::option::of(1u32..100),
        ) {
            let seconds = Duration::from_secs;
            let wait = next_look(Pace {
                wanted: seconds(wanted),
                means: Means { left, due_back, horizon: seconds(horizon), cost },
                idle: seconds(idle),
                calm: seconds(calm),
                failures: failures.map(|failures| (failures, Obstacle::Service)),
            });
            prop_assert!(QUICKEST <= wait && wait <= LONGEST, "{wait:?}");
        }
    }
}

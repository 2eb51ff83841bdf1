//! When to look for new messages: as often as the day's requests allow.

use std::time::Duration;

/// What decides the next look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The wait that a person set.
    pub wanted: Duration,
    /// Requests that reading may still make today.
    pub left: u32,
    /// Requests that one look over all numbers costs.
    pub cost: u32,
    /// Looks in a row that failed.
    pub failures: u32,
    /// A message was just sent and its delivery is not known yet.
    pub hot: bool,
}

/// A working day at the keyboard: what is left of the budget must last for it.
const DAY: Duration = Duration::from_secs(10 * 3_600);
const HOT: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// How long to wait before the next look.
pub fn next_look(pace: Pace) -> Duration {
    let cost = pace.cost.max(1);
    let looks_left = pace.left / cost;
    let affordable = DAY.checked_div(looks_left).unwrap_or(LONGEST).min(LONGEST);
    if pace.failures > 0 {
        let backed_off = pace.wanted.saturating_mul(1 << pace.failures.min(6));
        return backed_off.max(affordable).min(LONGEST);
    }
    // quick looks after a send are few, so only an almost spent budget forbids them
    if pace.hot && looks_left > 100 { pace.wanted.min(HOT) } else { pace.wanted.max(affordable) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const CALM: Pace = Pace { wanted: Duration::from_secs(30), left: 2_250, cost: 1, failures: 0, hot: false };

    #[rstest]
    #[case::as_wanted(CALM, 30)]
    #[case::three_requests_a_look(Pace { cost: 3, ..CALM }, 48)]
    #[case::half_spent(Pace { left: 1_125, ..CALM }, 32)]
    #[case::spent(Pace { left: 0, ..CALM }, 900)]
    #[case::hot(Pace { hot: true, ..CALM }, 5)]
    #[case::hot_but_spent(Pace { hot: true, left: 10, ..CALM }, 900)]
    #[case::failing(Pace { failures: 2, ..CALM }, 120)]
    #[case::failing_for_long(Pace { failures: 40, ..CALM }, 900)]
    fn paces(#[case] pace: Pace, #[case] seconds: u64) {
        assert_eq!(next_look(pace).as_secs(), seconds);
    }
}

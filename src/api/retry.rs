//! When to ask again: exponential backoff with jitter, for what is safe to repeat. Reading and signing in are; a send
//! never comes through here.

use std::time::Duration;

use jiff::Timestamp;

/// Limits on how long and how often the service is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timings {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For a whole request, from the connection to the last byte of the answer. Must exceed [`Timings::connect`]: a
    /// request that ends while connecting would else count as one whose bytes may have left.
    pub request: Duration,
    /// Requests made for one question at most, the first included.
    pub attempts: u32,
    /// Wait before the second attempt; doubles with each further one.
    pub first_wait: Duration,
    /// Longest wait of the doubling.
    pub most_wait: Duration,
    /// Longest wait the service may ask for before the question is given up: a person sits before the screen.
    pub patience: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(30),
            attempts: 3,
            first_wait: Duration::from_millis(500),
            most_wait: Duration::from_secs(8),
            patience: Duration::from_secs(20),
        }
    }
}

/// What a service that says 429 without a time is given.
pub(super) const RATE_LIMIT_WITHOUT_TIME: Duration = Duration::from_mins(1);

/// What came instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// No connection, a connection that broke, no answer in time, an answer that ends too early.
    Transport,
    /// A status, with the wait the service asked for.
    Status(u16, Option<Duration>),
    /// What will be the same next time.
    Lasting,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Again(Duration),
    GiveUp,
}

/// Decides after attempt number `attempt` (from 1). `jitter` is 0‥1: half of the doubling wait is fixed, half is chance,
/// so that several processes do not come back in step.
pub(super) fn decide(timings: &Timings, attempt: u32, trouble: Trouble, jitter: f64) -> Verdict {
    if attempt >= timings.attempts || !is_passing(trouble) {
        return Verdict::GiveUp;
    }
    let doubled = timings.first_wait.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(timings.most_wait);
    let backoff = doubled.mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0));
    match trouble {
        Trouble::Status(_, Some(asked)) if asked > timings.patience => Verdict::GiveUp,
        Trouble::Status(_, Some(asked)) => Verdict::Again(asked.max(backoff)),
        _ => Verdict::Again(backoff),
    }
}

fn is_passing(trouble: Trouble) -> bool {
    match trouble {
        Trouble::Transport => true,
        Trouble::Lasting => false,
        // 501 and 505 are what the service is, not how it is at the moment
        Trouble::Status(status, _) => matches!(status, 408 | 429) || (status >= 500 && !matches!(status, 501 | 505)),
    }
}

/// Reads `Retry-After`: seconds, or an HTTP-date (RFC 9110, section 10.2.3). A date that has passed is no wait.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = http_date(value)?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// An HTTP-date in its preferred form (RFC 9110, section 5.6.7).
pub(super) fn http_date(value: &str) -> Option<Timestamp> {
    static PARSER: jiff::fmt::rfc2822::DateTimeParser = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true);
    PARSER.parse_timestamp(value.trim()).ok()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;
    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[rstest]
    #[case::first(1, Trouble::Transport, 1.0, Verdict::Again(MS(500)))]
    #[case::jitter_takes_half_at_most(1, Trouble::Transport, 0.0, Verdict::Again(MS(250)))]
    #[case::doubles(2, Trouble::Status(503, None), 1.0, Verdict::Again(S(1)))]
    #[case::ends(3, Trouble::Transport, 1.0, Verdict::GiveUp)]
    #[case::waits_as_told(1, Trouble::Status(429, Some(S(7))), 0.3, Verdict::Again(S(7)))]
    #[case::never_at_once(1, Trouble::Status(429, Some(S(0))), 1.0, Verdict::Again(MS(500)))]
    #[case::too_long_for_a_person(1, Trouble::Status(429, Some(S(21))), 1.0, Verdict::GiveUp)]
    #[case::unavailable_for_long(1, Trouble::Status(503, Some(S(3_600))), 1.0, Verdict::GiveUp)]
    #[case::no_time_told(1, Trouble::Status(429, None), 1.0, Verdict::Again(MS(500)))]
    #[case::request_timeout(1, Trouble::Status(408, None), 1.0, Verdict::Again(MS(500)))]
    #[case::lasting(1, Trouble::Lasting, 1.0, Verdict::GiveUp)]
    #[case::refused(1, Trouble::Status(400, None), 1.0, Verdict::GiveUp)]
    #[case::forbidden(1, Trouble::Status(403, Some(S(1))), 1.0, Verdict::GiveUp)]
    #[case::not_implemented(1, Trouble::Status(501, None), 1.0, Verdict::GiveUp)]
    fn decides(#[case] attempt: u32, #[case] trouble: Trouble, #[case] jitter: f64, #[case] verdict: Verdict) {
        assert_eq!(decide(&Timings::default(), attempt, trouble, jitter), verdict);
    }

    #[test]
    fn the_doubling_has_an_end() {
        let timings = Timings { attempts: 100, ..Timings::default() };
        assert_eq!(decide(&timings, 60, Trouble::Transport, 1.0), Verdict::Again(timings.most_wait));
    }

    #[rstest]
    #[case("120", Some(S(120)))]
    #[case(" 0 ", Some(S(0)))]
    #[case("1.5", Some(MS(1_500)))]
    #[case("-1", None)]
    #[case("NaN", None)]
    #[case("Sun, 06 Nov 1994 08:49:47 GMT", Some(S(10)))]
    #[case("Sun, 06 Nov 1994 08:49:00 GMT", Some(S(0)))]
    #[case("soon", None)]
    #[case("", None)]
    fn reads_retry_after(#[case] value: &str, #[case] wait: Option<Duration>) {
        let now: Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
        assert_eq!(retry_after(value, now), wait);
    }
}

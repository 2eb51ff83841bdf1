//! When to ask again: exponential backoff with jitter, for what is safe to repeat. Reading and signing in are; a send
//! never comes through here.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

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
const PAUSE_WITHOUT_TIME: Duration = Duration::from_mins(1);
/// The shortest pause after a 429, also where the time it names has passed.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause after a 429: a time further off is taken for a mistake, and asked again before.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// How long to wait after a 429 that asks for this pause.
pub(super) fn pause(asked: Option<Duration>) -> Duration {
    asked.unwrap_or(PAUSE_WITHOUT_TIME).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
}

/// When a pause ends that is longer than [`pause`] waits; `None` for one that is waited for whole. `now` is the service's
/// own time.
pub(super) fn beyond_patience(asked: Option<Duration>, now: Timestamp) -> Option<Timestamp> {
    let asked = asked.filter(|asked| *asked > LONGEST_PAUSE)?;
    Some(later(now, asked))
}

/// A time that much later, or the last there is.
fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(Timestamp::MAX)
}

/// How long it is from `now` to a time; nothing where that has passed.
fn until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO)
}

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

/// Reads `Retry-After`: seconds, or an HTTP-date (RFC 9110, section 10.2.3). A date that has passed is no wait. Read
/// leniently: a number that is a time in seconds or milliseconds since 1970 is that moment, a time as in ISO 8601 is one
/// too, and `30 s` is half a minute. `None` for what says nothing, negative numbers among it.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Some(wait) = number(value, "", now) {
        return Some(wait);
    }
    let at = http_date(value).or_else(|| written_time(value));
    at.map(|at| until(at, now)).or_else(|| seconds(value, now))
}

/// Words that come right before the time at which a service may be asked again, in prose and as keys of JSON.
const BEFORE_TIME: [&str; 8] =
    ["retry after", "retry-after", "retry_after", "retryafter", "try again after", "try again in", "retry in", "until"];

/// The wait that the text of an answer names: `Too many requests. Retry after 2026-01-15T14:30:00.0000000 UTC` (section 6,
/// grade A), a number of seconds, or a time since 1970 as in [`retry_after`]. `now` is the service's own time, since the
/// text means that. Read leniently: a blank or `T` before the hour, any number of decimals, `Z`, `UTC`, an offset or nothing
/// after them. A time that has passed is no wait.
pub(super) fn wait_in_words(text: &str, now: Timestamp) -> Option<Duration> {
    let lower = text.to_ascii_lowercase();
    let after = BEFORE_TIME.iter().find_map(|words| lower.find(words).map(|at| at + words.len()));
    let rest = &text[after.unwrap_or(0)..];
    if let Some(at) = written_time(rest).or_else(|| written_time(text)) {
        return Some(until(at, now));
    }
    // a bare number says something after these words alone
    after.and_then(|_| seconds(rest, now))
}

/// The first ISO 8601 time in a text.
fn written_time(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let is_date = |at: usize| {
        let window = bytes.get(at..at + 10)?;
        let shape = window.iter().map(|byte| if byte.is_ascii_digit() { b'0' } else { *byte });
        shape.eq(*b"0000-00-00").then_some(at)
    };
    let start = (0..bytes.len()).find_map(is_date)?;
    let clock = text.get(start + 11..)?;
    let end = clock.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(clock.len());
    let (clock, rest) = clock.split_at(end);
    let offset: String = match rest.as_bytes() {
        [b'+' | b'-', ..] => rest.chars().take_while(|c| c.is_ascii_digit() || "+-:".contains(*c)).collect(),
        _ => "Z".to_owned(),
    };
    let written = format!("{}T{}{offset}", &text[start..start + 10], clock.trim_end_matches('.'));
    super::wire::moment(super::wire::Text::Text(written))
}

/// `30`, `30 seconds`, `2 minutes`, `24 hours`, `1798761600` at the beginning of a text, or after the rest of a key of JSON
/// such as the `Ms":` of `retryAfterMs`; `None` for a unit that is not known.
fn seconds(text: &str, now: Timestamp) -> Option<Duration> {
    let key = text.find(|c: char| !c.is_ascii_alphabetic() && c != '_').unwrap_or(text.len());
    let (key, text) = text.split_at(key);
    let text = text.trim_start_matches([' ', ':', '=', '"', '\'', '\\']);
    let digits = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (digits, rest) = text.split_at(digits);
    let unit = rest.trim_start().to_ascii_lowercase();
    if unit.starts_with(['-', ':', '/']) {
        // the beginning of a date that cannot be read
        return None;
    }
    let word = unit.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let key = key.trim_matches('_').to_ascii_lowercase();
    let word = if word.is_empty() && is_unit(&key) { &key } else { word };
    number(digits.trim_end_matches('.'), word, now)
}

fn is_unit(word: &str) -> bool {
    milliseconds(word).is_some()
}

fn milliseconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => 1_000.0,
        "ms" | "millis" | "millisecond" | "milliseconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60_000.0,
        "h" | "hour" | "hours" => 3_600_000.0,
        "d" | "day" | "days" => 86_400_000.0,
        _ => return None,
    })
}

/// From here on a number is no wait but a time since 1970: as seconds to wait it would be 31 years.
const EPOCH_SECONDS: f64 = 1e9;
/// From here on in milliseconds, and each thousandfold from there in micro- and nanoseconds: as seconds it would be after
/// the year 5000.
const EPOCH_MILLISECONDS: f64 = 1e11;

/// A number with its unit as the wait that it means, the longest there is for what no clock can hold.
fn number(digits: &str, unit: &str, now: Timestamp) -> Option<Duration> {
    let scale = milliseconds(unit)?;
    // also reads what no integer holds; a fraction of a second is of no matter here
    let number = digits.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0)?;
    if number < EPOCH_SECONDS {
        let wait = Duration::try_from_secs_f64(number * scale / 1_000.0);
        return Some(wait.unwrap_or(Duration::MAX));
    }
    let mut seconds = number;
    // milliseconds, microseconds, nanoseconds
    for _ in 0..3 {
        seconds /= if seconds >= EPOCH_MILLISECONDS { 1_000.0 } else { 1.0 };
    }
    let since = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    Some(until(later(Timestamp::UNIX_EPOCH, since), now))
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
    #[case::epoch_in_seconds("784111787", Some(S(784_111_787)))]
    #[case::iso("1994-11-06T08:49:47Z", Some(S(10)))]
    #[case::with_a_unit("30 s", Some(S(30)))]
    #[case::infinite("inf", None)]
    #[case("soon", None)]
    #[case("", None)]
    fn reads_retry_after(#[case] value: &str, #[case] wait: Option<Duration>) {
        let now: Timestamp = "1994-11-06T08:49:37Z".parse().unwrap();
        assert_eq!(retry_after(value, now), wait);
    }

    /// In 2026, where a number of ten digits is a moment.
    #[rstest]
    #[case::seconds("1768487400", Some(S(30)))]
    #[case::milliseconds("1768487400000", Some(S(30)))]
    #[case::with_decimals("1768487400.5", Some(MS(30_500)))]
    #[case::microseconds("1768487400000000", Some(S(30)))]
    #[case::past("1768487300", Some(S(0)))]
    #[case::next_year("1798761600", Some(S(1_798_761_600 - 1_768_487_370)))]
    #[case::next_year_in_milliseconds("1798761600000", Some(S(1_798_761_600 - 1_768_487_370)))]
    #[case::negative("-1768487400", None)]
    #[case::one_day_is_a_wait("86400", Some(S(86_400)))]
    #[case::thirty_years_are_a_wait("999999999", Some(S(999_999_999)))]
    fn a_number_since_1970_is_a_moment(#[case] value: &str, #[case] wait: Option<Duration>) {
        let now: Timestamp = "2026-01-15T14:29:30Z".parse().unwrap();
        assert_eq!(retry_after(value, now), wait);
        assert_eq!(wait_in_words(&format!("Retry after {value}"), now), wait);
        assert_eq!(wait_in_words(&format!(r#"{{"message":"slow","retryAfter":{value}}}"#), now), wait);
        assert_eq!(wait_in_words(&format!(r#"{{"retry_after_at":"{value}"}}"#), now), wait);
    }

    #[rstest]
    #[case::two_to_the_63("9223372036854775808")]
    #[case::two_to_the_64("18446744073709551616")]
    #[case::forty_digits("1000000000000000000000000000000000000000")]
    #[case::exponent("1e300")]
    #[case::far_date("Fri, 31 Dec 9999 23:59:59 GMT")]
    #[case::next_century("2126-01-15T14:29:30Z")]
    fn absurd_times_are_capped_and_told(#[case] value: &str) {
        let now: Timestamp = "2026-01-15T14:29:30Z".parse().unwrap();
        let asked = retry_after(value, now);
        assert!(asked.is_none_or(|asked| asked > LONGEST_PAUSE), "{asked:?}");
        assert!(pause(asked) <= LONGEST_PAUSE);
        if asked.is_some() {
            assert!(beyond_patience(asked, now).is_some_and(|until| until > now));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_header_and_no_text_makes_it_panic_or_wait_for_long(
            value in "[-+0-9.eE: TZa-z\"{}/é]{0,40}",
            at in Timestamp::MIN.as_second()..Timestamp::MAX.as_second(),
        ) {
            let now = Timestamp::from_second(at).unwrap();
            for asked in [retry_after(&value, now), wait_in_words(&value, now), wait_in_words(&format!("retry after {value}"), now)] {
                let _ = beyond_patience(asked, now);
                proptest::prop_assert!((SHORTEST_PAUSE..=LONGEST_PAUSE).contains(&pause(asked)));
            }
        }
    }

    #[rstest]
    #[case::documented("Too many requests. Retry after 2026-01-15T14:30:00.0000000 UTC", Some(30))]
    #[case::json(r#"{"message":"Too many requests. Retry after 2026-01-15T14:30:00.0000000 UTC"}"#, Some(30))]
    #[case::no_decimals("Retry after 2026-01-15T14:30:00 UTC.", Some(30))]
    #[case::nine_decimals("retry after 2026-01-15T14:30:00.000000000Z", Some(30))]
    #[case::blank_and_no_zone("Retry after 2026-01-15 14:30:00", Some(30))]
    #[case::joined("Retry after 2026-01-15T14:30:00UTC", Some(30))]
    #[case::offset("Retry after 2026-01-15T09:30:00-05:00", Some(30))]
    #[case::end_of_sentence("Retry after 2026-01-15T14:30:00.", Some(30))]
    #[case::past("Retry after 2026-01-15T14:29:00.0000000 UTC", Some(0))]
    #[case::another_time_before("Limit hit at 2026-01-15T14:00:00Z. Retry after 2026-01-15T14:30:00Z", Some(30))]
    #[case::other_words("Blocked until 2026-01-15T14:30:00Z", Some(30))]
    #[case::seconds("Retry after 45 seconds", Some(45))]
    #[case::minutes("Try again in 2 minutes", Some(120))]
    #[case::bare_number("retry-after: 7", Some(7))]
    #[case::key_of_milliseconds(r#"{"retryAfterMs": 45000}"#, Some(45))]
    #[case::key_of_seconds(r#"{"retryAfterSeconds": 45}"#, Some(45))]
    #[case::negative("retry after -45 seconds", None)]
    #[case::date_alone("Retry after 2026-01-15", None)]
    #[case::no_date("Retry after 2026-13-45T99:99:99 UTC", None)]
    #[case::no_time("Too many requests", None)]
    #[case::letters("Retry after é 2026-01-1", None)]
    #[case::empty("", None)]
    fn reads_the_time_in_a_text(#[case] text: &str, #[case] wait: Option<u64>) {
        let now: Timestamp = "2026-01-15T14:29:30Z".parse().unwrap();
        assert_eq!(wait_in_words(text, now), wait.map(Duration::from_secs));
    }

    #[rstest]
    #[case(None, S(60))]
    #[case(Some(S(0)), S(1))]
    #[case(Some(S(42)), S(42))]
    #[case(Some(S(86_400)), S(3_600))]
    fn a_pause_has_limits(#[case] asked: Option<Duration>, #[case] expected: Duration) {
        assert_eq!(pause(asked), expected);
    }
}

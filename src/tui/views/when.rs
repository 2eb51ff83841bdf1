//! Times as people say them, in their own zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::config::preferences::Times;

/// Seconds from `earlier` to `later`; a clock that was put back counts as none.
fn seconds(earlier: Timestamp, later: Timestamp) -> i64 {
    (later.as_second() - earlier.as_second()).max(0)
}

/// The day of a moment.
pub(crate) fn day(at: Timestamp, zone: &TimeZone) -> Date {
    zone.to_datetime(at).date()
}

/// `09:41`.
pub(crate) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%H:%M").to_string()
}

/// For a list: the time today, `Yesterday`, the weekday within a week, else the date.
pub(crate) fn brief(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (then, today) = (day(at, zone), day(now, zone));
    match days_between(then, today) {
        0 => clock(at, zone),
        1 => "Yesterday".to_owned(),
        2..=6 => then.strftime("%a").to_string(),
        _ if then.year() == today.year() => then.strftime("%-d %b").to_string(),
        _ => then.strftime("%b %Y").to_string(),
    }
}

/// For a line between days: `Today`, `Yesterday`, `Mon 16 Nov`, and the year where it is another one.
pub(crate) fn day_line(then: Date, today: Date) -> String {
    match days_between(then, today) {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        _ if then.year() == today.year() => then.strftime("%a %-d %b").to_string(),
        _ => then.strftime("%a %-d %b %Y").to_string(),
    }
}

/// As a person wants the times of messages.
pub(crate) fn label(at: Timestamp, now: Timestamp, zone: &TimeZone, times: Times) -> String {
    match times {
        Times::Clock => clock(at, zone),
        Times::Relative => relative(at, now, zone),
        Times::Full => zone.to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// Whole minutes on the clock between two moments, so that all that is said of minutes changes at one moment; a clock
/// that was put back counts as none.
fn minutes(at: Timestamp, now: Timestamp) -> i64 {
    (now.as_second().div_euclid(60) - at.as_second().div_euclid(60)).max(0)
}

fn hours(at: Timestamp, now: Timestamp) -> i64 {
    now.as_second().div_euclid(3_600) - at.as_second().div_euclid(3_600)
}

/// `just now`, `3 min ago`, `2 h ago`, `yesterday 14:02`, `Mon 14:02`, `16 Nov 14:02`.
fn relative(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (then, today) = (day(at, zone), day(now, zone));
    match (minutes(at, now), days_between(then, today)) {
        (0, _) => "just now".to_owned(),
        (minutes @ 1..60, _) => format!("{minutes} min ago"),
        (_, 0) => format!("{} h ago", hours(at, now)),
        (_, 1) => format!("yesterday {}", clock(at, zone)),
        (_, 2..=6) => format!("{} {}", then.strftime("%a"), clock(at, zone)),
        _ if then.year() == today.year() => format!("{} {}", then.strftime("%-d %b"), clock(at, zone)),
        _ => format!("{} {}", then.strftime("%-d %b %Y"), clock(at, zone)),
    }
}

/// When the label of a moment says something else next, midnight apart.
pub(crate) fn label_changes(at: Timestamp, now: Timestamp, times: Times) -> Option<Timestamp> {
    let step = match minutes(at, now) {
        _ if times != Times::Relative => return None,
        0..60 => 60,
        _ if hours(at, now) < 25 => 3_600,
        _ => return None,
    };
    Timestamp::from_second((now.as_second().div_euclid(step) + 1) * step).ok()
}

/// For a list, as a person wants times.
pub(crate) fn listed(at: Timestamp, now: Timestamp, zone: &TimeZone, times: Times) -> String {
    match minutes(at, now) {
        _ if times != Times::Relative => brief(at, now, zone),
        0 => "now".to_owned(),
        minutes @ 1..60 => format!("{minutes} min"),
        _ if day(at, zone) == day(now, zone) => format!("{} h", hours(at, now)),
        _ => brief(at, now, zone),
    }
}

/// In full, with the zone.
pub(crate) fn full(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %-d %b %Y %H:%M:%S %Z").to_string()
}

fn days_between(then: Date, today: Date) -> i32 {
    then.until(today).map_or(i32::MAX, |span| span.get_days())
}

/// How long ago: `just now`, `20 s ago`, `3 min ago`, `2 h ago`, `4 d ago`.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    match seconds(at, now) {
        0..10 => "just now".to_owned(),
        s @ 10..60 => format!("{} s ago", s / 10 * 10),
        s @ 60..3_600 => format!("{} min ago", s / 60),
        s @ 3_600..86_400 => format!("{} h ago", s / 3_600),
        s => format!("{} d ago", s / 86_400),
    }
}

/// When [`ago`] says something else next.
pub(crate) fn ago_changes(at: Timestamp, now: Timestamp) -> Timestamp {
    let step = match seconds(at, now) {
        0..60 => 10,
        60..3_600 => 60,
        3_600..86_400 => 3_600,
        _ => 86_400,
    };
    let next = (seconds(at, now) / step + 1) * step;
    Timestamp::from_second(at.as_second().saturating_add(next)).unwrap_or(Timestamp::MAX)
}

/// The next midnight, when "Today" becomes "Yesterday".
pub(crate) fn midnight(now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let tomorrow = day(now, zone).checked_add(1.day()).ok()?;
    tomorrow.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const NOW: &str = "2026-11-18T12:00:00Z";

    #[rstest]
    #[case("2026-11-18T09:41:00Z", "09:41", "Today")]
    #[case("2026-11-17T23:59:00Z", "Yesterday", "Yesterday")]
    #[case("2026-11-16T09:41:00Z", "Mon", "Mon 16 Nov")]
    #[case("2026-11-01T09:41:00Z", "1 Nov", "Sun 1 Nov")]
    #[case("2025-11-01T09:41:00Z", "Nov 2025", "Sat 1 Nov 2025")]
    #[case("2026-11-19T00:10:00Z", "19 Nov", "Thu 19 Nov")]
    fn days(#[case] at: &str, #[case] brief_says: &str, #[case] line_says: &str) {
        let (at, now): (Timestamp, Timestamp) = (at.parse().unwrap(), NOW.parse().unwrap());
        assert_eq!(brief(at, now, &TimeZone::UTC), brief_says);
        assert_eq!(day_line(day(at, &TimeZone::UTC), day(now, &TimeZone::UTC)), line_says);
    }

    #[rstest]
    #[case("2026-11-18T11:59:59Z", "1 min ago", "1 min", Some("2026-11-18T12:01:00Z"))]
    #[case("2026-11-18T12:00:20Z", "just now", "now", Some("2026-11-18T12:01:00Z"))]
    #[case("2026-11-18T11:01:00Z", "59 min ago", "59 min", Some("2026-11-18T12:01:00Z"))]
    #[case("2026-11-18T10:10:00Z", "2 h ago", "2 h", Some("2026-11-18T13:00:00Z"))]
    #[case("2026-11-17T23:50:00Z", "yesterday 23:50", "Yesterday", Some("2026-11-18T13:00:00Z"))]
    #[case("2026-11-16T09:41:00Z", "Mon 09:41", "Mon", None)]
    #[case("2026-11-01T09:41:00Z", "1 Nov 09:41", "1 Nov", None)]
    #[case("2025-11-01T09:41:00Z", "1 Nov 2025 09:41", "Nov 2025", None)]
    #[case("2026-11-18T12:10:00Z", "just now", "now", Some("2026-11-18T12:01:00Z"))]
    fn relative_to_now(#[case] at: &str, #[case] says: &str, #[case] list: &str, #[case] changes: Option<&str>) {
        let (at, now): (Timestamp, Timestamp) = (at.parse().unwrap(), "2026-11-18T12:00:30Z".parse().unwrap());
        assert_eq!(label(at, now, &TimeZone::UTC, Times::Relative), says);
        assert_eq!(listed(at, now, &TimeZone::UTC, Times::Relative), list);
        let changes: Option<Timestamp> = changes.map(|at| at.parse().unwrap());
        assert_eq!(label_changes(at, now, Times::Relative), changes);
        assert_eq!(label_changes(at, now, Times::Full), None);
        // what it says stays so until then
        if let Some(changes) = changes {
            let before = changes - 1.second();
            assert_eq!(label(at, before, &TimeZone::UTC, Times::Relative), says);
        }
    }

    #[rstest]
    #[case(0, "just now", 10)]
    #[case(9, "just now", 10)]
    #[case(25, "20 s ago", 30)]
    #[case(59, "50 s ago", 60)]
    #[case(61, "1 min ago", 120)]
    #[case(7_300, "2 h ago", 10_800)]
    #[case(90_000, "1 d ago", 172_800)]
    #[case(-5, "just now", 10)]
    fn ages(#[case] seconds: i64, #[case] says: &str, #[case] changes: i64) {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        let now = Timestamp::from_second(1_700_000_000 + seconds).unwrap();
        assert_eq!(ago(at, now), says);
        assert_eq!(ago_changes(at, now).as_second() - at.as_second(), changes);
    }
}

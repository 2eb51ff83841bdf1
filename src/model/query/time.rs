//! Times as people type them into a search.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// The moment that is meant: the beginning of a day, month or year (`2026-11-01`, `2026-11`, `2026`, `today`, `yesterday`,
/// `monday`, always the last one), or so long ago (`7d`, `2w`, `3h`, `6m` for months, `1y`). `None` where it is none.
pub fn time(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim().to_ascii_lowercase();
    let today = zone.to_datetime(now).date();
    let begin = |date: Date| date.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp());
    match text.as_str() {
        "now" => return Some(now),
        "today" => return begin(today),
        "yesterday" => return begin(today.yesterday().ok()?),
        _ => {}
    }
    if let Some(day) = weekday(&text) {
        let back = i64::from(day.until(today.weekday()));
        return begin(today.checked_sub(back.days()).ok()?);
    }
    if let Some(moment) = ago(&text, now, today, &begin) {
        return Some(moment);
    }
    if let Ok(moment) = text.to_ascii_uppercase().parse::<Timestamp>() {
        return Some(moment);
    }
    begin(date(&text)?)
}

/// Whether more typing may make a time of it.
pub(super) fn may_become(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let named = |name: &str| name.starts_with(&text);
    named("now")
        || named("today")
        || named("yesterday")
        || DAYS.iter().any(|(name, _)| named(name))
        || may_be_date(&text)
}

/// Whether it is the beginning of `2026-11-01T09:30:00Z`, or of a number with a unit behind it.
fn may_be_date(text: &str) -> bool {
    const SHAPE: &str = "0000-00-00t00:00:00z";
    if text.len() <= 5 && text.chars().all(|c| c.is_ascii_digit()) {
        return true;
    }
    let fits = text.len() <= SHAPE.len()
        && text.chars().zip(SHAPE.chars()).all(|(c, like)| if like == '0' { c.is_ascii_digit() } else { c == like });
    // a month or a day that is there whole has to be one
    let whole = |end: usize| text.get(..end).is_none_or(|begin| date(begin).is_some());
    fits && whole(4) && whole(7) && whole(10)
}

const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

fn weekday(text: &str) -> Option<Weekday> {
    DAYS.into_iter().find(|(name, _)| text.len() >= 3 && name.starts_with(text)).map(|(_, day)| day)
}

fn ago(text: &str, now: Timestamp, today: Date, begin: &impl Fn(Date) -> Option<Timestamp>) -> Option<Timestamp> {
    let unit = text.chars().next_back().filter(char::is_ascii_alphabetic)?;
    let count: i64 = text[..text.len() - 1].parse().ok().filter(|count| (0..100_000).contains(count))?;
    match unit {
        'h' => now.checked_sub(SignedDuration::from_hours(count)).ok(),
        'd' => now.checked_sub(SignedDuration::from_hours(24 * count)).ok(),
        'w' => now.checked_sub(SignedDuration::from_hours(7 * 24 * count)).ok(),
        'm' => begin(today.checked_sub(i32::try_from(count).ok()?.months()).ok()?),
        'y' => begin(today.checked_sub(i16::try_from(count).ok()?.years()).ok()?),
        _ => None,
    }
}

/// `2026-11-01`, and `2026-11` or `2026`, which are on the way there.
fn date(text: &str) -> Option<Date> {
    let numbers: Vec<i16> = text.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let part = |at: usize| numbers.get(at).map_or(Some(1), |&number| i8::try_from(number).ok());
    let year = *numbers.first().filter(|year| (1970..=9999).contains(*year) && numbers.len() <= 3)?;
    Date::new(year, part(1)?, part(2)?).ok()
}

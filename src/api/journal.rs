//! The journal of requests: `GET /journal/requests`, paged by `page` from 1 and `pageSize` up to 1,000.

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::history::{HistoryAsk, Next, Position, Told, told};

/// The query for the page at `place`.
pub(super) fn query(ask: &HistoryAsk, place: &Position) -> Vec<(&'static str, String)> {
    let mut query = vec![
        ("type", "Message".to_owned()),
        ("origin", "All".to_owned()),
        ("page", place.page.to_string()),
        ("pageSize", place.page_size.to_string()),
    ];
    query.extend(ask.since.map(|since| ("from", whole_second(since, false))));
    query.extend(ask.until.map(|until| ("to", whole_second(until, true))));
    query.extend(ask.form.write(&ask.number).map(|number| ("businessNumber", number)));
    query
}

/// ISO 8601 UTC in whole seconds, which every reader of dates knows; outwards, so that nothing is lost at the edges.
fn whole_second(at: Timestamp, up: bool) -> String {
    let down = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let down = if down > at { down - 1.second() } else { down };
    let whole = if up && down < at { down.saturating_add(SignedDuration::from_secs(1)).unwrap_or(down) } else { down };
    whole.to_string()
}

/// The last page is the first one shorter than `pageSize`, unless the answer says that there are more.
pub(super) fn next(page: Told) -> Next {
    told(page).unwrap_or(if page.received >= page.page_size { Next::Yes } else { Next::Perhaps })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::full(10, 10, None, None, Next::Yes)]
    #[case::short(9, 9, None, None, Next::Perhaps)]
    #[case::empty(0, 20, None, None, Next::No)]
    #[case::said_more(3, 3, None, Some(true), Next::Yes)]
    #[case::said_no_more(10, 10, None, Some(false), Next::No)]
    #[case::empty_but_more(0, 10, None, Some(true), Next::Perhaps)]
    #[case::total_reached(10, 30, Some(30), None, Next::No)]
    #[case::total_of_a_full_page(10, 10, Some(10), None, Next::Perhaps)]
    #[case::total_exceeded(10, 40, Some(30), None, Next::Yes)]
    #[case::total_not_reached_by_a_capped_page(5, 5, Some(30), None, Next::Yes)]
    #[case::empty_before_the_total(0, 20, Some(30), None, Next::No)]
    fn knows_the_last_page(
        #[case] received: u64,
        #[case] so_far: u64,
        #[case] total: Option<u64>,
        #[case] has_more: Option<bool>,
        #[case] expected: Next,
    ) {
        assert_eq!(next(Told { received, page_size: 10, so_far, total, has_more }), expected);
    }

    #[rstest]
    #[case("2026-01-02T03:04:05Z", false, "2026-01-02T03:04:05Z")]
    #[case("2026-01-02T03:04:05.9Z", false, "2026-01-02T03:04:05Z")]
    #[case("2026-01-02T03:04:05Z", true, "2026-01-02T03:04:05Z")]
    #[case("2026-01-02T03:04:05.1Z", true, "2026-01-02T03:04:06Z")]
    #[case("1969-12-31T23:59:58.5Z", false, "1969-12-31T23:59:58Z")]
    fn writes_times(#[case] at: Timestamp, #[case] up: bool, #[case] written: &str) {
        assert_eq!(whole_second(at, up), written);
    }
}

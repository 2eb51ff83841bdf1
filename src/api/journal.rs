//! The journal of requests (`mightycall-api.md`, section 7, grade A): `GET …/journal/requests`, paged by `page` from 1 and
//! `pageSize` up to 1,000, and `GET …/journal/requests/counts`, which takes the same filters.

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::history::{HistoryAsk, Next, NumberForm, Position, Told, told};
use super::journal_options::JournalOptions;

/// How far back the journal is asked where nobody said: without `from` it searches about a month alone.
const ALL_DAYS: i64 = 3_653;

/// The query for the page at `place`.
pub(super) fn query(ask: &HistoryAsk, place: &Position, options: JournalOptions) -> Vec<(&'static str, String)> {
    let mut query = filters(ask, options, Timestamp::now());
    query.push(("page", place.page.to_string()));
    query.push(("pageSize", place.page_size.to_string()));
    if options.resolve_contacts {
        query.push(("resolveContacts", "true".to_owned()));
    }
    if options.show_users {
        query.push(("showUsers", "true".to_owned()));
    }
    query
}

/// What says which records are meant: the whole query of a count.
pub(super) fn filters(ask: &HistoryAsk, options: JournalOptions, now: Timestamp) -> Vec<(&'static str, String)> {
    let kinds = if options.threads { "Message,MessageThread" } else { "Message" };
    let mut query = vec![
        ("type", kinds.to_owned()),
        ("origin", "All".to_owned()),
        ("from", whole_second(ask.since.unwrap_or_else(|| long_ago(now)), false)),
    ];
    query.extend(ask.until.map(|until| ("to", whole_second(until, true))));
    query.extend(ours(ask).map(|numbers| ("businessNumber", numbers)));
    // with the plus, whatever form our own numbers take in the filter beside it
    query.extend(ask.contact.as_ref().map(|contact| ("phone", contact.as_str().to_owned())));
    query
}

/// Our numbers as one list with commas; `None` for all there are.
fn ours(ask: &HistoryAsk) -> Option<String> {
    if ask.form == NumberForm::Any || ask.numbers.is_empty() {
        return None;
    }
    let written: Vec<String> = ask.numbers.iter().filter_map(|number| ask.form.write(number)).collect();
    Some(written.join(","))
}

/// The beginning of a day ten years ago, so that the pages of one walk have the same question.
fn long_ago(now: Timestamp) -> Timestamp {
    let day = now.as_second().div_euclid(86_400) - ALL_DAYS;
    Timestamp::from_second(day * 86_400).unwrap_or(Timestamp::UNIX_EPOCH)
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
    use crate::model::Address;

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

    fn ask(numbers: &[&str], form: NumberForm) -> HistoryAsk {
        HistoryAsk {
            numbers: numbers.iter().map(|number| Address::from_normal(*number)).collect(),
            form,
            contact: None,
            since: None,
            until: None,
            skip: 0,
            position: None,
            page_size: 100,
        }
    }

    fn value<'a>(query: &'a [(&'static str, String)], name: &str) -> Option<&'a str> {
        query.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    #[rstest]
    #[case::digits(NumberForm::Digits, Some("12025550101,12025550102,442079460123"))]
    #[case::e164(NumberForm::E164, Some("+12025550101,+12025550102,+442079460123"))]
    #[case::national(NumberForm::National, Some("2025550101,2025550102,+442079460123"))]
    #[case::any(NumberForm::Any, None)]
    fn writes_several_numbers_as_one_list(#[case] form: NumberForm, #[case] expected: Option<&str>) {
        let ask = ask(&["+12025550101", "+12025550102", "+442079460123"], form);
        let query = filters(&ask, JournalOptions::default(), Timestamp::now());
        assert_eq!(value(&query, "businessNumber"), expected);
    }

    #[test]
    fn always_says_from_when() {
        let now: Timestamp = "2026-04-19T13:14:15.6Z".parse().unwrap();
        let all = filters(&ask(&[], NumberForm::Digits), JournalOptions::default(), now);
        assert_eq!(value(&all, "from"), Some("2016-04-18T00:00:00Z"));
        assert_eq!((value(&all, "to"), value(&all, "businessNumber"), value(&all, "phone")), (None, None, None));
        let since = HistoryAsk { since: Some("2026-01-02T03:04:05.9Z".parse().unwrap()), ..ask(&[], NumberForm::Any) };
        let since = filters(&since, JournalOptions::default(), now);
        assert_eq!(value(&since, "from"), Some("2026-01-02T03:04:05Z"));
    }

    #[test]
    fn leaves_out_what_an_account_refuses() {
        let options = JournalOptions { resolve_contacts: false, show_users: false, threads: false };
        let place = Position { path: String::new(), page_size: 50, page: 3, received: 100 };
        let ask = HistoryAsk { contact: Some(Address::from_normal("+12025550142")), ..ask(&[], NumberForm::Any) };
        let plain: Vec<_> = query(&ask, &place, options).into_iter().filter(|(name, _)| *name != "from").collect();
        let expected =
            [("type", "Message"), ("origin", "All"), ("phone", "+12025550142"), ("page", "3"), ("pageSize", "50")];
        assert_eq!(plain, expected.map(|(name, value)| (name, value.to_owned())));
        let whole = query(&ask, &place, JournalOptions::default());
        assert_eq!(value(&whole, "type"), Some("Message,MessageThread"));
        assert_eq!((value(&whole, "resolveContacts"), value(&whole, "showUsers")), (Some("true"), Some("true")));
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

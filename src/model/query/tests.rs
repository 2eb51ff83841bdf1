use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn now() -> Timestamp {
    // a Wednesday
    "2026-11-18T09:42:00Z".parse().unwrap()
}

fn read(text: &str) -> Query {
    parse(text, true, now(), &TimeZone::UTC)
}

/// What is said of filters that cannot be read, a question mark before those that may become one.
fn odd(text: &str, typing: bool) -> Vec<String> {
    let odd = super::read(text, typing, now(), &TimeZone::UTC).odd;
    odd.iter().map(|odd| format!("{}{}", if odd.unfinished { "?" } else { "" }, odd.word)).collect()
}

/// The terms in a short form: words with blanks between, a star where the last may go on, `or` a number.
fn terms(query: &Query) -> Vec<String> {
    let short = |term: &Term| {
        let number = term.number.as_ref().map(|number| format!(" or {number}")).unwrap_or_default();
        term.words.join(if term.apart { " & " } else { " " }) + if term.prefix { "*" } else { "" } + &number
    };
    query.terms.iter().map(short).collect()
}

#[rstest]
#[case("", &[])]
#[case("  ", &[])]
#[case("hello", &["hello*"])]
#[case("hello ", &["hello"])]
#[case("Hello wor", &["hello", "wor*"])]
#[case("\"move it\" now", &["move it", "now*"])]
#[case("\"move it", &["move it"])]
#[case("caf* late", &["caf*", "late*"])]
#[case("3-pm", &["3 pm*"])]
#[case("Café", &["cafe*"])]
#[case("!!! ok", &["ok*"])]
#[case("https://example.org/x ", &["https example org x"])]
#[case("is:odd has:wheels before:never", &["is odd", "has wheels", "before never*"])]
#[case("12:30", &["12 30*"])]
#[case("予約 \"明日の\"", &["予 約", "明 日 の"])]
#[case("iPhoneの充", &["iphone の 充*"])]
#[case("ก่อน", &["ก ่ อ น*"])]
#[case("202-55", &["202 55* or 20255"])]
#[case("1 202-555-0147 ", &["1 & 202 & 555 & 0147 or 2025550147"])]
#[case("call (202) 555 0147 now", &["call", "202 & 555 & 0147 or 2025550147", "now*"])]
#[case("+1\u{a0}202\u{2011}555\u{2011}0147", &["1 & 202 & 555 & 0147* or 2025550147"])]
#[case("\"202-555-0147\"", &["202 555 0147"])]
#[case("\"202\" 555 0147", &["202", "555 & 0147* or 5550147"])]
#[case("4711 2026", &["4711 & 2026* or 47112026"])]
#[case("2026", &["2026*"])]
#[case("1,200.50", &["1 200 50*"])]
#[case(": :: a:", &["a"])]
fn reads_words(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(terms(&read(text)), expected);
}

#[rstest]
#[case("fence -gate", &["gate"])]
#[case("-\"two words\" -late*", &["two words", "late*"])]
#[case("- 555-0147 -0147 e-mail", &[])]
#[case("order -0147", &["0147"])]
#[case("call -202-555-0147", &["202 555 0147 or 2025550147"])]
#[case("call -+12025550147 -(202)", &["12025550147 or 2025550147", "202"])]
fn reads_what_is_not_wanted(#[case] text: &str, #[case] expected: &[&str]) {
    let query = read(text);
    let without = Query { terms: query.without, ..Query::default() };
    assert_eq!(terms(&without), expected);
}

#[test]
fn a_number_is_unwanted_however_it_is_written() {
    let query = read("call -2025550147");
    for (body, has) in [("call (202) 555-0147", true), ("call +1 202 555 0147", true), ("call 202-555-0148", false)] {
        assert_eq!(crate::model::words::has_any(&query.without, body), has, "{body}");
    }
}

#[test]
fn names_are_what_is_not_in_quotes() {
    let query = read("dana \"whitfield\" fence");
    assert_eq!(query.terms.iter().map(|term| term.names).collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn the_same_is_looked_for_where_nobody_types() {
    for text in ["hello wor", "hello wor ", "hello wor*", "\"hello wor\"", "is:unread 予", "-late 202-55"] {
        assert_eq!(parse(text, false, now(), &TimeZone::UTC), read(text), "{text}");
    }
}

#[rstest]
#[case("from:", Query::default())]
#[case("is: has: in: before: after:", Query::default())]
#[case("from:Dana", Query { from: vec![Party::Named { name: "dana".into(), digits: String::new() }], ..Query::default() })]
#[case("from:\"Dana Whit\"", Query { from: vec![Party::Named { name: "dana whit".into(), digits: String::new() }], ..Query::default() })]
#[case("from:me to:555-0147", Query {
    from: vec![Party::Me],
    to: vec![Party::Named { name: "555-0147".into(), digits: "5550147".into() }],
    ..Query::default()
})]
#[case("IN:Main is:unread is:failed has:attachment", Query {
    on: vec![Party::Named { name: "main".into(), digits: String::new() }],
    unread: true,
    failed: true,
    attached: true,
    ..Query::default()
})]
fn reads_filters(#[case] text: &str, #[case] expected: Query) {
    assert_eq!(read(text), expected);
}

#[rstest]
#[case("dana thursday", &[])]
#[case("after:20", &["?after:20"])]
#[case("after:2026-1", &[])]
#[case("after:2026-11-", &["?after:2026-11-"])]
#[case("after:2026-13", &["after:2026-13"])]
#[case("after:2026-02-30", &["after:2026-02-30"])]
#[case("after:yest", &["?after:yest"])]
#[case("after:20 ", &["after:20"])]
#[case("after:20 dana", &["after:20"])]
#[case("after:notadate", &["after:notadate"])]
#[case("since:", &["?since:"])]
#[case("since: ", &["since:"])]
#[case("since:\"\"", &["since:\"\""])]
#[case("is:un", &["?is:un"])]
#[case("is:nonsense has:wheels", &["is:nonsense", "has:wheels"])]
#[case("has:att", &["?has:att"])]
#[case("from:", &["?from:"])]
#[case("12:30 https://example.org/x re: this", &[])]
#[case("\"after:notadate\"", &[])]
fn says_which_filters_it_cannot_read(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(odd(text, true), expected);
}

#[test]
fn what_nobody_types_any_more_is_finished() {
    assert_eq!(odd("after:20", false), ["after:20"]);
    assert_eq!(odd("fence -from:me -gate", true), ["-from:me"]);
    assert_eq!(odd("👍 !", true), ["👍 !"]);
    assert_eq!(odd("\"", true), ["?\""]);
    assert_eq!(odd("👍 thanks", true), [""; 0]);
    let reading = super::read("after:soon", false, now(), &TimeZone::UTC);
    assert_eq!(reading.odd[0].to_string(), "“after:soon” is no time; after: yesterday, monday, 7d, 2w, 2026-11-01");
    let reading = super::read("IS: unread", false, now(), &TimeZone::UTC);
    assert_eq!(reading.odd[0].to_string(), "“IS:” has nothing behind it; is: unread, failed, unconfirmed");
}

/// What is found does not go away while a filter is being typed.
#[test]
fn a_filter_that_may_become_one_is_not_looked_for_yet() {
    assert_eq!(read("dana after:20"), Query { terms: read("dana ").terms, ..Query::default() });
    assert_eq!(terms(&read("dana after:20 ")), ["dana", "after 20"]);
}

#[rstest]
#[case("555-0147", &["5550147"])]
#[case("(202) 555 0147", &["2025550147"])]
#[case("+1 202.555.0147", &["12025550147"])]
#[case("42", &[])]
#[case("order 4711", &[])]
#[case("in:main 4711", &["4711"])]
fn reads_numbers(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(read(text).digits, expected);
}

#[rstest]
#[case("2026-11-01", "2026-11-01T00:00:00Z")]
#[case("2026-11", "2026-11-01T00:00:00Z")]
#[case("2026", "2026-01-01T00:00:00Z")]
#[case("today", "2026-11-18T00:00:00Z")]
#[case("yesterday", "2026-11-17T00:00:00Z")]
#[case("Monday", "2026-11-16T00:00:00Z")]
#[case("wed", "2026-11-18T00:00:00Z")]
#[case("thursday", "2026-11-12T00:00:00Z")]
#[case("7d", "2026-11-11T09:42:00Z")]
#[case("3h", "2026-11-18T06:42:00Z")]
#[case("2w", "2026-11-04T09:42:00Z")]
#[case("1m", "2026-10-18T00:00:00Z")]
#[case("1y", "2025-11-18T00:00:00Z")]
#[case("2026-11-18T08:00:00Z", "2026-11-18T08:00:00Z")]
fn reads_times(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(time(text, now(), &TimeZone::UTC), Some(expected.parse().unwrap()));
    assert_eq!(read(&format!("after:{text}")).after, Some(expected.parse().unwrap()));
}

#[rstest]
#[case("soon")]
#[case("2026-13")]
#[case("2026-02-30")]
#[case("d")]
#[case("-3d")]
#[case("99999999999d")]
#[case("20")]
fn refuses_what_is_no_time(#[case] text: &str) {
    assert_eq!(time(text, now(), &TimeZone::UTC), None);
}

#[test]
fn a_day_begins_where_the_person_is() {
    let zone = TimeZone::get("America/New_York").unwrap();
    assert_eq!(time("today", now(), &zone), Some("2026-11-18T05:00:00Z".parse().unwrap()));
}

#[rstest]
#[case("dana", Some("Dana Whitfield"), "+12025550147", true)]
#[case("whit", Some("Dana Whitfield"), "+12025550147", true)]
#[case("ana", Some("Dana Whitfield"), "+12025550147", false)]
#[case("dána w", Some("Dana Whitfield"), "+12025550147", true)]
#[case("0147", None, "+12025550147", true)]
#[case("(202) 555-0147", Some("Dana"), "+12025550147", true)]
#[case("0148", None, "+12025550147", false)]
#[case("mybank", None, "MYBANK", true)]
#[case("me", Some("Me Too"), "+12025550147", false)]
fn parties_are_told(#[case] typed: &str, #[case] name: Option<&str>, #[case] address: &str, #[case] is: bool) {
    assert_eq!(Party::new(typed).unwrap().is(name, address), is);
}

proptest! {
    #[test]
    fn anything_can_be_typed(text in "[a-z:\"* 0-9é\\-]{0,40}|\\PC{0,40}", typing in any::<bool>()) {
        let query = parse(&text, typing, now(), &TimeZone::UTC);
        prop_assert!(query.terms.iter().all(|term| !term.words.is_empty()));
        let phrase = Query::phrase(&text);
        prop_assert!(phrase.terms.len() <= 1);
    }
}

#[rstest]
#[case("202\u{2011}555\u{a0}0147", Some("2025550147"))]
#[case("\u{200e}+1 (202)\u{2007}555", Some("1202555"))]
#[case("٠١٤٧", Some("0147"))]
#[case("+44 (0)20 79", Some("442079"))]
#[case("011 44 20 7946 0000", Some("442079460000"))]
#[case("tel:+12025550147", Some("12025550147"))]
#[case("0147", Some("0147"))]
#[case("14", None)]
#[case("0147a", None)]
fn digits_are_found_in_any_spelling(#[case] typed: &str, #[case] digits: Option<&str>) {
    assert_eq!(phone::digits_of_part(typed).as_deref(), digits);
}

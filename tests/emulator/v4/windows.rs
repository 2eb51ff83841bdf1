//! From when to when the journal searches (section 7).

use jiff::{SignedDuration, Timestamp};
use mctui::emulator::{Dialect, Options, WindowLimit};
use reqwest::Method;
use rstest::rstest;

use super::journal::ALL;
use super::{Signed, refusal};
use crate::client::now;

const MONTH: SignedDuration = SignedDuration::from_hours(31 * 24);

fn near(told: &serde_json::Value, expected: Timestamp) -> bool {
    let told: Timestamp = told.as_str().unwrap().parse().unwrap();
    told.duration_since(expected).abs() < SignedDuration::from_mins(1)
}

#[tokio::test]
async fn a_month_back_from_now_is_searched_without_from() {
    let signed = Signed::demo().await;
    let counts = signed.get("/journal/requests/counts").await;
    assert!(near(&counts["from"], now() - MONTH) && near(&counts["to"], now()), "{counts}");
    let all = signed.emulator().messages(None);
    let lately = all.iter().filter(|message| message.at >= now() - MONTH).count();
    assert!(lately < 1_000 && counts["records"].as_u64() == u64::try_from(lately).ok(), "{counts} {lately}");
    assert_eq!(signed.list("pageSize=1000").await.len(), lately);
    // so a walk backwards by `to` alone ends early
    let before = now() - MONTH - SignedDuration::from_hours(1);
    assert_eq!(signed.list(&format!("to={before}")).await.len(), 0);
    assert_eq!(signed.list(&format!("to={before}&{ALL}")).await.len(), 100);
}

#[tokio::test]
async fn an_account_may_search_all_of_it() {
    let dialect = Dialect { default_days: None, ..Dialect::v4() };
    let signed = Signed::to(Options::default().speaking(dialect)).await;
    assert_eq!(signed.get("/journal/requests/counts").await["records"], 2_000);
}

#[rstest]
#[case::list(true, false)]
#[case::counts(false, true)]
#[case::both(true, true)]
#[tokio::test]
async fn a_window_that_is_too_long_is_refused(#[case] list: bool, #[case] counts: bool) {
    let limit = |limited| if limited { WindowLimit::Refused { days: 31 } } else { WindowLimit::None };
    let dialect = Dialect { list_window: limit(list), counts_window: limit(counts), ..Dialect::v4() };
    let signed = Signed::to(Options::default().speaking(dialect)).await;
    let long = format!("from={}", now() - MONTH - SignedDuration::from_mins(1));
    let short = format!("from={}", now() - MONTH + SignedDuration::from_mins(1));
    let earlier = format!("from={}&to={}", now() - MONTH - MONTH, now() - MONTH);
    for (path, limited) in [("/journal/requests", list), ("/journal/requests/counts", counts)] {
        let answer = signed.ask(Method::GET, &format!("{path}?{long}")).await;
        assert_eq!(answer.status(), if limited { 400 } else { 200 });
        if limited {
            let (_, code, body) = refusal(answer).await;
            assert_eq!(code, "InvalidParameters");
            let told = body["message"].as_str().unwrap();
            assert!(told.contains("from") && told.contains("to") && told.contains("31"), "{told}");
        }
        for query in [&short, &earlier, ""] {
            assert_eq!(signed.ask(Method::GET, &format!("{path}?{query}")).await.status(), 200, "{query}");
        }
    }
}

#[rstest]
#[case(Some(31), 10, 10)]
#[case(Some(10), 31, 10)]
#[case(None, 20, 20)]
#[tokio::test]
async fn the_window_without_from_is_never_too_long(
    #[case] default_days: Option<u16>,
    #[case] most: u16,
    #[case] days: i64,
) {
    for limit in [WindowLimit::Refused { days: most }, WindowLimit::Clipped { days: most }] {
        let dialect = Dialect { default_days, counts_window: limit, ..Dialect::v4() };
        let counts = Signed::empty(dialect).await.get("/journal/requests/counts").await;
        assert!(near(&counts["from"], now() - SignedDuration::from_hours(24 * days)), "{counts}");
    }
}

#[tokio::test]
async fn a_window_that_is_too_long_may_be_clipped_without_a_word() {
    let limit = WindowLimit::Clipped { days: 10 };
    let dialect = Dialect { list_window: limit, counts_window: limit, ..Dialect::v4() };
    let signed = Signed::to(Options::default().speaking(dialect)).await;
    let to = now() - MONTH;
    let earliest = to - SignedDuration::from_hours(240);
    let counts = signed.get(&format!("/journal/requests/counts?{ALL}&to={to}")).await;
    assert!(near(&counts["from"], earliest) && near(&counts["to"], to), "{counts}");
    let all = signed.emulator().messages(None);
    let within = all.iter().filter(|message| message.at >= earliest && message.at <= to).count();
    assert_eq!(signed.list(&format!("{ALL}&to={to}&pageSize=1000")).await.len(), within);
}

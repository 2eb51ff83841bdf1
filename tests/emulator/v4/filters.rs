//! What the list and the counts are asked for (section 7).

use mctui::emulator::{BusinessNumberForm, Dialect, NumberList, Options, Stored};
use mctui::model::Direction;
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::journal::ALL;
use super::{OURS, OURS_TOO, Signed, THEIRS, refusal};

#[tokio::test]
async fn filters_narrow_the_list_and_the_counts_alike() {
    let signed = Signed::demo().await;
    let all = signed.emulator().messages(None);
    let of = |number: &str| all.iter().filter(|message| message.number.as_str() == number).count();
    let with = |contact: &str| all.iter().filter(|message| message.contact.as_str() == contact).count();
    let inbound = all.iter().filter(|message| message.direction == Direction::Inbound).count();
    let dana_on_first = |message: &&Stored| message.number.as_str() == OURS && message.contact.as_str() == THEIRS;
    let old = |message: &&Stored| message.at <= all[1_000].at;
    for (query, expected) in [
        (String::new(), 2_000),
        ("businessNumber=12025550102".to_owned(), of(OURS_TOO)),
        ("businessNumber=12025550101,12025550102".to_owned(), of(OURS) + of(OURS_TOO)),
        ("businessNumber=12025550177".to_owned(), 0),
        ("phone=%2B12025550147".to_owned(), with(THEIRS)),
        ("phone=%2B12025550147,72345".to_owned(), with(THEIRS) + with("72345")),
        ("phone=PARTSHUB".to_owned(), with("PARTSHUB")),
        ("phone=%2B12025550100".to_owned(), 0),
        ("phone=%2B12025550147&businessNumber=12025550101".to_owned(), all.iter().filter(dana_on_first).count()),
        ("origin=inbound".to_owned(), inbound),
        ("origin=inbound,outbound".to_owned(), 2_000),
        ("origin=callback".to_owned(), 0),
        ("origin=All&type=Message".to_owned(), 2_000),
        ("type=call,voicemail".to_owned(), 0),
        ("type=call,message".to_owned(), 2_000),
        ("type=MessageThread".to_owned(), 0),
        ("state=message".to_owned(), 2_000),
        ("state=Missed".to_owned(), 0),
        ("inbound=voiceMail&isRead=false".to_owned(), 2_000 - inbound),
        ("outbound=All&inbound=Missed".to_owned(), 2_000 - inbound),
        ("email=demo@example.com".to_owned(), 0),
        ("wfState=All".to_owned(), 2_000),
        ("wfState=Resolved".to_owned(), 0),
        ("searchText=whitfield".to_owned(), with(THEIRS)),
        ("searchText=whitfield&searchProperty=BusinessNumber".to_owned(), 0),
        (format!("searchText=Scheduling&searchProperty=businessnumber&{ALL}"), of(OURS_TOO)),
        (format!("to={}", all[1_000].at), all.iter().filter(old).count()),
        (format!("latest={}", all[1_000].at), all.iter().filter(old).count()),
    ] {
        let counts = signed.get(&format!("/journal/requests/counts?{ALL}&{query}")).await;
        assert_eq!(counts["records"], expected, "{query}");
        let listed = signed.list(&format!("{ALL}&{query}&pageSize=1000")).await;
        assert_eq!(listed.len(), expected.min(1_000), "{query}");
    }
    let open = signed.get(&format!("/journal/requests/counts?{ALL}&wfState=Open")).await["records"].as_u64().unwrap();
    let finished = signed.get(&format!("/journal/requests/counts?{ALL}&wfState=Finished")).await["records"].as_u64();
    assert!(open > 0 && finished.is_some_and(|finished| finished + open == 2_000));
}

#[rstest]
#[case("someUnknownFilter=x", "FilterParamsMalformed")]
#[case("dateFrom=2026-01-01&requestType=Message", "FilterParamsMalformed")]
#[case("type=nonsense", "InvalidParameters")]
#[case("origin=Incoming", "InvalidParameters")]
#[case("state=Read", "InvalidParameters")]
#[case("wfState=Closed", "InvalidParameters")]
#[case("from=yesterday", "InvalidParameters")]
#[case("to=tomorrow", "InvalidParameters")]
#[case("isRead=false", "InvalidParameters")]
#[case("isRead=maybe&inbound=voiceMail", "InvalidParameters")]
#[case("searchText=x&searchProperty=Text", "InvalidParameters")]
#[case("businessNumber=%2B12025550101", "InvalidParameters")]
#[case("businessNumber=2025550101", "InvalidParameters")]
#[case("businessNumber=12025550101,+12025550102", "InvalidParameters")]
#[case("phone=12025550147", "InvalidParameters")]
#[case("phone=+12025550147", "InvalidParameters")]
#[tokio::test]
async fn what_is_no_filter_is_refused(#[case] query: &str, #[case] code: &str) {
    let signed = Signed::demo().await;
    for path in ["/journal/requests", "/journal/requests/counts"] {
        let (status, told, body) = refusal(signed.ask(Method::GET, &format!("{path}?{query}")).await).await;
        assert_eq!((status, told.as_str()), (400, code), "{path}?{query}");
        if code == "FilterParamsMalformed" {
            let first = query.split('=').next().unwrap();
            assert_eq!(body["data"]["unsupportedFilters"][0], first);
        }
    }
}

#[rstest]
#[case("page=0")]
#[case("page=x")]
#[case("pageSize=0")]
#[case("pageSize=1001")]
#[case("reverse=yes")]
#[case("resolveContacts=1")]
#[case("showUsers=on")]
#[tokio::test]
async fn paging_is_of_the_list_alone_and_within_limits(#[case] query: &str) {
    let signed = Signed::demo().await;
    assert_eq!(refusal(signed.ask(Method::GET, &format!("/journal/requests?{query}")).await).await.0, 400);
    let (status, code, body) =
        refusal(signed.ask(Method::GET, &format!("/journal/requests/counts?{query}")).await).await;
    assert_eq!((status, code.as_str()), (400, "FilterParamsMalformed"));
    assert_eq!(body["data"]["unsupportedFilters"], json!([query.split('=').next().unwrap()]));
}

#[rstest]
#[case("%2B12025550102")]
#[case("2025550102")]
#[case("12025550102")]
#[tokio::test]
async fn a_lenient_account_takes_its_numbers_in_any_form(#[case] number: &str) {
    let dialect = Dialect { business_number: BusinessNumberForm::Any, ..Dialect::v4() };
    let signed = Signed::to(Options::default().speaking(dialect)).await;
    assert!(!signed.list(&format!("businessNumber={number}")).await.is_empty());
}

#[rstest]
#[case(NumberList::Accepted, 200, true)]
#[case(NumberList::Refused, 400, false)]
#[case(NumberList::Unknown, 200, false)]
#[tokio::test]
async fn several_numbers_are_as_the_dialect_has_them(
    #[case] list: NumberList,
    #[case] status: u16,
    #[case] found: bool,
) {
    let dialect = Dialect { business_number_list: list, ..Dialect::v4() };
    let signed = Signed::to(Options::default().speaking(dialect)).await;
    let answer = signed.ask(Method::GET, "/journal/requests?businessNumber=12025550101,12025550102").await;
    assert_eq!(answer.status(), status);
    let records = crate::client::json(answer).await["requests"].as_array().is_some_and(|records| !records.is_empty());
    assert_eq!(records, found);
    assert!(!signed.list("businessNumber=12025550101").await.is_empty(), "one number is always taken");
}

//! Questions to the journal as the description has them, and what is done where an account refuses a part of one.

use mctui::api::{HistoryAsk, Kind, NumberForm};
use mctui::model::{Address, Road};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::*;

const JOURNAL: &str = "/api/journal/requests";
const COUNTS: &str = "/api/journal/requests/counts";
const ALSO_OURS: &str = "+12025550109";

fn digits(contact: Option<&str>) -> HistoryAsk {
    HistoryAsk {
        numbers: [OURS, ALSO_OURS].map(|number| Address::parse(number).unwrap()).to_vec(),
        form: NumberForm::Digits,
        contact: contact.map(|contact| Address::parse(contact).unwrap()),
        ..ask()
    }
}

fn none() -> ResponseTemplate {
    ok(json!({"currentPage": 1, "requests": []}))
}

fn refusal(filters: &[&str]) -> ResponseTemplate {
    ResponseTemplate::new(400).set_body_json(json!({
        "errorCode": "FilterParamsMalformed", "message": "Not supported.", "data": {"unsupportedFilters": filters}}))
}

/// The query of the last request, as it went over the wire.
async fn last_query(server: &MockServer) -> String {
    let requests = server.received_requests().await.unwrap();
    requests.last().unwrap().url.query().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn one_question_is_about_several_numbers_and_one_contact() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(method("GET")).and(path(JOURNAL)).respond_with(none()).expect(1).mount(&server).await;
    let (client, _) = client(&server.uri());
    client.history(&oauth(), &digits(Some(THEIRS))).await.unwrap();
    let query = last_query(&server).await;
    assert!(query.contains("phone=%2B12025550142"), "a bare plus would be a blank: {query}");
    for part in [
        "type=Message%2CMessageThread",
        "origin=All",
        "businessNumber=12025550100%2C12025550109",
        "from=20",
        "page=1",
        "pageSize=2",
        "resolveContacts=true",
        "showUsers=true",
    ] {
        assert!(query.split('&').any(|pair| pair.starts_with(part)), "{part} in {query}");
    }
    assert!(!query.contains("to="), "{query}");
}

#[rstest]
#[case::several(None)]
#[case::contact(Some(THEIRS))]
#[tokio::test]
async fn such_a_question_never_goes_to_the_message_list(#[case] contact: Option<&str>) {
    let server = MockServer::start().await;
    Mock::given(path("/contactcenter/message")).respond_with(ok(json!([record(1)]))).expect(0).mount(&server).await;
    let (client, _) = client(&server.uri());
    let ask = match contact {
        Some(_) => HistoryAsk { numbers: digits(None).numbers[..1].to_vec(), ..digits(contact) },
        None => digits(None),
    };
    let error = client.history(&number_key(), &ask).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NoPath);
    assert!(!error.to_string().contains("contactcenter"), "{error}");
}

#[rstest]
#[case::contacts(&["resolveContacts"], "without resolveContacts")]
#[case::several(&["showUsers", "resolveContacts"], "without resolveContacts, showUsers")]
#[case::threads(&["type"], "without MessageThread")]
#[tokio::test]
async fn what_is_refused_is_left_out_and_never_asked_again(#[case] filters: &[&str], #[case] remembered: &str) {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let mut fine = Mock::given(path(JOURNAL));
    for filter in filters {
        fine = match *filter {
            "type" => fine.and(query_param("type", "Message")),
            name => fine.and(query_param_is_missing(name)),
        };
    }
    fine.respond_with(none()).with_priority(1).mount(&server).await;
    Mock::given(path(JOURNAL)).respond_with(refusal(filters)).expect(1).mount(&server).await;
    let (first, memory) = client(&server.uri());
    for _ in 0..2 {
        first.history(&oauth(), &digits(None)).await.unwrap();
    }
    assert_eq!(memory.route("journal options/oauth").as_deref(), Some(remembered));
    let later = client_with(&server.uri(), &memory, timings());
    later.history(&oauth(), &digits(None)).await.unwrap();
    assert_eq!(hits(&server, JOURNAL).await, 4, "one question too many, once");
}

#[rstest]
#[case(&["businessNumber"])]
#[case(&["from", "to", "phone", "page", "pageSize"])]
#[tokio::test]
async fn what_says_what_is_asked_for_is_not_left_out(#[case] filters: &[&str]) {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path(JOURNAL)).respond_with(refusal(filters)).expect(1).mount(&server).await;
    let (client, memory) = client(&server.uri());
    let error = client.history(&oauth(), &digits(None)).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Refused, Some("FilterParamsMalformed")));
    assert_eq!(error.unsupported_filters(), filters);
    assert_eq!(error.words(), Some(format!("Not supported. not supported: {}", filters.join(", ")).as_str()));
    assert_eq!(memory.route("journal options/oauth"), None);
}

#[tokio::test]
async fn an_account_that_refuses_for_ever_is_not_asked_for_ever() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path(JOURNAL)).respond_with(refusal(&["resolveContacts"])).expect(2).mount(&server).await;
    let (client, _) = client(&server.uri());
    assert_eq!(client.history(&oauth(), &digits(None)).await.unwrap_err().kind(), Kind::Refused);
}

#[tokio::test]
async fn a_code_beside_404_is_an_answer_and_no_missing_path() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let gone = json!({"errorCode": "RequestIsNotFound", "message": "No such request."});
    Mock::given(path(JOURNAL)).respond_with(ResponseTemplate::new(404).set_body_json(gone)).mount(&server).await;
    let (client, memory) = client(&server.uri());
    let error = client.history(&oauth(), &digits(None)).await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.code()), (Kind::Refused, Some(404), Some("RequestIsNotFound")));
    assert_eq!(memory.spent(), 2, "the token, and one path");
}

#[tokio::test]
async fn a_page_for_people_is_no_journal() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let page = ResponseTemplate::new(200).set_body_string("<!doctype html><title>MightyCall</title>");
    Mock::given(path(JOURNAL)).respond_with(page.clone()).mount(&server).await;
    Mock::given(path("/journal/requests")).respond_with(none()).mount(&server).await;
    let (client, memory) = client(&server.uri());
    client.history(&oauth(), &digits(None)).await.unwrap();
    assert_eq!(memory.route("history/oauth").as_deref(), Some("/journal/requests"));

    // where it was, it is not looked for elsewhere: this passes, or a person has to see it
    server.reset().await;
    give_tokens(&server).await;
    Mock::given(path("/journal/requests")).respond_with(page).expect(1).mount(&server).await;
    assert_eq!(client.history(&oauth(), &digits(None)).await.unwrap_err().kind(), Kind::Unreadable);
    assert_eq!(hits(&server, JOURNAL).await, 0);
}

#[tokio::test]
async fn a_text_that_speaks_of_pages_is_none() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let record = json!({"id": 1, "type": "Message", "created": "2026-01-02T03:04:05Z", "businessNumber": OURS,
        "client": {"address": THEIRS}, "text": "<html><head></head><body>hi</body></html>"});
    Mock::given(path(JOURNAL)).respond_with(ok(json!({"requests": [record]}))).mount(&server).await;
    let (client, _) = client(&server.uri());
    assert_eq!(client.history(&oauth(), &digits(None)).await.unwrap().records.len(), 1);
}

#[tokio::test]
async fn where_every_path_is_a_page_the_page_is_told() {
    let server = MockServer::start().await;
    let page = ResponseTemplate::new(200).set_body_string("<html><title>Sign in</title></html>");
    Mock::given(method("GET")).respond_with(page).mount(&server).await;
    let (client, memory) = client(&server.uri());
    let error = client.history(&number_key(), &ask()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unreadable);
    assert!(error.to_string().contains("titled Sign in"), "{error}");
    assert_eq!(memory.spent(), 4);
    assert!(memory.routes.lock().unwrap().is_empty(), "a page is nothing to remember a path by");
}

#[rstest]
#[case::bare(json!({"records": 7, "from": "2026-01-01T00:00:00Z", "to": "2026-02-01T00:00:00Z"}))]
#[case::in_data(json!({"isSuccess": true, "data": {"records": "7", "from": "2026-01-01T00:00:00Z"}}))]
#[tokio::test]
async fn counts_with_the_same_filters(#[case] answer: Value) {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path(COUNTS))
        .and(query_param("type", "Message,MessageThread"))
        .and(query_param("origin", "All"))
        .and(query_param("businessNumber", "12025550100,12025550109"))
        .and(query_param("to", "2026-02-01T00:00:00Z"))
        .and(query_param_is_missing("page"))
        .and(query_param_is_missing("pageSize"))
        .and(query_param_is_missing("resolveContacts"))
        .and(query_param_is_missing("showUsers"))
        .respond_with(ok(answer))
        .expect(1)
        .mount(&server)
        .await;
    let (client, memory) = client(&server.uri());
    let ask = HistoryAsk { until: Some("2026-02-01T00:00:00Z".parse().unwrap()), ..digits(None) };
    let counts = client.counts(&oauth(), &ask).await.unwrap();
    assert_eq!((counts.records, counts.from), (7, Some("2026-01-01T00:00:00Z".parse().unwrap())));
    assert_eq!(memory.route("counts/oauth").as_deref(), Some(COUNTS));
}

#[tokio::test]
async fn an_account_may_have_no_counts() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let (client, _) = client(&server.uri());
    assert_eq!(client.counts(&oauth(), &digits(None)).await.unwrap_err().kind(), Kind::NoPath);
}

#[tokio::test]
async fn names_and_notes_come_with_a_page() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let record = json!({
        "id": "6650a1b2c3d4e5f601234567", "requestGuid": "1f0e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", "type": "message",
        "origin": "inbound", "created": "2026-01-02T03:04:05Z", "businessNumber": {"number": OURS},
        "client": {"address": THEIRS, "resolvedContacts": [{"firstName": "Dana", "lastName": "Reyes"}]},
        "text": "hi", "read": false, "wfstate": null});
    Mock::given(path(JOURNAL)).respond_with(ok(json!({"requests": [record]}))).mount(&server).await;
    let (client, _) = client(&server.uri());
    let page = client.history(&oauth(), &digits(None)).await.unwrap();
    assert_eq!((page.road, page.records.len()), (Road::Journal, 1));
    let sided = page.records[0].sides(&digits(None).numbers, &digits(None).numbers[0]);
    assert_eq!(sided.contact.name.as_deref(), Some("Dana Reyes"));
    assert_eq!(page.records[0].notes.read, Some(false));
}

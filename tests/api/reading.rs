//! History and lists: every shape, paging, retries, paths, redirects.

use std::time::Duration;

use jiff::Timestamp;
use mctui::api::{Client, HistoryAsk, HistoryPage, Kind, More, NumberForm, Timings};
use mctui::config::BaseUrl;
use mctui::model::{Address, Direction, Road};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::{header, method, path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::*;

const JOURNAL: &str = "/api/journal/requests";
const BARE_JOURNAL: &str = "/journal/requests";
const LIST: &str = "/contactcenter/message";

fn position(page: &HistoryPage) -> mctui::api::Position {
    match &page.more {
        More::Yes(position) | More::Perhaps(position) => position.clone(),
        More::No => panic!("the end"),
    }
}

fn journal_record(id: u32) -> Value {
    json!({"id": id, "type": "Message", "created": "2026-01-02T03:04:05Z", "businessNumber": {"number": OURS},
        "client": {"address": THEIRS, "name": "Dana"}, "direction": "Incoming", "textModel": {"text": "hi"}})
}

#[tokio::test]
async fn with_a_numbers_key_the_message_list_is_read_to_its_end() {
    let server = MockServer::start().await;
    let pages = [json!([record(1), record(2)]), json!([record(3)]), json!([])];
    for (offset, records) in [0, 2, 3].into_iter().zip(pages) {
        Mock::given(method("GET"))
            .and(path(LIST))
            .and(header("x-api-key", NUMBER_KEY))
            .and(query_param("phoneNumber", OURS))
            .and(query_param("limit", "2"))
            .and(query_param("offset", offset.to_string().as_str()))
            .respond_with(ok(records))
            .expect(1)
            .mount(&server)
            .await;
    }
    let (client, memory) = client(&server.uri());
    let first = client.history(&number_key(), &ask()).await.unwrap();
    assert_eq!((first.road, first.records.len(), first.received), (Road::MessageList, 2, 2));
    let sided = first.records[0].sides(&[], &ask().numbers[0]);
    assert_eq!((sided.contact.address.as_str(), sided.direction), (THEIRS, Direction::Inbound));
    let second = HistoryAsk { position: Some(position(&first)), ..ask() };
    let second = client.history(&number_key(), &second).await.unwrap();
    assert!(matches!(second.more, More::Yes(_)), "a short page is not the end here");
    let third = HistoryAsk { position: Some(position(&second)), ..ask() };
    assert_eq!(client.history(&number_key(), &third).await.unwrap().more, More::No);
    assert_eq!(memory.route("history/number-key").as_deref(), Some(LIST));
}

#[tokio::test]
async fn with_oauth_the_journal_is_read() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let answer = json!({"isSuccess": true, "data": {"requests": [
        journal_record(1), {"type": "Call", "id": 2}, {"type": "Message", "id": 3}, {"type": "MessageThread"}]}});
    Mock::given(method("GET"))
        .and(path(JOURNAL))
        .and(query_param("type", "Message,MessageThread"))
        .and(query_param("origin", "All"))
        .and(query_param("page", "1"))
        .and(query_param("pageSize", "100"))
        .and(query_param("from", "2026-01-01T00:00:00Z"))
        .and(query_param("to", "2026-02-01T00:00:00Z"))
        .and(query_param("businessNumber", "2025550100"))
        .respond_with(ok(answer))
        .expect(1)
        .mount(&server)
        .await;
    let (client, memory) = client(&server.uri());
    let ask = HistoryAsk {
        form: NumberForm::National,
        since: Some("2026-01-01T00:00:00.9Z".parse().unwrap()),
        until: Some("2026-01-31T23:59:59.1Z".parse().unwrap()),
        page_size: 100,
        ..ask()
    };
    let page = client.history(&oauth(), &ask).await.unwrap();
    assert_eq!((page.road, page.records.len(), page.unreadable, page.received), (Road::Journal, 1, 1, 4));
    assert!(matches!(page.more, More::Perhaps(_)));
    assert_eq!(page.records[0].remote_id.as_deref(), Some("1"));
    assert_eq!(memory.route("history/oauth").as_deref(), Some(JOURNAL));
}

#[tokio::test]
async fn without_filter_no_number_is_named() {
    let server = MockServer::start().await;
    Mock::given(path(LIST))
        .and(query_param_is_missing("phoneNumber"))
        .respond_with(ok(json!([])))
        .expect(1)
        .mount(&server)
        .await;
    let (client, _) = client(&server.uri());
    client.history(&number_key(), &HistoryAsk { form: NumberForm::Any, ..ask() }).await.unwrap();
}

#[tokio::test]
async fn each_scheme_finds_the_others_road_where_its_own_is_missing() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path(LIST)).respond_with(ok(json!({"items": [record(1)], "total": 1}))).mount(&server).await;
    let (with_list, _) = client(&server.uri());
    let page = with_list.history(&oauth(), &ask()).await.unwrap();
    assert_eq!((page.road, page.total, page.more), (Road::MessageList, Some(1), More::No));

    let server = MockServer::start().await;
    Mock::given(path(BARE_JOURNAL)).respond_with(ok(json!({"requests": [journal_record(1)]}))).mount(&server).await;
    let (with_journal, _) = client(&server.uri());
    let page = with_journal.history(&number_key(), &ask()).await.unwrap();
    assert_eq!((page.road, page.records.len()), (Road::Journal, 1));
}

#[rstest]
#[case("", "")]
#[case("/v4", "/v4")]
#[case("/v4/", "/v4")]
#[case("/v4/api", "/v4")]
#[case("/v4/API/", "/v4")]
#[tokio::test]
async fn any_spelling_of_the_base_finds_all_without_a_wrong_guess(#[case] base: &str, #[case] real: &str) {
    let server = MockServer::start().await;
    let at = |path: &str| format!("{real}{path}");
    Mock::given(path(at("/auth/token"))).respond_with(token_answer()).expect(1).mount(&server).await;
    let none = ok(json!({"currentPage": 1, "requests": []}));
    Mock::given(path(at("/api/journal/requests"))).respond_with(none).expect(1).mount(&server).await;
    Mock::given(path(at("/api/phonenumbers"))).respond_with(ok(json!([]))).expect(1).mount(&server).await;
    let (client, memory) = client(&format!("{}{base}", server.uri()));
    client.history(&oauth(), &ask()).await.unwrap();
    client.phone_numbers(&oauth()).await.unwrap();
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
    assert_eq!(memory.route("token/oauth").as_deref(), Some("/auth/token"));
}

#[tokio::test]
async fn a_prefix_found_once_orders_the_rest() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path(BARE_JOURNAL)).respond_with(ok(json!({"requests": []}))).mount(&server).await;
    Mock::given(path("/phonenumbers")).respond_with(ok(json!([]))).mount(&server).await;
    let (client, _) = client(&server.uri());
    client.history(&oauth(), &ask()).await.unwrap();
    client.phone_numbers(&oauth()).await.unwrap();
    assert_eq!((hits(&server, JOURNAL).await, hits(&server, "/api/phonenumbers").await), (1, 0));
}

#[tokio::test]
async fn a_path_that_went_away_is_looked_for_again() {
    let server = MockServer::start().await;
    Mock::given(path(LIST)).respond_with(ok(json!([]))).expect(1).mount(&server).await;
    let memory = Ledger::with_limit(100);
    memory.routes.lock().unwrap().push(("history/number-key".to_owned(), BARE_JOURNAL.to_owned()));
    let client = client_with(&server.uri(), &memory, timings());
    client.history(&number_key(), &ask()).await.unwrap();
    assert_eq!(memory.route("history/number-key").as_deref(), Some(LIST));
    assert_eq!(server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn where_there_is_no_path_all_that_were_tried_are_told() {
    let server = MockServer::start().await;
    let (client, memory) = client(&server.uri());
    let error = client.history(&number_key(), &ask()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NoPath);
    let text = error.to_string();
    assert!(text.contains("message history") && text.contains("/api/journal/requests"), "{text}");
    assert_eq!(memory.spent(), 4);
    assert!(memory.routes.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_404_behind_the_last_page_is_the_end_and_a_path_that_went_is_not() {
    let server = MockServer::start().await;
    let first = Mock::given(path(LIST)).and(query_param("offset", "0")).respond_with(ok(json!([record(1), record(2)])));
    let first = first.mount_as_scoped(&server).await;
    let (client, _) = client(&server.uri());
    let page = client.history(&number_key(), &ask()).await.unwrap();
    let on = HistoryAsk { position: Some(position(&page)), ..ask() };
    let end = client.history(&number_key(), &on).await.unwrap();
    assert_eq!((end.records.len(), end.more, end.road), (0, More::No, Road::MessageList));
    drop(first);
    assert_eq!(client.history(&number_key(), &on).await.unwrap_err().kind(), Kind::NoPath);
}

#[rstest]
#[case::unavailable(ResponseTemplate::new(503))]
#[case::bad_gateway(ResponseTemplate::new(502).set_body_string("<html></html>"))]
#[case::pause(ResponseTemplate::new(429).insert_header("retry-after", "0"))]
#[case::pause_with_date(ResponseTemplate::new(429).insert_header("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"))]
#[case::cut_off(ResponseTemplate::new(200).set_body_string("[{\"id\":"))]
#[tokio::test]
async fn what_passes_is_waited_for(#[case] trouble: ResponseTemplate) {
    let server = MockServer::start().await;
    Mock::given(path(LIST)).respond_with(trouble).up_to_n_times(2).with_priority(1).mount(&server).await;
    Mock::given(path(LIST)).respond_with(ok(json!([record(1)]))).mount(&server).await;
    let (client, memory) = client(&server.uri());
    assert_eq!(client.history(&number_key(), &ask()).await.unwrap().records.len(), 1);
    assert_eq!(memory.spent(), 3, "every try is counted");
}

#[rstest]
#[case::server(ResponseTemplate::new(500).set_body_json(json!({"message": "oops"})), 3, Kind::Server)]
#[case::long_pause(
    ResponseTemplate::new(429).insert_header("retry-after", "3600"), 1, Kind::RateLimited { after: Duration::from_secs(3_600) })]
#[case::refused(ResponseTemplate::new(400), 1, Kind::Refused)]
#[case::forbidden(ResponseTemplate::new(403), 1, Kind::Refused)]
#[case::unauthorised(ResponseTemplate::new(401), 1, Kind::Unauthorised)]
#[case::no_json(ResponseTemplate::new(200).set_body_string("hello"), 1, Kind::Unreadable)]
#[case::cut_off(ResponseTemplate::new(200).set_body_string("[{"), 3, Kind::Unreadable)]
#[case::empty(ResponseTemplate::new(200), 3, Kind::Unreadable)]
#[case::failure(ResponseTemplate::new(200).set_body_json(json!({"isSuccess": false, "errors": ["x"]})), 1, Kind::Refused)]
#[tokio::test]
async fn what_lasts_is_told(#[case] answer: ResponseTemplate, #[case] requests: usize, #[case] kind: Kind) {
    let server = MockServer::start().await;
    Mock::given(path(LIST)).respond_with(answer).mount(&server).await;
    let (client, memory) = client(&server.uri());
    let error = client.history(&number_key(), &ask()).await.unwrap_err();
    assert_eq!(error.kind(), kind);
    assert!(!error.advice().is_empty());
    assert_eq!(server.received_requests().await.unwrap().len(), requests);
    assert!(memory.routes.lock().unwrap().is_empty(), "such an answer is nothing to remember a path by");
}

#[rstest]
#[case::reset(Act::Reset)]
#[case::closed(Act::Close)]
#[case::half(Act::AnswerAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[".to_vec()))]
#[tokio::test]
async fn a_connection_that_breaks_is_made_again(#[case] act: Act) {
    let fine = Act::Answer(response("200 OK", "", &json!([record(1)]).to_string()));
    let server = Raw::start(vec![act.clone(), act, fine]).await;
    let (client, memory) = client(&server.base);
    assert_eq!(client.history(&number_key(), &ask()).await.unwrap().records.len(), 1);
    assert_eq!(memory.spent(), 3);
}

#[tokio::test]
async fn no_answer_in_time_is_told() {
    let server = Raw::start(vec![Act::Hang]).await;
    let client = client_with(&server.base, &Ledger::with_limit(10), Timings { attempts: 2, ..impatient() });
    let error = client.history(&number_key(), &ask()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (Kind::TimedOut, "MightyCall did not answer GET /contactcenter/message in time")
    );
}

#[tokio::test]
async fn an_answer_without_end_is_not_swallowed() {
    let endless = Act::AnswerAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n[".to_vec());
    let server = Raw::start(vec![endless]).await;
    let (client, memory) = client(&server.base);
    let error = client.history(&number_key(), &ask()).await.unwrap_err();
    assert!(error.to_string().contains("32 MiB"), "{error}");
    assert_eq!(memory.spent(), 1);
}

#[tokio::test]
async fn redirects_are_followed_at_home_alone() {
    let server = MockServer::start().await;
    let elsewhere = MockServer::start().await;
    let moved = |to: &str| ResponseTemplate::new(301).insert_header("location", to);
    Mock::given(path("/phonenumbers")).respond_with(moved("/new/phonenumbers?x=1")).mount(&server).await;
    Mock::given(path("/new/phonenumbers"))
        .and(query_param("x", "1"))
        .and(header("x-api-key", NUMBER_KEY))
        .respond_with(ok(json!([])))
        .expect(1)
        .mount(&server)
        .await;
    let away = format!("{}/extensions", elsewhere.uri());
    Mock::given(path("/extensions")).respond_with(moved(&away)).mount(&server).await;
    Mock::given(path(LIST)).respond_with(moved(LIST)).mount(&server).await;
    let (client, memory) = client(&server.uri());
    client.phone_numbers(&number_key()).await.unwrap();
    assert_eq!(memory.spent(), 2, "a redirect followed is a request");
    let error = client.extensions(&number_key()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (Kind::Refused, Some(301)));
    assert!(error.advice().contains("base URL"));
    assert!(elsewhere.received_requests().await.unwrap().is_empty(), "keys stay at home");
    assert_eq!(client.history(&number_key(), &ask()).await.unwrap_err().status(), Some(301), "in a circle");
    assert_eq!(hits(&server, LIST).await, 4);
}

#[tokio::test]
async fn numbers_and_extensions_are_listed() {
    let server = MockServer::start().await;
    let numbers = json!({"isSuccess": true, "data": {"phoneNumbers": [
        {"objectGuid": "g1", "number": "2025550100", "label": "Main", "isEnabled": true},
        {"objectGuid": "g2", "number": "12025550109", "isEnabled": false}, {"number": "?"}, 7], "total": 4}});
    Mock::given(path("/phonenumbers")).respond_with(ok(numbers)).mount(&server).await;
    let extensions = json!([{"id": 1, "extension": "101", "name": "Lee"}, {}]);
    Mock::given(path("/extensions")).respond_with(ok(extensions)).mount(&server).await;
    let (client, _) = client(&server.uri());
    let numbers = client.phone_numbers(&number_key()).await.unwrap();
    let found: Vec<_> = numbers.iter().map(|number| (number.address.as_str(), number.enabled)).collect();
    assert_eq!(found, [(OURS, true), ("+12025550109", false)]);
    let extensions = client.extensions(&number_key()).await.unwrap();
    assert_eq!(extensions.len(), 1);
    assert_eq!((extensions[0].number.as_str(), extensions[0].name.as_deref()), ("101", Some("Lee")));
}

#[tokio::test]
async fn the_services_clock_is_noted() {
    let ahead = Timestamp::now() + jiff::SignedDuration::from_hours(2);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&ahead).unwrap();
    let server = Raw::start(vec![Act::Answer(response("200 OK", &format!("date: {date}\r\n"), "[]"))]).await;
    let (client, _) = client(&server.base);
    assert_eq!(client.clock_offset(), None);
    client.phone_numbers(&number_key()).await.unwrap();
    let offset = client.clock_offset().unwrap();
    assert!((7_200 - 120..=7_201).contains(&offset), "{offset}");
}

#[test]
fn a_client_for_the_real_service_can_be_made() {
    let client = Client::new(BaseUrl::default(), Ledger::with_limit(0), Timings::default()).unwrap();
    assert_eq!(format!("{client:?}"), "Client { base: \"https://ccapi.mightycall.com/v4\", .. }");
    assert_eq!(Address::parse(OURS).unwrap().as_str(), OURS);
}

//! When a text is posted again, on which path, and when never.

use std::time::Duration;

use jiff::Timestamp;
use mctui::api::{Kind, SendOutcome};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::*;
use crate::sending::{not_sent, refused, unconfirmed};

const CENTRE: &str = "/api/contactcenter/messages/send";
const MESSAGES: &str = "/api/messages/send";
const NUMBERS: &str = "/api/phonenumbers";

fn coded(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"errorCode": code, "message": "No."}))
}

fn said(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(json!({"message": message}))
}

async fn described() -> MockServer {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    give_ping(&server).await;
    server
}

async fn posts(server: &MockServer) -> Vec<String> {
    let requests = server.received_requests().await.unwrap();
    let texts = requests.iter().filter(|request| request.method == "POST" && request.url.path() != "/auth/token");
    texts.map(|request| request.url.path().to_owned()).collect()
}

#[tokio::test]
async fn a_first_text_is_one_post_after_one_ping_without_keys() {
    let server = described().await;
    Mock::given(path(CENTRE)).respond_with(ok(json!({"id": "g1"}))).mount(&server).await;
    let (first, memory) = client(&server.uri());
    for _ in 0..2 {
        assert!(matches!(first.send(&oauth(), &outgoing()).await, SendOutcome::Accepted { .. }));
    }
    assert_eq!(posts(&server).await, [CENTRE; 2]);
    assert_eq!(hits(&server, "/api/ping").await, 1);
    let requests = server.received_requests().await.unwrap();
    let ping = requests.iter().find(|request| request.url.path() == "/api/ping").unwrap();
    assert!(!ping.headers.contains_key("x-api-key") && !ping.headers.contains_key("authorization"));
    assert_eq!(memory.spent(), 4, "token, ping and two texts");
    assert_eq!(memory.route("ping/oauth").as_deref(), Some("/api/ping"));

    memory.routes.lock().unwrap().retain(|(name, _)| name == "ping/oauth");
    let later = client_with(&server.uri(), &memory, timings());
    later.send(&oauth(), &outgoing()).await;
    assert_eq!(hits(&server, "/api/ping").await, 1, "what a ping told is remembered");
}

#[tokio::test]
async fn where_something_was_read_no_ping_is_needed() {
    let server = described().await;
    Mock::given(path(NUMBERS)).respond_with(ok(json!([]))).mount(&server).await;
    Mock::given(path(CENTRE))
        .respond_with(ok(json!({"message": "SMS message sent successfully."})))
        .mount(&server)
        .await;
    let (client, _) = client(&server.uri());
    client.phone_numbers(&oauth()).await.unwrap();
    client.send(&oauth(), &outgoing()).await;
    assert_eq!((hits(&server, "/api/ping").await, posts(&server).await.len()), (0, 1));
}

#[tokio::test]
async fn an_older_edition_is_found_by_its_ping() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let page = ResponseTemplate::new(200).set_body_string("<html><title>MightyCall</title></html>");
    Mock::given(path("/api/ping")).respond_with(page).mount(&server).await;
    Mock::given(path("/ping")).respond_with(ok(json!({"isSuccess": true}))).mount(&server).await;
    Mock::given(path("/messages/send"))
        .respond_with(ok(json!({"message": "SMS message sent successfully."})))
        .mount(&server)
        .await;
    let (client, memory) = client(&server.uri());
    assert!(matches!(client.send(&oauth(), &outgoing()).await, SendOutcome::Accepted { .. }));
    assert_eq!(posts(&server).await, ["/messages/send"]);
    assert_eq!(memory.route("ping/oauth").as_deref(), Some("/ping"));
}

#[tokio::test]
async fn a_silent_ping_is_not_repeated_in_a_run() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path("/api/ping")).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    Mock::given(method("POST")).and(path(CENTRE)).respond_with(said(400, "No.")).mount(&server).await;
    let (client, _) = client(&server.uri());
    for _ in 0..2 {
        refused(client.send(&oauth(), &outgoing()).await);
    }
    assert_eq!((hits(&server, "/api/ping").await, posts(&server).await.len()), (1, 2));
}

#[rstest]
#[case::accepted(ok(json!({"message": "SMS message sent successfully."})), &[CENTRE])]
#[case::not_here(ResponseTemplate::new(404), &[CENTRE, MESSAGES])]
#[case::not_here_as_json(said(404, "No route."), &[CENTRE, MESSAGES])]
#[case::not_here_as_a_page(ResponseTemplate::new(404).set_body_string("<html></html>"), &[CENTRE, MESSAGES])]
#[case::no_such_method(ResponseTemplate::new(405), &[CENTRE, MESSAGES])]
#[case::no_role(coded(403, "TenantAccountRoleIssue"), &[CENTRE, MESSAGES])]
#[case::dead_token(ResponseTemplate::new(401), &[CENTRE, CENTRE])]
#[case::coded_404(coded(404, "RequestIsNotFound"), &[CENTRE])]
#[case::coded_405(coded(405, "X"), &[CENTRE])]
#[case::wrong(said(400, "No."), &[CENTRE])]
#[case::forbidden(said(403, "Failed to send message."), &[CENTRE])]
#[case::no_access(coded(403, "AccessDenied"), &[CENTRE])]
#[case::blocked(said(403, "Daily limit exceeded."), &[CENTRE])]
#[case::blocked_401(said(401, "The API key is blocked."), &[CENTRE])]
#[case::pause(said(429, "Too many requests."), &[CENTRE])]
#[case::failed(ResponseTemplate::new(500), &[CENTRE])]
#[case::gateway(ResponseTemplate::new(502), &[CENTRE])]
#[case::a_page(ResponseTemplate::new(200).set_body_string("<html></html>"), &[CENTRE])]
#[case::elsewhere(ResponseTemplate::new(302).insert_header("location", MESSAGES), &[CENTRE])]
#[tokio::test]
async fn a_text_is_posted_again_after_these_alone(#[case] answer: ResponseTemplate, #[case] expected: &[&str]) {
    let server = described().await;
    Mock::given(path(CENTRE)).respond_with(answer).up_to_n_times(1).with_priority(1).mount(&server).await;
    for wanted in [CENTRE, MESSAGES] {
        Mock::given(path(wanted)).respond_with(ok(json!({"id": "g1"}))).mount(&server).await;
    }
    let (client, _) = client(&server.uri());
    client.send(&oauth(), &outgoing()).await;
    assert_eq!(posts(&server).await, expected);
}

#[tokio::test]
async fn the_path_that_serves_the_role_is_remembered() {
    let server = described().await;
    Mock::given(path(CENTRE)).respond_with(coded(403, "TenantAccountRoleIssue")).expect(1).mount(&server).await;
    Mock::given(path(MESSAGES))
        .respond_with(ok(json!({"message": "SMS message sent successfully."})))
        .expect(2)
        .mount(&server)
        .await;
    let (client, memory) = client(&server.uri());
    for _ in 0..2 {
        assert!(matches!(client.send(&oauth(), &outgoing()).await, SendOutcome::Accepted { .. }));
    }
    assert_eq!(memory.route("send/oauth").as_deref(), Some(MESSAGES));
}

#[rstest]
#[case::both(coded(403, "TenantAccountRoleIssue"))]
#[case::not_there(ResponseTemplate::new(404))]
#[tokio::test]
async fn without_a_role_anywhere_it_is_a_refusal(#[case] sister: ResponseTemplate) {
    let server = described().await;
    Mock::given(path(CENTRE)).respond_with(coded(403, "TenantAccountRoleIssue")).mount(&server).await;
    Mock::given(path(MESSAGES)).respond_with(sister).mount(&server).await;
    let (client, _) = client(&server.uri());
    let error = refused(client.send(&oauth(), &outgoing()).await);
    assert_eq!((error.kind(), error.code()), (Kind::Refused, Some("TenantAccountRoleIssue")));
    assert!(error.plain().contains("no access") && error.advice().contains("admin"), "{}", error.plain());
    assert_eq!(posts(&server).await, [CENTRE, MESSAGES]);
}

#[tokio::test]
async fn whether_the_token_was_to_blame_is_found_out_by_what_is_read_next() {
    let server = described().await;
    Mock::given(path(CENTRE)).respond_with(said(403, "Failed to send message.")).expect(1).mount(&server).await;
    let dead = Mock::given(path(NUMBERS)).respond_with(ResponseTemplate::new(403)).up_to_n_times(1);
    dead.with_priority(1).mount(&server).await;
    Mock::given(path(NUMBERS)).respond_with(ok(json!([]))).mount(&server).await;
    let (client, _) = client(&server.uri());
    assert_eq!(refused(client.send(&oauth(), &outgoing()).await).status(), Some(403));
    assert_eq!(hits(&server, "/auth/token").await, 1);
    client.phone_numbers(&oauth()).await.unwrap();
    assert_eq!(hits(&server, "/auth/token").await, 2);
}

#[tokio::test]
async fn a_refusal_of_reading_costs_one_new_token_until_a_text_is_refused() {
    let server = described().await;
    Mock::given(path(NUMBERS)).respond_with(said(403, "Not for you.")).mount(&server).await;
    Mock::given(path(CENTRE)).respond_with(said(403, "Failed to send message.")).mount(&server).await;
    let (client, _) = client(&server.uri());
    for _ in 0..3 {
        let error = client.phone_numbers(&oauth()).await.unwrap_err();
        assert_eq!((error.kind(), error.words()), (Kind::Refused, Some("Not for you.")));
    }
    assert_eq!((hits(&server, "/auth/token").await, hits(&server, NUMBERS).await), (2, 4));
    refused(client.send(&oauth(), &outgoing()).await);
    client.phone_numbers(&oauth()).await.unwrap_err();
    assert_eq!((hits(&server, "/auth/token").await, hits(&server, NUMBERS).await), (3, 6));
}

#[rstest]
#[case(coded(403, "AccessDenied"))]
#[case(said(403, "Daily limit exceeded."))]
#[tokio::test]
async fn a_403_with_a_reason_is_no_sign_of_a_dead_token(#[case] answer: ResponseTemplate) {
    let server = described().await;
    Mock::given(path(NUMBERS)).respond_with(answer).expect(1).mount(&server).await;
    let (client, _) = client(&server.uri());
    client.phone_numbers(&oauth()).await.unwrap_err();
    assert_eq!(hits(&server, "/auth/token").await, 1);
}

fn in_seconds(seconds: i64) -> String {
    let at = Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    format!("Too many requests. Retry after {} UTC", at.strftime("%Y-%m-%dT%H:%M:%S.0000000"))
}

#[rstest]
#[case::body(&in_seconds(90), None, 85..=90)]
#[case::past(&in_seconds(-90), None, 1..=1)]
#[case::absurd(&in_seconds(86_400 * 365), None, 3_600..=3_600)]
#[case::head("Too many requests.", Some("30"), 30..=30)]
#[case::body_and_head(&in_seconds(90), Some("30"), 85..=90)]
#[case::neither("Too many requests.", None, 60..=60)]
#[tokio::test]
async fn a_pause_is_as_long_as_the_answer_says(
    #[case] message: &str,
    #[case] head: Option<&str>,
    #[case] seconds: std::ops::RangeInclusive<u64>,
) {
    let server = described().await;
    let mut answer = said(429, message);
    if let Some(head) = head {
        answer = answer.insert_header("retry-after", head);
    }
    Mock::given(path(CENTRE)).respond_with(answer).expect(1).mount(&server).await;
    let (client, _) = client(&server.uri());
    match not_sent(client.send(&oauth(), &outgoing()).await).kind() {
        Kind::RateLimited { after } => assert!(seconds.contains(&after.as_secs()), "{after:?}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_pause_counts_by_the_services_own_clock() {
    let body = r#"{"message":"Too many requests. Retry after 2026-01-15T14:30:00.0000000 UTC"}"#;
    let head = "date: Thu, 15 Jan 2026 14:29:20 GMT\r\ncontent-type: application/json\r\n";
    let server = Raw::start(vec![Act::Answer(response("429 Too Many Requests", head, body))]).await;
    let (client, _) = client(&server.base);
    let error = not_sent(client.send(&number_key(), &outgoing()).await);
    assert_eq!(error.kind(), Kind::RateLimited { after: Duration::from_secs(40) });
}

#[rstest]
#[case::blocked(429, json!({"message": "API calls quota exceeded! maximum admitted 2500 per Day."}), Kind::Blocked)]
#[case::blocked_403(403, json!({"message": "Daily limit exceeded."}), Kind::Blocked)]
#[case::blocked_401(401, json!({"message": "The API key is blocked."}), Kind::Blocked)]
#[case::wrong_keys(401, json!({"message": "Unknown key."}), Kind::Unauthorised)]
#[case::refused(403, json!({"message": "Not for you."}), Kind::Refused)]
#[case::coded(403, json!({"errorCode": "ContactsLimitExceeded", "message": "Limit exceeded."}), Kind::Refused)]
#[case::too_fast(429, json!({"message": "Too many requests. Retry after 2999-01-15T14:30:00.0000000 UTC"}),
    Kind::RateLimited { after: Duration::from_secs(3_600) })]
#[tokio::test]
async fn a_blocked_key_is_told_from_wrong_ones_and_from_haste(
    #[case] status: u16,
    #[case] body: Value,
    #[case] kind: Kind,
) {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_json(body);
    Mock::given(path("/phonenumbers")).respond_with(answer).expect(1).mount(&server).await;
    let (client, _) = client(&server.uri());
    let error = client.phone_numbers(&number_key()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (kind, Some(status)));
    assert!(!error.advice().is_empty() && !error.plain().is_empty());
}

#[tokio::test]
async fn what_a_refusal_objects_to_is_told_line_by_line() {
    let server = described().await;
    let body = json!({"message": "The request is invalid.", "modelState": {"model.From": ["Source phone number is required."]}});
    Mock::given(path(CENTRE)).respond_with(ResponseTemplate::new(400).set_body_json(body)).mount(&server).await;
    let (client, _) = client(&server.uri());
    let error = refused(client.send(&oauth(), &outgoing()).await);
    assert_eq!(error.words(), Some("The request is invalid. from: Source phone number is required."));
    assert_eq!((error.objected_fields(), error.code()), (&["From".to_owned()][..], None));
}

#[tokio::test]
async fn a_page_is_no_sent_text() {
    let server = described().await;
    let page = ResponseTemplate::new(200).set_body_string("<!doctype html><title>Welcome</title>");
    Mock::given(path(CENTRE)).respond_with(page).expect(1).mount(&server).await;
    let (client, memory) = client(&server.uri());
    unconfirmed(client.send(&oauth(), &outgoing()).await);
    assert_eq!(memory.route("send/oauth"), None);
}

#[tokio::test]
async fn a_ping_tells_what_is_there() {
    let server = described().await;
    let (client, memory) = client(&server.uri());
    assert_eq!(client.ping(None).await.unwrap(), "/api/ping");
    assert_eq!(memory.spent(), 0, "nobody's budget");
    client.ping(Some(&oauth())).await.unwrap();
    assert_eq!(memory.spent(), 1);

    let empty = MockServer::start().await;
    let (nowhere, _) = crate::common::client(&empty.uri());
    assert_eq!(nowhere.ping(None).await.unwrap_err().kind(), Kind::NoPath);
}

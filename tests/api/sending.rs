//! A text is posted once, and what became of it is told no better than it is known.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mctui::api::{Error, Kind, LastCheck, Purpose, SendOutcome, Timings};
use rstest::rstest;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use wiremock::matchers::{body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::*;

const FIRST: &str = "/contactcenter/message/send";
const SECOND: &str = "/messages/send";
/// Where OAuth begins.
const CENTRE: &str = "/api/contactcenter/messages/send";
const MESSAGES: &str = "/api/messages/send";

pub(crate) fn unconfirmed(outcome: SendOutcome) -> Error {
    match outcome {
        SendOutcome::Unconfirmed(error) => error,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn not_sent(outcome: SendOutcome) -> Error {
    match outcome {
        SendOutcome::NotSent(error) => error,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refused(outcome: SendOutcome) -> Error {
    match outcome {
        SendOutcome::Refused(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn posts_exactly_what_the_service_wants() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path(FIRST))
        .and(header("x-api-key", NUMBER_KEY))
        .and(header("content-type", "application/json"))
        .and(body_json(json!({
            "from": OURS, "to": [THEIRS], "message": "See you at 9 — bring “it” 😀\nLee", "attachments": []})))
        .respond_with(ok(json!({"message": "SMS message sent successfully", "id": "m1"})))
        .expect(1)
        .mount(&server)
        .await;
    let (client, memory) = client(&server.uri());
    let outcome = client.send(&number_key(), &outgoing()).await;
    assert_eq!(outcome, SendOutcome::Accepted { remote_id: Some("m1".to_owned()) });
    assert_eq!(*memory.spent.lock().unwrap(), [(number_key().budget_key(), Purpose::Send)]);
    assert_eq!(memory.route("send/number-key").as_deref(), Some(FIRST));
}

#[tokio::test]
async fn goes_to_the_next_path_where_one_is_not_there_and_remembers() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path(CENTRE)).respond_with(ResponseTemplate::new(405)).expect(1).mount(&server).await;
    Mock::given(path(MESSAGES)).respond_with(ok(json!({"data": {"messageId": 17}}))).expect(2).mount(&server).await;
    let (client, memory) = client(&server.uri());
    for _ in 0..2 {
        let outcome = client.send(&oauth(), &outgoing()).await;
        assert_eq!(outcome, SendOutcome::Accepted { remote_id: Some("17".to_owned()) });
    }
    assert_eq!(memory.route("send/oauth").as_deref(), Some(MESSAGES));
    let purposes: Vec<_> = memory.spent.lock().unwrap().iter().map(|(_, purpose)| *purpose).collect();
    assert_eq!(purposes, [Purpose::Send; 6], "its token and the pings count as sending");
}

#[tokio::test]
async fn a_remembered_path_that_went_away_is_looked_for_again() {
    let server = MockServer::start().await;
    Mock::given(path("/api/messages/send"))
        .respond_with(ok(json!({"message": "SMS message sent successfully."})))
        .mount(&server)
        .await;
    let memory = Ledger::with_limit(100);
    memory.routes.lock().unwrap().push(("send/number-key".to_owned(), SECOND.to_owned()));
    let client = client_with(&server.uri(), &memory, timings());
    let outcome = client.send(&number_key(), &outgoing()).await;
    assert_eq!(outcome, SendOutcome::Accepted { remote_id: None });
    assert_eq!(hits(&server, SECOND).await, 1);
    assert_eq!(memory.route("send/number-key").as_deref(), Some("/api/messages/send"));
}

#[tokio::test]
async fn where_no_path_is_there_nothing_was_sent() {
    let server = MockServer::start().await;
    let gone = ResponseTemplate::new(404).set_body_json(json!({"message": "no such number"}));
    Mock::given(path(SECOND)).respond_with(gone).mount(&server).await;
    let (client, _) = client(&server.uri());
    let error = not_sent(client.send(&number_key(), &outgoing()).await);
    assert_eq!((error.kind(), error.words()), (Kind::NoPath, Some("no such number")));
    assert!(error.to_string().contains("/contactcenter/message/send, /messages/send, "), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 6);
}

#[rstest]
#[case::bad_request(400, json!({"message": "bad number"}), "bad number")]
#[case::forbidden(403, json!({"error": "not enabled for SMS"}), "not enabled for SMS")]
#[case::unprocessable(422, json!({"errors": ["too long"]}), "too long")]
#[case::says_no_in_200(200, json!({"isSuccess": false, "errors": [{"message": "no credit"}]}), "no credit")]
#[tokio::test]
async fn a_refusal_is_told_in_the_services_words(
    #[case] status: u16,
    #[case] body: serde_json::Value,
    #[case] words: &str,
) {
    let server = MockServer::start().await;
    Mock::given(path(FIRST))
        .respond_with(ResponseTemplate::new(status).set_body_json(body))
        .expect(1)
        .mount(&server)
        .await;
    let (client, _) = client(&server.uri());
    let error = refused(client.send(&number_key(), &outgoing()).await);
    assert_eq!((error.kind(), error.status(), error.words()), (Kind::Refused, Some(status), Some(words)));
    assert!(error.to_string().contains("POST /contactcenter/message/send"), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_text_thrown_back_is_not_quoted() {
    let server = MockServer::start().await;
    let body = json!({"message": format!("cannot send: {}", outgoing().text)});
    Mock::given(path(FIRST)).respond_with(ResponseTemplate::new(400).set_body_json(body)).mount(&server).await;
    let (client, _) = client(&server.uri());
    assert_eq!(refused(client.send(&number_key(), &outgoing()).await).words(), Some("cannot send: […]"));
}

#[rstest]
#[case(ResponseTemplate::new(500))]
#[case(ResponseTemplate::new(502).set_body_string("<html><title>Bad Gateway</title></html>"))]
#[case(ResponseTemplate::new(503).insert_header("retry-after", "1"))]
#[case(ResponseTemplate::new(504))]
#[case(ResponseTemplate::new(408))]
#[case(ResponseTemplate::new(200).set_body_string("<!doctype html><title>Welcome</title>"))]
#[case(ResponseTemplate::new(200).set_body_string("{\"id\":\"m1\""))]
#[tokio::test]
async fn what_leaves_doubt_is_never_posted_again(#[case] answer: ResponseTemplate) {
    let server = MockServer::start().await;
    Mock::given(path(FIRST)).respond_with(answer).expect(1).mount(&server).await;
    let (client, memory) = client(&server.uri());
    unconfirmed(client.send(&number_key(), &outgoing()).await);
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
    assert_eq!(memory.spent(), 1);
}

#[rstest]
#[case::seconds("30", 30)]
#[case::none("", 60)]
#[tokio::test]
async fn a_pause_means_not_sent(#[case] retry_after: &str, #[case] after: u64) {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(429).insert_header("retry-after", retry_after);
    Mock::given(path(FIRST)).respond_with(answer).expect(1).mount(&server).await;
    let (client, _) = client(&server.uri());
    let error = not_sent(client.send(&number_key(), &outgoing()).await);
    assert_eq!(error.kind(), Kind::RateLimited { after: Duration::from_secs(after) });
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_a_text() {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(307).insert_header("location", SECOND);
    Mock::given(path(FIRST)).respond_with(answer).expect(1).mount(&server).await;
    Mock::given(path(SECOND))
        .respond_with(ok(json!({"message": "SMS message sent successfully."})))
        .expect(0)
        .mount(&server)
        .await;
    let (client, _) = client(&server.uri());
    assert_eq!(refused(client.send(&number_key(), &outgoing()).await).status(), Some(307));
}

#[tokio::test]
async fn a_token_that_stopped_working_costs_one_more_post_and_no_third() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path(CENTRE))
        .respond_with(ResponseTemplate::new(401))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(path(CENTRE)).respond_with(ok(json!({"id": "m1"}))).mount(&server).await;
    let (fine, _) = client(&server.uri());
    let outcome = fine.send(&oauth(), &outgoing()).await;
    assert_eq!(outcome, SendOutcome::Accepted { remote_id: Some("m1".to_owned()) });
    assert_eq!((hits(&server, CENTRE).await, hits(&server, "/auth/token").await), (2, 2));

    server.reset().await;
    give_tokens(&server).await;
    Mock::given(path(CENTRE)).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let (never, _) = client(&server.uri());
    assert_eq!(refused(never.send(&oauth(), &outgoing()).await).kind(), Kind::Unauthorised);
    assert_eq!((hits(&server, CENTRE).await, hits(&server, "/auth/token").await), (2, 2));
}

#[tokio::test]
async fn a_numbers_key_that_is_refused_is_refused() {
    let server = MockServer::start().await;
    Mock::given(path(FIRST)).respond_with(ResponseTemplate::new(401)).expect(1).mount(&server).await;
    let (client, _) = client(&server.uri());
    assert_eq!(refused(client.send(&number_key(), &outgoing()).await).kind(), Kind::Unauthorised);
}

#[tokio::test]
async fn without_token_or_budget_nothing_is_posted() {
    let server = MockServer::start().await;
    Mock::given(path("/auth/token")).respond_with(ResponseTemplate::new(400)).mount(&server).await;
    Mock::given(path(FIRST))
        .respond_with(ok(json!({"message": "SMS message sent successfully."})))
        .expect(0)
        .mount(&server)
        .await;
    let (no_token, _) = client(&server.uri());
    assert_eq!(not_sent(no_token.send(&oauth(), &outgoing()).await).kind(), Kind::Unauthorised);
    let no_budget = client_with(&server.uri(), &Ledger::with_limit(0), timings());
    assert_eq!(not_sent(no_budget.send(&number_key(), &outgoing()).await).kind(), Kind::OverBudget);
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (client, memory) = client(&base);
    let error = not_sent(client.send(&number_key(), &outgoing()).await);
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(error.to_string().contains("refused"), "{error}");
    assert_eq!(memory.spent(), 1);
}

#[rstest]
#[case::no_tls(Act::Greet(b"220 mail.example ESMTP\r\n".to_vec()))]
#[case::reset(Act::Reset)]
#[case::silence(Act::Hang)]
#[tokio::test]
async fn where_no_secure_connection_comes_about_nothing_was_sent(#[case] act: Act) {
    let server = Raw::start(vec![act]).await;
    let timings = Timings { connect: Duration::from_millis(500), ..timings() };
    let client = client_with(&server.base.replace("http://", "https://"), &Ledger::with_limit(10), timings);
    let error = not_sent(client.send(&number_key(), &outgoing()).await);
    assert_eq!(error.kind(), Kind::Unreachable);
}

#[rstest]
#[case::reset(Act::Reset)]
#[case::closed(Act::Close)]
#[case::half_a_head(Act::AnswerAndClose(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()))]
#[case::half_a_body(Act::AnswerAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":".to_vec()))]
#[case::no_http(Act::AnswerAndClose(b"220 mail.example ESMTP\r\n".to_vec()))]
#[tokio::test]
async fn a_connection_that_breaks_leaves_doubt_and_one_post(#[case] act: Act) {
    let server = Raw::start(vec![act]).await;
    let (client, memory) = client(&server.base);
    unconfirmed(client.send(&number_key(), &outgoing()).await);
    assert_eq!((server.connections(), memory.spent()), (1, 1));
}

#[rstest]
#[case::nothing(Act::Hang)]
#[case::half_a_body(Act::Answer(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":".to_vec()))]
#[tokio::test]
async fn no_answer_in_time_leaves_doubt(#[case] act: Act) {
    let server = Raw::start(vec![act]).await;
    let memory = Ledger::with_limit(10);
    let client = client_with(&server.base, &memory, impatient());
    let error = unconfirmed(client.send(&number_key(), &outgoing()).await);
    assert_eq!(error.kind(), Kind::TimedOut);
    assert_eq!(memory.spent(), 1);
    // none where the time was over before the server came to look
    assert!(server.connections() <= 1);
}

#[tokio::test]
async fn a_status_counts_even_where_the_rest_is_missing() {
    let broken = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 100\r\n\r\n{\"mess".to_vec();
    let server = Raw::start(vec![Act::AnswerAndClose(broken)]).await;
    let (client, _) = client(&server.base);
    assert_eq!(refused(client.send(&number_key(), &outgoing()).await).status(), Some(400));
}

#[tokio::test]
async fn an_answer_without_body_is_an_acceptance() {
    let server = Raw::start(vec![Act::Answer(response("202 Accepted", "", ""))]).await;
    let (client, _) = client(&server.base);
    assert_eq!(client.send(&number_key(), &outgoing()).await, SendOutcome::Accepted { remote_id: None });
}

#[tokio::test]
async fn each_text_has_a_connection_of_its_own() {
    let server = Raw::start(vec![Act::Answer(response("200 OK", "", "{\"id\":\"m1\"}"))]).await;
    let (client, _) = client(&server.base);
    for _ in 0..3 {
        assert!(matches!(client.send(&number_key(), &outgoing()).await, SendOutcome::Accepted { .. }));
    }
    assert_eq!((server.connections(), server.requests()), (3, 3));
}

#[tokio::test]
async fn the_outcomes_can_cross_threads() {
    fn check<T: Send + Sync + 'static>(_: &T) {}
    fn check_future<T: Send>(future: T) -> T {
        future
    }
    let server = MockServer::start().await;
    let (client, _) = client(&server.uri());
    check(&Arc::new(client.clone()));
    let (who, text) = (number_key(), outgoing());
    not_sent(check_future(client.send(&who, &text)).await);
}

/// A check that says this, and how often it was asked.
fn check(answers: &'static [Result<(), &str>]) -> (LastCheck, Arc<AtomicUsize>) {
    let asked = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&asked);
    let check: LastCheck = Arc::new(move || {
        let answer = answers[counted.fetch_add(1, Ordering::SeqCst)];
        Box::pin(async move { answer.map_err(str::to_owned) })
    });
    (check, asked)
}

/// The last word before a POST is had when its connection is there, so that nothing slow comes after it.
#[tokio::test]
async fn what_the_last_check_forbids_does_not_leave() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (client, _) = client(&format!("http://{}", listener.local_addr().unwrap()));
    let (forbids, asked) = check(&[Err("somebody else is sending")]);
    let error = not_sent(client.send_checked(&number_key(), &outgoing(), forbids).await);
    assert!(error.to_string().contains("somebody else is sending"), "{error}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    let (mut connection, _) = listener.accept().await.expect("it was there");
    let mut heard = Vec::new();
    connection.read_to_end(&mut heard).await.unwrap();
    assert!(heard.is_empty(), "{}", String::from_utf8_lossy(&heard));
}

#[tokio::test]
async fn each_post_is_asked_about_and_nothing_else() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path(CENTRE)).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let (client, _) = client(&server.uri());
    let (once, asked) = check(&[Ok(()), Err("somebody else is sending")]);
    not_sent(client.send_checked(&oauth(), &outgoing(), once).await);
    assert_eq!(asked.load(Ordering::SeqCst), 2, "not for the tokens");
    assert_eq!((hits(&server, CENTRE).await, hits(&server, "/auth/token").await), (1, 2));
}

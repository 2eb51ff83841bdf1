//! Tokens: asked for as the service wants it, kept, renewed once, never in a loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use mctui::api::{Client, Credentials, Kind, Memory, NotAllowed, OverBudget, Purpose};
use mctui::config::BaseUrl;
use rstest::rstest;
use serde_json::json;
use wiremock::matchers::{body_string, body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::common::*;

/// Tokens `t1`, `t2`, … with a lifetime that is over at once or never.
struct Counting {
    given: Arc<AtomicUsize>,
    expires_in: f64,
}

impl Respond for Counting {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let n = self.given.fetch_add(1, Ordering::SeqCst) + 1;
        ok(json!({"access_token": format!("t{n}"), "expires_in": self.expires_in, "refresh_token": format!("r{n}")}))
    }
}

pub(crate) async fn count_tokens(server: &MockServer, expires_in: f64) -> Arc<AtomicUsize> {
    let given = Arc::new(AtomicUsize::new(0));
    let responder = Counting { given: given.clone(), expires_in };
    Mock::given(method("POST")).and(path("/auth/token")).respond_with(responder).mount(server).await;
    given
}

#[tokio::test]
async fn a_token_is_asked_for_with_both_keys_and_goes_with_every_request() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/auth/token"))
        .and(header("x-api-key", API_KEY))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string("grant_type=client_credentials&client_id=demo-api-key-11&client_secret=demo-number-key%2F22"))
        .respond_with(token_answer())
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/api/phonenumbers"))
        .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
        .and(header("x-api-key", API_KEY))
        .respond_with(ok(json!([])))
        .expect(2)
        .mount(&server)
        .await;
    let (client, memory) = client(&server.uri());
    client.authorise(&oauth()).await.unwrap();
    client.phone_numbers(&oauth()).await.unwrap();
    client.phone_numbers(&oauth()).await.unwrap();
    assert_eq!(memory.spent(), 3);
    let key = oauth().budget_key();
    assert!(memory.spent.lock().unwrap().iter().all(|(spent, purpose)| *spent == key && *purpose == Purpose::Read));
}

#[tokio::test]
async fn a_numbers_key_goes_alone() {
    let server = MockServer::start().await;
    Mock::given(path("/phonenumbers")).respond_with(ok(json!([]))).mount(&server).await;
    let (client, memory) = client(&server.uri());
    client.authorise(&number_key()).await.unwrap();
    assert_eq!(memory.spent(), 0, "there is nothing to ask");
    client.phone_numbers(&number_key()).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].headers.get("x-api-key").unwrap(), NUMBER_KEY);
    assert!(!requests[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn an_extension_number_signs_in() {
    let server = MockServer::start().await;
    let refusal = json!({"error": "invalid_client", "message": "No user 101 for +1 202 555 0101"});
    Mock::given(path("/auth/token"))
        .and(body_string("grant_type=client_credentials&client_id=demo-api-key-11&client_secret=101"))
        .respond_with(ResponseTemplate::new(400).set_body_json(refusal))
        .mount(&server)
        .await;
    let (client, _) = client(&server.uri());
    let error = client.authorise(&oauth_with("101")).await.unwrap_err();
    assert_eq!(error.words(), Some("No user […] for +1 202 555 0101; invalid_client"));
}

#[tokio::test]
async fn each_numbers_key_has_a_token_of_its_own() {
    let server = MockServer::start().await;
    let given = count_tokens(&server, 86_400.0).await;
    Mock::given(path("/api/phonenumbers")).respond_with(ok(json!([]))).mount(&server).await;
    let (client, _) = client(&server.uri());
    for key in ["demo-one", "demo-two", "demo-one", "demo-two"] {
        client.phone_numbers(&oauth_with(key)).await.unwrap();
    }
    assert_eq!(given.load(Ordering::SeqCst), 2);
    let requests = server.received_requests().await.unwrap();
    let bearers: Vec<_> = requests.iter().filter_map(|request| request.headers.get("authorization")).collect();
    assert_eq!(bearers, ["Bearer t1", "Bearer t2", "Bearer t1", "Bearer t2"]);
}

#[tokio::test]
async fn many_at_once_fetch_one_token() {
    let server = MockServer::start().await;
    let given = count_tokens(&server, 86_400.0).await;
    Mock::given(path("/api/phonenumbers")).respond_with(ok(json!([]))).mount(&server).await;
    let (client, _) = client(&server.uri());
    let who = oauth();
    for result in join_all((0..12).map(|_| client.phone_numbers(&who))).await {
        result.unwrap();
    }
    assert_eq!(given.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn many_at_once_share_a_refusal() {
    let server = MockServer::start().await;
    Mock::given(path("/auth/token"))
        .respond_with(ResponseTemplate::new(401).set_body_json(json!({"error": "invalid_client"})))
        .expect(1)
        .mount(&server)
        .await;
    let (client, _) = client(&server.uri());
    let who = oauth();
    for result in join_all((0..12).map(|_| client.phone_numbers(&who))).await {
        assert_eq!(result.unwrap_err().kind(), Kind::Unauthorised);
    }
}

#[rstest]
#[case(400)]
#[case(401)]
#[case(403)]
#[tokio::test]
async fn wrong_keys_are_told_as_such(#[case] status: u16) {
    let server = MockServer::start().await;
    Mock::given(path("/auth/token"))
        .respond_with(ResponseTemplate::new(status).set_body_json(json!({"error": "invalid_client"})))
        .expect(1)
        .mount(&server)
        .await;
    let (client, _) = client(&server.uri());
    let error = client.authorise(&oauth()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.words()),
        (Kind::Unauthorised, Some(status), Some("invalid_client"))
    );
    assert_eq!(
        error.to_string(),
        format!("MightyCall does not accept the keys: POST /auth/token answered {status}: “invalid_client”")
    );
    assert!(error.advice().contains("settings"));
}

#[tokio::test]
async fn a_token_that_stops_working_is_renewed_once() {
    let server = MockServer::start().await;
    let given = count_tokens(&server, 86_400.0).await;
    Mock::given(path("/api/phonenumbers"))
        .and(header("authorization", "Bearer t1"))
        .respond_with(ResponseTemplate::new(401))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(path("/api/phonenumbers"))
        .and(header("authorization", "Bearer t2"))
        .respond_with(ok(json!([])))
        .expect(2)
        .mount(&server)
        .await;
    let (client, _) = client(&server.uri());
    client.phone_numbers(&oauth()).await.unwrap();
    client.phone_numbers(&oauth()).await.unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_service_that_takes_no_token_is_not_asked_for_ever() {
    let server = MockServer::start().await;
    let given = count_tokens(&server, 86_400.0).await;
    let refusal = ResponseTemplate::new(401).set_body_json(json!({"message": "token revoked"}));
    Mock::given(path("/api/phonenumbers")).respond_with(refusal).expect(2).mount(&server).await;
    let (client, _) = client(&server.uri());
    let error = client.phone_numbers(&oauth()).await.unwrap_err();
    assert_eq!((error.kind(), error.words()), (Kind::Unauthorised, Some("token revoked")));
    assert_eq!(given.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_token_at_its_end_is_refreshed() {
    let server = MockServer::start().await;
    let given = count_tokens(&server, 0.000_001).await;
    Mock::given(path("/api/phonenumbers")).respond_with(ok(json!([]))).mount(&server).await;
    let (client, _) = client(&server.uri());
    client.phone_numbers(&oauth()).await.unwrap();
    client.phone_numbers(&oauth()).await.unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 2);
    let requests = server.received_requests().await.unwrap();
    let second = requests.iter().filter(|request| request.url.path() == "/auth/token").nth(1).unwrap();
    let form = String::from_utf8_lossy(&second.body);
    assert_eq!(form, "grant_type=refresh_token&refresh_token=r1", "two fields and no others");
    assert_eq!(second.headers.get("x-api-key").unwrap(), API_KEY);
}

#[rstest]
#[case::refused(ResponseTemplate::new(400).set_body_json(json!({"error": "unsupported_grant_type"})))]
#[case::fails(ResponseTemplate::new(500))]
#[case::nonsense(ResponseTemplate::new(200).set_body_string("<html></html>"))]
#[tokio::test]
async fn where_refreshing_does_not_work_the_keys_do(#[case] answer: ResponseTemplate) {
    let server = MockServer::start().await;
    Mock::given(path("/auth/token"))
        .and(body_string_contains("grant_type=refresh_token"))
        .respond_with(answer)
        .with_priority(1)
        .expect(1)
        .mount(&server)
        .await;
    let given = count_tokens(&server, 0.000_001).await;
    Mock::given(path("/api/phonenumbers")).respond_with(ok(json!([]))).mount(&server).await;
    let (client, _) = client(&server.uri());
    client.phone_numbers(&oauth()).await.unwrap();
    client.phone_numbers(&oauth()).await.unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 2);
}

#[rstest]
#[case::flat(json!({"access_token": "t", "expires_in": "86400"}))]
#[case::wrapped(json!({"isSuccess": true, "data": {"accessToken": "t"}}))]
#[case::bare(json!({"access_token": "t", "refresh_token": null}))]
#[tokio::test]
async fn tokens_come_in_several_shapes(#[case] answer: serde_json::Value) {
    let server = MockServer::start().await;
    Mock::given(path("/auth/token")).respond_with(ok(answer)).mount(&server).await;
    let (client, _) = client(&server.uri());
    client.authorise(&oauth()).await.unwrap();
}

#[rstest]
#[case::no_token(json!({"expires_in": 5}), Kind::Unreadable)]
#[case::failure(json!({"isSuccess": false, "message": "locked"}), Kind::Unauthorised)]
#[case::broken(json!({"access_token": "two\nlines"}), Kind::Unreadable)]
#[tokio::test]
async fn an_answer_without_token_is_none(#[case] answer: serde_json::Value, #[case] kind: Kind) {
    let server = MockServer::start().await;
    Mock::given(path("/auth/token")).respond_with(ok(answer)).mount(&server).await;
    let (client, memory) = client(&server.uri());
    assert_eq!(client.authorise(&oauth()).await.unwrap_err().kind(), kind);
    assert_eq!(memory.route("token/oauth"), None);
}

#[tokio::test]
async fn a_token_is_worth_a_second_try() {
    let server = MockServer::start().await;
    Mock::given(path("/auth/token"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(2)
        .with_priority(1)
        .mount(&server)
        .await;
    give_tokens(&server).await;
    let (client, memory) = client(&server.uri());
    client.authorise(&oauth()).await.unwrap();
    assert_eq!(memory.spent(), 3, "every try is counted");
}

#[tokio::test]
async fn no_budget_no_request() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let memory = Ledger::with_limit(1);
    let client = client_with(&server.uri(), &memory, timings());
    let error = client.phone_numbers(&oauth()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::OverBudget);
    assert_eq!(error.to_string(), "the daily budget of this key is used up: 1 of 1 requests in the last 24 hours");
    assert_eq!(server.received_requests().await.unwrap().len(), 1, "the token alone");
}

/// Nothing left for reading, the reserve for sending untouched.
struct Reserve;

impl Memory for Reserve {
    fn routes(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    fn remember(&self, _: &str, _: &str) {}
    fn forget(&self, _: &str) {}
    fn spend<'a>(
        &'a self,
        _: &'a str,
        purpose: Purpose,
    ) -> futures_util::future::BoxFuture<'a, Result<(), NotAllowed>> {
        Box::pin(async move {
            // lets the send begin to wait for the token before the reading is refused
            tokio::task::yield_now().await;
            if purpose == Purpose::Send { Ok(()) } else { Err(OverBudget { used: 2_000, limit: 2_000 }.into()) }
        })
    }
}

#[tokio::test]
async fn a_send_does_not_share_the_budget_of_reading() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path("/api/contactcenter/messages/send")).respond_with(ok(json!({"id": "m1"}))).mount(&server).await;
    let client = Client::new(BaseUrl::parse(&server.uri()).unwrap(), Arc::new(Reserve), timings()).unwrap();
    let (who, text): (Credentials, _) = (oauth(), outgoing());
    let (read, sent) = tokio::join!(client.phone_numbers(&who), client.send(&who, &text));
    assert_eq!(read.unwrap_err().kind(), Kind::OverBudget);
    assert_eq!(sent, mctui::api::SendOutcome::Accepted { remote_id: Some("m1".to_owned()) });
}

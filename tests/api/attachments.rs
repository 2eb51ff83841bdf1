//! Files that came with messages: asked for where they lie, with keys only where keys belong, and not without limit.

use mctui::api::Kind;
use mctui::model::Attachment;
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::{header_exists, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::*;

const PATH: &str = "/journal/requests/m-1/mmsAttachments";

fn named(name: &str, url: Option<&str>, size: Option<u64>) -> Attachment {
    Attachment { name: name.to_owned(), url: url.map(str::to_owned), size }
}

#[rstest]
#[case::bare(json!([{"name": "a.png", "url": "/files/1", "size": 12}]))]
#[case::enveloped(json!({"isSuccess": true, "data": {"mmsAttachments": [{"fileName": "a.png", "link": "/files/1", "fileSize": "12"}]}}))]
#[tokio::test]
async fn lists_what_came_with_a_message(#[case] body: Value) {
    let server = MockServer::start().await;
    Mock::given(method("GET")).and(path(PATH)).respond_with(ok(body)).mount(&server).await;
    let (client, ledger) = client(&server.uri());
    let found = client.attachments(&number_key(), "m-1").await.unwrap();
    assert_eq!(found, [named("a.png", Some("/files/1"), Some(12))]);
    assert_eq!(ledger.spent(), 1);
}

#[tokio::test]
async fn finds_the_list_under_the_other_prefix_and_remembers() {
    let server = MockServer::start().await;
    let body = json!([{"name": "a.png"}]);
    Mock::given(path(format!("/api{PATH}"))).respond_with(ok(body)).mount(&server).await;
    let (client, ledger) = client(&server.uri());
    for _ in 0..2 {
        assert_eq!(client.attachments(&number_key(), "m-1").await.unwrap(), [named("a.png", None, None)]);
    }
    assert_eq!(ledger.spent(), 3, "the wrong path once, the right one twice");
    let error = client.attachments(&number_key(), "other").await.unwrap_err();
    assert_eq!(error.kind(), Kind::NoPath);
}

#[tokio::test]
async fn a_file_of_the_service_is_asked_for_with_the_key_and_counted() {
    let server = MockServer::start().await;
    let bytes = vec![0_u8, 159, 146, 150];
    let answer = ResponseTemplate::new(200).set_body_bytes(bytes.clone());
    Mock::given(path("/files/1")).and(header_exists("x-api-key")).respond_with(answer).mount(&server).await;
    let (client, ledger) = client(&server.uri());
    for url in ["/files/1", "files/1", &format!("{}/files/1", server.uri())] {
        assert_eq!(client.download(&number_key(), url).await.unwrap(), bytes, "{url}");
    }
    assert_eq!(ledger.spent(), 3);
    assert_eq!(client.download(&number_key(), "/files/2").await.unwrap_err().status(), Some(404));
}

#[rstest]
#[case("http://203.0.113.9/x")]
#[case("file:///etc/passwd")]
#[case("https://127.0.0.1/x")]
#[tokio::test]
async fn other_addresses_are_not_asked(#[case] url: &str) {
    let server = MockServer::start().await;
    let (client, ledger) = client(&server.uri());
    assert_eq!(client.download(&number_key(), url).await.unwrap_err().kind(), Kind::Unreadable);
    assert_eq!(ledger.spent(), 0);
}

#[tokio::test]
async fn a_redirect_to_another_server_takes_no_key_along() {
    let (server, other) = (MockServer::start().await, MockServer::start().await);
    let location = format!("{}/files/1", other.uri());
    let away = ResponseTemplate::new(302).insert_header("location", location);
    Mock::given(path("/files/1")).respond_with(away).mount(&server).await;
    let (client, _) = client(&server.uri());
    let error = client.download(&number_key(), "/files/1").await.unwrap_err();
    assert_eq!(error.status(), Some(302), "{error}");
    assert!(other.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_without_end_is_given_up() {
    let server = MockServer::start().await;
    let much = ResponseTemplate::new(200).set_body_bytes(vec![0; 26 * 1024 * 1024]);
    Mock::given(path("/files/1")).respond_with(much).mount(&server).await;
    let (client, _) = client(&server.uri());
    let error = client.download(&number_key(), "/files/1").await.unwrap_err();
    assert!(error.to_string().contains("larger than 25 MiB"), "{error}");
}

//! Files that came with messages: asked for where they lie, with keys only where keys belong, and not without limit.

use mctui::api::{ArchivedFile, Kind, MessageFiles};
use mctui::model::Attachment;
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::{header_exists, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::*;

const PATH: &str = "/journal/requests/m-1/mmsAttachments";

fn links(files: MessageFiles) -> Vec<Attachment> {
    match files {
        MessageFiles::Links(links) => links,
        MessageFiles::Archive(_) => panic!("{files:?}"),
    }
}

fn unpacked(files: MessageFiles) -> Vec<ArchivedFile> {
    match files {
        MessageFiles::Archive(files) => files,
        MessageFiles::Links(_) => panic!("{files:?}"),
    }
}

fn named(name: &str, url: Option<&str>, size: Option<u64>) -> Attachment {
    Attachment { name: name.to_owned(), url: url.map(str::to_owned), size, expired: false }
}

#[rstest]
#[case::bare(json!([{"name": "a.png", "url": "/files/1", "size": 12}]))]
#[case::enveloped(json!({"isSuccess": true, "data": {"mmsAttachments": [{"fileName": "a.png", "link": "/files/1", "fileSize": "12"}]}}))]
#[tokio::test]
async fn lists_what_came_with_a_message(#[case] body: Value) {
    let server = MockServer::start().await;
    Mock::given(method("GET")).and(path(PATH)).respond_with(ok(body)).mount(&server).await;
    let (client, ledger) = client(&server.uri());
    let found = links(client.message_files(&number_key(), "m-1").await.unwrap());
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
        assert_eq!(links(client.message_files(&number_key(), "m-1").await.unwrap()), [named("a.png", None, None)]);
    }
    assert_eq!(ledger.spent(), 3, "the wrong path once, the right one twice");
    let error = client.message_files(&number_key(), "other").await.unwrap_err();
    assert_eq!(error.kind(), Kind::NoPath);
}

/// An archive of one stored file, written by hand: local head, table, end.
fn archive(name: &str, data: &[u8]) -> Vec<u8> {
    let crc = data.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    });
    let size = u32::try_from(data.len()).unwrap().to_le_bytes();
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let common: Vec<u8> =
        [&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..], &(!crc).to_le_bytes(), &size, &size, &length, &[0, 0]].concat();
    let local = [b"PK\x03\x04", &common[..], name.as_bytes(), data].concat();
    let table = [b"PK\x01\x02\x14\x00", &common[..], &[0; 14], name.as_bytes()].concat();
    let (table_size, at) = (u32::try_from(table.len()).unwrap(), u32::try_from(local.len()).unwrap());
    let end = [b"PK\x05\x06", &[0, 0, 0, 0, 1, 0, 1, 0][..], &table_size.to_le_bytes(), &at.to_le_bytes(), &[0, 0]];
    [local, table, end.concat()].concat()
}

#[tokio::test]
async fn an_archive_holds_the_files_themselves() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let bytes = archive("cat.jpg", b"a picture");
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &bytes);
    for (id, body) in [("m-1", bytes), ("m-2", text.into_bytes())] {
        let answer = ResponseTemplate::new(200).set_body_bytes(body);
        Mock::given(path(format!("/api/journal/requests/{id}/mmsAttachments")))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    let none = ok(json!({"isSuccess": true}));
    Mock::given(path("/api/journal/requests/m-3/mmsAttachments")).respond_with(none).mount(&server).await;
    let (client, memory) = client(&server.uri());
    for id in ["m-1", "m-2"] {
        let files = unpacked(client.message_files(&oauth(), id).await.unwrap());
        assert_eq!(files, [ArchivedFile { name: "cat.jpg".to_owned(), data: b"a picture".to_vec() }]);
    }
    assert_eq!(links(client.message_files(&oauth(), "m-3").await.unwrap()), []);
    assert_eq!(memory.route("attachments/oauth").as_deref(), Some("/api/journal/requests"));
}

#[tokio::test]
async fn a_message_that_is_not_there_is_told_as_such() {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    let gone = json!({"errorCode": "RequestIsNotFound", "message": "No such request."});
    let gone = ResponseTemplate::new(404).set_body_json(gone);
    Mock::given(path("/api/journal/requests/m-1/mmsAttachments")).respond_with(gone).expect(1).mount(&server).await;
    let (client, _) = client(&server.uri());
    let error = client.message_files(&oauth(), "m-1").await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Refused, Some("RequestIsNotFound")));
}

#[tokio::test]
async fn a_broken_archive_is_told() {
    let server = MockServer::start().await;
    let broken = ResponseTemplate::new(200).set_body_bytes(archive("cat.jpg", b"a picture")[..60].to_vec());
    Mock::given(path(PATH)).respond_with(broken).mount(&server).await;
    let (client, _) = client(&server.uri());
    let error = client.message_files(&number_key(), "m-1").await.unwrap_err();
    assert!(error.kind() == Kind::Unreadable && error.to_string().contains("archive"), "{error}");
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
#[case("https://192.168.0.1/x")]
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

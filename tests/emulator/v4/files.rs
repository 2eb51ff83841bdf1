//! Files that come with texts (section 7).

use std::io::{Cursor, Read};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mctui::emulator::{Archive, Dialect, File, Files, LinkForm};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{OURS, Signed, THEIRS};
use crate::client::{address, json as read};

/// An account that was sent two files, and the id of the record.
async fn with_files(dialect: Dialect) -> (Signed, String) {
    let signed = Signed::empty(dialect).await;
    let file = |name: &str, data: &str| File { name: name.to_owned(), data: data.repeat(50).into_bytes() };
    let files = vec![file("photo.PNG", "picture"), file("list.pdf", "pages")];
    let id = signed.emulator().receive_files(&address(THEIRS), &address(OURS), "See these", files);
    (signed, id)
}

/// Names and sizes in a zip archive.
fn unpacked(bytes: Vec<u8>) -> Vec<(String, usize)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let one = |place| {
        let mut file = archive.by_index(place).unwrap();
        let mut data = Vec::new();
        file.read_to_end(&mut data).unwrap();
        (file.name().unwrap().into_owned(), data.len())
    };
    (0..2).map(one).collect()
}

#[rstest]
#[case(Archive::Binary, "application/zip")]
#[case(Archive::Base64, "text/plain")]
#[tokio::test]
async fn all_files_come_as_an_archive(#[case] archive: Archive, #[case] media: &str) {
    let (signed, id) = with_files(Dialect { archive, ..Dialect::v4() }).await;
    let answer = signed.ask(Method::GET, &format!("/journal/requests/{id}/mmsAttachments")).await;
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(media));
    let bytes = answer.bytes().await.unwrap().to_vec();
    let bytes = if archive == Archive::Base64 { STANDARD.decode(bytes).unwrap() } else { bytes };
    assert!(bytes.starts_with(b"PK"));
    assert_eq!(unpacked(bytes), [("photo.PNG".to_owned(), 350), ("list.pdf".to_owned(), 250)]);
}

#[tokio::test]
async fn a_text_without_files_says_that_all_is_well() {
    let signed = Signed::empty(Dialect::v4()).await;
    let id = signed.emulator().receive(&address(THEIRS), &address(OURS), "Hello");
    let answer = signed.get(&format!("/journal/requests/{id}/mmsAttachments")).await;
    assert_eq!(answer, json!({"isSuccess": true}));
}

#[tokio::test]
async fn a_record_names_its_files_and_each_can_be_had() {
    let (signed, _) = with_files(Dialect { links: LinkForm::Absolute, ..Dialect::v4() }).await;
    let record = signed.list("").await.remove(0);
    let files = record["attachments"].as_array().unwrap();
    let [picture, pages] = files.as_slice() else { panic!("{record}") };
    assert_eq!((&picture["isImage"], &picture["fileSize"]), (&json!(true), &json!(350)));
    assert_eq!((&pages["isImage"], &pages["isStorageExpired"]), (&json!(false), &json!(false)));
    let link = pages["link"].as_str().unwrap();
    assert!(link.starts_with(&signed.emulator().base_url()), "{link}");
    let path = link.strip_prefix(&format!("{}/api", signed.emulator().base_url())).unwrap();
    let answer = signed.ask(Method::GET, path).await;
    assert_eq!(answer.text().await.unwrap(), "pages".repeat(50));
    assert_eq!(signed.asker.http.get(link).send().await.unwrap().status(), 401, "it asks for keys");
}

#[rstest]
#[case(LinkForm::Path, "/v4/api/files/")]
#[case(LinkForm::Elsewhere("https://files.example.com/".to_owned()), "https://files.example.com/v4/api/files/")]
#[tokio::test]
async fn links_lead_where_the_dialect_says(#[case] links: LinkForm, #[case] start: &str) {
    let (signed, _) = with_files(Dialect { links, ..Dialect::v4() }).await;
    let record = signed.list("").await.remove(0);
    let link = record["attachments"][0]["link"].as_str().unwrap();
    assert!(link.starts_with(start), "{link}");
}

#[tokio::test]
async fn a_link_may_be_open_to_everybody() {
    let dialect = Dialect { links: LinkForm::Absolute, links_need_keys: false, ..Dialect::v4() };
    let (signed, _) = with_files(dialect).await;
    let record = signed.list("").await.remove(0);
    let link = record["attachments"][0]["link"].as_str().unwrap();
    assert_eq!(signed.asker.http.get(link).send().await.unwrap().status(), 200);
}

#[rstest]
#[case::named(Files::Named, 2, Value::Null, Some(json!(false)))]
#[case::apart(Files::Apart, 0, Value::Null, None)]
#[tokio::test]
async fn without_links_the_archive_has_them(
    #[case] files: Files,
    #[case] count: usize,
    #[case] link: Value,
    #[case] expired: Option<Value>,
) {
    let (signed, id) = with_files(Dialect { files, ..Dialect::v4() }).await;
    let record = signed.list("").await.remove(0);
    assert_eq!(record["attachments"].as_array().unwrap().len(), count);
    assert_eq!(record["attachments"][0]["link"], link);
    assert_eq!(record["attachments"][0].get("isStorageExpired"), expired.as_ref());
    let answer = signed.ask(Method::GET, &format!("/journal/requests/{id}/mmsAttachments")).await;
    assert_eq!(unpacked(answer.bytes().await.unwrap().to_vec()).len(), 2);
}

#[tokio::test]
async fn files_that_expired_cannot_be_had() {
    let (signed, id) = with_files(Dialect { files: Files::Expired, ..Dialect::v4() }).await;
    let record = signed.list("").await.remove(0);
    assert_eq!(record["attachments"][0]["isStorageExpired"], true);
    let path = record["attachments"][0]["link"].as_str().unwrap().strip_prefix("/v4/api").unwrap().to_owned();
    assert_eq!(signed.ask(Method::GET, &path).await.status(), 404);
    let answer = signed.ask(Method::GET, &format!("/journal/requests/{id}/mmsAttachments")).await;
    assert_eq!(read(answer).await, json!({"isSuccess": true}));
}

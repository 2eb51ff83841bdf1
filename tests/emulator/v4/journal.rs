//! The list, the counts and one record (section 7).

use std::collections::{BTreeSet, HashSet};

use mctui::emulator::{Dialect, Envelope, ReadFlag, Status};
use mctui::model::Direction;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{OURS, Signed, THEIRS};
use crate::client::{address, text};

/// A time before all of the history.
pub(super) const ALL: &str = "from=2025-01-01T00:00:00Z";

fn is_hex(id: &str) -> bool {
    id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The fields of the description that a text can have.
const FIELDS: &[&str] = &[
    "id",
    "requestGuid",
    "type",
    "origin",
    "state",
    "created",
    "businessNumber",
    "businessNumbersCount",
    "client",
    "text",
    "textModel",
    "messageDeliveryStatus",
    "attachments",
    "read",
    "favorite",
    "comment",
    "tags",
    "wfstate",
    "inConversation",
    "agent",
    "users",
];

#[tokio::test]
async fn a_record_is_as_described() {
    let signed = Signed::demo().await;
    let records = signed.list(&format!("{ALL}&pageSize=1000&showUsers=true&resolveContacts=true")).await;
    for record in &records {
        let names: BTreeSet<&str> = record.as_object().unwrap().keys().map(String::as_str).collect();
        let known: BTreeSet<&str> = FIELDS.iter().copied().collect();
        assert!(names.is_subset(&known), "{names:?}");
        assert!(is_hex(text(record, &["id"]).unwrap()));
        assert_eq!(text(record, &["requestGuid"]).unwrap().len(), 36);
        assert_eq!((record["type"].as_str(), record["state"].as_str()), (Some("message"), Some("message")));
        assert_eq!(record["text"], record["textModel"]["text"]);
        assert!(text(record, &["businessNumber.number"]).unwrap().starts_with("+1"));
        let client = &record["client"];
        assert_eq!((&client["type"], &client["callerKind"]), (&json!("phoneNumber"), &json!("default")));
        assert!(client.get("name").is_none() && client["resolvedContacts"].is_array());
        let outbound = record["origin"] == "outbound";
        let status = record["messageDeliveryStatus"].as_str().unwrap();
        assert!(if outbound { ["sent", "notSent"].contains(&status) } else { status == "unspecified" });
        assert_eq!(record["agent"]["name"].is_string(), outbound);
        for file in record["attachments"].as_array().unwrap() {
            let names: Vec<_> = file.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(names, ["fileName", "fileSize", "isImage", "isStorageExpired", "isSupportedFormat", "link"]);
        }
    }
    assert!(records.iter().any(|record| !record["attachments"].as_array().unwrap().is_empty()));
    assert!(
        records.iter().any(|record| record["read"] == false) && records.iter().any(|record| record["read"] == true)
    );
    let dana = records.iter().find(|record| record["client"]["address"] == THEIRS).unwrap();
    let contact = &dana["client"]["resolvedContacts"][0];
    assert_eq!((contact["firstName"].as_str(), contact["lastName"].as_str()), (Some("Dana"), Some("Whitfield")));
    assert_eq!(contact["channels"][0]["phone"], THEIRS);
}

#[tokio::test]
async fn the_list_is_bare_and_says_no_more_than_asked() {
    let signed = Signed::demo().await;
    let page = signed.get("/journal/requests?page=2&pageSize=2").await;
    let names: Vec<_> = page.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((names, page["currentPage"].as_u64()), (vec!["currentPage", "requests"], Some(2)));
    let record = &page["requests"][0];
    for absent in ["agent", "users", "inConversation"] {
        assert!(record.get(absent).is_none());
    }
    assert!(record["client"].get("resolvedContacts").is_none());
    let wrapped = Signed::to(mctui::emulator::Options::default().speaking(Dialect {
        envelope: Envelope::Data,
        has_more: true,
        total: true,
        ..Dialect::v4()
    }))
    .await;
    let page = wrapped.get("/journal/requests?pageSize=2").await;
    assert_eq!(page["data"]["requests"].as_array().unwrap().len(), 2);
    assert!(page["data"]["hasMore"] == true && page["data"]["total"].as_u64() > Some(2));
}

#[tokio::test]
async fn pages_give_every_record_once_newest_first() {
    let signed = Signed::demo().await;
    let mut ids = Vec::new();
    for page in 1.. {
        let records = signed.list(&format!("{ALL}&pageSize=700&page={page}")).await;
        ids.extend(records.iter().map(|record| record["id"].as_str().unwrap().to_owned()));
        if records.len() < 700 {
            break;
        }
    }
    let mut expected: Vec<_> = signed.emulator().messages(None).into_iter().map(|message| message.id).collect();
    expected.reverse();
    assert_eq!(ids, expected);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 2_000);
    let oldest = signed.list(&format!("{ALL}&pageSize=1&reverse=true")).await;
    assert_eq!(oldest[0]["id"], expected[1_999]);
}

#[tokio::test]
async fn one_record_is_bare_and_names_staff_unless_told_not_to() {
    let signed = Signed::demo().await;
    let outbound = signed.list("origin=outbound&pageSize=1").await.remove(0);
    let path = format!("/journal/requests/{}", outbound["id"].as_str().unwrap());
    let one = signed.get(&path).await;
    assert_eq!(one["id"], outbound["id"]);
    assert_eq!(one["users"][0], one["agent"]);
    assert!(one["client"].get("resolvedContacts").is_none());
    let one = signed.get(&format!("{path}?showUsers=false&resolveContacts=true")).await;
    assert!(one.get("agent").is_none() && one["client"]["resolvedContacts"].is_array());
}

#[tokio::test]
async fn delivered_reads_as_sent_and_failed_as_not_sent() {
    let signed = Signed::empty(Dialect::v4()).await;
    let answer = signed.send(THEIRS, "Hello").await;
    let guid = answer["id"].as_str().unwrap().to_owned();
    let message = signed.emulator().messages(None).remove(0);
    assert_eq!(message.guid, guid);
    for (id, status, told) in [
        (&message.id, Status::Sent, "sent"),
        (&guid, Status::Delivered, "sent"),
        (&message.id, Status::Failed, "notSent"),
    ] {
        assert!(signed.emulator().report(id, status));
        assert_eq!(signed.list("").await[0]["messageDeliveryStatus"], told);
    }
}

#[rstest]
#[case(ReadFlag::Flag, json!(false), json!(true))]
#[case(ReadFlag::Always, json!(true), json!(true))]
#[case(ReadFlag::Never, json!(false), json!(false))]
#[case(ReadFlag::Absent, Value::Null, Value::Null)]
#[tokio::test]
async fn read_says_what_the_dialect_lets_it(#[case] read: ReadFlag, #[case] before: Value, #[case] after: Value) {
    let signed = Signed::empty(Dialect { read, ..Dialect::v4() }).await;
    let id = signed.emulator().receive(&address(THEIRS), &address(OURS), "Hello");
    assert_eq!(signed.list("").await[0]["read"], before);
    signed.ask(Method::POST, &format!("/journal/requests/flags?flags=IsRead&requestIds={id}")).await;
    assert_eq!(signed.list("").await[0]["read"], after);
    assert!(signed.emulator().messages(None)[0].read);
}

#[tokio::test]
async fn some_texts_are_filed_as_threads() {
    let dialect = Dialect { filed_as_threads: 30, ..Dialect::v4() };
    let signed = Signed::to(mctui::emulator::Options::default().speaking(dialect)).await;
    let count = async |kind: &str| signed.list(&format!("pageSize=1000&type={kind}")).await.len();
    let (texts, threads, all) = (count("Message").await, count("MessageThread").await, count("All").await);
    assert!(threads > all / 5 && threads < all / 2, "{threads} of {all}");
    assert_eq!(texts + threads, all);
    assert_eq!(count("message,messagethread").await, all);
    let head = &signed.list("type=MessageThread").await[0];
    assert_eq!((&head["type"], &head["inConversation"]), (&json!("messageThread"), &json!(true)));
    assert_eq!(signed.list("type=Message").await[0].get("inConversation"), None);
}

#[tokio::test]
async fn inbound_and_outbound_come_as_the_account_has_them() {
    let signed = Signed::demo().await;
    let inbound = signed.list("origin=inbound&pageSize=1000").await;
    let from = signed.emulator().now() - jiff::SignedDuration::from_hours(31 * 24);
    let all = signed.emulator().messages(None);
    let expected = all.iter().filter(|m| m.direction == Direction::Inbound && m.at >= from).count();
    assert_eq!(inbound.len(), expected);
}

//! Sending, and what becomes of it (section 6).

use std::time::Duration;

use jiff::Timestamp;
use mctui::emulator::{Dialect, Effect, Fault, Life, Options, RetryAfter, SendId, SendPath, Status};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{OURS, OURS_TOO, Signed, THEIRS, refusal};
use crate::client::{address, json as read};

#[rstest]
#[case("/messages/send")]
#[case("/contactcenter/messages/send")]
#[case("/contactCenter/messages/send")]
#[tokio::test]
async fn both_paths_answer_alike(#[case] path: &str) {
    let signed = Signed::empty(Dialect::v4()).await;
    let file = json!({"name": "a.png", "data": "aGk="});
    for files in [json!([]), json!([file])] {
        let body = json!({"from": OURS, "to": [THEIRS], "message": "Hello", "attachments": files});
        let answer = read(signed.request(Method::POST, path).json(&body).send().await.unwrap()).await;
        assert_eq!(answer["message"], "SMS message sent successfully.");
        assert_eq!(
            (&answer["sourcePhoneNumber"], &answer["destinationPhoneNumbers"]),
            (&json!(OURS), &json!([THEIRS]))
        );
        let at: jiff::civil::DateTime = answer["sendTime"].as_str().unwrap().parse().unwrap();
        assert_eq!(at.date(), signed.emulator().now().to_zoned(jiff::tz::TimeZone::UTC).date());
        let record = signed.list("origin=Outbound").await.remove(0);
        assert_eq!((&record["requestGuid"], &record["text"]), (&answer["id"], &json!("Hello")));
        if files == json!([]) {
            assert_eq!(answer["attachments"], Value::Null);
        } else {
            let file = &answer["attachments"][0];
            assert_eq!((&file["fileName"], &file["fileSize"]), (&json!("a.png"), &json!(2)));
            assert_eq!((&file["isActive"], &file["link"]), (&json!(true), &record["attachments"][0]["link"]));
        }
    }
    assert_eq!(signed.emulator().posts()[0].path, path);
}

#[rstest]
#[case::nothing(json!({}), &["from", "to"])]
#[case::without_from(json!({"to": [THEIRS], "message": "x"}), &["from"])]
#[case::from_ten_digits(json!({"from": "2025550101", "to": [THEIRS], "message": "x"}), &["from"])]
#[case::from_abroad(json!({"from": "+442071234567", "to": [THEIRS], "message": "x"}), &["from"])]
#[case::to_nobody(json!({"from": OURS, "to": [], "message": "x"}), &["to"])]
#[case::to_no_list(json!({"from": OURS, "to": THEIRS, "message": "x"}), &["to"])]
#[case::to_a_name(json!({"from": OURS, "to": ["PARTSHUB", "72345"], "message": "x"}), &["to"])]
#[case::empty(json!({"from": OURS, "to": [THEIRS], "message": " "}), &["message"])]
#[case::no_file(json!({"from": OURS, "to": [THEIRS], "attachments": [{"name": "a"}]}), &["attachments"])]
#[tokio::test]
async fn what_is_wrong_is_named_by_its_field(#[case] body: Value, #[case] fields: &[&str]) {
    let signed = Signed::empty(Dialect::v4()).await;
    for path in ["/messages/send", "/contactcenter/messages/send"] {
        let answer = signed.request(Method::POST, path).json(&body).send().await.unwrap();
        let (status, code, told) = refusal(answer).await;
        assert_eq!((status, code.as_str()), (400, ""));
        let state = told["modelState"].as_object().unwrap();
        assert_eq!(state.keys().map(String::as_str).collect::<Vec<_>>(), fields);
        assert!(state.values().all(|lines| lines[0].is_string()));
    }
    assert!(signed.emulator().posts().is_empty());
}

#[rstest]
#[case::of_somebody_else("+12025550177", json!([]))]
#[case::without_mms("+12025550103", json!([{"name": "a.png", "data": "aGk="}]))]
#[tokio::test]
async fn a_refused_send_tells_no_reason(#[case] from: &str, #[case] attachments: Value) {
    let signed = Signed::demo().await;
    let body = json!({"from": from, "to": [THEIRS], "message": "x", "attachments": attachments});
    let answer = signed.request(Method::POST, "/messages/send").json(&body).send().await.unwrap();
    let (status, _, told) = refusal(answer).await;
    assert_eq!((status, told), (403, json!({"message": "Failed to send message."})));
    assert!(signed.emulator().posts().is_empty());
}

#[rstest]
#[case(SendPath::ContactCenterMessages, SendPath::Messages)]
#[case(SendPath::Messages, SendPath::ContactCenterMessages)]
#[tokio::test]
async fn a_role_may_be_kept_from_one_path(#[case] refused: SendPath, #[case] other: SendPath) {
    let signed = Signed::empty(Dialect { role_refused: vec![refused], ..Dialect::v4() }).await;
    let body = json!({"from": OURS, "to": [THEIRS], "message": "Hello"});
    let send = |path: SendPath| signed.request(Method::POST, path.path()).json(&body).send();
    let (status, code, _) = refusal(send(refused).await.unwrap()).await;
    assert_eq!((status, code.as_str()), (403, "TenantAccountRoleIssue"));
    assert!(signed.emulator().posts().is_empty());
    assert_eq!(send(other).await.unwrap().status(), 200);
}

#[rstest]
#[case(SendId::Id, "/id", true)]
#[case(SendId::Id, "/id", false)]
#[case(SendId::MessageId, "/messageId", true)]
#[case(SendId::DataId, "/data/id", false)]
#[tokio::test]
async fn the_id_is_the_journals_or_none_of_it(#[case] send_id: SendId, #[case] place: &str, #[case] same: bool) {
    let signed = Signed::empty(Dialect { send_id, send_id_is_journal_id: same, ..Dialect::v4() }).await;
    let answer = signed.send(THEIRS, "Hello").await;
    let id = answer.pointer(place).unwrap();
    let record = signed.list("").await.remove(0);
    assert_eq!(&record["requestGuid"] == id, same);
    assert_ne!(&record["id"], id);
    assert_eq!(signed.emulator().posts()[0].answer_id.as_deref(), id.as_str());
}

#[tokio::test]
async fn the_journal_may_lag_behind() {
    let signed = Signed::empty(Dialect { journal_lag: Duration::from_secs(40), ..Dialect::v4() }).await;
    signed.send(THEIRS, "Hello").await;
    signed.emulator().receive(&address(THEIRS), &address(OURS), "Hi");
    let id = signed.emulator().messages(None)[0].id.clone();
    let shown = async || {
        let one = signed.ask(Method::GET, &format!("/journal/requests/{id}")).await.status().as_u16();
        (signed.list("").await.len(), signed.get("/journal/requests/counts").await["records"].as_u64(), one)
    };
    assert_eq!(shown().await, (1, Some(1), 404), "what comes in is there at once");
    signed.emulator().advance(Duration::from_secs(40));
    assert_eq!(shown().await, (2, Some(2), 200));
}

#[tokio::test]
async fn what_was_sent_may_turn_out_as_not_sent() {
    let only_lee =
        Life { unreachable: vec![address("+12025550118")], ..Life::deliveries_only(Duration::from_secs(40)) };
    for (life, dana) in [(Life::failing_after(Duration::from_secs(40)), "notSent"), (only_lee, "sent")] {
        let signed = Signed::to(Options::empty(&[OURS, OURS_TOO]).living(life)).await;
        signed.send(THEIRS, "Hello").await;
        signed.send("+12025550118", "Hello").await;
        let told =
            async || signed.list("").await.iter().map(|one| one["messageDeliveryStatus"].clone()).collect::<Vec<_>>();
        assert_eq!(told().await, ["sent", "sent"]);
        signed.emulator().advance(Duration::from_secs(40));
        assert_eq!(told().await, ["notSent", dana], "newest first");
        assert!(signed.emulator().messages(None).iter().all(|message| message.status != Some(Status::Sent)));
    }
}

#[tokio::test]
async fn who_sends_too_fast_hears_when_in_the_body() {
    let signed = Signed::empty(Dialect::v4()).await;
    let fault =
        json!({"path": "/messages/send", "effect": "rate_limited", "retry_after": 90, "in_body": true, "times": 1});
    let faults = format!("http://{}/_emulator/faults", signed.emulator().address());
    assert_eq!(signed.asker.http.post(faults).json(&fault).send().await.unwrap().status(), 201);
    signed.emulator().fault(Fault::on("/messages", Effect::RateLimited(RetryAfter::Body(90))).times(1));
    for _ in 0..2 {
        let answer = signed.request(Method::POST, "/messages/send").json(&json!({})).send().await.unwrap();
        assert_eq!(answer.headers().get("retry-after"), None);
        let (status, _, body) = refusal(answer).await;
        assert_eq!(status, 429);
        let told = body["message"].as_str().unwrap();
        let time =
            told.strip_prefix("Too many requests. Retry after ").and_then(|told| told.strip_suffix(" UTC")).unwrap();
        assert_eq!(time.rsplit_once('.').unwrap().1.len(), 7, "{told}");
        let then: Timestamp = format!("{time}Z").parse().unwrap();
        assert!((80..=90).contains(&then.duration_since(signed.emulator().now()).as_secs()), "{told}");
    }
}

#[tokio::test]
async fn an_answer_can_be_any_json() {
    let signed = Signed::empty(Dialect::v4()).await;
    let body = r#"{"errorCode":"AccessDenied","message":"No."}"#.to_owned();
    signed.emulator().fault(Fault::on("/Messages/Send", Effect::Json { status: 403, body }).times(1));
    let answer = signed.request(Method::POST, "/messages/send").json(&json!({})).send().await.unwrap();
    let (status, code, _) = refusal(answer).await;
    assert_eq!((status, code.as_str()), (403, "AccessDenied"));
}

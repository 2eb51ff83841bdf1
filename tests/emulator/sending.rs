//! Sending, what becomes of it, and a life that goes on.

use std::time::Duration;

use jiff::SignedDuration;
use mctui::emulator::{Credentials, Dialect, Life, SendId, SendPath, Status, USER_KEY};
use mctui::model::Direction;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::client::{Asker, address, items, json, reports};

const OURS: &str = "+12025550101";
const THEIRS: &str = "+12025550147";

fn order(from: &str, to: &str, text: &str) -> Value {
    json!({"from": from, "to": [to], "message": text, "attachments": []})
}

#[rstest]
#[case(SendPath::ContactCenterMessage)]
#[case(SendPath::Messages)]
#[case(SendPath::ContactCenterMessages)]
#[tokio::test]
async fn each_path_sends_once(#[case] path: SendPath) {
    let asker = Asker::speaking(Dialect { sends: vec![path], ..Dialect::documented() }).await;
    let before = asker.emulator.count(None);
    for other in SendPath::ALL.into_iter().filter(|other| *other != path) {
        let answer = asker.keyed(Method::POST, other.path(), "demo-key-1").json(&order(OURS, THEIRS, "Hi")).send();
        assert_eq!(answer.await.unwrap().status(), 404);
    }
    let body = order(OURS, THEIRS, "Sure — moving you to 3 pm");
    let answer = asker.keyed(Method::POST, path.path(), "demo-key-1").json(&body).send().await.unwrap();
    let answer = json(answer).await;
    assert_eq!(answer["message"], "SMS message sent successfully");
    assert_eq!(asker.emulator.count(None), before + 1);
    let message = asker.emulator.messages(Some(&address(OURS))).pop().unwrap();
    assert_eq!((message.contact, message.text.as_str()), (address(THEIRS), "Sure — moving you to 3 pm"));
    assert_eq!((message.direction, message.status), (Direction::Outbound, Some(Status::Sent)));
    assert_eq!(answer["id"], message.id);

    let [post] = asker.emulator.posts().try_into().unwrap();
    assert_eq!((post.path.as_str(), post.from, post.to), (path.path(), address(OURS), vec![THEIRS.to_owned()]));
    assert_eq!(post.credentials, Credentials::NumberKey(address(OURS)));
    assert_eq!(post.answer_id, Some(message.id));
}

#[rstest]
#[case(SendId::Id, "/id")]
#[case(SendId::MessageId, "/messageId")]
#[case(SendId::DataId, "/data/id")]
#[tokio::test]
async fn the_answer_has_its_id_where_the_dialect_puts_it(
    #[case] send_id: SendId,
    #[case] place: &str,
    #[values(true, false)] same: bool,
) {
    let asker = Asker::speaking(Dialect { send_id, send_id_is_journal_id: same, ..Dialect::documented() }).await;
    let request = asker.keyed(Method::POST, "/messages/send", "demo-key-1").json(&order(OURS, THEIRS, "Hi"));
    let answer = json(request.send().await.unwrap()).await;
    let id = answer.pointer(place).and_then(Value::as_str).unwrap();
    let message = asker.emulator.messages(Some(&address(OURS))).pop().unwrap();
    assert_eq!(message.id == id, same);
    let record = asker.get(&format!("/journal/requests/{id}")).await;
    assert_eq!(record.status(), if same { 200 } else { 404 });
}

#[tokio::test]
async fn the_answer_may_have_no_id() {
    let asker = Asker::speaking(Dialect { send_id: SendId::Absent, ..Dialect::documented() }).await;
    let request = asker.keyed(Method::POST, "/messages/send", "demo-key-1").json(&order(OURS, THEIRS, "Hi"));
    let answer = json(request.send().await.unwrap()).await;
    assert!(!answer.to_string().contains("id\""), "{answer}");
    assert_eq!(asker.emulator.posts()[0].answer_id, None);
}

#[rstest]
#[case::from_ten_digits(order("2025550101", THEIRS, "Hi"), 400)]
#[case::from_elsewhere(order("+12025550177", THEIRS, "Hi"), 400)]
#[case::from_another_number(order("+12025550102", THEIRS, "Hi"), 403)]
#[case::to_ten_digits(order(OURS, "2025550147", "Hi"), 400)]
#[case::to_formatted(order(OURS, "(202) 555-0147", "Hi"), 400)]
#[case::to_a_name(order(OURS, "PARTSHUB", "Hi"), 400)]
#[case::to_a_short_code(order(OURS, "72345", "Hi"), 400)]
#[case::to_nobody(json!({"from": OURS, "to": [], "message": "Hi"}), 400)]
#[case::to_no_array(json!({"from": OURS, "to": THEIRS, "message": "Hi"}), 400)]
#[case::empty(order(OURS, THEIRS, " "), 400)]
#[case::bad_base64(json!({"from": OURS, "to": [THEIRS], "message": "Hi", "attachments": [{"name": "a", "data": "?"}]}), 400)]
#[tokio::test]
async fn what_is_not_in_order_is_refused_and_not_sent(#[case] body: Value, #[case] status: u16) {
    let asker = Asker::demo().await;
    let before = asker.emulator.count(None);
    let answer = asker.keyed(Method::POST, "/messages/send", "demo-key-1").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), status);
    assert!(json(answer).await["message"].is_string());
    assert_eq!(asker.emulator.count(None), before);
    assert!(asker.emulator.posts().is_empty());
}

#[tokio::test]
async fn an_attachment_alone_is_a_message() {
    let asker = Asker::demo().await;
    let token = asker.token(USER_KEY).await;
    let body = json!({"from": OURS, "to": [THEIRS], "message": "", "attachments": [{"name": "a.txt", "data": "aGk="}]});
    let answer = json(asker.tokened(Method::POST, "/messages/send", &token).json(&body).send().await.unwrap()).await;
    let path = format!("/journal/requests/{}/mmsAttachments", answer["id"].as_str().unwrap());
    let files = items(&json(asker.tokened(Method::GET, &path, &token).send().await.unwrap()).await);
    assert_eq!((files[0]["name"].as_str(), files[0]["size"].as_u64()), (Some("a.txt"), Some(2)));
}

#[tokio::test]
async fn a_message_to_several_is_one_to_each() {
    let asker = Asker::demo().await;
    let before = asker.emulator.count(None);
    let body = json!({"from": OURS, "to": [THEIRS, "+12025550118"], "message": "We are closed on Monday."});
    asker.keyed(Method::POST, "/messages/send", "demo-key-1").json(&body).send().await.unwrap();
    assert_eq!(asker.emulator.count(None), before + 2);
    assert_eq!(asker.emulator.posts().len(), 1);
}

#[tokio::test]
async fn a_living_account_delivers_answers_and_hears_from_people() {
    let asker = Asker::new(reports().living(Life { failures: 0, ..Life::default() })).await;
    let body = order(OURS, THEIRS, "How about tomorrow at 3 pm?");
    let request = asker.keyed(Method::POST, "/messages/send", "demo-key-1").json(&body);
    let id = json(request.send().await.unwrap()).await["id"].as_str().unwrap().to_owned();
    asker.emulator.step(asker.emulator.now() + SignedDuration::from_secs(60));
    let record = json(asker.get(&format!("/journal/requests/{id}")).await).await;
    assert_eq!(record["messageDeliveryStatus"], "Delivered");
    let all = asker.emulator.messages(None);
    let sent = all.iter().position(|message| message.id == id).unwrap();
    let answered = all[sent..].iter().any(|m| m.contact == address(THEIRS) && m.direction == Direction::Inbound);
    assert!(answered, "the recipient answers");
    assert!(all.len() > 2_003, "others write too");
}

#[tokio::test(start_paused = true)]
async fn life_goes_by_the_clock_of_the_runtime() {
    let asker = Asker::new(reports().living(Life::default())).await;
    let before = asker.emulator.count(None);
    tokio::time::advance(Duration::from_secs(300)).await;
    let came = asker.emulator.count(None) - before;
    assert!((15..100).contains(&came), "{came} in five minutes");
}

#[tokio::test(start_paused = true)]
async fn a_still_account_stays_as_it_is() {
    let asker = Asker::demo().await;
    tokio::time::advance(Duration::from_secs(3_600)).await;
    assert_eq!(asker.emulator.count(None), 2_000);
    assert_eq!(asker.emulator.now(), crate::client::now() + SignedDuration::from_hours(1));
}

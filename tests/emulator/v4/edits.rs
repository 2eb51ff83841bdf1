//! What can be done to records (section 7).

use mctui::emulator::Dialect;
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use super::{NOBODY, OURS, Signed, THEIRS, refusal};
use crate::client::{address, json as read};

/// An account with one text, and its id.
async fn one_text() -> (Signed, String) {
    let signed = Signed::empty(Dialect::v4()).await;
    let id = signed.emulator().receive(&address(THEIRS), &address(OURS), "Hello");
    (signed, id)
}

impl Signed {
    async fn done(&self, method: Method, path: &str, body: &'static str) -> Value {
        let request = self.request(method, path).header("content-type", "text/plain").body(body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        read(answer).await
    }
}

#[tokio::test]
async fn flags_are_set_and_cleared() {
    let (signed, id) = one_text().await;
    let one = format!("/journal/requests/{id}");
    let flags = |flags: &str| format!("/journal/requests/flags?flags={flags}&requestIds={id}");
    assert_eq!(signed.done(Method::POST, &flags("IsRead,favorite"), "").await, json!({"message": "updated"}));
    let record = signed.get(&one).await;
    assert_eq!((&record["read"], &record["favorite"]), (&json!(true), &json!(true)));
    assert_eq!(signed.done(Method::DELETE, &flags("Favorite"), "").await, json!({"message": "deleted"}));
    let record = signed.get(&one).await;
    assert_eq!((&record["read"], &record["favorite"]), (&json!(true), &json!(false)));
    signed.done(Method::POST, &flags("Removed"), "").await;
    assert_eq!((signed.ask(Method::GET, &one).await.status().as_u16(), signed.list("").await.len()), (404, 0));
    signed.done(Method::DELETE, &flags("Removed"), "").await;
    assert_eq!(signed.list("").await.len(), 1);
}

#[tokio::test]
async fn the_workflow_state_is_a_bare_word() {
    let (signed, id) = one_text().await;
    let path = format!("/journal/requests/wfstate?requestIds={id}");
    assert_eq!(signed.list("").await[0]["wfstate"], Value::Null);
    for (word, told) in [("Resolved", "resolved"), ("open", "open"), ("\"Finished\"", "finished")] {
        assert_eq!(signed.done(Method::PUT, &path, word).await, json!({"message": "updated"}));
        assert_eq!(signed.list("").await[0]["wfstate"]["state"], told);
    }
    for bad in ["nonsense", "", r#"{"state":"Open"}"#] {
        let answer = signed.request(Method::PUT, &path).body(bad).send().await.unwrap();
        let (status, code, _) = refusal(answer).await;
        assert_eq!((status, code.as_str()), (404, "WorkflowStateInvalid"), "{bad}");
    }
}

#[tokio::test]
async fn a_note_replaces_the_one_before() {
    let (signed, id) = one_text().await;
    let path = format!("/journal/requests/{id}/comment");
    for note in ["Ring twice", "Ring once"] {
        signed.done(Method::POST, &path, note).await;
        assert_eq!(signed.list("").await[0]["comment"], note);
    }
    assert_eq!(signed.done(Method::DELETE, &path, "").await, json!({"message": "deleted"}));
    assert_eq!(signed.list("").await[0]["comment"], Value::Null);
}

#[tokio::test]
async fn texts_are_deleted_and_restored() {
    let (signed, id) = one_text().await;
    let path = format!("/journal/requests/messages?requestIds={id},{NOBODY}");
    let told = signed.done(Method::DELETE, &path, "").await;
    assert_eq!(told, json!({"message": "deleted", "data": {"deletedIds": [id], "notfoundIds": [NOBODY]}}));
    assert_eq!((signed.list("").await.len(), signed.emulator().count(None)), (0, 1));
    assert_eq!(signed.get("/journal/requests/counts").await["records"], 0);
    assert!(signed.emulator().messages(None)[0].removed);
    signed.done(Method::POST, &format!("/journal/requests/message?requestId={id}"), "").await;
    assert_eq!(signed.list("").await.len(), 1);
}

/// What is done, to an id that stands for `ID`.
const EDITS: &[(&str, &str)] = &[
    ("GET", "/journal/requests/ID"),
    ("GET", "/journal/requests/ID/mmsAttachments"),
    ("POST", "/journal/requests/ID/comment"),
    ("DELETE", "/journal/requests/ID/comment"),
    ("POST", "/journal/requests/flags?flags=IsRead&requestIds=ID"),
    ("DELETE", "/journal/requests/flags?flags=IsRead&requestIds=ID"),
    ("PUT", "/journal/requests/wfstate?requestIds=ID"),
    ("DELETE", "/journal/requests/voicemail?requestIds=ID&removeText=false"),
    ("POST", "/journal/requests/message?requestId=ID"),
];

#[rstest]
#[case::malformed("xyz", 400, "RequestIdHasInvalidFormat")]
#[case::a_guid("00000000-0000-4000-8000-000000000000", 400, "RequestIdHasInvalidFormat")]
#[case::of_nobody(NOBODY, 404, "RequestIsNotFound")]
#[tokio::test]
async fn ids_are_checked_everywhere(#[case] id: &str, #[case] status: u16, #[case] code: &str) {
    let (signed, _) = one_text().await;
    for (method, path) in EDITS {
        let path = path.replace("ID", id);
        let request = signed.request(method.parse().unwrap(), &path).body("Open");
        let (told, word, body) = refusal(request.send().await.unwrap()).await;
        assert_eq!((told, word.as_str()), (status, code), "{method} {path} {body}");
    }
}

#[rstest]
#[case(Method::DELETE, "/journal/requests/messages", 404, "RequestIsNotFound")]
#[case(Method::DELETE, "/journal/requests/messages?requestIds=xyz", 400, "RequestIdHasInvalidFormat")]
#[case(Method::POST, "/journal/requests/message", 404, "RequestIsNotFound")]
#[case(Method::POST, "/journal/requests/flags?flags=nonsense&requestIds=000000000000000000000000", 400, "FlagsInvalid")]
#[case(Method::DELETE, "/journal/requests/flags?requestIds=000000000000000000000000", 400, "FlagsInvalid")]
#[case(Method::DELETE, "/journal/requests/voicemail?requestIds=000000000000000000000000", 400, "InvalidParameters")]
#[tokio::test]
async fn what_is_missing_is_refused(
    #[case] method: Method,
    #[case] path: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let (signed, _) = one_text().await;
    let (told, word, _) = refusal(signed.ask(method, path).await).await;
    assert_eq!((told, word.as_str()), (status, code));
}

#[tokio::test]
async fn callers_are_blocked_by_their_number() {
    let (signed, _) = one_text().await;
    let room = async |list: &str| {
        let path = format!("/journal/{list}/availableNumbers");
        signed.get(&path).await["countOfAvailableNumbers"].as_u64().unwrap()
    };
    assert_eq!((room("blocklist").await, room("viplist").await), (500, 500));
    signed.done(Method::POST, "/journal/blocklist/add?phone=%2B12025550147&forceRemovingVIP=false", "").await;
    assert_eq!((room("blocklist").await, room("viplist").await), (499, 500));
    assert_eq!(signed.list("").await[0]["client"]["callerKind"], "blocked");
    signed.done(Method::POST, "/journal/blocklist/remove?phone=%2B12025550147", "").await;
    assert_eq!(signed.list("").await[0]["client"]["callerKind"], "default");
    let again = signed.ask(Method::POST, "/journal/blocklist/remove?phone=%2B12025550147").await;
    assert_eq!(again.status(), 404);
    for phone in ["phone=nobody", "phone=2025550147", ""] {
        let answer = signed.ask(Method::POST, &format!("/journal/blocklist/add?{phone}")).await;
        assert_eq!(refusal(answer).await.0, 400);
    }
}

//! Where things are, and what is said of what is not there (sections 2 and 18).

use mctui::emulator::{Dialect, OutsideApi};
use reqwest::Method;
use rstest::rstest;

use super::{NOBODY, Signed};
use crate::client::{Asker, json};

#[rstest]
#[case("/API/Ping")]
#[case("/api/ping/")]
#[case("/api/ping")]
#[tokio::test]
async fn paths_are_taken_in_any_case_and_logged_as_written(#[case] path: &str) {
    let asker = Asker::v4().await;
    let answer = asker.http.get(format!("{}{path}", asker.emulator.base_url())).send().await.unwrap();
    assert_eq!(json(answer).await, serde_json::json!({"data": "3", "isSuccess": true}));
    assert_eq!(asker.emulator.requests()[0].path, path);
}

#[tokio::test]
async fn names_of_parameters_are_taken_in_any_case() {
    let signed = Signed::demo().await;
    let records = signed.list("TYPE=message&PAGESIZE=3&Origin=INBOUND").await;
    assert_eq!(records.len(), 3);
    assert!(records.iter().all(|record| record["origin"] == "inbound"));
}

#[rstest]
#[case::json(OutsideApi::Json, 404, "application/json")]
#[case::html(OutsideApi::Html, 404, "text/html")]
#[case::a_page_that_is_content(OutsideApi::HtmlOk, 200, "text/html")]
#[tokio::test]
async fn nothing_but_the_token_is_outside_of_api(
    #[case] outside_api: OutsideApi,
    #[case] status: u16,
    #[case] media: &str,
    #[values("/journal/requests", "/messages/send", "/ping", "/contactcenter/message/send")] path: &str,
) {
    let asker = Asker::speaking(Dialect { outside_api, ..Dialect::v4() }).await;
    let answer = asker.http.post(format!("{}{path}", asker.emulator.base_url())).json(&()).send().await.unwrap();
    assert_eq!(answer.status(), status);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(media));
    let inside = asker.bare(Method::GET, "/no/such/path").send().await.unwrap();
    assert_eq!(inside.status(), 404);
    assert!(json(inside).await["message"].is_string());
    let token = asker.bare(Method::POST, "/auth/token").send().await.unwrap();
    assert_eq!(token.status(), 404, "the token is not below /api");
}

#[rstest]
#[case(Method::GET, "/contactcenter/message")]
#[case(Method::POST, "/contactcenter/message/send")]
#[case(Method::GET, "/extensions")]
#[case(Method::GET, "/calls/active")]
#[case(Method::POST, "/journal/requests/wfstate")]
#[tokio::test]
async fn a_path_that_is_not_there_has_no_error_code(#[case] method: Method, #[case] path: &str) {
    let signed = Signed::demo().await;
    let answer = signed.ask(method, path).await;
    assert!([404, 405].contains(&answer.status().as_u16()));
    let body = json(answer).await;
    assert!(body["message"].is_string() && body.get("errorCode").is_none(), "{body}");
}

#[tokio::test]
async fn a_record_that_is_not_there_has_one() {
    let answer = Signed::demo().await.ask(Method::GET, &format!("/journal/requests/{NOBODY}")).await;
    assert_eq!(super::refusal(answer).await.1, "RequestIsNotFound");
}

#[tokio::test]
async fn the_log_has_what_a_checker_of_requests_takes() {
    let signed = Signed::demo().await;
    signed.list("type=Message&phone=%2B12025550147").await;
    let url = format!("http://{}/_emulator/requests", signed.emulator().address());
    let log = json(signed.asker.http.get(url).send().await.unwrap()).await;
    let request = &log["requests"][1];
    assert_eq!((request["method"].as_str(), request["path"].as_str()), (Some("GET"), Some("/api/journal/requests")));
    assert_eq!(request["query"], serde_json::json!([["type", "Message"], ["phone", "+12025550147"]]));
    assert_eq!(log["requests"][0]["body"], "grant_type=client_credentials&…");
}

//! Who is let in (sections 3 and 4).

use std::time::Duration;

use mctui::emulator::{API_KEY, Credentials, Dialect, Options, USER_KEY, UsedUp};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use super::{OURS, Signed};
use crate::client::{Asker, address, json as read};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_token_has_the_documented_fields_and_is_renewed_with_two() {
    let asker = Asker::v4().await;
    let form = [("grant_type", "client_credentials"), ("client_id", API_KEY), ("client_secret", USER_KEY)];
    let first = read(asker.ask_token(&form).await).await;
    assert_eq!((first["token_type"].as_str(), first["expires_in"].as_u64()), (Some("bearer"), Some(86_399)));
    assert!(first["access_token"].as_str().unwrap().len() > 600);
    let renew = [("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"].as_str().unwrap())];
    let second = read(asker.ask_token(&renew).await).await;
    for field in ["access_token", "refresh_token"] {
        assert!(second[field].is_string());
        assert_ne!(first[field], second[field]);
    }
    assert_eq!(read(asker.ask_token(&renew).await).await, json!({"error": "invalid_grant"}));
}

#[rstest]
#[case("demo-wrong-key", 401)]
#[case("", 401)]
#[case("105", 401)]
#[case("101", 200)]
#[case("demo-key-2", 200)]
#[tokio::test]
async fn a_secret_is_a_key_or_an_extension(#[case] secret: &str, #[case] status: u16) {
    let asker = Asker::v4().await;
    let form = [("grant_type", "client_credentials"), ("client_id", API_KEY), ("client_secret", secret)];
    let answer = asker.ask_token(&form).await;
    assert_eq!(answer.status(), status);
    let answer = read(answer).await;
    assert_eq!(answer["error"] == "invalid_client", status == 401, "{answer}");
}

#[tokio::test]
async fn an_extension_signs_in_its_user() {
    let asker = Asker::v4().await;
    let token = asker.token("102").await;
    let profile = read(asker.tokened(Method::GET, "/profile", &token).send().await.unwrap()).await;
    assert_eq!(profile["data"]["firstName"], "Marcus");
}

#[tokio::test]
async fn a_number_key_reaches_the_whole_account_unless_the_dialect_says_otherwise() {
    for (account_wide_keys, count) in [(true, 3), (false, 1)] {
        let asker = Asker::speaking(Dialect { account_wide_keys, ..Dialect::v4() }).await;
        let token = asker.token("demo-key-1").await;
        let numbers = read(asker.tokened(Method::GET, "/phonenumbers", &token).send().await.unwrap()).await;
        assert_eq!(numbers["data"]["phoneNumbers"].as_array().unwrap().len(), count);
        let credentials = asker.emulator.requests().pop().unwrap().credentials;
        assert_eq!(credentials, Some(Credentials::AccountWithNumberKey(address(OURS))));
    }
}

#[tokio::test]
async fn both_headers_are_needed_everywhere_but_at_ping() {
    let asker = Asker::v4().await;
    let token = asker.token(USER_KEY).await;
    let numbers = || asker.bare(Method::GET, "/phonenumbers");
    for request in [
        numbers(),
        numbers().bearer_auth(&token),
        numbers().header("x-api-key", API_KEY),
        numbers().header("x-api-key", "demo-key-1"),
        numbers().header("x-api-key", "demo-key-1").bearer_auth(&token),
    ] {
        assert_eq!(request.send().await.unwrap().status(), 401);
    }
    assert_eq!(asker.bare(Method::GET, "/ping").send().await.unwrap().status(), 200);
}

#[rstest]
#[case(401)]
#[case(403)]
#[tokio::test]
async fn a_dead_token_gets_the_status_of_the_dialect(#[case] status: u16) {
    let signed = Signed::empty(Dialect { dead_token: status, ..Dialect::v4() }).await;
    assert_eq!(signed.ask(Method::GET, "/team").await.status(), 200);
    signed.emulator().advance(DAY);
    assert_eq!(signed.ask(Method::GET, "/team").await.status(), status);
    assert_eq!(signed.asker.bare(Method::GET, "/team").send().await.unwrap().status(), 401, "no token is no dead one");
}

#[rstest]
#[case(403)]
#[case(429)]
#[tokio::test]
async fn a_used_up_key_hears_no_time_and_is_free_the_next_day(#[case] status: u16) {
    let dialect = Dialect { used_up: UsedUp::Plain(status), ..Dialect::v4() };
    let options = Options { daily_limit: 2, ..Options::empty(&[OURS]) };
    let signed = Signed::to(options.speaking(dialect)).await;
    assert_eq!(signed.ask(Method::GET, "/team").await.status(), 200);
    let answer = signed.ask(Method::GET, "/team").await;
    assert_eq!((answer.status().as_u16(), answer.headers().get("retry-after")), (status, None));
    let body = read(answer).await;
    assert!(body["message"].as_str().is_some_and(|told| !told.contains(char::is_numeric)), "{body}");
    assert_eq!(signed.asker.bare(Method::GET, "/ping").send().await.unwrap().status(), 200, "ping is on nobody");
    signed.emulator().advance(DAY);
    signed.asker.token(USER_KEY).await;
}

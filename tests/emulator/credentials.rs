//! Who is let in, to what, for how long, and how often.

use std::time::Duration;

use mctui::emulator::{API_KEY, Credentials, Dialect, Options, USER_KEY};
use reqwest::Method;
use rstest::rstest;
use serde_json::json;

use crate::client::{Asker, address, items, json, reports};

#[tokio::test]
async fn a_token_opens_the_account() {
    let asker = Asker::demo().await;
    let form = [("grant_type", "client_credentials"), ("client_id", API_KEY), ("client_secret", USER_KEY)];
    let answer = json(asker.ask_token(&form).await).await;
    assert_eq!((answer["token_type"].as_str(), answer["expires_in"].as_u64()), (Some("Bearer"), Some(86_400)));
    let token = answer["access_token"].as_str().unwrap();
    let numbers = json(asker.tokened(Method::GET, "/phonenumbers", token).send().await.unwrap()).await;
    assert_eq!(items(&numbers).len(), 3);
    let request = asker.emulator.requests().pop().unwrap();
    assert_eq!(request.credentials, Some(Credentials::Account));
    assert_eq!((request.path.as_str(), request.status), ("/phonenumbers", Some(200)));
    assert_eq!(request.header("x-api-key"), Some("…"), "keys are masked");
}

#[rstest]
#[case("demo-key-1", "+12025550101")]
#[case("demo-key-2", "+12025550102")]
#[case("demo-key-3", "+12025550103")]
#[tokio::test]
async fn a_number_key_sees_its_number_alone(#[case] key: &str, #[case] number: &str) {
    let asker = Asker::demo().await;
    let own = asker.emulator.count(Some(&address(number)));
    assert!(own > 0 && own < asker.emulator.count(None));
    let path = "/contactcenter/message?limit=1";
    let by_key = json(asker.keyed(Method::GET, path, key).send().await.unwrap()).await;
    assert_eq!(by_key["data"]["total"], own);
    let token = asker.token(key).await;
    let by_token = json(asker.tokened(Method::GET, path, &token).send().await.unwrap()).await;
    assert_eq!(by_token["data"]["total"], own);
    let journal =
        json(asker.tokened(Method::GET, "/journal/requests?type=Message", &token).send().await.unwrap()).await;
    assert_eq!(journal["data"]["total"], own);
    let numbers = json(asker.keyed(Method::GET, "/phonenumbers", key).send().await.unwrap()).await;
    assert_eq!(items(&numbers).len(), 1);
    let used: Vec<_> = asker.emulator.requests().into_iter().filter_map(|request| request.credentials).collect();
    assert_eq!(used[0], Credentials::NumberKey(address(number)));
    assert_eq!(used[1], Credentials::AccountWithNumberKey(address(number)));
}

#[rstest]
#[case(400)]
#[case(401)]
#[tokio::test]
async fn wrong_credentials_are_an_invalid_client(#[case] status: u16) {
    let asker = Asker::speaking(Dialect { invalid_client: status, ..Dialect::documented() }).await;
    for (id, secret) in [(API_KEY, "wrong"), ("wrong", USER_KEY), (API_KEY, ""), (API_KEY, API_KEY), ("", "")] {
        let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
        let answer = asker.ask_token(&form).await;
        assert_eq!(answer.status(), status, "{id} {secret}");
        assert_eq!(json(answer).await, json!({"error": "invalid_client"}));
    }
    let form = [("grant_type", "client_credentials"), ("client_id", API_KEY), ("client_secret", USER_KEY)];
    let without_header = asker.bare(Method::POST, "/auth/token").form(&form).send().await.unwrap();
    assert_eq!(without_header.status(), status);
}

#[tokio::test]
async fn a_token_request_must_be_a_form_of_a_known_grant() {
    let asker = Asker::demo().await;
    let json_body = asker.bare(Method::POST, "/auth/token").header("x-api-key", API_KEY).json(&json!({}));
    assert_eq!(json_body.send().await.unwrap().status(), 400);
    let answer = json(asker.ask_token(&[("grant_type", "password")]).await).await;
    assert_eq!(answer, json!({"error": "unsupported_grant_type"}));
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_once() {
    let asker = Asker::demo().await;
    let form = [("grant_type", "client_credentials"), ("client_id", API_KEY), ("client_secret", "demo-key-2")];
    let first = json(asker.ask_token(&form).await).await;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"].as_str().unwrap())];
    let second = json(asker.ask_token(&refresh).await).await;
    let token = second["access_token"].as_str().unwrap();
    assert_ne!(first["access_token"], second["access_token"]);
    let numbers = json(asker.tokened(Method::GET, "/phonenumbers", token).send().await.unwrap()).await;
    assert_eq!(items(&numbers).len(), 1, "it sees what the first one saw");
    assert_eq!(json(asker.ask_token(&refresh).await).await, json!({"error": "invalid_grant"}));
}

#[tokio::test]
async fn an_account_without_refresh_says_so() {
    let asker = Asker::speaking(Dialect { refresh: false, ..Dialect::documented() }).await;
    let answer = asker.ask_token(&[("grant_type", "refresh_token"), ("refresh_token", "any")]).await;
    assert_eq!(answer.status(), 400);
    assert_eq!(json(answer).await, json!({"error": "unsupported_grant_type"}));
}

#[tokio::test]
async fn tokens_end_with_their_time_or_before() {
    let over = Asker::new(Options { token_lifetime: Duration::ZERO, ..reports() }).await;
    let token = over.token(USER_KEY).await;
    assert_eq!(over.tokened(Method::GET, "/ping", &token).send().await.unwrap().status(), 401);

    let asker = Asker::demo().await;
    let token = asker.token(USER_KEY).await;
    assert_eq!(asker.tokened(Method::GET, "/ping", &token).send().await.unwrap().status(), 200);
    asker.emulator.expire_tokens();
    assert_eq!(asker.tokened(Method::GET, "/ping", &token).send().await.unwrap().status(), 401);
    let token = asker.token(USER_KEY).await;
    assert_eq!(asker.tokened(Method::GET, "/ping", &token).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn nobody_else_is_let_in() {
    let asker = Asker::demo().await;
    let token = asker.token(USER_KEY).await;
    let ping = || asker.bare(Method::GET, "/ping");
    for request in [
        ping(),
        ping().header("x-api-key", "wrong"),
        ping().header("x-api-key", API_KEY),
        ping().bearer_auth(&token),
        ping().bearer_auth(&token).header("x-api-key", "demo-key-1"),
        ping().bearer_auth("wrong").header("x-api-key", API_KEY),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert!(json(answer).await["message"].is_string());
    }
    assert_eq!(asker.emulator.requests().pop().unwrap().credentials, None);
}

#[tokio::test]
async fn an_account_takes_the_scheme_that_it_takes() {
    let keys = Asker::speaking(Dialect::number_keys()).await;
    assert_eq!(keys.ask_token(&[]).await.status(), 404);
    assert_eq!(keys.keyed(Method::GET, "/ping", "demo-key-1").send().await.unwrap().status(), 200);

    let tokens = Asker::speaking(Dialect::journal()).await;
    assert_eq!(tokens.keyed(Method::GET, "/ping", "demo-key-1").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn each_key_has_its_daily_limit() {
    let asker = Asker::new(Options { daily_limit: 3, ..reports() }).await;
    let token = asker.token(USER_KEY).await;
    let ping = || asker.tokened(Method::GET, "/ping", &token);
    assert_eq!(ping().send().await.unwrap().status(), 200);
    assert_eq!(asker.ask_token(&[]).await.status(), 400, "a refused token request counts");
    for _ in 0..2 {
        let answer = ping().send().await.unwrap();
        assert_eq!(answer.status(), 429);
        let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((86_000..=86_401).contains(&wait), "{wait}");
    }
    assert_eq!(asker.keyed(Method::GET, "/ping", "demo-key-1").send().await.unwrap().status(), 200, "another key");
}

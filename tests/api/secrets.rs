//! No key and no token in anything that can be shown, whatever the service throws back.

use mctui::api::{Error, SendOutcome};
use rstest::rstest;
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::common::*;

/// Throws back all that came: headers and body, as the worst of debugging pages do.
struct Mirror {
    status: u16,
    as_json: bool,
}

impl Respond for Mirror {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut all = String::new();
        for name in ["authorization", "x-api-key"] {
            let value = request.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
            all.push_str(&format!("{} ", value.unwrap_or_default()));
        }
        all.push_str(&String::from_utf8_lossy(&request.body));
        all.push_str(request.url.as_str());
        let answer = ResponseTemplate::new(self.status);
        if self.as_json { answer.set_body_json(json!({"message": all})) } else { answer.set_body_string(all) }
    }
}

fn assert_clean(error: &Error) {
    let shown = format!("{error} {error:?} {} {:?}", error.advice(), error.words());
    for secret in [API_KEY, NUMBER_KEY, TOKEN, "demo-number-key", "demo-refresh"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(!shown.contains("127.0.0.1:") || !shown.contains('?'), "no query in {shown}");
}

fn assert_clean_result<T>(result: Result<T, Error>) {
    if let Err(error) = result {
        assert_clean(&error);
    }
}

#[rstest]
#[tokio::test]
async fn what_is_thrown_back_is_struck_out(
    #[values(200, 302, 400, 401, 403, 404, 429, 500)] status: u16,
    #[values(true, false)] as_json: bool,
) {
    let server = MockServer::start().await;
    give_tokens(&server).await;
    Mock::given(path("/auth/token")).respond_with(Mirror { status, as_json }).with_priority(9).mount(&server).await;
    Mock::given(method("GET")).respond_with(Mirror { status, as_json }).mount(&server).await;
    for send in ["/contactcenter/message/send", "/api/contactcenter/messages/send"] {
        Mock::given(path(send)).respond_with(Mirror { status, as_json }).mount(&server).await;
    }
    let (client, _) = client(&server.uri());
    for who in [oauth(), number_key()] {
        assert_clean_result(client.counts(&who, &ask()).await);
        assert_clean_result(client.message_files(&who, "m-1").await);
        assert_clean_result(client.ping(Some(&who)).await);
        assert!(!format!("{who:?}").contains("demo"));
        assert_clean(&client.phone_numbers(&who).await.unwrap_err());
        assert_clean(&client.history(&who, &ask()).await.unwrap_err());
        match client.send(&who, &outgoing()).await {
            SendOutcome::Refused(error) | SendOutcome::NotSent(error) | SendOutcome::Unconfirmed(error) => {
                assert_clean(&error);
            }
            SendOutcome::Accepted { .. } => assert!(status == 200 && as_json),
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_token_request_thrown_back_is_struck_out(
    #[values(200, 400, 401, 403, 500)] status: u16,
    #[values(true, false)] as_json: bool,
) {
    let server = MockServer::start().await;
    Mock::given(path("/auth/token")).respond_with(Mirror { status, as_json }).mount(&server).await;
    let (client, _) = client(&server.uri());
    assert_clean(&client.authorise(&oauth()).await.unwrap_err());
}

#[tokio::test]
async fn broken_connections_tell_no_secret() {
    let server = Raw::start(vec![Act::Close]).await;
    let (client, _) = client(&server.base);
    let error = client.history(&number_key(), &ask()).await.unwrap_err();
    assert_clean(&error);
    assert!(error.to_string().contains("GET /contactcenter/message"), "{error}");
    assert!(!error.to_string().contains("2025550100"), "the query is not told: {error}");
}

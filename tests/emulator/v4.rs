//! API v4 as MightyCall describes it (`mightycall-api.md`), and what it leaves open.

#[path = "v4/access.rs"]
mod access;
#[path = "v4/account.rs"]
mod account;
#[path = "v4/edits.rs"]
mod edits;
#[path = "v4/files.rs"]
mod files;
#[path = "v4/filters.rs"]
mod filters;
#[path = "v4/journal.rs"]
mod journal;
#[path = "v4/paths.rs"]
mod paths;
#[path = "v4/sending.rs"]
mod sending;
#[path = "v4/windows.rs"]
mod windows;

use mctui::emulator::{Dialect, Emulator, Options, USER_KEY};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::client::{Asker, json};

/// Two of our numbers and somebody else's.
pub(crate) const OURS: &str = "+12025550101";
pub(crate) const OURS_TOO: &str = "+12025550102";
pub(crate) const THEIRS: &str = "+12025550147";
/// Well-formed, and nobody's.
pub(crate) const NOBODY: &str = "000000000000000000000000";

/// Somebody who signed in with the user key.
pub(crate) struct Signed {
    pub(crate) asker: Asker,
    token: String,
}

impl Signed {
    /// The demo's account.
    pub(crate) async fn demo() -> Self {
        Self::to(Options::default()).await
    }

    /// Two numbers and no message, in that dialect.
    pub(crate) async fn empty(dialect: Dialect) -> Self {
        Self::to(Options::empty(&[OURS, OURS_TOO]).speaking(dialect)).await
    }

    pub(crate) async fn to(options: Options) -> Self {
        let asker = Asker::new(options).await;
        let token = asker.token(USER_KEY).await;
        Self { asker, token }
    }

    pub(crate) fn emulator(&self) -> &Emulator {
        &self.asker.emulator
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.asker.tokened(method, path, &self.token)
    }

    /// The answer to a request without a body.
    pub(crate) async fn ask(&self, method: Method, path: &str) -> Response {
        self.request(method, path).send().await.expect("an answer")
    }

    /// The JSON of a GET that is answered with 200.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.ask(Method::GET, path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/json; charset=utf-8");
        json(answer).await
    }

    /// The records of a list.
    pub(crate) async fn list(&self, query: &str) -> Vec<Value> {
        let page = self.get(&format!("/journal/requests?{query}")).await;
        page["requests"].as_array().expect("a list").clone()
    }

    /// Sends a text from the first number and gives the answer.
    pub(crate) async fn send(&self, to: &str, text: &str) -> Value {
        let body = serde_json::json!({"from": OURS, "to": [to], "message": text, "attachments": []});
        let answer = self.request(Method::POST, "/messages/send").json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        json(answer).await
    }
}

/// Status, error code and the rest of an answer.
pub(crate) async fn refusal(answer: Response) -> (u16, String, Value) {
    let status = answer.status().as_u16();
    let body = json(answer).await;
    assert!(body["message"].is_string(), "{body}");
    (status, body["errorCode"].as_str().unwrap_or_default().to_owned(), body)
}

//! A client as small as can be: it knows JSON and nothing of the shapes, which the tests spell out.

use std::sync::Once;

use jiff::Timestamp;
use mctui::emulator::{API_KEY, Dialect, Emulator, Options, USER_KEY};
use mctui::model::Address;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

/// Where the history ends in all of these tests.
pub(crate) fn now() -> Timestamp {
    "2026-01-15T16:00:00Z".parse().expect("a time")
}

pub(crate) fn address(text: &str) -> Address {
    Address::parse(text).expect("a number")
}

/// The demo's account as the reports tell of it, before there was a description.
pub(crate) fn reports() -> Options {
    Options::default().speaking(Dialect::documented())
}

/// An emulator and somebody who asks it.
pub(crate) struct Asker {
    pub(crate) emulator: Emulator,
    pub(crate) http: Client,
    /// What is between the base URL and a path.
    pub(crate) prefix: &'static str,
    /// What is between the base URL and the path of tokens.
    token_prefix: &'static str,
}

impl Asker {
    pub(crate) async fn new(options: Options) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let prefix = if options.dialect.prefix == mctui::emulator::Prefix::Api { "/api" } else { "" };
        let token_prefix = if options.dialect.token_at_base { "" } else { prefix };
        let emulator = Emulator::start(options.at(now())).await.expect("a port is free");
        // reading the system's certificates takes longer than most of these tests
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        let http = http.build().expect("a client");
        Self { emulator, http, prefix, token_prefix }
    }

    /// The demo's account in the dialect of the reports.
    pub(crate) async fn demo() -> Self {
        Self::speaking(Dialect::documented()).await
    }

    /// The demo's account in API v4.
    pub(crate) async fn v4() -> Self {
        Self::speaking(Dialect::v4()).await
    }

    pub(crate) async fn speaking(dialect: Dialect) -> Self {
        Self::new(Options::default().speaking(dialect)).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.emulator.base_url(), self.prefix)
    }

    /// Where tokens are had.
    pub(crate) fn token_url(&self) -> String {
        format!("{}{}/auth/token", self.emulator.base_url(), self.token_prefix)
    }

    /// A request without credentials.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// A request with a number's key alone.
    pub(crate) fn keyed(&self, method: Method, path: &str, key: &str) -> RequestBuilder {
        self.bare(method, path).header("X-API-Key", key)
    }

    /// A request with a token.
    pub(crate) fn tokened(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.bare(method, path).header("x-api-key", API_KEY).bearer_auth(token)
    }

    pub(crate) async fn ask_token(&self, form: &[(&str, &str)]) -> Response {
        let request = self.http.post(self.token_url()).header("x-api-key", API_KEY);
        request.form(form).send().await.expect("an answer")
    }

    /// A token for that secret.
    pub(crate) async fn token(&self, secret: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("client_id", API_KEY), ("client_secret", secret)];
        let answer = json(self.ask_token(&form).await).await;
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    /// The answer to a GET by whoever sees all, or the first number where there are no tokens.
    pub(crate) async fn get(&self, path: &str) -> Response {
        let tokens = self.http.post(self.token_url()).send().await.expect("an answer").status() != 404;
        let request = if tokens {
            self.tokened(Method::GET, path, &self.token(USER_KEY).await)
        } else {
            self.keyed(Method::GET, path, "demo-key-1")
        };
        request.send().await.expect("an answer")
    }
}

pub(crate) async fn json(response: Response) -> Value {
    let text = response.text().await.expect("a body");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// The records of a page in any envelope.
pub(crate) fn items(page: &Value) -> Vec<Value> {
    let list = page.as_array().or_else(|| {
        let inner = page.get("data").unwrap_or(page).as_object()?;
        inner.values().find_map(Value::as_array)
    });
    list.unwrap_or_else(|| panic!("no list in {page}")).clone()
}

/// The first of these fields that a record has; `a.b` looks into `a`, `a.0` into a list.
pub(crate) fn field<'a>(record: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| record.pointer(&format!("/{}", name.replace('.', "/"))))
}

pub(crate) fn text<'a>(record: &'a Value, names: &[&str]) -> Option<&'a str> {
    field(record, names)?.as_str()
}

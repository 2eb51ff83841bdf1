//! An account with keys and tokens like no others, in front of the emulator; it can throw back all that it is sent.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mctui::emulator::{self, Business, Dialect, Emulator, Options, OwnNumber};
use mctui::model::Address;
use serde_json::{Value, json};

use crate::hunt::percent;

pub(crate) const API_KEY: &str = r#"demo-Api/7fQ+x%"zK\8w&Lr=3vN"#;
pub(crate) const USER_KEY: &str = r"demo-User/5tB+m%'yH\2p&Gd=9sJ";
pub(crate) const NUMBER_KEYS: [&str; 2] = ["demo-Num1/4kT+c%~rW|6n&Xb=0qZ", "demo-Num2/8hV+d%~tS|1m&Pf=7jC"];
pub(crate) const NUMBERS: [&str; 2] = ["+12025550101", "+12025550102"];

/// What becomes of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    /// It is worked.
    Work,
    /// It is thrown back with this status, as JSON or as a page of HTML.
    Echo { status: u16, html: bool, spelling: Spelling },
}

/// How it is thrown back.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spelling {
    Whole,
    FirstHalves,
    LastHalves,
    Base64,
    Form,
}

struct Shared {
    target: String,
    mode: Mutex<Mode>,
    /// Ours and the emulator's.
    known: Mutex<Vec<(String, String)>>,
    http: reqwest::Client,
}

pub(crate) struct Service {
    pub(crate) base: String,
    pub(crate) emulator: Emulator,
    shared: Arc<Shared>,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let numbers = NUMBERS.iter().zip(NUMBER_KEYS).map(|(number, key)| {
            let own = OwnNumber::new(Address::parse(number).unwrap(), format!("Line {}", &number[10..]), 1);
            OwnNumber { key: key.to_owned(), ..own }
        });
        let options = Options { business: Business::Empty(numbers.collect()), ..Options::default() };
        let emulator = Emulator::start(options.speaking(Dialect::journal())).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v4", listener.local_addr().unwrap());
        // whoever was first chose the same
        let _ = rustls::crypto::ring::default_provider().install_default();
        let known = [(API_KEY, emulator::API_KEY), (USER_KEY, emulator::USER_KEY)];
        let shared = Arc::new(Shared {
            target: format!("http://{}", emulator.address()),
            mode: Mutex::new(Mode::Work),
            known: Mutex::new(known.map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned())).to_vec()),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        });
        let router = axum::Router::new().fallback(answer).with_state(shared.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, emulator, shared }
    }

    pub(crate) fn behave(&self, mode: Mode) {
        *self.shared.mode.lock().unwrap() = mode;
    }

    /// All keys, and all tokens so far.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let known = self.shared.known.lock().unwrap();
        known.iter().map(|(ours, _)| ours.clone()).chain(NUMBER_KEYS.map(str::to_owned)).collect()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let mode = *shared.mode.lock().unwrap();
    match mode {
        Mode::Work => {
            let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
            work(&shared, parts.method, &path, &parts.headers, body).await
        }
        Mode::Echo { status, html, spelling } => {
            let said = thrown_back(&parts.headers, &body, spelling);
            let text = if html {
                format!("<html><head><title>{said}</title></head><body>{said}</body></html>")
            } else {
                json!({"error": "denied", "message": said}).to_string()
            };
            Response::builder().status(status).body(Body::from(text)).unwrap()
        }
    }
}

fn thrown_back(headers: &HeaderMap, body: &str, spelling: Spelling) -> String {
    let header = |name| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let key = header("x-api-key").unwrap_or_default();
    let token = header("authorization").unwrap_or_default().replace("Bearer ", "");
    let field = |text: &str| text.split('&').find_map(|pair| pair.strip_prefix("client_secret=").map(str::to_owned));
    let secret = field(body).unwrap_or_default();
    let all = [key, token, secret];
    let each = |spell: &dyn Fn(&str) -> String| all.iter().map(|text| spell(text)).collect::<Vec<_>>().join(" ");
    match spelling {
        Spelling::Whole => each(&str::to_owned),
        Spelling::FirstHalves => each(&|text| format!("{}****", &text[..text.len() / 2])),
        Spelling::LastHalves => each(&|text| format!("****{}", &text[text.len() / 2..])),
        Spelling::Base64 => each(&|text| STANDARD.encode(format!("user:{text}"))),
        Spelling::Form => format!("{} {body}", each(&percent)),
    }
}

async fn work(
    shared: &Shared,
    method: axum::http::Method,
    path: &str,
    headers: &HeaderMap,
    mut body: String,
) -> Response<Body> {
    let mut request = shared.http.request(method, format!("{}{path}", shared.target));
    {
        let known = shared.known.lock().unwrap();
        for (ours, theirs) in known.iter() {
            body = body.replace(&percent(ours), theirs);
        }
        for name in ["x-api-key", "authorization", "content-type"] {
            let Some(value) = headers.get(name) else { continue };
            let mut value = value.to_str().unwrap().to_owned();
            for (ours, theirs) in known.iter() {
                value = value.replace(ours, theirs);
            }
            request = request.header(name, value);
        }
    }
    let answer = request.body(body).send().await.unwrap();
    let status = answer.status();
    let mut text = answer.text().await.unwrap();
    if path.ends_with("/auth/token") && status.is_success() {
        text = with_own_tokens(shared, &text);
    }
    Response::builder().status(status).header("content-type", "application/json").body(Body::from(text)).unwrap()
}

fn with_own_tokens(shared: &Shared, text: &str) -> String {
    let mut value: Value = serde_json::from_str(text).unwrap();
    let mut known = shared.known.lock().unwrap();
    for name in ["access_token", "refresh_token"] {
        let theirs = value[name].as_str().unwrap().to_owned();
        let random: String = std::iter::repeat_with(fastrand::alphanumeric).take(30).collect();
        let ours = format!("demo-{random}/+=");
        value[name] = ours.clone().into();
        known.push((ours, theirs));
    }
    value.to_string()
}

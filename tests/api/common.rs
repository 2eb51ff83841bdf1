//! A memory that counts, clients for tests, and a server that can misbehave below HTTP.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use mctui::api::{
    Client, Credentials, HistoryAsk, Memory, NotAllowed, NumberForm, Outgoing, OverBudget, Purpose, Timings,
};
use mctui::config::{BaseUrl, Secret};
use mctui::model::Address;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub(crate) const OURS: &str = "+12025550100";
pub(crate) const THEIRS: &str = "+12025550142";
pub(crate) const API_KEY: &str = "demo-api-key-11";
pub(crate) const NUMBER_KEY: &str = "demo-number-key/22";
pub(crate) const TOKEN: &str = "demo-access-token.33";

/// Routes and requests, in memory.
pub(crate) struct Ledger {
    pub(crate) routes: Mutex<Vec<(String, String)>>,
    pub(crate) spent: Mutex<Vec<(String, Purpose)>>,
    limit: AtomicU32,
    tokens: Option<PathBuf>,
}

impl Ledger {
    pub(crate) fn with_limit(limit: u32) -> Arc<Self> {
        Arc::new(Self { routes: Mutex::default(), spent: Mutex::default(), limit: AtomicU32::new(limit), tokens: None })
    }

    /// One that keeps tokens in this folder.
    pub(crate) fn with_tokens(folder: &Path) -> Arc<Self> {
        Arc::new(Self {
            routes: Mutex::default(),
            spent: Mutex::default(),
            limit: AtomicU32::new(1_000),
            tokens: Some(folder.to_owned()),
        })
    }

    pub(crate) fn route(&self, operation: &str) -> Option<String> {
        let routes = self.routes.lock().unwrap();
        routes.iter().find(|(name, _)| name == operation).map(|(_, path)| path.clone())
    }

    pub(crate) fn spent(&self) -> usize {
        self.spent.lock().unwrap().len()
    }
}

impl Memory for Ledger {
    fn routes(&self) -> Vec<(String, String)> {
        self.routes.lock().unwrap().clone()
    }

    fn remember(&self, operation: &str, path: &str) {
        self.forget(operation);
        self.routes.lock().unwrap().push((operation.to_owned(), path.to_owned()));
    }

    fn forget(&self, operation: &str) {
        self.routes.lock().unwrap().retain(|(name, _)| name != operation);
    }

    fn token_folder(&self) -> Option<PathBuf> {
        self.tokens.clone()
    }

    fn spend<'a>(&'a self, key: &'a str, purpose: Purpose) -> BoxFuture<'a, Result<(), NotAllowed>> {
        Box::pin(async move {
            let limit = self.limit.load(Ordering::SeqCst);
            let mut spent = self.spent.lock().unwrap();
            let used = u32::try_from(spent.len()).unwrap();
            if used >= limit {
                return Err(OverBudget { used, limit }.into());
            }
            spent.push((key.to_owned(), purpose));
            Ok(())
        })
    }
}

/// Patient with a busy machine, with waits too short to notice.
pub(crate) fn timings() -> Timings {
    Timings {
        connect: Duration::from_secs(20),
        request: Duration::from_secs(40),
        first_wait: Duration::from_millis(1),
        most_wait: Duration::from_millis(2),
        ..Timings::default()
    }
}

/// For servers that never answer.
pub(crate) fn impatient() -> Timings {
    Timings { request: Duration::from_millis(300), ..timings() }
}

pub(crate) fn client_with(base: &str, memory: &Arc<Ledger>, timings: Timings) -> Client {
    Client::new(BaseUrl::parse(base).unwrap(), memory.clone(), timings).unwrap()
}

/// A client with a memory of its own.
pub(crate) fn client(base: &str) -> (Client, Arc<Ledger>) {
    let memory = Ledger::with_limit(1_000);
    (client_with(base, &memory, timings()), memory)
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::parse(text).unwrap()
}

pub(crate) fn oauth() -> Credentials {
    oauth_with(NUMBER_KEY)
}

pub(crate) fn oauth_with(key: &str) -> Credentials {
    Credentials::OAuth { api_key: secret(API_KEY), secret: secret(key) }
}

pub(crate) fn number_key() -> Credentials {
    Credentials::NumberKey { key: secret(NUMBER_KEY) }
}

pub(crate) fn ask() -> HistoryAsk {
    HistoryAsk {
        numbers: vec![Address::parse(OURS).unwrap()],
        contact: None,
        form: NumberForm::E164,
        since: None,
        until: None,
        skip: 0,
        position: None,
        page_size: 2,
    }
}

pub(crate) fn outgoing() -> Outgoing {
    Outgoing {
        from: Address::parse(OURS).unwrap(),
        to: Address::parse(THEIRS).unwrap(),
        text: "See you at 9 — bring “it” 😀\nLee".to_owned(),
    }
}

pub(crate) fn record(id: u32) -> Value {
    json!({"id": id.to_string(), "from": THEIRS, "to": OURS, "message": "hi", "timestamp": "2026-01-02T03:04:05Z"})
}

pub(crate) fn ok(body: impl serde::Serialize) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

pub(crate) fn token_answer() -> ResponseTemplate {
    ok(json!({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 86_400, "refresh_token": "demo-refresh"}))
}

/// Tokens at `/auth/token` for whoever asks.
pub(crate) async fn give_tokens(server: &MockServer) {
    Mock::given(method("POST")).and(path("/auth/token")).respond_with(token_answer()).mount(server).await;
}

/// A ping under `/api`, as the description has it.
pub(crate) async fn give_ping(server: &MockServer) {
    let pong = ok(json!({"data": "3", "isSuccess": true}));
    Mock::given(method("GET")).and(path("/api/ping")).respond_with(pong).mount(server).await;
}

/// How often a path was asked.
pub(crate) async fn hits(server: &MockServer, wanted: &str) -> usize {
    server.received_requests().await.unwrap().iter().filter(|request| request.url.path() == wanted).count()
}

/// What a [`Raw`] server does with a connection.
#[derive(Clone)]
pub(crate) enum Act {
    /// Reads a byte and resets.
    Reset,
    /// Reads the whole request and closes without a word.
    Close,
    /// Reads the whole request and says nothing.
    Hang,
    /// Says this as soon as anything comes, and closes.
    Greet(Vec<u8>),
    /// Answers every request with these bytes and keeps the connection.
    Answer(Vec<u8>),
    /// Answers with these bytes and closes.
    AnswerAndClose(Vec<u8>),
}

pub(crate) fn response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len()).into_bytes()
}

/// A server below HTTP: each connection gets the next act, the last one for ever.
pub(crate) struct Raw {
    pub(crate) base: String,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Raw {
    pub(crate) async fn start(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (seen, asked) = (connections.clone(), requests.clone());
        let task = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                let act = acts[seen.fetch_add(1, Ordering::SeqCst).min(acts.len() - 1)].clone();
                tokio::spawn(perform(stream, act, asked.clone()));
            }
        });
        Self { base, connections, requests, task }
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn perform(mut stream: TcpStream, act: Act, requests: Arc<AtomicUsize>) {
    match act {
        // closing with bytes unread makes it a reset
        Act::Reset => drop(stream.read(&mut [0]).await),
        Act::Close => {
            if read_request(&mut stream).await {
                requests.fetch_add(1, Ordering::SeqCst);
            }
        }
        Act::Hang => {
            if read_request(&mut stream).await {
                requests.fetch_add(1, Ordering::SeqCst);
            }
            while stream.read(&mut [0; 64]).await.is_ok_and(|n| n > 0) {}
        }
        Act::Greet(bytes) => {
            let _ = stream.read(&mut [0; 4_096]).await;
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::Answer(bytes) => {
            while read_request(&mut stream).await {
                requests.fetch_add(1, Ordering::SeqCst);
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
        }
        Act::AnswerAndClose(bytes) => {
            if read_request(&mut stream).await {
                requests.fetch_add(1, Ordering::SeqCst);
            }
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
    }
}

/// Head and body of one request; `false` where none came.
async fn read_request(stream: &mut TcpStream) -> bool {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte).await {
            Ok(1..) => head.push(byte[0]),
            _ => return false,
        }
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    stream.read_exact(&mut vec![0; length]).await.is_ok()
}

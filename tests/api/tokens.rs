//! Tokens between runs and between processes: one sign-in for all, and none that somebody else could read.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use futures_util::future::join_all;
use mctui::api::{Client, Kind, Memory};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::{body_string, body_string_contains, header, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::common::*;
use crate::signing::count_tokens;

const NUMBERS: &str = "/api/phonenumbers";
const DAY: f64 = 86_400.0;

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join("state").join("tokens")
    }

    /// A client as another run or process has it.
    fn client(&self, server: &MockServer) -> Client {
        client_with(&server.uri(), &Ledger::with_tokens(&self.folder()), timings())
    }

    fn file(&self) -> PathBuf {
        let mut files = files(&self.folder(), "json");
        assert_eq!(files.len(), 1);
        files.remove(0)
    }

    fn change(&self, change: impl Fn(&mut Value)) {
        let path = self.file();
        let mut content: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        change(&mut content);
        // in place, so that the permissions stay
        std::fs::write(&path, content.to_string()).unwrap();
    }
}

fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.extension().is_some_and(|found| found == end)).collect()
}

async fn with_numbers() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path(NUMBERS)).respond_with(ok(json!([]))).mount(&server).await;
    server
}

fn in_minutes(minutes: i64) -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes)).to_string()
}

/// A token of a day with two minutes left.
fn nearly_over(content: &mut Value) {
    content["obtained_at"] = json!(in_minutes(2 - 24 * 60));
    content["expires_at"] = json!(in_minutes(2));
}

#[tokio::test]
async fn a_second_run_does_not_sign_in() {
    let (server, home) = (with_numbers().await, Home::new());
    let given = count_tokens(&server, DAY).await;
    for _ in 0..3 {
        home.client(&server).phone_numbers(&oauth()).await.unwrap();
    }
    assert_eq!(given.load(Ordering::SeqCst), 1);
    let text = std::fs::read_to_string(home.file()).unwrap();
    for key in [API_KEY, NUMBER_KEY] {
        assert!(!text.contains(key) && !home.file().to_string_lossy().contains(key));
    }
    home.client(&server).phone_numbers(&oauth_with("demo-other")).await.unwrap();
    assert_eq!((given.load(Ordering::SeqCst), files(&home.folder(), "json").len()), (2, 2));
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let (server, home) = (with_numbers().await, Home::new());
    let given = count_tokens(&server, DAY).await;
    home.client(&server).phone_numbers(&oauth()).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&home.folder()), mode(&home.file())), (0o700, 0o600));
    // what others could read is taken for known to them
    std::fs::set_permissions(home.file(), std::fs::Permissions::from_mode(0o644)).unwrap();
    home.client(&server).phone_numbers(&oauth()).await.unwrap();
    assert_eq!((given.load(Ordering::SeqCst), mode(&home.file())), (2, 0o600));
}

#[rstest]
#[case::broken(|content: &mut Value| *content = json!("garbage"))]
#[case::half(|content: &mut Value| content["access_token"] = Value::Null)]
#[case::unusable(|content: &mut Value| content["access_token"] = json!("two\nlines"))]
#[case::another_service(|content: &mut Value| content["base_url"] = json!("https://elsewhere.example/v4"))]
#[case::other_keys(|content: &mut Value| content["keys"] = json!("0011"))]
#[case::expired(|content: &mut Value| content["expires_at"] = json!(in_minutes(-1)))]
#[case::from_the_future(|content: &mut Value| content["obtained_at"] = json!(in_minutes(60)))]
#[tokio::test]
async fn a_file_that_is_no_use_is_replaced(#[case] spoil: fn(&mut Value)) {
    let (server, home) = (with_numbers().await, Home::new());
    let given = count_tokens(&server, DAY).await;
    home.client(&server).phone_numbers(&oauth()).await.unwrap();
    home.change(spoil);
    for _ in 0..2 {
        home.client(&server).phone_numbers(&oauth()).await.unwrap();
    }
    assert_eq!(given.load(Ordering::SeqCst), 2);
    let requests = server.received_requests().await.unwrap();
    let forms: Vec<_> = requests.iter().filter(|request| request.url.path() == "/auth/token").collect();
    assert!(String::from_utf8_lossy(&forms[1].body).starts_with("grant_type=client_credentials&"));
}

#[tokio::test]
async fn a_token_that_is_due_is_refreshed_with_two_fields_and_the_key() {
    let (server, home) = (with_numbers().await, Home::new());
    Mock::given(path("/auth/token"))
        .and(body_string("grant_type=refresh_token&refresh_token=r1"))
        .and(header("x-api-key", API_KEY))
        .respond_with(ok(json!({"access_token": "t9", "expires_in": 86_399, "refresh_token": "r9"})))
        .with_priority(1)
        .expect(1)
        .mount(&server)
        .await;
    let given = count_tokens(&server, DAY).await;
    home.client(&server).phone_numbers(&oauth()).await.unwrap();
    home.change(nearly_over);
    for _ in 0..2 {
        home.client(&server).phone_numbers(&oauth()).await.unwrap();
    }
    assert_eq!(given.load(Ordering::SeqCst), 1);
    let content: Value = serde_json::from_slice(&std::fs::read(home.file()).unwrap()).unwrap();
    assert_eq!((&content["access_token"], &content["refresh_token"]), (&json!("t9"), &json!("r9")));
}

#[tokio::test]
async fn a_refused_refresh_gives_way_to_the_keys() {
    let (server, home) = (with_numbers().await, Home::new());
    Mock::given(path("/auth/token"))
        .and(body_string_contains("grant_type=refresh_token"))
        .respond_with(ResponseTemplate::new(400).set_body_json(json!({"error": "invalid_grant"})))
        .with_priority(1)
        .expect(1)
        .mount(&server)
        .await;
    let given = count_tokens(&server, DAY).await;
    home.client(&server).phone_numbers(&oauth()).await.unwrap();
    home.change(nearly_over);
    home.client(&server).phone_numbers(&oauth()).await.unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_token_that_was_refused_is_renewed_once_for_all() {
    let (server, home) = (with_numbers().await, Home::new());
    let given = count_tokens(&server, DAY).await;
    let (one, other) = (home.client(&server), home.client(&server));
    one.phone_numbers(&oauth()).await.unwrap();
    other.phone_numbers(&oauth()).await.unwrap();
    Mock::given(path(NUMBERS))
        .and(header("authorization", "Bearer t1"))
        .respond_with(ResponseTemplate::new(401))
        .with_priority(1)
        .mount(&server)
        .await;
    one.phone_numbers(&oauth()).await.unwrap();
    other.phone_numbers(&oauth()).await.unwrap();
    home.client(&server).phone_numbers(&oauth()).await.unwrap();
    assert_eq!(given.load(Ordering::SeqCst), 2, "the second takes what the first one was given");
}

#[tokio::test]
async fn many_at_once_sign_in_once() {
    let (server, home) = (with_numbers().await, Home::new());
    let given = count_tokens(&server, DAY).await;
    let clients: Vec<Client> = (0..6).map(|_| home.client(&server)).collect();
    let who = oauth();
    for result in join_all(clients.iter().map(|client| client.phone_numbers(&who))).await {
        result.unwrap();
    }
    assert_eq!(given.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn keys_that_are_refused_leave_no_token() {
    let (server, home) = (with_numbers().await, Home::new());
    let given = count_tokens(&server, DAY).await;
    home.client(&server).phone_numbers(&oauth()).await.unwrap();
    server.reset().await;
    Mock::given(path(NUMBERS)).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    Mock::given(path("/auth/token")).respond_with(ResponseTemplate::new(400)).mount(&server).await;
    assert_eq!(home.client(&server).phone_numbers(&oauth()).await.unwrap_err().kind(), Kind::Unauthorised);
    assert!(files(&home.folder(), "json").is_empty());
    assert_eq!(given.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_costs_sign_ins_alone() {
    let (server, home) = (with_numbers().await, Home::new());
    let given = count_tokens(&server, DAY).await;
    std::fs::write(home.0.path().join("state"), "a file").unwrap();
    let client = home.client(&server);
    for _ in 0..2 {
        client.phone_numbers(&oauth()).await.unwrap();
    }
    assert_eq!(given.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_numbers_key_leaves_no_file() {
    let (server, home) = (MockServer::start().await, Home::new());
    Mock::given(path("/phonenumbers")).respond_with(ok(json!([]))).mount(&server).await;
    home.client(&server).phone_numbers(&number_key()).await.unwrap();
    assert!(!home.folder().exists());
    assert!(Ledger::with_limit(1).token_folder().is_none());
}

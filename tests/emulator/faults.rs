//! What goes wrong on purpose, as a client sees it.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use mctui::emulator::{Effect, Emulator, Fault, Options, RetryAfter, USER_KEY};
use reqwest::{Method, RequestBuilder, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Asker, address, json};

fn send(asker: &Asker) -> RequestBuilder {
    let body = json!({"from": "+12025550101", "to": ["+12025550147"], "message": "Hi"});
    asker.keyed(Method::POST, "/messages/send", "demo-key-1").json(&body)
}

fn ping(asker: &Asker) -> RequestBuilder {
    asker.keyed(Method::GET, "/ping", "demo-key-1")
}

#[rstest]
#[case::before(Fault::on("/messages", Effect::Reset), 0)]
#[case::after(Fault::on("/messages", Effect::Reset).after_work(), 1)]
#[tokio::test]
async fn a_reset_comes_before_or_after_the_work(#[case] fault: Fault, #[case] posts: usize) {
    let asker = Asker::demo().await;
    asker.emulator.fault(fault.times(1));
    let error = send(&asker).send().await.unwrap_err();
    assert!(!error.is_connect() && !error.is_timeout(), "{error:?}");
    assert_eq!(asker.emulator.posts().len(), posts);
    assert_eq!(asker.emulator.requests().pop().unwrap().status, None);
    assert_eq!(send(&asker).send().await.unwrap().status(), 200, "the fault was for one request");
    assert_eq!(asker.emulator.posts().len(), posts + 1);
}

#[tokio::test]
async fn a_reset_is_one_of_tcp() {
    let asker = Asker::demo().await;
    asker.emulator.fault(Fault::on("/ping", Effect::Reset));
    let mut stream = TcpStream::connect(asker.emulator.address()).await.unwrap();
    stream.write_all(b"GET /v4/ping HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let error = stream.read(&mut [0; 64]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_refused_connection_never_was_one() {
    let asker = Asker::demo().await;
    let mut old = TcpStream::connect(asker.emulator.address()).await.unwrap();
    old.write_all(b"GET /v4/ping HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(old.read(&mut [0; 1]).await.unwrap() > 0);
    asker.emulator.refuse().await;
    let error = ping(&asker).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    let end = old.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(end.kind(), std::io::ErrorKind::ConnectionReset);
    asker.emulator.accept().await;
    assert_eq!(ping(&asker).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn who_hangs_can_be_cut_off() {
    let asker = Asker::demo().await;
    asker.emulator.fault(Fault::on("/messages", Effect::Hang).after_work());
    let waiting = tokio::spawn(send(&asker).send());
    while asker.emulator.posts().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    asker.emulator.cut_connections();
    assert!(waiting.await.unwrap().is_err());
}

#[rstest]
#[case::before(Fault::on("/messages", Effect::Delay(Duration::from_millis(40))))]
#[case::after(Fault::on("/messages", Effect::Delay(Duration::from_millis(40))).after_work())]
#[tokio::test]
async fn a_delayed_answer_is_the_same_later(#[case] fault: Fault) {
    let asker = Asker::demo().await;
    asker.emulator.fault(fault);
    let start = Instant::now();
    assert_eq!(send(&asker).send().await.unwrap().status(), 200);
    assert!(start.elapsed() >= Duration::from_millis(40));
    assert_eq!(asker.emulator.posts().len(), 1);
}

#[rstest]
#[case::unauthorised(Effect::Status(401), 401)]
#[case::broken(Effect::Status(500), 500)]
#[case::unavailable(Effect::Status(503), 503)]
#[case::proxy(Effect::Html(502), 502)]
#[case::proxy_that_is_content(Effect::Html(200), 200)]
#[case::rate_limited(Effect::RateLimited(RetryAfter::Absent), 429)]
#[case::elsewhere(Effect::Redirect("https://example.invalid/".to_owned()), 302)]
#[tokio::test]
async fn an_answer_can_be_another(#[case] effect: Effect, #[case] status: u16, #[values(false, true)] worked: bool) {
    let asker = Asker::demo().await;
    let fault = Fault::on("/messages", effect.clone());
    asker.emulator.fault(if worked { fault.after_work() } else { fault });
    let answer = send(&asker).send().await.unwrap();
    assert_eq!(answer.status(), status);
    assert_eq!(asker.emulator.posts().len(), usize::from(worked));
    match effect {
        Effect::Html(_) => {
            assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
            assert!(answer.text().await.unwrap().starts_with("<html>"));
        }
        Effect::Redirect(to) => assert_eq!(answer.headers()["location"], to.as_str()),
        Effect::RateLimited(_) => assert_eq!(answer.headers().get("retry-after"), None),
        _ => assert!(json(answer).await["message"].is_string()),
    }
    assert_eq!(ping(&asker).send().await.unwrap().status(), 200, "other paths are as they were");
}

#[tokio::test]
async fn a_rate_limit_says_when_in_either_form() {
    let asker = Asker::demo().await;
    asker.emulator.fault(Fault::on("/ping", Effect::RateLimited(RetryAfter::Seconds(7))).times(1));
    asker.emulator.fault(Fault::on("/ping", Effect::RateLimited(RetryAfter::Date(90))).times(1));
    let seconds = ping(&asker).send().await.unwrap();
    assert_eq!(
        (seconds.status(), &seconds.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"7".parse().unwrap())
    );
    let date = ping(&asker).send().await.unwrap();
    let date = date.headers()["retry-after"].to_str().unwrap();
    assert!(date.ends_with(" GMT"), "{date}");
    let then = DateTimeParser::new().parse_timestamp(date).unwrap();
    assert!((60..=91).contains(&then.duration_since(Timestamp::now()).as_secs()), "{date}");
}

#[tokio::test]
async fn half_an_answer_may_look_whole_or_not() {
    let asker = Asker::demo().await;
    asker.emulator.fault(Fault::on("/messages", Effect::Truncated).times(1));
    asker.emulator.fault(Fault::on("/messages", Effect::CutShort).times(1));
    asker.emulator.fault(Fault::on("/messages", Effect::Empty).times(1));
    let truncated = send(&asker).send().await.unwrap();
    assert_eq!(truncated.status(), 200);
    let body = truncated.text().await.unwrap();
    assert!(body.starts_with('{') && serde_json::from_str::<Value>(&body).is_err(), "{body}");
    let cut = send(&asker).send().await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.text().await.is_err(), "less came than was announced");
    let empty = send(&asker).send().await.unwrap();
    assert_eq!((empty.status(), empty.text().await.unwrap()), (StatusCode::OK, String::new()));
    assert_eq!(asker.emulator.posts().len(), 3, "all of them were worked");
}

#[tokio::test]
async fn faults_can_be_cleared_and_are_by_path_under_any_prefix() {
    let asker = Asker::demo().await;
    asker.emulator.fault(Fault::on("/ping", Effect::Status(500)));
    assert_eq!(asker.keyed(Method::GET, "/api/ping", "demo-key-1").send().await.unwrap().status(), 500);
    asker.emulator.clear_faults();
    assert_eq!(ping(&asker).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_person_can_look_and_meddle_over_http() {
    let asker = Asker::demo().await;
    let token = asker.token(USER_KEY).await;
    asker.tokened(Method::GET, "/ping", &token).send().await.unwrap();
    let control = |path: &str| format!("http://{}/_emulator{path}", asker.emulator.address());
    let seen = json(asker.http.get(control("/requests")).send().await.unwrap()).await;
    assert_eq!(seen["total"], 2);
    assert_eq!(seen["requests"][1]["credentials"], "account");
    let seen = seen.to_string();
    assert!(!seen.contains(USER_KEY) && !seen.contains(&token), "{seen}");

    let fault = json!({"path": "/ping", "effect": "status", "status": 500, "times": 1});
    assert_eq!(asker.http.post(control("/faults")).json(&fault).send().await.unwrap().status(), 201);
    let listed = json(asker.http.get(control("/faults")).send().await.unwrap()).await;
    assert_eq!(listed["faults"].as_array().unwrap().len(), 1);
    assert_eq!(ping(&asker).send().await.unwrap().status(), 500);
    assert_eq!(ping(&asker).send().await.unwrap().status(), 200);
    let unknown = asker.http.post(control("/faults")).json(&json!({"effect": "explode"})).send().await.unwrap();
    assert_eq!(unknown.status(), 400);

    let inbound = json!({"from": "+12025550147", "to": "(202) 555-0101", "text": "Hello"});
    assert_eq!(asker.http.post(control("/inbound")).json(&inbound).send().await.unwrap().status(), 201);
    let last = asker.emulator.messages(Some(&address("+12025550101"))).pop().unwrap();
    assert_eq!((last.contact, last.text.as_str()), (address("+12025550147"), "Hello"));

    assert_eq!(asker.http.delete(control("/tokens")).send().await.unwrap().status(), 200);
    assert_eq!(asker.tokened(Method::GET, "/ping", &token).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn stopping_frees_the_port_at_once() {
    let emulator = Emulator::start(Options::empty(&["+12025550101"])).await.unwrap();
    let port = emulator.address().port();
    let taken = Emulator::start(Options { port, ..Options::empty(&["+12025550101"]) }).await;
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    emulator.stop().await;
    let again = Emulator::start(Options { port, ..Options::empty(&["+12025550101"]) }).await.unwrap();
    assert_eq!(again.address().port(), port);
}

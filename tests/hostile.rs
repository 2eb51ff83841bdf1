//! A hostile account against the real binary: what it says reaches neither the terminal, nor standard output and error,
//! nor the log, as anything but text on its line.

mod common;

use std::time::{Duration, Instant};

use common::fictional;
use common::program::Program;
use common::pty::Pty;
use mctui::emulator::{Dialect, Emulator, Options};
use serde_json::{Value, json};
use wiremock::matchers::{any, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Sequences of every family, 7-bit and 8-bit, bidi, and a line that could pass for ours; `legible` can be waited for.
const HOSTILE: &str = "legible\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}P1;q\u{1b}\\\u{1b}_G\u{1b}\\\u{1b}^p\u{1b}\\\u{1b}Xs\u{1b}\\\u{9b}31m\u{9d}52;c;AA==\u{9c}\
                       \u{202e}sdrawkcab\u{2066}\u{200b}\u{0}\u{8}\u{7f}\u{2028}\r\n2026-01-01 09:00  You: forged\u{10eeee}\u{e0041}";

async fn account() -> Emulator {
    let emulator = Emulator::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal())).await.unwrap();
    let number = emulator.numbers()[0].address.clone();
    emulator.receive(&fictional(66), &number, HOSTILE);
    emulator
}

/// A service that gives a token and refuses everything else in hostile words.
async fn refusing() -> MockServer {
    let server = MockServer::start().await;
    let token = json!({"access_token": "demo-token", "expires_in": 3_600});
    let token = Mock::given(path_regex("/auth/token$")).respond_with(ResponseTemplate::new(200).set_body_json(token));
    token.with_priority(1).mount(&server).await;
    let refusal = ResponseTemplate::new(400).set_body_json(json!({"message": HOSTILE}));
    Mock::given(any()).respond_with(refusal).mount(&server).await;
    server
}

fn settings(emulator: &Emulator) -> String {
    let label = serde_json::to_string(&HOSTILE.replace(['\u{7f}', '\u{10eeee}', '\u{e0041}'], "")).unwrap();
    format!(
        "[account]\nbase_url = \"{}\"\napi_key = \"{}\"\nuser_key = \"{}\"\n[[numbers]]\nphone = \"+12025550101\"\nlabel = {label}\ndefault = true\n",
        emulator.base_url(),
        mctui::emulator::API_KEY,
        mctui::emulator::USER_KEY,
    )
}

#[track_caller]
fn harmless(what: &str, text: &str) {
    let bad = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e0fff}')
    };
    assert!(!text.contains(bad), "{what}: {text:?}");
    assert!(!text.lines().any(|line| line.starts_with("2026-01-01 09:00")), "{what}: {text}");
}

#[tokio::test]
async fn nothing_hostile_is_printed_or_logged() {
    let emulator = account().await;
    let program = Program::bare();
    program.configure(&settings(&emulator));
    assert_eq!(program.run(&["sync"]).await.code, 0);
    let lists: [&[&str]; 5] =
        [&["threads"], &["messages", "+12025550166"], &["numbers", "list"], &["doctor"], &["numbers", "discover"]];
    for arguments in lists {
        let run = program.run(arguments).await;
        harmless("standard output", &run.out);
        harmless("standard error", &run.err);
        assert!(run.out.contains("legible") || arguments[0] == "numbers", "{run:?}");
    }
    let refusing = refusing().await;
    let program = program.with("MIGHTYCALL_BASE_URL", &refusing.uri());
    let run = program.run(&["send", "--to", "+12025550166", "hello"]).await;
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.err.contains("legible␛]0;owned"), "{run:?}");
    harmless("standard error", &run.err);
    let run = program.run(&["-vv", "sync"]).await;
    harmless("standard output", &run.out);
    harmless("standard error", &run.err);
    assert!(run.out.contains("legible"), "{run:?}");
    // arguments may come from a script that read them elsewhere
    for arguments in [
        &["\u{1b}]0;owned\u{7}"][..],
        &["send", "--to", "\u{1b}[2J\u{202e}", "x"],
        &["messages", HOSTILE.trim_matches('\0')],
    ] {
        let arguments: Vec<String> = arguments.iter().map(|argument| argument.replace('\0', "")).collect();
        let run = program.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await;
        harmless("standard error", &run.err);
    }
    let log = std::fs::read_to_string(program.home.path().join("state/mctui.log")).unwrap();
    assert!(log.contains("legible"), "{log}");
    harmless("the log", &log);
    for line in log.lines() {
        assert!(line.starts_with("20") && line.get(10..11) == Some("T"), "a line that is no event: {line:?}");
    }
    // programs get it as it is, and JSON has no raw control below a blank
    let run = program.run(&["messages", "+12025550166", "--json"]).await;
    assert!(!run.out.contains(|c: char| c < ' ' && c != '\n'), "{run:?}");
    let messages: Vec<Value> = run.json();
    assert_eq!((messages.len(), &messages[0]["body"]), (2, &json!(HOSTILE)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_hostile_steers_the_terminal() {
    let emulator = account().await;
    let program = Program::bare();
    program.configure(&settings(&emulator));
    assert_eq!(program.run(&["sync"]).await.code, 0);
    let refusing = refusing().await;
    let mut client = Pty::mctui(&[], program.home.path(), &[("MIGHTYCALL_BASE_URL", &refusing.uri())], 40, 140);
    client.wait_for("legible");
    client.keys("\r");
    client.wait_for("To ");
    // a paste with sequences in it, a refusal with the service's words in it, the windows that show them
    client.keys("\x1b[200~pasted\x1b]0;owned\x07\x1b[201~");
    client.wait_for("pasted");
    client.keys("\r");
    client.wait_for("not sent: MightyCall refused");
    // one key at a time: what follows an escape at once is one key with it
    client.keys("\x1b");
    client.wait("the message to be marked", |screen| screen.contains("││▌"));
    client.keys("i");
    let info = client.wait_for("MightyCall id");
    assert!(info.contains("Reason") && info.contains("pasted"), "{info}");
    let closed = |client: &mut Pty, what: &'static str| {
        client.keys("\x1b");
        client.wait("it to close", |screen| !screen.contains(what));
    };
    closed(&mut client, "MightyCall id");
    client.keys("\x1bOS");
    client.wait_for("Base URL");
    closed(&mut client, "Base URL");
    client.keys("\x11");
    let ended = Instant::now();
    assert!(client.ended().success() && ended.elapsed() < Duration::from_secs(60));
    strict(&client.raw());
}

/// Only what the client means: CSI with known endings, the window's title, links and notices whole with nothing that
/// steers inside, the bell; nothing else that begins with an escape, no other control.
fn strict(raw: &[u8]) {
    let text = std::str::from_utf8(raw).expect("only UTF-8 goes to the terminal");
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c != '\u{1b}' {
            let control = c.is_control() && !matches!(c, '\r' | '\n' | '\u{7}');
            let hides = matches!(c, '\u{200b}' | '\u{202e}' | '\u{2066}' | '\u{2028}' | '\u{10eeee}' | '\u{e0041}');
            assert!(!control && !hides, "{c:?} before {:?}", rest.chars().take(60).collect::<String>());
            continue;
        }
        if let Some(order) = rest.strip_prefix(']') {
            let end = order.find(['\u{7}', '\u{1b}']).expect("an order ends");
            let (order, after) = order.split_at(end);
            let known = ["2;", "8;", "9;", "777;notify;", "52;c;"].iter().any(|kind| order.starts_with(kind));
            let hides = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            assert!(known && !order.contains(hides), "OSC {order:?}");
            rest = after.strip_prefix('\u{7}').or_else(|| after.strip_prefix("\u{1b}\\")).expect("and by what ends it");
            continue;
        }
        let sequence =
            rest.strip_prefix('[').unwrap_or_else(|| panic!("ESC {:?}", rest.chars().take(20).collect::<String>()));
        let end = sequence.find(|c: char| ('@'..='~').contains(&c)).expect("a sequence ends");
        let (parameters, last) = (&sequence[..end], sequence.as_bytes()[end]);
        let numbers = parameters.bytes().all(|b| b.is_ascii_digit() || b == b';');
        let known = match last {
            b'H' | b'm' | b'J' | b'K' => numbers,
            b'h' | b'l' => parameters.starts_with('?'),
            b'u' => parameters.starts_with(['>', '<']),
            b'q' => parameters.ends_with(' '),
            // the window's title put by and taken out again
            b't' => matches!(parameters, "22;2" | "23;2"),
            _ => false,
        };
        assert!(known, "CSI {parameters:?} {:?}", char::from(last));
        rest = &sequence[end + 1..];
    }
}

//! The real binary as scripts use it: exit codes, JSON lines, files.

mod common;

use std::os::unix::fs::PermissionsExt;

use common::fictional;
use common::program::Program;
use mctui::emulator::{Dialect, Effect, Emulator, Fault, Options};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn account(dialect: Dialect) -> Emulator {
    Emulator::start(Options::sized(3, 12, 120).speaking(dialect)).await.unwrap()
}

fn setup_file(emulator: &Emulator, program: &Program, keys: bool) -> String {
    let entry = |number: mctui::emulator::OwnNumber| {
        let mut entry = json!({"phone_number": number.address.display(), "label": number.label});
        if keys {
            entry["mighty_call_key"] = number.key.into();
        }
        entry
    };
    let numbers: Vec<Value> = emulator.numbers().into_iter().map(entry).collect();
    let path = program.home.path().join("numbers.json");
    std::fs::write(&path, json!({ "numbers": numbers }).to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The main job without a screen, on each kind of account.
#[rstest]
#[case::number_keys(Dialect::number_keys(), true)]
#[case::journal(Dialect::journal(), false)]
#[case::under_api(Dialect::under_api(), true)]
#[tokio::test]
async fn from_nothing_to_an_answer(#[case] dialect: Dialect, #[case] keys: bool) {
    let emulator = account(dialect.clone()).await;
    let mut program = Program::on(&emulator);
    if keys {
        program = program.without("MIGHTYCALL_USER_KEY");
    }
    if dialect.schemes == mctui::emulator::Schemes::NumberKey {
        program = program.without("MIGHTYCALL_API_KEY");
    }
    let file = setup_file(&emulator, &program, keys);
    let numbers = program.json(&["numbers", "import", &file]).await;
    assert_eq!(numbers.len(), 3);
    assert_eq!(numbers[0]["is_default"], true);
    assert_eq!(numbers[1]["number"], emulator.numbers()[1].address.as_str());

    let lines = program.json(&["sync"]).await;
    let done = lines.last().unwrap();
    assert_eq!((&done["event"], done["new"].as_u64()), (&json!("done"), Some(120)), "{done}");
    for (number, report) in emulator.numbers().iter().zip(done["numbers"].as_array().unwrap()) {
        assert_eq!(report["number"], number.address.as_str());
        assert_eq!(report["new"].as_u64().unwrap(), emulator.count(Some(&number.address)) as u64);
        assert_eq!((&report["complete"], &report["error"]), (&json!(true), &Value::Null));
    }
    assert!(done["requests"].as_u64().unwrap() > 0);
    assert_eq!(program.json(&["sync"]).await.last().unwrap()["new"], 0);

    let threads = program.json(&["threads", "--limit", "1000"]).await;
    let mut count = 0;
    for thread in &threads {
        let id = thread["id"].to_string();
        count += program.json(&["messages", &id, "--limit", "100000"]).await.len();
    }
    assert_eq!(count, 120);

    let from = emulator.numbers()[1].address.display();
    let sent = program.json(&["send", "--to", "(202) 555-0199", "--from", &from, "We open at nine"]).await;
    assert_eq!((&sent[0]["delivery"], &sent[0]["direction"]), (&json!("sent"), &json!("outbound")));
    let posts = emulator.posts();
    assert_eq!(posts.len(), 1);
    assert_eq!(
        (&posts[0].from, posts[0].to.as_slice()),
        (&emulator.numbers()[1].address, &["+12025550199".to_owned()][..])
    );

    program.json(&["sync"]).await;
    let messages = program.json(&["messages", "+12025550199"]).await;
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["id"], sent[0]["id"]);
    assert_eq!(emulator.posts().len(), 1);
}

#[tokio::test]
async fn json_has_its_promised_names() {
    let emulator = account(Dialect::journal()).await;
    let program = Program::on(&emulator);
    program.json(&["numbers", "discover", "--add"]).await;
    program.json(&["sync"]).await;
    let names = |value: &Value| {
        let mut names: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    let thread = &program.json(&["threads", "--limit", "1"]).await[0];
    assert_eq!(
        names(thread),
        ["contact", "draft", "id", "last_direction", "last_message_at", "number", "snippet", "state", "unread"]
    );
    assert_eq!(names(&thread["contact"]), ["name", "number"]);
    let message = &program.json(&["messages", &thread["id"].to_string(), "--limit", "1"]).await[0];
    assert_eq!(
        names(message),
        [
            "at",
            "attachments",
            "body",
            "contact",
            "delivery",
            "direction",
            "error",
            "id",
            "number",
            "remote_id",
            "thread",
            // what MightyCall notes about it, where it does
            "workflow"
        ]
    );
    assert!(message["at"].as_str().unwrap().ends_with('Z'));
    for finding in program.json(&["doctor"]).await {
        assert_eq!(names(&finding), ["check", "detail", "fix", "ok"]);
        assert_eq!(finding["ok"], true, "{finding}");
    }
}

#[tokio::test]
async fn unread_and_mark_read() {
    let emulator = Emulator::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal())).await.unwrap();
    let program = Program::on(&emulator);
    program.json(&["numbers", "discover", "--add"]).await;
    program.json(&["sync"]).await;
    for from in [50, 51] {
        emulator.receive(&fictional(from), &emulator.numbers()[0].address, "Anybody there?");
    }
    program.json(&["sync"]).await;
    let unread = program.json(&["threads", "--unread"]).await;
    assert_eq!(unread.len(), 2);
    program.json(&["mark-read", &unread[0]["id"].to_string()]).await;
    assert_eq!(program.json(&["threads", "--unread"]).await.len(), 1);
    assert_eq!(program.json(&["mark-read", "--all"]).await[0]["marked"], 1);
    assert!(program.json(&["threads", "--unread"]).await.is_empty());
}

#[tokio::test]
async fn search_finds_in_the_cache() {
    let emulator =
        Emulator::start(Options::empty(&["+12025550101", "+12025550102"]).speaking(Dialect::journal())).await.unwrap();
    let program = Program::on(&emulator);
    program.json(&["numbers", "discover", "--add"]).await;
    let (main, side) = (emulator.numbers()[0].address.clone(), emulator.numbers()[1].address.clone());
    let ago = |minutes| emulator.now() - jiff::SignedDuration::from_mins(minutes);
    emulator.receive_at(&fictional(50), &main, "Is the Café open?", ago(30));
    emulator.receive_at(&fictional(51), &side, "A cafe\n2020-01-01 00:00  somebody else", ago(20));
    emulator.receive_at(&fictional(51), &main, "cafeteria \u{1b}[2J", ago(10));
    program.json(&["sync"]).await;

    let bodies = async |arguments: &[&str]| {
        let found = program.json(&[&["search"], arguments].concat()).await;
        found.iter().map(|message| message["body"].as_str().unwrap().chars().take(6).collect()).collect::<Vec<String>>()
    };
    assert_eq!(bodies(&["\"CAFE\""]).await, ["A cafe", "Is the"]);
    assert_eq!(bodies(&["CAFE "]).await, ["A cafe", "Is the"], "a blank ends the word");
    assert_eq!(bodies(&["caf"]).await, ["cafete", "A cafe", "Is the"], "beginnings too, as in the client");
    assert_eq!(bodies(&["cafe*"]).await, ["cafete", "A cafe", "Is the"]);
    assert_eq!(bodies(&["cafe*", "--limit", "1"]).await, ["cafete"]);
    assert_eq!(bodies(&["\"cafe\"", "--number", "2025550102"]).await, ["A cafe"]);
    assert_eq!(bodies(&["cafe", "from:0150"]).await, ["Is the"]);
    assert_eq!(bodies(&["is:unread", "in:0101"]).await, ["cafete", "Is the"]);
    let oldest = &program.json(&["search", "\"cafe\""]).await[1];
    assert_eq!(oldest, &program.json(&["messages", "+12025550150"]).await[0], "a message as in all other output");
    let newest = program.json(&["search", "cafe*"]).await[0]["id"].to_string();
    assert_eq!(bodies(&["cafe*", "--before", &newest]).await, ["A cafe", "Is the"]);

    let run = program.run(&["search", "cafe*"]).await;
    run.says(0, "");
    assert_eq!(run.out.lines().count(), 6, "two lines each, whatever is in a text: {}", run.out);
    assert!(run.out.contains("(202) 555-0151 to (202) 555-0101") && !run.out.contains('\u{1b}'), "{}", run.out);
    assert_eq!(bodies(&["\"is:open\""]).await, Vec::<String>::new(), "in quotes it is words");
    let run = program.run(&["search", "crocodile"]).await;
    run.says(0, "nothing found; no history is missing");
    assert!(run.out.is_empty() && !run.err.contains("sync"), "{}", run.err);
}

/// A sync is named where it can help, and only there.
#[tokio::test]
async fn nothing_found_says_what_helps() {
    let emulator =
        Emulator::start(Options::empty(&["+12025550101", "+12025550102"]).speaking(Dialect::journal())).await.unwrap();
    let program = Program::on(&emulator);
    program.json(&["numbers", "discover", "--add"]).await;
    let (main, side) = (emulator.numbers()[0].address.clone(), emulator.numbers()[1].address.clone());
    for n in 0..40 {
        let ago = emulator.now() - jiff::SignedDuration::from_hours(24 * 40 - n * 24);
        emulator.receive_at(&fictional(50), &main, &format!("text {n}"), ago);
    }
    emulator.receive_at(&fictional(51), &side, "予約を 202-555-0162", emulator.now());
    let note = async |arguments: &[&str], says: &str| {
        let run = program.run(arguments).await;
        run.says(0, says);
        run.err
    };
    // never asked for
    note(&["search", "crocodile"], "`mctui sync --full` fetches the rest").await;
    program.json(&["sync", "--limit", "10"]).await;
    let rest = "nothing found in what is fetched so far; `mctui sync --full --number +12025550101` fetches the rest";
    note(&["search", "crocodile"], rest).await;
    note(&["messages", "2025550177"], "no messages with (202) 555-0177 in what is fetched so far; `mctui sync").await;
    for (arguments, says) in [
        (&["search", "crocodile", "--number", "2025550102"][..], "nothing found; no history is missing"),
        (&["search", "crocodile after:2d"], "nothing found; no history is missing"),
        (&["search", "is:unread crocodile"], "nothing found; no history is missing"),
        (&["search", "in:nowhere text"], "you have no number by that name"),
        (&["search", "after:2d before:5d"], "the period ends before it begins"),
        (
            &["messages", "2025550177", "--number", "2025550102"],
            "no messages with (202) 555-0177; no history is missing",
        ),
    ] {
        let err = note(arguments, says).await;
        assert!(!err.contains("sync"), "{arguments:?}: {err}");
    }
    assert_eq!(program.json(&["search", "予約", "2025550162"]).await.len(), 1);
    program.json(&["sync", "--full"]).await;
    let err = note(&["search", "crocodile"], "nothing found; no history is missing").await;
    assert!(!err.contains("sync"), "{err}");
}

#[rstest]
#[case::no_words(&["search", " "], 2, "no word to look for")]
#[case::no_filter(&["search", "dana", "after:notadate"], 2, "“after:notadate” is no time; after: yesterday")]
#[case::no_number(&["send", "--to", "Dana", "hi"], 2, "not a phone number")]
#[case::too_long(&["send", "--to", "303-555-01622", "hi"], 2, "11 digits, one too many")]
#[case::too_short(&["send", "--to", "1-303-555-016", "hi"], 2, "9 digits after the 1, one too few")]
#[case::two(&["send", "--to", "303-555-0162/3", "hi"], 2, "several phone numbers")]
#[case::a_row(&["send", "--to", "303-555-0162\t303-555-0163", "hi"], 2, "several phone numbers")]
#[case::area(&["send", "--to", "(103) 555-0162", "hi"], 2, "area code (the first three digits) cannot begin with 1")]
#[case::zero(&["send", "--to", "+03035550162", "hi"], 2, "no country code begins with 0")]
#[case::no_plus(&["send", "--to", "442079460000", "hi"], 2, "begin with + and the country code: +44 20 7946 0000")]
#[case::added(&["numbers", "add", "303-555-01622"], 2, "11 digits, one too many")]
#[case::listed(&["threads", "--number", "303-555-01622"], 2, "11 digits, one too many")]
#[case::looked_for(&["messages", "303-555-01622"], 2, "11 digits, one too many")]
#[case::asked_for(&["messages", "415-555-01622"], 2, "11 digits, one too many")]
#[case::empty(&["send", "--to", "2025550199", "  "], 2, "empty")]
#[case::nothing_on_standard_input(&["send", "--to", "2025550199"], 2, "empty")]
#[case::not_ours(&["send", "--to", "2025550199", "--from", "2025550150", "hi"], 2, "not one of your")]
#[case::to_itself(&["send", "--to", "2025550101", "hi"], 2, "itself")]
#[case::no_thread(&["messages", "99"], 2, "no thread 99")]
#[case::no_client_without_terminal(&[], 2, "needs a terminal")]
#[case::no_demo_without_terminal(&["demo"], 2, "needs a terminal")]
#[case::no_file(&["numbers", "import", "/nowhere.json"], 2, "cannot read")]
#[case::unknown_command(&["snyc"], 2, "sync")]
#[case::no_time(&["sync", "--since", "soon"], 2, "no time")]
#[tokio::test]
async fn bad_input_is_told(#[case] arguments: &[&str], #[case] code: i32, #[case] words: &str) {
    let emulator = Emulator::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal())).await.unwrap();
    let program = Program::on(&emulator);
    program.run_with(&["numbers", "add", "2025550101"], b"").await.says(0, "");
    program.run(arguments).await.says(code, words);
    assert!(emulator.posts().is_empty());
}

#[rstest]
#[case::windows_file(b"\xef\xbb\xbfHello\r\nthere\r\n\r\n", "Hello\nthere")]
#[case::controls(b"a\0b\x1b[31mc\x07\td", "ab[31mc d")]
#[case::pasted(b"  See you at nine\n \n\t\n\xc2\xa0\n\n", "  See you at nine")]
#[case::old_breaks("one\rtwo\u{2028}three\u{85}four".as_bytes(), "one\ntwo\nthree\nfour")]
#[tokio::test]
async fn what_is_sent_is_clean(#[case] input: &[u8], #[case] posted: &str) {
    let emulator = account(Dialect::v4()).await;
    let program = Program::on(&emulator);
    program.json(&["numbers", "discover", "--add"]).await;
    let run = program.run_with(&["send", "--to", "(202) 555-0199"], input).await;
    assert_eq!(run.code, 0, "{}", run.err);
    let text = String::from_utf8(input.to_vec()).unwrap();
    if !text.contains('\0') {
        assert_eq!(program.run(&["send", "--to", "(202) 555-0199", &text]).await.code, 0);
    }
    for post in emulator.posts() {
        assert_eq!(post.text, posted);
    }
    assert_eq!(program.run_with(&["send", "--to", "(202) 555-0199"], b"\xef\xbb\xbf\r\n\0\r\n").await.code, 2);
}

#[tokio::test]
async fn a_picture_without_words_is_named() {
    let emulator = account(Dialect::v4()).await;
    let program = Program::on(&emulator);
    program.json(&["numbers", "discover", "--add"]).await;
    let ours = emulator.numbers()[0].address.clone();
    let file = |name: &str| mctui::emulator::File { name: name.to_owned(), data: b"demo".to_vec() };
    emulator.receive_files(&fictional(90), &ours, "", vec![file("crack.png")]);
    emulator.receive_files(&fictional(91), &ours, " ", vec![file("a.jpg"), file("b.jpg")]);
    emulator.receive_files(&fictional(92), &ours, "Here it is", vec![file("invoice.pdf")]);
    program.json(&["sync"]).await;
    let threads = program.json(&["threads"]).await;
    let snippet = |contact: u8| {
        let thread = threads.iter().find(|thread| thread["contact"]["number"] == fictional(contact).as_str());
        thread.unwrap()["snippet"].as_str().unwrap().to_owned()
    };
    assert_eq!([90, 91, 92].map(snippet), ["Picture: crack.png", "2 pictures", "Here it is"]);
    let said = |run: common::program::Run| run.out;
    let list = said(program.run(&["threads"]).await);
    assert!(list.contains("        Picture: crack.png\n") && list.contains("        2 pictures\n"), "{list}");
    let one = said(program.run(&["messages", fictional(90).as_str()]).await);
    assert!(one.ends_with(": Picture: crack.png\n"), "{one}");
    let two = said(program.run(&["messages", fictional(91).as_str()]).await);
    assert!(two.contains(": 2 pictures\n") && two.contains("[a.jpg]\n") && two.contains("[b.jpg]\n"), "{two}");
    let found = said(program.run(&["search", "has:attachment", "after:2000-01-01"]).await);
    assert!(found.contains("Picture: crack.png\n") && found.contains("2 pictures\n"), "{found}");
}

#[tokio::test]
async fn text_from_standard_input_and_a_long_one() {
    let emulator = Emulator::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal())).await.unwrap();
    let program = Program::on(&emulator);
    program.run_with(&["numbers", "add", "2025550101"], b"").await.says(0, "");
    let sent = program.run_with(&["send", "--to", "2025550199"], "two\nlines — all of it\n".as_bytes()).await;
    sent.says(0, "");
    assert_eq!(emulator.posts()[0].text, "two\nlines — all of it");
    let long = "x".repeat(100_001);
    program.run_with(&["send", "--to", "2025550199"], long.as_bytes()).await.says(2, "longer than");
    assert_eq!(emulator.posts().len(), 1);
}

#[rstest]
#[case::refused(Fault::on("/messages/send", Effect::Status(400)), 3, 0)]
#[case::lost_answer(Fault::on("/messages/send", Effect::Reset).after_work(), 4, 1)]
#[case::keys(Fault::on("/messages/send", Effect::Status(401)), 5, 0)]
#[tokio::test]
async fn a_send_ends_with_what_is_known(#[case] fault: Fault, #[case] code: i32, #[case] posts: usize) {
    let emulator = Emulator::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal())).await.unwrap();
    let program = Program::on(&emulator);
    program.run_with(&["numbers", "add", "2025550101"], b"").await.says(0, "");
    program.json(&["sync"]).await;
    emulator.fault(fault);
    let run = program.run(&["send", "--to", "2025550199", "hello", "--json"]).await;
    assert_eq!(run.code, code, "{run:?}");
    assert_eq!(run.json().len(), 1);
    assert_eq!(emulator.posts().len(), posts);
}

#[tokio::test]
async fn doctor_tells_of_a_clock_that_is_off() {
    let service = MockServer::start().await;
    let date = |text: &str| ResponseTemplate::new(200).insert_header("date", text).set_body_json(json!({"data": []}));
    Mock::given(any()).respond_with(date("Fri, 02 Jan 2026 03:04:05 GMT")).mount(&service).await;
    let program = Program::bare()
        .with("MIGHTYCALL_BASE_URL", &format!("{}/v4", service.uri()))
        .with("MIGHTYCALL_API_KEY", mctui::emulator::API_KEY)
        .with("MIGHTYCALL_USER_KEY", mctui::emulator::USER_KEY);
    program.run(&["numbers", "add", "+12025550101"]).await;
    let findings = program.run(&["doctor", "--json"]).await.json();
    let clock = findings.iter().find(|finding| finding["check"] == "clock").expect("a finding of the clock");
    assert_eq!(clock["ok"], false);
    assert!(clock["detail"].as_str().unwrap().ends_with("ahead of MightyCall's"), "{clock}");
    assert!(!clock["fix"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn nothing_configured_says_what_to_do() {
    let program = Program::bare();
    program.run(&["sync"]).await.says(5, "no business number");
    program.run(&["send", "--to", "2025550199", "hi"]).await.says(5, "no business number");
    program.run(&["numbers", "discover"]).await.says(5, "MIGHTYCALL_API_KEY");
    let doctor = program.run(&["doctor", "--json"]).await;
    assert_eq!(doctor.code, 5);
    assert!(doctor.json().iter().any(|finding| finding["ok"] == false && !finding["fix"].as_str().unwrap().is_empty()));
}

#[rstest]
#[case::typo("[account]\nbase_ulr = \"http://127.0.0.1:1\"\n", "line 2", "base_ulr")]
#[case::no_scheme("[account]\nbase_url = \"ccapi.mightycall.com/v4\"\n", "line 2", "https://")]
#[case::broken_key("[account]\napi_key = \"demo-\\nkey\"\n", "api_key", "line break")]
#[tokio::test]
async fn a_broken_configuration_is_pointed_at(#[case] text: &str, #[case] place: &str, #[case] words: &str) {
    let program = Program::bare();
    program.configure(text);
    let run = program.run(&["sync"]).await;
    assert!(run.err.contains(place), "{run:?}");
    assert!([2, 5].contains(&run.code), "{run:?}");
    run.says(run.code, words);
    assert_eq!(std::fs::read_to_string(program.config_file()).unwrap(), text);
}

#[tokio::test]
async fn files_are_private_and_exposed_ones_refused() {
    let emulator = account(Dialect::journal()).await;
    let program = Program::on(&emulator);
    program.run_with(&["numbers", "add", "2025550101", "--label", "Main"], b"demo-key-1\n").await.says(0, "");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&program.config_file()), mode(program.config_file().parent().unwrap())), (0o600, 0o700));
    program.json(&["sync"]).await;
    assert_eq!(mode(&program.home.path().join("data/mctui.db")), 0o600);
    assert_eq!(mode(&program.home.path().join("state/mctui.log")), 0o600);

    std::fs::set_permissions(program.config_file(), std::fs::Permissions::from_mode(0o644)).unwrap();
    program.run(&["sync"]).await.says(5, "chmod 600");
}

#[tokio::test]
async fn a_database_that_is_not_ours_is_left_alone() {
    let emulator = account(Dialect::journal()).await;
    let program = Program::on(&emulator);
    program.run_with(&["numbers", "add", "2025550101"], b"").await.says(0, "");
    program.json(&["sync"]).await;
    let file = program.home.path().join("data/mctui.db");
    rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    program.run(&["threads"]).await.says(1, "newer");

    for leftover in ["mctui.db-wal", "mctui.db-shm"] {
        let _ = std::fs::remove_file(program.home.path().join("data").join(leftover));
    }
    std::fs::write(&file, b"this is a shopping list and no database at all, although it is long enough".repeat(40))
        .unwrap();
    let run = program.run(&["threads"]).await;
    assert_eq!(run.code, 1, "{run:?}");
    assert!(std::fs::read(&file).unwrap().starts_with(b"this is a shopping list"));
}

/// Everything at its most verbose, and the keys nowhere but in the settings file.
#[tokio::test]
async fn keys_appear_nowhere() {
    let emulator = account(Dialect::under_api()).await;
    let program = Program::on(&emulator).with("RUST_LOG", "trace");
    program.run_with(&["numbers", "add", "2025550101", "-vv"], b"demo-key-1\n").await.says(0, "");
    program.run_with(&["numbers", "add", "2025550102", "-vv"], b"demo-not-the-key\n").await.says(0, "");
    let mut said = String::new();
    for arguments in [
        &["sync", "-vv"][..],
        &["doctor", "-vv"],
        &["numbers", "discover", "-vv"],
        &["send", "--to", "2025550199", "hello", "-vv"],
        &["send", "--to", "2025550199", "--from", "2025550102", "hello", "-vv"],
    ] {
        let run = program.run(arguments).await;
        said.push_str(&run.out);
        said.push_str(&run.err);
    }
    for file in ["data/mctui.db", "data/mctui.db-wal", "state/mctui.log"] {
        if let Ok(bytes) = std::fs::read(program.home.path().join(file)) {
            said.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    assert!(said.contains("hello") || !said.is_empty());
    for key in ["demo-key-1", "demo-not-the-key", mctui::emulator::API_KEY, mctui::emulator::USER_KEY] {
        assert!(!said.contains(key), "{key} was told");
    }
}

#[tokio::test]
async fn many_at_once_post_each_message_once() {
    let emulator = Emulator::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal())).await.unwrap();
    let program = Program::on(&emulator);
    program.run_with(&["numbers", "add", "2025550101"], b"").await.says(0, "");
    let texts: Vec<String> = (0..8).map(|n| format!("message {n}")).collect();
    let sends = texts.iter().map(|text| async { program.run(&["send", "--to", "2025550199", text]).await });
    let syncs = (0..4).map(|_| async { program.run(&["sync"]).await });
    let (sent, synced) = tokio::join!(futures_util::future::join_all(sends), futures_util::future::join_all(syncs));
    for run in sent.iter().chain(&synced) {
        assert_eq!(run.code, 0, "{run:?}");
    }
    program.json(&["sync"]).await;
    let mut posted: Vec<_> = emulator.posts().into_iter().map(|post| post.text).collect();
    posted.sort();
    assert_eq!(posted, texts);
    assert_eq!(program.json(&["messages", "2025550199"]).await.len(), 8);
}

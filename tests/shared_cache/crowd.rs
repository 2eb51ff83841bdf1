//! Everything at once.

use std::path::Path;
use std::time::{Duration, Instant};

use mctui::emulator::{Effect, Fault};
use tokio::task::JoinSet;

use crate::common::fictional;
use crate::common::program::Run;
use crate::common::pty::Pty;
use crate::common::stage::{PATIENT, Stage, eventually, queue, state, sync};
use crate::common::wire::Target;

/// Another process's write must be on the screen by then; what is aimed for is a second.
const GENEROUS: Duration = Duration::from_secs(5);

/// An account whose contacts 60 to 65 have written and wait, and 50, whose conversation is open on the screen.
async fn desk() -> (Stage, Pty) {
    let stage = Stage::new(Target::Post).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    sync(&context).await;
    for from in 60..66 {
        stage.emulator.receive(&fictional(from), &stage.emulator.numbers()[0].address, "Is anybody there?");
    }
    sync(&context).await;
    // the newest is the first in the list
    stage.emulator.receive(&fictional(50), &stage.emulator.numbers()[0].address, "Let us talk");
    sync(&context).await;
    context.close().await;
    let mut client = Pty::mctui(&[], stage.program.home.path(), &stage.program.environment(), 50, 120);
    client.wait_for("Let us talk");
    client.keys("\r");
    client.wait_for("To ");
    (stage, client)
}

/// Everything that was logged, the rotated log included.
fn log(home: &Path) -> String {
    let files = std::fs::read_dir(home.join("state")).unwrap();
    let files = files.map(|file| file.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// Fails where the words of a cache that turned somebody away are in it.
#[track_caller]
fn nobody_was_turned_away(what: &str, words: &str) {
    let lower = words.to_lowercase();
    for word in ["locked", "busy", "in use by another", "could not be", "panicked"] {
        assert!(!lower.contains(word), "{what}: {words}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_loses_nothing() {
    let (stage, client) = desk().await;
    let threads = stage.program.json(&["threads"]).await;
    let id_of = |last_two: u8| {
        let contact = fictional(last_two);
        let of = |thread: &&serde_json::Value| thread["contact"]["number"] == contact.as_str();
        threads.iter().find(of).expect("the thread is there")["id"].to_string()
    };
    let mut commands: Vec<Vec<String>> = Vec::new();
    let mut add = |words: &[&str]| commands.push(words.iter().map(|&word| word.to_owned()).collect());
    let mut texts = Vec::new();
    for n in 0..12_u8 {
        let to = fictional(50 + n % 4);
        let text = format!("Note {n} to {}", 50 + n % 4);
        add(&["send", "--no-wait", "--to", to.as_str(), &text]);
        texts.push(text);
        match n % 4 {
            0 => add(&["sync"]),
            1 => add(&["threads", "--unread"]),
            2 => add(&["messages", &id_of(50)]),
            _ => add(&["mark-read", &id_of(60 + n / 4)]),
        }
    }
    let program = std::sync::Arc::new(stage);
    let mut crowd = JoinSet::new();
    for words in commands {
        let stage = std::sync::Arc::clone(&program);
        crowd.spawn(async move {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let run: Run = stage.program.run(&[&words[..], &["--json"]].concat()).await;
            (format!("{words:?}"), run)
        });
    }
    let processes = crowd.len();
    for (what, run) in crowd.join_all().await {
        assert_eq!(run.code, 0, "{what}: {run:?}");
        nobody_was_turned_away(&what, &run.err);
        run.json();
    }
    let stage = program;
    eventually("all posts", || stage.emulator.posts().len() >= texts.len()).await;
    for text in texts.iter().filter(|text| text.ends_with("50")) {
        client.wait_for(text);
    }
    drop(client);
    stage.program.json(&["sync"]).await;

    let mut posted: Vec<String> = stage.emulator.posts().into_iter().map(|post| post.text).collect();
    posted.sort();
    texts.sort();
    assert_eq!(posted, texts, "each send, once");
    let mut ours = Vec::new();
    for thread in stage.program.json(&["threads"]).await {
        let messages = stage.program.json(&["messages", &thread["id"].to_string()]).await;
        ours.extend(messages.into_iter().filter(|message| message["direction"] == "outbound"));
        let contact = thread["contact"]["number"].as_str().unwrap();
        let read = ["60", "61", "62"].iter().any(|last_two| contact.ends_with(last_two));
        if contact[contact.len() - 2..].starts_with('6') {
            assert_eq!(thread["unread"], u8::from(!read), "{thread}");
        }
    }
    let mut rows: Vec<_> = ours.iter().map(|row| row["body"].as_str().unwrap().to_owned()).collect();
    rows.sort();
    assert_eq!(rows, texts, "each send is one row");
    assert!(ours.iter().all(|row| row["delivery"] == "sent"), "{ours:#?}");
    nobody_was_turned_away("the log", &log(stage.program.home.path()));
    println!("{processes} processes beside the client: nobody turned away, nothing lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_screen_shows_what_others_write() {
    let (stage, client) = desk().await;
    // nothing of what is measured waits for the service
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    let mut slowest = Duration::ZERO;
    for n in 0..8 {
        let text = format!("Remark {n} of a colleague");
        let id = queue(&context, 50, &text).await;
        let written = Instant::now();
        client.wait_for(&text);
        slowest = slowest.max(written.elapsed());
        // and the client sends it, because the other does not
        eventually("its post", || stage.posts(&text) == (1, 1)).await;
        let store = &context.store;
        while state(store, id).await != "sent" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    // what a sync of another process brings in; this client does not look by itself just now
    stage.emulator.receive(&fictional(50), &stage.emulator.numbers()[0].address, "Hello again");
    sync(&context).await;
    let written = Instant::now();
    client.wait_for("Hello again");
    slowest = slowest.max(written.elapsed());
    println!("on the screen after {slowest:?} at most");
    assert!(slowest < GENEROUS, "{slowest:?}");
}

/// A process that is busy with a slow service holds up nobody who only reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sender_that_waits_holds_up_no_reader() {
    let (stage, _client) = desk().await;
    stage.emulator.fault(Fault::on("/contactcenter/message/send", Effect::Hang));
    let sender = stage.program.start(&["send", "--to", fictional(51).as_str(), "Slow"]);
    eventually("the post", || stage.wire.posts().len() == 1).await;
    let began = Instant::now();
    assert!(!stage.program.json(&["threads"]).await.is_empty());
    stage.program.json(&["mark-read", "--all"]).await;
    stage.program.json(&["send", "--no-wait", "--to", fictional(52).as_str(), "Later"]).await;
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(stage.wire.posts(), ["Slow"], "one sends at a time");
    sender.kill().await;
}

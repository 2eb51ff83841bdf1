//! What is left when a process is killed, and when there is no room.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use mctui::model::{Delivery, MessageId, ThreadId};
use mctui::store::{Change, Store};
use tokio::runtime::Runtime;

use super::program::{Program, Run};
use super::{MAIN, at, contact, number, outgoing, unnamed};

/// In a second run of this test program: the folder of the cache to write to.
const WRITES_IN: &str = "MCTUI_TEST_WRITES_IN";

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// This test alone, in a process of its own.
fn second_run(test: &str, folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("crash::{test}"), "--nocapture"])
        .env(WRITES_IN, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Enqueues and saves drafts without end; says each once it is said to be stored.
async fn write_on(folder: &Path) {
    let store = Store::open(&folder.join("mctui.db")).await.unwrap();
    let first = store.contacts(usize::MAX).await.unwrap().len();
    for n in u32::try_from(first).unwrap().. {
        let (thread, id) = store.enqueue(outgoing(n, 0, &format!("text {n}"))).await.unwrap();
        println!("\nqueued {} {n}", id.0);
        if n % 3 == 0 {
            assert!(store.claim(id, at(9)).await.unwrap());
            println!("\nclaimed {} {n}", id.0);
        }
        store.save_draft(thread, &format!("draft {n}"), at(9)).await.unwrap();
        println!("\ndraft {} {n}", thread.0);
    }
}

#[test]
fn what_was_said_to_be_stored_survives_a_kill() {
    if let Some(folder) = std::env::var_os(WRITES_IN) {
        runtime().block_on(write_on(Path::new(&folder)));
    }
    let dir = tempfile::tempdir().unwrap();
    let mut said: Vec<(String, i64, String)> = Vec::new();
    for round in 1..=4_usize {
        let mut child = second_run("what_was_said_to_be_stored_survives_a_kill", dir.path());
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let facts = lines.filter_map(|line| {
            let mut words = line.split(' ').map(str::to_owned);
            let what = words.next().filter(|what| ["queued", "claimed", "draft"].contains(&what.as_str()));
            Some((what?, words.next()?.parse().ok()?, words.next()?))
        });
        said.extend(facts.take(round * 7 + fastrand::usize(..5)));
        child.kill().unwrap();
        child.wait().unwrap();
        runtime().block_on(async {
            let store = Store::open(&dir.path().join("mctui.db")).await.unwrap();
            assert_eq!(store.recovery(), None, "a kill is no damage");
            for (what, id, n) in &said {
                if what == "draft" {
                    let draft = store.draft(ThreadId(*id)).await.unwrap();
                    assert_eq!(draft.as_deref(), Some(format!("draft {n}").as_str()));
                    continue;
                }
                let message = store.message(MessageId(*id)).await.unwrap();
                let message = message.unwrap_or_else(|| panic!("{what} {id} {n} is gone, of {said:?}"));
                assert_eq!(message.body, format!("text {n}"));
                let claimed = said.contains(&("claimed".to_owned(), *id, n.clone()));
                assert!(!claimed || message.delivery == Some(Delivery::Sending), "{message:?}");
            }
            assert_eq!(store.health().await.unwrap().integrity, Ok(()));
            store.close().await;
        });
    }
}

#[test]
fn another_process_is_seen_within_a_second() {
    if let Some(folder) = std::env::var_os(WRITES_IN) {
        return runtime().block_on(async {
            // opens, writes and is gone: the log goes with the last who closes it
            let store = Store::open(&Path::new(&folder).join("mctui.db")).await.unwrap();
            let thread = store.ensure_thread(number(MAIN), unnamed(1)).await.unwrap();
            store.save_draft(thread, &std::process::id().to_string(), at(0)).await.unwrap();
            println!("\nwritten {:?}", std::time::SystemTime::now());
            store.close().await;
        });
    }
    let dir = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        for _ in 0..3 {
            // anew each time: the log of the last time is gone, and this is another
            let store = Store::open(&dir.path().join("mctui.db")).await.unwrap();
            let mut changes = store.subscribe();
            for _ in 0..2 {
                let mut child = second_run("another_process_is_seen_within_a_second", dir.path());
                let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
                assert!(lines.any(|line| line.starts_with("written")));
                let written = std::time::Instant::now();
                let seen = tokio::time::timeout(std::time::Duration::from_secs(20), async {
                    while changes.recv().await.unwrap() != Change::Everything {}
                });
                seen.await.expect("it is seen");
                // a second is promised; this machine may have other things to do
                assert!(written.elapsed() < std::time::Duration::from_secs(5), "{:?}", written.elapsed());
                let draft = child.id().to_string();
                let thread = store.thread_between(number(MAIN), contact(1)).await.unwrap().unwrap();
                assert_eq!(thread.draft, Some(draft));
                assert!(child.wait().unwrap().success());
                while changes.try_recv().is_ok() {}
            }
            store.close().await;
            assert!(!dir.path().join("mctui.db-wal").exists());
        }
    });
}

/// Runs the real program where no file may be larger than so many blocks of 512 bytes.
#[cfg(target_os = "linux")]
fn limited(program: &Program, blocks: &str, arguments: &[&str]) -> Run {
    let run = Command::new("sh")
        .args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_mctui")])
        .args(arguments)
        .env_clear()
        .env("MCTUI_HOME", program.home.path())
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Run {
        code: run.status.code().unwrap_or(-1),
        out: String::from_utf8(run.stdout).unwrap(),
        err: String::from_utf8(run.stderr).unwrap(),
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_room_nothing_is_half_written_and_a_person_is_told() {
    let program = Program::bare();
    program.configure("[account]\nbase_url = \"http://127.0.0.1:9/v4\"\napi_key = \"demo-api-key\"\nuser_key = \"demo-user-key\"\n\n[[numbers]]\nphone = \"+12025550101\"\ndefault = true\n");
    let send =
        |blocks: &str, text: &str| limited(&program, blocks, &["send", "--to", "+12025550147", "--no-wait", text]);
    let first = send("unlimited", "kept");
    assert_eq!(first.code, 0, "{first:?}");
    // the index of the log has 32 kB and fits; a commit of this text does not
    let long = "x".repeat(90_000);
    let refused = send("128", &long);
    refused.says(1, "the disk is full");
    assert!(refused.err.contains("free some space"), "{refused:?}");
    let cache = program.home.path().join("data/mctui.db");
    let stored = || {
        runtime().block_on(async {
            let store = Store::open(&cache).await.unwrap();
            assert_eq!((store.recovery(), store.health().await.unwrap().integrity), (None, Ok(())));
            let stored =
                store.outbox().await.unwrap().into_iter().map(|message| message.body.len()).collect::<Vec<_>>();
            store.close().await;
            stored
        })
    };
    assert_eq!(stored(), [4]);
    // and once there is room
    assert_eq!(send("unlimited", &long).code, 0);
    assert_eq!(stored(), [4, 90_000]);
}

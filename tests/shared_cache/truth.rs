//! The exit code of `mctui send` tells the truth, whatever fails: what a later `mctui sync` does with the text must fit it.

use std::fs::OpenOptions;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rstest::rstest;

use crate::common::program::Run;
use crate::common::stage::{PATIENT, Stage, eventually, newest_on_disk, queue};
use crate::common::wire::{Act, Moment, Script, Target};

const TEXT: &str = "We are running ten minutes late.";
const QUEUED: i64 = 1;

fn send() -> [&'static str; 4] {
    ["send", "--to", "+12025550150", TEXT]
}

fn data(stage: &Stage) -> PathBuf {
    stage.program.home.path().join("data")
}

/// What was said must be so for good: nothing is posted later after "did not go out", nor after "sent" or "unconfirmed".
/// How often the text was posted until now.
async fn holds(stage: &Stage, run: &Run) -> usize {
    let before = stage.posts(TEXT).0;
    for _ in 0..2 {
        stage.program.json(&["sync"]).await;
        let context = stage.context(&stage.wire.base_url(), PATIENT).await;
        context.store.hurry().await.unwrap();
        stage.program.json(&["sync"]).await;
        context.close().await;
    }
    let after = stage.posts(TEXT).0;
    match run.code {
        0 => assert_eq!((before, after), (1, 1), "sent: {run:?}"),
        1 | 3 | 5 | 6 => assert_eq!((before, after), (0, 0), "not sent: {run:?}"),
        4 => assert!(before == after && after <= 1, "unconfirmed, and posted {before}, then {after} times: {run:?}"),
        7 => assert!(before == 0 && after <= 1, "still queued, and posted {before}, then {after} times: {run:?}"),
        code => panic!("ended with {code}: {run:?}"),
    }
    after
}

/// The lock of the outbox, as if another process were sending.
async fn locked(stage: &Stage) -> std::fs::File {
    stage.program.json(&["threads"]).await;
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(data(stage).join("outbox.lock"));
    let lock = lock.unwrap();
    lock.lock().unwrap();
    lock
}

/// Runs the program by way of a shell that does this first.
fn under(stage: &Stage, first: &str, after: &str) -> Run {
    let run = Command::new("sh")
        .args(["-c", &format!("{first}; exec \"$0\" \"$@\" {after}"), env!("CARGO_BIN_EXE_mctui")])
        .args(send())
        .env_clear()
        .env("MCTUI_HOME", stage.program.home.path())
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .envs(stage.program.environment())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Run {
        code: run.status.code().unwrap_or(-1),
        out: String::from_utf8(run.stdout).unwrap(),
        err: String::from_utf8(run.stderr).unwrap(),
    }
}

/// Somebody who was stopped while opening the cache holds up a `send` for no longer than its time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cache_is_being_opened_by_one_that_is_stopped() {
    let stage = Stage::new(Target::Post).await;
    stage.program.json(&["threads"]).await;
    let lock = OpenOptions::new().write(true).open(data(&stage).join("mctui.db.lock")).unwrap();
    lock.lock().unwrap();
    let began = Instant::now();
    let run = under(&stage, "true", "");
    assert!(began.elapsed() < Duration::from_secs(27), "{:?}: {run:?}", began.elapsed());
    run.says(1, "could not be opened in time");
    drop(lock);
    assert_eq!(holds(&stage, &run).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_files_may_be_open() {
    let stage = Stage::new(Target::Post).await;
    stage.program.json(&["sync"]).await;
    let (mut failed, mut sent) = (0, 0_usize);
    for files in [6, 8, 10, 12, 16, 19, 20, 21, 23, 24, 30, 40] {
        let run = tokio::task::block_in_place(|| under(&stage, &format!("ulimit -n {files}"), ""));
        let before = stage.posts(TEXT).0;
        match run.code {
            0 => sent += 1,
            _ => failed += 1,
        }
        assert_eq!(before, sent, "{files} files: {run:?}");
        assert!(matches!(run.code, 0 | 1 | 7), "{files} files: {run:?}");
        stage.program.json(&["sync"]).await;
        let after = stage.posts(TEXT).0;
        match run.code {
            7 => sent += after - before,
            _ => assert_eq!(after, before, "{files} files: {run:?}"),
        }
    }
    assert!(failed > 0 && sent > 0, "{failed} failed, {sent} sent");
}

/// No file may grow: the cache, its log, whichever it is.
#[cfg(target_os = "linux")]
#[rstest]
#[case::and_the_signal_ends_programs_that_do_not_expect_it("")]
#[case::and_the_signal_is_ignored("trap '' XFSZ; ")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_is_full_at_any_moment(#[case] first: &str) {
    let mut codes = Vec::new();
    // in blocks of 512 bytes: the log has 4 kB a page, and a message is some pages in each of its states
    for blocks in (64..400).step_by(24) {
        let stage = Stage::new(Target::Post).await;
        stage.program.json(&["sync"]).await;
        let run = tokio::task::block_in_place(|| under(&stage, &format!("{first}ulimit -f {blocks}"), ""));
        holds(&stage, &run).await;
        codes.push(run.code);
    }
    assert!(codes.contains(&1) && codes.contains(&0), "{codes:?}");
}

/// The lock of the outbox is something that cannot be locked.
#[rstest]
#[case::a_folder("folder")]
#[case::a_link_to_itself("loop")]
#[case::a_link_to_nowhere("nowhere")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lock_cannot_be_opened(#[case] what: &str) {
    let stage = Stage::new(Target::Post).await;
    stage.program.json(&["sync"]).await;
    let lock = data(&stage).join("outbox.lock");
    let _ = std::fs::remove_file(&lock);
    match what {
        "folder" => std::fs::create_dir(&lock).unwrap(),
        "loop" => std::os::unix::fs::symlink(&lock, &lock).unwrap(),
        _ => std::os::unix::fs::symlink(data(&stage).join("no/such/place"), &lock).unwrap(),
    }
    let run = stage.program.run(&send()).await;
    run.says(1, "cannot lock the outbox");
    assert!(run.err.contains("not sent to"), "{run:?}");
    // what is left to others stays in the outbox, as it was asked for
    let left = stage.program.run(&["send", "--to", "+12025550151", "--no-wait", "Later"]).await;
    assert_eq!(left.code, 0, "{left:?}");
    if what == "folder" {
        std::fs::remove_dir(&lock).unwrap();
    } else {
        std::fs::remove_file(&lock).unwrap();
    }
    assert_eq!(holds(&stage, &run).await, 0);
    assert_eq!(stage.posts("Later"), (1, 1));
}

/// Another program has the cache to itself when the message is to be taken back: it cannot be, and that is said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_cannot_be_taken_back_stays_queued() {
    let stage = Stage::new(Target::Post).await;
    stage.program.json(&["sync"]).await;
    // so that it is not posted at once
    let lock = locked(&stage).await;
    let running = stage.program.start(&send());
    eventually("the row", || newest_on_disk(&stage.program).is_some_and(|(_, delivery)| delivery == QUEUED)).await;
    let cache = rusqlite::Connection::open(data(&stage).join("mctui.db")).unwrap();
    cache.busy_timeout(Duration::from_secs(10)).unwrap();
    cache.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let began = Instant::now();
    running.signal("TERM");
    let run = running.end().await;
    run.says(7, "stays queued");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    cache.execute_batch("ROLLBACK").unwrap();
    drop((cache, lock));
    assert_eq!(holds(&stage, &run).await, 1, "it was said that it may be sent");
}

/// The same while it is being posted: whether it went out is not known, and it is never posted again.
#[rstest]
#[case::and_it_went_out(true)]
#[case::and_it_did_not(false)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_that_cannot_be_written_down_is_in_doubt(#[case] worked: bool) {
    let stage = Stage::new(Target::Post).await;
    stage.program.json(&["sync"]).await;
    stage.wire.arm(Script { target: Target::Post, moment: Moment::Asked, act: Act::Hold, worked });
    let running = stage.program.start(&send());
    stage.wire.reached(0).await;
    stage.wire.disarm();
    let cache = rusqlite::Connection::open(data(&stage).join("mctui.db")).unwrap();
    cache.busy_timeout(Duration::from_secs(10)).unwrap();
    cache.execute_batch("BEGIN EXCLUSIVE").unwrap();
    stage.wire.release();
    stage.wire.reached(1).await;
    running.signal("INT");
    let run = running.end().await;
    run.says(4, "may have gone out");
    cache.execute_batch("ROLLBACK").unwrap();
    drop(cache);
    assert_eq!(holds(&stage, &run).await, 1);
}

/// The message is about to be posted by another process when this one gives up: it is in doubt, and that process does not
/// put it back into the queue.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_is_about_to_post_is_in_doubt() {
    let stage = Stage::new(Target::Token).await;
    let lock = locked(&stage).await;
    let running = stage.program.start(&send());
    eventually("the row", || newest_on_disk(&stage.program).is_some_and(|(_, delivery)| delivery == QUEUED)).await;
    // the next one to look for the lock is the other one, and its sign-in is held
    stage.wire.arm(Script { target: Target::Token, moment: Moment::Asked, act: Act::Hold, worked: false });
    running.signal("STOP");
    drop(lock);
    let other = stage.program.start(&["sync"]);
    stage.wire.reached(0).await;
    running.signal("CONT");
    running.signal("TERM");
    let run = running.end().await;
    run.says(4, "may have gone out");
    // it cannot sign in: it did not go out, and another try would follow
    other.kill().await;
    stage.wire.disarm();
    assert_eq!(holds(&stage, &run).await, 0);
}

/// Nobody can read what became of it: the exit code says it all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_reads_the_output() {
    let stage = Stage::new(Target::Post).await;
    stage.program.json(&["sync"]).await;
    let run = tokio::task::block_in_place(|| under(&stage, ":", ">/dev/full"));
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(holds(&stage, &run).await, 1);
}

/// A full outbox of others is no reason to be late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_have_queued_is_left_to_others() {
    let stage = Stage::new(Target::Post).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    let first = queue(&context, 50, "First").await;
    queue(&context, 51, "To somebody else").await;
    let run = stage.program.run(&send()).await;
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(stage.wire.posts(), ["First", TEXT], "in the order in which they were written");
    assert_eq!(crate::common::stage::state(&context.store, first).await, "sent");
    stage.program.json(&["sync"]).await;
    assert_eq!(stage.posts("To somebody else"), (1, 1));
}

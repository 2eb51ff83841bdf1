//! A sender that is stopped (SIGSTOP) in the middle of its work, and what it does when it goes on.

use std::time::{Duration, Instant};

use mctui::model::MessageId;
use rstest::rstest;

use crate::common::fictional;
use crate::common::program::Running;
use crate::common::pty::Pty;
use crate::common::stage::{PATIENT, Stage, drain, eventually, newest_on_disk, on_disk, queue, state, sync};
use crate::common::wire::{Act, Moment, Script, Target};

const TEXT: &str = "We are running ten minutes late.";
const OTHER: &str = "Your order is ready.";
const SENDING: i64 = 2;

fn send(text: &str) -> [&str; 4] {
    ["send", "--to", "+12025550150", text]
}

/// Others have watched for nearly as long as the holder's limit: no test has to.
fn nearly_over(stage: &Stage) {
    let cache = rusqlite::Connection::open(stage.program.home.path().join("data/mctui.db")).unwrap();
    let changed = cache.execute("UPDATE sender_lease SET still_ms = limit_ms - 500 WHERE holder IS NOT NULL", []);
    assert_eq!(changed.unwrap(), 1, "somebody holds it");
}

/// A sender that is stopped while its request is held at this moment.
async fn stopped(stage: &Stage, target: Target, moment: Moment, worked: bool) -> (Running, MessageId) {
    stage.wire.arm(Script { target, moment, act: Act::Hold, worked });
    let running = stage.program.start(&send(TEXT));
    stage.wire.reached(0).await;
    running.signal("STOP");
    stage.wire.disarm();
    let (id, delivery) = newest_on_disk(&stage.program).unwrap();
    assert_eq!(delivery, SENDING);
    (running, id)
}

/// The answer comes after another process has taken over, and is believed all the same.
#[rstest]
#[case::and_history_shows_it(true)]
#[case::and_history_does_not(false)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_while_it_waits_for_the_answer(#[case] worked: bool) {
    let stage = Stage::new(Target::Post).await;
    let (holder, id) = stopped(&stage, Target::Post, Moment::Asked, worked).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    let other = queue(&context, 51, OTHER).await;
    nearly_over(&stage);

    let next = stage.program.run(&["sync"]).await;
    next.says(0, "another one took over");
    assert_eq!(state(&context.store, other).await, "sent");
    assert_eq!(state(&context.store, id).await, if worked { "sent" } else { "unconfirmed" });

    stage.wire.release();
    holder.signal("CONT");
    let ended = holder.end().await;
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(state(&context.store, id).await, "sent", "MightyCall has said so");
    drain(&context).await;
    sync(&context).await;
    assert_eq!(stage.posts(TEXT).0, 1);
    assert_eq!(stage.posts(OTHER), (1, 1));
}

/// It is stopped before the POST begins: when it goes on, it asks once more, and posts nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_before_the_post_it_posts_nothing() {
    let stage = Stage::new(Target::Token).await;
    let (holder, id) = stopped(&stage, Target::Token, Moment::Asked, true).await;
    nearly_over(&stage);
    // what goes to the same person waits for nothing, either
    let next = stage.program.run(&send(OTHER)).await;
    assert_eq!(next.code, 0, "{next:?}");
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    assert_eq!(state(&context.store, id).await, "unconfirmed");
    assert_eq!((stage.posts(TEXT), stage.posts(OTHER)), ((0, 0), (1, 1)));

    stage.wire.release();
    holder.signal("CONT");
    holder.end().await.says(1, "another mctui took over");
    assert_eq!(state(&context.store, id).await, "failed", "it is certain that it did not go out");
    drain(&context).await;
    sync(&context).await;
    assert_eq!(stage.posts(TEXT), (0, 0));
}

/// A stopped sender and nobody but `mctui send`, each for less than the limit of the stopped. That several of them notice
/// it between them is tried with a clock that need not be waited for (`lease.rs`).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_keeps_its_twenty_seconds_and_leaves_nothing_behind() {
    let stage = Stage::new(Target::Post).await;
    let (holder, id) = stopped(&stage, Target::Post, Moment::Asked, false).await;
    let began = Instant::now();
    let run = stage.program.run(&["send", "--to", "+12025550151", "Too early"]).await;
    assert!(began.elapsed() < Duration::from_secs(27), "{:?}: {run:?}", began.elapsed());
    run.says(1, "another mctui is sending");
    let (newest, delivery) = newest_on_disk(&stage.program).unwrap();
    assert!(newest != id && delivery == 4, "it is withdrawn: {delivery}");
    assert_eq!(on_disk(&stage.program, id), SENDING);
    nearly_over(&stage);
    let run = stage.program.run(&["send", "--to", "+12025550151", "In time"]).await;
    assert_eq!(run.code, 0, "{run:?}");
    stage.program.json(&["sync"]).await;
    assert_eq!(stage.posts("Too early"), (0, 0));
    assert_eq!(stage.posts("In time"), (1, 1));
    holder.kill().await;
}

/// A signal is answered at once, also while somebody else is sending; and what was not sent is never sent.
#[rstest]
#[case("INT")]
#[case("TERM")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_ends_a_send_that_waits(#[case] signal: &str) {
    let stage = Stage::new(Target::Post).await;
    let (holder, id) = stopped(&stage, Target::Post, Moment::Asked, false).await;
    let waiting = stage.program.start(&["send", "--to", "+12025550151", OTHER]);
    eventually("the row", || newest_on_disk(&stage.program).is_some_and(|(newest, _)| newest != id)).await;
    let (waits, delivery) = newest_on_disk(&stage.program).unwrap();
    assert_eq!(delivery, 1, "it is queued");
    let began = Instant::now();
    waiting.signal(signal);
    waiting.end().await.says(1, "not sent to");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(on_disk(&stage.program, waits), 4, "failed");
    holder.kill().await;
    stage.program.json(&["sync"]).await;
    assert_eq!(stage.posts(OTHER), (0, 0));
}

/// A signal while the answer is waited for: what may have gone out is called so, and never posted again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_ends_a_send_whose_answer_does_not_come() {
    let stage = Stage::new(Target::Post).await;
    stage.wire.arm(Script { target: Target::Post, moment: Moment::Asked, act: Act::Hold, worked: false });
    let running = stage.program.start(&send(TEXT));
    stage.wire.reached(0).await;
    stage.wire.disarm();
    let began = Instant::now();
    running.signal("TERM");
    running.end().await.says(4, "may have gone out");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let (id, _) = newest_on_disk(&stage.program).unwrap();
    stage.program.json(&["sync"]).await;
    assert_eq!(on_disk(&stage.program, id), 3, "unconfirmed");
    assert_eq!(stage.posts(TEXT), (1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_goes_on_with_reading_while_another_is_stopped() {
    let stage = Stage::new(Target::Post).await;
    let (holder, _) = stopped(&stage, Target::Post, Moment::Asked, false).await;
    stage.emulator.receive(&fictional(60), &stage.emulator.numbers()[0].address, "Is anybody there?");
    let reading = stage.program.start(&["sync"]);
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    let cache = rusqlite::Connection::open(stage.program.home.path().join("data/mctui.db")).unwrap();
    let came = || cache.query_row("SELECT count(*) FROM messages WHERE direction = 0", [], |row| row.get::<_, i64>(0));
    eventually("what is new", || came().unwrap() == 1).await;
    assert_eq!(context.store.lease().await.unwrap().still.as_secs() / 30, 0, "long before the limit");
    nearly_over(&stage);
    let run = reading.end().await;
    run.says(0, "reading goes on meanwhile");
    assert!(run.out.contains("1 new"), "{run:?}");
    holder.kill().await;
}

/// The screen says that another one is sending, once, works on, and says no more when it is over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_says_that_another_is_sending() {
    let stage = Stage::new(Target::Post).await;
    stage.emulator.receive(&fictional(51), &stage.emulator.numbers()[0].address, "Is it ready?");
    sync(&stage.healed().await).await;
    let (holder, id) = stopped(&stage, Target::Post, Moment::Asked, false).await;
    let mut client = Pty::mctui(&[], stage.program.home.path(), &stage.program.environment(), 30, 120);
    client.wait_for("Is it ready?");
    client.wait_for("another mctui is sending");
    client.keys("\r");
    client.wait_for("To ");
    client.keys(OTHER);
    client.wait_for("order is ready.");
    client.keys("\r");
    eventually("the row", || newest_on_disk(&stage.program).is_some_and(|(newest, _)| newest != id)).await;
    assert_eq!(stage.posts(OTHER), (0, 0));
    nearly_over(&stage);
    eventually("the post", || stage.posts(OTHER) == (1, 1)).await;
    client.wait_for("✓");
    eventually("the end of it", || !client.screen().contains("another mctui is sending")).await;
    assert_eq!(on_disk(&stage.program, id), 3, "unconfirmed");
    holder.kill().await;
    client.signal("KILL");
    client.ended();
}

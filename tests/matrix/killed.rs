//! The same moments, and the real binary killed in them: what the next start finds, and makes of it.

use std::fs::OpenOptions;

use mctui::model::MessageId;
use rstest::rstest;

use crate::common::fictional;
use crate::common::pty::Pty;
use crate::common::stage::{PATIENT, Stage, drain, eventually, newest_on_disk, rows, state, sync};
use crate::common::wire::{Act, Moment, Script, Target};
use crate::places::{refused, silent};

const TEXT: &str = "We are running ten minutes late.";
const BASE: &str = "MIGHTYCALL_BASE_URL";
const QUEUED: i64 = 1;
const SENDING: i64 = 2;

fn send() -> [&'static str; 4] {
    ["send", "--to", "+12025550150", TEXT]
}

/// What is on the disk of a program that was killed while it was sending, and what comes of it: in doubt at the next
/// start, whatever was reached; then what the history says; and no POST more than there were.
async fn restart(stage: &Stage, arrived: usize, took: usize) {
    let (id, delivery) = newest_on_disk(&stage.program).expect("the message is on the disk");
    assert_eq!(delivery, SENDING, "on the disk after the kill");
    let next = stage.healed().await;
    drain(&next).await;
    assert_eq!(state(&next.store, id).await, "unconfirmed", "at the next start");
    assert_eq!(stage.posts(TEXT), (arrived, took));

    let synced = if took == 1 { "sent" } else { "unconfirmed" };
    for _ in 0..2 {
        stage.program.json(&["sync"]).await;
        assert_eq!(state(&next.store, id).await, synced, "after a sync");
        next.store.hurry().await.unwrap();
        drain(&next).await;
    }
    assert_eq!(stage.posts(TEXT), (arrived, took), "posted again without being told to");
    assert_eq!(rows(&next.store).await, 1);
}

#[rstest]
#[case::tls_before_the_hello(Target::Post, true, Moment::Accepted, 0, 0)]
#[case::tls_after_the_hello(Target::Post, true, Moment::Hello, 0, 0)]
#[case::token_before_it_is_read(Target::Token, false, Moment::Accepted, 0, 0)]
#[case::token_before_the_answer(Target::Token, false, Moment::Asked, 0, 0)]
#[case::token_during_the_answer(Target::Token, false, Moment::HalfAnswer, 0, 0)]
#[case::before_anything_is_read(Target::Post, false, Moment::Accepted, 0, 0)]
#[case::after_the_first_bytes(Target::Post, false, Moment::Hello, 0, 0)]
#[case::after_the_head(Target::Post, false, Moment::Head, 0, 0)]
#[case::during_the_body(Target::Post, false, Moment::PartOfBody, 0, 0)]
#[case::before_the_work(Target::Post, false, Moment::Asked, 1, 0)]
#[case::before_the_answer(Target::Post, false, Moment::Asked, 1, 1)]
#[case::during_the_first_line_of_a_lie(Target::Post, false, Moment::StatusLine, 1, 0)]
#[case::during_the_first_line(Target::Post, false, Moment::StatusLine, 1, 1)]
#[case::during_the_head(Target::Post, false, Moment::HalfHead, 1, 1)]
#[case::during_the_answer(Target::Post, false, Moment::HalfAnswer, 1, 1)]
#[case::between_chunks(Target::Post, false, Moment::HalfChunks, 1, 1)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_a_moment(
    #[case] target: Target,
    #[case] tls: bool,
    #[case] moment: Moment,
    #[case] arrived: usize,
    #[case] took: usize,
) {
    let mut stage = Stage::new(target).await;
    let base = stage.wire.base_url();
    if tls {
        stage.program = stage.program.with(BASE, &stage.wire.tls_url());
    }
    stage.wire.arm(Script { target, moment, act: Act::Hold, worked: took == 1 });
    let running = stage.program.start(&send());
    stage.wire.reached(0).await;
    running.kill().await;
    stage.program = stage.program.with(BASE, &base);
    restart(&stage, arrived, took).await;
}

/// What the system had taken from it before it died goes out all the same.
#[rstest]
#[case::before_anything_is_read(Moment::Accepted)]
#[case::after_the_head(Moment::Head)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_and_it_arrives_all_the_same(#[case] moment: Moment) {
    let stage = Stage::new(Target::Post).await;
    stage.wire.arm(Script { target: Target::Post, moment, act: Act::Hold, worked: false });
    let running = stage.program.start(&send());
    stage.wire.reached(0).await;
    if moment == Moment::Accepted {
        // the request is out of its hands once it waits for the answer; nothing tells, so what arrives decides below
        eventually("the row", || newest_on_disk(&stage.program).is_some_and(|(_, delivery)| delivery == SENDING)).await;
    }
    running.kill().await;
    stage.wire.disarm();
    stage.wire.release();
    stage.wire.settled().await;
    let (arrived, took) = stage.posts(TEXT);
    assert_eq!(arrived, took);
    restart(&stage, arrived, took).await;
}

/// The answer is there, and nobody reads it any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_the_answer() {
    let stage = Stage::new(Target::Post).await;
    stage.wire.arm(Script { target: Target::Post, moment: Moment::Asked, act: Act::Hold, worked: true });
    let running = stage.program.start(&send());
    stage.wire.reached(0).await;
    running.signal("STOP");
    stage.wire.release();
    stage.wire.reached(1).await;
    running.kill().await;
    restart(&stage, 1, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_connects() {
    let mut stage = Stage::new(Target::Post).await;
    let (base, kept) = silent().await;
    stage.program = stage.program.with(BASE, &base);
    let running = stage.program.start(&send());
    eventually("sending", || newest_on_disk(&stage.program).is_some_and(|(_, delivery)| delivery == SENDING)).await;
    running.kill().await;
    drop(kept);
    let base = stage.wire.base_url();
    stage.program = stage.program.with(BASE, &base);
    restart(&stage, 0, 0).await;
}

/// The message that was tried and waits for its next try.
fn tried(stage: &Stage) -> Option<MessageId> {
    let cache = rusqlite::Connection::open(stage.program.home.path().join("data/mctui.db")).ok()?;
    let row = "SELECT message_id FROM outbox WHERE attempts > 0 AND not_before IS NOT NULL";
    cache.query_row(row, [], |row| row.get(0).map(MessageId)).ok()
}

/// What provably did not leave before the kill goes at the next start, once.
async fn goes_once(stage: &Stage, id: MessageId) {
    for _ in 0..2 {
        let next = stage.healed().await;
        next.store.hurry().await.unwrap();
        drain(&next).await;
        sync(&next).await;
        assert_eq!(state(&next.store, id).await, "sent");
        assert_eq!(stage.posts(TEXT), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_two_tries() {
    let mut stage = Stage::new(Target::Post).await;
    let (base, kept) = refused();
    stage.program = stage.program.with(BASE, &base);
    let running = stage.program.start(&send());
    eventually("a try", || tried(&stage).is_some()).await;
    running.kill().await;
    drop(kept);
    let (id, delivery) = newest_on_disk(&stage.program).unwrap();
    assert_eq!(delivery, QUEUED);
    goes_once(&stage, id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_its_turn() {
    let stage = Stage::new(Target::Post).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    // somebody else is sending
    let lock = stage.program.home.path().join("data/outbox.lock");
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(lock).unwrap();
    lock.lock().unwrap();
    let running = stage.program.start(&send());
    eventually("the row", || newest_on_disk(&stage.program).is_some()).await;
    running.kill().await;
    lock.unlock().unwrap();
    let (id, delivery) = newest_on_disk(&stage.program).unwrap();
    assert_eq!(delivery, QUEUED);
    drop(context);
    goes_once(&stage, id).await;
}

/// The client, on its screen, without a network: what is written waits, also over a kill, and goes when there is one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_client_killed_while_offline() {
    let stage = Stage::new(Target::Post).await;
    stage.emulator.receive(&fictional(50), &stage.emulator.numbers()[0].address, "Where are you?");
    sync(&stage.healed().await).await;
    let (base, kept) = refused();
    let home = stage.program.home.path();
    let mut client = Pty::mctui(&[], home, &[(BASE, &base)], 24, 80);
    client.wait_for("Where are you?");
    client.keys("\r");
    client.wait_for("To ");
    client.keys(TEXT);
    client.wait_for("ten minutes late");
    client.keys("\r");
    eventually("a try", || tried(&stage).is_some()).await;
    let id = tried(&stage).unwrap();
    client.signal("KILL");
    client.ended();
    drop(kept);
    assert_eq!(newest_on_disk(&stage.program), Some((id, QUEUED)));
    assert_eq!(stage.posts(TEXT), (0, 0));

    let client = Pty::mctui(&[], home, &stage.program.environment(), 24, 80);
    eventually("the post", || stage.posts(TEXT) == (1, 1)).await;
    client.wait_for("✓");
    goes_once(&stage, id).await;
}

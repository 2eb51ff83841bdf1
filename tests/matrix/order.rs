//! What goes around a send: what is on the disk before it, on which connection it goes, when it is tried again.

use std::time::Duration;

use mctui::api::Timings;
use mctui::sync::outbox;
use rstest::rstest;

use crate::common::stage::{NO_CONNECTION, PATIENT, Stage, drain, on_disk, queue, state, sync};
use crate::common::wire::{Act, Moment, Script, Target};
use crate::places::silent;

/// As `src/store/codes.rs` numbers them.
const QUEUED: i64 = 1;
const SENDING: i64 = 2;
const SENT: i64 = 5;

fn held(target: Target, moment: Moment) -> Script {
    Script { target, moment, act: Act::Hold, worked: false }
}

#[rstest]
#[case::before_a_byte(Target::Post, Moment::Accepted)]
#[case::with_the_first_byte(Target::Post, Moment::Hello)]
#[case::before_the_answer(Target::Post, Moment::Asked)]
#[case::while_it_signs_in(Target::Token, Moment::Accepted)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sending_is_on_the_disk_before_anything_leaves(#[case] target: Target, #[case] moment: Moment) {
    let stage = Stage::new(target).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    let id = queue(&context, 50, "On my way").await;
    assert_eq!(on_disk(&stage.program, id), QUEUED, "before it is tried");
    stage.wire.arm(held(target, moment));
    let sender = tokio::spawn({
        let context = context.clone();
        async move { drain(&context).await }
    });
    stage.wire.reached(0).await;
    assert_eq!(on_disk(&stage.program, id), SENDING, "what another program finds at that moment");
    stage.wire.disarm();
    stage.wire.release();
    sender.await.unwrap();
}

#[tokio::test]
async fn an_outcome_is_on_the_disk_before_anybody_hears_of_it() {
    let stage = Stage::new(Target::Post).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    let mut heard = Vec::new();
    for n in 0..3 {
        queue(&context, 50, &format!("Message {n}")).await;
    }
    outbox::drain(&context, |settled| heard.push(on_disk(&stage.program, settled.id))).await.unwrap();
    assert_eq!(heard, [SENT; 3]);
}

/// A client that puts a POST on a connection that it kept cannot know what became of it when that connection ends, and
/// one that helps itself by posting again posts twice.
#[rstest]
#[case::kept(None)]
#[case::closed_behind_its_back(Some(Act::Close))]
#[case::reset_behind_its_back(Some(Act::Reset))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_post_has_a_connection_of_its_own(#[case] after: Option<Act>) {
    let stage = Stage::new(Target::Token).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    // reading keeps a connection, which is there to be taken
    sync(&context).await;
    if let Some(act) = after {
        stage.wire.arm(Script { target: Target::Post, moment: Moment::Answered, act, worked: true });
    }
    let mut texts = Vec::new();
    let mut ids = Vec::new();
    for n in 0..6 {
        texts.push(format!("Message {n}"));
        ids.push(queue(&context, 50 + n % 3, &texts[usize::from(n)]).await);
    }
    drain(&context).await;
    sync(&context).await;
    for id in ids {
        assert_eq!(state(&context.store, id).await, "sent");
    }
    assert_eq!(stage.wire.requests_before(), [0; 6], "requests on the same connection before each POST");
    assert_eq!(stage.wire.posts(), texts);
    assert_eq!(stage.emulator.posts().len(), 6);
}

/// The kept connection is closed by the service in the very moment in which it is used: reading gets over that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_gets_over_a_connection_gone_stale() {
    let stage = Stage::new(Target::Token).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    stage.wire.arm(Script { target: Target::Token, moment: Moment::Answered, act: Act::Close, worked: true });
    sync(&context).await;
    sync(&context).await;
}

/// As `Retry-After: 0` and a date that has passed say.
#[rstest]
#[case("HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n")]
#[case("HTTP/1.1 429 Too Many Requests\r\nretry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-length: 0\r\n\r\n")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_of_nothing_is_a_pause(#[case] answer: &'static str) {
    let stage = Stage::new(Target::Post).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    let id = queue(&context, 50, "Hello").await;
    stage.wire.arm(Script { target: Target::Post, moment: Moment::Asked, act: Act::Say(answer), worked: false });
    let drained = tokio::time::timeout(Duration::from_secs(30), drain(&context)).await;
    assert!(drained.is_ok(), "it asks without end: {} times so far", stage.wire.posts().len());
    assert_eq!(stage.wire.posts().len(), 1);
    assert_eq!(state(&context.store, id).await, "queued");
}

/// A network that swallows everything keeps nobody at it for longer than one try of each thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_tried_once_at_a_time() {
    let stage = Stage::new(Target::Post).await;
    let (base, _kept) = silent().await;
    // four of them take longer than the first one waits for its next try
    let timings = Timings { connect: Duration::from_millis(700), ..NO_CONNECTION };
    let context = stage.context(&base, timings).await;
    for to in 50..54 {
        queue(&context, to, "Hello").await;
    }
    let mut tried = 0;
    outbox::drain(&context, |_| tried += 1).await.unwrap();
    assert_eq!(tried, 4);
}

/// A person may say so, and nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_person_posts_again() {
    let stage = Stage::new(Target::Post).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    let id = queue(&context, 50, "Hello").await;
    stage.wire.arm(Script { target: Target::Post, moment: Moment::Asked, act: Act::Reset, worked: false });
    drain(&context).await;
    stage.wire.disarm();
    drain(&context).await;
    assert_eq!((stage.posts("Hello"), state(&context.store, id).await), ((1, 0), "unconfirmed"));
    let again = context.store.resend(id, jiff::Timestamp::now()).await.unwrap();
    drain(&context).await;
    sync(&context).await;
    assert_eq!((stage.posts("Hello"), state(&context.store, again).await), ((2, 1), "sent"));
    assert!(context.store.message(id).await.unwrap().is_none(), "it took the place of the other");
}

//! Waits of messages that were put back into the outbox.

use std::time::Duration;

use jiff::SignedDuration;
use mctui::emulator::{Effect, Fault, RetryAfter};
use mctui::model::Delivery;
use mctui::store::Settlement;
use mctui::sync::{Context, Engine, outbox};
use rstest::rstest;

use super::{Stage, YEAR};

async fn drain(context: &Context) -> Vec<Delivery> {
    let mut settled = Vec::new();
    outbox::drain(context, |one| settled.push(one.delivery.clone())).await.unwrap();
    settled
}

async fn told_to_wait(stage: &Stage, context: &Context, seconds: u64) {
    stage.rig.emulator.fault(Fault::on("", Effect::RateLimited(RetryAfter::Seconds(seconds))).times(1));
    stage.queue("back in a minute", None).await;
    assert_eq!(drain(context).await, [Delivery::Queued]);
}

/// In one process a pause is as long as it was told, wherever the clock is put meanwhile.
#[rstest]
#[case::a_year_ahead_and_put_right(YEAR, 0)]
#[case::a_year_behind_and_put_right(-YEAR, 0)]
#[case::put_a_year_ahead(0, YEAR)]
#[case::put_a_year_back(0, -YEAR)]
#[tokio::test]
async fn a_pause_is_waited_for_by_the_time_that_passes(#[case] first: i64, #[case] then: i64) {
    let stage = Stage::set().await;
    stage.wall.put(first);
    let context = stage.process().await;
    told_to_wait(&stage, &context, 60).await;
    stage.pass(5).await;
    stage.wall.put(then);
    assert!(drain(&context).await.is_empty(), "the pause is not over");
    stage.pass(50).await;
    assert!(drain(&context).await.is_empty(), "the pause is not over");
    stage.pass(10).await;
    assert_eq!(drain(&context).await, [Delivery::Sent]);
    assert_eq!(stage.rig.emulator.messages(None).len(), 1);
}

/// A later process goes by the clock, unless that cannot have been right when the pause was written down.
#[rstest]
#[case::a_year_ahead(YEAR, 0, true)]
#[case::a_quarter_of_an_hour_ahead(900, 0, true)]
#[case::a_year_behind(-YEAR, 0, true)]
#[case::right(0, 0, false)]
#[case::wrong_all_the_time(YEAR, YEAR, false)]
#[tokio::test]
async fn a_later_process_does_not_wait_for_a_wrong_clock(#[case] first: i64, #[case] then: i64, #[case] at_once: bool) {
    let stage = Stage::set().await;
    stage.wall.put(first);
    told_to_wait(&stage, &stage.process().await, 60).await;
    stage.wall.put(then);
    stage.pass(30).await;
    let later = stage.process().await;
    let sent = drain(&later).await;
    assert_eq!(sent, if at_once { vec![Delivery::Sent] } else { Vec::new() });
    stage.pass(31).await;
    drain(&later).await;
    assert_eq!(stage.rig.emulator.messages(None).len(), 1);
}

/// The engine looks by itself, and soon, once the clock is right.
#[tokio::test]
async fn the_engine_sends_within_two_minutes_of_the_clock_being_right() {
    let stage = Stage::set().await;
    stage.wall.put(YEAR);
    told_to_wait(&stage, &stage.process().await, 60).await;
    let (engine, _events) = Engine::start(stage.process().await);
    engine.rest().await;
    stage.pass(20).await;
    assert!(stage.rig.emulator.messages(None).is_empty());
    stage.wall.put(0);
    for _ in 0..120 {
        stage.pass(1).await;
        engine.rest().await;
    }
    assert_eq!(stage.rig.emulator.messages(None).len(), 1);
    engine.stop().await;
}

/// What a person scheduled goes at that time of day, and the engine notices where the clock is put.
#[tokio::test]
async fn a_scheduled_message_keeps_its_time_of_day() {
    let stage = Stage::set().await;
    let context = stage.process().await;
    let then = stage.wall.now() + SignedDuration::from_hours(48);
    stage.queue("on Thursday", Some(then)).await;
    assert!(drain(&context).await.is_empty());
    let wait = outbox::next_wait(&context, stage.wall.now()).await.unwrap();
    assert!(wait.is_some_and(|wait| wait <= Duration::from_secs(60)), "{wait:?}");
    stage.wall.put(-YEAR);
    assert!(drain(&context).await.is_empty());
    stage.wall.put(48 * 3_600 + 1);
    assert_eq!(drain(&context).await, [Delivery::Sent]);
}

/// A pause of seconds that MightyCall could never mean waits an hour at most, and the row tells it.
#[rstest]
#[case::milliseconds_since_1970(4_102_444_800_000)]
#[case::more_than_an_integer_holds(u64::MAX)]
#[tokio::test]
async fn an_absurd_pause_has_an_end(#[case] seconds: u64) {
    let stage = Stage::set().await;
    let context = stage.process().await;
    told_to_wait(&stage, &context, seconds).await;
    let waiting = stage.rig.store().outbox().await.unwrap();
    let reason = waiting[0].error.as_deref().unwrap_or_default();
    assert!(reason.contains("asks for a pause until 2") && reason.contains("60 minutes at most"), "{reason}");
    stage.pass(3_590).await;
    assert!(drain(&context).await.is_empty());
    stage.pass(11).await;
    assert_eq!(drain(&context).await, [Delivery::Sent]);
}

/// Times at both ends of what a clock can hold.
#[tokio::test]
async fn no_time_of_day_stops_the_outbox() {
    let stage = Stage::set().await;
    let id = stage.queue("still here", None).await;
    let store = stage.rig.store();
    for at in [jiff::Timestamp::MAX, jiff::Timestamp::MIN] {
        store.claim(id, stage.wall.now()).await.unwrap();
        let again = Settlement::Queued { not_before: Some(at), reason: "later".into(), told: true };
        store.settle(id, again).await.unwrap();
        outbox::next_wait(&stage.process().await, at).await.unwrap();
    }
    assert_eq!(drain(&stage.process().await).await, [Delivery::Sent]);
}

//! Faults of the engine itself: a panic in its loop, in a fetch, in a sender. The screen hears of it, and the engine goes on.

use std::time::Duration;

use mctui::emulator::{Effect, Fault};
use mctui::model::Delivery;
use mctui::sync::{Command, Engine, Event, Extent, outbox};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::advance;

use super::{Stage, fictional};

/// What the engine has said so far.
fn heard(events: &mut UnboundedReceiver<Event>) -> Vec<Event> {
    std::iter::from_fn(|| events.try_recv().ok()).collect()
}

fn notices(events: &[Event]) -> Vec<&str> {
    let mut notices = Vec::new();
    for event in events {
        if let Event::Failed(trouble) = event {
            notices.push(trouble.what.as_str());
        }
    }
    notices
}

/// Waits for a condition while other tasks run, and time stands still.
async fn until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..1_000_000 {
        if condition() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("never: {what}");
}

/// The engine is started again, and does what was asked for meanwhile.
#[tokio::test]
async fn a_fault_in_the_loop_is_told_and_the_engine_goes_on() {
    let stage = Stage::set().await;
    let (engine, mut events) = Engine::start(stage.process().await);
    engine.rest().await;
    heard(&mut events);
    stage.wall.break_for(1);
    engine.ask(Command::Present);
    until("the fault", || stage.wall.broken.load(std::sync::atomic::Ordering::SeqCst) == 0).await;
    stage.rig.emulator.receive(&fictional(50), &stage.rig.number(0), "are you there");
    engine.ask(Command::Sync { numbers: None, extent: Extent::New(100) });
    stage.pass(3).await;
    engine.rest().await;
    let said = heard(&mut events);
    let notices = notices(&said);
    assert!(notices.len() == 1 && notices[0].contains("started again"), "{notices:?}");
    assert!(
        said.iter().any(|event| matches!(event, Event::SyncDone(report) if report.new_messages() == 1)),
        "{said:?}"
    );
    engine.stop().await;
}

/// One that comes back at each start does not spin, and the program can be left.
#[tokio::test]
async fn a_fault_at_each_start_is_met_less_and_less_often() {
    let stage = Stage::set().await;
    let (engine, mut events) = Engine::start(stage.process().await);
    engine.rest().await;
    heard(&mut events);
    stage.wall.break_for(i64::MAX);
    engine.ask(Command::Present);
    for _ in 0..600 {
        stage.pass(1).await;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    let said = heard(&mut events);
    let count = notices(&said).len();
    assert!((5..=20).contains(&count), "{count} in ten minutes");
    engine.stop().await;
}

/// A fetch that dies is over for the screen, and is tried again after a wait.
#[tokio::test]
async fn a_fault_in_a_fetch_is_told_and_does_not_spin() {
    let stage = Stage::set().await;
    let (engine, mut events) = Engine::start(stage.process().await);
    engine.rest().await;
    heard(&mut events);
    let before = stage.rig.emulator.request_count();
    stage.wall.break_for(1);
    engine.ask(Command::Sync { numbers: None, extent: Extent::New(100) });
    engine.rest().await;
    let said = heard(&mut events);
    assert!(notices(&said).iter().any(|what| what.contains("stopped fetching")), "{said:?}");
    let failed = |event: &Event| matches!(event, Event::SyncDone(report) if report.failures().count() == 1);
    assert!(said.iter().any(failed), "{said:?}");
    assert!(stage.rig.emulator.request_count() - before <= 1, "it was tried again at once");
    for _ in 0..120 {
        stage.pass(1).await;
        engine.rest().await;
    }
    let said = heard(&mut events);
    assert!(stage.rig.emulator.request_count() > before && notices(&said).is_empty(), "{said:?}");
    engine.stop().await;
}

/// The text may have left by then: it is in doubt as after a kill, and never posted again. The next one goes.
#[tokio::test]
async fn a_fault_while_a_text_is_posted_leaves_it_unconfirmed() {
    let stage = Stage::set().await;
    let context = stage.process().await;
    stage
        .rig
        .emulator
        .fault(Fault::on("/contactcenter/messages/send", Effect::Delay(Duration::from_millis(100))).times(1));
    stage.queue("first", None).await;
    let (mut settled, sent) = (Vec::new(), stage.rig.emulator.posts().len());
    let drained = outbox::drain(&context, |one| settled.push(one.delivery.clone()));
    let breaks = async {
        until("the post", || stage.rig.emulator.request_count() >= 3).await;
        stage.wall.break_for(1);
        advance(Duration::from_millis(200)).await;
    };
    let (drained, ()) = tokio::join!(drained, breaks);
    drained.unwrap();
    assert!(matches!(settled.as_slice(), [Delivery::Unconfirmed(_)]), "{settled:?}");
    assert_eq!(stage.rig.emulator.posts().len(), sent + 1);
    stage.queue("second", None).await;
    settled.clear();
    outbox::drain(&context, |one| settled.push(one.delivery.clone())).await.unwrap();
    assert_eq!(settled, [Delivery::Sent]);
    assert_eq!(stage.rig.emulator.posts().len(), sent + 2);
}

/// A sender that dies lets go of the outbox, and the engine looks after what it left.
#[tokio::test]
async fn a_fault_in_the_sender_does_not_stop_the_outbox() {
    let stage = Stage::set().await;
    let (engine, mut events) = Engine::start(stage.process().await);
    engine.rest().await;
    heard(&mut events);
    stage.queue("still goes", None).await;
    stage.wall.break_for(1);
    engine.ask(Command::Drain);
    engine.rest().await;
    let said = heard(&mut events);
    assert!(notices(&said).iter().any(|what| what.contains("stopped sending")), "{said:?}");
    assert!(stage.rig.emulator.posts().is_empty());
    stage.pass(2).await;
    engine.rest().await;
    assert_eq!(stage.rig.emulator.posts().len(), 1);
    engine.stop().await;
}

//! Whose turn it is to send.

use std::sync::Arc;
use std::time::Duration;

use mctui::emulator::{Effect, Fault};
use rstest::rstest;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::common::fictional;
use crate::common::stage::{PATIENT, Stage, drain, queue, state};
use crate::common::wire::{Act, Moment, Script, Target};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_at_a_time_sends() {
    let stage = Arc::new(Stage::new(Target::Post).await);
    // long enough for two at once to show
    stage.emulator.fault(Fault::on("/contactcenter/message/send", Effect::Delay(Duration::from_millis(30))));
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    let mut texts = Vec::new();
    for n in 0..15_u8 {
        texts.push(format!("Message {n}"));
        queue(&context, 50 + n % 5, &texts[usize::from(n)]).await;
    }
    let mut senders = JoinSet::new();
    for n in 0..5 {
        let stage = Arc::clone(&stage);
        senders.spawn(async move {
            let text = format!("Mine {n}");
            let to = fictional(60 + n);
            let words = if n < 3 { vec!["sync"] } else { vec!["send", "--to", to.as_str(), &text] };
            stage.program.json(&words).await
        });
    }
    drain(&context).await;
    senders.join_all().await;
    assert_eq!(stage.wire.most_at_once(), 1);
    texts.extend(["Mine 3".to_owned(), "Mine 4".to_owned()]);
    let mut posted = stage.wire.posts();
    posted.sort();
    texts.sort();
    assert_eq!(posted, texts);
}

/// The process that sends is killed while the service holds back its answer; the next one takes over.
#[rstest]
#[case::and_it_went_out(true, "sent")]
#[case::and_it_did_not(false, "unconfirmed")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_takes_over(#[case] worked: bool, #[case] at_last: &str) {
    let stage = Stage::new(Target::Post).await;
    let context = stage.context(&stage.wire.base_url(), PATIENT).await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(queue(&context, 50 + n % 3, &format!("Message {n}")).await);
    }
    stage.wire.arm(Script { target: Target::Post, moment: Moment::Asked, act: Act::Hold, worked });
    let holder = stage.program.start(&["sync"]);
    stage.wire.reached(0).await;
    stage.wire.disarm();

    let next = stage.program.start(&["sync", "--json"]);
    // one that only reads begins and ends meanwhile, and so the other one has begun too; it waits
    stage.program.json(&["threads"]).await;
    assert_eq!(stage.wire.posts(), ["Message 0"]);
    holder.kill().await;
    let run = next.end().await;
    run.says(0, "unconfirmed");
    assert_eq!(run.json().last().map(|line| line["event"].clone()), Some(Value::from("done")));

    let mut posts = stage.wire.posts();
    posts.sort();
    assert_eq!(posts, (0..6).map(|n| format!("Message {n}")).collect::<Vec<_>>(), "each once");
    assert_eq!(state(&context.store, ids[0]).await, at_last);
    for &id in &ids[1..] {
        assert_eq!(state(&context.store, id).await, "sent");
    }
    assert_eq!(stage.emulator.posts().len(), if worked { 6 } else { 5 });
}

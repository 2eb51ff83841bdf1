//! A network that comes and goes: what is queued waits, and goes once, in its thread's order.

use std::collections::HashMap;

use mctui::model::{Delivery, MessageId};
use mctui::sync::{Context, Engine, Event, outbox};
use proptest::prelude::*;
use tokio::runtime::Handle;

use crate::common::stage::{PATIENT, Stage, drain, eventually, queue};
use crate::common::wire::Target;

/// Something that happens at a desk.
#[derive(Debug, Clone)]
enum Step {
    /// Somebody writes in one of the threads.
    Write(u8),
    /// The network goes.
    Down,
    /// The network comes.
    Up,
    /// The outbox is worked, and the network goes after so many outcomes.
    Work(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..4_u8).prop_map(Step::Write),
        1 => Just(Step::Down),
        2 => Just(Step::Up),
        3 => (1..5_usize).prop_map(Step::Work),
    ]
}

struct Desk {
    stage: Stage,
    context: Context,
    written: HashMap<u8, Vec<String>>,
    ids: Vec<MessageId>,
}

impl Desk {
    async fn new() -> Self {
        let stage = Stage::new(Target::Post).await;
        let context = stage.context(&stage.emulator.base_url(), PATIENT).await;
        Self { stage, context, written: HashMap::new(), ids: Vec::new() }
    }

    async fn write(&mut self, thread: u8) {
        let text = format!("{thread}: message {}", self.ids.len());
        self.ids.push(queue(&self.context, 50 + thread, &text).await);
        self.written.entry(thread).or_default().push(text);
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::Write(thread) => self.write(thread).await,
            Step::Down => self.stage.emulator.refuse().await,
            Step::Up => self.stage.emulator.accept().await,
            Step::Work(outcomes) => {
                let mut left = outcomes;
                self.context.store.hurry().await.unwrap();
                let settled = |_: &outbox::Settled| {
                    left = left.saturating_sub(1);
                    if left == 0 {
                        tokio::task::block_in_place(|| Handle::current().block_on(self.stage.emulator.refuse()));
                    }
                };
                outbox::drain(&self.context, settled).await.unwrap();
            }
        }
    }

    /// Everything went, once, and in each thread as it was written.
    async fn check(&self) {
        let mut posted: HashMap<u8, Vec<String>> = HashMap::new();
        for post in self.stage.emulator.posts() {
            let thread = post.to[0][post.to[0].len() - 2..].parse::<u8>().unwrap() - 50;
            posted.entry(thread).or_default().push(post.text);
        }
        for id in &self.ids {
            let row = self.context.store.message(*id).await.unwrap().unwrap();
            assert_eq!(row.delivery, Some(Delivery::Sent), "{row:?}");
        }
        assert_eq!(posted, self.written);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_goes_once_and_in_order(steps in prop::collection::vec(step(), 1..16)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let mut desk = Desk::new().await;
            for step in steps {
                desk.take(step).await;
            }
            desk.stage.emulator.accept().await;
            desk.context.store.hurry().await.unwrap();
            drain(&desk.context).await;
            desk.check().await;
        });
    }
}

/// Nobody presses anything: the engine finds by itself that the network is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_engine_sends_when_the_network_is_back() {
    let mut desk = Desk::new().await;
    desk.stage.emulator.refuse().await;
    for n in 0..9 {
        desk.write(n % 3).await;
    }
    let (engine, mut events) = Engine::start(desk.context.clone());
    while !matches!(events.recv().await, Some(Event::Settled(settled)) if settled.delivery.name() == "queued") {}
    desk.stage.emulator.accept().await;
    eventually("the last of them", || desk.stage.emulator.posts().len() == 9).await;
    engine.stop().await;
    let context = desk.stage.context(&desk.stage.emulator.base_url(), PATIENT).await;
    Desk { context, ..desk }.check().await;
}

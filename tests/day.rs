//! Working days in no time: how many requests they take, and how old a message is when it appears.
//!
//! The engine is the real one, against the emulator over HTTP, with a database on disk; only time stands still but for
//! the steps that this takes.

mod common;

use std::time::Duration;

use common::{Rig, fictional};
use mctui::emulator::{Dialect, Options};
use mctui::model::Contact;
use mctui::store::Outgoing;
use mctui::sync::{Clock, Command, Engine, Event, Extent};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::advance;

const HOUR: u64 = 3_600;
const STEP: Duration = Duration::from_secs(1);

/// What happens, by the second.
struct Script {
    seconds: u64,
    /// Messages that come and go, in order; `true` for those that customers write.
    talk: Vec<(u64, bool)>,
    /// Whether somebody is at the keyboard.
    present: fn(u64) -> bool,
}

/// What came of it.
#[derive(Debug)]
struct Day {
    requests: usize,
    /// Seconds from the arrival of an inbound message to its being in the cache, sorted.
    ages: Vec<u64>,
}

impl Day {
    fn age(&self, percent: usize) -> u64 {
        self.ages[(self.ages.len() * percent / 100).min(self.ages.len() - 1)]
    }
}

/// So many messages in that time, bunched as talk is.
fn talk(messages: usize, seconds: u64) -> Vec<(u64, bool)> {
    let mut rng = fastrand::Rng::with_seed(7);
    let mut talk = Vec::new();
    while talk.len() < messages {
        let mut at = rng.u64(0..seconds);
        for turn in 0..rng.usize(2..8) {
            talk.push((at, turn % 2 == 0));
            at = (at + rng.u64(20..240)).min(seconds - 1);
        }
    }
    talk.truncate(messages);
    talk.sort_unstable();
    talk
}

/// Engines on one cache, and the hold on time.
struct Stage {
    rig: Rig,
    engines: Vec<(Engine, UnboundedReceiver<Event>)>,
    /// Ends the hold when dropped.
    _hold: std::sync::mpsc::Sender<()>,
}

impl Stage {
    /// Three numbers of one account that were synced before.
    async fn set(engines: usize) -> Self {
        let rig = Rig::start(Options::sized(3, 60, 300).speaking(Dialect::v4()), false).await;
        rig.sync_well(Extent::New(1_000)).await;
        rig.store().mark_all_read(None).await.unwrap();
        tokio::time::pause();
        // while a blocking task runs, paused time does not run ahead: network and disk take no time at all
        let (hold, held) = std::sync::mpsc::channel::<()>();
        drop(tokio::task::spawn_blocking(move || held.recv()));
        let clock = Clock::of_runtime();
        let mut stage = Self { rig, engines: Vec::new(), _hold: hold };
        for _ in 0..engines {
            let (engine, events) = Engine::start(stage.rig.context.with_clock(clock.clone()).await.unwrap());
            // one after the other: who waits for the outbox's lock waits for time, and that stands still
            engine.rest().await;
            stage.engines.push((engine, events));
            // nobody starts two in the same instant
            advance(STEP * 4).await;
        }
        stage
    }

    async fn play(&mut self, script: Script) -> Day {
        let mut rng = fastrand::Rng::with_seed(11);
        let (mut next, mut waiting, mut ages) = (0, Vec::<u64>::new(), Vec::new());
        let mut changes = self.rig.store().subscribe();
        let before = self.rig.emulator.request_count();
        for second in 0..script.seconds {
            while let Some(&(_, inbound)) = script.talk.get(next).filter(|(at, _)| *at <= second) {
                next += 1;
                let (number, contact) = (self.rig.number(rng.usize(0..3)), fictional(rng.u8(20..90)));
                if inbound {
                    self.rig.emulator.receive(&contact, &number, &format!("message {next}"));
                    waiting.push(second);
                } else {
                    let (contact, body) = (Contact { address: contact, name: None }, format!("answer {next}"));
                    let at = self.rig.context.now();
                    let outgoing = Outgoing { number, contact, body, at, not_before: None };
                    self.rig.store().enqueue(outgoing).await.unwrap();
                    self.engines[0].0.ask(Command::Drain);
                }
            }
            for (engine, events) in &mut self.engines {
                if (script.present)(second) {
                    engine.ask(Command::Present);
                }
                engine.rest().await;
                while events.try_recv().is_ok() {}
            }
            let changed = std::iter::from_fn(|| changes.try_recv().ok()).count() > 0;
            if changed && !waiting.is_empty() {
                let here = self.rig.store().unread(None).await.unwrap().messages as usize;
                let came = here.saturating_sub(ages.len()).min(waiting.len());
                ages.extend(waiting.drain(..came).map(|at| second - at));
            }
            advance(STEP).await;
        }
        ages.sort_unstable();
        Day { requests: self.rig.emulator.request_count() - before, ages }
    }
}

#[tokio::test]
async fn a_day_at_the_keyboard_keeps_within_its_requests() {
    let seconds = 10 * HOUR;
    let present = |second| second % 90 == 0;
    let day = Stage::set(1).await.play(Script { seconds, talk: talk(400, seconds), present }).await;
    println!(
        "400 messages on 3 numbers in 10 hours: {} requests; a new message was {} s old when it appeared (median), {} s (95 %), \
         {} s (oldest)",
        day.requests,
        day.age(50),
        day.age(95),
        day.age(100),
    );
    assert!(day.ages.len() > 150, "{} came", day.ages.len());
    assert!(day.requests <= 2_400, "{} requests", day.requests);
    assert!(day.age(50) <= 15, "median {} s", day.age(50));
    assert!(day.age(95) <= 40, "95 % {} s", day.age(95));
}

/// Nobody is there: few requests, and what comes is fetched all the same.
#[tokio::test]
async fn a_night_costs_little() {
    let seconds = 14 * HOUR;
    let night = Stage::set(1).await.play(Script { seconds, talk: vec![(6 * HOUR, true)], present: |_| false }).await;
    assert!(night.requests <= 300, "{} requests", night.requests);
    assert!(night.ages.len() == 1 && night.age(100) <= 15 * 60, "{night:?}");
}

/// Two clients on one cache share what one of them fetches.
#[tokio::test]
async fn two_clients_do_not_cost_twice() {
    let inbound = || talk(40, HOUR / 2).into_iter().filter(|(_, inbound)| *inbound).collect();
    let script = || Script { seconds: HOUR / 2, talk: inbound(), present: |second| second % 30 == 0 };
    let one = Stage::set(1).await.play(script()).await;
    tokio::time::resume();
    let two = Stage::set(2).await.play(script()).await;
    assert!(two.requests <= one.requests * 3 / 2, "{} requests instead of {}", two.requests, one.requests);
    assert!(two.age(95) <= 40, "{two:?}");
}

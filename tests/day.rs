//! A working day: how many requests it takes, and how old a message is when it appears.

mod common;

use std::time::Duration;

use common::{Rig, fictional};
use mctui::emulator::{Dialect, Options};
use mctui::model::Contact;
use mctui::store::Outgoing;
use mctui::sync::{Clock, Command, Engine, Event};
use tokio::time::{Instant, advance};

const HOURS: u64 = 10;
const MESSAGES: usize = 400;
const STEP: Duration = Duration::from_secs(1);

/// What the day was like.
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

/// When messages come and go: bunched, as talk is. `true` for those that customers write.
fn talk(rng: &mut fastrand::Rng) -> Vec<(u64, bool)> {
    let mut talk = Vec::new();
    while talk.len() < MESSAGES {
        let mut at = rng.u64(0..HOURS * 3_600);
        for turn in 0..rng.usize(2..8) {
            talk.push((at, turn % 2 == 0));
            at += rng.u64(20..240);
        }
    }
    talk.truncate(MESSAGES);
    talk.retain(|(at, _)| *at < HOURS * 3_600);
    talk.sort_unstable();
    talk
}

/// The engine as it is, against the emulator over HTTP, while time stands still but for the steps that this takes.
async fn play(rig: &Rig, engine: &Engine, events: &mut tokio::sync::mpsc::UnboundedReceiver<Event>) -> Day {
    let mut rng = fastrand::Rng::with_seed(7);
    let talk = talk(&mut rng);
    let (mut next, mut waiting, mut ages) = (0, Vec::<u64>::new(), Vec::new());
    let mut changes = rig.store().subscribe();
    let begin = rig.emulator.request_count();
    for second in 0..HOURS * 3_600 {
        let mut sent = false;
        while let Some(&(_, inbound)) = talk.get(next).filter(|(at, _)| *at <= second) {
            next += 1;
            let (number, contact) = (rig.number(rng.usize(0..3)), fictional(rng.u8(20..90)));
            if inbound {
                rig.emulator.receive(&contact, &number, &format!("message {next}"));
                waiting.push(second);
            } else {
                let contact = Contact { address: contact, name: None };
                let (body, at) = (format!("answer {next}"), rig.context.now());
                rig.store().enqueue(Outgoing { number, contact, body, at, not_before: None }).await.unwrap();
                engine.ask(Command::Drain);
                sent = true;
            }
        }
        // somebody presses a key now and then
        if second % 90 == 0 {
            engine.ask(Command::Present);
        }
        // the engine gets to whatever is due now, and time does not pass while it works
        if sent {
            while !matches!(events.recv().await, Some(Event::Settled(_))) {}
        }
        settle(engine, events).await;
        let arrived = std::iter::from_fn(|| changes.try_recv().ok()).count() > 0;
        if arrived && !waiting.is_empty() {
            let here = rig.store().unread(None).await.unwrap().messages as usize;
            let came = here.saturating_sub(ages.len()).min(waiting.len());
            ages.extend(waiting.drain(..came).map(|at| second - at));
        }
        advance(STEP).await;
    }
    ages.sort_unstable();
    Day { requests: rig.emulator.request_count() - begin, ages }
}

/// Lets the engine finish what it has begun.
async fn settle(engine: &Engine, events: &mut tokio::sync::mpsc::UnboundedReceiver<Event>) {
    engine.rest().await;
    while events.try_recv().is_ok() {}
}

#[tokio::test]
async fn a_day_at_the_keyboard_keeps_within_its_requests() {
    let rig = Rig::start(Options::sized(3, 60, 300).speaking(Dialect::journal()), false).await;
    rig.sync_well(mctui::sync::Extent::New(1_000)).await;
    rig.store().mark_all_read(None).await.unwrap();
    tokio::time::pause();
    // while a blocking task runs, paused time stands still: the network and the disk take no time at all
    let (held, hold) = std::sync::mpsc::channel::<()>();
    let holder = tokio::task::spawn_blocking(move || hold.recv());
    let began = Instant::now();
    let context = rig.context.with_clock(Clock::of_runtime()).await.unwrap();
    let (engine, mut events) = Engine::start(context);
    let day = play(&rig, &engine, &mut events).await;
    assert_eq!(began.elapsed(), Duration::from_secs(HOURS * 3_600));
    println!(
        "{MESSAGES} messages on 3 numbers in {HOURS} hours: {} requests; a new message was {} s old (median), {} s (95 %), {} s (oldest)",
        day.requests,
        day.age(50),
        day.age(95),
        day.age(100),
    );
    assert!(day.ages.len() > MESSAGES / 3, "{} came", day.ages.len());
    assert!(day.requests <= 2_400, "{} requests", day.requests);
    assert!(day.age(50) <= 15, "median {} s", day.age(50));
    assert!(day.age(95) <= 40, "95 % {} s", day.age(95));
    drop(held);
    let _ = holder.await;
}

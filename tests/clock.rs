//! A clock that is wrong, and is put right or wrong while the program runs or between two runs: what waits goes in time, and
//! the day's requests stay what they are.
//!
//! Time that passes and the time of day are two things here. Both stand still but for the steps that a test takes.

mod common;

#[path = "clock/budget.rs"]
mod budget;
#[path = "clock/faults.rs"]
mod faults;
#[path = "clock/waits.rs"]
mod waits;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use common::{Rig, fictional};
use jiff::{SignedDuration, Timestamp};
use mctui::emulator::{Dialect, Options};
use mctui::model::{Contact, MessageId};
use mctui::store::Outgoing;
use mctui::sync::{Clock, Context};
use tokio::time::{Instant, advance};

const YEAR: i64 = 365 * 24 * 3_600;

/// A clock on the wall, which somebody can put to another time.
#[derive(Clone)]
struct Wall {
    from: Timestamp,
    since: Instant,
    /// Seconds that it is ahead of the right time.
    ahead: Arc<AtomicI64>,
    /// So often whoever asks it panics: it stands for any fault in what asks.
    broken: Arc<AtomicI64>,
}

impl Wall {
    fn new() -> Self {
        Self { from: Timestamp::now(), since: Instant::now(), ahead: Arc::default(), broken: Arc::default() }
    }

    fn put(&self, ahead: i64) {
        self.ahead.store(ahead, Ordering::SeqCst);
    }

    fn break_for(&self, times: i64) {
        self.broken.store(times, Ordering::SeqCst);
    }

    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.since.elapsed()).unwrap();
        self.from + passed + SignedDuration::from_secs(self.ahead.load(Ordering::SeqCst))
    }

    fn clock(&self) -> Clock {
        let wall = self.clone();
        Clock::Other(Arc::new(move || {
            let left =
                wall.broken.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| (left > 0).then(|| left - 1));
            assert!(left.is_err(), "the clock is broken, says “a customer's words”");
            wall.now()
        }))
    }
}

/// An emulated account, a cache, and the hold on time.
struct Stage {
    rig: Rig,
    wall: Wall,
    /// Ends the hold when dropped.
    _hold: std::sync::mpsc::Sender<()>,
}

impl Stage {
    async fn set() -> Self {
        Self::with(Options::empty(&["+12025550101"]).speaking(Dialect::v4())).await
    }

    async fn with(options: Options) -> Self {
        let rig = Rig::start(options, false).await;
        tokio::time::pause();
        // while a blocking task runs, paused time does not run ahead: network and disk take no time at all
        let (hold, held) = std::sync::mpsc::channel::<()>();
        drop(tokio::task::spawn_blocking(move || held.recv()));
        Self { rig, wall: Wall::new(), _hold: hold }
    }

    /// What a program that is started now works with.
    async fn process(&self) -> Context {
        self.rig.context.with_clock(self.wall.clock()).await.unwrap()
    }

    async fn queue(&self, text: &str, not_before: Option<Timestamp>) -> MessageId {
        let contact = Contact { address: fictional(99), name: None };
        let (number, at) = (self.rig.number(0), self.wall.now());
        let outgoing = Outgoing { number, contact, body: text.to_owned(), at, not_before };
        self.rig.store().enqueue(outgoing).await.unwrap().1
    }

    /// Lets time pass, in steps.
    async fn pass(&self, seconds: u64) {
        for _ in 0..seconds {
            advance(Duration::from_secs(1)).await;
        }
    }
}

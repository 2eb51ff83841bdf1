//! The facts by which the schedule decides, as the engine learns them: who is there, what is said, what it costs.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::context::Context;
use super::run::Report;
use super::schedule::{self, Means, Obstacle, Pace, horizon, next_look};
use crate::api::Kind;

/// After a pause like this, a new day's work begins.
const NIGHT: Duration = Duration::from_hours(4);
/// What was sent is looked for soon after: the service needs a moment to show it.
const AFTER_SEND: Duration = Duration::from_secs(5);
/// A look that costs more than so many times the usual was an import.
const MOST_COST: f64 = 4.0;
/// The part of a wait over which engines that wait for each other are spread.
const APART: f64 = 0.25;
/// How much one look weighs in what a look costs.
const WEIGHT: f64 = 0.2;

/// When the engine looks next, and why then.
#[derive(Debug)]
pub(super) struct Rhythm {
    next: Instant,
    last: Option<Instant>,
    /// When the last look ended, by the clock on the wall.
    looked_at: Option<Timestamp>,
    /// When somebody last did something here. A program that was just started was started by somebody.
    present: Moment,
    began: Moment,
    talk: Option<Instant>,
    /// From 0 to 1, another one for each engine and process.
    place: f64,
    failures: u32,
    obstacle: Option<Obstacle>,
    cost: f64,
}

impl Rhythm {
    pub(super) fn new(now: Instant, wall: Timestamp) -> Self {
        Self {
            next: now,
            last: None,
            looked_at: None,
            present: Moment(now, wall),
            began: Moment(now, wall),
            talk: None,
            place: place(),
            failures: 0,
            obstacle: None,
            cost: 1.0,
        }
    }

    /// When to look.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// The settings changed: look at once.
    pub(super) fn begin_anew(&mut self) {
        (self.failures, self.obstacle) = (0, None);
        self.next = Instant::now();
    }

    /// Somebody is at the keyboard. Who comes back finds the screen fresh.
    pub(super) async fn somebody(&mut self, context: &Context) {
        let now = Instant::now();
        let wall = context.now();
        if self.present.since(wall) >= NIGHT {
            self.began = Moment(now, wall);
        }
        self.present = Moment(now, wall);
        let wait = self.wait(context).await;
        self.next = self.next.min(self.last.map_or(now, |last| last + wait));
    }

    /// Something was sent.
    pub(super) fn sent(&mut self) {
        let now = Instant::now();
        self.talk = Some(now);
        self.next = self.next.min(now + AFTER_SEND);
    }

    /// A look came to its end.
    pub(super) async fn looked(&mut self, report: &Report, context: &Context) {
        let now = Instant::now();
        if report.new_messages() > 0 {
            self.talk = Some(now);
        }
        if report.numbers.len() < context.ours().len() {
            // one number's history says nothing of the others
            return;
        }
        (self.last, self.looked_at) = (Some(now), Some(context.now()));
        // a number whose key is wrong does not slow down the others
        let all_failed = !report.is_cancelled() && report.numbers.iter().all(|number| number.error.is_some());
        if all_failed {
            self.failures = self.failures.saturating_add(1);
            self.obstacle =
                Some(report.failures().find_map(|number| number.api_error()).map_or(Obstacle::Service, |error| {
                    match error.kind() {
                        Kind::Unreachable | Kind::TimedOut | Kind::Interrupted => Obstacle::Network,
                        Kind::RateLimited { after } => Obstacle::Told(after),
                        Kind::OverBudget => Obstacle::Spent,
                        _ => Obstacle::Service,
                    }
                }));
        } else {
            (self.failures, self.obstacle) = (0, None);
            let keys = budget_keys(context).len().max(1);
            let cost = f64::from(report.requests()) / f64::from(u32::try_from(keys).unwrap_or(u32::MAX));
            // an import is no look
            self.cost += (cost.min(MOST_COST * self.cost.max(1.0)) - self.cost) * WEIGHT;
        }
        self.next = now + self.wait(context).await;
    }

    /// Whether another process has synced so lately that this one need not; then it looks when that gets old, a little
    /// later than the other one does.
    pub(super) async fn leaves_to_others(&mut self, synced: Timestamp, context: &Context) -> bool {
        let Ok(age) = Duration::try_from(context.now().duration_since(synced)) else { return false };
        let now = Instant::now();
        // who has sent something, or has looked last, looks by its own rhythm: of two that look at once, one is the last
        let own = self.looked_at.is_some_and(|looked| synced <= looked);
        let sent = self.talk.is_some_and(|talk| now - talk < AFTER_SEND * 2);
        let wait = self.wait(context).await.mul_f64(1.2);
        if own || sent || age >= wait {
            return false;
        }
        // several that wait for the same one do not wake at once
        self.next = now + wait.saturating_sub(age) + wait.mul_f64(APART * self.place);
        true
    }

    /// Requests of the last 24 hours by the key that has least left, whoever made them.
    pub(super) async fn spent(&self, context: &Context) -> u32 {
        let mut most = 0;
        for key in budget_keys(context) {
            most = most.max(context.spent(&key).await.unwrap_or(0));
        }
        most
    }

    /// How long today's work has been going on: here, or in a client that was closed since.
    async fn worked(&self, context: &Context) -> Duration {
        let here = self.began.since(context.now());
        let mut longest = here;
        for key in budget_keys(context) {
            let usage = context.usage(&key).await.ok();
            let worked = usage.and_then(|(usage, now)| Duration::try_from(now.duration_since(usage.since?)).ok());
            // a client that was open all night has no pause in its ledger to tell by
            longest = longest.max(worked.filter(|worked| *worked < schedule::DAY).unwrap_or_default());
        }
        longest
    }

    async fn wait(&self, context: &Context) -> Duration {
        let now = Instant::now();
        next_look(Pace {
            wanted: Duration::from_secs(context.config.sync.poll_seconds),
            means: self.means(context, horizon(self.worked(context).await)).await,
            idle: self.present.since(context.now()),
            calm: self.talk.map_or(Duration::MAX, |talk| now.saturating_duration_since(talk)),
            failures: self.obstacle.map(|obstacle| (self.failures, obstacle)),
        })
    }

    /// What there is to spend, by the key that has least.
    async fn means(&self, context: &Context, horizon: Duration) -> Means {
        let reading = context.config.sync.reading_requests();
        let mut means = Means { left: reading, due_back: 0, horizon, cost: self.cost };
        let within = SignedDuration::try_from(horizon).unwrap_or(SignedDuration::MAX);
        for key in budget_keys(context) {
            let spent = context.spent(&key).await;
            let due_back = context.due_back(&key, within).await;
            let (Ok(spent), Ok(due_back)) = (spent, due_back) else { continue };
            let left = reading.saturating_sub(spent);
            if left + due_back < means.left + means.due_back || means.left == reading {
                (means.left, means.due_back) = (left, due_back);
            }
        }
        means
    }
}

/// A place between 0 and 1 that is well apart from those of engines made before, here or in a process just before.
fn place() -> f64 {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let number = std::process::id().wrapping_add(MADE.fetch_add(1, Ordering::Relaxed));
    // steps of the golden ratio fall farthest from those taken so far
    (f64::from(number) * 0.618_033_988_749_895).fract()
}

/// A moment by both clocks: a laptop that sleeps stops the first, and the second, on the wall, may be put back.
#[derive(Debug, Clone, Copy)]
struct Moment(Instant, Timestamp);

impl Moment {
    /// How long ago it was.
    fn since(self, wall: Timestamp) -> Duration {
        let Self(passing, then) = self;
        passing.elapsed().max(Duration::try_from(wall.duration_since(then)).unwrap_or_default())
    }
}

fn budget_keys(context: &Context) -> BTreeSet<String> {
    context.ours().iter().filter_map(|number| Some(context.credentials(number).ok()?.budget_key())).collect()
}

//! What the engine fetches, each as a task of its own.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::super::context::Context;
use super::super::conversation::fetch_older;
use super::super::history::{Extent, Tally};
use super::super::{Event, Progress, memory, probe, run};
use super::Worker;
use crate::model::{Address, ThreadId};

/// What a number can do is asked for once the program has been running so long: who looks in for a moment wants texts.
const SETTLED: Duration = Duration::from_mins(5);
/// A first fetch tells of itself.
const MUCH: u64 = 500;
/// Messages of a number that was never fetched, where a person has cancelled fetching more: one page.
const NEWEST: usize = 100;

impl Worker {
    pub(super) fn start_sync(&mut self, numbers: Option<Vec<Address>>, extent: Extent) {
        let numbers = numbers.unwrap_or_else(|| self.context.ours());
        self.say(Event::SyncStarted(extent));
        let (context, mut tell) = (self.cancellable(extent), self.teller(numbers.clone(), 0));
        self.syncing = Some(tokio::spawn(memory::in_all(async move {
            run::sync(&context, &numbers, extent, |numbers, tally| tell(numbers, tally)).await
        })));
    }

    pub(super) fn start_older(&mut self, thread: ThreadId, count: usize) {
        let extent = Extent::More(count);
        self.say(Event::SyncStarted(extent));
        let (context, mut tell) = (self.cancellable(extent), self.teller(Vec::new(), 0));
        self.syncing = Some(tokio::spawn(memory::in_all(async move {
            fetch_older(&context, thread, count, |numbers, tally| tell(numbers, tally)).await
        })));
    }

    /// What comes of itself: quietly, and not where another process has just done it.
    pub(super) async fn look(&mut self) {
        // who has cancelled a first fetch sees what is new all the same, and no more
        let most = if self.cancelled.is_empty() { self.context.config.sync.history_limit } else { NEWEST };
        let mut quiet = MUCH;
        match run::last_synced(&self.context).await {
            Ok(Some(at)) if self.rhythm.leaves_to_others(at, &self.context).await => {
                return self.say(Event::Synced(at));
            }
            Ok(None) => {
                quiet = 0;
                self.say(Event::SyncStarted(Extent::New(most)));
            }
            Ok(Some(_)) | Err(_) => {}
        }
        let context = self.cancellable(Extent::New(most));
        let mut tell = self.teller(context.ours(), quiet);
        let is_first = quiet == 0;
        let is_settled = self.started.elapsed() >= SETTLED;
        self.syncing = Some(tokio::spawn(memory::in_all(async move {
            let report = run::look(&context, most, |numbers, tally| tell(numbers, tally)).await;
            if report.reached() {
                probe::refresh(&context, !(is_first || is_settled)).await;
            }
            report
        })));
    }

    /// The context for a job that [`Cancel`](crate::sync::Command::Cancel) ends.
    pub(super) fn cancellable(&mut self, extent: Extent) -> Context {
        self.running = (extent, CancellationToken::new());
        self.context.cancelled_by(&self.running.1)
    }

    /// Tells how far a sync is, from so many messages on.
    pub(super) fn teller(&self, numbers: Vec<Address>, from: u64) -> impl FnMut(&[Address], &Tally) + Send + use<> {
        let events = self.events.clone();
        move |about, tally| {
            let (Some(number), true) = (about.first(), tally.fetched >= from) else { return };
            let together = about.len();
            let _ = events.send(Event::Progress(Progress {
                number: number.clone(),
                together,
                place: numbers.iter().position(|other| other == number).map_or(1, |at| at + 1),
                of: (numbers.len() + 1).saturating_sub(together).max(1),
                fetched: tally.fetched,
                new: tally.new,
                expected: tally.expected.filter(|expected| *expected >= tally.fetched),
                requests: memory::so_far(),
            }));
        }
    }
}

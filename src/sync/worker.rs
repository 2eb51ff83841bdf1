//! The engine's loop: one sync and one sender at a time, each a task of its own, so that neither waits for the other.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::context::Context;
use super::history::Tally;
use super::outbox::{self, OutboxError};
use super::probe::{self, Trouble};
use super::rhythm::Rhythm;
use super::run::{self, Report};
use super::{Command, Event, Extent};
use crate::config::Config;
use crate::model::{Address, Delivery};
use crate::store::{Change, StoreError};

/// The outbox cannot be worked: tried again after this.
const OUTBOX_PAUSE: Duration = Duration::from_secs(60);
/// A first fetch tells of itself.
const MUCH: u64 = 500;

pub(super) struct Worker {
    context: Context,
    events: mpsc::UnboundedSender<Event>,
    used: watch::Receiver<u32>,
    syncing: Option<JoinHandle<Report>>,
    /// Asked for while a sync was running.
    again: VecDeque<(Option<Vec<Address>>, Extent)>,
    sending: Option<JoinHandle<Result<Vec<Delivery>, OutboxError>>>,
    send_again: bool,
    rhythm: Rhythm,
    next_send: Option<Instant>,
    /// Who wants to know when nothing is under way.
    resting: Vec<oneshot::Sender<()>>,
}

impl Worker {
    pub(super) fn new(context: Context, events: mpsc::UnboundedSender<Event>) -> Self {
        let now = Instant::now();
        let rhythm = Rhythm::new(now, context.now());
        Self {
            used: context.used.subscribe(),
            context,
            events,
            syncing: None,
            again: VecDeque::new(),
            sending: None,
            send_again: false,
            rhythm,
            next_send: Some(now),
            resting: Vec::new(),
        }
    }

    pub(super) async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Command>) {
        let mut changes = self.context.store.subscribe();
        let used = self.rhythm.spent(&self.context).await;
        self.say_budget(used);
        let done = loop {
            self.answer_resting();
            tokio::select! {
                command = inbox.recv() => match command {
                    Some(Command::Stop(done)) => break Some(done),
                    Some(command) => self.obey(command).await,
                    None => break None,
                },
                report = finished(&mut self.syncing) => self.synced(report).await,
                outcome = finished(&mut self.sending) => self.sent(outcome).await,
                () = at(Some(self.rhythm.next())), if self.syncing.is_none() && self.can_sync() => self.look().await,
                () = at(self.next_send), if self.sending.is_none() => self.start_sending(),
                change = changes.recv() => self.changed(change).await,
                Ok(()) = self.used.changed() => {
                    let used = *self.used.borrow_and_update();
                    self.say_budget(used);
                }
            }
        };
        self.context.end();
        // a sender that is stopped halfway would leave a message unconfirmed: let it end
        if let Some(sending) = self.sending {
            let _ = sending.await;
        }
        self.context.close().await;
        if let Some(done) = done {
            let _ = done.send(());
        }
    }

    fn answer_resting(&mut self) {
        let now = Instant::now();
        let look_is_due = self.can_sync() && self.rhythm.next() <= now;
        let send_is_due = self.next_send.is_some_and(|at| at <= now);
        if self.syncing.is_none() && self.sending.is_none() && !look_is_due && !send_is_due {
            for done in self.resting.drain(..) {
                let _ = done.send(());
            }
        }
    }

    fn say(&self, event: Event) {
        let _ = self.events.send(event);
    }

    fn can_sync(&self) -> bool {
        !self.context.config.numbers.is_empty() && self.context.config.has_credentials()
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Sync { numbers, extent } if self.syncing.is_none() => self.start_sync(numbers, extent),
            Command::Sync { numbers, extent } => self.again.push_back((numbers, extent)),
            Command::Drain => self.start_sending(),
            Command::Present => self.rhythm.somebody(&self.context).await,
            Command::Test { account, entry } => {
                let (context, events) = (self.context.clone(), self.events.clone());
                tokio::spawn(async move {
                    let outcome = probe::test(&context, *account, &entry).await;
                    let _ = events.send(Event::Tested { number: entry.address, outcome });
                });
            }
            Command::Discover => {
                let (context, events) = (self.context.clone(), self.events.clone());
                tokio::spawn(async move {
                    let _ = events.send(Event::Discovered(probe::discover(&context).await));
                });
            }
            Command::Reconfigure(config) => self.reconfigure(*config).await,
            Command::Rest(done) => self.resting.push(done),
            // the loop ends on it before it comes here
            Command::Stop(_) => {}
        }
    }

    async fn reconfigure(&mut self, config: Config) {
        match self.context.reconfigured(config).await {
            Ok(context) => {
                self.used = context.used.subscribe();
                self.context = context;
                if self.syncing.is_some() {
                    self.again.push_back((None, Extent::New(self.context.config.sync.history_limit)));
                }
                self.rhythm.begin_anew();
                self.start_sending();
            }
            Err(why) => self.say(Event::Failed(Trouble {
                what: why.to_string(),
                advice: "the settings before this change stay in force until mctui is started again".to_owned(),
            })),
        }
    }

    fn start_sync(&mut self, numbers: Option<Vec<Address>>, extent: Extent) {
        let numbers = numbers.unwrap_or_else(|| self.context.ours());
        let (context, events) = (self.context.clone(), self.events.clone());
        self.say(Event::SyncStarted);
        self.syncing = Some(tokio::spawn(async move {
            run::sync(&context, &numbers, extent, |number, tally| {
                let _ = events.send(progress(number, tally));
            })
            .await
        }));
    }

    /// What comes of itself: quietly, and not where another process has just done it.
    async fn look(&mut self) {
        match run::last_synced(&self.context).await {
            Ok(Some(at)) if self.rhythm.leaves_to_others(at, &self.context).await => {
                return self.say(Event::Synced(at));
            }
            Ok(None) => self.say(Event::SyncStarted),
            Ok(Some(_)) | Err(_) => {}
        }
        let (context, events) = (self.context.clone(), self.events.clone());
        self.syncing = Some(tokio::spawn(async move {
            run::look(&context, |number, tally| {
                if tally.fetched >= MUCH {
                    let _ = events.send(progress(number, tally));
                }
            })
            .await
        }));
    }

    async fn synced(&mut self, report: Option<Report>) {
        self.syncing = None;
        let report = report.unwrap_or_else(|| {
            tracing::error!("a sync stopped unexpectedly");
            Report::default()
        });
        if report.reached() {
            // the network is there: what waited for it need not wait longer
            if let Err(why) = self.context.store.hurry().await {
                tracing::warn!(%why, "what waits in the outbox could not be hurried");
            }
            self.look_at_outbox().await;
        }
        self.rhythm.looked(&report, &self.context).await;
        self.say(Event::SyncDone(report));
        if let Some((numbers, extent)) = self.again.pop_front() {
            self.start_sync(numbers, extent);
        }
    }

    fn say_budget(&self, used: u32) {
        let sync = &self.context.config.sync;
        let for_reading = sync.reading_requests().saturating_sub(used);
        self.say(Event::Budget { used, limit: sync.daily_requests, for_reading });
    }

    fn start_sending(&mut self) {
        self.next_send = None;
        if self.sending.is_some() {
            self.send_again = true;
            return;
        }
        let (context, events) = (self.context.clone(), self.events.clone());
        self.sending = Some(tokio::spawn(async move {
            let mut deliveries = Vec::new();
            outbox::drain(&context, |settled| {
                deliveries.push(settled.delivery.clone());
                let _ = events.send(Event::Settled(settled.clone()));
            })
            .await
            .map(|()| deliveries)
        }));
    }

    async fn sent(&mut self, outcome: Option<Result<Vec<Delivery>, OutboxError>>) {
        self.sending = None;
        match outcome {
            Some(Ok(deliveries)) => {
                if deliveries.iter().any(|delivery| matches!(delivery, Delivery::Sent | Delivery::Unconfirmed(_))) {
                    self.rhythm.sent();
                }
            }
            Some(Err(why)) => {
                self.say(Event::Failed(Trouble {
                    what: why.to_string(),
                    advice: "what is queued stays queued; `mctui doctor` says more".to_owned(),
                }));
                self.next_send = Some(Instant::now() + OUTBOX_PAUSE);
                return;
            }
            None => tracing::error!("the sender stopped unexpectedly"),
        }
        if std::mem::take(&mut self.send_again) {
            self.start_sending();
        } else {
            self.look_at_outbox().await;
        }
    }

    async fn changed(&mut self, change: Result<Change, RecvError>) {
        if matches!(change, Ok(Change::Ledger)) {
            let used = self.rhythm.spent(&self.context).await;
            return self.say_budget(used);
        }
        // another process may have queued something and gone
        if matches!(change, Ok(Change::Everything) | Err(RecvError::Lagged(_))) && self.sending.is_none() {
            self.look_at_outbox().await;
        }
    }

    async fn look_at_outbox(&mut self) {
        match outbox::next_wait(&self.context, Timestamp::now()).await {
            Ok(wait) => self.next_send = wait.map(|wait| Instant::now() + wait),
            Err(StoreError::Gone) => self.next_send = None,
            Err(why) => {
                tracing::warn!(%why, "the outbox cannot be looked at");
                self.next_send = Some(Instant::now() + OUTBOX_PAUSE);
            }
        }
    }
}

fn progress(number: &Address, tally: &Tally) -> Event {
    Event::Progress { number: number.clone(), fetched: tally.fetched, new: tally.new, total: tally.total }
}

/// Waits for a task that may not be there; `None` when it panicked.
async fn finished<T>(task: &mut Option<JoinHandle<T>>) -> Option<T> {
    match task {
        Some(task) => task.await.ok(),
        None => std::future::pending().await,
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        // a timer is a millisecond late, and this must not be
        Some(instant) if instant <= Instant::now() => {}
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

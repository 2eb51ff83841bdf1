//! The engine's loop: one sync and one sender at a time, each a task of its own, so that neither waits for the other.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

use super::context::Context;
use super::outbox::{self, OutboxError};
use super::probe::{self, Trouble};
use super::run::{self, Report};
use super::schedule::{Pace, next_look};
use super::{Command, Event, Extent};
use crate::config::Config;
use crate::model::{Address, Delivery};
use crate::store::{Change, StoreError};

/// How long after a send its delivery is worth quick looks.
const HOT_FOR: Duration = Duration::from_secs(60);
/// An unconfirmed message is looked for soon after: the service may need a moment to show it.
const LOOK_FOR_UNCONFIRMED: Duration = Duration::from_secs(3);

pub(super) struct Worker {
    context: Context,
    events: mpsc::UnboundedSender<Event>,
    used: watch::Receiver<u32>,
    syncing: Option<JoinHandle<Report>>,
    /// Asked for while a sync was running.
    again: Option<(Option<Vec<Address>>, Extent)>,
    sending: Option<JoinHandle<Result<Vec<Delivery>, OutboxError>>>,
    send_again: bool,
    next_look: Instant,
    next_send: Option<Instant>,
    hot_until: Instant,
    failures: u32,
    cost: u32,
}

impl Worker {
    pub(super) fn new(context: Context, events: mpsc::UnboundedSender<Event>) -> Self {
        let now = Instant::now();
        Self {
            used: context.used.subscribe(),
            context,
            events,
            syncing: None,
            again: None,
            sending: None,
            send_again: false,
            next_look: now,
            next_send: Some(now),
            hot_until: now,
            failures: 0,
            cost: 1,
        }
    }

    pub(super) async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Command>) {
        let mut changes = self.context.store.subscribe();
        let done = loop {
            tokio::select! {
                command = inbox.recv() => match command {
                    Some(Command::Stop(done)) => break Some(done),
                    Some(command) => self.obey(command).await,
                    None => break None,
                },
                report = finished(&mut self.syncing) => self.synced(report).await,
                outcome = finished(&mut self.sending) => self.sent(outcome).await,
                () = sleep_until(self.next_look), if self.syncing.is_none() && self.can_sync() => {
                    self.start_sync(None, Extent::New(self.context.config.sync.history_limit));
                }
                () = at(self.next_send), if self.sending.is_none() => self.start_sending(),
                change = changes.recv() => self.changed(change).await,
                Ok(()) = self.used.changed() => {
                    let used = *self.used.borrow_and_update();
                    self.say(Event::Budget { used, limit: self.context.config.sync.daily_requests });
                }
            }
        };
        // a sender that is stopped halfway would leave a message unconfirmed: let it end
        if let Some(sending) = self.sending {
            let _ = sending.await;
        }
        self.context.close().await;
        if let Some(done) = done {
            let _ = done.send(());
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
            Command::Sync { numbers, extent } => self.again = Some((numbers, extent)),
            Command::Drain => self.start_sending(),
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
            // the loop ends on it before it comes here
            Command::Stop(_) => {}
        }
    }

    async fn reconfigure(&mut self, config: Config) {
        match self.context.reconfigured(config).await {
            Ok(context) => {
                self.used = context.used.subscribe();
                self.context = context;
                self.failures = 0;
                self.next_look = Instant::now();
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
                let number = number.clone();
                let progress = Event::Progress { number, fetched: tally.fetched, new: tally.new, total: tally.total };
                let _ = events.send(progress);
            })
            .await
        }));
    }

    async fn synced(&mut self, report: Option<Report>) {
        self.syncing = None;
        let Some(report) = report else {
            self.failures += 1;
            self.next_look = Instant::now() + self.pace();
            self.say(Event::SyncDone(Report::default()));
            return;
        };
        self.failures = if report.failures().next().is_none() { 0 } else { self.failures + 1 };
        self.cost = report.requests().max(1);
        if report.reached() {
            // the network is there: what waited for it need not wait longer
            if let Err(why) = self.context.store.hurry().await {
                tracing::warn!(%why, "what waits in the outbox could not be hurried");
            }
            self.look_at_outbox().await;
        }
        self.next_look = Instant::now() + self.pace();
        self.say(Event::SyncDone(report));
        if let Some((numbers, extent)) = self.again.take() {
            self.start_sync(numbers, extent);
        }
    }

    fn pace(&self) -> Duration {
        next_look(Pace {
            wanted: Duration::from_secs(self.context.config.sync.poll_seconds),
            left: self.context.config.sync.reading_requests().saturating_sub(*self.used.borrow()),
            cost: self.cost,
            failures: self.failures,
            hot: Instant::now() < self.hot_until,
        })
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
                    self.hot_until = Instant::now() + HOT_FOR;
                    self.next_look = self.next_look.min(Instant::now() + LOOK_FOR_UNCONFIRMED);
                }
            }
            Some(Err(why)) => self.say(Event::Failed(Trouble {
                what: why.to_string(),
                advice: "what is queued stays queued; `mctui doctor` says more".to_owned(),
            })),
            None => tracing::error!("the sender stopped unexpectedly"),
        }
        if std::mem::take(&mut self.send_again) {
            self.start_sending();
        } else {
            self.look_at_outbox().await;
        }
    }

    async fn changed(&mut self, change: Result<Change, RecvError>) {
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
                self.next_send = Some(Instant::now() + HOT_FOR);
            }
        }
    }
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
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

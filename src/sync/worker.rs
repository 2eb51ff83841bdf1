//! The engine's loop: one sync and one sender at a time, each a task of its own, so that neither waits for the other.

mod jobs;
mod supervise;

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::attachments;
use super::context::Context;
use super::fault;
use super::history::HistoryError;
use super::outbox::{self, OutboxError, Pass, Step};
use super::probe;
use super::rhythm::Rhythm;
use super::run::{NumberReport, Report};
use super::trouble::Trouble;
use super::{Command, Event, Extent};
use crate::config::Config;
use crate::model::{Address, Delivery, ThreadId};
use crate::store::{Change, StoreError};

pub(super) use supervise::supervise;

/// The outbox cannot be worked: tried again after this.
const OUTBOX_PAUSE: Duration = Duration::from_secs(60);

/// Requests of other processes are counted no more often than this.
const COUNTED_AGAIN: Duration = Duration::from_millis(200);

pub(super) struct Worker {
    context: Context,
    events: mpsc::UnboundedSender<Event>,
    used: watch::Receiver<u32>,
    syncing: Option<JoinHandle<Report>>,
    /// What the running sync fetches, and how it is cancelled.
    running: (Extent, CancellationToken),
    /// What was cancelled and may be gone on with.
    cancelled: Vec<(Vec<Address>, Extent)>,
    /// Conversations whose older messages are wanted, and how many of them.
    older: VecDeque<(ThreadId, usize)>,
    /// Asked for while a sync was running.
    again: VecDeque<(Option<Vec<Address>>, Extent)>,
    sending: Option<JoinHandle<Result<Vec<Delivery>, OutboxError>>>,
    send_again: bool,
    rhythm: Rhythm,
    /// When to look whether something in the outbox is due.
    next_send: Option<Instant>,
    /// A sender that died may have left messages that nobody knows the fate of.
    has_orphans: bool,
    started: Instant,
    /// Who wants to know when nothing is under way.
    resting: Vec<oneshot::Sender<()>>,
    /// Asked for while the loop was not running.
    kept: VecDeque<Command>,
    /// Faults of the sender in a row.
    faults: u32,
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
            running: (Extent::Full, CancellationToken::new()),
            cancelled: Vec::new(),
            older: VecDeque::new(),
            again: VecDeque::new(),
            sending: None,
            send_again: false,
            rhythm,
            next_send: Some(now),
            has_orphans: true,
            started: now,
            resting: Vec::new(),
            kept: VecDeque::new(),
            faults: 0,
        }
    }

    /// Works until it is told to stop, and says by whom, or until nobody can ask any more.
    async fn run(&mut self, inbox: &mut mpsc::UnboundedReceiver<Command>) -> Option<oneshot::Sender<()>> {
        let now = Instant::now();
        self.next_send = Some(now);
        self.rhythm = Rhythm::new(now, self.context.now());
        let mut changes = self.context.store.subscribe();
        let mut requests = self.context.ledger.changes().await;
        let mut count_at = None;
        let used = self.rhythm.spent(&self.context).await;
        self.say_budget(used);
        while let Some(command) = self.kept.pop_front() {
            self.obey(command).await;
        }
        loop {
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
                () = at(self.next_send), if self.sending.is_none() => self.send_if_due().await,
                change = changes.recv() => self.changed(change).await,
                Ok(()) = requests.changed(), if count_at.is_none() => count_at = Some(Instant::now() + COUNTED_AGAIN),
                () = at(count_at) => {
                    count_at = None;
                    let used = self.rhythm.spent(&self.context).await;
                    self.say_budget(used);
                }
                Ok(()) = self.used.changed() => {
                    let used = *self.used.borrow_and_update();
                    self.say_budget(used);
                }
            }
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
            Command::OlderInThread { thread, count } => {
                self.older.push_back((thread, count));
                self.go_on();
            }
            Command::Cancel => {
                self.running.1.cancel();
                self.older.clear();
                self.cancelled.extend(
                    self.again
                        .drain(..)
                        .map(|(numbers, extent)| (numbers.unwrap_or_else(|| self.context.ours()), extent)),
                );
            }
            Command::Resume => {
                self.again.extend(self.cancelled.drain(..).map(|(numbers, extent)| (Some(numbers), extent)));
                self.go_on();
            }
            Command::Drain => self.start_sending(),
            Command::Present => self.rhythm.somebody(&self.context).await,
            Command::Test { account, entry } => {
                let (context, events) = (self.context.clone(), self.events.clone());
                tokio::spawn(async move {
                    let outcome = fault::answered(Box::pin(probe::test(&context, *account, &entry))).await;
                    let _ = events.send(Event::Tested { number: entry.address, outcome });
                });
            }
            Command::Discover => {
                let (context, events) = (self.context.clone(), self.events.clone());
                tokio::spawn(async move {
                    let _ = events.send(Event::Discovered(fault::answered(Box::pin(probe::discover(&context))).await));
                });
            }
            Command::Attachment { message, place, answer } => {
                let context = self.context.clone();
                tokio::spawn(async move {
                    answer.send(fault::answered(Box::pin(attachments::fetch(&context, message, place))).await)
                });
            }
            Command::ListAttachments { message, answer } => {
                let context = self.context.clone();
                tokio::spawn(async move {
                    answer.send(fault::answered(Box::pin(attachments::list(&context, message))).await)
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
                self.cancelled.clear();
                if self.syncing.is_some() {
                    self.again.push_back((None, Extent::New(self.context.config.sync.history_limit)));
                }
                self.rhythm.begin_anew();
                self.start_sending();
            }
            Err(why) => self.say(Event::Failed(Trouble {
                what: why.to_string(),
                advice: "change the settings back, or start mctui again".to_owned(),
                by_itself: "the settings before this change stay in force until mctui is started again".to_owned(),
                ..Trouble::default()
            })),
        }
    }

    /// Notes what a person has cancelled.
    fn note_cancelled(&mut self, report: &mut Report) {
        for number in report.numbers.iter().filter(|number| number.is_cancelled()) {
            let left = usize::try_from(number.tally.left).unwrap_or(usize::MAX);
            let extent = match self.running.0 {
                // what is new is fetched by the next look
                Extent::New(_) | Extent::More(_) if left == 0 => continue,
                Extent::New(_) | Extent::More(_) => Extent::More(left),
                extent => extent,
            };
            match self.cancelled.iter_mut().find(|(_, other)| *other == extent) {
                Some((numbers, _)) => numbers.push(number.number.clone()),
                None => self.cancelled.push((vec![number.number.clone()], extent)),
            }
        }
        report.resumable = !self.cancelled.is_empty();
    }

    fn go_on(&mut self) {
        if self.syncing.is_some() {
            return;
        }
        if let Some((thread, count)) = self.older.pop_front() {
            self.start_older(thread, count);
        } else if let Some((numbers, extent)) = self.again.pop_front() {
            self.start_sync(numbers, extent);
        }
    }

    async fn synced(&mut self, report: Option<Report>) {
        self.syncing = None;
        let mut report = report.unwrap_or_else(|| {
            tracing::error!("a fetch stopped because of a fault");
            self.say(Event::Failed(fault::of_job("fetching messages")));
            let failed = |number| NumberReport::failed(number, HistoryError::Fault);
            Report { numbers: self.context.ours().into_iter().map(failed).collect(), resumable: false }
        });
        if report.is_cancelled() {
            self.note_cancelled(&mut report);
        }
        if report.reached() {
            // the network is there: what waited for it need not wait longer
            if let Err(why) = self.context.store.hurry().await {
                tracing::warn!(%why, "what waits in the outbox could not be hurried");
            }
            self.look_at_outbox().await;
        }
        self.rhythm.looked(&report, &self.context).await;
        self.say(Event::SyncDone(report));
        self.go_on();
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
            let told = |step: Step<'_>| match step {
                Step::Held | Step::Free => drop(events.send(Event::AnotherSends(matches!(step, Step::Held)))),
                Step::Claimed(_) => {}
                Step::Settled(settled) => {
                    deliveries.push(settled.delivery.clone());
                    let _ = events.send(Event::Settled(settled.clone()));
                }
            };
            outbox::work(&context, &Pass::default(), told).await.map(|_| deliveries)
        }));
    }

    async fn sent(&mut self, outcome: Option<Result<Vec<Delivery>, OutboxError>>) {
        self.sending = None;
        match outcome {
            Some(Ok(deliveries)) => {
                self.faults = 0;
                if deliveries.iter().any(|delivery| matches!(delivery, Delivery::Sent | Delivery::Unconfirmed(_))) {
                    self.rhythm.sent();
                }
            }
            Some(Err(why)) => {
                self.say(Event::Failed(Trouble {
                    what: why.to_string(),
                    advice: "`mctui doctor` says more".to_owned(),
                    by_itself: "what is queued stays queued, and is tried again in a minute".to_owned(),
                    ..Trouble::default()
                }));
                self.next_send = Some(Instant::now() + OUTBOX_PAUSE);
                return;
            }
            None => {
                self.faults = self.faults.saturating_add(1);
                tracing::error!(faults = self.faults, "the sender stopped because of a fault");
                self.say(Event::Failed(fault::of_job("sending")));
                // it can say no more that its turn has come
                self.say(Event::AnotherSends(false));
                // whatever it was at is looked for then, and what is queued goes on
                (self.has_orphans, self.send_again) = (true, false);
                self.next_send = Some(Instant::now() + fault::wait(self.faults));
                return;
            }
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

    /// It is time to look whether something is due: it may not be, where the clock was put to another time.
    async fn send_if_due(&mut self) {
        self.look_at_outbox().await;
        if std::mem::take(&mut self.has_orphans) || self.next_send.is_some_and(|at| at <= Instant::now()) {
            self.start_sending();
        }
    }

    async fn look_at_outbox(&mut self) {
        match outbox::next_wait(&self.context, self.context.now()).await {
            Ok(wait) => self.next_send = wait.map(|wait| Instant::now() + wait),
            Err(StoreError::Gone) => self.next_send = None,
            Err(why) => {
                tracing::warn!(%why, "the outbox cannot be looked at");
                self.next_send = Some(Instant::now() + OUTBOX_PAUSE);
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
        // a timer is a millisecond late, and this must not be
        Some(instant) if instant <= Instant::now() => {}
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}

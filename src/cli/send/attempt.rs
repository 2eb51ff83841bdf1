//! From a message that is queued to an exit code that is true: whatever goes wrong, a message that did not go out is taken
//! back before that is said, so that nothing is posted later behind the caller's back.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::FutureExt;
use jiff::Timestamp;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::ended::Ended;
use super::{GRACE, LONGEST_PAUSE, PATIENCE};
use crate::api::Kind;
use crate::cli::Output;
use crate::model::{Delivery, Message, MessageId, ThreadId};
use crate::store::{Settlement, StoreError};
use crate::sync::Context;
use crate::sync::outbox::{OutboxError, Pass, Passed, Step, next_wait, work};

const NO_ANSWER: &str = "the cache did not answer in time";
const FAULT: &str = "a fault inside of mctui; the log says more";
const HELD: &str = "another mctui is sending, and was not done in time";
const NOT_REACHED: &str = "MightyCall could not be reached in time";
const STOPPED: &str = "it was given up before it was posted";
/// How soon after a try it is looked again whether something is due, at the earliest and at the latest.
const SOONEST: Duration = Duration::from_millis(100);
const LATEST: Duration = Duration::from_secs(1);
/// How often it is tried to take a message back that another process puts back into the queue at that moment.
const TRIES: usize = 3;

/// A message that was queued just now.
pub(super) struct Attempt<'a> {
    pub(super) context: &'a Context,
    pub(super) output: Output,
    pub(super) thread: ThreadId,
    pub(super) id: MessageId,
    /// To whom it goes, for people.
    pub(super) to: String,
    /// What is known of it beside its row.
    pub(super) known: Known,
}

/// What was heard while the outbox was worked.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// It is `sending`, as far as this process knows.
    claimed: bool,
    /// It failed, for this reason.
    failed: Option<String>,
    /// The last trouble with the service.
    kind: Option<Kind>,
    /// Another process is sending.
    held: bool,
}

impl Attempt<'_> {
    /// It is to wait for the client, or the next sync.
    pub(super) async fn queued(self) -> Ended {
        match self.row().await {
            Ok(Some(message)) => Ended::of(message, None),
            Ok(None) => Ended::queued_unseen(&self.to, "the message was discarded or sent meanwhile"),
            Err(why) => Ended::queued_unseen(&self.to, &why),
        }
    }

    /// Works the outbox until this message is settled or patience ends; then it is taken back, so that it is never sent
    /// later. `signal` ends it at once, also where it was heard before (`stopped`).
    pub(super) async fn post(mut self, mut signal: Pin<&mut impl Future<Output = ()>>, mut stopped: bool) -> Ended {
        let began = Instant::now();
        let mut patience = began + PATIENCE;
        let why = loop {
            if stopped {
                break STOPPED.to_owned();
            }
            let passed = self.pass(signal.as_mut(), patience, &mut stopped).await;
            if let Err(why) = passed {
                break why;
            }
            let message = match self.row().await {
                Ok(Some(message)) if is_open(&message) => message,
                Ok(Some(message)) => return Ended::of(message, self.known.kind),
                Ok(None) => return self.gone(),
                Err(why) => break why,
            };
            match self.known.kind {
                // it goes when the pause is over, unless that is too long for somebody who waits
                Some(Kind::RateLimited { after }) if after <= LONGEST_PAUSE => {
                    patience = patience.max((Instant::now() + after + PATIENCE).min(began + LONGEST_PAUSE + PATIENCE));
                }
                Some(Kind::RateLimited { .. } | Kind::Blocked) => patience = began,
                _ => {}
            }
            if stopped || Instant::now() >= patience {
                let held = if self.known.held { HELD } else { NOT_REACHED };
                break message.error.unwrap_or_else(|| held.to_owned());
            }
            let wait = match next_wait(self.context, Timestamp::now()).await {
                // what others have queued may be due all the time, and is left to them
                Ok(wait) => wait.unwrap_or_default().clamp(SOONEST, LATEST),
                Err(why) => break why.to_string(),
            };
            tokio::select! {
                () = sleep(wait) => {}
                () = signal.as_mut() => stopped = true,
            }
        };
        self.give_up(&why).await
    }

    /// Works the outbox once, as far as this message goes, and not beyond `patience` or a signal. The error is for people.
    async fn pass(
        &mut self,
        signal: Pin<&mut impl Future<Output = ()>>,
        patience: Instant,
        stopped: &mut bool,
    ) -> Result<(), String> {
        let pass = Pass { thread: Some(self.thread), ..Pass::default() };
        let (id, output, known) = (self.id, self.output, &mut self.known);
        let working = work(self.context, &pass, |step| known.hear(id, output, &step));
        let mut working = pin!(AssertUnwindSafe(working).catch_unwind());
        let passed = tokio::select! {
            passed = &mut working => Some(passed),
            () = sleep_until(patience) => None,
            () = signal => {
                *stopped = true;
                None
            }
        };
        if passed.is_some() {
            return plain(passed);
        }
        pass.stop.cancel();
        plain(timeout(GRACE, &mut working).await.ok())
    }

    /// Takes the message back, and says how that went.
    async fn give_up(self, why: &str) -> Ended {
        let store = &self.context.store;
        for _ in 0..TRIES {
            let taken_back = match timeout(GRACE, store.withdraw(self.id, why)).await {
                Ok(Err(StoreError::NoSuchMessage(_))) => return self.gone(),
                Ok(taken_back) => taken_back.map_err(|error| error.to_string()),
                Err(_) => Err(NO_ANSWER.to_owned()),
            };
            let message = match (self.row().await, taken_back.clone()) {
                (Ok(Some(message)), _) if !is_open(&message) => return Ended::of(message, self.known.kind),
                (Ok(Some(message)), _) => message,
                (Ok(None), _) => return self.gone(),
                (Err(_), Ok(true)) => return Ended::not_sent(&self.to, why, self.known.kind),
                (Err(_), Ok(false)) => return Ended::unconfirmed(None, &self.to, why),
                (Err(_), Err(_)) if self.known.claimed => return Ended::unconfirmed(None, &self.to, why),
                (Err(_), Err(error)) => return Ended::still_queued(None, &self.to, why, &error),
            };
            match (&message.delivery, taken_back) {
                // this or another process has it on its way, and nobody here waits for that: from now on it is in doubt,
                // and is not put back into the queue by whoever has it
                (Some(Delivery::Sending), _) => {
                    let doubt = store.settle(self.id, Settlement::Unconfirmed(why.to_owned()));
                    let settled = timeout(GRACE, doubt).await;
                    return match (settled, self.row().await) {
                        (Ok(Ok(())), Ok(Some(message))) if !is_open(&message) => Ended::of(message, self.known.kind),
                        _ => Ended::unconfirmed(Some(message), &self.to, why),
                    };
                }
                (_, Err(error)) => return Ended::still_queued(Some(message), &self.to, why, &error),
                // it was on its way a moment ago, and is back in the queue
                (_, Ok(_)) => {}
            }
        }
        Ended::still_queued(None, &self.to, why, "another mctui is sending it again and again")
    }

    /// The row is not there any more: somebody has discarded it, or sent it again.
    fn gone(self) -> Ended {
        match self.known.failed {
            Some(why) => Ended::not_sent(&self.to, &why, self.known.kind),
            None => Ended::unconfirmed(
                None,
                &self.to,
                "it is no longer in the cache, because somebody discarded it or sent it again meanwhile",
            ),
        }
    }

    async fn row(&self) -> Result<Option<Message>, String> {
        match timeout(GRACE, self.context.store.message(self.id)).await {
            Ok(row) => row.map_err(|why| why.to_string()),
            Err(_) => Err(NO_ANSWER.to_owned()),
        }
    }
}

impl Known {
    fn hear(&mut self, id: MessageId, output: Output, step: &Step<'_>) {
        match step {
            Step::Held => {
                if !std::mem::replace(&mut self.held, true) {
                    output.note("mctui: another mctui is sending; waiting until it is done");
                }
            }
            Step::Free => {}
            Step::Claimed(claimed) => {
                self.held = false;
                self.claimed |= *claimed == id;
            }
            Step::Settled(settled) if settled.id == id => {
                self.claimed = false;
                self.kind = settled.kind;
                self.failed = match &settled.delivery {
                    Delivery::Failed(why) => Some(why.clone()),
                    _ => None,
                };
                if let Some(Kind::RateLimited { after }) = settled.kind {
                    let seconds = after.as_secs().max(1);
                    let then = if after > LONGEST_PAUSE { "too long to wait for" } else { "the message goes then" };
                    output.note(&format!("mctui: MightyCall asks for a pause of {seconds} s; {then}"));
                }
            }
            Step::Settled(_) => {}
        }
    }
}

fn is_open(message: &Message) -> bool {
    matches!(message.delivery, Some(Delivery::Scheduled | Delivery::Queued | Delivery::Sending))
}

/// How a pass ended that may have panicked, or not have ended at all.
fn plain(passed: Option<Result<Result<Passed, OutboxError>, Box<dyn Any + Send>>>) -> Result<(), String> {
    match passed {
        Some(Ok(Ok(_))) => Ok(()),
        Some(Ok(Err(why))) => Err(why.to_string()),
        Some(Err(_)) => Err(FAULT.to_owned()),
        None => Err(NO_ANSWER.to_owned()),
    }
}

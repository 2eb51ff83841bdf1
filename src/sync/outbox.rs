//! Sending: what is queued, one message at a time, each posted at most once.
//!
//! The row says `sending` on disk before the first byte may leave. Whoever takes the lease (`sync::lock`) and finds a
//! row `sending` knows that its sender died or is stopped: that row is `unconfirmed`, and only history or a person says
//! what becomes of it. A sender asks right before the first byte whether the lease is still its own.

mod gate;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::context::Context;
use super::fault;
pub use super::lock::OutboxError;
use super::lock::{SenderLock, Watch};
use crate::api::{self, Kind, Outgoing, SendOutcome};
use crate::model::{Delivery, MessageId, ThreadId};
use crate::store::{Claim, OutboxItem, Settlement, StoreError};
use gate::Gate;

/// What was decided about one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The message.
    pub id: MessageId,
    /// Its thread.
    pub thread: ThreadId,
    /// Where it stands now.
    pub delivery: Delivery,
    /// The kind of trouble, where MightyCall or the way to it was the reason.
    pub kind: Option<Kind>,
}

/// How far the outbox is to be worked.
#[derive(Debug, Clone, Default)]
pub struct Pass {
    /// This thread alone.
    pub thread: Option<ThreadId>,
    /// How long to wait while another process is sending; `None` for as long as it takes, which is never without end.
    pub patience: Option<Duration>,
    /// Nothing more is to be begun. What is being posted is not waited for, and is unconfirmed where it may have left.
    pub stop: CancellationToken,
}

/// What happens meanwhile.
#[derive(Debug)]
pub enum Step<'a> {
    /// Another process has been sending for so long that a person should know.
    Held,
    /// It is not any more, or is not waited for any more.
    Free,
    /// This message is `sending`.
    Claimed(MessageId),
    /// It is decided what became of a message.
    Settled(&'a Settled),
}

/// How a pass ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passed {
    /// Nothing is due any more, or nothing more was to be begun.
    Through,
    /// Another process is sending, and was not waited for any longer.
    Held,
}

/// The longest that a message which was put back waits for its next try: as long as MightyCall may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// So often it is looked whether something that waits is due.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
const SETTLE_TRIES: u32 = 5;
const SETTLE_PAUSE: Duration = Duration::from_millis(500);
const FAULT: &str = "mctui hit a bug while sending it";
/// How often it is tried whether it is our turn.
const RETRY: Duration = Duration::from_millis(100);
/// Longer than the usual wait for another one's message: only then a person is told.
const TOLD_AFTER: Duration = Duration::from_secs(2);
const TOLD_TO_END: &str = "mctui stopped waiting before MightyCall answered";
const NOT_BEGUN: &str = "it was given up before it was posted";
const SLOW: &str = "signing in took too long";

/// Sends what is due now, and returns when nothing is. Safe to call in any number of processes at once.
pub async fn drain(context: &Context, mut settled: impl FnMut(&Settled) + Send) -> Result<(), OutboxError> {
    let tell = |step: Step<'_>| {
        if let Step::Settled(one) = step {
            settled(one);
        }
    };
    work(context, &Pass::default(), tell).await.map(drop)
}

/// As [`drain`], as far as `pass` says, telling of each step.
pub async fn work(
    context: &Context,
    pass: &Pass,
    mut tell: impl FnMut(Step<'_>) + Send,
) -> Result<Passed, OutboxError> {
    // a wait by a clock that was wrong must not hide what is due
    judge_waits(context).await?;
    let lock = match turn(context, pass, &mut tell).await? {
        Turn::Ours(lock) => lock,
        Turn::NotNeeded => return Ok(Passed::Through),
        Turn::Held => return Ok(Passed::Held),
    };
    let done = send_all(context, pass, &lock, &mut tell).await;
    lock.release().await;
    done.map(|()| Passed::Through)
}

/// What came of waiting for our turn.
enum Turn {
    Ours(SenderLock),
    /// There is nothing to do any more, or nobody wants it done.
    NotNeeded,
    Held,
}

/// Waits for whoever is sending, and tells where that takes long.
async fn turn(context: &Context, pass: &Pass, tell: &mut (impl FnMut(Step<'_>) + Send)) -> Result<Turn, OutboxError> {
    let mut told = false;
    let turn = wait_for_turn(context, pass, || {
        if !std::mem::replace(&mut told, true) {
            tell(Step::Held);
        }
    });
    let turn = turn.await;
    if told {
        tell(Step::Free);
    }
    turn
}

/// Tried again and again rather than blocked upon, so that a program that quits meanwhile leaves no thread behind.
async fn wait_for_turn(context: &Context, pass: &Pass, mut held: impl FnMut() + Send) -> Result<Turn, OutboxError> {
    let began = Instant::now();
    let mut watch = Watch::default();
    loop {
        if context.is_ending() || pass.stop.is_cancelled() || !has_work(context, pass).await? {
            return Ok(Turn::NotNeeded);
        }
        if let Some(lock) = SenderLock::attempt(context, &mut watch).await? {
            return Ok(Turn::Ours(lock));
        }
        if pass.patience.is_some_and(|patience| began.elapsed() >= patience) {
            return Ok(Turn::Held);
        }
        if began.elapsed() >= TOLD_AFTER {
            held();
        }
        watch.note(&context.store).await;
        tokio::select! {
            () = tokio::time::sleep(RETRY) => {}
            () = pass.stop.cancelled() => {}
        }
    }
}

/// Whether something is due, or is `sending`: then its sender may be dead.
async fn has_work(context: &Context, pass: &Pass) -> Result<bool, StoreError> {
    let store = &context.store;
    Ok(store.next_due_in(pass.thread, context.now(), &context.ours()).await?.is_some()
        || store.is_sending(pass.thread).await?)
}

async fn send_all(
    context: &Context,
    pass: &Pass,
    lock: &SenderLock,
    tell: &mut (impl FnMut(Step<'_>) + Send),
) -> Result<(), OutboxError> {
    let store = &context.store;
    for &id in &lock.orphans {
        if let Some(message) = store.message(id).await? {
            let delivery = Delivery::Unconfirmed(lock.reason.to_owned());
            tell(Step::Settled(&Settled { id: message.first_id, thread: message.thread, delivery, kind: None }));
        }
    }
    let ours = context.ours();
    // what is put back meanwhile is for the next time: else a network that swallows everything would keep this at it, and
    // the lock, for as long as its time limits are longer than the waits
    let began = context.now();
    // a clock that is put back meanwhile makes nothing due that was put back
    while let Some(item) = store.next_due_in(pass.thread, began.min(context.now()), &ours).await? {
        if context.is_ending() || pass.stop.is_cancelled() {
            break;
        }
        // a clock that is put back here must not make the claim fail without end
        match store.claim_as(&lock.name, item.id, began.max(context.now())).await? {
            Claim::Taken => tell(Step::Claimed(item.first_id)),
            Claim::NotDue => continue,
            Claim::LeaseLost => break,
        }
        let gate = Gate::new(store.clone(), lock.name.clone());
        // a fault of ours after the text may have left leaves it in doubt, as a kill does
        let posted = fault::caught(post(context, pass, &item, &gate)).await;
        let (settlement, kind) = posted.unwrap_or_else(|panicked| {
            tracing::error!(message = item.id.0, panicked, "a fault came while a message was being sent");
            (Settlement::Unconfirmed(FAULT.to_owned()), None)
        });
        let delivery = delivery_of(&settlement);
        tracing::info!(message = item.id.0, state = delivery.name(), "a message was settled");
        context.tell_clock();
        let put_back = match &settlement {
            Settlement::Queued { not_before, .. } => *not_before,
            _ => None,
        };
        settle(context, pass, item.id, settlement).await?;
        if let Some(then) = put_back {
            context.count_wait(item.id, then, length(then.duration_since(context.now())));
        }
        tell(Step::Settled(&Settled { id: item.first_id, thread: item.thread, delivery, kind }));
        if gate.is_lost() {
            break;
        }
    }
    Ok(())
}

/// Writes down what became of a message. An answer that is known must not be lost to a cache that is busy or full for a
/// moment: then the row would stay `sending`, and end as unconfirmed.
async fn settle(context: &Context, pass: &Pass, id: MessageId, settlement: Settlement) -> Result<(), StoreError> {
    let mut left = SETTLE_TRIES;
    loop {
        left -= 1;
        match context.store.settle(id, settlement.clone()).await {
            // another process took over, and a person has put it away since
            Err(StoreError::NoSuchMessage(_)) => {
                tracing::info!(message = id.0, "a message was put away before its outcome was known");
                return Ok(());
            }
            Err(why) if left > 0 && !pass.stop.is_cancelled() => {
                tracing::warn!(%why, message = id.0, "an outcome could not be written down yet");
                tokio::time::sleep(SETTLE_PAUSE).await;
            }
            done => return done,
        }
    }
}

async fn post(context: &Context, pass: &Pass, item: &OutboxItem, gate: &Gate) -> (Settlement, Option<Kind>) {
    // an earlier version may have taken it for one
    if !item.contact.can_receive() {
        let who = item.contact.display();
        return (Settlement::Failed(format!("{who} cannot receive texts; nothing was sent")), None);
    }
    let credentials = match context.credentials(&item.number) {
        Ok(credentials) => credentials,
        Err(why) => return (Settlement::Failed(why.plain()), Some(why.kind())),
    };
    let message = Outgoing { from: item.number.clone(), to: item.contact.clone(), text: item.body.clone() };
    let outcome = tokio::select! {
        biased;
        outcome = context.client.send_checked(&credentials, &message, gate.check()) => outcome,
        () = pass.stop.cancelled() => return given_up(gate.is_passed()),
        () = gate.overdue(context.longest_preparation()) => return too_slow(item.attempts, context.now()),
    };
    if let SendOutcome::Refused(why) | SendOutcome::Unconfirmed(why) | SendOutcome::NotSent(why) = &outcome {
        tracing::info!(message = item.id.0, %why, "a message was not accepted");
    }
    // whoever took over has called it unconfirmed, and nobody sends it again unasked: so it is not queued
    if let (SendOutcome::NotSent(_), Some(reason)) = (&outcome, gate.lost()) {
        return (Settlement::Failed(reason), None);
    }
    settlement(outcome, item.attempts, context.now())
}

/// What is not waited for any longer.
fn given_up(may_have_left: bool) -> (Settlement, Option<Kind>) {
    let settlement = if may_have_left {
        Settlement::Unconfirmed(TOLD_TO_END.to_owned())
    } else {
        Settlement::Queued { not_before: None, reason: NOT_BEGUN.to_owned(), told: false }
    };
    (settlement, None)
}

/// What did not come to its POST in time.
fn too_slow(attempts: u32, now: Timestamp) -> (Settlement, Option<Kind>) {
    let not_before = Some(now + backoff(attempts));
    (Settlement::Queued { not_before, reason: SLOW.to_owned(), told: false }, Some(Kind::TimedOut))
}

/// What an outcome makes of the row. Only what provably never left goes back to the queue.
fn settlement(outcome: SendOutcome, attempts: u32, now: Timestamp) -> (Settlement, Option<Kind>) {
    match outcome {
        SendOutcome::Accepted { remote_id } => (Settlement::Sent { remote_id }, None),
        SendOutcome::Refused(why) => (Settlement::Failed(why.plain()), Some(why.kind())),
        SendOutcome::Unconfirmed(why) => (Settlement::Unconfirmed(why.plain()), Some(why.kind())),
        SendOutcome::NotSent(why) => {
            let kind = why.kind();
            let settlement = match wait(&why, attempts) {
                Some(wait) => Settlement::Queued {
                    not_before: Some(now.saturating_add(wait).unwrap_or(Timestamp::MAX)),
                    reason: why.plain(),
                    told: matches!(kind, Kind::RateLimited { .. }),
                },
                None => Settlement::Failed(why.plain()),
            };
            (settlement, Some(kind))
        }
    }
}

/// How long a message that did not leave waits for its next try; `None` where trying again alone would not help.
fn wait(why: &api::Error, attempts: u32) -> Option<SignedDuration> {
    let backoff = backoff(attempts);
    match why.kind() {
        // a pause of nothing, or until a time that has passed, would make this ask without end
        Kind::RateLimited { after } => {
            let after = after.min(LONGEST_WAIT);
            Some(SignedDuration::try_from(after).unwrap_or(backoff).max(backoff))
        }
        Kind::OverBudget => Some(SignedDuration::from_mins(10)),
        // until the key's next day begins, which nobody tells
        Kind::Blocked => Some(SignedDuration::from_mins(30)),
        Kind::Unreachable | Kind::TimedOut | Kind::Interrupted | Kind::Server => Some(backoff),
        _ => None,
    }
}

fn backoff(attempts: u32) -> SignedDuration {
    SignedDuration::from_secs(1 << attempts.clamp(1, 6))
}

fn delivery_of(settlement: &Settlement) -> Delivery {
    match settlement {
        Settlement::Sent { .. } => Delivery::Sent,
        Settlement::Failed(reason) => Delivery::Failed(reason.clone()),
        Settlement::Unconfirmed(reason) => Delivery::Unconfirmed(reason.clone()),
        Settlement::Queued { .. } => Delivery::Queued,
    }
}

/// How long to wait from `now` until something may be due; `None` where nothing is queued. Never longer than half a minute,
/// however far off that is: the clock may be put right meanwhile.
pub async fn next_wait(context: &Context, now: Timestamp) -> Result<Option<Duration>, StoreError> {
    judge_waits(context).await?;
    let due = context.store.next_due_at(&context.ours()).await?;
    Ok(due.map(|due| length(due.duration_since(now)).min(LOOK_AGAIN)))
}

/// Waits are counted in this process, whatever the clock does meanwhile; those that another one has left go by the clock,
/// where it cannot have been wrong when they were written down.
async fn judge_waits(context: &Context) -> Result<(), StoreError> {
    let longest = SignedDuration::try_from(LONGEST_WAIT).unwrap_or(SignedDuration::MAX);
    let moved = context.store.judge_waits(context.now(), longest, context.counted_waits()).await?;
    context.move_waits(&moved);
    Ok(())
}

/// Nothing where it is over, and never longer than anything waits.
fn length(wait: SignedDuration) -> Duration {
    Duration::try_from(wait).unwrap_or(Duration::ZERO)
}

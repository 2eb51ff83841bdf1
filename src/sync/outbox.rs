//! Sending: what is queued, one message at a time, each posted at most once.
//!
//! The row says `sending` on disk before the first byte may leave. Whoever holds the lock and finds a row `sending` knows
//! that its sender died: that row is `unconfirmed`, and only history or a person says what becomes of it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use super::fault;
use super::lock::SenderLock;
use crate::api::{self, Kind, Outgoing, SendOutcome};
use crate::model::{Delivery, MessageId, ThreadId};
use crate::store::{OutboxItem, Settlement, StoreError};

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

/// Why the outbox could not be worked. What is queued stays queued.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The cache refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lock that keeps two processes from sending at once.
    #[error("cannot lock the outbox ({0}); nothing was sent")]
    Lock(std::io::Error),
}

/// The longest that a message which was put back waits for its next try: as long as MightyCall may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// So often it is looked whether something that waits is due.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
const SETTLE_TRIES: u32 = 5;
const SETTLE_PAUSE: Duration = Duration::from_millis(500);
const ORPHAN: &str = "mctui ended while it was being sent";
const FAULT: &str = "a fault in mctui came while it was being sent";

/// Sends what is due now, and returns when nothing is. Safe to call in any number of processes at once.
pub async fn drain(context: &Context, mut settled: impl FnMut(&Settled) + Send) -> Result<(), OutboxError> {
    let store = &context.store;
    let _lock = SenderLock::take(context).await.map_err(OutboxError::Lock)?;
    for id in store.adopt_orphans(ORPHAN).await? {
        if let Some(message) = store.message(id).await? {
            let delivery = Delivery::Unconfirmed(ORPHAN.to_owned());
            settled(&Settled { id, thread: message.thread, delivery, kind: None });
        }
    }
    let ours = context.ours();
    // what is put back meanwhile is for the next time: else a network that swallows everything would keep this at it, and
    // the lock, for as long as its time limits are longer than the waits
    judge_waits(context).await?;
    let began = context.now();
    while let Some(item) = store.next_due(began, &ours).await? {
        if context.is_ending() {
            break;
        }
        if !store.claim(item.id, context.now()).await? {
            continue;
        }
        // a fault of ours after the text may have left leaves it in doubt, as a kill does
        let posted = fault::caught(post(context, &item)).await;
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
        settle(context, item.id, settlement).await?;
        if let Some(then) = put_back {
            context.count_wait(item.id, then, length(then.duration_since(context.now())));
        }
        settled(&Settled { id: item.id, thread: item.thread, delivery, kind });
    }
    Ok(())
}

/// Writes down what became of a message. An answer that is known must not be lost to a cache that is busy or full for a
/// moment: then the row would stay `sending`, and end as unconfirmed.
async fn settle(context: &Context, id: MessageId, settlement: Settlement) -> Result<(), StoreError> {
    let mut left = SETTLE_TRIES;
    loop {
        left -= 1;
        match context.store.settle(id, settlement.clone()).await {
            Err(why) if left > 0 => {
                tracing::warn!(%why, message = id.0, "an outcome could not be written down yet");
                tokio::time::sleep(SETTLE_PAUSE).await;
            }
            done => return done,
        }
    }
}

async fn post(context: &Context, item: &OutboxItem) -> (Settlement, Option<Kind>) {
    let credentials = match context.credentials(&item.number) {
        Ok(credentials) => credentials,
        Err(why) => return (Settlement::Failed(why.plain()), Some(why.kind())),
    };
    let message = Outgoing { from: item.number.clone(), to: item.contact.clone(), text: item.body.clone() };
    let outcome = context.client.send(&credentials, &message).await;
    if let SendOutcome::Refused(why) | SendOutcome::Unconfirmed(why) | SendOutcome::NotSent(why) = &outcome {
        tracing::info!(message = item.id.0, %why, "a message was not accepted");
    }
    settlement(outcome, item.attempts, context.now())
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
    let backoff = SignedDuration::from_secs(1 << attempts.clamp(1, 6));
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

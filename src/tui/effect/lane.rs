//! Changes, one after the other. Drafts wait a moment for the next key; anything else writes them first.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::trouble;
use crate::model::{Address, Contact};
use crate::store::{Outgoing, Store, StoreError, ThreadKey};
use crate::sync::{Command, Engine};
use crate::tui::message::{Effect, Msg, Notice};

/// What kill -9 can take from a draft.
const GATHER: Duration = Duration::from_millis(100);

/// When a draft that could not be written is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// Something for the lane.
#[derive(Debug)]
pub(super) enum Job {
    /// An effect that changes something.
    Change(Effect),
    /// Say when all before it is done.
    Flush(oneshot::Sender<()>),
}

/// Starts the lane; it ends when the last sender is gone, and writes what is left before.
pub(super) fn start(store: Store, engine: Engine, messages: mpsc::UnboundedSender<Msg>) -> mpsc::UnboundedSender<Job> {
    let (jobs, inbox) = mpsc::unbounded_channel();
    tokio::spawn(Lane { store, engine, messages, drafts: HashMap::new(), due: None }.run(inbox));
    jobs
}

struct Lane {
    store: Store,
    engine: Engine,
    messages: mpsc::UnboundedSender<Msg>,
    /// The newest text of each draft that is not written yet.
    drafts: HashMap<(Address, Address), (Contact, String)>,
    due: Option<Instant>,
}

impl Lane {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Job>) {
        loop {
            tokio::select! {
                job = inbox.recv() => match job {
                    Some(Job::Change(Effect::SaveDraft { number, contact, text })) => {
                        self.due.get_or_insert_with(|| Instant::now() + GATHER);
                        self.drafts.insert((number, contact.address.clone()), (contact, text));
                    }
                    Some(Job::Change(effect)) => {
                        self.write_drafts().await;
                        self.change(effect).await;
                    }
                    Some(Job::Flush(done)) => {
                        self.write_drafts().await;
                        let _ = done.send(());
                    }
                    None => break,
                },
                () = sleep_until(self.due.unwrap_or_else(Instant::now)), if self.due.is_some() => self.write_drafts().await,
            }
        }
        self.write_drafts().await;
    }

    async fn write_drafts(&mut self) {
        self.due = None;
        for (sides, (contact, text)) in std::mem::take(&mut self.drafts) {
            if let Err(why) = self.write_draft(sides.0.clone(), contact.clone(), &text).await {
                self.say(trouble(&format!("The draft to {} could not be saved yet", contact.title()), &why));
                // unless newer text is waiting by now
                self.drafts.entry(sides).or_insert((contact, text));
                self.due = Some(Instant::now() + TRY_AGAIN);
            }
        }
    }

    async fn write_draft(&self, number: Address, contact: Contact, text: &str) -> Result<(), StoreError> {
        let thread = match self.store.thread_between(number.clone(), contact.address.clone()).await? {
            Some(thread) => thread.id,
            None if text.is_empty() => return Ok(()),
            None => self.store.ensure_thread(number, contact).await?,
        };
        self.store.save_draft(thread, text, Timestamp::now()).await
    }

    async fn change(&mut self, effect: Effect) {
        let now = Timestamp::now();
        let done = match effect {
            Effect::Send { ticket, number, contact, body } => {
                let outgoing = Outgoing { number, contact, body, at: now, not_before: None };
                let answer = match self.store.enqueue(outgoing).await {
                    Ok((thread, message)) => Msg::Queued { ticket, message, thread },
                    Err(why) => {
                        tracing::error!(error = ?why, "a message could not be queued");
                        Msg::NotQueued { ticket, reason: why.to_string() }
                    }
                };
                self.say(answer);
                self.engine.ask(Command::Drain);
                Ok(())
            }
            Effect::Resend(id) => {
                let resent = self.store.resend(id, now).await.map(|_| ());
                self.engine.ask(Command::Drain);
                resent
            }
            Effect::Discard(id) => self.store.discard(id).await,
            Effect::MarkRead { thread, up_to } => self.store.mark_read(thread, up_to).await.map(|_| ()),
            Effect::Mute { thread, muted } => self.store.set_muted(thread, muted).await,
            Effect::SetState(thread, state) => self.store.set_state(thread, state).await,
            Effect::MarkUnread(thread) => self.store.mark_unread(thread).await,
            Effect::NextUnread { number, after } => {
                let after = after.map(|key| ThreadKey { activity: key.activity, id: key.id });
                self.go_to_next_unread(number, after).await
            }
            Effect::OpenThread { number, contact } => self.open(number, contact).await,
            other => {
                tracing::error!(?other, "an effect came to the lane that belongs elsewhere");
                Ok(())
            }
        };
        if let Err(why) = done {
            self.say(trouble("That could not be done", &why));
        }
    }

    async fn go_to_next_unread(&self, number: Option<Address>, after: Option<ThreadKey>) -> Result<(), StoreError> {
        let thread = match self.store.next_unread(number, after).await? {
            Some(id) => self.store.thread(id).await?,
            None => None,
        };
        self.say(thread.map_or(Msg::NothingUnread, |thread| Msg::GoTo(Box::new(thread))));
        Ok(())
    }

    async fn open(&self, number: Address, contact: Contact) -> Result<(), StoreError> {
        let id = self.store.ensure_thread(number, contact).await?;
        let answer = match self.store.thread(id).await? {
            Some(thread) => Msg::GoTo(Box::new(thread)),
            None => Msg::Notice(Notice::error("The thread could not be opened")),
        };
        self.say(answer);
        Ok(())
    }

    fn say(&self, msg: Msg) {
        let _ = self.messages.send(msg);
    }
}

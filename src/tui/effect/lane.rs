//! Changes, one after the other. Drafts wait a moment for the next key; anything else writes them first.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::rescue::Rescues;
use super::{Job, trouble};
use crate::model::{Address, Broadcast, Contact};
use crate::store::{Outgoing, Store, StoreError, ThreadKey};
use crate::sync::{Command, Engine};
use crate::tui::message::{Effect, Msg, Notice, RescueId};
use crate::tui::unsaved::Unsaved;

/// What kill -9 can take from a draft.
const GATHER: Duration = Duration::from_millis(100);

/// When a draft that could not be written is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// Starts the lane; it ends when the last sender is gone, and writes what is left before.
pub(super) fn start(
    store: Store,
    engine: Engine,
    messages: mpsc::UnboundedSender<Msg>,
    (unsaved, rescues): (Unsaved, Rescues),
) -> mpsc::UnboundedSender<Job<Effect>> {
    let (jobs, inbox) = mpsc::unbounded_channel();
    let lane = Lane {
        store,
        engine,
        messages,
        unsaved,
        rescues,
        drafts: HashMap::new(),
        broadcasts: HashMap::new(),
        due: None,
        forget: Vec::new(),
        is_saving: true,
    };
    tokio::spawn(lane.run(inbox));
    jobs
}

struct Lane {
    store: Store,
    engine: Engine,
    messages: mpsc::UnboundedSender<Msg>,
    unsaved: Unsaved,
    rescues: Rescues,
    /// The newest text of each draft that is not written yet.
    drafts: HashMap<(Address, Address), (Contact, String)>,
    /// The same of each text to several people, by the number where it was begun.
    broadcasts: HashMap<Address, Broadcast>,
    due: Option<Instant>,
    /// Rescued texts whose place in the cache is still to be written.
    forget: Vec<RescueId>,
    /// Whether the last write went well.
    is_saving: bool,
}

impl Lane {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Job<Effect>>) {
        loop {
            tokio::select! {
                job = inbox.recv() => match job {
                    Some(Job::Do(Effect::SaveDraft { number, contact, text })) => {
                        self.due.get_or_insert_with(|| Instant::now() + GATHER);
                        self.drafts.insert((number, contact.address.clone()), (contact, text));
                    }
                    Some(Job::Do(Effect::SaveBroadcast { begun, broadcast })) => {
                        self.due.get_or_insert_with(|| Instant::now() + GATHER);
                        self.broadcasts.insert(begun, broadcast);
                    }
                    Some(Job::Do(effect)) => {
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
            match self.write_draft(sides.0.clone(), contact.clone(), &text).await {
                Ok(()) => self.unsaved.saved_draft(&sides, &text),
                Err(why) => {
                    self.failed(&format!("The draft to {} could not be saved yet", contact.title()), &why);
                    // unless newer text is waiting by now
                    self.drafts.entry(sides).or_insert((contact, text));
                }
            }
        }
        for (begun, broadcast) in std::mem::take(&mut self.broadcasts) {
            match self.store.save_broadcast(begun.clone(), broadcast.clone(), Timestamp::now()).await {
                Ok(()) => self.unsaved.saved_broadcast(&begun, &broadcast),
                Err(why) => {
                    self.failed("The message to several people could not be saved yet", &why);
                    self.broadcasts.entry(begun).or_insert(broadcast);
                }
            }
        }
        if self.drafts.is_empty() && self.broadcasts.is_empty() {
            self.tell_saving(true);
        }
        let (later, now) = std::mem::take(&mut self.forget).into_iter().partition(|id| self.is_waited_for(*id));
        self.forget = later;
        for id in Vec::from_iter(now) {
            self.rescues.forget(id).await;
        }
    }

    fn failed(&mut self, what: &str, why: &StoreError) {
        self.unsaved.failed(why.to_string());
        self.tell_saving(false);
        self.say(trouble(what, why));
        self.due = Some(Instant::now() + TRY_AGAIN);
        // a kill takes no more than that from it
        let unsaved = self.unsaved.clone();
        tokio::task::spawn_blocking(move || drop(unsaved.report()));
    }

    fn tell_saving(&mut self, is_saving: bool) {
        if std::mem::replace(&mut self.is_saving, is_saving) != is_saving {
            self.say(Msg::AllSaved(is_saving));
        }
    }

    /// Whether what took a rescued text's place is not in the cache yet.
    fn is_waited_for(&self, id: RescueId) -> bool {
        self.rescues.text(id).is_some_and(|text| self.unsaved.has(&text))
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
            // its text is in a rescue file by now
            Effect::Send { .. } if !self.unsaved.may_queue() => Ok(()),
            Effect::Send { ticket, number, contact, body } => {
                let desk = (number.clone(), contact.address.clone());
                let outgoing = Outgoing { number, contact, body: body.clone(), at: now, not_before: None };
                let answer = match self.store.enqueue(outgoing).await {
                    Ok((thread, message)) => {
                        // a draft that could not be written before it was sent is none any more
                        self.drafts.retain(|other, (_, text)| *other != desk || *text != body);
                        self.unsaved.queued(ticket);
                        Msg::Queued { ticket, message, thread }
                    }
                    Err(why) => {
                        tracing::error!(error = ?why, "a message could not be queued");
                        self.unsaved.not_queued(ticket);
                        self.unsaved.failed(why.to_string());
                        Msg::NotQueued { ticket, reason: why.to_string() }
                    }
                };
                self.say(answer);
                self.engine.ask(Command::Drain);
                Ok(())
            }
            Effect::SendEach { begun, kept, number, texts, then } => {
                if self.send_each((begun.clone(), kept), &number, texts, now).await
                    && let Some(then) = then
                {
                    self.unsaved.note(&Effect::SaveBroadcast { begun: begun.clone(), broadcast: then.clone() });
                    self.broadcasts.insert(begun, then);
                    self.write_drafts().await;
                }
                Ok(())
            }
            Effect::LoadBroadcast(begun) => {
                // what could not be written yet is newer than what is there
                let waiting = self.broadcasts.iter().find(|(at, _)| begun.as_ref().is_none_or(|begun| begun == *at));
                let read = match waiting {
                    Some((at, waiting)) => Ok(Some((at.clone(), waiting.clone())).filter(|(_, it)| !it.is_empty())),
                    None => self.store.broadcast(begun).await,
                };
                let (found, done) = read.map_or_else(|why| (None, Err(why)), |found| (found, Ok(())));
                self.say(Msg::Broadcast(found.map(Box::new)));
                done
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
            Effect::MarkUnread { thread, newest } => self.store.mark_unread(thread, newest).await,
            Effect::NextUnread { number, after } => {
                let after = after.map(|key| ThreadKey { activity: key.activity, id: key.id });
                self.go_to_next_unread(number, after).await
            }
            Effect::OpenThread { number, contact } => self.open(number, contact).await,
            Effect::ForgetRescued(id) => {
                self.forget.push(id);
                self.write_drafts().await;
                Ok(())
            }
            other => {
                tracing::error!(?other, "an effect came to the lane that belongs elsewhere");
                Ok(())
            }
        };
        if let Err(why) = done {
            self.say(trouble("That could not be done", &why));
        }
    }

    /// Says whether all of them are in the outbox.
    async fn send_each(
        &mut self,
        (begun, kept): (Address, Broadcast),
        number: &Address,
        texts: Vec<(Contact, String)>,
        at: Timestamp,
    ) -> bool {
        let outgoing = |(contact, body)| Outgoing { number: number.clone(), contact, body, at, not_before: None };
        let each = texts.into_iter().map(outgoing).collect();
        let queued = self.store.enqueue_each(begun.clone(), kept, each).await;
        let is_queued = queued.is_ok();
        let answer = match queued {
            Ok(queued) => {
                // what could not be written before it was sent need not be any more
                if let Some(waiting) = self.broadcasts.remove(&begun) {
                    self.unsaved.saved_broadcast(&begun, &waiting);
                }
                Msg::QueuedEach(queued.into_iter().map(|(thread, _)| thread).collect())
            }
            Err(why) => {
                tracing::error!(error = ?why, "messages to several people could not be queued");
                Msg::NotQueuedEach { reason: why.to_string() }
            }
        };
        self.say(answer);
        self.engine.ask(Command::Drain);
        is_queued
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

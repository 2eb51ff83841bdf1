//! What only reads the cache: each beside the others, so that a long one never keeps a short one waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Mutex, MutexGuard, mpsc};

use super::{translate, trouble};
use crate::model::query::Query;
use crate::model::{Delivery, Message, Missing, ThreadFilter};
use crate::store::{Store, StoreError, ThreadQuery, ThreadWindow};
use crate::tui::message::{Effect, MessagePage, Msg, Summary};

/// Contacts offered for a new message. Fuzzy matching over them all is a matter of milliseconds.
const CONTACTS: usize = 50_000;

/// Messages of one thread among which one can go from one to the next.
const MATCHES: usize = 10_000;

/// The reading half of the effects.
#[derive(Debug, Clone)]
pub(super) struct Reads {
    store: Store,
    messages: mpsc::UnboundedSender<Msg>,
    /// Counts carry no request number, so they are read and told one after the other: the last told is the newest.
    counts: Arc<Mutex<()>>,
    searches: Arc<Queue>,
    finds: Arc<Queue>,
}

/// Searches as one types: one at a time, and of those that wait only the last.
#[derive(Debug, Default)]
struct Queue {
    newest: AtomicU64,
    busy: Mutex<()>,
}

/// A place in a queue.
struct Turn {
    queue: Arc<Queue>,
    place: u64,
}

impl Turn {
    fn of(queue: &Arc<Queue>) -> Self {
        Self { queue: Arc::clone(queue), place: queue.newest.fetch_add(1, Ordering::Relaxed) + 1 }
    }

    /// Waits for the one before to end; `None` where a newer one waits by then.
    async fn come(&self) -> Option<MutexGuard<'_, ()>> {
        let turn = self.queue.busy.lock().await;
        (self.queue.newest.load(Ordering::Relaxed) == self.place).then_some(turn)
    }
}

impl Reads {
    pub(super) fn new(store: Store, messages: mpsc::UnboundedSender<Msg>) -> Self {
        Self { store, messages, counts: Arc::default(), searches: Arc::default(), finds: Arc::default() }
    }

    /// Begins a read; its answer is a message.
    pub(super) fn start(&self, effect: Effect) {
        let reads = self.clone();
        let search = match &effect {
            Effect::Search { .. } => Some(Turn::of(&reads.searches)),
            Effect::FindInThread { .. } => Some(Turn::of(&reads.finds)),
            _ => None,
        };
        tokio::spawn(async move {
            let request = match &effect {
                Effect::LoadThreads { request, .. }
                | Effect::LoadMessages { request, .. }
                | Effect::Search { request, .. }
                | Effect::FindInThread { request, .. } => Some(*request),
                _ => None,
            };
            let searching = match &search {
                Some(turn) => match turn.come().await {
                    None => return,
                    turn => turn,
                },
                None => None,
            };
            let turn = match effect {
                Effect::LoadSummary => Some(reads.counts.lock().await),
                _ => None,
            };
            let answer = match (read(&reads.store, effect).await, request) {
                (Ok(answer), _) => answer,
                (Err(why), Some(request)) => {
                    tracing::error!(error = ?why, "the cache could not be read");
                    Some(Msg::NotLoaded { request, reason: why.to_string() })
                }
                (Err(why), None) => Some(trouble("The cache could not be read", &why)),
            };
            if let Some(answer) = answer {
                // nobody listens any more when the program ends
                let _ = reads.messages.send(answer);
            }
            drop((turn, searching));
        });
    }
}

async fn read(store: &Store, effect: Effect) -> Result<Option<Msg>, StoreError> {
    Ok(match effect {
        Effect::LoadThreads { request, query } => {
            let page = store.threads(translate::query(&query)).await?;
            Some(Msg::Threads { request, page: translate::threads(page) })
        }
        Effect::LoadThread(id) => store.thread(id).await?.map(|thread| Msg::Thread(Box::new(thread))),
        Effect::LoadMessages { request, thread, window, limit } => {
            let page = store.messages(thread, translate::window(window), limit).await?;
            let coverage = store.thread_coverage(thread).await?;
            let page = MessagePage {
                messages: page.messages,
                more_older: page.more_older,
                more_newer: page.more_newer,
                coverage,
            };
            Some(Msg::Messages { request, thread, page })
        }
        Effect::Search { request, query } => {
            let asked = translate::search(*query);
            let page = store.search(asked.clone()).await?;
            let missing = if page.found.is_empty() { store.missing(asked).await? } else { Missing::default() };
            Some(Msg::Found { request, page: translate::found(page, missing) })
        }
        Effect::FindInThread { request, thread, terms } => {
            let query = Query { terms, ..Query::default() };
            let found = store.find_in_thread(thread, query, MATCHES).await?;
            Some(Msg::FoundInThread { request, found })
        }
        Effect::OpenMessage(thread, message, terms) => {
            let thread = store.thread(thread).await?;
            thread.map(|thread| Msg::GoToMessage(Box::new(thread), message, terms))
        }
        Effect::LoadWay(id) => store.way(id).await?.map(|known| Msg::Way(Box::new(known))),
        Effect::LoadSummary => {
            let numbers = store.numbers().await?.into_iter().map(translate::number).collect();
            let waiting = store.outbox().await?.iter().filter(|message| is_waiting(message)).count();
            Some(Msg::Summary(Summary { numbers, waiting: u32::try_from(waiting).unwrap_or(u32::MAX) }))
        }
        Effect::LoadContacts => Some(Msg::Contacts(store.contacts(CONTACTS).await?)),
        Effect::LoadPalette => {
            let all = ThreadQuery {
                number: None,
                contact: None,
                filter: ThreadFilter::All,
                text: None,
                window: ThreadWindow::Top,
                limit: CONTACTS,
            };
            Some(Msg::Palette(store.threads(all).await?.threads))
        }
        Effect::LoadLastNumbers => Some(Msg::LastNumbers(store.last_numbers(CONTACTS).await?)),
        _ => None,
    })
}

fn is_waiting(message: &Message) -> bool {
    matches!(message.delivery, Some(Delivery::Queued | Delivery::Sending | Delivery::Scheduled))
}

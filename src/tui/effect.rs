//! The screen's only door to the cache and the engine: carries out effects and answers with messages.
//!
//! What changes something goes through one [`lane`], in the order in which it was asked for. What only reads runs beside
//! it, so that a long write never keeps a conversation from showing.

mod lane;
mod news;
mod settings;
mod translate;

use tokio::sync::{mpsc, oneshot};

use self::lane::Job;
use super::message::{Effect, MessagePage, Msg, Notice, SettingsAsk, SettingsNews, Summary};
use crate::config::{Config, Environment, Places};
use crate::model::{Delivery, ThreadId};
use crate::store::{Store, StoreError};
use crate::sync::{Command, Context, Engine, Extent};

/// Contacts offered for a new message. Fuzzy matching over them all is a matter of milliseconds.
const CONTACTS: usize = 50_000;

/// Carries out effects. Clones share the lane and the engine.
#[derive(Debug, Clone)]
pub struct Effects {
    store: Store,
    engine: Engine,
    lane: mpsc::UnboundedSender<Job>,
    messages: mpsc::UnboundedSender<Msg>,
    history_limit: usize,
}

impl Effects {
    /// Starts the engine, the lane, and what listens to the cache and the engine; all answers go to `messages`.
    pub fn start(
        context: Context,
        places: Places,
        environment: Environment,
        messages: mpsc::UnboundedSender<Msg>,
    ) -> Self {
        let store = context.store.clone();
        let config = Config::clone(&context.config);
        let history_limit = config.sync.history_limit;
        news::listen_to_store(&store, messages.clone());
        let (engine, events) = Engine::start(context);
        news::listen_to_engine(events, store.clone(), messages.clone());
        let _ = messages.send(Msg::Settings(SettingsNews::Config(Box::new(config.clone()))));
        let settings = settings::Settings::new(places, environment, config, engine.clone(), messages.clone());
        let lane = lane::start(store.clone(), engine.clone(), settings, messages.clone());
        Self { store, engine, lane, messages, history_limit }
    }

    /// Carries out one effect; returns at once.
    pub fn run(&self, effect: Effect) {
        match effect {
            Effect::LoadThreads { request, query } => self.read(|store| async move {
                let page = store.threads(translate::query(&query)).await?;
                Ok(Msg::Threads { request, page: translate::threads(page) })
            }),
            Effect::LoadThread(id) => self.read_maybe(|store| async move {
                let thread = store.thread(id).await?;
                Ok(thread.map(|thread| Msg::Thread(Box::new(thread))))
            }),
            Effect::LoadMessages { request, thread, window, limit } => self.read(|store| async move {
                let page = store.messages(thread, translate::window(window), limit).await?;
                let history_cut = !page.more_older && history_cut(&store, thread).await?;
                let page = MessagePage {
                    messages: page.messages,
                    more_older: page.more_older,
                    more_newer: page.more_newer,
                    history_cut,
                };
                Ok(Msg::Messages { request, thread, page })
            }),
            Effect::LoadSummary => self.read(|store| async move {
                let numbers = store.numbers().await?.into_iter().map(translate::number).collect();
                let on_their_way = |message: &crate::model::Message| {
                    matches!(message.delivery, Some(Delivery::Queued | Delivery::Sending | Delivery::Scheduled))
                };
                let waiting = store.outbox().await?.iter().filter(|message| on_their_way(message)).count();
                Ok(Msg::Summary(Summary { numbers, waiting: u32::try_from(waiting).unwrap_or(u32::MAX) }))
            }),
            Effect::LoadContacts => {
                self.read(|store| async move { Ok(Msg::Contacts(store.contacts(CONTACTS).await?)) });
            }
            Effect::Sync => {
                self.engine.ask(Command::Sync { numbers: None, extent: Extent::New(self.history_limit) });
            }
            Effect::Settings(SettingsAsk::Discover) => self.engine.ask(Command::Discover),
            // the event loop ends on these two before they come here
            Effect::Quit | Effect::StartDemo => {}
            change => self.queue(Job::Change(change)),
        }
    }

    /// Waits until everything asked for so far is on the disk, and until no message is on its way.
    pub async fn finish(self) {
        let (done, written) = oneshot::channel();
        self.queue(Job::Flush(done));
        let _ = written.await;
        self.engine.stop().await;
        self.store.close().await;
    }

    fn queue(&self, job: Job) {
        // the lane lives as long as any handle; where it is gone the program is ending
        let _ = self.lane.send(job);
    }

    fn read<F>(&self, job: impl FnOnce(Store) -> F)
    where
        F: Future<Output = Result<Msg, StoreError>> + Send + 'static,
    {
        let read = job(self.store.clone());
        self.read_maybe(|_| async move { read.await.map(Some) });
    }

    fn read_maybe<F>(&self, job: impl FnOnce(Store) -> F)
    where
        F: Future<Output = Result<Option<Msg>, StoreError>> + Send + 'static,
    {
        let (read, messages) = (job(self.store.clone()), self.messages.clone());
        tokio::spawn(async move {
            let answer = match read.await {
                Ok(answer) => answer,
                Err(why) => Some(trouble("The cache could not be read", &why)),
            };
            if let Some(answer) = answer {
                let _ = messages.send(answer);
            }
        });
    }
}

/// What the cache refused, for the status line; the cause chain goes to the log.
fn trouble(what: &str, why: &StoreError) -> Msg {
    tracing::error!(error = ?why, "{what}");
    Msg::Notice(Notice::error(format!("{what}: {why}")))
}

/// Whether what is older than the oldest message here was never fetched.
async fn history_cut(store: &Store, thread: ThreadId) -> Result<bool, StoreError> {
    let Some(thread) = store.thread(thread).await? else { return Ok(false) };
    let cursor = store.cursor(thread.number).await?;
    Ok(cursor.is_some_and(|cursor| !cursor.complete))
}

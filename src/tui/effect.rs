//! The screen's only door to the cache and the engine: carries out effects and answers with messages.
//!
//! What changes something goes through one lane, in the order in which it was asked for. What only reads runs beside
//! it, so that a long write never keeps a conversation from showing.

mod lane;
mod news;
mod reads;
mod settings;
mod translate;

use tokio::sync::{mpsc, oneshot};

use self::lane::Job;
use self::reads::Reads;
use super::message::{Effect, Msg, Notice, SettingsAsk, SettingsNews};
use crate::config::{Config, Environment, Places};
use crate::store::{Store, StoreError};
use crate::sync::{Command, Context, Engine, Extent};

/// Messages that are fetched at a time below what is here.
const OLDER: usize = 500;

/// Carries out effects. Clones share the lane and the engine.
#[derive(Debug, Clone)]
pub struct Effects {
    store: Store,
    engine: Engine,
    lane: mpsc::UnboundedSender<Job>,
    settings: mpsc::UnboundedSender<SettingsAsk>,
    reads: Reads,
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
        if let Some(recovery) = store.recovery() {
            let _ = messages.send(Msg::Notice(Notice::warning(recovery.to_string())));
        }
        news::listen_to_store(&store, messages.clone());
        let (engine, events) = Engine::start(context);
        news::listen_to_engine(events, store.clone(), messages.clone());
        let _ = messages.send(Msg::Settings(SettingsNews::Config(Box::new(config.clone()))));
        let settings = settings::start(places, environment, config, engine.clone(), messages.clone());
        let lane = lane::start(store.clone(), engine.clone(), messages.clone());
        let reads = Reads::new(store.clone(), messages);
        Self { store, engine, lane, settings, reads, history_limit }
    }

    /// Carries out one effect; returns at once.
    pub fn run(&self, effect: Effect) {
        match effect {
            Effect::LoadThreads { .. }
            | Effect::LoadThread(_)
            | Effect::LoadMessages { .. }
            | Effect::LoadSummary
            | Effect::LoadContacts
            | Effect::LoadPalette => self.reads.start(effect),
            Effect::Sync => {
                self.engine.ask(Command::Sync { numbers: None, extent: Extent::New(self.history_limit) });
            }
            Effect::FetchOlder(number) => {
                let numbers = Some(vec![number]);
                self.engine.ask(Command::Sync { numbers, extent: Extent::More(OLDER) });
            }
            Effect::Present => self.engine.ask(Command::Present),
            // a key's command may take its time: nothing typed waits for the settings
            Effect::Settings(ask) => {
                let _ = self.settings.send(ask);
            }
            // the event loop ends on these two before they come here
            Effect::Quit | Effect::StartDemo | Effect::Terminal(_) => {}
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
}

/// What the cache refused, for the status line; the cause chain goes to the log.
fn trouble(what: &str, why: &StoreError) -> Msg {
    tracing::error!(error = ?why, "{what}");
    Msg::Notice(Notice::error(format!("{what}: {why}")))
}

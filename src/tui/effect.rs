//! The screen's only door to the cache and the engine: carries out effects and answers with messages.
//!
//! What changes something goes through one lane, in the order in which it was asked for. What only reads runs beside
//! it, so that a long write never keeps a conversation from showing.

mod arrivals;
mod lane;
mod media;
mod news;
mod reads;
mod reload;
mod rescue;
mod settings;
mod snippets;
mod translate;

use std::pin::pin;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use self::media::Media;
use self::reads::Reads;
use self::rescue::Rescues;
use super::message::{Effect, Leaving, Msg, Notice, SettingsAsk, SettingsNews};
use super::unsaved::Unsaved;
use crate::config::rescue::RescueFolders;
use crate::config::snippets::Change;
use crate::config::{Config, Environment, Places};
use crate::store::{Store, StoreError};
use crate::sync::{Command, Context, Engine, Extent};

/// Messages that are fetched at a time below what is here.
const OLDER: usize = 500;

/// How long the files of settings and snippets are waited for at the end: a command that gives a key may hang.
const FILES: Duration = Duration::from_secs(5);

/// How long saving may take before a person who leaves is told that it goes on.
const QUIETLY: Duration = Duration::from_millis(300);
/// And how long after that they are told that it does not work. The cache itself waits longer for another program.
const SAVING: Duration = Duration::from_millis(1_500);
/// How long what is typed is waited for at the end before it goes into a rescue file.
const LAST_WRITE: Duration = Duration::from_secs(1);
/// How long the rest is waited for where the cache does not take what was typed.
const HOPELESS: Duration = Duration::from_secs(1);

/// Work for those that do one thing after the other.
#[derive(Debug)]
enum Job<T> {
    /// This is to be done.
    Do(T),
    /// Say when all before it is done.
    Flush(oneshot::Sender<()>),
}

/// Waits until all that was asked for is done.
async fn flush<T>(jobs: &mpsc::UnboundedSender<Job<T>>) {
    let (done, written) = oneshot::channel();
    // where nobody is at work any more, there is nothing to wait for
    let _ = jobs.send(Job::Flush(done));
    let _ = written.await;
}

/// Carries out effects. Clones share the lane and the engine.
#[derive(Debug, Clone)]
pub struct Effects {
    store: Store,
    engine: Engine,
    lane: mpsc::UnboundedSender<Job<Effect>>,
    settings: mpsc::UnboundedSender<Job<SettingsAsk>>,
    reads: Reads,
    snippets: mpsc::UnboundedSender<Job<Option<Change>>>,
    media: Media,
    history_limit: usize,
    looked_at: watch::Sender<bool>,
    unsaved: Unsaved,
    rescues: Rescues,
    messages: mpsc::UnboundedSender<Msg>,
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
        let (looked_at, is_looked_at) = watch::channel(false);
        arrivals::listen(store.clone(), is_looked_at, messages.clone());
        let (engine, events) = Engine::start(context);
        news::listen_to_engine(events, store.clone(), messages.clone());
        let _ = messages.send(Msg::Settings(SettingsNews::Config(Box::new(config.clone()))));
        let unsaved = Unsaved::new(RescueFolders::new(&places, &environment));
        let rescues = Rescues::new(RescueFolders::new(&places, &environment), store.clone(), messages.clone());
        let media = Media::new(&places, &environment, engine.clone(), messages.clone());
        let _ = messages.send(Msg::Settings(SettingsNews::Places(Box::new(places.clone()))));
        let snippets = snippets::start(places.snippets_file(), messages.clone());
        let settings = settings::start(places, environment, config, engine.clone(), messages.clone());
        let lane = lane::start(store.clone(), engine.clone(), messages.clone(), (unsaved.clone(), rescues.clone()));
        let reads = Reads::new(store.clone(), messages.clone());
        Self {
            store,
            engine,
            lane,
            settings,
            reads,
            snippets,
            media,
            history_limit,
            looked_at,
            unsaved,
            rescues,
            messages,
        }
    }

    /// What is typed and not saved.
    pub fn unsaved(&self) -> &Unsaved {
        &self.unsaved
    }

    /// Looks for what an earlier run could not save; returns at once.
    pub fn bring_back(&self) {
        self.rescues.start();
    }

    /// Carries out one effect; returns at once.
    pub fn run(&self, effect: Effect) {
        self.unsaved.note(&effect);
        match effect {
            Effect::LoadThreads { .. }
            | Effect::LoadThread(_)
            | Effect::LoadMessages { .. }
            | Effect::Search { .. }
            | Effect::FindInThread { .. }
            | Effect::OpenMessage(..)
            | Effect::LoadWay(_)
            | Effect::LoadSummary
            | Effect::LoadContacts
            | Effect::LoadLastNumbers
            | Effect::LoadPalette => self.reads.start(effect),
            Effect::Sync => {
                self.engine.ask(Command::Sync { numbers: None, extent: Extent::New(self.history_limit) });
            }
            Effect::FetchOlder(thread) => self.engine.ask(Command::OlderInThread { thread, count: OLDER }),
            Effect::SyncEverything => self.engine.ask(Command::Sync { numbers: None, extent: Extent::Full }),
            Effect::CancelSync => self.engine.ask(Command::Cancel),
            Effect::ResumeSync => self.engine.ask(Command::Resume),
            Effect::Present => self.engine.ask(Command::Present),
            Effect::Attend(looked_at) => drop(self.looked_at.send_replace(looked_at)),
            // a key's command may take its time: nothing typed waits for the settings
            Effect::Settings(ask) => {
                let _ = self.settings.send(Job::Do(ask));
            }
            Effect::LoadSnippets => self.snippets(None),
            Effect::ChangeSnippets(change) => self.snippets(Some(change)),
            Effect::Media(ask) => self.media.start(ask),
            Effect::Quit => self.ask_to_leave(),
            // the event loop takes these before they come here
            Effect::Leave | Effect::StartDemo | Effect::Terminal(_) => {}
            change => {
                // the lane lives as long as any handle; where it is gone the program is ending
                let _ = self.lane.send(Job::Do(change));
            }
        }
    }

    /// Saves all that was typed, and says whether that worked.
    fn ask_to_leave(&self) {
        let (lane, unsaved, messages) = (self.lane.clone(), self.unsaved.clone(), self.messages.clone());
        tokio::spawn(async move {
            let mut written = pin!(flush(&lane));
            if timeout(QUIETLY, &mut written).await.is_err() {
                let _ = messages.send(Msg::Leaving(Leaving::Saving));
                let _ = timeout(SAVING, written).await;
            }
            // a rescue file may have to be written
            let report = tokio::task::spawn_blocking(move || unsaved.report()).await;
            let _ = messages.send(Msg::Leaving(report.unwrap_or(Leaving::Saved)));
        });
    }

    /// Waits until everything asked for so far is on the disk, and until no message is on its way. What was typed and
    /// cannot be saved goes into a rescue file soon, and the terminal says so.
    pub async fn finish(self) {
        let lane = self.lane.clone();
        let mut written = pin!(flush(&lane));
        let mut is_written = timeout(QUIETLY, &mut written).await.is_ok();
        if !is_written {
            // who ended this may have little patience
            self.unsaved.report();
            is_written = timeout(LAST_WRITE, &mut written).await.is_ok();
        }
        let is_hopeless = !self.unsaved.is_empty();
        self.unsaved.tell_at_end();
        let files = async { tokio::join!(flush(&self.settings), flush(&self.snippets)) };
        let rest = async {
            let more = async {
                if !is_written {
                    written.await;
                }
            };
            let ((), files) = tokio::join!(more, timeout(FILES, files));
            if files.is_err() {
                tracing::warn!("what was changed last in the settings or the snippets may not be in their files");
            }
            self.engine.stop().await;
            self.store.close().await;
        };
        if is_hopeless {
            // the cache takes nothing: what became of a message cannot be noted either
            let _ = timeout(HOPELESS, rest).await;
        } else {
            rest.await;
        }
    }

    fn snippets(&self, change: Option<Change>) {
        let _ = self.snippets.send(Job::Do(change));
    }
}

/// What the cache refused, for the status line; the cause chain goes to the log.
fn trouble(what: &str, why: &StoreError) -> Msg {
    tracing::error!(error = ?why, "{what}");
    let text = format!("{what}: {why}");
    Msg::Notice(Notice::error(text.clone()).told(news::of_store(text, why)))
}

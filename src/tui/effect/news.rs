//! What the cache and the engine say by themselves.

use jiff::Timestamp;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::mpsc;

use crate::model::Delivery;
use crate::model::text::safe_line;
use crate::store::{Change, Store};
use crate::sync::history::HistoryError;
use crate::sync::{Event, Report, Settled, Trouble};
use crate::tui::message::{Changed, FoundNumber, Msg, Notice, SettingsNews, SyncNews};

/// Passes on what changed in the cache, several changes at once where they come fast.
pub(super) fn listen_to_store(store: &Store, messages: mpsc::UnboundedSender<Msg>) {
    let mut changes = store.subscribe();
    tokio::spawn(async move {
        loop {
            let changed = match changes.recv().await {
                Ok(Change::Threads(mut threads)) => loop {
                    match changes.try_recv() {
                        Ok(Change::Threads(more)) => threads.extend(more),
                        Ok(Change::Numbers | Change::Everything) | Err(TryRecvError::Lagged(_)) => {
                            break Changed::Everything;
                        }
                        Err(TryRecvError::Empty | TryRecvError::Closed) => {
                            threads.sort_unstable();
                            threads.dedup();
                            break Changed::Threads(threads);
                        }
                    }
                },
                Ok(Change::Numbers) => Changed::Numbers,
                Ok(Change::Everything) | Err(RecvError::Lagged(_)) => Changed::Everything,
                Err(RecvError::Closed) => return,
            };
            if messages.send(Msg::Changed(changed)).is_err() {
                return;
            }
        }
    });
}

/// Passes on what the engine does.
pub(super) fn listen_to_engine(
    mut events: mpsc::UnboundedReceiver<Event>,
    store: Store,
    messages: mpsc::UnboundedSender<Msg>,
) {
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            for msg in words(event, &store).await {
                if messages.send(msg).is_err() {
                    return;
                }
            }
        }
    });
}

async fn words(event: Event, store: &Store) -> Vec<Msg> {
    match event {
        Event::SyncStarted => vec![Msg::Sync(SyncNews::Started)],
        Event::Progress { number, fetched, new, total } => {
            vec![Msg::Sync(SyncNews::Progress { number: Some(number), fetched, new, total })]
        }
        Event::SyncDone(report) => sync_done(&report),
        Event::Synced(at) => vec![Msg::Sync(SyncNews::Elsewhere(at))],
        Event::Budget { used, limit, for_reading } => {
            vec![Msg::Sync(SyncNews::Budget { used, limit, for_reading })]
        }
        Event::Settled(settled) => settled_words(&settled, store).await.into_iter().collect(),
        Event::Tested { number, outcome } => {
            let result = match outcome {
                Ok(connected) => Ok(format!(
                    "Connected: signed in and read its history{} ({} requests)",
                    match connected.listed {
                        Some(false) => ", but MightyCall does not list this number for this key",
                        _ => "",
                    },
                    connected.requests
                )),
                Err(trouble) => Err(whole(&trouble)),
            };
            vec![Msg::Settings(SettingsNews::Tested { number, result })]
        }
        Event::Discovered(outcome) => {
            let found = outcome.map_err(|trouble| whole(&trouble)).map(|numbers| {
                let found = |number: crate::sync::Found| FoundNumber {
                    address: number.address,
                    label: number.label,
                    enabled: number.enabled,
                };
                numbers.into_iter().map(found).collect()
            });
            vec![Msg::Settings(SettingsNews::Discovered(found))]
        }
        Event::Failed(trouble) => vec![Msg::Notice(Notice::error(whole(&trouble)))],
    }
}

fn whole(trouble: &Trouble) -> String {
    if trouble.advice.is_empty() {
        trouble.what.clone()
    } else {
        format!("{}. What to do: {}", trouble.what, trouble.advice)
    }
}

fn sync_done(report: &Report) -> Vec<Msg> {
    let failed = report
        .failures()
        .map(|number| {
            let words = match number.error.as_deref() {
                Some(HistoryError::Api(error)) => whole(&Trouble::from(error)),
                Some(HistoryError::Store(error)) => error.to_string(),
                None => String::new(),
            };
            (Some(number.number.clone()), words)
        })
        .collect();
    let mut said = vec![Msg::Sync(SyncNews::Done { at: Timestamp::now(), new: report.new_messages(), failed })];
    said.extend(report.line().map(|line| Msg::Sync(SyncNews::Line(line))));
    said
}

/// Only what a person must know of: what went well shows in the conversation.
async fn settled_words(settled: &Settled, store: &Store) -> Option<Msg> {
    let (what, reason) = match &settled.delivery {
        Delivery::Failed(reason) => ("was not sent", reason),
        Delivery::Unconfirmed(reason) => {
            ("may or may not have gone out, and is looked for in MightyCall's history", reason)
        }
        Delivery::Queued => ("waits to be sent", &String::new()),
        _ => return None,
    };
    let contact = match store.thread(settled.thread).await {
        Ok(Some(thread)) => safe_line(&thread.contact.title()),
        _ => "a customer".to_owned(),
    };
    let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let text = format!("The message to {contact} {what}{reason}");
    Some(Msg::Notice(if settled.delivery.is_trouble() { Notice::error(text) } else { Notice::warning(text) }))
}

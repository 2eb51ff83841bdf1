//! What the cache and the engine say by themselves.

use jiff::Timestamp;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::mpsc;

use crate::model::Delivery;
use crate::model::text::safe_line;
use crate::store::{Change, Store, StoreError};
use crate::sync::history::HistoryError;
use crate::sync::{Event, Extent, Report, Settled, Trouble};
use crate::tui::message::{Changed, FoundNumber, Msg, Notice, Progress, SettingsNews, Story, SyncNews, Work};

/// Passes on what changed in the cache, several changes at once where they come fast.
pub(super) fn listen_to_store(store: &Store, messages: mpsc::UnboundedSender<Msg>) {
    let mut changes = store.subscribe();
    tokio::spawn(async move {
        loop {
            let changed = match changes.recv().await {
                Ok(Change::Unseen) => continue,
                Ok(Change::Threads(mut threads)) => loop {
                    match changes.try_recv() {
                        Ok(Change::Threads(more)) => threads.extend(more),
                        Ok(Change::Unseen) => {}
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
        Event::SyncStarted(extent) => {
            let what = match extent {
                Extent::New(_) => Work::News,
                Extent::More(_) | Extent::Limit(_) | Extent::Since(_) => Work::Older,
                Extent::Full => Work::Everything,
            };
            vec![Msg::Sync(SyncNews::Started), Msg::Sync(SyncNews::Doing(what))]
        }
        Event::Progress(page) => vec![Msg::Sync(SyncNews::Progress(Progress {
            number: page.number,
            together: page.together,
            place: page.place,
            of: page.of,
            fetched: page.fetched,
            new: page.new,
            expected: page.expected,
            requests: page.requests,
        }))],
        Event::SyncDone(report) => sync_done(&report),
        Event::AnotherSends(sends) => vec![Msg::Sync(SyncNews::AnotherSends(sends))],
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
        Event::Failed(trouble) => {
            let story = story(&trouble);
            vec![Msg::Notice(Notice::error(story.line()).told(story))]
        }
    }
}

/// What went wrong, as the screen tells it.
fn story(trouble: &Trouble) -> Story {
    let told = Story::new(&trouble.what).advice(&trouble.advice).by_itself(&trouble.by_itself);
    trouble.causes.iter().fold(told, Story::because)
}

pub(super) fn whole(trouble: &Trouble) -> String {
    story(trouble).line()
}

fn sync_done(report: &Report) -> Vec<Msg> {
    let failed: Vec<_> = report
        .failures()
        .map(|number| {
            let told = match number.error.as_deref() {
                Some(HistoryError::Api(error)) => story(&Trouble::from(error)),
                Some(HistoryError::Store(error)) => of_store(error.to_string(), error),
                Some(error @ (HistoryError::Fault | HistoryError::Foreign { .. })) => Story::new(error.to_string()),
                Some(HistoryError::Cancelled) | None => Story::default(),
            };
            (Some(number.number.clone()), told)
        })
        .collect();
    let new = report.new_messages();
    let mut said = vec![Msg::Sync(if report.is_cancelled() && failed.is_empty() {
        SyncNews::Cancelled { new, resumable: report.resumable }
    } else {
        SyncNews::Done { at: Timestamp::now(), new, failed }
    })];
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
    let words = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let text = format!("The message to {contact} {what}{words}");
    let number = settled_number(settled, store).await;
    let told = Story::new(format!("The message to {contact} {what}.")).because(reason);
    let told = match &settled.delivery {
        Delivery::Failed(_) => told
            .advice("Open the conversation: R sends it again, x puts it away. The text stays in it.")
            .by_itself("Nothing: what was refused is not sent again unasked."),
        Delivery::Unconfirmed(_) => told
            .because("The connection ended after the text may have left, and before MightyCall said that it has it.")
            .advice("Wait for the next sync. If it is still unconfirmed then, ask the customer, or send it again with R.")
            .by_itself("Each sync looks for it in the history and marks it as sent where it is found. It is never sent twice unasked."),
        _ => told.by_itself("It is sent as soon as MightyCall can be reached and takes it."),
    };
    let told = number.into_iter().fold(told, Story::about);
    Some(Msg::Notice(
        if settled.delivery.is_trouble() { Notice::error(text) } else { Notice::warning(text) }.told(told),
    ))
}

/// From which of our numbers it goes, and to whom.
async fn settled_number(settled: &Settled, store: &Store) -> Option<String> {
    let thread = store.thread(settled.thread).await.ok().flatten()?;
    Some(format!("from {} to {}", thread.number.display(), thread.contact.address.display()))
}

/// What the cache refused.
pub(super) fn of_store(what: String, why: &StoreError) -> Story {
    let mut told = Story::new(what);
    let mut source = std::error::Error::source(why);
    while let Some(cause) = source {
        told = told.because(cause.to_string());
        source = cause.source();
    }
    told.advice("See that the disk has room and that the folder of the cache can be written; `mctui doctor` says more.")
        .by_itself(
            "mctui goes on with what it could read. Drafts that could not be saved are tried again every two seconds.",
        )
}

//! Rescue files of earlier runs, and what editors had when mctui was killed: read once at the start, and each taken away
//! when all of its texts are in the cache.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;

use crate::config::rescue::{RescueFolders, Rescued, Source, UnsentText};
use crate::model::Direction;
use crate::model::text::to_send;
use crate::store::{MessageWindow, Store, StoreError};
use crate::tui::message::{Msg, Notice, RescueId, RescuedText};

/// A message that was put into the outbox so shortly before its text was put aside, or later, is that text.
const JUST_BEFORE: SignedDuration = SignedDuration::from_secs(60);
/// Messages that are looked through for it.
const LOOKED_THROUGH: usize = 20;

/// The files that are not dealt with yet. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Rescues {
    folders: RescueFolders,
    store: Store,
    messages: mpsc::UnboundedSender<Msg>,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    ids: u64,
    files: Vec<HeldFile>,
}

#[derive(Debug)]
struct HeldFile {
    source: Source,
    at: Timestamp,
    texts: Vec<(RescueId, UnsentText)>,
}

impl Rescues {
    pub(super) fn new(folders: RescueFolders, store: Store, messages: mpsc::UnboundedSender<Msg>) -> Self {
        Self { folders, store, messages, held: Arc::default() }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks for them, and tells of what is in them.
    pub(super) fn start(&self) {
        let this = self.clone();
        tokio::spawn(async move {
            let folders = this.folders.clone();
            let Ok((left, wrong)) = tokio::task::spawn_blocking(move || folders.left()).await else { return };
            for why in wrong {
                this.say(Notice::warning(format!("A rescue file with unsent text cannot be read: {why}")));
            }
            let mut all = Vec::new();
            for rescued in left {
                let path = rescued.source.path().to_owned();
                match this.take(rescued).await {
                    Ok(texts) => all.extend(texts),
                    Err(why) => {
                        tracing::error!(error = ?why, "a rescue file could not be brought back");
                        let path = path.display();
                        this.say(Notice::error(format!("Unsent text in {path} is not brought back yet: {why}")));
                    }
                }
            }
            if !all.is_empty() {
                let _ = this.messages.send(Msg::Rescued(all));
            }
        });
    }

    fn say(&self, notice: Notice) {
        let _ = self.messages.send(Msg::Notice(notice));
    }

    /// Compares a file with the cache; gives back what is to be put there.
    async fn take(&self, rescued: Rescued) -> Result<Vec<RescuedText>, StoreError> {
        let Rescued { source, at, texts, before } = rescued;
        let path = source.path().to_owned();
        let (mut kept, mut out) = (Vec::new(), Vec::new());
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            if self.is_sent(&text, at).await? {
                continue;
            }
            let stored = self.stored(&text).await?;
            let id = {
                let mut held = self.held();
                held.ids += 1;
                RescueId(held.ids)
            };
            kept.push((id, text.clone()));
            out.push(RescuedText { id, text, at, stored, before: before.clone(), path: path.clone() });
        }
        if kept.is_empty() {
            self.remove(source);
        } else {
            self.held().files.push(HeldFile { source, at, texts: kept });
        }
        Ok(out)
    }

    /// What the cache has in a text's place.
    async fn stored(&self, text: &UnsentText) -> Result<Option<UnsentText>, StoreError> {
        Ok(match text {
            UnsentText::Draft { number, contact, .. } => {
                let thread = self.store.thread_between(number.clone(), contact.address.clone()).await?;
                thread.and_then(|thread| thread.draft).map(|draft| text.clone().with_text(draft))
            }
            UnsentText::Broadcast { begun, .. } => {
                let stored = self.store.broadcast(Some(begun.clone())).await?;
                stored.map(|(begun, broadcast)| UnsentText::Broadcast { begun, broadcast })
            }
        })
    }

    /// Whether it was on its way to the outbox when it was put aside, and came there all the same.
    async fn is_sent(&self, text: &UnsentText, at: Timestamp) -> Result<bool, StoreError> {
        let UnsentText::Draft { number, contact, text } = text else { return Ok(false) };
        let Some(thread) = self.store.thread_between(number.clone(), contact.address.clone()).await? else {
            return Ok(false);
        };
        let page = self.store.messages(thread.id, MessageWindow::Newest, LOOKED_THROUGH).await?;
        let sent = to_send(text);
        let since = at.saturating_sub(JUST_BEFORE).unwrap_or(at);
        let is_it = |message: &crate::model::Message| {
            message.direction == Direction::Outbound && message.body == sent && message.at >= since
        };
        Ok(page.messages.iter().any(is_it))
    }

    /// A text that is still in a file.
    pub(super) fn text(&self, id: RescueId) -> Option<UnsentText> {
        let held = self.held();
        let mut texts = held.files.iter().flat_map(|file| &file.texts);
        texts.find(|(other, _)| *other == id).map(|(_, text)| text.clone())
    }

    /// A text is where it belongs: its file goes, or is written anew with what is left in it.
    pub(super) async fn forget(&self, id: RescueId) {
        let this = self.clone();
        // the disk may be slow
        let _ = tokio::task::spawn_blocking(move || this.forget_now(id)).await;
    }

    fn forget_now(&self, id: RescueId) {
        let mut held = self.held();
        let Some(at) = held.files.iter().position(|file| file.texts.iter().any(|(other, _)| *other == id)) else {
            return;
        };
        let file = &mut held.files[at];
        file.texts.retain(|(other, _)| *other != id);
        if file.texts.is_empty() {
            let HeldFile { source, .. } = held.files.swap_remove(at);
            return self.remove(source);
        }
        let left: Vec<UnsentText> = file.texts.iter().map(|(_, text)| text.clone()).collect();
        match self.folders.write(&left, file.at) {
            Ok(newer) => self.remove(std::mem::replace(&mut file.source, Source::File(newer))),
            Err(error) => tracing::warn!(error, "a rescue file could not be written anew; it is offered whole again"),
        }
    }

    fn remove(&self, source: Source) {
        let path: PathBuf = source.path().to_owned();
        if let Err(why) = source.remove() {
            tracing::warn!(path = %path.display(), %why, "a rescue file could not be removed");
            let path = path.display();
            self.say(Notice::warning(format!("{path} is not needed any more and could not be removed: {why}")));
        }
    }
}

//! Links and files: fetched by the engine, made into pictures, opened by the system's programs, saved.

mod open;
mod picture;
mod save;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc, oneshot};

use super::news::whole;
use crate::config::graphics::Graphics;
use crate::config::places::Opener;
use crate::config::{Environment, Places};
use crate::sync::{Command, Engine, Trouble};
use crate::tui::message::{FileKey, MediaAsk, MediaNews, Msg, Notice};

/// The half of the effects that is about what messages lead to and bring.
#[derive(Debug, Clone)]
pub(super) struct Media {
    engine: Engine,
    messages: mpsc::UnboundedSender<Msg>,
    graphics: Graphics,
    opener: Opener,
    downloads: PathBuf,
    /// Pictures are made one after the other: each takes a core for a while, and maybe a request of the day's.
    turn: Arc<Semaphore>,
}

impl Media {
    pub(super) fn new(
        places: &Places,
        environment: &Environment,
        engine: Engine,
        messages: mpsc::UnboundedSender<Msg>,
    ) -> Self {
        Self {
            engine,
            messages,
            graphics: environment.graphics,
            opener: environment.opener.clone(),
            downloads: places.downloads(environment),
            turn: Arc::new(Semaphore::new(1)),
        }
    }

    /// Begins to carry one out; the answer is a message.
    pub(super) fn start(&self, ask: MediaAsk) {
        let media = self.clone();
        tokio::spawn(async move {
            if let Some(answer) = media.carry_out(ask).await {
                // nobody listens any more when the program ends
                let _ = media.messages.send(answer);
            }
        });
    }

    async fn carry_out(&self, ask: MediaAsk) -> Option<Msg> {
        match ask {
            MediaAsk::OpenLink(target) => self.open(target).await,
            MediaAsk::OpenFile(file) => match self.fetch(file).await {
                Ok(path) if open::is_harmless(&path) => self.open(path.to_string_lossy().into_owned()).await,
                Ok(path) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    Some(Msg::Notice(Notice::warning(format!(
                        "{name} is of a kind that may be a program, and is not opened from here; it can be saved"
                    ))))
                }
                Err(trouble) => Some(failed(&trouble)),
            },
            MediaAsk::Save(file) => {
                let path = match self.fetch(file).await {
                    Ok(path) => path,
                    Err(trouble) => return Some(failed(&trouble)),
                };
                let downloads = self.downloads.clone();
                let saved = tokio::task::spawn_blocking(move || save::save(&path, &downloads)).await;
                Some(Msg::Notice(match saved {
                    Ok(Ok(path)) => Notice::info(format!("Saved as {}", path.display())),
                    Ok(Err(why)) => {
                        Notice::error(format!("The file could not be saved in {}: {why}", self.downloads.display()))
                    }
                    Err(why) => Notice::error(why.to_string()),
                }))
            }
            MediaAsk::Show { file, room, images } => {
                let turn = self.turn.acquire().await;
                let picture = match self.fetch(file).await {
                    Ok(path) => {
                        let way = picture::Way::new(images, self.graphics);
                        let made = tokio::task::spawn_blocking(move || picture::make(&path, room, way)).await;
                        made.ok().flatten().map(Arc::new)
                    }
                    Err(trouble) => {
                        tracing::debug!(what = trouble.what, "a picture could not be fetched");
                        None
                    }
                };
                drop(turn);
                Some(Msg::Media(MediaNews::Picture { file, room, picture }))
            }
            MediaAsk::List(message) => {
                let (answer, listed) = oneshot::channel();
                self.engine.ask(Command::ListAttachments { message, answer });
                Some(match listed.await.ok()? {
                    Ok(0) => Msg::Notice(Notice::info("No file came with this message, says MightyCall")),
                    Ok(1) => Msg::Notice(Notice::info("A file came with this message")),
                    Ok(count) => Msg::Notice(Notice::info(format!("{count} files came with this message"))),
                    Err(trouble) => failed(&trouble),
                })
            }
        }
    }

    async fn fetch(&self, file: FileKey) -> Result<PathBuf, Trouble> {
        let (answer, fetched) = oneshot::channel();
        self.engine.ask(Command::Attachment { message: file.message, place: file.place, answer });
        let gone = || Trouble { what: "mctui is ending".to_owned(), ..Trouble::default() };
        fetched.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Nothing is said where it went well: another window says it.
    async fn open(&self, target: String) -> Option<Msg> {
        let (opener, what) = (self.opener.clone(), target.clone());
        let opened = tokio::task::spawn_blocking(move || open::open(&opener, &what)).await;
        let reason = match opened {
            Ok(Ok(())) => return None,
            Ok(Err(reason)) => reason,
            Err(why) => why.to_string(),
        };
        Some(Msg::Media(MediaNews::NotOpened { target, reason }))
    }
}

fn failed(trouble: &Trouble) -> Msg {
    Msg::Notice(Notice::error(format!("The file could not be fetched: {}", whole(trouble))))
}

//! What the screen asks and hears of links, files and pictures.

use std::sync::Arc;

use crate::config::preferences::Images;
use crate::model::MessageId;
use crate::tui::widgets::picture::Picture;

/// One of the files that came with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileKey {
    /// With which message.
    pub message: MessageId,
    /// Which of them, from 0.
    pub place: usize,
}

/// Something to be done with a link or a file. Only a key of a person's opens or saves anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaAsk {
    /// Open a page, a mail or a call in the system's own program. → a notice, or [`MediaNews::NotOpened`]
    OpenLink(String),
    /// Fetch a file and open it, likewise.
    OpenFile(FileKey),
    /// Fetch a file and put it among the downloads. → a notice
    Save(FileKey),
    /// Fetch a picture and make it so large at most. → [`MediaNews::Picture`]
    Show {
        /// Which file.
        file: FileKey,
        /// Columns and rows.
        room: (u16, u16),
        /// How pictures are wanted.
        images: Images,
    },
    /// Ask MightyCall what came with a message. → a notice, and a change of the cache
    List(MessageId),
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum MediaNews {
    /// A picture, or nothing where it is none or could not be fetched.
    Picture {
        /// Which file.
        file: FileKey,
        /// As asked for.
        room: (u16, u16),
        /// As it is shown.
        picture: Option<Arc<Picture>>,
    },
    /// There is nothing here that opens it: its address is for the clipboard.
    NotOpened {
        /// What was to be opened.
        target: String,
        /// Why not, for people.
        reason: String,
    },
}

//! The pictures that came with messages, as far as they are made ready for the screen.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::preferences::Images;
use crate::model::{Attachment, Message};
use crate::tui::message::{FileKey, MediaAsk};
use crate::tui::widgets::picture::Picture;

/// Rows of a picture in a conversation at most.
const ROWS: u16 = 8;
/// And columns.
const COLUMNS: u16 = 48;
/// Pictures kept: more than a screen can show at once.
const KEPT: usize = 64;

#[derive(Debug, Clone)]
enum Slot {
    /// On its way.
    Asked,
    Here(Arc<Picture>),
    /// It is none, or cannot be had.
    Missing,
}

/// Pictures by file, each for the room that it was made for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pictures {
    slots: HashMap<FileKey, ((u16, u16), Slot)>,
    /// In the order in which they were asked for.
    order: Vec<FileKey>,
    version: u64,
    /// How they were wanted.
    images: Images,
}

impl Pictures {
    /// A picture that is here.
    pub(crate) fn get(&self, file: FileKey) -> Option<&Arc<Picture>> {
        match self.slots.get(&file) {
            Some((_, Slot::Here(picture))) => Some(picture),
            _ => None,
        }
    }

    /// Moves on when another picture is here.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// What is to be asked for so that these messages show their pictures in so many columns.
    pub(crate) fn wanted<'a>(
        &mut self,
        seen: impl Iterator<Item = &'a Message>,
        columns: usize,
        images: Images,
    ) -> Vec<MediaAsk> {
        if images != self.images {
            self.clear();
            self.images = images;
        }
        let room = (u16::try_from(columns).unwrap_or(COLUMNS).min(COLUMNS), ROWS);
        let mut asks = Vec::new();
        for message in seen {
            let shown = |file: &Attachment| file.is_picture() && !file.expired;
            for (place, _) in message.attachments.iter().enumerate().filter(|(_, file)| shown(file)) {
                let file = FileKey { message: message.id, place };
                match self.slots.get(&file) {
                    // what is on its way in another size is made again when it has come
                    Some((made_for, slot)) if *made_for == room || matches!(slot, Slot::Asked) => {}
                    _ => {
                        self.note(file, room);
                        asks.push(MediaAsk::Show { file, room, images });
                    }
                }
            }
        }
        asks
    }

    fn note(&mut self, file: FileKey, room: (u16, u16)) {
        self.slots.insert(file, (room, Slot::Asked));
        self.order.retain(|other| *other != file);
        self.order.push(file);
        if self.order.len() > KEPT {
            let oldest = self.order.remove(0);
            self.slots.remove(&oldest);
        }
    }

    /// Takes a picture that was asked for.
    pub(crate) fn take(&mut self, file: FileKey, room: (u16, u16), picture: Option<Arc<Picture>>) {
        if let Some(slot) = self.slots.get_mut(&file) {
            *slot = (room, picture.map_or(Slot::Missing, Slot::Here));
            self.version += 1;
        }
    }

    /// What could not be had may be there now.
    pub(crate) fn try_again(&mut self) {
        self.slots.retain(|_, (_, slot)| !matches!(slot, Slot::Missing));
        self.order.retain(|file| self.slots.contains_key(file));
    }

    /// None is to be shown any more.
    pub(crate) fn clear(&mut self) {
        if !self.slots.is_empty() {
            *self = Self { version: self.version + 1, images: self.images, ..Self::default() };
        }
    }
}

//! Messages as tests look at them.

use jiff::Timestamp;

use super::{Status, World};
use crate::model::Direction;
use crate::model::phone::Address;

/// One message, for tests that compare the account with what a client made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its id in the journal, whether or not the dialect shows it.
    pub id: String,
    /// Its `requestGuid` there; the same as `id` where the dialect has one id.
    pub guid: String,
    /// Our side.
    pub number: Address,
    /// The other side.
    pub contact: Address,
    /// Which way it went.
    pub direction: Direction,
    /// As it was written.
    pub text: String,
    /// To the millisecond.
    pub at: Timestamp,
    /// `None` for inbound.
    pub status: Option<Status>,
    /// Somebody marked it as read.
    pub read: bool,
    /// Somebody marked it with a star.
    pub favorite: bool,
    /// What staff noted on it.
    pub comment: Option<String>,
    /// It was deleted; the journal does not show it.
    pub removed: bool,
}

impl World {
    /// The messages of a number, or of all, oldest first, as tests see them.
    pub(in crate::emulator) fn stored(&self, number: Option<usize>) -> Vec<Stored> {
        self.timeline(number).iter().map(|&serial| self.stored_one(serial)).collect()
    }

    fn stored_one(&self, serial: u32) -> Stored {
        let record = &self.records[serial as usize];
        let notes = self.notes.get(&serial);
        Stored {
            id: self.id(serial),
            guid: self.guid(serial),
            number: self.numbers[record.number].address.clone(),
            contact: self.people[record.person].address.clone(),
            direction: if record.inbound { Direction::Inbound } else { Direction::Outbound },
            text: record.text.clone(),
            at: record.at,
            status: record.status,
            read: notes.is_some_and(|notes| notes.read),
            favorite: notes.is_some_and(|notes| notes.favorite),
            comment: notes.and_then(|notes| notes.comment.clone()),
            removed: self.removed.contains(&serial),
        }
    }
}

//! Taking in records of messages, whatever road they came by: the same message never twice, and delivery only forward.
//!
//! Which record is which message is for a pure planner to say; this gives it what could be the same, and carries out its
//! plan in the same transaction, so that nobody writes in between.

mod work;

use jiff::Timestamp;

use self::work::Work;
use super::known::{Known, known};
use super::people::Threads;
use super::{Store, StoreError};
use crate::model::{
    Address, Attachment, CallerKind, Contact, Delivery, Direction, MessageId, RecordNotes, Road, ThreadId,
};

/// A record of a message as a road brought it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Incoming {
    /// The road.
    pub road: Road,
    /// Its id on that road, if it has one.
    pub remote_id: Option<String>,
    /// The journal's second id: presumably the one that a send is answered with.
    pub request_guid: Option<String>,
    /// Our side.
    pub number: Address,
    /// The other side, named where the record names it.
    pub contact: Contact,
    /// Which way it went.
    pub direction: Direction,
    /// How far it has come, where the record says. Whatever MightyCall shows, it has accepted: an outbound record that
    /// does not say, or says less than sent, counts as sent.
    pub delivery: Option<Delivery>,
    /// The text, raw.
    pub body: String,
    /// When it was sent or received. Kept to the millisecond.
    pub at: Timestamp,
    /// The time that the record bears, where that cannot be and [`Incoming::at`] stands for it.
    pub claimed_at: Option<Timestamp>,
    /// Who of the staff sent it, where the record says.
    pub sender: Option<String>,
    /// What came with it.
    pub attachments: Vec<Attachment>,
    /// What MightyCall notes about it.
    pub notes: RecordNotes,
    /// How the account sorts the other party, where the record says.
    pub caller: Option<CallerKind>,
}

impl Incoming {
    /// The time that the record itself bears.
    pub fn recorded_at(&self) -> Timestamp {
        self.claimed_at.unwrap_or(self.at)
    }
}

/// What to do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// It is new. `unread` is for what nobody has read; an outbound message never is. Where the same batch has brought
    /// the same remote id already, this is an update of that message.
    Insert {
        /// Whether it waits to be read.
        unread: bool,
    },
    /// It is about this message of the same thread.
    Update {
        /// The message.
        id: MessageId,
    },
    /// It shows a piece of this message of the same thread, which was written here. The first of them settles it.
    Piece {
        /// The message.
        id: MessageId,
        /// How many characters of the message's text the pieces have shown by now, blanks not counted; `None` where that
        /// is all of it.
        shown: Option<usize>,
    },
    /// It brings nothing.
    Nothing,
}

/// What an intake did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Intake {
    /// New messages, in the order of their records.
    pub inserted: Vec<MessageId>,
    /// Messages of which something changed, each once.
    pub updated: Vec<MessageId>,
    /// Threads of both.
    pub threads: Vec<ThreadId>,
}

impl Store {
    /// Takes in a batch of records in one transaction. `plan` gets the batch and every message that one of its records
    /// could be about, each once: those of the same number and contact that one of its two ids may mean, then those of
    /// the same number and contact with the [same text](super::same_text) within 26 hours, nearest first, at most 64 for a
    /// record; and of any time, where they were written here and no record was matched with them. It answers with one
    /// [`Op`] per record, in their order; if it panics, or its plan does not fit, nothing is stored.
    ///
    /// An update takes over the remote id for its road, delivery where it goes forward, a sender where ours has none,
    /// attachments where the record has any, the direction where ours was unknown; the message keeps its id, time and
    /// text. A message of ours that is queued, being sent, unconfirmed or failed here is settled by it; one that was sent,
    /// and not delivered, fails where MightyCall later says so. Notes follow what was told last; a message that MightyCall
    /// begins to call read is read here, and none is unread for being called unread. A message that is news reopens a
    /// thread that was put away. Contacts take over names that are newer than theirs, and what sort the newest record says
    /// they are.
    pub async fn intake<F>(&self, batch: Vec<Incoming>, plan: F) -> Result<Intake, StoreError>
    where
        F: FnOnce(&[Incoming], &[Known]) -> Vec<Op> + Send + 'static,
    {
        self.write(move |conn, touched| {
            let mut threads = Threads::default();
            let known = known(conn, &batch, &mut threads)?;
            let ops = plan(&batch, &known);
            if ops.len() != batch.len() {
                let detail = format!("it has {} steps", ops.len());
                return Err(StoreError::Plan { records: batch.len(), detail });
            }
            let mut work = Work::new(conn, threads);
            for (record, op) in batch.iter().zip(ops) {
                work.carry_out(record, op, touched)?;
            }
            work.finish(touched)
        })
        .await
    }
}

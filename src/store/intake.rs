//! Taking in records of messages, whatever road they came by: the same message never twice, and delivery only forward.
//!
//! Which record is which message is for a pure planner to say; this gives it what could be the same, and carries out its
//! plan in the same transaction, so that nobody writes in between.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::change::Touched;
use super::known::{Known, known};
use super::people::{Names, Threads};
use super::refresh::refresh;
use super::text::text_key;
use super::{Store, StoreError, codes, messages, news, remote, search, sql, threads};
use crate::model::news::Arrival;
use crate::model::{Address, Attachment, Contact, Delivery, Direction, MessageId, Road, ThreadId, ThreadState};

/// A record of a message as a road brought it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Incoming {
    /// The road.
    pub road: Road,
    /// Its id on that road, if it has one.
    pub remote_id: Option<String>,
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
    /// Who of the staff sent it, where the record says.
    pub sender: Option<String>,
    /// What came with it.
    pub attachments: Vec<Attachment>,
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
    /// could be about, each once: those of the same number and contact with the record's remote id on any road, then
    /// those of the same number and contact with the [same text](super::same_text) within 26 hours, nearest first, at
    /// most 64 for a record; and of any time, where they were written here and no record was matched with them. It
    /// answers with one [`Op`] per record, in their order; if it panics, or its plan does not fit, nothing is stored.
    ///
    /// An update takes over the remote id for its road, delivery where it goes forward, a sender where ours has none,
    /// attachments where the record has any, the direction where ours was unknown; the message keeps its id, time and
    /// text. A message of ours that is queued, being sent, unconfirmed or failed here is settled by it. A new unread
    /// message reopens a thread that was put away. Contacts take over names that are newer than theirs.
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
            let mut work = Work {
                conn,
                threads,
                names: Names::default(),
                done: Intake::default(),
                texts: Vec::new(),
                rows: BTreeSet::new(),
                arrivals: Vec::new(),
                newest: HashMap::new(),
                now: Timestamp::now(),
            };
            for (record, op) in batch.iter().zip(ops) {
                work.carry_out(record, op, touched)?;
            }
            work.finish(touched)
        })
        .await
    }
}

/// The first free id at or after this one.
pub(super) fn allocate(conn: &Connection, from: MessageId) -> rusqlite::Result<MessageId> {
    // 0 means "no activity" in a thread's row
    let mut from = from.0.max(1);
    loop {
        let end = MessageId::ceiling(MessageId(from).at()).0;
        let last: Option<i64> =
            sql::first(conn, "SELECT max(id) FROM messages WHERE id BETWEEN ?1 AND ?2", [from, end], |row| row.get(0))?
                .flatten();
        match last {
            None => return Ok(MessageId(from)),
            Some(last) if last < end => return Ok(MessageId(last + 1)),
            // 65,536 messages in one millisecond: the next one has room
            Some(_) => from = end + 1,
        }
    }
}

/// How far a delivery is on the way, for "only forward". What MightyCall says outranks what we only believe: a failure
/// here can turn out as sent, a failure there cannot; and a delivery report is the last word.
fn rank(delivery: Option<&Delivery>, accepted: bool) -> u8 {
    match delivery {
        None => 0,
        Some(Delivery::Scheduled | Delivery::Queued) => 1,
        Some(Delivery::Sending) => 2,
        Some(Delivery::Unconfirmed(_)) => 3,
        Some(Delivery::Failed(_)) if !accepted => 4,
        Some(Delivery::Sent) => 5,
        Some(Delivery::Failed(_)) => 6,
        Some(Delivery::Delivered) => 7,
    }
}

/// The delivery of a message that a record shows.
fn shown(direction: Direction, delivery: Option<&Delivery>) -> Option<Delivery> {
    let last =
        delivery.filter(|said| matches!(said, Delivery::Sent | Delivery::Delivered | Delivery::Failed(_))).cloned();
    match direction {
        Direction::Inbound => None,
        Direction::Outbound => Some(last.unwrap_or(Delivery::Sent)),
        Direction::Unknown => last,
    }
}

/// The carrying out of a plan.
struct Work<'c> {
    conn: &'c Connection,
    threads: Threads,
    names: Names,
    done: Intake,
    /// New messages, for the index.
    texts: Vec<search::index::Entry<'c>>,
    /// Threads whose rows have to be brought up to date.
    rows: BTreeSet<ThreadId>,
    /// What came in, for those who tell of it.
    arrivals: Vec<Arrival>,
    /// The newest that had come in before, by thread.
    newest: HashMap<ThreadId, Option<MessageId>>,
    now: Timestamp,
}

/// What an update can change, before and after.
#[derive(PartialEq, Eq)]
struct State {
    thread: ThreadId,
    direction: Direction,
    delivery: Option<Delivery>,
    accepted: bool,
    unread: bool,
    trouble: bool,
    sender: Option<String>,
    attachments: Option<String>,
}

impl<'c> Work<'c> {
    fn carry_out(&mut self, record: &'c Incoming, op: Op, touched: &mut Touched) -> Result<(), StoreError> {
        match op {
            Op::Nothing => return Ok(()),
            Op::Update { id } => self.update(record, id)?,
            Op::Insert { unread } => {
                let thread = self.threads.ensure(self.conn, &record.number, &record.contact.address)?;
                let same = match &record.remote_id {
                    Some(remote_id) => remote::find(self.conn, thread, remote_id)?,
                    None => None,
                };
                match same {
                    Some(id) => self.update(record, id)?,
                    None => self.insert(record, thread, unread, touched)?,
                }
            }
        }
        self.names.note(&record.contact, record.at);
        Ok(())
    }

    fn insert(
        &mut self,
        record: &'c Incoming,
        thread: ThreadId,
        unread: bool,
        touched: &mut Touched,
    ) -> Result<(), StoreError> {
        let id = allocate(self.conn, MessageId::floor(record.at))?;
        let delivery = shown(record.direction, record.delivery.as_ref());
        let unread = unread && record.direction != Direction::Outbound;
        if unread {
            let newest = match self.newest.get(&thread) {
                Some(newest) => *newest,
                None => *self.newest.entry(thread).or_insert(news::newest(self.conn, thread)?),
            };
            self.arrivals.push(Arrival { direction: record.direction, unread, id, newest, now: self.now });
        }
        sql::run(
            self.conn,
            "INSERT INTO messages (id, thread_id, direction, delivery, error, unread, trouble, accepted, text_key, roads,
                 remote_id, sender, attachments, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?9, ?10, ?11, ?12, ?13)",
            params![
                id.0,
                thread.0,
                codes::direction_code(record.direction),
                delivery.as_ref().map(codes::delivery_code),
                delivery.as_ref().and_then(Delivery::reason),
                unread,
                is_trouble(record.direction, delivery.as_ref()),
                text_key(&record.body),
                if record.remote_id.is_some() { 1 << codes::road_code(record.road) } else { 0 },
                record.remote_id,
                record.sender,
                messages::attachments_json(&record.attachments),
                record.body,
            ],
        )?;
        if unread {
            threads::set_state(self.conn, thread, ThreadState::Open, touched)?;
        }
        self.done.inserted.push(id);
        self.texts.push(search::index::Entry { id, thread, body: &record.body });
        self.rows.insert(thread);
        Ok(())
    }

    fn update(&mut self, record: &Incoming, id: MessageId) -> Result<(), StoreError> {
        let old = self.state(id)?.ok_or(StoreError::NoSuchMessage(id))?;
        if self.threads.find(self.conn, &record.number, &record.contact.address)? != Some(old.thread) {
            let detail = format!("it takes a record for message {}, which is in another thread", id.0);
            return Err(StoreError::Plan { records: 1, detail });
        }
        let direction = if old.direction == Direction::Unknown { record.direction } else { old.direction };
        let said = shown(direction, record.delivery.as_ref());
        let forward = rank(said.as_ref(), true) > rank(old.delivery.as_ref(), old.accepted);
        let delivery = if forward { said } else { old.delivery.clone().filter(|_| direction != Direction::Inbound) };
        // trouble that a person has dealt with does not come back by being told again
        let trouble =
            if forward || direction != old.direction { is_trouble(direction, delivery.as_ref()) } else { old.trouble };
        let unread = old.unread && direction != Direction::Outbound;
        let sender = old.sender.clone().or_else(|| record.sender.clone());
        let attachments = messages::attachments_json(&record.attachments).or_else(|| old.attachments.clone());
        let mut changed = match &record.remote_id {
            Some(remote_id) => remote::add(self.conn, old.thread, id, record.road, remote_id)?,
            None => false,
        };
        changed |= sql::run(
            self.conn,
            "UPDATE messages SET history_at = ?2 WHERE id = ?1 AND local = 1 AND history_at IS NULL",
            params![id.0, record.at.as_millisecond()],
        )? > 0;
        let now =
            State { thread: old.thread, direction, delivery, accepted: true, unread, trouble, sender, attachments };
        if now != old {
            self.store(id, &now)?;
            changed = true;
        }
        if changed {
            // in order of their first change; a batch rarely has many
            if !self.done.inserted.contains(&id) && !self.done.updated.contains(&id) {
                self.done.updated.push(id);
            }
            self.rows.insert(old.thread);
        }
        Ok(())
    }

    fn state(&self, id: MessageId) -> rusqlite::Result<Option<State>> {
        sql::first(
            self.conn,
            "SELECT thread_id, direction, delivery, error, accepted, unread, trouble, sender, attachments
             FROM messages WHERE id = ?1",
            [id.0],
            |row| {
                let error: Option<String> = row.get(3)?;
                Ok(State {
                    thread: ThreadId(row.get(0)?),
                    direction: codes::direction(row.get(1)?),
                    delivery: codes::delivery(row.get(2)?, error.as_deref()),
                    accepted: row.get(4)?,
                    unread: row.get(5)?,
                    trouble: row.get(6)?,
                    sender: row.get(7)?,
                    attachments: row.get(8)?,
                })
            },
        )
    }

    fn store(&self, id: MessageId, now: &State) -> rusqlite::Result<()> {
        sql::run(
            self.conn,
            "UPDATE messages SET direction = ?2, delivery = ?3, error = ?4, accepted = 1, unread = ?5, trouble = ?6,
                 sender = ?7, attachments = ?8 WHERE id = ?1",
            params![
                id.0,
                codes::direction_code(now.direction),
                now.delivery.as_ref().map(codes::delivery_code),
                now.delivery.as_ref().and_then(Delivery::reason),
                now.unread,
                now.trouble,
                now.sender,
                now.attachments,
            ],
        )?;
        // what history shows is out: nothing is left to send
        sql::run(self.conn, "DELETE FROM outbox WHERE message_id = ?1", [id.0]).map(drop)
    }

    fn finish(mut self, touched: &mut Touched) -> Result<Intake, StoreError> {
        news::note(self.conn, &self.arrivals)?;
        search::index::enter(self.conn, self.texts)?;
        for &thread in &self.rows {
            refresh(self.conn, thread, touched)?;
        }
        self.names.take_over(self.conn, touched)?;
        self.done.threads = self.rows.into_iter().collect();
        Ok(self.done)
    }
}

fn is_trouble(direction: Direction, delivery: Option<&Delivery>) -> bool {
    direction == Direction::Outbound && delivery.is_some_and(Delivery::is_trouble)
}

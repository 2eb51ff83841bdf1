//! The carrying out of a plan: what a record adds, and what it changes of a message that is here.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{Incoming, Intake, Op};
use crate::model::news::Arrival;
use crate::model::{Delivery, Direction, MessageId, RecordNotes, Road, ThreadId, ThreadState};
use crate::store::change::Touched;
use crate::store::guid::RequestGuid;
use crate::store::people::{Kinds, Names, Threads};
use crate::store::refresh::refresh;
use crate::store::relocate::{allocate, current, in_thread, relocate};
use crate::store::text::text_key;
use crate::store::{StoreError, codes, follow, messages, news, remote, search, sql, threads};

/// How far a delivery is on the way, for "only forward". What MightyCall says outranks what we only believe: a failure
/// here can turn out as sent, a failure there cannot, and comes after the sending that it undoes; and a delivery report is
/// the last word.
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

/// What is noted of a message after a record. One without notes says nothing; the journal tells all there is, and another
/// road may leave something out.
fn noted(old: &RecordNotes, record: &Incoming) -> RecordNotes {
    let told = &record.notes;
    if told.is_empty() {
        return old.clone();
    }
    let all = matches!(record.road, Road::Journal | Road::ThreadHead);
    RecordNotes {
        read: told.read.or(old.read),
        favorite: told.favorite || old.favorite && !all,
        comment: told.comment.clone().or_else(|| old.comment.clone().filter(|_| !all)),
        workflow: told.workflow.or(old.workflow.filter(|_| !all)),
    }
}

/// Messages of one time that are put in order: what has more of them is no conversation.
const MOST_AT_ONCE: usize = 500;

/// The carrying out of a plan.
pub(super) struct Work<'c> {
    conn: &'c Connection,
    threads: Threads,
    names: Names,
    kinds: Kinds,
    done: Intake,
    /// New messages, for the index.
    texts: Vec<search::index::Entry<'c>>,
    /// Threads whose rows have to be brought up to date.
    rows: BTreeSet<ThreadId>,
    /// What came in, for those who tell of it.
    arrivals: Vec<Arrival>,
    /// The messages of this batch that stand at a time, by thread, in their order: the next one stands after them.
    placed: HashMap<(ThreadId, MessageId), Vec<MessageId>>,
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
    request_guid: Option<RequestGuid>,
    notes: RecordNotes,
    /// It came by the journal as a message of its own.
    in_journal: bool,
    /// Written here.
    local: bool,
    /// The time that history gives it, in milliseconds, where that is told beside its id.
    history_at: Option<i64>,
    /// How much of its text history has shown, where it shows it in pieces.
    shown: Option<i64>,
}

impl<'c> Work<'c> {
    pub(super) fn new(conn: &'c Connection, threads: Threads) -> Self {
        Self {
            conn,
            threads,
            names: Names::default(),
            kinds: Kinds::default(),
            done: Intake::default(),
            texts: Vec::new(),
            rows: BTreeSet::new(),
            arrivals: Vec::new(),
            placed: HashMap::new(),
            newest: HashMap::new(),
            now: Timestamp::now(),
        }
    }

    pub(super) fn carry_out(&mut self, record: &'c Incoming, op: Op, touched: &mut Touched) -> Result<(), StoreError> {
        match op {
            Op::Nothing => return Ok(()),
            Op::Update { id } => self.update(record, id, None)?,
            Op::Piece { id, shown } => self.update(record, id, Some(shown))?,
            Op::Insert { unread } => {
                let thread = self.threads.ensure(self.conn, &record.number, &record.contact.address)?;
                let same = match &record.remote_id {
                    Some(remote_id) => remote::find(self.conn, thread, remote_id)?,
                    None => None,
                };
                match same {
                    Some(id) => self.update(record, id, None)?,
                    None => self.insert(record, thread, unread, touched)?,
                }
            }
        }
        self.names.note(&record.contact, record.at);
        if let Some(kind) = record.caller {
            self.kinds.note(&record.contact.address, kind, record.at);
        }
        Ok(())
    }

    fn insert(
        &mut self,
        record: &'c Incoming,
        thread: ThreadId,
        unread: bool,
        touched: &mut Touched,
    ) -> Result<(), StoreError> {
        let id = allocate(self.conn, self.place(thread, record.at))?;
        self.placed.entry((thread, MessageId::floor(record.at))).or_default().push(id);
        let delivery = shown(record.direction, record.delivery.as_ref());
        let news = unread && record.direction != Direction::Outbound;
        // somebody has read it in MightyCall's own screen; whether it was answered nobody has said
        let unread = news && record.notes.read != Some(true);
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
                 remote_id, sender, attachments, body, request_guid, remote_read, favorite, comment, workflow, history_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
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
                record.request_guid.as_deref().map(RequestGuid::new),
                record.notes.read,
                record.notes.favorite.then_some(true),
                record.notes.comment,
                record.notes.workflow.map(codes::workflow_code),
                record.claimed_at.map(Timestamp::as_millisecond),
            ],
        )?;
        if news {
            threads::set_state(self.conn, thread, ThreadState::Open, touched)?;
        }
        self.done.inserted.push(id);
        self.texts.push(search::index::Entry { id, thread, body: &record.body });
        self.rows.insert(thread);
        Ok(())
    }

    /// `piece`: the record shows a piece of the message, and with it so much of its text.
    fn update(&mut self, record: &Incoming, id: MessageId, piece: Option<Option<usize>>) -> Result<(), StoreError> {
        let id = current(self.conn, id)?;
        let old = self.state(id)?.ok_or(StoreError::NoSuchMessage(id))?;
        if self.threads.find(self.conn, &record.number, &record.contact.address)? != Some(old.thread) {
            let detail = format!("it takes a record for message {}, which is in another thread", id.0);
            return Err(StoreError::Plan { records: 1, detail });
        }
        let id = self.stand(record, id, &old)?;
        let recorded = record.recorded_at().as_millisecond();
        let (history_at, shown_so_far) = match (piece, old.history_at) {
            _ if !old.local => (old.history_at, old.shown),
            // the whole stands where its first piece does
            (Some(shown), at) => {
                let first = at.map_or(recorded, |at| at.min(recorded));
                (Some(first), shown.and_then(|shown| i64::try_from(shown).ok()))
            }
            (None, None) => (Some(recorded), None),
            (None, at) => (at, old.shown),
        };
        let direction = if old.direction == Direction::Unknown { record.direction } else { old.direction };
        let said = shown(direction, record.delivery.as_ref());
        let forward = rank(said.as_ref(), true) > rank(old.delivery.as_ref(), old.accepted);
        let delivery = if forward { said } else { old.delivery.clone().filter(|_| direction != Direction::Inbound) };
        // trouble that a person has dealt with does not come back by being told again
        let trouble =
            if forward || direction != old.direction { is_trouble(direction, delivery.as_ref()) } else { old.trouble };
        // the head of a thread speaks for itself alone, where the message has a record of its own
        let told = (!(record.road == Road::ThreadHead && old.in_journal)).then_some(record);
        let notes = told.map_or_else(|| old.notes.clone(), |record| noted(&old.notes, record));
        let request_guid = told.and_then(|record| record.request_guid.as_deref()).map(RequestGuid::new);
        // told once: what a person has made unread again since stays so
        let read_now = notes.read == Some(true) && old.notes.read != Some(true);
        let unread = old.unread && direction != Direction::Outbound && !read_now;
        let sender = old.sender.clone().or_else(|| record.sender.clone());
        let attachments = messages::attachments_json(&record.attachments).or_else(|| old.attachments.clone());
        let mut changed = match &record.remote_id {
            Some(remote_id) => remote::add(self.conn, old.thread, id, record.road, remote_id)?,
            None => false,
        };
        let now = State {
            thread: old.thread,
            direction,
            delivery,
            accepted: true,
            unread,
            trouble,
            sender,
            attachments,
            request_guid: request_guid.or_else(|| old.request_guid.clone()),
            notes,
            in_journal: old.in_journal,
            local: old.local,
            history_at,
            shown: shown_so_far,
        };
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

    /// Where a record of this time stands in a thread: after those of the same time that this batch has brought.
    fn place(&self, thread: ThreadId, at: Timestamp) -> MessageId {
        let floor = MessageId::floor(at);
        let last = self.placed.get(&(thread, floor)).and_then(|placed| placed.last());
        last.map_or(floor, |last| floor.max(MessageId(last.0 + 1)))
    }

    /// Puts a message where its record stands: at MightyCall's time, among those of that time in MightyCall's order.
    fn stand(&mut self, record: &Incoming, id: MessageId, old: &State) -> Result<MessageId, StoreError> {
        let at = record.at.as_millisecond();
        let is_there = id.at().as_millisecond() == at;
        let comes_there = old.local && old.history_at.is_none_or(|known| known == at);
        if record.claimed_at.is_some() || !is_there && !comes_there || self.done.inserted.contains(&id) {
            return Ok(id);
        }
        let key = (old.thread, MessageId::floor(record.at));
        let placed = self.placed.entry(key).or_default();
        // a row that several records of a batch show stands where the first of them does
        if placed.contains(&id) || placed.len() >= MOST_AT_ONCE {
            return Ok(id);
        }
        let is_before = placed.last().is_some_and(|last| id < *last);
        if is_there && !is_before {
            placed.push(id);
            return Ok(id);
        }
        // what stands behind it at this time goes on standing there
        let mut behind = Vec::new();
        if is_there {
            behind = in_thread(self.conn, old.thread, MessageId(id.0 + 1), MessageId::ceiling(record.at))?;
            behind.retain(|other| !placed.contains(other));
        }
        let new = self.relocate(old.thread, id, self.place(old.thread, record.at))?;
        self.placed.entry(key).or_default().push(new);
        let mut last = new;
        for other in behind {
            last = self.relocate(old.thread, other, MessageId(last.0 + 1))?;
        }
        Ok(new)
    }

    fn relocate(&mut self, thread: ThreadId, id: MessageId, to: MessageId) -> Result<MessageId, StoreError> {
        let new = relocate(self.conn, thread, id, to)?;
        self.rows.insert(thread);
        for listed in self.done.updated.iter_mut().filter(|listed| **listed == id) {
            *listed = new;
        }
        Ok(new)
    }

    fn state(&self, id: MessageId) -> rusqlite::Result<Option<State>> {
        sql::first(
            self.conn,
            "SELECT thread_id, direction, delivery, error, accepted, unread, trouble, sender, attachments, request_guid,
                 roads, remote_read, favorite, comment, workflow, local, history_at, shown
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
                    request_guid: row.get(9)?,
                    in_journal: codes::roads(row.get(10)?).any(|road| road == Road::Journal),
                    notes: messages::notes(row, 11)?,
                    local: row.get(15)?,
                    history_at: row.get(16)?,
                    shown: row.get(17)?,
                })
            },
        )
    }

    fn store(&self, id: MessageId, now: &State) -> rusqlite::Result<()> {
        sql::run(
            self.conn,
            "UPDATE messages SET direction = ?2, delivery = ?3, error = ?4, accepted = 1, unread = ?5, trouble = ?6,
                 sender = ?7, attachments = ?8, request_guid = ?9, remote_read = ?10, favorite = ?11, comment = ?12,
                 workflow = ?13, history_at = ?14, shown = ?15 WHERE id = ?1",
            params![
                id.0,
                codes::direction_code(now.direction),
                now.delivery.as_ref().map(codes::delivery_code),
                now.delivery.as_ref().and_then(Delivery::reason),
                now.unread,
                now.trouble,
                now.sender,
                now.attachments,
                now.request_guid,
                now.notes.read,
                now.notes.favorite.then_some(true),
                now.notes.comment,
                now.notes.workflow.map(codes::workflow_code),
                now.history_at,
                now.shown,
            ],
        )?;
        // what history shows is out: nothing is left to send
        sql::run(self.conn, "DELETE FROM outbox WHERE message_id = ?1", [id.0]).map(drop)
    }

    pub(super) fn finish(mut self, touched: &mut Touched) -> Result<Intake, StoreError> {
        news::note(self.conn, &self.arrivals)?;
        search::index::enter(self.conn, self.texts)?;
        for &thread in &self.rows {
            refresh(self.conn, thread, touched)?;
            follow::reconsider(self.conn, thread, touched)?;
        }
        self.names.take_over(self.conn, touched)?;
        self.kinds.take_over(self.conn, touched)?;
        self.done.threads = self.rows.into_iter().collect();
        Ok(self.done)
    }
}

fn is_trouble(direction: Direction, delivery: Option<&Delivery>) -> bool {
    direction == Direction::Outbound && delivery.is_some_and(Delivery::is_trouble)
}

//! What is here and what is there, to what must be done. Pure: the store looks up, this decides, the store carries out.
//!
//! A message may reach us by several roads and under a different id on each; some records have no id at all; the id that
//! a send was answered with is not promised to be the id in the history (`mightycall-api.md`, section 19.4). So, for each
//! record: the row with its second id, then the row with its id. For the others, oldest first: the row written here that
//! the record proves was sent; else the row that says the same at the same time by another road or without an id; else the
//! row written here whose text the service has rewritten (`plan::rewritten`); else it is new.

mod rewritten;

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::model::{Delivery, Direction, MessageId, Road};
use crate::store::{Incoming, Known, Op, same_text};

/// Two roads may cut the same instant to different digits.
const SAME_INSTANT: SignedDuration = SignedDuration::from_secs(2);
/// An accepted message is in the history for certain; only the clocks may differ. A wrong guess among equal texts of
/// one thread still leaves as many rows as there are messages.
const ACCEPTED_WINDOW: SignedDuration = SignedDuration::from_hours(26);
/// An unconfirmed message may not be there at all, so an equal text must be close to the moment it was posted.
const UNCONFIRMED_BEFORE: SignedDuration = SignedDuration::from_mins(5);
/// How well the difference of two clocks is known, from answers that tell the second.
const CLOCK_TELLS: SignedDuration = SignedDuration::from_secs(5);
const UNCONFIRMED_AFTER: SignedDuration = SignedDuration::from_mins(30);

/// What the planner must know beside the records.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms {
    /// Inbound messages from here on are news to people; older ones are history. `None` while history is first fetched.
    pub news_from: Option<Timestamp>,
    /// The service's clock minus ours.
    pub clock_offset: SignedDuration,
    /// When history was last looked at before, and now, by our clock: what is new in it turned up between the two,
    /// whatever time it bears.
    pub appeared: Option<(Timestamp, Timestamp)>,
}

/// Decides for each record of `there`, given the rows of `here` that could be the same.
pub fn plan(terms: Terms, there: &[Incoming], here: &[Known]) -> Vec<Op> {
    let mut planner = Planner {
        terms,
        here: Index::new(here),
        taken: HashSet::new(),
        begun: HashMap::new(),
        planned: HashMap::new(),
    };
    let mut oldest_first: Vec<usize> = (0..there.len()).collect();
    oldest_first.sort_by_key(|&index| (there[index].at, index));
    let mut ops = vec![Op::Nothing; there.len()];
    // ids first, so that no equal text takes the row of a message that is named
    let (named, rest): (Vec<_>, Vec<_>) =
        oldest_first.into_iter().map(|index| (index, planner.by_name(&there[index]))).partition(|(_, id)| id.is_some());
    for (index, id) in named {
        ops[index] = id.map_or(Op::Nothing, |id| planner.named(id, &there[index]));
    }
    // then equal texts, before any that are merely like one
    let mut left = Vec::new();
    for (index, _) in rest {
        match planner.by_content(&there[index]) {
            Some(id) => ops[index] = planner.take(id, &there[index]),
            None => left.push(index),
        }
    }
    let found = planner.rewritten(there, &left);
    for index in left {
        ops[index] = match found.get(&index) {
            Some(op) => *op,
            None => planner.insert(&there[index]),
        };
    }
    ops
}

type ThreadKey<'a> = (&'a str, &'a str);

fn key(incoming: &Incoming) -> ThreadKey<'_> {
    (incoming.number.as_str(), incoming.contact.address.as_str())
}

/// The rows by thread, so that a batch costs its own length.
struct Index<'a> {
    by_thread: HashMap<ThreadKey<'a>, Vec<&'a Known>>,
}

impl<'a> Index<'a> {
    fn new(here: &'a [Known]) -> Self {
        let mut by_thread: HashMap<ThreadKey<'a>, Vec<&'a Known>> = HashMap::new();
        for known in here {
            let rows = by_thread.entry((known.number.as_str(), known.contact.as_str())).or_default();
            if !rows.iter().any(|row| row.id == known.id) {
                rows.push(known);
            }
        }
        Self { by_thread }
    }
}

struct Planner<'a> {
    terms: Terms,
    here: Index<'a>,
    /// Rows that a record of this batch is already matched with: each row once, and once more with the head of a thread.
    taken: HashSet<(MessageId, bool)>,
    /// Rows whose first piece this batch names, with how many characters of their text that shows.
    begun: HashMap<MessageId, usize>,
    /// Records of this batch to be inserted, by thread.
    planned: HashMap<ThreadKey<'a>, Vec<&'a Incoming>>,
}

impl<'a> Planner<'a> {
    fn take(&mut self, id: MessageId, record: &'a Incoming) -> Op {
        self.taken.insert((id, is_head(record)));
        Op::Update { id }
    }

    fn insert(&mut self, record: &'a Incoming) -> Op {
        let planned = self.planned.entry(key(record)).or_default();
        if planned.iter().any(|other| repeats(record, other)) {
            return Op::Nothing;
        }
        planned.push(record);
        let unread =
            record.direction == Direction::Inbound && self.terms.news_from.is_some_and(|from| record.at >= from);
        Op::Insert { unread }
    }

    fn rows(&self, record: &'a Incoming) -> &[&'a Known] {
        self.here.by_thread.get(&key(record)).map_or(&[], Vec::as_slice)
    }

    /// The row that a record names by an id of its own.
    fn by_name(&mut self, record: &'a Incoming) -> Option<MessageId> {
        let id = self.by_guid(record).or_else(|| self.by_remote_id(record))?;
        self.taken.insert((id, is_head(record)));
        Some(id)
    }

    /// By the journal's second id, which a send is presumably answered with. Not where the row is known under another
    /// first id of the same road: then the second tells no messages apart.
    fn by_guid(&self, record: &'a Incoming) -> Option<MessageId> {
        let guid = record.request_guid.as_deref()?;
        let names = |row: &&&Known| {
            let mut ids = row.remote_ids.iter().map(|(_, id)| id.as_str()).chain(row.request_guid.as_deref());
            ids.any(|id| id.eq_ignore_ascii_case(guid))
        };
        let other = |row: &&&Known| !has_another_id(row, record) && !self.taken.contains(&(row.id, is_head(record)));
        self.rows(record).iter().filter(names).find(other).map(|row| row.id)
    }

    fn by_remote_id(&self, record: &'a Incoming) -> Option<MessageId> {
        let id = record.remote_id.as_deref()?;
        let on = |same_road: bool| {
            self.rows(record).iter().find(|row| {
                row.remote_ids.iter().any(|(road, other)| other == id && (!same_road || *road == record.road))
            })
        };
        on(true).or_else(|| on(false)).map(|row| row.id)
    }

    fn by_content(&self, record: &'a Incoming) -> Option<MessageId> {
        self.rows(record)
            .iter()
            // pieces without an id of their own show one row, each of them
            .filter(|row| !self.taken.contains(&(row.id, is_head(record))) || rewritten::was_shown_by(row, record))
            .filter(|row| could_be(self.terms, row, record))
            // what was accepted is in history for certain: it must not leave its record to one that may not be out
            .min_by_key(|row| (is_unproven(row), distance(self.terms, row, record).abs(), row.id))
            .map(|row| row.id)
    }
}

/// Whether the record is filed as the head of a thread: the same text may be there as a message too.
fn is_head(record: &Incoming) -> bool {
    record.road == Road::ThreadHead
}

/// Whether the row has an id of the record's road, and none of them is the record's.
fn has_another_id(row: &Known, record: &Incoming) -> bool {
    let Some(own) = record.remote_id.as_deref() else { return false };
    let mut ids = row.remote_ids.iter().filter(|(road, _)| *road == record.road).peekable();
    ids.peek().is_some() && ids.all(|(_, id)| id != own)
}

/// Whether nothing but a record would prove that it is out.
fn is_unproven(row: &Known) -> bool {
    row.history_at.is_none() && matches!(row.delivery, Some(Delivery::Sending | Delivery::Unconfirmed(_)))
}

/// Whether two records of one batch are the same message.
fn repeats(record: &Incoming, other: &Incoming) -> bool {
    match (&record.remote_id, &other.remote_id) {
        // the head of a thread may be there as a message too, under another id
        (Some(a), Some(b)) if record.road == other.road => a == b,
        _ => {
            record.recorded_at() == other.recorded_at()
                && same_text(&record.body, &other.body)
                && agree(record.direction, other.direction)
        }
    }
}

/// Record minus row on the service's clock. A row written here counts from when it was posted: by our clock and the
/// difference as it is known now. Where the difference was known then, and the row stands by it, that may be nearer: our
/// clock may have been put right since.
fn distance(terms: Terms, row: &Known, record: &Incoming) -> SignedDuration {
    let at = record.recorded_at();
    let Some(known) = row.history_at else {
        let by_row = at.duration_since(row.at);
        let Some(posted) = row.posted_at else { return by_row };
        let by_clock = at.duration_since(posted).checked_sub(terms.clock_offset).unwrap_or(SignedDuration::MAX);
        let was_corrected = row.at.duration_since(posted).abs() > CLOCK_TELLS;
        return if was_corrected && by_row.abs() < by_clock.abs() { by_row } else { by_clock };
    };
    at.duration_since(known)
}

fn could_be(terms: Terms, row: &Known, record: &Incoming) -> bool {
    if !agree(row.direction, record.direction) {
        return false;
    }
    if !same_text(&row.body, &record.body) {
        return rewritten::was_shown_by(row, record);
    }
    let other_id_on_road = record.remote_id.is_some() && row.remote_ids.iter().any(|(road, _)| *road == record.road);
    if other_id_on_road {
        return false;
    }
    let apart = distance(terms, row, record);
    if row.outbox && row.history_at.is_none() {
        return match row.delivery {
            Some(Delivery::Sent | Delivery::Delivered) => apart.abs() <= ACCEPTED_WINDOW,
            Some(Delivery::Sending | Delivery::Unconfirmed(_)) if appeared_after(terms, row) => {
                apart.abs() <= ACCEPTED_WINDOW
            }
            // still being posted: what is older than that is somebody else's
            Some(Delivery::Sending) => -CLOCK_TELLS <= apart && apart <= UNCONFIRMED_AFTER,
            Some(Delivery::Unconfirmed(_)) => -UNCONFIRMED_BEFORE <= apart && apart <= UNCONFIRMED_AFTER,
            // what is queued, or failed before it was accepted, is not in anybody's history
            _ => false,
        };
    }
    let at = row.history_at.unwrap_or(row.at);
    match (&record.remote_id, row.remote_ids.is_empty()) {
        // the record or the row has no name of its own: only the very same instant tells
        (None, _) | (Some(_), true) => record.recorded_at() == at,
        // each has a name on a road of its own
        (Some(_), false) => record.recorded_at().duration_since(at).abs() <= SAME_INSTANT,
    }
}

/// Whether the record turned up about when the message was posted: a service whose records bear another time than its
/// answers shows it all the same, and nothing else would have.
fn appeared_after(terms: Terms, row: &Known) -> bool {
    let Some(((looked, now), posted)) = terms.appeared.zip(row.posted_at) else { return false };
    looked.duration_since(posted) >= -UNCONFIRMED_BEFORE && now.duration_since(posted) <= UNCONFIRMED_AFTER
}

fn agree(a: Direction, b: Direction) -> bool {
    a == b || a == Direction::Unknown || b == Direction::Unknown
}

#[cfg(test)]
mod tests;

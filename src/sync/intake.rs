//! From records of MightyCall to rows of the cache: whose they are, what is news, and what was taken in before.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use super::history::Depth;
use super::plan::{Terms, plan};
use crate::api::Record;
use crate::model::{Address, Road};
use crate::store::{Incoming, StoreError};

/// A record whose time is further ahead of the service's clock than that bears a wrong one.
const AHEAD: SignedDuration = SignedDuration::from_hours(26);
/// Records that are remembered to have been taken in: a few looks' worth.
const REMEMBERED: usize = 20_000;

/// Takes records in for one run.
pub(super) struct Taker<'a> {
    context: &'a Context,
    ours: Vec<Address>,
    /// Records by their content, to notice a page that brings nothing new.
    seen: HashSet<u64>,
    /// What an earlier look of this program took in just so need not be looked up again.
    quick: bool,
    /// Whether this service lists its records from old to new.
    from_old: bool,
    /// The records of the last page that bear the time at which it ended, by number: the next page may go on within it.
    edges: HashMap<Address, Vec<Incoming>>,
}

impl<'a> Taker<'a> {
    pub(super) fn new(context: &'a Context, depth: Depth) -> Self {
        Self {
            context,
            ours: context.ours(),
            seen: HashSet::new(),
            quick: depth == Depth::Quick,
            from_old: false,
            edges: HashMap::new(),
        }
    }

    /// Another series of pages begins, which may bring the same again.
    pub(super) fn begin(&mut self) {
        self.seen.clear();
        self.edges.clear();
    }

    /// Learns from the times of a page in which order this service lists its records.
    pub(super) fn learn_order(&mut self, times: &[Timestamp]) {
        if let (Some(first), Some(last)) = (times.first(), times.last())
            && first != last
        {
            self.from_old = first < last;
        }
    }

    /// The time of a record; one that cannot be is taken for now.
    pub(super) fn believable(&self, at: Timestamp) -> Timestamp {
        let now = self.service_now();
        if at.duration_since(now) > AHEAD { now } else { at }
    }

    /// Leaves out the records that this series of pages has brought before.
    pub(super) fn fresh(&mut self, records: Vec<Record>) -> Vec<Record> {
        records.into_iter().filter(|record| self.seen.insert(fingerprint(record))).collect()
    }

    /// A record as a row of this number; `None` where it belongs to another: an unfiltered page brings those too.
    pub(super) fn incoming(&self, record: &Record, number: &Address, road: Road) -> Option<Incoming> {
        let sided = record.sides(&self.ours, number);
        let at = self.believable(record.at);
        // the cache keeps milliseconds, and equal times must stay equal
        let millis = |at: Timestamp| Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        (sided.number == *number).then(|| Incoming {
            road: if record.is_thread_head { Road::ThreadHead } else { road },
            remote_id: record.remote_id.clone(),
            request_guid: record.request_guid.clone(),
            number: sided.number,
            contact: sided.contact,
            direction: sided.direction,
            delivery: record.delivery.clone(),
            body: record.body.clone(),
            at: millis(at),
            claimed_at: (at != record.at).then(|| millis(record.at)),
            sender: record.sender.clone(),
            attachments: record.attachments.clone(),
            notes: record.notes.clone(),
            caller: record.caller,
        })
    }

    /// Puts rows of a number into the cache, given in the service's order; says which were not there before, by their
    /// times. `looked`: when what is known of their number was last looked at.
    pub(super) async fn store(
        &mut self,
        mut batch: Vec<Incoming>,
        news_from: Option<Timestamp>,
        looked: Option<Timestamp>,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let hashes: Vec<u64> = batch.iter().map(content).collect();
        if self.quick {
            let taken = self.context.taken();
            let is_new: Vec<bool> = hashes.iter().map(|hash| !taken.contains(hash)).collect();
            // those of one time stay together: what is new among them must come to stand in its place
            let times: HashSet<_> =
                batch.iter().zip(&is_new).filter(|(_, new)| **new).map(|(own, _)| place(own)).collect();
            batch.retain(|incoming| times.contains(&place(incoming)));
        }
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        self.put_in_order(&mut batch);
        let appeared = looked.map(|looked| (looked, self.context.now()));
        let terms = Terms { news_from, clock_offset: self.service_offset(), appeared };
        self.context.tell_clock();
        let intake = self.context.store.intake(batch, move |there, here| plan(terms, there, here)).await?;
        let mut taken = self.context.taken();
        if taken.len() > REMEMBERED {
            taken.clear();
        }
        taken.extend(hashes);
        Ok(intake.inserted.iter().map(|id| id.at()).collect())
    }

    /// Puts a page into the order in which its messages came about, with what stood at the edge of the page before it:
    /// messages of one time stand as the service lists them, on whatever pages.
    fn put_in_order(&mut self, batch: &mut Vec<Incoming>) {
        if !self.from_old {
            batch.reverse();
        }
        let Some(number) = batch.first().map(|own| own.number.clone()) else { return };
        let edge = self.edges.remove(&number).unwrap_or_default();
        let ends_at = if self.from_old { batch.last() } else { batch.first() }.map(|own| own.at);
        let at_edge = batch.iter().filter(|own| Some(own.at) == ends_at).cloned().collect();
        self.edges.insert(number, at_edge);
        let meets = |own: Option<&Incoming>| own.is_some_and(|own| edge.first().is_some_and(|edge| edge.at == own.at));
        if self.from_old && meets(batch.first()) {
            batch.splice(0..0, edge);
        } else if !self.from_old && meets(batch.last()) {
            batch.extend(edge);
        }
    }

    /// Now, by the service's clock.
    pub(super) fn service_now(&self) -> Timestamp {
        let now = self.context.now();
        now.saturating_add(self.service_offset()).unwrap_or(now)
    }

    /// The service's clock minus ours.
    pub(super) fn service_offset(&self) -> SignedDuration {
        // known once the service has answered
        SignedDuration::from_secs(self.context.client.clock_offset().unwrap_or(0))
    }
}

/// What an incoming record says, for telling whether it was taken in just so. Not when a record of an impossible time was
/// first seen.
fn content(incoming: &Incoming) -> u64 {
    match incoming.claimed_at {
        Some(at) => hash(&Incoming { at, claimed_at: None, ..incoming.clone() }),
        None => hash(incoming),
    }
}

/// Where it would stand.
fn place(incoming: &Incoming) -> (Address, Timestamp) {
    (incoming.contact.address.clone(), incoming.at)
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

pub(super) fn fingerprint(record: &Record) -> u64 {
    match &record.remote_id {
        Some(id) => hash(id),
        None => hash(&(record.at, &record.body, &record.from, &record.to, &record.business)),
    }
}

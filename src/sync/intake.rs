//! From records of MightyCall to rows of the cache: whose they are, what is news, and what was taken in before.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use super::history::Depth;
use super::plan::{Terms, plan};
use crate::api::Record;
use crate::model::{Address, Road};
use crate::store::{Incoming, StoreError};

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
}

impl<'a> Taker<'a> {
    pub(super) fn new(context: &'a Context, depth: Depth) -> Self {
        Self { context, ours: context.ours(), seen: HashSet::new(), quick: depth == Depth::Quick }
    }

    /// Another series of pages begins, which may bring the same again.
    pub(super) fn begin(&mut self) {
        self.seen.clear();
    }

    /// Leaves out the records that this series of pages has brought before.
    pub(super) fn fresh(&mut self, records: Vec<Record>) -> Vec<Record> {
        records.into_iter().filter(|record| self.seen.insert(fingerprint(record))).collect()
    }

    /// A record as a row of this number; `None` where it belongs to another: an unfiltered page brings those too.
    pub(super) fn incoming(&self, record: &Record, number: &Address, road: Road) -> Option<Incoming> {
        let sided = record.sides(&self.ours, number);
        (sided.number == *number).then(|| Incoming {
            road: if record.is_thread_head { Road::ThreadHead } else { road },
            remote_id: record.remote_id.clone(),
            request_guid: record.request_guid.clone(),
            number: sided.number,
            contact: sided.contact,
            direction: sided.direction,
            delivery: record.delivery.clone(),
            body: record.body.clone(),
            // the cache keeps milliseconds, and equal times must stay equal
            at: Timestamp::from_millisecond(record.at.as_millisecond()).unwrap_or(record.at),
            sender: record.sender.clone(),
            attachments: record.attachments.clone(),
            notes: record.notes.clone(),
            caller: record.caller,
        })
    }

    /// Puts rows into the cache; says which were not there before, by their times. `looked`: when what is known of their
    /// number was last looked at.
    pub(super) async fn store(
        &self,
        mut batch: Vec<Incoming>,
        news_from: Option<Timestamp>,
        looked: Option<Timestamp>,
    ) -> Result<Vec<Timestamp>, StoreError> {
        if self.quick {
            let taken = self.context.taken();
            batch.retain(|incoming| !taken.contains(&hash(incoming)));
        }
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let hashes: Vec<u64> = batch.iter().map(hash).collect();
        let appeared = looked.map(|looked| (looked, self.context.now()));
        let terms = Terms { news_from, clock_offset: self.service_offset(), appeared };
        let intake = self.context.store.intake(batch, move |there, here| plan(terms, there, here)).await?;
        let mut taken = self.context.taken();
        if taken.len() > REMEMBERED {
            taken.clear();
        }
        taken.extend(hashes);
        Ok(intake.inserted.iter().map(|id| id.at()).collect())
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

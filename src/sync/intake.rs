//! From records of MightyCall to rows of the cache: whose they are, what is news, and what a series of pages has brought before.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use super::plan::{Terms, plan};
use crate::api::Record;
use crate::model::{Address, Road};
use crate::store::{Incoming, StoreError};

/// Takes records in for one run.
pub(super) struct Taker<'a> {
    context: &'a Context,
    ours: Vec<Address>,
    /// Records by their content, to notice a page that brings nothing new.
    seen: HashSet<u64>,
}

impl<'a> Taker<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, ours: context.ours(), seen: HashSet::new() }
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
            road,
            remote_id: record.remote_id.clone(),
            number: sided.number,
            contact: sided.contact,
            direction: sided.direction,
            delivery: record.delivery.clone(),
            body: record.body.clone(),
            // the cache keeps milliseconds, and equal times must stay equal
            at: Timestamp::from_millisecond(record.at.as_millisecond()).unwrap_or(record.at),
            sender: record.sender.clone(),
            attachments: record.attachments.clone(),
        })
    }

    /// Puts rows into the cache; says which were not there before, by their times.
    pub(super) async fn store(
        &self,
        batch: Vec<Incoming>,
        news_from: Option<Timestamp>,
    ) -> Result<Vec<Timestamp>, StoreError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let terms = Terms { news_from, clock_offset: self.service_offset() };
        let intake = self.context.store.intake(batch, move |there, here| plan(terms, there, here)).await?;
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

fn fingerprint(record: &Record) -> u64 {
    let mut hasher = DefaultHasher::new();
    match &record.remote_id {
        Some(id) => id.hash(&mut hasher),
        None => (record.at, &record.body, &record.from, &record.to, &record.business).hash(&mut hasher),
    }
    hasher.finish()
}

//! One number's history: page by page from the newest, into the cache, until what is wanted is here.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use super::plan::{Terms, plan};
use crate::api::{self, Credentials, HistoryAsk, HistoryPage, More, NumberForm, Record};
use crate::model::Address;
use crate::store::{Cursor, Incoming, Store, StoreError};

/// Looked at again at each sync, for records that arrive late and deliveries that move on.
const OVERLAP: SignedDuration = SignedDuration::from_hours(1);
/// How old an unanswered message may be to count as unread when history is first fetched.
const UNANSWERED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The journal's own limit (grade C); other roads cap it as they please.
const PAGE_SIZE: usize = 1_000;
/// A short page ends a journal (`mightycall-api.md`, "Paging"). Below this many records it is believed; a longer one may
/// be a service that caps its pages, and asking on costs one request.
const SURELY_SHORT: usize = 10;
/// A service that does not heed `type=Message` sends pages of calls; so many of them in a row are gone through.
const MOST_BARREN: u32 = 50;
/// How often a number that is still empty is asked for with the number written otherwise.
const OTHER_FORMS_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// How much of a number's history to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What is new since the last sync; the newest `n` where there was none.
    New(usize),
    /// At least the newest `n`.
    Limit(usize),
    /// Everything since a time.
    Since(Timestamp),
    /// Everything there is.
    Full,
}

/// What came of one number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records of this number that were read.
    pub fetched: u64,
    /// Messages that were not here before.
    pub new: u64,
    /// Records that could not be read, and were skipped.
    pub unreadable: u64,
    /// Whether the cache now holds this number's history from its beginning.
    pub complete: bool,
    /// What the service says there is in all, where it says so.
    pub total: Option<u64>,
}

/// Why a number's history could not be fetched. What was fetched before stays.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// MightyCall, or the way to it.
    #[error(transparent)]
    Api(#[from] api::Error),
    /// The cache.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fetches one number's history. Each page is in the cache before the next is asked for; the cursor moves at the end, so
/// that a run that was cut off is run again from the newest.
pub async fn fetch(
    context: &Context,
    credentials: &Credentials,
    number: &Address,
    extent: Extent,
    mut progress: impl FnMut(&Tally) + Send,
) -> Result<Tally, HistoryError> {
    let store = &context.store;
    let cursor = store.cursor(number.clone()).await?;
    let mut run = Run::new(context, number, extent, cursor.as_ref());
    let mut ask = HistoryAsk {
        number: number.clone(),
        form: run.remembered_form(store).await?,
        since: run.ask_since(),
        until: None,
        position: None,
        page_size: run.page_size(),
    };
    let mut page = context.client.history(credentials, &ask).await?;
    if run.first && page.received == 0 && may_be_another_form(cursor.as_ref()) {
        (ask.form, page) = run.other_forms(context, credentials, &ask, page).await?;
    }
    loop {
        let next = run.take(store, page).await?;
        progress(&run.tally);
        let Some(position) = next else { break };
        ask.position = Some(position);
        page = context.client.history(credentials, &ask).await?;
    }
    run.finish(store, cursor).await?;
    Ok(run.tally)
}

/// A number without a single message may be one whose filter was misunderstood; that is tried now and then.
fn may_be_another_form(cursor: Option<&Cursor>) -> bool {
    let tried = cursor.and_then(|cursor| cursor.synced_at);
    tried.is_none_or(|tried| Timestamp::now().duration_since(tried) >= OTHER_FORMS_AFTER)
}

struct Run<'a> {
    context: &'a Context,
    number: &'a Address,
    ours: Vec<Address>,
    terms: Terms,
    first: bool,
    floor: Option<Timestamp>,
    wanted: u64,
    everything: bool,
    /// Records of this run by their content, to notice a page that brings nothing new.
    seen: HashSet<u64>,
    newest: Option<Timestamp>,
    oldest: Option<Timestamp>,
    reached_end: bool,
    oldest_first: bool,
    /// Pages in a row that held nothing but calls and the like.
    barren: u32,
    tally: Tally,
}

impl<'a> Run<'a> {
    fn new(context: &'a Context, number: &'a Address, extent: Extent, cursor: Option<&Cursor>) -> Self {
        let known = cursor.and_then(|cursor| cursor.newest_at).map(|newest| newest - OVERLAP);
        let (floor, wanted, everything) = match (extent, known) {
            (Extent::New(_), Some(known)) => (Some(known), 0, false),
            (Extent::New(limit), None) => (None, limit as u64, false),
            (Extent::Limit(limit), known) => (known, limit as u64, false),
            (Extent::Since(since), known) => (Some(known.map_or(since, |known| known.min(since))), 0, false),
            (Extent::Full, _) => (None, 0, true),
        };
        // the service's clock is known once it has answered
        let terms = Terms { news_from: known, clock_offset: SignedDuration::ZERO };
        let ours = context.ours();
        Self {
            context,
            number,
            ours,
            terms,
            first: cursor.is_none_or(|cursor| cursor.newest_at.is_none()),
            floor,
            wanted,
            everything,
            seen: HashSet::new(),
            newest: None,
            oldest: None,
            reached_end: false,
            oldest_first: false,
            barren: 0,
            tally: Tally::default(),
        }
    }

    /// Only a run that wants nothing from before its floor may ask the service to leave it out.
    fn ask_since(&self) -> Option<Timestamp> {
        if self.wanted == 0 && !self.everything { self.floor } else { None }
    }

    fn page_size(&self) -> usize {
        if self.wanted == 0 { PAGE_SIZE } else { usize::try_from(self.wanted).map_or(PAGE_SIZE, |n| n.min(PAGE_SIZE)) }
    }

    /// The way of writing a number that this service's filter understood before.
    async fn remembered_form(&self, store: &Store) -> Result<NumberForm, StoreError> {
        let service = self.context.config.account.base_url.as_str();
        let routes = store.routes(service).await?;
        let form = routes.iter().find(|(operation, _)| operation == FORM).map(|(_, form)| form.as_str());
        Ok(match form {
            Some("national") => NumberForm::National,
            Some("any") => NumberForm::Any,
            _ => NumberForm::E164,
        })
    }

    /// An empty first answer may mean that the filter compares texts: ask again with the number written otherwise.
    async fn other_forms(
        &self,
        context: &Context,
        credentials: &Credentials,
        ask: &HistoryAsk,
        empty: HistoryPage,
    ) -> Result<(NumberForm, HistoryPage), HistoryError> {
        for (form, name) in [(NumberForm::National, "national"), (NumberForm::Any, "any")] {
            let other = HistoryAsk { form, ..ask.clone() };
            let Ok(page) = context.client.history(credentials, &other).await else { continue };
            let mine = |record: &Record| record.sides(&self.ours, self.number).number == *self.number;
            if page.records.iter().any(mine) {
                let service = context.config.account.base_url.as_str();
                context.store.remember_route(service, FORM, name).await?;
                return Ok((form, page));
            }
        }
        Ok((ask.form, empty))
    }

    /// Puts a page into the cache, and says where to go on, if anywhere.
    async fn take(&mut self, store: &Store, page: HistoryPage) -> Result<Option<api::Position>, StoreError> {
        self.tally.unreadable += page.unreadable as u64;
        self.tally.total = page.total.or(self.tally.total);
        if self.tally.fetched == 0 {
            self.oldest_first = ascending(&page.records);
        }
        let received = page.received;
        let passed_over = page.records.is_empty() && page.unreadable == 0 && received > 0;
        self.barren = if passed_over { self.barren + 1 } else { 0 };
        let clock_offset = self.context.client.clock_offset().unwrap_or(0);
        self.terms.clock_offset = SignedDuration::from_secs(clock_offset);
        let mut fresh = page.unreadable;
        let mut batch = Vec::with_capacity(page.records.len());
        let page_oldest = page.records.iter().map(|record| record.at).min();
        for record in page.records {
            if !self.seen.insert(fingerprint(&record)) {
                continue;
            }
            fresh += 1;
            let at = record.at;
            let Some(incoming) = self.incoming(record, page.road) else { continue };
            self.tally.fetched += 1;
            self.newest = self.newest.max(Some(at));
            self.oldest = Some(self.oldest.map_or(at, |oldest| oldest.min(at)));
            batch.push(incoming);
        }
        let terms = self.terms;
        let intake = store.intake(batch, move |there, here| plan(terms, there, here)).await?;
        self.tally.new += intake.inserted.len() as u64;

        let below_floor =
            !self.oldest_first && self.floor.is_some_and(|floor| page_oldest.is_some_and(|at| at < floor));
        let enough = !self.oldest_first && self.tally.fetched >= self.wanted;
        let satisfied = !self.everything && enough && (self.floor.is_none() || below_floor);
        Ok(match page.more {
            More::No => self.end(),
            _ if received == 0 => self.end(),
            // the same again: whether there is more cannot be told, and asking on would never end
            _ if fresh == 0 && !(passed_over && self.barren < MOST_BARREN) => None,
            More::Perhaps(_) if received < SURELY_SHORT => self.end(),
            _ if satisfied => None,
            More::Perhaps(position) | More::Yes(position) => Some(position),
        })
    }

    fn end(&mut self) -> Option<api::Position> {
        self.reached_end = true;
        None
    }

    fn incoming(&self, record: Record, road: crate::model::Road) -> Option<Incoming> {
        let sided = record.sides(&self.ours, self.number);
        // an unfiltered page brings other numbers' messages too; those come with their own number's turn
        (sided.number == *self.number).then(|| Incoming {
            road,
            remote_id: record.remote_id,
            number: sided.number,
            contact: sided.contact,
            direction: sided.direction,
            delivery: record.delivery,
            body: record.body,
            // the cache keeps milliseconds, and equal times must stay equal
            at: Timestamp::from_millisecond(record.at.as_millisecond()).unwrap_or(record.at),
            sender: record.sender,
            attachments: record.attachments,
        })
    }

    /// Moves the cursor: only now, because only now is everything down to the floor here.
    async fn finish(&mut self, store: &Store, before: Option<Cursor>) -> Result<(), StoreError> {
        let before = before.unwrap_or_default();
        let whole = self.reached_end && self.ask_since().is_none();
        self.tally.complete = before.complete || whole;
        // a record dated far ahead must not carry the cursor past what is still to come
        let service_now = Timestamp::now() + self.terms.clock_offset;
        let newest = self.newest.map(|newest| newest.min(service_now));
        let cursor = Cursor {
            newest_at: newest.max(before.newest_at),
            oldest_at: match (self.oldest, before.oldest_at) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
            complete: self.tally.complete,
            synced_at: Some(Timestamp::now()),
        };
        if self.first
            && let Some(newest) = cursor.newest_at
        {
            store.mark_unanswered(self.number.clone(), newest - UNANSWERED).await?;
        }
        store.set_cursor(self.number.clone(), cursor).await
    }
}

const FORM: &str = "number form";

/// Whether a page runs from old to new: then its end, and not its start, is the newest.
fn ascending(records: &[Record]) -> bool {
    match records {
        [first, .., last] => first.at < last.at && records.is_sorted_by_key(|record| record.at),
        _ => false,
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

//! One number's history: page by page from the newest, into the cache, until what is wanted is here.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use super::intake::Taker;
use super::measure::Measure;
use super::walk::{Aim, Ask, Page, Rest, Then, Walk};
use crate::api::{self, Credentials, HistoryAsk, HistoryPage, NumberForm, Record};
use crate::model::{Address, Road};
use crate::store::{Cursor, SHOWN_AFTER, Store, StoreError};

/// Looked at again at each sync, for records that arrive late and deliveries that move on.
const QUICK_BACK: SignedDuration = SignedDuration::from_hours(2);
/// Looked at again now and then, and whenever a person asks: a service whose clock was put back, or whose records arrive
/// hours late, is caught up with. What comes late is news all the same.
const LONG_BACK: SignedDuration = SignedDuration::from_hours(26);
/// A message that is neither delivered nor failed after that long stays as it is.
const FOLLOWED: SignedDuration = SignedDuration::from_hours(72);
/// How far two clocks may be apart.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);
/// How old an unanswered message may be to count as unread when history is first fetched.
const UNANSWERED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a page that is on its way is waited for when a person cancels.
const PATIENCE: Duration = Duration::from_secs(2);
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
    /// `n` more, older than what is here.
    More(usize),
    /// Everything there is.
    Full,
}

/// How far back what is known is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// A few hours: for looks that come every few seconds.
    Quick,
    /// Over a day, and to the oldest delivery that is awaited.
    Long,
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
    /// What [`Tally::fetched`] will have come to at the end of the run, where that can be told.
    pub expected: Option<u64>,
    /// Messages asked for that a run which was cancelled has left at the service.
    pub left: u64,
    /// The times of what was not here before.
    pub(super) found: Vec<Timestamp>,
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
    /// A person wanted no more of it for now.
    #[error("stopped as you asked; what has come is kept")]
    Cancelled,
}

/// Fetches one number's history. Each page, and how far it goes, is in the cache before the next is asked for: a run
/// that was cut off is gone on with by the next.
pub async fn fetch(
    context: &Context,
    credentials: &Credentials,
    number: &Address,
    extent: Extent,
    depth: Depth,
    mut progress: impl FnMut(&Tally) + Send,
) -> Result<Tally, HistoryError> {
    let store = &context.store;
    let before = store.cursor(number.clone()).await?.unwrap_or_default();
    let floor = floor(context, number, &before, depth).await?;
    let mut run = Run {
        context,
        number,
        taker: Taker::new(context, depth),
        news_from: news_from(&before),
        looked: before.synced_at,
        walk: Walk::new(before.clone(), extent, floor, depth == Depth::Quick),
        tally: Tally::default(),
        measure: Measure::default(),
        skipped: 0,
    };
    let mut ask = run.question(remembered_form(context).await?).await?;
    let Some(mut page) = run.page(credentials, &ask).await? else {
        return run.cancel(progress).await;
    };
    if before.coverage.top().is_none() && page.received == 0 && may_be_another_form(context, &before) {
        (ask.form, page) = run.other_forms(credentials, &ask, page).await?;
    }
    loop {
        let (position, then) = run.take(page).await?;
        progress(&run.tally);
        match (then, position) {
            (Then::Next, Some(position)) => ask.position = Some(position),
            (Then::Leg(_), _) => {
                run.taker.begin();
                run.measure.begin(run.tally.fetched);
                ask = run.question(ask.form).await?;
            }
            _ => break,
        }
        page = match run.page(credentials, &ask).await? {
            Some(page) => page,
            None => return run.cancel(progress).await,
        };
    }
    run.finish(&before, depth, floor).await?;
    Ok(run.tally)
}

/// From when on a message that was not here before is news to people; older ones are history. `None` while history is
/// first fetched.
pub(super) fn news_from(cursor: &Cursor) -> Option<Timestamp> {
    let synced = cursor.synced_at?;
    // above a gap that was left by a run that broke off, everything is news
    let Some(known) = cursor.coverage.spans().last() else {
        // nothing was there when it was looked at: what has come since then is the number's first
        return Some(back(synced, CLOCKS));
    };
    let late = back(known.newest, LONG_BACK);
    Some(if cursor.coverage.reaches_beginning() { late } else { late.max(known.oldest) })
}

/// How far back to look again.
pub(super) async fn floor(
    context: &Context,
    number: &Address,
    cursor: &Cursor,
    depth: Depth,
) -> Result<Option<Timestamp>, StoreError> {
    let Some(top) = cursor.coverage.top() else { return Ok(None) };
    if depth == Depth::Quick {
        return Ok(Some(back(top.newest, QUICK_BACK)));
    }
    let now = context.now();
    let awaited = context.store.undelivered_since(number.clone(), back(now, FOLLOWED)).await?;
    // a look that broke off has moved the top, and not looked back as far as it meant to
    let looked = cursor.synced_at.map_or(top.newest, |synced| top.newest.min(synced));
    let floor = back(looked, LONG_BACK);
    // an hour, because the row has the time of this machine's clock until history is matched with it
    Ok(Some(awaited.map_or(floor, |at| floor.min(back(at, SignedDuration::from_hours(1))))))
}

fn back(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(at)
}

/// A number without a single message may be one whose filter was misunderstood; that is tried now and then.
fn may_be_another_form(context: &Context, cursor: &Cursor) -> bool {
    cursor.synced_at.is_none_or(|tried| context.now().duration_since(tried) >= OTHER_FORMS_AFTER)
}

/// The way of writing a number that this service's filter understood before.
async fn remembered_form(context: &Context) -> Result<NumberForm, StoreError> {
    let routes = context.store.routes(context.config.account.base_url.as_str()).await?;
    let form = routes.iter().find(|(operation, _)| operation == FORM).map(|(_, form)| form.as_str());
    Ok(match form {
        Some("national") => NumberForm::National,
        Some("any") => NumberForm::Any,
        _ => NumberForm::E164,
    })
}

const FORM: &str = "number form";

struct Run<'a> {
    context: &'a Context,
    number: &'a Address,
    taker: Taker<'a>,
    news_from: Option<Timestamp>,
    looked: Option<Timestamp>,
    walk: Walk,
    tally: Tally,
    measure: Measure,
    /// Records that the present series of pages passes over, where its road does so.
    skipped: u64,
}

impl Run<'_> {
    /// The question that the walk's present series of pages begins with.
    async fn question(&mut self, form: NumberForm) -> Result<HistoryAsk, StoreError> {
        let ask = self.walk.ask();
        self.skipped = self.skip(&ask).await?;
        Ok(HistoryAsk {
            number: self.number.clone(),
            form,
            since: ask.since,
            until: ask.until(),
            skip: self.skipped,
            position: None,
            page_size: ask.page_size,
        })
    }

    /// Where a road has no filter by time, so many records are passed over: a little fewer than there are here.
    async fn skip(&self, ask: &Ask) -> Result<u64, StoreError> {
        let here = async |than| self.context.store.count_since(self.number.clone(), than).await;
        Ok(match ask.aim {
            Aim::Newest { skip } => skip,
            Aim::Older(than) => here(than).await?.saturating_mul(49) / 50,
            Aim::Halfway(than) => here(than).await? / 2,
        })
    }

    /// An empty first answer may mean that the filter compares texts: ask again with the number written otherwise.
    async fn other_forms(
        &self,
        credentials: &Credentials,
        ask: &HistoryAsk,
        empty: HistoryPage,
    ) -> Result<(NumberForm, HistoryPage), HistoryError> {
        let Context { store, client, config, .. } = self.context;
        for (form, name) in [(NumberForm::National, "national"), (NumberForm::Any, "any")] {
            let other = HistoryAsk { form, ..ask.clone() };
            let Ok(page) = client.history(credentials, &other).await else { continue };
            let mine = |record: &Record| self.taker.incoming(record, self.number, page.road).is_some();
            if page.records.iter().any(mine) {
                store.remember_route(config.account.base_url.as_str(), FORM, name).await?;
                return Ok((form, page));
            }
        }
        Ok((ask.form, empty))
    }

    /// The next page; `None` where nobody wants it any more. One that is on its way is waited for a moment.
    async fn page(&self, credentials: &Credentials, ask: &HistoryAsk) -> Result<Option<HistoryPage>, HistoryError> {
        if self.context.is_cancelled() {
            return Ok(None);
        }
        tokio::select! {
            page = self.context.client.history(credentials, ask) => Ok(Some(page?)),
            () = self.context.cancelled_since(PATIENCE) => Ok(None),
        }
    }

    /// Ends the run between two pages. What was still to come is told and not gone on with unasked.
    async fn cancel(mut self, mut progress: impl FnMut(&Tally) + Send) -> Result<Tally, HistoryError> {
        self.tally.left = self.walk.stop();
        self.save().await?;
        progress(&self.tally);
        Err(HistoryError::Cancelled)
    }

    /// Puts a page into the cache, with how far it goes; says what comes next.
    async fn take(&mut self, page: HistoryPage) -> Result<(Option<api::Position>, Then), StoreError> {
        let times = page.records.iter().map(|record| record.at).collect();
        let (received, unreadable) = (page.received, page.unreadable);
        let (rest, position) = Rest::of(page.more);
        let fresh = self.taker.fresh(page.records);
        let incoming = |record: &Record| self.taker.incoming(record, self.number, page.road);
        let batch: Vec<_> = fresh.iter().filter_map(incoming).collect();
        let own = batch.iter().map(|incoming| incoming.at).collect();
        self.tally.unreadable += unreadable as u64;
        self.tally.total = page.total.or(self.tally.total);
        self.tally.fetched += batch.len() as u64;
        let skipped = if page.road == Road::Journal { 0 } else { self.skipped };
        self.tally.expected = self.measure.page(self.walk.wanted(), received as u64, page.total, skipped);
        let found = self.taker.store(batch, self.news_from, self.looked).await?;
        self.tally.new += found.len() as u64;
        self.tally.found.extend(found);
        let then = self.walk.take(&Page {
            times,
            own,
            received,
            fresh: fresh.len() + unreadable,
            rest,
            capacity: self.context.page_capacity(received),
            now: self.taker.service_now(),
        });
        self.tally.complete = self.walk.cursor.coverage.is_complete();
        self.save().await?;
        Ok((position, then))
    }

    async fn save(&self) -> Result<(), StoreError> {
        self.context.store.set_cursor(self.number.clone(), self.walk.cursor.clone()).await
    }

    /// The run came to its end.
    async fn finish(&mut self, before: &Cursor, depth: Depth, floor: Option<Timestamp>) -> Result<(), StoreError> {
        if !self.walk.is_from_top() {
            return self.save().await;
        }
        let now = self.context.now();
        let cursor = &mut self.walk.cursor;
        cursor.synced_at = Some(now);
        if depth == Depth::Long {
            cursor.checked_at = Some(now);
        }
        // a number that had nothing when it was looked at first has its first messages now
        if (before.synced_at.is_none() || before.coverage.top().is_none())
            && let Some(top) = cursor.coverage.top()
        {
            let since = back(top.newest, UNANSWERED);
            self.context.store.mark_unanswered(self.number.clone(), since).await?;
        }
        if self.walk.is_whole() {
            looked(&self.context.store, self.number, floor, self.taker.service_offset(), now).await?;
        }
        self.save().await
    }
}

/// Tells the cache that history was looked through: an unconfirmed message of that time that is still not matched is
/// not there.
pub(super) async fn looked(
    store: &Store,
    number: &Address,
    floor: Option<Timestamp>,
    offset: SignedDuration,
    now: Timestamp,
) -> Result<(), StoreError> {
    let from = floor.map_or(Timestamp::MIN, |floor| floor.saturating_sub(offset).unwrap_or(floor));
    for id in store.looked(number.clone(), from, back(now, SHOWN_AFTER)).await? {
        tracing::info!(message = id.0, "history does not show an unconfirmed message");
    }
    Ok(())
}

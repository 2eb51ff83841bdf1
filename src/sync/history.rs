//! How much history to fetch, how far back to look again, and what came of it.

use jiff::{SignedDuration, Timestamp};

use super::context::Context;
use crate::api;
use crate::model::Address;
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
    /// The account has older messages, or may have, that could not be reached with a sensible number of requests.
    pub unreached: bool,
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
    /// Pages of other numbers came in the place of those that were asked for.
    #[error(
        "MightyCall sent {pages} pages ({records} records) in a row without a message of this number, as if it did not heed \
         which number it was asked for; stopped there, and what has come is kept. `mctui sync --full` goes on through all of \
         them; `mctui doctor` says whether the key sees the number"
    )]
    Foreign {
        /// So many pages.
        pages: u32,
        /// With so many records.
        records: u64,
    },
    /// A panic.
    #[error("a fault in mctui stopped it; what has come is kept, and the log names the place")]
    Fault,
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
        return Ok(Some(back(believable(context, top.newest), QUICK_BACK)));
    }
    let now = context.now();
    let awaited = context.store.undelivered_since(number.clone(), back(now, FOLLOWED)).await?;
    // a look that broke off has moved the top, and not looked back as far as it meant to
    let newest = believable(context, top.newest);
    let looked = cursor.synced_at.map_or(newest, |synced| newest.min(synced));
    let floor = back(looked, LONG_BACK);
    // an hour, because the row has the time of this machine's clock until history is matched with it
    Ok(Some(awaited.map_or(floor, |at| floor.min(back(at, SignedDuration::from_hours(1))))))
}

/// The newest known time, unless it is one of years ahead, which must not keep a look from what comes today.
fn believable(context: &Context, newest: Timestamp) -> Timestamp {
    match context.service_now() {
        Some(now) if newest.duration_since(now) > LONG_BACK => now,
        _ => newest,
    }
}

/// So long before a time, or as far back as there are times.
pub(super) fn back(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(at)
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

//! One look over all numbers that the same credentials read, instead of one each.
//!
//! That history asked for without a number shows every number is nowhere promised. So a number counts as covered only
//! where such a look was seen to show it, and is looked at alone now and then all the same: what that finds and the look
//! at the whole account left out ends the trust.

use jiff::Timestamp;

use super::Extent;
use super::context::Context;
use super::history::{Depth, HistoryError, Tally, floor, looked, news_from};
use super::intake::Taker;
use super::walk::{Page, Rest, Then, Walk, is_ascending};
use crate::api::{Credentials, HistoryAsk, NumberForm, Record};
use crate::model::{Address, Coverage, Span};
use crate::store::{AccountView, Cursor, Incoming};

/// A number in a look at the whole account.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) number: Address,
    /// What was known before.
    pub(super) cursor: Cursor,
    /// What the look brought of it.
    pub(super) tally: Tally,
    /// It was shown.
    pub(super) seen: bool,
}

impl Member {
    pub(super) fn new(number: Address, cursor: Cursor) -> Self {
        Self { number, cursor, tally: Tally::default(), seen: false }
    }

    /// Whether looks at the whole account are known to show it.
    pub(super) fn is_trusted(&self) -> bool {
        self.cursor.account == AccountView::Seen
    }
}

/// Looks at what is new in the whole account; gives back the stretch that it has seen without a gap. What it found is in
/// the cache, and the cursors of the members that it shows are moved.
pub(super) async fn look(
    context: &Context,
    credentials: &Credentials,
    members: &mut [Member],
    depth: Depth,
) -> Result<Option<Span>, HistoryError> {
    let mut back: Option<Timestamp> = None;
    let mut newest: Option<Timestamp> = None;
    for member in members.iter().filter(|member| member.is_trusted() || depth == Depth::Long) {
        let floor = floor(context, &member.number, &member.cursor, depth).await?;
        // what has been quiet for long is no reason to look back that far
        if member.is_trusted() || back.is_none() {
            back = [back, floor].into_iter().flatten().min();
        }
        let top = member.cursor.coverage.top().map(|top| top.newest);
        newest = if member.is_trusted() { [newest, top].into_iter().flatten().min() } else { newest };
    }
    let (Some(back), Some(first)) = (back, members.first()) else { return Ok(None) };
    let newest = newest.unwrap_or(back);
    let known = Span { oldest: back, newest: newest.max(back) };
    let cursor = Cursor { coverage: Coverage::new([known], false), ..Cursor::default() };
    let mut walk = Walk::new(cursor, Extent::New(0), Some(back), depth == Depth::Quick);
    let mut taker = Taker::new(context, depth);
    let to_prove = depth == Depth::Long && members.iter().any(|member| !member.is_trusted());
    let mut ask = HistoryAsk {
        number: first.number.clone(),
        form: NumberForm::Any,
        // a number that was quiet for long shows only further back; that costs no further request
        since: walk.ask().since.filter(|_| !to_prove),
        until: None,
        skip: 0,
        position: None,
        page_size: walk.ask().page_size,
    };
    loop {
        let page = context.client.history(credentials, &ask).await?;
        let times: Vec<_> = page.records.iter().map(|record| record.at).collect();
        if is_ascending(&times) && times.first().is_some_and(|&first| first < back) {
            // a list that runs from old to new, and knows no time: each number alone costs less
            for member in members.iter_mut() {
                member.cursor.account = AccountView::Partial;
            }
            let cursors = members.iter().map(|member| (member.number.clone(), member.cursor.clone()));
            context.store.set_cursors(cursors.collect()).await?;
            return Ok(None);
        }
        let (rest, position) = Rest::of(page.more);
        let fresh = taker.fresh(page.records);
        let mut own = Vec::new();
        for member in members.iter_mut() {
            let says = |record: &&Record| names(record, &member.number);
            let incoming = |record: &Record| taker.incoming(record, &member.number, page.road);
            let mut batch: Vec<Incoming> = fresh.iter().filter(says).filter_map(incoming).collect();
            own.extend(batch.iter().map(|incoming| incoming.at));
            member.seen |= !batch.is_empty();
            // what is older proves that the number is shown; it is for a look at that number to bring without a gap
            batch.retain(|incoming| incoming.at >= back);
            member.tally.fetched += batch.len() as u64;
            member.tally.new +=
                taker.store(batch, news_from(&member.cursor), member.cursor.synced_at).await?.len() as u64;
        }
        let then = walk.take(&Page {
            times,
            own,
            received: page.received,
            fresh: fresh.len() + page.unreadable,
            rest,
            capacity: context.page_capacity(page.received),
            now: taker.service_now(),
        });
        match (then, position) {
            (Then::Next, Some(position)) => ask.position = Some(position),
            _ => break,
        }
    }
    let span = walk.cursor.coverage.top().filter(|top| top.oldest <= back);
    if let Some(span) = span {
        finish(context, members, span, &taker).await?;
    }
    Ok(span)
}

/// Whether a record itself says that it is this number's.
fn names(record: &Record, number: &Address) -> bool {
    let mut sides = record.from.iter().chain(&record.to).map(|party| &party.address);
    record.business.as_ref().map_or_else(|| sides.any(|side| side == number), |business| business == number)
}

async fn finish(context: &Context, members: &mut [Member], span: Span, taker: &Taker<'_>) -> Result<(), HistoryError> {
    let now = context.now();
    let mut moved = Vec::new();
    for member in members.iter_mut() {
        member.tally.complete = member.cursor.coverage.is_complete();
        let top = member.cursor.coverage.top().filter(|top| span.oldest <= top.newest);
        if let Some(top) = top.filter(|_| member.is_trusted()) {
            // downwards nothing is added: there would be no record to go on from
            member.cursor.coverage.add(Span { oldest: span.oldest.max(top.oldest), ..span });
            member.cursor.synced_at = Some(now);
            looked(&context.store, &member.number, Some(span.oldest), taker.service_offset(), now).await?;
        } else if member.cursor.account == AccountView::Unknown {
            let newest = member.cursor.coverage.top().map(|top| top.newest);
            let should_show = newest.is_some_and(|at| span.oldest <= at && at <= span.newest);
            member.cursor.account = match (member.seen, should_show) {
                (true, _) => AccountView::Seen,
                (false, true) => AccountView::Partial,
                (false, false) => AccountView::Unknown,
            };
            member.cursor.synced_at = Some(now);
        } else {
            continue;
        }
        moved.push((member.number.clone(), member.cursor.clone()));
    }
    Ok(context.store.set_cursors(moved).await?)
}

//! A page into the cache, and what is known after it.

use jiff::{SignedDuration, Timestamp};

use super::super::history::{self, Depth, HistoryError};
use super::super::member::Member;
use super::super::walk::{Left, Page, Rest, Then};
use super::{Run, Scope};
use crate::api::{self, HistoryPage, Record};
use crate::model::Road;
use crate::store::StoreError;

/// How old an unanswered message may be to count as unread when history is first fetched.
const UNANSWERED: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Run<'_> {
    /// Puts a page into the cache, with how far it goes; says what comes next.
    pub(super) async fn take(&mut self, page: HistoryPage) -> Result<(Option<api::Position>, Then), StoreError> {
        let times: Vec<_> = page.records.iter().map(|record| self.taker.believable(record.at)).collect();
        self.taker.learn_order(&times);
        let (received, unreadable) = (page.received, page.unreadable);
        let others = received.saturating_sub(page.records.len() + unreadable);
        let (rest, position) = Rest::of(page.more);
        let by_time = page.road == Road::Journal;
        self.facts.journal = Some(by_time);
        if !by_time {
            self.backlog.cannot();
        }
        self.backlog.came(&page.records, others + unreadable);
        let fresh = self.taker.fresh(page.records);
        let several = self.members.len() > 1;
        let mut own = Vec::with_capacity(self.active.len());
        for &index in &self.active {
            let member = &mut self.members[index];
            let says = |record: &&Record| !several || names(record, member);
            let incoming = |record: &Record| self.taker.incoming(record, &member.number, page.road);
            let batch: Vec<_> = fresh.iter().filter(says).filter_map(incoming).collect();
            own.push(batch.iter().map(|incoming| incoming.at).collect());
            member.is_seen |= !batch.is_empty() && (!several || self.active.len() > 1);
            if !several {
                member.times.extend(batch.iter().map(|incoming| incoming.at));
            }
            member.tally.fetched += batch.len() as u64;
            let found = self.taker.store(batch, member.news_from, member.before.synced_at).await?;
            member.tally.new += found.len() as u64;
            member.tally.found.extend(found);
        }
        // whose they are cannot be told: they stand with the first
        if let Some(&first) = self.active.first() {
            self.members[first].tally.unreadable += unreadable as u64;
        }
        self.tally.unreadable += unreadable as u64;
        let total = page.total.or(self.backlog.total());
        self.tally.total = total.or(self.tally.total);
        self.tally.fetched = self.members.iter().map(|member| member.tally.fetched).sum();
        self.tally.new = self.members.iter().map(|member| member.tally.new).sum();
        let skipped = if by_time { 0 } else { self.skipped };
        self.tally.expected =
            self.measure.page(self.walk.wanted().times(self.active.len()), received as u64, total, skipped);
        if by_time && rest == Rest::Perhaps && matches!(self.backlog.left(), Left::Records(1..)) {
            self.facts.set_page_cap(self.context, received).await?;
        }
        let then = self.walk.take(&Page {
            times,
            own,
            received,
            // what cannot be read cannot be told from the same again: pages of it alone end the series at some time
            fresh: fresh.len(),
            rest,
            capacity: self.context.page_capacity(received),
            now: self.taker.service_now(),
            by_time,
            short_ends: by_time && self.facts.ends_with(received),
            left: self.backlog.left(),
        });
        self.settle().await?;
        Ok((position, then))
    }

    /// Goes on without the members that have as many as is wanted of them, and without those that were never shown: what
    /// is above is not known of these.
    pub(super) fn narrowed(&mut self) -> Then {
        let enough = self.walk.has_enough();
        if !enough.contains(&true) || enough.len() != self.active.len() {
            return Then::Next;
        }
        let members = &mut *self.members;
        let keep: Vec<bool> =
            self.active.iter().zip(&enough).map(|(&index, enough)| !enough && members[index].is_seen).collect();
        for (&index, keep) in self.active.iter().zip(&keep) {
            if !keep {
                members[index].cursor.owed = 0;
            }
        }
        if !keep.contains(&true) {
            return Then::Done;
        }
        let mut kept = keep.iter();
        self.active.retain(|_| kept.next().copied().unwrap_or(true));
        self.backlog.forget();
        self.walk.narrow(&keep)
    }

    /// What the walk knows is known of each member at hand.
    pub(super) async fn settle(&mut self) -> Result<(), StoreError> {
        for &index in &self.active {
            self.members[index].learn(&self.walk.cursor);
        }
        self.save().await
    }

    pub(super) async fn save(&self) -> Result<(), StoreError> {
        let store = &self.context.store;
        if let (Scope::Conversation { thread, .. }, Some(member)) = (&self.scope, self.members.first()) {
            let whole = member.cursor.coverage.reaches_beginning();
            let spans = member.cursor.coverage.spans();
            for (place, span) in spans.iter().enumerate() {
                store.reach_thread(*thread, *span, whole && place + 1 == spans.len()).await?;
            }
            return Ok(());
        }
        let several = self.members.len() > 1;
        let certain = self.members.iter().filter(|member| !several || member.is_certain());
        let cursors = certain.map(|member| (member.number.clone(), member.cursor.clone()));
        store.set_cursors(cursors.collect()).await
    }

    /// What concerns all members, told of each.
    pub(super) fn share(&mut self) {
        let only = self.members.len() == 1;
        for member in self.members.iter_mut() {
            member.tally.complete = member.cursor.coverage.is_complete();
            member.tally.unreached = self.walk.is_unreached() && !member.tally.complete;
            member.tally.left = self.tally.left;
            if only {
                (member.tally.total, member.tally.expected) = (self.tally.total, self.tally.expected);
            }
        }
        self.tally.complete = self.members.iter().all(|member| member.tally.complete);
    }

    /// The run came to its end.
    pub(super) async fn finish(&mut self, depth: Depth, floor: Option<Timestamp>) -> Result<(), HistoryError> {
        if self.walk.is_from_top() {
            let now = self.context.now();
            let (several, until) = (self.members.len() > 1, self.taker.service_now());
            if depth == Depth::Long {
                self.context.note_looked_back(self.members.iter().map(|member| &member.number));
            }
            for member in self.members.iter_mut() {
                member.looked = Some((floor, until));
                if several && !member.is_certain() {
                    continue;
                }
                let is_first = member.is_new();
                member.cursor.synced_at = Some(now);
                if is_first || depth == Depth::Long && !several {
                    member.cursor.checked_at = Some(now);
                }
                if several {
                    member.judge();
                }
                // a number that had nothing when it was looked at first has its first messages now
                if is_first && let Some(top) = member.cursor.coverage.top() {
                    let since = top.newest.saturating_sub(UNANSWERED).unwrap_or(top.newest);
                    self.context.store.mark_unanswered(member.number.clone(), since).await?;
                }
                if self.walk.is_whole() {
                    let offset = self.taker.service_offset();
                    history::looked(&self.context.store, &member.number, floor, offset, now).await?;
                }
            }
        }
        self.share();
        Ok(self.save().await?)
    }
}

/// Whether a record itself says that it is this number's.
fn names(record: &Record, member: &Member) -> bool {
    let mut sides = record.from.iter().chain(&record.to).map(|party| &party.address);
    let own = &member.number;
    record.business.as_ref().map_or_else(|| sides.any(|side| side == own), |business| business == own)
}

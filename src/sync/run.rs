//! A sync over several numbers: one that fails does not stop the others.

use std::sync::Arc;

use jiff::Timestamp;

use super::context::Context;
use super::fetch::{fetch, has_any};
use super::group::{self, Group};
use super::history::{Depth, Extent, HistoryError, Tally};
use super::member::Member;
use super::memory::counting;
use super::probe;
use crate::api::{self, Credentials, Kind};
use crate::model::{Address, Line};
use crate::store::{AccountView, Cursor, StoreError};

/// What came of one number.
#[derive(Debug)]
pub struct NumberReport {
    /// Which number.
    pub number: Address,
    /// What was fetched, up to an error too.
    pub tally: Tally,
    /// Requests that this number cost. What several numbers cost together stands with the first of them.
    pub requests: u32,
    /// Why it was not finished.
    pub error: Option<Arc<HistoryError>>,
}

impl NumberReport {
    pub(super) fn failed(number: Address, error: HistoryError) -> Self {
        Self { number, tally: Tally::default(), requests: 0, error: Some(Arc::new(error)) }
    }

    /// The service's part of the error, for an exit code or advice.
    pub fn api_error(&self) -> Option<&api::Error> {
        match self.error.as_deref() {
            Some(HistoryError::Api(error)) => Some(error),
            _ => None,
        }
    }

    /// Whether a person wanted no more of it.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.error.as_deref(), Some(HistoryError::Cancelled))
    }
}

/// What came of a sync.
#[derive(Debug, Default)]
pub struct Report {
    /// One for each number asked for, in that order.
    pub numbers: Vec<NumberReport>,
    /// It was cancelled, and [`super::Command::Resume`] goes on with it.
    pub resumable: bool,
}

impl Report {
    pub(super) fn of(number: NumberReport) -> Self {
        Self { numbers: vec![number], resumable: false }
    }

    /// Messages that were not here before.
    pub fn new_messages(&self) -> u64 {
        self.numbers.iter().map(|number| number.tally.new).sum()
    }

    /// Requests made.
    pub fn requests(&self) -> u32 {
        self.numbers.iter().map(|number| number.requests).sum()
    }

    /// The numbers that failed.
    pub fn failures(&self) -> impl Iterator<Item = &NumberReport> {
        self.numbers.iter().filter(|number| number.error.is_some() && !number.is_cancelled())
    }

    /// Whether a person wanted no more of it.
    pub fn is_cancelled(&self) -> bool {
        self.numbers.iter().any(NumberReport::is_cancelled)
    }

    /// How the line to MightyCall is: one number that was read proves it. `None` where nothing was asked.
    pub fn line(&self) -> Option<Line> {
        if self.numbers.iter().any(|number| number.error.is_none()) {
            return Some(Line::Connected);
        }
        match self.failures().find_map(NumberReport::api_error)?.kind() {
            Kind::Unreachable | Kind::TimedOut | Kind::Interrupted => Some(Line::Offline),
            Kind::Unauthorised | Kind::NotConfigured => Some(Line::Refused),
            Kind::OverBudget | Kind::Uncounted => None,
            _ => Some(Line::Failing),
        }
    }

    /// Whether any number's service could be reached at all.
    pub fn reached(&self) -> bool {
        self.numbers.iter().any(|number| match number.api_error().map(api::Error::kind) {
            None => number.error.is_none(),
            Some(kind) => !matches!(
                kind,
                Kind::Unreachable | Kind::TimedOut | Kind::NotConfigured | Kind::OverBudget | Kind::Uncounted
            ),
        })
    }
}

/// Syncs these numbers, because a person or a command asks for it: well back, for what came late. `progress` hears of
/// each page, with the numbers that it is about and what has come of them together.
pub async fn sync(
    context: &Context,
    numbers: &[Address],
    extent: Extent,
    progress: impl FnMut(&[Address], &Tally) + Send,
) -> Report {
    run(context, numbers, extent, Depth::Long, progress).await
}

/// When all numbers were last synced, by whichever process; `None` where one never was.
pub async fn last_synced(context: &Context) -> Result<Option<Timestamp>, StoreError> {
    let mut last = None;
    for number in context.ours() {
        let cursor = context.store.cursor(number).await?;
        let Some(at) = cursor.and_then(|cursor| cursor.synced_at) else { return Ok(None) };
        last = Some(last.map_or(at, |last: Timestamp| last.min(at)));
    }
    Ok(last)
}

/// Looks at what is new, with as few requests as can be; of a number that was never fetched, at most so many messages.
pub async fn look(context: &Context, most: usize, progress: impl FnMut(&[Address], &Tally) + Send) -> Report {
    let extent = Extent::New(most);
    run(context, &context.ours(), extent, Depth::Quick, progress).await
}

async fn run(
    context: &Context,
    numbers: &[Address],
    extent: Extent,
    depth: Depth,
    progress: impl FnMut(&[Address], &Tally) + Send,
) -> Report {
    let (groups, refused) = group::groups(context, numbers, extent).await;
    let mut round = Round { context, extent, depth, progress, stopped: Stopped::default(), done: refused };
    for group in groups {
        round.group(group).await;
    }
    let mut report = Report::default();
    for number in numbers {
        let at = round.done.iter().position(|done| done.number == *number);
        report.numbers.extend(at.map(|at| round.done.swap_remove(at)));
    }
    report
}

/// A sync on its way from group to group.
struct Round<'a, P> {
    context: &'a Context,
    extent: Extent,
    depth: Depth,
    progress: P,
    stopped: Stopped,
    done: Vec<NumberReport>,
}

impl<P: FnMut(&[Address], &Tally) + Send> Round<'_, P> {
    async fn group(&mut self, mut group: Group) {
        if group.members.len() == 1 {
            return self.alone(&group.credentials, group.members.remove(0), 0).await;
        }
        if let Some(error) = self.hindrance(&group.credentials) {
            return self.report(group.members, 0, Some(&error));
        }
        let is_proven = group.is_proven;
        let (outcome, mut cost) = counting(self.fetch(&group.credentials, &mut group.members)).await;
        match outcome {
            Err(error) if is_about_several(&error) && group.members.iter().all(|member| !member.is_seen) => {
                tracing::info!(%error, "the account cannot be asked for several numbers at once");
                for member in group.members {
                    let fresh = Member::new(member.number, member.before);
                    self.apart(&group.credentials, fresh, &error, std::mem::take(&mut cost)).await;
                }
            }
            Err(error) => {
                let error = self.stopped.note(&group.credentials, error);
                self.report(group.members, cost, Some(&error));
            }
            Ok(()) => self.rest_of(&group.credentials, group.members, is_proven, cost).await,
        }
    }

    /// What a question about several numbers leaves to do: those that it did not show, and the one whose turn it is, are
    /// looked at alone.
    async fn rest_of(&mut self, credentials: &Credentials, members: Vec<Member>, is_proven: bool, mut cost: u32) {
        let due = group::due_alone(self.context, &members, self.depth == Depth::Quick);
        for mut member in members {
            let spent = std::mem::take(&mut cost);
            if !member.is_certain() && member.is_new() {
                let (shown, asked) = counting(has_any(self.context, credentials, &member)).await;
                if matches!(shown, Ok(false)) {
                    // there is nothing that it could have left out
                    (member.cursor.synced_at, member.cursor.checked_at) =
                        (Some(self.context.now()), Some(self.context.now()));
                    let member = group::mark(self.context, member, AccountView::Seen).await;
                    self.report(vec![member], spent + asked, None);
                } else {
                    let cursor = Cursor { account: AccountView::Partial, ..Cursor::default() };
                    self.alone(credentials, Member::new(member.number, cursor), spent + asked).await;
                }
                continue;
            }
            // a service that was never asked before may not show each of them to such a question
            let is_new_here = !is_proven && !member.is_seen && !member.is_ruled_out;
            let is_doubtful = !member.is_certain() || is_new_here;
            let is_missed = !member.is_seen && group::is_missed(self.context, &member).await;
            if is_doubtful || is_missed || due.as_ref() == Some(&member.number) {
                self.check(credentials, member, spent).await;
            } else {
                self.report(vec![member], spent, None);
            }
        }
    }

    /// Looks at a number alone that was just asked for with others: what they left out ends the trust in such questions.
    async fn check(&mut self, credentials: &Credentials, seen: Member, cost: u32) {
        // as far back as since it was last looked at alone
        let before = Cursor { synced_at: seen.before.checked_at.or(seen.before.synced_at), ..seen.cursor.clone() };
        let mut member = Member::new(seen.number.clone(), before);
        let (depth, extent) = (Depth::Long, Extent::New(0));
        let job = fetch(self.context, credentials, std::slice::from_mut(&mut member), extent, depth, |_| {});
        let (outcome, asked) = counting(job).await;
        let left_out = |times: &[Timestamp]| times.iter().any(|at| seen.should_have_shown(*at));
        let account = if left_out(&member.tally.found) || !seen.is_seen && left_out(&member.times) {
            tracing::info!(number = %member.number, "questions about several numbers do not show all of this one");
            AccountView::Partial
        } else {
            AccountView::Seen
        };
        let error = match outcome {
            Ok(()) => {
                member = group::mark(self.context, member, account).await;
                None
            }
            Err(error) => Some(self.stopped.note(credentials, error)),
        };
        member.tally = Tally {
            new: seen.tally.new + member.tally.new,
            fetched: seen.tally.fetched + member.tally.new,
            ..member.tally
        };
        self.report(vec![member], cost + asked, error.as_ref());
    }

    /// Asks for a number alone, because the account refused a question about several. From now on so, where it answers.
    async fn apart(&mut self, credentials: &Credentials, member: Member, error: &HistoryError, cost: u32) {
        let number = member.number.clone();
        self.alone(credentials, member, cost).await;
        let answered = self.done.iter().any(|done| done.number == number && done.error.is_none());
        let is_refusal = matches!(error, HistoryError::Api(error) if error.kind() == Kind::Refused);
        if answered
            && is_refusal
            && let Ok(Some(cursor)) = self.context.store.cursor(number.clone()).await
        {
            group::mark(self.context, Member::new(number, cursor), AccountView::Partial).await;
        }
    }

    async fn alone(&mut self, credentials: &Credentials, mut member: Member, cost: u32) {
        if let Some(error) = self.hindrance(credentials) {
            return self.report(vec![member], cost, Some(&error));
        }
        let (outcome, asked) = counting(self.fetch(credentials, std::slice::from_mut(&mut member))).await;
        let error = match outcome {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(number = %member.number, error = ?error, "sync of a number failed");
                Some(self.stopped.note(credentials, error))
            }
        };
        self.report(vec![member], cost + asked, error.as_ref());
    }

    async fn fetch(&mut self, credentials: &Credentials, members: &mut [Member]) -> Result<(), HistoryError> {
        let numbers: Vec<Address> = members.iter().map(|member| member.number.clone()).collect();
        // now and then a quick look goes well back
        let is_due = members.iter().any(|member| group::is_over(self.context, &member.number));
        let depth = if is_due { Depth::Long } else { self.depth };
        let progress = &mut self.progress;
        fetch(self.context, credentials, members, self.extent, depth, |tally| progress(&numbers, tally)).await
    }

    /// Why nothing more is asked with these credentials.
    fn hindrance(&self, credentials: &Credentials) -> Option<Arc<HistoryError>> {
        if self.context.is_cancelled() {
            return Some(Arc::new(HistoryError::Cancelled));
        }
        self.stopped.by(credentials)
    }

    fn report(&mut self, members: Vec<Member>, mut cost: u32, error: Option<&Arc<HistoryError>>) {
        for member in members {
            let mut tally = member.tally;
            if matches!(error.map(Arc::as_ref), Some(HistoryError::Cancelled)) && tally.fetched + tally.left == 0 {
                tally.left = untouched(&member.before, self.extent);
            }
            let (requests, error) = (std::mem::take(&mut cost), error.cloned());
            self.done.push(NumberReport { number: member.number, tally, requests, error });
        }
    }
}

/// What a run that was cancelled before a number's first page leaves of it.
fn untouched(before: &Cursor, extent: Extent) -> u64 {
    let is_empty = before.coverage.top().is_none();
    match extent {
        Extent::More(count) => count as u64,
        Extent::New(count) if is_empty => count as u64,
        _ => 0,
    }
}

/// Whether each number alone may fare better than several did.
fn is_about_several(error: &HistoryError) -> bool {
    match error {
        HistoryError::Api(error) => probe::is_about_several(error),
        // a filter of several numbers may be ignored where one of a single number is not
        HistoryError::Foreign { .. } => true,
        _ => false,
    }
}

/// What would be the same for every number: then it is not tried with each of them.
#[derive(Default)]
struct Stopped {
    everything: Option<Arc<HistoryError>>,
    credentials: Vec<(Credentials, Arc<HistoryError>)>,
}

impl Stopped {
    fn note(&mut self, credentials: &Credentials, error: HistoryError) -> Arc<HistoryError> {
        let error = Arc::new(error);
        if let HistoryError::Api(api) = error.as_ref() {
            match api.kind() {
                Kind::Unreachable | Kind::TimedOut => self.everything = Some(Arc::clone(&error)),
                // nor is there a path for one where there is none for another
                Kind::Unauthorised | Kind::Blocked | Kind::OverBudget | Kind::RateLimited { .. } | Kind::NoPath => {
                    self.credentials.push((credentials.clone(), Arc::clone(&error)));
                }
                _ => {}
            }
        }
        error
    }

    fn by(&self, credentials: &Credentials) -> Option<Arc<HistoryError>> {
        let same = || self.credentials.iter().find(|(other, _)| other == credentials).map(|(_, error)| error);
        self.everything.as_ref().or_else(same).cloned()
    }
}

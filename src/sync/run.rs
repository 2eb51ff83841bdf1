//! A sync over several numbers: one that fails does not stop the others.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::account::{self, Member};
use super::context::Context;
use super::history::{self, Depth, Extent, HistoryError, Tally};
use super::memory::counting;
use crate::api::{self, Credentials, Kind};
use crate::model::{Address, Line, Span};
use crate::store::{AccountView, Cursor, StoreError};

/// What came of one number.
#[derive(Debug)]
pub struct NumberReport {
    /// Which number.
    pub number: Address,
    /// What was fetched, up to an error too.
    pub tally: Tally,
    /// Requests that this number cost.
    pub requests: u32,
    /// Why it was not finished.
    pub error: Option<Arc<HistoryError>>,
}

impl NumberReport {
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
            Kind::OverBudget => None,
            _ => Some(Line::Failing),
        }
    }

    /// Whether any number's service could be reached at all.
    pub fn reached(&self) -> bool {
        self.numbers.iter().any(|number| match number.api_error().map(api::Error::kind) {
            None => number.error.is_none(),
            Some(kind) => !matches!(kind, Kind::Unreachable | Kind::TimedOut | Kind::NotConfigured | Kind::OverBudget),
        })
    }
}

/// A number is looked at alone, well back, at least that often.
const CHECK_EVERY: SignedDuration = SignedDuration::from_mins(20);

/// Syncs these numbers, because a person or a command asks for it: well back, for what came late. `progress` hears of
/// each page.
pub async fn sync(
    context: &Context,
    numbers: &[Address],
    extent: Extent,
    progress: impl FnMut(&Address, &Tally) + Send,
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
pub async fn look(context: &Context, most: usize, progress: impl FnMut(&Address, &Tally) + Send) -> Report {
    let extent = Extent::New(most);
    run(context, &context.ours(), extent, Depth::Quick, progress).await
}

async fn run(
    context: &Context,
    numbers: &[Address],
    extent: Extent,
    depth: Depth,
    mut progress: impl FnMut(&Address, &Tally) + Send,
) -> Report {
    let mut report = Report::default();
    let mut stopped = Stopped::default();
    let mut views = match extent {
        Extent::New(_) if !context.is_cancelled() => whole(context, numbers, depth, &mut stopped).await,
        _ => Vec::new(),
    };
    for number in numbers {
        let view = views.iter_mut().find(|view| view.member.number == *number);
        let (mut tally, mut requests) = match &view {
            Some(view) => (view.member.tally.clone(), view.requests),
            None => (Tally::default(), 0),
        };
        let error = if view.as_ref().is_some_and(|view| view.is_enough) {
            progress(number, &tally);
            None
        } else if context.is_cancelled() {
            Some(Arc::new(HistoryError::Cancelled))
        } else if let Some(error) = stopped.by(context, number) {
            Some(error)
        } else {
            let depth = if is_due(context, number).await { Depth::Long } else { depth };
            let (done, cost) = counting(alone(context, number, extent, depth, |own| {
                tally = own.clone();
                progress(number, own);
            }))
            .await;
            requests += cost;
            match done {
                Ok(own) => {
                    if let Some(view) = view {
                        doubt(context, view, &own).await;
                        tally = Tally { new: own.new + view.member.tally.new, ..own };
                    }
                    None
                }
                Err(HistoryError::Cancelled) => Some(Arc::new(HistoryError::Cancelled)),
                Err(error) => {
                    tracing::warn!(%number, error = ?error, "sync of a number failed");
                    Some(stopped.note(context.credentials(number).ok(), error))
                }
            }
        };
        if matches!(error.as_deref(), Some(HistoryError::Cancelled)) && tally.fetched + tally.left == 0 {
            tally.left = untouched(context, number, extent).await;
        }
        report.numbers.push(NumberReport { number: number.clone(), tally, requests, error });
    }
    report
}

/// What a run that was cancelled before a number's first page leaves of it.
async fn untouched(context: &Context, number: &Address, extent: Extent) -> u64 {
    let cursor = context.store.cursor(number.clone()).await.ok().flatten();
    let is_empty = cursor.is_none_or(|cursor| cursor.coverage.top().is_none());
    match extent {
        Extent::More(count) => count as u64,
        Extent::New(count) if is_empty => count as u64,
        _ => 0,
    }
}

/// What would be the same for every number: then it is not tried with each of them.
#[derive(Default)]
struct Stopped {
    everything: Option<Arc<HistoryError>>,
    credentials: Vec<(Credentials, Arc<HistoryError>)>,
}

impl Stopped {
    fn note(&mut self, credentials: Option<Credentials>, error: HistoryError) -> Arc<HistoryError> {
        let error = Arc::new(error);
        if let HistoryError::Api(api) = error.as_ref() {
            match (api.kind(), credentials) {
                (Kind::Unreachable | Kind::TimedOut, _) => self.everything = Some(Arc::clone(&error)),
                (Kind::Unauthorised | Kind::OverBudget | Kind::RateLimited { .. }, Some(credentials)) => {
                    self.credentials.push((credentials, Arc::clone(&error)));
                }
                _ => {}
            }
        }
        error
    }

    fn by(&self, context: &Context, number: &Address) -> Option<Arc<HistoryError>> {
        let same = || {
            let credentials = context.credentials(number).ok()?;
            self.credentials.iter().find(|(other, _)| *other == credentials).map(|(_, error)| error)
        };
        self.everything.as_ref().or_else(same).cloned()
    }
}

async fn alone(
    context: &Context,
    number: &Address,
    extent: Extent,
    depth: Depth,
    progress: impl FnMut(&Tally) + Send,
) -> Result<Tally, HistoryError> {
    let credentials = context.credentials(number)?;
    history::fetch(context, &credentials, number, extent, depth, progress).await
}

/// What a look at the whole account brought of a number.
struct View {
    member: Member,
    requests: u32,
    span: Option<Span>,
    /// It need not be looked at alone as well.
    is_enough: bool,
}

/// Looks at whole accounts, where several of these numbers are read with the same credentials and that pays.
async fn whole(context: &Context, numbers: &[Address], depth: Depth, stopped: &mut Stopped) -> Vec<View> {
    let mut views = Vec::new();
    for (credentials, mut members) in groups(context, numbers).await {
        let now = context.now();
        // one at a time, so that no look costs much more than another
        let longest = members.iter().filter(|member| is_over(&member.cursor, now));
        let due = longest.min_by_key(|member| member.cursor.checked_at).map(|member| member.number.clone());
        let trusted = members.iter().filter(|member| member.is_trusted()).count();
        if trusted < 2 && depth == Depth::Quick && due.is_none() || members.len() < 2 {
            continue;
        }
        // a number that is due is looked at alone after this: what this has missed shows then
        let depth = if due.is_some() { Depth::Long } else { depth };
        let (done, mut requests) = counting(account::look(context, &credentials, &mut members, depth)).await;
        let span = match done {
            Ok(span) => span,
            Err(error) => {
                tracing::info!(error = ?error, "the account as a whole could not be looked at");
                if is_about_everything(&error) {
                    stopped.note(Some(credentials), error);
                } else {
                    distrust(context, &mut members, &error).await;
                }
                None
            }
        };
        for member in members {
            let shown = member.is_trusted() || trusted >= 2 && member.cursor.account == AccountView::Unknown;
            // the first messages of a number are taken in by a look at it alone, which knows what is news
            let first = member.cursor.coverage.top().is_none() && member.tally.fetched > 0;
            let is_due = due.as_ref() == Some(&member.number);
            let is_enough = span.is_some() && shown && trusted >= 2 && !is_due && !first;
            views.push(View { member, requests: std::mem::take(&mut requests), span, is_enough });
        }
    }
    views
}

/// Numbers that one look could show, by credentials: those that were fetched before and are not known to be left out.
async fn groups(context: &Context, numbers: &[Address]) -> Vec<(Credentials, Vec<Member>)> {
    let mut groups: Vec<(Credentials, Vec<Member>)> = Vec::new();
    for number in numbers {
        let Ok(credentials) = context.credentials(number) else { continue };
        let Ok(Some(cursor)) = context.store.cursor(number.clone()).await else { continue };
        let is_behind = cursor.owed > 0 || cursor.coverage.spans().len() > 1 || cursor.synced_at.is_none();
        if is_behind || cursor.account == AccountView::Partial {
            continue;
        }
        let member = Member::new(number.clone(), cursor);
        match groups.iter_mut().find(|(other, _)| *other == credentials) {
            Some((_, members)) => members.push(member),
            None => groups.push((credentials, vec![member])),
        }
    }
    groups
}

fn is_over(cursor: &Cursor, now: Timestamp) -> bool {
    cursor.checked_at.is_none_or(|at| now.duration_since(at).abs() >= CHECK_EVERY)
}

async fn is_due(context: &Context, number: &Address) -> bool {
    match context.store.cursor(number.clone()).await {
        Ok(Some(cursor)) => is_over(&cursor, context.now()),
        _ => true,
    }
}

/// What no number alone would fare better with.
fn is_about_everything(error: &HistoryError) -> bool {
    match error {
        HistoryError::Api(error) => {
            matches!(error.kind(), Kind::Unreachable | Kind::OverBudget | Kind::RateLimited { .. })
        }
        HistoryError::Store(_) | HistoryError::Cancelled => true,
    }
}

/// The account as a whole cannot be asked for: not tried again, unless that looks like a passing weakness.
async fn distrust(context: &Context, members: &mut [Member], error: &HistoryError) {
    let lasting = match error {
        HistoryError::Api(error) => !matches!(error.kind(), Kind::Server | Kind::Interrupted),
        HistoryError::Store(_) | HistoryError::Cancelled => false,
    };
    for member in members.iter_mut().filter(|_| lasting) {
        mark(context, member, AccountView::Partial).await;
    }
}

/// A number looked at alone had messages that the look at the whole account just before has left out.
async fn doubt(context: &Context, view: &mut View, own: &Tally) {
    let Some(span) = view.span else { return };
    if own.found.iter().any(|&at| span.oldest <= at && at < span.newest) {
        tracing::info!(number = %view.member.number, "the account as a whole does not show all of this number");
        mark(context, &mut view.member, AccountView::Partial).await;
    }
}

async fn mark(context: &Context, member: &mut Member, account: AccountView) {
    let Ok(Some(cursor)) = context.store.cursor(member.number.clone()).await else { return };
    member.cursor = Cursor { account, ..cursor };
    if let Err(why) = context.store.set_cursor(member.number.clone(), member.cursor.clone()).await {
        tracing::warn!(%why, "how a number is looked at could not be remembered");
    }
}

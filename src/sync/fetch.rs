//! Fetching the history of one number, or of several that are read together: page by page from the newest, into the
//! cache, until what is wanted is here.

mod page;

use std::time::Duration;

use jiff::Timestamp;

use super::account_facts::{AccountFacts, Objection, objection};
use super::backlog::Backlog;
use super::context::Context;
use super::history::{self, Depth, Extent, HistoryError, Tally};
use super::intake::Taker;
use super::measure::Measure;
use super::member::{Member, merged};
use super::walk::{Aim, Ask, Foreign, Left, Then, Walk};
use crate::api::{Credentials, HistoryAsk, HistoryPage, More, NumberForm};
use crate::model::{Address, ThreadId};
use crate::store::StoreError;

/// How long a page that is on its way is waited for when a person cancels.
const PATIENCE: Duration = Duration::from_secs(2);
/// The ways to write numbers in a filter, the most likely first.
const FORMS: [NumberForm; 4] = [NumberForm::Digits, NumberForm::Any, NumberForm::E164, NumberForm::National];

/// Fetches the history of these numbers, which the same credentials read. Each page, and how far it goes, is in the cache
/// before the next is asked for: the next run resumes one that was cut off. The members hold what came, up to an
/// error too.
pub(super) async fn fetch(
    context: &Context,
    credentials: &Credentials,
    members: &mut [Member],
    extent: Extent,
    depth: Depth,
    mut progress: impl FnMut(&Tally) + Send,
) -> Result<(), HistoryError> {
    let mut floor = None;
    for member in members.iter() {
        let own = history::floor(context, &member.number, &member.before, depth).await?;
        floor = [floor, own].into_iter().flatten().min();
    }
    let mut run = Run::new(context, credentials, members, extent, floor, depth, Scope::Numbers).await?;
    // large, and beside it little is
    Box::pin(run.whole(&mut progress)).await?;
    run.finish(depth, floor).await?;
    run.heeded()
}

/// Fetches a limited number of older messages of one conversation, below the part that is stored without a gap. The
/// member holds what is known of that conversation.
pub(super) async fn older(
    context: &Context,
    credentials: &Credentials,
    member: &mut Member,
    (thread, contact): (ThreadId, Address),
    count: usize,
    mut progress: impl FnMut(&Tally) + Send,
) -> Result<(), HistoryError> {
    let (members, extent) = (std::slice::from_mut(member), Extent::More(count));
    let scope = Scope::Conversation { thread, contact };
    let mut run = Run::new(context, credentials, members, extent, None, Depth::Long, scope).await?;
    // large, and beside it little is
    Box::pin(run.whole(&mut progress)).await?;
    run.share();
    run.save().await?;
    run.heeded()
}

/// What a run is about.
#[derive(Debug, Clone)]
enum Scope {
    /// All conversations of the members.
    Numbers,
    /// One conversation of the only member.
    Conversation {
        /// Its row.
        thread: ThreadId,
        /// The other party.
        contact: Address,
    },
}

impl Scope {
    fn contact(&self) -> Option<Address> {
        match self {
            Self::Numbers => None,
            Self::Conversation { contact, .. } => Some(contact.clone()),
        }
    }
}

struct Run<'a> {
    context: &'a Context,
    credentials: &'a Credentials,
    members: &'a mut [Member],
    scope: Scope,
    /// Those that the present series is about.
    active: Vec<usize>,
    taker: Taker<'a>,
    walk: Walk,
    /// What came of all members together.
    tally: Tally,
    measure: Measure,
    backlog: Backlog,
    facts: AccountFacts,
    form: NumberForm,
    /// Records that the present series of pages passes over, where its road does so.
    skipped: u64,
    is_first_page: bool,
    /// Forms of the numbers that were refused after the usual one.
    forms_tried: usize,
}

impl<'a> Run<'a> {
    async fn new(
        context: &'a Context,
        credentials: &'a Credentials,
        members: &'a mut [Member],
        extent: Extent,
        floor: Option<Timestamp>,
        depth: Depth,
        scope: Scope,
    ) -> Result<Self, HistoryError> {
        let facts = AccountFacts::load(context, credentials.scheme_name()).await?;
        let taker = Taker::new(context, depth);
        let longest = facts.longest.filter(|_| facts.journal != Some(false));
        let limits = (longest, taker.service_now());
        Ok(Self {
            context,
            credentials,
            walk: Walk::new(merged(members), extent, floor, depth == Depth::Quick, limits),
            active: (0..members.len()).collect(),
            form: facts.form_for(members.len()),
            backlog: Backlog::new(facts.counts, facts.longest_count),
            members,
            scope,
            taker,
            tally: Tally::default(),
            measure: Measure::default(),
            facts,
            skipped: 0,
            is_first_page: true,
            forms_tried: 0,
        })
    }

    /// An error where the account did not heed which numbers it was asked for.
    fn heeded(&self) -> Result<(), HistoryError> {
        match self.walk.foreign() {
            Some(Foreign { pages, records }) => Err(HistoryError::Foreign { pages, records }),
            None => Ok(()),
        }
    }

    /// Fetches to the end. When a person cancels it, reports what was not fetched and does not resume it until asked.
    async fn whole(&mut self, progress: &mut (impl FnMut(&Tally) + Send)) -> Result<(), HistoryError> {
        let done = self.go(progress).await;
        if matches!(done, Err(HistoryError::Cancelled)) {
            self.tally.left = self.walk.stop();
            for member in self.members.iter_mut() {
                member.cursor.owed = 0;
            }
            self.save().await?;
            self.share();
            progress(&self.tally);
        }
        done
    }

    async fn go(&mut self, progress: &mut (impl FnMut(&Tally) + Send)) -> Result<(), HistoryError> {
        let mut ask = self.begin().await?;
        loop {
            let page = match self.page(&ask).await {
                Ok(page) => page,
                Err(error) if ask.position.is_none() => {
                    ask = self.otherwise(error, ask).await?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let page = if self.is_first_page { self.first(&mut ask, page).await? } else { page };
            let (position, mut then) = self.take(page).await?;
            self.share();
            progress(&self.tally);
            if let Then::Count(at) = then {
                let below = self.backlog.below(self.context, self.credentials, &self.question(at), at).await?;
                self.learn_of_counts().await?;
                then = self.walk.counted(below);
                self.settle().await?;
                progress(&self.tally);
            }
            if then == Then::Next {
                then = self.narrowed();
            }
            match (then, position) {
                (Then::Next, Some(position)) => ask.position = Some(position),
                (Then::Leg(_), _) => ask = self.begin().await?,
                _ => return Ok(()),
            }
        }
    }

    /// The question that the walk's present series of pages begins with.
    async fn begin(&mut self) -> Result<HistoryAsk, HistoryError> {
        self.taker.begin();
        self.measure.begin(self.tally.fetched);
        let ask = self.walk.ask();
        self.skipped = self.skip(&ask).await?;
        let ask = HistoryAsk {
            numbers: self.active.iter().map(|&member| self.members[member].number.clone()).collect(),
            form: self.form,
            contact: self.scope.contact(),
            since: ask.since,
            until: ask.until(),
            skip: self.skipped,
            position: None,
            page_size: ask.page_size,
        };
        if self.walk.is_deep() && self.facts.journal != Some(false) {
            self.backlog.count(self.context, self.credentials, &ask, self.taker.service_now()).await?;
            self.learn_of_counts().await?;
            self.walk.set_now(self.taker.service_now());
            if self.backlog.is_cut()
                && let Some(shorter) = self.walk.limit(self.backlog.longest())
            {
                // what is cut short for the count is cut short for the list
                return Ok(HistoryAsk { since: shorter.since, until: shorter.until(), ..ask });
            }
        }
        Ok(ask)
    }

    /// Remembers what counting has shown of the account.
    async fn learn_of_counts(&mut self) -> Result<(), StoreError> {
        if !self.backlog.can_count() && self.facts.counts {
            self.facts.lacks_counts(self.context).await?;
        }
        self.facts.set_longest_count(self.context, self.backlog.longest()).await
    }

    /// A question about the members at hand, for a count.
    fn question(&self, until: Timestamp) -> HistoryAsk {
        HistoryAsk {
            numbers: self.active.iter().map(|&member| self.members[member].number.clone()).collect(),
            form: self.form,
            contact: self.scope.contact(),
            since: None,
            until: Some(until),
            skip: 0,
            position: None,
            page_size: 1,
        }
    }

    /// Where a road has no filter by time, so many records are passed over: a little fewer than there are here.
    async fn skip(&self, ask: &Ask) -> Result<u64, StoreError> {
        let [only] = self.active.as_slice() else { return Ok(0) };
        let number = &self.members[*only].number;
        let here = async |than| self.context.store.count_since(number.clone(), than).await;
        Ok(match ask.aim {
            Aim::Newest { skip } => skip,
            Aim::Older(than) => here(than).await?.saturating_mul(49) / 50,
            Aim::Halfway(than) => here(than).await? / 2,
        })
    }

    /// The next page. One that is on its way is waited for a moment where nobody wants it any more.
    async fn page(&self, ask: &HistoryAsk) -> Result<HistoryPage, HistoryError> {
        if self.context.is_cancelled() {
            return Err(HistoryError::Cancelled);
        }
        tokio::select! {
            page = self.context.client.history(self.credentials, ask) => Ok(page?),
            () = self.context.cancelled_since(PATIENCE) => Err(HistoryError::Cancelled),
        }
    }

    /// The account refused a question: the same in a shorter window, or with the numbers written otherwise; the error
    /// where neither is left.
    async fn otherwise(&mut self, error: HistoryError, ask: HistoryAsk) -> Result<HistoryAsk, HistoryError> {
        let HistoryError::Api(refusal) = &error else { return Err(error) };
        let about = objection(refusal);
        self.walk.set_now(self.taker.service_now());
        let may_be_form = self.is_first_page && matches!(about, Objection::Numbers | Objection::Unclear);
        if may_be_form && let Some(form) = self.untried_form() {
            self.form = form;
            self.backlog.forget();
            return Ok(HistoryAsk { form, ..ask });
        }
        if matches!(about, Objection::Window | Objection::Unclear) && self.walk.refused().is_some() {
            (self.form, self.forms_tried) = (self.facts.form_for(self.members.len()), FORMS.len());
            return self.begin().await;
        }
        Err(error)
    }

    /// The next form of the numbers that was not tried in this run.
    fn untried_form(&mut self) -> Option<NumberForm> {
        let usual = self.facts.form_for(self.members.len());
        let form = FORMS.into_iter().filter(|form| *form != usual).nth(self.forms_tried)?;
        self.forms_tried += 1;
        Some(form)
    }

    /// The first page of a run. One without a single record, by a form that never showed any, may mean that the filter
    /// compares texts: asked again with the numbers written otherwise.
    async fn first(&mut self, ask: &mut HistoryAsk, page: HistoryPage) -> Result<HistoryPage, HistoryError> {
        self.is_first_page = false;
        let mut page = page;
        let several = self.members.len();
        let is_doubtful = page.received == 0 && !self.facts.is_proven(several);
        if is_doubtful && self.facts.may_try_forms(self.context.now()) {
            for form in FORMS.into_iter().filter(|form| *form != ask.form) {
                let other = HistoryAsk { form, ..ask.clone() };
                let Ok(answer) = self.context.client.history(self.credentials, &other).await else { continue };
                // a part of history that is shown for the whole is no proof
                let is_counted = matches!(self.backlog.left(), Left::Records(0) | Left::Uncounted);
                let is_whole = ask.since.is_none() && !matches!(answer.more, More::Yes(_));
                let is_all = form == NumberForm::Any && is_whole && is_counted;
                if self.members.iter().any(|member| self.shows(&answer, member)) {
                    (self.form, ask.form) = (form, form);
                    page = answer;
                    self.backlog.forget();
                    break;
                }
                if is_all {
                    // nothing of ours in all that there is
                    self.members.iter_mut().for_each(|member| member.is_ruled_out = true);
                }
                if form == NumberForm::Any {
                    // a question without any filter is as good as it gets
                    break;
                }
            }
            if page.received == 0 {
                self.facts.tried_forms(self.context).await?;
            }
        }
        if page.received > 0 {
            self.facts.set_form(self.context, several, self.form).await?;
        }
        self.facts.set_longest(self.context, self.walk.longest()).await?;
        Ok(page)
    }

    fn shows(&self, page: &HistoryPage, member: &Member) -> bool {
        page.records.iter().any(|record| self.taker.incoming(record, &member.number, page.road).is_some())
    }
}

/// Whether the account's history has anything at all of a number that a question about several did not show: one
/// record, asked for by itself. In doubt it may have.
pub(super) async fn has_any(
    context: &Context,
    credentials: &Credentials,
    member: &Member,
) -> Result<bool, HistoryError> {
    let facts = AccountFacts::load(context, credentials.scheme_name()).await?;
    if facts.longest.is_some() {
        // one question cannot tell
        return Ok(true);
    }
    let ask = HistoryAsk {
        numbers: vec![member.number.clone()],
        form: facts.form,
        contact: None,
        since: None,
        until: None,
        skip: 0,
        position: None,
        page_size: 1,
    };
    Ok(Box::pin(context.client.history(credentials, &ask)).await?.received > 0)
}

//! Which numbers are asked for together: those that the same credentials read, and whose history is known alike.
//!
//! One question about several numbers is what MightyCall describes (`mightycall-api.md`, section 7), and not what every
//! account need answer. So a number that such a question was seen to leave out is asked for by itself, and each is looked
//! at alone now and then: what that finds and the others left out ends the trust.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::account_facts::AccountFacts;
use super::context::Context;
use super::history::Extent;
use super::member::Member;
use super::run::NumberReport;
use crate::api::Credentials;
use crate::model::Address;
use crate::store::{AccountView, Cursor};

/// A look goes well back at least that often.
const LONG_EVERY: SignedDuration = SignedDuration::from_mins(20);
/// A number is looked at alone that often.
const ALONE_EVERY: SignedDuration = SignedDuration::from_hours(6);
/// A number that should have been shown and was not is looked at alone that often: staff may have deleted its newest
/// message at MightyCall.
const MISSED_EVERY: SignedDuration = SignedDuration::from_mins(30);
/// How long a program runs before its quick looks do more than they must.
const SETTLED: Duration = Duration::from_mins(5);

/// Numbers for one question.
pub(super) struct Group {
    pub(super) credentials: Credentials,
    pub(super) members: Vec<Member>,
    /// This service was seen to answer a question about several numbers.
    pub(super) is_proven: bool,
}

/// The questions that these numbers make, in their order, and the reports of those that have no credentials.
pub(super) async fn groups(context: &Context, numbers: &[Address], extent: Extent) -> (Vec<Group>, Vec<NumberReport>) {
    let mut groups: Vec<(Option<Likeness>, Group)> = Vec::new();
    let mut refused = Vec::new();
    for number in numbers {
        let credentials = match context.credentials(number) {
            Ok(credentials) => credentials,
            Err(error) => {
                refused.push(NumberReport::failed(number.clone(), error.into()));
                continue;
            }
        };
        let cursor = match context.store.cursor(number.clone()).await {
            Ok(cursor) => cursor.unwrap_or_default(),
            Err(error) => {
                refused.push(NumberReport::failed(number.clone(), error.into()));
                continue;
            }
        };
        let (takes_several, is_proven) = match AccountFacts::load(context, credentials.scheme_name()).await {
            Ok(facts) => (facts.journal != Some(false), facts.is_proven(2)),
            Err(_) => (false, false),
        };
        let alike = (takes_several && cursor.account != AccountView::Partial).then(|| Likeness::of(&cursor, extent));
        let member = Member::new(number.clone(), cursor);
        let fits = |(other, group): &&mut (Option<Likeness>, Group)| {
            alike.is_some() && *other == alike && group.credentials == credentials
        };
        match groups.iter_mut().find(fits) {
            Some((_, group)) => group.members.push(member),
            None => groups.push((alike, Group { credentials, members: vec![member], is_proven })),
        }
    }
    (groups.into_iter().map(|(_, group)| group).collect(), refused)
}

/// What must be the same of numbers that are asked for together, or one would bring again what another lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Likeness {
    is_known: bool,
    is_behind: bool,
    reaches_beginning: bool,
}

impl Likeness {
    fn of(cursor: &Cursor, extent: Extent) -> Self {
        let is_known = cursor.coverage.top().is_some();
        let is_behind = cursor.owed > 0 || cursor.coverage.spans().len() > 1;
        // what is new is above all that is known, however far that reaches
        let is_deep = !matches!(extent, Extent::New(_)) || is_behind;
        Self { is_known, is_behind, reaches_beginning: is_deep && cursor.coverage.reaches_beginning() }
    }
}

/// Whether a look at this number should go well back.
pub(super) fn is_over(context: &Context, number: &Address) -> bool {
    context.looked_back(number).is_none_or(|at| context.now().duration_since(at).abs() >= LONG_EVERY)
}

/// The number whose turn it is to be looked at alone: one at a time, so that no look costs much more than another.
/// `quick`: not in the first minutes of a program, in which somebody waits for texts.
pub(super) fn due_alone(context: &Context, members: &[Member], quick: bool) -> Option<Address> {
    if quick && context.running_for() < SETTLED {
        return None;
    }
    let now = context.now();
    let is_due = |member: &&Member| is_older(member.cursor.checked_at, ALONE_EVERY, now);
    let longest = members.iter().filter(is_due).min_by_key(|member| member.cursor.checked_at);
    longest.map(|member| member.number.clone())
}

/// Whether a number that a question about several did not show should have been in it, by what is here of it.
pub(super) async fn is_missed(context: &Context, member: &Member) -> bool {
    if !is_older(member.before.checked_at, MISSED_EVERY, context.now()) {
        return false;
    }
    match context.store.newest_record(member.number.clone()).await {
        Ok(newest) => newest.is_some_and(|at| member.should_have_shown(at)),
        Err(_) => false,
    }
}

fn is_older(at: Option<Timestamp>, than: SignedDuration, now: Timestamp) -> bool {
    at.is_none_or(|at| now.duration_since(at).abs() >= than)
}

/// Remembers whether questions about several numbers show this one.
pub(super) async fn mark(context: &Context, mut member: Member, account: AccountView) -> Member {
    (member.before.account, member.cursor.account) = (account, account);
    keep(context, member).await
}

/// Remembers what is known of this number.
pub(super) async fn keep(context: &Context, member: Member) -> Member {
    if let Err(why) = context.store.set_cursor(member.number.clone(), member.cursor.clone()).await {
        tracing::warn!(%why, "how a number is looked at could not be remembered");
    }
    member
}

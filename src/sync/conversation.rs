//! Older messages of one conversation, without those of the other conversations on its number.

use super::account_facts::AccountFacts;
use super::context::Context;
use super::fetch::older;
use super::history::{Extent, HistoryError, Tally};
use super::member::Member;
use super::memory::counting;
use super::run::{self, NumberReport, Report};
use crate::api::Kind;
use crate::model::{Address, Thread, ThreadId};
use crate::store::Cursor;

/// Fetches a limited number of older messages of a conversation, below the part that is stored without a gap. If the
/// account cannot be asked for one conversation, fetches that many of the whole business number.
pub(super) async fn fetch_older(
    context: &Context,
    thread: ThreadId,
    count: usize,
    mut progress: impl FnMut(&[Address], &Tally) + Send,
) -> Report {
    let thread = match context.store.thread(thread).await {
        Ok(Some(thread)) => thread,
        Ok(None) => return Report::default(),
        Err(why) => {
            tracing::warn!(%why, "a conversation cannot be read from the cache");
            return Report::default();
        }
    };
    let number = thread.number.clone();
    let mut member = match known(context, &thread).await {
        Ok(Some(member)) => member,
        Ok(None) => return run::sync(context, &[number], Extent::More(count), progress).await,
        Err(error) => return Report::of(NumberReport::failed(number, error)),
    };
    if member.cursor.coverage.is_complete() {
        let tally = Tally { complete: true, ..Tally::default() };
        return Report::of(NumberReport { number, tally, requests: 0, error: None });
    }
    let (outcome, requests) = counting(one(context, &thread, &mut member, count, |tally| {
        progress(std::slice::from_ref(&number), tally);
    }))
    .await;
    match outcome {
        // no filter for a conversation here, or no such credentials
        Err(HistoryError::Api(error)) if matches!(error.kind(), Kind::Refused | Kind::NoPath) => {
            tracing::info!(%error, "the account cannot be asked for one conversation");
            run::sync(context, &[number], Extent::More(count), progress).await
        }
        outcome => {
            let error = outcome.err().map(std::sync::Arc::new);
            Report::of(NumberReport { number, tally: member.tally, requests, error })
        }
    }
}

async fn one(
    context: &Context,
    thread: &Thread,
    member: &mut Member,
    count: usize,
    progress: impl FnMut(&Tally) + Send,
) -> Result<(), HistoryError> {
    let credentials = context.credentials(&thread.number)?;
    let about = (thread.id, thread.contact.address.clone());
    older(context, &credentials, member, about, count, progress).await
}

/// What is known of the conversation; `None` where its account has no journal, or its number was never fetched.
async fn known(context: &Context, thread: &Thread) -> Result<Option<Member>, HistoryError> {
    // only a number can be asked for
    if !thread.contact.address.is_e164() {
        return Ok(None);
    }
    let credentials = context.credentials(&thread.number)?;
    let facts = AccountFacts::load(context, credentials.scheme_name()).await?;
    let coverage = context.store.thread_coverage(thread.id).await?;
    let Some(coverage) = coverage.filter(|coverage| coverage.top().is_some() && facts.journal != Some(false)) else {
        return Ok(None);
    };
    let stored = context.store.cursor(thread.number.clone()).await?.unwrap_or_default();
    let cursor = Cursor { coverage, owed: 0, skip: None, ..stored };
    Ok(Some(Member::new(thread.number.clone(), cursor)))
}

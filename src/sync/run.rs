//! A sync over several numbers: one that fails does not stop the others.

use super::context::Context;
use super::history::{self, Extent, HistoryError, Tally};
use super::memory::counting;
use crate::api::{self, Kind};
use crate::model::Address;

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
    pub error: Option<HistoryError>,
}

impl NumberReport {
    /// The service's part of the error, for an exit code or advice.
    pub fn api_error(&self) -> Option<&api::Error> {
        match &self.error {
            Some(HistoryError::Api(error)) => Some(error),
            _ => None,
        }
    }
}

/// What came of a sync.
#[derive(Debug, Default)]
pub struct Report {
    /// One for each number asked for, in that order.
    pub numbers: Vec<NumberReport>,
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
        self.numbers.iter().filter(|number| number.error.is_some())
    }

    /// Whether any number's service could be reached at all.
    pub fn reached(&self) -> bool {
        self.numbers.iter().any(|number| match number.api_error().map(api::Error::kind) {
            None => number.error.is_none(),
            Some(kind) => !matches!(kind, Kind::Unreachable | Kind::TimedOut | Kind::NotConfigured | Kind::OverBudget),
        })
    }
}

/// Syncs these numbers one after the other; `progress` hears of each page.
pub async fn sync(
    context: &Context,
    numbers: &[Address],
    extent: Extent,
    mut progress: impl FnMut(&Address, &Tally) + Send,
) -> Report {
    let mut report = Report::default();
    for number in numbers {
        let mut last = Tally::default();
        let (done, requests) = counting(one(context, number, extent, |tally| {
            last = tally.clone();
            progress(number, tally);
        }))
        .await;
        let (tally, error) = match done {
            Ok(tally) => (tally, None),
            Err(error) => {
                tracing::warn!(%number, error = ?error, "sync of a number failed");
                (last, Some(error))
            }
        };
        report.numbers.push(NumberReport { number: number.clone(), tally, requests, error });
    }
    report
}

async fn one(
    context: &Context,
    number: &Address,
    extent: Extent,
    progress: impl FnMut(&Tally) + Send,
) -> Result<Tally, HistoryError> {
    let credentials = context.credentials(number)?;
    history::fetch(context, &credentials, number, extent, progress).await
}

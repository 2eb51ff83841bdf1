//! How much history the account says there is, by its own count of records: what an import goes by to know when it has
//! everything, and what its progress bar shows.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::account_facts::{Objection, objection};
use super::context::Context;
use super::history::HistoryError;
use super::intake::fingerprint;
use super::walk::{Below, Left, TEN_YEARS, WINDOWS, shorter};
use crate::api::{Counts, Credentials, Error, HistoryAsk, Kind, Record};

/// Counts made at most to find out whether anything is older.
const MOST_COUNTS: u32 = 40;
/// A window that is answered this much shorter than was asked for was cut.
const CUT: SignedDuration = SignedDuration::from_hours(72);

/// What a run has still to fetch, according to the account's counts.
#[derive(Debug)]
pub(super) struct Backlog {
    can_count: bool,
    /// The longest window that it counts in; `None` while it has refused none.
    longest: Option<SignedDuration>,
    /// Records there were, and until when they were counted.
    counted: Option<(u64, Timestamp)>,
    /// Records of that count that have come.
    came: HashSet<u64>,
    /// Some came that cannot be told apart.
    is_blurred: bool,
    /// The count was refused, or failed, in this run.
    is_failing: bool,
    /// It searches a part of a long window, and does not refuse it.
    is_cut: bool,
}

impl Backlog {
    pub(super) fn new(can_count: bool, longest: Option<SignedDuration>) -> Self {
        Self {
            can_count,
            longest,
            counted: None,
            came: HashSet::new(),
            is_blurred: false,
            is_failing: false,
            is_cut: false,
        }
    }

    /// The longest window that it was found to count in.
    pub(super) fn longest(&self) -> Option<SignedDuration> {
        self.longest
    }

    /// Whether the account searches a part of a long window without refusing it.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether the account has a count.
    pub(super) fn can_count(&self) -> bool {
        self.can_count
    }

    /// This road has none.
    pub(super) fn cannot(&mut self) {
        self.can_count = false;
        self.counted = None;
    }

    /// The count is of another question than what follows.
    pub(super) fn forget(&mut self) {
        self.counted = None;
        self.came.clear();
        self.is_blurred = false;
    }

    /// Records there were in all.
    pub(super) fn total(&self) -> Option<u64> {
        self.counted.map(|(records, _)| records)
    }

    /// Counts what a series of pages down to the beginning will bring, unless that is known.
    pub(super) async fn count(
        &mut self,
        context: &Context,
        credentials: &Credentials,
        ask: &HistoryAsk,
        now: Timestamp,
    ) -> Result<(), HistoryError> {
        // a count of a part of history tells nothing of the whole
        if !self.can_count || self.is_failing || self.longest.is_some() || self.counted.is_some() {
            return Ok(());
        }
        let until = ask.until.unwrap_or(now);
        let ask = HistoryAsk { since: None, ..ask.clone() };
        match context.client.counts(credentials, &ask).await {
            Ok(counts) if is_cut(&counts, now.saturating_sub(TEN_YEARS).unwrap_or(until)) => {
                self.longest = self.fitting(&counts, until).or(WINDOWS.last().copied());
                self.is_cut = true;
            }
            Ok(counts) => {
                self.forget();
                // what comes in from now on is not in it
                self.counted = Some((counts.records, counts.to.unwrap_or(until).min(until)));
            }
            Err(error) if is_absent(&error) => self.can_count = false,
            Err(error) if is_about_everything(&error) => return Err(error.into()),
            Err(error) => {
                // a count is a help: history comes without it
                tracing::info!(%error, "the account's records could not be counted");
                self.is_failing = true;
                if matches!(objection(&error), Objection::Window | Objection::Unclear) {
                    self.longest = shorter(None);
                }
            }
        }
        Ok(())
    }

    /// Records came; `others` of them were no messages that could be read.
    pub(super) fn came(&mut self, records: &[Record], others: usize) {
        let Some((_, until)) = self.counted else { return };
        self.is_blurred |= others > 0;
        self.came.extend(records.iter().filter(|record| record.at <= until).map(fingerprint));
    }

    /// The longest window that fits into the one that was answered.
    fn fitting(&self, counts: &Counts, upper: Timestamp) -> Option<SignedDuration> {
        let answered = counts.from.map_or(SignedDuration::ZERO, |from| upper.duration_since(from));
        let fits =
            |window: &SignedDuration| *window <= answered && self.longest.is_none_or(|longest| *window < longest);
        WINDOWS.into_iter().find(fits)
    }

    /// What is still to come.
    pub(super) fn left(&self) -> Left {
        match (self.can_count, self.counted) {
            (false, _) => Left::Uncounted,
            // more has come than was counted: that count tells nothing
            (true, Some((records, _))) if records < self.came.len() as u64 => Left::Uncounted,
            (true, Some((records, _))) if !self.is_blurred => {
                records.checked_sub(self.came.len() as u64).map_or(Left::Unknown, Left::Records)
            }
            (true, _) => Left::Unknown,
        }
    }

    /// Whether the account has anything older than `bottom`, down to ten years ago, in windows as long as it answers.
    pub(super) async fn below(
        &mut self,
        context: &Context,
        credentials: &Credentials,
        question: &HistoryAsk,
        bottom: Timestamp,
    ) -> Result<Below, HistoryError> {
        // whole seconds are asked for, and the last one has come
        let before = Timestamp::from_second(bottom.as_second() - 1).unwrap_or(bottom);
        let horizon = context.now().saturating_sub(TEN_YEARS).unwrap_or(Timestamp::MIN);
        let (mut upper, mut made) = (before, 0);
        while upper > horizon {
            if made == MOST_COUNTS || context.is_cancelled() {
                return Ok(Below::Untold(upper));
            }
            made += 1;
            let window = |longest| upper.saturating_sub(longest).unwrap_or(horizon).max(horizon);
            let since = self.longest.map_or(horizon, window);
            let ask = HistoryAsk { since: Some(since), until: Some(upper), ..question.clone() };
            let shorter = match context.client.counts(credentials, &ask).await {
                Ok(counts) if counts.records > 0 => return Ok(Below::From(upper)),
                Ok(counts) if is_cut(&counts, since) => {
                    self.is_cut = true;
                    self.fitting(&counts, upper)
                }
                Ok(_) => {
                    upper = since;
                    continue;
                }
                Err(error) if is_absent(&error) => {
                    self.can_count = false;
                    None
                }
                Err(error) if is_about_everything(&error) => return Err(error.into()),
                Err(error) if matches!(objection(&error), Objection::Window | Objection::Unclear) => {
                    shorter(self.longest)
                }
                Err(error) => {
                    tracing::info!(%error, "the account's older records could not be counted");
                    None
                }
            };
            match shorter {
                Some(window) => self.longest = Some(window),
                None => return Ok(Below::Untold(upper)),
            }
        }
        Ok(Below::Nothing)
    }
}

/// Whether there is no count: its path is not there, or an older edition takes it for the id of a record.
fn is_absent(error: &Error) -> bool {
    error.kind() == Kind::NoPath || matches!(error.code(), Some("RequestIdHasInvalidFormat" | "RequestIsNotFound"))
}

/// Whether history itself would fare no better.
fn is_about_everything(error: &Error) -> bool {
    matches!(
        error.kind(),
        Kind::Unreachable | Kind::OverBudget | Kind::Blocked | Kind::RateLimited { .. } | Kind::Unauthorised
    )
}

/// Whether the account has counted in a shorter window than it was asked for.
fn is_cut(counts: &Counts, since: Timestamp) -> bool {
    counts.from.is_some_and(|from| from.duration_since(since) > CUT)
}

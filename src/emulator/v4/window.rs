//! From when to when the journal and its counts search (`mightycall-api.md`, section 7).

use jiff::{SignedDuration, Timestamp};

use super::refusal::{self, Refusal};
use crate::emulator::ask::Params;
use crate::emulator::dialect::{Dialect, WindowLimit};

/// Which of the two is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    List,
    Counts,
}

/// From when to when is searched, by the limits of the dialect.
pub(super) fn window(
    asked: Asked,
    dialect: &Dialect,
    params: &Params,
    now: Timestamp,
) -> Result<(Option<Timestamp>, Timestamp), Refusal> {
    let time = |name, twin| match params.time(name) {
        Ok(None) => params.time(twin).map_err(|why| refusal::invalid(&why)),
        read => read.map_err(|why| refusal::invalid(&why)),
    };
    let days = |days: u16| SignedDuration::from_hours(24 * i64::from(days));
    let before = |at: Timestamp, span| at.checked_sub(days(span)).unwrap_or(Timestamp::MIN);
    let (from, to) = (time("from", "earliest")?, time("to", "latest")?.unwrap_or(now));
    if !dialect.time_filter {
        return Ok((None, now));
    }
    let limit = if asked == Asked::Counts { dialect.counts_window } else { dialect.list_window };
    let most = match limit {
        WindowLimit::None => None,
        WindowLimit::Refused { days } | WindowLimit::Clipped { days } => Some(days),
    };
    let Some(from) = from else {
        // what is searched without `from` is never too long
        let span = dialect.default_days.into_iter().chain(most).min();
        return Ok((span.map(|span| before(now, span)), to));
    };
    match limit {
        WindowLimit::Refused { days: most } if to.duration_since(from) > days(most) => {
            Err(refusal::invalid(&format!("The period between from and to must not be longer than {most} days.")))
        }
        WindowLimit::Clipped { days: most } => Ok((Some(from.max(before(to, most))), to)),
        _ => Ok((Some(from), to)),
    }
}

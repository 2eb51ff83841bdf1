//! What time it is, for the ledger of requests: so that no clock which is put forward or back gives a second budget or
//! closes the first. Pure: it is told what the clocks say.
//!
//! Three clocks are heard. The service's, in the `Date` of its answers, is the one that the budget is about. The time that
//! passes in this process (monotonic) can only be too slow, where the machine slept. The clock on the wall may be put to any
//! time. What is known for sure is a time that it is *at least*: the last `Date`, and what has passed since. By that one
//! alone requests are forgotten. A new process has it from the one before, and so counts what is old as if it were not,
//! until the first answer shows how much time has passed.

use std::time::Duration;

use tokio::time::Instant;

pub(super) use crate::store::CLOCK_MARGIN as MARGIN;

/// A service whose clock fell behind, and goes on from there, is watched for so long before it is believed.
const WATCHED: Duration = Duration::from_secs(60);
/// How far a watched clock may be off what passes meanwhile.
const STEADY: i64 = 5_000;

/// The service's clock, as far as it is known.
#[derive(Debug, Clone)]
pub(super) struct ServiceClock {
    /// It was so late at least, then.
    known: Option<(i64, Instant)>,
    /// How far it is ahead of the clock on the wall.
    ahead: i64,
    /// An answer of this process has told the time.
    is_proven: bool,
    /// A time that is far behind, and when it was told.
    behind: Option<(i64, Instant)>,
    /// What an earlier process knew was told.
    is_restored: bool,
}

/// What time it is, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// The best guess.
    pub(super) now: i64,
    /// It is so late at least; `None` where nobody ever told.
    pub(super) at_least: Option<i64>,
    /// An answer of this process has told it, and all clocks have agreed since.
    pub(super) is_proven: bool,
    /// How far the service is ahead of the clock on the wall.
    pub(super) ahead: i64,
}

/// What an answer means for what was entered so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Correction {
    /// The time is known to be this.
    pub(super) now: i64,
    /// The service's clock was put forward by this, and that time has not passed: what was entered is as old as before.
    pub(super) shift: i64,
    /// How far it is ahead of the clock on the wall.
    pub(super) ahead: i64,
}

impl ServiceClock {
    /// The clock as an earlier process knew it: its last time, and how far that was ahead of the clock on the wall.
    pub(super) fn new(stored: Option<(i64, i64)>, now: Instant) -> Self {
        Self {
            known: stored.map(|(at_least, _)| (at_least, now)),
            ahead: stored.map_or(0, |(_, ahead)| ahead),
            is_proven: false,
            behind: None,
            is_restored: stored.is_some(),
        }
    }

    /// What an earlier process knew when it last used a key. By this clock the requests of all keys are forgotten that are
    /// used here: of several times the earliest holds, and none where nobody knew of one.
    pub(super) fn restore(&mut self, stored: Option<(i64, i64)>, now: Instant) {
        if self.is_proven {
            return;
        }
        let is_first = !std::mem::replace(&mut self.is_restored, true);
        match (stored, self.at_least(now)) {
            (None, _) => (self.known, self.ahead) = (None, 0),
            (Some((time, ahead)), known) if is_first || known.is_some_and(|known| time < known) => {
                (self.known, self.ahead) = (Some((time, now)), ahead);
            }
            _ => {}
        }
    }

    /// What time it is when the clock on the wall says `wall`.
    pub(super) fn read(&self, wall: i64, now: Instant) -> Reading {
        let at_least = self.at_least(now);
        let guess = wall.saturating_add(self.ahead);
        let agrees = at_least.is_some_and(|at_least| apart(guess, at_least) <= MARGIN);
        let now = match at_least {
            Some(at_least) if self.is_proven => at_least,
            Some(at_least) => guess.max(at_least),
            None => guess,
        };
        Reading { now, at_least, is_proven: self.is_proven && agrees, ahead: self.ahead }
    }

    /// The time by every clock that may be right: where it is later than the known one, the machine may have slept.
    pub(super) fn latest(&self, wall: i64, now: Instant) -> i64 {
        let guess = wall.saturating_add(self.ahead);
        self.at_least(now).map_or(guess, |at_least| at_least.max(guess))
    }

    /// Takes the `Date` of an answer, or that it had none; says what that means for what was entered.
    pub(super) fn heard(&mut self, date: Option<i64>, wall: i64, now: Instant) -> Option<Correction> {
        let reading = self.read(wall, now);
        let Some(date) = date else {
            // a service that tells no time: nothing contradicts the clock on the wall
            return (!self.is_proven).then(|| self.learn(reading.now, 0, wall, now));
        };
        if !self.is_proven {
            return Some(self.learn(date, 0, wall, now));
        }
        let known = reading.at_least.unwrap_or(date);
        let lead = date.saturating_sub(known);
        if lead > MARGIN {
            let slept = apart(wall.saturating_add(self.ahead), date) <= MARGIN;
            return Some(self.learn(date, if slept { 0 } else { lead }, wall, now));
        }
        if lead >= -MARGIN {
            self.behind = None;
            let correction = self.learn(date.max(known), 0, wall, now);
            return (!reading.is_proven).then_some(correction);
        }
        // a clock that stands still, or one answer that is wrong, is not believed: time passes here all the same
        match self.behind {
            Some((_, told)) if now.saturating_duration_since(told) < WATCHED => None,
            Some((before, told)) if apart(date.saturating_sub(before), millis(now, told)) <= STEADY => {
                Some(self.learn(date, 0, wall, now))
            }
            _ => {
                self.behind = Some((date, now));
                None
            }
        }
    }

    fn learn(&mut self, time: i64, shift: i64, wall: i64, now: Instant) -> Correction {
        let ahead = time.saturating_sub(wall);
        (self.known, self.ahead, self.is_proven, self.behind) = (Some((time, now)), ahead, true, None);
        Correction { now: time, shift, ahead }
    }

    fn at_least(&self, now: Instant) -> Option<i64> {
        self.known.map(|(time, then)| time.saturating_add(millis(now, then)))
    }
}

fn apart(one: i64, other: i64) -> i64 {
    one.saturating_sub(other).saturating_abs()
}

/// Milliseconds that have passed since.
fn millis(now: Instant, then: Instant) -> i64 {
    i64::try_from(now.saturating_duration_since(then).as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;

//! What goes wrong on purpose, on which paths and how often.

use std::time::Duration;

/// What a fault does to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The connection ends with a TCP reset instead of an answer.
    Reset,
    /// The answer comes later by that.
    Delay(Duration),
    /// No answer ever comes.
    Hang,
    /// That status, with an error in the dialect's shape. 401 leaves tokens as they are: see
    /// [`Emulator::expire_tokens`](super::Emulator::expire_tokens) for those that stop working.
    Status(u16),
    /// 429.
    RateLimited(RetryAfter),
    /// That status with a page of HTML, as a proxy in between would send it.
    Html(u16),
    /// The answer with its body cut in the middle, as if that were all: well-formed HTTP, broken JSON.
    Truncated,
    /// The answer breaks off in the middle of its body, before the announced length.
    CutShort,
    /// That status with this text as JSON.
    Json {
        /// The status.
        status: u16,
        /// The body, as it is.
        body: String,
    },
    /// 200 with nothing in it.
    Empty,
    /// 302 to that address.
    Redirect(String),
}

/// What a 429 says of when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// Nothing.
    Absent,
    /// Seconds (RFC 9110 §10.2.3).
    Seconds(u64),
    /// A date so many seconds ahead of the wall clock, as the header writes dates (RFC 9110 §5.6.7).
    Date(u64),
    /// No header; a time so many seconds ahead of the emulator's clock in the text of the body, as API v4 tells it:
    /// `Too many requests. Retry after 2026-01-15T14:30:00.0000000 UTC` (`mightycall-api.md`, section 6).
    Body(u64),
}

/// A fault on the paths that begin with something.
///
/// ```
/// use mctui::emulator::{Effect, Fault};
///
/// // the next send is worked, and its answer is lost
/// let lost = Fault::on("/messages/send", Effect::Reset).after_work().times(1);
/// assert!(lost.worked);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What the path begins with, after the base URL and without `/api`; empty for all.
    pub path: String,
    /// What happens.
    pub effect: Effect,
    /// Whether the request is worked first: a message is sent although the answer says otherwise. `Truncated`,
    /// `CutShort` and `Empty` are answers to something, so they are always worked.
    pub worked: bool,
    /// How many requests it still meets; forever where `None`.
    pub left: Option<u32>,
}

impl Fault {
    /// A fault that meets every request to these paths, before any work.
    pub fn on(path: impl Into<String>, effect: Effect) -> Self {
        let worked = matches!(effect, Effect::Truncated | Effect::CutShort | Effect::Empty);
        Self { path: path.into(), effect, worked, left: None }
    }

    /// It strikes once the work is done.
    #[must_use]
    pub fn after_work(self) -> Self {
        Self { worked: true, ..self }
    }

    /// It meets the next so many requests, and no more.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { left: Some(times), ..self }
    }
}

/// Whether a path begins with that, in any case.
pub(super) fn begins(path: &str, with: &str) -> bool {
    path.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with))
}

/// The faults that are on.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn list(&self) -> &[Fault] {
        &self.0
    }

    /// The first fault that meets this path, counted down.
    pub(super) fn take(&mut self, path: &str) -> Option<Fault> {
        let place = self.0.iter().position(|fault| begins(path, &fault.path) && fault.left != Some(0))?;
        let fault = self.0[place].clone();
        match &mut self.0[place].left {
            Some(1) => drop(self.0.remove(place)),
            Some(left) => *left -= 1,
            None => {}
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_fits_strikes_as_often_as_said() {
        let mut faults = Faults::default();
        faults.add(Fault::on("/journal", Effect::Hang).times(2));
        faults.add(Fault::on("", Effect::Reset));
        assert_eq!(faults.take("/messages/send").unwrap().effect, Effect::Reset);
        assert_eq!(faults.take("/journal/requests").unwrap().effect, Effect::Hang);
        assert_eq!(faults.take("/journal/requests/1").unwrap().effect, Effect::Hang);
        assert_eq!(faults.take("/journal/requests").unwrap().effect, Effect::Reset);
        faults.clear();
        assert_eq!(faults.take("/journal/requests"), None);
    }

    #[test]
    fn none_strikes_no_times() {
        let mut faults = Faults::default();
        faults.add(Fault::on("", Effect::Reset).times(0));
        assert_eq!(faults.take("/ping"), None);
    }
}

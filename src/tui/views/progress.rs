//! The work that goes on: how far it is, in counts, a bar and an honest estimate.

use jiff::Timestamp;

use super::numbers::Numbers;
use crate::model::estimate::{self, Pace};
use crate::tui::message::{Progress, Work};

/// `12 345`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// `1 message`, `2 messages`.
pub(crate) fn messages(number: u64) -> String {
    if number == 1 { "1 message".to_owned() } else { format!("{} messages", count(number)) }
}

/// A bar of so many columns, the done part of it filled.
pub(crate) fn bar(part: f64, columns: u16) -> String {
    let columns = usize::from(columns);
    // whatever is begun shows, and nothing is full before it is done
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "0 to 300"
    )]
    let full = (part.clamp(0.0, 1.0) * columns as f64).floor() as usize;
    format!("{}{}", "█".repeat(full.min(columns)), "░".repeat(columns - full.min(columns)))
}

/// A sync that goes on.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    pub(crate) what: Work,
    pub(crate) began: Timestamp,
    /// A person wants no more of it, and the present page is waited for.
    pub(crate) cancelling: bool,
    page: Option<Progress>,
    /// What numbers before the present one have brought: read, new.
    before: (u64, u64),
    pace: Pace,
}

impl Running {
    /// It begins.
    pub(crate) fn new(now: Timestamp) -> Self {
        let mut pace = Pace::default();
        pace.note(now, 0.0);
        Self { what: Work::default(), began: now, cancelling: false, page: None, before: (0, 0), pace }
    }

    /// A page came.
    pub(crate) fn take(&mut self, page: Progress, now: Timestamp) {
        if let Some(last) = self.page.take().filter(|last| last.place != page.place) {
            self.before = (self.before.0 + last.fetched, self.before.1 + last.new);
        }
        self.page = Some(page);
        if let Some(part) = self.part() {
            self.pace.note(now, part);
        }
    }

    /// Messages read, and new ones among them.
    pub(crate) fn totals(&self) -> (u64, u64) {
        let (fetched, new) = self.page.as_ref().map_or((0, 0), |page| (page.fetched, page.new));
        (self.before.0 + fetched, self.before.1 + new)
    }

    /// What part of the work is done, where that can be told.
    pub(crate) fn part(&self) -> Option<f64> {
        let page = self.page.as_ref()?;
        #[expect(clippy::cast_precision_loss, reason = "a part of a bar")]
        let (done, own) = (
            page.place.saturating_sub(1) as f64,
            page.expected.filter(|expected| *expected > 0).map(|expected| page.fetched as f64 / expected as f64),
        );
        if own.is_none() && (page.of < 2 || page.place < 2) {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a part of a bar")]
        let of = page.of.max(1) as f64;
        Some(((done + own.unwrap_or(0.0).min(1.0)) / of).min(1.0))
    }

    /// `about 2 min left`; `None` before enough is known.
    pub(crate) fn estimate(&self, now: Timestamp) -> Option<String> {
        self.pace.left(now).filter(|_| !self.cancelling).map(estimate::words)
    }

    /// What is being done, in a few words.
    pub(crate) fn title(&self) -> &'static str {
        match self.what {
            Work::News => "Fetching what is new",
            Work::Older => "Fetching older messages",
            Work::Everything => "Fetching everything",
        }
    }

    /// For the header, the most telling first, each shorter than the one before.
    pub(crate) fn brief(&self, numbers: &Numbers, now: Timestamp) -> Vec<String> {
        let Some(page) = &self.page else { return vec!["syncing…".to_owned()] };
        if self.cancelling {
            return vec!["stopping after this page…".to_owned(), "stopping…".to_owned()];
        }
        let of = page.expected.map_or_else(String::new, |expected| format!("/{}", count(expected)));
        let counts = format!("{}{of}", count(page.fetched));
        let name = match page.together {
            0 | 1 => numbers.name(&page.number),
            several => format!("{several} numbers"),
        };
        let new = if page.new == page.fetched { String::new() } else { format!(", {} new", count(page.new)) };
        let mut out = Vec::new();
        if let Some(part) = self.part() {
            let left = self.estimate(now).map_or_else(String::new, |left| format!(" {left}"));
            out.push(format!("syncing {name} {} {counts}{new}{left}", bar(part, 10)));
            out.push(format!("{} {counts}{left}", bar(part, 6)));
        }
        out.push(format!("syncing {name} {counts}{new}"));
        out.push(format!("syncing {counts}"));
        out
    }

    /// All that is known of it, a line each: what it is, and the words for it.
    pub(crate) fn facts(&self, numbers: &Numbers, now: Timestamp) -> Vec<(&'static str, String)> {
        let (fetched, new) = self.totals();
        let mut out = Vec::new();
        if let Some(page) = &self.page {
            let place = if page.of > 1 { format!(" ({} of {})", page.place, page.of) } else { String::new() };
            let of = page.expected.map_or_else(String::new, |expected| format!(" of {}", count(expected)));
            let fetched = count(page.fetched);
            if page.together > 1 {
                out.push(("Numbers", format!("{} at once{place}", page.together)));
                out.push(("Messages", format!("{fetched}{of} read of these numbers")));
            } else {
                out.push(("Number", format!("{}{place}", numbers.title(&page.number))));
                out.push(("Messages", format!("{fetched}{of} read of this number")));
            }
        }
        out.push(("In all", format!("{} read, {} new here", messages(fetched), count(new))));
        let seconds = now.duration_since(self.began).as_secs().max(0);
        if seconds >= 2 && fetched > 0 {
            let rate = fetched / u64::try_from(seconds).unwrap_or(1);
            out.push((
                "Pace",
                if rate == 0 { "under 1 a second".to_owned() } else { format!("{} a second", count(rate)) },
            ));
        }
        let left = self.estimate(now).unwrap_or_else(|| "not known yet".to_owned());
        out.push(("Time", format!("{} so far, {left}", took(seconds))));
        out.push(("Requests", count(self.page.as_ref().map_or(0, |page| page.requests.into()))));
        out
    }
}

/// `12 s`, `3 min`.
pub(crate) fn took(seconds: i64) -> String {
    if seconds < 90 { format!("{seconds} s") } else { format!("{} min", seconds / 60) }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::model::Address;

    #[rstest]
    #[case(0, "0")]
    #[case(999, "999")]
    #[case(1_000, "1 000")]
    #[case(1_234_567, "1 234 567")]
    fn counts(#[case] number: u64, #[case] shown: &str) {
        assert_eq!(count(number), shown);
    }

    #[rstest]
    #[case(0.0, "░░░░")]
    #[case(0.5, "██░░")]
    #[case(0.99, "███░")]
    #[case(1.0, "████")]
    #[case(7.0, "████")]
    fn bars(#[case] part: f64, #[case] shown: &str) {
        assert_eq!(bar(part, 4), shown);
    }

    fn page(place: usize, fetched: u64, expected: Option<u64>) -> Progress {
        let number = Address::parse("2025550101").unwrap();
        Progress { number, together: 1, place, of: 2, fetched, new: fetched, expected, requests: 1 }
    }

    #[test]
    fn adds_up_over_numbers() {
        let at = |second: i64| Timestamp::from_second(1_000 + second).unwrap();
        let mut running = Running::new(at(0));
        assert_eq!((running.part(), running.estimate(at(0))), (None, None));
        running.take(page(1, 100, Some(400)), at(5));
        assert_eq!(running.part(), Some(0.125));
        assert_eq!(running.estimate(at(5)), None, "nothing before enough is known");
        running.take(page(1, 200, Some(400)), at(10));
        assert_eq!(running.estimate(at(10)).as_deref(), Some("about 30 s left"));
        running.take(page(2, 30, None), at(20));
        assert_eq!((running.part(), running.totals()), (Some(0.5), (230, 230)));
    }
}

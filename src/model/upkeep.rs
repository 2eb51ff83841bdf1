//! Long work on the cache before it can be used: what it is, and how far it has come.

use jiff::{SignedDuration, Timestamp};

use super::estimate::{self, Pace};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chore {
    /// The cache is opened: it takes no time, mostly.
    Open,
    /// Another process is at work on it.
    Wait,
    /// Every page is looked at, because damage was met.
    Check,
    /// A copy is made of a cache that is about to be upgraded.
    Copy,
    /// The index of words is made.
    Index,
    /// A damaged cache is read, and what is whole is carried over.
    Rescue,
}

impl Chore {
    /// Each of them.
    pub const ALL: [Self; 6] = [Self::Open, Self::Wait, Self::Check, Self::Copy, Self::Index, Self::Rescue];

    /// What is going on, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Open => "Opening the cache",
            Self::Wait => "Another mctui is at work on the cache",
            Self::Check => "Checking the cache",
            Self::Copy => "Bringing the cache up to date: copying it first",
            Self::Index => "Making the index for finding messages",
            Self::Rescue => "The cache is damaged: saving what can be read",
        }
    }

    /// Why, for people.
    pub fn story(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Wait => "It opens here as soon as that is done.",
            Self::Check => "Damage was met when it was last in use, so all of it is looked at. It is only read.",
            Self::Copy => "This mctui keeps its cache in a newer way. A copy of it as it is now stays beside it.",
            Self::Index => "It is made once. Until all of it is there the cache is as it was before.",
            Self::Rescue => "The damaged cache is set aside whole, and a new one takes its place.",
        }
    }
}

/// How far a chore is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Upkeep {
    /// What is done.
    pub chore: Chore,
    /// So much of it is: messages, pages or bytes.
    pub done: u64,
    /// Of so much; 0 where that cannot be told.
    pub of: u64,
}

impl Upkeep {
    /// The beginning of a chore that comes to so much.
    pub fn of(chore: Chore, of: u64) -> Self {
        Self { chore, done: 0, of }
    }

    /// The beginning of one of which nobody can tell how much it comes to.
    pub fn uncounted(chore: Chore) -> Self {
        Self::of(chore, 0)
    }

    /// What part of it is done, where that can be told; never all of it before its end.
    pub fn part(self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a part of a bar")]
        (self.of > 0).then(|| (self.done as f64 / self.of as f64).min(0.999))
    }
}

/// A chore as it goes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// How far it is.
    pub upkeep: Upkeep,
    /// When it began.
    pub began: Timestamp,
    pace: Pace,
    paced_at: Timestamp,
}

/// How far it is, is told many times a second; how fast it goes shows over seconds.
const PACED: SignedDuration = SignedDuration::from_secs(1);

impl Course {
    /// It begins.
    pub fn new(upkeep: Upkeep, now: Timestamp) -> Self {
        let mut course = Self { upkeep, began: now, pace: Pace::default(), paced_at: now };
        course.note(now);
        course
    }

    /// It is so far now, or another chore has begun.
    pub fn take(&mut self, upkeep: Upkeep, now: Timestamp) {
        if upkeep.chore != self.upkeep.chore {
            *self = Self::new(upkeep, now);
            return;
        }
        self.upkeep = upkeep;
        if now.duration_since(self.paced_at) >= PACED {
            self.note(now);
        }
    }

    fn note(&mut self, now: Timestamp) {
        self.paced_at = now;
        if let Some(part) = self.upkeep.part() {
            self.pace.note(now, part);
        }
    }

    /// Whole percents, where that can be told.
    pub fn percent(&self) -> Option<u8> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 99")]
        self.upkeep.part().map(|part| (part * 100.0) as u8)
    }

    /// `about 20 s left`; `None` before enough is known.
    pub fn left(&self, now: Timestamp) -> Option<String> {
        self.pace.left(now).map(estimate::words)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, 0, None)]
    #[case(5, 0, None)]
    #[case(0, 4, Some(0.0))]
    #[case(1, 4, Some(0.25))]
    #[case(4, 4, Some(0.999))]
    #[case(9, 4, Some(0.999))]
    fn parts(#[case] done: u64, #[case] of: u64, #[case] part: Option<f64>) {
        assert_eq!(Upkeep { done, ..Upkeep::of(Chore::Index, of) }.part(), part);
    }

    #[test]
    fn a_course_estimates_over_seconds_however_often_it_is_told() {
        let at = |tenths: i64| Timestamp::from_millisecond(1_000_000 + tenths * 100).unwrap();
        let upkeep = |done: i64| Upkeep { done: done.unsigned_abs(), ..Upkeep::of(Chore::Index, 400) };
        let mut course = Course::new(upkeep(0), at(0));
        for tenths in 1..=100 {
            course.take(upkeep(tenths), at(tenths));
        }
        assert_eq!((course.percent(), course.left(at(100)).as_deref()), (Some(25), Some("about 30 s left")));
        course.take(Upkeep::uncounted(Chore::Check), at(101));
        assert_eq!((course.percent(), course.left(at(102)), course.began), (None, None, at(101)));
    }
}

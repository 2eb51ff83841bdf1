//! What an emulator is started with.

use std::time::Duration;

use jiff::Timestamp;

use super::dialect::Dialect;
use super::life::Life;
use super::own_number::OwnNumber;
use crate::model::phone::Address;

/// Whose account it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Business {
    /// A fictional home-repair shop: three numbers, forty contacts, 2,000 messages over 90 days, the last few of them
    /// minutes old and unanswered.
    Demo,
    /// These numbers, and no message yet.
    Empty(Vec<OwnNumber>),
    /// As much as that, for benches: the demo's lines, evenly over 90 days, with no thread of thought.
    Sized {
        /// Business numbers, at least one and at most 99.
        numbers: usize,
        /// Other parties, at least one; there are fictional numbers for 69,900.
        contacts: usize,
        /// Messages over all numbers.
        messages: usize,
    },
}

/// What an emulator is started with. The default is the demo's account with all that is documented, standing still.
///
/// ```
/// use mctui::emulator::{Dialect, Life, Options};
///
/// let alive = Options { life: Some(Life::default()), ..Options::default() };
/// let bare = Options::empty(&["+12025550101"]).speaking(Dialect::number_keys());
/// assert_eq!(alive.daily_limit, bare.daily_limit);
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    /// Of 127.0.0.1; 0 takes any that is free.
    pub port: u16,
    /// The same seed and `now` make the same account.
    pub seed: u64,
    /// Where the history ends and the emulator's clock starts.
    pub now: Timestamp,
    /// Whose account it is.
    pub business: Business,
    /// How fast things happen; nothing happens by itself where `None`.
    pub life: Option<Life>,
    /// How the account speaks.
    pub dialect: Dialect,
    /// Requests by one key in any 24 hours.
    pub daily_limit: u32,
    /// How long a token is good for.
    pub token_lifetime: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            seed: 1,
            now: Timestamp::now(),
            business: Business::Demo,
            life: None,
            dialect: Dialect::v4(),
            daily_limit: 2_500,
            token_lifetime: Duration::from_hours(24),
        }
    }
}

impl Options {
    /// The demo: the default, alive, and with more requests a day than an account has.
    pub fn demo() -> Self {
        Self { life: Some(Life::default()), daily_limit: 100_000, ..Self::default() }
    }

    /// An account with these numbers, each with a key ([`number_key`](super::number_key) by its place), and no message.
    ///
    /// # Panics
    /// If one of them is no number.
    pub fn empty(numbers: &[&str]) -> Self {
        let numbers = numbers.iter().enumerate().map(|(place, number)| {
            let address = Address::parse(number).expect("a business number of a test is a number");
            OwnNumber::new(address, format!("Line {}", place + 1), place + 1)
        });
        Self { business: Business::Empty(numbers.collect()), ..Self::default() }
    }

    /// An account of that size.
    pub fn sized(numbers: usize, contacts: usize, messages: usize) -> Self {
        Self { business: Business::Sized { numbers, contacts, messages }, ..Self::default() }
    }

    /// The same, in that dialect.
    #[must_use]
    pub fn speaking(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// The same, alive at that pace.
    #[must_use]
    pub fn living(self, life: Life) -> Self {
        Self { life: Some(life), ..self }
    }

    /// The same, with the history ending and the clock starting there.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }
}

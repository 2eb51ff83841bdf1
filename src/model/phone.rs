//! Addresses of the two sides of a message: E.164 numbers, short codes, alphanumeric senders.
//!
//! `mightycall-api.md`, section 20: E.164 on the wire, ten digits mean a US/Canada number, people and records write
//! them in every form; short codes and alphanumeric senders appear as the other party of inbound messages.

mod error;
mod frame;
mod list;
mod marks;
mod plan;
mod typed;
mod wire;

use std::fmt;

use serde::{Serialize, Serializer};

pub use self::error::{AddressError, NumberProblem};
pub use self::list::{entries, is_list, split_numbers};
pub use self::marks::plain_char;
pub use self::plan::Part;

/// One side of a message, in the one form in which two spellings of the same number are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

/// `mightycall-api.md`, section 20.
const SHORT_CODE_DIGITS: std::ops::RangeInclusive<usize> = 5..=6;
/// More than this, in characters, no address has; alphanumeric senders have eleven at most.
const LONGEST: usize = 100;
/// A longer text, in bytes, is not read as a number at all: it may be anything that was pasted.
const LONGEST_TEXT: usize = 1_000;
/// Fewer digits than this are no part of a number that anybody would look for.
const FEWEST_OF_PART: usize = 3;

impl Address {
    /// Reads a number that a person typed or configured and that must be one we can send to or from.
    ///
    /// Without a plus: ten digits of the North American plan, with or without a 1 before them; `011` and a number that is
    /// given out abroad; five or six digits of a short code. With a plus: what is possible in the country of its code.
    /// Blanks, dashes, brackets and digits of every script are read, and so are `tel:` links and extensions, which are
    /// left out. Nothing is mended: what is one digit too long could be somebody else's number.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        typed::parse(text)
    }

    /// Reads an address as a record gives it. Anything that can be seen is an address: what is no number is kept as it
    /// stands, as an alphanumeric sender is, but for blanks, what cannot be seen, and what is absurdly long. `None` for
    /// blanks.
    ///
    /// Every spelling of one number is one address, also of a number that no plan knows; a plus that got lost is mended
    /// where the tables know the number.
    pub fn from_wire(text: &str) -> Option<Self> {
        wire::read(text)
    }

    /// An address that was normalised before, as the cache gives it back.
    pub fn from_normal(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The normal form: `+` and digits, bare digits of a short code, or the sender's own spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a full international number that can be.
    pub fn is_e164(&self) -> bool {
        // a record may call its sender "+Prize"
        self.0.strip_prefix('+').is_some_and(plan::is_e164)
    }

    /// Whether an SMS can be sent to it: numbers and short codes can be answered, names cannot, and neither can what no
    /// numbering plan knows.
    pub fn can_receive(&self) -> bool {
        let is_short_code = || SHORT_CODE_DIGITS.contains(&self.0.len()) && self.0.bytes().all(|b| b.is_ascii_digit());
        is_short_code() || self.is_e164()
    }

    /// The ten digits of a US or Canadian number.
    pub fn national_digits(&self) -> Option<&str> {
        self.0.strip_prefix("+1").filter(|rest| rest.len() == 10 && rest.bytes().all(|b| b.is_ascii_digit()))
    }

    /// How people read it: `(202) 555-0101`, `+44 20 7946 0000`, `72345`. Raw for alphanumeric senders.
    pub fn display(&self) -> String {
        if let Some(d) = self.national_digits() {
            return format!("({}) {}-{}", &d[..3], &d[3..6], &d[6..]);
        }
        if self.is_e164()
            && let Ok(number) = phonenumber::parse(None, &self.0)
        {
            let shown = number.format().mode(phonenumber::Mode::International).to_string();
            // the library takes some numbers for ones with a trunk prefix: "+7 800 555 35 35" loses its 8
            if marks::digits(&shown) == self.0[1..] {
                return shown;
            }
        }
        self.0.clone()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// The digits of a text that can be part of a number, in whatever spelling, as they stand in the normal form: without a
/// trunk zero, `011`, or what is around the number. `None` where anything else stands there, or fewer than three digits.
pub fn digits_of_part(text: &str) -> Option<String> {
    if text.len() > LONGEST_TEXT {
        return None;
    }
    let number = frame::number(text);
    let is_part = number.chars().all(|c| c.is_ascii_digit() || marks::is_mark(c));
    let digits = is_part.then(|| typed::without_trunk(&number))?;
    let abroad = digits.strip_prefix("011").or_else(|| digits.strip_prefix("00"));
    let digits = abroad.filter(|rest| plan::is_valid(rest)).map(str::to_owned).unwrap_or(digits);
    (digits.len() >= FEWEST_OF_PART).then_some(digits)
}

#[cfg(test)]
mod tests;

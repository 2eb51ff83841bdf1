//! Addresses of the two sides of a message: E.164 numbers, short codes, alphanumeric senders.
//!
//! `mightycall-api.md`, section 20: E.164 on the wire, ten digits mean a US/Canada number, people and records write
//! them in every form; short codes and alphanumeric senders appear as the other party of inbound messages.

use std::fmt;

use serde::{Serialize, Serializer};

/// One side of a message, in the one form in which two spellings of the same number are equal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

/// Why a text is not an address one can send to. Says what was typed and what would do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing but blanks.
    #[error("no phone number given; write one such as (202) 555-0101 or +12025550101")]
    Empty,
    /// Letters or other marks that no phone number has.
    #[error("“{0}” is not a phone number; write one such as (202) 555-0101 or +12025550101")]
    NotANumber(String),
    /// Digits, but too few or too many for any plan.
    #[error("“{0}” has {1} digits; a US or Canadian number has 10, any other starts with + and has 8 to 15")]
    WrongLength(String, usize),
}

/// ITU-T E.164: at most fifteen digits. The shortest in real use have seven or eight with their country code.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// `mightycall-api.md`, section 20.
const SHORT_CODE_DIGITS: std::ops::RangeInclusive<usize> = 5..=6;
/// More than this, in characters, no address has; alphanumeric senders have eleven at most.
const LONGEST: usize = 100;

impl Address {
    /// Reads a number that a person typed or configured and that must be one we can send to or from.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(AddressError::Empty);
        }
        let shown = || trimmed.chars().take(40).collect::<String>();
        if trimmed.len() > LONGEST * 4
            || !trimmed.chars().all(is_number_mark)
            || trimmed.chars().skip(1).any(|c| c == '+')
        {
            return Err(AddressError::NotANumber(shown()));
        }
        // "+44 (0)20 …": the trunk zero in brackets is not dialled from abroad
        let digits = digits_of(&trimmed.replace("(0)", ""));
        if digits.is_empty() {
            return Err(AddressError::NotANumber(shown()));
        }
        e164(trimmed, &digits)
            .or_else(|| (trimmed == digits && SHORT_CODE_DIGITS.contains(&digits.len())).then(|| digits.clone()))
            .map(Self)
            .ok_or_else(|| AddressError::WrongLength(shown(), digits.len()))
    }

    /// Reads an address as a record gives it. Anything but blanks is an address: what is no number is kept as it stands
    /// (trimmed, and cut where it is absurdly long), as an alphanumeric sender is. `None` for blanks.
    pub fn from_wire(text: &str) -> Option<Self> {
        let mut trimmed = text.trim();
        while let Some(rest) = ["tel:", "sms:"].iter().find_map(|scheme| trimmed.strip_prefix(scheme)) {
            trimmed = rest.trim_start();
        }
        if let Some((end, _)) = trimmed.char_indices().nth(LONGEST) {
            trimmed = trimmed[..end].trim_end();
        }
        match Self::parse(trimmed) {
            Ok(address) => Some(address),
            Err(AddressError::Empty) => None,
            Err(_) => Some(Self(trimmed.to_owned())),
        }
    }

    /// An address that was normalised before, as the cache gives it back.
    pub fn from_normal(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The normal form: `+` and digits, bare digits of a short code, or the sender's own spelling.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a full international number.
    pub fn is_e164(&self) -> bool {
        // a record may call its sender "+Prize"
        self.0.strip_prefix('+').is_some_and(|digits| e164(&self.0, digits).is_some_and(|whole| whole == self.0))
            && self.0.bytes().skip(1).all(|b| b.is_ascii_digit())
    }

    /// Whether an SMS can be sent to it: numbers and short codes can be answered, names cannot.
    pub fn can_receive(&self) -> bool {
        self.is_e164() || (!self.0.is_empty() && self.0.bytes().all(|b| b.is_ascii_digit()))
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
            return number.format().mode(phonenumber::Mode::International).to_string();
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

/// What may stand in a written number: digits, a plus, and the marks people and no-break spaces put between.
fn is_number_mark(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | '.' | '/' | ' ' | '\u{a0}' | '\u{2010}'..='\u{2013}')
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The E.164 form, where `digits` can be one. The North American plan is read by shape alone, because fictional and new
/// area codes are not in any table; other plans go through their tables for trunk prefixes.
fn e164(text: &str, digits: &str) -> Option<String> {
    if text.starts_with('+') {
        let nanp_ok = !digits.starts_with('1') || digits.len() == 11;
        return (nanp_ok && E164_DIGITS.contains(&digits.len())).then(|| format!("+{digits}"));
    }
    match digits.len() {
        10 if !digits.starts_with('0') => Some(format!("+1{digits}")),
        11 if digits.starts_with('1') => Some(format!("+{digits}")),
        10..=18 => by_tables(text),
        _ => None,
    }
}

/// Reads it as dialled from the US (`011 44 …`), or as an international number that lost its plus.
fn by_tables(text: &str) -> Option<String> {
    let spelled = [text.to_owned(), format!("+{}", digits_of(text))];
    spelled.iter().find_map(|spelling| {
        let number = phonenumber::parse(Some(phonenumber::country::US), spelling).ok()?;
        phonenumber::is_valid(&number).then(|| number.format().mode(phonenumber::Mode::E164).to_string())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("(202) 555-0101", "+12025550101")]
    #[case("202.555.0101", "+12025550101")]
    #[case("202-555-0101", "+12025550101")]
    #[case("1-202-555-0101", "+12025550101")]
    #[case("+12025550101", "+12025550101")]
    #[case(" +1 (202) 555 0101 ", "+12025550101")]
    #[case("202\u{a0}555\u{2011}0101", "+12025550101")]
    #[case("+44 20 7946 0000", "+442079460000")]
    #[case("+44 (0)20 7946 0000", "+442079460000")]
    #[case("011 44 20 7946 0000", "+442079460000")]
    #[case("442079460000", "+442079460000")]
    #[case("72345", "72345")]
    fn reads_every_form(#[case] typed: &str, #[case] normal: &str) {
        assert_eq!(Address::parse(typed).unwrap().as_str(), normal);
    }

    #[rstest]
    #[case("")]
    #[case("   ")]
    #[case("Dana")]
    #[case("+")]
    #[case("202-555-01o1")]
    #[case("12")]
    #[case("2025550")]
    #[case("555-01")]
    #[case("5550")]
    #[case("+1 202 555 010")]
    #[case("+12025550101234567")]
    #[case("+1202+5550101")]
    #[case("2025550101;rm")]
    fn refuses_what_is_none(#[case] typed: &str) {
        assert!(Address::parse(typed).is_err(), "{typed:?} was read as {:?}", Address::parse(typed));
    }

    #[rstest]
    #[case("2025550101", Some("+12025550101"))]
    #[case("tel:+12025550101", Some("+12025550101"))]
    #[case("MYBANK", Some("MYBANK"))]
    #[case("72345", Some("72345"))]
    #[case("611", Some("611"))]
    #[case("  ", None)]
    fn keeps_what_records_hold(#[case] wire: &str, #[case] normal: Option<&str>) {
        assert_eq!(Address::from_wire(wire).as_ref().map(Address::as_str), normal);
    }

    #[rstest]
    #[case("+12025550101", "(202) 555-0101")]
    #[case("+442079460000", "+44 20 7946 0000")]
    #[case("72345", "72345")]
    #[case("MYBANK", "MYBANK")]
    fn shows_people_form(#[case] normal: &str, #[case] shown: &str) {
        assert_eq!(Address::from_normal(normal).display(), shown);
    }

    #[rstest]
    #[case("+1é日日é")]
    #[case("+12345")]
    #[case("+Prize")]
    #[case("+1\u{660}\u{661}\u{662}\u{663}\u{664}")]
    fn what_only_begins_like_a_number_is_a_name(#[case] wire: &str) {
        let address = Address::from_wire(wire).unwrap();
        assert_eq!((address.display().as_str(), address.is_e164(), address.can_receive()), (wire, false, false));
    }

    #[test]
    fn an_absurd_address_is_cut() {
        for unit in ["x", "日", "(", "+", "1", "-1"] {
            let address = Address::from_wire(&unit.repeat(1_000_000)).unwrap();
            assert!(address.as_str().chars().count() <= LONGEST);
            assert_eq!(Address::from_wire(address.as_str()), Some(address));
            assert!(Address::parse(&unit.repeat(1_000_000)).is_err());
        }
    }

    proptest! {
        #[test]
        fn never_panics_and_normal_form_is_a_fixed_point(text in "\\PC{0,40}") {
            if let Some(address) = Address::from_wire(&text) {
                let _ = address.display();
                prop_assert_eq!(Address::from_wire(address.as_str()), Some(address));
            }
        }

        #[test]
        fn display_reads_back(digits in "[2-9][0-9]{9}") {
            let address = Address::parse(&digits).unwrap();
            prop_assert_eq!(Address::parse(&address.display()).unwrap(), address);
        }
    }
}

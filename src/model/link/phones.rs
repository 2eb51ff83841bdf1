//! Phone numbers in running text. Strict about shape: an order number or a date is no phone number.

use std::ops::Range;

use super::{Goal, Link};
use crate::model::phone::{Address, plain_char};
use crate::model::words::is_unspaced;

/// A letter that would make a number part of something longer.
const LETTER: u8 = 0x80;

/// A text as ASCII would write the numbers in it, a byte for each character that can be seen.
#[derive(Default)]
struct Seen {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Seen {
    fn of(text: &str) -> Self {
        let mut seen = Self::default();
        for (at, c) in text.char_indices() {
            let Some(plain) = plain_char(c) else { continue };
            // a number stands between the letters of these scripts without a blank
            let other = if c.is_alphanumeric() && !is_unspaced(c) { LETTER } else { 0 };
            seen.bytes.push(u8::try_from(plain).ok().filter(u8::is_ascii).unwrap_or(other));
            seen.places.push(at..at + c.len_utf8());
        }
        seen
    }

    /// The bytes of the text.
    fn range(&self, from: usize, to: usize) -> Range<usize> {
        self.places[from].start..self.places[to - 1].end
    }
}

/// Finds the phone numbers of a text. Nothing that [`Address::parse`] refuses is one.
pub(super) fn phones(text: &str) -> Vec<Link> {
    let seen = Seen::of(text);
    let bytes = seen.bytes.as_slice();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begins = matches!(bytes[at], b'+' | b'(' | b'0'..=b'9');
        let apart = at == 0 || !joins(bytes[at - 1]);
        let read = |end: usize| {
            let range = seen.range(at, end);
            let address = Address::parse(&text[range.clone()]).ok().filter(Address::is_e164)?;
            Some((end, Link { range, goal: Goal::Phone(address) }))
        };
        if begins
            && apart
            && let Some((end, link)) =
                national(bytes, at).and_then(read).or_else(|| international(bytes, at).into_iter().rev().find_map(read))
        {
            found.push(link);
            at = end;
            continue;
        }
        at += 1;
    }
    found
}

/// What a number does not begin or end beside: it would be part of something longer.
fn joins(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'$' | b'#' | b'_' | b'=' | LETTER)
}

/// `+1 (202) 555-0101` and whatever of it people leave out: the end, where there is one.
fn national(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    if bytes.get(at) == Some(&b'+') {
        at = digits(bytes, at + 1, 1).filter(|_| bytes.get(at + 1) == Some(&b'1'))?;
        at = gap(bytes, at);
    } else if bytes.get(at) == Some(&b'1') {
        at = gap(bytes, at + 1);
    }
    let area = if bytes.get(at) == Some(&b'(') {
        let end = digits(bytes, at + 1, 3).filter(|&end| bytes.get(end) == Some(&b')'))?;
        at += 1;
        end + 1
    } else {
        digits(bytes, at, 3)?
    };
    let exchange = gap(bytes, area);
    let middle = digits(bytes, exchange, 3)?;
    let end = digits(bytes, gap(bytes, middle), 4)?;
    // in the North American plan neither part begins with 0 or 1
    let real = bytes[at] >= b'2' && bytes[exchange] >= b'2';
    (real && ends(bytes, end)).then_some(end)
}

/// `+44 (0)20 7946 0000`: where it can end, the nearest first.
fn international(bytes: &[u8], start: usize) -> Vec<usize> {
    let mut ends_at = Vec::new();
    if bytes.get(start) != Some(&b'+') {
        return ends_at;
    }
    let (mut at, mut count) = (start + 1, 0);
    while count < 15 && bytes.get(at).is_some_and(u8::is_ascii_digit) {
        count += 1;
        at += 1;
        if !bytes.get(at).is_some_and(u8::is_ascii_digit) {
            if count >= 7 && ends(bytes, at) {
                ends_at.push(at);
            }
            at = gap(bytes, at);
            if bytes.get(at..).is_some_and(|rest| rest.starts_with(b"(0)")) {
                at = gap(bytes, at + 3);
            }
        }
    }
    ends_at
}

/// Exactly `count` digits from `at` on, or at least that many: the place after them.
fn digits(bytes: &[u8], at: usize, count: usize) -> Option<usize> {
    let part = bytes.get(at..at + count)?;
    part.iter().all(u8::is_ascii_digit).then_some(at + count)
}

/// After one mark that may stand between groups, if there is one.
fn gap(bytes: &[u8], at: usize) -> usize {
    at + usize::from(matches!(bytes.get(at), Some(b' ' | b'-' | b'.')))
}

fn ends(bytes: &[u8], end: usize) -> bool {
    let longer = matches!((bytes.get(end), bytes.get(end + 1)), (Some(b'.' | b'-'), Some(b'0'..=b'9')));
    !longer && bytes.get(end).is_none_or(|&byte| !joins(byte))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("(202) 555-0147", &["+12025550147"])]
    #[case("202-555-0147, thanks", &["+12025550147"])]
    #[case("2025550147", &["+12025550147"])]
    #[case("1-202-555-0147.", &["+12025550147"])]
    #[case("+1 202 555 0147", &["+12025550147"])]
    #[case("+44 20 7946 0000 is London", &["+442079460000"])]
    #[case("202-555-0147 202-555-0148", &["+12025550147", "+12025550148"])]
    #[case("+44 20 7946 0000 12 people", &["+442079460000"])]
    #[case("+44 (0)20 7946 0000", &["+442079460000"])]
    #[case("call 202\u{2011}555\u{2011}0147", &["+12025550147"])]
    #[case("(202)\u{a0}555\u{2013}0147, or 202\u{2007}555\u{2007}0148", &["+12025550147", "+12025550148"])]
    #[case("\u{200e}+1 202 555 0147\u{200e} \u{2066}202-555-0148\u{2069}", &["+12025550147", "+12025550148"])]
    #[case("“202-555-0147”", &["+12025550147"])]
    #[case("請撥202-555-0147。", &["+12025550147"])]
    #[case("２０２－５５５－０１４７", &["+12025550147"])]
    #[case("٢٠٢ ٥٥٥ ٠١٤٧", &["+12025550147"])]
    #[case("૨૦૨-૫૫૫-૦૧૪૭", &["+12025550147"])]
    #[case("ﾃﾞﾝﾜ202-555-0147です、โทร202-555-0148", &["+12025550147", "+12025550148"])]
    #[case("\u{fe8d}202-555-0147 ﬀ202-555-0148", &[])]
    #[case("303-555-01622", &[])]
    #[case("+1 303 555 01622", &[])]
    #[case("+44 20 7946 00001234", &[])]
    #[case("+999 20 7946 0000", &[])]
    #[case("+03035550162", &[])]
    #[case("103-555-0162 and 303-155-0162", &[])]
    #[case("дом202-555-0147", &[])]
    #[case("order 1234567890", &[])]
    #[case("on 2026-11-18 at 09:41", &[])]
    #[case("card 4111 1111 1111 1111", &[])]
    #[case("10.0.0.1 and 555-0147", &[])]
    #[case("$2025550147", &[])]
    #[case("20255501470", &[])]
    #[case("202-555-0147-9", &[])]
    fn finds(#[case] text: &str, #[case] expected: &[&str]) {
        let found: Vec<String> = phones(text).iter().map(Link::target).collect();
        let expected: Vec<String> = expected.iter().map(|number| format!("tel:{number}")).collect();
        assert_eq!(found, expected);
    }
}

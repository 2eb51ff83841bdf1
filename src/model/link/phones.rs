//! Phone numbers in running text. Strict about shape: an order number or a date is no phone number.

use super::{Goal, Link};
use crate::model::phone::Address;

/// Finds the phone numbers of a text.
pub(super) fn phones(text: &str) -> Vec<Link> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begins = matches!(bytes[at], b'+' | b'(' | b'0'..=b'9');
        let apart = at == 0 || !joins(bytes[at - 1]);
        if begins
            && apart
            && let Some(end) = national(bytes, at).or_else(|| international(bytes, at))
            && let Ok(address) = Address::parse(&text[at..end])
            && address.is_e164()
        {
            found.push(Link { range: at..end, goal: Goal::Phone(address) });
            at = end;
            continue;
        }
        at += 1;
    }
    found
}

/// What a number does not begin or end beside: it would be part of something longer.
fn joins(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'$' | b'#' | b'_' | b'=') || byte >= 0x80
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

/// `+44 20 7946 0000`.
fn international(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start) != Some(&b'+') {
        return None;
    }
    let (mut at, mut count) = (start + 1, 0);
    let mut end = None;
    while count < 15 && bytes.get(at).is_some_and(u8::is_ascii_digit) {
        count += 1;
        at += 1;
        if !bytes.get(at).is_some_and(u8::is_ascii_digit) {
            end = (count >= 8).then_some(at).or(end);
            at = gap(bytes, at);
        }
    }
    end.filter(|&end| ends(bytes, end))
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

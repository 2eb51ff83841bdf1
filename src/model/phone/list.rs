//! Numbers that are written one after the other.

use super::marks::plain_char;
use super::{Address, AddressError, LONGEST_TEXT};

/// The entries of a pasted list or spreadsheet: what commas, semicolons, line breaks, tabs and bars of any script part.
pub fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.split(|c| matches!(plain_char(c), Some(',' | ';' | '\n' | '\t' | '|')))
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
}

/// A longer row, in bytes, is not taken apart.
const LONGEST_ROW: usize = 20_000;

/// Whether a text is rather several numbers, or a row with them, than one.
pub fn is_list(text: &str) -> bool {
    match Address::parse(text) {
        Ok(_) => false,
        Err(AddressError::Several(_)) => true,
        Err(_) => entries(text).nth(1).is_some() || split_numbers(text).len() > 1,
    }
}

/// The numbers of an entry that has nothing but blanks or slashes between them; the entry itself where it is anything
/// else.
pub fn split_numbers(entry: &str) -> Vec<&str> {
    if entry.len() > LONGEST_ROW {
        return vec![entry];
    }
    let starts = |wanted: &'static [char]| {
        let found = move |c: char| plain_char(c).is_some_and(|c| wanted.contains(&c));
        entry.char_indices().filter(move |&(at, c)| at > 0 && found(c)).map(|(at, _)| at)
    };
    let reads = |part: &str| Address::parse(part).is_ok();
    // a number with a plus may read as a whole before it is
    let pluses: Vec<usize> = starts(&['+']).collect();
    let mut cuts = Vec::new();
    if pluses.is_empty() {
        let mut from = 0;
        for at in starts(&[' ', '/', '(']) {
            let part = bare(&entry[from..at]);
            // what goes on for so long does not become a number
            if part.len() > LONGEST_TEXT {
                return vec![entry];
            }
            if reads(part) {
                cuts.push(at);
                from = at;
            }
        }
    } else {
        cuts = pluses;
    }
    let mut parts = Vec::with_capacity(cuts.len() + 1);
    let mut from = 0;
    for at in cuts.into_iter().chain([entry.len()]) {
        parts.push(bare(&entry[from..at]));
        from = at;
    }
    // what is left of a mark before the first plus
    parts.retain(|part| !part.is_empty());
    if parts.iter().all(|part| reads(part)) { parts } else { vec![entry] }
}

/// Without the marks that part numbers.
fn bare(part: &str) -> &str {
    part.trim_matches(|c: char| c.is_whitespace() || plain_char(c).is_none_or(|c| c == '/'))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("303-555-0162 303-555-0163", &["303-555-0162", "303-555-0163"])]
    #[case("303 555 0162 303 555 0163 72345", &["303 555 0162", "303 555 0163", "72345"])]
    #[case("(303) 555-0162 (303) 555-0163", &["(303) 555-0162", "(303) 555-0163"])]
    #[case("303-555-0162 / 303-555-0163", &["303-555-0162", "303-555-0163"])]
    #[case("+1 303 555 0162\u{a0}+49 6221 12345", &["+1 303 555 0162", "+49 6221 12345"])]
    #[case("+13035550162+13035550163", &["+13035550162", "+13035550163"])]
    #[case("303-555-0162/3", &["303-555-0162/3"])]
    #[case("303-555-0162 303-555-016", &["303-555-0162 303-555-016"])]
    #[case("303 555 0162 72345 55555", &["303 555 0162", "72345", "55555"])]
    #[case("Dana", &["Dana"])]
    fn numbers_are_taken_apart(#[case] entry: &str, #[case] parts: &[&str]) {
        assert_eq!(split_numbers(entry), parts);
    }

    #[rstest]
    #[case("303-555-0162\t303-555-0163", true)]
    #[case("Dana\t303-555-0162", true)]
    #[case("303-555-0162，303-555-0163", true)]
    #[case("303-555-0162/303-555-0163", true)]
    #[case("303\t555\t0162", false)]
    #[case("303-555-0162, ext. 12", false)]
    #[case("303-555-0162;ext=12\n", false)]
    #[case("98765 43210", true)]
    #[case("72345\n55555", true)]
    #[case("Dana", false)]
    fn lists_are_told(#[case] text: &str, #[case] list: bool) {
        assert_eq!(is_list(text), list);
    }

    #[test]
    fn a_long_row_of_numbers_is_a_list() {
        let row = "303-555-0162 ".repeat(200);
        assert!(is_list(&row));
        assert_eq!(split_numbers(row.trim()).len(), 200);
    }
}

//! Digits and full-width characters, as ASCII would write them: what search folds ([`crate::model::words`]) and what phone
//! numbers are read from ([`crate::model::phone`]) must be the same.
//!
//! The cache keeps folded words and numbers (`store::search::spelling`): a change of what is folded here, with a newer
//! Unicode in `icu_properties` too, needs a migration that indexes all texts again, or new words would not match old ones.

use icu_properties::CodePointMapData;
use icu_properties::props::GeneralCategory;

/// A decimal digit of any script as `0` to `9`; `None` for anything else.
pub fn digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    if !is_decimal(c as u32) {
        return None;
    }
    // Unicode promises that digits stand in runs from zero to nine; one run can follow another
    let before = (0..c as u32).rev().take_while(|&other| is_decimal(other)).count();
    char::from_digit(u32::try_from(before % 10).unwrap_or(0), 10)
}

/// A full-width form of an ASCII character in its usual width; any other character as it is.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn is_decimal(code: u32) -> bool {
    CodePointMapData::<GeneralCategory>::new().get32(code) == GeneralCategory::DecimalNumber
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_has_its_ten_digits_in_a_row() {
        let mut count = 0;
        for c in '\0'..=char::MAX {
            assert_eq!(digit(c).is_some(), is_decimal(c as u32), "{c:?}");
            if let Some(found) = digit(c) {
                assert_eq!(found, char::from(b'0' + u8::try_from(count % 10).unwrap()), "{c:?}");
                count += 1;
            }
        }
        assert!(count >= 680 && count % 10 == 0, "{count}");
        assert_eq!(
            ['૨', '௭', '๕', '９', '½', '②', '五'].map(digit),
            [Some('2'), Some('7'), Some('5'), Some('9'), None, None, None]
        );
    }

    #[test]
    fn full_width_forms_get_narrow() {
        let narrow: String = "（２０２）－ＡＢ".chars().map(half_width).collect();
        assert_eq!(narrow, "(202)-AB");
    }
}

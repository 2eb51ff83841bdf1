//! The characters of a written number, in every script, as ASCII would write them.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};

use crate::model::text::{digit, half_width};

/// A text as ASCII would write the number in it: digits of every script as `0` to `9`, every dash as `-`, every blank as
/// a blank (tabs and line breaks stay), brackets as `(` and `)`; without what one cannot see. Other characters stay.
pub(super) fn to_ascii(text: &str) -> String {
    text.chars().filter_map(plain_char).collect()
}

/// A character as ASCII would write it in a number: digits, dashes, blanks and brackets of every script as `0` to `9`, `-`,
/// a blank, `(` and `)`; any other as it is. `None` where it cannot be seen.
pub fn plain_char(c: char) -> Option<char> {
    let category = |c| CodePointMapData::<GeneralCategory>::new().get(c);
    Some(match c {
        '[' => '(',
        ']' => ')',
        '\r' | '\u{b}' | '\u{c}' => '\n',
        c if c.is_ascii() => c,
        '\u{ff01}'..='\u{ff5e}' => return plain_char(half_width(c)),
        // a digit in a keycap is a digit
        '\u{20e3}' => return None,
        '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        '\u{207a}' | '\u{2795}' | '\u{fe62}' => '+',
        '\u{fe59}' => '(',
        '\u{fe5a}' => ')',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{b7}' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{30fb}' | '\u{ff65}'
        | '\u{fe52}' => '.',
        '\u{60c}' | '\u{3001}' | '\u{ff64}' | '\u{fe50}' => ',',
        '\u{61b}' | '\u{fe54}' => ';',
        '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => '"',
        // minus signs, a hyphen bullet, and what Japanese keyboards have in the hyphen's place
        '\u{2212}' | '\u{2043}' | '\u{2796}' | '\u{30fc}' | '\u{ff70}' => '-',
        c if c.is_whitespace() => ' ',
        c if CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c) => return None,
        c => match category(c) {
            GeneralCategory::DashPunctuation => '-',
            _ => digit(c).unwrap_or(c),
        },
    })
}

/// What may stand in a number beside its digits, once it is [`to_ascii`].
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '+' | '(' | ')' | '-' | '.' | '/' | ' ' | '\t' | '\n')
}

/// The digits of a plain text.
pub(super) fn digits(plain: &str) -> String {
    plain.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("\u{660}\u{661}\u{669}", "019")]
    #[case("\u{966}\u{96f}\u{6f5}", "095")]
    #[case("\u{ff10}\u{ff19}", "09")]
    // bold, double-struck and sans-serif digits of mathematics follow each other without a gap
    #[case("\u{1d7ce}\u{1d7d7}\u{1d7d8}\u{1d7e1}\u{1d7ff}", "09099")]
    #[case("1\u{fe0f}\u{20e3}2", "12")]
    #[case(
        "\u{200e}1\u{200f}\u{202a}\u{202e}2\u{2066}\u{2069}3\u{200b}\u{200d}\u{2060}\u{feff}\u{ad}\u{fe0f}\u{61c}",
        "123"
    )]
    #[case("a\u{a0}b\u{2007}c\u{2009}d\u{202f}e\u{3000}f", "a b c d e f")]
    #[case("\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{fe63}\u{ff0d}\u{58a}", "----------")]
    #[case("\u{ff0b}\u{ff08}\u{ff09}\u{ff0f}\u{ff0e}\u{b7}\u{30fb}", "+()/...")]
    #[case("[1]\t2\r\n3", "(1)\t2\n\n3")]
    #[case("\u{bd}\u{2460}\u{6587}", "\u{bd}\u{2460}\u{6587}")]
    fn reads(#[case] written: &str, #[case] as_ascii: &str) {
        assert_eq!(to_ascii(written), as_ascii);
    }
}

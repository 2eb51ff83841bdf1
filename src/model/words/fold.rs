//! Characters as they are compared: in small letters, without accents, in one width; and which of them belong to scripts
//! that are written without blanks between words.
//!
//! The cache keeps words as they are folded here: a change needs a migration that indexes all texts again.

use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

use crate::model::text::{digit, half_width};

/// A text as it is compared: in small letters, without accents, everything else as it stands.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(range) = take(rest, &mut out) {
        rest = &rest[range.end..];
    }
    out
}

/// Folds the first character of a text, and what makes one character with it, to the end of `out`; says which bytes it
/// was. `None` where the text is empty.
pub(super) fn take(text: &str, out: &mut String) -> Option<Range<usize>> {
    let first = text.chars().next()?;
    let mut end = first.len_utf8();
    if first.is_ascii() {
        out.push(first.to_ascii_lowercase());
    } else if is_composed(first) {
        end += text[end..].chars().take_while(|&c| is_joined(c)).map(char::len_utf8).sum::<usize>();
        if end == first.len_utf8() && is_plain(first) {
            out.push(first);
            return Some(0..end);
        }
        let whole = ComposingNormalizerBorrowed::new_nfkc().normalize(&text[..end]);
        // a voicing mark that fits to nothing is as an accent
        out.extend(whole.chars().filter(|c| !matches!(c, '\u{3099}' | '\u{309a}')));
    } else {
        let c = narrow(first);
        out.extend(c.to_lowercase().map(base).filter(|&c| !is_mark(c)));
    }
    Some(0..end)
}

/// The accents that stand on a letter of their own, and what chooses between two shapes of a character.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// A Latin letter without its accents; any other character as it is, because elsewhere a mark makes another letter.
fn base(c: char) -> char {
    let latin = |c: char| matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}');
    let mut letter = c;
    while latin(letter) {
        match CanonicalDecompositionBorrowed::new().decompose(letter) {
            Decomposed::Expansion(first, _) | Decomposed::Singleton(first) => letter = first,
            Decomposed::Default => break,
        }
    }
    letter
}

/// A full-width character in its usual width, and a digit of any script as the digit that it is.
pub(super) fn narrow(c: char) -> char {
    match c {
        _ if c.is_ascii() => c,
        '\u{3000}' => ' ',
        _ => digit(c).unwrap_or_else(|| half_width(c)),
    }
}

/// Whether a character may be spelled in another way, or be one with what follows it: kana, half-width kana and Hangul,
/// single letters of Hangul, second codes of Chinese characters.
fn is_composed(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3041}'..='\u{318f}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}' | '\u{2f800}'..='\u{2fa1f}')
}

/// Whether a character alone is as it is compared: kana and syllables of Hangul.
fn is_plain(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}' | '\u{ac00}'..='\u{d7a3}')
}

/// Whether a character is one with what stands before it: a voicing mark, or a letter in the middle or at the end of a
/// syllable of Hangul.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}' | '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7ff}')
}

/// Whether a folded character is of a script that is written without blanks between words, and is a word of its own
/// therefore: Chinese characters, kana, Thai, Lao, Tibetan, Burmese, Khmer, their vowels and tones too. Hangul has blanks,
/// but words go on with particles and are put together, and what is looked for may be any part of them. The half-width forms
/// of these, which no folded text has, belong to them too.
pub fn is_unspaced(c: char) -> bool {
    match c {
        '\0'..='\u{e00}' => false,
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' => true,
        '\u{e81}'..='\u{ecf}' | '\u{eda}'..='\u{edf}' => true,
        '\u{f00}' | '\u{f40}'..='\u{f84}' | '\u{f86}'..='\u{fbc}' => true,
        '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{108f}' | '\u{109a}'..='\u{109d}' | '\u{aa60}'..='\u{aa7f}' => true,
        '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' => true,
        '\u{1780}'..='\u{17b3}' | '\u{17b6}'..='\u{17d3}' | '\u{17d7}' | '\u{17dc}' | '\u{17dd}' => true,
        '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3031}'..='\u{3035}' | '\u{3038}'..='\u{303c}' => true,
        '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{318e}' => true,
        '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}' | '\u{1b000}'..='\u{1b16f}' => true,
        '\u{2e80}'..='\u{2fd5}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' => true,
        '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}' => true,
        _ => false,
    }
}

/// Whether a folded character is part of a word.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_unspaced(c)
}

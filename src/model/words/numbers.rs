//! Numbers that people write with separators, as `(202) 555-0147`: their digits in one, so that they are found in whatever
//! way they are spelled.

use super::Word;
use super::fold::narrow;

/// Fewer digits than this are not put together: they are found as they are written.
pub const FEWEST_DIGITS: usize = 6;
/// More digits than this are no number that anybody would type.
const MOST: usize = 24;
/// Fewer digits than this are looked for as words alone: `2026` is no beginning of a phone number.
const FEWEST_TYPED: usize = 5;
/// No text has more numbers than this, or it is no text for people.
const NUMBERS: usize = 100;

/// A number in a text, or its end from a place on where one may begin to type it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The byte of the text at which it begins.
    pub start: usize,
    /// Its digits, [`FEWEST_DIGITS`] at least.
    pub digits: String,
}

/// Whether a text is digits, and what people put between those of a number.
pub fn is_number_part(text: &str) -> bool {
    typed_digits(text).is_some()
}

fn typed_digits(text: &str) -> Option<String> {
    let mut digits = String::new();
    for c in text.chars().map(narrow) {
        match c {
            '0'..='9' => digits.push(c),
            '+' | '(' | ')' => {}
            c if is_separator(c) || is_invisible(c) => {}
            _ => return None,
        }
    }
    (!digits.is_empty()).then_some(digits)
}

/// A number that was typed, as it is looked for: without the 1 of the North American plan, which may or may not be there.
pub(super) fn read_typed(text: &str) -> Option<String> {
    let digits = typed_digits(text)?;
    // who types the plus means the country, however many digits are there so far
    let begun = digits.strip_prefix('1').filter(|_| text.chars().map(narrow).find(|&c| !is_invisible(c)) == Some('+'));
    let number = begun.or_else(|| national(&digits)).unwrap_or(&digits);
    (FEWEST_TYPED..=MOST).contains(&number.len()).then(|| number.to_owned())
}

/// The ten digits behind the 1 of the North American plan.
fn national(digits: &str) -> Option<&str> {
    digits.strip_prefix('1').filter(|rest| is_local(rest))
}

/// Whether these are ten digits of the North American plan.
fn is_local(digits: &str) -> bool {
    digits.len() == 10 && digits.starts_with(|c: char| ('2'..='9').contains(&c))
}

/// The digits with which a word begins.
fn leading(word: &str) -> &str {
    &word[..word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len())]
}

/// The numbers of a text whose words these are, and the ends of numbers, without those that are a word as they stand: what
/// [`super::words`] finds anyway.
pub fn numbers(text: &str, words: &[Word]) -> Vec<Number> {
    let mut found = Vec::new();
    let mut joined_before = false;
    for (at, word) in words.iter().enumerate() {
        let own = leading(&word.folded);
        if own.is_empty() || found.len() >= NUMBERS {
            joined_before = false;
            continue;
        }
        let (digits, groups) = joined(text, &words[at..]);
        // where each number of a row of them begins and ends nobody knows; so one is looked for by its beginning
        let whole = digits.len() > own.len() || own.len() < word.folded.len();
        if whole && digits.len() >= FEWEST_DIGITS {
            found.push(Number { start: word.range.start, digits: digits.clone() });
        }
        // without its country, and without its area, where no separator says so
        for number in [Some(own), (!joined_before && groups > 1).then_some(digits.as_str())].into_iter().flatten() {
            let local = national(number).or(Some(number).filter(|digits| is_local(digits)));
            let Some(local) = local else { continue };
            for end in [local, &local[3..]] {
                let skipped = number.len() - end.len();
                if skipped > 0
                    && let Some(start) = after_digits(text, word.range.start, skipped)
                {
                    found.push(Number { start, digits: end.to_owned() });
                }
            }
        }
        joined_before = groups > 1 || (joined_before && follows(text, words, at));
    }
    found.truncate(NUMBERS);
    found
}

/// Whether a word is joined to the one before it.
fn follows(text: &str, words: &[Word], at: usize) -> bool {
    at > 0 && is_joint(&text[words[at - 1].range.end..words[at].range.start])
}

/// The digits of the first word and of those that are joined to it, and how many words that is.
fn joined(text: &str, words: &[Word]) -> (String, usize) {
    let mut digits = leading(&words[0].folded).to_owned();
    let mut groups = 1;
    for pair in words.windows(2) {
        let [before, word] = pair else { break };
        let next = leading(&word.folded);
        let ended = leading(&before.folded).len() < before.folded.len();
        if ended || next.is_empty() || digits.len() + next.len() > MOST {
            break;
        }
        if !is_joint(&text[before.range.end..word.range.start]) {
            break;
        }
        digits.push_str(next);
        groups += 1;
    }
    (digits, groups)
}

/// Whether what stands between two groups of digits may stand within a number: one separator, and brackets.
fn is_joint(between: &str) -> bool {
    // the longest is `) - (` with marks of direction
    if between.is_empty() || between.len() > 40 {
        return false;
    }
    let seen: String = between.chars().filter(|&c| !is_invisible(c)).map(narrow).collect();
    let rest = seen.strip_prefix(')').unwrap_or(&seen);
    let rest = rest.strip_prefix(is_separator).unwrap_or(rest);
    // a line of the screen may end behind a dash
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    matches!(rest, "" | "(")
}

fn is_separator(c: char) -> bool {
    matches!(c, '-' | '.' | '/' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2010}'..='\u{2015}' | '\u{202f}'
        | '\u{205f}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}')
}

/// Marks that take no room, such as those of the direction of writing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The byte at which the digit behind so many of them stands.
pub(super) fn after_digits(text: &str, start: usize, count: usize) -> Option<usize> {
    let mut digits = text[start..].char_indices().filter(|(_, c)| narrow(*c).is_ascii_digit());
    digits.nth(count).map(|(at, _)| start + at)
}

/// The byte at which so many digits end.
pub(super) fn end_of_digits(text: &str, start: usize, count: usize) -> usize {
    let mut digits = text[start..].char_indices().filter(|(_, c)| narrow(*c).is_ascii_digit());
    digits.nth(count.saturating_sub(1)).map_or(text.len(), |(at, c)| start + at + c.len_utf8())
}

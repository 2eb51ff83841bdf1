//! Finding by a few letters: which texts match, the best first, and where. Whatever is found by a few letters is found here.
//!
//! Each word of what is typed has to be meant somewhere in the text: as one run, or as the beginnings of words that are near
//! each other ("dw" for Dana Whitfield, "shwo" for Show Workshop). Letters that are merely strewn over a text are no match.

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use unicode_segmentation::UnicodeSegmentation;

use super::canvas::Canvas;
use super::paint::{self, Ink};
use ratatui::layout::Rect;

/// One that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Which of the texts.
    pub(crate) at: usize,
    /// Which graphemes of it, in order.
    pub(crate) graphemes: Vec<u32>,
}

/// What a run at the beginning of a word has before one inside of a word; a letter that matches counts 16.
const BEGINS: u32 = 24;
/// What the beginning of the whole text has before other words of it.
const FIRST: u32 = 16;
/// Words that may lie between two that are meant by their beginnings: "mru" is "mark read or unread".
const BETWEEN: usize = 1;
/// Letters that may be left out inside of a word whose beginning is meant: "stngs" is "settings".
const LEFT_OUT: usize = 2;

/// The best `most` of the texts, the best first; among equals in their order. An empty query matches all. Each comes with
/// what it has before others; a letter that matches counts 16.
pub(crate) fn best<'a>(query: &str, texts: impl IntoIterator<Item = (&'a str, u32)>, most: usize) -> Vec<Hit> {
    let atom = |word: &str| Atom::new(word, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy, false);
    let atoms: Vec<Atom> = words(query).into_iter().map(atom).collect();
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut scored: Vec<(u32, Hit)> = Vec::new();
    for (at, (text, before)) in texts.into_iter().enumerate() {
        if let Some((score, graphemes)) = matched(&atoms, text, &mut matcher) {
            scored.push((score + before, Hit { at, graphemes }));
        }
    }
    scored.sort_by_key(|(score, hit)| (std::cmp::Reverse(*score), hit.at));
    scored.truncate(most);
    scored.into_iter().map(|(_, hit)| hit).collect()
}

/// What is typed, in words: blanks and marks only separate, so that a number is found however it is spelled.
fn words(query: &str) -> Vec<&str> {
    let words: Vec<&str> =
        query.split(|c: char| c.is_whitespace() || is_mark(c)).filter(|word| !word.is_empty()).collect();
    // a mark alone may be what is meant
    if words.is_empty() { query.split_whitespace().collect() } else { words }
}

fn is_mark(c: char) -> bool {
    c.is_ascii_punctuation() || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201f}')
}

/// How well the words are meant in a text, and by which of its graphemes; `None` where one of them is not.
fn matched(atoms: &[Atom], text: &str, matcher: &mut Matcher) -> Option<(u32, Vec<u32>)> {
    let (mut score, mut graphemes, mut chars) = (0, Vec::new(), Vec::new());
    let mut letters = None;
    for atom in atoms {
        let mut here = Vec::new();
        score += u32::from(atom.indices(Utf32Str::new(text, &mut chars), matcher, &mut here)?);
        here.sort_unstable();
        score += letters.get_or_insert_with(|| Letters::of(text)).meant(&here)?;
        graphemes.append(&mut here);
    }
    graphemes.sort_unstable();
    graphemes.dedup();
    Some((score, graphemes))
}

/// A text's graphemes: for each that is part of a word, which word that is and which of its letters.
struct Letters(Vec<Option<(usize, usize)>>);

impl Letters {
    fn of(text: &str) -> Self {
        let (mut word, mut letter) = (0, 0);
        let place = |grapheme: &str| {
            if !grapheme.starts_with(char::is_alphanumeric) {
                (word, letter) = (word + usize::from(letter > 0), 0);
                return None;
            }
            letter += 1;
            Some((word, letter - 1))
        };
        Self(text.graphemes(true).map(place).collect())
    }

    fn at(&self, grapheme: u32) -> Option<(usize, usize)> {
        self.0.get(grapheme as usize).copied().flatten()
    }

    /// What the beginnings of words among the matched graphemes are worth; `None` where those are strewn.
    fn meant(&self, matched: &[u32]) -> Option<u32> {
        let Some(places) = matched.iter().map(|at| self.at(*at)).collect::<Option<Vec<_>>>() else {
            // marks and emoji stand for themselves
            return Some(0);
        };
        let first = *places.first()?;
        let of_first = if first.0 == 0 { FIRST } else { 0 };
        let follows = |pair: &[u32]| (pair[0] + 1..pair[1]).all(|between| self.at(between).is_none());
        if matched.windows(2).all(follows) {
            // one letter inside of a word is nothing that anybody means
            let begins = first.1 == 0;
            return (begins || places.len() > 1).then_some(if begins { BEGINS + of_first } else { 0 });
        }
        let near = |pair: &[(usize, usize)]| {
            let ((word, letter), (next, then)) = (pair[0], pair[1]);
            if word == next { then - letter <= LEFT_OUT + 1 } else { then == 0 && next - word <= BETWEEN + 1 }
        };
        (first.1 == 0 && places.windows(2).all(near)).then_some(BEGINS / 2 + of_first)
    }
}

/// Paints a text whose matched graphemes stand out; gives back the columns it took.
pub(crate) fn put(canvas: &mut Canvas<'_>, area: Rect, row: u16, text: &str, matched: &[u32], ink: Ink) -> u16 {
    let mut x = 0;
    for (at, grapheme) in (0u32..).zip(text.graphemes(true)) {
        if x >= area.width {
            break;
        }
        let ink = if matched.binary_search(&at).is_ok() { Ink::Match } else { ink };
        x += paint::put_at(canvas, area, x, row, grapheme, ink);
    }
    x
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn found(query: &str, texts: &[&str]) -> Vec<usize> {
        best(query, texts.iter().map(|text| (*text, 0)), 9).into_iter().map(|hit| hit.at).collect()
    }

    #[rstest]
    #[case("dw", &[1])]
    #[case("555 0162", &[2])]
    #[case("5550162", &[2])]
    #[case("202-555-01", &[2])]
    #[case("(202) 555", &[2])]
    #[case("550162", &[2])]
    #[case("", &[0, 1, 2, 3])]
    #[case("zzz", &[])]
    #[case("SYNC", &[0])]
    #[case("cafe", &[3])]
    #[case("ana", &[3, 1])]
    fn finds(#[case] query: &str, #[case] expected: &[usize]) {
        assert_eq!(found(query, &["sync now", "Dana Whitfield", "(202) 555-0162", "Café Ana"]), expected);
    }

    const LONG: &str = "switch to the number that is shown in the list of threads, or ask where something is unsent";

    #[rstest]
    #[case::run("shown", true)]
    #[case::inside_of_a_word("hread", true)]
    #[case::beginnings("stt", true)]
    #[case::one_word_between("tlt", true)]
    #[case::letters_left_out("thrds", true)]
    #[case::over_the_whole_text("sour", false)]
    #[case::inside_of_many_words("inks", false)]
    #[case::one_letter("n", true)]
    #[case::one_letter_inside_of_words("f", false)]
    #[case::each_word_for_itself("threads number", true)]
    #[case::one_word_is_not_there("threads zebra", false)]
    fn strewn_letters_are_no_match(#[case] query: &str, #[case] matches: bool) {
        assert_eq!(!found(query, &[LONG]).is_empty(), matches);
    }

    #[rstest]
    #[case::a_word_that_begins_so("set", &["reset it", "settings"], &[1, 0])]
    #[case::the_beginning_of_it_all("an", &["mute a thread or a number", "all numbers"], &[1, 0])]
    #[case::a_run_before_beginnings("sw", &["show work", "switch number"], &[1, 0])]
    #[case::equals_stay_in_order("dana", &["Dana B", "Dana A"], &[0, 1])]
    fn the_likeliest_comes_first(#[case] query: &str, #[case] texts: &[&str], #[case] expected: &[usize]) {
        assert_eq!(found(query, texts), expected);
    }

    #[test]
    fn tells_where() {
        assert_eq!(best("né", [("Re\u{301}né", 0)], 1), [Hit { at: 0, graphemes: vec![2, 3] }]);
    }
}

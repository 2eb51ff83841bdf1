//! Words in a text, as the cache's full-text index knows them (`store::search::spelling` enters them there): so that what it
//! finds can be shown in the place where it stands. A character of a script without blanks between words is a word of its
//! own, so that any part of a run of them is a phrase.

mod fold;
mod numbers;

use std::fmt;
use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

pub use self::fold::{fold, is_unspaced};
pub use self::numbers::{FEWEST_DIGITS, Number, is_number_part, numbers};

/// A word of a text: where it stands, and itself as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// In small letters and without accents.
    pub folded: String,
}

impl Word {
    /// Whether it is one character of a script without blanks.
    pub fn is_unspaced(&self) -> bool {
        is_one_unspaced(&self.folded)
    }
}

/// Whether a folded word is one character of a script without blanks.
pub fn is_one_unspaced(word: &str) -> bool {
    word.starts_with(is_unspaced)
}

/// The words of a text: runs of letters and digits, and each character of a script without blanks.
pub fn words(text: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    // whether the last word goes on
    let mut open = false;
    let (mut at, mut one) = (0, String::new());
    while let Some(range) = fold::take(&text[at..], &mut one) {
        let range = at..at + range.end;
        let mark = text[range.clone()].starts_with(fold::is_mark);
        match out.last_mut() {
            // it stands on the word before it, or on nothing
            Some(last) if mark && last.range.end == range.start => last.range.end = range.end,
            _ if mark => open = false,
            _ => {
                for c in one.chars() {
                    match out.last_mut() {
                        _ if !fold::is_word(c) => open = false,
                        Some(last) if open && !is_unspaced(c) => {
                            last.folded.push(c);
                            last.range.end = range.end;
                        }
                        _ => {
                            out.push(Word { range: range.clone(), folded: c.to_string() });
                            open = !is_unspaced(c);
                        }
                    }
                }
            }
        }
        at = range.end;
        one.clear();
    }
    out
}

/// Whether a character that was typed is part of a word, which may go on.
pub fn is_in_word(c: char) -> bool {
    fold::is_word(c) || fold::is_mark(c)
}

/// What is looked for in a text: words that follow each other, the last of which may only be a beginning.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Term {
    /// The words, folded; never empty ones.
    pub words: Vec<String>,
    /// The last word may go on.
    pub prefix: bool,
    /// A contact of that name will do as well.
    pub names: bool,
    /// The digits of a number: one that begins so will do as well, however it is spelled.
    pub number: Option<String>,
    /// The words need not follow each other.
    pub apart: bool,
}

/// A text that terms are looked for in.
struct Text<'t> {
    whole: &'t str,
    words: Vec<Word>,
    numbers: Vec<Number>,
}

impl<'t> Text<'t> {
    fn new<'q>(text: &'t str, terms: impl IntoIterator<Item = &'q Term>) -> Self {
        let words = words(text);
        let numbered = terms.into_iter().any(|term| term.number.is_some());
        let numbers = if numbered { numbers(text, &words) } else { Vec::new() };
        Self { whole: text, words, numbers }
    }
}

impl Term {
    /// The words of a text, as one term, and the number that it may be. `None` where there is no word in it.
    pub fn new(text: &str, prefix: bool) -> Option<Self> {
        let words: Vec<String> = words(text).into_iter().map(|word| word.folded).collect();
        let number = numbers::read_typed(text);
        (!words.is_empty()).then_some(Self { words, prefix, number, ..Self::default() })
    }

    /// The same for words in quotes, which are found as they are written alone.
    pub fn quoted(text: &str, prefix: bool) -> Option<Self> {
        Self::new(text, prefix).map(|term| Self { number: None, ..term })
    }

    /// Several terms that may be one number, as `(202) 555 0147` is typed: they or it are looked for. `None` where they
    /// cannot be one.
    pub fn joined(terms: &[Self], text: &str) -> Option<Self> {
        let number = numbers::read_typed(text)?;
        let prefix = terms.last().is_some_and(|last| last.prefix);
        let names = terms.iter().all(|term| term.names);
        let words = terms.iter().flat_map(|term| term.words.clone()).collect();
        Some(Self { words, prefix, names, number: Some(number), apart: true })
    }

    /// Whether it is in a contact's name. Asked of every contact there is.
    pub fn is_in_name(&self, name: &str) -> bool {
        self.words.first().is_some_and(|first| has_word_with(name, first)) && has_all([self], name)
    }

    fn is_among(&self, text: &Text<'_>) -> bool {
        !self.ranges(text, true).is_empty()
    }

    /// Where it stands in a text; the first place alone is enough for who asks whether there is any.
    fn ranges(&self, text: &Text<'_>, any: bool) -> Vec<Range<usize>> {
        let most = if any { 1 } else { usize::MAX };
        let mut out: Vec<Range<usize>> = Vec::new();
        if self.apart {
            let last = self.words.len().saturating_sub(1);
            for (at, word) in self.words.iter().enumerate() {
                let one = [word.clone()];
                let places = self.phrases(text, &one, self.prefix && at == last, most);
                if places.is_empty() {
                    out.clear();
                    break;
                }
                out.extend(places);
            }
        } else {
            out = self.phrases(text, &self.words, self.prefix, most);
        }
        let Some(number) = self.number.as_deref().filter(|_| !any || out.is_empty()) else { return out };
        out.extend(self.phrases(text, &[number.to_owned()], self.prefix, most));
        let begun = text.numbers.iter().filter(|found| found.digits.starts_with(number));
        out.extend(begun.map(|found| found.start..numbers::end_of_digits(text.whole, found.start, number.len())));
        out
    }

    #[allow(clippy::unused_self, reason = "it belongs to the others")]
    fn phrases(&self, text: &Text<'_>, wanted: &[String], prefix: bool, most: usize) -> Vec<Range<usize>> {
        let windows = text.words.windows(wanted.len().max(1)).filter(|window| fits(wanted, prefix, window));
        let range =
            |window: &[Word]| window[0].range.start..reach(wanted, prefix, text.whole, &window[window.len() - 1]);
        windows.take(most).map(range).collect()
    }
}

/// As it is shown: what belongs together without blanks has none.
impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut before: Option<&str> = None;
        for word in &self.words {
            let blank = before.is_some_and(|before| !is_one_unspaced(before) && !is_one_unspaced(word));
            write!(f, "{}{word}", if blank { " " } else { "" })?;
            before = Some(word);
        }
        Ok(())
    }
}

fn fits(wanted: &[String], prefix: bool, found: &[Word]) -> bool {
    let Some((last, before)) = wanted.split_last() else { return false };
    found.len() == wanted.len()
        && before.iter().zip(found).all(|(wanted, word)| *wanted == word.folded)
        && match &found[found.len() - 1].folded {
            word if prefix => word.starts_with(last.as_str()),
            word => word == last,
        }
}

/// How many bytes of a word the last one that is wanted takes: the beginning alone where it is one.
fn reach(wanted: &[String], prefix: bool, text: &str, word: &Word) -> usize {
    let Some(last) = wanted.last().filter(|_| prefix && !word.is_unspaced()) else { return word.range.end };
    let mut folded = String::new();
    let mut at = word.range.start;
    while at < word.range.end {
        let rest = &text[at..word.range.end];
        if folded.len() >= last.len() && !rest.starts_with(fold::is_mark) {
            return at;
        }
        at += fold::take(rest, &mut folded).map_or(rest.len(), |range| range.end);
    }
    word.range.end
}

/// Whether all of the terms are in a text.
pub fn has_all<'t>(terms: impl IntoIterator<Item = &'t Term> + Clone, text: &str) -> bool {
    let text = Text::new(text, terms.clone());
    terms.into_iter().all(|term| term.is_among(&text))
}

/// Whether any of the terms is in a text.
pub fn has_any<'t>(terms: impl IntoIterator<Item = &'t Term> + Clone, text: &str) -> bool {
    let text = Text::new(text, terms.clone());
    terms.into_iter().any(|term| term.is_among(&text))
}

/// Whether a folded part stands at the beginning of a word of a text, which is not folded. Most texts are plain ASCII, and
/// are compared as they stand.
pub(super) fn has_word_with(text: &str, part: &str) -> bool {
    if !text.is_ascii() {
        let text = fold(text);
        let unspaced = part.starts_with(is_unspaced);
        return text.match_indices(part).any(|(at, _)| unspaced || !ends_in_a_word(&text[..at]));
    }
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let begins = |at: usize| at == 0 || !text[at - 1].is_ascii_alphanumeric();
    text.windows(part.len().max(1)).enumerate().any(|(at, window)| window.eq_ignore_ascii_case(part) && begins(at))
}

fn ends_in_a_word(text: &str) -> bool {
    text.chars().next_back().is_some_and(|c| fold::is_word(c) && !is_unspaced(c))
}

/// Where the terms stand in a text: in order, apart from each other.
pub fn places(terms: &[Term], text: &str) -> Vec<Range<usize>> {
    let found = Text::new(text, terms);
    let mut places: Vec<Range<usize>> = terms.iter().flat_map(|term| term.ranges(&found, false)).collect();
    if !text.is_ascii() {
        for place in &mut places {
            *place = whole_graphemes(text, place);
        }
    }
    places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
    let mut out: Vec<Range<usize>> = Vec::new();
    for place in places {
        match out.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => out.push(place),
        }
    }
    out
}

/// A place without half of what a reader takes for one character.
fn whole_graphemes(text: &str, place: &Range<usize>) -> Range<usize> {
    let edge = |at: usize, before: bool| {
        let mut cursor = GraphemeCursor::new(at, text.len(), true);
        if cursor.is_boundary(text, 0).unwrap_or(true) {
            return at;
        }
        let found = if before { cursor.prev_boundary(text, 0) } else { cursor.next_boundary(text, 0) };
        found.ok().flatten().unwrap_or(at)
    };
    edge(place.start, true)..edge(place.end, false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Café-Bar, 3 pm!", &["cafe", "bar", "3", "pm"])]
    #[case("Ấn độ ÉTÉ e\u{301}te\u{301}", &["an", "đo", "ete", "ete"])]
    #[case("日本語 한국 Москва й", &["日", "本", "語", "한", "국", "москва", "й"])]
    #[case("iPhoneの充電器 3月5日", &["iphone", "の", "充", "電", "器", "3", "月", "5", "日"])]
    #[case("ｶﾞｰﾄﾞ ＡＢ１ カ\u{3099}", &["ガ", "ー", "ド", "ab1", "ガ"])]
    #[case("\u{1112}\u{1161}\u{11ab}글", &["한", "글"])]
    #[case("น้ำ ๒๕ ໂທ", &["น", "้", "ำ", "25", "ໂ", "ທ"])]
    #[case("😀 … —", &[])]
    fn finds_words(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(words(text).into_iter().map(|word| word.folded).collect::<Vec<_>>(), expected);
    }

    fn marked(terms: &[(&str, bool)], text: &str) -> String {
        let terms: Vec<Term> = terms.iter().filter_map(|(text, prefix)| Term::new(text, *prefix)).collect();
        let mut out = text.to_owned();
        for place in places(&terms, text).into_iter().rev() {
            out.insert(place.end, ']');
            out.insert(place.start, '[');
        }
        out
    }

    #[rstest]
    #[case(&[("cafe", false)], "The café, the CAFE, cafes", "The [café], the [CAFE], cafes")]
    #[case(&[("caf", true)], "The café, the CAFE", "The [caf]é, the [CAF]E")]
    #[case(&[("cafe", true)], "Cafe\u{301}s", "[Cafe\u{301}]s")]
    #[case(&[("move it", true)], "move items; move  it; it move", "[move it]ems; [move  it]; it move")]
    #[case(&[("a", false), ("a b", false)], "a b a", "[a b] [a]")]
    #[case(&[("!!", true)], "nothing!!", "nothing!!")]
    #[case(&[("予約", true)], "明日の予約をお願いします", "明日の[予約]をお願いします")]
    #[case(&[("予", false)], "予約、予定", "[予]約、[予]定")]
    #[case(&[("ガード", true)], "ｶﾞｰﾄﾞ下", "[ｶﾞｰﾄﾞ]下")]
    #[case(&[("iph", true)], "私のiPhoneの", "私の[iPh]oneの")]
    #[case(&[("ก", true)], "ก่อน", "[ก่]อน")]
    #[case(&[("서울", true)], "우리서울에서", "우리[서울]에서")]
    #[case(&[("2025550147", true)], "on +1 (202) 555-0147, ok", "on +1 ([202) 555-0147], ok")]
    #[case(&[("202-55", true)], "2025550147 or 202.555.0147", "[20255]50147 or [202.55]5.0147")]
    #[case(&[("5550147", true)], "+12025550147 (202) 555-0147", "+1202[5550147] (202) [555-0147]")]
    fn marks_places(#[case] terms: &[(&str, bool)], #[case] text: &str, #[case] shown: &str) {
        assert_eq!(marked(terms, text), shown);
    }

    #[test]
    fn all_terms_are_needed() {
        let terms = |text: &str| text.split(' ').filter_map(|word| Term::new(word, false)).collect::<Vec<_>>();
        assert!(has_all(&terms("b a"), "a b c"));
        assert!(!has_all(&terms("b d"), "a b c"));
        assert!(has_all(&[] as &[Term], "anything"));
    }

    proptest! {
        #[test]
        fn places_are_in_the_text_and_apart(text in "\\PC{0,30}", one in "\\PC{0,4}", other in "[a-d ]{0,4}") {
            let terms: Vec<Term> = [Term::new(&one, true), Term::new(&other, false)].into_iter().flatten().collect();
            let mut end = 0;
            for place in places(&terms, &text) {
                prop_assert!(place.start >= end && place.end > place.start);
                prop_assert!(text.get(place.clone()).is_some());
                end = place.end;
            }
            prop_assert_eq!(places(&terms, &text).is_empty() && !terms.is_empty(),
                !terms.is_empty() && !terms.iter().any(|term| has_all([term], &text)));
        }
    }
}

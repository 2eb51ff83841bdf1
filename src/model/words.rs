//! Words in a text, as the cache's full-text index knows them (`unicode61`, without diacritics): so that what it finds can
//! be shown in the place where it stands.

use std::ops::Range;

use icu_normalizer::properties::{CanonicalDecompositionBorrowed, Decomposed};

/// A word of a text: where it stands, and itself as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its bytes in the text.
    pub range: Range<usize>,
    /// In small letters and without accents.
    pub folded: String,
}

/// The words of a text: runs of letters and digits.
pub fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while chars.next_if(|&(_, c)| !c.is_alphanumeric()).is_some() {}
        let &(start, _) = chars.peek()?;
        let mut end = start;
        let mut folded = String::new();
        while let Some((at, c)) = chars.next_if(|&(_, c)| c.is_alphanumeric() || is_mark(c)) {
            end = at + c.len_utf8();
            fold_to(c, &mut folded);
        }
        Some(Word { range: start..end, folded })
    })
}

/// A text as it is compared: in small letters, without accents, everything else as it stands.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        fold_to(c, &mut out);
    }
    out
}

fn fold_to(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
    } else {
        out.extend(c.to_lowercase().map(base).filter(|&c| !is_mark(c)));
    }
}

/// The accents that stand on a letter of their own.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
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

/// What is looked for in a text: words that follow each other, the last of which may only be a beginning.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Term {
    /// The words, folded; never empty ones.
    pub words: Vec<String>,
    /// The last word may go on.
    pub prefix: bool,
    /// A contact of that name will do as well.
    pub names: bool,
}

impl Term {
    /// The words of a text, as one term. `None` where there is no word in it.
    pub fn new(text: &str, prefix: bool) -> Option<Self> {
        let words: Vec<String> = words(text).map(|word| word.folded).filter(|word| !word.is_empty()).collect();
        (!words.is_empty()).then_some(Self { words, prefix, names: false })
    }

    /// Whether it is in a contact's name. Asked of every contact there is.
    pub fn is_in_name(&self, name: &str) -> bool {
        self.words.first().is_some_and(|first| has_word_with(name, first)) && has_all([self], name)
    }

    fn is_among(&self, found: &[Word]) -> bool {
        found.windows(self.words.len().max(1)).any(|window| self.fits(window))
    }

    fn fits(&self, found: &[Word]) -> bool {
        let Some((last, before)) = self.words.split_last() else { return false };
        found.len() == self.words.len()
            && before.iter().zip(found).all(|(wanted, word)| *wanted == word.folded)
            && match &found[found.len() - 1].folded {
                word if self.prefix => word.starts_with(last.as_str()),
                word => word == last,
            }
    }

    /// How many bytes of a word the last one of this term takes: the beginning alone where it is one.
    fn reach(&self, text: &str, word: &Word) -> usize {
        let Some(last) = self.words.last().filter(|_| self.prefix) else { return word.range.end };
        let mut folded = 0;
        for (at, c) in text[word.range.clone()].char_indices() {
            if folded >= last.len() && !is_mark(c) {
                return word.range.start + at;
            }
            let mut one = String::new();
            fold_to(c, &mut one);
            folded += one.len();
        }
        word.range.end
    }
}

/// Whether all of the terms are in a text.
pub fn has_all<'t>(terms: impl IntoIterator<Item = &'t Term>, text: &str) -> bool {
    let found: Vec<Word> = words(text).collect();
    terms.into_iter().all(|term| term.is_among(&found))
}

/// Whether any of the terms is in a text.
pub fn has_any<'t>(terms: impl IntoIterator<Item = &'t Term>, text: &str) -> bool {
    let found: Vec<Word> = words(text).collect();
    terms.into_iter().any(|term| term.is_among(&found))
}

/// Whether a folded part stands at the beginning of a word of a text, which is not folded. Most texts are plain ASCII, and
/// are compared as they stand.
pub(super) fn has_word_with(text: &str, part: &str) -> bool {
    if !text.is_ascii() {
        let text = fold(text);
        return text.match_indices(part).any(|(at, _)| !ends_in_a_word(&text[..at]));
    }
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let begins = |at: usize| at == 0 || !text[at - 1].is_ascii_alphanumeric();
    text.windows(part.len().max(1)).enumerate().any(|(at, window)| window.eq_ignore_ascii_case(part) && begins(at))
}

fn ends_in_a_word(text: &str) -> bool {
    text.chars().next_back().is_some_and(char::is_alphanumeric)
}

/// Where the terms stand in a text: in order, apart from each other.
pub fn places(terms: &[Term], text: &str) -> Vec<Range<usize>> {
    let found: Vec<Word> = words(text).collect();
    let mut places: Vec<Range<usize>> = Vec::new();
    for term in terms {
        for window in found.windows(term.words.len().max(1)).filter(|window| term.fits(window)) {
            places.push(window[0].range.start..term.reach(text, &window[window.len() - 1]));
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Café-Bar, 3 pm!", &["cafe", "bar", "3", "pm"])]
    #[case("Ấn độ ÉTÉ e\u{301}te\u{301}", &["an", "đo", "ete", "ete"])]
    #[case("日本語 한국 Москва й", &["日本語", "한국", "москва", "й"])]
    #[case("😀 … —", &[])]
    fn finds_words(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(words(text).map(|word| word.folded).collect::<Vec<_>>(), expected);
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

//! Finding by a few letters: which texts match, the best first, and where.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
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

/// The best `most` of the texts, the best first; among equals in their order. An empty query matches all. Each comes with
/// what it has before others; a letter that matches counts 16.
pub(crate) fn best<'a>(query: &str, texts: impl IntoIterator<Item = (&'a str, u32)>, most: usize) -> Vec<Hit> {
    let pattern = Pattern::parse(query, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut chars = Vec::new();
    let texts: Vec<(&str, u32)> = texts.into_iter().collect();
    let score = |(at, (text, before)): (usize, &(&str, u32))| {
        Some((pattern.score(Utf32Str::new(text, &mut chars), &mut matcher)? + before, at))
    };
    let mut scored: Vec<(u32, usize)> = texts.iter().enumerate().filter_map(score).collect();
    scored.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
    scored.truncate(most);
    let hit = |(_, at): (u32, usize)| {
        let mut graphemes = Vec::new();
        pattern.indices(Utf32Str::new(texts[at].0, &mut chars), &mut matcher, &mut graphemes);
        graphemes.sort_unstable();
        graphemes.dedup();
        Hit { at, graphemes }
    };
    scored.into_iter().map(hit).collect()
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

    #[rstest]
    #[case("dw", &[1])]
    #[case("555 0162", &[2])]
    #[case("", &[0, 1, 2])]
    #[case("zzz", &[])]
    #[case("SYNC", &[0])]
    #[case("cafe", &[3])]
    fn finds(#[case] query: &str, #[case] expected: &[usize]) {
        let texts = ["sync now", "Dana Whitfield", "(202) 555-0162", "Café Ana"];
        let most = if query.is_empty() { 3 } else { 9 };
        assert_eq!(
            best(query, texts.map(|text| (text, 0)), most).iter().map(|hit| hit.at).collect::<Vec<_>>(),
            expected
        );
    }

    #[test]
    fn tells_where() {
        assert_eq!(best("né", [("Re\u{301}né", 0)], 1), [Hit { at: 0, graphemes: vec![2, 3] }]);
    }
}

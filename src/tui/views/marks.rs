//! What was searched for, shown where it stands.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::model::words::{Term, places};
use crate::tui::widgets::paint::Ink;

/// A safe text in pieces: what fits the terms stands out, the rest keeps its ink.
pub(crate) fn pieces(text: &str, terms: &[Term], ink: Ink) -> Vec<(String, Ink)> {
    let mut out = Vec::new();
    let mut end = 0;
    for place in places(terms, text) {
        if place.start > end {
            out.push((text[end..place.start].to_owned(), ink));
        }
        end = place.end;
        out.push((text[place].to_owned(), Ink::Match));
    }
    if end < text.len() {
        out.push((text[end..].to_owned(), ink));
    }
    out
}

/// The part of a line that shows the first place that fits the terms, where the line is wider than `columns`.
pub(crate) fn around(text: &str, terms: &[Term], columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let place = places(terms, text).into_iter().next();
    let Some(place) = place.filter(|place| text[..place.end].width() >= columns) else { return text.to_owned() };
    // a third of the line is for what comes before it, from the beginning of a word where there is one
    let room = columns / 3;
    let mut start = place.start;
    let mut used = 0;
    for (at, grapheme) in text[..place.start].grapheme_indices(true).rev() {
        used += grapheme.width();
        if used + 1 > room {
            break;
        }
        start = at;
    }
    let word = text[start..place.start].find(' ').map_or(start, |blank| start + blank + 1);
    format!("…{}", &text[word..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn terms(text: &str) -> Vec<Term> {
        Term::new(text, true).into_iter().collect()
    }

    #[test]
    fn what_fits_stands_out() {
        let shown = pieces("Can you move it, Café?", &terms("cafe"), Ink::Dim);
        let expected = [("Can you move it, ", Ink::Dim), ("Café", Ink::Match), ("?", Ink::Dim)];
        assert_eq!(shown, expected.map(|(text, ink)| (text.to_owned(), ink)));
        assert_eq!(pieces("", &terms("cafe"), Ink::Dim), []);
    }

    #[rstest]
    #[case("short and found", "found", 40, "short and found")]
    #[case("one two three four five six seven", "one", 12, "one two three four five six seven")]
    #[case("one two three four five six seven", "six", 12, "…six seven")]
    #[case("one two three four five six seven", "six", 24, "…five six seven")]
    #[case("one two three four five six seven", "zero", 12, "one two three four five six seven")]
    fn the_found_part_is_in_view(#[case] text: &str, #[case] word: &str, #[case] columns: usize, #[case] shown: &str) {
        assert_eq!(around(text, &terms(word), columns), shown);
    }

    proptest! {
        #[test]
        fn the_place_is_in_the_part(before in "[a-y 日é]{0,40}", columns in 8usize..30) {
            let text = format!("{before} zz and more of it");
            let part = around(&text, &terms("zz"), columns);
            let at = part.find("zz").unwrap();
            prop_assert!(part[..at].width() + 2 <= columns, "{:?}", part);
        }
    }
}

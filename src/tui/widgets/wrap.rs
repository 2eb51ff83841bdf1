//! Rows of a width out of text, broken between words where it can be and never inside of a grapheme.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The byte ranges of the rows that one line (without line breaks) takes. They follow each other without a gap; an
/// empty line is one empty row. A blank that does not fit hangs over the edge of its row. A grapheme wider than the
/// row has a row of its own.
pub(crate) fn line(text: &str, width: usize) -> Vec<Range<usize>> {
    let width = width.max(1);
    let mut rows = Vec::with_capacity(text.len() / width + 1);
    let mut start = 0;
    let mut used = 0;
    // where the row could end, and how wide what comes after it is
    let mut gap: Option<(usize, usize)> = None;
    for (at, grapheme) in text.grapheme_indices(true) {
        let columns = grapheme.width();
        let blank = grapheme == " ";
        if used + columns > width && !blank && at > start {
            let (end, carried) = match gap {
                Some((end, before)) => (end, used - before),
                None => (at, 0),
            };
            rows.push(start..end);
            start = end;
            used = carried;
            gap = None;
            if used + columns > width && at > start {
                rows.push(start..at);
                start = at;
                used = 0;
            }
        }
        used += columns;
        if blank {
            gap = Some((at + grapheme.len(), used));
        }
    }
    rows.push(start..text.len());
    rows
}

/// The rows of a text that may have several lines, without the blanks that hang over.
pub(crate) fn text(text: &str, width: usize) -> Vec<String> {
    let mut out = Vec::new();
    for part in text.split('\n') {
        out.extend(line(part, width).into_iter().map(|row| part[row].trim_end().to_owned()));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", 5, &[""])]
    #[case("hello", 5, &["hello"])]
    #[case("hello you", 5, &["hello", "you"])]
    #[case("hello  you", 5, &["hello", "you"])]
    #[case("abcdefgh", 3, &["abc", "def", "gh"])]
    #[case("a bcdefgh", 3, &["a", "bcd", "efg", "h"])]
    #[case("one\ntwo", 9, &["one", "two"])]
    #[case("日本語", 4, &["日本", "語"])]
    #[case("日本語", 1, &["日", "本", "語"])]
    #[case("e\u{301}e\u{301}", 1, &["e\u{301}", "e\u{301}"])]
    fn wraps(#[case] raw: &str, #[case] width: usize, #[case] rows: &[&str]) {
        assert_eq!(text(raw, width), rows);
    }

    proptest! {
        #[test]
        fn covers_all_and_fits(raw in "[a-c 日é😀]{0,60}", width in 2usize..20) {
            let rows = line(&raw, width);
            prop_assert_eq!(rows.iter().map(|row| &raw[row.clone()]).collect::<String>(), raw.clone());
            for row in &rows {
                prop_assert!(raw[row.clone()].trim_end().width() <= width, "{:?}", &raw[row.clone()]);
            }
        }
    }
}

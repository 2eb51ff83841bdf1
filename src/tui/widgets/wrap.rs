//! Rows of a width out of text, broken between words where it can be and never inside of a grapheme.

use std::ops::Range;

use unicode_segmentation::{GraphemeIndices, UnicodeSegmentation};
use unicode_width::UnicodeWidthStr;

/// The byte ranges of the rows that one line (without line breaks) takes. They follow each other without a gap; an
/// empty line is one empty row. A blank that does not fit hangs over the edge of its row. A grapheme wider than the
/// row has a row of its own.
pub(crate) fn line(text: &str, width: usize) -> Vec<Range<usize>> {
    Rows::of(text, width).collect()
}

/// The rows of [`line()`], one after the other: the text is read only as far as they are asked for.
#[derive(Debug, Clone)]
pub(crate) struct Rows<'a> {
    length: usize,
    graphemes: GraphemeIndices<'a>,
    width: usize,
    start: usize,
    used: usize,
    /// Where the row could end, and how wide what comes before that is.
    gap: Option<(usize, usize)>,
    /// Found together with the one before it.
    next: Option<Range<usize>>,
    over: bool,
}

impl<'a> Rows<'a> {
    /// The rows of a line.
    pub(crate) fn of(text: &'a str, width: usize) -> Self {
        let graphemes = text.grapheme_indices(true);
        Self {
            length: text.len(),
            graphemes,
            width: width.max(1),
            start: 0,
            used: 0,
            gap: None,
            next: None,
            over: false,
        }
    }

    fn end_at(&mut self, end: usize, carried: usize) -> Range<usize> {
        let row = self.start..end;
        (self.start, self.used, self.gap) = (end, carried, None);
        row
    }
}

impl Iterator for Rows<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.next.is_some() || self.over {
            return self.next.take();
        }
        while let Some((at, grapheme)) = self.graphemes.next() {
            let columns = grapheme.width();
            let blank = grapheme == " ";
            let mut row = None;
            if self.used + columns > self.width && !blank && at > self.start {
                let (end, carried) = match self.gap {
                    Some((end, before)) => (end, self.used - before),
                    None => (at, 0),
                };
                row = Some(self.end_at(end, carried));
                if self.used + columns > self.width && at > self.start {
                    self.next = Some(self.end_at(at, 0));
                }
            }
            self.used += columns;
            if blank {
                self.gap = Some((at + grapheme.len(), self.used));
            }
            if row.is_some() {
                return row;
            }
        }
        self.over = true;
        Some(self.start..self.length)
    }
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

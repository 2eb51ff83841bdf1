//! The rows that a text takes at a width. After an edit only those are laid out anew that can have changed: a key in the
//! middle of ten kilobytes costs a few rows.

use std::ops::Range;

use crate::tui::widgets::wrap;

/// Byte ranges of the rows of a text, without the line breaks between them.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    width: usize,
    all: Vec<Range<usize>>,
    /// Rows that the last change laid out.
    #[cfg(test)]
    pub(super) laid: usize,
}

impl Rows {
    /// The rows of a text.
    pub(super) fn of(text: &str, width: usize) -> Self {
        let mut rows = Self {
            width: width.max(1),
            all: Vec::new(),
            #[cfg(test)]
            laid: 0,
        };
        rows.lay(text);
        rows
    }

    /// The columns of a row.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The rows, in the text's order.
    pub(super) fn all(&self) -> &[Range<usize>] {
        &self.all
    }

    /// The row that a place in the text is in.
    pub(super) fn at(&self, place: usize) -> usize {
        self.all.partition_point(|row| row.start <= place).saturating_sub(1)
    }

    fn lay(&mut self, text: &str) {
        self.all.clear();
        self.all.extend(from(text, 0, self.width));
        #[cfg(test)]
        (self.laid = self.all.len());
    }

    /// `text` is what it is now; in it, `inserted` bytes stand at `at` where there were `removed` others.
    pub(super) fn edited(&mut self, text: &str, at: usize, removed: usize, inserted: usize) {
        let first = self.first_touched(text, at);
        let start = self.all[first].start;
        let mut old = self.all.split_off(first).into_iter().peekable();
        let moved = |place: usize| place - removed + inserted;
        for row in from(text, start, self.width) {
            #[cfg(test)]
            (self.laid = self.all.len() + 1 - first);
            // behind the edit the text is what it was: from a row that begins where one began, so are the rows
            while old.next_if(|old| old.start < at + removed || moved(old.start) < row.start).is_some() {}
            if old.peek().is_some_and(|old| moved(old.start) == row.start) {
                self.all.extend(old.map(|old| moved(old.start)..moved(old.end)));
                return;
            }
            self.all.push(row);
        }
    }

    /// The first row that an edit at `at` can have changed: the one before that in which the edited word begins, because
    /// the word may fit there now.
    fn first_touched(&self, text: &str, at: usize) -> usize {
        let mut row = self.at(at);
        let goes_on = |row: usize| row > 0 && self.all[row - 1].end == self.all[row].start;
        while goes_on(row) && !text[..self.all[row].start].ends_with(' ') {
            row -= 1;
        }
        if goes_on(row) { row - 1 } else { row }
    }
}

/// The rows of a text from a place on at which a row begins.
fn from(text: &str, mut start: usize, width: usize) -> impl Iterator<Item = Range<usize>> {
    text[start..].split('\n').flat_map(move |line| {
        let at = start;
        start += line.len() + 1;
        wrap::Rows::of(line, width).map(move |row| at + row.start..at + row.end)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_in_ten_kilobytes_lays_out_a_few_rows() {
        let mut text = "Some words of a length that people write, and a line break now and then.\n".repeat(140);
        let mut rows = Rows::of(&text, 60);
        assert!(rows.laid > 200, "{}", rows.laid);
        for at in [5_000, 5_001, 5_030, 10_000, 3] {
            text.insert(at, 'x');
            rows.edited(&text, at, 0, 1);
            assert!(rows.laid <= 4, "{} rows for one letter at {at}", rows.laid);
        }
        // one line without a break
        let mut text = "lorem ipsum dolor sit amet ".repeat(400);
        let mut rows = Rows::of(&text, 60);
        text.insert(5_000, ' ');
        rows.edited(&text, 5_000, 0, 1);
        assert!(rows.laid < 20, "{} rows for one blank", rows.laid);
    }

    proptest! {
        #[test]
        fn an_edit_leads_to_the_same_rows_as_laying_out_all(
            text in "[a-c  \n日é😀\u{301}\u{200d}🇩🇪]{0,60}", width in 1usize..9,
            edits in prop::collection::vec((0usize..60, 0usize..6, "[a-c \n日\u{301}🇩]{0,6}"), 1..6),
        ) {
            let mut text = text;
            let mut rows = Rows::of(&text, width);
            for (at, removed, inserted) in edits {
                let place = |n: usize, text: &str| text.char_indices().map(|(at, _)| at).nth(n).unwrap_or(text.len());
                let (from, to) = (place(at, &text), place(at + removed, &text));
                text.replace_range(from..to, &inserted);
                rows.edited(&text, from, to - from, inserted.len());
                let anew = Rows::of(&text, width);
                prop_assert_eq!(rows.all(), anew.all(), "{:?}", text);
            }
        }
    }
}

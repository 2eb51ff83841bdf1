//! A field of one line, for numbers, labels, addresses and keys. What is in it never prints in a `Debug`.

use std::fmt;

use ratatui::layout::{Position, Rect};
use secrecy::zeroize::Zeroize;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;
use super::paint::{self, Ink};
use crate::config::keymap::Action;
use crate::model::text::safe_line;

/// One line of text with a cursor.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Field {
    text: String,
    /// Byte offset, always between two graphemes.
    cursor: usize,
    killed: String,
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Field(…)")
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        self.text.zeroize();
        self.killed.zeroize();
    }
}

impl Field {
    /// A field with this in it and the cursor at the end.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), text, killed: String::new() }
    }

    /// What is in it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Puts text in at the cursor. Line breaks and controls stay, so that whoever reads the field can say what is wrong
    /// with a bad paste instead of guessing what was meant.
    pub(crate) fn insert(&mut self, text: &str) {
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
        // a combining mark joins what was before it
        self.cursor = self.boundary_at_or_after(self.cursor);
    }

    /// Edits by an action of typing; `false` where it is none.
    pub(crate) fn edit(&mut self, action: Action) -> bool {
        match action {
            Action::CursorLeft => self.cursor = self.before(),
            Action::CursorRight => self.cursor = self.after(),
            Action::LineStart | Action::TextStart => self.cursor = 0,
            Action::LineEnd | Action::TextEnd => self.cursor = self.text.len(),
            Action::WordLeft => self.cursor = self.word_before(),
            Action::WordRight => self.cursor = self.word_after(),
            Action::DeleteBack => self.cut(self.before(), self.cursor, false),
            Action::DeleteForward => self.cut(self.cursor, self.after(), false),
            Action::DeleteWord | Action::DeleteWordBack => self.cut(self.word_before(), self.cursor, true),
            Action::DeleteWordForward => self.cut(self.cursor, self.word_after(), true),
            Action::DeleteToStart => self.cut(0, self.cursor, true),
            Action::DeleteToEnd => self.cut(self.cursor, self.text.len(), true),
            Action::Yank => {
                let killed = self.killed.clone();
                self.insert(&killed);
            }
            _ => return false,
        }
        true
    }

    fn cut(&mut self, from: usize, to: usize, keep: bool) {
        let cut: String = self.text.drain(from..to).collect();
        self.cursor = self.boundary_at_or_after(from);
        if keep && !cut.is_empty() {
            self.killed = cut;
        }
    }

    fn before(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.text[self.cursor..].graphemes(true).next().map_or(self.cursor, |first| self.cursor + first.len())
    }

    fn word_before(&self) -> usize {
        let head = self.text[..self.cursor].trim_end();
        head.rfind(char::is_whitespace).map_or(0, |at| at + head[at..].chars().next().map_or(0, char::len_utf8))
    }

    fn word_after(&self) -> usize {
        let tail = &self.text[self.cursor..];
        let word = tail.len() - tail.trim_start().len();
        self.cursor + tail[word..].find(char::is_whitespace).map_or(tail.len(), |at| word + at)
    }

    fn boundary_at_or_after(&self, at: usize) -> usize {
        self.text.grapheme_indices(true).map(|(start, _)| start).find(|&start| start >= at).unwrap_or(self.text.len())
    }

    /// Paints it, `•` for each character where `masked`; gives back where the cursor is.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, row: u16, masked: bool) -> Option<Position> {
        if row >= area.height || area.width == 0 {
            return None;
        }
        let shown = |text: &str| {
            if masked { "•".repeat(text.graphemes(true).count().min(200)) } else { blanks_kept(text) }
        };
        let (head, tail) = (shown(&self.text[..self.cursor]), shown(&self.text[self.cursor..]));
        // the cursor's cell is always in view: graphemes go from the left until it is
        let room = usize::from(area.width - 1);
        let mut from = 0;
        for grapheme in head.graphemes(true) {
            if head[from..].width() <= room {
                break;
            }
            from += grapheme.len();
        }
        paint::put(canvas, area, row, &format!("{}{tail}", &head[from..]), Ink::Plain);
        let column = u16::try_from(head[from..].width()).unwrap_or(0).min(area.width - 1);
        Some(Position { x: area.x + column, y: area.y + row })
    }
}

/// Safe for the screen; blanks at the ends stay, because someone is typing there.
fn blanks_kept(text: &str) -> String {
    let mut out = String::new();
    if text.starts_with(' ') && !text.trim().is_empty() {
        out.push(' ');
    }
    out.push_str(&safe_line(text));
    if text.ends_with(' ') {
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use rstest::rstest;

    use super::*;
    use crate::tui::widgets::ink::Palette;

    fn edited(text: &str, actions: &[Action]) -> String {
        let mut field = Field::new(text);
        for action in actions {
            assert!(field.edit(*action));
        }
        format!("{}|{}", &field.text[..field.cursor], &field.text[field.cursor..])
    }

    #[rstest]
    #[case("abc", &[Action::CursorLeft], "ab|c")]
    #[case("ab\u{301}c", &[Action::CursorLeft, Action::CursorLeft], "a|b\u{301}c")]
    #[case("👩\u{200d}🔧", &[Action::DeleteBack], "|")]
    #[case("one two", &[Action::WordLeft], "one |two")]
    #[case("one two", &[Action::DeleteWord, Action::Yank], "one two|")]
    #[case("one two", &[Action::LineStart, Action::WordRight], "one| two")]
    #[case("one two", &[Action::LineStart, Action::DeleteWordForward], "| two")]
    #[case("one two", &[Action::WordLeft, Action::DeleteToStart], "|two")]
    #[case("one two", &[Action::WordLeft, Action::DeleteToEnd], "one |")]
    #[case("abc", &[Action::LineStart, Action::DeleteForward, Action::LineEnd], "bc|")]
    fn edits(#[case] text: &str, #[case] actions: &[Action], #[case] after: &str) {
        assert_eq!(edited(text, actions), after);
    }

    #[test]
    fn debug_tells_nothing() {
        assert_eq!(format!("{:?}", Field::new("demo-key-1")), "Field(…)");
    }

    #[test]
    fn masks_and_scrolls() {
        let area = Rect::new(0, 0, 5, 1);
        let painted = |masked| {
            let mut buf = Buffer::empty(area);
            let at =
                Field::new("demo-key").draw(&mut Canvas::new(&mut buf, Palette::default()), area, 0, masked).unwrap();
            (buf, at.x)
        };
        assert_eq!(painted(true), (Buffer::with_lines(["•••• "]), 4));
        assert_eq!(painted(false), (Buffer::with_lines(["-key "]), 4));
    }

    proptest! {
        #[test]
        fn never_panics(parts in prop::collection::vec((any::<String>(), 0usize..12), 0..12), width in 0u16..12) {
            const ACTIONS: [Action; 12] = [
                Action::CursorLeft, Action::CursorRight, Action::LineStart, Action::LineEnd, Action::WordLeft,
                Action::WordRight, Action::DeleteBack, Action::DeleteForward, Action::DeleteWord,
                Action::DeleteWordForward, Action::DeleteToStart, Action::Yank,
            ];
            let mut field = Field::default();
            for (text, action) in parts {
                field.insert(&text);
                field.edit(ACTIONS[action]);
                let area = Rect::new(0, 0, width, 1);
                field.draw(&mut Canvas::new(&mut Buffer::empty(area), Palette::default()), area, 0, false);
            }
        }
    }
}

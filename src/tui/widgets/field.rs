//! A field of one line, for numbers, labels, addresses and keys. What is in it never prints in a `Debug`.

use std::fmt;

use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;
use super::editor::text::Text;
use super::paint::{self, Ink};
use crate::config::keymap::Action;
use crate::model::text::safe_line;

/// One line of text with a cursor: keys, undo and all as in the editor of several lines.
#[derive(Clone)]
pub(crate) struct Field(Text);

impl Default for Field {
    fn default() -> Self {
        Self::new("")
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Field(…)")
    }
}

impl Field {
    /// A field with this in it, the cursor at the end, nothing to undo.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Text::of_one_line(text.into()))
    }

    /// What is in it.
    pub(crate) fn text(&self) -> &str {
        self.0.as_str()
    }

    /// Puts text in at the cursor. Line breaks and controls stay, so that whoever reads the field can say what is wrong
    /// with a bad paste instead of guessing what was meant.
    pub(crate) fn insert(&mut self, text: &str) {
        self.0.insert(text);
    }

    /// Selects all of it, so that what is typed next comes in its place.
    pub(crate) fn select_all(&mut self) {
        self.0.select(0..self.text().len());
    }

    /// Edits by an action of typing; `false` where it is none.
    pub(crate) fn edit(&mut self, action: Action) -> bool {
        self.0.edit(action).is_some()
    }

    /// Paints it, `•` for each character where `masked`; gives back where the cursor is.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, row: u16, masked: bool) -> Option<Position> {
        self.draw_at(self.0.cursor(), canvas, area, row, masked)
    }

    /// Paints it where nobody writes in it: from its beginning on, cut with a mark.
    pub(crate) fn rest(&self, canvas: &mut Canvas<'_>, area: Rect, row: u16, masked: bool) {
        self.draw_at(0, canvas, area, row, masked);
    }

    fn draw_at(&self, cursor: usize, canvas: &mut Canvas<'_>, area: Rect, row: u16, masked: bool) -> Option<Position> {
        if row >= area.height || area.width == 0 {
            return None;
        }
        let shown = |text: &str| {
            if masked { "•".repeat(text.graphemes(true).count().min(200)) } else { blanks_kept(text) }
        };
        let (head, tail) = self.text().split_at(cursor);
        let (head, tail) = (shown(head), shown(tail));
        // the cursor's cell is always in view: graphemes go from the left until it is, and a mark stands for them
        let whole = usize::from(area.width - 1);
        let mark = if head.width() > whole && whole > 1 { "…" } else { "" };
        let room = whole - mark.width();
        let mut from = 0;
        for grapheme in head.graphemes(true) {
            if head[from..].width() <= room {
                break;
            }
            from += grapheme.len();
        }
        let left_out = head[..from].width();
        let head = format!("{mark}{}", &head[from..]);
        paint::put(canvas, area, row, &format!("{head}{tail}"), Ink::Plain);
        if let Some(selected) = self.0.selected().filter(|_| cursor == self.0.cursor()) {
            let column = |place: usize| {
                let before = shown(&self.text()[..place]).width() + mark.width();
                u16::try_from(before.saturating_sub(left_out)).unwrap_or(area.width).min(area.width)
            };
            let (start, end) = (column(selected.start), column(selected.end));
            let spot = Rect { x: area.x + start, y: area.y + row, width: end.saturating_sub(start), height: 1 };
            // not `tint`, which tells a screen reader of a chosen row
            canvas.buf.set_style(spot.intersection(canvas.area()), canvas.palette.style(Ink::Selected));
        }
        let column = u16::try_from(head.width()).unwrap_or(0).min(area.width - 1);
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
        let (before, after) = field.text().split_at(field.0.cursor());
        format!("{before}|{after}")
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
    // as in the compose box
    #[case("mail ana@shop.com", &[Action::DeleteWord], "mail |")]
    #[case("mail ana@shop.com", &[Action::DeleteWordBack], "mail ana@|")]
    #[case("one two", &[Action::DeleteWord, Action::DeleteWord, Action::Yank], "one two|")]
    #[case("one two", &[Action::DeleteToStart, Action::Undo], "one two|")]
    #[case("one two", &[Action::DeleteToStart, Action::Undo, Action::Redo], "|")]
    #[case("abc", &[Action::DeleteBack, Action::DeleteBack, Action::Undo], "abc|")]
    #[case("abc", &[Action::Undo], "abc|")]
    // a bad paste is one line too
    #[case("one\ntwo", &[Action::DeleteToStart], "|")]
    #[case("one\ntwo", &[Action::LineStart, Action::DeleteToEnd], "|")]
    fn edits(#[case] text: &str, #[case] actions: &[Action], #[case] after: &str) {
        assert_eq!(edited(text, actions), after);
    }

    #[test]
    fn a_line_break_is_no_key_of_its_own() {
        for action in [Action::NewLine, Action::CursorUp, Action::CursorDown, Action::Accept] {
            assert!(!Field::new("one").edit(action), "{action:?}");
        }
    }

    #[test]
    fn typing_is_undone_by_words_and_a_paste_is_one_step() {
        let mut field = Field::default();
        "from:dana late".chars().for_each(|c| field.insert(c.encode_utf8(&mut [0; 4])));
        field.insert(" again and again");
        for left in ["from:dana late", "from:dana ", ""] {
            assert!(field.edit(Action::Undo));
            assert_eq!(field.text(), left);
        }
        for _ in 0..3 {
            field.edit(Action::Redo);
        }
        assert_eq!(field.text(), "from:dana late again and again");
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
        assert_eq!(painted(true), (Buffer::with_lines(["…••• "]), 4));
        assert_eq!(painted(false), (Buffer::with_lines(["…key "]), 4));
    }

    #[test]
    fn at_rest_it_is_seen_from_its_beginning() {
        let area = Rect::new(0, 0, 5, 1);
        let mut buf = Buffer::empty(area);
        Field::new("demo-key").rest(&mut Canvas::new(&mut buf, Palette::default()), area, 0, false);
        assert_eq!(buf, Buffer::with_lines(["demo…"]));
    }

    proptest! {
        #[test]
        fn never_panics(parts in prop::collection::vec((any::<String>(), 0usize..14), 0..12), width in 0u16..12) {
            const ACTIONS: [Action; 14] = [
                Action::CursorLeft, Action::CursorRight, Action::LineStart, Action::LineEnd, Action::WordLeft,
                Action::WordRight, Action::DeleteBack, Action::DeleteForward, Action::DeleteWord,
                Action::DeleteWordForward, Action::DeleteToStart, Action::Yank, Action::Undo, Action::Redo,
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

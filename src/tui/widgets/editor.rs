//! An editor of several lines: readline keys, undo, rows wrapped at words, graphemes kept whole. Everything is a byte
//! offset into one string, so that a paste of a hundred kilobytes in one line costs no more than any other.

use std::fmt;
use std::ops::Range;

use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::canvas::Canvas;
use super::paint::{self, Ink};
use super::wrap;
use crate::config::keymap::Action;
use crate::model::text::safe_text;

/// Edits that can be undone.
const UNDO: usize = 1_000;

/// Text being written. What is in it never prints in a `Debug`.
#[derive(Clone)]
pub(crate) struct Editor {
    text: String,
    /// Byte offset, between two graphemes.
    cursor: usize,
    done: Vec<Edit>,
    undone: Vec<Edit>,
    killed: String,
    rows: Vec<Range<usize>>,
    width: usize,
    height: usize,
    /// First row in view.
    top: usize,
}

/// A piece of text that took another's place.
#[derive(Clone)]
struct Edit {
    at: usize,
    removed: String,
    inserted: String,
}

impl fmt::Debug for Editor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Editor({} bytes)", self.text.len())
    }
}

impl Default for Editor {
    fn default() -> Self {
        Self::new("")
    }
}

impl Editor {
    /// An editor with this in it, the cursor at the end, nothing to undo.
    pub(crate) fn new(text: &str) -> Self {
        let text = clean(text);
        let mut editor = Self {
            cursor: text.len(),
            text,
            done: Vec::new(),
            undone: Vec::new(),
            killed: String::new(),
            rows: Vec::new(),
            width: 40,
            height: 1,
            top: 0,
        };
        editor.lay();
        editor
    }

    /// All of it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Rows that the text takes at the present width.
    pub(crate) fn height(&self) -> usize {
        self.rows.len()
    }

    /// Puts text in at the cursor, as one edit.
    pub(crate) fn insert(&mut self, text: &str) {
        self.replace(self.cursor..self.cursor, &clean(text));
    }

    /// How large it is drawn.
    pub(crate) fn resize(&mut self, width: usize, height: usize) {
        let width = width.max(1);
        self.height = height.max(1);
        if self.width == width {
            self.follow();
        } else {
            self.width = width;
            self.lay();
        }
    }

    /// Edits by an action of typing: `None` where it is none, else whether the text is another one now.
    pub(crate) fn edit(&mut self, action: Action) -> Option<bool> {
        let before = self.text.len();
        match action {
            Action::NewLine => self.insert("\n"),
            Action::DeleteBack => self.replace(self.left()..self.cursor, ""),
            Action::DeleteForward => self.replace(self.cursor..self.right(), ""),
            Action::DeleteWord => self.kill(self.word_left()..self.cursor),
            Action::DeleteWordForward => self.kill(self.cursor..self.word_right()),
            // at the start or the end of a line these take the line break, as repeated presses should
            Action::DeleteToStart => self.kill(self.line().start.min(self.left())..self.cursor),
            Action::DeleteToEnd => self.kill(self.cursor..self.line().end.max(self.right_break())),
            Action::Yank => {
                let killed = self.killed.clone();
                self.insert(&killed);
            }
            Action::Undo => return Some(self.undo()),
            Action::Redo => return Some(self.redo()),
            Action::CursorLeft => self.go(self.left()),
            Action::CursorRight => self.go(self.right()),
            Action::CursorUp => self.rows_by(-1),
            Action::CursorDown => self.rows_by(1),
            Action::LineStart => self.go(self.line().start),
            Action::LineEnd => self.go(self.line().end),
            Action::WordLeft => self.go(self.word_left()),
            Action::WordRight => self.go(self.word_right()),
            _ => return None,
        }
        Some(before != self.text.len())
    }

    fn replace(&mut self, range: Range<usize>, with: &str) {
        if range.is_empty() && with.is_empty() {
            return;
        }
        let removed = self.text[range.clone()].to_owned();
        self.text.replace_range(range.clone(), with);
        self.undone.clear();
        self.cursor = range.start + with.len();
        let run = self.done.last_mut().filter(|last| {
            let adjoins = last.at + last.inserted.len() == range.start && last.removed.is_empty();
            // typing is undone by words
            adjoins && removed.is_empty() && is_word(with) && is_word(&last.inserted)
        });
        match run {
            Some(last) => last.inserted.push_str(with),
            None => self.done.push(Edit { at: range.start, removed, inserted: with.to_owned() }),
        }
        if self.done.len() > UNDO {
            self.done.remove(0);
        }
        self.lay();
    }

    fn kill(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.text[range.clone()].clone_into(&mut self.killed);
            self.replace(range, "");
        }
    }

    fn undo(&mut self) -> bool {
        let Some(edit) = self.done.pop() else { return false };
        self.text.replace_range(edit.at..edit.at + edit.inserted.len(), &edit.removed);
        self.cursor = edit.at + edit.removed.len();
        self.undone.push(edit);
        self.lay();
        true
    }

    fn redo(&mut self) -> bool {
        let Some(edit) = self.undone.pop() else { return false };
        self.text.replace_range(edit.at..edit.at + edit.removed.len(), &edit.inserted);
        self.cursor = edit.at + edit.inserted.len();
        self.done.push(edit);
        self.lay();
        true
    }

    fn go(&mut self, to: usize) {
        self.cursor = to;
        self.follow();
    }

    fn left(&self) -> usize {
        self.text[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        self.text[self.cursor..].graphemes(true).next().map_or(self.cursor, |first| self.cursor + first.len())
    }

    fn right_break(&self) -> usize {
        self.cursor + usize::from(self.text[self.cursor..].starts_with('\n'))
    }

    /// The line that the cursor is in, without its break.
    fn line(&self) -> Range<usize> {
        let start = self.text[..self.cursor].rfind('\n').map_or(0, |at| at + 1);
        start..self.text[self.cursor..].find('\n').map_or(self.text.len(), |at| self.cursor + at)
    }

    fn word_left(&self) -> usize {
        let head = self.text[..self.cursor].trim_end();
        head.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8())
    }

    fn word_right(&self) -> usize {
        let tail = &self.text[self.cursor..];
        let blank = tail.len() - tail.trim_start().len();
        self.cursor + tail[blank..].find(char::is_whitespace).map_or(tail.len(), |at| blank + at)
    }

    /// Puts the cursor so many rows of the screen up or down, at about the same column.
    fn rows_by(&mut self, by: isize) {
        let (row, column) = self.place();
        let Some(target) = row.checked_add_signed(by).and_then(|row| self.rows.get(row)).cloned() else { return };
        let goes_on = self.text[target.end..].chars().next().is_some_and(|c| c != '\n');
        let mut at = target.start;
        let mut used = 0;
        for grapheme in self.text[target.clone()].graphemes(true) {
            used += grapheme.width();
            // the end of a row that goes on is the start of the next one
            if used > column || (goes_on && at + grapheme.len() == target.end) {
                break;
            }
            at += grapheme.len();
        }
        self.go(at);
    }

    /// The cursor on the screen: row of the text, column.
    fn place(&self) -> (usize, usize) {
        let row = self.rows.partition_point(|row| row.start <= self.cursor).saturating_sub(1);
        let start = self.rows.get(row).map_or(0, |row| row.start).min(self.cursor);
        (row, safe_text(&self.text[start..self.cursor]).width())
    }

    fn lay(&mut self) {
        // what was put in may have joined its neighbours to one grapheme
        if self.text[self.cursor..].chars().next().is_some_and(|c| !c.is_ascii()) {
            let start = self.line().start;
            let line = &self.text[start..];
            let next = line.grapheme_indices(true).map(|(at, _)| start + at).find(|&at| at >= self.cursor);
            self.cursor = next.unwrap_or(self.text.len());
        }
        self.rows.clear();
        let mut start = 0;
        for line in self.text.split('\n') {
            self.rows.extend(wrap::line(line, self.width).into_iter().map(|row| start + row.start..start + row.end));
            start += line.len() + 1;
        }
        self.follow();
    }

    /// Scrolls so that the cursor is in view.
    fn follow(&mut self) {
        let (row, _) = self.place();
        let lowest = (row + 1).saturating_sub(self.height);
        let highest = row.min(self.rows.len().saturating_sub(self.height));
        self.top = self.top.clamp(lowest.min(highest), highest);
    }

    /// Paints the rows in view; gives back where the cursor is.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) -> Option<Position> {
        for (at, row) in (0..area.height).zip(self.rows.iter().skip(self.top)) {
            let text = safe_text(&self.text[row.clone()]);
            paint::put(canvas, area, at, text.trim_end(), Ink::Plain);
        }
        let (row, column) = self.place();
        let y = u16::try_from(row.checked_sub(self.top)?).ok().filter(|&y| y < area.height)?;
        let x = u16::try_from(column).unwrap_or(u16::MAX).min(area.width.checked_sub(1)?);
        Some(Position { x: area.x + x, y: area.y + y })
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() < 64 && !text.contains(char::is_whitespace)
}

/// What an SMS can hold: line breaks in one form, tabs as blanks, no other controls.
fn clean(text: &str) -> String {
    let joined = text.replace("\r\n", "\n");
    joined
        .chars()
        .filter_map(|c| match c {
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\t' => Some(' '),
            c if c.is_control() && c != '\n' => None,
            c => Some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;
    use rstest::rstest;

    use super::*;
    use crate::tui::widgets::ink::Palette;

    fn edited(text: &str, actions: &[Action]) -> String {
        let mut editor = Editor::new(text);
        editor.resize(10, 3);
        for action in actions {
            assert!(editor.edit(*action).is_some());
        }
        format!("{}|{}", &editor.text[..editor.cursor], &editor.text[editor.cursor..])
    }

    #[rstest]
    #[case("abc", &[Action::DeleteBack], "ab|")]
    #[case("a👩\u{200d}🔧", &[Action::DeleteBack], "a|")]
    #[case("a👩\u{200d}🔧", &[Action::CursorLeft], "a|👩\u{200d}🔧")]
    #[case("a👩\u{200d}🔧", &[Action::DeleteBack, Action::Undo], "a👩\u{200d}🔧|")]
    #[case("e\u{301}a", &[Action::LineStart, Action::DeleteForward], "|a")]
    #[case("one two", &[Action::DeleteToStart], "|")]
    #[case("one two", &[Action::DeleteToStart, Action::Undo], "one two|")]
    #[case("one two", &[Action::LineStart, Action::DeleteToEnd, Action::Undo, Action::Redo], "|")]
    #[case("one two", &[Action::DeleteWord, Action::Yank], "one two|")]
    #[case("a\nb", &[Action::LineStart, Action::DeleteBack], "a|b")]
    #[case("a\nb", &[Action::CursorUp], "a|\nb")]
    #[case("0123456789abc", &[Action::CursorUp], "012|3456789abc")]
    #[case("0123456789abc", &[Action::CursorUp, Action::CursorDown], "0123456789abc|")]
    #[case("ab", &[Action::NewLine], "ab\n|")]
    #[case("one two", &[Action::WordLeft, Action::DeleteWordForward], "one |")]
    fn edits(#[case] text: &str, #[case] actions: &[Action], #[case] after: &str) {
        assert_eq!(edited(text, actions), after);
    }

    #[test]
    fn a_paste_is_one_edit_and_clean() {
        let mut editor = Editor::new("");
        editor.insert("one\r\ntwo\rthree\tx\u{1b}[31m");
        assert_eq!(editor.text(), "one\ntwo\nthree x[31m");
        editor.edit(Action::Undo);
        assert_eq!(editor.text(), "");
    }

    #[test]
    fn a_hundred_kilobytes_stay_editable() {
        let mut editor = Editor::new("");
        editor.resize(60, 5);
        editor.insert(&"wörd ".repeat(20_000));
        for action in [Action::CursorUp, Action::LineEnd, Action::DeleteBack, Action::CursorUp, Action::CursorUp] {
            editor.edit(action);
        }
        let area = Rect::new(0, 0, 60, 5);
        assert!(editor.draw(&mut Canvas::new(&mut Buffer::empty(area), Palette), area).is_some());
        assert_eq!(editor.text().chars().count(), 99_999);
    }

    proptest! {
        #[test]
        fn never_panics(
            parts in prop::collection::vec((any::<String>(), 0usize..19), 0..10), width in 0u16..12, height in 0u16..4,
        ) {
            const ACTIONS: [Action; 19] = [
                Action::CursorLeft, Action::CursorRight, Action::CursorUp, Action::CursorDown, Action::LineStart,
                Action::LineEnd, Action::WordLeft, Action::WordRight, Action::DeleteBack, Action::DeleteForward,
                Action::DeleteWord, Action::DeleteWordForward, Action::DeleteToStart, Action::DeleteToEnd, Action::Yank,
                Action::Undo, Action::Redo, Action::NewLine, Action::CursorUp,
            ];
            let mut editor = Editor::default();
            editor.resize(width.into(), height.into());
            let area = Rect::new(0, 0, width, height);
            for (text, action) in parts {
                editor.insert(&text);
                editor.edit(ACTIONS[action]);
                let at = editor.draw(&mut Canvas::new(&mut Buffer::empty(area), Palette), area);
                prop_assert!(at.is_none_or(|at| area.contains(at)));
                prop_assert_eq!(at.is_some(), !area.is_empty());
            }
        }
    }
}

//! An editor of several lines: readline keys, undo, rows wrapped at words, graphemes kept whole. Everything is a byte
//! offset into one string, so that a paste of a hundred kilobytes in one line costs no more than any other.

mod history;
mod rows;

use std::fmt;
use std::ops::Range;

use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use self::history::{History, Kind};
use self::rows::Rows;
use super::canvas::Canvas;
use super::paint::{self, Ink};
use crate::config::keymap::Action;
use crate::model::text::safe_text;

/// Text being written. What is in it never prints in a `Debug`.
#[derive(Clone)]
pub(crate) struct Editor {
    text: String,
    /// Byte offset, between two graphemes.
    cursor: usize,
    /// What the next key replaces.
    selected: Option<Range<usize>>,
    history: History,
    killed: String,
    /// The last thing done was a kill: the next one adds to it.
    killing: bool,
    rows: Rows,
    /// The column that moving by rows holds on to.
    column: Option<usize>,
    height: usize,
    /// First row in view.
    top: usize,
    /// Changes with the text.
    revision: u64,
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
        Self {
            cursor: text.len(),
            selected: None,
            history: History::default(),
            killed: String::new(),
            killing: false,
            rows: Rows::of(&text, 40),
            column: None,
            height: 1,
            top: 0,
            revision: 0,
            text,
        }
    }

    /// All of it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Where the cursor is.
    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Another number for another text.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// What the next key replaces.
    pub(crate) fn selected(&self) -> Option<Range<usize>> {
        self.selected.clone()
    }

    /// Rows that the text takes at the present width.
    pub(crate) fn height(&self) -> usize {
        self.rows.all().len()
    }

    /// Puts text in at the cursor, or in place of what is selected. One character counts as typed; anything else is an
    /// edit of its own.
    pub(crate) fn insert(&mut self, text: &str) {
        let kind = if text.chars().nth(1).is_none() { Kind::Typed } else { Kind::Whole };
        let range = self.selected.take().unwrap_or(self.cursor..self.cursor);
        self.replace(range, &clean(text), kind);
    }

    /// Puts text in another's place, as one edit; the cursor goes behind it.
    pub(crate) fn put(&mut self, range: Range<usize>, text: &str) {
        self.selected = None;
        self.replace(range, &clean(text), Kind::Whole);
    }

    /// Puts another text in the place of all, as one edit that is as small as it can be; the cursor goes near to `cursor`.
    pub(crate) fn become_text(&mut self, text: &str, cursor: usize) {
        let text = clean(text);
        let same = |(a, b): &(char, char)| a == b;
        let head: usize = self.text.chars().zip(text.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
        let (old, new) = (&self.text[head..], &text[head..]);
        let tail: usize = old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
        let range = head..self.text.len() - tail;
        self.put(range, &text[head..text.len() - tail]);
        self.go((0..=cursor.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0));
        self.settle();
    }

    /// Selects a part, with the cursor behind it.
    pub(crate) fn select(&mut self, range: Range<usize>) {
        self.go(range.end);
        self.selected = Some(range).filter(|range| !range.is_empty());
    }

    /// Puts the cursor at a place.
    pub(crate) fn go_to(&mut self, place: usize) {
        self.go(place);
        self.settle();
    }

    /// How large it is drawn.
    pub(crate) fn resize(&mut self, width: usize, height: usize) {
        self.height = height.max(1);
        if self.rows.width() != width.max(1) {
            self.rows = Rows::of(&self.text, width);
        }
        self.follow();
    }

    /// Edits by an action of typing: `None` where it is none, else whether the text is another one now.
    pub(crate) fn edit(&mut self, action: Action) -> Option<bool> {
        let before = self.revision;
        let column = self.column.take();
        let selected = self.selected.take();
        let killing = std::mem::take(&mut self.killing);
        match action {
            Action::NewLine => self.insert("\n"),
            Action::DeleteBack | Action::DeleteForward if selected.is_some() => {
                self.replace(selected.unwrap_or_default(), "", Kind::Whole);
            }
            Action::DeleteBack => self.replace(self.left()..self.cursor, "", Kind::Erased),
            Action::DeleteForward => self.replace(self.cursor..self.right(), "", Kind::Erased),
            Action::DeleteWord => self.kill(self.blank_left()..self.cursor, killing),
            Action::DeleteWordBack => self.kill(self.word_left()..self.cursor, killing),
            Action::DeleteWordForward => self.kill(self.cursor..self.word_right(), killing),
            // at the start or the end of a line these take the line break, as repeated presses should
            Action::DeleteToStart => self.kill(self.line().start.min(self.left())..self.cursor, killing),
            Action::DeleteToEnd => self.kill(self.cursor..self.line().end.max(self.right_break()), killing),
            Action::Yank => {
                let killed = self.killed.clone();
                self.put(self.cursor..self.cursor, &killed);
            }
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::CursorLeft => self.go(self.left()),
            Action::CursorRight => self.go(self.right()),
            Action::CursorUp => self.rows_by(-1, column),
            Action::CursorDown => self.rows_by(1, column),
            Action::LineStart => self.go(self.line().start),
            Action::LineEnd => self.go(self.line().end),
            Action::TextStart => self.go(0),
            Action::TextEnd => self.go(self.text.len()),
            Action::WordLeft => self.go(self.word_left()),
            Action::WordRight => self.go(self.word_right()),
            _ => {
                (self.selected, self.killing) = (selected, killing);
                return None;
            }
        }
        Some(before != self.revision)
    }

    fn replace(&mut self, range: Range<usize>, with: &str, kind: Kind) {
        if range.is_empty() && with.is_empty() {
            return;
        }
        self.killing = false;
        let removed = self.text[range.clone()].to_owned();
        self.swap(range.start, removed.len(), with, range.start + with.len());
        self.history.note(range.start, removed, with, kind);
    }

    fn swap(&mut self, at: usize, removed: usize, with: &str, cursor: usize) {
        self.text.replace_range(at..at + removed, with);
        self.rows.edited(&self.text, at, removed, with.len());
        self.cursor = cursor;
        self.column = None;
        self.revision += 1;
        self.settle();
    }

    fn kill(&mut self, range: Range<usize>, more: bool) {
        let killed = &self.text[range.clone()];
        match (more, range.end == self.cursor) {
            _ if killed.is_empty() => {}
            (false, _) => killed.clone_into(&mut self.killed),
            (true, true) => self.killed.insert_str(0, killed),
            (true, false) => self.killed.push_str(killed),
        }
        self.replace(range, "", Kind::Whole);
        self.killing = true;
    }

    fn undo(&mut self) {
        if let Some(edit) = self.history.undo() {
            self.swap(edit.at, edit.inserted.len(), &edit.removed, edit.at + edit.removed.len());
        }
    }

    fn redo(&mut self) {
        if let Some(edit) = self.history.redo() {
            self.swap(edit.at, edit.removed.len(), &edit.inserted, edit.at + edit.inserted.len());
        }
    }

    fn go(&mut self, to: usize) {
        self.cursor = to;
        self.selected = None;
        self.history.seal();
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

    /// Back over blanks, then over anything else: what Ctrl-W takes.
    fn blank_left(&self) -> usize {
        let head = self.text[..self.cursor].trim_end();
        head.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8())
    }

    fn word_left(&self) -> usize {
        self.text[..self.cursor].unicode_word_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn word_right(&self) -> usize {
        let next = self.text[self.cursor..].unicode_word_indices().next();
        next.map_or(self.text.len(), |(at, word)| self.cursor + at + word.len())
    }

    /// Puts the cursor so many rows of the screen up or down, at about the column where it set out; beyond the first and
    /// the last row to the start and the end.
    fn rows_by(&mut self, by: isize, column: Option<usize>) {
        let (row, here) = self.place();
        let column = column.unwrap_or(here);
        let Some(target) = row.checked_add_signed(by).and_then(|row| self.rows.all().get(row)).cloned() else {
            return self.go(if by < 0 { 0 } else { self.text.len() });
        };
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
        self.column = Some(column);
    }

    /// The cursor on the screen: row of the text, column.
    fn place(&self) -> (usize, usize) {
        let row = self.rows.at(self.cursor);
        (row, self.column_of(row, self.cursor))
    }

    fn column_of(&self, row: usize, place: usize) -> usize {
        let start = self.rows.all().get(row).map_or(0, |row| row.start).min(place);
        safe_text(&self.text[start..place]).width()
    }

    /// Puts the cursor between two graphemes: what was put in may have joined its neighbours to one.
    fn settle(&mut self) {
        if self.text[self.cursor..].chars().next().is_some_and(|c| !c.is_ascii()) {
            let start = self.rows.all()[self.rows.at(self.cursor)].start;
            let line = &self.text[start..];
            let next = line.grapheme_indices(true).map(|(at, _)| start + at).find(|&at| at >= self.cursor);
            self.cursor = next.unwrap_or(self.text.len());
        }
        self.follow();
    }

    /// Scrolls so that the cursor is in view.
    fn follow(&mut self) {
        let (row, _) = self.place();
        let lowest = (row + 1).saturating_sub(self.height);
        let highest = row.min(self.height().saturating_sub(self.height));
        self.top = self.top.clamp(lowest.min(highest), highest);
    }

    /// Puts the cursor where a click points, in rows and columns of what is in view.
    pub(crate) fn click(&mut self, row: u16, column: u16) {
        let Some(target) = self.rows.all().get(self.top + usize::from(row)).cloned() else {
            return self.go(self.text.len());
        };
        let mut used = 0;
        let within = |grapheme: &&str| {
            used += grapheme.width();
            used <= usize::from(column)
        };
        let before: usize = self.text[target.clone()].graphemes(true).take_while(within).map(str::len).sum();
        self.go(target.start + before);
    }

    /// Paints the rows in view, and parts of the text in inks of their own; gives back where the cursor is.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, marks: &[(Range<usize>, Ink)]) -> Option<Position> {
        let selected = self.selected.iter().map(|range| (range.clone(), Ink::Selected));
        let marks: Vec<(Range<usize>, Ink)> = marks.iter().cloned().chain(selected).collect();
        for (at, (index, row)) in (0..area.height).zip(self.rows.all().iter().enumerate().skip(self.top)) {
            let text = safe_text(&self.text[row.clone()]);
            paint::put(canvas, area, at, text.trim_end(), Ink::Plain);
            for (mark, ink) in marks.iter().filter(|(mark, _)| mark.start < row.end && mark.end > row.start) {
                let from = narrow(self.column_of(index, mark.start.max(row.start))).min(area.width);
                let to = narrow(self.column_of(index, mark.end.min(row.end))).min(area.width);
                paint::tint(canvas, Rect { x: area.x + from, width: to.saturating_sub(from), ..area }, at, *ink);
            }
        }
        let (row, column) = self.place();
        let y = u16::try_from(row.checked_sub(self.top)?).ok().filter(|&y| y < area.height)?;
        let x = narrow(column).min(area.width.checked_sub(1)?);
        Some(Position { x: area.x + x, y: area.y + y })
    }
}

fn narrow(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

/// What an SMS can hold: line breaks in one form, tabs as blanks, no other controls.
pub(crate) fn clean(text: &str) -> String {
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
mod tests;

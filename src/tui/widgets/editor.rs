//! An editor of several lines: readline keys, undo, rows wrapped at words, graphemes kept whole. Everything is a byte
//! offset into one string, so that a paste of a hundred kilobytes in one line costs no more than any other.

mod history;
mod rows;
pub(super) mod text;

use std::ops::Range;

use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use self::rows::Rows;
use self::text::{Done, Text};
use super::canvas::Canvas;
use super::paint::{self, Ink};
use crate::config::keymap::Action;
use crate::model::text::{safe_text, sanitize_input};

/// Text being written. What is in it never prints in a `Debug`.
#[derive(Debug, Clone)]
pub(crate) struct Editor {
    text: Text,
    rows: Rows,
    /// The column that moving by rows holds on to.
    column: Option<usize>,
    height: usize,
    /// First row in view.
    top: usize,
}

impl Default for Editor {
    fn default() -> Self {
        Self::new("")
    }
}

impl Editor {
    /// An editor with this in it, the cursor at the end, nothing to undo.
    pub(crate) fn new(text: &str) -> Self {
        let text = sanitize_input(text);
        Self { rows: Rows::of(&text, 40), text: Text::new(text), column: None, height: 1, top: 0 }
    }

    /// All of it.
    pub(crate) fn text(&self) -> &str {
        self.text.as_str()
    }

    /// Where the cursor is.
    pub(crate) fn cursor(&self) -> usize {
        self.text.cursor()
    }

    /// Another number for another text.
    pub(crate) fn revision(&self) -> u64 {
        self.text.revision()
    }

    /// What the next key replaces.
    pub(crate) fn selected(&self) -> Option<Range<usize>> {
        self.text.selected()
    }

    /// Rows that the text takes at the present width.
    pub(crate) fn height(&self) -> usize {
        self.rows.all().len()
    }

    /// Puts text in at the cursor, or in place of what is selected. One character counts as typed; anything else is an
    /// edit of its own.
    pub(crate) fn insert(&mut self, text: &str) {
        let done = self.text.insert(&sanitize_input(text));
        self.did(done);
    }

    /// Puts text in another's place, as one edit; the cursor goes behind it.
    pub(crate) fn put(&mut self, range: Range<usize>, text: &str) {
        let done = self.text.put(range, &sanitize_input(text));
        self.did(done);
    }

    /// Puts another text in the place of all, as one edit that is as small as it can be; the cursor goes near to `cursor`.
    pub(crate) fn become_text(&mut self, text: &str, cursor: usize) {
        let text = sanitize_input(text);
        let same = |(a, b): &(char, char)| a == b;
        let head: usize = self.text().chars().zip(text.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
        let (old, new) = (&self.text()[head..], &text[head..]);
        let tail: usize = old.chars().rev().zip(new.chars().rev()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
        let range = head..self.text().len() - tail;
        self.put(range, &text[head..text.len() - tail]);
        self.go_to((0..=cursor.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0));
    }

    /// Selects a part, with the cursor behind it.
    pub(crate) fn select(&mut self, range: Range<usize>) {
        self.text.select(range);
        self.follow();
    }

    /// Puts the cursor at a place.
    pub(crate) fn go_to(&mut self, place: usize) {
        self.text.go_to(place);
        self.follow();
    }

    /// How large it is drawn.
    pub(crate) fn resize(&mut self, width: usize, height: usize) {
        self.height = height.max(1);
        if self.rows.width() != width.max(1) {
            self.rows = Rows::of(self.text(), width);
        }
        self.follow();
    }

    /// Edits by an action of typing: `None` where it is none, else whether the text is another one now.
    pub(crate) fn edit(&mut self, action: Action) -> Option<bool> {
        let column = self.column.take();
        let done = match action {
            Action::NewLine => self.text.insert("\n"),
            Action::CursorUp | Action::CursorDown => {
                self.rows_by(if action == Action::CursorUp { -1 } else { 1 }, column);
                Done::Kept
            }
            _ => self.text.edit(action)?,
        };
        Some(self.did(done))
    }

    /// Brings the rows up to what was done to the text; whether it is another one now.
    fn did(&mut self, done: Done) -> bool {
        if let Done::Swapped { at, removed, inserted } = done {
            self.rows.edited(self.text.as_str(), at, removed, inserted);
            self.column = None;
        }
        self.follow();
        done != Done::Kept
    }

    /// Puts the cursor so many rows of the screen up or down, at about the column where it set out; beyond the first and
    /// the last row to the start and the end.
    fn rows_by(&mut self, by: isize, column: Option<usize>) {
        let (row, here) = self.place();
        let column = column.unwrap_or(here);
        let Some(target) = row.checked_add_signed(by).and_then(|row| self.rows.all().get(row)).cloned() else {
            return self.go_to(if by < 0 { 0 } else { self.text().len() });
        };
        let goes_on = self.text()[target.end..].chars().next().is_some_and(|c| c != '\n');
        let mut at = target.start;
        let mut used = 0;
        for grapheme in self.text()[target.clone()].graphemes(true) {
            used += grapheme.width();
            // the end of a row that goes on is the start of the next one
            if used > column || (goes_on && at + grapheme.len() == target.end) {
                break;
            }
            at += grapheme.len();
        }
        self.go_to(at);
        self.column = Some(column);
    }

    /// The cursor on the screen: row of the text, column.
    fn place(&self) -> (usize, usize) {
        let row = self.rows.at(self.cursor());
        (row, self.column_of(row, self.cursor()))
    }

    fn column_of(&self, row: usize, place: usize) -> usize {
        let start = self.rows.all().get(row).map_or(0, |row| row.start).min(place);
        safe_text(&self.text()[start..place]).width()
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
            return self.go_to(self.text().len());
        };
        let mut used = 0;
        let within = |grapheme: &&str| {
            used += grapheme.width();
            used <= usize::from(column)
        };
        let before: usize = self.text()[target.clone()].graphemes(true).take_while(within).map(str::len).sum();
        self.go_to(target.start + before);
    }

    /// Paints the rows in view, and parts of the text in inks of their own; gives back where the cursor is.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, marks: &[(Range<usize>, Ink)]) -> Option<Position> {
        let selected = self.selected().map(|range| (range, Ink::Selected));
        let marks: Vec<(Range<usize>, Ink)> = marks.iter().cloned().chain(selected).collect();
        for (at, (index, row)) in (0..area.height).zip(self.rows.all().iter().enumerate().skip(self.top)) {
            let text = safe_text(&self.text()[row.clone()]);
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

#[cfg(test)]
mod tests;

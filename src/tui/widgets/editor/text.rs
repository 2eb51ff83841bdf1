//! A text being written, without its looks: the cursor, what each key does to it, what can be undone. The box of several
//! lines and the field of one are both made of it. Everything is a byte offset into one string.

use std::fmt;
use std::ops::Range;

use secrecy::zeroize::Zeroize;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::history::{History, Kind};
use crate::config::keymap::Action;

/// What is in it never prints in a `Debug`, and does not stay in memory when it is gone: it may be a key.
#[derive(Clone, Default)]
pub(in crate::tui::widgets) struct Text {
    all: String,
    /// All of it is one line, line breaks and all.
    one_line: bool,
    /// Between two graphemes.
    cursor: usize,
    /// What the next key replaces.
    selected: Option<Range<usize>>,
    history: History,
    killed: String,
    /// The last thing done was a kill: the next one adds to it.
    killing: bool,
    /// Changes with the text.
    revision: u64,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tui::widgets) enum Done {
    /// The text is as it was.
    Kept,
    /// So many bytes stand at a place where there were others.
    Swapped {
        /// The place.
        at: usize,
        /// Bytes that stood there.
        removed: usize,
        /// Bytes that stand there.
        inserted: usize,
    },
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.all.len())
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        self.all.zeroize();
        self.killed.zeroize();
    }
}

impl Text {
    /// With this in it, the cursor at the end, nothing to undo.
    pub(in crate::tui::widgets) fn new(text: String) -> Self {
        let mut new = Self::default();
        (new.cursor, new.all) = (text.len(), text);
        new
    }

    /// The same for a field of one line, where a line break is a character that has no business there.
    pub(in crate::tui::widgets) fn of_one_line(text: String) -> Self {
        let mut new = Self::new(text);
        new.one_line = true;
        new
    }

    /// All of it.
    pub(in crate::tui::widgets) fn as_str(&self) -> &str {
        &self.all
    }

    /// Where the cursor is.
    pub(in crate::tui::widgets) fn cursor(&self) -> usize {
        self.cursor
    }

    /// Another number for another text.
    pub(in crate::tui::widgets) fn revision(&self) -> u64 {
        self.revision
    }

    /// What the next key replaces.
    pub(in crate::tui::widgets) fn selected(&self) -> Option<Range<usize>> {
        self.selected.clone()
    }

    /// Puts text in at the cursor, or in place of what is selected. One character counts as typed; anything else is an
    /// edit of its own.
    pub(in crate::tui::widgets) fn insert(&mut self, text: &str) -> Done {
        let kind = if text.chars().nth(1).is_none() { Kind::Typed } else { Kind::Whole };
        let range = self.selected.take().unwrap_or(self.cursor..self.cursor);
        self.replace(range, text, kind)
    }

    /// Puts text in another's place, as one edit; the cursor goes behind it.
    pub(in crate::tui::widgets) fn put(&mut self, range: Range<usize>, text: &str) -> Done {
        self.selected = None;
        self.replace(range, text, Kind::Whole)
    }

    /// Selects a part, with the cursor behind it.
    pub(in crate::tui::widgets) fn select(&mut self, range: Range<usize>) {
        self.go(range.end);
        self.selected = Some(range).filter(|range| !range.is_empty());
    }

    /// Puts the cursor at a place.
    pub(in crate::tui::widgets) fn go_to(&mut self, place: usize) {
        self.go(place);
        self.killing = false;
        self.settle();
    }

    /// Edits by an action of typing that means the same in one line as in several; `None` where it is none.
    pub(in crate::tui::widgets) fn edit(&mut self, action: Action) -> Option<Done> {
        let selected = self.selected.take();
        let killing = std::mem::take(&mut self.killing);
        Some(match action {
            Action::DeleteBack | Action::DeleteForward if selected.is_some() => {
                self.replace(selected.unwrap_or_default(), "", Kind::Whole)
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
                self.put(self.cursor..self.cursor, &killed)
            }
            Action::Undo => self.undo(),
            Action::Redo => self.redo(),
            Action::CursorLeft => self.go(self.left()),
            Action::CursorRight => self.go(self.right()),
            Action::LineStart => self.go(self.line().start),
            Action::LineEnd => self.go(self.line().end),
            Action::TextStart => self.go(0),
            Action::TextEnd => self.go(self.all.len()),
            Action::WordLeft => self.go(self.word_left()),
            Action::WordRight => self.go(self.word_right()),
            _ => {
                (self.selected, self.killing) = (selected, killing);
                return None;
            }
        })
    }

    fn replace(&mut self, range: Range<usize>, with: &str, kind: Kind) -> Done {
        if range.is_empty() && with.is_empty() {
            return Done::Kept;
        }
        self.killing = false;
        let removed = self.all[range.clone()].to_owned();
        let done = self.swap(range.start, removed.len(), with, range.start + with.len());
        self.history.note(range.start, removed, with, kind);
        done
    }

    fn swap(&mut self, at: usize, removed: usize, with: &str, cursor: usize) -> Done {
        self.all.replace_range(at..at + removed, with);
        self.cursor = cursor;
        self.revision += 1;
        self.settle();
        Done::Swapped { at, removed, inserted: with.len() }
    }

    fn kill(&mut self, range: Range<usize>, more: bool) -> Done {
        let killed = &self.all[range.clone()];
        match (more, range.end == self.cursor) {
            _ if killed.is_empty() => {}
            (false, _) => killed.clone_into(&mut self.killed),
            (true, true) => self.killed.insert_str(0, killed),
            (true, false) => self.killed.push_str(killed),
        }
        let done = self.replace(range, "", Kind::Whole);
        self.killing = true;
        done
    }

    fn undo(&mut self) -> Done {
        let Some(edit) = self.history.undo() else { return Done::Kept };
        self.swap(edit.at, edit.inserted.len(), &edit.removed, edit.at + edit.removed.len())
    }

    fn redo(&mut self) -> Done {
        let Some(edit) = self.history.redo() else { return Done::Kept };
        self.swap(edit.at, edit.removed.len(), &edit.inserted, edit.at + edit.inserted.len())
    }

    fn go(&mut self, to: usize) -> Done {
        self.cursor = to;
        self.selected = None;
        self.history.seal();
        Done::Kept
    }

    fn left(&self) -> usize {
        self.all[..self.cursor].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn right(&self) -> usize {
        self.all[self.cursor..].graphemes(true).next().map_or(self.cursor, |first| self.cursor + first.len())
    }

    fn right_break(&self) -> usize {
        self.cursor + usize::from(!self.one_line && self.all[self.cursor..].starts_with('\n'))
    }

    /// The line that the cursor is in, without its break.
    fn line(&self) -> Range<usize> {
        if self.one_line {
            return 0..self.all.len();
        }
        let start = self.all[..self.cursor].rfind('\n').map_or(0, |at| at + 1);
        start..self.all[self.cursor..].find('\n').map_or(self.all.len(), |at| self.cursor + at)
    }

    /// Back over blanks, then over anything else: what Ctrl-W takes.
    fn blank_left(&self) -> usize {
        let head = self.all[..self.cursor].trim_end();
        head.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8())
    }

    fn word_left(&self) -> usize {
        self.all[..self.cursor].unicode_word_indices().next_back().map_or(0, |(at, _)| at)
    }

    fn word_right(&self) -> usize {
        let next = self.all[self.cursor..].unicode_word_indices().next();
        next.map_or(self.all.len(), |(at, word)| self.cursor + at + word.len())
    }

    /// Puts the cursor between two graphemes: what was put in may have joined its neighbours to one.
    fn settle(&mut self) {
        if self.all[self.cursor..].chars().next().is_none_or(|c| c.is_ascii()) {
            return;
        }
        let mut near = GraphemeCursor::new(self.cursor, self.all.len(), true);
        if near.is_boundary(&self.all, 0) != Ok(true) {
            self.cursor = near.next_boundary(&self.all, 0).ok().flatten().unwrap_or(self.all.len());
        }
    }
}

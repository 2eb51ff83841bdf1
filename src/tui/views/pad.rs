//! A text being written, with what it costs and what helps to write it. The compose box has one for each conversation,
//! windows have their own.

pub(crate) mod cost;
mod emoji;

use ratatui::layout::{Position, Rect};

use self::cost::{Cost, bare, shown};
use self::emoji::Offers;
use crate::config::keymap::Action;
use crate::model::{blanks, lookalike};
use crate::tui::message::Notice;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::editor::Editor;

/// Kinds of replacements that the status line names.
const NAMED: usize = 4;

/// A text being written.
#[derive(Debug, Clone)]
pub(crate) struct Pad {
    editor: Editor,
    cost: Cost,
    offers: Option<Offers>,
    /// Where a short name begins for which no list is wanted.
    unwanted: Option<usize>,
}

/// What an action did.
#[derive(Debug, Default)]
pub(crate) struct Did {
    /// The text is another one.
    pub(crate) changed: bool,
    /// What there is to say of it.
    pub(crate) notice: Option<Notice>,
}

impl Default for Pad {
    fn default() -> Self {
        Self::new("")
    }
}

impl Pad {
    /// With this in it, and nothing to undo.
    pub(crate) fn new(text: &str) -> Self {
        let editor = Editor::new(text);
        Self { cost: Cost::of(editor.text()), editor, offers: None, unwanted: None }
    }

    /// All of it.
    pub(crate) fn text(&self) -> &str {
        self.editor.text()
    }

    /// Another number for another text.
    pub(crate) fn revision(&self) -> u64 {
        self.editor.revision()
    }

    /// What it costs.
    pub(crate) fn cost(&self) -> &Cost {
        &self.cost
    }

    /// Rows that it takes at the present width.
    pub(crate) fn height(&self) -> usize {
        self.editor.height()
    }

    /// How large it is drawn.
    pub(crate) fn resize(&mut self, width: usize, height: usize) {
        self.editor.resize(width, height);
    }

    /// Puts the cursor where a click points.
    pub(crate) fn click(&mut self, row: u16, column: u16) {
        self.offers = None;
        self.editor.click(row, column);
    }

    /// Takes what is typed or pasted; `emoji` where short names are looked for.
    pub(crate) fn insert(&mut self, text: &str, emoji: bool) {
        self.editor.insert(text);
        let typed = text.chars().nth(1).is_none();
        if emoji && typed {
            let named = if text == ":" { emoji::just_named(&self.text()[..self.editor.cursor()]) } else { None };
            if let Some((range, emoji)) = named {
                // an edit of its own: undoing it leads back to the name
                self.editor.put(range, emoji.as_str());
            }
        }
        self.changed();
        self.offer(emoji && typed);
    }

    /// Puts a text in at the cursor, the cursor then at `cursor` in it or behind it, as one edit. Blanks in it are gone
    /// to where it says nothing of the cursor.
    pub(crate) fn insert_whole(&mut self, text: &str, cursor: Option<usize>) {
        let range = self.editor.selected().unwrap_or(self.editor.cursor()..self.editor.cursor());
        let start = range.start;
        self.editor.put(range, text);
        self.changed();
        self.offers = None;
        if let Some(cursor) = cursor {
            self.editor.go_to((start + cursor).min(self.text().len()));
        } else if let Some(blank) = blanks::blanks(text).next() {
            self.editor.select(start + blank.start..start + blank.end);
        }
    }

    /// Puts a text in the place of all, as one edit.
    pub(crate) fn become_text(&mut self, text: &str) -> bool {
        let before = self.revision();
        self.editor.become_text(text, usize::MAX);
        self.changed();
        self.offers = None;
        self.revision() != before
    }

    /// Selects the first blank; gives back its name with the braces.
    pub(crate) fn select_blank(&mut self) -> Option<String> {
        let blank = blanks::blanks(self.text()).next()?;
        let name = self.text()[blank.clone()].to_owned();
        self.editor.select(blank);
        Some(name)
    }

    /// Does what a key asks; `None` where that is nothing of writing.
    pub(crate) fn act(&mut self, action: Action, emoji: bool) -> Option<Did> {
        let before = self.revision();
        let done = self.in_list(action) || (action == Action::NextPane && self.next_blank());
        if done {
            return Some(Did { changed: self.revision() != before, notice: None });
        }
        if action == Action::ReplaceLookalikes {
            let notice = Some(self.replace_lookalikes());
            return Some(Did { changed: self.revision() != before, notice });
        }
        let changed = self.editor.edit(action)?;
        if changed {
            self.changed();
        }
        self.offer(emoji && matches!(action, Action::DeleteBack));
        Some(Did { changed, notice: None })
    }

    fn changed(&mut self) {
        self.cost = Cost::of(self.editor.text());
    }

    fn offer(&mut self, wanted: bool) {
        let (text, cursor) = (self.editor.text(), self.editor.cursor());
        let begins = emoji::being_typed(&text[..cursor]).map(|range| range.start);
        if self.unwanted.is_some() && self.unwanted != begins {
            self.unwanted = None;
        }
        self.offers = if wanted && self.unwanted.is_none() { Offers::of(text, cursor) } else { None };
    }

    fn in_list(&mut self, action: Action) -> bool {
        let Some(offers) = &mut self.offers else { return false };
        match action {
            Action::Back => {
                self.unwanted = Some(offers.range.start);
                self.offers = None;
            }
            Action::NextPane | Action::Send | Action::Accept => {
                if let (Some(emoji), range) = (offers.chosen(), offers.range.clone()) {
                    self.editor.put(range, emoji.as_str());
                    self.changed();
                }
                self.offers = None;
            }
            _ => return offers.travel(action, self.editor.text()),
        }
        true
    }

    /// Selects the blank after the cursor, around the end; `false` where there is none to go to.
    fn next_blank(&mut self) -> bool {
        let here = self.editor.selected();
        let from = self.editor.cursor();
        let others = || blanks::blanks(self.text()).filter(|blank| Some(blank) != here.as_ref());
        let Some(blank) = others().find(|blank| blank.end > from).or_else(|| others().next()) else { return false };
        self.editor.select(blank);
        true
    }

    fn replace_lookalikes(&mut self) -> Notice {
        let Some(replaced) = lookalike::replace(self.text()) else {
            return Notice::info(match shown_culprit(self.text()) {
                Some(culprit) => format!("Nothing to replace: {culprit} has no look-alike in GSM-7"),
                None if self.text().is_empty() => "Nothing to replace: nothing is written yet".to_owned(),
                None => "Nothing to replace: all of it is GSM-7".to_owned(),
            });
        };
        let (before, plain) = (self.cost.segments(), self.cost.is_plain());
        let head = &self.text()[..self.editor.cursor()];
        let cursor = lookalike::replace(head).map_or(head.len(), |head| head.text.len());
        self.editor.become_text(&replaced.text, cursor);
        self.changed();
        self.offers = None;
        let named = |change: &lookalike::Change| {
            let times = if change.count > 1 { format!(" ({}×)", change.count) } else { String::new() };
            let from = bare(&change.from);
            match change.to.as_str() {
                "" => format!("{from} by nothing{times}"),
                " " => format!("{from} by a blank{times}"),
                to => format!("{from} by {to}{times}"),
            }
        };
        let mut said: Vec<String> = replaced.changes.iter().take(NAMED).map(named).collect();
        if let Some(more) = replaced.changes.len().checked_sub(NAMED).filter(|more| *more > 0) {
            said.push(format!("{more} more"));
        }
        let mut said = format!("Replaced {}", said.join(", "));
        let after = self.cost.segments();
        if after != before {
            said.push_str(&format!(": {before} → {}", cost::count(after)));
        } else if !plain && self.cost.is_plain() {
            said.push_str(&format!(": GSM-7 instead of UCS-2, {} either way", cost::count(after)));
        }
        if let Some(culprit) = shown_culprit(self.text()) {
            said.push_str(&format!("; {culprit} still makes it UCS-2"));
        }
        Notice::info(said)
    }

    /// Paints the text; gives back where the cursor is.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) -> Option<Position> {
        self.editor.draw(canvas, area, self.cost.marks())
    }

    /// Paints the list of emoji, where it is open, over the row `below`.
    pub(crate) fn draw_offers(&self, canvas: &mut Canvas<'_>, body: Rect, below: Rect) {
        if let Some(offers) = &self.offers {
            offers.draw(canvas, body, below);
        }
    }
}

fn shown_culprit(text: &str) -> Option<String> {
    crate::model::segment::culprits(text).map(|culprits| shown(&culprits.named))
}

#[cfg(test)]
mod tests;

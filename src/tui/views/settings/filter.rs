//! A list with a search field over it, and what is selected in it.

use ratatui::layout::{Position, Rect};

use crate::config::keymap::{Action, Context};
use crate::tui::views::Scene;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::paint::{self, Ink};

/// What is searched for, and which of the rows that match is selected.
#[derive(Debug, Clone, Default)]
pub(in crate::tui::views) struct Filter {
    field: Field,
    /// Someone is writing in the field.
    pub(in crate::tui::views) typing: bool,
    /// The selected row among those that match.
    pub(in crate::tui::views) at: usize,
}

impl Filter {
    /// What is searched for.
    pub(in crate::tui::views) fn text(&self) -> &str {
        self.field.text()
    }

    /// Whether something has all the words that are searched for.
    pub(in crate::tui::views) fn matches(&self, texts: &[&str]) -> bool {
        let whole = texts.join(" ").to_lowercase();
        self.text().to_lowercase().split_whitespace().all(|word| whole.contains(word))
    }

    /// Types into the field.
    pub(in crate::tui::views) fn insert(&mut self, text: &str) {
        if self.typing {
            self.field.insert(text);
            self.at = 0;
        }
    }

    /// Moves in a list of so many rows, begins, edits and ends the search. `false` where the action is something else.
    pub(in crate::tui::views) fn act(&mut self, action: Action, rows: usize) -> bool {
        let last = rows.saturating_sub(1);
        self.at = self.at.min(last);
        match action {
            Action::SearchHere => self.typing = true,
            Action::Accept if self.typing => self.typing = false,
            Action::Back if self.typing || !self.text().is_empty() => {
                (self.field, self.typing, self.at) = (Field::default(), false, 0);
            }
            Action::Down | Action::CursorDown => self.at = (self.at + 1).min(last),
            Action::Up | Action::CursorUp => self.at = self.at.saturating_sub(1),
            Action::PageDown => self.at = (self.at + 8).min(last),
            Action::PageUp => self.at = self.at.saturating_sub(8),
            Action::Top => self.at = 0,
            Action::Bottom => self.at = last,
            _ if self.typing => {
                self.at = 0;
                return self.field.edit(action);
            }
            _ => return false,
        }
        true
    }

    /// Paints the field where there is one; gives back what is left for the list, and where the cursor is.
    pub(in crate::tui::views) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        scene: Scene<'_>,
        found: usize,
    ) -> (Rect, Option<Position>) {
        if !self.typing && self.text().is_empty() || area.height == 0 {
            return (area, None);
        }
        let label = "Search ";
        let column = paint::put(canvas, area, 0, label, Ink::Accent);
        let inside = Rect { x: area.x + column.min(area.width), width: area.width.saturating_sub(column), ..area };
        let cursor = self.field.draw(canvas, inside, 0, false).filter(|_| self.typing);
        let ends = scene.key(if self.typing { Context::Form } else { Context::List }, Action::Back);
        paint::put_right(canvas, area, 0, &format!("{found} found   {ends} ends"), Ink::Dim);
        (Rect { y: area.y + 1, height: area.height - 1, ..area }, cursor)
    }
}

/// One line of a list: its two texts, and whether it can be selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) left: (String, Ink),
    pub(super) right: (String, Ink),
    /// A heading cannot be selected.
    pub(super) heading: bool,
}

impl Line {
    /// A heading.
    pub(super) fn heading(text: &str) -> Self {
        Self { left: (text.to_owned(), Ink::Bold), right: (String::new(), Ink::Plain), heading: true }
    }
}

/// Paints the lines around the selected row, which is the `at`-th that is no heading.
pub(super) fn lines(canvas: &mut Canvas<'_>, area: Rect, all: &[Line], at: usize) {
    let selected = all.iter().enumerate().filter(|(_, line)| !line.heading).nth(at).map_or(0, |(line, _)| line);
    let height = usize::from(area.height);
    // the heading over the first row is in view with it
    let first = if selected + 1 < height { 0 } else { (selected + 1).saturating_sub(height) };
    for (row, (index, line)) in (0..area.height).zip(all.iter().enumerate().skip(first)) {
        let here = index == selected && !line.heading;
        let mark = if line.heading {
            ""
        } else if here {
            "▌"
        } else {
            " "
        };
        let left = format!("{mark}{}", line.left.0);
        paint::put_both(canvas, area, row, (&left, line.left.1), (&line.right.0, line.right.1));
        if here {
            paint::tint(canvas, area, row, Ink::Selected);
        }
    }
}

/// How the room is shared between a list and the words about its selected row.
pub(super) fn shares(area: Rect, wanted: u16) -> (Rect, Rect) {
    split(area, wanted.min(area.height / 2))
}

/// A list over so many rows of words.
pub(super) fn split(area: Rect, words: u16) -> (Rect, Rect) {
    let list = Rect { height: area.height - words, ..area };
    (list, Rect { y: list.bottom(), height: words, ..area })
}

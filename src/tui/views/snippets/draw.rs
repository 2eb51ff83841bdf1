//! The window's looks: the list, and beside or under it how the selected one would read.

use ratatui::layout::{Position, Rect};

use super::Snippets;
use crate::config::keymap::{Action, Context};
use crate::model::text::{safe_line, safe_text};
use crate::tui::views::Scene;
use crate::tui::views::confirm;
use crate::tui::views::pad::cost::Cost;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// From so many columns on the preview is beside the list.
const WIDE: u16 = 60;

struct Parts {
    filter: Rect,
    list: Rect,
    preview: Rect,
}

fn parts(area: Rect) -> Parts {
    let filter = Rect { height: area.height.min(1), ..area };
    let rest = Rect { y: area.y + filter.height, height: area.height - filter.height, ..area };
    if area.width >= WIDE {
        let width = area.width * 2 / 5;
        let list = Rect { width, ..rest };
        let preview = Rect { x: rest.x + width + 1, width: rest.width - width - 1, ..rest };
        return Parts { filter, list, preview };
    }
    let height = rest.height.div_ceil(2);
    let list = Rect { height, ..rest };
    Parts { filter, list, preview: Rect { y: rest.y + height, height: rest.height - height, ..rest } }
}

fn size(screen: Rect) -> (u16, u16) {
    (screen.width.min(96), screen.height.min(24))
}

impl Snippets {
    /// The row of the list under a point of the screen.
    pub(super) fn row_at(&self, screen: Rect, at: Position) -> Option<usize> {
        let (columns, rows) = size(screen);
        let list = parts(paint::inside_of_window(screen, columns, rows)).list;
        let row = list.contains(at).then(|| self.first(list) + usize::from(at.y - list.y))?;
        (row < self.found.len()).then_some(row)
    }

    fn first(&self, list: Rect) -> usize {
        (self.at + 1).saturating_sub(list.height.into())
    }

    pub(super) fn paint(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let (columns, rows) = size(screen);
        let area =
            paint::window(canvas, screen, columns, rows, if self.form.is_some() { "Snippet" } else { "Snippets" });
        if let Some(form) = &self.form {
            let cursor = form.draw(canvas, area, scene);
            if form.is_left() {
                confirm::ask(canvas, screen, "Leave the snippet without keeping what you wrote?", scene);
                return None;
            }
            return cursor;
        }
        let Parts { filter, list, preview } = parts(area);
        let label = paint::put(canvas, filter, 0, "Find ", Ink::Dim);
        let field = Rect { x: filter.x + label, width: filter.width - label, ..filter };
        let cursor = self.filter.draw(canvas, field, 0, false);
        self.paint_list(canvas, list);
        self.paint_preview(canvas, preview, scene);
        if let Some(doomed) = &self.doomed {
            let question = format!("Delete “{}”?", safe_line(&doomed.name));
            confirm::ask(canvas, screen, &question, scene);
            return None;
        }
        cursor
    }

    fn paint_list(&self, canvas: &mut Canvas<'_>, list: Rect) {
        let Some(all) = &self.all else { return };
        for (row, (at, index)) in (0..list.height).zip(self.found.iter().enumerate().skip(self.first(list))) {
            let ink = if at == self.at { Ink::Selected } else { Ink::Plain };
            if at == self.at {
                paint::tint(canvas, list, row, ink);
            }
            paint::put(canvas, list, row, &format!(" {}", safe_line(&all[*index].name)), ink);
        }
    }

    fn paint_preview(&self, canvas: &mut Canvas<'_>, area: Rect, scene: Scene<'_>) {
        let mut lines = Vec::new();
        if let Some(problem) = &self.problem {
            lines.push((safe_text(problem).into_owned(), Ink::Bad));
        }
        let key = |action| scene.key(Context::Snippets, action);
        if let Some(snippet) = self.selected() {
            let filled = self.fill(&snippet.text, scene);
            let looks = scene.key(Context::Composer, Action::ReplaceLookalikes);
            lines.push((Cost::of(&filled.text).words(area.width.into(), &looks), Ink::Dim));
            lines.push((safe_text(&filled.text).into_owned(), Ink::Plain));
        } else if self.all.as_ref().is_some_and(Vec::is_empty) {
            let add = key(Action::AddSnippet);
            lines.push((
                format!("There are none yet. {add} makes one, of what you have written if there is something."),
                Ink::Plain,
            ));
            lines.push(("They are kept in snippets.toml beside your settings.".to_owned(), Ink::Dim));
        } else if self.all.is_some() {
            let add = key(Action::AddSnippet);
            lines.push((format!("None is like that. {add} makes one."), Ink::Dim));
        } else if self.problem.is_none() {
            lines.push(("Reading…".to_owned(), Ink::Dim));
        }
        let lines = sheet::wrapped(lines.iter().map(|(text, ink)| (text.as_str(), *ink)), area.width);
        sheet::fill(canvas, area, &lines);
    }
}

//! A choice among the things of a message that can be opened. What leads elsewhere than it seems says where to.

use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

use super::Scene;
use super::openable::{GONE, Openable};
use super::window::{Pointer, Step, Window};
use crate::config::keymap::{Action, Context};
use crate::tui::message::{Effect, Notice};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// The window.
#[derive(Debug)]
pub(crate) struct Choose {
    all: Vec<Openable>,
    selected: usize,
}

impl Choose {
    /// A choice among these.
    pub(crate) fn new(all: Vec<Openable>) -> Self {
        Self { all, selected: 0 }
    }

    fn take_it(&self) -> Vec<Step> {
        let chosen = self.all.get(self.selected).map(|one| match one.effect.clone() {
            None => Step::Tell(Notice::info(GONE)),
            Some(Effect::OpenThread { number, contact }) => Step::Open(number, contact),
            Some(effect) => Step::Do(effect),
        });
        std::iter::once(Step::Close).chain(chosen).collect()
    }

    /// The rows with the place of the thing that each belongs to.
    fn rows(&self, width: u16) -> Vec<(usize, String, Ink)> {
        let mut rows = Vec::new();
        for (at, one) in self.all.iter().enumerate() {
            let ink = if one.effect.is_some() { Ink::Plain } else { Ink::Dim };
            rows.push((at, one.label.clone(), ink));
            if let Some(host) = &one.really {
                let warning = format!("! it leads to {host}");
                let lines = sheet::wrapped([(warning.as_str(), Ink::Warn)], width.saturating_sub(2));
                rows.extend(lines.into_iter().map(|(line, ink)| (at, format!("  {line}"), ink)));
            }
        }
        rows
    }

    /// Where it is inside of its frame, and the first row in view.
    fn place(&self, screen: Rect) -> (u16, u16, usize) {
        let widest = self.all.iter().map(|one| one.label.width()).max().unwrap_or(0);
        let columns = u16::try_from(widest + 4).unwrap_or(u16::MAX).clamp(44, 84).min(screen.width);
        let rows = self.rows(columns.saturating_sub(3));
        let height =
            u16::try_from(rows.len() + 3).unwrap_or(u16::MAX).clamp(5, screen.height.max(5)).min(screen.height);
        let inside = usize::from(height.saturating_sub(3)).max(1);
        let last = rows.iter().rposition(|(at, ..)| *at == self.selected).unwrap_or(0);
        (columns, height, (last + 1).saturating_sub(inside))
    }
}

impl Window for Choose {
    fn kind(&self) -> &'static str {
        "choose"
    }

    fn act(&mut self, action: Action, _: Scene<'_>) -> Option<Vec<Step>> {
        let last = self.all.len().saturating_sub(1);
        self.selected = match action {
            Action::Down => (self.selected + 1).min(last),
            Action::Up => self.selected.saturating_sub(1),
            Action::Top | Action::PageUp => 0,
            Action::Bottom | Action::PageDown => last,
            Action::Open => return Some(self.take_it()),
            _ => return None,
        };
        Some(Vec::new())
    }

    fn mouse(&mut self, pointer: Pointer, screen: Rect, scene: Scene<'_>) -> Vec<Step> {
        match pointer {
            Pointer::Wheel { down, .. } => {
                self.act(if down { Action::Down } else { Action::Up }, scene);
                Vec::new()
            }
            Pointer::Click(at) => {
                let (columns, height, top) = self.place(screen);
                let frame = Rect {
                    x: screen.x + (screen.width - columns) / 2,
                    y: screen.y + (screen.height - height) / 2,
                    width: columns,
                    height,
                };
                if !frame.contains(at) {
                    return vec![Step::Close];
                }
                let row = usize::from(at.y.saturating_sub(frame.y + 1)) + top;
                let chosen = self.rows(columns.saturating_sub(3)).get(row).map(|(one, ..)| *one);
                match chosen {
                    // the first click selects, the second opens
                    Some(one) if one == self.selected => self.take_it(),
                    Some(one) => {
                        self.selected = one;
                        Vec::new()
                    }
                    None => Vec::new(),
                }
            }
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let (columns, height, top) = self.place(screen);
        let area = paint::window(canvas, screen, columns, height, "Open");
        let last = area.height.saturating_sub(1);
        let rows = self.rows(columns.saturating_sub(3));
        for (line, (at, text, ink)) in (0..last).zip(rows.iter().skip(top)) {
            let selected = *at == self.selected;
            paint::put(canvas, area, line, if selected { "▌" } else { " " }, Ink::Bold);
            paint::put_at(canvas, area, 1, line, text, if selected && *ink == Ink::Plain { Ink::Bold } else { *ink });
        }
        let keys = format!(
            "{} opens   {} back",
            scene.key(Context::List, Action::Open),
            scene.key(Context::List, Action::Back)
        );
        paint::put_at(canvas, area, 1, last, &keys, Ink::Dim);
        None
    }
}

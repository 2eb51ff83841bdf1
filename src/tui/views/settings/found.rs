//! The numbers MightyCall told of, to pick from.

use ratatui::layout::Rect;

use crate::config::NumberEntry;
use crate::config::keymap::{Action, Context};
use crate::model::Address;
use crate::model::text::safe_line;
use crate::tui::message::FoundNumber;
use crate::tui::views::Scene;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// Numbers with what was picked.
#[derive(Debug, Clone)]
pub(super) struct Found {
    rows: Vec<Row>,
    at: usize,
}

#[derive(Debug, Clone)]
struct Row {
    number: FoundNumber,
    known: bool,
    picked: bool,
}

impl Found {
    /// New ones that are switched on are picked to begin with.
    pub(super) fn new(found: Vec<FoundNumber>, known: &[Address]) -> Self {
        let row = |number: FoundNumber| {
            let known = known.contains(&number.address);
            Row { known, picked: !known && number.enabled, number }
        };
        Self { rows: found.into_iter().map(row).collect(), at: 0 }
    }

    /// Keys of the list.
    pub(super) fn update(&mut self, action: Action) {
        let last = self.rows.len().saturating_sub(1);
        match action {
            Action::Down => self.at = (self.at + 1).min(last),
            Action::Up => self.at = self.at.saturating_sub(1),
            Action::Top | Action::PageUp => self.at = 0,
            Action::Bottom | Action::PageDown => self.at = last,
            Action::Toggle => {
                if let Some(row) = self.rows.get_mut(self.at).filter(|row| !row.known) {
                    row.picked = !row.picked;
                }
            }
            _ => {}
        }
    }

    /// What is picked, as it goes into the configuration.
    pub(super) fn picked(&self) -> Vec<NumberEntry> {
        let entry = |number: &FoundNumber| NumberEntry {
            address: number.address.clone(),
            label: number.label.clone(),
            key: None,
            is_default: false,
        };
        self.rows.iter().filter(|row| row.picked).map(|row| entry(&row.number)).collect()
    }

    /// Paints the list.
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, scene: Scene<'_>) {
        let keys = format!(
            "{} picks or leaves one   {} adds those picked   {} leaves all",
            scene.key(Context::List, Action::Toggle),
            scene.key(Context::List, Action::Open),
            scene.key(Context::List, Action::Back),
        );
        let keys = sheet::wrapped([(keys.as_str(), Ink::Dim)], area.width);
        let head = sheet::fill(canvas, Rect { height: area.height.div_ceil(3), ..area }, &keys);
        let list = Rect { y: area.y + head, height: area.height - head, ..area };
        let first = (self.at + 1).saturating_sub(list.height.into());
        for (line, (at, row)) in (0..list.height).zip(self.rows.iter().enumerate().skip(first)) {
            let mark = if row.known || row.picked { "[x]" } else { "[ ]" };
            let note = match (row.known, row.number.enabled) {
                (true, _) => "there already",
                (false, false) => "switched off at MightyCall",
                (false, true) => "",
            };
            let label = row.number.label.as_deref().map_or_else(String::new, safe_line);
            let text = format!("{mark} {:<17} {label}", safe_line(&row.number.address.display()));
            paint::put_both(canvas, list, line, (&text, Ink::Plain), (note, Ink::Dim));
            if at == self.at {
                paint::tint(canvas, list, line, Ink::Selected);
            }
        }
    }
}

//! A text of an earlier run for whose place another one is written by now: what is to become of the two.

use ratatui::layout::{Position, Rect};

use super::Scene;
use super::when;
use super::window::{Pointer, Step, Window};
use crate::config::keymap::{Action, Context};
use crate::config::rescue::UnsentText;
use crate::model::text::safe_text;
use crate::tui::message::RescuedText;
use crate::tui::unsaved::whose;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// Columns that it likes to have.
const WIDTH: u16 = 76;
/// Rows that each of the two texts gets at most.
const SHOWN: usize = 6;

/// What becomes of a rescued text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// It goes below what is there now.
    Below,
    /// It takes the place of what is there now.
    Instead,
    /// It goes; what is there now stays.
    Delete,
}

/// The window. One text after the other.
#[derive(Debug)]
pub(crate) struct RescuedWindow {
    texts: Vec<RescuedText>,
    selected: usize,
}

impl RescuedWindow {
    /// About these, of which there is one at least.
    pub(crate) fn new(texts: Vec<RescuedText>) -> Self {
        Self { texts, selected: 0 }
    }

    fn choices(&self) -> Vec<(Option<Put>, &'static str)> {
        let later = (None, "Decide later: mctui asks again at its next start");
        match self.texts.first().map(|rescued| &rescued.text) {
            Some(UnsentText::Draft { .. }) => vec![
                (Some(Put::Below), "Keep both: add it below the draft"),
                (Some(Put::Instead), "Put it in the place of the draft"),
                (Some(Put::Delete), "Delete it and keep the draft"),
                later,
            ],
            // one number keeps one message to several people
            _ => vec![
                later,
                (Some(Put::Instead), "Put it in the place of the other message"),
                (Some(Put::Delete), "Delete it and keep the other message"),
            ],
        }
    }

    fn choose(&mut self) -> Vec<Step> {
        let Some((put, _)) = self.choices().get(self.selected).copied() else { return Vec::new() };
        let mut steps = Vec::new();
        let rescued = self.texts.remove(0);
        self.selected = 0;
        if self.texts.is_empty() {
            steps.push(Step::Close);
        }
        if let Some(put) = put {
            steps.push(Step::Decide(Box::new(rescued), put));
        }
        steps
    }

    fn lines(&self, scene: Scene<'_>, width: u16, rows: usize) -> Vec<(String, Ink)> {
        let Some(rescued) = self.texts.first() else { return Vec::new() };
        let what = if rescued.before.is_some() {
            "was in your editor when mctui was killed"
        } else {
            "was not saved when mctui ended"
        };
        let now = match rescued.text {
            UnsentText::Draft { .. } => "Now there is another draft",
            UnsentText::Broadcast { .. } => {
                "Now there is another message to several people, or the window of one is open"
            }
        };
        let who = whose(&rescued.text);
        let head = format!("This {} {what} ({}):", who.trim_start_matches("your "), when::full(rescued.at, scene.zone));
        let shown = rows.saturating_sub(4).checked_div(2).unwrap_or(1).clamp(1, SHOWN);
        let mut out = sheet::wrapped([(head.as_str(), Ink::Plain)], width);
        out.extend(quote(rescued.text.text(), width, shown));
        out.push((String::new(), Ink::Plain));
        let stored = rescued.stored.as_ref().map_or("", UnsentText::text);
        out.extend(sheet::wrapped([(format!("{now}:").as_str(), Ink::Plain)], width));
        out.extend(quote(stored, width, shown));
        out
    }

    fn size(screen: Rect, scene: Scene<'_>) -> u16 {
        if scene.plain { screen.width } else { screen.width.min(WIDTH) }
    }

    /// The row of the first choice, inside.
    fn first_choice(&self, area: Rect) -> u16 {
        let choices = u16::try_from(self.choices().len()).unwrap_or(u16::MAX);
        area.height.saturating_sub(choices.saturating_add(1))
    }

    /// Columns and rows with the frame.
    fn place(&self, screen: Rect, scene: Scene<'_>) -> (u16, u16) {
        let columns = Self::size(screen, scene);
        let room = usize::from(screen.height).saturating_sub(self.choices().len() + 4);
        let text = self.lines(scene, columns.saturating_sub(2), room).len().min(room);
        let rows = text + self.choices().len() + 4;
        (columns, u16::try_from(rows).unwrap_or(u16::MAX).min(screen.height))
    }
}

/// The beginning of a text, with a bar before it.
fn quote(text: &str, width: u16, rows: usize) -> Vec<(String, Ink)> {
    let mut lines = sheet::wrapped([(&*safe_text(text), Ink::Bold)], width.saturating_sub(3));
    if lines.len() > rows {
        lines.truncate(rows);
        if let Some((last, _)) = lines.last_mut() {
            last.push_str(" …");
        }
    }
    lines.into_iter().map(|(line, ink)| (format!("▎ {line}"), ink)).collect()
}

impl Window for RescuedWindow {
    fn kind(&self) -> &'static str {
        "rescued"
    }

    fn act(&mut self, action: Action, _: Scene<'_>) -> Option<Vec<Step>> {
        let last = self.choices().len().saturating_sub(1);
        self.selected = match action {
            Action::Down => (self.selected + 1).min(last),
            Action::Up => self.selected.saturating_sub(1),
            Action::Top | Action::PageUp => 0,
            Action::Bottom | Action::PageDown => last,
            Action::Open => return Some(self.choose()),
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
                let (columns, rows) = self.place(screen, scene);
                let area = paint::inside_of_window(screen, columns, rows);
                let row = at.y.checked_sub(area.y + self.first_choice(area)).map(usize::from);
                match row.filter(|row| area.contains(at) && *row < self.choices().len()) {
                    // the first click selects, the second chooses
                    Some(row) if row == self.selected => self.choose(),
                    Some(row) => {
                        self.selected = row;
                        Vec::new()
                    }
                    None => Vec::new(),
                }
            }
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let (columns, rows) = self.place(screen, scene);
        let title = match self.texts.len() {
            0 | 1 => "Two texts for one place".to_owned(),
            count => format!("Two texts for one place, {count} times"),
        };
        let area = paint::window(canvas, screen, columns, rows, &title);
        let first = self.first_choice(area);
        let room = first.saturating_sub(1);
        let lines = self.lines(scene, area.width, room.into());
        sheet::fill(canvas, Rect { height: room, ..area }, &lines);
        for (row, (at, (_, words))) in (first..area.height).zip(self.choices().into_iter().enumerate()) {
            let selected = at == self.selected;
            paint::put(canvas, area, row, if selected { "▌" } else { " " }, Ink::Bold);
            paint::put_at(canvas, area, 2, row, words, if selected { Ink::Bold } else { Ink::Plain });
        }
        let keys = format!(
            "{} chooses   {} decides later",
            scene.key(Context::List, Action::Open),
            scene.key(Context::List, Action::Back)
        );
        paint::put_at(canvas, area, 2, area.height.saturating_sub(1), &keys, Ink::Dim);
        None
    }
}

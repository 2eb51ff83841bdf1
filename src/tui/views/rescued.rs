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

/// A screen with fewer rows has room for the two texts and the choices alone.
const SMALL: u16 = 14;
/// Rows of the window besides the texts and the choices: its frame, what is said of the texts, blanks and keys.
const BESIDE_THE_TEXTS: usize = 9;

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
        let later = (None, "Decide later: the next start asks again");
        match self.texts.first().map(|rescued| &rescued.text) {
            Some(UnsentText::Draft { .. }) => vec![
                (Some(Put::Below), "Keep both: add it below the draft"),
                (Some(Put::Instead), "Replace the draft with it"),
                (Some(Put::Delete), "Delete it and keep the draft"),
                later,
            ],
            // one number keeps one message to several people
            _ => vec![
                later,
                (Some(Put::Instead), "Replace the other message with it"),
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

    /// What is said over the choices.
    fn lines(&self, scene: Scene<'_>, screen: Rect, width: u16) -> Vec<(String, Ink)> {
        let Some(rescued) = self.texts.first() else { return Vec::new() };
        let what = if rescued.before.is_some() {
            "was in your editor when mctui was killed"
        } else {
            "was not saved when mctui ended"
        };
        let now = match rescued.text {
            UnsentText::Draft { .. } => "There is another draft now",
            UnsentText::Broadcast { .. } => "There is another message to several people now",
        };
        let who = whose(&rescued.text);
        let head = format!(
            "This {} {what} ({}):",
            who.trim_start_matches("your "),
            when::brief(rescued.at, scene.now, scene.zone)
        );
        let stored = rescued.stored.as_ref().map_or("", UnsentText::text);
        if is_small(screen) {
            let mut out = quote(rescued.text.text(), width, 1);
            out.push((format!("{now}:"), Ink::Plain));
            out.extend(quote(stored, width, 1));
            return out;
        }
        let others = self.choices().len() + BESIDE_THE_TEXTS;
        let shown = (usize::from(screen.height).saturating_sub(others) / 2).clamp(1, SHOWN);
        let mut out = sheet::wrapped([(head.as_str(), Ink::Plain)], width);
        out.extend(quote(rescued.text.text(), width, shown));
        out.push((String::new(), Ink::Plain));
        out.extend(sheet::wrapped([(format!("{now}:").as_str(), Ink::Plain)], width));
        out.extend(quote(stored, width, shown));
        out
    }

    fn size(screen: Rect, scene: Scene<'_>) -> u16 {
        if scene.plain { screen.width } else { screen.width.min(WIDTH) }
    }

    /// The row of the first choice, inside.
    fn first_choice(&self, screen: Rect, area: Rect) -> u16 {
        let below = self.choices().len() + usize::from(!is_small(screen));
        area.height.saturating_sub(u16::try_from(below).unwrap_or(u16::MAX))
    }

    /// Columns and rows with the frame.
    fn place(&self, screen: Rect, scene: Scene<'_>) -> (u16, u16) {
        let columns = Self::size(screen, scene);
        let rows = self.lines(scene, screen, columns.saturating_sub(2)).len() + self.choices().len() + 4;
        (columns, u16::try_from(rows).unwrap_or(u16::MAX).min(screen.height))
    }
}

/// Whether there is no room for blanks, nor for keys that the hints have too.
fn is_small(screen: Rect) -> bool {
    screen.height < SMALL
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
                let row = at.y.checked_sub(area.y + self.first_choice(screen, area)).map(usize::from);
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
            0 | 1 => "Unsaved text from last time".to_owned(),
            count => format!("Unsaved text from last time: {count}"),
        };
        let area = paint::window(canvas, screen, columns, rows, &title);
        let first = self.first_choice(screen, area);
        let room = first.saturating_sub(u16::from(!is_small(screen)));
        let lines = self.lines(scene, screen, area.width);
        sheet::fill(canvas, Rect { height: room, ..area }, &lines);
        for (row, (at, (_, words))) in (first..area.height).zip(self.choices().into_iter().enumerate()) {
            let selected = at == self.selected;
            paint::put(canvas, area, row, if selected { "▌" } else { " " }, Ink::Bold);
            paint::put_at(canvas, area, 2, row, words, if selected { Ink::Bold } else { Ink::Plain });
        }
        if is_small(screen) {
            return None;
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

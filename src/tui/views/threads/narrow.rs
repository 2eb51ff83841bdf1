//! Showing some of the threads alone: those that have something in common, and those with words that one types.

use ratatui::layout::{Position, Rect};

use super::Threads;
use crate::config::keymap::{Action, Context};
use crate::model::text::{fit, safe_line};
use crate::model::{Thread, ThreadFilter, ThreadText};
use crate::tui::views::Scene;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::paint::{self, Ink};

/// What narrows the list.
#[derive(Debug, Clone, Default)]
pub(super) struct Narrow {
    filter: ThreadFilter,
    text: Option<ThreadText>,
    field: Field,
    typing: bool,
    /// Where the selected one was before it left the list.
    was_at: usize,
    /// The list is another one than that.
    fresh: bool,
}

impl Narrow {
    /// Keeps the place of the selected one, before other rows come.
    pub(super) fn keep(&mut self, at: Option<usize>) {
        let at = at.unwrap_or(self.was_at);
        self.was_at = if std::mem::take(&mut self.fresh) { 0 } else { at };
    }
}

impl Threads {
    /// Which threads are asked for.
    pub(crate) fn narrowed(&self) -> (ThreadFilter, Option<ThreadText>) {
        (self.narrow.filter, self.narrow.text.clone())
    }

    fn is_narrow(&self) -> bool {
        self.narrow.filter != ThreadFilter::All || self.narrow.text.is_some()
    }

    /// Narrows or widens the list; `false` where it is as it was. The rows stay until the others are here.
    pub(crate) fn narrow(&mut self, filter: ThreadFilter, text: &str) -> bool {
        let parsed = ThreadText::new(text);
        let typing = self.narrow.typing;
        let changed = (self.narrow.filter, &self.narrow.text) != (filter, &parsed);
        self.narrow =
            Narrow { filter, text: parsed, field: Field::new(text), typing, ..std::mem::take(&mut self.narrow) };
        if changed {
            (self.top, self.more_above, self.refused) = (0, false, false);
            self.narrow.fresh = true;
        }
        changed
    }

    /// Whether keys go into the line of words.
    pub(crate) fn is_typing(&self) -> bool {
        self.narrow.typing
    }

    /// Opens the line of words.
    pub(crate) fn begin_typing(&mut self) {
        self.narrow.typing = true;
    }

    /// Closes it; the words stay in force.
    pub(crate) fn end_typing(&mut self) {
        self.narrow.typing = false;
    }

    /// Types, or edits; `true` where the list is another one by that.
    pub(crate) fn type_text(&mut self, typed: Result<&str, Action>) -> bool {
        if !self.narrow.typing {
            return false;
        }
        match typed {
            Ok(text) => self.narrow.field.insert(&text.replace(['\r', '\n', '\t'], " ")),
            Err(action) => drop(self.narrow.field.edit(action)),
        }
        let text = ThreadText::new(self.narrow.field.text());
        if text == self.narrow.text {
            return false;
        }
        self.narrow.text = text;
        (self.top, self.more_above, self.refused) = (0, false, false);
        self.narrow.fresh = true;
        true
    }

    /// What is to be selected in place of a thread that a narrow list does not show any more: what has come to its place.
    pub(crate) fn heir(&self) -> Option<&Thread> {
        let narrow = self.is_narrow() && !self.narrow.typing && self.index().is_none();
        self.rows.get(self.narrow.was_at.min(self.rows.len().saturating_sub(1))).filter(|_| narrow)
    }

    /// The words of the title, in so many columns: what is shown, and the key that shows all.
    pub(crate) fn title(&self, scene: Scene<'_>, columns: u16) -> String {
        if !self.is_narrow() {
            return match self.unread_above() {
                0 => "Threads".to_owned(),
                unread => {
                    let above = if scene.ascii { "above" } else { "↑" };
                    format!("Threads  {unread} unread {above} ({})", scene.key(Context::Threads, Action::Top))
                }
            };
        }
        let key = format!(" ({}: all)", scene.key(Context::Threads, Action::Back));
        let room = usize::from(columns).saturating_sub(key.len() + 4);
        format!("{}{key}", fit(&self.shown(), room))
    }

    fn shown(&self) -> String {
        let filter = Some(self.narrow.filter).filter(|filter| *filter != ThreadFilter::All);
        let words = self.narrow.text.as_ref().map(|_| format!("“{}”", safe_line(self.narrow.field.text())));
        let parts: Vec<String> = filter.map(|filter| filter.name().to_owned()).into_iter().chain(words).collect();
        parts.join(", ")
    }

    /// The rows' part of the pane, and the line of words under them.
    pub(super) fn with_line(&self, area: Rect) -> (Rect, Option<Rect>) {
        if !self.narrow.typing || area.height < 2 {
            return (area, None);
        }
        let height = area.height - 1;
        (Rect { height, ..area }, Some(Rect { y: area.y + height, height: 1, ..area }))
    }

    pub(super) fn draw_line(&self, canvas: &mut Canvas<'_>, line: Rect) -> Option<Position> {
        paint::clear(canvas, line);
        let left = paint::put(canvas, line, 0, "/", Ink::Bold);
        let field = Rect { x: line.x + left, width: line.width - left, ..line };
        self.narrow.field.draw(canvas, field, 0, false)
    }

    /// Says that nothing fits, and what shows all; `false` where nothing narrows the list.
    pub(super) fn draw_none(&self, canvas: &mut Canvas<'_>, area: Rect, scene: Scene<'_>) -> bool {
        if !self.is_narrow() {
            return false;
        }
        let text = match (self.narrow.filter, &self.narrow.text) {
            (ThreadFilter::All, _) => "No thread has these words".to_owned(),
            (filter, None) => format!("No thread is {}", filter.name()),
            (filter, Some(_)) => format!("None that is {} has these words", filter.name()),
        };
        paint::put(canvas, area, 0, &text, Ink::Dim);
        let key = scene.key(Context::Threads, Action::Back);
        paint::put(canvas, area, 1, &format!("{key} shows all"), Ink::Dim);
        true
    }
}

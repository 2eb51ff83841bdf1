//! A question with two answers.

use ratatui::layout::Rect;

use super::Scene;
use crate::config::keymap::{Action, Context};
use crate::tui::message::Effect;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// What is asked, and what is done on a yes.
#[derive(Debug, Clone)]
pub(crate) struct Confirm {
    /// The question, safe for the screen.
    pub(crate) question: String,
    /// What a yes does.
    pub(crate) yes: Box<Effect>,
}

/// Paints a question over whatever lies on `screen`, and the keys that answer it. Every question of the client looks so.
pub(crate) fn ask(canvas: &mut Canvas<'_>, screen: Rect, question: &str, scene: Scene<'_>) {
    let width = if scene.plain { screen.width } else { screen.width.min(60) };
    let lines = sheet::wrapped([(question, Ink::Plain)], width.saturating_sub(2));
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4);
    let area = paint::window(canvas, screen, width, rows, "Sure?");
    let last = area.height.saturating_sub(1);
    sheet::fill(canvas, Rect { height: last, ..area }, &lines);
    let mut x = 0;
    for (action, word) in [(Action::Yes, "yes"), (Action::No, "no")] {
        let key = scene.key(Context::Confirm, action);
        let columns = paint::put_at(canvas, area, x, last, &format!("{key} {word}"), Ink::Key);
        canvas.press(Rect { x: area.x + x, y: area.y + last, width: columns, height: 1 }, action);
        x += columns + 3;
    }
}

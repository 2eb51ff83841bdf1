//! The last line: the newest notice, or the keys that matter here, out of the key table.

use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::Scene;
use crate::config::keymap::{Action, Context};
use crate::model::text::safe_line;
use crate::tui::message::{Level, Notice};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};

/// How a notice looks and what stands before it, so that it does not speak by colour alone.
pub(crate) fn look(level: Level) -> (&'static str, Ink) {
    match level {
        Level::Info => ("", Ink::Plain),
        Level::Warning => ("! ", Ink::Warn),
        Level::Error => ("✗ ", Ink::Bad),
    }
}

/// Paints the line.
pub(crate) fn draw(canvas: &mut Canvas<'_>, area: Rect, scene: Scene<'_>, context: Context, notice: Option<&Notice>) {
    let Some(notice) = notice else {
        paint::put(canvas, area, 0, &hints(scene, context, area.width), Ink::Dim);
        return;
    };
    let (mark, ink) = look(notice.level);
    let text = format!(" {mark}{}", safe_line(&notice.text));
    let more = if text.width() > usize::from(area.width) || notice.text.contains('\n') {
        format!("{} all of it ", scene.key(Context::Everywhere, Action::ShowNotice))
    } else {
        String::new()
    };
    paint::put_both(canvas, area, 0, (&text, ink), (&more, Ink::Dim));
}

/// As many hints as fit whole; the help always among them, because it tells the rest.
fn hints(scene: Scene<'_>, context: Context, width: u16) -> String {
    let rows = context.chain().iter().flat_map(|context| scene.keymap.rows(*context));
    let all: Vec<(Action, String)> = rows
        .filter(|row| !row.binding.hint.is_empty())
        .map(|row| (row.binding.action, format!(" {} {} ", row.keys[0], row.binding.hint)))
        .collect();
    let help = all.iter().find(|(action, _)| *action == Action::Help).map_or(0, |(_, text)| text.width());
    let room = usize::from(width).saturating_sub(help);
    let mut used = 0;
    let mut shown = String::new();
    for (action, text) in &all {
        if *action == Action::Help {
            if used + help <= usize::from(width) {
                shown.push_str(text);
            }
        } else if used + text.width() <= room {
            used += text.width();
            shown.push_str(text);
        }
    }
    shown
}

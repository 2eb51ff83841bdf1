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

/// The same in a word, for a screen reader.
fn word(level: Level) -> &'static str {
    match level {
        Level::Info => "",
        Level::Warning => "Warning: ",
        Level::Error => "Error: ",
    }
}

/// Paints the line. Of the context's keys those are told that mean something now.
pub(crate) fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    scene: Scene<'_>,
    (context, offers): (Context, &dyn Fn(Action) -> bool),
    notice: Option<&Notice>,
) {
    let Some(notice) = notice else {
        for (column, hint) in hints(scene, (context, offers), area.width) {
            let mut x = column + paint::put_at(canvas, area, column, 0, &format!(" {}", hint.key), Ink::Key);
            x += paint::put_at(canvas, area, x, 0, &format!(" {} ", hint.words), Ink::Hints);
            canvas.press(Rect { x: area.x + column, width: x - column, ..area }, hint.action);
        }
        return;
    };
    let (mark, ink) = look(notice.level);
    let mark = if scene.plain { word(notice.level) } else { mark };
    let text = format!(" {mark}{}", safe_line(&notice.text));
    let cut = text.width() > usize::from(area.width) || notice.text.contains('\n');
    let more = if cut || !notice.stories.is_empty() {
        canvas.press(area, Action::ShowNotice);
        format!("{} all of it ", scene.key(Context::Everywhere, Action::ShowNotice))
    } else {
        String::new()
    };
    paint::put_both(canvas, area, 0, (&text, ink), (&more, Ink::Hints));
}

/// A key and what it does.
struct Hint {
    action: Action,
    key: String,
    words: &'static str,
}

impl Hint {
    /// With the blanks around it.
    fn columns(&self) -> u16 {
        u16::try_from(self.key.width() + self.words.width() + 3).unwrap_or(u16::MAX)
    }
}

/// As many hints as fit whole, each at its column; the help always among them, because it tells the rest.
fn hints(scene: Scene<'_>, (context, offers): (Context, &dyn Fn(Action) -> bool), width: u16) -> Vec<(u16, Hint)> {
    let rows = context.chain().iter().flat_map(|context| scene.keymap.rows(*context));
    let all: Vec<Hint> = rows
        .filter(|row| !row.binding.hint.is_empty() && offers(row.binding.action))
        .map(|row| Hint { action: row.binding.action, key: row.keys[0].to_string(), words: row.binding.hint })
        .collect();
    let help = all.iter().find(|hint| hint.action == Action::Help).map_or(0, Hint::columns);
    let (mut used, mut shown) = (0, Vec::new());
    let mut kept = help;
    for hint in all {
        if hint.action == Action::Help {
            kept = 0;
        }
        let columns = hint.columns();
        if used + columns + kept <= width {
            shown.push((used, hint));
            used += columns;
        }
    }
    shown
}

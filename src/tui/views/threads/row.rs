//! One thread in two lines.

use ratatui::layout::Rect;

use crate::model::text::safe_line;
use crate::model::{Delivery, Direction, Thread, ThreadState};
use crate::tui::views::{Scene, when};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};

/// Paints one thread. Trouble, unread and muted have marks besides their ink.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    thread: &Thread,
    scene: Scene<'_>,
    selected: bool,
    focused: bool,
) {
    if scene.plain {
        return plainly(canvas, area, thread, scene, selected && focused);
    }
    let unread = thread.unread > 0;
    let (name, second) = (safe_line(&thread.contact.title()), snippet(thread));
    let done = thread.state == ThreadState::Done;
    let mark = match (thread.trouble > 0, thread.unread) {
        (true, 0) => " !".to_owned(),
        (true, 100..) => " !99+".to_owned(),
        (true, count) => format!(" !{count}"),
        (false, 0) if done => " ✓".to_owned(),
        (false, 0) => "  ".to_owned(),
        (false, 100..) => " 99+".to_owned(),
        (false, count) => format!(" {count}"),
    };
    let muted = if thread.muted { "⊘ " } else { "" };
    let at = when::listed(thread.last_message_at, scene.now, scene.zone, scene.preferences.ui.times);
    let tail = format!("{muted}{at}{mark}");
    let ink = if unread {
        Ink::Bold
    } else if done {
        Ink::Dim
    } else {
        Ink::Plain
    };
    let tail_ink = if thread.trouble > 0 { Ink::Bad } else { ink };
    paint::put(canvas, area, 0, if selected { "▌" } else { " " }, Ink::Bold);
    let text = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), ..area };
    paint::put_both(canvas, text, 0, (&name, ink), (&tail, tail_ink));
    paint::put_at(canvas, text, 1, 1, &second, if unread { Ink::Plain } else { Ink::Dim });
    if selected && focused {
        paint::tint(canvas, area, 0, Ink::Selected);
        paint::tint(canvas, area, 1, Ink::Selected);
    } else if selected {
        paint::tint(canvas, area, 0, Ink::Current);
        paint::tint(canvas, area, 1, Ink::Current);
    }
}

/// The same for a screen reader: a sentence, and what was said last.
fn plainly(canvas: &mut Canvas<'_>, area: Rect, thread: &Thread, scene: Scene<'_>, selected: bool) {
    let mut words = vec![safe_line(&thread.contact.title())];
    if thread.unread > 0 {
        words.push(format!("{} unread", thread.unread));
    }
    if thread.trouble > 0 {
        words.push("something not sent".to_owned());
    }
    words.push(when::brief(thread.last_message_at, scene.now, scene.zone));
    paint::put(canvas, area, 0, &words.join(", "), Ink::Plain);
    paint::put_at(canvas, area, 2, 1, &snippet(thread), Ink::Plain);
    if selected {
        paint::tint(canvas, area, 0, Ink::Selected);
        paint::tint(canvas, area, 1, Ink::Selected);
    }
}

/// The second line: what is unsent, else what was said last.
fn snippet(thread: &Thread) -> String {
    if let Some(draft) = thread.draft.as_deref().filter(|draft| !draft.trim().is_empty()) {
        return format!("Draft: {}", safe_line(draft));
    }
    let text = safe_line(&thread.snippet);
    match (thread.last_direction, &thread.last_delivery) {
        (Some(Direction::Outbound), Some(Delivery::Failed(_))) => format!("Not sent: {text}"),
        (Some(Direction::Outbound), Some(Delivery::Unconfirmed(_))) => format!("Unconfirmed: {text}"),
        (Some(Direction::Outbound), _) => format!("You: {text}"),
        (Some(Direction::Unknown), _) => format!("? {text}"),
        _ => text,
    }
}

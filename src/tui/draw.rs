//! Painting the state. Changes nothing in it, and costs what is on the screen.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

use super::layout::{Layout, Pane};
use super::state::{Focus, State};
use super::views::overlay::{self, Overlay};
use super::views::{header, hints};
use super::widgets::canvas::{Canvas, Link};
use super::widgets::ink::Palette;
use super::widgets::paint::{self, Ink};
use crate::config::keymap::{Action, Context};
use crate::model::text::{fit, safe_line};

/// Paints the whole screen; gives back what leads somewhere.
pub fn draw(frame: &mut Frame<'_>, state: &State) -> Vec<Link> {
    let mut canvas = Canvas::new(frame.buffer_mut(), Palette);
    let cursor = paint_all(&mut canvas, state);
    let links = canvas.into_links();
    if let Some(cursor) = cursor.filter(|cursor| frame.area().contains(*cursor)) {
        frame.set_cursor_position(cursor);
    }
    links
}

fn paint_all(canvas: &mut Canvas<'_>, state: &State) -> Option<Position> {
    let scene = state.scene();
    let layout = state.layout();
    // the terminal may have another size by now than the state was told
    let screen = state.screen().intersection(canvas.area());
    header::draw(canvas, layout.header.intersection(screen), scene, &state.engine, &state.numbers, state.demo);
    let mut cursor = panes(canvas, state, &layout, screen);
    for overlay in &state.overlays {
        cursor = window(canvas, state, overlay, screen);
    }
    if !layout.hints.is_empty() {
        let line = layout.hints.intersection(screen);
        paint::clear(canvas, line);
        hints::draw(canvas, line, scene, state.context(), state.notice.as_ref());
    } else if let Some(notice) = &state.notice {
        hints::draw(canvas, layout.header.intersection(screen), scene, state.context(), Some(notice));
    }
    paint::only_safe(canvas.buf);
    if state.ascii {
        paint::only_ascii(canvas.buf);
    }
    if !state.colour {
        paint::no_colour(canvas.buf);
    }
    cursor
}

fn panes(canvas: &mut Canvas<'_>, state: &State, layout: &Layout, screen: Rect) -> Option<Position> {
    let fit = |pane: Pane| Pane { outer: pane.outer.intersection(screen), inner: pane.inner.intersection(screen) };
    let focused = |focus| state.focus == focus && state.overlays.is_empty();
    if let Some(pane) = layout.threads.map(fit) {
        if layout.framed {
            paint::frame(canvas, pane.outer, "Threads", focused(Focus::Threads));
        }
        state.threads.draw(canvas, pane.inner, state.scene(), focused(Focus::Threads));
    }
    let right = layout.conversation.or(layout.composer).map(fit)?;
    if layout.framed {
        let x = right.outer.x;
        let outer = Rect { x, width: right.outer.width, ..layout.body }.intersection(screen);
        paint::frame(canvas, outer, &who(state), focused(Focus::Conversation));
    }
    if let Some(pane) = layout.conversation.map(fit) {
        state.conversation.draw(canvas, pane.inner, state.focus == Focus::Conversation);
        below(canvas, state, pane.inner);
    }
    let pane = layout.composer.map(fit)?;
    let room = usize::from(pane.outer.width).saturating_sub(state.composer.meter().width() + 8);
    let title = addressed(state, room);
    if layout.framed {
        paint::divider(canvas, pane.outer, pane.outer.y, &title, &state.composer.meter(), focused(Focus::Composer));
    } else {
        paint::put_both(canvas, pane.outer, 0, (&title, Ink::Bold), (&state.composer.meter(), Ink::Dim));
    }
    state.composer.draw(canvas, pane.inner, focused(Focus::Composer))
}

/// "3 new below", over the last row of a conversation that is scrolled up.
fn below(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let new = state.conversation.new_below();
    if new == 0 || area.height < 2 {
        return;
    }
    let key = state.scene().key(Context::Conversation, Action::Bottom);
    let text = format!(" {new} new below ({key}) ");
    paint::put_right(canvas, area, area.height - 1, &text, Ink::Selected);
}

/// The conversation's title: who it is with.
fn who(state: &State) -> String {
    let Some(thread) = &state.current else { return String::new() };
    let number = safe_line(&thread.contact.address.display());
    let who = match &thread.contact.name {
        Some(name) => format!("{}  {number}", safe_line(name)),
        None => number,
    };
    // over all numbers, one contact may stand in the list several times
    match &state.numbers.current {
        None if state.numbers.are_several() => format!("{who}  you: {}", state.numbers.name(&thread.number)),
        _ => who,
    }
}

/// The compose box's title: to whom and from which of our numbers. Where there is little room, the shorter of our names
/// and then a shorter one of theirs, so that both are there.
fn addressed(state: &State, room: usize) -> String {
    let Some(thread) = &state.current else { return String::new() };
    let to = safe_line(&thread.contact.title());
    let title = |to: &str, from: &str| format!("To {to}, from {from}");
    let whole = title(&to, &state.numbers.title(&thread.number));
    if whole.width() <= room {
        return whole;
    }
    let name = state.numbers.name(&thread.number);
    let left = room.saturating_sub(title("", &name).width());
    title(&fit(&to, left.max(3)), &name)
}

fn window(canvas: &mut Canvas<'_>, state: &State, overlay: &Overlay, screen: Rect) -> Option<Position> {
    let scene = state.scene();
    let body = state.window_area().intersection(screen);
    match overlay {
        Overlay::Numbers => state.numbers.draw(canvas, body, scene),
        Overlay::Settings => return state.settings.draw(canvas, body, scene),
        Overlay::NewMessage => return state.new_message.draw(canvas, body, scene, &state.numbers),
        Overlay::Confirm(confirm) => confirm.draw(canvas, body, scene),
        Overlay::Window(window) => return window.draw(canvas, body, scene),
        Overlay::Help(..) | Overlay::Info(..) | Overlay::Notice(..) => {
            let (title, sheet, lines) = overlay.text(scene, &state.numbers, body)?;
            let (columns, rows) = overlay::sheet_size(body);
            let wanted = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).max(5);
            let area = paint::window(canvas, body, columns, rows.min(wanted), title);
            sheet.draw(canvas, area, &lines);
        }
    }
    None
}

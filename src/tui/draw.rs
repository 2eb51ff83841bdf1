//! Painting the state. Changes nothing in it, and costs what is on the screen.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

use super::layout::{Layout, Pane};
use super::state::{Focus, State};
use super::views::confirm::{self, Confirm};
use super::views::overlay::Overlay;
use super::views::{Scene, header, hints, opening};
use super::widgets::ascii::{no_drawing, only_ascii};
use super::widgets::canvas::{Canvas, Extras, Marks};
use super::widgets::paint::{self, Ink};
use crate::config::keymap::{Action, Context};
use crate::model::text::{fit, safe_line};

/// Columns of an edge that a title at its left and one at its right do not have.
const EDGE: usize = 8;

/// What stands beside a text that is being written where something speaks against texting.
const MAY_NOT: &str = "! may not be delivered";

/// Paints the whole screen; gives back what is on it besides cells.
pub fn draw(frame: &mut Frame<'_>, state: &State) -> Extras {
    let mut canvas = canvas(frame.buffer_mut(), state);
    let cursor = paint_all(&mut canvas, state);
    let extras = canvas.into_marks().extras;
    if let Some(cursor) = cursor.filter(|cursor| frame.area().contains(*cursor)) {
        frame.set_cursor_position(cursor);
    }
    extras
}

/// What is where on the screen, for the mouse: painted once more, out of sight, because whoever paints a thing knows best.
pub(crate) fn marks(state: &State) -> Marks {
    let mut buf = Buffer::empty(state.screen());
    let mut canvas = canvas(&mut buf, state);
    paint_all(&mut canvas, state);
    canvas.into_marks()
}

fn canvas<'a>(buf: &'a mut Buffer, state: &State) -> Canvas<'a> {
    let mut canvas = Canvas::new(buf, state.looks.palette.clone());
    canvas.plain = state.is_plain();
    canvas
}

fn paint_all(canvas: &mut Canvas<'_>, state: &State) -> Option<Position> {
    let scene = state.scene();
    let layout = state.layout();
    // the terminal may have another size by now than the state was told
    let screen = state.screen().intersection(canvas.area());
    paint::ground(canvas, canvas.area(), Ink::Screen);
    if let Some(course) = state.opening.as_ref().and_then(opening::Opening::course) {
        opening::draw(canvas, screen, scene, course);
        safe(canvas, scene);
        return scene.plain.then(|| screen.as_position());
    }
    paint::ground(canvas, layout.header.intersection(screen), Ink::Header);
    header::draw(canvas, layout.header.intersection(screen), scene, &state.engine, &state.numbers, state.demo);
    let mut cursor = panes(canvas, state, &layout, screen);
    if let Some(tour) = state.tour {
        tour.draw(canvas, layout.guide.intersection(screen), (&state.keymap, state.rows));
    }
    for overlay in &state.overlays {
        cursor = window(canvas, state, overlay, screen);
    }
    let offers = |action| state.offers(action);
    if !layout.hints.is_empty() {
        let line = layout.hints.intersection(screen);
        paint::clear(canvas, line);
        paint::ground(canvas, line, Ink::Hints);
        hints::draw(canvas, line, scene, (state.context(), &offers), state.notice.as_ref());
    } else if let Some(notice) = &state.notice {
        hints::draw(canvas, layout.header.intersection(screen), scene, (state.context(), &offers), Some(notice));
    }
    safe(canvas, scene);
    // a screen reader reads where the cursor is
    let reading = || canvas.chosen().or(canvas.top_window()).unwrap_or(layout.body).as_position();
    cursor.or_else(|| scene.plain.then(reading))
}

/// Leaves nothing in the cells that this terminal, or who listens to it, should not get.
fn safe(canvas: &mut Canvas<'_>, scene: Scene<'_>) {
    paint::only_safe(canvas.buf);
    if scene.ascii {
        only_ascii(canvas.buf);
    } else if scene.plain {
        no_drawing(canvas.buf);
    }
}

fn panes(canvas: &mut Canvas<'_>, state: &State, layout: &Layout, screen: Rect) -> Option<Position> {
    let fit = |pane: Pane| Pane { outer: pane.outer.intersection(screen), inner: pane.inner.intersection(screen) };
    let focused = |focus| state.focus == focus && state.overlays.is_empty();
    let mut cursor = None;
    if let Some(pane) = layout.threads.map(fit) {
        if layout.framed {
            paint::frame(
                canvas,
                pane.outer,
                &state.threads.title(state.scene(), pane.outer.width),
                focused(Focus::Threads),
            );
        } else if layout.titled {
            let title = state.threads.title(state.scene(), pane.outer.width);
            paint::put(canvas, pane.outer, 0, &title, Ink::Bold);
        }
        let typed = state.threads.draw(canvas, pane.inner, state.scene(), focused(Focus::Threads));
        cursor = cursor.or(typed.filter(|_| focused(Focus::Threads)));
    }
    let Some(right) = layout.conversation.or(layout.composer).map(fit) else { return cursor };
    if layout.framed {
        let x = right.outer.x;
        let outer = Rect { x, width: right.outer.width, ..layout.body }.intersection(screen);
        paint::frame(canvas, outer, &who(state), focused(Focus::Conversation));
    } else if layout.titled {
        paint::put(canvas, layout.body.intersection(screen), 0, &who(state), Ink::Bold);
    }
    if let Some(pane) = layout.conversation.map(fit) {
        let (messages, line) = state.with_find_line(pane.inner);
        state.conversation.draw(canvas, messages, state.focus == Focus::Conversation);
        below(canvas, state, messages);
        if let Some(line) = line {
            let typed = state.conversation.draw_find(canvas, line, state.scene());
            cursor = cursor.or(typed.filter(|_| focused(Focus::Conversation)));
        }
    }
    let Some(pane) = layout.composer.map(fit) else { return cursor };
    let key = state.scene().key(Context::Composer, Action::ReplaceLookalikes);
    let title = addressed(state, 0);
    // what an edge has room for: its corners and the blanks around two texts
    let room = usize::from(pane.outer.width).saturating_sub(EDGE);
    let beside = state.composer.meter(usize::MAX, &key);
    let ink = state.composer.meter_ink(state.preferences.compose.many_segments);
    // before anything is written the box itself says it
    let warning = state.texting_warning();
    let beside_text = if warning.is_some() && !state.composer.text().is_empty() { MAY_NOT } else { "" };
    let mut lower = String::new();
    if !layout.framed {
        let title = if beside_text.is_empty() { title } else { format!("{title} {beside_text}") };
        let beside = state.composer.meter((room + EDGE).saturating_sub(title.width() + 1), &key);
        paint::put_both(canvas, pane.outer, 0, (&title, Ink::Bold), (&beside, ink));
    } else if title.width() + beside.width() <= room {
        let title = addressed(state, room - beside.width());
        paint::divider(canvas, pane.outer, pane.outer.y, &title, (&beside, ink), focused(Focus::Composer));
    } else {
        let title = addressed(state, room + 3);
        paint::divider(canvas, pane.outer, pane.outer.y, &title, ("", ink), focused(Focus::Composer));
        lower = state.composer.meter(room.saturating_sub(beside_text.width()), &key);
    }
    if layout.framed {
        // the frame's lower edge has room to say why
        let bottom = layout.body.bottom().saturating_sub(1);
        paint::edge_title(canvas, pane.outer, bottom, (beside_text, Ink::Warn), (&lower, ink));
    }
    let writing = state.composer.draw(canvas, pane.inner, focused(Focus::Composer), warning);
    if focused(Focus::Composer) {
        state.composer.draw_offers(canvas, layout.body.intersection(screen), pane.outer);
    }
    cursor.or(writing)
}

/// "3 new below", over the last row of a conversation that is scrolled up.
fn below(canvas: &mut Canvas<'_>, state: &State, area: Rect) {
    let new = state.conversation.new_below();
    if new == 0 || area.height < 2 {
        return;
    }
    let key = match state.focus {
        Focus::Conversation => state.scene().key(Context::Conversation, Action::Bottom),
        Focus::Threads | Focus::Composer => state.scene().key(Context::Everywhere, Action::Newest),
    };
    let text = format!(" {new} new below ({key}) ");
    let columns = paint::put_right(canvas, area, area.height - 1, &text, Ink::Match);
    let spot = Rect { x: area.right() - columns, y: area.bottom() - 1, width: columns, height: 1 };
    canvas.press(spot, Action::Bottom);
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

/// The compose box's title: to whom and from which of our numbers, whole where there is room for that. With
/// no room given the names alone; where even these are too long, both are shortened, so that both are there.
fn addressed(state: &State, room: usize) -> String {
    let Some(thread) = &state.current else { return String::new() };
    let to = safe_line(&thread.contact.title());
    let title = |to: &str, from: &str| format!("To {to}, from {from}");
    let whole = title(&to, &state.numbers.title(&thread.number));
    if whole.width() <= room {
        return whole;
    }
    let from = state.numbers.name(&thread.number);
    let names = title(&to, &from);
    if room == 0 || names.width() <= room {
        return names;
    }
    // both lose of their length, the longer one first
    let left = room.saturating_sub(title("", "").width());
    let (to_room, from_room) = match (to.width() <= left / 2, from.width() <= left / 2) {
        (true, _) => (to.width(), left - to.width()),
        (_, true) => (left - from.width(), from.width()),
        _ => (left - left / 2, left / 2),
    };
    title(&fit(&to, to_room.max(3)), &fit(&from, from_room.max(3)))
}

fn window(canvas: &mut Canvas<'_>, state: &State, overlay: &Overlay, screen: Rect) -> Option<Position> {
    let scene = state.scene();
    let body = state.window_area().intersection(screen);
    match overlay {
        Overlay::Numbers => state.numbers.draw(canvas, body, scene),
        Overlay::Settings => return state.settings.draw(canvas, body, scene),
        Overlay::Confirm(Confirm { question, .. }) => confirm::ask(canvas, body, question, scene),
        Overlay::Window(window) => return window.draw(canvas, body, scene),
    }
    None
}

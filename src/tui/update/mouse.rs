//! The mouse: a click goes where it points, the wheel scrolls what is under it, the line between the panes can be dragged.
//!
//! Where things are, [`marks`] knows: what was painted, by whoever painted it.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use jiff::SignedDuration;
use ratatui::layout::{Position, Rect};

use super::go::{self, set_focus};
use super::{act, windows};
use crate::config::keymap::{Action, Context};
use crate::config::preferences::Value;
use crate::tui::draw::marks;
use crate::tui::layout::{Pane, list_width};
use crate::tui::message::{Effect, SettingsAsk};
use crate::tui::state::{Drag, Focus, State};
use crate::tui::views::window::Pointer;

/// Rows that one notch of the wheel scrolls.
const NOTCH: isize = 3;
/// Two clicks in one place within this are a double click.
const DOUBLE: SignedDuration = SignedDuration::from_millis(500);

/// Takes what the mouse does.
pub(super) fn mouse(state: &mut State, event: MouseEvent, effects: &mut Vec<Effect>) {
    if !state.wants_mouse() {
        // on its way when the mouse was given back to the terminal
        state.drag = None;
        return;
    }
    let at = Position { x: event.column, y: event.row };
    match event.kind {
        MouseEventKind::ScrollDown => wheel(state, at, true, effects),
        MouseEventKind::ScrollUp => wheel(state, at, false, effects),
        MouseEventKind::Down(MouseButton::Left) => {
            let again = state.clicked.is_some_and(|(last, when)| last == at && state.now.duration_since(when) < DOUBLE);
            state.clicked = (!again).then_some((at, state.now));
            state.notice = None;
            click(state, at, again, effects);
        }
        MouseEventKind::Drag(MouseButton::Left) => drag(state, at),
        MouseEventKind::Up(MouseButton::Left) => release(state, effects),
        _ => {}
    }
}

fn wheel(state: &mut State, at: Position, down: bool, effects: &mut Vec<Effect>) {
    if windows::mouse(state, Pointer::Wheel { at, down }, effects) {
        return;
    }
    if !state.overlays.is_empty() {
        let action = step(state.context(), down);
        windows::act(state, action, effects);
        return;
    }
    let layout = state.layout();
    let under = |pane: Option<Pane>| pane.is_some_and(|pane| pane.outer.contains(at));
    let box_under = layout.composer.is_some_and(|pane| pane.inner.contains(at));
    if under(layout.threads) {
        state.threads.scroll(down);
    } else if box_under {
        state.composer.act(if down { Action::CursorDown } else { Action::CursorUp }, false);
    } else if under(layout.conversation) || under(layout.composer) {
        state.conversation.scroll(if down { NOTCH } else { -NOTCH });
    }
}

/// What moves by one in a window.
fn step(context: Context, down: bool) -> Action {
    match (context.is_typed_in(), down) {
        (true, true) => Action::CursorDown,
        (true, false) => Action::CursorUp,
        (false, true) => Action::Down,
        (false, false) => Action::Up,
    }
}

fn click(state: &mut State, at: Position, again: bool, effects: &mut Vec<Effect>) {
    let marks = marks(state);
    if let Some((_, action)) = marks.spots.iter().rev().find(|(spot, _)| spot.contains(at)) {
        return press(state, at, *action, effects);
    }
    let Some(window) = marks.windows.last() else {
        if state.layout().divider.is_some_and(|x| at.x == x || at.x + 1 == x) && state.layout().body.contains(at) {
            grab(state, again, effects);
        } else {
            in_panes(state, at, effects);
        }
        return;
    };
    if !window.contains(at) {
        let close = if state.context() == Context::Confirm { Action::No } else { Action::Back };
        return windows::act(state, close, effects);
    }
    let asked = effects.len();
    windows::mouse(state, Pointer::Click(at), effects);
    let took_it = effects.len() > asked || self::marks(state) != marks;
    if !took_it {
        choose(state, at, *window, effects);
    }
}

/// Does what a key does, in the pane that it was painted in.
fn press(state: &mut State, at: Position, action: Action, effects: &mut Vec<Effect>) {
    if !state.overlays.is_empty() {
        return windows::act(state, action, effects);
    }
    let layout = state.layout();
    let under = |pane: Option<Pane>| pane.is_some_and(|pane| pane.outer.contains(at));
    if under(layout.composer) {
        set_focus(state, Focus::Composer);
    } else if under(layout.conversation) {
        set_focus(state, Focus::Conversation);
    }
    act::act(state, action, effects);
}

/// A click on a row of a window's list: walks there as the arrow keys would, so that no list needs to know of the mouse; on
/// the row that is chosen already it does what Enter does. What stands between two rows belongs to the upper one.
fn choose(state: &mut State, at: Position, window: Rect, effects: &mut Vec<Effect>) {
    let context = state.context();
    let Some(mut chosen) = marks(state).chosen.filter(|chosen| chosen.x <= at.x && at.x < chosen.right()) else {
        return;
    };
    if chosen.contains(at) {
        let open = if context.is_typed_in() { Action::Accept } else { Action::Open };
        return windows::act(state, open, effects);
    }
    let down = at.y > chosen.y;
    let mut rows = 0;
    for steps in 1..=window.height {
        windows::act(state, step(context, down), effects);
        let next = marks(state).chosen.filter(|next| *next != chosen);
        let went_on = next.filter(|next| if down { next.y > chosen.y } else { next.y < chosen.y });
        match (went_on, down) {
            (Some(next), true) if next.y > at.y => return windows::act(state, step(context, false), effects),
            (Some(next), false) if next.y <= at.y => return,
            (Some(next), _) => {
                rows = next.y.abs_diff(chosen.y);
                chosen = next;
            }
            // below the last row, though still in its item
            (None, true) if next.is_none() && at.y < chosen.y + rows => return,
            // nothing stands there: back to where it was
            (None, _) => {
                let back = if next.is_none() { steps - 1 } else { steps };
                (0..back).for_each(|_| windows::act(state, step(context, !down), effects));
                return;
            }
        }
    }
}

fn in_panes(state: &mut State, at: Position, effects: &mut Vec<Effect>) {
    let layout = state.layout();
    let inside = |pane: Option<Pane>| pane.map(|pane| pane.inner).filter(|inner| inner.contains(at));
    let around = |pane: Option<Pane>| pane.is_some_and(|pane| pane.outer.contains(at));
    if let Some(inner) = inside(layout.threads) {
        let thread = state.threads.at_line(at.y - inner.y).and_then(|id| state.threads.get(id)).cloned();
        if let Some(thread) = thread {
            // a second click opens it
            let opened = state.focus == Focus::Threads && state.threads.selected == Some(thread.id);
            go::show(state, thread, effects);
            set_focus(state, if opened { Focus::Conversation } else { Focus::Threads });
        }
    } else if let Some(inner) = inside(layout.composer) {
        let was_there = state.focus == Focus::Composer;
        set_focus(state, Focus::Composer);
        // a box that grows under the mouse is not clicked where it was
        if was_there || state.layout().composer.is_some_and(|pane| pane.inner == inner) {
            state.composer.click(at.y - inner.y, at.x - inner.x);
        }
    } else if around(layout.composer) {
        set_focus(state, Focus::Composer);
    } else if let Some(inner) = inside(layout.conversation) {
        set_focus(state, Focus::Conversation);
        state.conversation.click(at.y - inner.y);
    } else if around(layout.conversation) {
        set_focus(state, Focus::Conversation);
    } else if around(layout.threads) {
        set_focus(state, Focus::Threads);
    }
}

fn grab(state: &mut State, again: bool, effects: &mut Vec<Effect>) {
    if again {
        state.drag = None;
        effects.push(Effect::Settings(SettingsAsk::Prefer("ui.list_width", Value::Default)));
    } else if let Some(list_width) = state.layout().divider {
        state.drag = Some(Drag { list_width, moved: false });
    }
}

fn drag(state: &mut State, at: Position) {
    if let Some(drag) = &mut state.drag {
        drag.list_width = list_width(state.columns, (at.x + 1).max(1));
        drag.moved = true;
        state.clicked = None;
    }
}

fn release(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(Drag { list_width, moved: true }) = state.drag.take() {
        let value = Value::Number(list_width.into());
        effects.push(Effect::Settings(SettingsAsk::Prefer("ui.list_width", value)));
    }
}

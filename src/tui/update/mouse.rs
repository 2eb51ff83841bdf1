//! The mouse: a click goes where it points, the wheel scrolls what is under it.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::go::{self, set_focus};
use super::windows;
use crate::config::keymap::{Action, Context};
use crate::tui::layout::Pane;
use crate::tui::message::Effect;
use crate::tui::state::{Focus, State};
use crate::tui::views::window::Pointer;

/// Rows that one notch of the wheel scrolls.
const NOTCH: isize = 3;

/// Takes a click or a turn of the wheel.
pub(super) fn mouse(state: &mut State, event: MouseEvent, effects: &mut Vec<Effect>) {
    let at = Position { x: event.column, y: event.row };
    let down = match event.kind {
        MouseEventKind::ScrollDown => true,
        MouseEventKind::ScrollUp => false,
        MouseEventKind::Down(MouseButton::Left) => {
            click(state, at, effects);
            return;
        }
        _ => return,
    };
    if windows::mouse(state, Pointer::Wheel { at, down }, effects) {
        return;
    }
    if !state.overlays.is_empty() {
        let lists = matches!(state.context(), Context::List | Context::Settings);
        if lists {
            windows::act(state, if down { Action::Down } else { Action::Up }, effects);
        }
        return;
    }
    let layout = state.layout();
    let under = |pane: Option<Pane>| pane.is_some_and(|pane| pane.outer.contains(at));
    if under(layout.threads) {
        state.threads.scroll(down);
    } else if under(layout.conversation) {
        state.conversation.scroll(if down { NOTCH } else { -NOTCH });
    }
}

fn click(state: &mut State, at: Position, effects: &mut Vec<Effect>) {
    if windows::mouse(state, Pointer::Click(at), effects) {
        return;
    }
    if !state.overlays.is_empty() {
        return;
    }
    state.notice = None;
    let layout = state.layout();
    let inside = |pane: Option<Pane>| pane.map(|pane| pane.inner).filter(|inner| inner.contains(at));
    if let Some(inner) = inside(layout.threads) {
        let thread = state.threads.at_line(at.y - inner.y).and_then(|id| state.threads.get(id)).cloned();
        if let Some(thread) = thread {
            // a second click opens it
            let again = state.focus == Focus::Threads && state.threads.selected == Some(thread.id);
            go::show(state, thread, effects);
            set_focus(state, if again { Focus::Conversation } else { Focus::Threads });
        }
    } else if let Some(inner) = inside(layout.conversation) {
        set_focus(state, Focus::Conversation);
        state.conversation.click(at.y - inner.y);
    } else if layout.composer.is_some_and(|pane| pane.inner.contains(at) || pane.outer.contains(at)) {
        set_focus(state, Focus::Composer);
    }
}

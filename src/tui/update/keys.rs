//! Keys and pastes: to an action by the key table, or into the text where one types.

use crossterm::event::{KeyEvent, KeyEventKind};

use super::{act, windows};
use crate::config::keymap::Key;
use crate::tui::message::Effect;
use crate::tui::state::{Focus, State};
use crate::tui::views::overlay::Overlay;

/// A key.
pub(super) fn key(state: &mut State, event: KeyEvent, effects: &mut Vec<Effect>) {
    if event.kind == KeyEventKind::Release {
        return;
    }
    state.notice = None;
    let key = Key::of(event);
    let context = state.context();
    if let Some(action) = state.keymap.action(context.chain(), key) {
        if state.overlays.is_empty() {
            act::act(state, action, effects);
        } else {
            windows::act(state, action, effects);
        }
    } else if let Some(c) = key.typed().filter(|_| context.is_typed_in()) {
        insert(state, c.encode_utf8(&mut [0; 4]), effects);
    }
}

/// A bracketed paste: one edit of whatever is being written; nothing where nothing is.
pub(super) fn paste(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    if state.context().is_typed_in() {
        insert(state, text, effects);
    }
}

fn insert(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    match state.overlays.last() {
        None if state.focus == Focus::Composer => {
            let draft = state.composer.insert(text);
            act::keep(state, draft, effects);
        }
        Some(Overlay::NewMessage) => state.new_message.insert(text),
        Some(Overlay::Settings) => state.settings.insert(text),
        Some(Overlay::Window(_)) => windows::insert(state, text, effects),
        _ => {}
    }
}

//! Keys and pastes: to an action by the key table, or into the text where one types.

use crossterm::event::{KeyEvent, KeyEventKind};

use super::{act, compose, find, windows};
use crate::config::keymap::{Action, Context, Key};
use crate::tui::message::{Effect, Notice};
use crate::tui::state::{Focus, State};
use crate::tui::views::overlay::Overlay;

/// A key.
pub(super) fn key(state: &mut State, event: KeyEvent, effects: &mut Vec<Effect>) {
    if event.kind == KeyEventKind::Release {
        return;
    }
    state.notice = None;
    // the farewell has been read
    state.tour.take_if(|tour| tour.is_over());
    if matches!(state.overlays.last(), Some(Overlay::Settings)) && state.settings.captures() {
        return windows::captured(state, event, effects);
    }
    let key = Key::of(event);
    let context = state.context();
    let action = state.keymap.action(context.chain(), key);
    if action != Some(Action::Send) {
        state.composer.drop_question();
    }
    if let Some(action) = action {
        if state.overlays.is_empty() {
            act::act(state, action, effects);
        } else {
            windows::act(state, action, effects);
        }
    } else if let Some(c) = key.typed().filter(|_| context.is_typed_in()) {
        insert(state, c.encode_utf8(&mut [0; 4]), effects);
    }
}

/// The end of a line in a paste without brackets: a new line where Enter would send what is above it.
pub(super) fn line_end(state: &mut State, event: KeyEvent, effects: &mut Vec<Effect>) {
    let context = state.context();
    match state.keymap.action(context.chain(), Key::of(event)) {
        Some(Action::Send | Action::Accept) if matches!(context, Context::Composer | Context::Writing) => {
            insert(state, "\n", effects);
        }
        _ => key(state, event, effects),
    }
}

/// A bracketed paste: one edit of whatever is being written; nothing where nothing is.
pub(super) fn paste(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    if state.context().is_typed_in() {
        insert(state, text, effects);
    } else if !text.is_empty() {
        state.tell(Notice::warning(
            "Nothing is being written here, so the paste went nowhere: open a box to write in first",
        ));
    }
}

fn insert(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    match state.overlays.last() {
        None if state.focus == Focus::Composer => compose::insert(state, text, effects),
        None => find::insert(state, text, effects),
        Some(Overlay::Settings) => state.settings.insert(text),
        Some(Overlay::Window(_)) => windows::insert(state, text, effects),
        _ => {}
    }
}

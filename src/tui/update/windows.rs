//! What an action does where a window is open.

use super::{act, go};
use crate::config::keymap::Action;
use crate::tui::message::Effect;
use crate::tui::state::{Focus, State};
use crate::tui::views::confirm::Confirm;
use crate::tui::views::overlay::{self, Overlay};
use crate::tui::views::settings::Outcome;

/// Does what a key asks in the window on top.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match state.overlays.last() {
        Some(Overlay::Confirm(confirm)) => {
            let yes = confirm.yes.clone();
            match action {
                Action::Yes => {
                    state.overlays.pop();
                    effects.push(yes);
                }
                Action::No => {
                    state.overlays.pop();
                }
                // asked twice is a yes to the same question
                Action::Quit | Action::QuitAsking => effects.push(Effect::Quit),
                _ => {}
            }
            return;
        }
        Some(Overlay::Numbers) => {
            let done = numbers(state, action, effects);
            if done {
                return;
            }
        }
        Some(Overlay::NewMessage) => {
            if !act::everywhere(state, action, effects) {
                new_message(state, action, effects);
            }
            return;
        }
        Some(Overlay::Settings) => {
            if !act::everywhere(state, action, effects) {
                settings(state, action, effects);
            }
            return;
        }
        _ => {}
    }
    match action {
        Action::Back | Action::BackOrQuit => {
            state.overlays.pop();
        }
        Action::Open if state.overlays.last_mut().is_some_and(|top| top.sheet_mut().is_some()) => {
            state.overlays.pop();
        }
        // the same key again closes a window
        Action::Help if matches!(state.overlays.last(), Some(Overlay::Help(..))) => {
            state.overlays.pop();
        }
        _ if act::everywhere(state, action, effects) => {}
        _ => scroll(state, action),
    }
}

fn scroll(state: &mut State, action: Action) {
    let Some(top) = state.overlays.last() else { return };
    let Some((_, _, lines)) = top.text(state.scene(), &state.numbers, state.window_area()) else { return };
    let (_, height) = overlay::sheet_inside(state.window_area());
    if let Some(sheet) = state.overlays.last_mut().and_then(Overlay::sheet_mut) {
        sheet.scroll(action, lines.len(), height);
    }
}

/// `false` where the action is not this window's.
fn numbers(state: &mut State, action: Action, effects: &mut Vec<Effect>) -> bool {
    let chosen = match action {
        Action::Number(n) => state.numbers.nth(n).map(Some),
        Action::AllNumbers => Some(None),
        Action::SwitchNumber => {
            state.overlays.pop();
            return true;
        }
        Action::Down | Action::Up | Action::Top | Action::Bottom | Action::PageUp | Action::PageDown | Action::Open => {
            state.numbers.update(action)
        }
        _ => return false,
    };
    if let Some(number) = chosen {
        state.overlays.clear();
        go::number(state, number, effects);
    }
    true
}

fn new_message(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if action == Action::Back {
        state.overlays.pop();
    } else if let Some(start) = state.new_message.update(action, &state.numbers) {
        state.overlays.pop();
        state.going = Focus::Composer;
        effects.push(Effect::OpenThread { number: start.number, contact: start.contact });
    }
}

fn settings(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match state.settings.update(action) {
        Outcome::Stay => {}
        Outcome::Close => {
            state.overlays.pop();
        }
        Outcome::Ask(effect) => effects.push(effect),
        Outcome::Confirm(question, yes) => state.overlays.push(Overlay::Confirm(Confirm { question, yes })),
        Outcome::Tell(notice) => state.tell(notice),
    }
}

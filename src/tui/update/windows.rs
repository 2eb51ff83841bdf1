//! What an action does where a window is open.

use super::{act, go};
use crate::config::keymap::Action;
use crate::tui::message::Effect;
use crate::tui::state::{Focus, State};
use crate::tui::views::confirm::Confirm;
use crate::tui::views::numbers::Choice;
use crate::tui::views::overlay::{self, Overlay};
use crate::tui::views::settings::Outcome;

/// Does what a key asks in the window on top.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match state.overlays.last() {
        Some(Overlay::Confirm(confirm)) => {
            let yes = confirm.yes.clone();
            answer(state, action, yes, effects);
        }
        Some(Overlay::Numbers) => numbers(state, action, effects),
        Some(Overlay::NewMessage) => new_message(state, action, effects),
        Some(Overlay::Settings) => settings(state, action, effects),
        _ => text(state, action, effects),
    }
}

fn answer(state: &mut State, action: Action, yes: Effect, effects: &mut Vec<Effect>) {
    match action {
        Action::Yes => {
            state.overlays.pop();
            effects.push(yes);
        }
        Action::No => {
            state.overlays.pop();
        }
        // whoever asks to quit a second time means it
        Action::Quit | Action::QuitAsking => effects.push(Effect::Quit),
        _ => {}
    }
}

fn text(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Back | Action::BackOrQuit | Action::Open => {
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

fn numbers(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    let chosen = match action {
        Action::Number(n) => state.numbers.nth(n).map(Choice::One),
        Action::AllNumbers => Some(Choice::All),
        Action::SwitchNumber | Action::Back | Action::BackOrQuit => {
            state.overlays.pop();
            return;
        }
        _ if act::everywhere(state, action, effects) => return,
        _ => state.numbers.update(action),
    };
    if let Some(choice) = chosen {
        state.overlays.clear();
        go::number(state, choice.number(), effects);
    }
}

fn new_message(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if act::everywhere(state, action, effects) {
        return;
    }
    if action == Action::Back {
        state.overlays.pop();
    } else if let Some(start) = state.new_message.update(action, &state.numbers) {
        state.overlays.pop();
        state.going = Focus::Composer;
        effects.push(Effect::OpenThread { number: start.number, contact: start.contact });
    }
}

fn settings(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if act::everywhere(state, action, effects) {
        return;
    }
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

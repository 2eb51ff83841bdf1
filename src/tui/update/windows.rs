//! What an action does where a window is open.

use super::{act, compose, go, leave, notice};
use crate::config::keymap::Action;
use crate::tui::message::{Effect, Msg};
use crate::tui::state::{Focus, State};
use crate::tui::views::Scene;
use crate::tui::views::confirm::Confirm;
use crate::tui::views::numbers::Choice;
use crate::tui::views::overlay::Overlay;
use crate::tui::views::settings::Outcome;
use crate::tui::views::window::{Pointer, Step, Window};

/// Does what a key asks in the window on top.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match state.overlays.last() {
        Some(Overlay::Confirm(confirm)) => {
            let yes = Effect::clone(&confirm.yes);
            answer(state, action, yes, effects);
        }
        Some(Overlay::Numbers) => numbers(state, action, effects),
        Some(Overlay::Settings) => settings(state, action, effects),
        Some(Overlay::Window(_)) => window(state, action, effects),
        None => {}
    }
}

fn window(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    let done = in_top(state, |window, scene| window.act(action, scene)).flatten();
    match done {
        Some(steps) => follow(state, steps, effects),
        None if act::everywhere(state, action, effects) => {}
        None if matches!(action, Action::Back | Action::BackOrQuit) => {
            state.overlays.pop();
        }
        None => {}
    }
}

/// Types into the window on top.
pub(super) fn insert(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let steps = in_top(state, |window, scene| window.insert(text, scene)).unwrap_or_default();
    follow(state, steps, effects);
}

/// The mouse in the window on top; `false` where that is none that looks after itself.
pub(super) fn mouse(state: &mut State, pointer: Pointer, effects: &mut Vec<Effect>) -> bool {
    let screen = state.window_area();
    let Some(steps) = in_top(state, |window, scene| window.mouse(pointer, screen, scene)) else { return false };
    follow(state, steps, effects);
    true
}

/// Lets every window see an answer of the world.
pub(super) fn show_to_all(state: &mut State, msg: &Msg, effects: &mut Vec<Effect>) {
    let mut overlays = std::mem::take(&mut state.overlays);
    let mut steps = Vec::new();
    for overlay in &mut overlays {
        if let Overlay::Window(window) = overlay {
            steps.extend(window.take(msg, state.scene()));
        }
    }
    state.overlays = overlays;
    follow(state, steps, effects);
}

/// The window on top is taken out while it works, because what it looks at is the rest of the state.
fn in_top<T>(state: &mut State, work: impl FnOnce(&mut dyn Window, Scene<'_>) -> T) -> Option<T> {
    let mut top = state.overlays.pop()?;
    let done = match &mut top {
        Overlay::Window(window) => Some(work(window.as_mut(), state.scene())),
        _ => None,
    };
    state.overlays.push(top);
    done
}

/// Does what a window wants.
pub(super) fn follow(state: &mut State, steps: Vec<Step>, effects: &mut Vec<Effect>) {
    for step in steps {
        match step {
            Step::Close => drop(state.overlays.pop()),
            Step::LeaveSetUp => state.set_up = state.overlays.pop(),
            Step::CloseAll => state.overlays.clear(),
            Step::Raise(window) => act::raise(state, Overlay::Window(window)),
            Step::Do(effect) => effects.push(effect),
            Step::Act(action) if state.overlays.is_empty() => act::act(state, action, effects),
            Step::Act(action) => self::act(state, action, effects),
            Step::Number(number) => go::number(state, number, effects),
            Step::Open(number, contact) => {
                state.going = Focus::Composer;
                effects.push(Effect::OpenThread { number, contact });
            }
            Step::Tell(notice) => state.tell(notice),
            Step::Remember(memory) => state.searched = memory,
            Step::Write { text, cursor } if state.overlays.is_empty() => {
                let draft = state.composer.insert_whole(&text, cursor);
                compose::keep(state, draft, effects);
            }
            Step::Write { text, .. } => insert(state, &text, effects),
            Step::GoCompose => state.going = Focus::Composer,
            Step::Decide(rescued, put) => leave::decide(state, *rescued, put, effects),
        }
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
        Action::Quit | Action::QuitAsking if yes == Effect::Leave => effects.push(Effect::Leave),
        Action::Quit | Action::QuitAsking => leave::quit(state, false, effects),
        _ => {}
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
        Action::ToggleMute => return notice::toggle_number(state, effects),
        _ if act::everywhere(state, action, effects) => return,
        _ => state.numbers.update(action),
    };
    if let Some(choice) = chosen {
        state.overlays.clear();
        go::number(state, choice.number(), effects);
    }
}

fn settings(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if act::everywhere(state, action, effects) {
        return;
    }
    let outcome = state.settings.update(action);
    come_of(state, outcome, effects);
}

/// A key that is to be bound and not to be obeyed.
pub(super) fn captured(state: &mut State, event: crossterm::event::KeyEvent, effects: &mut Vec<Effect>) {
    let outcome = state.settings.capture(event);
    come_of(state, outcome, effects);
}

fn come_of(state: &mut State, outcome: Outcome, effects: &mut Vec<Effect>) {
    match outcome {
        Outcome::Stay => {}
        Outcome::Close => {
            state.overlays.pop();
        }
        Outcome::Ask(effect) => effects.push(effect),
        Outcome::Confirm(question, yes) => {
            state.overlays.push(Overlay::Confirm(Confirm { question, yes: Box::new(yes) }));
        }
        Outcome::Tell(notice) => state.tell(notice),
    }
}

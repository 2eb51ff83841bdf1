//! Before the cache is open: leaving, and keeping what is typed for when it is.

use super::update;
use crate::config::keymap::{Action, Context, Key};
use crate::tui::message::{Effect, Msg, TerminalAsk, Typed};
use crate::tui::state::State;
use crate::tui::views::opening::Opening;

/// Takes what comes while the cache is not open; gives back what the rest of the screen is to take.
pub(super) fn opening(state: &mut State, msg: Msg, effects: &mut Vec<Effect>) -> Option<Msg> {
    match msg {
        Msg::Upkeep(upkeep) => {
            state.opening.get_or_insert_default().take(upkeep, state.now);
            return None;
        }
        Msg::Opened => {
            let held = state.opening.take().map(Opening::into_held).unwrap_or_default();
            effects.extend(held.into_iter().flat_map(|msg| update(state, msg)));
            return None;
        }
        _ => {}
    }
    let Some(opening) = &mut state.opening else { return Some(msg) };
    match msg {
        Msg::Key(Typed(event)) => match state.keymap.action(Context::Threads.chain(), Key::of(event)) {
            Some(Action::Quit | Action::QuitAsking | Action::BackOrQuit) => effects.push(Effect::Leave),
            Some(Action::Suspend) => effects.push(Effect::Terminal(TerminalAsk::Suspend)),
            _ => opening.hold(Msg::key(event)),
        },
        Msg::Paste(_) | Msg::LineEnd(_) => opening.hold(msg),
        // it points at what is not there
        Msg::Mouse(_) => {}
        other => return Some(other),
    }
    None
}

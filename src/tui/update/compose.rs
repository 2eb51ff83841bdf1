//! What happens in the compose box.

use super::act::{raise, travel};
use super::go::set_focus;
use crate::config::keymap::{Action, Context};
use crate::model::text::safe_line;
use crate::tui::message::{Effect, Notice, TerminalAsk};
use crate::tui::state::{Focus, State};
use crate::tui::views::composer::Draft;
use crate::tui::views::new_message::NewMessage;
use crate::tui::views::overlay::Overlay;
use crate::tui::views::snippets::Snippets;
use crate::tui::views::window::Window as _;

/// The kind of the window of a message to someone.
pub(super) const NEW_MESSAGE: &str = "new-message";

/// What a key means to what is open over the box, or to the blanks in it, before it means anything else. `false` where
/// that is nothing.
pub(super) fn helps(state: &mut State, action: Action, effects: &mut Vec<Effect>) -> bool {
    let taken = matches!(action, Action::NextPane | Action::Send | Action::Back | Action::PageUp | Action::PageDown);
    taken && write(state, action, effects)
}

/// Does what a key asks in the compose box.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Send => send(state, effects),
        Action::Back => set_focus(state, Focus::Conversation),
        Action::PageDown | Action::PageUp => travel(state, action, effects),
        Action::ExternalEditor => match state.composer.lend() {
            Some(text) => effects.push(Effect::Terminal(TerminalAsk::Edit(text))),
            None => state.tell(Notice::info("No conversation is open; choose one first")),
        },
        Action::Snippets => {
            raise(state, Overlay::Window(Box::new(Snippets::new(state.composer.text(), false))));
            effects.push(Effect::LoadSnippets);
        }
        _ if write(state, action, effects) => {}
        Action::ReplaceLookalikes => state.tell(Notice::info("Nothing to replace: no conversation is open")),
        _ => {}
    }
}

fn write(state: &mut State, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some((did, draft)) = state.composer.act(action, state.preferences.compose.emoji) else { return false };
    keep(state, draft, effects);
    if let Some(notice) = did.notice {
        state.tell(notice);
    }
    true
}

/// Types or pastes text into the box.
pub(super) fn insert(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    let draft = state.composer.insert(text, state.preferences.compose.emoji);
    keep(state, draft, effects);
}

/// Asks for a draft to be kept, and shows it in the list before the cache has it.
pub(super) fn keep(state: &mut State, draft: Option<Draft>, effects: &mut Vec<Effect>) {
    let Some((number, contact, text)) = draft else { return };
    state.threads.draft(&number, &contact.address, &text);
    let in_view = |thread: &crate::model::Thread| thread.number == number && thread.contact.address == contact.address;
    if let Some(thread) = state.current.as_mut().filter(|thread| in_view(thread)) {
        thread.draft = Some(text.clone()).filter(|text| !text.is_empty());
    }
    effects.push(Effect::SaveDraft { number, contact, text });
}

/// The text that was in another editor is back, or the reason why there is none.
pub(super) fn edited(state: &mut State, result: &Result<String, String>, effects: &mut Vec<Effect>) {
    let lent = state.composer.has_lent();
    let draft = state.composer.give_back(result.as_deref().ok());
    keep(state, draft, effects);
    if let (Err(why), true) = (result, lent) {
        state.tell(Notice::error(format!("{}; your text is as it was", safe_line(why))));
    }
}

fn send(state: &mut State, effects: &mut Vec<Effect>) {
    let segments = state.composer.segments();
    let blank = state.composer.select_blank();
    let many = segments >= state.preferences.compose.many_segments.max(1);
    if (blank.is_some() || many) && !state.composer.insists() {
        let mut doubts = Vec::new();
        if let Some(blank) = blank {
            doubts.push(format!("{} is not filled in", safe_line(&blank)));
        }
        if many {
            doubts.push(format!("this takes {segments} segments; carriers may refuse or cut one so long"));
        }
        let key = state.scene().key(Context::Composer, Action::Send);
        state.tell(Notice::warning(format!("{}. {key} again sends it as it is", doubts.join(", and "))));
        return state.composer.ask();
    }
    let ticket = state.ticket();
    match state.composer.hand_over(ticket) {
        Ok((number, contact, body)) => effects.push(Effect::Send { ticket, number, contact, body }),
        Err(refusal) => state.tell(Notice::warning(refusal.words())),
    }
}

/// Opens the window of a message to someone, with what was left unfinished of one: on one number alone its own, else the
/// last one of all.
pub(super) fn new_message(state: &mut State, effects: &mut Vec<Effect>) {
    let new = NewMessage::new();
    let open =
        state.overlays.iter().position(|overlay| matches!(overlay, Overlay::Window(w) if w.kind() == new.kind()));
    let window = if let Some(at) = open {
        state.overlays.remove(at)
    } else {
        effects.push(Effect::LoadBroadcast(state.numbers.current.clone()));
        Overlay::Window(Box::new(new))
    };
    effects.extend([Effect::LoadLastNumbers, Effect::LoadContacts]);
    raise(state, window);
}

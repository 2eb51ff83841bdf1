//! What an action does where no window is open.

use super::go::{self, set_focus};
use crate::config::keymap::Action;
use crate::model::text::safe_line;
use crate::model::{Delivery, MessageId};
use crate::tui::message::{Effect, Notice};
use crate::tui::state::{Focus, State};
use crate::tui::views::composer::{Draft, Edited, MANY_SEGMENTS};
use crate::tui::views::confirm::Confirm;
use crate::tui::views::overlay::Overlay;
use crate::tui::views::palette::Palette;
use crate::tui::views::threads;
use crate::tui::widgets::sheet::Sheet;

/// Does what a key asks.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if everywhere(state, action, effects) {
        return;
    }
    match action {
        Action::Number(n) => match state.numbers.nth(n) {
            Some(number) => go::number(state, Some(number), effects),
            None => state.tell(Notice::warning(format!("There is no number {n}"))),
        },
        Action::AllNumbers => go::number(state, None, effects),
        Action::NextPane => turn(state, 1),
        Action::PreviousPane => turn(state, 2),
        Action::NextThread | Action::PreviousThread => select(state, action, effects),
        Action::Newest => travel(state, Action::Bottom, effects),
        Action::ToggleRead => toggle_read(state, effects),
        _ => match state.focus {
            Focus::Threads => in_threads(state, action, effects),
            Focus::Conversation => in_conversation(state, action, effects),
            Focus::Composer => in_composer(state, action, effects),
        },
    }
}

/// What works in windows too. `false` where it is something else.
pub(super) fn everywhere(state: &mut State, action: Action, effects: &mut Vec<Effect>) -> bool {
    match action {
        Action::Quit => effects.push(Effect::Quit),
        Action::QuitAsking => quit_asking(state, effects),
        Action::SyncNow if state.engine.is_syncing() => state.tell(Notice::info("A sync is going on already")),
        Action::SyncNow => {
            state.engine.ask();
            effects.push(Effect::Sync);
        }
        Action::Help => {
            if !matches!(state.overlays.last(), Some(Overlay::Help(..))) {
                state.overlays.push(Overlay::Help(Sheet::default(), state.context()));
            }
        }
        Action::SwitchNumber => {
            state.numbers.begin();
            raise(state, Overlay::Numbers);
        }
        Action::Settings => {
            state.settings.begin();
            raise(state, Overlay::Settings);
        }
        Action::NewMessage => {
            state.new_message.begin(&state.numbers);
            effects.push(Effect::LoadContacts);
            raise(state, Overlay::NewMessage);
        }
        Action::NextUnread => {
            state.going = if state.focus == Focus::Composer { Focus::Composer } else { Focus::Conversation };
            let after = state.current.as_ref().map(threads::key);
            effects.push(Effect::NextUnread { number: state.numbers.current.clone(), after });
        }
        Action::Palette => {
            effects.push(Effect::LoadPalette);
            raise(state, Overlay::Window(Box::new(Palette::over(state.context(), state.scene()))));
        }
        Action::ShowNotice => match state.last_notice.clone() {
            Some(notice) => raise(state, Overlay::Notice(Sheet::default(), notice)),
            None => state.tell(Notice::info("There was no notice yet")),
        },
        _ => return false,
    }
    true
}

/// Puts a window on top; one of its kind that lies below goes.
pub(super) fn raise(state: &mut State, overlay: Overlay) {
    state.overlays.retain(|other| !other.is_like(&overlay));
    state.overlays.push(overlay);
}

fn quit_asking(state: &mut State, effects: &mut Vec<Effect>) {
    let mut left = Vec::new();
    if state.composer.has_unsent() {
        left.push("The text you are writing is not sent (it stays as a draft).".to_owned());
    }
    match state.numbers.waiting {
        0 => {}
        1 => left.push("1 message is still waiting to be sent (it stays in the outbox).".to_owned()),
        n => left.push(format!("{n} messages are still waiting to be sent (they stay in the outbox).")),
    }
    if left.is_empty() {
        effects.push(Effect::Quit);
        return;
    }
    left.push("Quit?".to_owned());
    raise(state, Overlay::Confirm(Confirm { question: left.join("\n"), yes: Effect::Quit }));
}

fn turn(state: &mut State, by: usize) {
    const PANES: [Focus; 3] = [Focus::Threads, Focus::Conversation, Focus::Composer];
    let at = PANES.iter().position(|pane| *pane == state.focus).unwrap_or(0);
    set_focus(state, PANES[(at + by) % 3]);
}

fn select(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if let Some(thread) = state.threads.target(action).cloned() {
        go::show(state, thread, effects);
    }
}

fn toggle_read(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(thread) = &mut state.current else { return };
    if thread.unread > 0 {
        thread.unread = 0;
        state.conversation.keep_unread(false);
        effects.push(Effect::MarkRead { thread: thread.id, up_to: MessageId(thread.activity) });
    } else {
        state.conversation.keep_unread(true);
        effects.push(Effect::MarkUnread(thread.id));
    }
}

fn in_threads(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Open => {
            let answerable = state.current.as_ref().is_some_and(|thread| thread.contact.address.can_receive());
            set_focus(state, if answerable { Focus::Composer } else { Focus::Conversation });
        }
        Action::BackOrQuit => quit_asking(state, effects),
        Action::Back => {}
        _ => select(state, action, effects),
    }
}

fn in_conversation(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Open => set_focus(state, Focus::Composer),
        Action::Back | Action::BackOrQuit => set_focus(state, Focus::Threads),
        Action::Info => {
            if let Some(message) = state.conversation.selected().cloned() {
                state.overlays.push(Overlay::Info(Sheet::default(), Box::new(message)));
            }
        }
        Action::Resend => resend(state, effects),
        Action::Discard => discard(state),
        Action::FetchOlder => fetch_older(state, effects),
        _ => travel(state, action, effects),
    }
}

fn fetch_older(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(thread) = &state.current else { return };
    if !state.conversation.is_cut() {
        state.tell(Notice::info("Everything of this conversation that MightyCall has is here"));
    } else if state.engine.is_syncing() {
        state.tell(Notice::info("A sync is going on already"));
    } else {
        state.engine.ask();
        effects.push(Effect::FetchOlder(thread.number.clone()));
    }
}

fn travel(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if state.conversation.wants_newest(action) {
        state.conversation.follow();
        go::reload_messages(state, effects);
    }
    state.conversation.travel(action);
}

fn resend(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(message) = state.conversation.needy() else { return };
    match &message.delivery {
        Some(Delivery::Failed(_)) => effects.push(Effect::Resend(message.id)),
        Some(Delivery::Unconfirmed(_)) => {
            let text = quoted(&message.body);
            let question =
                format!("{text} may have gone out already. Sending it again may deliver it twice. Send it again?");
            let yes = Effect::Resend(message.id);
            state.overlays.push(Overlay::Confirm(Confirm { question, yes }));
        }
        _ => state.tell(Notice::info("Only a message that was not sent, or is unconfirmed, can be sent again")),
    }
}

fn discard(state: &mut State) {
    let Some(message) = state.conversation.needy() else { return };
    let what = match &message.delivery {
        Some(Delivery::Failed(_)) => "It was not sent.",
        Some(Delivery::Unconfirmed(_)) => "It may have gone out.",
        Some(Delivery::Queued | Delivery::Scheduled) => "It is still waiting and would not be sent.",
        _ => {
            state.tell(Notice::info("Only a message that was not sent, is unconfirmed or is waiting can be put away"));
            return;
        }
    };
    let question = format!("Put {} away? {what}", quoted(&message.body));
    let yes = Effect::Discard(message.id);
    state.overlays.push(Overlay::Confirm(Confirm { question, yes }));
}

fn quoted(body: &str) -> String {
    format!("“{}”", crate::model::text::fit(&safe_line(body), 40))
}

fn in_composer(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Send => send(state, effects),
        Action::Back => set_focus(state, Focus::Conversation),
        Action::PageDown | Action::PageUp => travel(state, action, effects),
        _ => {
            if let Edited::Changed(draft) = state.composer.edit(action) {
                keep(state, draft, effects);
            }
        }
    }
}

/// Asks for a draft to be kept, and shows it in the list before the cache has it.
pub(super) fn keep(state: &mut State, draft: Option<Draft>, effects: &mut Vec<Effect>) {
    let Some((number, contact, text)) = draft else { return };
    state.threads.draft(&number, &contact.address, &text);
    if let Some(thread) = state.current.as_mut() {
        thread.draft = Some(text.clone()).filter(|text| !text.is_empty());
    }
    effects.push(Effect::SaveDraft { number, contact, text });
}

fn send(state: &mut State, effects: &mut Vec<Effect>) {
    let segments = state.composer.segments();
    if segments >= MANY_SEGMENTS && !state.composer.insists() {
        return state.tell(Notice::warning(format!(
            "This takes {segments} segments; carriers may refuse or cut one so long. Sent if you say so once more"
        )));
    }
    let ticket = state.ticket();
    match state.composer.hand_over(ticket) {
        Ok((number, contact, body)) => effects.push(Effect::Send { ticket, number, contact, body }),
        Err(refusal) => state.tell(Notice::warning(refusal.words())),
    }
}

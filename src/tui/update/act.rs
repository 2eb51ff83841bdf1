//! What an action does where no window is open.

use jiff::tz::TimeZone;

use super::go::{self, set_focus};
use super::{compose, find, leave, media, notice};
use crate::config::keymap::Action;
use crate::model::text::safe_line;
use crate::model::{Delivery, Message, MessageId, preview};
use crate::tui::message::{Effect, Notice, SettingsAsk, TerminalAsk};
use crate::tui::state::{Focus, State};
use crate::tui::views::confirm::Confirm;
use crate::tui::views::help::Help;
use crate::tui::views::overlay::Overlay;
use crate::tui::views::palette::Palette;
use crate::tui::views::setup::Setup;
use crate::tui::views::stories::StoriesWindow;
use crate::tui::views::themes::ThemePicker;
use crate::tui::views::threads;
use crate::tui::views::tour::Tour;
use crate::tui::views::when;
use crate::tui::views::work::{self, WorkWindow};

/// Does what a key asks.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    // what is open over the compose box has the keys first
    if state.focus == Focus::Composer && compose::helps(state, action, effects) {
        return;
    }
    if find::act(state, action, effects) || everywhere(state, action, effects) {
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
        Action::ToggleMute => notice::toggle_mute(state, effects),
        Action::ToggleDone => find::toggle_done(state, effects),
        Action::Show(filter) => find::show(state, filter, effects),
        _ => match state.focus {
            Focus::Threads => in_threads(state, action, effects),
            Focus::Conversation => in_conversation(state, action, effects),
            Focus::Composer => compose::act(state, action, effects),
        },
    }
}

/// What works in windows too. `false` where it is something else.
pub(super) fn everywhere(state: &mut State, action: Action, effects: &mut Vec<Effect>) -> bool {
    match action {
        Action::Quit => leave::quit(state, false, effects),
        Action::QuitAsking => leave::quit(state, true, effects),
        Action::SyncNow if state.numbers.all().next().is_none() && state.overlays.is_empty() => {
            let key = state.scene().key(crate::config::keymap::Context::Everywhere, Action::Settings);
            state.tell(Notice::warning(format!(
                "No business number is set up yet, so nothing can be fetched; {key} leads through it"
            )));
        }
        Action::SyncNow if state.engine.is_syncing() => state.tell(Notice::info("A sync is going on already")),
        Action::SyncNow => {
            state.engine.ask();
            effects.push(Effect::Sync);
        }
        Action::Help => {
            let help = Help::new(state.context(), state.places.clone(), state.demo);
            raise(state, Overlay::Window(Box::new(help)));
        }
        Action::SwitchNumber => {
            state.numbers.begin();
            raise(state, Overlay::Numbers);
        }
        Action::Settings => {
            state.settings.begin();
            raise(state, Overlay::Settings);
        }
        Action::Search => find::search(state, effects),
        Action::NewMessage => compose::new_message(state, effects),
        Action::ShowNotice if state.stories.is_empty() => state.tell(Notice::info("There was no notice yet")),
        Action::ShowNotice => {
            let stories = state.stories.clone();
            raise(state, Overlay::Window(Box::new(StoriesWindow::new(stories))));
        }
        Action::SetUp => set_up(state, effects),
        Action::Tour if state.tour.take().is_some() => {}
        Action::Tour if state.demo => {
            state.overlays.clear();
            state.tour = Some(Tour::default());
        }
        Action::Tour => state.tell(Notice::info("The tour is in the demo: run mctui demo, or press d in the settings")),
        Action::ShowWork => raise(state, Overlay::Window(Box::new(WorkWindow::default()))),
        Action::CancelWork if state.engine.cancel() => effects.push(Effect::CancelSync),
        Action::CancelWork => state.tell(Notice::info("Nothing is being fetched just now")),
        Action::ImportEverything if state.engine.is_syncing() => {
            state.tell(Notice::info("A sync is going on already"));
        }
        Action::ImportEverything => {
            let question = work::question(state.scene());
            raise(state, Overlay::Confirm(Confirm { question, yes: Box::new(Effect::SyncEverything) }));
        }
        Action::Themes => {
            effects.push(Effect::Settings(SettingsAsk::Themes));
            let window = ThemePicker::new(state.looks.themes.clone(), &state.preferences.ui.theme);
            raise(state, Overlay::Window(Box::new(window)));
        }
        Action::Suspend => effects.push(Effect::Terminal(TerminalAsk::Suspend)),
        Action::NextUnread => {
            state.going = if state.focus == Focus::Composer { Focus::Composer } else { Focus::Conversation };
            let after = state.current.as_ref().map(threads::key);
            effects.push(Effect::NextUnread { number: state.numbers.current.clone(), after });
        }
        Action::Palette => {
            effects.push(Effect::LoadPalette);
            let palette = Palette::over(state.context(), |action| state.offers(action), state.scene());
            raise(state, Overlay::Window(Box::new(palette)));
        }
        _ => return false,
    }
    true
}

/// Puts a window on top; one of its kind that lies below goes.
pub(super) fn raise(state: &mut State, overlay: Overlay) {
    state.overlays.retain(|other| !other.is_like(&overlay));
    state.overlays.push(overlay);
}

/// Opens the guided set-up where it was left, or on its first page.
pub(super) fn set_up(state: &mut State, effects: &mut Vec<Effect>) {
    let left = state.set_up.take();
    let setup = || Overlay::Window(Box::new(Setup::new(state.settings.config())));
    let setup = left.unwrap_or_else(setup);
    raise(state, setup);
    effects.push(Setup::asks());
}

/// What is not sent when somebody leaves, and what becomes of it. To be said only when what is typed is saved.
pub(super) fn left_unsent(state: &State) -> Vec<String> {
    let mut left = Vec::new();
    if state.composer.has_unsent() {
        left.push("A text that you began is not sent (it stays as a draft).".to_owned());
    }
    if state.overlays.iter().any(Overlay::has_unsent) {
        left.push("The message to several people is not sent (it stays: a new message goes on with it).".to_owned());
    }
    match state.numbers.waiting {
        0 => {}
        1 => left.push("1 message is still waiting to be sent (it stays in the outbox).".to_owned()),
        n => left.push(format!("{n} messages are still waiting to be sent (they stay in the outbox).")),
    }
    left
}

fn turn(state: &mut State, by: usize) {
    const PANES: [Focus; 3] = [Focus::Threads, Focus::Conversation, Focus::Composer];
    let at = PANES.iter().position(|pane| *pane == state.focus).unwrap_or(0);
    set_focus(state, PANES[(at + by) % 3]);
}

pub(super) fn select(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if let Some(thread) = state.threads.target(action).cloned() {
        go::show(state, thread, effects);
    }
}

fn toggle_read(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(thread) = &mut state.current else { return };
    if thread.unread > 0 {
        state.marked_read = Some((thread.id, thread.unread));
        thread.unread = 0;
        state.conversation.keep_unread(false);
        effects.push(Effect::MarkRead { thread: thread.id, up_to: MessageId(thread.activity) });
    } else {
        state.conversation.keep_unread(true);
        // the same key takes back what it did
        let newest = state.marked_read.take_if(|(marked, _)| *marked == thread.id).map_or(1, |(_, unread)| unread);
        effects.push(Effect::MarkUnread { thread: thread.id, newest });
    }
}

fn in_threads(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Open => {
            let answerable = state.current.as_ref().is_some_and(|thread| thread.contact.address.can_receive());
            set_focus(state, if answerable { Focus::Composer } else { Focus::Conversation });
        }
        Action::BackOrQuit => leave::quit(state, true, effects),
        Action::Back => find::widen(state, effects),
        _ => select(state, action, effects),
    }
}

fn in_conversation(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Open => set_focus(state, Focus::Composer),
        Action::Back | Action::BackOrQuit => set_focus(state, Focus::Threads),
        Action::Info | Action::OpenLink | Action::SaveFiles | Action::Copy | Action::CopyAll | Action::NextTimes => {
            media::act(state, action, effects);
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
        effects.push(Effect::FetchOlder(thread.id));
    }
}

pub(super) fn travel(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    if state.conversation.wants_newest(action) {
        state.conversation.follow();
        go::reload_messages(state, effects);
    }
    state.conversation.travel(action);
}

fn resend(state: &mut State, effects: &mut Vec<Effect>) {
    if !act_on_trouble(state) {
        return;
    }
    let Some(message) = state.conversation.selected() else { return };
    let text = quoted(message);
    let question = match &message.delivery {
        Some(Delivery::Failed(_)) if message.accepted => format!(
            "MightyCall took {text} and reported later that it failed. Should it have gone out all the same, it is \
             delivered twice. Send it again?"
        ),
        Some(Delivery::Failed(_)) => return effects.push(Effect::Resend(message.id)),
        Some(Delivery::Unconfirmed(_)) => match message.like.and_then(|id| state.conversation.message(id)) {
            Some(like) => either_or(message, like, &state.zone),
            None if message.like.is_some() => format!(
                "{text} may have gone out already: a message in MightyCall's history may be this one. Sending it again may \
                 deliver it twice. Send it again?"
            ),
            None => format!("{text} may have gone out already. Sending it again may deliver it twice. Send it again?"),
        },
        _ => return state.tell(Notice::info("Only a message that failed, or is unconfirmed, can be sent again")),
    };
    let yes = Effect::Resend(message.id);
    state.overlays.push(Overlay::Confirm(Confirm { question, yes: Box::new(yes) }));
}

/// Shows an unconfirmed message beside the one in history that may be it.
fn either_or(message: &Message, like: &Message, zone: &TimeZone) -> String {
    let shown = |body: &str| format!("“{}”", crate::model::text::fit(&safe_line(body), 160));
    format!(
        "This message from {} may have gone out already:\n{}\n\nMightyCall's history has this one, from {}:\n{}\n\nIf they are \
         the same, sending it again delivers it twice. Send it again?",
        when::clock(message.at, zone),
        shown(&message.body),
        when::clock(like.at, zone),
        shown(&like.body)
    )
}

/// Whether the marked message is what Resend and Discard mean. Where it is not, the newest that needs a person is marked
/// instead: what goes out to a customer is what was seen.
fn act_on_trouble(state: &mut State) -> bool {
    let waits = |message: &Message| matches!(message.delivery, Some(Delivery::Queued | Delivery::Scheduled));
    let Some(message) = state.conversation.selected() else { return false };
    if message.needs_somebody() || waits(message) {
        return true;
    }
    if message.dealt {
        state.tell(Notice::info("This one was sent again already, or put away"));
    } else if state.conversation.go_to_trouble() {
        state.tell(Notice::info("This is the one that did not go out well; the same key again acts on it"));
    } else {
        state.tell(Notice::info("Every message of this conversation that is loaded went out well"));
    }
    false
}

fn discard(state: &mut State) {
    if !act_on_trouble(state) {
        return;
    }
    let Some(message) = state.conversation.selected() else { return };
    let what = match &message.delivery {
        Some(Delivery::Failed(_)) if message.accepted => "MightyCall took it, and reported later that it failed.",
        Some(Delivery::Failed(_)) => "It was not sent.",
        Some(Delivery::Unconfirmed(_)) => "It may have gone out.",
        Some(Delivery::Queued | Delivery::Scheduled) => "It is still waiting and would not be sent.",
        _ => {
            state.tell(Notice::info("Only a message that failed, is unconfirmed or is waiting can be put away"));
            return;
        }
    };
    let question = format!("Put {} away? {what}", quoted(message));
    let yes = Effect::Discard(message.id);
    state.overlays.push(Overlay::Confirm(Confirm { question, yes: Box::new(yes) }));
}

fn quoted(message: &Message) -> String {
    format!("“{}”", crate::model::text::fit(&safe_line(&preview(&message.body, &message.attachments)), 40))
}

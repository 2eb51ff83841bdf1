//! New messages, and whether anybody looks.

use jiff::SignedDuration;

use crate::config::preferences::{Desktop, Value, When};
use crate::model::news::{Listener, News, Telling};
use crate::model::text::safe_line;
use crate::model::{Address, ThreadId};
use crate::tui::message::{Effect, Notice, SettingsAsk, TerminalAsk};
use crate::tui::state::State;

/// Where a terminal does not say whether it is looked at, somebody is there for that long after a key.
/// Longer than that, because keys are not noted each (`State::is_news_that_somebody_is_there`).
const THERE: SignedDuration = SignedDuration::from_secs(30);

/// The terminal is looked at, or not any more.
pub(super) fn focused(state: &mut State, focused: bool, effects: &mut Vec<Effect>) {
    if state.looked_at != Some(focused) {
        state.looked_at = Some(focused);
        effects.push(Effect::Attend(focused));
    }
}

/// A key, a click: somebody looks, whatever the terminal said before.
pub(super) fn somebody(state: &mut State, effects: &mut Vec<Effect>) {
    if state.looked_at == Some(false) {
        focused(state, true, effects);
    }
}

/// Whether somebody looks at the terminal.
fn is_looked_at(state: &State) -> bool {
    state.looked_at.unwrap_or_else(|| state.present.is_some_and(|at| state.now.duration_since(at) < THERE))
}

/// Whether nobody can have seen what is on the screen.
pub(super) fn is_away(state: &State) -> bool {
    state.looked_at == Some(false)
}

/// The thread that a person has before their eyes.
fn sees(state: &State) -> Option<ThreadId> {
    let visible = state.overlays.is_empty() && state.layout().conversation.is_some_and(|pane| !pane.inner.is_empty());
    state.conversation.thread.filter(|_| visible && is_looked_at(state))
}

/// Tells of new messages, all of them at once.
pub(super) fn news(state: &State, mut news: Vec<News>, effects: &mut Vec<Effect>) {
    let notify = &state.preferences.notify;
    let listener = Listener { sees: sees(state), muted: &notify.muted };
    news.retain(|news| listener.wants(news));
    if notify.when == When::Unfocused && is_looked_at(state) {
        return;
    }
    let Some(telling) = Telling::of(&news, |number| state.numbers.name(number), notify.show_text) else { return };
    if notify.bell {
        effects.push(Effect::Terminal(TerminalAsk::Bell));
    }
    if notify.desktop != Desktop::Off {
        let Telling { title, body } = telling;
        effects.push(Effect::Terminal(TerminalAsk::Notify { title, body }));
    }
}

/// Mutes the thread in view, or lets it be heard of again.
pub(super) fn toggle_mute(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(current) = &mut state.current else { return };
    current.muted = !current.muted;
    let thread = current.clone();
    effects.push(Effect::Mute { thread: thread.id, muted: thread.muted });
    let who = safe_line(&thread.contact.title());
    state.threads.refresh(&thread);
    state.tell(Notice::info(if thread.muted {
        format!("Muted: you are told of nothing new from {who}. It is still counted as unread, but not in the title")
    } else {
        format!("You are told of new messages from {who} again")
    }));
}

/// Mutes the number that is selected in the window of our numbers, or lets it be heard of again; on "all", all of them.
pub(super) fn toggle_number(state: &mut State, effects: &mut Vec<Effect>) {
    let muted = &state.preferences.notify.muted;
    let (what, all) = match state.numbers.selected() {
        Some(number) => (state.numbers.name(number), vec![number.clone()]),
        None => ("all numbers".to_owned(), state.numbers.all().map(|number| number.address.clone()).collect()),
    };
    let mute = !all.iter().all(|number| muted.contains(number));
    let others = muted.iter().filter(|number| !all.contains(number)).cloned();
    let after: Vec<Address> = if mute { others.chain(all.clone()).collect() } else { others.collect() };
    let value = match after.as_slice() {
        [] => Value::Default,
        numbers => Value::List(numbers.iter().map(ToString::to_string).collect()),
    };
    // shown at once; the settings that come back say the same
    state.preferences.notify.muted = after;
    effects.push(Effect::Settings(SettingsAsk::Prefer("notify.muted", value)));
    state.tell(Notice::info(if mute {
        format!("Muted: you are told of nothing new on {what}. It is still counted as unread, but not in the title")
    } else {
        format!("You are told of new messages on {what} again")
    }));
}

//! What happens to the state when something comes. Pure: no I/O, no clock, no channel.

mod act;
mod answers;
mod compose;
mod find;
mod go;
mod keys;
mod leave;
mod media;
mod mouse;
mod notice;
mod opening;
mod windows;

use super::looks;
use super::message::{Effect, MessageWindow, Msg};
use super::state::{Focus, State};
use super::views::overlay::Overlay;
use super::views::tour::Seen;

/// Takes a message into the state and says what is to be done about it.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    let Some(msg) = opening::opening(state, msg, &mut effects) else { return effects };
    if matches!(msg, Msg::Key(_) | Msg::LineEnd(_) | Msg::Paste(_) | Msg::Mouse(_)) {
        if state.is_news_that_somebody_is_there() {
            effects.push(Effect::Present);
        }
        notice::somebody(state, &mut effects);
    }
    match msg {
        Msg::Key(key) => keys::key(state, key.0, &mut effects),
        Msg::LineEnd(key) => keys::line_end(state, key.0, &mut effects),
        Msg::Paste(text) => keys::paste(state, &text.0, &mut effects),
        Msg::Mouse(event) => mouse::mouse(state, event, &mut effects),
        Msg::Resize { columns, rows } => (state.columns, state.rows) = (columns, rows),
        Msg::Now(now) => state.now = now,
        other => answers::answer(state, other, &mut effects),
    }
    settle(state, &mut effects);
    guide(state, &effects);
    looks::foresee(state, &effects);
    looks::settle(state);
    effects
}

/// Lets the demo's tour see what was done.
fn guide(state: &mut State, effects: &[Effect]) {
    let Some(mut tour) = state.tour else { return };
    let window = state.overlays.last().and_then(|overlay| match overlay {
        Overlay::Window(window) => Some(window.kind()),
        _ => None,
    });
    let seen = Seen {
        in_conversation: state.focus != Focus::Threads,
        window,
        one_number: state.numbers.current.is_some(),
        effects,
    };
    state.tour = tour.see(seen).then_some(tour);
}

/// Brings every pane to its size, asks for what is near the eye and not here, and marks read what has been seen.
fn settle(state: &mut State, effects: &mut Vec<Effect>) {
    if let Some(pane) = state.layout().composer {
        // how many rows the text takes depends on the width, and the height on the rows
        state.composer.resize(pane.inner.width, pane.inner.height);
        if let Some(pane) = state.layout().composer {
            state.composer.resize(pane.inner.width, pane.inner.height);
        }
    }
    let layout = state.layout();
    if let Some(pane) = layout.threads {
        state.threads.resize(pane.inner.height);
    }
    if !state.shows_pictures() {
        state.conversation.pictures.clear();
    }
    if let Some(pane) = layout.conversation {
        // taken out while it is laid out, because what it looks at is the rest of the state
        let (inner, _) = state.with_find_line(pane.inner);
        let mut conversation = std::mem::take(&mut state.conversation);
        conversation.resize(inner, state.scene(), state.focus == Focus::Conversation);
        state.conversation = conversation;
    }
    let request = state.request();
    if let Some(asked) = state.threads.edge(request) {
        effects.push(state.thread_query(request, asked));
    }
    let request = state.request();
    if layout.conversation.is_some()
        && let Some((window, limit)) = state.conversation.edge(request)
    {
        load_messages(state, request, (window, limit), effects);
    }
    media::show_pictures(state, effects);
    let before_the_eyes = !notice::is_away(state) && state.focus != Focus::Threads && state.overlays.is_empty();
    if layout.conversation.is_some() {
        state.conversation.note_unread(before_the_eyes);
    }
    if before_the_eyes
        && layout.conversation.is_some_and(|pane| !pane.inner.is_empty())
        && let Some(thread) = &state.current
        && let Some(up_to) = state.conversation.seen(thread.unread > 0)
    {
        effects.push(Effect::MarkRead { thread: thread.id, up_to });
    }
}

fn load_messages(
    state: &State,
    request: super::message::Request,
    (window, limit): (MessageWindow, usize),
    effects: &mut Vec<Effect>,
) {
    if let Some(thread) = state.conversation.thread {
        effects.push(Effect::LoadMessages { request, thread, window, limit });
    }
}

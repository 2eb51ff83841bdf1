//! Going to threads and numbers.

use super::load_messages;
use crate::model::{Address, Thread, ThreadId};
use crate::tui::message::Effect;
use crate::tui::state::{Focus, State};

/// Shows a thread's conversation and its text in the compose box.
pub(super) fn show(state: &mut State, thread: Thread, effects: &mut Vec<Effect>) {
    state.threads.select(thread.id);
    state.composer.open(&thread.number, &thread.contact, thread.draft.as_deref());
    if state.conversation.thread != Some(thread.id) {
        turn_to(state, Some(thread.id));
        reload_messages(state, effects);
    }
    state.current = Some(thread);
}

/// Puts the conversation in view away, and shows another as it was left, or anew.
fn turn_to(state: &mut State, thread: Option<ThreadId>) {
    let mut next = state.conversation.clone_frame();
    next.open(thread);
    if let Some(mut left) = thread.and_then(|thread| state.visited.take(thread)) {
        left.come_back();
        next = left;
    }
    // pictures are on their way to whatever conversation is in view
    next.pictures = std::mem::take(&mut state.conversation.pictures);
    next.pictures.try_again();
    state.visited.put(std::mem::replace(&mut state.conversation, next));
}

/// Takes a newer reading of the thread in view.
pub(super) fn renew(state: &mut State, thread: Thread) {
    if state.current.as_ref().is_some_and(|current| current.id == thread.id) {
        state.composer.open(&thread.number, &thread.contact, thread.draft.as_deref());
        state.current = Some(thread);
    }
}

/// Reads the messages in view again.
pub(super) fn reload_messages(state: &mut State, effects: &mut Vec<Effect>) {
    let request = state.request();
    let asked = state.conversation.reload(request);
    load_messages(state, request, asked, effects);
}

/// Reads the threads in view again.
pub(super) fn reload_threads(state: &mut State, effects: &mut Vec<Effect>) {
    let request = state.request();
    let asked = state.threads.reload(request);
    effects.push(state.thread_query(request, asked));
}

/// Goes to a thread that was asked for, wherever it is.
pub(super) fn go_to(state: &mut State, thread: Thread, effects: &mut Vec<Effect>) {
    if state.numbers.current.as_ref().is_some_and(|current| *current != thread.number) {
        state.numbers.current = None;
        state.threads.reset();
    }
    let id = thread.id;
    let focus = state.going;
    show(state, thread, effects);
    state.overlays.clear();
    set_focus(state, focus);
    if state.threads.get(id).is_none() {
        let request = state.request();
        let asked = state.threads.load_around(request, id);
        effects.push(state.thread_query(request, asked));
    }
}

/// Shows one number alone, or all. A thread in view stays there where it is one of that number's; otherwise a person
/// comes back to where they were when they last had it before them.
pub(super) fn number(state: &mut State, number: Option<Address>, effects: &mut Vec<Effect>) {
    if state.numbers.current == number {
        return;
    }
    let left = std::mem::replace(&mut state.numbers.current, number);
    let number = state.numbers.current.clone();
    if let Some(thread) = state.current.clone() {
        state.left.insert(left, (thread, state.focus));
    }
    let back = state.left.get(&number).cloned();
    let stays = |thread: &Thread| number.as_ref().map_or(back.is_none(), |number| thread.number == *number);
    let is_kept = state.current.as_ref().is_some_and(stays);
    state.threads.reset();
    match back.filter(|_| !is_kept) {
        Some((thread, focus)) => {
            // it may have changed meanwhile
            effects.push(Effect::LoadThread(thread.id));
            show(state, thread, effects);
            set_focus(state, focus);
        }
        None if !is_kept => close(state),
        None => {}
    }
    if let Some(thread) = &state.current {
        state.threads.select(thread.id);
    }
    let request = state.request();
    let asked = match &state.current {
        Some(thread) => state.threads.load_around(request, thread.id),
        None => state.threads.load_top(request),
    };
    effects.push(state.thread_query(request, asked));
}

/// Leaves the thread in view.
pub(super) fn close(state: &mut State) {
    state.current = None;
    turn_to(state, None);
    state.composer.close();
    state.focus = Focus::Threads;
}

/// Sends the keys to a pane; without a thread there is only the list.
pub(super) fn set_focus(state: &mut State, focus: Focus) {
    if focus != Focus::Threads && state.focus == Focus::Threads {
        // opened anew: what is seen now counts
        state.conversation.keep_unread(false);
        state.conversation.begin_reading();
    }
    state.focus = if state.current.is_some() { focus } else { Focus::Threads };
}

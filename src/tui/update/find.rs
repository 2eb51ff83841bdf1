//! Finding: everywhere, in the conversation, in the list; and what the list shows.

use super::go::{self, set_focus};
use super::{act, load_messages, windows};
use crate::config::keymap::Action;
use crate::model::text::safe_line;
use crate::model::words::Term;
use crate::model::{MessageId, Thread, ThreadFilter, ThreadState};
use crate::tui::message::{Effect, Notice, Request};
use crate::tui::state::{Focus, State};
use crate::tui::views::filters::Filters;
use crate::tui::views::overlay::Overlay;
use crate::tui::views::search::Search;

/// Opens the window that searches everywhere, as it was left.
pub(super) fn search(state: &mut State, effects: &mut Vec<Effect>) {
    let (window, steps) = Search::open(&state.searched, state.scene());
    act::raise(state, Overlay::Window(Box::new(window)));
    windows::follow(state, steps, effects);
}

/// What keys do to finding in a pane; `false` where they mean something else.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) -> bool {
    match state.focus {
        Focus::Threads if state.threads.is_typing() => in_list(state, action, effects),
        Focus::Conversation if state.conversation.is_finding() => in_prompt(state, action, effects),
        Focus::Threads => match action {
            Action::Find => state.threads.begin_typing(),
            Action::Filter => {
                let window = Filters::new(state.threads.narrowed().0);
                act::raise(state, Overlay::Window(Box::new(window)));
            }
            _ => return false,
        },
        Focus::Conversation => match action {
            Action::Find => state.conversation.begin_find(),
            Action::FindNext => step(state, true, effects),
            Action::FindPrevious => step(state, false, effects),
            Action::Back | Action::BackOrQuit if state.conversation.has_find_line() => leave(state, effects),
            _ => return false,
        },
        Focus::Composer => return false,
    }
    true
}

/// Types into the line of the pane that has the keys.
pub(super) fn insert(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    if state.focus == Focus::Threads {
        if state.threads.type_text(Ok(text)) {
            reload(state, effects);
        }
    } else {
        let request = state.request();
        effects.extend(state.conversation.type_find(Ok(text), request));
    }
}

fn in_list(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Accept => {
            state.threads.end_typing();
            let listed = state.current.as_ref().is_some_and(|current| state.threads.get(current.id).is_some());
            if let Some(first) = state.threads.first().filter(|_| !listed).cloned() {
                go::show(state, first, effects);
            }
        }
        Action::Back => {
            state.threads.end_typing();
            let (filter, _) = state.threads.narrowed();
            state.threads.narrow(filter, "");
            reload(state, effects);
        }
        Action::CursorDown => act::select(state, Action::Down, effects),
        Action::CursorUp => act::select(state, Action::Up, effects),
        Action::PageDown | Action::PageUp => act::select(state, action, effects),
        _ => {
            if state.threads.type_text(Err(action)) {
                reload(state, effects);
            }
        }
    }
}

fn in_prompt(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::Accept => state.conversation.keep_find(),
        Action::Back => leave(state, effects),
        Action::CursorUp => step(state, true, effects),
        Action::CursorDown => step(state, false, effects),
        _ => {
            let request = state.request();
            effects.extend(state.conversation.type_find(Err(action), request));
        }
    }
}

fn leave(state: &mut State, effects: &mut Vec<Effect>) {
    let request = state.request();
    let (wanted, newest) = state.conversation.leave_find(request);
    if let Some(asked) = wanted {
        load_messages(state, request, asked, effects);
    } else if newest {
        go::reload_messages(state, effects);
    }
}

fn step(state: &mut State, older: bool, effects: &mut Vec<Effect>) {
    if !state.conversation.has_find_line() {
        let key = state.scene().key(crate::config::keymap::Context::Conversation, Action::Find);
        return state.tell(Notice::info(format!("Nothing is looked for; {key} finds in this conversation")));
    }
    if let Some(to) = state.conversation.next_found(older) {
        travel(state, to, effects);
    }
}

fn travel(state: &mut State, to: MessageId, effects: &mut Vec<Effect>) {
    let request = state.request();
    if let Some(asked) = state.conversation.go_to_message(to, request) {
        load_messages(state, request, asked, effects);
    }
}

/// What was found in the conversation.
pub(super) fn found(state: &mut State, request: Request, found: Vec<MessageId>, effects: &mut Vec<Effect>) {
    if let Some(to) = state.conversation.take_found(request, found) {
        travel(state, to, effects);
    }
}

/// Goes to a message of a thread, and lights up in it what was looked for.
pub(super) fn go_to_message(
    state: &mut State,
    thread: Thread,
    message: MessageId,
    terms: Vec<Term>,
    effects: &mut Vec<Effect>,
) {
    state.going = Focus::Conversation;
    go::go_to(state, thread, effects);
    let request = state.request();
    effects.extend(state.conversation.light_up(terms, message, request));
    travel(state, message, effects);
}

/// Shows the threads that have something in common.
pub(super) fn show(state: &mut State, filter: ThreadFilter, effects: &mut Vec<Effect>) {
    set_focus(state, Focus::Threads);
    state.threads.end_typing();
    if state.threads.narrow(filter, "") {
        reload(state, effects);
    }
}

/// Shows all threads again.
pub(super) fn widen(state: &mut State, effects: &mut Vec<Effect>) {
    if state.threads.narrow(ThreadFilter::All, "") {
        reload(state, effects);
    }
}

fn reload(state: &mut State, effects: &mut Vec<Effect>) {
    let request = state.request();
    let asked = state.threads.load_top(request);
    effects.push(state.thread_query(request, asked));
}

/// Puts the thread in view away, or back.
pub(super) fn toggle_done(state: &mut State, effects: &mut Vec<Effect>) {
    let key = state.scene().key(crate::config::keymap::Context::Threads, Action::ToggleDone);
    let Some(thread) = &mut state.current else { return };
    thread.state = if thread.state == ThreadState::Open { ThreadState::Done } else { ThreadState::Open };
    effects.push(Effect::SetState(thread.id, thread.state));
    let who = safe_line(&thread.contact.title());
    let said = match thread.state {
        ThreadState::Done => format!("{who} is done; a new message reopens it, and {key} does"),
        ThreadState::Open => format!("{who} is open again"),
    };
    let row = thread.clone();
    state.threads.refresh(&row);
    state.tell(Notice::info(said));
}

//! What the world answers.

use super::{act, compose, find, go, leave, media, notice, windows};
use crate::config::Places;
use crate::config::keymap::{Action, Context};
use crate::model::{Contact, ThreadId};
use crate::tui::looks;
use crate::tui::message::{Changed, Effect, Msg, Notice, Request, SettingsNews, SyncNews, ThreadPage, Typed};
use crate::tui::state::{Focus, State};
use crate::tui::views::composer::Desk;

/// Takes anything but what a person does.
pub(super) fn answer(state: &mut State, msg: Msg, effects: &mut Vec<Effect>) {
    windows::show_to_all(state, &msg, effects);
    match msg {
        Msg::Changed(changed) => self::changed(state, &changed, effects),
        Msg::Threads { request, page } => threads(state, request, page, effects),
        Msg::Messages { request, thread, page } => {
            if state.conversation.thread == Some(thread) && state.conversation.take(request, page) {
                go::reload_messages(state, effects);
            }
        }
        Msg::NotLoaded { request, reason } => {
            state.threads.fail(request);
            state.conversation.fail(request);
            state.tell(Notice::error(reason));
        }
        Msg::FoundInThread { request, found } => find::found(state, request, found, effects),
        Msg::GoToMessage(thread, message, terms) => find::go_to_message(state, *thread, message, terms, effects),
        // windows see these
        Msg::Found { .. } | Msg::Way(_) => {}
        Msg::Summary(summary) => {
            if state.numbers.take(summary) {
                state.left.clear();
                go::close(state);
                state.threads.reset();
                let request = state.request();
                let asked = state.threads.load_top(request);
                effects.push(state.thread_query(request, asked));
            }
        }
        Msg::GoTo(thread) => go::go_to(state, *thread, effects),
        Msg::NothingUnread => state.tell(Notice::info("Nothing is unread")),
        Msg::Thread(thread) => {
            state.threads.refresh(&thread);
            go::renew(state, *thread);
        }
        Msg::Queued { ticket, thread, .. } => {
            if let Some(left) = state.composer.queued(ticket) {
                keep(state, left, effects);
            }
            if state.conversation.thread == Some(thread) {
                queued_here(state, effects);
            }
        }
        Msg::NotQueued { ticket, reason } => {
            if let Some(left) = state.composer.not_queued(ticket) {
                keep(state, left, effects);
            }
            state.tell(Notice::error(format!("Not sent; your text is still here. {reason}")));
        }
        Msg::QueuedEach(threads) => {
            if state.conversation.thread.is_some_and(|thread| threads.contains(&thread)) {
                queued_here(state, effects);
            }
        }
        Msg::NotQueuedEach { reason } => {
            let key = state.scene().key(Context::Everywhere, Action::NewMessage);
            state.tell(Notice::error(format!("Not sent to anybody; {key} goes on with the message. {reason}")));
        }
        Msg::Sync(news) => {
            // what is known to be missing may be here now, though not in this conversation
            let done = matches!(news, SyncNews::Done { .. });
            if done && state.conversation.is_cut() && state.conversation.may_reload() {
                go::reload_messages(state, effects);
            }
            if let Some(notice) = state.engine.take(news, &state.numbers, state.now) {
                state.tell(notice);
            }
            if state.notice.as_ref().is_some_and(|notice| state.engine.is_over(notice)) {
                state.notice = None;
            }
        }
        Msg::Settings(news) => settings(state, news, effects),
        Msg::Notice(notice) => state.tell(notice),
        Msg::Focused(focused) => notice::focused(state, focused, effects),
        Msg::News(news) => notice::news(state, news, effects),
        Msg::Edited(Typed(result)) => compose::edited(state, &result, effects),
        Msg::Contacts(_) | Msg::Snippets(_) | Msg::LastNumbers(_) | Msg::Palette(_) | Msg::Broadcast(_) => {}
        Msg::Themes(themes) => looks::take(state, *themes),
        Msg::Media(news) => media::answer(state, news, effects),
        Msg::Leaving(news) => leave::leaving(state, news, effects),
        Msg::AllSaved(_) => {}
        Msg::Rescued(texts) => leave::rescued(state, texts, effects),
        Msg::Key(_) | Msg::LineEnd(_) | Msg::Paste(_) | Msg::Mouse(_) | Msg::Resize { .. } | Msg::Now(_) => {}
        // taken before
        Msg::Upkeep(_) | Msg::Opened => {}
    }
}

/// The conversation in view has a message of ours more.
fn queued_here(state: &mut State, effects: &mut Vec<Effect>) {
    state.conversation.follow();
    state.conversation.answered();
    go::reload_messages(state, effects);
}

/// What is left in a compose box replaces the draft that is on its way to the cache.
fn keep(state: &mut State, ((number, address), text): (Desk, String), effects: &mut Vec<Effect>) {
    let current = state.current.as_ref().filter(|current| current.contact.address == address);
    let name = current.and_then(|current| current.contact.name.clone());
    state.threads.draft(&number, &address, &text);
    effects.push(Effect::SaveDraft { number, contact: Contact { address, name }, text });
}

fn settings(state: &mut State, news: SettingsNews, effects: &mut Vec<Effect>) {
    if let SettingsNews::Config(config) = &news {
        state.keymap = config.keymap.clone();
        state.preferences = config.preferences.clone();
        looks::reconsider(state, effects);
        effects.push(Effect::LoadSummary);
    }
    if let SettingsNews::Places(places) = &news {
        state.places = Some(Places::clone(places));
    }
    let (notice, welcome) = state.settings.take(news);
    if let Some(notice) = notice {
        state.tell(notice);
    }
    if welcome {
        act::set_up(state, effects);
    }
}

fn threads(state: &mut State, request: Request, page: ThreadPage, effects: &mut Vec<Effect>) {
    if !state.threads.take(request, page) {
        return;
    }
    if state.threads.is_stale() {
        go::reload_threads(state, effects);
    }
    let renewed = state.current.as_ref().and_then(|current| state.threads.get(current.id)).cloned();
    // what comes while the client opens does not push the selection down
    if state.is_untouched()
        && let Some(first) = state.threads.first().filter(|first| Some(first.id) != state.threads.selected).cloned()
    {
        return go::show(state, first, effects);
    }
    match (renewed, &state.current) {
        (Some(thread), _) => {
            // after the first page of another number the selection is out of the list's hands
            state.threads.selected = Some(thread.id);
            go::renew(state, thread);
        }
        (None, Some(current)) => {
            effects.push(Effect::LoadThread(current.id));
            // keys must not go to a thread that the list does not show
            let next = state.threads.heir().filter(|_| state.focus == Focus::Threads).cloned();
            if let Some(next) = next {
                go::show(state, next, effects);
            }
        }
        (None, None) => {
            if let Some(first) = state.threads.first().cloned() {
                go::show(state, first, effects);
            }
        }
    }
}

fn changed(state: &mut State, changed: &Changed, effects: &mut Vec<Effect>) {
    effects.push(Effect::LoadSummary);
    let touches = |id: ThreadId| match changed {
        Changed::Threads(ids) => ids.contains(&id),
        Changed::Numbers => false,
        Changed::Everything => true,
    };
    if state.threads.may_reload() {
        go::reload_threads(state, effects);
    }
    if state.conversation.thread.is_some_and(touches) {
        if state.conversation.may_reload() {
            go::reload_messages(state, effects);
        }
        let request = state.request();
        effects.extend(state.conversation.find_again(request));
    }
}

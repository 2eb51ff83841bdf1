//! Links, files, pictures, the clipboard, and how times are shown: what keys do with the selected message.

use super::act::raise;
use crate::config::keymap::Action;
use crate::config::preferences::{Times, Value};
use crate::model::text::safe_line;
use crate::model::{Direction, Message};
use crate::tui::message::{Effect, MediaAsk, MediaNews, Notice, SettingsAsk, TerminalAsk};
use crate::tui::state::{Focus, State};
use crate::tui::views::choose::Choose;
use crate::tui::views::info::Details;
use crate::tui::views::openable::{self, GONE};
use crate::tui::views::overlay::Overlay;

/// Does what a key asks in the conversation.
pub(super) fn act(state: &mut State, action: Action, effects: &mut Vec<Effect>) {
    match action {
        Action::NextTimes => next_times(state, effects),
        Action::CopyAll => copy_all(state, effects),
        Action::OpenLink => open(state, effects),
        _ => {
            let Some(message) = state.conversation.selected().cloned() else { return };
            match action {
                Action::Info => {
                    effects.push(Effect::LoadWay(message.id));
                    raise(state, Overlay::Window(Box::new(Details::new(message))));
                }
                Action::SaveFiles => save(state, &message, effects),
                _ => copy(state, &message, effects),
            }
        }
    }
}

fn next_times(state: &mut State, effects: &mut Vec<Effect>) {
    let ui = &mut state.preferences.ui;
    let (times, name, words) = match ui.times {
        Times::Clock => (Times::Relative, "relative", "Times from now"),
        Times::Relative => (Times::Full, "full", "Times in full"),
        Times::Full => (Times::Clock, "clock", "Times on the clock"),
    };
    // at once; the file follows
    ui.times = times;
    state.tell(Notice::info(words));
    effects.push(Effect::Settings(SettingsAsk::Prefer("ui.times", Value::Text(name.to_owned()))));
}

fn copy(state: &mut State, message: &Message, effects: &mut Vec<Effect>) {
    let text = message.body.trim_end();
    if text.is_empty() {
        return state.tell(Notice::info("There is no text in this message"));
    }
    let count = text.chars().count();
    effects.push(Effect::Terminal(TerminalAsk::Copy(text.to_owned())));
    state.tell(Notice::info(format!("Copied the message, {}", characters(count))));
}

fn copy_all(state: &mut State, effects: &mut Vec<Effect>) {
    let Some(thread) = &state.current else { return };
    let text = state.conversation.as_text(&state.zone, &safe_line(&thread.contact.title()));
    let (count, messages) = (text.chars().count(), state.conversation.loaded());
    if messages == 0 {
        return;
    }
    effects.push(Effect::Terminal(TerminalAsk::Copy(text)));
    let what = if messages == 1 { "message".to_owned() } else { format!("{messages} messages") };
    state.tell(Notice::info(format!("Copied the {what} that are loaded, {}", characters(count))));
}

fn characters(count: usize) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
}

fn open(state: &mut State, effects: &mut Vec<Effect>) {
    let mut all = state.conversation.openable();
    match all.len() {
        0 => state.tell(Notice::info("Nothing in this message can be opened")),
        // what leads elsewhere than it seems is shown before it is opened
        1 if all[0].really.is_none() => {
            let one = all.remove(0);
            let Some(effect) = one.effect else { return state.tell(Notice::info(GONE)) };
            state.tell(Notice::info(format!("Opening {} …", one.label.trim_start_matches("[+] "))));
            effects.push(effect);
        }
        _ => raise(state, Overlay::Window(Box::new(Choose::new(all)))),
    }
}

fn save(state: &mut State, message: &Message, effects: &mut Vec<Effect>) {
    if !message.attachments.is_empty() {
        let saves = match openable::saves(message) {
            Ok(saves) => saves,
            Err(why) => return state.tell(Notice::info(why)),
        };
        let gone = message.attachments.len() - saves.len();
        let what = if saves.len() == 1 { "the file".to_owned() } else { format!("{} files", saves.len()) };
        let gone = if gone == 0 { String::new() } else { format!("; {gone} of them MightyCall no longer keeps") };
        effects.extend(saves);
        return state.tell(Notice::info(format!("Saving {what} …{gone}")));
    }
    if message.direction == Direction::Outbound || message.remote_id.is_none() {
        return state.tell(Notice::info("No file came with this message"));
    }
    effects.push(Effect::Media(MediaAsk::List(message.id)));
    state.tell(Notice::info("Asking MightyCall whether a file came with this message …"));
}

/// Takes what came of it.
pub(super) fn answer(state: &mut State, news: MediaNews, effects: &mut Vec<Effect>) {
    match news {
        MediaNews::Picture { file, room, picture } => state.conversation.pictures.take(file, room, picture),
        MediaNews::NotOpened { target, reason } => {
            effects.push(Effect::Terminal(TerminalAsk::Copy(target.clone())));
            state.tell(Notice::warning(format!("{reason}; copied instead: {target}")));
        }
    }
}

/// Asks for the pictures in view that are not here.
pub(super) fn show_pictures(state: &mut State, effects: &mut Vec<Effect>) {
    let in_the_way = state.focus == Focus::Threads && state.layout().conversation.is_none();
    if state.shows_pictures() && !in_the_way {
        let images = state.preferences.ui.images;
        effects.extend(state.conversation.missing_pictures(images).into_iter().map(Effect::Media));
    }
}

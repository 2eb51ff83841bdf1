//! Leaving, which loses nothing that was typed; and what comes back of an earlier run.

use super::act::{self, raise};
use super::compose;
use crate::config::rescue::UnsentText;
use crate::model::Contact;
use crate::model::text::safe_line;
use crate::tui::message::{Effect, Leaving, Notice, RescuedText};
use crate::tui::state::{Leave, State};
use crate::tui::unsaved::whose;
use crate::tui::views::confirm::Confirm;
use crate::tui::views::leaving::LeavingWindow;
use crate::tui::views::overlay::Overlay;
use crate::tui::views::rescued::{Put, RescuedWindow};

/// Somebody wants to leave. Whoever wants it for the second time does not wait for what is being saved.
pub(super) fn quit(state: &mut State, asking: bool, effects: &mut Vec<Effect>) {
    if state.leaving.is_some() {
        return effects.push(Effect::Leave);
    }
    state.leaving = Some(if asking { Leave::Asking } else { Leave::Plain });
    effects.push(Effect::Quit);
}

/// It is known whether what was typed is saved.
pub(super) fn leaving(state: &mut State, news: Leaving, effects: &mut Vec<Effect>) {
    match news {
        Leaving::Saving => state.tell(Notice::warning(
            "Saving what you typed takes a while. Quitting again leaves at once and puts it into a rescue file",
        )),
        Leaving::Saved => {
            let asks = state.leaving.take() == Some(Leave::Asking);
            let left = if asks { act::left_unsent(state) } else { Vec::new() };
            if left.is_empty() {
                return effects.push(Effect::Leave);
            }
            let question = format!("{}\nQuit?", left.join("\n"));
            raise(state, Overlay::Confirm(Confirm { question, yes: Box::new(Effect::Leave) }));
        }
        Leaving::NotSaved(not_saved) => {
            state.leaving = None;
            // what it says is in the window
            state.notice = None;
            raise(state, Overlay::Window(Box::new(LeavingWindow::new(*not_saved))));
        }
    }
}

/// Texts of an earlier run are back: where nothing else is written they go to their place, else a person decides.
pub(super) fn rescued(state: &mut State, texts: Vec<RescuedText>, effects: &mut Vec<Effect>) {
    let (mut back, mut edited, mut undecided) = (Vec::new(), Vec::new(), Vec::new());
    for mut rescued in texts {
        if let UnsentText::Draft { number, contact, .. } = &rescued.text
            && let Some(written) = state.composer.written(number, &contact.address)
        {
            // newer than what the cache has
            rescued.stored = Some(rescued.text.clone().with_text(written));
        }
        let stored = rescued.stored.as_ref().filter(|stored| !stored.is_empty());
        let is_there = stored.is_some_and(|stored| goes_on(&rescued.text, stored));
        // an editor was given just that, or it is in there from the first letter to the last
        let was_edited = rescued.before.is_some() && stored.map(UnsentText::text) == rescued.before.as_deref();
        let continues = was_edited || stored.is_some_and(|stored| goes_on(stored, &rescued.text));
        if is_there {
            effects.push(Effect::ForgetRescued(rescued.id));
        } else if is_in_a_window(state, &rescued.text) {
            undecided.push(rescued);
        } else if stored.is_none() || continues {
            let told = if rescued.before.is_some() { &mut edited } else { &mut back };
            told.push(whose(&rescued.text));
            put(state, &rescued, rescued.text.text().to_owned(), effects);
        } else {
            undecided.push(rescued);
        }
    }
    let mut said = Vec::new();
    if !back.is_empty() {
        said.push(format!("Not saved when mctui ended, and back now: {}", back.join(", ")));
    }
    if !edited.is_empty() {
        said.push(format!("In your editor when mctui was killed, and back now: {}", edited.join(", ")));
    }
    if !said.is_empty() {
        state.tell(Notice::warning(said.join(". ")));
    }
    if !undecided.is_empty() {
        raise(state, Overlay::Window(Box::new(RescuedWindow::new(undecided))));
    }
}

/// Whether nothing of one text is lost where the other takes its place: it is how the other begins.
fn goes_on(one: &UnsentText, other: &UnsentText) -> bool {
    let goes_to_them = match (one, other) {
        (UnsentText::Broadcast { broadcast: one, .. }, UnsentText::Broadcast { broadcast: other, .. }) => {
            let goes_to = |contact: &Contact| other.people.iter().any(|them| them.address == contact.address);
            one.sender == other.sender && one.people.iter().all(goes_to)
        }
        // of one thread both
        _ => true,
    };
    goes_to_them && other.text().starts_with(one.text())
}

/// Whether the window of a new message is open: what is written there would take the place of a message from before.
fn is_in_a_window(state: &State, text: &UnsentText) -> bool {
    let new_message =
        |overlay: &Overlay| matches!(overlay, Overlay::Window(window) if window.kind() == compose::NEW_MESSAGE);
    matches!(text, UnsentText::Broadcast { .. }) && state.overlays.iter().any(new_message)
}

/// Puts a rescued text where it belongs, and asks for it to be saved; its file goes after that.
fn put(state: &mut State, rescued: &RescuedText, text: String, effects: &mut Vec<Effect>) {
    match rescued.text.clone() {
        UnsentText::Draft { number, contact, .. } => {
            let over = rescued.stored.as_ref().map_or("", UnsentText::text);
            let draft = state.composer.restore(&number, contact, over, &text);
            compose::keep(state, Some(draft), effects);
        }
        UnsentText::Broadcast { begun, mut broadcast } => {
            broadcast.text = text;
            effects.push(Effect::SaveBroadcast { begun, broadcast });
        }
    }
    effects.push(Effect::ForgetRescued(rescued.id));
}

/// A person has decided about a rescued text.
pub(super) fn decide(state: &mut State, mut rescued: RescuedText, decision: Put, effects: &mut Vec<Effect>) {
    if let UnsentText::Draft { number, contact, .. } = &rescued.text
        && let Some(written) = state.composer.written(number, &contact.address)
    {
        rescued.stored = Some(rescued.text.clone().with_text(written));
    }
    let who = safe_line(&whose(&rescued.text));
    let text = rescued.text.text().to_owned();
    let said = match decision {
        Put::Below => {
            let stored = rescued.stored.as_ref().map_or("", UnsentText::text);
            let both = if stored.is_empty() { text } else { format!("{stored}\n{text}") };
            put(state, &rescued, both, effects);
            format!("Both are in one now: {who}")
        }
        Put::Instead => {
            put(state, &rescued, text, effects);
            format!("The text from before is back: {who}")
        }
        Put::Delete => {
            effects.push(Effect::ForgetRescued(rescued.id));
            format!("The text from before is deleted; what is there now stays: {who}")
        }
    };
    state.tell(Notice::info(said));
}

//! A message to someone: a number in any form, part of a contact's name, or several people, each of whom gets their own.

mod draw;
mod fields;
mod keeping;
mod people;
mod question;

use std::collections::HashMap;

use ratatui::layout::{Position, Rect};

use self::keeping::Keeping;
use self::people::{Offers, People};
use self::question::Question;
use super::Scene;
use super::filling::filled;
use super::numbers::Numbers;
use super::pad::Pad;
use super::reading::Reading;
use super::snippets::Snippets;
use super::window::{Pointer, Step, Window};
use crate::config::keymap::{Action, Context};
use crate::config::rescue::UnsentText;
use crate::model::phone;
use crate::model::text::safe_line;
use crate::model::{Address, Contact};
use crate::tui::message::{Effect, Msg, Notice, TerminalAsk, Typed};
use crate::tui::unsaved::InWindows;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;

/// Where the keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum On {
    #[default]
    To,
    From,
    Text,
}

/// The window.
#[derive(Debug, Default)]
pub(crate) struct NewMessage {
    to: Field,
    people: People,
    contacts: Vec<Contact>,
    reading: Reading,
    /// Which of our numbers a contact was last in touch with.
    last: HashMap<Address, Address>,
    offers: Offers,
    /// Our side, where a person chose it.
    from: Option<Address>,
    on: On,
    text: Pad,
    problem: Option<String>,
    question: Option<Question>,
    /// The text is in another editor.
    lent: bool,
    keeping: Keeping,
}

impl NewMessage {
    /// An empty window.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    fn offer(&mut self) {
        self.offers = Offers::of(self.to.text(), &self.contacts);
    }

    fn typed(&mut self) {
        self.problem = None;
        self.offer();
    }

    /// The one that is typed or chosen, if it can be written to.
    fn chosen(&mut self) -> Option<Contact> {
        match self.offers.chosen() {
            Some(contact) if contact.address.can_receive() => return Some(contact.clone()),
            Some(contact) => {
                let name = safe_line(&contact.title());
                self.problem = Some(format!("{name} is a sender's name and cannot be answered"));
            }
            None if phone::is_list(self.to.text()) => self.paste(""),
            None => self.problem = Address::parse(self.to.text()).err().map(|why| why.to_string()),
        }
        None
    }

    /// One more of several people.
    fn add(&mut self) {
        let Some(contact) = self.chosen() else { return };
        if !self.people.add(contact.clone()) {
            self.problem = Some(format!("{} is among them already", safe_line(&contact.title())));
        }
        self.to = Field::default();
        self.offer();
    }

    /// Adds the people of a list. What is refused stands in the field afterwards, to be corrected.
    fn paste(&mut self, text: &str) {
        let list = people::behind(self.to.text(), text, &self.contacts);
        let pasted = self.people.add_list(&list, &self.contacts);
        self.to = Field::new(pasted.refused());
        self.typed();
        self.problem = pasted.problem();
    }

    fn in_to(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        match action {
            Action::CursorDown | Action::CursorUp => self.offers.travel(action == Action::CursorDown),
            Action::Accept => return Some(self.accept(scene.numbers)),
            Action::DeleteBack if self.to.text().is_empty() => {
                self.people.pop();
            }
            _ => {
                let before = self.to.text().to_owned();
                if !self.to.edit(action) {
                    return None;
                }
                if self.to.text() != before {
                    self.typed();
                }
            }
        }
        Some(Vec::new())
    }

    fn accept(&mut self, numbers: &Numbers) -> Vec<Step> {
        let Some(number) = self.sender(numbers) else {
            self.problem = Some("there is no number to send from; add one in the settings".to_owned());
            return Vec::new();
        };
        let done = self.to.text().trim().is_empty() && !self.offers.was_travelled();
        let contact = match (self.people.len(), done) {
            // one may have come back from writing to several: the text stays
            (0, _) if self.text.text().is_empty() => self.chosen(),
            (1, true) if self.text.text().is_empty() => self.people.iter().next().cloned(),
            (_, true) if !self.people.is_empty() => {
                self.on = On::Text;
                None
            }
            _ => {
                self.add();
                None
            }
        };
        let Some(contact) = contact else { return Vec::new() };
        // it is a conversation from here on
        self.people = People::default();
        vec![Step::Close, Step::GoCompose, Step::Do(Effect::OpenThread { number, contact })]
    }

    fn in_from(&mut self, action: Action, numbers: &Numbers) -> Option<Vec<Step>> {
        match action {
            Action::CursorDown | Action::CursorRight => self.turn(numbers, 1),
            Action::CursorUp | Action::CursorLeft => self.turn(numbers, -1),
            Action::Accept => {
                self.on = if self.people.len() > 1 { On::Text } else { On::To };
                if self.on == On::To && !(self.people.is_empty() && self.to.text().trim().is_empty()) {
                    return Some(self.accept(numbers));
                }
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    fn in_text(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        match action {
            Action::Snippets => {
                let snippets = Snippets::new(self.text.text(), true);
                return Some(vec![Step::Raise(Box::new(snippets)), Step::Do(Effect::LoadSnippets)]);
            }
            Action::ExternalEditor => {
                self.lent = true;
                return Some(vec![Step::Do(Effect::Terminal(TerminalAsk::Edit(self.text.text().to_owned())))]);
            }
            _ => {}
        }
        if let Some(did) = self.text.act(action, scene.preferences.compose.emoji) {
            self.problem = None;
            return Some(did.notice.map(Step::Tell).into_iter().collect());
        }
        if action != Action::Accept {
            return None;
        }
        self.ask(scene);
        Some(Vec::new())
    }

    /// Puts the question, with all that is worth knowing before so many messages go out.
    fn ask(&mut self, scene: Scene<'_>) {
        let Some(number) = self.sender(scene.numbers) else {
            self.problem = Some("there is no number to send from; add one in the settings".to_owned());
            return;
        };
        if self.keeping.wait() {
            return;
        }
        if self.text.text().trim().is_empty() {
            self.problem = Some("There is nothing to send; write something first".to_owned());
            return;
        }
        if self.people.is_empty() {
            (self.on, self.problem) = (On::To, Some("It has nobody to go to; choose someone first".to_owned()));
            return;
        }
        let text = self.text.text();
        let fill = |contact: &Contact| filled(text, Some(contact), Some(&number), scene).text;
        let texts: Vec<(Contact, String)> =
            self.people.iter().map(|contact| (contact.clone(), fill(contact))).collect();
        self.question = Some(Question::of(number, texts, scene));
    }

    fn answer(&mut self, action: Action) -> Option<Vec<Step>> {
        match action {
            Action::Yes => {
                let Question { number, texts, .. } = self.question.take()?;
                let said = question::on_their_way(texts.len());
                // what can be asked about is kept
                let (begun, kept, then) = self.keeping.hand_over()?;
                let send = Effect::SendEach { begun, kept, number, texts, then };
                Some(vec![Step::Do(send), Step::Close, Step::Tell(Notice::info(said))])
            }
            Action::No => {
                self.question = None;
                Some(Vec::new())
            }
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        self.people.is_empty() && self.text.text().is_empty()
    }

    /// What a key does, before it is kept.
    fn acted(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        if self.question.is_some() {
            return self.answer(action);
        }
        let done = match self.on {
            // what is open over the text has the keys first
            On::Text if matches!(action, Action::Back | Action::Accept) => self.in_text(action, scene),
            _ => None,
        };
        if done.is_some() {
            return done;
        }
        match action {
            Action::NextPane => self.on = self.next(scene.numbers, false),
            Action::PreviousPane => self.on = self.next(scene.numbers, true),
            Action::Back => return Some(self.leave(scene)),
            Action::StartAfresh => return Some(self.start_afresh(scene)),
            _ => {
                return match self.on {
                    On::To => self.in_to(action, scene),
                    On::From => self.in_from(action, scene.numbers),
                    On::Text => self.in_text(action, scene),
                };
            }
        }
        Some(Vec::new())
    }

    fn inserted(&mut self, text: &str, scene: Scene<'_>) -> Vec<Step> {
        if self.on == On::Text {
            self.text.insert(text, scene.preferences.compose.emoji);
            return Vec::new();
        }
        self.on = On::To;
        let is_one = |text: &str| text.chars().nth(1).is_none();
        if !is_one(text) && phone::is_list(text) {
            self.paste(text);
        } else if is_one(text) && text.contains([',', ';', '\n', '\r']) {
            if !self.to.text().trim().is_empty() || self.offers.was_travelled() {
                self.add();
            }
        } else {
            self.to.insert(text.trim_end_matches(['\n', '\r']));
            self.typed();
        }
        Vec::new()
    }

    fn took(&mut self, msg: &Msg, scene: Scene<'_>) -> Vec<Step> {
        match msg {
            Msg::Contacts(contacts) => {
                self.contacts.clone_from(contacts);
                self.offers.renew(self.to.text(), &self.contacts);
                if self.reading.answered() {
                    return vec![Step::Do(Effect::LoadContacts)];
                }
            }
            Msg::Changed(_) => {
                let contacts = self.reading.changed().then_some(Effect::LoadContacts);
                return contacts.into_iter().chain(self.keeping.look_again()).map(Step::Do).collect();
            }
            Msg::Broadcast(unfinished) => self.come_back(unfinished.as_deref(), scene),
            Msg::LastNumbers(last) => self.last = last.iter().cloned().collect(),
            Msg::Edited(Typed(result)) if std::mem::take(&mut self.lent) => match result {
                Ok(text) => drop(self.text.become_text(text.strip_suffix('\n').unwrap_or(text))),
                Err(why) => {
                    let said = format!("{}; your text is as it was", safe_line(why));
                    return vec![Step::Tell(Notice::error(said))];
                }
            },
            _ => {}
        }
        Vec::new()
    }

    fn pointed(&mut self, pointer: Pointer, screen: Rect, scene: Scene<'_>) -> Vec<Step> {
        if self.question.is_some() {
            return Vec::new();
        }
        match pointer {
            Pointer::Wheel { down, .. } if self.on == On::To => self.offers.travel(down),
            Pointer::Wheel { .. } => {}
            Pointer::Click(at) => return self.click(screen, at, scene),
        }
        Vec::new()
    }
}

impl Window for NewMessage {
    fn kind(&self) -> &'static str {
        "new-message"
    }

    fn context(&self) -> Context {
        match (&self.question, self.on) {
            (Some(_), _) => Context::Confirm,
            (None, On::Text) => Context::Writing,
            (None, _) => Context::Form,
        }
    }

    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        let steps = self.acted(action, scene)?;
        Some(self.keep(steps, scene))
    }

    fn insert(&mut self, text: &str, scene: Scene<'_>) -> Vec<Step> {
        let steps = self.inserted(text, scene);
        self.keep(steps, scene)
    }

    fn take(&mut self, msg: &Msg, scene: Scene<'_>) -> Vec<Step> {
        let steps = self.took(msg, scene);
        self.keep(steps, scene)
    }

    fn mouse(&mut self, pointer: Pointer, screen: Rect, scene: Scene<'_>) -> Vec<Step> {
        let steps = self.pointed(pointer, screen, scene);
        self.keep(steps, scene)
    }

    fn has_unsent(&self) -> bool {
        !self.text.text().trim().is_empty()
    }

    fn unsaved(&self, scene: Scene<'_>) -> InWindows {
        self.not_handed_on(scene)
    }

    fn lent(&self, scene: Scene<'_>) -> Option<UnsentText> {
        if self.lent { self.as_unsent(scene) } else { None }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        self.paint(canvas, screen, scene)
    }
}

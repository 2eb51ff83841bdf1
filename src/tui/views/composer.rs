//! The compose box. Each (number, contact) has a text of its own, and what is typed into it goes nowhere else.

use std::collections::HashMap;

use ratatui::layout::{Position, Rect};

use super::pad::{Did, Pad};
use crate::config::keymap::Action;
use crate::config::rescue::UnsentText;
use crate::model::text::safe_line;
use crate::model::{Address, Contact};
use crate::tui::message::Ticket;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// Our side and the other side of a text.
pub(crate) type Desk = (Address, Address);

/// A text as it is to be kept: our side, the other side, all of it.
pub(crate) type Draft = (Address, Contact, String);

/// A warning as the box shows it.
pub(crate) fn warned(warning: &str) -> String {
    format!("! {warning}")
}

/// Texts being written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Composer {
    texts: HashMap<Desk, Writing>,
    /// The text in view.
    desk: Option<Desk>,
    contact: Option<Contact>,
    size: (usize, usize),
    /// The text that a person was asked about before sending it.
    asked: Option<(Desk, u64)>,
    /// The text that is in another editor, and whose it is.
    elsewhere: Option<(Address, Contact)>,
}

/// One text.
#[derive(Debug, Clone, Default)]
struct Writing {
    pad: Pad,
    /// Handed over, and not yet known to be in the outbox; oldest first.
    handed: Vec<(Ticket, Sent)>,
    /// A person changed or sent it here: no draft from the cache replaces it, because that may have been read before.
    touched: bool,
}

impl Writing {
    /// Whether nothing would be lost or come back with it gone.
    fn is_idle(&self) -> bool {
        self.handed.is_empty() && !self.touched && self.pad.text().is_empty()
    }
}

/// The body of a message on its way to the outbox; not for a `Debug`.
#[derive(Clone)]
struct Sent(String);

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sent(…)")
    }
}

/// Why a text is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nothing is open.
    NoThread,
    /// Nothing but blanks.
    Empty,
    /// The other side is a name, not a number.
    CannotReceive(String),
}

impl Refusal {
    /// For the status line.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::NoThread => "No conversation is open; choose one first".to_owned(),
            Self::Empty => "There is nothing to send; write something first".to_owned(),
            Self::CannotReceive(name) => {
                format!("{name} is a sender's name, not a number: it cannot be answered by SMS")
            }
        }
    }
}

impl Composer {
    /// Puts the text of a (number, contact) in view: the one written here before, else the draft.
    pub(crate) fn open(&mut self, number: &Address, contact: &Contact, draft: Option<&str>) {
        if let Some(left) = self.desk.take()
            && self.texts.get(&left).is_some_and(Writing::is_idle)
        {
            self.texts.remove(&left);
        }
        let desk = (number.clone(), contact.address.clone());
        let writing = self.texts.entry(desk.clone()).or_default();
        if writing.pad.text().is_empty() && draft.unwrap_or_default().is_empty() {
            // the cache agrees by now that nothing is left
            writing.touched = false;
        }
        if !writing.touched && writing.handed.is_empty() && draft.unwrap_or_default() != writing.pad.text() {
            writing.pad = Pad::new(draft.unwrap_or_default());
        }
        self.contact = Some(contact.clone());
        self.desk = Some(desk);
        self.fit();
    }

    /// Takes the text out of view.
    pub(crate) fn close(&mut self) {
        (self.desk, self.contact) = (None, None);
    }

    fn writing(&self) -> Option<&Writing> {
        self.texts.get(self.desk.as_ref()?)
    }

    fn writing_mut(&mut self) -> Option<&mut Writing> {
        self.texts.get_mut(self.desk.as_ref()?)
    }

    fn fit(&mut self) {
        let (width, height) = self.size;
        if let Some(writing) = self.writing_mut() {
            writing.pad.resize(width, height);
        }
    }

    /// What a change of the text asks to be kept.
    fn draft(&self) -> Option<Draft> {
        let (number, _) = self.desk.clone()?;
        Some((number, self.contact.clone()?, self.writing()?.pad.text().to_owned()))
    }

    fn changed(&mut self) -> Option<Draft> {
        self.writing_mut()?.touched = true;
        self.fit();
        self.draft()
    }

    /// The rows and columns there are for the text.
    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.size = (width.into(), height.into());
        self.fit();
    }

    /// Rows that the text would like at a width, or what is said before anything is written.
    pub(crate) fn wanted(&self, warning: Option<&str>) -> usize {
        let Some(writing) = self.writing() else { return 1 };
        match warning.filter(|_| self.is_blank()) {
            Some(warning) => sheet::wrapped([(warned(warning).as_str(), Ink::Warn)], self.width()).len().max(1),
            None => writing.pad.height(),
        }
    }

    fn width(&self) -> u16 {
        u16::try_from(self.size.0).unwrap_or(u16::MAX).max(1)
    }

    /// Whether nothing is written to somebody who can be written to.
    fn is_blank(&self) -> bool {
        self.text().is_empty() && self.contact.as_ref().is_some_and(|contact| contact.address.can_receive())
    }

    /// Types or pastes text in. Gives back the draft to keep.
    pub(crate) fn insert(&mut self, text: &str, emoji: bool) -> Option<Draft> {
        self.writing_mut()?.pad.insert(text, emoji);
        self.changed()
    }

    /// Puts a whole text in at the cursor, as one edit. Gives back the draft to keep.
    pub(crate) fn insert_whole(&mut self, text: &str, cursor: Option<usize>) -> Option<Draft> {
        self.writing_mut()?.pad.insert_whole(text, cursor);
        self.changed()
    }

    /// Does what a key asks of the text; `None` where it asks something else. Gives back the draft to keep, too.
    pub(crate) fn act(&mut self, action: Action, emoji: bool) -> Option<(Did, Option<Draft>)> {
        let did = self.writing_mut()?.pad.act(action, emoji)?;
        let draft = if did.changed { self.changed() } else { None };
        Some((did, draft))
    }

    /// Puts the cursor where a click points.
    pub(crate) fn click(&mut self, row: u16, column: u16) {
        if let Some(writing) = self.writing_mut() {
            writing.pad.click(row, column);
        }
    }

    /// Gives the text in view to another editor.
    pub(crate) fn lend(&mut self) -> Option<String> {
        let (number, contact, text) = self.draft()?;
        self.elsewhere = Some((number, contact));
        Some(text)
    }

    /// The other editor is done, with this text or with none. Gives back the draft to keep, which may be one of a
    /// conversation that is not in view any more; `None` where nothing was lent, or nothing has changed.
    pub(crate) fn give_back(&mut self, text: Option<&str>) -> Option<Draft> {
        let (number, contact) = self.elsewhere.take()?;
        let writing = self.texts.entry((number.clone(), contact.address.clone())).or_default();
        let text = text?;
        // editors end a file with a line break
        let text = if writing.pad.text().ends_with('\n') { text } else { text.strip_suffix('\n').unwrap_or(text) };
        if !writing.pad.become_text(text) {
            return None;
        }
        writing.touched = true;
        let draft = (number, contact, writing.pad.text().to_owned());
        self.fit();
        Some(draft)
    }

    /// Whether a text is in another editor.
    pub(crate) fn has_lent(&self) -> bool {
        self.elsewhere.is_some()
    }

    /// The text that is in another editor, as it was before.
    pub(crate) fn lent(&self) -> Option<UnsentText> {
        let (number, contact) = self.elsewhere.clone()?;
        let writing = self.texts.get(&(number.clone(), contact.address.clone()))?;
        Some(UnsentText::Draft { number, contact, text: writing.pad.text().to_owned() })
    }

    /// What was written here in a text, where anything was: newer than what the cache has.
    pub(crate) fn written(&self, number: &Address, contact: &Address) -> Option<String> {
        let writing = self.texts.get(&(number.clone(), contact.clone()))?;
        (writing.touched || !writing.handed.is_empty()).then(|| writing.pad.text().to_owned())
    }

    /// Puts a text of an earlier run in the place of `over`, which undo brings back. Gives back the draft to keep.
    pub(crate) fn restore(&mut self, number: &Address, contact: Contact, over: &str, text: &str) -> Draft {
        let writing = self.texts.entry((number.clone(), contact.address.clone())).or_default();
        if !writing.touched && writing.pad.text() != over {
            writing.pad = Pad::new(over);
        }
        writing.pad.become_text(text);
        writing.touched = true;
        self.fit();
        (number.clone(), contact, text.to_owned())
    }

    /// What is written in the text in view.
    pub(crate) fn text(&self) -> &str {
        self.writing().map_or("", |writing| writing.pad.text())
    }

    /// Whether anything anywhere here would be left unsent: written by now, or on its way to the outbox.
    pub(crate) fn has_unsent(&self) -> bool {
        let is_begun = |writing: &Writing| writing.touched && !writing.pad.text().trim().is_empty();
        !self.text().trim().is_empty()
            || self.texts.values().any(|writing| !writing.handed.is_empty() || is_begun(writing))
    }

    /// Whether a person says for the second time that this text is to go out as it is.
    pub(crate) fn insists(&mut self) -> bool {
        let asked = self.asked.take();
        asked.is_some() && asked == self.as_it_is()
    }

    /// A person is asked whether this text is to go out as it is.
    pub(crate) fn ask(&mut self) {
        self.asked = self.as_it_is();
    }

    /// The question is not before a person's eyes any more, or was answered by something else than yes.
    pub(crate) fn drop_question(&mut self) {
        self.asked = None;
    }

    fn as_it_is(&self) -> Option<(Desk, u64)> {
        self.writing().zip(self.desk.clone()).map(|(writing, desk)| (desk, writing.pad.revision()))
    }

    /// Selects the first blank of the text in view; gives back its name with the braces.
    pub(crate) fn select_blank(&mut self) -> Option<String> {
        self.writing_mut()?.pad.select_blank()
    }

    /// What the text in view costs.
    pub(crate) fn segments(&self) -> usize {
        self.writing().map_or(0, |writing| writing.pad.cost().segments())
    }

    /// Hands the text over: the box is free for the next one, and the text is kept until [`Composer::queued`] says that
    /// it is in the outbox.
    pub(crate) fn hand_over(&mut self, ticket: Ticket) -> Result<Draft, Refusal> {
        let draft = self.draft().ok_or(Refusal::NoThread)?;
        if !draft.1.address.can_receive() {
            return Err(Refusal::CannotReceive(safe_line(&draft.1.title())));
        }
        if draft.2.trim().is_empty() {
            return Err(Refusal::Empty);
        }
        let writing = self.writing_mut().ok_or(Refusal::NoThread)?;
        writing.handed.push((ticket, Sent(draft.2.clone())));
        writing.pad = Pad::default();
        writing.touched = true;
        self.asked = None;
        self.fit();
        Ok(draft)
    }

    /// The message is in the outbox. Gives back the desk and what is written there by now.
    pub(crate) fn queued(&mut self, ticket: Ticket) -> Option<(Desk, String)> {
        let desk = self.find(ticket)?;
        let writing = self.texts.get_mut(&desk)?;
        writing.handed.retain(|(handed, _)| *handed != ticket);
        let left = writing.pad.text().to_owned();
        Some((desk, left))
    }

    /// The message is not in the outbox: its text comes back, before what was written since. Gives back the desk and all
    /// that stands there.
    pub(crate) fn not_queued(&mut self, ticket: Ticket) -> Option<(Desk, String)> {
        let desk = self.find(ticket)?;
        let writing = self.texts.get_mut(&desk)?;
        let at = writing.handed.iter().position(|(handed, _)| *handed == ticket)?;
        let (_, Sent(mut text)) = writing.handed.remove(at);
        if !writing.pad.text().is_empty() {
            text.push('\n');
            text.push_str(writing.pad.text());
        }
        writing.pad = Pad::new(&text);
        if self.desk.as_ref() == Some(&desk) {
            self.fit();
        }
        Some((desk, text))
    }

    fn find(&self, ticket: Ticket) -> Option<Desk> {
        let handed = |writing: &Writing| writing.handed.iter().any(|(handed, _)| *handed == ticket);
        self.texts.iter().find(|(_, writing)| handed(writing)).map(|(desk, _)| desk.clone())
    }

    /// What the text in view costs, in so many columns; `key` replaces look-alikes. Nothing where nothing is written.
    pub(crate) fn meter(&self, room: usize, key: &str) -> String {
        let Some(writing) = self.writing() else { return String::new() };
        let handed = if writing.handed.is_empty() { "" } else { "… " };
        if writing.pad.text().is_empty() {
            return handed.trim_end().to_owned();
        }
        format!("{handed}{}", writing.pad.cost().words(room.saturating_sub(handed.chars().count()), key))
    }

    /// Paints the list of emoji, where it is open, over the row `below`.
    pub(crate) fn draw_offers(&self, canvas: &mut Canvas<'_>, body: Rect, below: Rect) {
        if let Some(writing) = self.writing() {
            writing.pad.draw_offers(canvas, body, below);
        }
    }

    /// How the meter looks, where so many segments are many.
    pub(crate) fn meter_ink(&self, many: usize) -> Ink {
        self.writing().map_or(Ink::Dim, |writing| writing.pad.cost().ink(many))
    }

    /// Paints the text; gives back where the cursor is. Before anything is written it says what speaks against texting.
    pub(crate) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        focused: bool,
        warning: Option<&str>,
    ) -> Option<Position> {
        let Some(writing) = self.writing() else {
            paint::put(canvas, area, 0, "Choose a conversation to write in", Ink::Dim);
            return None;
        };
        if let Some(warning) = warning.filter(|_| self.is_blank()) {
            sheet::fill(canvas, area, &sheet::wrapped([(warned(warning).as_str(), Ink::Warn)], area.width));
        } else if writing.pad.text().is_empty() && !focused {
            let text = if self.contact.as_ref().is_some_and(|contact| contact.address.can_receive()) {
                "Write an answer…"
            } else {
                "This sender cannot be answered"
            };
            paint::put(canvas, area, 0, text, Ink::Dim);
        }
        writing.pad.draw(canvas, area).filter(|_| focused)
    }
}

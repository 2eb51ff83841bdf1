//! The compose box. Each (number, contact) has a text of its own, and what is typed into it goes nowhere else.

use std::collections::HashMap;

use ratatui::layout::{Position, Rect};

use crate::config::keymap::Action;
use crate::model::segment::{Meter, measure};
use crate::model::text::safe_line;
use crate::model::{Address, Contact};
use crate::tui::message::Ticket;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::editor::Editor;
use crate::tui::widgets::paint::{self, Ink};

/// From segments on which a person is warned: carriers may refuse or cut longer ones.
pub(crate) const MANY_SEGMENTS: usize = 10;

/// Our side and the other side of a text.
pub(crate) type Desk = (Address, Address);

/// A text as it is to be kept: our side, the other side, all of it.
pub(crate) type Draft = (Address, Contact, String);

/// What an action did to the text.
#[derive(Clone)]
pub(crate) enum Edited {
    /// It is none of typing.
    No,
    /// The cursor moved at most.
    Same,
    /// Another text, to be kept.
    Changed(Option<Draft>),
}

/// Texts being written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Composer {
    texts: HashMap<Desk, Writing>,
    /// The text in view.
    desk: Option<Desk>,
    contact: Option<Contact>,
    meter: Option<Meter>,
    size: (usize, usize),
    /// Length of the long text that a person was asked about.
    asked_long: Option<usize>,
}

/// One text.
#[derive(Debug, Clone, Default)]
struct Writing {
    editor: Editor,
    /// Handed over, and not yet known to be in the outbox; oldest first.
    handed: Vec<(Ticket, Sent)>,
    /// A person changed or sent it here: no draft from the cache replaces it, because that may have been read before.
    touched: bool,
}

impl Writing {
    /// Whether nothing would be lost or come back with it gone.
    fn is_idle(&self) -> bool {
        self.handed.is_empty() && !self.touched && self.editor.text().is_empty()
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
        if writing.editor.text().is_empty() && draft.unwrap_or_default().is_empty() {
            // the cache agrees by now that nothing is left
            writing.touched = false;
        }
        if !writing.touched && writing.handed.is_empty() && draft.unwrap_or_default() != writing.editor.text() {
            writing.editor = Editor::new(draft.unwrap_or_default());
        }
        self.contact = Some(contact.clone());
        self.desk = Some(desk);
        self.fit();
    }

    /// Takes the text out of view.
    pub(crate) fn close(&mut self) {
        (self.desk, self.contact, self.meter) = (None, None, None);
    }

    fn writing(&self) -> Option<&Writing> {
        self.texts.get(self.desk.as_ref()?)
    }

    fn writing_mut(&mut self) -> Option<&mut Writing> {
        self.texts.get_mut(self.desk.as_ref()?)
    }

    fn fit(&mut self) {
        let (width, height) = self.size;
        let Some(writing) = self.writing_mut() else { return };
        writing.editor.resize(width, height);
        self.meter = self.writing().map(|writing| measure(writing.editor.text()));
    }

    /// What a change of the text asks to be kept.
    fn draft(&self) -> Option<Draft> {
        let (number, _) = self.desk.clone()?;
        Some((number, self.contact.clone()?, self.writing()?.editor.text().to_owned()))
    }

    fn changed(&mut self) -> Option<Draft> {
        self.asked_long = None;
        self.writing_mut()?.touched = true;
        self.fit();
        self.draft()
    }

    /// The rows and columns there are for the text.
    pub(crate) fn resize(&mut self, width: u16, height: u16) {
        self.size = (width.into(), height.into());
        if let Some(writing) = self.writing_mut() {
            writing.editor.resize(width.into(), height.into());
        }
    }

    /// Rows that the text would like at a width.
    pub(crate) fn wanted(&self) -> usize {
        self.writing().map_or(1, |writing| writing.editor.height())
    }

    /// Types text in. Gives back the draft to keep.
    pub(crate) fn insert(&mut self, text: &str) -> Option<Draft> {
        self.writing_mut()?.editor.insert(text);
        self.changed()
    }

    /// Edits by an action of typing.
    pub(crate) fn edit(&mut self, action: Action) -> Edited {
        match self.writing_mut().and_then(|writing| writing.editor.edit(action)) {
            None => Edited::No,
            Some(false) => Edited::Same,
            Some(true) => Edited::Changed(self.changed()),
        }
    }

    /// What is written in the text in view.
    pub(crate) fn text(&self) -> &str {
        self.writing().map_or("", |writing| writing.editor.text())
    }

    /// Whether anything anywhere here would be left unsent.
    pub(crate) fn has_unsent(&self) -> bool {
        !self.text().trim().is_empty() || self.texts.values().any(|writing| !writing.handed.is_empty())
    }

    /// Whether a person says for the second time that this long text is to go out as it is.
    pub(crate) fn insists(&mut self) -> bool {
        let said = self.writing().map(|writing| writing.editor.text().len());
        std::mem::replace(&mut self.asked_long, said) == said
    }

    /// What the text in view costs.
    pub(crate) fn segments(&self) -> usize {
        self.meter.map_or(0, |meter| meter.segments)
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
        writing.editor = Editor::default();
        writing.touched = true;
        self.asked_long = None;
        self.fit();
        Ok(draft)
    }

    /// The message is in the outbox. Gives back the desk and what is written there by now.
    pub(crate) fn queued(&mut self, ticket: Ticket) -> Option<(Desk, String)> {
        let desk = self.find(ticket)?;
        let writing = self.texts.get_mut(&desk)?;
        writing.handed.retain(|(handed, _)| *handed != ticket);
        let left = writing.editor.text().to_owned();
        Some((desk, left))
    }

    /// The message is not in the outbox: its text comes back, before what was written since. Gives back the desk and all
    /// that stands there.
    pub(crate) fn not_queued(&mut self, ticket: Ticket) -> Option<(Desk, String)> {
        let desk = self.find(ticket)?;
        let writing = self.texts.get_mut(&desk)?;
        let at = writing.handed.iter().position(|(handed, _)| *handed == ticket)?;
        let (_, Sent(mut text)) = writing.handed.remove(at);
        if !writing.editor.text().is_empty() {
            text.push('\n');
            text.push_str(writing.editor.text());
        }
        writing.editor = Editor::new(&text);
        if self.desk.as_ref() == Some(&desk) {
            self.fit();
        }
        Some((desk, text))
    }

    fn find(&self, ticket: Ticket) -> Option<Desk> {
        let handed = |writing: &Writing| writing.handed.iter().any(|(handed, _)| *handed == ticket);
        self.texts.iter().find(|(_, writing)| handed(writing)).map(|(desk, _)| desk.clone())
    }

    /// `25/70 ×1 “—”`: units, room, segments, and the character that made it expensive.
    pub(crate) fn meter(&self) -> String {
        let Some(meter) = self.meter else { return String::new() };
        let culprit = meter.culprit.map_or_else(String::new, |c| {
            let shown = safe_line(&c.to_string());
            if shown.is_empty() { format!(" U+{:04X}", c as u32) } else { format!(" “{shown}”") }
        });
        let handed = if self.writing().is_some_and(|writing| !writing.handed.is_empty()) { "… " } else { "" };
        format!("{handed}{}/{} ×{}{culprit}", meter.units, meter.capacity, meter.segments)
    }

    /// Paints the text; gives back where the cursor is.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, focused: bool) -> Option<Position> {
        let Some(writing) = self.writing() else {
            paint::put(canvas, area, 0, "Choose a conversation to write in", Ink::Dim);
            return None;
        };
        if writing.editor.text().is_empty() && !focused {
            let text = if self.contact.as_ref().is_some_and(|contact| contact.address.can_receive()) {
                "Write an answer…"
            } else {
                "This sender cannot be answered"
            };
            paint::put(canvas, area, 0, text, Ink::Dim);
        }
        writing.editor.draw(canvas, area).filter(|_| focused)
    }
}

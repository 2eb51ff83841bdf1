//! A message to someone: a number in any form, or part of a contact's name.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::layout::{Position, Rect};

use super::Scene;
use super::numbers::Numbers;
use crate::config::keymap::{Action, Context};
use crate::model::text::safe_line;
use crate::model::{Address, Contact};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::paint::{self, Ink};

/// Contacts offered at a time.
const OFFERED: usize = 50;

/// The window's state.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewMessage {
    to: Field,
    contacts: Vec<Contact>,
    offers: Vec<Contact>,
    at: usize,
    /// Our side.
    from: Option<Address>,
    on_from: bool,
    problem: Option<String>,
}

/// What the window comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Start {
    /// From which of our numbers.
    pub(crate) number: Address,
    /// To whom.
    pub(crate) contact: Contact,
}

impl NewMessage {
    /// An empty window.
    pub(crate) fn begin(&mut self, numbers: &Numbers) {
        let contacts = std::mem::take(&mut self.contacts);
        let from = numbers.sender().map(|number| number.address.clone());
        *self = Self { contacts, from, ..Self::default() };
        self.offer();
    }

    /// The contacts there are.
    pub(crate) fn take(&mut self, contacts: Vec<Contact>) {
        self.contacts = contacts;
        self.offer();
    }

    /// Types text in.
    pub(crate) fn insert(&mut self, text: &str) {
        self.on_from = false;
        self.to.insert(text);
        self.at = 0;
        self.problem = None;
        self.offer();
    }

    /// Keys other than plain typing. Gives back what to open once it is clear.
    pub(crate) fn update(&mut self, action: Action, numbers: &Numbers) -> Option<Start> {
        let several = numbers.all().nth(1).is_some();
        match action {
            Action::NextPane | Action::PreviousPane if several => self.on_from = !self.on_from,
            Action::CursorDown | Action::CursorRight if self.on_from => self.turn(numbers, 1),
            Action::CursorUp | Action::CursorLeft if self.on_from => self.turn(numbers, -1),
            Action::CursorDown => self.at = (self.at + 1).min(self.offers.len().saturating_sub(1)),
            Action::CursorUp => self.at = self.at.saturating_sub(1),
            Action::Accept => return self.accept(),
            _ if !self.on_from => {
                let before = self.to.text().to_owned();
                if self.to.edit(action) && self.to.text() != before {
                    self.at = 0;
                    self.problem = None;
                    self.offer();
                }
            }
            _ => {}
        }
        None
    }

    fn turn(&mut self, numbers: &Numbers, by: isize) {
        let all: Vec<&Address> = numbers.all().map(|number| &number.address).collect();
        let at = all.iter().position(|address| Some(*address) == self.from.as_ref()).unwrap_or(0);
        let at = at.checked_add_signed(by).unwrap_or(all.len().saturating_sub(1));
        self.from = all.get(at).or(all.first()).map(|address| (*address).clone());
    }

    fn accept(&mut self) -> Option<Start> {
        let Some(number) = self.from.clone() else {
            self.problem = Some("there is no number to send from; add one in the settings".to_owned());
            return None;
        };
        match self.offers.get(self.at) {
            Some(contact) if contact.address.can_receive() => {
                return Some(Start { number, contact: contact.clone() });
            }
            Some(contact) => {
                self.problem =
                    Some(format!("{} is a sender's name and cannot be answered", safe_line(&contact.title())));
            }
            None => self.problem = Address::parse(self.to.text()).err().map(|why| why.to_string()),
        }
        None
    }

    /// The typed number first, then contacts, the best match first.
    fn offer(&mut self) {
        self.offers.clear();
        let typed = self.to.text().trim();
        let number = Address::parse(typed).ok();
        if let Some(address) = number.clone().filter(Address::is_e164) {
            let name = self.contacts.iter().find(|contact| contact.address == address).and_then(|c| c.name.clone());
            self.offers.push(Contact { address, name });
        }
        let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut chars = Vec::new();
        let mut found: Vec<(u32, &Contact)> = self
            .contacts
            .iter()
            .filter(|contact| self.offers.first().is_none_or(|offer| offer.address != contact.address))
            .filter_map(|contact| {
                let by_digits = digits.len() >= 3 && contact.address.as_str().contains(&digits);
                let text = format!("{} {}", contact.title(), contact.address.display());
                let score = pattern.score(Utf32Str::new(&text, &mut chars), &mut matcher);
                score.or(by_digits.then_some(1)).map(|score| (score, contact))
            })
            .collect();
        // stable: among equals the one heard of last stays first
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        self.offers.extend(found.into_iter().take(OFFERED).map(|(_, contact)| contact.clone()));
        // a few digits are rather part of a number than a short code
        if let Some(address) = number.filter(|number| self.offers.iter().all(|offer| offer.address != *number)) {
            self.offers.push(Contact { address, name: None });
        }
    }

    /// Paints the window; gives back where the cursor is.
    pub(crate) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        screen: Rect,
        scene: Scene<'_>,
        numbers: &Numbers,
    ) -> Option<Position> {
        let area = paint::window(canvas, screen, 64, 16, "New message");
        let several = numbers.all().nth(1).is_some();
        let indent = 6.min(area.width);
        let field = Rect { x: area.x + indent, width: area.width - indent, ..area };
        paint::put(canvas, area, 0, "To", if self.on_from { Ink::Plain } else { Ink::Bold });
        let cursor = self.to.draw(canvas, field, 0, false);
        let from = self.from.as_ref().map_or_else(|| "no number".to_owned(), |from| numbers.title(from));
        let turn = scene.key(Context::Form, Action::NextPane);
        let hint = match (several, self.on_from) {
            (true, true) => " (arrows choose)".to_owned(),
            (true, false) => format!(" ({turn} to change)"),
            _ => String::new(),
        };
        paint::put(canvas, area, 1, "From", if self.on_from { Ink::Bold } else { Ink::Plain });
        paint::put(canvas, Rect { height: area.height.min(2), ..field }, 1, &format!("{from}{hint}"), Ink::Plain);
        let list = Rect { y: area.y + 3.min(area.height), height: area.height.saturating_sub(3), ..area };
        if let Some(problem) = &self.problem {
            for (row, (line, ink)) in
                (2..).zip(crate::tui::widgets::sheet::wrapped([(problem.as_str(), Ink::Bad)], area.width))
            {
                paint::put(canvas, area, row, &line, ink);
            }
            return cursor.filter(|_| !self.on_from);
        }
        if self.offers.is_empty() && !self.to.text().trim().is_empty() {
            paint::put(canvas, list, 0, "No contact like that; a number needs ten digits, or + before it", Ink::Dim);
        }
        let first = (self.at + 1).saturating_sub(list.height.into());
        for (row, (at, contact)) in (0..list.height).zip(self.offers.iter().enumerate().skip(first)) {
            let number = safe_line(&contact.address.display());
            let (name, number) = match &contact.name {
                Some(name) => (safe_line(name), number),
                None => (number, String::new()),
            };
            paint::put_both(canvas, list, row, (&format!(" {name}"), Ink::Plain), (&number, Ink::Dim));
            if at == self.at && !self.on_from {
                paint::tint(canvas, list, row, Ink::Selected);
            }
        }
        cursor.filter(|_| !self.on_from)
    }
}

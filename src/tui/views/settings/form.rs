//! The forms: a number, the account, a set-up file. Each field says what is wrong with it while it is typed.

use std::path::PathBuf;

use ratatui::layout::{Position, Rect};

use crate::config::edit::Change;
use crate::config::keymap::{Action, Context};
use crate::config::{BaseUrl, Config, NumberEntry, Origin, Secret};
use crate::model::Address;
use crate::tui::views::Scene;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One of our numbers.
    Number,
    /// The account.
    Account,
    /// A set-up file.
    Import,
}

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Phone,
    Label,
    Key,
    BaseUrl,
    ApiKey,
    UserKey,
    Path,
}

impl Slot {
    fn title(self) -> &'static str {
        match self {
            Self::Phone => "Number",
            Self::Label => "Label",
            Self::Key => "Key",
            Self::BaseUrl => "Base URL",
            Self::ApiKey => "API key",
            Self::UserKey => "User key",
            Self::Path => "File",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Phone => "such as (202) 555-0101",
            Self::Label => "what your staff call it; may be empty",
            Self::Key => "this number's own key; empty where the account's keys serve",
            Self::BaseUrl => "where MightyCall answers; empty for the usual address",
            Self::ApiKey => "the account's API key; empty where each number has its own key alone",
            Self::UserKey => "the account's user key (also called secret key); may be empty",
            Self::Path => "a set-up JSON file, such as ~/numbers.json",
        }
    }

    fn is_secret(self) -> bool {
        matches!(self, Self::Key | Self::ApiKey | Self::UserKey)
    }

    /// What is wrong with a text in this field.
    fn problem(self, text: &str, others: &[Address]) -> Option<String> {
        let empty = text.trim().is_empty();
        match self {
            Self::Phone => match Address::parse(text) {
                Err(why) => Some(why.to_string()),
                Ok(address) if !address.is_e164() => {
                    Some(format!("{address} is a short code; a business number is a full number"))
                }
                Ok(address) if others.contains(&address) => Some(format!("{} is there already", address.display())),
                Ok(_) => None,
            },
            Self::Label => text.chars().any(char::is_control).then(|| "a label is one line of text".to_owned()),
            Self::BaseUrl if !empty => BaseUrl::parse(text).err().map(|why| why.to_string()),
            Self::Key | Self::ApiKey | Self::UserKey if !empty => Secret::parse(text).err().map(|why| why.to_string()),
            Self::Path if empty => Some("no file is given".to_owned()),
            _ => None,
        }
    }
}

/// A form being filled in.
#[derive(Debug, Clone)]
pub(super) struct Form {
    kind: Kind,
    fields: Vec<(Slot, Field, Field)>,
    at: usize,
    shown: bool,
    /// Errors of fields not touched yet are kept back until someone wants to save.
    tried: bool,
    /// The number being changed.
    original: Option<NumberEntry>,
    others: Vec<Address>,
    /// Keys that are not in the file: where they are. Their fields begin empty, and what is typed there replaces them.
    elsewhere: Vec<(Slot, Origin)>,
    refused: Option<String>,
}

/// A form that is filled in rightly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filled {
    /// A number.
    Number {
        /// The address it had, where that has changed.
        replaces: Option<Address>,
        /// What it is now, without its key.
        entry: NumberEntry,
        /// What becomes of its key.
        key: Change<Secret>,
    },
    /// The account.
    Account {
        /// Where the service answers.
        base_url: Change<String>,
        /// Account API key.
        api_key: Change<Secret>,
        /// User key.
        user_key: Change<Secret>,
    },
    /// A set-up file.
    Import(PathBuf),
}

impl Form {
    /// A form with what is set now.
    pub(super) fn new(kind: Kind, config: &Config, entry: Option<&NumberEntry>) -> Self {
        let in_file = |secret: &&Secret| secret.origin().elsewhere().is_none();
        let secret = |secret: Option<&Secret>| {
            secret.filter(in_file).map_or_else(String::new, |secret| secret.expose().to_owned())
        };
        let keys = match kind {
            Kind::Number => vec![(Slot::Key, entry.and_then(|entry| entry.key.as_ref()))],
            Kind::Account => {
                vec![(Slot::ApiKey, config.account.api_key.as_ref()), (Slot::UserKey, config.account.user_key.as_ref())]
            }
            Kind::Import => Vec::new(),
        };
        let elsewhere = keys.into_iter().filter_map(|(slot, key)| Some((slot, key.filter(|key| !in_file(key))?)));
        let elsewhere = elsewhere.map(|(slot, key)| (slot, key.origin().clone())).collect();
        let slots = match kind {
            Kind::Number => vec![
                (Slot::Phone, entry.map_or_else(String::new, |entry| entry.address.display())),
                (Slot::Label, entry.and_then(|entry| entry.label.clone()).unwrap_or_default()),
                (Slot::Key, secret(entry.and_then(|entry| entry.key.as_ref()))),
            ],
            Kind::Account => vec![
                (Slot::ApiKey, secret(config.account.api_key.as_ref())),
                (Slot::UserKey, secret(config.account.user_key.as_ref())),
                (Slot::BaseUrl, config.account.base_url.as_str().to_owned()),
            ],
            Kind::Import => vec![(Slot::Path, String::new())],
        };
        let others = config.numbers.iter().map(|number| &number.address);
        Self {
            kind,
            fields: slots.into_iter().map(|(slot, text)| (slot, Field::new(text.clone()), Field::new(text))).collect(),
            at: 0,
            shown: false,
            tried: false,
            original: entry.cloned(),
            others: others.filter(|address| entry.is_none_or(|entry| entry.address != **address)).cloned().collect(),
            elsewhere,
            refused: None,
        }
    }

    fn origin(&self, slot: Slot) -> Option<&Origin> {
        self.elsewhere.iter().find(|(other, _)| *other == slot).map(|(_, origin)| origin)
    }

    /// What a field is for, or where its key is.
    fn hint(&self, slot: Slot) -> String {
        let origin = self.origin(slot);
        match (origin, origin.and_then(Origin::elsewhere)) {
            (Some(Origin::Environment(_)), Some(place)) => {
                format!("comes from {place}, which wins over what is typed here")
            }
            (_, Some(place)) => format!("comes from {place}; a key typed here goes into the file and takes its place"),
            _ => slot.hint().to_owned(),
        }
    }

    /// Its title.
    pub(super) fn title(&self) -> &'static str {
        match (self.kind, &self.original) {
            (Kind::Number, None) => "Add a number",
            (Kind::Number, Some(_)) => "Change a number",
            (Kind::Account, _) => "Account",
            (Kind::Import, _) => "Import a set-up file",
        }
    }

    /// Whether something was typed.
    pub(super) fn is_touched(&self) -> bool {
        self.fields.iter().any(|(_, field, before)| field.text() != before.text())
    }

    /// It could not be saved.
    pub(super) fn refuse(&mut self, why: String) {
        self.refused = Some(why);
    }

    /// Types text in.
    pub(super) fn insert(&mut self, text: &str) {
        self.refused = None;
        if let Some((_, field, _)) = self.fields.get_mut(self.at) {
            // a line break at the end is how copied keys come
            field.insert(text.trim_end_matches(['\n', '\r']));
        }
    }

    /// Keys other than plain typing.
    pub(super) fn update(&mut self, action: Action) {
        let count = self.fields.len();
        match action {
            Action::NextPane | Action::CursorDown => self.at = (self.at + 1) % count,
            Action::PreviousPane | Action::CursorUp => self.at = (self.at + count - 1) % count,
            Action::ShowKeys => self.shown = !self.shown,
            _ => {
                self.refused = None;
                self.fields[self.at].1.edit(action);
            }
        }
    }

    fn text(&self, slot: Slot) -> &str {
        self.fields.iter().find(|(other, ..)| *other == slot).map_or("", |(_, field, _)| field.text())
    }

    /// What becomes of a key: only what was typed over is changed.
    fn secret(&self, slot: Slot) -> Change<Secret> {
        let Some((_, field, before)) = self.fields.iter().find(|(other, ..)| *other == slot) else {
            return Change::Keep;
        };
        match Secret::parse(field.text()) {
            _ if field.text() == before.text() => Change::Keep,
            Ok(secret) => match self.origin(slot) {
                // the hint said what would go
                Some(Origin::Command(_) | Origin::Keyring(_)) => Change::Replace(secret),
                _ => Change::Set(secret),
            },
            // nothing was in the field: blanks take nothing away
            Err(_) if self.origin(slot).is_some() => Change::Keep,
            Err(_) => Change::Clear,
        }
    }

    /// Takes what is typed, where all of it is right; else goes to the first field that is not.
    pub(super) fn accept(&mut self) -> Option<Filled> {
        self.tried = true;
        let wrong = |(slot, field, _): &(Slot, Field, Field)| slot.problem(field.text(), &self.others).is_some();
        if let Some(at) = self.fields.iter().position(wrong) {
            self.at = at;
            return None;
        }
        Some(match self.kind {
            Kind::Number => {
                let address = Address::parse(self.text(Slot::Phone)).ok()?;
                let label = Some(self.text(Slot::Label).trim().to_owned()).filter(|label| !label.is_empty());
                let original = self.original.as_ref();
                Filled::Number {
                    replaces: original.map(|entry| entry.address.clone()).filter(|before| *before != address),
                    entry: NumberEntry {
                        address,
                        label,
                        key: None,
                        is_default: original.is_some_and(|entry| entry.is_default),
                    },
                    key: self.secret(Slot::Key),
                }
            }
            Kind::Account => {
                let (_, field, before) = self.fields.iter().find(|(slot, ..)| *slot == Slot::BaseUrl)?;
                let base_url = match BaseUrl::parse(field.text()) {
                    _ if field.text() == before.text() => Change::Keep,
                    Ok(url) => Change::Set(url.as_str().to_owned()),
                    Err(_) => Change::Clear,
                };
                Filled::Account { base_url, api_key: self.secret(Slot::ApiKey), user_key: self.secret(Slot::UserKey) }
            }
            Kind::Import => Filled::Import(PathBuf::from(self.text(Slot::Path).trim())),
        })
    }

    /// Paints the form; gives back where the cursor is.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        scene: Scene<'_>,
        busy: Option<&str>,
    ) -> Option<Position> {
        let mut cursor = None;
        // where there is no room for every field with its words, the current one comes first
        let mut row = 0;
        let said = match (busy, &self.refused) {
            (Some(busy), _) => Some((busy, Ink::Dim)),
            (None, Some(refused)) => Some((refused.as_str(), Ink::Bad)),
            (None, None) => None,
        };
        let said = said.map(|(text, ink)| sheet::wrapped([(&*crate::model::text::safe_text(text), ink)], area.width));
        let roomy = usize::from(area.height) >= self.fields.len() * 3 + 2;
        let left =
            |row: u16| Rect { y: area.y + row.min(area.height), height: area.height.saturating_sub(row), ..area };
        // a small screen may cut the end, and this must be read
        if let Some(said) = said.as_ref().filter(|_| !roomy) {
            row += sheet::fill(canvas, left(row), said);
        }
        let indent = 10.min(area.width / 3);
        let first = if roomy { 0 } else { self.at };
        for (at, (slot, field, before)) in self.fields.iter().enumerate().skip(first) {
            let current = at == self.at;
            paint::put(canvas, area, row, slot.title(), if current { Ink::Bold } else { Ink::Plain });
            let inside = Rect { x: area.x + indent, width: area.width - indent, ..area };
            let masked = slot.is_secret() && !self.shown;
            if current {
                cursor = field.draw(canvas, inside, row, masked);
            } else {
                field.rest(canvas, inside, row, masked);
            }
            row += 1;
            if !roomy && !current {
                continue;
            }
            let touched = self.tried || field.text() != before.text();
            let problem = slot.problem(field.text(), &self.others).filter(|_| touched);
            let (text, ink) = match problem {
                Some(problem) => (problem, Ink::Bad),
                None => (self.hint(*slot), Ink::Dim),
            };
            // the fields below stay in view
            let kept = if roomy { 0 } else { u16::try_from(self.fields.len() - at - 1).unwrap_or(0) };
            let below = left(row);
            let words = Rect { x: inside.x, width: inside.width, height: below.height.saturating_sub(kept), ..below };
            row += sheet::fill(canvas, words, &sheet::wrapped([(text.as_str(), ink)], words.width));
            row += u16::from(roomy);
        }
        let keys = format!(
            "{} saves   {} next field   {} shows keys   {} leaves it",
            scene.key(Context::Form, Action::Accept),
            scene.key(Context::Form, Action::NextPane),
            scene.key(Context::Form, Action::ShowKeys),
            scene.key(Context::Form, Action::Back),
        );
        let keys = sheet::wrapped([(keys.as_str(), Ink::Dim)], area.width);
        sheet::fill(canvas, left(row), said.as_ref().filter(|_| roomy).unwrap_or(&keys));
        cursor
    }
}

//! The page of the keys: the account's two, or a number with its own.

use crate::config::Secret;
use crate::config::keymap::Action;
use crate::model::Address;
use crate::tui::message::SetUpKeys;
use crate::tui::widgets::field::Field;

/// What a field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Api,
    User,
    Phone,
    Number,
    Keyring,
}

impl Slot {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Api => "API key",
            Self::User => "User key",
            Self::Phone => "Number",
            Self::Number => "Its own key",
            Self::Keyring => "Keep them in",
        }
    }

    pub(super) fn hint(self) -> &'static str {
        match self {
            Self::Api => "the account's, from MightyCall's page for API access",
            Self::User => "also called secret key; beside the API key, or in the profile of a user",
            Self::Phone => "only where a number has a key of its own, or is not found by itself",
            Self::Number => "a number's own key; empty where the account's serve",
            Self::Keyring => "Space switches; the keyring asks for your password when it is locked",
        }
    }

    pub(super) fn is_secret(self) -> bool {
        matches!(self, Self::Api | Self::User | Self::Number)
    }
}

/// The fields.
#[derive(Debug, Default)]
pub(super) struct Keys {
    api: Field,
    user: Field,
    phone: Field,
    number: Field,
    /// Whether they go into the keyring; `None` where there is none.
    pub(super) keyring: Option<bool>,
    at: usize,
    /// Shown in clear text.
    pub(super) shown: bool,
}

impl Keys {
    /// The fields in their order, with the one that is written in marked.
    pub(super) fn slots(&self) -> impl Iterator<Item = (Slot, bool)> + '_ {
        let all = [Slot::Api, Slot::User, Slot::Phone, Slot::Number, Slot::Keyring];
        let count = if self.keyring.is_some() { 5 } else { 4 };
        all.into_iter().take(count).enumerate().map(|(at, slot)| (slot, at == self.at))
    }

    fn slot(&self) -> Slot {
        self.slots().find(|(_, current)| *current).map_or(Slot::Api, |(slot, _)| slot)
    }

    /// What is in a field.
    pub(super) fn field(&self, slot: Slot) -> Option<&Field> {
        Some(match slot {
            Slot::Api => &self.api,
            Slot::User => &self.user,
            Slot::Phone => &self.phone,
            Slot::Number => &self.number,
            Slot::Keyring => return None,
        })
    }

    fn current(&mut self) -> Option<&mut Field> {
        Some(match self.slot() {
            Slot::Api => &mut self.api,
            Slot::User => &mut self.user,
            Slot::Phone => &mut self.phone,
            Slot::Number => &mut self.number,
            Slot::Keyring => return None,
        })
    }

    pub(super) fn is_first(&self) -> bool {
        self.at == 0
    }

    /// There is a keyring, or none: where there is one, keys are safer there.
    pub(super) fn offer_keyring(&mut self, there: bool) {
        self.keyring = if there { self.keyring.or(Some(true)) } else { None };
    }

    pub(super) fn insert(&mut self, text: &str) {
        if let Some(field) = self.current() {
            field.insert(text);
        } else if text == " " {
            self.keyring = self.keyring.map(|on| !on);
        }
    }

    pub(super) fn edit(&mut self, action: Action) {
        let count = self.slots().count();
        match action {
            Action::NextPane | Action::CursorDown => self.at = (self.at + 1) % count,
            Action::PreviousPane | Action::CursorUp => self.at = self.at.saturating_sub(1),
            Action::ShowKeys => self.shown = !self.shown,
            _ => drop(self.current().map(|field| field.edit(action))),
        }
    }

    /// What is typed, where it is enough to begin with; else what is missing, and the field where it belongs.
    pub(super) fn accept(&mut self) -> Result<SetUpKeys, String> {
        let mut wrong = |at: usize, why: String| {
            self.at = at;
            Err(why)
        };
        let empty = |field: &Field| field.text().trim().is_empty();
        let secret = |field: &Field| match field.text() {
            text if text.trim().is_empty() => Ok(None),
            text => Secret::parse(text).map(Some).map_err(|why| why.to_string()),
        };
        let api = match secret(&self.api) {
            Ok(api) => api,
            Err(why) => return wrong(0, why),
        };
        let user = match secret(&self.user) {
            Ok(user) => user,
            Err(why) => return wrong(1, why),
        };
        let key = match secret(&self.number) {
            Ok(key) => key,
            Err(why) => return wrong(3, why),
        };
        let number = match Address::parse(self.phone.text()) {
            _ if empty(&self.phone) => None,
            Ok(address) if address.is_e164() => Some(address),
            Ok(address) => return wrong(2, format!("{address} is a short code; a business number is a full number")),
            Err(why) => return wrong(2, why.to_string()),
        };
        if api.is_none() && user.is_some() {
            return wrong(0, "a user key goes with the account's API key; type that too".to_owned());
        }
        if key.is_some() && number.is_none() {
            return wrong(2, "which number is this the key of? Type the number, too".to_owned());
        }
        if api.is_none() && key.is_none() {
            return wrong(0, "type the account's API key and user key, or a number with its own key".to_owned());
        }
        if user.is_none() && key.is_none() {
            return wrong(
                1,
                "the API key alone does not sign in: type the user key, or a number with its key".to_owned(),
            );
        }
        Ok(SetUpKeys { api, user, number, key, keyring: self.keyring == Some(true) })
    }
}

//! The other party of a journal record: its address, the names that the account's contacts have for it, and how the account
//! sorts it (`mightycall-api.md`, section 7, grade A).

use serde::Deserialize;
use serde_json::Value;

use super::super::wire::{Maybe, Party, Text, Who};
use crate::model::CallerKind;

/// `client`: a party with more beside it. Keys are plain.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Client(Value);

#[derive(Debug, Default, Deserialize)]
struct Fields {
    #[serde(default)]
    callerkind: Maybe<String>,
    #[serde(default)]
    resolvedcontacts: Maybe<Vec<Maybe<Resolved>>>,
    #[serde(default)]
    resolvedexternalcontacts: Maybe<Vec<Maybe<External>>>,
    #[serde(default)]
    latestresolvedexternalcontact: Maybe<External>,
}

/// A contact of the account.
#[derive(Debug, Deserialize)]
struct Resolved {
    #[serde(default)]
    firstname: Maybe<Text>,
    #[serde(default)]
    patronymic: Maybe<Text>,
    #[serde(default)]
    lastname: Maybe<Text>,
    #[serde(default)]
    state: Maybe<String>,
}

impl Resolved {
    fn name(self) -> Option<String> {
        if self.state.get().is_some_and(|state| state.trim().eq_ignore_ascii_case("deleted")) {
            return None;
        }
        let parts: Vec<String> =
            [self.firstname, self.patronymic, self.lastname].into_iter().filter_map(Maybe::trimmed).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// A contact of a system that the account is linked with.
#[derive(Debug, Deserialize)]
struct External {
    #[serde(default)]
    fullname: Maybe<Text>,
}

impl Client {
    /// Who it is, by the name that a contact of the account has, else a linked system, else the record itself; and how the
    /// account sorts it.
    pub(super) fn read(self) -> (Who, Option<CallerKind>) {
        let fields = Fields::deserialize(&self.0).unwrap_or_default();
        let who = Maybe::<Party>::deserialize(self.0).unwrap_or_default().get().map(Party::who).unwrap_or_default();
        let contacts = fields.resolvedcontacts.get().into_iter().flatten().filter_map(Maybe::get);
        let external = fields.resolvedexternalcontacts.get().into_iter().flatten();
        let external = external.chain([fields.latestresolvedexternalcontact]).filter_map(Maybe::get);
        let name = (contacts.into_iter().find_map(Resolved::name))
            .or_else(|| external.into_iter().find_map(|external| external.fullname.trimmed()))
            .or(who.name);
        (Who { name, ..who }, fields.callerkind.get().and_then(|word| caller(&word)))
    }
}

fn caller(word: &str) -> Option<CallerKind> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "default" => CallerKind::Default,
        "vip" => CallerKind::Vip,
        "blocked" => CallerKind::Blocked,
        _ => return None,
    })
}

//! What questions to the journal carry beside the filters, and what this account refuses of it.
//!
//! An unknown parameter is a 400 and not ignored (`mightycall-api.md`, section 7, grade A), and an older edition may not know
//! all of them. What can be done without is left out from then on, also in later runs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Memory;
use super::error::Error;
use super::routes::SchemeName;

/// What a question to the journal carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JournalOptions {
    /// `resolveContacts=true`: the contacts' names.
    pub(super) resolve_contacts: bool,
    /// `showUsers=true`: who of the staff took part.
    pub(super) show_users: bool,
    /// `type=Message,MessageThread` and not `Message` alone.
    pub(super) threads: bool,
}

impl Default for JournalOptions {
    fn default() -> Self {
        Self { resolve_contacts: true, show_users: true, threads: true }
    }
}

const RESOLVE_CONTACTS: &str = "resolveContacts";
const SHOW_USERS: &str = "showUsers";
const THREADS: &str = "MessageThread";

impl JournalOptions {
    /// The same without what is refused here; equal where the refusal is about something else.
    fn without_refused(self, error: &Error) -> Self {
        // an older edition may have no code to say it with
        let may_be_about_parameters = error.code().is_none_or(|code| code == "FilterParamsMalformed");
        if error.status() != Some(400) || !may_be_about_parameters {
            return self;
        }
        let named = error.unsupported_filters().iter().chain(error.objected_fields());
        let named: Vec<String> = named.map(|name| name.to_ascii_lowercase()).collect();
        let words = error.words().unwrap_or_default().to_ascii_lowercase();
        // where no parameter is named, the words may name one
        let is_named = |name: &str| {
            let name = name.to_ascii_lowercase();
            if named.is_empty() { words.contains(&name) } else { named.contains(&name) }
        };
        let type_refused = is_named("type") && (words.contains("messagethread") || !named.is_empty());
        Self {
            resolve_contacts: self.resolve_contacts && !is_named(RESOLVE_CONTACTS),
            show_users: self.show_users && !is_named(SHOW_USERS),
            threads: self.threads && !(is_named(THREADS) || type_refused),
        }
    }

    /// As remembered: `without resolveContacts, MessageThread`.
    fn written(self) -> String {
        let refused: Vec<&str> =
            [(self.resolve_contacts, RESOLVE_CONTACTS), (self.show_users, SHOW_USERS), (self.threads, THREADS)]
                .into_iter()
                .filter_map(|(taken, name)| (!taken).then_some(name))
                .collect();
        format!("without {}", refused.join(", "))
    }

    fn read(written: &str) -> Self {
        let refused = |name| written.split([' ', ',']).any(|word| word == name);
        Self {
            resolve_contacts: !refused(RESOLVE_CONTACTS),
            show_users: !refused(SHOW_USERS),
            threads: !refused(THREADS),
        }
    }
}

/// What each scheme's account takes, in memory and, through [`Memory`], across runs.
pub(super) struct JournalMemory {
    memory: Arc<dyn Memory>,
    known: Mutex<HashMap<SchemeName, JournalOptions>>,
}

impl JournalMemory {
    /// Starts from what earlier runs remembered.
    pub(super) fn new(memory: Arc<dyn Memory>) -> Self {
        let routes = memory.routes();
        let known = SchemeName::ALL.into_iter().filter_map(|scheme| {
            let (_, written) = routes.iter().find(|(name, _)| *name == key(scheme))?;
            Some((scheme, JournalOptions::read(written)))
        });
        Self { known: Mutex::new(known.collect()), memory }
    }

    pub(super) fn options(&self, scheme: SchemeName) -> JournalOptions {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&scheme).copied().unwrap_or_default()
    }

    /// Leaves out from now on what this error refuses of the question that `asked` went with. Gives back whether there is
    /// something to ask again without.
    pub(super) fn note_refusal(&self, scheme: SchemeName, asked: JournalOptions, error: &Error) -> bool {
        let without = asked.without_refused(error);
        if without == asked {
            return false;
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.insert(scheme, without) != Some(without) {
            drop(known);
            tracing::info!(options = without.written(), "the journal does not take all that it was asked with");
            self.memory.remember(&key(scheme), &without.written());
        }
        true
    }
}

fn key(scheme: SchemeName) -> String {
    format!("journal options/{}", scheme.name())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;
    use crate::api::offline;

    const ALL: (bool, bool, bool) = (true, true, true);

    #[rstest]
    #[case::contacts(json!({"errorCode": "FilterParamsMalformed", "message": "No.",
        "data": {"unsupportedFilters": ["resolveContacts"]}}), (false, true, true))]
    #[case::two(json!({"errorCode": "FilterParamsMalformed", "message": "No.",
        "data": {"unsupportedFilters": ["ResolveContacts", "showusers"]}}), (false, false, true))]
    #[case::thread_by_name(json!({"errorCode": "FilterParamsMalformed", "message": "No.",
        "data": {"unsupportedFilters": ["MessageThread"]}}), (true, true, false))]
    #[case::type_by_name(json!({"errorCode": "FilterParamsMalformed", "message": "No.",
        "data": {"unsupportedFilters": ["type"]}}), (true, true, false))]
    #[case::thread_in_words(json!({"errorCode": "FilterParamsMalformed",
        "message": "The value 'MessageThread' of type is not valid."}), (true, true, false))]
    #[case::plain_words(json!({"message": "The value 'message,messagethread' is not valid for type."}), (true, true, false))]
    #[case::model(json!({"message": "The request is invalid.", "modelState": {"model.type": ["no"]}}), (true, true, false))]
    #[case::others(json!({"errorCode": "FilterParamsMalformed", "message": "No.",
        "data": {"unsupportedFilters": ["businessNumber", "from", "to", "page", "pageSize", "phone"]}}), ALL)]
    #[case::plain_and_silent(json!({"message": "The request is invalid."}), ALL)]
    #[case::nothing_named(json!({"errorCode": "FilterParamsMalformed", "message": "Some filters are malformed."}), ALL)]
    #[case::another_code(json!({"errorCode": "AccessDenied", "message": "resolveContacts"}), ALL)]
    fn leaves_out_what_is_refused(#[case] body: Value, #[case] expected: (bool, bool, bool)) {
        let error = offline::error(400, body.to_string().as_bytes());
        let left = JournalOptions::default().without_refused(&error);
        assert_eq!((left.resolve_contacts, left.show_users, left.threads), expected);
    }

    #[test]
    fn reads_what_it_wrote() {
        for resolve_contacts in [true, false] {
            for show_users in [true, false] {
                for threads in [true, false] {
                    let options = JournalOptions { resolve_contacts, show_users, threads };
                    assert_eq!(JournalOptions::read(&options.written()), options);
                }
            }
        }
        assert_eq!(JournalOptions::read("anything"), JournalOptions::default());
    }
}

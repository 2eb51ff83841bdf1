//! Which path answers here (`mightycall-api.md`, "Operations and the paths seen for each").
//!
//! The service's paths differ by account type and by time. A path that answers 404 or 405 is not there for this account;
//! the one that worked is remembered across runs, because a wrong guess costs a request of the daily budget.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::Memory;
use super::auth::Credentials;
use crate::config::BaseUrl;

/// What is asked of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A token for OAuth.
    Token,
    /// One text out.
    Send,
    /// Messages that came and went.
    History,
    /// The account's own numbers.
    PhoneNumbers,
    /// The account's extensions.
    Extensions,
    /// The files that came with a message.
    Attachments,
}

pub(super) const TOKEN: &str = "/auth/token";
pub(super) const JOURNAL: &str = "/journal/requests";
pub(super) const MESSAGE_LIST: &str = "/contactcenter/message";
const PREFIXES: [&str; 2] = ["", "/api"];

impl Operation {
    /// The operation's name where routes are remembered.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Send => "send",
            Self::History => "history",
            Self::PhoneNumbers => "phone-numbers",
            Self::Extensions => "extensions",
            Self::Attachments => "attachments",
        }
    }

    /// Its paths in the order to try, without prefix. Keys of numbers came with the message list, OAuth with the journal.
    fn paths(self, scheme: SchemeName) -> &'static [&'static str] {
        match (self, scheme) {
            (Self::Token, _) => &[TOKEN],
            (Self::Send, _) => &["/contactcenter/message/send", "/messages/send", "/contactcenter/messages/send"],
            (Self::History, SchemeName::NumberKey) => &[MESSAGE_LIST, JOURNAL],
            (Self::History, SchemeName::OAuth) => &[JOURNAL, MESSAGE_LIST],
            (Self::PhoneNumbers, _) => &["/phonenumbers"],
            (Self::Extensions, _) => &["/extensions"],
            // below the journal's
            (Self::Attachments, _) => &[JOURNAL],
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "signing in",
            Self::Send => "sending",
            Self::History => "message history",
            Self::PhoneNumbers => "the list of phone numbers",
            Self::Extensions => "the list of extensions",
            Self::Attachments => "what came with a message",
        })
    }
}

/// The scheme without its keys: an account can answer the two under different paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum SchemeName {
    OAuth,
    NumberKey,
}

impl SchemeName {
    pub(super) fn of(who: &Credentials) -> Self {
        match who {
            Credentials::OAuth { .. } => Self::OAuth,
            Credentials::NumberKey { .. } => Self::NumberKey,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::OAuth => "oauth",
            Self::NumberKey => "number-key",
        }
    }
}

/// One path with its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Route {
    prefix: &'static str,
    /// The path without prefix: which family of endpoints this is.
    pub(super) path: &'static str,
}

impl Route {
    pub(super) fn full(self) -> String {
        format!("{}{}", self.prefix, self.path)
    }
}

/// What was found so far, in memory and, through [`Memory`], across runs.
pub(super) struct Routes {
    base: BaseUrl,
    memory: Arc<dyn Memory>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    found: HashMap<(Operation, SchemeName), Route>,
    /// The prefix that answered last: it is tried first for operations not found yet.
    prefix: Option<&'static str>,
}

impl Routes {
    /// Starts from what earlier runs remembered. Entries of unknown operations or paths are passed over.
    pub(super) fn new(base: BaseUrl, memory: Arc<dyn Memory>) -> Self {
        let mut known = Known::default();
        let remembered = memory.routes();
        for operation in [
            Operation::Token,
            Operation::Send,
            Operation::History,
            Operation::PhoneNumbers,
            Operation::Extensions,
            Operation::Attachments,
        ] {
            for scheme in [SchemeName::OAuth, SchemeName::NumberKey] {
                let key = key(operation, scheme);
                let route = remembered
                    .iter()
                    .filter(|(name, _)| *name == key)
                    .find_map(|(_, path)| all(operation, scheme, None).find(|route| route.full() == *path));
                if let Some(route) = route {
                    known.prefix = Some(route.prefix);
                    known.found.insert((operation, scheme), route);
                }
            }
        }
        Self { base, memory, known: Mutex::new(known) }
    }

    /// What to try, in order: the remembered path, then all others, those under the prefix that answered last first. Two
    /// spellings of one URL (a base that ends in `/api`) come once.
    pub(super) fn candidates(&self, operation: Operation, scheme: SchemeName) -> Vec<Route> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let first = known.found.get(&(operation, scheme)).copied();
        let mut urls = Vec::new();
        let mut routes = Vec::new();
        for route in first.into_iter().chain(all(operation, scheme, known.prefix)) {
            let url = self.base.join(&route.full());
            if !urls.contains(&url) {
                urls.push(url);
                routes.push(route);
            }
        }
        routes
    }

    /// The candidate of this operation with the given full path.
    pub(super) fn by_path(&self, operation: Operation, scheme: SchemeName, full: &str) -> Option<Route> {
        self.candidates(operation, scheme).into_iter().find(|route| route.full() == full)
    }

    /// This path answered.
    pub(super) fn remember(&self, operation: Operation, scheme: SchemeName, route: Route) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.prefix = Some(route.prefix);
        if known.found.insert((operation, scheme), route) != Some(route) {
            drop(known);
            tracing::info!(operation = operation.name(), path = %route.full(), "found the path that answers");
            self.memory.remember(&key(operation, scheme), &route.full());
        }
    }

    /// This path answered 404 or 405: if it was the remembered one, it is no longer.
    pub(super) fn forget(&self, operation: Operation, scheme: SchemeName, route: Route) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.found.get(&(operation, scheme)) == Some(&route) {
            known.found.remove(&(operation, scheme));
            drop(known);
            tracing::info!(operation = operation.name(), path = %route.full(), "the path no longer answers");
            self.memory.forget(&key(operation, scheme));
        }
    }
}

fn key(operation: Operation, scheme: SchemeName) -> String {
    format!("{}/{}", operation.name(), scheme.name())
}

fn all(operation: Operation, scheme: SchemeName, first_prefix: Option<&'static str>) -> impl Iterator<Item = Route> {
    let mut prefixes = PREFIXES;
    if first_prefix == Some(PREFIXES[1]) {
        prefixes.reverse();
    }
    prefixes.into_iter().flat_map(move |prefix| operation.paths(scheme).iter().map(move |path| Route { prefix, path }))
}

#[cfg(test)]
mod tests {
    use futures_util::future::BoxFuture;
    use rstest::rstest;

    use super::*;
    use crate::api::{OverBudget, Purpose};

    #[derive(Default)]
    struct Remembered(Mutex<HashMap<String, String>>);

    impl Memory for Remembered {
        fn routes(&self) -> Vec<(String, String)> {
            self.0.lock().unwrap().clone().into_iter().collect()
        }
        fn remember(&self, operation: &str, path: &str) {
            self.0.lock().unwrap().insert(operation.to_owned(), path.to_owned());
        }
        fn forget(&self, operation: &str) {
            self.0.lock().unwrap().remove(operation);
        }
        fn spend<'a>(&'a self, _: &'a str, _: Purpose) -> BoxFuture<'a, Result<(), OverBudget>> {
            Box::pin(async { Ok(()) })
        }
    }

    fn routes(base: &str, memory: &Arc<Remembered>) -> Routes {
        Routes::new(BaseUrl::parse(base).unwrap(), memory.clone())
    }

    fn paths(routes: &Routes, operation: Operation, scheme: SchemeName) -> Vec<String> {
        routes.candidates(operation, scheme).into_iter().map(Route::full).collect()
    }

    #[rstest]
    #[case::oauth(SchemeName::OAuth, &["/journal/requests", "/contactcenter/message", "/api/journal/requests", "/api/contactcenter/message"])]
    #[case::number_key(SchemeName::NumberKey, &["/contactcenter/message", "/journal/requests", "/api/contactcenter/message", "/api/journal/requests"])]
    fn history_starts_where_the_scheme_is_at_home(#[case] scheme: SchemeName, #[case] expected: &[&str]) {
        assert_eq!(paths(&routes("https://host/v4", &Arc::default()), Operation::History, scheme), expected);
    }

    #[test]
    fn sending_tries_in_the_order_of_the_grades() {
        let routes = routes("https://host/v4", &Arc::default());
        assert_eq!(
            paths(&routes, Operation::Send, SchemeName::OAuth)[..3],
            ["/contactcenter/message/send", "/messages/send", "/contactcenter/messages/send"]
        );
    }

    #[test]
    fn a_base_under_api_has_no_second_prefix() {
        let routes = routes("https://host/v4/api", &Arc::default());
        assert_eq!(paths(&routes, Operation::PhoneNumbers, SchemeName::OAuth), ["/phonenumbers"]);
        assert_eq!(paths(&routes, Operation::Send, SchemeName::OAuth).len(), 3);
    }

    #[test]
    fn the_prefix_that_answered_comes_first_and_the_other_way_round() {
        let memory = Arc::default();
        let routes = routes("https://host/v4", &memory);
        let token = |n: usize| routes.candidates(Operation::Token, SchemeName::OAuth)[n];
        routes.remember(Operation::Token, SchemeName::OAuth, token(1));
        assert_eq!(paths(&routes, Operation::PhoneNumbers, SchemeName::OAuth), ["/api/phonenumbers", "/phonenumbers"]);
        // the remembered one is first now, the bare one second
        routes.remember(Operation::Token, SchemeName::OAuth, token(1));
        assert_eq!(paths(&routes, Operation::PhoneNumbers, SchemeName::OAuth), ["/phonenumbers", "/api/phonenumbers"]);
    }

    #[test]
    fn what_was_found_outlives_the_run_until_it_is_gone() {
        let memory: Arc<Remembered> = Arc::default();
        let send = "/api/messages/send";
        let first = routes("https://host/v4", &memory);
        let route = first.by_path(Operation::Send, SchemeName::OAuth, send).unwrap();
        first.remember(Operation::Send, SchemeName::OAuth, route);

        let second = routes("https://host/v4", &memory);
        assert_eq!(paths(&second, Operation::Send, SchemeName::OAuth)[0], send);
        assert_eq!(paths(&second, Operation::Extensions, SchemeName::OAuth)[0], "/api/extensions");
        assert_eq!(paths(&second, Operation::Send, SchemeName::OAuth).len(), 6);
        assert_ne!(paths(&second, Operation::Send, SchemeName::NumberKey)[0], send);

        second.forget(Operation::Send, SchemeName::OAuth, route);
        assert!(memory.0.lock().unwrap().is_empty());
        let third = routes("https://host/v4", &memory);
        assert_eq!(paths(&third, Operation::Send, SchemeName::OAuth)[0], "/contactcenter/message/send");
    }

    #[test]
    fn strange_memories_are_passed_over() {
        let memory: Arc<Remembered> = Arc::default();
        memory.remember("send/oauth", "/admin/delete-everything");
        memory.remember("telepathy", "/messages/send");
        let routes = routes("https://host/v4", &memory);
        assert_eq!(paths(&routes, Operation::Send, SchemeName::OAuth)[0], "/contactcenter/message/send");
    }
}

//! Which path answers here (`mightycall-api.md`, section 2).
//!
//! The service's paths differ by account type and by time. A path that answers 404 or 405 without an error code is not
//! there for this account; the one that worked is remembered across runs, because a wrong guess costs a request of the
//! daily budget.

mod candidates;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) use candidates::{JOURNAL, TOKEN};

use super::Memory;
use super::auth::Credentials;
use crate::config::BaseUrl;

/// What is asked of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// A token for OAuth.
    Token,
    /// Whether the service is there, without keys.
    Ping,
    /// One text out.
    Send,
    /// Messages that came and went.
    History,
    /// How many messages there are.
    Counts,
    /// The account's own numbers.
    PhoneNumbers,
    /// The account's extensions.
    Extensions,
    /// The files that came with a message.
    Attachments,
}

impl Operation {
    /// The order in which remembered paths are taken up: the last one says which prefix to try first.
    const ALL: [Self; 8] = [
        Self::Token,
        Self::Ping,
        Self::Extensions,
        Self::Attachments,
        Self::Counts,
        Self::Send,
        Self::PhoneNumbers,
        Self::History,
    ];

    /// The operation's name where routes are remembered.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Ping => "ping",
            Self::Send => "send",
            Self::History => "history",
            Self::Counts => "counts",
            Self::PhoneNumbers => "phone-numbers",
            Self::Extensions => "extensions",
            Self::Attachments => "attachments",
        }
    }

    /// Whether its path tells under which prefix the others are. The token's does not: it is at the same place everywhere.
    fn shows_prefix(self) -> bool {
        self != Self::Token
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "signing in",
            Self::Ping => "a sign of life",
            Self::Send => "sending",
            Self::History => "message history",
            Self::Counts => "counting messages",
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
    pub(super) const ALL: [Self; 2] = [Self::OAuth, Self::NumberKey];

    pub(super) fn of(who: &Credentials) -> Self {
        match who {
            Credentials::OAuth { .. } => Self::OAuth,
            Credentials::NumberKey { .. } => Self::NumberKey,
        }
    }

    pub(super) fn name(self) -> &'static str {
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
    /// The prefix that answered last: candidates under it are tried first.
    prefix: HashMap<SchemeName, &'static str>,
    /// A ping was asked for and told nothing.
    is_silent: bool,
}

impl Routes {
    /// Starts from what earlier runs remembered. Entries of unknown operations or paths are passed over.
    pub(super) fn new(base: BaseUrl, memory: Arc<dyn Memory>) -> Self {
        let mut known = Known::default();
        let remembered = memory.routes();
        for operation in Operation::ALL {
            for scheme in SchemeName::ALL {
                let key = key(operation, scheme);
                let all = candidates::candidates(operation, scheme, &base);
                let route = remembered
                    .iter()
                    .filter(|(name, _)| *name == key)
                    .find_map(|(_, path)| all.iter().copied().find(|route| route.full() == *path));
                if let Some(route) = route {
                    known.note(operation, scheme, route);
                }
            }
        }
        Self { base, memory, known: Mutex::new(known) }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to try, in order: the remembered path, then those under the prefix that answered last, then the others.
    pub(super) fn candidates(&self, operation: Operation, scheme: SchemeName) -> Vec<Route> {
        let mut routes = candidates::candidates(operation, scheme, &self.base);
        let known = self.known();
        if let Some(prefix) = known.prefix.get(&scheme) {
            routes.sort_by_key(|route| route.prefix != *prefix);
        }
        if let Some(found) = known.found.get(&(operation, scheme)) {
            routes.sort_by_key(|route| route != found);
        }
        routes
    }

    /// The candidate of this operation with the given full path.
    pub(super) fn by_path(&self, operation: Operation, scheme: SchemeName, full: &str) -> Option<Route> {
        self.candidates(operation, scheme).into_iter().find(|route| route.full() == full)
    }

    /// Whether this is the remembered path.
    pub(super) fn is_found(&self, operation: Operation, scheme: SchemeName, route: Route) -> bool {
        self.known().found.get(&(operation, scheme)) == Some(&route)
    }

    /// Whether nothing tells yet under which prefix operations are, and a ping may.
    pub(super) fn wants_ping(&self, scheme: SchemeName) -> bool {
        let known = self.known();
        scheme == SchemeName::OAuth && !known.is_silent && !known.prefix.contains_key(&scheme)
    }

    /// A ping told nothing: it is not repeated in this run.
    pub(super) fn note_silence(&self) {
        self.known().is_silent = true;
    }

    /// This path answered.
    pub(super) fn remember(&self, operation: Operation, scheme: SchemeName, route: Route) {
        let is_new = self.known().note(operation, scheme, route);
        if is_new {
            tracing::info!(operation = operation.name(), path = %route.full(), "found the path that answers");
            self.memory.remember(&key(operation, scheme), &route.full());
        }
    }

    /// This path answered 404 or 405: if it was the remembered one, it is no longer.
    pub(super) fn forget(&self, operation: Operation, scheme: SchemeName, route: Route) {
        let mut known = self.known();
        if known.found.get(&(operation, scheme)) == Some(&route) {
            known.found.remove(&(operation, scheme));
            drop(known);
            tracing::info!(operation = operation.name(), path = %route.full(), "the path no longer answers");
            self.memory.forget(&key(operation, scheme));
        }
    }
}

impl Known {
    /// Gives back whether this was not known before.
    fn note(&mut self, operation: Operation, scheme: SchemeName, route: Route) -> bool {
        if operation.shows_prefix() {
            self.prefix.insert(scheme, route.prefix);
        }
        self.found.insert((operation, scheme), route) != Some(route)
    }
}

fn key(operation: Operation, scheme: SchemeName) -> String {
    format!("{}/{}", operation.name(), scheme.name())
}

#[cfg(test)]
mod tests;

//! Going from path to path until one answers.

use super::Client;
use super::auth::Credentials;
use super::envelope;
use super::error::{Error, Words};
use super::read::Read;
use super::routes::{Operation, Route, SchemeName};

/// A search for the path of an operation.
pub(super) struct Search {
    pub(super) operation: Operation,
    tried: Vec<String>,
    /// What the first path that said anything said.
    said: Words,
    /// What to tell of the first path that answered with a page for people.
    page: Option<Error>,
}

impl Search {
    pub(super) fn new(operation: Operation) -> Self {
        Self { operation, tried: Vec::new(), said: Words::none(), page: None }
    }

    pub(super) fn not_here(&mut self, route: Route, words: Words) {
        self.tried.push(route.full());
        if self.said.get().is_none() {
            self.said = words;
        }
    }

    /// The path answered with a page for people.
    pub(super) fn page(&mut self, route: Route, read: Read) {
        self.tried.push(route.full());
        if self.page.is_none()
            && let Err(not) = envelope::json(&read.body, &read.secrets)
        {
            self.page = Some(read.not(not));
        }
    }

    /// No path answered.
    pub(super) fn failed(self) -> Error {
        let Self { operation, tried, said: words, page } = self;
        page.unwrap_or(Error::NoPath { operation, tried, words })
    }
}

impl Client {
    /// The path is not there for this account.
    pub(super) fn not_here(&self, who: &Credentials, search: &mut Search, route: Route, words: Words) {
        self.0.routes.forget(search.operation, SchemeName::of(who), route);
        search.not_here(route, words);
    }

    /// An answer, unless it is an HTML page on a path that never answered before: a web server that has a page for every
    /// path is no reason to end the search.
    pub(super) fn or_page(&self, who: &Credentials, search: &mut Search, route: Route, read: Read) -> Option<Read> {
        if self.0.routes.is_found(search.operation, SchemeName::of(who), route) || !envelope::is_page(&read.body) {
            return Some(read);
        }
        search.page(route, read);
        None
    }
}

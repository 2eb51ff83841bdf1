//! Which paths an operation may have, and in which order they are tried (`mightycall-api.md`, section 2).
//!
//! The description (grade A) has every operation under `/api` and the token alone outside. The paths after those come from
//! older documents and from clients that were seen to work.

use super::{Operation, Route, SchemeName};
use crate::config::BaseUrl;

/// The prefix of the description (grade A).
const API: &str = "/api";
/// The prefix of the older documents (grade B): none.
const BARE: &str = "";

pub(in crate::api) const TOKEN: &str = "/auth/token";
const PING: &str = "/ping";
pub(in crate::api) const JOURNAL: &str = "/journal/requests";
const COUNTS: &str = "/journal/requests/counts";
const MESSAGE_LIST: &str = "/contactcenter/message";
/// Both send paths of the description have one and the same model (grade A).
const SEND: &str = "/messages/send";
const CENTRE_SEND: &str = "/contactcenter/messages/send";
/// The send path of number keys (S1, grade B).
const NUMBER_SEND: &str = "/contactcenter/message/send";

const fn route(prefix: &'static str, path: &'static str) -> Route {
    Route { prefix, path }
}

/// All paths of an operation, the likeliest first.
pub(super) fn candidates(operation: Operation, scheme: SchemeName, base: &BaseUrl) -> Vec<Route> {
    use SchemeName::{NumberKey, OAuth};
    let one = |path| match scheme {
        OAuth => vec![route(API, path), route(BARE, path)],
        NumberKey => under_both(&[path]),
    };
    match (operation, scheme) {
        (Operation::Token, _) => vec![route(BARE, TOKEN)],
        (Operation::Ping, _) => one(PING),
        (Operation::Send, OAuth) => oauth_send(base),
        (Operation::Send, NumberKey) => under_both(&[NUMBER_SEND, SEND, CENTRE_SEND]),
        (Operation::History, OAuth) => vec![route(API, JOURNAL), route(BARE, JOURNAL), route(BARE, MESSAGE_LIST)],
        (Operation::History, NumberKey) => under_both(&[MESSAGE_LIST, JOURNAL]),
        (Operation::Counts, _) => one(COUNTS),
        (Operation::PhoneNumbers, _) => one("/phonenumbers"),
        (Operation::Extensions, _) => one("/extensions"),
        // below the journal's records
        (Operation::Attachments, _) => one(JOURNAL),
    }
}

fn oauth_send(base: &BaseUrl) -> Vec<Route> {
    let host = base.authority();
    let pair = if host.starts_with("api.") || host.starts_with("sandbox.") {
        [route(API, SEND), route(API, CENTRE_SEND)]
    } else {
        [route(API, CENTRE_SEND), route(API, SEND)]
    };
    pair.into_iter().chain([route(BARE, SEND), route(BARE, CENTRE_SEND), route(BARE, NUMBER_SEND)]).collect()
}

/// The order of accounts with a number's key alone: as the older documents write it, then the same under `/api`.
fn under_both(paths: &[&'static str]) -> Vec<Route> {
    [BARE, API].into_iter().flat_map(|prefix| paths.iter().map(move |path| route(prefix, path))).collect()
}

impl Route {
    /// The other send path of the description under the same prefix: an account without a contact centre is refused on
    /// one of the pair and served on the other.
    pub(in crate::api) fn sister(self) -> Option<Self> {
        match self.path {
            SEND => Some(route(self.prefix, CENTRE_SEND)),
            CENTRE_SEND => Some(route(self.prefix, SEND)),
            _ => None,
        }
    }
}

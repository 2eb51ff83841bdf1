//! API v4 as MightyCall describes it (`mightycall-api.md`, sections 5 to 7 and 12 to 14). Paths are in lower case here; the
//! middleware folds what a client writes.

mod caller_lists;
mod edit;
mod filter;
mod journal;
mod numbers;
mod parties;
mod people;
mod query;
mod record;
mod refusal;
mod send;
mod window;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use super::SendPath;
use super::dialect::Dialect;
use super::service::Service;
use super::wire;

/// The operations of the account, below `/api`.
pub(super) fn paths(dialect: &Dialect) -> Router<Arc<Service>> {
    let mut paths = Router::new()
        .route("/ping", get(people::ping))
        .route("/profile", get(people::own_profile))
        .route("/profile/status", get(people::status))
        .route("/profile/status/{status}", put(people::set_status))
        .route("/profile/{extension}", get(people::profile))
        .route("/team", get(people::team))
        .route("/files/{id}/{place}", get(journal::file));
    if dialect.phone_numbers {
        paths = paths
            .route("/phonenumbers", get(numbers::list).delete(numbers::give_up))
            .route("/phonenumbers/{digits}", get(numbers::one));
    }
    if dialect.journal {
        paths = paths.merge(journal_paths());
    }
    for path in SendPath::ALL.into_iter().filter(|path| dialect.sends.contains(path)) {
        paths = paths.route(path.path(), post(send::post));
    }
    paths
}

fn journal_paths() -> Router<Arc<Service>> {
    Router::new()
        .route("/journal/requests", get(journal::list))
        .route("/journal/requests/counts", get(journal::counts))
        .route("/journal/requests/flags", post(edit::set_flags).delete(edit::clear_flags))
        .route("/journal/requests/wfstate", put(edit::set_state))
        .route("/journal/requests/messages", axum::routing::delete(edit::delete_texts))
        .route("/journal/requests/message", post(edit::restore_text))
        .route("/journal/requests/voicemail", axum::routing::delete(edit::delete_voicemails))
        .route("/journal/requests/{id}", get(journal::one))
        .route("/journal/requests/{id}/mmsattachments", get(journal::archive))
        .route("/journal/requests/{id}/comment", post(edit::set_comment).delete(edit::clear_comment))
        .route("/journal/blocklist/add", post(caller_lists::block))
        .route("/journal/blocklist/remove", post(caller_lists::unblock))
        .route("/journal/blocklist/availablenumbers", get(caller_lists::blocklist_room))
        .route("/journal/viplist/availablenumbers", get(caller_lists::viplist_room))
}

/// Whether a send by that path is refused for the user's role.
fn is_refused(dialect: &Dialect, operation: &str) -> bool {
    let fits = |path: &SendPath| path.path().eq_ignore_ascii_case(operation.trim_end_matches('/'));
    dialect.role_refused.iter().any(fits)
}

/// Whether the dialect files a text as a thread.
fn is_thread(dialect: &Dialect, serial: u32) -> bool {
    wire::falls(dialect.filed_as_threads, serial, 0x7ead)
}

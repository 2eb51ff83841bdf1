//! Which path leads where, in the dialect.

use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use axum::routing::{MethodRouter, any, get, post, put};

use super::dialect::{Dialect, Prefix, Schemes};
use super::middleware::{self, BASE};
use super::service::Service;
use super::{account, answer, contact_center, control, journal, send, token};

/// Everything that the server answers.
pub(super) fn router(service: &Arc<Service>) -> Router {
    let dialect = service.dialect();
    let paths = paths(dialect);
    let account = match dialect.prefix {
        Prefix::None => Router::new().nest(BASE, paths),
        Prefix::Api => Router::new().nest(&format!("{BASE}/api"), paths),
        Prefix::Both => Router::new().nest(BASE, paths.clone()).nest(&format!("{BASE}/api"), paths),
    };
    let account = account
        .fallback(nowhere)
        .method_not_allowed_fallback(not_allowed)
        .layer(axum::middleware::from_fn_with_state(service.clone(), middleware::pass));
    Router::new()
        .nest("/_emulator", control::router())
        .fallback_service(account.with_state(service.clone()))
        .with_state(service.clone())
}

type Paths = Router<Arc<Service>>;

fn paths(dialect: &Dialect) -> Paths {
    let mut paths = Router::new()
        .route("/ping", get(account::ping))
        .route("/profile", get(account::profile))
        .route("/team", get(account::extensions))
        .route("/files/{id}/{place}", get(journal::file));
    let mut road = |there: bool, path: &str, handler: MethodRouter<Arc<Service>>| {
        let handler = match (there, dialect.absent) {
            (true, _) => handler,
            (false, 405) => any(not_allowed),
            (false, _) => any(nowhere),
        };
        paths = std::mem::take(&mut paths).route(path, handler);
    };
    road(dialect.schemes != Schemes::NumberKey, "/auth/token", post(token::post));
    road(dialect.phone_numbers, "/phonenumbers", get(account::numbers));
    road(dialect.extensions, "/extensions", get(account::extensions));
    for (path, handler) in [
        ("/journal/requests", get(journal::list)),
        ("/journal/requests/wfstate", put(journal::set_state)),
        ("/journal/requests/{id}", get(journal::one)),
        ("/journal/requests/{id}/mmsAttachments", get(journal::files)),
        ("/journal/requests/{id}/comment", post(journal::set_comment).delete(journal::clear_comment)),
        ("/journal/blocklist/add", post(journal::block)),
        ("/journal/blocklist/remove", post(journal::unblock)),
    ] {
        road(dialect.journal, path, handler);
    }
    road(dialect.message_list, "/contactcenter/message", get(contact_center::list));
    road(dialect.threads, "/contactcenter/message/threads", get(contact_center::threads));
    for path in super::SendPath::ALL {
        road(dialect.sends.contains(&path), path.path(), post(send::post));
    }
    paths
}

async fn nowhere(State(service): State<Arc<Service>>, OriginalUri(uri): OriginalUri) -> Response {
    answer::absent(service.dialect(), 404, uri.path())
}

async fn not_allowed(State(service): State<Arc<Service>>, OriginalUri(uri): OriginalUri) -> Response {
    answer::absent(service.dialect(), 405, uri.path())
}

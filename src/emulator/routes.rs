//! Which path leads where, in the dialect.

use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::middleware::map_request;
use axum::response::Response;
use axum::routing::{MethodRouter, any, get, post, put};

use super::dialect::{Dialect, OutsideApi, Prefix, Schemes, Source};
use super::faults::begins;
use super::middleware::{self, BASE};
use super::service::Service;
use super::{account, answer, contact_center, control, journal, send, token, v4};

/// Everything that the server answers.
pub(super) fn router(service: &Arc<Service>) -> Router {
    let dialect = service.dialect();
    let mut paths = match dialect.source {
        Source::V4 => v4::paths(dialect),
        Source::Reports => paths(dialect),
    };
    let mut account = Router::new();
    match (dialect.schemes, dialect.token_at_base) {
        (Schemes::NumberKey, _) => paths = paths.route(TOKEN, absent(dialect)),
        (_, true) => account = account.route(&format!("{BASE}{TOKEN}"), post(token::post)),
        (_, false) => paths = paths.route(TOKEN, post(token::post)),
    }
    let account = match dialect.prefix {
        Prefix::None => account.nest(BASE, paths),
        Prefix::Api => account.nest(&format!("{BASE}/api"), paths),
        Prefix::Both => account.nest(BASE, paths.clone()).nest(&format!("{BASE}/api"), paths),
    };
    let account = account
        .fallback(nowhere)
        .method_not_allowed_fallback(not_allowed)
        .layer(axum::middleware::from_fn_with_state(service.clone(), middleware::pass))
        .with_state(service.clone());
    let account = match dialect.source {
        Source::V4 => Router::new().fallback_service(account).layer(map_request(middleware::fold_path)),
        Source::Reports => account,
    };
    Router::new().nest("/_emulator", control::router()).fallback_service(account).with_state(service.clone())
}

/// Where tokens are had.
const TOKEN: &str = "/auth/token";

/// What stands where the dialect has nothing.
fn absent(dialect: &Dialect) -> MethodRouter<Arc<Service>> {
    if dialect.absent == 405 { any(not_allowed) } else { any(nowhere) }
}

type Paths = Router<Arc<Service>>;

/// The paths of the reports.
fn paths(dialect: &Dialect) -> Paths {
    let mut paths = Router::new()
        .route("/ping", get(account::ping))
        .route("/profile", get(account::profile))
        .route("/team", get(account::extensions))
        .route("/files/{id}/{place}", get(journal::file));
    let mut road = |there: bool, path: &str, handler: MethodRouter<Arc<Service>>| {
        let handler = if there { handler } else { absent(dialect) };
        paths = std::mem::take(&mut paths).route(path, handler);
    };
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
    let dialect = service.dialect();
    let outside = dialect.source == Source::V4 && dialect.prefix == Prefix::Api && !is_below_api(uri.path());
    match dialect.outside_api {
        OutsideApi::Html if outside => answer::html(404),
        OutsideApi::HtmlOk if outside => answer::html(200),
        _ => answer::absent(dialect, 404, uri.path()),
    }
}

fn is_below_api(path: &str) -> bool {
    begins(path, &format!("{BASE}/api/"))
}

async fn not_allowed(State(service): State<Arc<Service>>, OriginalUri(uri): OriginalUri) -> Response {
    answer::absent(service.dialect(), 405, uri.path())
}

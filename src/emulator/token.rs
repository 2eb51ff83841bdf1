//! `POST /auth/token` (`mightycall-api.md`, section 3).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::answer;
use super::ask::{Params, header};
use super::auth::Ask;
use super::dialect::Source;
use super::service::Service;

/// A form body (`application/x-www-form-urlencoded`), read. What is none is empty.
pub(super) fn form(body: &[u8]) -> Params {
    // the same encoding as a query's, for which axum has a reader
    let uri = std::str::from_utf8(body).ok().and_then(|text| format!("/?{text}").parse().ok());
    let pairs = uri.and_then(|uri| axum::extract::Query::try_from_uri(&uri).ok().map(|query| query.0));
    Params(pairs.unwrap_or_default())
}

pub(super) async fn post(State(service): State<Arc<Service>>, headers: HeaderMap, body: Bytes) -> Response {
    let dialect = service.dialect();
    if !header(&headers, "content-type").unwrap_or_default().starts_with("application/x-www-form-urlencoded") {
        return answer::with_status(400, &json!({"error": "invalid_request"}));
    }
    let form = form(&body);
    let field = |name| form.get(name).unwrap_or_default();
    let ask = Ask {
        header_key: header(&headers, "x-api-key"),
        grant_type: field("grant_type"),
        client_id: field("client_id"),
        client_secret: field("client_secret"),
        refresh_token: field("refresh_token"),
    };
    let (now, lifetime) = (service.now(), service.options.token_lifetime);
    let mut state = service.state();
    let state = &mut *state;
    let (kind, seconds) = match dialect.source {
        Source::V4 => ("bearer", lifetime.as_secs().saturating_sub(1)),
        Source::Reports => ("Bearer", lifetime.as_secs()),
    };
    match state.tokens.ask(&state.world, dialect, &ask, now, lifetime) {
        Ok(grant) => answer::ok(&json!({
            "access_token": grant.access_token,
            "token_type": kind,
            "expires_in": seconds,
            "refresh_token": grant.refresh_token,
        })),
        Err(refusal) => {
            let status = if refusal == "invalid_client" { dialect.invalid_client } else { 400 };
            answer::with_status(status, &json!({"error": refusal}))
        }
    }
}

//! Answers that every path gives: JSON, and errors in the dialect's shape.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::dialect::{Dialect, ErrorShape};

/// JSON with 200.
pub(super) fn ok(body: &Value) -> Response {
    with_status(200, body)
}

/// JSON with that status.
pub(super) fn with_status(status: u16, body: &Value) -> Response {
    text(status, "application/json; charset=utf-8", body.to_string())
}

/// That text as that media type.
pub(super) fn text(status: u16, media: &'static str, body: impl Into<Body>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, media)], body.into()).into_response()
}

/// A page of HTML that says nothing but the status.
pub(super) fn html(status: u16) -> Response {
    let told = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let page = format!("<html><head><title>{told}</title></head><body><h1>{told}</h1></body></html>");
    (told, Html(page)).into_response()
}

/// An error, as the dialect writes them.
pub(super) fn error(dialect: &Dialect, status: u16, text: &str) -> Response {
    match dialect.errors {
        ErrorShape::Message => with_status(status, &json!({"message": text})),
        ErrorShape::Error => with_status(status, &json!({"error": text})),
        ErrorShape::Errors => with_status(status, &json!({"isSuccess": false, "errors": [{"message": text}]})),
        ErrorShape::Text => self::text(status, "text/plain; charset=utf-8", text.to_owned()),
    }
}

/// What a path that is not there says.
pub(super) fn absent(dialect: &Dialect, status: u16, path: &str) -> Response {
    match status {
        405 => error(dialect, 405, &format!("The requested resource does not support this method: {path}")),
        _ => error(dialect, status, &format!("No HTTP resource was found that matches the request URI {path}")),
    }
}

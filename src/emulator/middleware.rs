//! What every request passes on its way to a path: the log, the daily limit, disabled paths, faults.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, FromRequestParts, OriginalUri, Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::answer;
use super::ask::{Params, bearer, header as header_of};
use super::dialect::UsedUp;
use super::faults::{Effect, Fault, RetryAfter, begins};
use super::line::Cutter;
use super::service::{Request, Service};

/// Bytes that a request or an answer may have: enough for attachments and for the longest page.
const LARGEST: usize = 64 << 20;

/// Where the account answers.
pub(super) const BASE: &str = "/v4";

/// What a key is told whose requests of the day are used up.
const USED_UP: &str = "The daily limit of API requests is exceeded.";

/// The request's place in the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Serial(pub(super) usize);

/// What is asked for, after the base URL and without `/api`.
pub(super) fn operation(path: &str) -> &str {
    let path = below(path);
    if begins(path, "/api") && (path.len() == 4 || path[4..].starts_with('/')) { &path[4..] } else { path }
}

/// A path after the base URL.
fn below(path: &str) -> &str {
    if begins(path, BASE) { &path[BASE.len()..] } else { path }
}

/// API v4 takes paths in any case, and with a slash at the end (`mightycall-api.md`, section 2): the router finds them in
/// lower case. What the client wrote is in [`OriginalUri`].
pub(super) async fn fold_path(mut request: HttpRequest) -> HttpRequest {
    let uri = request.uri();
    let path = uri.path().trim_end_matches('/').to_ascii_lowercase();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    if let Ok(folded) = format!("{path}{query}").parse() {
        *request.uri_mut() = folded;
    }
    request
}

/// Logs, limits, and breaks a request, or passes it on.
pub(super) async fn pass(
    State(service): State<Arc<Service>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    OriginalUri(uri): OriginalUri,
    request: HttpRequest,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        return answer::error(service.dialect(), 413, "The request is too large.");
    };
    let path = uri.path().to_owned();
    let operation = operation(&path);
    let Ok(Params(query)) = Params::from_request_parts(&mut parts, &()).await;
    let now = service.now();
    let (serial, verdict) = {
        let mut state = service.state();
        let serial = state.log.add(Request {
            at: now,
            method: parts.method.to_string(),
            path: below(&path).to_owned(),
            query,
            headers: masked_headers(&parts.headers),
            body: masked_body(operation, &body),
            credentials: None,
            status: None,
        });
        let key = spender(&parts.headers, operation, &body);
        let spent = key.map_or(Ok(()), |key| state.allowance.spend(&key, service.options.daily_limit, now));
        let disabled = state.disabled.iter().find(|(prefix, _)| begins(operation, prefix)).map(|(_, code)| *code);
        let verdict = match (spent, disabled) {
            (Err(seconds), _) => Verdict::OverLimit(seconds),
            (_, Some(status)) => Verdict::Disabled(status),
            _ => Verdict::Pass(state.faults.take(operation)),
        };
        (serial, verdict)
    };
    parts.extensions.insert(Serial(serial));
    let request = HttpRequest::from_parts(parts, Body::from(body));
    let response = match verdict {
        Verdict::OverLimit(seconds) => match service.dialect().used_up {
            UsedUp::RetryAfter => rate_limited(&service, RetryAfter::Seconds(seconds), USED_UP),
            UsedUp::Plain(status) => answer::error(service.dialect(), status, USED_UP),
        },
        Verdict::Disabled(status) => answer::absent(service.dialect(), status, &path),
        Verdict::Pass(None) => next.run(request).await,
        Verdict::Pass(Some(fault)) => strike(&service, &cutter, fault, request, next).await,
    };
    if let Some(request) = service.state().log.get(serial)
        && !cutter.is_cut()
    {
        request.status = Some(response.status().as_u16());
    }
    response
}

enum Verdict {
    OverLimit(u64),
    Disabled(u16),
    Pass(Option<Fault>),
}

/// The key whose daily limit a request is on: a token's account, a number's own, what a token request names.
fn spender(headers: &HeaderMap, operation: &str, body: &[u8]) -> Option<String> {
    if let Some(key) = header_of(headers, "x-api-key") {
        return Some(key.to_owned());
    }
    let form = (is_token(operation)).then(|| super::token::form(body))?;
    form.get("client_id").map(str::to_owned)
}

fn is_token(operation: &str) -> bool {
    operation.trim_end_matches('/').eq_ignore_ascii_case("/auth/token")
}

/// All headers, with what is secret in them masked.
fn masked_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = |name: &str, value: &HeaderValue| match name {
        "authorization" if bearer(headers).is_some() => "Bearer …".to_owned(),
        "authorization" | "x-api-key" | "cookie" => "…".to_owned(),
        _ => String::from_utf8_lossy(value.as_bytes()).into_owned(),
    };
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), shown(name.as_str(), value))).collect()
}

/// The body as text; of a token request, the grant type alone.
fn masked_body(operation: &str, body: &[u8]) -> String {
    if is_token(operation) {
        let form = super::token::form(body);
        return form.get("grant_type").map(|grant| format!("grant_type={grant}&…")).unwrap_or_default();
    }
    String::from_utf8_lossy(body).into_owned()
}

/// Does what the fault says to a request and its answer.
async fn strike(service: &Service, cutter: &Cutter, fault: Fault, request: HttpRequest, next: Next) -> Response {
    let mut request = Some((request, next));
    let mut worked = None;
    if fault.worked
        && let Some((request, next)) = request.take()
    {
        worked = Some(next.run(request).await);
    }
    let dialect = service.dialect();
    match fault.effect {
        Effect::Reset => {
            cutter.cut();
            StatusCode::OK.into_response()
        }
        Effect::Delay(wait) => {
            tokio::time::sleep(wait).await;
            match (worked, request) {
                (Some(response), _) => response,
                (None, Some((request, next))) => next.run(request).await,
                (None, None) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
        Effect::Hang => std::future::pending().await,
        Effect::Status(401) => answer::error(dialect, 401, "Authorization has been denied for this request."),
        Effect::Status(status) => answer::error(dialect, status, "The service is not available at the moment."),
        Effect::RateLimited(after) => rate_limited(service, after, "Too many requests."),
        Effect::Json { status, body } => answer::text(status, "application/json; charset=utf-8", body),
        Effect::Html(status) => answer::html(status),
        Effect::Truncated => halved(worked.unwrap_or_default(), End::Whole).await,
        Effect::CutShort => halved(worked.unwrap_or_default(), End::Broken).await,
        Effect::Empty => StatusCode::OK.into_response(),
        Effect::Redirect(to) => {
            let to = HeaderValue::from_str(&to).unwrap_or(HeaderValue::from_static("/"));
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
    }
}

fn rate_limited(service: &Service, after: RetryAfter, text: &str) -> Response {
    if let RetryAfter::Body(seconds) = after {
        let then = service.now().saturating_add(Duration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
        let then = then.strftime("%Y-%m-%dT%H:%M:%S%.7f");
        return answer::error(service.dialect(), 429, &format!("{text} Retry after {then} UTC"));
    }
    let mut response = answer::error(service.dialect(), 429, text);
    let value = match after {
        RetryAfter::Absent | RetryAfter::Body(_) => return response,
        RetryAfter::Seconds(seconds) => seconds.to_string(),
        RetryAfter::Date(seconds) => {
            let then = Timestamp::now().saturating_add(Duration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
            rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&then).unwrap_or_default()
        }
    };
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

/// How half an answer ends.
enum End {
    /// As if it were all.
    Whole,
    /// With the connection, before the announced length.
    Broken,
}

/// The first half of an answer's body.
async fn halved(response: Response, end: End) -> Response {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, LARGEST).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    parts.headers.remove(header::CONTENT_LENGTH);
    if let End::Whole = end {
        return Response::from_parts(parts, Body::from(half));
    }
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let pieces = stream::unfold(Some(half), async |half: Option<Bytes>| {
        if let Some(half) = half {
            return Some((Ok(half), None));
        }
        // what was written goes out while this waits for its turn
        tokio::task::yield_now().await;
        Some((Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe)), None))
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/v4/ping", "/ping")]
    #[case("/v4/api/ping", "/ping")]
    #[case("/v4/apiary", "/apiary")]
    #[case("/V4/Api/Ping", "/Ping")]
    #[case("/v4/api", "")]
    #[case("/elsewhere", "/elsewhere")]
    fn operations(#[case] path: &str, #[case] name: &str) {
        assert_eq!(operation(path), name);
    }

    #[test]
    fn no_key_gets_into_the_log() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", HeaderValue::from_static("Bearer secret-token"));
        headers.insert("x-api-key", HeaderValue::from_static("secret-key"));
        headers.insert("accept", HeaderValue::from_static("application/json"));
        let shown = format!("{:?}", masked_headers(&headers));
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.contains("application/json"));
        let body = b"grant_type=client_credentials&client_id=secret-a&client_secret=secret-b";
        assert_eq!(masked_body("/auth/token", body), "grant_type=client_credentials&…");
    }
}

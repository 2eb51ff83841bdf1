//! `/_emulator/…`: what a person who runs the emulator alone can look at and change. No credentials; 127.0.0.1 alone.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::answer;
use super::auth::Credentials;
use super::faults::{Effect, Fault, RetryAfter};
use super::life;
use super::service::{Request, Service};
use crate::model::phone::Address;

pub(super) fn router() -> Router<Arc<Service>> {
    Router::new()
        .route("/requests", get(requests))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/inbound", post(inbound))
        .route("/tokens", axum::routing::delete(expire_tokens))
}

async fn requests(State(service): State<Arc<Service>>) -> Response {
    let state = service.state();
    let requests: Vec<Value> = state.log.list().map(request).collect();
    answer::ok(&json!({"total": state.log.total(), "requests": requests}))
}

fn request(request: &Request) -> Value {
    let credentials = request.credentials.as_ref().map(|credentials| match credentials {
        Credentials::Account => "account".to_owned(),
        Credentials::AccountWithNumberKey(number) => format!("account with the key of {number}"),
        Credentials::NumberKey(number) => format!("key of {number}"),
    });
    let query: Vec<Value> = request.query.iter().map(|(name, value)| json!([name, value])).collect();
    json!({
        "at": request.at.to_string(),
        "method": request.method,
        "path": request.path,
        "query": query,
        "body": request.body,
        "credentials": credentials,
        "status": request.status,
    })
}

async fn faults(State(service): State<Arc<Service>>) -> Response {
    let state = service.state();
    let fault = |fault: &Fault| {
        json!({
            "path": fault.path,
            "effect": format!("{:?}", fault.effect),
            "worked": fault.worked,
            "left": fault.left,
        })
    };
    answer::ok(&json!({"faults": state.faults.list().iter().map(fault).collect::<Vec<_>>()}))
}

async fn add_fault(State(service): State<Arc<Service>>, Json(body): Json<Value>) -> Response {
    match read_fault(&body) {
        Ok(fault) => {
            service.state().faults.add(fault);
            answer::with_status(201, &json!({}))
        }
        Err(reason) => answer::with_status(400, &json!({"error": reason})),
    }
}

async fn clear_faults(State(service): State<Arc<Service>>) -> Response {
    service.state().faults.clear();
    answer::ok(&json!({}))
}

async fn expire_tokens(State(service): State<Arc<Service>>) -> Response {
    service.state().tokens.expire();
    answer::ok(&json!({}))
}

/// `{"path","effect","worked"?,"times"?}` and what the effect needs: `milliseconds`, `status`, `retry_after` (seconds) with
/// `as_date` or `in_body`, `body`, `location`.
fn read_fault(body: &Value) -> Result<Fault, String> {
    let number = |name: &str| body[name].as_u64();
    let status = |default: u16| number("status").and_then(|status| u16::try_from(status).ok()).unwrap_or(default);
    let effect = match body["effect"].as_str().unwrap_or_default() {
        "reset" => Effect::Reset,
        "delay" => {
            let wait = number("milliseconds").ok_or("a delay needs “milliseconds”")?;
            Effect::Delay(Duration::from_millis(wait))
        }
        "hang" => Effect::Hang,
        "status" => Effect::Status(status(503)),
        "rate_limited" => Effect::RateLimited(match number("retry_after") {
            None => RetryAfter::Absent,
            Some(seconds) if body["in_body"].as_bool() == Some(true) => RetryAfter::Body(seconds),
            Some(seconds) if body["as_date"].as_bool() == Some(true) => RetryAfter::Date(seconds),
            Some(seconds) => RetryAfter::Seconds(seconds),
        }),
        "json" => {
            let body = match &body["body"] {
                Value::Null => return Err("a JSON answer needs a “body”".to_owned()),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            Effect::Json { status: status(400), body }
        }
        "html" => Effect::Html(status(502)),
        "truncated" => Effect::Truncated,
        "cut_short" => Effect::CutShort,
        "empty" => Effect::Empty,
        "redirect" => Effect::Redirect(body["location"].as_str().ok_or("a redirect needs a “location”")?.to_owned()),
        other => {
            return Err(format!(
                "“{other}” is no effect; there are reset, delay, hang, status, rate_limited, json, html, truncated, \
                 cut_short, empty and redirect"
            ));
        }
    };
    let mut fault = Fault::on(body["path"].as_str().unwrap_or_default(), effect);
    if body["worked"].as_bool() == Some(true) {
        fault = fault.after_work();
    }
    if let Some(times) = number("times") {
        fault = fault.times(u32::try_from(times).unwrap_or(u32::MAX));
    }
    Ok(fault)
}

/// `{"from","to","text"}`: somebody writes to one of our numbers.
async fn inbound(State(service): State<Arc<Service>>, Json(body): Json<Value>) -> Response {
    let field = |name: &str| body[name].as_str().unwrap_or_default();
    let mut state = service.state();
    let (from, number) = (Address::from_wire(field("from")), state.world.number_at(field("to")));
    let (Some(from), Some(number)) = (from, number) else {
        let reason = "an inbound message needs “from”, “to” (one of the business numbers) and “text”";
        return answer::with_status(400, &json!({"error": reason}));
    };
    let person = state.world.person(&from);
    let now = service.now();
    life::say(&mut state.world, now, number, person, field("text").to_owned(), Vec::new());
    answer::with_status(201, &json!({}))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(json!({"path": "/messages", "effect": "reset", "worked": true, "times": 1}),
        Fault::on("/messages", Effect::Reset).after_work().times(1))]
    #[case(json!({"effect": "delay", "milliseconds": 20}), Fault::on("", Effect::Delay(Duration::from_millis(20))))]
    #[case(json!({"effect": "status", "status": 500}), Fault::on("", Effect::Status(500)))]
    #[case(json!({"effect": "rate_limited"}), Fault::on("", Effect::RateLimited(RetryAfter::Absent)))]
    #[case(json!({"effect": "rate_limited", "retry_after": 3}), Fault::on("", Effect::RateLimited(RetryAfter::Seconds(3))))]
    #[case(json!({"effect": "rate_limited", "retry_after": 3, "as_date": true}),
        Fault::on("", Effect::RateLimited(RetryAfter::Date(3))))]
    #[case(json!({"effect": "rate_limited", "retry_after": 3, "in_body": true}),
        Fault::on("", Effect::RateLimited(RetryAfter::Body(3))))]
    #[case(json!({"effect": "json", "status": 403, "body": {"message": "No."}}),
        Fault::on("", Effect::Json { status: 403, body: r#"{"message":"No."}"#.to_owned() }))]
    #[case(json!({"effect": "json", "body": "{}"}), Fault::on("", Effect::Json { status: 400, body: "{}".to_owned() }))]
    #[case(json!({"effect": "truncated"}), Fault::on("", Effect::Truncated))]
    fn reads_faults(#[case] body: Value, #[case] fault: Fault) {
        assert_eq!(read_fault(&body), Ok(fault));
    }

    #[rstest]
    #[case(json!({}))]
    #[case(json!({"effect": "explode"}))]
    #[case(json!({"effect": "delay"}))]
    #[case(json!({"effect": "json"}))]
    #[case(json!({"effect": "redirect"}))]
    fn refuses_what_is_none(#[case] body: Value) {
        assert!(read_fault(&body).is_err());
    }
}

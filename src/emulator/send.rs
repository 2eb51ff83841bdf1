//! `POST` to any of the paths that send, as the reports tell of it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::answer;
use super::auth::Access;
use super::dialect::{Dialect, SendId};
use super::middleware::operation;
use super::outgoing::{Order, deliver};
use super::service::Service;
use super::wire;
use super::world::{File, World};
use crate::model::phone::Address;

/// Why not: status and words.
type Refusal = (u16, String);

fn refuse<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err((400, text.into()))
}

/// Reads `{"from":"+1…","to":["+1…"],"message":"…","attachments":[{"name","data"}]}`. E.164 is asked for, and nothing
/// else taken: who writes numbers otherwise may be understood by some accounts, and learns it here.
fn read(world: &World, access: &Access, body: &[u8]) -> Result<Order, Refusal> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return refuse("The request body is not valid JSON.") };
    let from = body["from"].as_str().unwrap_or_default();
    let Some(number) = e164(from).and_then(|_| world.number_at(from)) else {
        return refuse(format!("The from number '{from}' is not a business number of this account."));
    };
    if !access.sees(number) {
        return Err((403, format!("This key may not send from {from}.")));
    }
    let to = body["to"].as_array().map(Vec::as_slice).unwrap_or_default();
    let to: Result<Vec<Address>, Refusal> = to.iter().map(recipient).collect();
    let to = to?;
    if to.is_empty() {
        return refuse("The to field must be an array of at least one phone number.");
    }
    let text = body["message"].as_str().unwrap_or_default().to_owned();
    let files = attachments(&body["attachments"])?;
    if text.trim().is_empty() && files.is_empty() {
        return refuse("The message must not be empty.");
    }
    Ok(Order { number, to, text, files })
}

fn e164(text: &str) -> Option<Address> {
    Address::parse(text).ok().filter(|address| address.is_e164() && address.as_str() == text)
}

fn recipient(value: &Value) -> Result<Address, Refusal> {
    let text = value.as_str().unwrap_or_default();
    match e164(text) {
        Some(address) => Ok(address),
        None => refuse(format!("The to number '{text}' is not a valid phone number in E.164 format.")),
    }
}

fn attachments(value: &Value) -> Result<Vec<File>, Refusal> {
    let file = |value: &Value| {
        let name = value["name"].as_str().filter(|name| !name.is_empty());
        let data = value["data"].as_str().and_then(|data| STANDARD.decode(data).ok());
        match (name, data) {
            (Some(name), Some(data)) => Ok(File { name: name.to_owned(), data }),
            _ => refuse("Each attachment needs a name and data in base64."),
        }
    };
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(values) => values.iter().map(file).collect(),
        _ => refuse("The attachments must be an array."),
    }
}

/// Sends, one message to each recipient, and answers with the id of the first as the dialect has it.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    access: Access,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    let dialect = service.dialect();
    let mut state = service.state();
    let order = match read(&state.world, &access, &body) {
        Ok(order) => order,
        Err((status, reason)) => return answer::error(dialect, status, &reason),
    };
    let sent = deliver(&service, &mut state, &access, operation(uri.path()), order);
    answer::ok(&written(dialect, &sent.from, sent.answer_id.as_deref()))
}

fn written(dialect: &Dialect, from: &Address, id: Option<&str>) -> Value {
    let mut answer = json!({
        "message": "SMS message sent successfully",
        "sourcePhoneNumber": wire::number(dialect, from, 0),
    });
    match (dialect.send_id, id) {
        (SendId::Id, Some(id)) => answer["id"] = id.into(),
        (SendId::MessageId, Some(id)) => answer["messageId"] = id.into(),
        (SendId::DataId, Some(id)) => answer = json!({"isSuccess": true, "data": {"id": id}}),
        _ => {}
    }
    answer
}

//! `POST /messages/send` and `POST /contactcenter/messages/send` (`mightycall-api.md`, section 6).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::is_refused;
use super::record::attachment;
use super::refusal::{self, Refusal};
use crate::emulator::answer;
use crate::emulator::auth::Access;
use crate::emulator::dialect::SendId;
use crate::emulator::middleware::operation;
use crate::emulator::outgoing::{Order, Sent, deliver};
use crate::emulator::service::Service;
use crate::emulator::world::{File, World};
use crate::model::phone::Address;

type Lines = Vec<(&'static str, String)>;

/// Sends, one message to each recipient, and answers with the GUID of the first.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    access: Access,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Result<Response, Refusal> {
    let path = operation(uri.path());
    if is_refused(service.dialect(), path) {
        let why = "The account's role does not allow this operation.";
        return Err(refusal::coded(403, "TenantAccountRoleIssue", why));
    }
    let mut state = service.state();
    let order = read(&state.world, &access, &body)?;
    let sent = deliver(&service, &mut state, &access, path, order);
    Ok(answer::ok(&written(&service, &sent)))
}

/// Reads `{"from","to":[…],"message","attachments":[{"name","data"}]}`, and collects all that is wrong with it.
fn read(world: &World, access: &Access, body: &[u8]) -> Result<Order, Refusal> {
    let mut lines = Lines::new();
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Err(refusal::model(&[("request", "The request body is not valid JSON.".to_owned())]));
    };
    let from = sender(&body["from"], &mut lines);
    let to = recipients(&body["to"], &mut lines);
    let text = match &body["message"] {
        Value::Null => "",
        Value::String(text) => text,
        _ => {
            lines.push(("message", "Message must be a text.".to_owned()));
            ""
        }
    };
    let files = files(&body["attachments"], &mut lines);
    if text.trim().is_empty() && files.is_empty() && lines.is_empty() {
        lines.push(("message", "Message text or attachments are required.".to_owned()));
    }
    if !lines.is_empty() {
        return Err(refusal::model(&lines));
    }
    // reasons are not told
    let refused = || refusal::simple(403, "Failed to send message.");
    let number = world.number_at(from).filter(|&number| access.sees(number)).ok_or_else(refused)?;
    let own = &world.numbers[number];
    let may_send = own.enabled && own.sms_mode.eq_ignore_ascii_case("enabled") && (own.mms || files.is_empty());
    if may_send { Ok(Order { number, to, text: text.to_owned(), files }) } else { Err(refused()) }
}

/// `^\+1\d{8,15}$`
fn sender<'a>(value: &'a Value, lines: &mut Lines) -> &'a str {
    let from = value.as_str().unwrap_or_default();
    let digits = from.strip_prefix("+1").unwrap_or_default();
    if from.is_empty() {
        lines.push(("from", "Source phone number is required.".to_owned()));
    } else if !(8..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        lines.push(("from", "Source phone number has an invalid format.".to_owned()));
    }
    from
}

fn recipients(value: &Value, lines: &mut Lines) -> Vec<Address> {
    let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if values.is_empty() {
        lines.push(("to", "Destination phone number is required.".to_owned()));
    }
    let mut to = Vec::with_capacity(values.len());
    for value in values {
        let text = value.as_str().unwrap_or_default();
        match Address::parse(text).ok().filter(|address| address.is_e164() && address.as_str() == text) {
            Some(address) => to.push(address),
            None => lines.push(("to", format!("Destination phone number '{text}' has an invalid format."))),
        }
    }
    to
}

fn files(value: &Value, lines: &mut Lines) -> Vec<File> {
    let values = match value {
        Value::Null => return Vec::new(),
        Value::Array(values) => values.as_slice(),
        _ => {
            lines.push(("attachments", "Attachments must be a list.".to_owned()));
            return Vec::new();
        }
    };
    let mut files = Vec::with_capacity(values.len());
    for value in values {
        let name = value["name"].as_str().filter(|name| !name.is_empty());
        let data = value["data"].as_str().and_then(|data| STANDARD.decode(data).ok());
        match (name, data) {
            (Some(name), Some(data)) => files.push(File { name: name.to_owned(), data }),
            _ => lines.push(("attachments", "Each attachment needs a name, and data in base64.".to_owned())),
        }
    }
    files
}

fn written(service: &Service, sent: &Sent) -> Value {
    let to: Vec<&str> = sent.to.iter().map(Address::as_str).collect();
    let file = |(place, file): (usize, &File)| {
        let mut out = attachment(service, &sent.journal_id, place, file);
        out["isActive"] = true.into();
        out
    };
    let files: Vec<Value> = sent.files.iter().enumerate().map(file).collect();
    let mut answer = json!({
        "message": "SMS message sent successfully.",
        "sourcePhoneNumber": sent.from.as_str(),
        "destinationPhoneNumbers": to,
        // without a zone, which means UTC
        "sendTime": sent.at.strftime("%Y-%m-%dT%H:%M:%S%.7f").to_string(),
        "attachments": if files.is_empty() { Value::Null } else { files.into() },
    });
    match (service.dialect().send_id, &sent.answer_id) {
        (SendId::Id, Some(id)) => answer["id"] = id.as_str().into(),
        (SendId::MessageId, Some(id)) => answer["messageId"] = id.as_str().into(),
        (SendId::DataId, Some(id)) => answer["data"] = json!({"id": id}),
        _ => {}
    }
    answer
}

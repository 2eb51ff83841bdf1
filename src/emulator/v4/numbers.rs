//! `/phonenumbers` (`mightycall-api.md`, section 12).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::refusal::{self, Refusal};
use crate::emulator::answer;
use crate::emulator::auth::Access;
use crate::emulator::dialect::Dialect;
use crate::emulator::own_number::OwnNumber;
use crate::emulator::service::{Service, State as Books};
use crate::emulator::wire;

fn number(dialect: &Dialect, own: &OwnNumber) -> Value {
    json!({
        "number": wire::number(dialect, &own.address, 0),
        "label": own.label,
        "description": own.description,
        "isEnabled": own.enabled,
        "isPrimary": own.primary,
        "isTollFree": own.toll_free,
        "isInternational": own.international,
        "smsMode": own.sms_mode,
        "numberMessagingVerified": own.messaging_verified,
        "isMmsEnabled": own.mms,
        "callRecordingMode": own.call_recording_mode,
        "mayText": own.may_text,
        "mayCall": own.may_call,
        "lastUsed": own.last_used,
    })
}

/// `GET /phonenumbers`
pub(super) async fn list(State(service): State<Arc<Service>>, access: Access) -> Response {
    let dialect = service.dialect();
    let Books { world, .. } = &*service.state();
    let seen = world.numbers.iter().enumerate().filter(|(place, _)| access.sees(*place));
    let numbers: Vec<Value> = seen.map(|(_, own)| number(dialect, own)).collect();
    let total = numbers.len();
    answer::ok(&json!({
        "data": {"phoneNumbers": numbers, "deletedPhoneNumbers": [], "total": total},
        "isSuccess": true,
    }))
}

/// `GET /phonenumbers/{digits}`: the first number that contains them.
pub(super) async fn one(
    State(service): State<Arc<Service>>,
    access: Access,
    Path(digits): Path<String>,
) -> Result<Response, Refusal> {
    let Books { world, .. } = &*service.state();
    let well_formed = (1..=11).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let fits = |(place, own): &(usize, &OwnNumber)| access.sees(*place) && own.address.as_str().contains(&digits);
    let found = world.numbers.iter().enumerate().find(fits).filter(|_| well_formed);
    let (_, own) = found.ok_or_else(|| refusal::simple(400, "Number not found"))?;
    Ok(answer::ok(&json!({"data": number(service.dialect(), own), "isSuccess": true})))
}

/// `DELETE /phonenumbers` gives numbers up for good; here it is always refused.
pub(super) async fn give_up(_: Access, body: Option<Json<Value>>) -> Response {
    let numbers = body.as_deref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let refused =
        |number: &Value| json!({"id": number, "status": "forbidden", "message": "The number is not deleted."});
    answer::with_status(400, &numbers.iter().map(refused).collect())
}

//! The block list and the VIP list (`mightycall-api.md`, section 7).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::query::truth;
use super::refusal::{self, Refusal};
use crate::emulator::answer;
use crate::emulator::ask::Params;
use crate::emulator::auth::Access;
use crate::emulator::service::Service;
use crate::model::phone::Address;

/// Numbers that a list holds.
const MOST: usize = 500;

/// `POST /journal/blocklist/add?phone[&forceRemovingVIP]`
pub(super) async fn block(State(service): State<Arc<Service>>, _: Access, params: Params) -> Result<Response, Refusal> {
    truth(&params, "forceRemovingVIP")?;
    let address = phone(&params)?;
    let blocked = &mut service.state().world.blocked;
    if blocked.len() >= MOST && !blocked.contains(&address) {
        return Err(refusal::invalid("The block list is full."));
    }
    blocked.insert(address);
    Ok(answer::ok(&json!({"message": "updated"})))
}

/// `POST /journal/blocklist/remove?phone`
pub(super) async fn unblock(
    State(service): State<Arc<Service>>,
    _: Access,
    params: Params,
) -> Result<Response, Refusal> {
    let address = phone(&params)?;
    if service.state().world.blocked.remove(&address) {
        return Ok(answer::ok(&json!({"message": "updated"})));
    }
    Err(refusal::not_found())
}

/// E.164 with the plus.
fn phone(params: &Params) -> Result<Address, Refusal> {
    let text = params.get("phone").unwrap_or_default();
    let address = Address::parse(text).ok().filter(|address| address.is_e164() && address.as_str() == text);
    address.ok_or_else(|| refusal::invalid("The phone parameter must be a phone number in E.164 format."))
}

/// `GET /journal/blocklist/availableNumbers`
pub(super) async fn blocklist_room(State(service): State<Arc<Service>>, _: Access) -> Response {
    let left = MOST.saturating_sub(service.state().world.blocked.len());
    answer::ok(&json!({"countOfAvailableNumbers": left}))
}

/// `GET /journal/viplist/availableNumbers`. Nothing in the API puts anybody on that list.
pub(super) async fn viplist_room(_: Access) -> Response {
    answer::ok(&json!({"countOfAvailableNumbers": MOST}))
}

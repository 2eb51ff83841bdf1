//! Ping, the user who signed in, and the team (`mightycall-api.md`, sections 13 and 14).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::refusal::{self, Refusal};
use crate::emulator::answer;
use crate::emulator::auth::Access;
use crate::emulator::ids::{Kind, guid};
use crate::emulator::service::{Service, State as Books};
use crate::emulator::world::{Agent, World};

/// `GET /ping`, the only path without keys.
pub(super) async fn ping() -> Response {
    found(&json!("3"))
}

fn found(data: &Value) -> Response {
    answer::ok(&json!({"data": data, "isSuccess": true}))
}

/// The first of the staff is the administrator.
fn role(place: usize) -> &'static str {
    if place == 0 { "admin" } else { "user" }
}

fn email(agent: &Agent) -> String {
    let name: String = agent.name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '.' }).collect();
    format!("{name}@example.com")
}

fn data(place: usize, agent: &Agent) -> Value {
    let (first, last) = agent.name.split_once(' ').unwrap_or((&agent.name, ""));
    json!({
        "firstName": first,
        "lastName": last,
        "email": email(agent),
        "extension": agent.extension,
        "role": role(place),
    })
}

fn no_profile() -> Refusal {
    refusal::simple(400, "User profile not found")
}

/// `GET /profile`
pub(super) async fn own_profile(State(service): State<Arc<Service>>, access: Access) -> Result<Response, Refusal> {
    let Books { world, .. } = &*service.state();
    let agent = world.agents.get(access.agent).ok_or_else(no_profile)?;
    Ok(found(&data(access.agent, agent)))
}

/// `GET /profile/{extension}`
pub(super) async fn profile(
    State(service): State<Arc<Service>>,
    _: Access,
    Path(extension): Path<String>,
) -> Result<Response, Refusal> {
    let Books { world, .. } = &*service.state();
    let found_at = world.agents.iter().enumerate().find(|(_, agent)| agent.extension == extension);
    let (place, agent) = found_at.ok_or_else(no_profile)?;
    Ok(found(&data(place, agent)))
}

/// `GET /profile/status`
pub(super) async fn status(State(service): State<Arc<Service>>, access: Access) -> Response {
    told(service.state().world.do_not_disturb.contains(&access.agent))
}

fn told(do_not_disturb: bool) -> Response {
    found(&json!({"status": if do_not_disturb { "dnd" } else { "available" }}))
}

/// `PUT /profile/status/{available|dnd}`
pub(super) async fn set_status(
    State(service): State<Arc<Service>>,
    access: Access,
    Path(status): Path<String>,
) -> Result<Response, Refusal> {
    let people = &mut service.state().world.do_not_disturb;
    match status.as_str() {
        "available" => people.remove(&access.agent),
        "dnd" => people.insert(access.agent),
        other => return Err(refusal::model(&[("status", format!("The value '{other}' is not valid."))])),
    };
    Ok(told(status == "dnd"))
}

/// `GET /team`, in no envelope.
pub(super) async fn team(State(service): State<Arc<Service>>, _: Access) -> Response {
    let Books { world, .. } = &*service.state();
    let user = |(place, agent): (usize, &Agent)| json!({"id": agent_id(world, place), "fullName": agent.name, "role": role(place), "avatarUrl": null});
    let users: Vec<Value> = world.agents.iter().enumerate().map(user).collect();
    answer::ok(&json!({
        "users": users,
        "groups": [{"id": guid(world.seed, Kind::Group, 0), "name": "Office"}],
        "vmboxes": [{"id": guid(world.seed, Kind::VoicemailBox, 0), "name": world.name}],
    }))
}

/// The GUID of one of the staff.
pub(super) fn agent_id(world: &World, place: usize) -> String {
    guid(world.seed, Kind::Agent, u32::try_from(place).unwrap_or(u32::MAX))
}

/// One of the staff, as records name them.
pub(super) fn person(world: &World, place: usize) -> Option<Value> {
    let agent = world.agents.get(place)?;
    Some(json!({
        "id": agent_id(world, place),
        "name": agent.name,
        "extension": agent.extension,
        "email": email(agent),
        "role": if place == 0 { "admin" } else { "agent" },
        "type": "user",
    }))
}

//! What can be done to records (`mightycall-api.md`, section 7).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::journal::{Id, visible};
use super::query::{ids, list, truth};
use super::refusal::{self, Refusal};
use crate::emulator::answer;
use crate::emulator::ask::Params;
use crate::emulator::auth::Access;
use crate::emulator::ids::is_hex;
use crate::emulator::service::{Service, State as Books};
use crate::emulator::world::World;

fn updated() -> Response {
    answer::ok(&json!({"message": "updated"}))
}

fn deleted() -> Response {
    answer::ok(&json!({"message": "deleted"}))
}

/// The text of a `text/plain` body, or of a JSON string.
fn text(body: &Bytes) -> String {
    serde_json::from_slice(body).unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned())
}

/// `POST /journal/requests/flags?flags&requestIds`
pub(super) async fn set_flags(
    State(service): State<Arc<Service>>,
    access: Access,
    params: Params,
) -> Result<Response, Refusal> {
    flag(&service, &access, &params, true).map(|()| updated())
}

/// `DELETE /journal/requests/flags?flags&requestIds`
pub(super) async fn clear_flags(
    State(service): State<Arc<Service>>,
    access: Access,
    params: Params,
) -> Result<Response, Refusal> {
    flag(&service, &access, &params, false).map(|()| deleted())
}

/// Sets or clears all of the flags on all of the records, or nothing.
fn flag(service: &Service, access: &Access, params: &Params, on: bool) -> Result<(), Refusal> {
    let flags: Vec<String> = list(params, "flags").into_iter().map(str::to_ascii_lowercase).collect();
    let known = |flag: &String| ["isread", "favorite", "removed"].contains(&flag.as_str());
    if flags.is_empty() || !flags.iter().all(known) {
        return Err(refusal::coded(400, "FlagsInvalid", "The flags must be IsRead, Favorite or Removed."));
    }
    let ids = ids(params, "requestIds")?;
    let Books { world, .. } = &mut *service.state();
    let known = |id: &&str| own(world, access, id);
    let serials = ids.iter().map(known).collect::<Result<Vec<u32>, Refusal>>()?;
    for serial in serials {
        for flag in &flags {
            match flag.as_str() {
                "isread" => world.notes.entry(serial).or_default().read = on,
                "favorite" => world.notes.entry(serial).or_default().favorite = on,
                _ => remove(world, serial, on),
            }
        }
    }
    Ok(())
}

/// A record of the account, removed or not.
fn own(world: &World, access: &Access, id: &str) -> Result<u32, Refusal> {
    let serial = world.serial(id).filter(|&serial| world.record(serial).is_some_and(|one| access.sees(one.number)));
    serial.ok_or_else(refusal::not_found)
}

fn remove(world: &mut World, serial: u32, on: bool) {
    if on {
        world.removed.insert(serial);
    } else {
        world.removed.remove(&serial);
    }
}

/// `PUT /journal/requests/wfstate?requestIds`, the state as text.
pub(super) async fn set_state(
    State(service): State<Arc<Service>>,
    access: Access,
    params: Params,
    body: Bytes,
) -> Result<Response, Refusal> {
    let ids = ids(&params, "requestIds")?;
    let text = text(&body);
    let states = ["Open", "Finished", "Resolved"];
    let state = states.into_iter().find(|state| state.eq_ignore_ascii_case(text.trim()));
    let Some(state) = state else {
        return Err(refusal::coded(404, "WorkflowStateInvalid", "The workflow state must be Open or Resolved."));
    };
    let now = service.now();
    let Books { world, .. } = &mut *service.state();
    let serials = ids.iter().map(|id| visible(world, &access, id, now)).collect::<Result<Vec<u32>, Refusal>>()?;
    for serial in serials {
        world.notes.entry(serial).or_default().state = Some(state.to_owned());
    }
    Ok(updated())
}

/// `POST /journal/requests/{id}/comment`, the note as text. It replaces what was there.
pub(super) async fn set_comment(
    State(service): State<Arc<Service>>,
    access: Access,
    Id(id): Id,
    body: Bytes,
) -> Result<Response, Refusal> {
    comment(&service, &access, &id, Some(text(&body))).map(|()| updated())
}

/// `DELETE /journal/requests/{id}/comment`
pub(super) async fn clear_comment(
    State(service): State<Arc<Service>>,
    access: Access,
    Id(id): Id,
) -> Result<Response, Refusal> {
    comment(&service, &access, &id, None).map(|()| deleted())
}

fn comment(service: &Service, access: &Access, id: &str, text: Option<String>) -> Result<(), Refusal> {
    let now = service.now();
    let Books { world, .. } = &mut *service.state();
    let serial = visible(world, access, id, now)?;
    world.notes.entry(serial).or_default().comment = text;
    Ok(())
}

/// `DELETE /journal/requests/messages?requestIds`. Ids of nobody are named, and do not keep the others.
pub(super) async fn delete_texts(
    State(service): State<Arc<Service>>,
    access: Access,
    params: Params,
) -> Result<Response, Refusal> {
    let ids = ids(&params, "requestIds")?;
    let now = service.now();
    let Books { world, .. } = &mut *service.state();
    let (mut gone, mut unknown) = (Vec::new(), Vec::new());
    for id in ids {
        match visible(world, &access, id, now) {
            Ok(serial) => {
                world.removed.insert(serial);
                gone.push(id);
            }
            Err(_) => unknown.push(id),
        }
    }
    Ok(answer::ok(&json!({"message": "deleted", "data": {"deletedIds": gone, "notfoundIds": unknown}})))
}

/// `POST /journal/requests/message?requestId`: a deleted text is back.
pub(super) async fn restore_text(
    State(service): State<Arc<Service>>,
    access: Access,
    params: Params,
) -> Result<Response, Refusal> {
    let id = params.get("requestId").ok_or_else(refusal::not_found)?;
    if !is_hex(id) {
        return Err(refusal::bad_id());
    }
    let Books { world, .. } = &mut *service.state();
    let serial = own(world, &access, id)?;
    world.removed.remove(&serial);
    Ok(updated())
}

/// `DELETE /journal/requests/voicemail?requestIds&removeText`. The account has no voicemails yet, so none is found.
pub(super) async fn delete_voicemails(_: Access, params: Params) -> Result<Response, Refusal> {
    ids(&params, "requestIds")?;
    match truth(&params, "removeText")? {
        Some(_) => Err(refusal::not_found()),
        None => Err(refusal::invalid("The removeText parameter is required.")),
    }
}

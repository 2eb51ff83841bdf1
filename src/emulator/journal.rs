//! `/journal/…` as the reports tell of it: the history, one record and its files, and what staff do to records.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::ask::{Params, Window};
use super::auth::Access;
use super::dialect::{Dialect, Files, Unfiltered};
use super::service::{Service, State as Books};
use super::wire::{self, Page};
use super::world::{Filter, World};
use crate::model::phone::Address;

/// `GET /journal/requests?type&origin&page&pageSize&from&to[&businessNumber][&phone]`
pub(super) async fn list(State(service): State<Arc<Service>>, access: Access, params: Params) -> Response {
    let dialect = service.dialect();
    let now = service.now();
    let Books { world, .. } = &*service.state();
    let read = || {
        let window = Window::paged(&params, dialect)?;
        let filter = filter(dialect, world, &access, &params)?;
        Ok((window, filter.map(|filter| Filter { shown_at: Some(now), ..filter })))
    };
    let (window, filter) = match read() {
        Ok(read) => read,
        Err(reason) => {
            let status = match dialect.unfiltered {
                Unfiltered::Refused(status) if params.get("businessNumber").is_none() => status,
                _ => 400,
            };
            return answer::error(dialect, status, &reason as &String);
        }
    };
    let mut found = filter.map(|filter| world.find(&filter)).unwrap_or_default();
    found.reverse();
    let page = Page {
        plural: "requests",
        number: window.page,
        items: records(dialect, world, window.of(&found)),
        total: found.len(),
        has_more: window.has_more(found.len()),
    };
    answer::ok(&wire::envelope(dialect, page))
}

/// What a request to the journal wants; `None` where nothing can be in it.
fn filter(dialect: &Dialect, world: &World, access: &Access, params: &Params) -> Result<Option<Filter>, String> {
    let time = |name| params.time(name).map(|at| at.filter(|_| dialect.time_filter));
    let mut filter = Filter { number: access.number, from: time("from")?, to: time("to")?, ..Filter::default() };
    match params.get("type").unwrap_or("All").to_ascii_lowercase().as_str() {
        "all" | "message" => {}
        // an account of messages alone
        "call" | "voicemail" | "messagethread" => return Ok(None),
        other => return Err(format!("The value '{other}' is not valid for type.")),
    }
    match params.get("origin").unwrap_or("All").to_ascii_lowercase().as_str() {
        "all" => {}
        "inbound" | "incoming" => filter.inbound = Some(true),
        "outbound" | "outgoing" => filter.inbound = Some(false),
        "callback" | "internal" | "unspecified" => return Ok(None),
        other => return Err(format!("The value '{other}' is not valid for origin.")),
    }
    if let Some(text) = params.get("businessNumber") {
        match world.number_at(text).filter(|&number| access.sees(number)) {
            Some(number) => filter.number = Some(number),
            None => return Ok(None),
        }
    } else if filter.number.is_none() {
        match dialect.unfiltered {
            Unfiltered::All => {}
            Unfiltered::First => filter.number = Some(0),
            Unfiltered::Refused(_) => return Err("The businessNumber field is required.".to_owned()),
        }
    }
    if let Some(text) = params.get("phone") {
        match world.person_at(text) {
            Some(person) => filter.person = Some(person),
            None => return Ok(None),
        }
    }
    Ok(Some(filter))
}

fn records(dialect: &Dialect, world: &World, serials: &[u32]) -> Vec<Value> {
    let record = |&serial: &u32| Some(wire::journal(dialect, world, serial, world.record(serial)?));
    serials.iter().filter_map(record).collect()
}

/// The serial of the record with that id, if those who ask may see it.
fn visible(world: &World, access: &Access, id: &str) -> Option<u32> {
    let serial = world.serial(id)?;
    access.sees(world.record(serial)?.number).then_some(serial)
}

fn no_record(dialect: &Dialect, id: &str) -> Response {
    answer::error(dialect, 404, &format!("The request {id} was not found."))
}

fn done() -> Response {
    answer::ok(&json!({"isSuccess": true}))
}

/// `GET /journal/requests/{id}`
pub(super) async fn one(State(service): State<Arc<Service>>, access: Access, Path(id): Path<String>) -> Response {
    let dialect = service.dialect();
    let Books { world, .. } = &*service.state();
    match visible(world, &access, &id).and_then(|serial| Some((serial, world.record(serial)?))) {
        Some((serial, record)) => answer::ok(&wire::journal(dialect, world, serial, record)),
        None => no_record(dialect, &id),
    }
}

/// `GET /journal/requests/{id}/mmsAttachments`, of which the reports tell the path alone.
pub(super) async fn files(State(service): State<Arc<Service>>, access: Access, Path(id): Path<String>) -> Response {
    let dialect = service.dialect();
    let Books { world, .. } = &*service.state();
    let Some(record) = visible(world, &access, &id).and_then(|serial| world.record(serial)) else {
        return no_record(dialect, &id);
    };
    let items: Vec<Value> = wire::files(dialect, &id, record);
    let total = items.len();
    answer::ok(&wire::envelope(dialect, Page { plural: "mmsAttachments", number: 1, items, total, has_more: false }))
}

/// `GET /files/{id}/{place}`: what the address of an attachment leads to.
pub(super) async fn file(
    State(service): State<Arc<Service>>,
    access: Access,
    Path((id, place)): Path<(String, usize)>,
) -> Response {
    let Books { world, .. } = &*service.state();
    let record = visible(world, &access, &id).and_then(|serial| world.record(serial));
    match record.and_then(|record| record.files.get(place)).filter(|_| service.dialect().files != Files::Expired) {
        Some(file) => Response::new(file.data.clone().into()),
        None => no_record(service.dialect(), &id),
    }
}

/// `PUT /journal/requests/wfstate?requestId=` with `{"state":"Open"|"Finished"|"Resolved"}`
pub(super) async fn set_state(
    State(service): State<Arc<Service>>,
    access: Access,
    params: Params,
    body: Option<Json<Value>>,
) -> Response {
    let dialect = service.dialect();
    let state = body.as_ref().and_then(|Json(body)| body["state"].as_str()).unwrap_or_default();
    if !["Open", "Finished", "Resolved"].contains(&state) {
        return answer::error(dialect, 400, "The state must be Open, Finished or Resolved.");
    }
    let id = params.get("requestId").unwrap_or_default();
    let Books { world, .. } = &mut *service.state();
    let Some(serial) = visible(world, &access, id) else { return no_record(dialect, id) };
    world.notes.entry(serial).or_default().state = Some(state.to_owned());
    done()
}

/// `POST /journal/requests/{id}/comment`, text/plain
pub(super) async fn set_comment(
    State(service): State<Arc<Service>>,
    access: Access,
    Path(id): Path<String>,
    text: String,
) -> Response {
    comment(&service, &access, &id, Some(text))
}

/// `DELETE /journal/requests/{id}/comment`
pub(super) async fn clear_comment(
    State(service): State<Arc<Service>>,
    access: Access,
    Path(id): Path<String>,
) -> Response {
    comment(&service, &access, &id, None)
}

fn comment(service: &Service, access: &Access, id: &str, text: Option<String>) -> Response {
    let Books { world, .. } = &mut *service.state();
    let Some(serial) = visible(world, access, id) else { return no_record(service.dialect(), id) };
    world.notes.entry(serial).or_default().comment = text;
    done()
}

/// `POST /journal/blocklist/add` with `{"phoneNumber"}`
pub(super) async fn block(State(service): State<Arc<Service>>, _: Access, body: Option<Json<Value>>) -> Response {
    block_list(&service, body.as_deref(), |world, address| world.blocked.insert(address))
}

/// `POST /journal/blocklist/remove` with `{"phoneNumber"}`
pub(super) async fn unblock(State(service): State<Arc<Service>>, _: Access, body: Option<Json<Value>>) -> Response {
    block_list(&service, body.as_deref(), |world, address| world.blocked.remove(&address))
}

fn block_list(service: &Service, body: Option<&Value>, change: impl FnOnce(&mut World, Address) -> bool) -> Response {
    let number = body.and_then(|body| body["phoneNumber"].as_str());
    match number.and_then(Address::from_wire) {
        Some(address) => {
            change(&mut service.state().world, address);
            done()
        }
        None => answer::error(service.dialect(), 400, "The phoneNumber is missing."),
    }
}

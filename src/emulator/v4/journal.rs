//! `GET /journal/requests`, its counts, one record and its files (`mightycall-api.md`, section 7).

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::filter::Filter;
use super::query::truth;
use super::record::{Shown, record};
use super::refusal::{self, Refusal};
use super::window::Asked;
use crate::emulator::answer;
use crate::emulator::ask::{Params, Window};
use crate::emulator::auth::Access;
use crate::emulator::dialect::{Archive, Envelope, Files};
use crate::emulator::ids::is_hex;
use crate::emulator::service::{Service, State as Books};
use crate::emulator::world::World;
use crate::emulator::zip;

/// The list: newest first, or oldest first with `reverse=true`.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    access: Access,
    params: Params,
) -> Result<Response, Refusal> {
    let (dialect, now) = (service.dialect(), service.now());
    let Books { world, .. } = &*service.state();
    let filter = Filter::read(Asked::List, dialect, world, &access, &params, now)?;
    let window = Window::paged(&params, dialect).map_err(|why| refusal::invalid(&why))?;
    truth(&params, "showExternalContacts")?;
    let shown = Shown {
        contacts: truth(&params, "resolveContacts")?.unwrap_or(false),
        users: truth(&params, "showUsers")?.unwrap_or(false),
    };
    let mut found = filter.find(dialect, world, now);
    if truth(&params, "reverse")? != Some(true) {
        found.reverse();
    }
    let one = |&serial: &u32| Some(record(&service, world, serial, world.record(serial)?, shown));
    let records: Vec<Value> = window.of(&found).iter().filter_map(one).collect();
    let mut page = json!({"currentPage": window.page, "requests": records});
    if dialect.total {
        page["total"] = found.len().into();
    }
    if dialect.has_more {
        page["hasMore"] = window.has_more(found.len()).into();
    }
    Ok(answer::ok(&match dialect.envelope {
        Envelope::Page => page,
        Envelope::Data => json!({"data": page}),
        Envelope::Bare => records_of(page),
    }))
}

fn records_of(mut page: Value) -> Value {
    page["requests"].take()
}

/// How many records there are, and from when to when they were looked for.
pub(super) async fn counts(
    State(service): State<Arc<Service>>,
    access: Access,
    params: Params,
) -> Result<Response, Refusal> {
    let (dialect, now) = (service.dialect(), service.now());
    let Books { world, .. } = &*service.state();
    let filter = Filter::read(Asked::Counts, dialect, world, &access, &params, now)?;
    let time = |at| crate::emulator::wire::time(dialect, at);
    Ok(answer::ok(&json!({
        "records": filter.find(dialect, world, now).len(),
        "from": time(filter.from.unwrap_or(Timestamp::UNIX_EPOCH)),
        "to": time(filter.to),
    })))
}

/// The id in a path of the journal, well-formed.
#[derive(Debug)]
pub(super) struct Id(pub(super) String);

impl FromRequestParts<Arc<Service>> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<Service>) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, service).await;
        path.ok().filter(|Path(id)| is_hex(id)).map(|Path(id)| Self(id)).ok_or_else(refusal::bad_id)
    }
}

/// The serial of the record with that id, if those who ask may see it now.
pub(super) fn visible(world: &World, access: &Access, id: &str, now: Timestamp) -> Result<u32, Refusal> {
    let serial = world.serial(id).filter(|&serial| world.shows(serial, now));
    let seen = |serial: &u32| world.record(*serial).is_some_and(|record| access.sees(record.number));
    serial.filter(seen).ok_or_else(refusal::not_found)
}

/// One record.
pub(super) async fn one(
    State(service): State<Arc<Service>>,
    access: Access,
    Id(id): Id,
    params: Params,
) -> Result<Response, Refusal> {
    truth(&params, "showExternalContacts")?;
    let shown = Shown {
        contacts: truth(&params, "resolveContacts")?.unwrap_or(false),
        users: truth(&params, "showUsers")?.unwrap_or(true),
    };
    let Books { world, .. } = &*service.state();
    let serial = visible(world, &access, &id, service.now())?;
    let found = world.record(serial).ok_or_else(refusal::not_found)?;
    Ok(answer::ok(&record(&service, world, serial, found, shown)))
}

/// The files of a text as a zip archive; `{"isSuccess":true}` where there are none.
pub(super) async fn archive(
    State(service): State<Arc<Service>>,
    access: Access,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let dialect = service.dialect();
    let Books { world, .. } = &*service.state();
    let serial = visible(world, &access, &id, service.now())?;
    let files = world.record(serial).map(|record| record.files.as_slice()).unwrap_or_default();
    let kept = dialect.files != Files::Expired;
    Ok(match zip::archive(files).filter(|_| kept && !files.is_empty()) {
        None => answer::ok(&json!({"isSuccess": true})),
        Some(bytes) if dialect.archive == Archive::Base64 => {
            answer::text(200, "text/plain; charset=utf-8", STANDARD.encode(bytes))
        }
        Some(bytes) => answer::text(200, "application/zip", bytes),
    })
}

/// `GET /files/{id}/{place}`: what the `link` of a file leads to. This path is the emulator's own.
pub(super) async fn file(
    State(service): State<Arc<Service>>,
    access: Result<Access, Response>,
    Path((id, place)): Path<(String, usize)>,
) -> Response {
    let dialect = service.dialect();
    let access = match access {
        Ok(access) => Some(access),
        Err(response) if dialect.links_need_keys => return response,
        Err(_) => None,
    };
    let Books { world, .. } = &*service.state();
    let record = world.serial(&id).and_then(|serial| world.record(serial));
    let seen = record.filter(|record| access.is_none_or(|access| access.sees(record.number)));
    match seen.and_then(|record| record.files.get(place)).filter(|_| dialect.files != Files::Expired) {
        Some(file) => answer::text(200, "application/octet-stream", file.data.clone()),
        None => answer::error(dialect, 404, "The file is not found."),
    }
}

//! A record of the journal as JSON (`mightycall-api.md`, section 7, "The record").

use serde_json::{Map, Value, json};

use super::is_thread;
use super::people::person;
use crate::emulator::dialect::{Dialect, Files, LinkForm, Prefix, ReadFlag};
use crate::emulator::ids::{Kind, hex};
use crate::emulator::middleware::BASE;
use crate::emulator::service::Service;
use crate::emulator::wire;
use crate::emulator::world::{File, Record, Status, World};

/// What of a record is shown.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shown {
    /// `client.resolvedContacts` is filled.
    pub(super) contacts: bool,
    /// `agent` and `users` are there.
    pub(super) users: bool,
}

/// The record, bare.
pub(super) fn record(service: &Service, world: &World, serial: u32, record: &Record, shown: Shown) -> Value {
    let dialect = service.dialect();
    let own = &world.numbers[record.number];
    let notes = world.notes.get(&serial);
    let thread = is_thread(dialect, serial);
    let mut out = json!({
        "id": world.id(serial),
        "requestGuid": world.guid(serial),
        "type": if thread { "messageThread" } else { "message" },
        "origin": if record.inbound { "inbound" } else { "outbound" },
        "state": "message",
        "created": wire::time(dialect, record.at),
        "businessNumber": {"number": wire::number(dialect, &own.address, serial), "label": own.label},
        "businessNumbersCount": 1,
        "client": client(dialect, world, serial, record, shown),
        "text": record.text,
        "textModel": {"text": record.text, "availability": "available"},
        "messageDeliveryStatus": status(record.status),
        "attachments": attachments(service, world, serial, record),
        "favorite": notes.is_some_and(|notes| notes.favorite),
        "comment": notes.and_then(|notes| notes.comment.as_deref()),
        "tags": [],
        "wfstate": notes.and_then(|notes| notes.state.as_deref()).map(|state| json!({"state": state.to_lowercase()})),
    });
    if thread {
        out["inConversation"] = true.into();
    }
    let flag = notes.is_some_and(|notes| notes.read);
    match dialect.read {
        _ if !record.inbound => out["read"] = true.into(),
        ReadFlag::Flag => out["read"] = flag.into(),
        ReadFlag::Always => out["read"] = true.into(),
        ReadFlag::Never => out["read"] = false.into(),
        ReadFlag::Absent => {}
    }
    if shown.users
        && let Some(agent) = record.agent.and_then(|agent| person(world, agent))
    {
        out["users"] = json!([agent]);
        out["agent"] = agent;
    }
    out
}

/// `messageDeliveryStatus`, which knows no delivery: what arrived was sent.
fn status(status: Option<Status>) -> &'static str {
    match status {
        None => "unspecified",
        Some(Status::Sent | Status::Delivered) => "sent",
        Some(Status::Failed) => "notSent",
    }
}

fn client(dialect: &Dialect, world: &World, serial: u32, record: &Record, shown: Shown) -> Value {
    let person = &world.people[record.person];
    let mut client = json!({
        "address": wire::number(dialect, &person.address, serial),
        "type": "phoneNumber",
        "callerKind": if world.blocked.contains(&person.address) { "blocked" } else { "default" },
    });
    if shown.contacts {
        client["resolvedContacts"] = contact(world, record.person).into_iter().collect();
    }
    client
}

/// The contact of a person, if the address book has one (`mightycall-api.md`, section 9).
fn contact(world: &World, place: usize) -> Option<Value> {
    let person = &world.people[place];
    let name = person.listed.as_deref()?;
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    let serial = u32::try_from(place).unwrap_or(u32::MAX);
    let mut out = Map::new();
    out.insert("contactId".into(), hex(world.seed, Kind::Contact, serial).into());
    out.insert("etag".into(), hex(world.seed, Kind::Contact, serial)[..16].into());
    out.insert("firstName".into(), first.into());
    if !last.is_empty() {
        out.insert("lastName".into(), last.into());
    }
    let channel = hex(world.seed, Kind::Channel, serial);
    out.insert(
        "channels".into(),
        json!([{"channelId": channel, "labels": ["mobile"], "phone": person.address.as_str()}]),
    );
    out.insert("tags".into(), json!([]));
    Some(Value::Object(out))
}

/// `attachments[]` of a record; nothing where the dialect tells nothing of files.
fn attachments(service: &Service, world: &World, serial: u32, record: &Record) -> Vec<Value> {
    let dialect = service.dialect();
    if dialect.files == Files::Apart {
        return Vec::new();
    }
    let one = |(place, file): (usize, &File)| attachment(service, &world.id(serial), place, file);
    record.files.iter().enumerate().map(one).collect()
}

/// One file, as the journal and the answer to a send tell of it.
pub(super) fn attachment(service: &Service, id: &str, place: usize, file: &File) -> Value {
    let dialect = service.dialect();
    let mut out = json!({
        "fileName": file.name,
        "fileSize": file.data.len(),
        "isImage": is_image(&file.name),
        "isSupportedFormat": true,
        "isStorageExpired": dialect.files == Files::Expired,
    });
    if matches!(dialect.files, Files::Addressed | Files::Expired) {
        out["link"] = link(service, id, place).into();
    }
    out
}

fn is_image(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ["png", "jpg", "jpeg", "gif", "webp", "heic"].contains(&ending.as_str()))
}

/// Where a file can be had, in the dialect's form.
fn link(service: &Service, id: &str, place: usize) -> String {
    let dialect = service.dialect();
    let api = if dialect.prefix == Prefix::None { "" } else { "/api" };
    let path = format!("{BASE}{api}/files/{id}/{place}");
    match &dialect.links {
        LinkForm::Path => path,
        LinkForm::Absolute => format!("http://{}{path}", service.address),
        LinkForm::Elsewhere(host) => format!("{}{path}", host.trim_end_matches('/')),
    }
}

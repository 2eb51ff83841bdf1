//! Records and lists as JSON, as the reports tell of them (`mightycall-api.md`, section 17), in the dialect's words.

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};
use serde_json::{Map, Value, json};

use super::dialect::{Dialect, Envelope, Files, Names, NumberForm, Prefix, TimeForm};
use super::ids::{Kind, guid, mix};
use super::world::{File, Record, Status, World};
use crate::model::phone::Address;

/// Picks among the names seen for fields: one number in mixed radix, a digit for each field in turn.
struct Choice(u64);

impl Choice {
    fn new(dialect: &Dialect, serial: u32) -> Self {
        match dialect.names {
            Names::Fixed(0) => Self(0),
            Names::Fixed(variant) => Self(mix(u64::from(variant))),
            Names::Rotating => Self(mix(u64::from(serial) ^ 0xd1a1_ec70)),
        }
    }

    fn of<const N: usize>(&mut self, names: [&'static str; N]) -> &'static str {
        names[self.below(N)]
    }

    fn below(&mut self, options: usize) -> usize {
        let (rest, digit) = (self.0 / options as u64, self.0 % options as u64);
        self.0 = rest;
        usize::try_from(digit).expect("a digit is less than its radix")
    }
}

/// Whether a record is among the dialect's so many of a hundred.
pub(super) fn falls(percent: u8, serial: u32, salt: u64) -> bool {
    mix(u64::from(serial) ^ salt) % 100 < u64::from(percent)
}

/// A number or sender as the dialect writes it.
pub(super) fn number(dialect: &Dialect, address: &Address, serial: u32) -> String {
    let form = match dialect.numbers {
        NumberForm::Mixed => {
            let forms = [NumberForm::E164, NumberForm::National, NumberForm::Formatted];
            forms[usize::try_from(mix(u64::from(serial)) % 3).expect("less than three")]
        }
        form => form,
    };
    match form {
        NumberForm::E164 | NumberForm::Mixed => address.as_str().to_owned(),
        NumberForm::National => address.national_digits().unwrap_or(address.as_str()).to_owned(),
        NumberForm::Formatted => address.display(),
    }
}

/// A time as the dialect writes it, to the millisecond.
pub(super) fn time(dialect: &Dialect, at: Timestamp) -> String {
    match dialect.times {
        TimeForm::Utc => at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        TimeForm::Offset => {
            let east = TimeZone::fixed(tz::offset(-5));
            at.to_zoned(east).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
        }
        TimeForm::Zoneless => at.strftime("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Sent => "Sent",
        Status::Delivered => "Delivered",
        Status::Failed => "Failed",
    }
}

/// A record of the journal.
pub(super) fn journal(dialect: &Dialect, world: &World, serial: u32, record: &Record) -> Value {
    let mut choice = Choice::new(dialect, serial);
    let own = &world.numbers[record.number];
    let person = &world.people[record.person];
    let own_number = number(dialect, &own.address, serial);
    let mut out = Map::new();
    out.insert(choice.of(["id", "requestGuid", "guid"]).into(), guid(world.seed, Kind::Journal, serial).into());
    out.insert("type".into(), "Message".into());
    out.insert("created".into(), time(dialect, record.at).into());
    let business = match choice.below(2) {
        0 => json!({"number": own_number, "label": own.label}),
        _ => own_number.into(),
    };
    out.insert("businessNumber".into(), business);
    let mut client = json!({"address": number(dialect, &person.address, serial), "type": "Phone"});
    if let Some(name) = &person.listed {
        client["name"] = name.as_str().into();
    }
    out.insert("client".into(), client);
    let direction = choice.of(["direction", "origin", "messageOrigin"]);
    let inbound = ["Inbound", "Incoming", "inbound", "INCOMING"];
    let outbound = ["Outbound", "Outgoing", "outbound", "OUTGOING"];
    let way = choice.of(if record.inbound { inbound } else { outbound });
    out.insert(direction.into(), way.into());
    match choice.below(3) {
        0 => out.insert("textModel".into(), json!({"text": record.text})),
        1 => out.insert("text".into(), record.text.as_str().into()),
        _ => out.insert("messageInfo".into(), json!({"text": record.text})),
    };
    if let Some(report) = record.status {
        out.insert("messageDeliveryStatus".into(), status(report).into());
    }
    if let Some(agent) = record.agent.and_then(|agent| world.agents.get(agent)) {
        let agent = json!({"name": agent.name, "extension": agent.extension});
        match choice.below(2) {
            0 => out.insert("users".into(), json!([agent])),
            _ => out.insert("agent".into(), agent),
        };
    }
    if !record.files.is_empty() && dialect.files != Files::Apart {
        let files = files(dialect, &guid(world.seed, Kind::Journal, serial), record);
        let name = |file: Value| json!({"name": file["name"]});
        let told = match dialect.files {
            Files::Named => files.into_iter().map(name).collect(),
            _ => files,
        };
        out.insert(choice.of(["attachments", "mmsAttachments"]).into(), told.into());
    }
    let notes = world.notes.get(&serial);
    let state = notes.and_then(|notes| notes.state.as_deref()).unwrap_or("Open");
    out.insert("wfstate".into(), json!({"state": state}));
    if let Some(comment) = notes.and_then(|notes| notes.comment.as_deref()) {
        out.insert("comment".into(), comment.into());
    }
    Value::Object(out)
}

/// The files of a message. Their addresses are below the account's, without its host.
pub(super) fn files(dialect: &Dialect, id: &str, record: &Record) -> Vec<Value> {
    let api = if dialect.prefix == Prefix::Api { "/api" } else { "" };
    let one = |(place, file): (usize, &File)| {
        let url = format!("{}{api}/files/{id}/{place}", super::middleware::BASE);
        json!({"name": file.name, "size": file.data.len(), "url": url})
    };
    record.files.iter().enumerate().map(one).collect()
}

/// A record of `/contactcenter/message`, which says nothing of deliveries.
pub(super) fn listed(dialect: &Dialect, world: &World, serial: u32, record: &Record) -> Value {
    let mut choice = Choice::new(dialect, serial);
    let own = number(dialect, &world.numbers[record.number].address, serial);
    let other = number(dialect, &world.people[record.person].address, serial);
    let (from, to) = if record.inbound { (other, own) } else { (own, other) };
    let mut out = Map::new();
    let id = choice.of(["id", "messageId", "guid"]);
    if !falls(dialect.without_id, serial, 0x1d) {
        let kind = if dialect.list_ids_differ { Kind::List } else { Kind::Journal };
        out.insert(id.into(), guid(world.seed, kind, serial).into());
    }
    match choice.below(3) {
        0 => out.insert("from".into(), from.into()),
        1 => out.insert("fromNumber".into(), from.into()),
        _ => out.insert("caller".into(), json!({"phone": from})),
    };
    match choice.below(4) {
        0 => out.insert("to".into(), to.into()),
        1 => out.insert("to".into(), json!([to])),
        2 => out.insert("toNumber".into(), to.into()),
        _ => out.insert("called".into(), json!([{"phone": to}])),
    };
    out.insert(choice.of(["message", "text", "body"]).into(), record.text.as_str().into());
    let at = choice.of(["timestamp", "createdAt", "date", "dateTimeUtc"]);
    out.insert(at.into(), time(dialect, record.at).into());
    if !falls(dialect.without_direction, serial, 0xd1) {
        let inbound = ["inbound", "incoming", "Inbound"];
        let outbound = ["outbound", "outgoing", "Outbound"];
        let way = choice.of(if record.inbound { inbound } else { outbound });
        out.insert("direction".into(), way.into());
    }
    Value::Object(out)
}

/// A thread, of which the facts page knows the path alone; the fields are those of the message list.
pub(super) fn thread(dialect: &Dialect, world: &World, serial: u32, record: &Record, messages: usize) -> Value {
    let person = &world.people[record.person];
    let first = u32::try_from(record.number * world.people.len() + record.person).unwrap_or(u32::MAX);
    let mut out = json!({
        "id": guid(world.seed, Kind::Thread, first),
        "businessNumber": number(dialect, &world.numbers[record.number].address, serial),
        "phoneNumber": number(dialect, &person.address, serial),
        "messagesCount": messages,
        "lastMessage": listed(dialect, world, serial, record),
    });
    if let Some(name) = &person.listed {
        out["name"] = name.as_str().into();
    }
    out
}

/// One page of a list, and where it lies.
pub(super) struct Page {
    /// Its key in an envelope.
    pub(super) plural: &'static str,
    /// From 1.
    pub(super) number: usize,
    pub(super) items: Vec<Value>,
    /// Of all pages together.
    pub(super) total: usize,
    pub(super) has_more: bool,
}

/// The page in the dialect's envelope.
pub(super) fn envelope(dialect: &Dialect, page: Page) -> Value {
    let mut inner = Map::new();
    if dialect.envelope == Envelope::Bare {
        return Value::Array(page.items);
    }
    inner.insert(page.plural.into(), Value::Array(page.items));
    if dialect.total {
        inner.insert("total".into(), page.total.into());
    }
    if dialect.has_more {
        inner.insert("hasMore".into(), page.has_more.into());
    }
    if dialect.envelope == Envelope::Data {
        return json!({"isSuccess": true, "data": inner});
    }
    inner.insert("currentPage".into(), page.number.into());
    Value::Object(inner)
}

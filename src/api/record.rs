//! One record of a message, of the journal or of the message list.

mod sides;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::wire::{Maybe, Parties, Party, Text, Who, first_id, moment};
pub use sides::Sided;

use crate::model::{Address, Attachment, Contact, Delivery, Direction};

/// A message as the service tells it. Sides are raw: see [`Record::sides`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The service's id, if it gives one. Comparable within one road only.
    pub remote_id: Option<String>,
    /// Our side, where the record names it as ours.
    pub business: Option<Address>,
    /// The other side, where the record names it as a client or contact.
    pub client: Option<Contact>,
    /// Who sent it.
    pub from: Option<Contact>,
    /// Who it went to.
    pub to: Vec<Contact>,
    /// A name for the other side that stands beside the numbers.
    pub contact_name: Option<String>,
    /// As stated; `Unknown` where it is not.
    pub direction: Direction,
    /// A delivery report, where there is one; means nothing on inbound messages.
    pub delivery: Option<Delivery>,
    /// The text, raw; empty for messages of files alone.
    pub body: String,
    /// When it was sent or received.
    pub at: Timestamp,
    /// Who of the staff sent it.
    pub sender: Option<String>,
    /// What came with it.
    pub attachments: Vec<Attachment>,
}

/// What became of a raw record.
#[derive(Debug, PartialEq)]
pub(super) enum Decoded {
    Message(Box<Record>),
    /// No message: a call, a voicemail, the header of a conversation.
    Other,
    /// Should be a message and cannot be read; the reason quotes nothing.
    Unreadable(&'static str),
}

/// All names that `mightycall-api.md`, "Shapes", lists for records of the journal and of the message list. Keys are plain.
#[derive(Debug, Deserialize)]
struct Wire {
    // ids
    #[serde(default)]
    id: Maybe<Text>,
    #[serde(default)]
    messageid: Maybe<Text>,
    #[serde(default)]
    requestguid: Maybe<Text>,
    #[serde(default)]
    guid: Maybe<Text>,
    #[serde(default)]
    requestid: Maybe<Text>,
    // what it is
    #[serde(default, rename = "type")]
    kind: Maybe<String>,
    #[serde(default)]
    requesttype: Maybe<String>,
    #[serde(default)]
    direction: Maybe<String>,
    #[serde(default)]
    messageorigin: Maybe<String>,
    #[serde(default)]
    origin: Maybe<String>,
    // when
    #[serde(default)]
    created: Maybe<Text>,
    #[serde(default)]
    createdat: Maybe<Text>,
    #[serde(default)]
    timestamp: Maybe<Text>,
    #[serde(default)]
    datetimeutc: Maybe<Text>,
    #[serde(default)]
    date: Maybe<Text>,
    #[serde(default)]
    datetime: Maybe<Text>,
    #[serde(default)]
    createdutc: Maybe<Text>,
    #[serde(default)]
    sentat: Maybe<Text>,
    #[serde(default)]
    receivedat: Maybe<Text>,
    #[serde(default)]
    time: Maybe<Text>,
    // who
    #[serde(default)]
    businessnumber: Maybe<Party>,
    #[serde(default)]
    client: Maybe<Party>,
    #[serde(default)]
    contact: Maybe<Party>,
    #[serde(default)]
    clientname: Maybe<Text>,
    #[serde(default)]
    contactname: Maybe<Text>,
    #[serde(default)]
    from: Maybe<Parties>,
    #[serde(default)]
    fromnumber: Maybe<Parties>,
    #[serde(default)]
    caller: Maybe<Parties>,
    #[serde(default)]
    to: Maybe<Parties>,
    #[serde(default)]
    tonumber: Maybe<Parties>,
    #[serde(default)]
    called: Maybe<Parties>,
    #[serde(default)]
    agent: Maybe<Party>,
    #[serde(default)]
    users: Maybe<Vec<Maybe<Party>>>,
    // what it says
    #[serde(default)]
    textmodel: Maybe<Said>,
    #[serde(default)]
    text: Maybe<Said>,
    #[serde(default)]
    messageinfo: Maybe<Said>,
    #[serde(default)]
    message: Maybe<Said>,
    #[serde(default)]
    body: Maybe<Said>,
    #[serde(default)]
    content: Maybe<Said>,
    // how far it came
    #[serde(default)]
    messagedeliverystatus: Maybe<String>,
    #[serde(default)]
    deliverystatus: Maybe<String>,
    #[serde(default)]
    status: Maybe<String>,
    #[serde(default)]
    failurereason: Maybe<String>,
    #[serde(default)]
    errormessage: Maybe<String>,
    #[serde(default)]
    error: Maybe<String>,
    // what came with it
    #[serde(default)]
    attachments: Maybe<Vec<Maybe<File>>>,
    #[serde(default)]
    mmsattachments: Maybe<Vec<Maybe<File>>>,
    #[serde(default)]
    media: Maybe<Vec<Maybe<File>>>,
    #[serde(default)]
    mediaurls: Maybe<Vec<Maybe<File>>>,
}

/// A text, or an object around one.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Said {
    Bare(Text),
    Fields {
        #[serde(default)]
        text: Maybe<Text>,
        #[serde(default)]
        body: Maybe<Text>,
        #[serde(default)]
        message: Maybe<Text>,
        #[serde(default)]
        attachments: Maybe<Vec<Maybe<File>>>,
    },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum File {
    Url(String),
    Fields {
        #[serde(default)]
        name: Maybe<Text>,
        #[serde(default)]
        filename: Maybe<Text>,
        #[serde(default)]
        url: Maybe<String>,
        #[serde(default)]
        uri: Maybe<String>,
        #[serde(default)]
        link: Maybe<String>,
        #[serde(default)]
        href: Maybe<String>,
        #[serde(default)]
        size: Maybe<Text>,
        #[serde(default)]
        filesize: Maybe<Text>,
    },
}

/// Reads one raw record whose keys are plain.
pub(super) fn decode(value: Value) -> Decoded {
    if !value.is_object() {
        return Decoded::Unreadable("it is no object");
    }
    let Ok(wire) = Wire::deserialize(value) else { return Decoded::Unreadable("its fields make no sense") };
    let kinds = [wire.kind.get(), wire.requesttype.get()];
    if kinds.iter().flatten().any(|kind| is_no_message(kind)) {
        return Decoded::Other;
    }
    let times = [
        wire.created,
        wire.createdat,
        wire.timestamp,
        wire.datetimeutc,
        wire.date,
        wire.datetime,
        wire.createdutc,
        wire.sentat,
        wire.receivedat,
        wire.time,
    ];
    let Some(at) = times.into_iter().filter_map(Maybe::get).find_map(moment) else {
        return Decoded::Unreadable("it has no time");
    };
    let business = wire.businessnumber.get().map(Party::who).unwrap_or_default();
    let clients: Vec<Who> = [wire.client, wire.contact].into_iter().filter_map(Maybe::get).map(Party::who).collect();
    let from = parties([wire.from, wire.fromnumber, wire.caller]);
    let to = parties([wire.to, wire.tonumber, wire.called]);
    let names = [wire.clientname, wire.contactname].into_iter().find_map(Maybe::trimmed);
    let client = clients.iter().find_map(|who| contact(who.clone()));
    if business.address.is_none() && client.is_none() && from.is_empty() && to.is_empty() {
        return Decoded::Unreadable("it names nobody");
    }
    let stated = [wire.direction, wire.messageorigin, wire.origin].into_iter().filter_map(Maybe::get);
    let direction =
        stated.chain(kinds.into_iter().flatten()).find_map(|word| direction(&word)).unwrap_or(Direction::Unknown);
    let said = [wire.textmodel, wire.text, wire.messageinfo, wire.message, wire.body, wire.content];
    let (bodies, inner): (Vec<_>, Vec<_>) = said.into_iter().filter_map(Maybe::get).map(Said::split).unzip();
    let files = [wire.attachments, wire.mmsattachments, wire.media, wire.mediaurls].into_iter().chain(inner);
    let why = [wire.failurereason, wire.errormessage, wire.error].into_iter().find_map(Maybe::get);
    Decoded::Message(Box::new(Record {
        remote_id: first_id([wire.id, wire.messageid, wire.requestguid, wire.guid, wire.requestid]),
        business: business.address,
        contact_name: clients.into_iter().find_map(|who| who.name).or(names),
        client,
        from: from.into_iter().next(),
        to,
        direction,
        delivery: [wire.messagedeliverystatus, wire.deliverystatus, wire.status]
            .into_iter()
            .filter_map(Maybe::get)
            .find_map(|word| delivery(&word, why.as_deref())),
        body: bodies.into_iter().flatten().find(|body| !body.trim().is_empty()).unwrap_or_default(),
        at,
        sender: wire
            .agent
            .get()
            .and_then(Party::staff)
            .or_else(|| wire.users.get()?.into_iter().filter_map(Maybe::get).find_map(Party::staff)),
        attachments: attachments(files),
    }))
}

/// The journal's types are `Call|Message|MessageThread|Voicemail`; the third is the header of a conversation whose
/// messages come as records of their own.
fn is_no_message(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    ["call", "voicemail", "thread", "fax"].iter().any(|word| kind.contains(word))
}

fn contact(who: Who) -> Option<Contact> {
    Some(Contact { address: who.address?, name: who.name })
}

fn parties<const N: usize>(names: [Maybe<Parties>; N]) -> Vec<Contact> {
    names
        .into_iter()
        .filter_map(Maybe::get)
        .map(|parties| parties.into_vec().into_iter().map(Party::who).filter_map(contact).collect::<Vec<_>>())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

fn direction(word: &str) -> Option<Direction> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "inbound" | "incoming" | "in" | "received" | "inboundmessage" | "messagereceived" => Direction::Inbound,
        "outbound" | "outgoing" | "out" | "sent" | "outboundmessage" | "messagesent" => Direction::Outbound,
        _ => return None,
    })
}

fn delivery(word: &str, why: Option<&str>) -> Option<Delivery> {
    Some(match word.trim().to_ascii_lowercase().replace(['_', '-', ' '], "").as_str() {
        "delivered" => Delivery::Delivered,
        // what the service's own queue holds was accepted
        "sent" | "accepted" | "queued" | "sending" | "pending" | "submitted" => Delivery::Sent,
        failed @ ("failed" | "undelivered" | "notdelivered" | "undeliverable" | "rejected" | "error" | "expired") => {
            Delivery::Failed(match why.map(str::trim).filter(|why| !why.is_empty()) {
                Some(why) => format!("MightyCall reports: {why}"),
                None if failed == "failed" => "MightyCall reports that it failed".to_owned(),
                None => format!("MightyCall reports: {failed}"),
            })
        }
        _ => return None,
    })
}

impl Said {
    fn split(self) -> (Option<String>, Maybe<Vec<Maybe<File>>>) {
        match self {
            Self::Bare(text) => (Some(text.into_string()), Maybe::default()),
            Self::Fields { text, body, message, attachments } => {
                (text.get().or(body.get()).or(message.get()).map(Text::into_string), attachments)
            }
        }
    }
}

fn attachments(lists: impl Iterator<Item = Maybe<Vec<Maybe<File>>>>) -> Vec<Attachment> {
    let mut found: Vec<Attachment> = Vec::new();
    for file in lists.filter_map(Maybe::get).flatten().filter_map(Maybe::get) {
        let (name, url, size) = match file {
            File::Url(url) => (None, Some(url), None),
            File::Fields { name, filename, url, uri, link, href, size, filesize } => (
                [name, filename].into_iter().find_map(Maybe::trimmed),
                [url, uri, link, href].into_iter().filter_map(Maybe::get).find(|url| !url.trim().is_empty()),
                [size, filesize].into_iter().find_map(Maybe::trimmed).and_then(|size| size.parse().ok()),
            ),
        };
        if name.is_none() && url.is_none() {
            continue;
        }
        let name = name.unwrap_or_else(|| last_segment(url.as_deref().unwrap_or_default()));
        if !found.iter().any(|known| known.name == name && known.url == url) {
            found.push(Attachment { name, url, size });
        }
    }
    found
}

/// Reads a list of files by itself. Keys are plain.
pub(super) fn files(values: Vec<Value>) -> Vec<Attachment> {
    let list = Maybe::<Vec<Maybe<File>>>::deserialize(Value::Array(values)).unwrap_or_default();
    attachments(std::iter::once(list))
}

/// `cat.jpg` of `https://host/files/cat.jpg?key=1`.
fn last_segment(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    match path.rsplit('/').next() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => "attachment".to_owned(),
    }
}

#[cfg(test)]
mod tests;

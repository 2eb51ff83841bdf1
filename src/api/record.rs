//! One record of a message, of the journal or of the message list.

mod client;
mod fields;
mod files;
mod sides;
mod states;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use self::client::Client;
use self::fields::{Said, SaidFields, Wire};
use super::wire::{Maybe, Parties, Party, Who, first_id, moment};
pub(super) use files::files;
pub use sides::Sided;

use crate::model::{Address, Attachment, CallerKind, Contact, Delivery, Direction, RecordNotes};

/// A message as the service tells it. Sides are raw: see [`Record::sides`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The service's id, if it gives one: 24 hex digits in the journal (grade A). Comparable within one road only.
    pub remote_id: Option<String>,
    /// The journal's second id, a GUID in lower case; `None` where it is nil. Presumably what a send answers with.
    pub request_guid: Option<String>,
    /// Filed as the head of a thread: the same text may also come as a message with another id.
    pub is_thread_head: bool,
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
    /// What MightyCall notes about it.
    pub notes: RecordNotes,
    /// How the account sorts the other party, where the record says.
    pub caller: Option<CallerKind>,
}

impl Record {
    /// Bytes that it takes in memory, about.
    pub(super) fn room(&self) -> usize {
        // what an allocator adds to each text
        let text = |text: &str| text.len() + 32;
        let maybe = |some: Option<&String>| some.map_or(0, |some| text(some));
        let contact =
            |contact: &Contact| size_of::<Contact>() + text(contact.address.as_str()) + maybe(contact.name.as_ref());
        let file = |file: &Attachment| size_of::<Attachment>() + text(&file.name) + maybe(file.url.as_ref());
        let contacts = self.client.iter().chain(&self.from).chain(&self.to).map(contact);
        let texts = [&self.remote_id, &self.request_guid, &self.contact_name, &self.sender, &self.notes.comment];
        size_of::<Self>()
            + text(&self.body)
            + texts.into_iter().map(|some| maybe(some.as_ref())).sum::<usize>()
            + contacts.sum::<usize>()
            + self.attachments.iter().map(file).sum::<usize>()
    }
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
    let is_thread_head = kinds.iter().flatten().any(|kind| kind.to_ascii_lowercase().contains("thread"));
    let said = [wire.textmodel, wire.text, wire.messageinfo, wire.message, wire.body, wire.content];
    let (bodies, inner): (Vec<_>, Vec<_>) = said.into_iter().filter_map(Maybe::get).map(Said::split).unzip();
    let body = bodies.into_iter().flatten().find(|body| !body.trim().is_empty()).unwrap_or_default();
    let mut lists = vec![wire.attachments, wire.mmsattachments, wire.media, wire.mediaurls];
    let mut statuses = vec![wire.messagedeliverystatus, wire.deliverystatus, wire.status];
    let mut directions = vec![wire.direction, wire.messageorigin, wire.origin];
    for SaidFields { attachments, origin, deliverystatus, .. } in inner {
        lists.push(attachments);
        statuses.push(deliverystatus);
        directions.push(origin);
    }
    let attachments = files::attachments(lists.into_iter().filter_map(Maybe::get).flatten().filter_map(Maybe::get));
    if is_thread_head && body.is_empty() && attachments.is_empty() {
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
    let (clients, callers): (Vec<Who>, Vec<_>) =
        [wire.client, wire.contact].into_iter().filter_map(Maybe::get).map(Client::read).unzip();
    let from = parties([wire.from, wire.fromnumber, wire.caller]);
    let to = parties([wire.to, wire.tonumber, wire.called]);
    let names = [wire.clientname, wire.contactname].into_iter().find_map(Maybe::trimmed);
    let client = clients.iter().find_map(|who| contact(who.clone()));
    if business.address.is_none() && client.is_none() && from.is_empty() && to.is_empty() {
        return Decoded::Unreadable("it names nobody");
    }
    let stated = directions.into_iter().filter_map(Maybe::get).chain(kinds.into_iter().flatten());
    let direction = stated.into_iter().find_map(|word| states::direction(&word)).unwrap_or(Direction::Unknown);
    let statuses: Vec<String> = statuses.into_iter().filter_map(Maybe::get).collect();
    let why = [wire.failurereason, wire.errormessage, wire.error].into_iter().find_map(Maybe::get);
    Decoded::Message(Box::new(Record {
        request_guid: first_id([wire.requestguid.clone()]),
        // the same text may be here under its second id alone
        remote_id: first_id([wire.id, wire.messageid, wire.requestguid, wire.guid, wire.requestid]),
        is_thread_head,
        business: business.address,
        contact_name: clients.into_iter().find_map(|who| who.name).or(names),
        client,
        from: from.into_iter().next(),
        to,
        direction,
        delivery: states::delivery(&statuses, why.as_deref(), direction),
        body,
        at,
        sender: sender(wire.agent, wire.users),
        attachments,
        notes: RecordNotes {
            read: [wire.read, wire.isread].into_iter().find_map(Maybe::truth),
            favorite: [wire.favorite, wire.isfavorite].into_iter().find_map(Maybe::truth).unwrap_or(false),
            comment: wire.comment.trimmed(),
            workflow: [wire.wfstate, wire.workflowstate]
                .into_iter()
                .filter_map(Maybe::get)
                .find_map(|state| states::workflow(&state.word()?)),
        },
        caller: callers.into_iter().flatten().next(),
    }))
}

/// Who of the staff sent it: the one assigned, else the one whose request it is, else the first who took part.
fn sender(agent: Maybe<Party>, users: Maybe<Vec<Maybe<Party>>>) -> Option<String> {
    agent.get().and_then(Party::staff).or_else(|| {
        let mut users: Vec<Party> = users.get()?.into_iter().filter_map(Maybe::get).collect();
        users.sort_by_key(|user| !user.is_owner());
        users.into_iter().find_map(Party::staff)
    })
}

/// Types of the journal that are none of messages. `MessageThread` is looked at: the head of a thread is a message where it
/// has a text.
fn is_no_message(kind: &str) -> bool {
    let kind = kind.trim().to_ascii_lowercase();
    ["call", "voicemail", "fax"].iter().any(|word| kind.contains(word)) || matches!(kind.as_str(), "task" | "service")
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

#[cfg(test)]
mod tests;

//! What the account does with a message that is to be sent, whatever the request looked like.

use jiff::Timestamp;

use super::auth::Access;
use super::dialect::{Dialect, SendId};
use super::ids::{Kind, guid};
use super::service::{Post, Service, State};
use super::world::{File, Record, Status, World};
use crate::model::phone::Address;

/// What is to be sent, and found to be in order.
#[derive(Debug)]
pub(super) struct Order {
    /// The place of our number.
    pub(super) number: usize,
    pub(super) to: Vec<Address>,
    pub(super) text: String,
    pub(super) files: Vec<File>,
}

/// What was sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) at: Timestamp,
    pub(super) from: Address,
    pub(super) to: Vec<Address>,
    pub(super) files: Vec<File>,
    /// The id of the first message in the journal.
    pub(super) journal_id: String,
    /// What the answer calls it, if the dialect gives any id.
    pub(super) answer_id: Option<String>,
}

/// Sends, one message to each recipient, and takes note of it. Some accounts show a text as several records.
pub(super) fn deliver(service: &Service, state: &mut State, access: &Access, path: &str, order: Order) -> Sent {
    let (dialect, now) = (service.dialect(), service.now());
    let agent = (access.agent < state.world.agents.len()).then_some(access.agent);
    let mut first = None;
    let texts = dialect.sent_text.records(&order.text);
    for (to, text) in order.to.iter().flat_map(|to| texts.iter().map(move |text| (to, text))) {
        let record = Record {
            number: order.number,
            person: state.world.person(to),
            inbound: false,
            text: text.clone(),
            at: now,
            status: Some(Status::Sent),
            agent,
            files: order.files.clone(),
        };
        let serial = state.world.add(record);
        first.get_or_insert(serial);
        if !dialect.journal_lag.is_zero() {
            let visible_from = now.saturating_add(dialect.journal_lag).unwrap_or(Timestamp::MAX);
            state.world.visible_from.insert(serial, visible_from);
        }
        if let Some(pulse) = &mut state.pulse {
            pulse.sent(&state.world, serial, now);
        }
    }
    let from = state.world.numbers[order.number].address.clone();
    let sent = Sent {
        at: now,
        from: from.clone(),
        journal_id: first.map(|serial| state.world.id(serial)).unwrap_or_default(),
        answer_id: first.and_then(|serial| answer_id(dialect, &state.world, serial)),
        to: order.to,
        files: order.files,
    };
    state.posts.push(Post {
        at: now,
        path: path.to_owned(),
        from,
        to: sent.to.iter().map(|to| to.as_str().to_owned()).collect(),
        text: order.text,
        credentials: access.credentials.clone(),
        answer_id: sent.answer_id.clone(),
    });
    sent
}

fn answer_id(dialect: &Dialect, world: &World, serial: u32) -> Option<String> {
    let kind = if dialect.send_id_is_journal_id { Kind::Journal } else { Kind::Send };
    (dialect.send_id != SendId::Absent).then(|| guid(world.seed, kind, serial))
}

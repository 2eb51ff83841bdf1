//! An account in memory: numbers, people, messages. Pure: it has no clock, and every change says when it happens.

mod stored;

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::ids::{self, Kind};
use super::own_number::OwnNumber;
use crate::model::phone::Address;
pub use stored::Stored;

/// Somebody who answers customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Agent {
    pub(super) name: String,
    pub(super) extension: String,
}

/// The other party of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) address: Address,
    /// The name in MightyCall's address book, if it has one.
    pub(super) listed: Option<String>,
    /// What staff call them: the business knows its customers even where the address book does not.
    pub(super) first: String,
    /// Asked not to be written to any more.
    pub(super) opted_out: bool,
}

/// What the network said of an outbound message; MightyCall's `messageDeliveryStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Accepted, and nothing heard since.
    Sent,
    /// It arrived.
    Delivered,
    /// It did not arrive.
    Failed,
}

/// A picture or file that came or went with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// As the sender named it.
    pub name: String,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// One message, as the account keeps it.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) number: usize,
    pub(super) person: usize,
    pub(super) inbound: bool,
    pub(super) text: String,
    /// To the millisecond, as the wire gives it.
    pub(super) at: Timestamp,
    /// `None` for inbound.
    pub(super) status: Option<Status>,
    pub(super) agent: Option<usize>,
    pub(super) files: Vec<File>,
}

/// What staff did to a record.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes {
    /// `Open`, `Finished` or `Resolved`.
    pub(super) state: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) read: bool,
    pub(super) favorite: bool,
}

/// The account.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) name: String,
    pub(super) numbers: Vec<OwnNumber>,
    pub(super) agents: Vec<Agent>,
    pub(super) people: Vec<Person>,
    pub(super) notes: HashMap<u32, Notes>,
    pub(super) blocked: HashSet<Address>,
    /// Who takes no calls, by their place among the agents.
    pub(super) do_not_disturb: HashSet<usize>,
    /// Records have ids of 24 hexadecimal digits beside their GUIDs.
    pub(super) hex_ids: bool,
    /// Records that were deleted and can be restored.
    pub(super) removed: HashSet<u32>,
    /// When a record appears in the journal, where that is later than it was made.
    pub(super) visible_from: HashMap<u32, Timestamp>,
    by_address: HashMap<Address, usize>,
    /// Never shrinks: a record's place is its serial.
    records: Vec<Record>,
    /// Serials by time, one list a number and one of all.
    timelines: Vec<Vec<u32>>,
    everything: Vec<u32>,
}

/// Which records a request asks for.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// The number whose messages; all where `None`.
    pub(super) number: Option<usize>,
    /// The other party.
    pub(super) person: Option<usize>,
    pub(super) inbound: Option<bool>,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
    /// What the journal shows at this time; also what is removed or did not appear yet where `None`.
    pub(super) shown_at: Option<Timestamp>,
}

impl World {
    /// An account with these numbers, and nothing else.
    pub(super) fn new(seed: u64, name: &str, numbers: Vec<OwnNumber>, agents: Vec<Agent>) -> Self {
        let timelines = vec![Vec::new(); numbers.len()];
        Self { seed, name: name.to_owned(), numbers, agents, timelines, ..Self::default() }
    }

    /// The place of a number of ours, whatever form it is written in.
    pub(super) fn number_at(&self, text: &str) -> Option<usize> {
        let address = Address::from_wire(text)?;
        self.numbers.iter().position(|number| number.address == address)
    }

    /// The id of a record in the journal.
    pub(super) fn id(&self, serial: u32) -> String {
        if self.hex_ids { ids::hex(self.seed, Kind::Journal, serial) } else { self.guid(serial) }
    }

    /// The GUID of a record: its `requestGuid`, or the only id that it has.
    pub(super) fn guid(&self, serial: u32) -> String {
        ids::guid(self.seed, Kind::Journal, serial)
    }

    /// The serial of the record with that id or GUID.
    pub(super) fn serial(&self, id: &str) -> Option<u32> {
        let by_hex = self.hex_ids.then(|| ids::serial_of_hex(self.seed, Kind::Journal, id)).flatten();
        let serial = by_hex.or_else(|| ids::serial_of(self.seed, Kind::Journal, id))?;
        self.record(serial).map(|_| serial)
    }

    /// Whether the journal shows a record at that time.
    pub(super) fn shows(&self, serial: u32, now: Timestamp) -> bool {
        !self.removed.contains(&serial) && self.visible_from.get(&serial).is_none_or(|from| *from <= now)
    }

    /// The place of a person, whatever form the number is written in.
    pub(super) fn person_at(&self, text: &str) -> Option<usize> {
        self.by_address.get(&Address::from_wire(text)?).copied()
    }

    /// The person of that address, new if nobody has it yet.
    pub(super) fn person(&mut self, address: &Address) -> usize {
        match self.by_address.get(address) {
            Some(&known) => known,
            None => self.add_person(Person {
                address: address.clone(),
                listed: None,
                first: String::new(),
                opted_out: false,
            }),
        }
    }

    pub(super) fn add_person(&mut self, person: Person) -> usize {
        self.by_address.insert(person.address.clone(), self.people.len());
        self.people.push(person);
        self.people.len() - 1
    }

    /// Takes in a message, in its place by time, and gives its serial.
    pub(super) fn add(&mut self, mut record: Record) -> u32 {
        record.at = Timestamp::from_millisecond(record.at.as_millisecond()).unwrap_or(record.at);
        let serial = u32::try_from(self.records.len()).expect("fewer messages than four billion");
        let (number, at) = (record.number, record.at);
        if record.inbound {
            self.hear(record.person, &record.text);
        }
        self.records.push(record);
        for timeline in [&mut self.timelines[number], &mut self.everything] {
            let place = timeline.partition_point(|&other| self.records[other as usize].at <= at);
            timeline.insert(place, serial);
        }
        serial
    }

    /// An opt-out lasts until it is taken back (`mightycall-api.md`, section 21).
    fn hear(&mut self, person: usize, text: &str) {
        match text.trim().to_ascii_uppercase().as_str() {
            "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "REVOKE" | "OPTOUT" => {
                self.people[person].opted_out = true;
            }
            "START" | "UNSTOP" | "YES" => self.people[person].opted_out = false,
            _ => {}
        }
    }

    pub(super) fn record(&self, serial: u32) -> Option<&Record> {
        self.records.get(serial as usize)
    }

    pub(super) fn record_mut(&mut self, serial: u32) -> Option<&mut Record> {
        self.records.get_mut(serial as usize)
    }

    /// How many messages a number has, or all of them have.
    pub(super) fn count(&self, number: Option<usize>) -> usize {
        self.timeline(number).len()
    }

    /// Serials of what the filter lets through, oldest first.
    pub(super) fn find(&self, filter: &Filter) -> Vec<u32> {
        let timeline = self.timeline(filter.number);
        let at = |serial: &u32| self.records[*serial as usize].at;
        let start = filter.from.map_or(0, |from| timeline.partition_point(|serial| at(serial) < from));
        let end = filter.to.map_or(timeline.len(), |to| timeline.partition_point(|serial| at(serial) <= to));
        let within = &timeline[start.min(end)..end];
        let shown_at = filter.shown_at.filter(|_| !self.removed.is_empty() || !self.visible_from.is_empty());
        if filter.person.is_none() && filter.inbound.is_none() && shown_at.is_none() {
            return within.to_vec();
        }
        let wanted = |serial: &&u32| {
            let record = &self.records[**serial as usize];
            shown_at.is_none_or(|now| self.shows(**serial, now))
                && filter.person.is_none_or(|person| record.person == person)
                && filter.inbound.is_none_or(|inbound| record.inbound == inbound)
        };
        within.iter().filter(wanted).copied().collect()
    }

    /// The newest message of each thread, newest first, with how many the thread has.
    pub(super) fn threads(&self, number: Option<usize>, person: Option<usize>) -> Vec<(u32, usize)> {
        let mut threads: BTreeMap<(usize, usize), (u32, usize)> = BTreeMap::new();
        for &serial in &self.find(&Filter { number, person, ..Filter::default() }) {
            let record = &self.records[serial as usize];
            let thread = threads.entry((record.number, record.person)).or_default();
            *thread = (serial, thread.1 + 1);
        }
        let mut newest: Vec<_> = threads.into_values().collect();
        newest.sort_by_key(|&(serial, _)| std::cmp::Reverse((self.records[serial as usize].at, serial)));
        newest
    }

    fn timeline(&self, number: Option<usize>) -> &[u32] {
        number.map_or(&self.everything, |number| &self.timelines[number])
    }
}

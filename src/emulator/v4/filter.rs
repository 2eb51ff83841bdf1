//! What a request to the journal or to its counts asks for (`mightycall-api.md`, section 7).

use jiff::Timestamp;

use super::parties;
use super::query::{choices, known_names, truth};
use super::refusal::{self, Refusal};
use super::window::{Asked, window};
use crate::emulator::ask::Params;
use crate::emulator::auth::Access;
use crate::emulator::dialect::Dialect;
use crate::emulator::world::{self, Record, World};

/// Names that the list and the counts take.
const FILTERS: &[&str] = &[
    "inbound",
    "outbound",
    "callbacks",
    "origin",
    "state",
    "isRead",
    "groupId",
    "userId",
    "vmBoxId",
    "type",
    "from",
    "earliest",
    "to",
    "latest",
    "phone",
    "email",
    "wfState",
    "searchProperty",
    "searchText",
    "businessNumber",
];
/// Names that the list takes besides.
const OF_THE_LIST: &[&str] = &["resolveContacts", "showExternalContacts", "showUsers", "pageSize", "page", "reverse"];

const TYPES: &[&str] = &[
    "Message",
    "MessageThread",
    "All",
    "Unspecified",
    "Call",
    "Task",
    "CallbackRequest",
    "Service",
    "Default",
    "Voicemail",
];
const ORIGINS: &[&str] = &["Inbound", "Outbound", "All", "Unspecified", "Callback", "Internal"];
/// Results of a request; texts have `Message`.
const STATES: &[&str] = &["Message", "All", "Missed", "Connected", "VoiceMail", "Dropped", "NoAnswer", "Scheduled"];
const WORKFLOW: &[&str] = &["Open", "Finished", "Resolved", "All"];
const PROPERTIES: &[&str] = &["Client", "BusinessNumber", "Comment", "VTT"];

/// A request that is in order.
#[derive(Debug, Default)]
pub(super) struct Filter {
    /// Places of our numbers; all where `None`.
    numbers: Option<Vec<usize>>,
    /// Places of other parties; all where `None`.
    people: Option<Vec<usize>>,
    /// Places of staff; all where `None`.
    users: Option<Vec<usize>>,
    texts: bool,
    threads: bool,
    inbound: bool,
    outbound: bool,
    /// Workflow states; all where `None`.
    workflow: Option<Vec<&'static str>>,
    /// Words, and the property that they are looked for in; in all where `None`.
    search: Option<(String, Option<&'static str>)>,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Timestamp,
}

impl Filter {
    /// Reads the query of a request that comes at `now`.
    pub(super) fn read(
        asked: Asked,
        dialect: &Dialect,
        world: &World,
        access: &Access,
        params: &Params,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        match asked {
            Asked::List => known_names(params, &[FILTERS, OF_THE_LIST])?,
            Asked::Counts => known_names(params, &[FILTERS])?,
        }
        let (from, to) = window(asked, dialect, params, now)?;
        let workflow = choices(params, "wfState", WORKFLOW)?;
        let property = choices(params, "searchProperty", PROPERTIES)?.first().copied();
        let mut filter = Self {
            numbers: parties::numbers(dialect, world, access, params)?,
            people: parties::people(world, params)?,
            users: parties::users(world, params),
            workflow: (!includes_all(&workflow)).then_some(workflow),
            search: params.get("searchText").map(|words| (words.to_lowercase(), property)),
            from,
            to,
            ..Self::default()
        };
        filter.read_kinds(params)?;
        Ok(filter)
    }

    /// Types, origins and results. What texts never have leaves nothing to be found.
    fn read_kinds(&mut self, params: &Params) -> Result<(), Refusal> {
        let (types, origins) = (choices(params, "type", TYPES)?, choices(params, "origin", ORIGINS)?);
        let wants = |given: &[&str], value: &str| includes_all(given) || given.contains(&value);
        let in_state = |name| Ok::<bool, Refusal>(wants(&choices(params, name, STATES)?, "Message"));
        let texts_have_none = ["email", "groupId", "vmBoxId"].iter().any(|name| params.get(name).is_some());
        let texts = in_state("state")? && !texts_have_none;
        in_state("callbacks")?;
        self.texts = texts && wants(&types, "Message");
        self.threads = texts && wants(&types, "MessageThread");
        self.inbound = wants(&origins, "Inbound") && in_state("inbound")?;
        self.outbound = wants(&origins, "Outbound") && in_state("outbound")?;
        let voicemail = params.get("inbound").is_some_and(|value| value.eq_ignore_ascii_case("voiceMail"));
        if truth(params, "isRead")?.is_some() && !voicemail {
            return Err(refusal::invalid("The isRead filter can be used only together with inbound=voiceMail."));
        }
        Ok(())
    }

    /// Serials of what it lets through, oldest first.
    pub(super) fn find(&self, dialect: &Dialect, world: &World, now: Timestamp) -> Vec<u32> {
        let only = |places: &Option<Vec<usize>>| match places.as_deref() {
            Some(&[place]) => Some(place),
            _ => None,
        };
        let coarse = world::Filter {
            number: only(&self.numbers),
            person: only(&self.people),
            inbound: None,
            from: self.from,
            to: Some(self.to),
            shown_at: Some(now),
        };
        let mut found = world.find(&coarse);
        found.retain(|&serial| {
            world
                .record(serial)
                .is_some_and(|record| self.lets(record, serial, super::is_thread(dialect, serial), world))
        });
        found
    }

    fn lets(&self, record: &Record, serial: u32, thread: bool, world: &World) -> bool {
        let among = |places: &Option<Vec<usize>>, place| places.as_ref().is_none_or(|places| places.contains(&place));
        (if thread { self.threads } else { self.texts })
            && (if record.inbound { self.inbound } else { self.outbound })
            && among(&self.numbers, record.number)
            && among(&self.people, record.person)
            && self.users.as_ref().is_none_or(|users| record.agent.is_some_and(|agent| users.contains(&agent)))
            && self.workflow.as_ref().is_none_or(|states| states.contains(&workflow(world, serial)))
            && self.search.as_ref().is_none_or(|(words, property)| mentions(world, record, serial, words, *property))
    }
}

/// Whether nothing is left out.
fn includes_all(values: &[&str]) -> bool {
    values.is_empty() || values.contains(&"All")
}

/// The workflow state of a record; none is open.
fn workflow(world: &World, serial: u32) -> &str {
    world.notes.get(&serial).and_then(|notes| notes.state.as_deref()).unwrap_or("Open")
}

/// Whether the words are in that property of a record, or in any. Texts have no transcript (`VTT`).
fn mentions(world: &World, record: &Record, serial: u32, words: &str, property: Option<&str>) -> bool {
    let (person, own) = (&world.people[record.person], &world.numbers[record.number]);
    let comment = world.notes.get(&serial).and_then(|notes| notes.comment.as_deref());
    let texts = [
        ("Client", Some(person.address.as_str())),
        ("Client", person.listed.as_deref()),
        ("BusinessNumber", Some(own.address.as_str())),
        ("BusinessNumber", Some(own.label.as_str())),
        ("Comment", comment),
    ];
    texts.iter().any(|(of, text)| {
        property.is_none_or(|property| property == *of) && text.is_some_and(|text| text.to_lowercase().contains(words))
    })
}

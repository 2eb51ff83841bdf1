//! The cache, from outside: over real files, as several tasks and processes use it.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

#[path = "store/broadcasts.rs"]
mod broadcasts;
#[path = "store/crash.rs"]
mod crash;
#[path = "store/damage.rs"]
mod damage;
#[path = "store/erasure.rs"]
mod erasure;
#[path = "store/files.rs"]
mod files;
#[path = "store/harm.rs"]
mod harm;
#[path = "store/intake.rs"]
mod intake;
#[path = "store/lease.rs"]
mod lease;
#[path = "store/ledger.rs"]
mod ledger;
#[path = "store/lists.rs"]
mod lists;
#[path = "store/news.rs"]
mod news;
#[path = "store/order.rs"]
mod order;
#[path = "store/outbox.rs"]
mod outbox;
#[path = "common/program.rs"]
#[allow(dead_code, unreachable_pub, reason = "other test programs use the rest")]
mod program;
#[path = "store/random.rs"]
mod random;
#[path = "store/records.rs"]
mod records;
#[path = "store/search.rs"]
mod search;
#[path = "store/sharing.rs"]
mod sharing;
#[path = "store/small.rs"]
mod small;
#[path = "store/spellings.rs"]
mod spellings;
#[path = "store/told.rs"]
mod told;

use jiff::{SignedDuration, Timestamp};
use mctui::model::{Address, BusinessNumber, Contact, Delivery, Direction, MessageId, Road, ThreadId};
use mctui::store::{Incoming, Intake, Known, Ledger, Op, Outgoing, Store};
use tempfile::TempDir;

/// A cache in a folder that goes with it.
struct Home {
    store: Store,
    dir: TempDir,
}

impl Home {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("mctui.db")).await.unwrap();
        Self { store, dir }
    }

    /// The ledger of requests, as a process of its own has it.
    fn ledger(&self) -> Ledger {
        Ledger::new(&self.dir.path().join("requests"))
    }

    async fn second(&self) -> Store {
        Store::open(&self.dir.path().join("mctui.db")).await.unwrap()
    }
}

const MAIN: u32 = 1;
const SIDE: u32 = 2;

/// Both of our numbers.
fn both() -> [Address; 2] {
    [number(MAIN), number(SIDE)]
}

fn number(n: u32) -> Address {
    Address::parse(&format!("+1202555010{n}")).unwrap()
}

fn contact(n: u32) -> Address {
    Address::parse(&format!("+1202555{:04}", 110 + n)).unwrap()
}

fn unnamed(n: u32) -> Contact {
    Contact { address: contact(n), name: None }
}

fn business(n: u32) -> BusinessNumber {
    BusinessNumber { address: number(n), label: Some(format!("Line {n}")), is_default: n == MAIN }
}

/// A time of day on which nothing else depends.
fn at(seconds: i64) -> Timestamp {
    "2026-03-02T09:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

/// An inbound record of the journal.
fn inbound(from: u32, seconds: i64, body: &str) -> Incoming {
    Incoming {
        road: Road::Journal,
        remote_id: Some(format!("j-{from}-{seconds}-{body}")),
        request_guid: None,
        number: number(MAIN),
        contact: unnamed(from),
        direction: Direction::Inbound,
        delivery: None,
        body: body.to_owned(),
        at: at(seconds),
        claimed_at: None,
        sender: None,
        attachments: Vec::new(),
        notes: mctui::model::RecordNotes::default(),
        caller: None,
    }
}

fn outbound(to: u32, seconds: i64, body: &str, delivery: Delivery) -> Incoming {
    Incoming { direction: Direction::Outbound, delivery: Some(delivery), ..inbound(to, seconds, body) }
}

fn outgoing(to: u32, seconds: i64, body: &str) -> Outgoing {
    Outgoing { number: number(MAIN), contact: unnamed(to), body: body.to_owned(), at: at(seconds), not_before: None }
}

/// The simplest planner: the same id is the same message, and what is new and inbound is unread.
fn by_id(batch: &[Incoming], known: &[Known]) -> Vec<Op> {
    let step = |record: &Incoming| {
        let same = known.iter().find(|known| {
            known.number == record.number
                && known.contact == record.contact.address
                && known.remote_ids.iter().any(|(_, id)| Some(id) == record.remote_id.as_ref())
        });
        let unread = record.direction == Direction::Inbound;
        same.map_or(Op::Insert { unread }, |known| Op::Update { id: known.id })
    };
    batch.iter().map(step).collect()
}

async fn take_in(store: &Store, batch: Vec<Incoming>) -> Intake {
    store.intake(batch, by_id).await.unwrap()
}

/// Takes in one new record; its thread and its message.
async fn take_one(store: &Store, record: Incoming) -> (ThreadId, MessageId) {
    let done = take_in(store, vec![record]).await;
    (done.threads[0], done.inserted[0])
}

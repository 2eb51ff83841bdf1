//! Properties: whatever arrives in whatever order, rows say what a recount of the messages says.

use std::collections::BTreeMap;

use mctui::model::{Address, Delivery, Direction, Message, MessageId, Road, Thread};
use mctui::store::{Incoming, MessageWindow, Settlement, Store, ThreadQuery, Unread};
use proptest::prelude::*;

use super::{Home, MAIN, SIDE, at, business, by_id, contact, number, outgoing, unnamed};

/// One message of the world outside, told by any road at any stage.
#[derive(Debug, Clone)]
struct Truth {
    seconds: i64,
    on: u32,
    with: u32,
    inbound: bool,
}

fn truths() -> impl Strategy<Value = Vec<Truth>> {
    let one = (1..3_u32, 0..3_u32, any::<bool>());
    prop::collection::vec(one, 1..14).prop_map(|all| {
        let truth = |(n, (on, with, inbound))| Truth { seconds: 10 * i64::try_from(n).unwrap(), on, with, inbound };
        all.into_iter().enumerate().map(truth).collect()
    })
}

fn delivery() -> impl Strategy<Value = Option<Delivery>> {
    prop::sample::select(vec![
        None,
        Some(Delivery::Sent),
        Some(Delivery::Delivered),
        Some(Delivery::Failed("landline".into())),
    ])
}

/// Records of them: each at least once, on some road, at some stage.
fn records() -> impl Strategy<Value = Vec<Incoming>> {
    let road = prop::sample::select(vec![Road::Journal, Road::MessageList, Road::Webhook]);
    let telling = (any::<prop::sample::Index>(), road, delivery());
    (truths(), prop::collection::vec(telling, 1..40)).prop_map(|(truths, tellings)| {
        let first = truths.iter().map(|truth| record(truth, Road::Journal, None));
        first.chain(tellings.into_iter().map(|(which, road, said)| record(which.get(&truths), road, said))).collect()
    })
}

fn record(truth: &Truth, road: Road, delivery: Option<Delivery>) -> Incoming {
    Incoming {
        road,
        remote_id: Some(format!("id-{}", truth.seconds)),
        request_guid: None,
        number: number(truth.on),
        contact: mctui::model::Contact { name: Some(format!("Name {}", truth.seconds)), ..unnamed(truth.with) },
        direction: if truth.inbound { Direction::Inbound } else { Direction::Outbound },
        delivery,
        body: format!("text {}", truth.seconds % 30),
        at: at(truth.seconds),
        claimed_at: None,
        sender: None,
        attachments: Vec::new(),
        notes: mctui::model::RecordNotes::default(),
        caller: None,
    }
}

async fn everything(store: &Store) -> BTreeMap<(Address, Address), (Thread, Vec<Message>)> {
    let query = ThreadQuery { limit: 1_000, ..ThreadQuery::default() };
    let mut all = BTreeMap::new();
    for thread in store.threads(query).await.unwrap().threads {
        let page = store.messages(thread.id, MessageWindow::Newest, 1_000).await.unwrap();
        all.insert((thread.number.clone(), thread.contact.address.clone()), (thread, page.messages));
    }
    all
}

fn count(messages: &[Message], which: impl Fn(&Message) -> bool) -> u32 {
    u32::try_from(messages.iter().filter(|message| which(message)).count()).unwrap()
}

/// Compares rows and counters with a recount. `dealt_with`: failed messages that a person has put away.
async fn recount(store: &Store, dealt_with: &[MessageId]) {
    let all = everything(store).await;
    for (thread, messages) in all.values() {
        assert_eq!(thread.unread, count(messages, |message| message.unread), "{thread:?}");
        let trouble = |message: &Message| {
            message.direction == Direction::Outbound
                && message.delivery.as_ref().is_some_and(Delivery::is_trouble)
                && !dealt_with.contains(&message.id)
        };
        assert_eq!(thread.trouble, count(messages, trouble), "{thread:?}");
        let Some(last) = messages.last() else {
            assert!(thread.draft.is_some(), "neither message nor draft, but listed: {thread:?}");
            continue;
        };
        assert_eq!((thread.activity, thread.last_message_at), (last.id.0, last.at));
        assert_eq!((thread.snippet.as_str(), thread.last_direction), (last.body.as_str(), Some(last.direction)));
        let shown = last.delivery.clone().filter(|_| last.direction == Direction::Outbound);
        assert_eq!(thread.last_delivery, shown);
    }
    for n in [MAIN, SIDE] {
        let on: Vec<_> = all.values().filter(|(thread, _)| thread.number == number(n)).collect();
        let messages = on.iter().map(|(thread, _)| thread.unread).sum();
        let threads = u32::try_from(on.iter().filter(|(thread, _)| thread.unread > 0).count()).unwrap();
        assert_eq!(store.unread(Some(number(n))).await.unwrap(), Unread { threads, messages });
        let rows = store.numbers().await.unwrap();
        let row = rows.iter().find(|row| row.number.address == number(n)).unwrap();
        assert_eq!((row.unread, row.threads), (messages, u32::try_from(on.len()).unwrap()));
    }
}

/// In memory where the system has a place for that: this is about rows, and thousands of commits to a busy disk are slow.
async fn home() -> Home {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let store = Store::open(&dir.path().join("mctui.db")).await.unwrap();
    let home = Home { store, dir };
    home.store.set_numbers(vec![business(MAIN), business(SIDE)]).await.unwrap();
    home
}

/// Takes them in by batches of these sizes.
async fn feed(store: &Store, records: &[Incoming], sizes: &[usize]) {
    let mut sizes = sizes.iter().cycle();
    let mut rest = records;
    while !rest.is_empty() {
        let size = (*sizes.next().unwrap()).min(rest.len());
        store.intake(rest[..size].to_vec(), by_id).await.unwrap();
        rest = &rest[size..];
    }
}

/// What anyone may do between two intakes.
#[derive(Debug, Clone)]
enum Act {
    TakeIn(usize),
    MarkRead(prop::sample::Index),
    MarkUnread(prop::sample::Index),
    MarkAllRead,
    Send(u32),
    Settle(u8),
    Resend(prop::sample::Index),
    Discard(prop::sample::Index),
    Draft(u32, bool),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let index = any::<prop::sample::Index>;
    let act = prop_oneof![
        4 => (1..6_usize).prop_map(Act::TakeIn),
        1 => index().prop_map(Act::MarkRead),
        1 => index().prop_map(Act::MarkUnread),
        1 => Just(Act::MarkAllRead),
        2 => (0..4_u32).prop_map(Act::Send),
        2 => (0..4_u8).prop_map(Act::Settle),
        1 => index().prop_map(Act::Resend),
        1 => index().prop_map(Act::Discard),
        2 => (0..5_u32, any::<bool>()).prop_map(|(with, empty)| Act::Draft(with, empty)),
    ];
    prop::collection::vec(act, 1..30)
}

async fn perform(
    store: &Store,
    act: Act,
    records: &mut impl Iterator<Item = Incoming>,
    dealt_with: &mut Vec<MessageId>,
) {
    let all = everything(store).await;
    let messages: Vec<&Message> = all.values().flat_map(|(_, messages)| messages).collect();
    let pick = |index: prop::sample::Index| (!messages.is_empty()).then(|| *index.get(&messages));
    match act {
        Act::TakeIn(size) => {
            store.intake(records.take(size).collect(), by_id).await.unwrap();
        }
        Act::MarkRead(index) => {
            if let Some(message) = pick(index) {
                store.mark_read(message.thread, message.id).await.unwrap();
            }
        }
        Act::MarkUnread(index) => {
            if let Some(message) = pick(index) {
                store.mark_unread(message.thread, 1).await.unwrap();
            }
        }
        Act::MarkAllRead => {
            store.mark_all_read(None).await.unwrap();
            assert_eq!(store.unread(None).await.unwrap(), Unread::default());
        }
        Act::Send(with) => {
            store.enqueue(outgoing(with, 65, "ours")).await.unwrap();
        }
        Act::Settle(how) => {
            let Some(item) = store.next_due(at(1_000), &super::both()).await.unwrap() else { return };
            assert!(store.claim(item.id, at(1_000)).await.unwrap());
            let settlement = match how {
                0 => Settlement::Sent { remote_id: Some(format!("sent-{}", item.id.0)) },
                1 => Settlement::Failed("blocked".into()),
                2 => Settlement::Unconfirmed("no answer".into()),
                _ => Settlement::Queued { not_before: None, reason: "no network".into(), told: false },
            };
            store.settle(item.id, settlement).await.unwrap();
        }
        Act::Resend(index) => {
            if let Some(message) = pick(index)
                && store.resend(message.id, at(70)).await.is_ok()
                && store.message(message.id).await.unwrap().is_some()
            {
                dealt_with.push(message.id);
            }
        }
        Act::Discard(index) => {
            if let Some(message) = pick(index)
                && store.discard(message.id).await.is_ok()
                && store.message(message.id).await.unwrap().is_some()
            {
                dealt_with.push(message.id);
            }
        }
        Act::Draft(with, empty) => {
            let thread = store.ensure_thread(number(MAIN), unnamed(with)).await.unwrap();
            store.save_draft(thread, if empty { "" } else { "typing" }, at(66)).await.unwrap();
        }
    }
}

fn block_on(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_repetition_gives_the_same_cache(
        records in records(),
        shuffled in records().prop_perturb(|_, rng| rng),
        sizes in prop::collection::vec(1..9_usize, 1..5),
        others in prop::collection::vec(1..9_usize, 1..5),
    ) {
        let mut rng = shuffled;
        let mut reordered: Vec<Incoming> = records.iter().chain(records.iter().take(7)).cloned().collect();
        for n in (1..reordered.len()).rev() {
            reordered.swap(n, (rng.next_u32() as usize) % (n + 1));
        }
        block_on(async {
            let (one, other) = (home().await, home().await);
            feed(&one.store, &records, &sizes).await;
            feed(&other.store, &reordered, &others).await;
            recount(&one.store, &[]).await;
            recount(&other.store, &[]).await;
            let told = everything(&one.store).await;
            let mut retold = everything(&other.store).await;
            // threads are numbered as they come: that is all that may differ
            for (sides, (thread, messages)) in &mut retold {
                thread.id = told[sides].0.id;
                for message in messages.iter_mut() {
                    message.thread = thread.id;
                }
            }
            assert_eq!(told, retold);
            // and once more: nothing is new
            let before = one.store.health().await.unwrap().messages;
            for record in records {
                let done = one.store.intake(vec![record], by_id).await.unwrap();
                assert_eq!(done, mctui::store::Intake::default());
            }
            assert_eq!(one.store.health().await.unwrap().messages, before);
        });
    }

    #[test]
    fn rows_stay_right_whatever_people_do(records in records(), acts in acts()) {
        block_on(async {
            let home = home().await;
            let mut records = records.into_iter();
            let mut dealt_with = Vec::new();
            for act in acts {
                perform(&home.store, act, &mut records, &mut dealt_with).await;
                recount(&home.store, &dealt_with).await;
            }
            // contacts follow their threads
            let listed = home.store.contacts(100).await.unwrap();
            let all = everything(&home.store).await;
            let latest = |who: &Address| {
                all.values().filter(|(t, _)| t.contact.address == *who).map(|(t, _)| t.activity).max().unwrap_or(0)
            };
            assert!(listed.is_sorted_by_key(|contact| std::cmp::Reverse(latest(&contact.address))));
            assert!(listed.iter().all(|c| (0..5).any(|n| contact(n) == c.address)));
            assert_eq!(home.store.health().await.unwrap().integrity, Ok(()));
            super::search::words_are_indexed(home.store.path());
        });
    }
}

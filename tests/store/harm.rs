//! Caches to be damaged: healthy ones, what is in them, and how they come back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use mctui::model::{Address, Broadcast, Contact, Delivery, MessageId, RecordNotes, ThreadState};
use mctui::store::{Incoming, MessageWindow, Settlement, Store, ThreadQuery};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::{MAIN, SIDE, at, business, contact, inbound, number, outgoing, take_in};

pub(crate) const PAGE: usize = 4096;

/// What people made, as one can see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) drafts: BTreeMap<String, String>,
    pub(crate) broadcast: Option<(Address, Broadcast)>,
    /// Text and the kind of its delivery.
    pub(crate) outbox: BTreeMap<String, &'static str>,
    pub(crate) named: BTreeSet<String>,
    pub(crate) done: usize,
    pub(crate) unread: u32,
    pub(crate) messages: u64,
    /// Requests that the ledger did not take over yet.
    pub(crate) spent: usize,
    pub(crate) routes: usize,
}

pub(crate) const CONTACTS: u32 = 60;

/// Fills a cache with some of everything.
pub(crate) async fn fill(store: &Store) {
    store.set_numbers(vec![business(MAIN), business(SIDE)]).await.unwrap();
    let long = "what a customer may write in a message of some length ".repeat(2);
    let batch = (0..CONTACTS * 10).map(|n| Incoming {
        request_guid: (n % 3 > 0).then(|| format!("{n:08x}-0000-4000-8000-000000000000")),
        notes: RecordNotes { read: (n % 5 == 0).then_some(false), favorite: n % 7 == 0, ..RecordNotes::default() },
        ..inbound(n % CONTACTS, i64::from(n), &format!("{n} {long}"))
    });
    take_in(store, batch.collect()).await;
    for n in 0..CONTACTS {
        let thread = store.thread_between(number(MAIN), contact(n)).await.unwrap().unwrap();
        match n % 4 {
            0 => store.save_draft(thread.id, &format!("draft to {n} that nobody sent yet"), at(700)).await.unwrap(),
            1 => store.set_state(thread.id, ThreadState::Done).await.unwrap(),
            2 => drop(store.mark_read(thread.id, MessageId(i64::MAX)).await.unwrap()),
            _ => store.name_contact(contact(n), &format!("Dana the {n}th")).await.unwrap(),
        }
    }
    for n in 0..20 {
        let (_, id) = store.enqueue(outgoing(n, 800, &format!("text {n} of ours, word for word"))).await.unwrap();
        let settlement = match n % 5 {
            0 => Settlement::Sent { remote_id: None },
            1 => Settlement::Failed("no such number".into()),
            2 => Settlement::Unconfirmed("the answer was lost".into()),
            _ => continue,
        };
        assert!(store.claim(id, at(900)).await.unwrap());
        store.settle(id, settlement).await.unwrap();
    }
    let people = (0..3).map(|n| Contact { address: contact(n), name: None }).collect();
    let broadcast = Broadcast { sender: number(SIDE), people, text: "to three that nobody sent yet".into() };
    store.save_broadcast(number(MAIN), broadcast, at(700)).await.unwrap();
    let (_, sending) = store.enqueue(outgoing(50, 800, "this one is on its way")).await.unwrap();
    assert!(store.claim(sending, at(900)).await.unwrap());
    for _ in 0..7 {
        store.keep_requests("key", vec![jiff::Timestamp::now().as_millisecond()]).await.unwrap();
    }
    store.remember_route("service", "send", "/messages/send").await.unwrap();
}

pub(crate) async fn own(store: &Store) -> Own {
    let query = ThreadQuery { limit: 999, ..ThreadQuery::default() };
    let threads = store.threads(query).await.unwrap().threads;
    for thread in &threads {
        store.messages(thread.id, MessageWindow::Newest, 999).await.unwrap();
    }
    let drafts = threads.iter().filter_map(|thread| Some((thread.contact.address.to_string(), thread.draft.clone()?)));
    let outbox = store.outbox().await.unwrap().into_iter().map(|message| {
        let kind = match message.delivery.unwrap() {
            Delivery::Queued => "queued",
            Delivery::Sending => "sending",
            Delivery::Unconfirmed(_) => "unconfirmed",
            Delivery::Failed(_) => "failed",
            other => panic!("{other:?} is not of the outbox"),
        };
        (message.body, kind)
    });
    Own {
        drafts: drafts.collect(),
        broadcast: store.broadcast(None).await.unwrap(),
        outbox: outbox.collect(),
        named: store.contacts(999).await.unwrap().into_iter().filter_map(|contact| contact.name).collect(),
        done: threads.iter().filter(|thread| thread.state == ThreadState::Done).count(),
        unread: store.unread(None).await.unwrap().messages,
        messages: store.health().await.unwrap().messages,
        spent: store.legacy_requests("key", "service").await.unwrap().len(),
        routes: store.routes("service").await.unwrap().len(),
    }
}

/// Files as they lie there when nobody has them open, or when somebody died with them open.
#[derive(Clone)]
pub(crate) struct Files {
    pub(crate) cache: Vec<u8>,
    pub(crate) log: Option<Vec<u8>>,
    pub(crate) index: Option<Vec<u8>>,
}

impl Files {
    pub(crate) fn read(path: &Path) -> Self {
        let beside = |suffix: &str| fs::read(format!("{}{suffix}", path.display())).ok().filter(|log| !log.is_empty());
        Self { cache: fs::read(path).unwrap(), log: beside("-wal"), index: beside("-shm") }
    }

    pub(crate) fn write(&self) -> (TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mctui.db");
        let beside = |suffix: &str| format!("{}{suffix}", path.display());
        fs::write(&path, &self.cache).unwrap();
        fs::write(beside(".lock"), "there was a cache here").unwrap();
        for (suffix, bytes) in [("-wal", &self.log), ("-shm", &self.index)] {
            if let Some(bytes) = bytes {
                fs::write(beside(suffix), bytes).unwrap();
            }
        }
        (dir, path)
    }
}

/// A healthy cache that was closed, and what is in it. Written anew by SQLite, so that no page has old copies of rows.
pub(crate) async fn closed() -> (Files, Own) {
    static ONCE: OnceCell<(Files, Own)> = OnceCell::const_new();
    ONCE.get_or_init(make_closed).await.clone()
}

pub(crate) async fn make_closed() -> (Files, Own) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mctui.db");
    let store = Store::open(&path).await.unwrap();
    fill(&store).await;
    let own = own(&store).await;
    store.close().await;
    rusqlite::Connection::open(&path).unwrap().execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    let files = Files::read(&path);
    assert!(files.log.is_none());
    (files, own)
}

/// A cache that was open when its process died: half of it is in the log.
pub(crate) async fn open_still() -> (Files, Own) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mctui.db");
    let store = Store::open(&path).await.unwrap();
    store.set_numbers(vec![business(MAIN), business(SIDE)]).await.unwrap();
    store.enqueue(outgoing(40, 0, "sent, and then the log is damaged")).await.unwrap();
    store.close().await;
    // a reader keeps SQLite from beginning the log anew
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM messages;").unwrap();
    let store = Store::open(&path).await.unwrap();
    let item = store.next_due(at(100), &super::both()).await.unwrap().unwrap();
    assert!(store.claim(item.id, at(100)).await.unwrap());
    store.settle(item.id, Settlement::Sent { remote_id: None }).await.unwrap();
    fill(&store).await;
    let own = own(&store).await;
    (Files::read(&path), own)
}

pub(crate) fn garbage(bytes: &mut [u8]) {
    fastrand::Rng::with_seed(7).fill(bytes);
}

/// Opens a cache that must be mended, now or once damage was found in it; what was done.
pub(crate) async fn mended(path: &Path) -> (Store, mctui::store::Recovery) {
    let mut store = Store::open(path).await.unwrap();
    if store.recovery().is_none() {
        let noticed = store.health().await.map_or(true, |health| health.integrity.is_err());
        assert!(noticed, "nobody noticed");
        store.close().await;
        store = Store::open(path).await.unwrap();
    }
    let recovery = store.recovery().cloned().expect("it was mended");
    assert_eq!(store.health().await.unwrap().integrity, Ok(()));
    (store, recovery)
}

/// What waited stays or becomes doubtful, and nothing waits that did not.
pub(crate) fn assert_safe(before: &Own, after: &Own) {
    for (text, kind) in &after.outbox {
        let was = before.outbox.get(text).copied();
        match *kind {
            "queued" => assert_eq!(was, Some("queued"), "{text} waits to be sent, and it did not"),
            "failed" => assert_eq!(was, Some("failed"), "{text}"),
            "unconfirmed" => {}
            other => panic!("{text} is {other}"),
        }
    }
}

/// As it was, but for what was being sent.
pub(crate) fn expected(before: &Own) -> Own {
    let mut expected = before.clone();
    for kind in expected.outbox.values_mut().filter(|kind| **kind == "sending") {
        *kind = "unconfirmed";
    }
    expected
}

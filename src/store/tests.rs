//! What can only be tested from inside: the plans of all statements, disks that are full or read-only, panics, upgrades.

mod addresses;
mod plans;
mod upgrades;

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::model::query::{self, Query};
use crate::model::{
    Address, Broadcast, BusinessNumber, CallerKind, Contact, Delivery, Direction, MessageId, NumberTraits, Road, Span,
    ThreadFilter, ThreadId, ThreadState, ThreadText,
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_760_000_000 + seconds)
}

fn number() -> Address {
    Address::from_normal("+12025550101")
}

fn contact(n: u32) -> Contact {
    Contact { address: Address::from_normal(format!("+1202555{:04}", 110 + n)), name: Some(format!("Contact {n}")) }
}

fn record(n: u32, direction: Direction, body: &str) -> Incoming {
    Incoming {
        road: Road::Journal,
        remote_id: Some(format!("r-{n}")),
        request_guid: None,
        number: number(),
        contact: contact(n % 5),
        direction,
        delivery: None,
        body: body.to_owned(),
        at: at(n.into()),
        claimed_at: None,
        sender: None,
        attachments: Vec::new(),
        notes: crate::model::RecordNotes::default(),
        caller: None,
    }
}

fn outgoing(n: u32, body: &str) -> Outgoing {
    Outgoing { number: number(), contact: contact(n), body: body.to_owned(), at: at(500), not_before: None }
}

fn insert_all(batch: &[Incoming], _: &[Known]) -> Vec<Op> {
    vec![Op::Insert { unread: true }; batch.len()]
}

async fn open() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("mctui.db")).await.unwrap();
    (dir, store)
}

async fn broadcasts(store: &Store) -> Result<(), StoreError> {
    let broadcast = Broadcast { sender: number(), people: vec![contact(9)], text: "to all".into() };
    store.save_broadcast(number(), broadcast.clone(), at(0)).await?;
    store.broadcast(None).await?;
    store.enqueue_each(number(), broadcast, Vec::new()).await.map(drop)
}

async fn reaches_and_traits(store: &Store) -> Result<(), StoreError> {
    store.numbers().await?;
    store.set_cursor(number(), Cursor::default()).await?;
    store.cursor(number()).await?;
    store.reach_thread(ThreadId(1), Span { oldest: at(0), newest: at(1) }, false).await?;
    store.thread_coverage(ThreadId(1)).await?;
    store.set_number_traits(vec![(number(), NumberTraits::default())]).await?;
    store.newest_record(number()).await?;
    store.number_traits(number()).await.map(drop)
}

async fn lease(store: &Store, id: MessageId) -> Result<(), StoreError> {
    store.is_sending(None).await?;
    let (lease, limit) = (store.lease().await?, std::time::Duration::from_secs(40));
    store.note_still(&lease, limit).await?;
    store.take_lease("we", &lease, limit, "stopped", || true).await?;
    store.claim_as("we", id, at(900)).await?;
    store.release_lease("we").await?;
    store.adopt_orphans("crashed").await.map(drop)
}

/// Runs every statement of the store at least once.
async fn everything(store: &Store) -> Result<(), StoreError> {
    let other = Address::from_normal("+12025550102");
    let business = |address: &Address| BusinessNumber { address: address.clone(), label: None, is_default: false };
    store.set_numbers(vec![business(&number())]).await?;
    store.set_numbers(vec![business(&number()), business(&other)]).await?;
    let batch = (0..40).map(|n| record(n, if n % 2 == 0 { Direction::Inbound } else { Direction::Outbound }, "hi"));
    let batch: Vec<_> = batch.collect();
    store.intake(batch.clone(), insert_all).await?;
    for road in [Road::SendAnswer, Road::Webhook, Road::Journal] {
        let changed = |record: &Incoming| Incoming {
            road,
            remote_id: Some(format!("{}-{}", road.name(), record.at)),
            sender: Some("Ana".into()),
            request_guid: Some(format!("guid-{}", record.at)),
            caller: Some(CallerKind::Vip),
            delivery: Some(Delivery::Delivered),
            ..record.clone()
        };
        let plan = |batch: &[Incoming], known: &[Known]| {
            let same = |record: &Incoming| known.iter().find(|known| known.at == record.at).map(|known| known.id);
            batch.iter().map(|record| same(record).map_or(Op::Nothing, |id| Op::Update { id })).collect()
        };
        store.intake(batch.iter().map(changed).collect(), plan).await?;
    }
    let thread = store.ensure_thread(number(), contact(9)).await?;
    store.save_draft(thread, "typing", at(0)).await?;
    store.draft(thread).await?;
    broadcasts(store).await?;
    let (_, id) = store.enqueue(outgoing(9, "typing")).await?;
    store.next_due(at(900), &[number()]).await?;
    store.next_due_at(&[number()]).await?;
    store.claim(id, at(900)).await?;
    store.settle(id, Settlement::Queued { not_before: None, reason: "later".into(), told: false }).await?;
    store.claim(id, at(900)).await?;
    store.settle(id, Settlement::Sent { remote_id: Some("s".into()) }).await?;
    let (_, id) = store.enqueue(outgoing(9, "again")).await?;
    store.claim(id, at(900)).await?;
    lease(store, id).await?;
    let id = store.resend(id, at(901)).await?;
    store.discard(id).await?;
    let (_, waiting) = store.enqueue(outgoing(9, "withdrawn")).await?;
    store.hurry().await?;
    store.withdraw(waiting, "not now").await?;
    store.mark_unanswered(number(), at(0)).await?;
    let failed = Incoming { delivery: Some(Delivery::Failed("no".into())), ..record(90, Direction::Outbound, "f") };
    let failed = store.intake(vec![failed], insert_all).await?.inserted[0];
    store.outbox().await?;
    store.discard(failed).await?;

    for window in [ThreadWindow::Top, ThreadWindow::Around(ThreadId(1))] {
        for number in [None, Some(number())] {
            for contact in [None, Some(contact(1).address)] {
                for filter in ThreadFilter::ALL {
                    let (number, contact) = (number.clone(), contact.clone());
                    let query = ThreadQuery { number, contact, filter, text: None, window, limit: 2 };
                    let page = store.threads(query.clone()).await?;
                    let Some(last) = page.threads.last() else { continue };
                    for window in [ThreadWindow::Below(last.into()), ThreadWindow::Above(last.into())] {
                        store.threads(ThreadQuery { window, ..query.clone() }).await?;
                    }
                }
            }
        }
    }
    let newest = store.messages(ThreadId(1), MessageWindow::Newest, 3).await?.messages[0].id;
    for window in [MessageWindow::Before(newest), MessageWindow::After(newest), MessageWindow::Around(newest)] {
        store.messages(ThreadId(1), window, 3).await?;
    }
    store.message(newest).await?;
    store.thread(ThreadId(1)).await?;
    store.thread_between(number(), contact(1).address).await?;
    store.next_unread(None, None).await?;
    store.next_unread(Some(number()), None).await?;
    store.mark_read(ThreadId(1), newest).await?;
    store.mark_unread(ThreadId(1), 1).await?;
    store.unread(None).await?;
    store.mark_all_read(Some(number())).await?;
    store.mark_all_read(None).await?;
    store.set_state(ThreadId(1), ThreadState::Done).await?;
    store.set_muted(ThreadId(1), true).await?;
    store.set_muted(ThreadId(1), false).await?;
    plans::searches(store).await?;
    store.contacts(5).await?;
    store.name_contact(contact(1).address, "Dana Whitfield").await?;
    reaches_and_traits(store).await?;
    store.undelivered_since(number(), Timestamp::UNIX_EPOCH).await?;
    store.count_since(number(), Timestamp::UNIX_EPOCH).await?;
    let fresh = Incoming { at: Timestamp::now(), ..record(91, Direction::Inbound, "news") };
    store.intake(vec![fresh], insert_all).await?;
    store.take_news(Timestamp::now()).await?;
    store.looked(number(), Timestamp::MIN, Timestamp::MAX).await?;
    store.remember_route("s", "send", "/messages/send").await?;
    store.routes("s").await?;
    store.forget_route("s", "send").await?;
    store.keep_requests("key", vec![0]).await?;
    let legacy = store.legacy_requests("key", "s").await?;
    store.forget_requests(legacy).await?;
    Ok(())
}

#[tokio::test]
async fn a_full_disk_leaves_what_was_there_and_says_so() {
    let (_dir, store) = open().await;
    let (thread, kept) = store.enqueue(outgoing(1, "kept")).await.unwrap();
    // SQLite refuses to grow the file, with the same error as for a disk that is full
    store.write(|conn, _| Ok(conn.pragma_update(None, "max_page_count", 1)?)).await.unwrap();
    let large = "x".repeat(300_000);
    let error = store.enqueue(outgoing(2, &large)).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(error.to_string().starts_with("the disk is full"), "{error}");
    let error =
        store.intake(vec![record(1, Direction::Inbound, "a"), record(2, Direction::Inbound, &large)], insert_all);
    assert!(matches!(error.await, Err(StoreError::Full { .. })));
    assert!(matches!(store.save_draft(thread, &large, at(0)).await, Err(StoreError::Full { .. })));
    let health = store.health().await.unwrap();
    assert_eq!((health.messages, health.threads, health.integrity), (1, 1, Ok(())));
    assert_eq!(store.draft(thread).await.unwrap(), None);
    // and goes on once there is room
    store.write(|conn, _| Ok(conn.pragma_update(None, "max_page_count", 1_000_000)?)).await.unwrap();
    store.save_draft(thread, &large, at(0)).await.unwrap();
    assert_eq!(store.message(kept).await.unwrap().unwrap().body, "kept");
}

#[tokio::test]
async fn a_disk_that_has_become_read_only_is_said() {
    let (_dir, store) = open().await;
    store.enqueue(outgoing(1, "kept")).await.unwrap();
    store.write(|conn, _| Ok(conn.pragma_update(None, "query_only", true)?)).await.unwrap();
    let error = store.enqueue(outgoing(2, "no")).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert_eq!(store.outbox().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_that_sqlite_may_only_read_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mctui.db");
    std::fs::write(&path, "").unwrap();
    let mut conn = Connection::open_with_flags(&path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let error = open::prepare(&mut conn, &path, open::MIGRATIONS, &Attendant::default()).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
}

#[tokio::test]
async fn a_panic_is_an_error_and_the_threads_go_on() {
    let (_dir, store) = open().await;
    let written = store
        .write(|conn, touched| {
            let thread = people::ensure_thread(conn, &number(), &contact(1).address)?;
            touched.thread(thread);
            assert!(thread.0 > 1_000, "a bug");
            Ok(())
        })
        .await;
    assert!(matches!(&written, Err(StoreError::Fault(what)) if what == "a bug"), "{written:?}");
    for _ in 0..2 * READERS {
        let read: Result<(), _> = store.read(|_| panic!("a bug in {}", "reading")).await;
        assert!(matches!(&read, Err(StoreError::Fault(what)) if what == "a bug in reading"), "{read:?}");
    }
    everything(&store).await.unwrap();
    assert_eq!(store.health().await.unwrap().integrity, Ok(()));
}

#[tokio::test]
async fn another_process_is_noticed_where_the_system_tells_nothing() {
    let (_dir, store) = open().await;
    assert!(store.inner.watcher.is_some(), "this system tells of writes, so a store uses it");
    let deaf = Store::open_with(store.path(), |_, _| None, Attendant::default()).await.unwrap();
    assert!(deaf.inner.watcher.is_none());
    let mut changes = deaf.subscribe();
    store.enqueue(outgoing(1, "hi")).await.unwrap();
    let change = tokio::time::timeout(Duration::from_secs(20), changes.recv()).await.unwrap();
    assert_eq!(change.unwrap(), Change::Everything);
}

#[tokio::test]
async fn dropping_every_handle_ends_the_threads() {
    let (_dir, store) = open().await;
    let shared = Arc::downgrade(&store.inner.shared);
    store.enqueue(outgoing(1, "hi")).await.unwrap();
    drop(store);
    // whether the log is cleared away is up to which connection happens to close last
    let gone = async {
        while shared.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
}

/// The version that is.
#[allow(clippy::cast_possible_wrap, reason = "a handful")]
const NOW: i64 = open::MIGRATIONS.len() as i64;

/// What makes a version to come, which enters itself as one that none has yet.
fn to_come(after: i64, change: &str) -> String {
    format!("INSERT INTO migrations VALUES ({}); {change}", 1_000 + after)
}

/// A version to come.
static NEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    to_come(1, "ALTER TABLE numbers ADD COLUMN colour TEXT; UPDATE numbers SET colour = 'green';")
});

/// All steps there are, and this one.
fn steps_and(next: &str) -> Vec<&str> {
    open::MIGRATIONS.iter().copied().chain([next]).collect()
}

fn upgrade(path: &Path, steps: &[&str]) -> Result<Connection, StoreError> {
    let mut conn = open::connect(path).unwrap();
    open::prepare(&mut conn, path, steps, &Attendant::default())?;
    Ok(conn)
}

async fn old_cache() -> (TempDir, PathBuf) {
    let (dir, store) = open().await;
    everything(&store).await.unwrap();
    let path = store.path().to_owned();
    store.close().await;
    (dir, path)
}

fn rows(path: &Path, statement: &str) -> i64 {
    Connection::open(path).unwrap().query_row(statement, [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn an_upgrade_keeps_a_copy_of_what_was() {
    let (dir, path) = old_cache().await;
    drop(upgrade(&path, &steps_and(&NEXT)).unwrap());
    assert_eq!(rows(&path, "SELECT count(*) FROM numbers WHERE colour = 'green'"), 2);
    assert_eq!(rows(&path, "PRAGMA user_version"), NOW + 1);
    let copy = dir.path().join(format!("mctui.db.v{NOW}.bak"));
    assert_eq!(rows(&copy, "PRAGMA user_version"), NOW);
    assert_eq!(rows(&copy, "SELECT count(*) FROM messages"), rows(&path, "SELECT count(*) FROM messages"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let partial = |name: &std::ffi::OsStr| name.to_string_lossy().ends_with(".partial");
    assert!(!std::fs::read_dir(dir.path()).unwrap().any(|entry| partial(&entry.unwrap().file_name())));
    // the program of before
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { found, known, .. } if (found, known) == (NOW + 1, NOW)), "{error}");
}

#[tokio::test]
async fn an_upgrade_that_fails_changes_nothing() {
    let (_dir, path) = old_cache().await;
    let broken = format!("{} UPDATE no_such_table SET x = 1;", *NEXT);
    let error = upgrade(&path, &steps_and(&broken)).unwrap_err();
    assert!(matches!(error, StoreError::Sql(_)), "{error}");
    let store = Store::open(&path).await.unwrap();
    assert_eq!(i64::from(store.health().await.unwrap().schema), NOW);
}

#[tokio::test]
async fn processes_that_upgrade_at_once_upgrade_once() {
    let (_dir, path) = old_cache().await;
    // runs twice without harm to itself: only the entry in `migrations` tells
    let step = to_come(1, "INSERT INTO requests (key, at) VALUES ('upgraded', 0);");
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| upgrade(&path, &steps_and(&step)).unwrap());
        }
    });
    assert_eq!(rows(&path, "SELECT count(*) FROM requests WHERE key = 'upgraded'"), 1);
}

#[test]
fn every_migration_enters_itself() {
    for (at, step) in open::MIGRATIONS.iter().enumerate() {
        assert!(step.contains(&format!("INSERT INTO migrations VALUES ({})", at + 1)), "migration {}", at + 1);
    }
}

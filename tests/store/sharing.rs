//! Several processes on one cache: here, several stores, which share nothing but the file.

use std::time::Duration;

use futures_util::future::BoxFuture;
use mctui::model::ThreadId;
use mctui::store::{Change, Cursor, Settlement, Store, StoreError};
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinSet;

use super::{Home, MAIN, at, business, by_id, contact, inbound, number, outgoing, take_in, unnamed};

/// The next change; a test that waits for one longer than this has failed.
async fn next(changes: &mut Receiver<Change>) -> Change {
    tokio::time::timeout(Duration::from_secs(20), changes.recv()).await.expect("a change").unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_between_two_writers() {
    let home = Home::new().await;
    let stores = [home.store.clone(), home.second().await];
    let ledgers = [home.ledger(), home.ledger()];
    let mut tasks = JoinSet::new();
    for task in 0..8_u32 {
        let (store, ledger) = (stores[task as usize % 2].clone(), ledgers[task as usize % 2].clone());
        tasks.spawn(async move {
            for n in 0..12 {
                let seconds = i64::from(n);
                // records that only this task has, and records that all of them bring
                let own = inbound(10 + task, seconds, "own");
                let common = inbound(1, seconds, "common");
                store.intake(vec![own, common], by_id).await.unwrap();
                store.enqueue(outgoing(10 + task, seconds, "ours")).await.unwrap();
                ledger.spend("key", at(0), 1_000).await.unwrap();
                let thread = store.ensure_thread(number(MAIN), super::unnamed(1)).await.unwrap();
                store.save_draft(thread, &format!("{task} {n}"), at(0)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let health = home.store.health().await.unwrap();
    assert_eq!(health.messages, 8 * 12 * 2 + 12);
    assert_eq!((health.threads, health.outbox, health.integrity), (9, 8 * 12, Ok(())));
    assert_eq!(ledgers[1].spent("key", at(1)).await.unwrap(), 8 * 12);
    assert_eq!(stores[1].unread(None).await.unwrap().messages, 8 * 12 + 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_senders_never_get_the_same_message_and_never_overspend() {
    let home = Home::new().await;
    let stores = [home.store.clone(), home.second().await];
    for n in 0..30 {
        home.store.enqueue(outgoing(n % 7, i64::from(n), &n.to_string())).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    let ledgers = [home.ledger(), home.ledger()];
    for (store, ledger) in stores.iter().zip(&ledgers).cycle().take(6) {
        let (store, ledger) = (store.clone(), ledger.clone());
        tasks.spawn(async move {
            let mut sent = Vec::new();
            while let Some(item) = store.next_due(at(99), &super::both()).await.unwrap() {
                if store.claim(item.id, at(99)).await.unwrap() {
                    assert_eq!(item.attempts, 0);
                    sent.push(item.body);
                    store.settle(item.id, Settlement::Sent { remote_id: None }).await.unwrap();
                }
            }
            let mut allowed = 0;
            while ledger.spend("key", at(0), 40).await.unwrap().allowed {
                allowed += 1;
            }
            (sent, allowed)
        });
    }
    let (sent, allowed): (Vec<_>, Vec<_>) = tasks.join_all().await.into_iter().unzip();
    let mut sent: Vec<u32> = sent.concat().iter().map(|body| body.parse().unwrap()).collect();
    sent.sort_unstable();
    assert_eq!(sent, (0..30).collect::<Vec<_>>());
    assert_eq!(allowed.iter().sum::<u32>(), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_open_a_new_cache_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new/mctui.db");
    let mut tasks = JoinSet::new();
    for n in 0..6 {
        let path = path.clone();
        tasks.spawn(async move {
            let store = Store::open(&path).await.unwrap();
            take_in(&store, vec![inbound(n, 0, "hi")]).await;
        });
    }
    tasks.join_all().await;
    assert_eq!(Store::open(&path).await.unwrap().health().await.unwrap().messages, 6);
}

#[tokio::test]
async fn own_changes_are_told_as_they_are_and_others_as_everything() {
    let home = Home::new().await;
    let other = home.second().await;
    let (mut ours, mut theirs) = (home.store.subscribe(), other.subscribe());
    for n in 0..5 {
        let done = take_in(&home.store, vec![inbound(n, 0, "hi")]).await;
        assert_eq!(next(&mut ours).await, Change::Threads(done.threads));
    }
    assert_eq!(next(&mut theirs).await, Change::Everything);
    assert_eq!(other.health().await.unwrap().messages, 5);

    other.set_numbers(vec![business(MAIN)]).await.unwrap();
    assert_eq!(next(&mut ours).await, Change::Everything, "and nothing before: our own writes are not another's");
    assert_eq!(home.store.numbers().await.unwrap().len(), 1);
    loop {
        // what is left of our five commits comes first, if anything is
        match next(&mut theirs).await {
            Change::Everything => {}
            change => break assert_eq!(change, Change::Numbers),
        }
    }
}

#[tokio::test]
async fn what_others_note_unseen_is_told_as_that() {
    let home = Home::new().await;
    let other = home.second().await;
    let mut changes = home.store.subscribe();
    take_in(&other, vec![inbound(1, 0, "hi")]).await;
    assert_eq!(next(&mut changes).await, Change::Everything);
    for quiet in 0..4 {
        match quiet {
            0 => other.keep_requests("key", vec![0]).await.unwrap(),
            1 => other.forget_requests(other.legacy_requests("key", "service").await.unwrap()).await.unwrap(),
            2 => other.remember_route("service", "send", "/messages/send").await.unwrap(),
            _ => other.set_cursor(number(MAIN), Cursor::default()).await.unwrap(),
        }
        assert_eq!(next(&mut changes).await, Change::Unseen, "step {quiet}");
    }
    // our own commit in between hides nothing of another's
    let thread = take_in(&other, vec![inbound(1, 1, "more")]).await.threads[0];
    home.store.save_draft(thread, "typing", at(2)).await.unwrap();
    let told = [next(&mut changes).await, next(&mut changes).await];
    assert!(told.contains(&Change::Everything) && told.contains(&Change::Threads(vec![thread])), "{told:?}");
    let visible: [(&str, BoxFuture<'_, ()>); 5] = [
        ("a draft", Box::pin(async { other.save_draft(thread, "x", at(3)).await.unwrap() })),
        ("a name", Box::pin(async { other.name_contact(contact(44), "Dana Whitfield").await.unwrap() })),
        ("a thread", Box::pin(async { other.ensure_thread(number(MAIN), unnamed(45)).await.map(|_| ()).unwrap() })),
        ("numbers", Box::pin(async { other.set_numbers(vec![business(MAIN)]).await.unwrap() })),
        ("a message", Box::pin(async { other.enqueue(outgoing(1, 9, "x")).await.map(|_| ()).unwrap() })),
    ];
    for (what, commit) in visible {
        commit.await;
        assert_eq!(next(&mut changes).await, Change::Everything, "{what}");
    }
}

#[tokio::test]
async fn what_changes_nothing_is_not_told() {
    let home = Home::new().await;
    let store = home.store.clone();
    take_in(&store, vec![inbound(1, 0, "hi")]).await;
    let mut changes = store.subscribe();
    take_in(&store, vec![inbound(1, 0, "hi")]).await;
    store.keep_requests("key", vec![0]).await.unwrap();
    store.mark_read(ThreadId(1), mctui::model::MessageId(1)).await.unwrap();
    store.save_draft(ThreadId(1), "", at(0)).await.unwrap();
    store.mark_all_read(None).await.unwrap();
    assert_eq!(next(&mut changes).await, Change::Threads(vec![ThreadId(1)]), "the last, and none before it");
    assert!(changes.try_recv().is_err());
}

#[tokio::test]
async fn closing_finishes_what_was_asked_for_and_clears_the_log() {
    let home = Home::new().await;
    let writes: Vec<_> = (0..20)
        .map(|n| {
            let store = home.store.clone();
            tokio::spawn(async move { store.enqueue(outgoing(n, 0, "x")).await })
        })
        .collect();
    // on this runtime of one thread, all of them have asked once this task has yielded
    tokio::task::yield_now().await;
    let rest = home.store.clone();
    home.store.close().await;
    for write in writes {
        write.await.unwrap().unwrap();
    }
    assert!(matches!(rest.contacts(1).await, Err(StoreError::Gone)));
    assert!(matches!(rest.keep_requests("key", vec![0]).await, Err(StoreError::Gone)));
    rest.close().await;
    let log = home.dir.path().join("mctui.db-wal");
    assert!(!log.exists(), "the log is in the file");
    let store = Store::open(&home.dir.path().join("mctui.db")).await.unwrap();
    assert_eq!(store.health().await.unwrap().outbox, 20);
}

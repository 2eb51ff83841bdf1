//! Jobs that nobody waits for any more, such as those that a person cancels.

use std::pin::pin;
use std::task::{Context, Waker};

use super::*;

/// Begins a job and drops it in the middle.
fn begin(job: impl Future) {
    let mut job = pin!(job);
    assert!(job.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[tokio::test]
async fn what_an_answer_has_shown_is_kept() {
    let world = World::new().await;
    let memory = world.process().await;
    memory.spend(KEY, Purpose::Send).await.unwrap();
    world.take_ledger_away();
    begin(memory.heard(Some(world.date())));
    assert!(memory.spend(KEY, Purpose::Read).await.is_err());
    world.bring_ledger_back();
    memory.spend(KEY, Purpose::Send).await.unwrap();
    let ledger = rusqlite::Connection::open(world.ledger.path(KEY)).unwrap();
    let proven = ledger.query_row("SELECT group_concat(proven) FROM requests", [], |row| row.get::<_, String>(0));
    assert_eq!(proven.unwrap(), "1,1");
}

/// Nor is it put right twice: each shift makes requests younger.
#[tokio::test]
async fn what_an_answer_has_shown_is_told_once() {
    let world = World::new().await;
    let memory = world.process().await;
    memory.spend(KEY, Purpose::Send).await.unwrap();
    memory.heard(Some(world.date())).await;
    let times = || {
        let ledger = rusqlite::Connection::open(world.ledger.path(KEY)).unwrap();
        ledger.query_row("SELECT at FROM requests", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    pass(5).await;
    let before = times();
    begin(memory.heard(Some(world.date() + SignedDuration::from_hours(1))));
    begin(memory.spend(KEY, Purpose::Read));
    memory.correct(KEY).await.unwrap();
    memory.settle().await;
    let first = rusqlite::Connection::open(world.ledger.path(KEY)).unwrap();
    let first = first.query_row("SELECT min(at) FROM requests", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(first, before + HOUR);
}

#[tokio::test]
async fn what_could_not_be_entered_is_kept() {
    let world = World::new().await;
    let memory = world.process().await;
    memory.spend(KEY, Purpose::Send).await.unwrap();
    world.take_ledger_away();
    for _ in 0..3 {
        memory.spend(KEY, Purpose::Send).await.unwrap();
    }
    begin(memory.spend(KEY, Purpose::Send));
    memory.spend(KEY, Purpose::Send).await.unwrap();
    world.bring_ledger_back();
    memory.spend(KEY, Purpose::Send).await.unwrap();
    assert_eq!(world.ledger.spent(KEY, world.date()).await.unwrap(), 6);
}

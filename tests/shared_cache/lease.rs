//! How long the outbox is waited for: as long as its holder gives signs of life, at once where it is dead, and not longer
//! than its own limit where it is stopped. On paused time: nothing here talks to the service.

use std::fs::{File, OpenOptions};
use std::sync::Arc;
use std::time::Duration;

use mctui::model::MessageId;
use mctui::store::Store;
use mctui::sync::Context;
use mctui::sync::outbox::{Pass, Passed, Step, work};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::common::Rig;
use crate::common::stage::{queue, state};

/// The limit that the holder has set itself.
const LIMIT: Duration = Duration::from_secs(40);
/// What a wait may take beyond that.
const MARGIN: Duration = Duration::from_secs(3);

/// Another process as others see it: its lease, its lock and its message on the way. It does nothing by itself.
struct Holder {
    store: Store,
    lock: Option<File>,
    message: MessageId,
}

impl Holder {
    async fn of(context: &Context, home: &std::path::Path) -> Self {
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(home.join("data/outbox.lock"));
        let lock = lock.unwrap();
        lock.lock().unwrap();
        let store = context.store.clone();
        let free = store.lease().await.unwrap();
        assert!(store.take_lease("holder", &free, LIMIT, "unused", || true).await.unwrap().is_some());
        let message = queue(context, 50, "on its way").await;
        assert!(store.claim(message, jiff::Timestamp::now()).await.unwrap());
        Self { store, lock: Some(lock), message }
    }

    async fn state(&self) -> &'static str {
        state(&self.store, self.message).await
    }
}

async fn stage() -> (Rig, Holder) {
    let rig = Rig::empty().await;
    let holder = Holder::of(&rig.context, rig.home.path()).await;
    tokio::time::pause();
    (rig, holder)
}

/// Waits for the outbox so long; how it ended, how long that took, and what was told.
async fn wait(context: &Context, patience: Option<Duration>) -> (Passed, Duration, Vec<String>) {
    let began = Instant::now();
    let mut told = Vec::new();
    let pass = Pass { patience, ..Pass::default() };
    let passed = work(context, &pass, |step| {
        told.push(match step {
            Step::Held => "held".to_owned(),
            Step::Free => "free".to_owned(),
            Step::Claimed(_) => "claimed".to_owned(),
            Step::Settled(settled) => settled.delivery.name().to_owned(),
        });
    });
    let passed = passed.await.unwrap();
    (passed, began.elapsed(), told)
}

#[tokio::test]
async fn one_that_is_stopped_holds_others_up_for_its_limit_and_no_longer() {
    let (rig, holder) = stage().await;
    let (passed, took, told) = wait(&rig.context, None).await;
    assert_eq!(passed, Passed::Through);
    assert!((LIMIT..LIMIT + MARGIN).contains(&took), "{took:?}");
    assert_eq!(told, ["held", "free", "unconfirmed"], "told once");
    assert_eq!(holder.state().await, "unconfirmed");
    assert!(!holder.store.renew_lease("holder").await.unwrap(), "it has lost its turn");

    // it still has its lock, and nobody looks at that any more
    assert_eq!(holder.store.lease().await.unwrap().holder, None);
    assert!(holder.lock.is_some());
    let found = OpenOptions::new().write(true).open(rig.home.path().join("data/outbox.lock")).unwrap();
    found.try_lock().expect("the lock that others find is free");
}

#[tokio::test]
async fn one_that_is_dead_is_noticed_at_once() {
    let (rig, mut holder) = stage().await;
    // the system does this, however it died
    holder.lock = None;
    let (passed, took, told) = wait(&rig.context, None).await;
    assert_eq!((passed, told), (Passed::Through, vec!["unconfirmed".to_owned()]));
    assert!(took < MARGIN, "{took:?}");
    assert_eq!(holder.state().await, "unconfirmed");
}

#[tokio::test]
async fn one_that_gives_signs_of_life_keeps_its_turn() {
    let (rig, holder) = stage().await;
    for _ in 0..4 {
        let patience = LIMIT * 3 / 4;
        let (passed, took, told) = wait(&rig.context, Some(patience)).await;
        assert_eq!((passed, told), (Passed::Held, vec!["held".to_owned(), "free".to_owned()]));
        assert!((patience..patience + MARGIN).contains(&took), "{took:?}");
        assert!(holder.store.renew_lease("holder").await.unwrap());
    }
    assert_eq!(holder.state().await, "sending");
}

/// A sign of life in the middle of a wait begins the wait anew.
#[tokio::test]
async fn the_limit_counts_from_the_last_sign_of_life() {
    let (rig, holder) = stage().await;
    let began = Instant::now();
    let (store, told) = (holder.store.clone(), Arc::new(Notify::new()));
    let tells = Arc::clone(&told);
    let alive = tokio::spawn(async move {
        told.notified().await;
        let heard = began.elapsed();
        assert!(store.renew_lease("holder").await.unwrap());
        heard
    });
    let pass = Pass::default();
    let passed = work(&rig.context, &pass, |step| {
        if matches!(step, Step::Held) {
            tells.notify_one();
        }
    });
    passed.await.unwrap();
    assert!(began.elapsed() >= alive.await.unwrap() + LIMIT, "{:?}", began.elapsed());
    assert_eq!(holder.state().await, "unconfirmed");
}

/// Each `mctui send` waits for less than the limit; were each to begin anew, a stopped one would hold them up for ever.
#[tokio::test]
async fn several_that_wait_a_little_do_as_well_as_one_that_stays() {
    let (rig, holder) = stage().await;
    let patience = LIMIT / 3;
    let mut waited = Duration::ZERO;
    for wait_number in 1.. {
        assert!(wait_number < 6, "waited {waited:?}");
        let (passed, took, _) = wait(&rig.context, Some(patience)).await;
        waited += took;
        if passed == Passed::Through {
            break;
        }
        assert_eq!(holder.state().await, "sending");
    }
    // each may lose the time since it last noted how long it waited
    assert!((LIMIT..LIMIT + 4 * MARGIN).contains(&waited), "{waited:?}");
    assert_eq!(holder.state().await, "unconfirmed");
}

/// Two that wait at the same time do not count the same seconds twice.
#[tokio::test]
async fn two_that_wait_at_once_wait_as_long_as_one() {
    let (rig, holder) = stage().await;
    let other = rig.context.reconfigured((*rig.context.config).clone()).await.unwrap();
    let (one, two) = tokio::join!(wait(&rig.context, None), wait(&other, None));
    for (passed, took, told) in [&one, &two] {
        assert_eq!(*passed, Passed::Through);
        assert!((LIMIT..LIMIT + MARGIN).contains(took), "{took:?} {told:?}");
    }
    let told = [one.2, two.2].concat();
    assert_eq!(told.iter().filter(|step| *step == "unconfirmed").count(), 1, "{told:?}");
    assert_eq!(holder.state().await, "unconfirmed");
}

/// The lock of somebody who has no lease: another program, or a sender that has begun just now.
#[tokio::test]
async fn a_lock_without_a_lease_is_not_waited_for_without_end() {
    let (rig, holder) = stage().await;
    holder.store.release_lease("holder").await.unwrap();
    let (passed, took, _) = wait(&rig.context, None).await;
    assert_eq!(passed, Passed::Through);
    assert!(took > Duration::from_secs(5) && took < LIMIT, "by the time limits of this one: {took:?}");
    assert_eq!(holder.state().await, "unconfirmed");
}

#[tokio::test]
async fn whoever_is_told_to_end_does_not_wait() {
    let (rig, holder) = stage().await;
    let pass = Pass::default();
    let stop = pass.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(5)).await;
        stop.cancel();
    });
    let began = Instant::now();
    assert_eq!(work(&rig.context, &pass, |_| {}).await.unwrap(), Passed::Through);
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    assert_eq!(holder.state().await, "sending");
}

/// What nobody here has anything to do with is not waited for.
#[tokio::test]
async fn where_nothing_is_due_nobody_waits() {
    let (rig, holder) = stage().await;
    holder.store.adopt_orphans("gone").await.unwrap();
    let (passed, took, told) = wait(&rig.context, None).await;
    assert_eq!((passed, told.len()), (Passed::Through, 0));
    assert!(took < MARGIN, "{took:?}");
}

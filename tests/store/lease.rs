//! Who may post what is in the outbox.

use std::time::Duration;

use mctui::model::Delivery;
use mctui::store::{Claim, Lease, Settlement, Store};

use super::{Home, at, outgoing};

const LIMIT: Duration = Duration::from_secs(40);

async fn take(store: &Store, name: &str, seen: &Lease) -> bool {
    store.take_lease(name, seen, LIMIT, "taken over", || true).await.unwrap().is_some()
}

#[tokio::test]
async fn one_of_several_gets_it() {
    let home = Home::new().await;
    let (one, other) = (home.store.clone(), home.second().await);
    let free = one.lease().await.unwrap();
    assert_eq!(free.holder, None);
    let (first, second) = tokio::join!(take(&one, "one", &free), take(&other, "other", &free));
    assert!(first != second, "both saw it free: {first} {second}");
    let held = other.lease().await.unwrap();
    let (holder, loser) = if first { ("one", "other") } else { ("other", "one") };
    assert_eq!((held.holder.as_deref(), held.limit), (Some(holder), LIMIT));
    assert!(one.renew_lease(holder).await.unwrap());
    assert!(!one.renew_lease(loser).await.unwrap());
    // a holder that gave a sign of life since is not taken over
    assert!(!take(&one, loser, &held).await);

    // only who has it can give it back
    one.release_lease(loser).await.unwrap();
    assert_eq!(one.lease().await.unwrap().holder.as_deref(), Some(holder));
    one.release_lease(holder).await.unwrap();
    let free = one.lease().await.unwrap();
    assert_eq!(free.holder, None);
    assert!(take(&other, loser, &free).await);
}

#[tokio::test]
async fn who_takes_over_leaves_what_was_being_sent_in_doubt_and_the_one_before_without_a_turn() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (_, posting) = store.enqueue(outgoing(1, 0, "on its way")).await.unwrap();
    let (_, next) = store.enqueue(outgoing(2, 1, "next")).await.unwrap();
    assert!(take(&store, "before", &store.lease().await.unwrap()).await);
    assert_eq!(store.claim_as("before", posting, at(2)).await.unwrap(), Claim::Taken);
    assert_eq!(store.claim_as("before", posting, at(2)).await.unwrap(), Claim::NotDue);

    let seen = store.lease().await.unwrap();
    // it may not after all: then nothing of it was done
    assert_eq!(store.take_lease("after", &seen, LIMIT, "taken over", || false).await.unwrap(), None);
    assert_eq!(store.message(posting).await.unwrap().unwrap().delivery, Some(Delivery::Sending));
    assert!(store.is_sending(None).await.unwrap());

    let orphans = store.take_lease("after", &seen, LIMIT, "taken over", || true).await.unwrap();
    assert_eq!(orphans.as_deref(), Some(&[posting][..]));
    let doubt = Some(Delivery::Unconfirmed("taken over".to_owned()));
    assert_eq!(store.message(posting).await.unwrap().unwrap().delivery, doubt);
    assert!(!store.is_sending(None).await.unwrap());
    assert!(!store.renew_lease("before").await.unwrap());
    assert_eq!(store.claim_as("before", next, at(3)).await.unwrap(), Claim::LeaseLost);
    assert_eq!(store.message(next).await.unwrap().unwrap().delivery, Some(Delivery::Queued));
    assert_eq!(store.claim_as("after", next, at(3)).await.unwrap(), Claim::Taken);

    // the one before hears from the service after all
    store.settle(posting, Settlement::Sent { remote_id: None }).await.unwrap();
    assert_eq!(store.message(posting).await.unwrap().unwrap().delivery, Some(Delivery::Sent));
}

#[tokio::test]
async fn how_long_a_holder_was_still_is_kept_until_its_next_sign_of_life() {
    let home = Home::new().await;
    let store = home.store.clone();
    assert!(take(&store, "holder", &store.lease().await.unwrap()).await);
    let seen = store.lease().await.unwrap();
    for (noted, kept) in [(15, 15), (8, 15), (20, 20)] {
        store.note_still(&seen, Duration::from_secs(noted)).await.unwrap();
        assert_eq!(store.lease().await.unwrap().still, Duration::from_secs(kept));
    }
    assert!(store.renew_lease("holder").await.unwrap());
    assert_eq!(store.lease().await.unwrap().still, Duration::ZERO);
    // what was seen before that says nothing any more
    store.note_still(&seen, Duration::from_secs(30)).await.unwrap();
    assert_eq!(store.lease().await.unwrap().still, Duration::ZERO);
}

#[tokio::test]
async fn one_thread_alone_is_looked_at() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (one, first) = store.enqueue(outgoing(1, 0, "one")).await.unwrap();
    let (other, second) = store.enqueue(outgoing(2, 1, "other")).await.unwrap();
    let due = async |thread| store.next_due_in(thread, at(9), &super::both()).await.unwrap().map(|item| item.id);
    assert_eq!(
        (due(None).await, due(Some(one)).await, due(Some(other)).await),
        (Some(first), Some(first), Some(second))
    );
    assert!(store.claim(first, at(9)).await.unwrap());
    assert_eq!((due(Some(one)).await, due(Some(other)).await), (None, Some(second)));
    assert!(store.is_sending(Some(one)).await.unwrap() && !store.is_sending(Some(other)).await.unwrap());
    assert!(matches!(store.claim_as("nobody", second, at(9)).await, Ok(Claim::LeaseLost)));
}

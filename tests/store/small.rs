//! Cursors, routes, the ledger, contacts and health.

use mctui::model::{Contact, Coverage, Delivery, Span};
use mctui::store::{AccountView, Cursor, Spend, Usage};

use super::{Home, MAIN, SIDE, at, by_id, contact, inbound, number, outbound, take_in, take_one, unnamed};

#[tokio::test]
async fn cursors_come_back_to_the_nanosecond() {
    let home = Home::new().await;
    assert_eq!(home.store.cursor(number(MAIN)).await.unwrap(), None);
    let nano = |text: &str| text.parse().unwrap();
    let spans = [
        Span { oldest: nano("2026-03-02T09:00:00.123456789Z"), newest: nano("2026-03-02T10:00:00.000000001Z") },
        Span { oldest: at(1), newest: at(2) },
    ];
    let cursor = Cursor {
        coverage: Coverage::new(spans, true),
        owed: 7,
        skip: Some(40),
        synced_at: Some(at(5)),
        checked_at: None,
        account: AccountView::Seen,
    };
    home.store.set_cursor(number(MAIN), Cursor::default()).await.unwrap();
    home.store.set_cursor(number(MAIN), cursor.clone()).await.unwrap();
    assert_eq!(home.store.cursor(number(MAIN)).await.unwrap(), Some(cursor));
    assert_eq!(home.store.cursor(number(SIDE)).await.unwrap(), None);
}

#[tokio::test]
async fn routes_are_kept_per_service() {
    let home = Home::new().await;
    let store = home.store.clone();
    store.remember_route("one", "send", "/messages/send").await.unwrap();
    store.remember_route("one", "send", "/api/messages/send").await.unwrap();
    store.remember_route("one", "history", "/journal/requests").await.unwrap();
    store.remember_route("two", "send", "/contactcenter/message/send").await.unwrap();
    let pair = |operation: &str, path: &str| (operation.to_owned(), path.to_owned());
    assert_eq!(
        store.routes("one").await.unwrap(),
        [pair("history", "/journal/requests"), pair("send", "/api/messages/send")]
    );
    store.forget_route("one", "send").await.unwrap();
    assert_eq!(store.routes("one").await.unwrap(), [pair("history", "/journal/requests")]);
    assert_eq!(store.routes("two").await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_ledger_counts_any_24_hours_per_key() {
    let home = Home::new().await;
    let ledger = home.ledger();
    let day = 24 * 60 * 60;
    for (second, used) in [(0, 1), (10, 2), (20, 3)] {
        assert_eq!(ledger.spend("key", at(second), 3).await.unwrap(), Spend { allowed: true, used });
    }
    assert_eq!(ledger.spend("key", at(30), 3).await.unwrap(), Spend { allowed: false, used: 3 });
    assert_eq!(ledger.spend("other", at(30), 3).await.unwrap(), Spend { allowed: true, used: 1 });
    assert_eq!(ledger.spent("key", at(day - 1)).await.unwrap(), 3);
    // the first is 24 hours old now, and no longer counts
    assert_eq!(ledger.spent("key", at(day)).await.unwrap(), 2);
    assert_eq!(ledger.spend("key", at(day), 3).await.unwrap(), Spend { allowed: true, used: 3 });
    assert_eq!(ledger.spend("key", at(day + 9), 3).await.unwrap(), Spend { allowed: false, used: 3 });
    // a clock that is put back gives nothing
    assert_eq!(ledger.spend("key", at(-day), 3).await.unwrap(), Spend { allowed: false, used: 3 });
}

#[tokio::test]
async fn a_request_that_was_never_made_is_taken_back_once() {
    let home = Home::new().await;
    let ledger = home.ledger();
    for second in [0, 10, 10] {
        ledger.spend("key", at(second), 3).await.unwrap();
    }
    ledger.spend("other", at(10), 3).await.unwrap();
    assert!(!ledger.refund("key", at(5)).await.unwrap(), "nothing was entered then");
    assert!(ledger.refund("key", at(10)).await.unwrap());
    assert_eq!((ledger.spent("key", at(20)).await.unwrap(), ledger.spent("other", at(20)).await.unwrap()), (2, 1));
    assert_eq!(ledger.spend("key", at(20), 3).await.unwrap(), Spend { allowed: true, used: 3 });
    assert!(ledger.refund("key", at(10)).await.unwrap(), "there were two of that time");
    assert!(!ledger.refund("key", at(10)).await.unwrap());
}

#[tokio::test]
async fn usage_is_of_one_key_and_of_24_hours() {
    let home = Home::new().await;
    let ledger = home.ledger();
    assert_eq!(ledger.usage("key", at(0)).await.unwrap(), Usage::default());
    let hour = 60 * 60;
    for hours in [0, 1, 10, 12] {
        ledger.spend("key", at(hours * hour), 9).await.unwrap();
    }
    ledger.spend("other", at(11 * hour), 9).await.unwrap();
    let usage = ledger.usage("key", at(13 * hour)).await.unwrap();
    assert_eq!(usage, Usage { used: 4, oldest: Some(at(0)), since: Some(at(10 * hour)) });
    let usage = ledger.usage("key", at(24 * hour)).await.unwrap();
    assert_eq!(usage, Usage { used: 3, oldest: Some(at(hour)), since: None });
}

#[tokio::test]
async fn contacts_are_listed_by_their_last_message() {
    let home = Home::new().await;
    let store = home.store.clone();
    take_in(&store, vec![inbound(1, 100, "a"), inbound(2, 300, "b"), inbound(3, 200, "c")]).await;
    let listed = |limit| {
        let store = store.clone();
        async move { store.contacts(limit).await.unwrap().into_iter().map(|c| c.address).collect::<Vec<_>>() }
    };
    assert_eq!(listed(10).await, [contact(2), contact(3), contact(1)]);
    assert_eq!(listed(1).await, [contact(2)]);
    take_in(&store, vec![outbound(1, 400, "d", Delivery::Sent)]).await;
    assert_eq!(listed(10).await, [contact(1), contact(2), contact(3)]);
}

#[tokio::test]
async fn a_newer_name_replaces_an_older_and_a_persons_name_stays() {
    let home = Home::new().await;
    let store = home.store.clone();
    let named = |seconds, name: &str| {
        let mut record = inbound(1, seconds, name);
        record.contact.name = Some(name.to_owned());
        record
    };
    let (thread, _) = take_one(&store, inbound(1, 0, "hello")).await;
    let name = async || store.thread(thread).await.unwrap().unwrap().contact.name;
    assert_eq!(name().await, None);
    take_in(&store, vec![named(200, "Dana W."), named(100, "D.")]).await;
    assert_eq!(name().await.as_deref(), Some("Dana W."));
    take_in(&store, vec![named(150, "Old Name"), named(160, "  ")]).await;
    assert_eq!(name().await.as_deref(), Some("Dana W."));
    let mut changes = store.subscribe();
    take_in(&store, vec![named(300, "Dana Whitfield")]).await;
    assert_eq!(name().await.as_deref(), Some("Dana Whitfield"));
    assert_eq!(changes.recv().await.unwrap(), mctui::store::Change::Threads(vec![thread]));

    store.name_contact(contact(1), " Dana (plumber) ").await.unwrap();
    take_in(&store, vec![named(900, "Somebody")]).await;
    assert_eq!(name().await.as_deref(), Some("Dana (plumber)"));
    store.name_contact(contact(1), "").await.unwrap();
    assert_eq!(name().await, None);
    // a known record tells it again
    store.intake(vec![named(900, "Somebody")], by_id).await.unwrap();
    assert_eq!(name().await.as_deref(), Some("Somebody"));
    let again = Contact { name: Some("Not this".into()), ..unnamed(1) };
    assert_eq!(store.ensure_thread(number(MAIN), again).await.unwrap(), thread);
    assert_eq!(name().await.as_deref(), Some("Somebody"));
}

#[tokio::test]
async fn health_says_what_is_there() {
    let home = Home::new().await;
    take_in(&home.store, vec![inbound(1, 0, "a"), inbound(2, 0, "b")]).await;
    home.store.enqueue(super::outgoing(3, 0, "c")).await.unwrap();
    let health = home.store.health().await.unwrap();
    assert_eq!((health.threads, health.messages, health.outbox, health.schema), (3, 3, 1, 9));
    assert_eq!(health.integrity, Ok(()));
    assert!(health.bytes > 4096, "{health:?}");
    assert_eq!(health.path, home.dir.path().join("mctui.db"));
}

//! Records: what a planner is given, and what carrying out its plan does.

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use mctui::model::{Attachment, Delivery, Direction, MessageId, Road};
use mctui::store::{Incoming, Known, MessageWindow, Op, Settlement, Store, StoreError};
use rstest::rstest;

use super::{Home, MAIN, SIDE, at, by_id, contact, inbound, number, outbound, outgoing, take_in, take_one};

/// What the planner is given for these records.
pub(super) async fn given(store: &Store, batch: Vec<Incoming>) -> Vec<Known> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let see = Arc::clone(&seen);
    let done = store
        .intake(batch, move |batch, known| {
            *see.lock().unwrap() = known.to_vec();
            vec![Op::Nothing; batch.len()]
        })
        .await
        .unwrap();
    assert_eq!(done, mctui::store::Intake::default());
    seen.lock().unwrap().clone()
}

#[tokio::test]
async fn the_planner_sees_what_could_be_the_same() {
    let home = Home::new().await;
    let store = home.store.clone();
    let hours = 3600;
    let (_, ours) = store.enqueue(outgoing(1, 2 * hours, "yes")).await.unwrap();
    let batch = vec![
        inbound(1, 0, "yes"),
        inbound(1, 25 * hours, " yes\r\n"),
        inbound(1, -27 * hours, "yes"),
        inbound(1, 5 * hours, "no"),
        inbound(2, 0, "yes"),
    ];
    take_in(&store, batch).await;
    let mut unheard = inbound(1, 0, "yes\n");
    unheard.remote_id = None;
    let known = given(&store, vec![unheard.clone(), unheard.clone()]).await;
    let seen: Vec<_> = known.iter().map(|k| (k.at, k.body.as_str(), k.outbox)).collect();
    // nearest first, and each once though two records ask for it
    assert_eq!(seen, [(at(0), "yes", false), (at(2 * hours), "yes", true), (at(25 * hours), " yes\r\n", false)]);
    assert_eq!((known[1].id, &known[1].delivery), (ours, &Some(Delivery::Queued)));
    assert_eq!(known[0].remote_ids, [(Road::Journal, "j-1-0-yes".to_owned())]);
    assert_eq!((&known[0].number, &known[0].contact), (&number(MAIN), &contact(1)));

    // by id: any text, any time, any road, but only in this thread
    let mut by_id = inbound(1, 900 * hours, "something else");
    by_id.remote_id = Some("j-1-18000-no".into());
    by_id.road = Road::Webhook;
    assert_eq!(given(&store, vec![by_id.clone()]).await.iter().map(|k| k.body.as_str()).collect::<Vec<_>>(), ["no"]);
    by_id.contact.address = contact(2);
    assert!(given(&store, vec![by_id.clone()]).await.is_empty());
    by_id.number = number(SIDE);
    assert!(given(&store, vec![by_id]).await.is_empty());
}

#[tokio::test]
async fn the_planner_sees_at_most_64_of_one_text() {
    let home = Home::new().await;
    let store = home.store.clone();
    take_in(&store, (0..200).map(|n| inbound(1, n, "ok")).collect()).await;
    let mut record = inbound(1, 100, "ok");
    record.remote_id = None;
    let known = given(&store, vec![record]).await;
    assert_eq!(known.len(), 64);
    let distance = |known: &Known| known.at.duration_since(at(100)).abs();
    assert_eq!(distance(&known[0]), SignedDuration::ZERO);
    assert!(known.is_sorted_by_key(distance));
    assert_eq!(distance(&known[63]), SignedDuration::from_secs(32));
}

#[tokio::test]
async fn the_same_id_on_another_road_is_one_message() {
    let home = Home::new().await;
    let store = home.store.clone();
    let mut first = outbound(1, 0, "hello", Delivery::Sent);
    first.road = Road::Webhook;
    first.remote_id = Some("w-1".into());
    let (_, id) = take_one(&store, first.clone()).await;
    let mut again = first.clone();
    again.road = Road::MessageList;
    assert_eq!(take_in(&store, vec![again.clone()]).await.updated, [id]);
    assert_eq!(take_in(&store, vec![again.clone(), first]).await, mctui::store::Intake::default());
    let known = given(&store, vec![again]).await;
    assert_eq!(known[0].remote_ids, [(Road::MessageList, "w-1".to_owned()), (Road::Webhook, "w-1".to_owned())]);
}

#[tokio::test]
async fn a_message_keeps_every_id_and_shows_the_journals() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (_, id) = store.enqueue(outgoing(1, 0, "hello")).await.unwrap();
    assert!(store.claim(id, at(0)).await.unwrap());
    store.settle(id, Settlement::Sent { remote_id: Some("s-9".into()) }).await.unwrap();
    assert_eq!(store.message(id).await.unwrap().unwrap().remote_id.as_deref(), Some("s-9"));
    let sight = |road, remote: &str| {
        let mut record = outbound(1, 3, "hello", Delivery::Sent);
        record.road = road;
        record.remote_id = Some(remote.to_owned());
        record
    };
    for (road, remote, shown) in [
        (Road::Webhook, "w-9", "w-9"),
        (Road::Journal, "j-9", "j-9"),
        (Road::MessageList, "m-9", "j-9"),
        (Road::Journal, "j-10", "j-9"),
        (Road::Journal, "m-9", "j-9"),
    ] {
        let done = store.intake(vec![sight(road, remote)], move |_, _| vec![Op::Update { id }]).await.unwrap();
        assert_eq!(done.updated, [here(&store, id).await], "{road:?} {remote}");
        assert_eq!(store.message(id).await.unwrap().unwrap().remote_id.as_deref(), Some(shown), "{road:?} {remote}");
    }
    let mut record = sight(Road::Journal, "s-9");
    record.body = "any".into();
    let known = given(&store, vec![record]).await;
    let mut ids: Vec<_> = known[0].remote_ids.iter().map(|(road, id)| format!("{} {id}", road.name())).collect();
    ids.sort();
    assert_eq!(ids, ["journal j-10", "journal j-9", "journal m-9", "messages m-9", "send s-9", "webhook w-9"]);
    assert_eq!(known.len(), 1);
}

#[tokio::test]
async fn an_id_belongs_to_one_message_of_a_thread() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (thread, first) = take_one(&store, inbound(1, 0, "one")).await;
    let (_, second) = take_one(&store, inbound(1, 5, "two")).await;
    // a planner that is wrong about it does not move the id
    let done = store.intake(vec![inbound(1, 0, "one")], move |_, _| vec![Op::Update { id: second }]).await.unwrap();
    assert_eq!(done, mctui::store::Intake::default());
    // nor does one that calls it new make a second row, in the same batch or later
    let insert = |batch: &[Incoming], _: &[Known]| vec![Op::Insert { unread: true }; batch.len()];
    let done =
        store.intake(vec![inbound(1, 0, "one"), inbound(1, 9, "new"), inbound(1, 9, "new")], insert).await.unwrap();
    assert_eq!(done.inserted.len(), 1);
    let messages = store.messages(thread, MessageWindow::Newest, 10).await.unwrap().messages;
    assert_eq!(messages.iter().map(|m| m.body.as_str()).collect::<Vec<_>>(), ["one", "two", "new"]);
    assert_eq!(messages[0].id, first);
    // the same id with another contact is another message
    let mut other = inbound(2, 0, "one");
    other.remote_id = inbound(1, 0, "one").remote_id;
    assert_eq!(take_in(&store, vec![other]).await.inserted.len(), 1);
}

#[tokio::test]
async fn messages_of_one_millisecond_are_all_kept() {
    let home = Home::new().await;
    let store = home.store.clone();
    let mut batch: Vec<_> = (0..40).map(|n| inbound(n % 2, 0, &n.to_string())).collect();
    for record in &mut batch {
        record.remote_id = None;
    }
    let insert = |batch: &[Incoming], _: &[Known]| vec![Op::Insert { unread: false }; batch.len()];
    let done = store.intake(batch, insert).await.unwrap();
    assert!(done.inserted.is_sorted() && done.inserted.len() == 40);
    assert!(done.inserted.iter().all(|id| id.at() == at(0)));
}

#[tokio::test]
async fn times_before_1970_do_not_vanish() {
    let home = Home::new().await;
    let store = home.store.clone();
    let mut record = inbound(1, 0, "from a clock without a battery");
    record.at = "1969-12-31T00:00:00Z".parse().unwrap();
    let (thread, id) = take_one(&store, record).await;
    assert!(id.0 > 0);
    let page = store.threads(mctui::store::ThreadQuery { limit: 5, ..mctui::store::ThreadQuery::default() });
    assert_eq!(page.await.unwrap().threads[0].id, thread);
}

#[rstest]
#[case(Delivery::Sent, Delivery::Delivered, Delivery::Delivered)]
#[case(Delivery::Delivered, Delivery::Sent, Delivery::Delivered)]
#[case(Delivery::Sent, Delivery::Failed("landline".into()), Delivery::Failed("landline".into()))]
#[case(Delivery::Failed("landline".into()), Delivery::Sent, Delivery::Failed("landline".into()))]
#[case(Delivery::Failed("landline".into()), Delivery::Delivered, Delivery::Delivered)]
#[case(Delivery::Delivered, Delivery::Failed("landline".into()), Delivery::Delivered)]
#[case(Delivery::Sent, Delivery::Queued, Delivery::Sent)]
#[case(Delivery::Queued, Delivery::Queued, Delivery::Sent)]
#[tokio::test]
async fn delivery_goes_forward_only(#[case] first: Delivery, #[case] then: Delivery, #[case] stays: Delivery) {
    let home = Home::new().await;
    let store = home.store.clone();
    let (thread, id) = take_one(&store, outbound(1, 0, "hi", first)).await;
    take_in(&store, vec![outbound(1, 0, "hi", then)]).await;
    let message = store.message(id).await.unwrap().unwrap();
    assert_eq!(message.error.as_deref(), stays.reason());
    assert_eq!(message.delivery.as_ref(), Some(&stays));
    let row = store.thread(thread).await.unwrap().unwrap();
    assert_eq!((row.last_delivery, row.trouble), (Some(stays.clone()), u32::from(stays.is_trouble())));
}

/// The id that a message has now.
async fn here(store: &Store, id: MessageId) -> MessageId {
    store.message(id).await.unwrap().unwrap().id
}

/// What a message written here was settled as.
#[derive(Debug, Clone, Copy)]
enum Local {
    Queued,
    Sending,
    Unconfirmed,
    Failed,
    Sent,
}

async fn written(store: &Store, local: Local) -> MessageId {
    let (_, id) = store.enqueue(outgoing(1, 0, "hi")).await.unwrap();
    if !matches!(local, Local::Queued) {
        assert!(store.claim(id, at(0)).await.unwrap());
    }
    let settlement = match local {
        Local::Queued | Local::Sending => return id,
        Local::Unconfirmed => Settlement::Unconfirmed("lost".into()),
        Local::Failed => Settlement::Failed("refused".into()),
        Local::Sent => Settlement::Sent { remote_id: None },
    };
    store.settle(id, settlement).await.unwrap();
    id
}

#[rstest]
#[tokio::test]
async fn history_settles_what_was_written_here(
    #[values(Local::Queued, Local::Sending, Local::Unconfirmed, Local::Failed, Local::Sent)] local: Local,
    #[values(Delivery::Sent, Delivery::Delivered, Delivery::Failed("landline".into()))] said: Delivery,
) {
    let home = Home::new().await;
    let store = home.store.clone();
    let id = written(&store, local).await;
    let done = store
        .intake(vec![outbound(1, 4, "hi", said.clone())], |_, known| vec![Op::Update { id: known[0].id }])
        .await
        .unwrap();
    let message = store.message(id).await.unwrap().unwrap();
    assert_eq!(done.updated, [message.id]);
    assert_eq!(message.delivery, Some(said.clone()));
    assert_eq!(message.at, at(4), "it stands where MightyCall has it");
    assert_eq!(store.next_due(at(9_999), &super::both()).await.unwrap(), None, "nothing is left to send");
    let trouble = usize::from(said.is_trouble());
    assert_eq!(store.outbox().await.unwrap().len(), trouble);
    // the answer to the POST comes after all, and whatever it is, history stands
    for late in
        [Settlement::Failed("timeout".into()), Settlement::Queued { not_before: None, reason: "x".into(), told: false }]
    {
        store.settle(id, late).await.unwrap();
        assert_eq!(store.message(id).await.unwrap().unwrap().delivery, Some(said.clone()));
    }
    assert_eq!(store.next_due(at(9_999), &super::both()).await.unwrap(), None);
}

#[tokio::test]
async fn trouble_that_was_dealt_with_is_not_told_again() {
    let home = Home::new().await;
    let store = home.store.clone();
    let failed = outbound(1, 0, "hi", Delivery::Failed("landline".into()));
    let (thread, id) = take_one(&store, failed.clone()).await;
    let trouble = async || store.thread(thread).await.unwrap().unwrap().trouble;
    assert_eq!(trouble().await, 1);
    store.discard(id).await.unwrap();
    assert_eq!(trouble().await, 0);
    take_in(&store, vec![failed]).await;
    assert_eq!(trouble().await, 0);
    assert_eq!(store.message(id).await.unwrap().unwrap().delivery, Some(Delivery::Failed("landline".into())));
}

#[tokio::test]
async fn an_update_fills_what_was_not_known() {
    let home = Home::new().await;
    let store = home.store.clone();
    let mut record = inbound(1, 0, "photo");
    record.direction = Direction::Unknown;
    let (thread, id) = take_one(&store, record.clone()).await;
    let message = store.message(id).await.unwrap().unwrap();
    assert_eq!((message.direction, message.delivery, message.unread), (Direction::Unknown, None, false));
    record.direction = Direction::Outbound;
    record.sender = Some("Ana".into());
    record.attachments = vec![Attachment {
        name: "a.jpg".into(),
        url: Some("https://files.example/a.jpg".into()),
        size: None,
        expired: false,
    }];
    assert_eq!(take_in(&store, vec![record.clone()]).await.updated, [id]);
    let message = store.message(id).await.unwrap().unwrap();
    assert_eq!((message.direction, message.delivery.clone()), (Direction::Outbound, Some(Delivery::Sent)));
    assert_eq!((message.sender.as_deref(), &message.attachments), (Some("Ana"), &record.attachments));
    // and less is known again: it stays
    record.direction = Direction::Inbound;
    record.sender = None;
    record.attachments.clear();
    assert_eq!(take_in(&store, vec![record]).await, mctui::store::Intake::default());
    assert_eq!(store.message(id).await.unwrap().unwrap(), message);
    assert_eq!(store.thread(thread).await.unwrap().unwrap().last_direction, Some(Direction::Outbound));
}

#[tokio::test]
async fn a_plan_that_does_not_fit_stores_nothing() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (thread, id) = take_one(&store, inbound(1, 0, "hi")).await;
    let batch = || vec![inbound(2, 5, "one"), inbound(1, 6, "two"), inbound(2, 7, "three")];
    let insert = Op::Insert { unread: true };
    let plans = [
        vec![insert; 2],
        vec![insert; 4],
        // into another thread, and into none
        vec![insert, insert, Op::Update { id }],
        vec![insert, insert, Op::Update { id: MessageId(7) }],
    ];
    for plan in plans {
        let error = store.intake(batch(), |_, _| plan).await.unwrap_err();
        assert!(matches!(error, StoreError::Plan { .. } | StoreError::NoSuchMessage(MessageId(7))), "{error}");
        assert_eq!(store.health().await.unwrap().messages, 1);
        assert_eq!(store.thread(thread).await.unwrap().unwrap().unread, 1);
        assert_eq!(store.thread_between(number(MAIN), contact(2)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_planner_that_panics_harms_nobody() {
    let home = Home::new().await;
    let store = home.store.clone();
    take_one(&store, inbound(1, 0, "hi")).await;
    let error = store.intake(vec![inbound(1, 1, "x")], |_, _| panic!("a planner's bug")).await.unwrap_err();
    assert!(matches!(&error, StoreError::Fault(what) if what == "a planner's bug"), "{error}");
    assert_eq!(store.intake(vec![inbound(1, 1, "x")], by_id).await.unwrap().inserted.len(), 1);
    assert_eq!(store.health().await.unwrap().messages, 2);
}

#[tokio::test]
async fn what_was_written_here_is_offered_until_history_shows_it() {
    let home = Home::new().await;
    let store = home.store.clone();
    let day = 24 * 3_600;
    let (_, id) = store.enqueue(outgoing(1, 0, "hi")).await.unwrap();
    // it waited for days
    assert!(store.claim(id, at(5 * day)).await.unwrap());
    let known = given(&store, vec![outbound(1, 5 * day + 2, "hi", Delivery::Sent)]).await;
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].at, known[0].posted_at, known[0].history_at), (at(5 * day), Some(at(5 * day)), None));
    let done = store
        .intake(vec![outbound(1, 5 * day + 2, "hi", Delivery::Sent)], |_, known| vec![Op::Update { id: known[0].id }]);
    assert_eq!(done.await.unwrap().updated, [here(&store, id).await]);
    // a later one with the same text is not it
    assert!(given(&store, vec![outbound(1, 9 * day, "hi", Delivery::Sent)]).await.is_empty());
    let known = given(&store, vec![outbound(1, 5 * day + 9, "hi", Delivery::Sent)]).await;
    assert_eq!((known[0].posted_at, known[0].history_at), (Some(at(5 * day)), Some(at(5 * day + 2))));
}

//! What MightyCall's records say beside the messages: second ids, notes, who somebody is, what a number can do, and what
//! came of a message later.

use std::sync::{Arc, Mutex};

use mctui::model::WorkflowState;
use mctui::model::{CallerKind, Coverage, Delivery, NumberTraits, RecordNotes, Road, Span, ThreadState};
use mctui::store::{Change, Cursor, Incoming, Intake, Known, Op, Settlement, Store, StoreError};
use rstest::rstest;

use super::harm::{Files, garbage, mended};
use super::{Home, MAIN, SIDE, at, business, by_id, contact, inbound, number, outbound, outgoing, take_in, take_one};

const GUID: &str = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

fn read(read: bool) -> RecordNotes {
    RecordNotes { read: Some(read), ..RecordNotes::default() }
}

fn guid(record: Incoming, guid: &str) -> Incoming {
    Incoming { request_guid: Some(guid.to_owned()), ..record }
}

/// What the planner of this batch was offered.
async fn offered(store: &Store, record: Incoming) -> Vec<Known> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let see = Arc::clone(&seen);
    let plan = move |_: &[Incoming], known: &[Known]| {
        *see.lock().unwrap() = known.to_vec();
        vec![Op::Nothing]
    };
    store.intake(vec![record], plan).await.unwrap();
    seen.lock().unwrap().clone()
}

#[rstest]
#[case::a_guid(GUID, GUID)]
#[case::a_guid_in_capitals("0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0", GUID)]
#[case::another_id("request-17", "request-17")]
#[tokio::test]
async fn a_second_id_is_kept_and_never_forgotten(#[case] given: &str, #[case] back: &str) {
    let home = Home::new().await;
    let store = &home.store;
    let bare = inbound(1, 0, "hi");
    let (_, id) = take_one(store, bare.clone()).await;
    let kept = async || store.message(id).await.unwrap().unwrap().request_guid;
    assert_eq!(kept().await, None);
    assert_eq!(take_in(store, vec![guid(bare.clone(), given)]).await.updated, [id]);
    assert_eq!(kept().await.as_deref(), Some(back));
    // neither a record that does not say, nor the head of a thread, which is a record of another id
    let head = Incoming { road: Road::ThreadHead, ..guid(bare.clone(), "another") };
    let plan = move |batch: &[Incoming], _: &[Known]| vec![Op::Update { id }; batch.len()];
    store.intake(vec![bare.clone(), head], plan).await.unwrap();
    assert_eq!(kept().await.as_deref(), Some(back));
    assert_eq!(take_in(store, vec![guid(bare, given)]).await, Intake::default(), "and the same again is nothing new");
}

#[rstest]
#[case::by_the_same_second_id(|record| guid(record, GUID))]
#[case::by_it_in_capitals(|record| guid(record, "0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0"))]
#[case::by_an_id_that_is_its_second_one(|record| Incoming { remote_id: Some(GUID.to_owned()), ..record })]
#[tokio::test]
async fn a_message_is_offered_by_its_second_id(#[case] mean: fn(Incoming) -> Incoming) {
    let home = Home::new().await;
    let store = &home.store;
    let (_, id) = take_one(store, guid(inbound(1, 0, "hi"), GUID)).await;
    // nothing else is the same: another text, another id, and far from it in time
    let other = inbound(1, 900_000, "something else");
    assert_eq!(offered(store, other.clone()).await, []);
    let known = offered(store, mean(other.clone())).await;
    assert_eq!((known.len(), known[0].id), (1, id));
    assert_eq!(known[0].request_guid.as_deref(), Some(GUID));
    // in another thread it is not it
    assert_eq!(offered(store, Incoming { contact: super::unnamed(2), ..mean(other) }).await, []);
}

#[rstest]
#[case::as_answered(GUID)]
#[case::in_capitals("0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0")]
#[tokio::test]
async fn a_send_is_offered_by_what_it_was_answered_with(
    #[case] answered: &str,
    #[values(false, true)] as_an_alias: bool,
) {
    let home = Home::new().await;
    let store = &home.store;
    let (_, id) = store.enqueue(outgoing(1, 0, "hi")).await.unwrap();
    assert!(store.claim(id, at(0)).await.unwrap());
    store.settle(id, Settlement::Sent { remote_id: Some(answered.to_owned()) }).await.unwrap();
    if as_an_alias {
        let plan = move |_: &[Incoming], _: &[Known]| vec![Op::Update { id }];
        store.intake(vec![outbound(1, 0, "hi", Delivery::Sent)], plan).await.unwrap();
    }
    let known = offered(store, guid(outbound(1, 900_000, "rewritten", Delivery::Sent), GUID)).await;
    assert_eq!((known.len(), known[0].id), (1, id));
    assert!(known[0].remote_ids.contains(&(Road::SendAnswer, answered.to_owned())), "{known:?}");
}

#[tokio::test]
async fn notes_follow_what_was_told_last() {
    let home = Home::new().await;
    let store = &home.store;
    let noted = RecordNotes {
        read: Some(false),
        favorite: true,
        comment: Some("call back".into()),
        workflow: Some(WorkflowState::Resolved),
    };
    let record = Incoming { notes: noted.clone(), ..inbound(1, 0, "hi") };
    let (_, id) = take_one(store, record.clone()).await;
    let notes = async || store.message(id).await.unwrap().unwrap().notes;
    assert_eq!(notes().await, noted);
    // a record without any says nothing, and one of another road may leave something out
    let update = async |road, notes: &RecordNotes| {
        let record = Incoming { road, notes: notes.clone(), ..record.clone() };
        take_in(store, vec![record]).await
    };
    assert_eq!(update(Road::Journal, &RecordNotes::default()).await, Intake::default());
    let part = RecordNotes { comment: Some("done".into()), ..RecordNotes::default() };
    assert_eq!(update(Road::Webhook, &part).await.updated, [id]);
    assert_eq!(notes().await, RecordNotes { comment: Some("done".into()), ..noted });
    // the journal's has all there is
    assert_eq!(update(Road::Journal, &read(false)).await.updated, [id]);
    assert_eq!(notes().await, read(false));
    // the head of a thread has notes of its own
    assert_eq!(update(Road::ThreadHead, &part).await.updated, [id], "its id is new on that road");
    assert_eq!(notes().await, read(false));
}

#[rstest]
#[case::not_told(None, 1, true)]
#[case::not_read(Some(false), 1, true)]
#[case::read(Some(true), 0, false)]
#[tokio::test]
async fn what_mightycall_calls_read_comes_in_read(
    #[case] told: Option<bool>,
    #[case] unread: u32,
    #[case] is_news: bool,
) {
    let home = Home::new().await;
    let store = &home.store;
    store.set_numbers(vec![business(MAIN)]).await.unwrap();
    let (thread, _) = take_one(store, inbound(1, 0, "before")).await;
    store.mark_all_read(None).await.unwrap();
    store.set_state(thread, ThreadState::Done).await.unwrap();
    store.take_news(jiff::Timestamp::now()).await.unwrap();
    let notes = RecordNotes { read: told, ..RecordNotes::default() };
    let fresh = Incoming { at: jiff::Timestamp::now(), notes, ..inbound(1, 1, "hi") };
    let (thread, _) = take_one(store, fresh).await;
    let row = store.thread(thread).await.unwrap().unwrap();
    assert_eq!((row.unread, store.unread(None).await.unwrap().messages), (unread, unread));
    assert_eq!(row.state, ThreadState::Open, "somebody may still have to answer");
    assert_eq!(store.take_news(jiff::Timestamp::now()).await.unwrap().len(), usize::from(is_news));
}

#[tokio::test]
async fn what_mightycall_begins_to_call_read_is_read_once() {
    let home = Home::new().await;
    let store = &home.store;
    store.set_numbers(vec![business(MAIN)]).await.unwrap();
    let told = |notes| Incoming { notes, ..inbound(1, 0, "hi") };
    let (thread, id) = take_one(store, told(read(false))).await;
    let unread = async || {
        let counted = store.unread(None).await.unwrap().messages;
        assert_eq!(store.thread(thread).await.unwrap().unwrap().unread, counted);
        assert_eq!(u32::from(store.message(id).await.unwrap().unwrap().unread), counted);
        counted
    };
    assert_eq!(unread().await, 1);
    assert_eq!(take_in(store, vec![told(read(true))]).await.updated, [id]);
    assert_eq!(unread().await, 0);
    // nothing is unread for being called so
    take_in(store, vec![told(read(false))]).await;
    assert_eq!(unread().await, 0);
    // what a person makes unread stays so, however often the same is told
    take_in(store, vec![told(read(true))]).await;
    store.mark_unread(thread, 1).await.unwrap();
    assert_eq!(take_in(store, vec![told(read(true))]).await, Intake::default());
    assert_eq!(unread().await, 1);
}

#[tokio::test]
async fn a_first_import_leaves_read_what_mightycall_calls_read() {
    let home = Home::new().await;
    let store = &home.store;
    store.set_numbers(vec![business(MAIN)]).await.unwrap();
    let batch = vec![
        inbound(1, 0, "not told"),
        Incoming { notes: read(false), ..inbound(2, 0, "not read") },
        Incoming { notes: read(true), ..inbound(3, 0, "read") },
    ];
    let history = |batch: &[Incoming], _: &[Known]| vec![Op::Insert { unread: false }; batch.len()];
    store.intake(batch, history).await.unwrap();
    assert_eq!(store.mark_unanswered(number(MAIN), at(-60)).await.unwrap(), 2);
    let read = store.thread_between(number(MAIN), contact(3)).await.unwrap().unwrap();
    assert_eq!((read.unread, store.unread(None).await.unwrap().messages), (0, 2));
}

#[tokio::test]
async fn the_newest_record_says_who_somebody_is() {
    let home = Home::new().await;
    let store = &home.store;
    let told = |second, kind| Incoming { caller: Some(kind), ..inbound(1, second, "hi") };
    let (thread, _) = take_one(store, inbound(1, 0, "who is it")).await;
    let kind = async || store.thread(thread).await.unwrap().unwrap().contact_kind;
    assert_eq!(kind().await, CallerKind::Default);
    let mut changes = store.subscribe();
    // of a batch, too, the newest
    take_in(store, vec![told(9, CallerKind::Vip), told(5, CallerKind::Blocked)]).await;
    assert_eq!(kind().await, CallerKind::Vip);
    assert_eq!(changes.recv().await.unwrap(), Change::Threads(vec![thread]));
    take_in(store, vec![told(8, CallerKind::Blocked), inbound(1, 20, "no word of it")]).await;
    assert_eq!(kind().await, CallerKind::Vip);
    // the same record as it is now
    take_in(store, vec![told(9, CallerKind::Blocked)]).await;
    assert_eq!(kind().await, CallerKind::Blocked);
    take_in(store, vec![told(30, CallerKind::Default), told(29, CallerKind::Vip)]).await;
    assert_eq!(kind().await, CallerKind::Default);
}

#[tokio::test]
async fn what_was_sent_and_is_then_said_not_to_be_needs_somebody() {
    let home = Home::new().await;
    let store = &home.store;
    let (thread, id) = store.enqueue(outgoing(1, 0, "hi")).await.unwrap();
    assert!(store.claim(id, at(0)).await.unwrap());
    store.settle(id, Settlement::Sent { remote_id: Some("s".into()) }).await.unwrap();
    let say = async |delivery| {
        let record = Incoming { remote_id: Some("s".into()), ..outbound(1, 0, "hi", delivery) };
        take_in(store, vec![record]).await
    };
    let state = async || {
        let message = store.message(id).await.unwrap().unwrap();
        let row = store.thread(thread).await.unwrap().unwrap();
        assert_eq!(row.last_delivery, message.delivery);
        (message.delivery.clone().unwrap(), message.accepted, message.needs_somebody(), row.trouble)
    };
    say(Delivery::Sent).await;
    assert_eq!(state().await, (Delivery::Sent, true, false, 0));
    let failed = || Delivery::Failed("NotSent".into());
    assert_eq!(say(failed()).await.updated, [id]);
    assert_eq!(state().await, (failed(), true, true, 1));
    assert_eq!(store.outbox().await.unwrap().len(), 1);
    // what is put away is not brought back by the same being told again, nor undone by an older word
    store.discard(id).await.unwrap();
    say(failed()).await;
    say(Delivery::Sent).await;
    assert_eq!(state().await, (failed(), true, false, 0));
    // a report that it arrived is the last word
    say(Delivery::Delivered).await;
    say(failed()).await;
    assert_eq!(state().await, (Delivery::Delivered, true, false, 0));
}

#[tokio::test]
async fn a_message_that_mightycall_did_not_send_can_be_sent_again() {
    let home = Home::new().await;
    let store = &home.store;
    let (thread, id) = take_one(store, outbound(1, 0, "hi", Delivery::Failed("NotSent".into()))).await;
    let again = store.resend(id, at(9)).await.unwrap();
    let old = store.message(id).await.unwrap().unwrap();
    assert!(old.dealt && old.accepted, "it stays: MightyCall has it");
    assert_eq!(store.message(again).await.unwrap().unwrap().delivery, Some(Delivery::Queued));
    assert_eq!(store.thread(thread).await.unwrap().unwrap().trouble, 0);
    assert!(matches!(store.resend(id, at(9)).await, Err(StoreError::NotResendable { .. })));
}

#[tokio::test]
async fn what_a_number_can_do_is_kept_and_told_when_it_changes() {
    let home = Home::new().await;
    let store = &home.store;
    store.set_numbers(vec![business(MAIN), business(SIDE)]).await.unwrap();
    assert_eq!(store.number_traits(number(MAIN)).await.unwrap(), None);
    let traits = |mode: &str| NumberTraits { sms_mode: Some(mode.to_owned()), ..NumberTraits::default() };
    let mut changes = store.subscribe();
    let tell = async |mode| store.set_number_traits(vec![(number(MAIN), traits(mode))]).await.unwrap();
    tell("Capable").await;
    assert_eq!(changes.recv().await.unwrap(), Change::Numbers);
    tell("Capable").await;
    tell("Enabled").await;
    assert_eq!(changes.recv().await.unwrap(), Change::Numbers);
    assert!(changes.try_recv().is_err(), "the same again is nothing new");
    // one of which nothing is said keeps what is known, also where the configuration changes
    store.set_number_traits(vec![(number(SIDE), NumberTraits::default())]).await.unwrap();
    store.set_numbers(vec![business(SIDE), business(MAIN)]).await.unwrap();
    let rows = store.numbers().await.unwrap();
    assert_eq!((&rows[0].traits, &rows[1].traits), (&NumberTraits::default(), &traits("Enabled")));
    assert_eq!(store.number_traits(number(MAIN)).await.unwrap(), Some(traits("Enabled")));
    assert_eq!(store.number_traits(number(SIDE)).await.unwrap(), Some(NumberTraits::default()));
}

fn span(oldest: i64, newest: i64) -> Span {
    Span { oldest: at(oldest), newest: at(newest) }
}

#[tokio::test]
async fn a_conversation_reaches_further_than_its_number() {
    let home = Home::new().await;
    let store = &home.store;
    let (thread, _) = take_one(store, inbound(1, 600, "hi")).await;
    let (other, _) = take_one(store, inbound(2, 600, "hi")).await;
    let covered = async |thread| store.thread_coverage(thread).await.unwrap();
    assert_eq!(covered(thread).await, None);
    let coverage = Coverage::new([span(500, 900)], false);
    store.set_cursor(number(MAIN), Cursor { coverage: coverage.clone(), ..Cursor::default() }).await.unwrap();
    assert_eq!(covered(thread).await, Some(coverage.clone()));

    let mut changes = store.subscribe();
    store.reach_thread(thread, span(300, 500), false).await.unwrap();
    assert_eq!(changes.recv().await.unwrap(), Change::Threads(vec![thread]));
    assert_eq!(covered(thread).await, Some(Coverage::new([span(300, 900)], false)));
    assert_eq!(covered(other).await, Some(coverage), "of another it says nothing");
    // further down, and to the end of it
    store.reach_thread(thread, span(100, 300), true).await.unwrap();
    assert_eq!(covered(thread).await, Some(Coverage::new([span(100, 900)], true)));
    assert!(covered(thread).await.unwrap().is_complete());
    // the same again is nothing new, and less takes nothing back
    changes.recv().await.unwrap();
    store.reach_thread(thread, span(100, 300), true).await.unwrap();
    store.reach_thread(thread, span(200, 300), false).await.unwrap();
    assert!(changes.try_recv().is_err());
    // a later stretch that does not border on it leaves a gap that shows
    let later = Coverage::new([span(2_000, 3_000)], false);
    store.set_cursor(number(MAIN), Cursor { coverage: later, ..Cursor::default() }).await.unwrap();
    let covered = covered(thread).await.unwrap();
    assert!(covered.is_cut_between(at(900), at(2_000)) && !covered.is_cut_before(at(100)));
    let nobody = store.reach_thread(mctui::model::ThreadId(99), span(0, 1), true).await;
    assert!(matches!(nobody, Err(StoreError::NoSuchThread(_))), "{nobody:?}");
}

#[tokio::test]
async fn a_conversation_that_is_whole_is_so_beside_a_number_that_is_not() {
    let home = Home::new().await;
    let store = &home.store;
    let (thread, _) = take_one(store, inbound(1, 600, "hi")).await;
    store.reach_thread(thread, span(400, 600), true).await.unwrap();
    assert!(store.thread_coverage(thread).await.unwrap().unwrap().is_complete());
    // a stretch of the number's below it has no gap above it here
    let coverage = Coverage::new([span(500, 900), span(10, 20)], false);
    store.set_cursor(number(MAIN), Cursor { coverage, ..Cursor::default() }).await.unwrap();
    assert_eq!(store.thread_coverage(thread).await.unwrap(), Some(Coverage::new([span(10, 900)], true)));
}

#[tokio::test]
async fn a_rescue_carries_over_what_records_said() {
    let home = Home::new().await;
    let store = home.store.clone();
    store.set_numbers(vec![business(MAIN)]).await.unwrap();
    let notes = RecordNotes {
        read: Some(true),
        favorite: true,
        comment: Some("call back".into()),
        workflow: Some(WorkflowState::Finished),
    };
    let full = Incoming { notes, caller: Some(CallerKind::Vip), ..guid(inbound(1, 0, "all of it"), GUID) };
    take_in(&store, vec![full, guid(inbound(1, 1, "another id"), "request-17"), inbound(1, 2, "none")]).await;
    let thread = store.thread_between(number(MAIN), contact(1)).await.unwrap().unwrap().id;
    let traits = NumberTraits { mms_enabled: Some(false), ..NumberTraits::default() };
    store.set_number_traits(vec![(number(MAIN), traits.clone())]).await.unwrap();
    store.reach_thread(thread, span(-9, 0), true).await.unwrap();
    let page = async |store: &Store| {
        let page = store.messages(thread, mctui::store::MessageWindow::Newest, 9).await.unwrap();
        (page.messages, store.thread(thread).await.unwrap().unwrap().contact_kind)
    };
    let before = page(&store).await;
    assert_eq!((before.0.len(), before.1, before.0[0].notes.favorite), (3, CallerKind::Vip, true));
    store.close().await;
    let mut files = Files::read(&home.dir.path().join("mctui.db"));
    garbage(&mut files.cache[..100]);
    let (_dir, path) = files.write();
    let (store, _) = mended(&path).await;
    assert_eq!(page(&store).await, before);
    assert_eq!(store.number_traits(number(MAIN)).await.unwrap(), Some(traits));
    // some of a conversation may be lost: it is asked for again, as its number's history is
    assert_eq!(store.thread_coverage(thread).await.unwrap(), None);
    // the newest word on who somebody is stays the newest
    let older = Incoming { caller: Some(CallerKind::Blocked), ..inbound(1, -5, "before") };
    let done = store.intake(vec![older], by_id).await.unwrap();
    assert_eq!(store.thread(done.threads[0]).await.unwrap().unwrap().contact_kind, CallerKind::Vip);
}

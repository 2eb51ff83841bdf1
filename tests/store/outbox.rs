//! Sending: order, claims, outcomes, and what a person may do about them.

use mctui::model::{Delivery, Message, MessageId};
use mctui::store::{Outgoing, Settlement, Store, StoreError};
use rstest::rstest;

use super::{Home, MAIN, SIDE, at, contact, inbound, number, outbound, outgoing, take_in, take_one};

async fn due(store: &Store, seconds: i64) -> Option<String> {
    store.next_due(at(seconds), &super::both()).await.unwrap().map(|item| item.body)
}

async fn message(store: &Store, id: MessageId) -> Message {
    store.message(id).await.unwrap().unwrap()
}

#[rstest]
#[case("")]
#[case("   ")]
#[case("\r\n\t\u{a0}")]
#[tokio::test]
async fn an_empty_text_is_refused(#[case] body: &str) {
    let home = Home::new().await;
    let store = home.store.clone();
    let error = store.enqueue(outgoing(1, 0, body)).await.unwrap_err();
    assert!(matches!(error, StoreError::EmptyBody));
    assert_eq!(store.thread_between(number(MAIN), contact(1)).await.unwrap(), None);
}

#[tokio::test]
async fn a_text_is_kept_as_it_goes_out() {
    let home = Home::new().await;
    let store = home.store.clone();
    for body in ["ab\u{1b}[2J\u{202e}\0c ".repeat(12_000), "Grüße 👩‍🔧\r\n".repeat(5_000)] {
        assert!(body.len() > 100_000);
        let (_, id) = store.enqueue(outgoing(1, 0, &body)).await.unwrap();
        assert!(message(&store, id).await.body == mctui::model::text::to_send(&body));
    }
}

#[tokio::test]
async fn a_new_text_is_last_in_its_thread_even_if_the_clock_is_behind() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (thread, newest) = take_one(&store, inbound(1, 3_600, "from a clock that is ahead")).await;
    let (same, first) = store.enqueue(outgoing(1, 0, "one")).await.unwrap();
    let (_, second) = store.enqueue(outgoing(1, -50, "two")).await.unwrap();
    assert_eq!(same, thread);
    assert!(newest < first && first < second);
    assert_eq!(store.thread(thread).await.unwrap().unwrap().snippet, "two");
    // but a record from next year does not date today's texts
    let year = 365 * 24 * 3_600;
    take_in(&store, vec![inbound(2, year, "from the future")]).await;
    let (_, third) = store.enqueue(outgoing(2, 10, "three")).await.unwrap();
    assert_eq!(third.at(), at(10));
}

#[tokio::test]
async fn the_id_of_a_discarded_text_is_not_given_again() {
    let home = Home::new().await;
    let store = home.store.clone();
    take_in(&store, vec![inbound(1, 3_600, "from a clock that is ahead")]).await;
    let (_, first) = store.enqueue(outgoing(1, 0, "one")).await.unwrap();
    store.discard(first).await.unwrap();
    let (_, second) = store.enqueue(outgoing(1, 0, "two")).await.unwrap();
    assert!(store.claim(second, at(0)).await.unwrap());
    store.settle(second, Settlement::Failed("no".into())).await.unwrap();
    let third = store.resend(second, at(1)).await.unwrap();
    assert!(first < second && second < third);
}

#[tokio::test]
async fn the_draft_goes_when_it_is_what_was_sent() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (thread, _) = take_one(&store, inbound(1, 0, "hi")).await;
    store.save_draft(thread, "on my way\n", at(5)).await.unwrap();
    store.enqueue(outgoing(1, 6, "something else")).await.unwrap();
    assert_eq!(store.draft(thread).await.unwrap().as_deref(), Some("on my way\n"));
    store.enqueue(outgoing(1, 7, "on my way")).await.unwrap();
    assert_eq!(store.draft(thread).await.unwrap(), None);
}

#[tokio::test]
async fn texts_go_out_in_order_one_at_a_time_per_thread() {
    let home = Home::new().await;
    let store = home.store.clone();
    assert_eq!(store.next_due_at(&super::both()).await.unwrap(), None);
    let (_, a1) = store.enqueue(outgoing(1, 0, "a1")).await.unwrap();
    let (_, a2) = store.enqueue(outgoing(1, 1, "a2")).await.unwrap();
    let (_, b1) = store.enqueue(outgoing(2, 2, "b1")).await.unwrap();
    assert!(store.next_due_at(&super::both()).await.unwrap().unwrap() <= at(2));

    let item = store.next_due(at(9), &super::both()).await.unwrap().unwrap();
    assert_eq!((item.id, item.body.as_str(), item.attempts), (a1, "a1", 0));
    assert_eq!((item.number, item.contact), (number(MAIN), contact(1)));
    assert!(!store.claim(a2, at(9)).await.unwrap(), "it would overtake");
    assert!(store.claim(a1, at(9)).await.unwrap());
    assert!(!store.claim(a1, at(9)).await.unwrap(), "it is on its way");
    assert_eq!(message(&store, a1).await.delivery, Some(Delivery::Sending));
    assert_eq!(due(&store, 9).await.as_deref(), Some("b1"), "the other thread need not wait");

    // not sent after all: it stays the first of its thread, until its time
    let later = Settlement::Queued { not_before: Some(at(60)), reason: "no network".into(), told: false };
    store.settle(a1, later).await.unwrap();
    let waiting = message(&store, a1).await;
    assert_eq!((waiting.delivery, waiting.error.as_deref()), (Some(Delivery::Queued), Some("no network")));
    assert!(store.claim(b1, at(9)).await.unwrap());
    store.settle(b1, Settlement::Sent { remote_id: None }).await.unwrap();
    assert_eq!(due(&store, 59).await, None);
    assert!(!store.claim(a1, at(59)).await.unwrap());
    assert_eq!(store.next_due_at(&super::both()).await.unwrap(), Some(at(60)));
    let item = store.next_due(at(60), &super::both()).await.unwrap().unwrap();
    assert_eq!((item.id, item.attempts), (message(&store, a1).await.id, 1));
    assert!(store.claim(a1, at(60)).await.unwrap());
    assert_eq!(store.next_due_at(&super::both()).await.unwrap(), None);
    store.settle(a1, Settlement::Failed("not allowed".into())).await.unwrap();
    // a failed one is finished: the next goes on
    assert_eq!(due(&store, 60).await.as_deref(), Some("a2"));
    let unsettled: Vec<_> = store.outbox().await.unwrap().into_iter().map(|m| (m.id, m.delivery.unwrap())).collect();
    let (a1, a2) = (message(&store, a1).await, message(&store, a2).await);
    assert_eq!(unsettled, [(a1.id, Delivery::Failed("not allowed".into())), (a2.id, Delivery::Queued)]);
    assert_eq!((a1.at, a2.at), (at(60), at(60)), "what waited stands where it was posted, and what waits behind it");
}

#[tokio::test]
async fn order_is_as_sent_whatever_the_clock_did() {
    let home = Home::new().await;
    let store = home.store.clone();
    store.enqueue(outgoing(1, 500, "first")).await.unwrap();
    store.enqueue(outgoing(2, 100, "second")).await.unwrap();
    assert_eq!(due(&store, 1_000).await.as_deref(), Some("first"));
}

#[tokio::test]
async fn a_text_for_later_waits_as_scheduled() {
    let home = Home::new().await;
    let store = home.store.clone();
    let later = Outgoing { not_before: Some(at(100)), ..outgoing(1, 0, "tomorrow") };
    let (_, id) = store.enqueue(later).await.unwrap();
    assert_eq!(message(&store, id).await.delivery, Some(Delivery::Scheduled));
    assert_eq!(store.outbox().await.unwrap().len(), 1);
    assert_eq!(due(&store, 99).await, None);
    assert_eq!(store.next_due_at(&super::both()).await.unwrap(), Some(at(100)));
    assert_eq!(due(&store, 100).await.as_deref(), Some("tomorrow"));
    assert!(store.claim(id, at(100)).await.unwrap());
}

#[rstest]
#[case(Settlement::Sent { remote_id: Some("s-1".into()) }, Delivery::Sent)]
#[case(Settlement::Sent { remote_id: None }, Delivery::Sent)]
#[case(Settlement::Failed("blocked".into()), Delivery::Failed("blocked".into()))]
#[case(Settlement::Unconfirmed("no answer".into()), Delivery::Unconfirmed("no answer".into()))]
#[tokio::test]
async fn an_outcome_is_written_down(#[case] settlement: Settlement, #[case] delivery: Delivery) {
    let home = Home::new().await;
    let store = home.store.clone();
    let (thread, id) = store.enqueue(outgoing(1, 0, "hi")).await.unwrap();
    assert!(store.claim(id, at(0)).await.unwrap());
    store.settle(id, settlement).await.unwrap();
    let after = message(&store, id).await;
    assert_eq!((after.delivery.as_ref(), after.error.as_deref()), (Some(&delivery), delivery.reason()));
    assert_eq!(due(&store, 9_999).await, None, "never posted again by itself");
    let row = store.thread(thread).await.unwrap().unwrap();
    assert_eq!((row.trouble, row.last_delivery), (u32::from(delivery.is_trouble()), Some(delivery.clone())));
    assert_eq!(store.outbox().await.unwrap().len(), usize::from(delivery.is_trouble()));
}

#[tokio::test]
async fn what_was_being_sent_in_a_crash_is_in_doubt() {
    let home = Home::new().await;
    let (thread, lost) = home.store.enqueue(outgoing(1, 0, "lost")).await.unwrap();
    let (_, next) = home.store.enqueue(outgoing(1, 1, "next")).await.unwrap();
    assert!(home.store.claim(lost, at(2)).await.unwrap());
    let store = home.second().await;
    assert_eq!(due(&store, 9).await, None);
    assert_eq!(store.adopt_orphans("mctui stopped while it was sent").await.unwrap(), [lost]);
    assert_eq!(store.adopt_orphans("again").await.unwrap(), []);
    let doubtful = Delivery::Unconfirmed("mctui stopped while it was sent".into());
    assert_eq!(message(&store, lost).await.delivery, Some(doubtful));
    assert_eq!(store.thread(thread).await.unwrap().unwrap().trouble, 1);
    assert_eq!(store.next_due(at(9), &super::both()).await.unwrap().map(|item| item.id), Some(next));
    // its sender lives after all: an acceptance is believed, a wish to try again is not
    let again = Settlement::Queued { not_before: None, reason: "no network".into(), told: false };
    home.store.settle(lost, again).await.unwrap();
    assert_eq!(message(&store, lost).await.delivery, Some(Delivery::Failed("no network".into())));
    home.store.settle(lost, Settlement::Sent { remote_id: None }).await.unwrap();
    assert_eq!(message(&store, lost).await.delivery, Some(Delivery::Sent));
    assert_eq!(store.thread(thread).await.unwrap().unwrap().trouble, 0);
}

#[tokio::test]
async fn a_person_sends_again_what_never_went_out() {
    let home = Home::new().await;
    let store = home.store.clone();
    for outcome in [Settlement::Failed("blocked".into()), Settlement::Unconfirmed("no answer".into())] {
        let (thread, old) = store.enqueue(outgoing(1, 0, "hi")).await.unwrap();
        assert!(store.claim(old, at(0)).await.unwrap());
        store.settle(old, outcome).await.unwrap();
        let new = store.resend(old, at(50)).await.unwrap();
        assert_eq!(store.message(old).await.unwrap(), None);
        let queued = message(&store, new).await;
        assert_eq!((queued.delivery, queued.body.as_str(), queued.at), (Some(Delivery::Queued), "hi", at(50)));
        assert_eq!(store.thread(thread).await.unwrap().unwrap().trouble, 0);
        assert!(matches!(store.resend(old, at(51)).await, Err(StoreError::NoSuchMessage(id)) if id == old));
        assert!(matches!(store.settle(old, Settlement::Failed("x".into())).await, Err(StoreError::NoSuchMessage(_))));
        store.discard(new).await.unwrap();
    }
}

#[tokio::test]
async fn a_person_sends_again_what_did_not_arrive() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (thread, old) = take_one(&store, outbound(1, 0, "hi", Delivery::Failed("landline".into()))).await;
    let new = store.resend(old, at(50)).await.unwrap();
    assert_eq!(message(&store, old).await.delivery, Some(Delivery::Failed("landline".into())), "the history stays");
    assert_eq!(store.thread(thread).await.unwrap().unwrap().trouble, 0);
    assert_eq!(store.outbox().await.unwrap().iter().map(|m| m.id).collect::<Vec<_>>(), [new]);
}

#[tokio::test]
async fn what_was_dealt_with_is_not_sent_a_second_time() {
    let home = Home::new().await;
    let store = home.store.clone();
    let failed = || Delivery::Failed("landline".into());
    let (_, again) = take_one(&store, outbound(1, 0, "sent again", failed())).await;
    let (_, put_away) = take_one(&store, outbound(2, 0, "put away", failed())).await;
    let new = store.resend(again, at(50)).await.unwrap();
    store.discard(put_away).await.unwrap();
    for id in [again, put_away] {
        let error = store.resend(id, at(51)).await.unwrap_err();
        assert!(matches!(error, StoreError::NotResendable { id: refused, .. } if refused == id), "{error}");
        assert!(error.to_string().contains("sent again already, or put away"), "{error}");
        assert_eq!(message(&store, id).await.delivery, Some(failed()), "the history stays");
    }
    assert_eq!(store.outbox().await.unwrap().iter().map(|m| m.id).collect::<Vec<_>>(), [new], "one, and no more");
    // the second of them failed in its turn: that is another matter
    assert!(store.claim(new, at(52)).await.unwrap());
    store.settle(new, Settlement::Failed("landline".into())).await.unwrap();
    assert!(store.resend(new, at(53)).await.is_ok());
}

#[tokio::test]
async fn what_is_not_in_trouble_is_not_sent_again() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (_, received) = take_one(&store, inbound(1, 0, "hi")).await;
    let (_, sent) = take_one(&store, outbound(1, 1, "hello", Delivery::Sent)).await;
    let (_, queued) = store.enqueue(outgoing(2, 0, "q")).await.unwrap();
    let (_, sending) = store.enqueue(outgoing(3, 0, "s")).await.unwrap();
    let mut mms = outbound(4, 0, "photo", Delivery::Failed("too big".into()));
    mms.attachments = vec![mctui::model::Attachment { name: "a.jpg".into(), url: None, size: None, expired: false }];
    let (_, mms) = take_one(&store, mms).await;
    assert!(store.claim(sending, at(5)).await.unwrap());
    for id in [received, sent, queued, sending, mms] {
        let error = store.resend(id, at(9)).await.unwrap_err();
        assert!(matches!(error, StoreError::NotResendable { .. }), "{error}");
    }
    for id in [received, sent, sending] {
        let error = store.discard(id).await.unwrap_err();
        assert!(matches!(error, StoreError::NotDiscardable { .. }), "{error}");
    }
    assert_eq!(store.health().await.unwrap().messages, 5);
}

#[tokio::test]
async fn discarding_takes_away_what_never_went_out() {
    let home = Home::new().await;
    let store = home.store.clone();
    let other = Outgoing { number: number(SIDE), ..outgoing(1, 0, "never mind") };
    let (thread, id) = store.enqueue(other).await.unwrap();
    store.discard(id).await.unwrap();
    assert_eq!(store.message(id).await.unwrap(), None);
    assert_eq!(due(&store, 9).await, None);
    let row = store.thread(thread).await.unwrap().unwrap();
    assert_eq!((row.activity, row.snippet.as_str(), row.last_delivery), (0, "", None));
    assert!(matches!(store.discard(id).await, Err(StoreError::NoSuchMessage(_))));
}

#[tokio::test]
async fn a_text_that_still_waits_can_be_withdrawn() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (thread, id) = store.enqueue(outgoing(1, 0, "hi")).await.unwrap();
    assert!(store.withdraw(id, "it could not be sent now").await.unwrap());
    assert_eq!(message(&store, id).await.delivery, Some(Delivery::Failed("it could not be sent now".into())));
    assert_eq!(store.thread(thread).await.unwrap().unwrap().trouble, 1);
    assert_eq!(due(&store, 9).await, None);
    assert!(!store.withdraw(id, "again").await.unwrap());
    let again = store.resend(id, at(10)).await.unwrap();
    assert!(store.claim(again, at(10)).await.unwrap());
    assert!(!store.withdraw(again, "too late").await.unwrap());
    assert_eq!(message(&store, again).await.delivery, Some(Delivery::Sending));
}

#[tokio::test]
async fn hurrying_spares_the_wait_but_not_the_schedule() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (_, put_back) = store.enqueue(outgoing(1, 0, "put back")).await.unwrap();
    store.enqueue(Outgoing { not_before: Some(at(500)), ..outgoing(2, 0, "scheduled") }).await.unwrap();
    assert!(store.claim(put_back, at(0)).await.unwrap());
    let later = Settlement::Queued { not_before: Some(at(300)), reason: "no network".into(), told: false };
    store.settle(put_back, later).await.unwrap();
    assert_eq!(due(&store, 1).await, None);
    store.hurry().await.unwrap();
    assert_eq!(due(&store, 1).await.as_deref(), Some("put back"));
    store.discard(put_back).await.unwrap();
    assert_eq!(store.next_due_at(&super::both()).await.unwrap(), Some(at(500)));
}

#[tokio::test]
async fn the_way_of_a_message_is_told_step_by_step() {
    use mctui::model::way::Way;
    let home = Home::new().await;
    let store = home.store.clone();
    let way = async |id| store.way(id).await.unwrap().unwrap().1;
    let (_, id) = store.enqueue(Outgoing { not_before: Some(at(60)), ..outgoing(1, 0, "later") }).await.unwrap();
    let here = Way { written_here: true, ..Way::default() };
    assert_eq!(way(id).await, Way { not_before: Some(at(60)), ..here });
    assert!(store.claim(id, at(61)).await.unwrap());
    assert_eq!(way(id).await, Way { tried_at: Some(at(61)), attempts: 1, ..here });
    store.settle(id, Settlement::Sent { remote_id: Some("m-1".into()) }).await.unwrap();
    assert_eq!(way(id).await, Way { tried_at: Some(at(61)), accepted: true, ..here });
    let (_, theirs) = take_one(&store, outbound(2, 5, "from another desk", Delivery::Sent)).await;
    assert_eq!(way(theirs).await, Way { accepted: true, ..Way::default() });
    assert_eq!(store.way(MessageId(7)).await.unwrap(), None);
}

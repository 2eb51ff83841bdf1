use rstest::rstest;

use super::*;
use crate::model::{Address, Contact, Road};

const NUMBER: &str = "+12025550101";
const CONTACT: &str = "+12025550147";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn record(id: Option<&str>, road: Road, direction: Direction, body: &str, seconds: i64) -> Incoming {
    Incoming {
        road,
        remote_id: id.map(str::to_owned),
        request_guid: None,
        number: Address::from_normal(NUMBER),
        contact: Contact { address: Address::from_normal(CONTACT), name: None },
        direction,
        delivery: (direction == Direction::Outbound).then_some(Delivery::Sent),
        body: body.to_owned(),
        at: at(seconds),
        sender: None,
        attachments: Vec::new(),
        notes: crate::model::RecordNotes::default(),
        caller: None,
    }
}

fn inbound(id: Option<&str>, body: &str, seconds: i64) -> Incoming {
    record(id, Road::Journal, Direction::Inbound, body, seconds)
}

fn outbound(id: Option<&str>, body: &str, seconds: i64) -> Incoming {
    record(id, Road::Journal, Direction::Outbound, body, seconds)
}

/// A row that came from history.
fn row(number: i64, ids: &[(Road, &str)], direction: Direction, body: &str, seconds: i64) -> Known {
    Known {
        id: MessageId(number),
        number: Address::from_normal(NUMBER),
        contact: Address::from_normal(CONTACT),
        direction,
        delivery: None,
        body: body.to_owned(),
        at: at(seconds),
        remote_ids: ids.iter().map(|(road, id)| (*road, (*id).to_owned())).collect(),
        request_guid: None,
        outbox: false,
        posted_at: None,
        history_at: Some(at(seconds)),
    }
}

/// A row that was written here and that no history record is matched with.
fn ours(number: i64, delivery: Delivery, body: &str, seconds: i64) -> Known {
    Known {
        delivery: Some(delivery),
        outbox: true,
        posted_at: Some(at(seconds)),
        history_at: None,
        ..row(number, &[], Direction::Outbound, body, seconds)
    }
}

const GUID: &str = "2f0ad4f1-0000-4000-8000-00000000abcd";

/// A record with that second id.
fn guid(record: Incoming) -> Incoming {
    Incoming { request_guid: Some(GUID.to_owned()), ..record }
}

/// A row written here whose send was answered with that id, in other letters.
fn answered(number: i64, body: &str) -> Known {
    let remote_ids = vec![(Road::SendAnswer, GUID.to_uppercase())];
    Known { remote_ids, ..ours(number, Delivery::Sent, body, 0) }
}

/// The record filed as the head of a thread.
fn head(record: Incoming) -> Incoming {
    Incoming { road: Road::ThreadHead, ..record }
}

fn update(number: i64) -> Op {
    Op::Update { id: MessageId(number) }
}

const NEW: Op = Op::Insert { unread: false };

#[rstest]
#[case::answered_with_the_second_id(guid(outbound(Some("j"), "ok", 90_000)), vec![answered(1, "ok"), ours(2, Delivery::Sent, "ok", 90_000)], update(1))]
#[case::second_id_whatever_the_service_made_of_the_text(guid(outbound(Some("j"), "Ok. Reply STOP to end", 3)), vec![answered(1, "ok")], update(1))]
#[case::second_id_of_two_records(guid(outbound(Some("j"), "ok", 3)), vec![Known { request_guid: Some(GUID.into()), ..row(1, &[(Road::Journal, "i")], Direction::Outbound, "ok", 0) }], NEW)]
#[case::head_of_a_thread_is_the_message(head(inbound(Some("t"), "hi", 0)), vec![row(1, &[(Road::Journal, "a")], Direction::Inbound, "hi", 0)], update(1))]
#[case::message_is_the_head_of_a_thread(inbound(Some("a"), "hi", 0), vec![row(1, &[(Road::ThreadHead, "t")], Direction::Inbound, "hi", 0)], update(1))]
#[case::head_of_a_later_thread(head(inbound(Some("t"), "hi", 60)), vec![row(1, &[(Road::Journal, "a")], Direction::Inbound, "hi", 0)], NEW)]
#[case::nothing_here(inbound(Some("a"), "hi", 0), vec![], NEW)]
#[case::same_id(inbound(Some("a"), "hi", 0), vec![row(1, &[(Road::Journal, "a")], Direction::Inbound, "hi", 0)], update(1))]
#[case::same_id_on_another_road(inbound(Some("a"), "hi", 0), vec![row(1, &[(Road::Webhook, "a")], Direction::Inbound, "hi", 90)], update(1))]
#[case::another_id_on_the_road(inbound(Some("b"), "hi", 0), vec![row(1, &[(Road::Journal, "a")], Direction::Inbound, "hi", 0)], NEW)]
#[case::another_road_same_instant(inbound(Some("b"), "hi", 1), vec![row(1, &[(Road::MessageList, "a")], Direction::Inbound, "hi", 0)], update(1))]
#[case::another_road_later(inbound(Some("b"), "hi", 30), vec![row(1, &[(Road::MessageList, "a")], Direction::Inbound, "hi", 0)], NEW)]
#[case::another_text(inbound(Some("b"), "ho", 0), vec![row(1, &[(Road::MessageList, "a")], Direction::Inbound, "hi", 0)], NEW)]
#[case::no_id_same_instant(inbound(None, "hi", 0), vec![row(1, &[], Direction::Inbound, "hi", 0)], update(1))]
#[case::no_id_a_second_later(inbound(None, "hi", 1), vec![row(1, &[], Direction::Inbound, "hi", 0)], NEW)]
#[case::id_came_later(inbound(Some("a"), "hi", 0), vec![row(1, &[], Direction::Inbound, "hi", 0)], update(1))]
#[case::direction_came_later(inbound(None, "hi", 0), vec![row(1, &[], Direction::Unknown, "hi", 0)], update(1))]
#[case::the_other_way(outbound(None, "hi", 0), vec![row(1, &[], Direction::Inbound, "hi", 0)], NEW)]
#[case::sent_found(outbound(Some("j"), "ok", 40), vec![ours(1, Delivery::Sent, "ok", 0)], update(1))]
#[case::sent_found_hours_off(outbound(Some("j"), "ok", -20_000), vec![ours(1, Delivery::Sent, "ok", 0)], update(1))]
#[case::trimmed_by_the_service(outbound(Some("j"), "ok", 4), vec![ours(1, Delivery::Sent, "ok \n", 0)], update(1))]
#[case::unconfirmed_found(outbound(Some("j"), "ok", 40), vec![ours(1, Delivery::Unconfirmed(String::new()), "ok", 0)], update(1))]
#[case::unconfirmed_is_not_last_week(outbound(Some("j"), "ok", -20_000), vec![ours(1, Delivery::Unconfirmed(String::new()), "ok", 0)], NEW)]
#[case::queued_was_never_posted(outbound(Some("j"), "ok", 1), vec![ours(1, Delivery::Queued, "ok", 0)], NEW)]
#[case::failed_was_never_accepted(outbound(Some("j"), "ok", 1), vec![ours(1, Delivery::Failed(String::new()), "ok", 0)], NEW)]
fn one_record(#[case] record: Incoming, #[case] here: Vec<Known>, #[case] op: Op) {
    assert_eq!(plan(Terms::default(), &[record], &here), vec![op]);
}

#[test]
fn two_equal_texts_in_a_minute_stay_two() {
    let here = [ours(1, Delivery::Sent, "ok", 0), ours(2, Delivery::Unconfirmed(String::new()), "ok", 30)];
    // newest first, as services list them
    let there = [outbound(Some("second"), "ok", 31), outbound(Some("first"), "ok", 1)];
    assert_eq!(plan(Terms::default(), &there, &here), vec![update(2), update(1)]);
    let three = [outbound(Some("third"), "ok", 50), there[0].clone(), there[1].clone()];
    assert_eq!(plan(Terms::default(), &three, &here), vec![NEW, update(2), update(1)]);
}

/// The text of one is in both, and the answer to one names its record.
#[test]
fn a_named_record_leaves_the_other_row_to_the_other_record() {
    let here = [answered(1, "ok"), ours(2, Delivery::Unconfirmed(String::new()), "ok", 2)];
    let there = [guid(outbound(Some("named"), "ok", 60)), outbound(Some("other"), "ok", 1)];
    assert_eq!(plan(Terms::default(), &there, &here), vec![update(1), update(2)]);
}

#[rstest]
#[case::under_one_second_id(true)]
#[case::under_none(false)]
fn a_head_and_its_message_that_are_here_stay_one(#[case] has_guid: bool) {
    let named = |record| if has_guid { guid(record) } else { record };
    let known = Known {
        request_guid: has_guid.then(|| GUID.to_owned()),
        ..row(1, &[(Road::Journal, "a")], Direction::Inbound, "hi", 0)
    };
    let there = [named(head(inbound(Some("t"), "hi", 0))), named(inbound(Some("a"), "hi", 0))];
    assert_eq!(plan(Terms::default(), &there, &[known]), vec![update(1), update(1)]);
}

#[test]
fn a_head_and_its_message_in_one_page_are_one() {
    let there = [head(inbound(Some("t"), "hi", 0)), inbound(Some("a"), "hi", 0), inbound(Some("b"), "hi", 9)];
    assert_eq!(plan(Terms::default(), &there, &[]), vec![NEW, Op::Nothing, NEW]);
}

#[test]
fn repeats_in_one_page_are_one() {
    let there =
        [inbound(None, "hi", 0), inbound(None, "hi", 0), inbound(Some("a"), "ho", 3), inbound(Some("a"), "ho", 3)];
    assert_eq!(plan(Terms::default(), &there, &[]), vec![NEW, Op::Nothing, NEW, Op::Nothing]);
}

#[test]
fn news_is_unread_and_history_is_not() {
    let terms = Terms { news_from: Some(at(100)), ..Terms::default() };
    let there = [inbound(Some("old"), "hi", 99), inbound(Some("new"), "hi", 100), outbound(Some("ours"), "ok", 101)];
    assert_eq!(plan(terms, &there, &[]), vec![NEW, Op::Insert { unread: true }, NEW]);
}

#[test]
fn a_service_whose_clock_is_hours_ahead() {
    let terms = Terms { clock_offset: SignedDuration::from_hours(5), ..Terms::default() };
    let here = [ours(1, Delivery::Unconfirmed(String::new()), "ok", 0)];
    assert_eq!(plan(terms, &[outbound(Some("j"), "ok", 5 * 3_600 + 3)], &here), vec![update(1)]);
    assert_eq!(plan(terms, &[outbound(Some("j"), "ok", 3)], &here), vec![NEW]);
}

/// Only one of two equal texts is in the account: the one that was accepted, though the record's time is nearer to the
/// one whose answer was lost.
#[test]
fn what_was_accepted_comes_before_what_may_not_be_out() {
    let here = [ours(1, Delivery::Sent, "ok", 0), ours(2, Delivery::Unconfirmed(String::new()), "ok", 1)];
    assert_eq!(plan(Terms::default(), &[outbound(Some("j"), "ok", 1)], &here), vec![update(1)]);
}

/// A record that turned up just after the post is ours whatever time it bears; one that was there before is not.
#[rstest]
#[case::since_the_last_look((-20, 10), update(1))]
#[case::since_long_ago((-2_000, 10), NEW)]
#[case::long_afterwards((-20, 4_000), NEW)]
fn what_turned_up_after_the_post(#[case] (looked, now): (i64, i64), #[case] op: Op) {
    let terms = Terms { appeared: Some((at(looked), at(now))), ..Terms::default() };
    let here = [ours(1, Delivery::Unconfirmed(String::new()), "ok", 0)];
    assert_eq!(plan(terms, &[outbound(Some("j"), "ok", -18_000)], &here), vec![op]);
}

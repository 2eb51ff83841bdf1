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
        claimed_at: None,
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
        shown: None,
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

const LONG: &str = "Your table is ready, see you at nine o’clock – thank you";

fn unconfirmed(number: i64, body: &str, seconds: i64) -> Known {
    ours(number, Delivery::Unconfirmed(String::new()), body, seconds)
}

/// A service may spell a text otherwise, add to it or cut it.
#[rstest]
#[case::blanks("Your  table\u{a0}is ready, see you at nine o’clock – thank you ")]
#[case::straight("Your table is ready, see you at nine o'clock - thank you")]
#[case::entities("Your table is ready, see you at nine o&rsquo;clock &ndash; thank you")]
#[case::opt_out("Your table is ready, see you at nine o’clock – thank you\nReply STOP to opt out")]
#[case::replaced("Your table is ready, see you at nine o?clock ? thank you")]
fn a_rewritten_text_is_still_that_text(#[case] there: &str) {
    for here in [ours(1, Delivery::Sent, LONG, 0), unconfirmed(1, LONG, 0), ours(1, Delivery::Sending, LONG, 0)] {
        assert_eq!(plan(Terms::default(), &[outbound(Some("j"), there, 300)], &[here]), vec![update(1)]);
    }
    assert_eq!(plan(Terms::default(), &[outbound(Some("j"), there, 601)], &[unconfirmed(1, LONG, 0)]), vec![NEW]);
    assert_eq!(plan(Terms::default(), &[inbound(Some("j"), there, 3)], &[unconfirmed(1, LONG, 0)]), vec![NEW]);
    // ten minutes count on the service's clock
    let terms = Terms { clock_offset: SignedDuration::from_hours(-3), ..Terms::default() };
    let late = outbound(Some("j"), there, 300 - 3 * 3_600);
    assert_eq!(plan(terms, &[late], &[unconfirmed(1, LONG, 0)]), vec![update(1)]);
}

#[test]
fn a_text_that_was_cut_is_the_only_one_that_begins_so() {
    let cut = || vec![outbound(Some("j"), "Your table is ready, see", 2)];
    let piece = Op::Piece { id: MessageId(1), shown: Some(20) };
    assert_eq!(plan(Terms::default(), &cut(), &[unconfirmed(1, LONG, 0)]), vec![piece]);
    let other = "Your table is ready, see you at ten";
    assert_eq!(plan(Terms::default(), &cut(), &[unconfirmed(1, LONG, 0), unconfirmed(2, other, 1)]), vec![NEW]);
    let short = vec![outbound(Some("j"), "Your table", 2)];
    assert_eq!(plan(Terms::default(), &short, &[unconfirmed(1, LONG, 0)]), vec![NEW]);
}

#[test]
fn equal_texts_stay_as_many_as_they_are_however_they_are_spelt() {
    let here = [ours(1, Delivery::Sent, "it’s ok", 0), unconfirmed(2, "it’s ok", 20)];
    let there = [outbound(Some("b"), "it's ok", 21), outbound(Some("a"), "it's ok", 1)];
    assert_eq!(plan(Terms::default(), &there, &here), vec![update(2), update(1)]);
    assert_eq!(plan(Terms::default(), &there[1..], &here), vec![update(1)]);
    let three = [outbound(Some("c"), "it's ok", 40), there[0].clone(), there[1].clone()];
    assert_eq!(plan(Terms::default(), &three, &here), vec![NEW, update(2), update(1)]);
    // one that is written just so comes first
    let exact = [outbound(Some("a"), "it's ok", 1), outbound(Some("b"), "it’s ok", 2)];
    assert_eq!(plan(Terms::default(), &exact, &here[..1]), vec![NEW, update(1)]);
}

/// In the order of the list, from new to old, or as the seconds fall; with numbers or without.
#[rstest]
#[case::in_order(&["Your table is ready, ", "see you at nine o’clock", " – thank you"], [1, 2, 3])]
#[case::numbered(&["(1/3) Your table is ready,", "(2/3) see you at nine o'clock", "(3/3) - thank you"], [1, 2, 3])]
#[case::newest_first(&[" – thank you", "see you at nine o’clock", "Your table is ready, "], [3, 2, 1])]
#[case::one_second_in_any_order(&["see you at nine o’clock", "Your table is ready, ", " – thank you"], [2, 2, 2])]
fn a_text_in_pieces_is_one_message(#[case] bodies: &[&str], #[case] seconds: [i64; 3]) {
    let ids = ["a", "b", "c"];
    let there: Vec<_> =
        bodies.iter().zip(seconds).zip(ids).map(|((body, at), id)| outbound(Some(id), body, at)).collect();
    let piece = |shown| Op::Piece { id: MessageId(1), shown };
    assert_eq!(plan(Terms::default(), &there, &[unconfirmed(1, LONG, 0)]), vec![piece(None); 3]);
}

#[test]
fn pieces_may_come_one_by_one() {
    let first = outbound(Some("a"), "Your table is ready, see you ", 1);
    let ops = plan(Terms::default(), &[first], &[unconfirmed(1, LONG, 0)]);
    let [Op::Piece { id, shown: Some(shown) }] = ops[..] else { panic!("{ops:?}") };
    let known = Known {
        history_at: Some(at(1)),
        shown: Some(shown),
        delivery: Some(Delivery::Sent),
        remote_ids: vec![(Road::Journal, "a".to_owned())],
        ..unconfirmed(1, LONG, 0)
    };
    let rest = outbound(Some("b"), "at nine o’clock – thank you", 2);
    let whole = Op::Piece { id, shown: None };
    assert_eq!(plan(Terms::default(), &[rest], std::slice::from_ref(&known)), vec![whole]);
    assert_eq!(plan(Terms::default(), &[outbound(Some("b"), "See you at ten", 2)], &[known]), vec![NEW]);
}

/// A service without ids lists it again and again.
#[rstest]
#[case::rewritten("Your table is ready, see you at nine o'clock - thank you", 0, update(1))]
#[case::cut("Your table is ready, see", 0, update(1))]
#[case::a_piece("see you at nine o'clock", 1, update(1))]
#[case::another("Our table is ready", 0, NEW)]
#[case::long_afterwards("see you at nine o'clock", 500, NEW)]
fn a_rewritten_record_without_an_id_is_known_again(#[case] body: &str, #[case] seconds: i64, #[case] op: Op) {
    let known = Known { history_at: Some(at(0)), delivery: Some(Delivery::Sent), ..unconfirmed(1, LONG, 0) };
    assert_eq!(plan(Terms::default(), &[outbound(None, body, seconds)], &[known]), vec![op]);
}

/// Its row stands by the difference as it was known when it was posted.
#[test]
fn a_clock_that_was_put_right_since_does_not_hide_a_message() {
    let year = 365 * 86_400;
    let posted = Known { posted_at: Some(at(year)), ..unconfirmed(1, "ok", 0) };
    assert_eq!(plan(Terms::default(), &[outbound(Some("j"), "ok", 3)], &[posted]), vec![update(1)]);
}

/// One record is ours and one a colleague's: ours is the one that shows it best, whichever is older.
#[rstest]
#[case::longer("Your table is ready, see you at nine o'clock - thank you. See you soon, Kim")]
#[case::beginning("Your table is ready, see")]
#[case::notice_of_theirs("Your table is ready, see you at nine o'clock - thank you\nReply STOP to opt out")]
fn a_colleagues_text_is_not_taken_for_ours_beside_ours(#[case] theirs: &str) {
    let own = "Your table is ready, see you at nine o'clock - thank you\nReply STOP to opt out";
    let there = [outbound(Some("ours"), own, 2), outbound(Some("theirs"), theirs, -120)];
    assert_eq!(plan(Terms::default(), &there, &[unconfirmed(1, LONG, 0)]), vec![update(1), NEW]);
}

#[test]
fn equal_texts_that_were_added_to_stay_as_many_as_they_are() {
    let added = format!("{LONG}\nReply STOP to opt out");
    let here = [ours(1, Delivery::Sent, LONG, 0), unconfirmed(2, LONG, 30)];
    let there = [outbound(Some("b"), &added, 31), outbound(Some("a"), &added, 1)];
    assert_eq!(plan(Terms::default(), &there, &here), vec![update(2), update(1)]);
    // only one is there: the one that was accepted
    assert_eq!(plan(Terms::default(), &there[..1], &here), vec![update(1)]);
}

/// The first was lost and never taken, and the second went out in pieces.
#[test]
fn pieces_belong_to_what_was_accepted() {
    let here = [unconfirmed(1, LONG, 0), ours(2, Delivery::Sent, LONG, 20)];
    let there = [
        outbound(Some("a"), "Your table is ready, see you ", 21),
        outbound(Some("b"), "at nine o’clock – thank you", 21),
    ];
    assert_eq!(plan(Terms::default(), &there, &here), vec![Op::Piece { id: MessageId(2), shown: None }; 2]);
}

/// The piece that came before is listed again beside the next one.
#[test]
fn a_piece_that_comes_later_joins_the_one_before() {
    let known = Known {
        history_at: Some(at(1)),
        shown: Some(23),
        delivery: Some(Delivery::Sent),
        remote_ids: vec![(Road::Journal, "a".to_owned())],
        ..unconfirmed(1, LONG, 0)
    };
    let there = [
        outbound(Some("b"), "at nine o’clock – thank you", 2),
        outbound(Some("a"), "Your table is ready, see you ", 1),
    ];
    let ops = plan(Terms::default(), &there, &[known]);
    assert_eq!(ops, vec![Op::Piece { id: MessageId(1), shown: None }, update(1)]);
}

/// What an older page brings is no proof that it has just turned up.
#[test]
fn a_rewritten_text_of_yesterday_is_not_the_one_of_today() {
    let terms = Terms { appeared: Some((at(-20), at(10))), ..Terms::default() };
    let yesterday = outbound(Some("j"), "Your table is ready, see", -86_000);
    assert_eq!(plan(terms, &[yesterday], &[unconfirmed(1, LONG, 0)]), vec![NEW]);
}

//! Where messages stand in a conversation, and under which id.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use mctui::model::{Delivery, Message, MessageId, ThreadId, query};
use mctui::store::{Incoming, MessageWindow, Op, SearchQuery, Settlement, Store};

use super::{Home, MAIN, at, contact, inbound, number, outbound, outgoing, take_in, take_one};

/// The texts of a conversation, oldest first.
async fn texts(store: &Store, thread: ThreadId) -> Vec<String> {
    let page = store.messages(thread, MessageWindow::Newest, 100).await.unwrap();
    page.messages.into_iter().map(|message| message.body).collect()
}

/// All of one second, in the order in which the service has them.
fn second(texts: &[&str]) -> Vec<Incoming> {
    texts
        .iter()
        .map(|text| if text.len() > 1 { outbound(1, 7, text, Delivery::Sent) } else { inbound(1, 7, text) })
        .collect()
}

#[tokio::test]
async fn messages_of_one_second_stand_as_they_are_listed_however_they_came() {
    let all = ["a", "our b", "c", "d", "our e"];
    let cases: [&[&[&str]]; 5] = [
        &[&all],
        &[&all[..1], &all[..2], &all[..3], &all[..4], &all],
        // the end of a page was in the middle of them, and older ones came with the next
        &[&all[3..], &all[..4]],
        &[&["our b"], &["our e"], &["our b", "c", "d", "our e"], &all],
        // what stood otherwise here is put right
        &[&["our e", "d", "a"], &all],
    ];
    for batches in cases {
        let home = Home::new().await;
        for batch in batches {
            take_in(&home.store, second(batch)).await;
        }
        let thread = home.store.thread_between(number(MAIN), contact(1)).await.unwrap().unwrap().id;
        assert_eq!(texts(&home.store, thread).await, all, "{batches:?}");
        let query = query::parse("our", true, at(0), &TimeZone::UTC);
        let asked = SearchQuery { query, limit: 9, ..SearchQuery::default() };
        let page = home.store.search(asked).await.unwrap();
        let found: Vec<_> = page.found.iter().map(|found| found.message.body.as_str()).collect();
        assert_eq!(found, ["our e", "our b"], "the index goes along: {batches:?}");
        assert_eq!(home.store.thread(thread).await.unwrap().unwrap().unread, 3);
        assert_eq!(home.store.health().await.unwrap().integrity, Ok(()));
    }
}

async fn message(store: &Store, id: MessageId) -> Message {
    store.message(id).await.unwrap().unwrap()
}

fn updating(id: MessageId) -> impl FnOnce(&[Incoming], &[mctui::store::Known]) -> Vec<Op> + Send {
    move |batch, _| vec![Op::Update { id }; batch.len()]
}

/// Whoever has its old id still means the same message, and nobody else's.
#[tokio::test]
async fn a_text_stands_where_it_was_posted_and_then_where_history_has_it() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (thread, written) = store.enqueue(outgoing(1, 0, "ours")).await.unwrap();
    take_in(&store, vec![inbound(1, 30, "a question")]).await;
    assert_eq!(texts(&store, thread).await, ["ours", "a question"]);
    assert!(store.claim(written, at(60)).await.unwrap());
    let posted = message(&store, written).await;
    assert_eq!((posted.at, posted.delivery.clone()), (at(60), Some(Delivery::Sending)));
    assert_eq!(texts(&store, thread).await, ["a question", "ours"]);
    // an answer to the old id comes while history has it already
    store.intake(vec![outbound(1, 20, "ours", Delivery::Sent)], updating(posted.id)).await.unwrap();
    store.settle(written, Settlement::Sent { remote_id: Some("s-1".into()) }).await.unwrap();
    let shown = message(&store, written).await;
    assert_eq!((shown.at, shown.delivery.clone()), (at(20), Some(Delivery::Sent)));
    assert_eq!(message(&store, posted.id).await, shown);
    assert_eq!(texts(&store, thread).await, ["ours", "a question"]);
    let row = store.thread(thread).await.unwrap().unwrap();
    assert_eq!((row.snippet.as_str(), row.last_message_at), ("a question", at(30)));
    // neither of its old ids is given to another one
    for seconds in [0, 60] {
        take_one(&store, inbound(1, seconds, "another")).await;
    }
    assert_eq!(message(&store, written).await, shown);
    assert_eq!(message(&store, posted.id).await, shown);
}

#[tokio::test]
async fn what_is_written_here_goes_by_the_clock_of_the_service() {
    let home = Home::new().await;
    let store = home.store.clone();
    // ours is two hours behind
    take_in(&store, vec![inbound(1, 7_000, "a question")]).await;
    store.set_clock_offset(SignedDuration::from_hours(2));
    let (thread, id) = store.enqueue(outgoing(1, 0, "an answer")).await.unwrap();
    assert_eq!(message(&store, id).await.at, at(7_200));
    assert!(store.claim(id, at(1)).await.unwrap());
    assert_eq!(message(&store, id).await.at, at(7_200));
    take_in(&store, vec![inbound(1, 7_205, "thanks")]).await;
    assert_eq!(texts(&store, thread).await, ["a question", "an answer", "thanks"]);
    // a second more or less is how exactly the service tells its time
    store.set_clock_offset(SignedDuration::from_secs(1));
    assert_eq!(message(&store, store.enqueue(outgoing(2, 0, "hi")).await.unwrap().1).await.at, at(0));
}

/// The offset is learnt by the first answer, which may be the one to the text itself.
#[tokio::test]
async fn a_text_of_a_wrong_clock_is_put_right_by_the_answer_to_it() {
    let home = Home::new().await;
    let store = home.store.clone();
    let year = 365 * 86_400;
    let (thread, id) = store.enqueue(outgoing(1, year, "from next year")).await.unwrap();
    assert!(store.claim(id, at(year)).await.unwrap());
    store.set_clock_offset(SignedDuration::from_secs(-year));
    store.settle(id, Settlement::Sent { remote_id: None }).await.unwrap();
    assert_eq!(message(&store, id).await.at, at(0));
    take_in(&store, vec![inbound(1, 5, "thanks")]).await;
    assert_eq!(texts(&store, thread).await, ["from next year", "thanks"]);
}

#[tokio::test]
async fn a_record_of_an_impossible_time_stands_where_it_was_first_seen() {
    let home = Home::new().await;
    let store = home.store.clone();
    let far: jiff::Timestamp = "6500-01-01T00:00:00Z".parse().unwrap();
    let record = |seen| Incoming { claimed_at: Some(far), remote_id: None, ..inbound(1, seen, "from the year 6500") };
    let (thread, id) = take_one(&store, record(10)).await;
    take_in(&store, vec![inbound(1, 20, "later")]).await;
    assert_eq!(texts(&store, thread).await, ["from the year 6500", "later"]);
    // it is offered again by the time that it bears itself
    let known = super::intake::given(&store, vec![record(500)]).await;
    assert_eq!(known.iter().map(|known| (known.id, known.history_at)).collect::<Vec<_>>(), [(id, Some(far))]);
    assert!(MessageId::floor(far) > MessageId::floor(at(0)));
    assert_eq!(MessageId::floor("9999-01-01T00:00:00Z".parse().unwrap()).at().strftime("%Y").to_string(), "6429");
}

/// Nothing is said to be missing while something like it is there, and the row knows which.
#[tokio::test]
async fn an_unconfirmed_text_is_not_said_to_be_missing_beside_one_that_is_like_it() {
    let home = Home::new().await;
    let store = home.store.clone();
    let (_, id) = store.enqueue(outgoing(1, 0, "Your table is ready at nine")).await.unwrap();
    assert!(store.claim(id, at(0)).await.unwrap());
    store.settle(id, Settlement::Unconfirmed("the answer was lost".into())).await.unwrap();
    for _ in 0..4 {
        store.looked(number(MAIN), at(-60), at(1_000)).await.unwrap();
    }
    let lost = message(&store, id).await;
    assert_eq!(lost.like, None);
    assert!(lost.error.as_ref().unwrap().ends_with("most likely it did not go out"), "{lost:?}");
    // it comes late, and not as it was written
    let late = outbound(1, 900, "The table is ready at nine", Delivery::Sent);
    let (thread, like) = take_one(&store, late).await;
    let lost = message(&store, id).await;
    assert_eq!(lost.like, Some(like));
    let reason = "the answer was lost; a message in MightyCall's history may be this one";
    assert_eq!(
        (lost.error.as_deref(), lost.delivery.clone()),
        (Some(reason), Some(Delivery::Unconfirmed(reason.into())))
    );
    assert_eq!(store.thread(thread).await.unwrap().unwrap().trouble, 1);
    store.looked(number(MAIN), at(-60), at(2_000)).await.unwrap();
    assert_eq!(message(&store, id).await, lost);
    // another one says nothing of it
    let (_, other) = store.enqueue(outgoing(1, 2, "We are closed on Monday")).await.unwrap();
    assert!(store.claim(other, at(2)).await.unwrap());
    store.settle(other, Settlement::Unconfirmed(String::new())).await.unwrap();
    for _ in 0..3 {
        store.looked(number(MAIN), at(-60), at(2_000)).await.unwrap();
    }
    let reason = "MightyCall's history does not show it, so most likely it did not go out";
    assert_eq!(
        (message(&store, other).await.error.as_deref(), message(&store, other).await.like),
        (Some(reason), None)
    );
}

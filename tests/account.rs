//! History as the account has it: one look over all numbers, what comes late, what is cut off and gone on with.

mod common;

use common::{Rig, fictional, open, threads};
use jiff::{SignedDuration, Timestamp};
use mctui::emulator::{Dialect, Effect, Envelope, Fault, Names, Options, Status, Unfiltered};
use mctui::model::{Address, Contact, Delivery, MessageId};
use mctui::store::Outgoing;
use mctui::sync::run::look;
use mctui::sync::{Extent, Report};
use rstest::rstest;

const ALL: Extent = Extent::New(1_000);

fn history_requests(rig: &Rig) -> usize {
    rig.emulator.requests().iter().filter(|request| request.path.contains("journal")).count()
}

async fn look_well(rig: &Rig) -> Report {
    let report = look(&rig.context, 1_000, |_, _| {}).await;
    assert_eq!(report.failures().count(), 0, "{report:#?}");
    report
}

/// Three numbers of one account cost one request a look, and what arrives on any of them is there after it.
#[rstest]
#[case::as_reported(Dialect::journal())]
#[case::bare(Dialect { envelope: Envelope::Bare, total: false, names: Names::Rotating, ..Dialect::journal() })]
#[case::deaf_to_times(Dialect { time_filter: false, page_cap: Some(50), total: false, has_more: true, ..Dialect::journal() })]
#[tokio::test]
async fn one_look_covers_the_account(#[case] dialect: Dialect) {
    let rig = Rig::start(Options::sized(3, 20, 300).speaking(dialect), false).await;
    rig.sync_well(ALL).await;
    // the second learns that the account shows them all
    rig.sync_well(ALL).await;
    for round in 0..3_u8 {
        for number in 0..3 {
            let text = format!("round {round} on line {number}");
            rig.emulator.receive(&fictional(50 + round), &rig.number(number), &text);
        }
        let before = history_requests(&rig);
        let report = look_well(&rig).await;
        assert_eq!((history_requests(&rig) - before, report.requests()), (1, 1));
        assert!(report.numbers.iter().all(|number| number.tally.new == 1), "{report:#?}");
        assert_eq!(rig.cached().await, rig.account());
    }
    let unread: u32 = threads(rig.store()).await.iter().map(|thread| thread.unread).sum();
    assert!(unread >= 9);
}

/// Where the account as a whole shows less, or nothing, each number is looked at by itself.
#[rstest]
#[case::one_number_alone(Dialect { unfiltered: Unfiltered::First, ..Dialect::journal() }, false)]
#[case::refused(Dialect { unfiltered: Unfiltered::Refused(400), ..Dialect::journal() }, false)]
#[case::not_for_these_keys(Dialect { unfiltered: Unfiltered::Refused(401), ..Dialect::journal() }, false)]
#[case::failing(Dialect { unfiltered: Unfiltered::Refused(500), ..Dialect::journal() }, false)]
#[case::keys_of_their_own(Dialect::under_api(), true)]
#[case::number_keys(Dialect::number_keys(), true)]
#[tokio::test]
async fn no_number_is_left_out(#[case] dialect: Dialect, #[case] own_keys: bool) {
    let rig = Rig::start(Options::sized(3, 20, 90).speaking(dialect), own_keys).await;
    rig.sync_well(ALL).await;
    for round in 0..3_u8 {
        for number in 0..3 {
            rig.emulator.receive(&fictional(60 + round), &rig.number(number), "is anybody there?");
        }
        let report = if round == 1 { rig.sync_well(ALL).await } else { look_well(&rig).await };
        assert_eq!(report.new_messages(), 3, "{report:#?}");
        assert_eq!(rig.cached().await, rig.account());
    }
}

/// An account that stops showing a number is found out by the looks at that number alone.
#[tokio::test]
async fn a_view_that_narrows_is_found_out() {
    let dialect = Dialect::journal();
    let rig = Rig::start(Options::sized(3, 20, 90).speaking(dialect.clone()), false).await;
    rig.sync_well(ALL).await;
    rig.sync_well(ALL).await;
    assert_eq!(look_well(&rig).await.requests(), 1);

    // the same history at a service that shows less
    let narrow = Dialect { unfiltered: Unfiltered::First, ..dialect };
    let options = Options::sized(3, 20, 90).speaking(narrow.clone());
    let (emulator, now) = (mctui::emulator::Emulator::start(options).await.unwrap(), rig.emulator.now());
    let context = open(&emulator, &narrow, false, rig.home.path()).await;
    let before = now - SignedDuration::from_mins(1);
    emulator.receive_at(&fictional(70), &rig.number(2), "only this line shows it", before);
    for number in context.ours() {
        let cursor = context.store.cursor(number.clone()).await.unwrap().unwrap();
        context.store.set_cursor(number, mctui::store::Cursor { checked_at: None, ..cursor }).await.unwrap();
    }
    emulator.receive(&fictional(71), &rig.number(0), "this one the account shows");
    for _ in 0..3 {
        // one number at a time is looked at alone
        look(&context, 1_000, |_, _| {}).await;
    }
    emulator.receive(&fictional(70), &rig.number(2), "and so does this");
    look(&context, 1_000, |_, _| {}).await;
    let texts: Vec<_> = rig.cached().await.into_iter().map(|(.., text)| text).collect();
    for text in ["only this line shows it", "this one the account shows", "and so does this"] {
        assert!(texts.iter().any(|other| other == text), "{text}");
    }
}

/// What comes in above a gap that a broken run has left is news like other messages.
#[tokio::test]
async fn what_fills_a_gap_is_unread() {
    let dialect = Dialect { page_cap: Some(20), total: false, has_more: true, ..Dialect::journal() };
    let rig = Rig::start(Options::sized(1, 10, 100).speaking(dialect), false).await;
    rig.sync_well(ALL).await;
    rig.store().mark_all_read(None).await.unwrap();
    let now = rig.emulator.now();
    for minute in 0..60_i64 {
        let at = now + SignedDuration::from_mins(minute);
        rig.emulator.receive_at(&fictional(50), &rig.number(0), &format!("number {minute}"), at);
    }
    rig.emulator.fault(Fault::on("/journal", Effect::Delay(std::time::Duration::ZERO)).times(1));
    rig.emulator.fault(Fault::on("/journal", Effect::Status(403)));
    assert_eq!(rig.sync(ALL).await.new_messages(), 20);
    rig.emulator.clear_faults();
    rig.sync_well(ALL).await;
    assert_eq!(rig.cached().await, rig.account());
    assert_eq!(rig.store().unread(None).await.unwrap().messages, 60);
}

/// A service whose records bear another time than its answers: a message whose answer was lost is found all the same.
#[rstest]
#[case::ahead(5)]
#[case::behind(-5)]
#[tokio::test]
async fn a_lost_answer_is_found_whatever_the_clock(#[case] hours: i64) {
    let now = Timestamp::now() + SignedDuration::from_hours(hours);
    let rig = Rig::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal()).at(now), false).await;
    rig.emulator.receive(&fictional(99), &rig.number(0), "Are you open?");
    rig.sync_well(ALL).await;
    let id = queue(&rig, &fictional(99), "Until six").await;
    rig.emulator.fault(Fault::on("/messages/send", Effect::Reset).after_work());
    rig.drain().await;
    rig.emulator.clear_faults();
    rig.sync_well(ALL).await;
    let delivery = rig.store().message(id).await.unwrap().unwrap().delivery.unwrap();
    assert!(matches!(delivery, Delivery::Sent | Delivery::Delivered), "{delivery:?}");
    assert_eq!(rig.cached().await, rig.account());
}

/// Records that turn up hours late, and a service whose clock is put back, are news like others.
#[rstest]
#[case::account(3)]
#[case::one_number(1)]
#[tokio::test]
async fn what_comes_late_is_fetched_and_unread(#[case] numbers: usize) {
    let rig = Rig::start(Options::sized(numbers, 20, 200).speaking(Dialect::journal()), false).await;
    rig.sync_well(ALL).await;
    for thread in threads(rig.store()).await {
        rig.store().mark_read(thread.id, MessageId(i64::MAX)).await.unwrap();
    }
    rig.emulator.receive(&fictional(50), &rig.number(0), "on time");
    rig.sync_well(ALL).await;
    let now = rig.emulator.now();
    for hours in [1_u8, 6, 20] {
        let at = now - SignedDuration::from_hours(hours.into());
        rig.emulator.receive_at(&fictional(50 + hours), &rig.number(0), "late", at);
    }
    let report = rig.sync_well(ALL).await;
    assert_eq!(report.new_messages(), 3);
    let unread: u32 = threads(rig.store()).await.iter().map(|thread| thread.unread).sum();
    assert_eq!(unread, 4);
    assert_eq!(rig.cached().await, rig.account());
}

/// A full import that is killed after any page goes on where it was, while messages keep arriving.
#[rstest]
#[case::journal(Dialect { page_cap: Some(50), total: false, has_more: true, ..Dialect::journal() }, false)]
#[case::journal_that_tells_nothing(Dialect { page_cap: Some(50), total: false, ..Dialect::journal() }, false)]
#[case::message_list(Dialect { page_cap: Some(50), without_id: 0, ..Dialect::number_keys() }, true)]
#[tokio::test]
async fn an_import_is_gone_on_with(#[case] dialect: Dialect, #[case] own_keys: bool) {
    let rig = Rig::start(Options::sized(1, 10, 1_000).speaking(dialect.clone()), own_keys).await;
    let road = if own_keys { "/contactcenter/message" } else { "/journal" };
    let mut requests = 0;
    for killed in 0..5_u8 {
        rig.emulator.fault(Fault::on(road, Effect::Delay(std::time::Duration::ZERO)).times(4));
        rig.emulator.fault(Fault::on(road, Effect::Status(403)));
        let context = open(&rig.emulator, &dialect, own_keys, rig.home.path()).await;
        let report = mctui::sync::run::sync(&context, &context.ours(), Extent::Full, |_, _| {}).await;
        assert_eq!(report.failures().count(), 1);
        requests += report.requests();
        rig.emulator.clear_faults();
        rig.emulator.receive(&fictional(60 + killed), &rig.number(0), "meanwhile");
    }
    let report = rig.sync_well(Extent::Full).await;
    requests += report.requests();
    assert!(report.numbers[0].tally.complete);
    assert_eq!(rig.cached().await, rig.account());
    // beside the pages, what a program that begins anew looks at first, and what this account has not
    assert!(requests <= 60, "{requests} requests for 20 pages");
}

/// "More" fetches older messages, a few at a time, down to the beginning.
#[tokio::test]
async fn more_is_fetched_bit_by_bit() {
    let rig = Rig::start(Options::sized(1, 10, 250).speaking(Dialect::journal()), false).await;
    rig.sync_well(Extent::Limit(50)).await;
    let mut before = rig.cached().await.len();
    for _ in 0..3 {
        let report = rig.sync_well(Extent::More(100)).await;
        let now = rig.cached().await.len();
        assert!(now >= 250 || now >= before + 98, "{before} → {now}: {report:#?}");
        before = now;
    }
    assert_eq!(rig.cached().await, rig.account());
    let unread: u32 = threads(rig.store()).await.iter().map(|thread| thread.unread).sum();
    let first = Rig::start(Options::sized(1, 10, 250).speaking(Dialect::journal()), false).await;
    first.sync_well(ALL).await;
    let usual: u32 = threads(first.store()).await.iter().map(|thread| thread.unread).sum();
    assert!(unread <= usual, "older messages are not news");
}

async fn queue(rig: &Rig, to: &Address, text: &str) -> MessageId {
    let contact = Contact { address: to.clone(), name: None };
    let (body, at) = (text.to_owned(), Timestamp::now());
    let outgoing = Outgoing { number: rig.number(0), contact, body, at, not_before: None };
    rig.store().enqueue(outgoing).await.unwrap().1
}

/// A message that history does not show is said to be most likely not out, once it was looked for often enough; and it is
/// taken for sent all the same, should it turn up.
#[rstest]
#[case::not_out(Fault::on("/messages/send", Effect::Reset), false)]
#[case::out_after_all(Fault::on("/messages/send", Effect::Reset).after_work(), true)]
#[tokio::test]
async fn an_unconfirmed_message_is_looked_for_and_then_missed(#[case] fault: Fault, #[case] out: bool) {
    let rig = Rig::empty().await;
    rig.emulator.receive(&fictional(99), &rig.number(0), "Are you open?");
    rig.sync_well(ALL).await;
    let id = queue(&rig, &fictional(99), "Until six").await;
    rig.emulator.fault(fault);
    rig.drain().await;
    rig.emulator.clear_faults();
    let state = async || rig.store().message(id).await.unwrap().unwrap().delivery.unwrap();
    let missed = async || matches!(state().await, Delivery::Unconfirmed(why) if why.contains("does not show it"));

    // a moment after it was posted it may not be there yet: that does not count
    for _ in 0..5 {
        if !out {
            rig.sync_well(ALL).await;
        }
    }
    assert!(!missed().await);
    let number = rig.number(0);
    let soon = Timestamp::now() + SignedDuration::from_mins(1);
    for _ in 0..5 {
        // however often: a service may take its time to show what it has sent
        assert!(rig.store().looked(number.clone(), Timestamp::UNIX_EPOCH, soon).await.unwrap().is_empty());
    }
    let later = Timestamp::now() + SignedDuration::from_mins(10);
    assert!(!missed().await);
    let told = rig.store().looked(number.clone(), Timestamp::UNIX_EPOCH, later).await.unwrap();
    assert_eq!((told, missed().await), (vec![id], true));
    assert!(rig.store().looked(number, Timestamp::UNIX_EPOCH, later).await.unwrap().is_empty());

    rig.sync_well(ALL).await;
    assert_eq!(matches!(state().await, Delivery::Sent | Delivery::Delivered), out, "{:?}", state().await);
    assert_eq!(missed().await, !out);
    assert_eq!(rig.cached().await.len(), 2);
}

/// A delivery is followed until it is final, by the looks that are made anyway.
#[tokio::test]
async fn a_late_delivery_report_is_taken_over() {
    let rig = Rig::empty().await;
    let id = queue(&rig, &fictional(99), "On our way").await;
    rig.drain().await;
    rig.sync_well(ALL).await;
    // a busy day goes by
    let now = rig.emulator.now();
    for hour in 1..40 {
        rig.emulator.receive_at(&fictional(50), &rig.number(0), "hello", now + SignedDuration::from_hours(hour));
    }
    rig.sync_well(ALL).await;
    let stored = rig.emulator.messages(None).into_iter().find(|message| message.text == "On our way").unwrap();
    assert!(rig.emulator.report(&stored.id, Status::Delivered));
    let before = rig.emulator.request_count();
    rig.sync_well(ALL).await;
    assert_eq!(rig.store().message(id).await.unwrap().unwrap().delivery, Some(Delivery::Delivered));
    assert_eq!(rig.emulator.request_count() - before, 1);
}

//! An account as MightyCall describes it (`docs/mightycall-api.md`): how few requests it takes, and that what is said of it
//! is so.

mod common;

use std::time::Duration;

use common::program::Program;
use common::{Rig, fictional, messages, open, threads};
use jiff::{SignedDuration, Timestamp};
use mctui::api::Kind;
use mctui::emulator::{
    Archive, Dialect, Effect, Emulator, Fault, File, Files, Options, RetryAfter, Status, WindowLimit,
};
use mctui::model::{Address, Contact, Delivery, MessageId};
use mctui::store::Outgoing;
use mctui::sync::run::look;
use mctui::sync::{Command, Engine, Event, Extent, attachments};
use rstest::rstest;
use serde_json::Value;

const NEW: Extent = Extent::New(1_000);

fn requests(rig: &Rig) -> usize {
    rig.emulator.request_count()
}

async fn queue(rig: &Rig, text: &str) -> MessageId {
    let contact = Contact { address: fictional(77), name: None };
    let (number, at) = (rig.number(0), Timestamp::now());
    let outgoing = Outgoing { number, contact, body: text.to_owned(), at, not_before: None };
    rig.store().enqueue(outgoing).await.unwrap().1
}

/// One question covers all numbers, and what is known of the account is known to the next program.
#[tokio::test]
async fn history_costs_little() {
    let rig = Rig::start(Options::sized(4, 300, 6_000), false).await;
    let report = rig.sync_well(Extent::Full).await;
    assert_eq!((report.new_messages(), rig.cached().await == rig.account()), (6_000, true));
    assert!(report.numbers.iter().all(|number| number.tally.complete));
    assert!(requests(&rig) <= 10, "{} requests", requests(&rig));
    assert_eq!(requests(&rig), report.requests() as usize);

    // another program: the sign-in is kept
    let before = requests(&rig);
    let next = open(&rig.emulator, &Dialect::v4(), false, rig.home.path()).await;
    rig.emulator.receive(&fictional(50), &rig.number(3), "one more");
    let report = mctui::sync::run::sync(&next, &next.ours(), NEW, |_, _| {}).await;
    assert_eq!((report.new_messages(), requests(&rig) - before), (1, 1));
}

/// Whatever windows of time the account takes, everything comes; and that it is everything is said only where the
/// account can be asked.
#[rstest]
#[case::of_a_month(WindowLimit::Refused { days: 31 }, false)]
#[case::of_a_quarter(WindowLimit::Refused { days: 92 }, true)]
#[case::of_a_year(WindowLimit::Refused { days: 366 }, true)]
#[case::cut_to_a_month(WindowLimit::Clipped { days: 31 }, false)]
#[case::cut_to_a_year(WindowLimit::Clipped { days: 366 }, true)]
#[tokio::test]
async fn windows_of_time_are_got_over(#[case] limit: WindowLimit, #[case] can_tell: bool) {
    let dialect = Dialect { list_window: limit, counts_window: limit, ..Dialect::v4() };
    let rig = Rig::start(Options::empty(&["+12025550101", "+12025550102"]).speaking(dialect), false).await;
    let now = rig.emulator.now();
    // quiet for 45 days, and before that for half a year once
    for n in 0..300_i64 {
        let days = 45 + n / 3 + if n > 200 { 180 } else { 0 };
        let (contact, number) = (fictional(50 + u8::try_from(n % 20).unwrap()), rig.number(usize::from(n % 7 == 0)));
        let at = now - SignedDuration::from_hours(24 * days) - SignedDuration::from_secs(n);
        rig.emulator.receive_at(&contact, &number, &format!("message {n}"), at);
    }
    let report = rig.sync_well(Extent::Full).await;
    assert_eq!(rig.cached().await, rig.account());
    let told = |tally: &mctui::sync::history::Tally| (tally.complete, tally.unreached);
    assert!(report.numbers.iter().all(|number| told(&number.tally) == (can_tell, !can_tell)), "{report:#?}");
    assert!(requests(&rig) <= 75, "{} requests", requests(&rig));
    // what was found out is known: the next runs go on from there, until it can be said
    for _ in 0..4 {
        rig.sync_well(Extent::Full).await;
    }
    let report = rig.sync_well(NEW).await;
    assert!(report.numbers.iter().all(|number| number.tally.complete), "{report:#?}");
}

/// A list that refuses long windows, beside a count that does not.
#[tokio::test]
async fn a_count_tells_where_the_list_does_not() {
    let dialect = Dialect { list_window: WindowLimit::Refused { days: 31 }, ..Dialect::v4() };
    let rig = Rig::start(Options::sized(3, 20, 400).speaking(dialect), false).await;
    let report = rig.sync_well(Extent::Full).await;
    assert_eq!(rig.cached().await, rig.account());
    assert!(report.numbers.iter().all(|number| number.tally.complete));
    assert!(requests(&rig) <= 14, "{} requests", requests(&rig));
}

/// A refusal in the middle of a first sync is told, with every number that it concerns; what came stays, and the next
/// sync goes on.
#[tokio::test]
async fn a_refusal_in_the_middle_is_told() {
    let rig = Rig::start(Options::sized(2, 30, 2_500), false).await;
    rig.emulator.fault(Fault::on("/journal/requests", Effect::Delay(Duration::ZERO)).times(3));
    let body = r#"{"errorCode":"InvalidParameters","message":"The page is out of order."}"#;
    rig.emulator.fault(Fault::on("/journal/requests", Effect::Json { status: 400, body: body.into() }));
    let report = rig.sync(Extent::Full).await;
    assert_eq!((report.failures().count(), report.new_messages()), (2, 2_000));
    let error = report.failures().next().unwrap().api_error().unwrap();
    assert_eq!((error.kind(), error.words()), (Kind::Refused, Some("The page is out of order.")));
    rig.emulator.clear_faults();
    let report = rig.sync_well(Extent::Full).await;
    assert!(report.numbers.iter().all(|number| number.tally.complete));
    assert_eq!(rig.cached().await, rig.account());
}

/// A limit is one of each number: what a busy one has too much of is not fetched for the sake of a quiet one.
#[tokio::test]
async fn a_limit_is_per_number() {
    let rig = Rig::start(Options::empty(&["+12025550101", "+12025550102"]), false).await;
    let now = rig.emulator.now();
    let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
    for n in 0..2_000_i64 {
        rig.emulator.receive_at(&fictional(50), &rig.number(0), &format!("busy {n}"), ago(n + 1));
    }
    for n in 0..30_i64 {
        rig.emulator.receive_at(&fictional(51), &rig.number(1), &format!("quiet {n}"), ago(20_000 + n));
    }
    let report = rig.sync_well(Extent::Limit(50)).await;
    let new: Vec<_> = report.numbers.iter().map(|number| number.tally.new).collect();
    assert!(50 <= new[0] && new[0] <= 200 && new[1] == 30, "{new:?}");
    assert!(report.numbers[1].tally.complete && !report.numbers[0].tally.complete);
    assert!(requests(&rig) <= 8, "{} requests", requests(&rig));
}

/// What MightyCall took and later reports as not sent is a failure, however late that is.
#[rstest]
#[case::soon(0)]
#[case::hours_later(3)]
#[case::two_days_later(47)]
#[tokio::test]
async fn not_sent_is_a_failure(#[case] hours: i64) {
    let rig = Rig::start(Options::empty(&["+12025550101"]), false).await;
    rig.sync_well(NEW).await;
    let id = queue(&rig, "See you at three").await;
    rig.drain().await;
    rig.sync_well(NEW).await;
    let delivery = async || rig.store().message(id).await.unwrap().unwrap().delivery.unwrap();
    assert_eq!(delivery().await, Delivery::Sent);
    // the conversation goes on
    let at = rig.emulator.now() + SignedDuration::from_hours(hours);
    rig.emulator.receive_at(&fictional(77), &rig.number(0), "Are you coming?", at);
    let stored = rig.emulator.messages(None).into_iter().find(|stored| stored.text == "See you at three").unwrap();
    assert!(rig.emulator.report(&stored.id, Status::Failed));
    rig.sync_well(NEW).await;
    let Delivery::Failed(reason) = delivery().await else { panic!("{:?}", delivery().await) };
    assert!(reason.contains("MightyCall") && !reason.contains("posted"), "{reason}");
    let unsettled = rig.store().outbox().await.unwrap();
    assert!(unsettled.iter().any(|message| message.first_id == id), "somebody has to act on it");
}

/// The time that a refusal names is waited for, and then the text goes, once.
#[tokio::test]
async fn a_pause_is_waited_for() {
    let rig = Rig::start(Options::empty(&["+12025550101"]), false).await;
    rig.sync_well(NEW).await;
    rig.emulator.fault(Fault::on("/contactcenter/messages/send", Effect::RateLimited(RetryAfter::Body(6))).times(1));
    queue(&rig, "hello").await;
    let settled = rig.drain().await;
    assert!(
        matches!(settled[0].kind, Some(Kind::RateLimited { after }) if after <= Duration::from_secs(8)),
        "{settled:?}"
    );
    let due = rig.store().next_due_at(&rig.context.ours()).await.unwrap().unwrap();
    assert!(due <= Timestamp::now() + SignedDuration::from_secs(8));
    assert!(rig.emulator.posts().is_empty());
}

/// What is known makes a first text one POST; with nothing known, one question that needs no keys comes before it.
#[tokio::test]
async fn a_first_text_is_one_post() {
    for known in [true, false] {
        let rig = Rig::start(Options::empty(&["+12025550101"]), false).await;
        if known {
            rig.sync_well(NEW).await;
        }
        let before = rig.emulator.requests().len();
        queue(&rig, "hello").await;
        assert_eq!(rig.drain().await[0].delivery, Delivery::Sent);
        let asked = rig.emulator.requests().split_off(before);
        let texts = asked.iter().filter(|request| request.method == "POST" && request.path.ends_with("/send"));
        assert_eq!(texts.count(), 1, "{asked:#?}");
        assert!(asked.len() <= if known { 1 } else { 3 }, "{asked:#?}");
    }
}

/// Older messages of one conversation come without those of the others, down to its beginning.
#[tokio::test]
async fn a_conversation_is_fetched_alone() {
    let rig = Rig::start(Options::sized(1, 10, 3_000), false).await;
    rig.sync_well(Extent::Limit(100)).await;
    let thread = threads(rig.store()).await.remove(0);
    let before = requests(&rig);
    let context = rig.context.reconfigured(mctui::config::Config::clone(&rig.context.config)).await.unwrap();
    let (engine, mut events) = Engine::start(context);
    engine.rest().await;
    engine.ask(Command::OlderInThread { thread: thread.id, count: 5_000 });
    engine.rest().await;
    let mut fetched = None;
    while let Ok(event) = events.try_recv() {
        if let Event::SyncDone(report) = event
            && report.new_messages() > 0
        {
            assert_eq!(report.failures().count(), 0, "{report:#?}");
            fetched = Some(report.new_messages());
        }
    }
    let theirs = |contact: &Address| rig.account().into_iter().filter(|row| row.1 == contact.to_string()).count();
    let all = theirs(&thread.contact.address);
    let here = messages(rig.store(), &thread).await.len();
    assert_eq!(here, all);
    assert_eq!(rig.cached().await.len(), 100 + usize::try_from(fetched.unwrap()).unwrap());
    let coverage = rig.store().thread_coverage(thread.id).await.unwrap().unwrap();
    assert!(coverage.is_complete(), "{coverage:?}");
    assert!(requests(&rig) - before <= 5, "{} requests", requests(&rig) - before);
}

/// Files come by the link of their record, and out of an archive where it has none.
#[rstest]
#[case::by_link(Dialect::v4())]
#[case::out_of_an_archive(Dialect { files: Files::Named, ..Dialect::v4() })]
#[case::out_of_one_in_base64(Dialect { files: Files::Named, archive: Archive::Base64, ..Dialect::v4() })]
#[tokio::test]
async fn files_are_fetched(#[case] dialect: Dialect) {
    let rig = Rig::start(Options::empty(&["+12025550101"]).speaking(dialect), false).await;
    let file = |name: &str| File { name: name.to_owned(), data: name.as_bytes().to_vec() };
    rig.emulator.receive_files(&fictional(50), &rig.number(0), "two", vec![file("a.png"), file("b.png")]);
    rig.sync_well(NEW).await;
    let thread = threads(rig.store()).await.remove(0);
    let id = messages(rig.store(), &thread).await[0].id;
    for (place, name) in [(1, "b.png"), (0, "a.png")] {
        let path = attachments::fetch(&rig.context, id, place).await.unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), name.as_bytes());
    }
    let before = requests(&rig);
    attachments::fetch(&rig.context, id, 0).await.unwrap();
    assert_eq!(requests(&rig), before, "it is here");
}

#[tokio::test]
async fn a_file_that_is_gone_is_not_asked_for() {
    let dialect = Dialect { files: Files::Expired, ..Dialect::v4() };
    let rig = Rig::start(Options::empty(&["+12025550101"]).speaking(dialect), false).await;
    let file = File { name: "a.png".to_owned(), data: b"a".to_vec() };
    rig.emulator.receive_files(&fictional(50), &rig.number(0), "", vec![file]);
    rig.sync_well(NEW).await;
    let thread = threads(rig.store()).await.remove(0);
    let message = messages(rig.store(), &thread).await.remove(0);
    let before = requests(&rig);
    let trouble = attachments::fetch(&rig.context, message.id, 0).await.unwrap_err();
    assert!(message.attachments[0].expired && trouble.what.contains("no longer keeps"), "{trouble:?}");
    assert_eq!(requests(&rig), before);
}

/// A service that understands no list of numbers, or another way to write one, in an account that was fetched elsewhere
/// before: nothing that is new stays unseen.
#[rstest]
#[case::no_list(Dialect { business_number_list: mctui::emulator::NumberList::Unknown, ..Dialect::v4() })]
#[case::list_refused(Dialect { business_number_list: mctui::emulator::NumberList::Refused, ..Dialect::v4() })]
#[tokio::test]
async fn another_service_is_asked_as_it_understands(#[case] dialect: Dialect) {
    let rig = Rig::start(Options::sized(3, 20, 90), false).await;
    rig.sync_well(NEW).await;
    let emulator = Emulator::start(Options::sized(3, 20, 90).speaking(dialect.clone())).await.unwrap();
    let context = open(&emulator, &dialect, false, rig.home.path()).await;
    for number in 0..3 {
        let before = emulator.now() - SignedDuration::from_mins(1);
        emulator.receive_at(&fictional(60), &rig.number(number), "is anybody there?", before);
    }
    let report = look(&context, 1_000, |_, _| {}).await;
    assert_eq!((report.failures().count(), report.new_messages()), (0, 3), "{report:#?}");
}

/// The doctor asks once for all numbers, and points at one that cannot text.
#[tokio::test]
async fn the_doctor_asks_little() {
    let mut options = Options::empty(&["+12025550101", "+12025550102", "+12025550103"]);
    let mctui::emulator::Business::Empty(numbers) = &mut options.business else { unreachable!() };
    numbers[1].sms_mode = "Capable".to_owned();
    let emulator = Emulator::start(options).await.unwrap();
    let program = Program::on(&emulator);
    program.json(&["numbers", "discover", "--add"]).await;
    let before = emulator.request_count();
    let run = program.run(&["doctor", "--json"]).await;
    let findings = run.json();
    let wrong: Vec<&Value> = findings.iter().filter(|finding| finding["ok"] == false).collect();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0]["check"].as_str().unwrap().contains("+12025550102"), "{wrong:?}");
    assert!(emulator.request_count() - before <= 4, "{} requests", emulator.request_count() - before);
}

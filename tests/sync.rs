//! Fetching history and sending, over HTTP, into a real database.

mod common;

use common::{Rig, fictional, hasty, messages, open, threads};
use jiff::Timestamp;
use mctui::api::Kind;
use mctui::emulator::{
    Credentials, Dialect, Effect, Envelope, Fault, Names, NumberList, Options, Order, RetryAfter, SendPath, SentText,
    Status,
};
use mctui::model::{Address, Contact, Delivery, Direction, MessageId};
use mctui::store::Outgoing;
use mctui::sync::Extent;
use mctui::sync::run::sync;
use rstest::rstest;

/// The account as the set-up guide, the report and the later integrations tell it, and what they leave open.
#[rstest]
#[case::number_keys(Dialect::number_keys(), true)]
#[case::number_keys_oldest_first(Dialect { order: Order::OldestFirst, page_cap: Some(40), ..Dialect::number_keys() }, true)]
#[case::number_keys_small_pages(Dialect { page_cap: Some(25), ..Dialect::number_keys() }, true)]
#[case::journal(Dialect::journal(), false)]
#[case::journal_bare(Dialect { envelope: Envelope::Bare, total: false, names: Names::Rotating, ..Dialect::journal() }, false)]
#[case::journal_small_pages(Dialect { page_cap: Some(30), total: false, has_more: true, ..Dialect::journal() }, false)]
#[case::under_api(Dialect::under_api(), true)]
#[case::described(Dialect::v4(), false)]
#[case::described_in_an_envelope(Dialect { envelope: Envelope::Data, total: true, ..Dialect::v4() }, false)]
#[case::described_with_keys_of_numbers(Dialect::v4(), true)]
#[case::described_in_short_pages(Dialect { page_cap: Some(70), ..Dialect::v4() }, false)]
#[case::described_under_threads(Dialect { filed_as_threads: 30, ..Dialect::v4() }, false)]
#[tokio::test]
async fn every_account_is_here_once(#[case] dialect: Dialect, #[case] own_keys: bool) {
    let rig = Rig::start(Options::sized(3, 20, 600).speaking(dialect), own_keys).await;
    let report = rig.sync_well(Extent::New(1_000)).await;
    assert_eq!(report.new_messages(), 600);
    assert!(report.numbers.iter().all(|number| number.tally.complete), "{report:#?}");
    assert_eq!(rig.cached().await, rig.account());

    let again = rig.sync_well(Extent::New(1_000)).await;
    assert_eq!(again.new_messages(), 0, "{again:#?}");
    let full = rig.sync_well(Extent::Full).await;
    assert_eq!(full.new_messages(), 0, "{full:#?}");
    assert_eq!(rig.cached().await, rig.account());
}

#[rstest]
#[case::number_keys(Dialect { without_id: 100, without_direction: 100, ..Dialect::number_keys() }, true, |number: &Address| Credentials::NumberKey(number.clone()))]
#[case::journal(Dialect::journal(), false, |_: &Address| Credentials::Account)]
#[case::under_api(Dialect::under_api(), true, |number: &Address| Credentials::AccountWithNumberKey(number.clone()))]
#[case::described(Dialect::v4(), false, |_: &Address| Credentials::Account)]
#[case::described_with_other_ids(Dialect { send_id_is_journal_id: false, ..Dialect::v4() }, false, |_: &Address| Credentials::Account)]
#[case::described_without_contact_centre(Dialect { role_refused: vec![SendPath::ContactCenterMessages], ..Dialect::v4() }, false, |_: &Address| Credentials::Account)]
#[tokio::test]
async fn a_send_is_posted_once_and_is_one_row(
    #[case] dialect: Dialect,
    #[case] own_keys: bool,
    #[case] used: fn(&Address) -> Credentials,
) {
    let rig = Rig::start(Options::sized(3, 5, 30).speaking(dialect), own_keys).await;
    rig.sync_well(Extent::New(1_000)).await;
    let id = queue(&rig, "Your order is ready — see you at 3").await;
    let settled = rig.drain().await;
    assert_eq!(settled.len(), 1);
    assert_eq!(settled[0].delivery, Delivery::Sent);

    let posts = rig.emulator.posts();
    assert_eq!(posts.len(), 1);
    assert_eq!(
        (posts[0].from.as_str(), posts[0].to.as_slice()),
        (rig.number(0).as_str(), &["+12025550199".to_owned()][..])
    );
    assert_eq!(posts[0].credentials, used(&rig.number(0)));

    rig.sync_well(Extent::New(1_000)).await;
    rig.sync_well(Extent::Full).await;
    assert_eq!(rig.cached().await, rig.account());
    let message = rig.store().message(id).await.unwrap().expect("the row keeps its id");
    assert!(matches!(message.delivery, Some(Delivery::Sent | Delivery::Delivered)), "{message:?}");
    assert!(rig.drain().await.is_empty());
    assert_eq!(rig.emulator.posts().len(), 1);
}

/// An earlier version took some of them for numbers, and a person may have written to one.
#[rstest]
#[case("(103) 555-0162")]
#[case("+03035550162")]
#[case("MYBANK")]
#[tokio::test]
async fn what_is_no_number_is_not_posted_to(#[case] to: &str) {
    let rig = Rig::start(Options::sized(1, 1, 1).speaking(Dialect::v4()), false).await;
    queue_to(&rig, Address::from_wire(to).unwrap(), "hello?").await;
    let settled = rig.drain().await;
    let reason = settled[0].delivery.reason().unwrap_or_default();
    assert!(
        matches!(settled[0].delivery, Delivery::Failed(_)) && reason.contains("cannot receive texts"),
        "{settled:?}"
    );
    assert!(rig.emulator.posts().is_empty());
}

async fn queue(rig: &Rig, text: &str) -> MessageId {
    queue_to(rig, fictional(99), text).await
}

async fn queue_to(rig: &Rig, to: Address, text: &str) -> MessageId {
    let contact = Contact { address: to, name: None };
    let outgoing =
        Outgoing { number: rig.number(0), contact, body: text.to_owned(), at: Timestamp::now(), not_before: None };
    rig.store().enqueue(outgoing).await.unwrap().1
}

/// A text with all that a service may write otherwise.
const RICH: &str =
    "It’s ready:  “Fish & chips” – pick it up at nine o’clock, or call us & we will bring it – thank you!";

/// However history shows a text, it is that text: also where its id says nothing, and where the answer to it was lost.
#[rstest]
#[tokio::test]
async fn a_text_that_the_service_rewrites_is_still_that_text(
    #[values(
        SentText::Straight,
        SentText::Entities,
        SentText::OptOut,
        SentText::Cut { characters: 60 },
        SentText::Split { characters: 40 }
    )]
    sent_text: SentText,
    #[values(false, true)] is_lost: bool,
    #[values(false, true)] is_named: bool,
) {
    let dialect = Dialect { sent_text, send_id_is_journal_id: is_named, ..Dialect::v4() };
    let rig = Rig::start(Options::sized(1, 1, 1).speaking(dialect), false).await;
    rig.sync_well(Extent::New(1_000)).await;
    if is_lost {
        for path in ["/messages/send", "/contactcenter/messages/send"] {
            rig.emulator.fault(Fault::on(path, Effect::Reset).after_work());
        }
    }
    let id = queue(&rig, RICH).await;
    let settled = rig.drain().await;
    assert_eq!(matches!(settled[0].delivery, Delivery::Unconfirmed(_)), is_lost, "{settled:?}");
    let records = rig.emulator.count(None) - 1;
    assert_eq!(records > 1, matches!(sent_text, SentText::Split { .. }));
    for extent in [Extent::New(1_000), Extent::New(1_000), Extent::Full] {
        rig.sync_well(extent).await;
        let message = rig.store().message(id).await.unwrap().unwrap();
        assert_eq!((message.body.as_str(), message.delivery), (RICH, Some(Delivery::Sent)));
        assert_eq!(rig.cached().await.len(), 2, "{:?}", rig.cached().await);
    }
    // the same once more is another one
    rig.emulator.clear_faults();
    queue(&rig, RICH).await;
    rig.drain().await;
    rig.sync_well(Extent::New(1_000)).await;
    assert_eq!(rig.cached().await.len(), 3);
}

/// Two desks see one conversation, whichever way its messages came to them.
#[rstest]
#[case::journal(Dialect::v4())]
#[case::list_from_new_to_old(Dialect { without_id: 0, ..Dialect::number_keys() })]
#[case::list_from_old_to_new(Dialect { order: Order::OldestFirst, ..Dialect::number_keys() })]
#[tokio::test]
async fn messages_of_one_second_stand_as_the_service_has_them(#[case] dialect: Dialect) {
    let rig = Rig::start(Options::sized(1, 1, 1).speaking(dialect.clone()), true).await;
    let home = tempfile::tempdir().unwrap();
    let from = fictional(77);
    let second = Timestamp::from_second(rig.emulator.now().as_second() - 60).unwrap();
    let texts: Vec<String> = (1..=7).map(|n| format!("number {n}")).collect();
    for text in &texts {
        rig.emulator.receive_at(&from, &rig.number(0), text, second);
        // this desk looks after each of them
        rig.sync_well(Extent::New(1_000)).await;
    }
    // that one comes afterwards
    let other = open(&rig.emulator, &dialect, true, home.path()).await;
    mctui::sync::run::sync(&other, &other.ours(), Extent::Full, |_, _| {}).await;
    for store in [rig.store(), &other.store] {
        let all = threads(store).await;
        let thread = all.iter().find(|thread| thread.contact.address == from).unwrap();
        let shown: Vec<String> = messages(store, thread).await.into_iter().map(|message| message.body).collect();
        assert_eq!(shown, texts);
    }
}

/// A record of years ahead neither tops the list for good, nor keeps new ones away, nor is from 1970.
#[rstest]
#[case("2099-01-01T00:00:00Z")]
#[case("6500-01-01T00:00:00Z")]
#[tokio::test]
async fn a_record_of_years_ahead_stands_where_it_was_first_seen(
    #[case] at: &str,
    #[values(false, true)] own_keys: bool,
) {
    let dialect = if own_keys { Dialect { without_id: 100, ..Dialect::number_keys() } } else { Dialect::journal() };
    let rig = Rig::start(Options::sized(1, 1, 1).speaking(dialect), own_keys).await;
    let began = Timestamp::now();
    rig.emulator.receive_at(&fictional(77), &rig.number(0), "from years ahead", at.parse().unwrap());
    for _ in 0..2 {
        rig.sync_well(Extent::New(1_000)).await;
    }
    rig.emulator.receive(&fictional(78), &rig.number(0), "from today");
    for extent in [Extent::New(1_000), Extent::New(1_000), Extent::Full] {
        rig.sync_well(extent).await;
    }
    let all = threads(rig.store()).await;
    assert_eq!(
        all.iter().map(|thread| thread.snippet.as_str()).take(2).collect::<Vec<_>>(),
        ["from today", "from years ahead"]
    );
    let seen = all[1].last_message_at;
    assert!(began.duration_since(seen).abs() < jiff::SignedDuration::from_mins(5), "{seen}");
    assert_eq!(rig.cached().await, rig.account());
}

/// What becomes of a message when the send goes wrong, how many were really sent, and what the next sync makes of it.
#[rstest]
#[case::reset_before_work(Fault::on("/messages/send", Effect::Reset), "unconfirmed", 0, "unconfirmed")]
#[case::reset_after_work(Fault::on("/messages/send", Effect::Reset).after_work(), "unconfirmed", 1, "sent")]
#[case::no_answer(Fault::on("/messages/send", Effect::Hang).after_work(), "unconfirmed", 1, "sent")]
#[case::server_error(Fault::on("/messages/send", Effect::Status(500)), "unconfirmed", 0, "unconfirmed")]
#[case::server_error_after_work(Fault::on("/messages/send", Effect::Status(502)).after_work(), "unconfirmed", 1, "sent")]
#[case::proxy_page(Fault::on("/messages/send", Effect::Html(200)), "unconfirmed", 0, "unconfirmed")]
#[case::half_an_answer(Fault::on("/messages/send", Effect::Truncated), "unconfirmed", 1, "sent")]
#[case::broken_off(Fault::on("/messages/send", Effect::CutShort), "unconfirmed", 1, "sent")]
#[case::refused(Fault::on("/messages/send", Effect::Status(400)), "failed", 0, "failed")]
#[case::forbidden(Fault::on("/messages/send", Effect::Status(403)), "failed", 0, "failed")]
#[case::redirected(Fault::on("/messages/send", Effect::Redirect("http://127.0.0.1:9/".into())), "failed", 0, "failed")]
#[case::one_401(Fault::on("/messages/send", Effect::Status(401)).times(1), "sent", 1, "sent")]
#[case::only_401(Fault::on("/messages/send", Effect::Status(401)), "failed", 0, "failed")]
#[case::told_to_wait(Fault::on("/messages/send", Effect::RateLimited(RetryAfter::Seconds(600))), "queued", 0, "queued")]
#[case::nowhere_to_send(Fault::on("/messages/send", Effect::Status(404)), "failed", 0, "failed")]
#[tokio::test]
async fn a_send_that_goes_wrong(
    #[case] fault: Fault,
    #[case] then: &str,
    #[case] posts: usize,
    #[case] after_sync: &str,
) {
    let rig = Rig::empty().await;
    rig.sync_well(Extent::New(1_000)).await;
    let id = queue(&rig, "Are you open on Sunday?").await;
    rig.emulator.fault(fault);
    rig.drain().await;
    let state = async || rig.store().message(id).await.unwrap().unwrap().delivery.unwrap();
    assert_eq!(state().await.name(), then);
    assert_eq!(rig.emulator.posts().len(), posts);

    rig.emulator.clear_faults();
    rig.sync_well(Extent::New(1_000)).await;
    assert_eq!(state().await.name(), after_sync);
    rig.drain().await;
    assert_eq!(rig.emulator.posts().len(), posts, "posted again without being told to");
    assert_eq!(rig.cached().await.len(), 1);
}

#[tokio::test]
async fn unreachable_is_queued_and_goes_when_the_network_is_back() {
    let rig = Rig::empty().await;
    rig.emulator.refuse().await;
    let id = queue(&rig, "Good morning").await;
    let settled = rig.drain().await;
    assert_eq!(settled[0].delivery, Delivery::Queued);
    assert_eq!(settled[0].kind, Some(Kind::Unreachable));
    // no connection, no request: a night without a network costs nothing of the day
    let key = rig.context.credentials(&rig.number(0)).unwrap().budget_key();
    assert_eq!(rig.context.ledger.spent(&key, Timestamp::now()).await.unwrap(), 0);
    rig.emulator.accept().await;
    // what waits says until when; a later clock is the same as waiting
    let due = rig.store().next_due_at(&rig.context.ours()).await.unwrap().expect("it waits for a time");
    assert!(due > Timestamp::now());
    rig.store().hurry().await.unwrap();
    assert_eq!(rig.drain().await[0].delivery, Delivery::Sent);
    assert_eq!(rig.emulator.posts().len(), 1);
    assert_eq!(rig.store().message(id).await.unwrap().unwrap().delivery, Some(Delivery::Sent));
}

#[tokio::test]
async fn two_equal_texts_stay_two() {
    let rig = Rig::start(Options::empty(&["+12025550101"]).speaking(Dialect::under_api()), true).await;
    for _ in 0..2 {
        queue(&rig, "ok").await;
    }
    assert_eq!(rig.drain().await.len(), 2);
    rig.sync_well(Extent::New(1_000)).await;
    rig.sync_well(Extent::Full).await;
    assert_eq!(rig.cached().await, rig.account());
    assert_eq!(rig.account().len(), 2);
}

#[tokio::test]
async fn a_message_left_sending_by_a_dead_process_is_unconfirmed() {
    let rig = Rig::empty().await;
    let id = queue(&rig, "Hello").await;
    assert!(rig.store().claim(id, Timestamp::now()).await.unwrap());
    let settled = rig.drain().await;
    assert!(matches!(settled[0].delivery, Delivery::Unconfirmed(_)), "{settled:?}");
    assert!(rig.emulator.posts().is_empty());
}

#[tokio::test]
async fn one_failing_number_does_not_stop_the_others() {
    let options = Options::sized(3, 10, 90).speaking(Dialect::under_api());
    let rig = Rig::start(options, true).await;
    let mut config = mctui::config::Config::clone(&rig.context.config);
    config.numbers[1].key = Some(mctui::config::Secret::parse("demo-wrong-key").unwrap());
    let context = rig.context.reconfigured(config).await.unwrap();
    let report = mctui::sync::run::sync(&context, &context.ours(), Extent::New(1_000), |_, _| {}).await;
    let failed: Vec<_> = report.failures().map(|number| number.number.clone()).collect();
    assert_eq!(failed, [rig.number(1)]);
    assert_eq!(report.failures().next().unwrap().api_error().map(mctui::api::Error::kind), Some(Kind::Unauthorised));
    let fetched = rig.emulator.count(Some(&rig.number(0))) + rig.emulator.count(Some(&rig.number(2)));
    assert_eq!(report.new_messages(), fetched as u64);
}

#[tokio::test]
async fn a_limit_cuts_and_full_completes() {
    let rig = Rig::start(Options::sized(1, 10, 500).speaking(Dialect::journal()), false).await;
    let report = rig.sync_well(Extent::Limit(100)).await;
    assert_eq!(report.new_messages(), 100);
    assert!(!report.numbers[0].tally.complete);
    let newest: Vec<_> = rig.emulator.messages(None).into_iter().rev().take(100).map(|stored| stored.text).collect();
    let cached = rig.cached().await;
    assert!(newest.iter().all(|text| cached.iter().any(|(.., body)| body == text)));

    let report = rig.sync_well(Extent::Full).await;
    assert_eq!((report.new_messages(), report.numbers[0].tally.complete), (400, true));
    assert_eq!(rig.cached().await, rig.account());
}

#[tokio::test]
async fn an_import_that_was_cut_off_is_made_whole() {
    let dialect = Dialect { page_cap: Some(50), total: false, has_more: true, ..Dialect::journal() };
    let rig = Rig::start(Options::sized(1, 10, 400).speaking(dialect), false).await;
    // what this account has not is found out in five requests; two pages come in, then the service is gone
    rig.emulator.fault(Fault::on("/journal", Effect::Delay(std::time::Duration::ZERO)).times(7));
    rig.emulator.fault(Fault::on("/journal", Effect::Status(403)));
    let report = rig.sync(Extent::New(1_000)).await;
    assert_eq!(report.failures().count(), 1);
    assert_eq!(report.new_messages(), 100);

    rig.emulator.clear_faults();
    rig.emulator.receive(&fictional(50), &rig.number(0), "and one more meanwhile");
    let report = rig.sync_well(Extent::New(1_000)).await;
    assert_eq!(report.new_messages(), 301);
    assert_eq!(rig.cached().await, rig.account());
}

#[tokio::test]
async fn new_messages_are_unread_and_old_history_is_not() {
    let rig = Rig::start(Options::sized(1, 10, 200).speaking(Dialect::journal()), false).await;
    rig.sync_well(Extent::Limit(20)).await;
    for thread in threads(rig.store()).await {
        rig.store().mark_read(thread.id, MessageId(i64::MAX)).await.unwrap();
    }
    rig.emulator.receive(&fictional(50), &rig.number(0), "Is anybody there?");
    rig.sync_well(Extent::Full).await;
    let unread: Vec<_> = threads(rig.store()).await.into_iter().filter(|thread| thread.unread > 0).collect();
    assert_eq!(unread.len(), 1);
    assert_eq!((unread[0].unread, unread[0].snippet.as_str()), (1, "Is anybody there?"));
}

#[tokio::test]
async fn the_first_fetch_marks_what_nobody_answered() {
    let rig = Rig::start(Options::empty(&["+12025550101"]).speaking(Dialect::journal()), false).await;
    let now = rig.emulator.now();
    let ago = |hours: i64| now - jiff::SignedDuration::from_hours(hours);
    rig.emulator.receive_at(&fictional(50), &rig.number(0), "long ago", ago(24 * 30));
    rig.emulator.receive_at(&fictional(50), &rig.number(0), "today", ago(3));
    rig.emulator.receive_at(&fictional(51), &rig.number(0), "long ago", ago(24 * 30));
    rig.sync_well(Extent::New(1_000)).await;
    let unread: Vec<_> =
        threads(rig.store()).await.into_iter().map(|thread| (thread.contact.address, thread.unread)).collect();
    assert_eq!(unread, [(fictional(50), 1), (fictional(51), 0)]);
}

#[tokio::test]
async fn delivery_moves_on_and_a_late_failure_is_told() {
    let rig = Rig::empty().await;
    let (first, second) = (queue(&rig, "one").await, queue(&rig, "two").await);
    rig.drain().await;
    rig.sync_well(Extent::New(1_000)).await;
    let stored = rig.emulator.messages(None);
    let id = |text: &str| stored.iter().find(|message| message.text == text).unwrap().id.clone();
    assert!(rig.emulator.report(&id("one"), Status::Delivered));
    assert!(rig.emulator.report(&id("two"), Status::Failed));
    rig.sync_well(Extent::New(1_000)).await;
    let state = async |id| rig.store().message(id).await.unwrap().unwrap().delivery.unwrap().name();
    assert_eq!((state(first).await, state(second).await), ("delivered", "failed"));
}

#[tokio::test]
async fn the_path_that_answers_is_remembered_across_runs() {
    let dialect = Dialect { sends: vec![SendPath::ContactCenterMessages], ..Dialect::under_api() };
    let rig = Rig::start(Options::sized(1, 3, 10).speaking(dialect.clone()), true).await;
    rig.sync_well(Extent::New(1_000)).await;
    queue(&rig, "first").await;
    rig.drain().await;
    let before = rig.emulator.request_count();

    let next_run = open(&rig.emulator, &dialect, true, rig.home.path()).await;
    queue(&rig, "second").await;
    mctui::sync::outbox::drain(&next_run, |_| {}).await.unwrap();
    mctui::sync::run::sync(&next_run, &next_run.ours(), Extent::New(1_000), |_, _| {}).await;
    let missed = rig.emulator.requests()[before..].iter().filter(|request| request.status == Some(404)).count();
    assert_eq!(missed, 0, "{:#?}", &rig.emulator.requests()[before..]);
}

#[tokio::test]
async fn a_service_that_moves_is_found_again() {
    let rig = Rig::start(Options::sized(1, 3, 10).speaking(Dialect::documented()), false).await;
    rig.sync_well(Extent::New(1_000)).await;
    rig.emulator.disable("/journal/requests", 404);
    rig.emulator.receive(&fictional(50), &rig.number(0), "by the other road");
    let report = rig.sync_well(Extent::New(1_000)).await;
    assert_eq!(report.new_messages(), 1);
    assert_eq!(rig.cached().await, rig.account());
}

#[tokio::test]
async fn a_day_without_requests_left_still_sends() {
    let rig = Rig::empty().await;
    let key = rig.context.credentials(&rig.number(0)).unwrap().budget_key();
    let now = Timestamp::now();
    let limits = &rig.context.config.sync;
    for _ in 0..limits.reading_requests() {
        rig.context.ledger.spend(&key, now, limits.daily_requests).await.unwrap();
    }
    let report = rig.sync(Extent::New(1_000)).await;
    assert_eq!(report.numbers[0].api_error().map(mctui::api::Error::kind), Some(Kind::OverBudget));
    assert_eq!(rig.emulator.request_count(), 0);
    queue(&rig, "still here").await;
    assert_eq!(rig.drain().await[0].delivery, Delivery::Sent);
}

/// An account that answers with all it has, whichever number is asked for, costs a few requests and says so; what is wanted
/// whole is gone through.
#[tokio::test]
async fn a_filter_that_is_ignored_costs_little() {
    let dialect = Dialect { business_number_list: NumberList::Ignored, page_cap: Some(100), ..Dialect::v4() };
    let rig = Rig::start(Options::sized(1, 20, 3_000).speaking(dialect), false).await;
    let mut config = mctui::config::Config::clone(&rig.context.config);
    config.numbers[0].address = fictional(88);
    let context = rig.context.reconfigured(config).await.unwrap();
    let report = sync(&context, &context.ours(), Extent::New(1_000), |_, _| {}).await;
    let spent = rig.emulator.request_count();
    assert!(spent <= 15, "{spent} requests");
    let said = report.numbers[0].error.as_ref().unwrap().to_string();
    assert!(said.contains("8 pages (800 records)") && said.contains("--full"), "{said}");
    assert!(!report.numbers[0].tally.complete);
    sync(&context, &context.ours(), Extent::New(1_000), |_, _| {}).await;
    assert!(rig.emulator.request_count() - spent <= 9, "{} requests", rig.emulator.request_count() - spent);
    let full = sync(&context, &context.ours(), Extent::Full, |_, _| {}).await;
    assert!(full.failures().next().is_none() && full.numbers[0].tally.complete, "{full:#?}");
}

/// One of several numbers that is seldom used is fetched all the same.
#[tokio::test]
async fn a_quiet_number_is_fetched_from_an_account_that_ignores_filters() {
    let dialect = Dialect { business_number_list: NumberList::Ignored, page_cap: Some(100), ..Dialect::v4() };
    let rig = Rig::start(Options::sized(3, 20, 900).speaking(dialect), false).await;
    rig.sync_well(Extent::New(1_000)).await;
    assert_eq!(rig.cached().await, rig.account());
}

#[tokio::test]
async fn a_record_of_neither_side_is_of_unknown_direction() {
    let rig = Rig::start(
        Options::sized(1, 5, 40).speaking(Dialect { without_direction: 100, ..Dialect::number_keys() }),
        true,
    )
    .await;
    rig.sync_well(Extent::New(1_000)).await;
    for thread in threads(rig.store()).await {
        for message in messages(rig.store(), &thread).await {
            assert_ne!(message.direction, Direction::Unknown, "our number is on one side: {message:?}");
        }
    }
    let _ = hasty();
}

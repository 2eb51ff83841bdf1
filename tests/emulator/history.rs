//! Both roads to the history, in every dialect.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use mctui::emulator::{
    Dialect, Emulator, Envelope, ErrorShape, Names, NumberForm, Options, Order, Prefix, Schemes, Status, TimeForm,
    USER_KEY,
};
use mctui::model::{Address, Direction};
use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};

use crate::client::{Asker, address, field, items, json, now, text};

/// What a record says, whatever its names are: number, contact, direction where it says one, text, time.
type Told = (String, String, Option<bool>, String, Timestamp);

fn normal(text: &str) -> String {
    Address::from_wire(text).unwrap().as_str().to_owned()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|_| text.parse::<DateTime>().unwrap().to_zoned(TimeZone::UTC).unwrap().timestamp())
}

fn inbound(record: &Value) -> Option<bool> {
    let way = text(record, &["direction", "origin", "messageOrigin"])?.to_lowercase();
    Some(way.starts_with("in"))
}

fn of_journal(record: &Value) -> Told {
    assert_eq!(record["type"], "Message");
    assert!(text(record, &["id", "requestGuid", "guid"]).is_some(), "{record}");
    (
        normal(text(record, &["businessNumber.number", "businessNumber"]).unwrap()),
        normal(text(record, &["client.address"]).unwrap()),
        inbound(record),
        text(record, &["textModel.text", "text", "messageInfo.text"]).unwrap().to_owned(),
        time(text(record, &["created"]).unwrap()),
    )
}

fn of_list(record: &Value, ours: &[String]) -> Told {
    let from = normal(text(record, &["from", "fromNumber", "caller.phone"]).unwrap());
    let to = normal(text(record, &["to.0", "called.0.phone", "to", "toNumber"]).unwrap());
    let came_in = ours.contains(&to);
    let direction = inbound(record);
    assert!(direction.is_none_or(|said| said == came_in), "{record}");
    let (number, contact) = if came_in { (to, from) } else { (from, to) };
    (
        number,
        contact,
        direction,
        text(record, &["message", "text", "body"]).unwrap().to_owned(),
        time(text(record, &["timestamp", "createdAt", "date", "dateTimeUtc"]).unwrap()),
    )
}

/// What the account holds, as records would tell it; direction aside.
fn held(emulator: &Emulator, number: Option<&Address>) -> BTreeMap<Told, usize> {
    let mut held = BTreeMap::new();
    for message in emulator.messages(number) {
        let (number, contact) = (message.number.as_str().to_owned(), message.contact.as_str().to_owned());
        *held.entry((number, contact, None, message.text, message.at)).or_default() += 1;
    }
    held
}

fn counted(told: impl IntoIterator<Item = Told>) -> BTreeMap<Told, usize> {
    let mut counted = BTreeMap::new();
    for (number, contact, _, text, at) in told {
        *counted.entry((number, contact, None, text, at)).or_default() += 1;
    }
    counted
}

/// All pages until one is empty.
async fn pages(asker: &Asker, path: impl Fn(usize) -> String) -> Vec<Value> {
    let signs_in = asker.emulator.requests().is_empty()
        && asker.http.post(asker.token_url()).send().await.unwrap().status() != 404;
    let token = if signs_in { Some(asker.token(USER_KEY).await) } else { None };
    let mut records = Vec::new();
    loop {
        assert!(records.len() <= 10_000, "it does not end");
        let path = path(records.len());
        let request = match &token {
            Some(token) => asker.tokened(Method::GET, &path, token),
            None => asker.keyed(Method::GET, &path, "demo-key-1"),
        };
        let page = items(&json(request.send().await.unwrap()).await);
        if page.is_empty() {
            return records;
        }
        records.extend(page);
    }
}

#[rstest]
#[case::documented(Dialect::documented())]
#[case::report(Dialect::journal())]
#[case::under_api(Dialect::under_api())]
#[case::bare(Dialect { envelope: Envelope::Bare, names: Names::Rotating, ..Dialect::documented() })]
#[case::page(Dialect { envelope: Envelope::Page, names: Names::Fixed(5), has_more: true, ..Dialect::documented() })]
#[case::capped(Dialect { page_cap: Some(77), has_more: true, times: TimeForm::Zoneless, ..Dialect::documented() })]
#[case::formatted(Dialect { numbers: NumberForm::Formatted, times: TimeForm::Offset, ..Dialect::documented() })]
#[case::mixed(Dialect { numbers: NumberForm::Mixed, names: Names::Fixed(11), total: false, ..Dialect::documented() })]
#[tokio::test]
async fn the_journal_gives_every_record_exactly_once(#[case] dialect: Dialect) {
    let size = dialect.page_cap.unwrap_or(300);
    let asker = Asker::speaking(dialect).await;
    let page = |seen: usize| {
        format!("/journal/requests?type=Message&origin=All&page={}&pageSize=300", seen.div_ceil(size) + 1)
    };
    let records = pages(&asker, page).await;
    let told: Vec<Told> = records.iter().map(of_journal).collect();
    assert!(told.iter().all(|(.., direction, _, _)| direction.is_some()));
    assert!(told.is_sorted_by(|one, next| one.4 >= next.4), "newest first");
    assert_eq!(counted(told), held(&asker.emulator, None));
    assert_eq!(records.len(), 2_000);
}

#[rstest]
#[case::documented(Dialect::documented())]
#[case::guide(Dialect::number_keys())]
#[case::page(Dialect { envelope: Envelope::Page, names: Names::Rotating, ..Dialect::documented() })]
#[case::capped(Dialect { page_cap: Some(99), order: Order::OldestFirst, has_more: true, ..Dialect::documented() })]
#[case::own_ids(Dialect { list_ids_differ: true, numbers: NumberForm::National, ..Dialect::documented() })]
#[case::anonymous(Dialect { without_id: 100, without_direction: 100, times: TimeForm::Zoneless, ..Dialect::documented() })]
#[tokio::test]
async fn the_message_list_gives_every_record_exactly_once(#[case] dialect: Dialect) {
    let asker = Asker::speaking(dialect.clone()).await;
    let records = pages(&asker, |seen| format!("/contactcenter/message?limit=250&offset={seen}")).await;
    let ours: Vec<String> = asker.emulator.numbers().iter().map(|number| number.address.as_str().to_owned()).collect();
    let told: Vec<Told> = records.iter().map(|record| of_list(record, &ours)).collect();
    match dialect.order {
        Order::NewestFirst => assert!(told.is_sorted_by(|one, next| one.4 >= next.4)),
        Order::OldestFirst => assert!(told.is_sorted_by(|one, next| one.4 <= next.4)),
    }
    let first = address("+12025550101");
    let seen_by = (dialect.schemes == Schemes::NumberKey).then_some(&first);
    assert_eq!(counted(told.clone()), held(&asker.emulator, seen_by));
    let percent = |part: usize| part * 100 / records.len();
    let nameless = records.iter().filter(|record| text(record, &["id", "messageId", "guid"]).is_none()).count();
    let aimless = told.iter().filter(|(.., direction, _, _)| direction.is_none()).count();
    assert!(percent(nameless).abs_diff(dialect.without_id.into()) < 6, "{nameless} without id");
    assert!(percent(aimless).abs_diff(dialect.without_direction.into()) < 6, "{aimless} without direction");
}

#[tokio::test]
async fn rotating_names_use_every_name_that_was_seen() {
    let asker = Asker::speaking(Dialect { names: Names::Rotating, ..Dialect::documented() }).await;
    let journal = items(&json(asker.get("/journal/requests?pageSize=1000").await).await);
    for name in [
        "id",
        "requestGuid",
        "guid",
        "businessNumber.label",
        "client.name",
        "direction",
        "origin",
        "messageOrigin",
        "textModel.text",
        "text",
        "messageInfo.text",
        "messageDeliveryStatus",
        "agent.name",
        "users.0.name",
    ] {
        assert!(journal.iter().any(|record| field(record, &[name]).is_some()), "no {name}");
    }
    assert!(journal.iter().any(|record| record["businessNumber"].is_string()));
    let list = items(&json(asker.get("/contactcenter/message?limit=1000").await).await);
    for name in [
        "id",
        "messageId",
        "guid",
        "from",
        "fromNumber",
        "caller.phone",
        "to.0",
        "toNumber",
        "called.0.phone",
        "message",
        "text",
        "body",
        "timestamp",
        "createdAt",
        "date",
        "dateTimeUtc",
        "direction",
    ] {
        assert!(list.iter().any(|record| field(record, &[name]).is_some()), "no {name}");
    }
    assert!(list.iter().any(|record| record["to"].is_string()));
}

#[tokio::test]
async fn envelopes_say_what_the_dialect_lets_them() {
    let with = Asker::speaking(Dialect { has_more: true, ..Dialect::documented() }).await;
    let page = json(with.get("/journal/requests?page=20&pageSize=100").await).await;
    assert_eq!((page["isSuccess"].as_bool(), page["data"]["hasMore"].as_bool()), (Some(true), Some(false)));
    assert_eq!(page["data"]["total"], 2_000);
    let page = json(with.get("/journal/requests?page=19&pageSize=100").await).await;
    assert_eq!(page["data"]["hasMore"], true);

    let without = Asker::speaking(Dialect { envelope: Envelope::Page, total: false, ..Dialect::documented() }).await;
    let page = json(without.get("/journal/requests?page=2&pageSize=3").await).await;
    let mut names: Vec<_> = page.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["currentPage", "requests"]);
    assert_eq!(page["currentPage"], 2);
}

#[rstest]
#[case("%2B12025550102")]
#[case("+12025550102")]
#[case("2025550102")]
#[case("12025550102")]
#[case("(202)%20555-0102")]
#[case("202.555.0102")]
#[tokio::test]
async fn numbers_are_understood_in_every_form(#[case] number: &str) {
    let asker = Asker::demo().await;
    let own = asker.emulator.count(Some(&address("+12025550102")));
    let journal = json(asker.get(&format!("/journal/requests?businessNumber={number}")).await).await;
    assert_eq!(journal["data"]["total"], own);
    let list = json(asker.get(&format!("/contactcenter/message?phoneNumber={number}")).await).await;
    assert_eq!(list["data"]["total"], own);
}

#[tokio::test]
async fn filters_narrow_the_journal() {
    let asker = Asker::demo().await;
    let all = asker.emulator.messages(None);
    let total = async |query: &str| {
        let page = json(asker.get(&format!("/journal/requests?{query}")).await).await;
        usize::try_from(page["data"]["total"].as_u64().unwrap()).unwrap()
    };
    let count =
        |wanted: &dyn Fn(&mctui::emulator::Stored) -> bool| all.iter().filter(|message| wanted(message)).count();

    let dana = count(&|message| message.contact.as_str() == "+12025550147");
    assert!(dana > 10);
    assert_eq!(total("phone=(202)%20555-0147").await, dana);
    assert_eq!(total("phone=72345").await, count(&|message| message.contact.as_str() == "72345"));
    assert_eq!(total("phone=PARTSHUB").await, count(&|message| message.contact.as_str() == "PARTSHUB"));
    assert_eq!(total("phone=%2B12025550100").await, 0);
    assert_eq!(total("businessNumber=%2B12025550147").await, 0);
    assert_eq!(total("origin=Inbound").await, count(&|message| message.direction == Direction::Inbound));
    assert_eq!(total("origin=outgoing").await, count(&|message| message.direction == Direction::Outbound));
    assert_eq!(total("type=Call").await, 0);

    let middle = all[1_000].at;
    assert_eq!(total(&format!("from={middle}")).await, count(&|message| message.at >= middle));
    assert_eq!(total(&format!("to={middle}")).await, count(&|message| message.at <= middle));
    assert_eq!(total(&format!("from={middle}&to={middle}")).await, count(&|message| message.at == middle));
    assert_eq!(total(&format!("from={}&to={}", now(), middle)).await, 0);
    for wrong in ["from=yesterday", "type=Fax", "origin=Mars", "page=0", "pageSize=1001", "pageSize=x"] {
        assert_eq!(asker.get(&format!("/journal/requests?{wrong}")).await.status(), 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_record_has_an_address_and_staff_can_note_on_it() {
    let asker = Asker::demo().await;
    let token = asker.token(USER_KEY).await;
    let id = asker.emulator.messages(Some(&address("+12025550101"))).pop().unwrap().id;
    let one = format!("/journal/requests/{id}");
    let get = async || json(asker.tokened(Method::GET, &one, &token).send().await.unwrap()).await;
    assert_eq!(get().await["id"], id);
    assert_eq!(get().await["wfstate"]["state"], "Open");

    let put = |body: Value| {
        asker.tokened(Method::PUT, &format!("/journal/requests/wfstate?requestId={id}"), &token).json(&body)
    };
    assert_eq!(put(json!({"state": "Finished"})).send().await.unwrap().status(), 200);
    assert_eq!(put(json!({"state": "Lost"})).send().await.unwrap().status(), 400);
    assert_eq!(get().await["wfstate"]["state"], "Finished");

    let comment = format!("{one}/comment");
    let note = asker.tokened(Method::POST, &comment, &token).header("content-type", "text/plain").body("Ring twice");
    assert_eq!(note.send().await.unwrap().status(), 200);
    assert_eq!(get().await["comment"], "Ring twice");
    assert_eq!(asker.tokened(Method::DELETE, &comment, &token).send().await.unwrap().status(), 200);
    assert_eq!(get().await.get("comment"), None);

    let other = asker.keyed(Method::GET, &one, "demo-key-2").send().await.unwrap();
    assert_eq!(other.status(), 404, "another number’s key does not see it");
    let unknown = asker.tokened(Method::GET, "/journal/requests/no-such-id", &token).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn a_picture_can_be_fetched() {
    let asker = Asker::demo().await;
    let token = asker.token(USER_KEY).await;
    let all = asker.emulator.messages(None);
    let id = &all.iter().rfind(|message| message.text.starts_with("Here’s the crack")).unwrap().id;
    let path = format!("/journal/requests/{id}/mmsAttachments");
    let files = items(&json(asker.tokened(Method::GET, &path, &token).send().await.unwrap()).await);
    assert_eq!(files[0]["name"], "photo.png");
    let root = asker.emulator.base_url().replace("/v4", "");
    let url = format!("{root}{}", files[0]["url"].as_str().unwrap());
    let picture = asker.http.get(url).header("x-api-key", "demo-key-1").send().await.unwrap().bytes().await.unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn threads_are_listed_newest_first() {
    let asker = Asker::demo().await;
    let page = json(asker.get("/contactcenter/message/threads?pageSize=1000").await).await;
    let threads = items(&page);
    let mut pairs: Vec<_> = asker.emulator.messages(None).into_iter().map(|m| (m.number, m.contact)).collect();
    pairs.sort();
    pairs.dedup();
    assert_eq!(threads.len(), pairs.len());
    let count: u64 = threads.iter().map(|thread| thread["messagesCount"].as_u64().unwrap()).sum();
    assert_eq!(count, 2_000);
    assert_eq!(threads[0]["lastMessage"]["message"], "Can you move it to 3?");
}

#[tokio::test]
async fn what_comes_late_takes_its_place_by_time() {
    let asker = Asker::new(Options::empty(&["+12025550101", "+12025550102"]).speaking(Dialect::documented())).await;
    let (dana, ours) = (address("+12025550147"), address("+12025550101"));
    asker.emulator.receive(&dana, &ours, "second");
    asker.emulator.receive_at(&dana, &ours, "first", now() - jiff::SignedDuration::from_hours(1));
    let texts: Vec<_> = asker.emulator.messages(Some(&ours)).into_iter().map(|message| message.text).collect();
    assert_eq!(texts, ["first", "second"]);
    assert_eq!(asker.emulator.count(Some(&address("+12025550102"))), 0);
    let page = json(asker.get("/journal/requests").await).await;
    assert_eq!(items(&page)[0]["textModel"]["text"], "second");
}

#[tokio::test]
async fn a_delivery_report_changes_the_record() {
    let asker = Asker::demo().await;
    let outbound = |message: &mctui::emulator::Stored| message.status == Some(Status::Delivered);
    let id = asker.emulator.messages(None).into_iter().rfind(outbound).unwrap().id;
    assert!(asker.emulator.report(&id, Status::Failed));
    let record = json(asker.get(&format!("/journal/requests/{id}")).await).await;
    assert_eq!(record["messageDeliveryStatus"], "Failed");
    assert!(!asker.emulator.report("no-such-id", Status::Failed));
}

#[rstest]
#[case(ErrorShape::Message, "/message")]
#[case(ErrorShape::Error, "/error")]
#[case(ErrorShape::Errors, "/errors/0/message")]
#[tokio::test]
async fn what_is_not_there_says_so(#[case] errors: ErrorShape, #[case] place: &str) {
    let dialect = Dialect { errors, prefix: Prefix::None, message_list: false, ..Dialect::documented() };
    let asker = Asker::speaking(dialect).await;
    for path in ["/contactcenter/message", "/no/such/path", "/api/journal/requests"] {
        let answer = asker.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(json(answer).await.pointer(place).is_some_and(Value::is_string));
    }
    assert_eq!(asker.bare(Method::DELETE, "/journal/requests").send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn what_is_not_there_may_be_a_method_not_allowed() {
    let dialect = Dialect { absent: 405, journal: false, errors: ErrorShape::Text, ..Dialect::documented() };
    let asker = Asker::speaking(dialect).await;
    assert_eq!(asker.get("/journal/requests").await.status(), 405);
    asker.emulator.disable("/phonenumbers", 404);
    assert_eq!(asker.get("/phonenumbers").await.status(), 404);
    asker.emulator.enable("/phonenumbers");
    assert_eq!(asker.get("/phonenumbers").await.status(), 200);
}

#[tokio::test]
async fn the_account_names_itself() {
    let asker = Asker::speaking(Dialect { numbers: NumberForm::National, ..Dialect::documented() }).await;
    let numbers = items(&json(asker.get("/phonenumbers").await).await);
    assert_eq!((numbers[0]["number"].as_str(), numbers[0]["label"].as_str()), (Some("2025550101"), Some("Main Phone")));
    assert!(numbers[0]["objectGuid"].is_string() && numbers[0]["isEnabled"] == true);
    let extensions = items(&json(asker.get("/extensions").await).await);
    assert_eq!((extensions[0]["extension"].as_str(), extensions[0]["name"].as_str()), (Some("101"), Some("Ana Reyes")));
    assert_eq!(json(asker.get("/profile").await).await["extension"], "101");
}

#[tokio::test]
async fn both_prefixes_lead_to_the_same() {
    let asker = Asker::demo().await;
    assert_eq!(asker.get("/ping").await.status(), 200);
    assert_eq!(asker.get("/api/ping").await.status(), 200);
}

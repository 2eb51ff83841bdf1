use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

use super::super::wire::plain_keys;
use super::*;
use crate::model::{Delivery, WorkflowState};

const OURS: &str = "+12025550100";
const ALSO_OURS: &str = "+12025550109";
const THEIRS: &str = "+12025550142";
const STRANGER: &str = "+12025550177";

fn read(value: Value) -> Record {
    match decode(plain_keys(value)) {
        Decoded::Message(record) => *record,
        other => panic!("{other:?}"),
    }
}

fn address(text: &str) -> Address {
    Address::from_normal(text)
}

fn at() -> Timestamp {
    "2026-01-02T03:04:05Z".parse().unwrap()
}

#[rstest]
#[case::journal(json!({
    "id": "j1", "type": "Message", "created": "2026-01-02T03:04:05Z", "businessNumber": {"number": OURS, "label": "Main"},
    "client": {"address": THEIRS, "type": "Phone", "name": "Dana"}, "direction": "Inbound", "textModel": {"text": "hi"},
    "messageDeliveryStatus": null, "state": "Connected", "isRead": false}))]
#[case::journal_bare(json!({
    "requestGuid": "j1", "type": "message", "created": "2026-01-02T03:04:05", "businessNumber": "2025550100",
    "client": {"address": "202-555-0142", "name": "Dana"}, "messageOrigin": "INCOMING", "text": "hi"}))]
#[case::journal_info(json!({
    "guid": "j1", "created": 1_767_323_045_000_i64, "businessNumber": 12_025_550_100_i64,
    "client": {"address": THEIRS, "name": "Dana"}, "origin": "incoming", "messageInfo": {"text": "hi"}}))]
#[case::list(json!({
    "messageId": "j1", "from": THEIRS, "to": OURS, "message": "hi", "timestamp": "2026-01-02T03:04:05+00:00",
    "contactName": "Dana"}))]
#[case::list_numbers(json!({
    "id": "j1", "messageId": "other", "guid": "third", "fromNumber": "12025550142", "toNumber": ["2025550100"],
    "text": "hi", "createdAt": "2026-01-02T03:04:05.000Z", "direction": "in", "from": null, "contactName": "Dana"}))]
#[case::list_nested(json!({
    "guid": "j1", "caller": {"phone": THEIRS, "name": "Dana"}, "called": [{"phone": OURS}], "body": "hi",
    "dateTimeUtc": "2026-01-02T03:04:05"}))]
#[case::list_objects(json!({
    "id": "j1", "from": {"number": THEIRS, "name": "Dana"}, "to": [{"number": OURS}], "body": "hi", "date": 1_767_323_045}))]
fn reads_every_spelling(#[case] wire: Value) {
    let record = read(wire);
    assert_eq!((record.remote_id.as_deref(), record.body.as_str(), record.at), (Some("j1"), "hi", at()));
    let sided = record.sides(&[address(OURS)], &address(OURS));
    assert_eq!(
        sided,
        Sided {
            number: address(OURS),
            contact: Contact { address: address(THEIRS), name: Some("Dana".to_owned()) },
            direction: Direction::Inbound
        }
    );
}

#[rstest]
#[case::call(json!({"type": "Call", "id": 1}))]
#[case::voicemail(json!({"type": "Voicemail"}))]
#[case::header(json!({"type": "MessageThread", "created": "2026-01-02T03:04:05Z", "client": {"address": THEIRS}}))]
#[case::blank_header(json!({"type": "messageThread", "text": " ", "attachments": []}))]
#[case::callback(json!({"type": "callbackRequest", "text": "call me"}))]
#[case::task(json!({"type": "Task", "text": "hi", "created": "2026-01-02T03:04:05Z", "client": {"address": THEIRS}}))]
fn passes_over_what_is_no_message(#[case] wire: Value) {
    assert_eq!(decode(plain_keys(wire)), Decoded::Other);
}

#[rstest]
#[case::no_object(json!("hi"))]
#[case::null(json!(null))]
#[case::list(json!([1]))]
#[case::nothing(json!({}))]
#[case::no_time(json!({"id": 1, "from": THEIRS, "to": OURS, "text": "hi"}))]
#[case::strange_time(json!({"id": 1, "from": THEIRS, "to": OURS, "text": "hi", "date": "soon"}))]
#[case::nobody(json!({"id": 1, "text": "hi", "date": "2026-01-02T03:04:05Z"}))]
#[case::blank_sides(json!({"id": 1, "text": "hi", "date": "2026-01-02T03:04:05Z", "from": " ", "to": []}))]
fn says_what_cannot_be_read(#[case] wire: Value) {
    assert!(matches!(decode(plain_keys(wire)), Decoded::Unreadable(_)));
}

#[rstest]
#[case::odd_neighbours(json!({"id": {"x": 1}, "agent": 7.5, "users": "none", "attachments": {"a": 1}, "status": 3}), None, "")]
#[case::text_as_number(json!({"id": 17, "text": 42}), Some("17"), "42")]
#[case::empty_text_gives_way(json!({"id": "", "guid": "g", "text": "", "message": "hi"}), Some("g"), "hi")]
#[case::raw(json!({"id": " a ", "text": " two\nlines \u{1b}[0m"}), Some("a"), " two\nlines \u{1b}[0m")]
#[case::null_guid(json!({"id": null, "guid": "00000000-0000-0000-0000-000000000000"}), None, "")]
fn a_strange_field_does_not_spoil_the_record(#[case] mut wire: Value, #[case] id: Option<&str>, #[case] body: &str) {
    wire["from"] = json!(THEIRS);
    wire["date"] = json!("2026-01-02T03:04:05Z");
    let record = read(wire);
    assert_eq!((record.remote_id.as_deref(), record.body.as_str()), (id, body));
}

#[rstest]
#[case("Delivered", None, Some(Delivery::Delivered))]
#[case("NotSent", None, Some(Delivery::Failed("MightyCall reports that it was not sent".to_owned())))]
#[case("notSent", Some("carrier"), Some(Delivery::Failed("MightyCall reports that it was not sent: carrier".to_owned())))]
#[case("unspecified", None, Some(Delivery::Sent))]
#[case("sent", None, Some(Delivery::Sent))]
#[case("QUEUED", None, Some(Delivery::Sent))]
#[case("Failed", None, Some(Delivery::Failed("MightyCall reports that it failed".to_owned())))]
#[case("Undelivered", Some("landline"), Some(Delivery::Failed("MightyCall reports: landline".to_owned())))]
#[case("Received", None, None)]
#[case("", None, None)]
fn reads_delivery(#[case] word: &str, #[case] why: Option<&str>, #[case] expected: Option<Delivery>) {
    let wire = json!({"messageDeliveryStatus": word, "errorMessage": why, "from": OURS, "date": 1_767_323_045});
    assert_eq!(read(wire).delivery, expected);
}

#[rstest]
#[case::inbound(json!({"origin": "inbound", "messageDeliveryStatus": "Unspecified"}), None)]
#[case::outbound(json!({"origin": "outbound", "messageDeliveryStatus": "Unspecified"}), Some(Delivery::Sent))]
#[case::a_later_word(json!({"origin": "outbound", "messageDeliveryStatus": "Unspecified", "status": "Delivered"}), Some(Delivery::Delivered))]
#[case::inner(json!({"messageInfo": {"text": "hi", "origin": "Outgoing", "deliveryStatus": "Failed"}}), Some(Delivery::Failed("MightyCall reports that it failed".to_owned())))]
#[case::silent(json!({"origin": "outbound"}), None)]
fn nothing_but_the_word_means_delivered(#[case] mut wire: Value, #[case] expected: Option<Delivery>) {
    wire["client"] = json!({"address": THEIRS});
    wire["created"] = json!("2026-01-02T03:04:05Z");
    assert_eq!(read(wire).delivery, expected);
}

/// A text as the description has it (section 7, grade A).
fn of_the_description() -> Value {
    json!({
        "id": "6650a1b2c3d4e5f601234567", "requestGuid": "1F0E2D3C-4B5A-6978-8796-A5B4C3D2E1F0",
        "type": "message", "origin": "outbound", "state": "message", "created": "2026-01-02T03:04:05.1234567Z",
        "businessNumber": {"number": OURS, "label": "Main"},
        "client": {
            "address": THEIRS, "type": "PhoneNumber", "callerKind": "vip", "widgetName": null,
            "resolvedContacts": [
                {"firstName": "Gone", "state": "deleted"}, {"channels": []},
                {"firstName": "Dana", "patronymic": "M.", "lastName": "Reyes"}],
            "resolvedExternalContacts": [{"system": "crm", "fullName": "D. Reyes Inc."}]},
        "text": "hi", "textModel": {"text": "hi", "availability": "Available"}, "messageDeliveryStatus": "sent",
        "attachments": [
            {"link": "https://files.example/1", "fileName": "cat.jpg", "fileSize": 12, "isImage": true, "isStorageExpired": false},
            {"link": "https://files.example/2", "fileName": "old.jpg", "fileSize": 13, "isStorageExpired": true}],
        "read": true, "favorite": true, "comment": "call back", "wfstate": {"state": "resolved"},
        "agent": null, "users": [
            {"name": "Kim", "agentRole": "NotDialed"}, {"name": "Lee", "extension": "101", "agentRole": "callOwner"}]})
}

#[test]
fn reads_the_record_of_the_description() {
    let record = read(of_the_description());
    assert_eq!(record.remote_id.as_deref(), Some("6650a1b2c3d4e5f601234567"));
    assert_eq!(record.request_guid.as_deref(), Some("1f0e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"));
    assert_eq!(record.client.as_ref().and_then(|client| client.name.as_deref()), Some("Dana M. Reyes"));
    assert_eq!((record.caller, record.sender.as_deref()), (Some(CallerKind::Vip), Some("Lee")));
    assert_eq!((record.direction, &record.delivery), (Direction::Outbound, &Some(Delivery::Sent)));
    let notes = RecordNotes {
        read: Some(true),
        favorite: true,
        comment: Some("call back".to_owned()),
        workflow: Some(WorkflowState::Resolved),
    };
    assert_eq!(record.notes, notes);
    let files: Vec<_> = record.attachments.iter().map(|file| (file.name.as_str(), file.size, file.expired)).collect();
    assert_eq!(files, [("cat.jpg", Some(12), false), ("old.jpg", Some(13), true)]);
    assert!(!record.is_thread_head);
}

#[rstest]
#[case::nil("requestGuid", json!("00000000-0000-0000-0000-000000000000"), Some("6650a1b2c3d4e5f601234567"), None)]
#[case::alone("id", json!(null), Some("1f0e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"), Some("1f0e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"))]
fn ids_are_two(#[case] field: &str, #[case] value: Value, #[case] id: Option<&str>, #[case] guid: Option<&str>) {
    let mut wire = of_the_description();
    wire[field] = value;
    let record = read(wire);
    assert_eq!((record.remote_id.as_deref(), record.request_guid.as_deref()), (id, guid));
}

#[rstest]
#[case::text(json!({"text": "hi"}))]
#[case::file(json!({"attachments": [{"fileName": "cat.jpg"}]}))]
fn the_head_of_a_thread_with_something_in_it_is_a_message(#[case] mut wire: Value) {
    wire["type"] = json!("MessageThread");
    wire["client"] = json!({"address": THEIRS});
    wire["created"] = json!("2026-01-02T03:04:05Z");
    assert!(read(wire).is_thread_head);
}

#[rstest]
#[case::external(json!({"resolvedContacts": [], "resolvedExternalContacts": [{"fullName": "D. Reyes"}], "name": "x"}), Some("D. Reyes"))]
#[case::latest(json!({"latestResolvedExternalContact": {"fullName": "D. Reyes"}, "name": "x"}), Some("D. Reyes"))]
#[case::variant(json!({"resolvedContacts": [{"firstName": null, "lastName": " "}], "name": "Dana"}), Some("Dana"))]
#[case::all_deleted(json!({"resolvedContacts": [{"firstName": "Gone", "state": "Deleted"}]}), None)]
#[case::strange(json!({"resolvedContacts": "none", "resolvedExternalContacts": [7], "callerKind": 3}), None)]
fn names_come_from_contacts_first(#[case] mut client: Value, #[case] name: Option<&str>) {
    client["address"] = json!(THEIRS);
    let record = read(json!({"client": client, "created": "2026-01-02T03:04:05Z"}));
    assert_eq!(record.client.and_then(|client| client.name).as_deref(), name);
    assert_eq!(record.caller, None);
}

#[rstest]
#[case(json!({"isRead": "false", "isFavorite": 1, "comment": " "}), Some(false), true, None)]
#[case(json!({"read": null, "wfstate": "Open", "comment": {"x": 1}}), None, false, Some(WorkflowState::Open))]
#[case(json!({"wfstate": {"state": "finished"}}), None, false, Some(WorkflowState::Finished))]
#[case(json!({"wfstate": {"state": "sideways"}}), None, false, None)]
fn reads_notes(
    #[case] mut wire: Value,
    #[case] is_read: Option<bool>,
    #[case] favorite: bool,
    #[case] workflow: Option<WorkflowState>,
) {
    wire["client"] = json!({"address": THEIRS});
    wire["created"] = json!("2026-01-02T03:04:05Z");
    assert_eq!(read(wire).notes, RecordNotes { read: is_read, favorite, comment: None, workflow });
}

#[rstest]
#[case(json!({"agent": {"name": "Lee", "extension": "101"}}), Some("Lee"))]
#[case(json!({"users": [{"extension": 101}]}), Some("extension 101"))]
#[case(json!({"agent": null, "users": [{"name": "Lee"}, {"name": "Kim"}]}), Some("Lee"))]
#[case(json!({"users": []}), None)]
fn reads_the_sender(#[case] mut wire: Value, #[case] sender: Option<&str>) {
    wire["from"] = json!(OURS);
    wire["date"] = json!("2026-01-02T03:04:05Z");
    assert_eq!(read(wire).sender.as_deref(), sender);
}

#[test]
fn reads_attachments_once() {
    let record = read(json!({
        "from": THEIRS, "date": 1_767_323_045,
        "attachments": [{"name": "cat.jpg", "url": "https://host/1"}, "https://host/files/dog.png?k=1", null, {}],
        "textModel": {"text": "look", "attachments": [{"fileName": "cat.jpg", "uri": "https://host/1"}]}}));
    let found: Vec<_> = record.attachments.iter().map(|file| (file.name.as_str(), file.url.as_deref())).collect();
    assert_eq!(found, [("cat.jpg", Some("https://host/1")), ("dog.png", Some("https://host/files/dog.png?k=1"))]);
}

// record → our side, the other side, direction; asked for OURS, ALSO_OURS is ours too
#[rstest]
#[case::in_by_sides(json!({"from": THEIRS, "to": OURS}), OURS, THEIRS, Direction::Inbound)]
#[case::out_by_sides(json!({"from": OURS, "to": THEIRS}), OURS, THEIRS, Direction::Outbound)]
#[case::of_another_number(json!({"from": THEIRS, "to": ALSO_OURS}), ALSO_OURS, THEIRS, Direction::Inbound)]
#[case::neither(json!({"from": STRANGER, "to": THEIRS}), OURS, STRANGER, Direction::Unknown)]
#[case::neither_and_no_sender(json!({"to": THEIRS}), OURS, THEIRS, Direction::Unknown)]
#[case::neither_but_stated(json!({"from": STRANGER, "to": THEIRS, "direction": "outbound"}), STRANGER, THEIRS, Direction::Outbound)]
#[case::neither_but_stated_in(json!({"from": STRANGER, "to": THEIRS, "direction": "Incoming"}), THEIRS, STRANGER, Direction::Inbound)]
#[case::both_and_asked_sent(json!({"from": OURS, "to": ALSO_OURS}), OURS, ALSO_OURS, Direction::Outbound)]
#[case::both_and_asked_got(json!({"from": ALSO_OURS, "to": OURS}), OURS, ALSO_OURS, Direction::Inbound)]
#[case::both_and_stated(json!({"from": OURS, "to": ALSO_OURS, "direction": "inbound"}), ALSO_OURS, OURS, Direction::Inbound)]
#[case::several_receivers(json!({"from": OURS, "to": [ALSO_OURS, THEIRS]}), OURS, THEIRS, Direction::Outbound)]
#[case::several_of_ours(json!({"from": THEIRS, "to": [ALSO_OURS, OURS]}), OURS, THEIRS, Direction::Inbound)]
#[case::withheld(json!({"from": "", "to": OURS, "direction": "Inbound"}), OURS, "unknown", Direction::Inbound)]
#[case::stated_without_receiver(json!({"from": THEIRS, "direction": "in"}), OURS, THEIRS, Direction::Inbound)]
#[case::stated_without_sender(json!({"to": THEIRS, "direction": "out"}), OURS, THEIRS, Direction::Outbound)]
#[case::sender_alone_is_ours(json!({"from": OURS}), OURS, "unknown", Direction::Outbound)]
#[case::short_code(json!({"from": "72345", "to": OURS}), OURS, "72345", Direction::Inbound)]
#[case::a_name(json!({"from": "MYBANK", "to": OURS}), OURS, "MYBANK", Direction::Inbound)]
#[case::ours_stays_ours(json!({"from": OURS, "to": THEIRS, "direction": "Inbound"}), OURS, THEIRS, Direction::Inbound)]
#[case::named(json!({"businessNumber": OURS, "client": {"address": THEIRS}, "direction": "Outgoing"}), OURS, THEIRS, Direction::Outbound)]
#[case::named_other(json!({"businessNumber": ALSO_OURS, "client": {"address": THEIRS}, "origin": "Outbound"}), ALSO_OURS, THEIRS, Direction::Outbound)]
#[case::named_unstated(json!({"businessNumber": OURS, "client": {"address": THEIRS}, "origin": "Unspecified"}), OURS, THEIRS, Direction::Unknown)]
#[case::named_internal(json!({"businessNumber": OURS, "client": {"address": THEIRS}, "direction": "Internal", "messageOrigin": "Inbound"}), OURS, THEIRS, Direction::Inbound)]
#[case::client_alone(json!({"client": {"address": THEIRS}, "direction": "INBOUND"}), OURS, THEIRS, Direction::Inbound)]
#[case::business_alone(json!({"businessNumber": OURS, "direction": "Inbound"}), OURS, "unknown", Direction::Inbound)]
#[case::business_and_sides(json!({"businessNumber": OURS, "from": THEIRS, "to": OURS}), OURS, THEIRS, Direction::Inbound)]
#[case::business_and_sides_out(json!({"businessNumber": OURS, "from": OURS, "to": THEIRS}), OURS, THEIRS, Direction::Outbound)]
#[case::client_and_sides(json!({"client": {"address": THEIRS}, "from": ALSO_OURS, "to": THEIRS}), ALSO_OURS, THEIRS, Direction::Outbound)]
#[case::swapped(json!({"businessNumber": STRANGER, "client": {"address": OURS}, "direction": "Inbound"}), OURS, STRANGER, Direction::Inbound)]
#[case::client_is_us(json!({"businessNumber": OURS, "client": {"address": OURS}, "from": THEIRS, "direction": "Inbound"}), OURS, THEIRS, Direction::Inbound)]
#[case::between_ours(json!({"businessNumber": OURS, "client": {"address": ALSO_OURS}, "direction": "Outbound"}), OURS, ALSO_OURS, Direction::Outbound)]
fn tells_the_sides(#[case] mut wire: Value, #[case] number: &str, #[case] contact: &str, #[case] direction: Direction) {
    wire["created"] = json!("2026-01-02T03:04:05Z");
    let sided = read(wire).sides(&[address(OURS), address(ALSO_OURS)], &address(OURS));
    assert_eq!((sided.number.as_str(), sided.contact.address.as_str(), sided.direction), (number, contact, direction));
}

#[test]
fn a_name_without_number_is_the_contacts() {
    let wire = json!({"created": 1_767_323_045, "from": THEIRS, "to": OURS, "contact": {"id": 9, "name": "Dana"}});
    let sided = read(wire).sides(&[], &address(OURS));
    assert_eq!(sided.contact, Contact { address: address(THEIRS), name: Some("Dana".to_owned()) });
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "id",
        "type",
        "direction",
        "created",
        "date",
        "businessNumber",
        "client",
        "contact",
        "from",
        "to",
        "caller",
        "called",
        "address",
        "number",
        "phone",
        "name",
        "text",
        "message",
        "textModel",
        "attachments",
        "url",
        "users",
        "agent",
        "status",
        "data",
        "requests",
        "total",
        "hasMore",
        "errors",
        "isSuccess",
        "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("2026-01-02T03:04:05Z")),
        Just(json!(THEIRS)),
        Just(json!("Message")),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..8)
                .prop_map(|fields| fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn no_json_panics(value in any_json()) {
        use super::super::envelope;
        use super::super::words::{Secrets, Words};

        let secrets = Secrets::default();
        let body = value.to_string();
        let _ = Words::of(body.as_bytes(), &secrets);
        if let Ok(listing) = envelope::listing(body.as_bytes(), &secrets) {
            for record in listing.records().filter_map(Result::ok) {
                let _ = decode(record);
            }
        }
        if let Decoded::Message(record) = decode(plain_keys(value)) {
            let sided = record.sides(&[address(OURS)], &address(OURS));
            prop_assert!(!sided.contact.address.as_str().is_empty());
        }
    }

    #[test]
    fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        use super::super::envelope;
        use super::super::words::{Secrets, Words};

        let _ = envelope::listing(&body, &Secrets::default());
        let _ = Words::of(&body, &Secrets::default());
    }

    #[test]
    fn our_side_is_ours_where_one_is(from_ours in any::<bool>(), stated in prop::sample::select(vec!["", "in", "out"])) {
        let (from, to) = if from_ours { (OURS, THEIRS) } else { (THEIRS, OURS) };
        let record = read(json!({"created": 1_767_323_045, "from": from, "to": to, "direction": stated}));
        let sided = record.sides(&[address(OURS)], &address(OURS));
        prop_assert_eq!(sided.number.as_str(), OURS);
        prop_assert_eq!(sided.contact.address.as_str(), THEIRS);
    }
}

#[test]
fn a_record_takes_the_room_of_what_it_holds() {
    let bare = json!({"id": "1", "from": THEIRS, "to": OURS, "date": 1_767_323_045, "text": ""});
    let with = |field: &str, value: Value| {
        let mut wire = bare.clone();
        wire[field] = value;
        read(wire).room()
    };
    let room = read(bare.clone()).room();
    assert!(room >= size_of::<Record>());
    assert_eq!(with("text", json!("x".repeat(1_000))), room + 1_000);
    assert!(with("to", json!(vec![THEIRS; 100])) > room + 99 * size_of::<Contact>());
    let files: Vec<String> = (0..300).map(|n| format!("https://files.example/{n}")).collect();
    assert!(with("attachments", json!(files)) > room + 100 * size_of::<Attachment>());
    let mut wire = bare;
    wire["attachments"] = json!(files);
    assert_eq!(read(wire).attachments.len(), 100, "and no more of them");
}

use rstest::rstest;
use serde_json::json;

use super::*;

/// Records of the list, total, whether there are more.
fn read(value: &Value) -> Result<(usize, Option<u64>, Option<bool>), Not> {
    let body = value.to_string();
    let found = listing(body.as_bytes(), &Secrets::default())?;
    assert_eq!(found.records().count(), found.count);
    Ok((found.count, found.total, found.has_more))
}

#[rstest]
#[case::bare(json!([1, 2]), 2, None, None)]
#[case::pages(json!([{"currentPage": 1, "requests": [{"id": 1}, {"id": 2}]}]), 2, None, None)]
#[case::data_plural(json!({"isSuccess": true, "data": {"messages": [1, 2], "total": 7}}), 2, Some(7), None)]
#[case::any_plural(json!({"isSuccess": true, "data": {"voicePhones": [1], "total": "7"}}), 1, Some(7), None)]
#[case::requests(json!({"currentPage": 1, "requests": [1], "hasMore": true}), 1, None, Some(true))]
#[case::data_array(json!({"data": [1, 2, 3], "totalCount": 3}), 3, Some(3), None)]
#[case::items(json!({"Items": [1], "Total": 1}), 1, Some(1), None)]
#[case::records(json!({"records": []}), 0, None, None)]
#[case::deep(json!({"data": {"result": {"items": [1]}}}), 1, None, None)]
#[case::pagination(json!({"data": [1], "pagination": {"total": 9, "has_more": "false"}}), 1, Some(9), Some(false))]
#[case::no_errors(json!({"isSuccess": true, "errors": [], "data": {"requests": [1]}}), 1, None, None)]
#[case::deleted_beside(json!({"data": {"deletedPhoneNumbers": [1, 2], "phoneNumbers": [3], "total": 1}}), 1, Some(1), None)]
#[case::deleted_alone(json!({"data": {"deletedPhoneNumbers": [1, 2], "total": 0}}), 0, Some(0), None)]
#[case::none_beside_deleted(json!({"data": {"deletedPhoneNumbers": [1], "phoneNumbers": null}}), 0, None, None)]
#[case::beside_others(json!({"requests": [1], "tags": [1, 2]}), 1, None, None)]
#[case::null(json!({"isSuccess": true, "data": null}), 0, None, None)]
#[case::null_list(json!({"currentPage": 1, "requests": null}), 0, None, None)]
#[case::left_out(json!({"isSuccess": true, "data": {"total": 0}}), 0, Some(0), None)]
fn finds_lists(#[case] value: Value, #[case] n: usize, #[case] total: Option<u64>, #[case] more: Option<bool>) {
    assert_eq!(read(&value), Ok((n, total, more)));
}

#[rstest]
#[case(json!({"isSuccess": false, "errors": ["no such number"]}), "no such number")]
#[case(json!({"success": false, "message": "down"}), "down")]
#[case(json!({"error": "invalid key"}), "invalid key")]
#[case(json!({"isSuccess": "false", "data": null, "message": "down"}), "down")]
#[case(json!({"isSuccess": false, "data": {"requests": []}, "message": "down"}), "down")]
#[case(json!({"isSuccess": false, "messages": ["down"], "message": "no"}), "no")]
#[case(json!({"errors": ["down"], "data": []}), "down")]
fn sees_failure(#[case] value: Value, #[case] words: &str) {
    match read(&value) {
        Err(Not::Success(said)) => assert_eq!(said.get(), Some(words)),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case("", "it is empty")]
#[case("{\"requests\":[{\"id\":1,", "it ends in the middle")]
#[case("nothing here", "it is no JSON at line 1, column 2")]
#[case("<html><title>Sign in</title></html>", "it is an HTML page titled Sign in")]
#[case("{\"x\":1}", "there is no list in it")]
#[case("17", "there is no list in it")]
#[case(r#"{"data":{"deletedPhoneNumbers":[1]}}"#, "there is no list in it")]
fn tells_what_cannot_be_read(#[case] body: &str, #[case] reason: &str) {
    match listing(body.as_bytes(), &Secrets::default()) {
        Err(Not::Readable(why, _)) => assert_eq!(why, reason),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case::half_an_emoji(br#"[{"id":1,"text":"broken \ud83d here"},{"id":2,"text":"whole"}]"#, "broken \u{fffd} here")]
#[case::no_utf8(b"[{\"id\":1,\"text\":\"caf\xe9\"},{\"id\":2,\"text\":\"whole\"}]", "caf\u{fffd}")]
#[case::raw_control(b"[{\"id\":1,\"text\":\"a\nb\x1b\"},{\"id\":2,\"text\":\"whole\"}]", "a\nb\u{1b}")]
fn one_broken_text_does_not_hide_the_others(#[case] body: &[u8], #[case] text: &str) {
    let found = listing(body, &Secrets::default()).unwrap();
    let records: Vec<Value> = found.records().map(Result::unwrap).collect();
    assert_eq!((&records[0]["text"], &records[1]["text"]), (&json!(text), &json!("whole")));
}

#[rstest]
#[case(json!({"id": "1"}), Went::Well)]
#[case(json!({"isSuccess": true, "data": {"id": 1}}), Went::Well)]
#[case(json!({"error": null, "errors": {}, "id": 1}), Went::Well)]
#[case(json!({"isSuccess": false}), Went::Badly)]
#[case(json!({"data": {"success": false}}), Went::Badly)]
#[case(json!({"error": {"message": "x"}}), Went::Errors)]
#[case(json!({"isSuccess": true, "errors": ["x"]}), Went::Unclear)]
fn tells_how_it_went(#[case] value: Value, #[case] expected: Went) {
    assert_eq!(went(&plain_keys(value)), expected);
}

fn reasons(body: &str) -> Vec<Option<&'static str>> {
    let body = listing(body.as_bytes(), &Secrets::default()).unwrap();
    body.records().map(Result::err).collect()
}

#[rstest]
#[case::bare("[", "]")]
#[case::wrapped("{\"requests\":[", "]}")]
#[case::pages("[{\"requests\":[", "]},{\"requests\":[{}]}]")]
fn so_many_records_are_taken_and_no_more(#[case] head: &str, #[case] tail: &str) {
    let others = tail.matches("{}").count();
    let of = |records: usize| format!("{head}{}{tail}", vec!["{}"; records - others].join(","));
    let most = of(MOST_RECORDS);
    assert_eq!(listing(most.as_bytes(), &Secrets::default()).unwrap().records().count(), MOST_RECORDS);
    match listing(of(MOST_RECORDS + 1).as_bytes(), &Secrets::default()) {
        Err(Not::Readable(why, _)) => assert_eq!(why, "it holds more than 10000 records"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn pages_without_end_are_refused() {
    let body = format!("[{}]", vec!["{\"requests\":[]}"; MOST_RECORDS + 1].join(","));
    assert!(matches!(listing(body.as_bytes(), &Secrets::default()), Err(Not::Readable(..))));
}

#[rstest]
#[case::large(format!("{{\"id\":2,\"x\":\"{}\"}}", "x".repeat(LARGEST_RECORD)), "it is larger than 2 MiB")]
#[case::parts(format!("{{\"id\":2,\"attachments\":[{}]}}", vec!["\"x\""; 20_000].join(",")), "it has too many parts, or goes too deep")]
#[case::deep(format!("{{\"id\":2,\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000)), "it has too many parts, or goes too deep")]
#[case::number("{\"id\":2,\"x\":1e999}".to_owned(), "it is no JSON that can be read")]
fn what_is_wrong_in_a_record_spoils_no_other(#[case] record: String, #[case] reason: &'static str) {
    let body = format!("{{\"requests\":[{{\"id\":1}},{record},{{\"id\":3}}],\"total\":3}}");
    assert_eq!(reasons(&body), [None, Some(reason), None]);
    assert_eq!(listing(body.as_bytes(), &Secrets::default()).unwrap().total, Some(3));
}

#[test]
fn what_comes_before_and_after_a_long_list_is_found() {
    let rich = json!({"a": vec![json!({"b": "x".repeat(500)}); 200], "client": {"resolvedContacts": vec![1; 50]}});
    let value = json!({"data": {"requests": vec![rich; 300], "total": 7_000, "zzz": 1}, "hasMore": true});
    assert_eq!(read(&value), Ok((300, Some(7_000), Some(true))));
}

#[test]
fn an_answer_that_is_no_list_holds_little() {
    let read = |value: Value| json(value.to_string().as_bytes(), &Secrets::default());
    assert!(read(json!({"id": "1", "x": vec![0; 1_000]})).is_ok());
    for value in [json!({"id": "1", "x": vec![0; 10_000]}), json!({"id": "x".repeat(300_000)})] {
        match read(value) {
            Err(Not::Readable(why, _)) => assert_eq!(why, "it holds far more than such an answer has"),
            other => panic!("{other:?}"),
        }
    }
}

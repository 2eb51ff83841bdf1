//! The shapes that answers come wrapped in (`mightycall-api.md`, sections 5 and 17): a bare array, or an object in which
//! the list and what is told about paging must be found. No shape may be assumed for any endpoint.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::mend;
use super::wire::{Maybe, Text, Truth, plain_keys};
use super::words::{Secrets, Words, html};

/// Names under which lists come, the most telling first. An array under any other name is taken where it is the only one.
const LISTS: [&str; 13] = [
    "requests",
    "messages",
    "items",
    "records",
    "results",
    "phonenumbers",
    "numbers",
    "extensions",
    "entries",
    "rows",
    "list",
    "values",
    "data",
];
/// Objects that only wrap.
const WRAPPERS: [&str; 5] = ["data", "result", "response", "payload", "body"];
/// Arrays that are never the list.
const NEVER: [&str; 5] = ["errors", "warnings", "messagesofservice", "links", "deletedphonenumbers"];

/// A list, with what the answer told about paging.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Listing {
    pub(super) records: Vec<Value>,
    /// Records there are in all.
    pub(super) total: Option<u64>,
    /// Whether the answer says that there are more.
    pub(super) has_more: Option<bool>,
}

/// What an answer of status 2xx turned out to be instead of a list or a thing.
#[derive(Debug, PartialEq)]
pub(super) enum Not {
    /// It says that it did not succeed.
    Success(Words),
    /// It cannot be read.
    Readable(String, Words),
}

/// Fields next to the data, wherever they stand. Keys are plain.
#[derive(Debug, Default, Deserialize)]
struct Beside {
    #[serde(default)]
    issuccess: Maybe<Truth>,
    #[serde(default)]
    success: Maybe<Truth>,
    #[serde(default)]
    succeeded: Maybe<Truth>,
    #[serde(default)]
    ok: Maybe<Truth>,
    #[serde(default)]
    total: Maybe<Text>,
    #[serde(default)]
    totalcount: Maybe<Text>,
    #[serde(default)]
    totalrecords: Maybe<Text>,
    #[serde(default)]
    totalitems: Maybe<Text>,
    #[serde(default)]
    hasmore: Maybe<Truth>,
    #[serde(default)]
    hasnext: Maybe<Truth>,
    #[serde(default)]
    hasnextpage: Maybe<Truth>,
    #[serde(default)]
    paging: Maybe<Box<Beside>>,
    #[serde(default)]
    pagination: Maybe<Box<Beside>>,
    #[serde(default)]
    meta: Maybe<Box<Beside>>,
    #[serde(default)]
    error: Value,
    #[serde(default)]
    errors: Value,
}

impl Beside {
    fn of(value: &Value) -> Self {
        Self::deserialize(value).unwrap_or_default()
    }

    fn succeeded(&mut self) -> Option<bool> {
        let said = [&mut self.issuccess, &mut self.success, &mut self.succeeded, &mut self.ok];
        said.into_iter().find_map(|said| std::mem::take(said).truth())
    }

    fn has_errors(&self) -> bool {
        says_something(&self.error) || says_something(&self.errors)
    }

    fn paging(self) -> (Option<u64>, Option<bool>) {
        let inner: Vec<_> = [self.paging, self.pagination, self.meta]
            .into_iter()
            .filter_map(Maybe::get)
            .map(|inner| inner.paging())
            .collect();
        let total =
            [self.total, self.totalcount, self.totalrecords, self.totalitems].into_iter().find_map(Maybe::count);
        let more = [self.hasmore, self.hasnext, self.hasnextpage].into_iter().find_map(Maybe::truth);
        (
            total.or_else(|| inner.iter().find_map(|(total, _)| *total)),
            more.or_else(|| inner.iter().find_map(|(_, more)| *more)),
        )
    }
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(fields) => !fields.is_empty(),
    }
}

/// How an answer of status 2xx says it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    Well,
    /// It says that it failed.
    Badly,
    /// It has errors and does not say whether it succeeded.
    Errors,
    /// It says that it succeeded, and has errors.
    Unclear,
}

/// Looks for a word of failure in the answer and in what it wraps.
pub(super) fn went(value: &Value) -> Went {
    let mut layer = Some(value);
    let (mut said, mut errors) = (None, false);
    while let Some(value) = layer {
        let mut beside = Beside::of(value);
        errors |= beside.has_errors();
        match beside.succeeded() {
            Some(false) => return Went::Badly,
            Some(true) => said = Some(true),
            None => {}
        }
        layer = wrapped(value);
    }
    match (errors, said) {
        (false, _) => Went::Well,
        (true, Some(_)) => Went::Unclear,
        (true, None) => Went::Errors,
    }
}

/// What an object wraps, if it wraps an object.
pub(super) fn wrapped(value: &Value) -> Option<&Value> {
    let fields = value.as_object()?;
    WRAPPERS.iter().find_map(|name| fields.get(*name).filter(|inner| inner.is_object()))
}

/// Reads JSON with plain keys. What is no JSON is told in a few words.
pub(super) fn json(body: &[u8], secrets: &Secrets) -> Result<Value, Not> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let read = serde_json::from_slice::<Value>(body).or_else(|why| {
        // one message with half a character must not hide a whole page
        mend::mended(body).and_then(|mended| serde_json::from_str(&mended).ok()).ok_or(why)
    });
    read.map(plain_keys).map_err(|why| {
        let text = String::from_utf8_lossy(&body[..body.len().min(4_096)]);
        let reason = if text.trim().is_empty() {
            "it is empty".to_owned()
        } else if let Some(page) = html(&text) {
            // the page is named in the reason, its text would add nothing
            return Not::Readable(
                format!("it is {}", Words::safe(&page, secrets).get().unwrap_or("HTML")),
                Words::none(),
            );
        } else if why.is_eof() {
            "it ends in the middle".to_owned()
        } else {
            format!("it is no JSON at line {}, column {}", why.line(), why.column())
        };
        // the body of a broken answer may be people's messages: it is not quoted
        Not::Readable(reason, Words::none())
    })
}

/// Whether the body is a page for people.
pub(super) fn is_page(body: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&body[..body.len().min(4_096)]);
    // a message may well speak of HTML
    head.trim_start_matches('\u{feff}').trim_start().starts_with('<') && html(&head).is_some()
}

/// Whether the body is JSON that ends too early: a connection that was cut behind a proxy.
pub(super) fn is_cut_off(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    matches!(serde_json::from_slice::<serde::de::IgnoredAny>(body), Err(why) if why.is_eof())
}

/// Finds the list in an answer of status 2xx.
pub(super) fn listing(body: &[u8], secrets: &Secrets) -> Result<Listing, Not> {
    let mut value = json(body, secrets)?;
    if let Value::Array(records) = value {
        let records = out_of_pages(records);
        return Ok(Listing { records, total: None, has_more: None });
    }
    if !value.is_object() {
        return Err(Not::Readable("there is no list in it".to_owned(), Words::none()));
    }
    let failed = match went(&value) {
        Went::Well => false,
        Went::Badly => true,
        Went::Errors | Went::Unclear => find_list(&value).is_none_or(|path| path_is_empty(&value, &path)),
    };
    if failed {
        return Err(Not::Success(Words::of_value(value, secrets).unwrap_or_default()));
    }
    let (mut total, mut has_more) = (None, None);
    let mut layer = Some(&value);
    while let Some(inner) = layer {
        let (inner_total, inner_more) = Beside::of(inner).paging();
        total = total.or(inner_total);
        has_more = has_more.or(inner_more);
        layer = wrapped(inner);
    }
    let records = match find_list(&value) {
        Some(path) => take(&mut value, &path),
        // an empty account may leave the list out altogether
        None if total == Some(0) || is_empty_answer(&value) => Vec::new(),
        None => {
            // a lone record would quote somebody's message
            let says_little = value.as_object().is_some_and(|fields| fields.len() <= 2);
            let words = says_little.then(|| Words::of_value(value, secrets)).flatten();
            return Err(Not::Readable("there is no list in it".to_owned(), words.unwrap_or_default()));
        }
    };
    Ok(Listing { records, total, has_more })
}

/// A list whose first item holds `requests` is a list of pages (section 17, grade C).
fn out_of_pages(items: Vec<Value>) -> Vec<Value> {
    let is_page = |item: &Value| item.get("requests").is_some_and(Value::is_array);
    if items.is_empty() || !items.iter().all(is_page) {
        return items;
    }
    let requests = |mut item: Value| match item["requests"].take() {
        Value::Array(records) => records,
        _ => Vec::new(),
    };
    items.into_iter().flat_map(requests).collect()
}

/// The keys that lead to the list.
fn find_list(value: &Value) -> Option<Vec<String>> {
    let fields = value.as_object()?;
    let named = LISTS.iter().find(|name| fields.get(**name).is_some_and(Value::is_array));
    if let Some(name) = named {
        return Some(vec![(*name).to_owned()]);
    }
    for name in WRAPPERS {
        if let Some(mut path) = fields.get(name).and_then(find_list) {
            path.insert(0, name.to_owned());
            return Some(path);
        }
    }
    let mut arrays = fields.iter().filter(|(name, value)| value.is_array() && !NEVER.contains(&name.as_str()));
    match (arrays.next(), arrays.next()) {
        (Some((name, _)), None) => Some(vec![name.clone()]),
        _ => None,
    }
}

fn walk<'a>(value: &'a mut Value, path: &[String]) -> &'a mut Value {
    path.iter().fold(value, |value, key| &mut value[key.as_str()])
}

fn take(value: &mut Value, path: &[String]) -> Vec<Value> {
    match walk(value, path).take() {
        Value::Array(records) => records,
        _ => Vec::new(),
    }
}

fn path_is_empty(value: &Value, path: &[String]) -> bool {
    path.iter().fold(value, |value, key| &value[key.as_str()]).as_array().is_none_or(Vec::is_empty)
}

/// `{"isSuccess":true,"data":null}`, `{"isSuccess":true,"data":{}}`, `{"currentPage":1,"requests":null}`.
fn is_empty_answer(value: &Value) -> bool {
    let Some(fields) = value.as_object() else { return false };
    let null_list =
        |fields: &Map<String, Value>| LISTS.iter().any(|name| fields.get(*name).is_some_and(Value::is_null));
    null_list(fields)
        || fields.get("data").and_then(Value::as_object).is_some_and(|data| data.is_empty() || null_list(data))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> Result<Listing, Not> {
        listing(value.to_string().as_bytes(), &Secrets::default())
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
        let found = read(&value).unwrap();
        assert_eq!((found.records.len(), found.total, found.has_more), (n, total, more));
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
        let records = listing(body, &Secrets::default()).unwrap().records;
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
}

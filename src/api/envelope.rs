//! The shapes that answers come wrapped in (`mightycall-api.md`, sections 5 and 17): a bare array, or an object in which
//! the list and what is told about paging must be found. No shape may be assumed for any endpoint.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::bounded::{self, ANSWER, Limits, OUTLINE, RECORD, Unread, WITHOUT_ITEMS};
use super::wire::{Maybe, Text, Truth, plain_keys};
use super::words::{Secrets, Words, html};
use super::{mend, slices};

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

/// Records of one answer at most. A page has a thousand; what holds more is refused whole, since a part of it would look like
/// all there is.
const MOST_RECORDS: usize = 10_000;
/// Bytes of one record at most. One that is larger counts as one that cannot be read.
const LARGEST_RECORD: usize = 2 * 1024 * 1024;
/// Bytes of an answer at most once it is mended.
const LONGEST_MENDED: usize = super::transport::MOST_BODY;

/// A list, with what the answer told about paging. Its records are read one by one.
#[derive(Debug)]
pub(super) struct Listing<'a> {
    /// The whole answer.
    text: Cow<'a, str>,
    /// Where in it the list is; several where it comes in pages.
    lists: Vec<Range<usize>>,
    /// Records in the list, readable or not.
    pub(super) count: usize,
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

impl Listing<'_> {
    /// The records in their order, with plain keys; of one that cannot be read the reason, which quotes nothing.
    pub(super) fn records(&self) -> impl Iterator<Item = Result<Value, &'static str>> {
        self.lists.iter().flat_map(|list| slices::elements(&self.text, list.clone())).map(|at| record(&self.text[at]))
    }
}

/// Reads one record by itself, so that what is wrong in it spoils no other.
fn record(text: &str) -> Result<Value, &'static str> {
    if text.len() > LARGEST_RECORD {
        return Err("it is larger than 2 MiB");
    }
    let read =
        bounded::read(text, &RECORD).or_else(|why| match (&why, mend::mended(text.as_bytes(), LARGEST_RECORD)) {
            (Unread::NoJson(_), Some(mended)) => bounded::read(&mended, &RECORD),
            _ => Err(why),
        });
    read.map(plain_keys).map_err(|why| match why {
        Unread::TooMuch => "it has too many parts, or goes too deep",
        Unread::NoJson(_) => "it is no JSON that can be read",
    })
}

/// Reads JSON of an answer that is no list, with plain keys. What is no JSON, or far more than such an answer has, is told
/// in a few words.
pub(super) fn json(body: &[u8], secrets: &Secrets) -> Result<Value, Not> {
    read(body, &ANSWER, secrets).map(|(_, value)| value)
}

/// Reads the outline of JSON, with plain keys: long texts are cut, long lists end with `true` for the rest.
pub(super) fn outline(body: &[u8], secrets: &Secrets) -> Result<Value, Not> {
    read(body, &OUTLINE, secrets).map(|(_, value)| value)
}

/// Reads JSON within these limits, with plain keys; and gives its text, mended where it has to be.
pub(super) fn read<'a>(body: &'a [u8], limits: &Limits, secrets: &Secrets) -> Result<(Cow<'a, str>, Value), Not> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let why = match std::str::from_utf8(body).map(|text| (text, bounded::read(text, limits))) {
        Ok((text, Ok(value))) => return Ok((Cow::Borrowed(text), plain_keys(value))),
        Ok((_, Err(why))) => Some(why),
        Err(_) => None,
    };
    // one message with half a character must not hide a whole page
    let mended = match why {
        Some(Unread::TooMuch) => None,
        _ => mend::mended(body, LONGEST_MENDED),
    };
    let why = match mended.map(|text| (bounded::read(&text, limits), text)) {
        Some((Ok(value), text)) => return Ok((Cow::Owned(text), plain_keys(value))),
        Some((Err(unread), _)) => why.or(Some(unread)),
        None => why,
    };
    // the body of a broken answer may be people's messages: it is not quoted
    let not = |reason: String| Err(Not::Readable(reason, Words::none()));
    let text = String::from_utf8_lossy(&body[..body.len().min(4_096)]);
    if text.trim().is_empty() {
        return not("it is empty".to_owned());
    }
    if let Some(page) = html(&text) {
        // the page is named in the reason, its text would add nothing
        return not(format!("it is {}", Words::safe(&page, secrets).get().unwrap_or("HTML")));
    }
    not(match why {
        Some(Unread::TooMuch) => "it holds far more than such an answer has".to_owned(),
        Some(Unread::NoJson(why)) if why.is_eof() => "it ends in the middle".to_owned(),
        Some(Unread::NoJson(why)) => format!("it is no JSON at line {}, column {}", why.line(), why.column()),
        None => "it is no text".to_owned(),
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

/// Finds the list in an answer of status 2xx. One with too many records is refused.
pub(super) fn listing<'a>(body: &'a [u8], secrets: &Secrets) -> Result<Listing<'a>, Not> {
    let (text, value) = read(body, &OUTLINE, secrets).or_else(|_| read(body, &WITHOUT_ITEMS, secrets))?;
    let whole = slices::value(&text, 0).unwrap_or_default();
    let (lists, total, has_more) = match &value {
        Value::Array(_) => (pages(&text, whole)?, None, None),
        Value::Object(_) => {
            let (path, total, has_more) = listed(value, secrets)?;
            let found = path.map(|path| find(&text, whole, &path).ok_or_else(no_list)).transpose()?;
            (found.into_iter().collect(), total, has_more)
        }
        _ => return Err(no_list()),
    };
    let records = lists.iter().flat_map(|list| slices::elements(&text, list.clone()));
    let count = records.take(MOST_RECORDS + 1).count();
    if count > MOST_RECORDS {
        return Err(too_many());
    }
    Ok(Listing { text, lists, count, total, has_more })
}

fn no_list() -> Not {
    Not::Readable("there is no list in it".to_owned(), Words::none())
}

fn too_many() -> Not {
    Not::Readable(format!("it holds more than {MOST_RECORDS} records"), Words::none())
}

/// The keys that lead to the list, which an empty account may leave out, and what is told about paging.
fn listed(value: Value, secrets: &Secrets) -> Result<(Option<Vec<String>>, Option<u64>, Option<bool>), Not> {
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
    match find_list(&value) {
        Some(path) => Ok((Some(path), total, has_more)),
        None if total == Some(0) || is_empty_answer(&value) => Ok((None, total, has_more)),
        None => {
            // a lone record would quote somebody's message
            let says_little = value.as_object().is_some_and(|fields| fields.len() <= 2);
            let words = says_little.then(|| Words::of_value(value, secrets)).flatten();
            Err(Not::Readable("there is no list in it".to_owned(), words.unwrap_or_default()))
        }
    }
}

/// The lists in a bare list: it itself, or those of its pages where its items hold `requests` (section 17, grade C).
fn pages(text: &str, list: Range<usize>) -> Result<Vec<Range<usize>>, Not> {
    let mut pages = Vec::new();
    for item in slices::elements(text, list.clone()) {
        match slices::field(text, item, "requests").filter(|requests| slices::is_list(text, requests)) {
            Some(requests) => pages.push(requests),
            None => return Ok(vec![list]),
        }
        if pages.len() > MOST_RECORDS {
            return Err(too_many());
        }
    }
    Ok(if pages.is_empty() { vec![list] } else { pages })
}

/// The list that these keys lead to.
fn find(text: &str, whole: Range<usize>, path: &[String]) -> Option<Range<usize>> {
    let found = path.iter().try_fold(whole, |object, name| slices::field(text, object, name))?;
    slices::is_list(text, &found).then_some(found)
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
mod tests;

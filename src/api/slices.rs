//! The places of lists, their elements and the fields of objects in a JSON text, so that one record after another can be
//! read and let go. For texts that are known to be JSON: of others it finds less.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::IgnoredAny;

use super::bounded::MOST_FIELDS;
use super::wire::plain_key;

const BLANKS: &[char] = &[' ', '\t', '\n', '\r'];

/// The value that begins at or after this place.
pub(super) fn value(text: &str, at: usize) -> Option<Range<usize>> {
    let at = past(text, at, BLANKS);
    let mut values = serde_json::Deserializer::from_str(text.get(at..)?).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(at..at + values.byte_offset())
}

/// The elements of a list, one after the other; none where it is no list.
pub(super) fn elements(text: &str, list: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = list.start + 1;
    let is_list = is_list(text, &list);
    std::iter::from_fn(move || {
        if !is_list {
            return None;
        }
        let element = value(text, past(text, at, &[' ', '\t', '\n', '\r', ',']))?;
        at = element.end;
        Some(element)
    })
}

/// The value of the field whose plain name is this, by the rules of [`plain_keys`](super::wire::plain_keys).
pub(super) fn field(text: &str, object: Range<usize>, name: &str) -> Option<Range<usize>> {
    text.get(object.clone())?.strip_prefix('{')?;
    let mut at = object.start + 1;
    let mut found = BTreeMap::new();
    // as many as an outline has
    for _ in 0..MOST_FIELDS {
        let Some(key) = value(text, past(text, at, &[' ', '\t', '\n', '\r', ','])) else { break };
        let value = value(text, past(text, key.end, &[' ', '\t', '\n', '\r', ':']))?;
        at = value.end;
        if let Ok(key) = serde_json::from_str::<String>(&text[key])
            && plain_key(&key) == name
        {
            found.insert(key, value);
        }
    }
    let is_null = |value: &Range<usize>| &text[value.clone()] == "null";
    found.values().find(|value| !is_null(value)).or_else(|| found.values().next()).cloned()
}

/// Whether the value in this place is a list.
pub(super) fn is_list(text: &str, value: &Range<usize>) -> bool {
    text.get(value.clone()).is_some_and(|value| value.starts_with('['))
}

fn past(text: &str, at: usize, what: &[char]) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.len() - rest.trim_start_matches(what).len()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn listed(text: &str) -> Vec<&str> {
        elements(text, value(text, 0).unwrap()).map(|element| &text[element]).collect()
    }

    #[rstest]
    #[case("[]", &[])]
    #[case(" [ ] ", &[])]
    #[case("[1,-2.5e3 , true,null ,\"a,]\\\"\" ]", &["1", "-2.5e3", "true", "null", "\"a,]\\\"\""])]
    #[case("\n[{\"a\":[1,2]},[[3],{}]\t,\"\\ud83d\"]", &["{\"a\":[1,2]}", "[[3],{}]", "\"\\ud83d\""])]
    #[case("{\"a\":1}", &[])]
    fn elements_are_as_they_are_written(#[case] text: &str, #[case] expected: &[&str]) {
        assert_eq!(listed(text), expected);
    }

    #[rstest]
    #[case(r#"{"total":1,"re_quests" : [1] }"#, Some("[1]"))]
    #[case(r#"{"Requests":null,"requests":[2]}"#, Some("[2]"))]
    #[case(r#"{"requests":[1],"requests":[2]}"#, Some("[2]"))]
    #[case(r#"{"re\u0071uests":[1]}"#, Some("[1]"))]
    #[case(r#"{"requests":null}"#, Some("null"))]
    #[case(r#"{"a":{"requests":[1]},"b":"requests"}"#, None)]
    #[case("{}", None)]
    #[case("[1]", None)]
    fn fields_are_found_by_their_plain_names(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(field(text, value(text, 0).unwrap(), "requests").map(|found| &text[found]), expected);
    }
}

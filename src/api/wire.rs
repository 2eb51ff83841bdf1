//! Pieces that the wire types of every endpoint family are made of, each tolerant in the ways of `mightycall-api.md`,
//! sections 5 and 17.
//!
//! Field names differ by account and by time in spelling too, so keys are made plain first ([`plain_keys`]) and the wire
//! structs name them in lower case. Where two names mean one thing they are two fields, never aliases of one: records do
//! carry several at once (`id` and `guid`), which serde refuses for aliases.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Number, Value};

use crate::model::Address;

/// The same value with every key in lower case and without `_` and `-`: `createdAt`, `created_at` and `CreatedAt` are one.
/// Of two keys that become the same, the first that is not null stays.
pub(super) fn plain_keys(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(plain_keys).collect()),
        Value::Object(fields) => {
            let mut plain = Map::with_capacity(fields.len());
            for (key, value) in fields {
                let slot = plain.entry(plain_key(&key)).or_insert(Value::Null);
                if slot.is_null() {
                    *slot = plain_keys(value);
                }
            }
            Value::Object(plain)
        }
        other => other,
    }
}

/// One key in lower case and without `_`, `-` and blanks.
pub(super) fn plain_key(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect::<String>().to_lowercase()
}

/// A field that is left out where it is not what it should be, instead of spoiling the record around it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Maybe<T> {
    Read(T),
    Other(IgnoredAny),
}

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

impl<T> Maybe<T> {
    pub(super) fn get(self) -> Option<T> {
        match self {
            Self::Read(value) => Some(value),
            Self::Other(_) => None,
        }
    }
}

/// A text or a number; numbers are taken as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Text {
    Text(String),
    Number(Number),
}

impl Text {
    pub(super) fn into_string(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

impl Maybe<Text> {
    /// The text, trimmed, unless it is blank.
    pub(super) fn trimmed(self) -> Option<String> {
        self.get().map(|text| text.into_string().trim().to_owned()).filter(|text| !text.is_empty())
    }
}

/// The first of several names for an id that has one. Ids may be JSON numbers. A GUID is the same in either case: it is
/// given in lower case, so that what a send answered is found again in the journal.
pub(super) fn first_id<const N: usize>(names: [Maybe<Text>; N]) -> Option<String> {
    names.into_iter().filter_map(Maybe::trimmed).find_map(|id| clean_id(&id))
}

/// One id, a GUID in lower case; `None` for what stands where there is no id.
pub(super) fn clean_id(id: &str) -> Option<String> {
    let id = id.trim();
    let is_none = matches!(id, "" | "0" | "null" | "00000000-0000-0000-0000-000000000000");
    (!is_none).then(|| if is_guid(id) { id.to_ascii_lowercase() } else { id.to_owned() })
}

fn is_guid(id: &str) -> bool {
    let is_dash = |at| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, byte): (usize, u8)| if is_dash(at) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    id.len() == 36 && id.bytes().enumerate().all(fits)
}

/// A truth as JSON, as a text or as 0 and 1.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Truth {
    Bool(bool),
    Text(Text),
}

impl Maybe<Truth> {
    pub(super) fn truth(self) -> Option<bool> {
        match self.get()? {
            Truth::Bool(truth) => Some(truth),
            Truth::Text(text) => match text.into_string().trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => Some(true),
                "false" | "0" | "no" => Some(false),
                _ => None,
            },
        }
    }
}

impl Maybe<Text> {
    /// A count, as a number or as a text.
    pub(super) fn count(self) -> Option<u64> {
        self.trimmed()?.parse().ok()
    }
}

/// One side of a message: a text, a number, or an object around either, with a name perhaps.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Party {
    Bare(Text),
    Fields(Box<PartyFields>),
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct PartyFields {
    #[serde(default)]
    number: Maybe<Text>,
    #[serde(default)]
    phone: Maybe<Text>,
    #[serde(default)]
    address: Maybe<Text>,
    #[serde(default)]
    phonenumber: Maybe<Text>,
    #[serde(default)]
    value: Maybe<Text>,
    #[serde(default)]
    name: Maybe<Text>,
    #[serde(default)]
    displayname: Maybe<Text>,
    #[serde(default)]
    fullname: Maybe<Text>,
    #[serde(default)]
    label: Maybe<Text>,
    #[serde(default)]
    extension: Maybe<Text>,
    #[serde(default)]
    agentrole: Maybe<String>,
}

/// Who a [`Party`] is. Either part may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Who {
    pub(super) address: Option<Address>,
    pub(super) name: Option<String>,
}

impl Party {
    pub(super) fn who(self) -> Who {
        match self {
            Self::Bare(text) => Who { address: Address::from_wire(&text.into_string()), name: None },
            Self::Fields(fields) => {
                let PartyFields {
                    number, phone, address, phonenumber, value, name, displayname, fullname, label, ..
                } = *fields;
                let written = [number, phone, address, phonenumber, value].into_iter().find_map(Maybe::trimmed);
                Who {
                    address: written.and_then(|written| Address::from_wire(&written)),
                    name: [name, displayname, fullname, label].into_iter().find_map(Maybe::trimmed),
                }
            }
        }
    }

    /// Whether this is the one of the staff whose request it is.
    pub(super) fn is_owner(&self) -> bool {
        match self {
            Self::Fields(fields) => {
                matches!(&fields.agentrole, Maybe::Read(role) if role.eq_ignore_ascii_case("CallOwner"))
            }
            Self::Bare(_) => false,
        }
    }

    /// The name of one of the staff: bare texts are names here, and an extension serves where there is no name.
    pub(super) fn staff(self) -> Option<String> {
        match self {
            Self::Bare(text) => Maybe::Read(text).trimmed(),
            Self::Fields(fields) => {
                let PartyFields { name, displayname, fullname, label, extension, .. } = *fields;
                [name, displayname, fullname, label]
                    .into_iter()
                    .find_map(Maybe::trimmed)
                    .or_else(|| extension.trimmed().map(|extension| format!("extension {extension}")))
            }
        }
    }
}

/// One or several parties.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Parties {
    Many(Vec<Maybe<Party>>),
    One(Party),
}

impl Parties {
    pub(super) fn into_vec(self) -> Vec<Party> {
        match self {
            Self::Many(many) => many.into_iter().filter_map(Maybe::get).collect(),
            Self::One(Party::Bare(Text::Text(list))) if is_list_of_numbers(&list) => {
                list.split([',', ';']).map(|one| Party::Bare(Text::Text(one.trim().to_owned()))).collect()
            }
            Self::One(one) => vec![one],
        }
    }
}

/// `+12025550101,+12025550102`, but not a sender's name with a comma.
fn is_list_of_numbers(text: &str) -> bool {
    text.contains([',', ';'])
        && text.split([',', ';']).all(|one| Address::from_wire(one).is_some_and(|one| one.can_receive()))
}

/// A point in time: RFC 3339 with any or no zone (none means UTC), or seconds or milliseconds since the epoch.
pub(super) fn moment(value: Text) -> Option<Timestamp> {
    match value {
        Text::Number(number) => epoch(number.as_f64()?, number.as_i64()),
        Text::Text(text) => {
            let text = text.trim();
            // .NET's own spelling
            let text = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")).unwrap_or(text);
            if let Ok(whole) = text.parse::<i64>() {
                #[expect(clippy::cast_precision_loss, reason = "only its size is looked at")]
                return epoch(whole as f64, Some(whole));
            }
            written(&nine_digits(text.trim_end_matches(" UTC").trim_end_matches(" GMT")))
                .or_else(|| super::retry::http_date(text))
        }
    }
}

fn written(text: &str) -> Option<Timestamp> {
    let with_zone = text.parse::<Timestamp>().ok();
    with_zone
        .or_else(|| {
            let civil: DateTime = text.parse().ok()?;
            Offset::UTC.to_timestamp(civil).ok()
        })
        // .NET's latest time is later than any that a `Timestamp` holds
        .or_else(|| text.starts_with("9999-12-31T").then_some(Timestamp::MAX))
}

/// Fractions of a second finer than nanoseconds are cut off.
fn nine_digits(text: &str) -> String {
    let Some(dot) = text.find('.') else { return text.to_owned() };
    let digits = text[dot + 1..].bytes().take_while(u8::is_ascii_digit).count();
    format!("{}{}", &text[..=dot + digits.min(9)], &text[dot + 1 + digits..])
}

/// Epoch time by its size: 1e11 seconds is the year 5138, 1e11 milliseconds is 1973.
fn epoch(size: f64, whole: Option<i64>) -> Option<Timestamp> {
    match (size.abs(), whole) {
        (s, Some(seconds)) if s < 1e11 => Timestamp::from_second(seconds).ok(),
        #[expect(clippy::cast_possible_truncation, reason = "below 1e11 and rounded")]
        (s, None) if s < 1e11 => Timestamp::from_millisecond((size * 1_000.0).round() as i64).ok(),
        (s, Some(millis)) if s < 1e14 => Timestamp::from_millisecond(millis).ok(),
        #[expect(clippy::cast_possible_truncation, reason = "below 1e14 and rounded")]
        (s, None) if s < 1e14 => Timestamp::from_millisecond(size.round() as i64).ok(),
        (_, Some(finer)) if size.abs() < 1e17 => Timestamp::from_microsecond(finer).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05Z")]
    #[case(json!("2026-01-02T03:04:05.123Z"), "2026-01-02T03:04:05.123Z")]
    #[case(json!("2026-01-02T03:04:05.1234567Z"), "2026-01-02T03:04:05.1234567Z")]
    #[case(json!("2026-01-02T03:04:05.123456789012Z"), "2026-01-02T03:04:05.123456789Z")]
    #[case(json!("2026-01-02T03:04:05.12345678901"), "2026-01-02T03:04:05.123456789Z")]
    #[case(json!("2026-01-01T22:04:05-05:00"), "2026-01-02T03:04:05Z")]
    #[case(json!("2026-01-01T22:04:05-0500"), "2026-01-02T03:04:05Z")]
    #[case(json!("2026-01-02T03:04:05"), "2026-01-02T03:04:05Z")]
    #[case(json!("2026-01-02 03:04:05.5"), "2026-01-02T03:04:05.5Z")]
    #[case(json!("2026-01-02 03:04:05 UTC"), "2026-01-02T03:04:05Z")]
    #[case(json!(" 2026-01-02T03:04 "), "2026-01-02T03:04:00Z")]
    #[case(json!("2026-01-02"), "2026-01-02T00:00:00Z")]
    #[case(json!("Fri, 02 Jan 2026 03:04:05 GMT"), "2026-01-02T03:04:05Z")]
    #[case(json!("/Date(1767323045000)/"), "2026-01-02T03:04:05Z")]
    #[case(json!(1_767_323_045), "2026-01-02T03:04:05Z")]
    #[case(json!(1_767_323_045_678_i64), "2026-01-02T03:04:05.678Z")]
    #[case(json!(1_767_323_045.5), "2026-01-02T03:04:05.5Z")]
    #[case(json!("1767323045"), "2026-01-02T03:04:05Z")]
    #[case(json!("1767323045678"), "2026-01-02T03:04:05.678Z")]
    fn reads_times(#[case] wire: Value, #[case] at: Timestamp) {
        assert_eq!(moment(Text::deserialize(wire).unwrap()), Some(at));
    }

    #[test]
    fn the_latest_time_of_all_is_one() {
        let latest = Text::deserialize(json!("9999-12-31T23:59:59.9999999Z")).unwrap();
        assert_eq!(moment(latest), Some(Timestamp::MAX));
    }

    #[rstest]
    #[case(json!("yesterday"))]
    #[case(json!(""))]
    #[case(json!("2026-13-02T03:04:05Z"))]
    #[case(json!(1e300))]
    #[case(json!(i64::MAX))]
    fn refuses_what_is_no_time(#[case] wire: Value) {
        assert_eq!(moment(Text::deserialize(wire).unwrap()), None);
    }

    #[rstest]
    #[case(json!("2025550101"), &["+12025550101"])]
    #[case(json!(12_025_550_101_i64), &["+12025550101"])]
    #[case(json!({"number": "202-555-0101"}), &["+12025550101"])]
    #[case(json!({"phone": "+12025550101", "name": "Dana"}), &["+12025550101"])]
    #[case(json!({"address": 2_025_550_101_i64, "type": "Phone"}), &["+12025550101"])]
    #[case(json!(["+12025550101", {"phone": "2025550102"}, null]), &["+12025550101", "+12025550102"])]
    #[case(json!("+12025550101, 2025550102"), &["+12025550101", "+12025550102"])]
    #[case(json!("Smith, Lee"), &["Smith, Lee"])]
    #[case(json!([]), &[])]
    #[case(json!({"name": "Dana"}), &[])]
    fn reads_parties(#[case] wire: Value, #[case] addresses: &[&str]) {
        let who: Vec<Who> = Parties::deserialize(wire).unwrap().into_vec().into_iter().map(Party::who).collect();
        let found: Vec<&str> = who.iter().filter_map(|who| who.address.as_ref()).map(Address::as_str).collect();
        assert_eq!(found, addresses);
    }

    #[rstest]
    #[case("1F0E2D3C-4B5A-6978-8796-A5B4C3D2E1F0", Some("1f0e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"))]
    #[case("6650A1b2", Some("6650A1b2"))]
    #[case("1F0E2D3C-4B5A-6978-8796-A5B4C3D2E1FX", Some("1F0E2D3C-4B5A-6978-8796-A5B4C3D2E1FX"))]
    #[case("00000000-0000-0000-0000-000000000000", None)]
    fn a_guid_is_the_same_in_either_case(#[case] id: &str, #[case] expected: Option<&str>) {
        assert_eq!(first_id([Maybe::Read(Text::Text(id.to_owned()))]).as_deref(), expected);
    }

    #[test]
    fn keys_are_made_plain_and_nulls_give_way() {
        let value =
            plain_keys(json!({"createdAt": null, "created_at": 1, "TextModel": {"Text": "x"}, "a": [{"B-c": 2}]}));
        assert_eq!(value, json!({"createdat": 1, "textmodel": {"text": "x"}, "a": [{"bc": 2}]}));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>(), number in any::<f64>(), whole in any::<i64>()) {
            let _ = moment(Text::Text(text.clone()));
            let _ = moment(Text::Text(format!("2026-01-02T03:04:05.{text}")));
            let _ = Number::from_f64(number).and_then(|number| moment(Text::Number(number)));
            let _ = moment(Text::Number(whole.into()));
            let _ = Parties::One(Party::Bare(Text::Text(text))).into_vec();
        }
    }
}

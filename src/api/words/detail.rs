//! What an error body says to programs: its code, and what it objects to (`mightycall-api.md`, section 5, grade A).

use serde_json::Value;

use super::super::wire::plain_key;
use super::Secrets;
use crate::model::text;

/// Names that are kept of one list.
const MOST: usize = 20;
/// Longest name, in characters.
const LONGEST: usize = 80;

/// The parts of an error body that are meant for programs. Foreign text, safe for one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::api) struct Detail {
    /// `errorCode`.
    pub(in crate::api) code: Option<String>,
    /// `data.unsupportedFilters`.
    pub(in crate::api) unsupported_filters: Vec<String>,
    /// Fields of `modelState`, without `model.` before them.
    pub(in crate::api) fields: Vec<String>,
}

impl Detail {
    /// Reads the detail of a JSON error body; `None` where there is none.
    pub(super) fn of(body: &Value, secrets: &Secrets) -> Option<Self> {
        let name = |value: &Value| safe_name(value.as_str()?, secrets);
        let code = [Some(body), get(body, "error"), get(body, "errors").and_then(|errors| errors.get(0))]
            .into_iter()
            .flatten()
            .find_map(|layer| get(layer, "errorcode").and_then(name));
        let unsupported_filters = get(body, "data")
            .and_then(|data| get(data, "unsupportedfilters"))
            .or_else(|| get(body, "unsupportedfilters"))
            .and_then(Value::as_array)
            .map(|filters| filters.iter().filter_map(name).take(MOST).collect())
            .unwrap_or_default();
        let fields = get(body, "modelstate")
            .or_else(|| get(body, "errors"))
            .and_then(Value::as_object)
            .map(|fields| fields.keys().filter_map(|field| safe_name(field_name(field), secrets)).take(MOST).collect())
            .unwrap_or_default();
        let detail = Self { code, unsupported_filters, fields };
        (detail != Self::default()).then_some(detail)
    }
}

/// `From` of `model.From`.
pub(super) fn field_name(written: &str) -> &str {
    match written.split_once('.') {
        Some((model, field)) if model.eq_ignore_ascii_case("model") && !field.is_empty() => field,
        _ => written,
    }
}

fn get<'a>(value: &'a Value, wanted: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(key, value)| plain_key(key) == wanted && !value.is_null()).map(|(_, value)| value)
}

fn safe_name(raw: &str, secrets: &Secrets) -> Option<String> {
    let line = secrets.strike(&text::safe_line(&secrets.strike(raw))).into_owned();
    let name: String = line.trim().chars().take(LONGEST).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::coded(json!({"errorCode": "RequestIsNotFound", "message": "x"}), Some("RequestIsNotFound"), &[], &[])]
    #[case::filters(
        json!({"errorCode": "FilterParamsMalformed", "data": {"unsupportedFilters": ["dateFrom", 7, ""]}}),
        Some("FilterParamsMalformed"), &["dateFrom"], &[])]
    #[case::model(json!({"ModelState": {"model.From": ["why"], "to": ["why"]}}), None, &[], &["From", "to"])]
    #[case::per_field(json!({"title": "Invalid", "errors": {"To": ["is required"]}}), None, &[], &["To"])]
    #[case::listed(json!({"errors": [{"errorCode": "AccessDenied"}]}), Some("AccessDenied"), &[], &[])]
    #[case::nested(json!({"error": {"error_code": "AccessDenied"}}), Some("AccessDenied"), &[], &[])]
    fn reads(#[case] body: Value, #[case] code: Option<&str>, #[case] filters: &[&str], #[case] fields: &[&str]) {
        let detail = Detail::of(&body, &Secrets::default()).unwrap();
        assert_eq!(detail.code.as_deref(), code);
        assert_eq!(
            (detail.unsupported_filters.as_slice(), detail.fields.as_slice()),
            (&strings(filters)[..], &strings(fields)[..])
        );
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[rstest]
    #[case(json!({"message": "x"}))]
    #[case(json!({"errorCode": null}))]
    #[case(json!({"errorCode": {"x": 1}, "data": {"unsupportedFilters": "x"}}))]
    #[case(json!([1]))]
    fn is_none_where_there_is_none(#[case] body: Value) {
        assert_eq!(Detail::of(&body, &Secrets::default()), None);
    }

    #[test]
    fn names_carry_no_key_and_no_escape() {
        let body = json!({"errorCode": "demo-key-1\u{1b}[31m", "data": {"unsupportedFilters": ["x".repeat(500)]}});
        let detail = Detail::of(&body, &Secrets::new(["demo-key-1"])).unwrap();
        assert_eq!(detail.code.as_deref(), Some("[…]␛[31m"));
        assert_eq!(detail.unsupported_filters[0].len(), LONGEST);
    }
}

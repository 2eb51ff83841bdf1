//! Error bodies of API v4, which differ by the family of operations (`mightycall-api.md`, section 5).

use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::emulator::answer;

/// Why a request is not carried out: status and body.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        answer::with_status(self.status, &self.body)
    }
}

/// `{"message"}`
pub(super) fn simple(status: u16, message: &str) -> Refusal {
    Refusal { status, body: json!({"message": message}) }
}

/// 400 with `{"message","modelState":{"<field>":["why",…]}}`; a line for each thing that is wrong.
pub(super) fn model(lines: &[(&'static str, String)]) -> Refusal {
    let mut state = Map::new();
    for (field, why) in lines {
        let of_field = state.entry(*field).or_insert_with(|| json!([]));
        if let Value::Array(of_field) = of_field {
            of_field.push(why.as_str().into());
        }
    }
    Refusal { status: 400, body: json!({"message": "The request is invalid.", "modelState": state}) }
}

/// `{"errorCode","message"}`
pub(super) fn coded(status: u16, code: &str, message: &str) -> Refusal {
    Refusal { status, body: json!({"errorCode": code, "message": message}) }
}

/// 400: a value of the query cannot be.
pub(super) fn invalid(message: &str) -> Refusal {
    coded(400, "InvalidParameters", message)
}

/// 400: the names of the query that are no filters.
pub(super) fn unsupported(names: &[&str]) -> Refusal {
    let mut refusal = coded(400, "FilterParamsMalformed", "Some of the filter parameters are not supported.");
    refusal.body["data"] = json!({"unsupportedFilters": names});
    refusal
}

/// 400: no id of the journal is written so.
pub(super) fn bad_id() -> Refusal {
    coded(400, "RequestIdHasInvalidFormat", "The request id has an invalid format.")
}

/// 404: no such record.
pub(super) fn not_found() -> Refusal {
    coded(404, "RequestIsNotFound", "The request is not found.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_gathers_the_lines_of_a_field() {
        let lines = [("from", "One.".to_owned()), ("to", "Two.".to_owned()), ("from", "Three.".to_owned())];
        let body = model(&lines).body;
        assert_eq!(body["modelState"], json!({"from": ["One.", "Three."], "to": ["Two."]}));
    }
}

//! The service's own words: taken from whatever an error body is, made safe for one line, cut, and without any key.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

pub(super) use super::strike::Secrets;
use super::wire::{Maybe, plain_keys};
use crate::model::text;

/// Longest quotation of the service, in characters.
const MOST: usize = 200;
/// More of a body than this is not looked at for words.
const MOST_BODY: usize = 64 * 1024;

/// What the service said, safe for one line of a screen or a log; possibly nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(Option<String>);

impl Words {
    /// The words, if there were any.
    pub fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Nothing was said.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// These words, made safe.
    pub(super) fn safe(raw: &str, secrets: &Secrets) -> Self {
        // twice: what hides or reorders could also hide a key from the first pass
        let line = secrets.strike(&text::safe_line(&secrets.strike(raw))).into_owned();
        let cut = match line.char_indices().nth(MOST) {
            Some((at, _)) => format!("{}…", line[..at].trim_end()),
            None => line,
        };
        Self(Some(cut).filter(|cut| !cut.is_empty()))
    }

    /// The words of an error body: of the known JSON shapes, of an HTML page its title, else its text.
    pub(super) fn of(body: &[u8], secrets: &Secrets) -> Self {
        let body = String::from_utf8_lossy(&body[..body.len().min(MOST_BODY)]);
        let body = body.trim_start_matches('\u{feff}').trim();
        if let Some(page) = html(body) {
            return Self::safe(&page, secrets);
        }
        match serde_json::from_str::<Value>(body) {
            Ok(value) => {
                Self::of_value(plain_keys(value), secrets).unwrap_or_else(|| Self::safe(&secrets.strike(body), secrets))
            }
            Err(_) => Self::safe(body, secrets),
        }
    }

    /// The words of a JSON value whose keys are plain.
    pub(super) fn of_value(value: Value, secrets: &Secrets) -> Option<Self> {
        let said = Said::deserialize(value).ok()?.flat();
        (!said.is_empty()).then(|| Self::safe(&said.join("; "), secrets))
    }
}

/// The error shapes of `mightycall-api.md`, "Envelopes", and what is near them. Keys are plain (see [`plain_keys`]).
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    Text(String),
    Many(Vec<Said>),
    Fields(Box<SaidFields>),
    Other(IgnoredAny),
}

#[derive(Deserialize)]
struct SaidFields {
    #[serde(default)]
    message: Option<Said>,
    #[serde(default)]
    errordescription: Option<Said>,
    #[serde(default)]
    errormessage: Option<Said>,
    #[serde(default)]
    error: Option<Said>,
    #[serde(default)]
    errors: Option<Errors>,
    #[serde(default)]
    detail: Option<Said>,
    #[serde(default)]
    description: Option<Said>,
    #[serde(default)]
    title: Option<Said>,
    #[serde(default)]
    reason: Option<Said>,
    #[serde(default)]
    code: Maybe<String>,
}

/// `errors` as a list, a text, one error, or field names with what is wrong with each.
#[derive(Deserialize)]
#[serde(untagged)]
enum Errors {
    PerField(std::collections::BTreeMap<String, Vec<String>>),
    Said(Said),
}

impl Said {
    fn flat(self) -> Vec<String> {
        match self {
            Self::Text(text) => Some(text).filter(|text| !text.trim().is_empty()).into_iter().collect(),
            Self::Many(many) => many.into_iter().flat_map(Self::flat).take(5).collect(),
            Self::Fields(fields) => fields.flat(),
            Self::Other(_) => Vec::new(),
        }
    }
}

impl SaidFields {
    fn flat(self) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        let parts = [self.message, self.error, self.errordescription, self.errormessage, self.detail]
            .into_iter()
            .chain([self.description, self.title, self.reason]);
        for text in parts.flatten().flat_map(Said::flat) {
            if !said.contains(&text) {
                said.push(text);
            }
        }
        match self.errors {
            Some(Errors::PerField(fields)) => {
                said.extend(fields.into_iter().take(5).map(|(field, wrong)| format!("{field}: {}", wrong.join(", "))));
            }
            Some(Errors::Said(errors)) => {
                let errors = errors.flat().into_iter().filter(|text| !said.contains(text)).collect::<Vec<_>>();
                said.extend(errors);
            }
            None => {}
        }
        if said.is_empty() {
            said.extend(self.code.get());
        }
        said
    }
}

/// A few words for an HTML page, if this is one.
pub(super) fn html(body: &str) -> Option<String> {
    let head: String = body.trim_start().chars().take(4_096).collect();
    // ASCII alone, so that places in the lower-case copy are places in the head
    let lower = head.to_ascii_lowercase();
    if !(lower.starts_with("<!doctype html")
        || lower.starts_with("<html")
        || lower.contains("<head")
        || lower.contains("<body"))
    {
        return None;
    }
    let title = lower.find("<title").and_then(|at| {
        let start = at + lower[at..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        Some(head[start..end].trim().to_owned()).filter(|title| !title.is_empty())
    });
    Some(match title {
        Some(title) => format!("an HTML page titled {title}"),
        None => "an HTML page".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::message(r#"{"message":"No such number"}"#, "No such number")]
    #[case::error(r#"{"error":"invalid_client"}"#, "invalid_client")]
    #[case::oauth(r#"{"error":"invalid_client","error_description":"Unknown key"}"#, "invalid_client; Unknown key")]
    #[case::list(r#"{"isSuccess":false,"errors":["first","second"]}"#, "first; second")]
    #[case::objects(r#"{"isSuccess":false,"errors":[{"code":12,"message":"Not enabled"}]}"#, "Not enabled")]
    #[case::per_field(r#"{"title":"Invalid","errors":{"To":["is required"]}}"#, "Invalid; to: is required")]
    #[case::nested(r#"{"error":{"message":"Gone","code":"X"}}"#, "Gone")]
    #[case::code_alone(r#"{"error":{"code":"quota_exceeded"}}"#, "quota_exceeded")]
    #[case::said_once(r#"{"message":"Bad","error":"Bad"}"#, "Bad")]
    #[case::capitals(r#"{"Message":"The request is invalid."}"#, "The request is invalid.")]
    #[case::text("Too many requests\n", "Too many requests")]
    #[case::json_text(r#""just a text""#, "just a text")]
    #[case::unknown_shape(r#"{"x":1}"#, r#"{"x":1}"#)]
    #[case::html(
        "<!DOCTYPE html><html><head><title>502 Bad\nGateway</title></head>",
        "an HTML page titled 502 Bad Gateway"
    )]
    #[case::html_without_title("<html><body>oops</body></html>", "an HTML page")]
    #[case::escapes("\u{1b}[31mred\u{202e}", "␛[31mred")]
    fn finds_the_words(#[case] body: &str, #[case] words: &str) {
        assert_eq!(Words::of(body.as_bytes(), &Secrets::default()).get(), Some(words));
    }

    #[rstest]
    #[case("")]
    #[case("  \n")]
    fn nothing_is_nothing(#[case] body: &str) {
        assert_eq!(Words::of(body.as_bytes(), &Secrets::default()).get(), None);
    }

    #[test]
    fn cuts_what_is_long() {
        let words = Words::of("x".repeat(5_000).as_bytes(), &Secrets::default());
        assert_eq!(words.get().map(|words| words.chars().count()), Some(MOST + 1));
    }

    #[rstest]
    #[case(r#"{"message":"key demo-key/1=x is unknown"}"#)]
    #[case("key demo-key/1=x")]
    #[case("client_secret=demo-key%2F1%3Dx&x")]
    #[case(r"broken json demo-key\/1=x")]
    #[case("key demo-\u{200b}key/1=x")]
    #[case("<html><title>demo-key/1=x</title></html>")]
    fn no_key_is_quoted(#[case] body: &str) {
        let secrets = Secrets::new(["demo-key/1=x"]);
        let words = Words::of(body.as_bytes(), &secrets);
        let words = words.get().unwrap();
        assert!(!words.contains("1=x") && !words.contains("1%3Dx"), "{words}");
    }
}

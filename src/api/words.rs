//! The service's own words: taken from whatever an error body is, made safe for one line, cut, and without any key.

mod detail;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

pub(super) use detail::Detail;

use super::bounded;
pub(super) use super::strike::Secrets;
use super::transport::MOST_OF_ERROR;
use super::wire::{Maybe, plain_keys};
use crate::model::text;

/// Longest quotation of the service, in characters.
const MOST: usize = 200;

/// What the service said, safe for one line of a screen or a log; possibly nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    text: Option<Box<str>>,
    /// What it says to programs; boxed, since most errors have none.
    detail: Option<Box<Detail>>,
}

impl Words {
    /// The words, if there were any.
    pub fn get(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The service's own code for what is wrong.
    pub(super) fn code(&self) -> Option<&str> {
        self.detail.as_ref()?.code.as_deref()
    }

    /// The code, and what is objected to.
    pub(super) fn detail(&self) -> Option<&Detail> {
        self.detail.as_deref()
    }

    /// Nothing was said.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// These words, made safe.
    pub(super) fn safe(raw: &str, secrets: &Secrets) -> Self {
        // twice: what hides or reorders could also hide a key from the first pass
        let line = secrets.strike(&text::safe_line(&secrets.strike(raw))).into_owned();
        let cut = match line.char_indices().nth(MOST) {
            Some((at, _)) => format!("{}…", line[..at].trim_end()),
            None => line,
        };
        Self { text: Some(cut.into_boxed_str()).filter(|cut| !cut.is_empty()), detail: None }
    }

    /// The words of an error body: of the known JSON shapes, of an HTML page its title, else its text.
    pub(super) fn of(body: &[u8], secrets: &Secrets) -> Self {
        let body = String::from_utf8_lossy(&body[..body.len().min(MOST_OF_ERROR)]);
        let body = body.trim_start_matches('\u{feff}').trim();
        if let Some(page) = html(body) {
            return Self::safe(&page, secrets);
        }
        match bounded::read(body, &bounded::OUTLINE) {
            Ok(value) => {
                // before keys are made plain: fields are told as the service writes them
                let detail = Detail::of(&value, secrets).map(Box::new);
                let words = Self::of_value(plain_keys(value), secrets)
                    .unwrap_or_else(|| Self::safe(&secrets.strike(body), secrets));
                Self { detail, ..words }
            }
            Err(_) => Self::safe(body, secrets),
        }
    }

    /// The words of a JSON value whose keys are plain.
    pub(super) fn of_value(value: Value, secrets: &Secrets) -> Option<Self> {
        let detail = Detail::of(&value, secrets).map(Box::new);
        let mut said = Said::deserialize(value).ok()?.flat();
        let filters = detail.as_ref().map(|detail| detail.unsupported_filters.join(", ")).unwrap_or_default();
        if !filters.is_empty() {
            said.push(format!("not supported: {filters}"));
        }
        (!said.is_empty()).then(|| Self { detail, ..Self::safe(&joined(&said), secrets) })
    }
}

/// Sentences after each other, other pieces with a semicolon between.
fn joined(said: &[String]) -> String {
    said.iter().fold(String::new(), |mut line, piece| {
        if !line.is_empty() {
            line.push_str(if line.ends_with(['.', '!', '?', ':']) { " " } else { "; " });
        }
        line.push_str(piece.trim());
        line
    })
}

/// The error shapes of `mightycall-api.md`, section 5 (grades A and C), and what is near them. Keys are plain (see [`plain_keys`]).
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
    modelstate: Option<Errors>,
    #[serde(default)]
    errorinfo: Option<Said>,
    #[serde(default)]
    detail: Option<Said>,
    #[serde(default)]
    description: Option<Said>,
    #[serde(default)]
    title: Option<Said>,
    #[serde(default)]
    reason: Option<Said>,
    #[serde(default)]
    errorcode: Maybe<String>,
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

impl Errors {
    fn flat(self) -> Vec<String> {
        match self {
            Self::PerField(fields) => fields
                .into_iter()
                .take(5)
                .map(|(field, wrong)| format!("{}: {}", detail::field_name(&field), wrong.join(", ")))
                .collect(),
            Self::Said(errors) => errors.flat(),
        }
    }
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
        let parts = [self.message, self.error, self.errordescription, self.errormessage, self.errorinfo]
            .into_iter()
            .chain([self.detail, self.description, self.title, self.reason]);
        let errors = [self.modelstate, self.errors].into_iter().flatten().flat_map(Errors::flat);
        for text in parts.flatten().flat_map(Said::flat).chain(errors) {
            if !said.contains(&text) {
                said.push(text);
            }
        }
        if said.is_empty() {
            said.extend(self.errorcode.get().or(self.code.get()));
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
    #[case::model(
        r#"{"message":"The request is invalid.","modelState":{"model.From":["Source phone number is required."]}}"#,
        "The request is invalid. from: Source phone number is required."
    )]
    #[case::filters(
        r#"{"errorCode":"FilterParamsMalformed","message":"No.","data":{"unsupportedFilters":["dateFrom","x"]}}"#,
        "No. not supported: dateFrom, x"
    )]
    #[case::error_code_alone(r#"{"errorCode":"AccessDenied"}"#, "AccessDenied")]
    #[case::error_info(r#"{"errorCode":"X","message":"No.","errorInfo":"line 7"}"#, "No. line 7")]
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

//! What stands around a number: the scheme and the parameters of a link, an extension, quotes.

use super::marks::{digits, to_ascii};

/// Schemes whose links lead to phone numbers.
const SCHEMES: [&str; 7] = ["tel", "sms", "smsto", "mms", "mmsto", "callto", "fax"];
/// So many of them are taken off; a link in a link is rare, and more of them is no number.
const SCHEMES_IN_A_ROW: usize = 8;
/// What people write before an extension; a longer word before one that it ends with.
const LABELS: [&str; 9] = ["extension", "extn", "ext", "int", "anexo", "доб", "xtn", "xt", "x"];
/// No extension has more digits.
const EXTENSION: usize = 9;
/// Fewer digits are no number that could have an extension: "5x5" is a name.
const NUMBER: usize = 7;

/// The number of a written text, [`to_ascii`] and without what stands around it. It may be several, or none at all.
pub(super) fn number(text: &str) -> String {
    let text = to_ascii(text);
    let mut number = unquoted(&text).to_owned();
    let mut context = None;
    for _ in 0..SCHEMES_IN_A_ROW {
        let Some(rest) = without_scheme(&number) else { break };
        let link = to_ascii(&decoded(rest.split(['?', '&']).next().unwrap_or_default()));
        number = link.trim_matches(|c: char| c == '/' || c.is_whitespace()).into();
    }
    if let Some(at) = parameters(&number) {
        let named = |part: &str| part.trim().strip_prefix("phone-context=").map(str::to_owned);
        context = number[at..].to_ascii_lowercase().split(';').find_map(named);
        number.truncate(at);
    }
    let number = without_extension(number.trim());
    match context.filter(|context| context.starts_with('+') && !number.starts_with('+')) {
        // a number of the North American plan is whole without it
        Some(context) if digits(&context) != "1" => format!("{context} {number}"),
        _ => number.to_owned(),
    }
}

/// Whether a text is a link to a number, or to a name.
pub(super) fn is_link(text: &str) -> bool {
    without_scheme(unquoted(&to_ascii(text))).is_some()
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>'))
}

/// What follows `tel:` or the like, in any case and with slashes.
fn without_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let scheme = scheme.trim();
    SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)).then(|| rest.trim_start().trim_start_matches('/'))
}

/// Undoes percent-encoding.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|hex| byte == b'%' && hex.iter().all(u8::is_ascii_hexdigit));
        let code = code.and_then(|hex| std::str::from_utf8(hex).ok());
        let code = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.unwrap_or(byte));
        rest = &after[if code.is_some() { 2 } else { 0 }..];
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Where parameters such as `;ext=12` begin.
fn parameters(text: &str) -> Option<usize> {
    text.match_indices(';').map(|(at, _)| at).find(|&at| {
        let name = text[at + 1..].trim_start();
        let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(name.len());
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name[end..].starts_with('=')
    })
}

/// Without `ext. 12`, `x12`, `#12` or the like at the end.
fn without_extension(text: &str) -> &str {
    let end = text.trim_end_matches(|c: char| c == ')' || c.is_whitespace());
    // "202-555-0147,,12": pauses before what is dialled after the call is taken
    let label_end = end.trim_end_matches(|c: char| c.is_ascii_digit());
    let count = end.len() - label_end.len();
    if count == 0 || count > EXTENSION {
        return text;
    }
    if let Some(number) = label_end.strip_suffix(",,").filter(|number| is_long(number)) {
        return number.trim();
    }
    let label = label_end.trim_end_matches(|c: char| matches!(c, '.' | ':' | '=' | '#' | '-') || c.is_whitespace());
    let before_hash = label_end.trim_end_matches(char::is_whitespace).strip_suffix('#');
    let labels = LABELS.iter().filter_map(|known| strip_suffix_of_any_case(label, known));
    let found = labels.chain(before_hash).find(|number| is_long(number));
    let Some(number) = found else { return text };
    number.trim_end_matches(|c: char| matches!(c, ',' | ';' | '(' | '-' | '.') || c.is_whitespace())
}

/// Whether digits and marks alone stand there, enough of them for a number.
fn is_long(number: &str) -> bool {
    digits(number).len() >= NUMBER && !number.contains(char::is_alphabetic)
}

fn strip_suffix_of_any_case<'t>(text: &'t str, suffix: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(suffix.len()).filter(|&at| text.is_char_boundary(at))?;
    let (before, end) = text.split_at(at);
    (end.to_lowercase() == suffix).then_some(before)
}

//! Striking keys and tokens out of what others say: whole, in part, and as the usual encodings spell them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::zeroize::Zeroizing;

/// A stretch of a key as long as this is struck out too: services mask keys by half, and logs cut them.
const STRETCH: usize = 12;
/// A user's extension number may be the secret. That short, its digits stand in many a number: as a word of its own alone
/// it is struck out, in no other spelling.
const LONGEST_EXTENSION: usize = 6;

/// The keys and tokens in play, and the text being sent, struck out of everything that is quoted. Wiped when it goes.
#[derive(Clone, Default)]
pub(super) struct Secrets {
    keys: Vec<Zeroizing<String>>,
    extensions: Vec<Zeroizing<String>>,
    texts: Vec<Zeroizing<String>>,
}

impl Secrets {
    /// These keys and tokens.
    pub(super) fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        Self::default().and_keys(keys)
    }

    /// These keys and tokens too.
    pub(super) fn and_keys<'a>(mut self, keys: impl IntoIterator<Item = &'a str>) -> Self {
        let (extensions, keys): (Vec<_>, Vec<_>) = owned(keys).partition(|key| is_extension(key));
        self.keys.extend(keys);
        self.extensions.extend(extensions);
        self
    }

    /// These texts too. They are struck out whole alone: their words are everybody's words.
    pub(super) fn and<'a>(mut self, texts: impl IntoIterator<Item = &'a str>) -> Self {
        self.texts.extend(owned(texts));
        self
    }

    /// The text without any of them.
    pub(super) fn strike<'a>(&self, raw: &'a str) -> Cow<'a, str> {
        if self.keys.is_empty() && self.extensions.is_empty() && self.texts.is_empty() {
            return Cow::Borrowed(raw);
        }
        // %2f and %2F are the same, and so are the two ways to write hexadecimal digits
        let lower = Zeroizing::new(raw.to_ascii_lowercase());
        let mut struck = vec![false; raw.len()];
        // a whole form may be encoded once more
        let in_form = |key: &str| Some(percent_encoded(key)).filter(|form| form != key);
        let spelled_keys = self.keys.iter().flat_map(|key| {
            let form = in_form(key).map(Zeroizing::new);
            spellings(key).into_iter().chain(form.into_iter().flat_map(|form| spellings(&form)))
        });
        let spelled_texts = self.texts.iter().flat_map(|text| plain_spellings(text));
        let (mut stretches, mut wholes) = (HashSet::new(), Vec::new());
        let keys: Vec<Zeroizing<String>> = spelled_keys.collect();
        for key in &keys {
            if key.len() < STRETCH {
                wholes.push(key.clone());
            }
            stretches.extend(key.as_bytes().windows(STRETCH));
        }
        wholes.extend(spelled_texts);
        for (at, window) in lower.as_bytes().windows(STRETCH).enumerate() {
            if stretches.contains(window) {
                struck[at..at + STRETCH].fill(true);
            }
        }
        for whole in &wholes {
            for (at, found) in lower.match_indices(whole.as_str()) {
                struck[at..at + found.len()].fill(true);
            }
        }
        for extension in &self.extensions {
            for (at, found) in raw.match_indices(extension.as_str()) {
                if is_word(raw, at, found.len()) {
                    struck[at..at + found.len()].fill(true);
                }
            }
        }
        without(raw, &struck)
    }
}

fn is_extension(key: &str) -> bool {
    key.len() <= LONGEST_EXTENSION && key.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether no letter and no digit touches this stretch.
fn is_word(text: &str, at: usize, length: usize) -> bool {
    let touches = |c: char| c.is_alphanumeric();
    !text[..at].ends_with(touches) && !text[at + length..].starts_with(touches)
}

fn owned<'a>(texts: impl IntoIterator<Item = &'a str>) -> impl Iterator<Item = Zeroizing<String>> {
    texts.into_iter().filter(|text| !text.is_empty()).map(|text| Zeroizing::new(text.to_owned()))
}

/// All that is not struck out. Stretches are ASCII and whole texts are whole, so no character is cut.
fn without<'a>(raw: &'a str, struck: &[bool]) -> Cow<'a, str> {
    if !struck.contains(&true) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut inside = false;
    for (at, character) in raw.char_indices() {
        if !struck[at] {
            out.push(character);
        } else if !inside {
            out.push_str("[…]");
        }
        inside = struck[at];
    }
    Cow::Owned(out)
}

/// In lower case: itself, as a form field, and as JSON strings of ours or theirs would spell it.
fn plain_spellings(text: &str) -> Vec<Zeroizing<String>> {
    let spellings = [
        text.to_owned(),
        percent_encoded(text),
        text.replace('/', "\\/"),
        text.replace('\\', "\\\\").replace('"', "\\\""),
    ];
    lower(spellings)
}

/// The same, and as HTML, hexadecimal digits and base64 would.
fn spellings(key: &str) -> Vec<Zeroizing<String>> {
    let html = key
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;");
    let hex = hexadecimal(key);
    let mut all = plain_spellings(key);
    all.extend(lower([html, hex]));
    // wherever it stands in what was encoded: “user:key” begins a key at another bit than “key”
    for (before, skip) in [(0, 0), (1, 2), (2, 3)] {
        let mut bytes = Zeroizing::new(vec![0; before]);
        bytes.extend_from_slice(key.as_bytes());
        let mut text = STANDARD_NO_PAD.encode(&*bytes);
        if bytes.len() % 3 != 0 {
            // holds bits of what follows
            text.pop();
        }
        let text = text.split_off(skip);
        let other = text.replace('+', "-").replace('/', "_");
        all.extend(lower([text, other]));
    }
    all
}

fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02X}");
        hex
    })
}

fn lower(texts: impl IntoIterator<Item = String>) -> Vec<Zeroizing<String>> {
    let lower = |mut text: String| {
        text.make_ascii_lowercase();
        Zeroizing::new(text)
    };
    texts.into_iter().map(lower).collect()
}

fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const KEY: &str = r#"demo-K3y/with+odd"marks\&=%"#;

    #[rstest]
    #[case::whole(KEY)]
    #[case::first_half("demo-K3y/with****")]
    #[case::last_half("****odd\"marks\\&=%")]
    #[case::capitals("DEMO-K3Y/WITH+ODD\"MARKS\\&=%")]
    #[case::form_twice("demo-K3y%252fwith%252Bodd%2522marks%255C%2526%253D%2525")]
    #[case::form("client_secret=demo-K3y%2fwith%2Bodd%22marks%5C%26%3D%25&scope=sms")]
    #[case::json(r#"{"key":"demo-K3y\/with+odd\"marks\\&=%"}"#)]
    #[case::html("<b>demo-K3y/with+odd&quot;marks\\&amp;=%</b>")]
    fn strikes_out(#[case] said: &str) {
        let struck = Secrets::new([KEY]).strike(said).to_ascii_lowercase();
        for rest in ["k3y", "with", "odd", "marks"] {
            assert!(!struck.contains(rest), "{said} → {struck}");
        }
    }

    #[rstest]
    #[case("demo-api-key", "The x-api-key header is missing", "The x-api-key header is missing")]
    #[case("demo-1", "key demo-1, not demo-2", "key […], not demo-2")]
    #[case("demo-1", "“demo-1” – é", "“[…]” – é")]
    fn leaves_the_rest(#[case] key: &str, #[case] said: &str, #[case] after: &str) {
        assert_eq!(Secrets::new([key]).strike(said), after);
    }

    #[rstest]
    #[case("client_secret=101&grant_type=x", "client_secret=[…]&grant_type=x")]
    #[case(r#"{"secret":"101"}"#, r#"{"secret":"[…]"}"#)]
    #[case("extension 101, +1 202 555 0101", "extension […], +1 202 555 0101")]
    #[case("+12025550101 has 1101 texts, x101", "+12025550101 has 1101 texts, x101")]
    #[case("MTAx 313031 Größe101", "MTAx 313031 Größe101")]
    fn an_extension_goes_as_a_word_alone(#[case] said: &str, #[case] after: &str) {
        assert_eq!(Secrets::new(["101"]).strike(said), after);
    }

    #[test]
    fn texts_go_whole_and_not_word_by_word() {
        let secrets = Secrets::default().and(["Is this your phone number? Größe 7"]);
        assert_eq!(secrets.strike("Invalid phone number"), "Invalid phone number");
        assert_eq!(secrets.strike("“Is this your phone number? Größe 7”: no"), "“[…]”: no");
    }

    proptest! {
        #[test]
        fn no_encoding_lets_a_stretch_through(
            key in "[!-~]{24,60}", before in "[ -~]{0,9}", after in "[ -~é…]{0,9}", cut in 0usize..12
        ) {
            let secrets = Secrets::new([key.as_str()]);
            let part = &key[cut..cut + STRETCH];
            let said = format!("{before}{part}{after}");
            prop_assert!(!secrets.strike(&said).contains(part), "{said}");
            let whole = format!("{before}{key}");
            let hex = hexadecimal(&whole);
            let form = format!("{before}{}", percent_encoded(&key));
            for encoded in [STANDARD_NO_PAD.encode(&whole), URL_SAFE.encode(&whole), hex, STANDARD_NO_PAD.encode(form)] {
                let struck = secrets.strike(&encoded);
                // less than a stretch may stand at either end
                prop_assert!(struck.len() < encoded.len() - key.len() + 12, "{encoded} → {struck}");
            }
        }
    }
}

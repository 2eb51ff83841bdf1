//! Looking for secrets in whatever was left behind, as it is and as encodings spell it.

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::common::program::Run;

/// What was printed, shown or written, each with a name for the one who reads of a find.
#[derive(Default)]
pub(crate) struct Haystack(Vec<(String, Vec<u8>)>);

/// As a form field spells it.
pub(crate) fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"*-._".contains(&byte);
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = if plain(byte) { write!(out, "{}", char::from(byte)) } else { write!(out, "%{byte:02X}") };
        out
    })
}

fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02X}");
        out
    })
}

/// A secret in all spellings, and its halves.
fn needles(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).unwrap();
    let hex = hexadecimal(secret);
    let ends = [&secret[..12.min(secret.len())], &secret[secret.len().saturating_sub(12)..]];
    let mut all = vec![secret.to_owned(), percent(secret), json.trim_matches('"').to_owned(), hex.to_lowercase(), hex];
    for text in [secret, ends[0], ends[1]] {
        // the last digit holds bits of what follows
        let cut = |encoded: String| encoded[..encoded.len() - 1].to_owned();
        all.extend([cut(STANDARD_NO_PAD.encode(text)), cut(URL_SAFE_NO_PAD.encode(text))]);
    }
    all.extend(ends.map(str::to_owned));
    all
}

impl Haystack {
    pub(crate) fn add(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((name.into(), bytes.into()));
    }

    pub(crate) fn add_run(&mut self, name: &str, run: &Run) {
        self.add(format!("standard output of {name}"), run.out.as_bytes());
        self.add(format!("standard error of {name}"), run.err.as_bytes());
    }

    /// Every file under a folder, but those of that name.
    /// All files in a folder and below it, but those in files or folders of these names.
    pub(crate) fn add_folder(&mut self, folder: &Path, but: &[&str]) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if but.iter().any(|but| path.file_name().is_some_and(|name| name == *but)) {
                continue;
            }
            if path.is_dir() {
                self.add_folder(&path, but);
            } else {
                self.add(path.display().to_string(), std::fs::read(&path).unwrap());
            }
        }
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Where a text is.
    pub(crate) fn with(&self, text: &str) -> Vec<&str> {
        let here = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        self.0.iter().filter(|(_, bytes)| here(bytes)).map(|(name, _)| name.as_str()).collect()
    }

    /// Fails the test where a secret is anywhere.
    #[track_caller]
    pub(crate) fn has_none_of(&self, secrets: &[String]) {
        for secret in secrets {
            for needle in needles(secret) {
                let found = self.with(&needle);
                assert!(found.is_empty(), "{needle:?} of {secret:?} is in {found:#?}");
            }
        }
    }
}

#[test]
fn finds_what_is_there() {
    let secret = r#"demo-K3y/with+odd"marks\&=%"#;
    let spelled = [
        format!("x{secret}x"),
        format!("x {}", &secret[..12]),
        format!("{} x", &secret[secret.len() - 12..]),
        STANDARD_NO_PAD.encode(secret),
        serde_json::to_string(secret).unwrap(),
        percent(secret),
        hexadecimal(secret),
    ];
    for text in spelled {
        let mut haystack = Haystack::default();
        haystack.add("here", text.as_bytes());
        assert!(needles(secret).iter().any(|needle| !haystack.with(needle).is_empty()), "{text}");
    }
}

//! Secrets that no log, error or panic can print, and where each of them is kept.

pub(super) mod command;
pub mod keyring;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;

use std::fmt::{self, Write};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::model::text::safe_line;

/// A key of the service. Its `Debug` is redacted and its memory is wiped when it goes. Equal is what has the same text,
/// wherever it is kept.
#[derive(Clone)]
pub struct Secret {
    text: SecretString,
    origin: Origin,
}

/// Where a key is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// Typed, imported or had from the service: nowhere yet.
    #[default]
    Given,
    /// The settings file.
    File,
    /// This variable.
    Environment(&'static str),
    /// This program prints it.
    Command(String),
    /// This entry of the system's keyring.
    Keyring(String),
}

impl Origin {
    /// In words, where that is not the settings file: "the command pass".
    pub fn elsewhere(&self) -> Option<String> {
        match self {
            Self::Given | Self::File => None,
            Self::Environment(variable) => Some(format!("the variable {variable}")),
            Self::Command(program) => Some(format!("the command {}", safe_line(program))),
            Self::Keyring(entry) => Some(format!("the keyring’s entry “{}”", safe_line(entry))),
        }
    }
}

/// Why a text cannot be a key. None of these repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Nothing but blanks.
    #[error("the key is empty")]
    Empty,
    /// A line break, a blank or a control character in the middle: usually a bad paste.
    #[error("the key has a line break, a blank or a control character in it; paste it again, in one piece")]
    Broken,
    /// Not ASCII, which no HTTP header can carry.
    #[error("the key has a character that no key can have, such as a typographic quote or dash")]
    NotAscii,
    /// Longer than any header a server takes.
    #[error("the key is longer than 4,096 characters; this is something else")]
    TooLong,
}

impl Secret {
    /// Reads a key: blanks around it go, anything else that no HTTP header can carry is refused.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SecretError::Empty);
        }
        if text.len() > 4_096 {
            return Err(SecretError::TooLong);
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(SecretError::Broken);
        }
        if !text.is_ascii() {
            return Err(SecretError::NotAscii);
        }
        Ok(Self { text: SecretString::from(text), origin: Origin::Given })
    }

    /// The same key, known to be kept there.
    #[must_use]
    pub fn kept_in(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// Where it is kept.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The key itself, for a header, a form field or the 0600 file; for nothing else.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// A short name that tells keys apart and from which the key cannot be had: the first 64 bits of its SHA-256, in hex.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::digest(self.expose());
        digest.iter().take(8).fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", SecretError::Empty)]
    #[case(" \n", SecretError::Empty)]
    #[case("demo-\nkey", SecretError::Broken)]
    #[case("demo key", SecretError::Broken)]
    #[case("demo\u{1b}key", SecretError::Broken)]
    #[case("demo–key", SecretError::NotAscii)]
    fn refuses_what_no_header_carries(#[case] text: &str, #[case] error: SecretError) {
        assert_eq!(Secret::parse(text), Err(error));
    }

    #[rstest]
    #[case("7")]
    #[case("101")]
    #[case("654321")]
    fn an_extension_number_is_a_key(#[case] text: &str) {
        assert_eq!(Secret::parse(text).unwrap().expose(), text);
    }

    #[test]
    fn trims_and_never_prints() {
        let secret = Secret::parse(" demo-key-1\n").unwrap();
        assert_eq!(secret.expose(), "demo-key-1");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "Secret(…) Some(Secret(…))");
        assert!(!secret.fingerprint().contains("demo"));
        assert_eq!(secret.fingerprint().len(), 16);
    }
}

//! Where the file says that a key comes from: a value, a command, an entry of the keyring.

use secrecy::zeroize::Zeroize;
use serde::Deserialize;

use crate::config::secret::{Origin, command, keyring};
use crate::config::{ConfigError, Secret};

/// One key as the file has it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a key in quotes, command = [...] or keyring = ...")]
pub(super) enum Source {
    Value(String),
    Elsewhere(Elsewhere),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Elsewhere {
    Command(Vec<String>),
    Keyring(String),
}

/// What to do about keys that are not in the file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Away {
    /// Run the command, ask the keyring.
    Fetch,
    /// Nothing: the file alone is of interest.
    Leave,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Source(…)")
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Self::Value(text) = self {
            text.zeroize();
        }
    }
}

impl Source {
    /// Whether the file itself holds the key.
    pub(super) fn is_value(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// An empty value is what a template leaves behind: not set.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self, Self::Value(text) if text.trim().is_empty())
    }

    /// Where the key is kept.
    pub(super) fn origin(&self) -> Origin {
        match self {
            Self::Value(_) => Origin::File,
            Self::Elsewhere(Elsewhere::Command(command)) => {
                Origin::Command(command.first().cloned().unwrap_or_default())
            }
            Self::Elsewhere(Elsewhere::Keyring(entry)) => Origin::Keyring(entry.clone()),
        }
    }

    /// The key; `None` where it is elsewhere and is to be left there.
    pub(super) fn resolve(&self, name: &str, away: Away) -> Result<Option<Secret>, ConfigError> {
        let failed = |problem: String| ConfigError::Command { name: name.to_owned(), problem };
        match self {
            Self::Value(text) => Secret::parse(text)
                .map(|secret| Some(secret.kept_in(Origin::File)))
                .map_err(|why| ConfigError::Input(format!("{name}: {why}"))),
            Self::Elsewhere(Elsewhere::Command(command)) if command.is_empty() => Err(failed("it is empty".to_owned())),
            Self::Elsewhere(Elsewhere::Keyring(entry)) if entry.trim().is_empty() => {
                Err(ConfigError::Input(format!("{name}: the keyring's entry has no name")))
            }
            Self::Elsewhere(_) if away == Away::Leave => Ok(None),
            Self::Elsewhere(Elsewhere::Command(command)) => {
                command::run(command, command::LIMIT).map(Some).map_err(failed)
            }
            Self::Elsewhere(Elsewhere::Keyring(entry)) => {
                keyring::get(entry).map(Some).map_err(|why| ConfigError::Keyring { name: name.to_owned(), why })
            }
        }
    }
}

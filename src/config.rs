//! What a person sets: the file, its places, the environment, secrets.
//!
//! `config.toml` is read by [`Config::load`] and written only through [`edit::Editor`], which keeps comments. Unknown
//! keys are errors. The environment wins over the file (README, "Where files lie").

pub mod base_url;
pub mod child;
pub mod edit;
mod file;
pub mod graphics;
pub mod import;
pub mod keymap;
mod nearest;
pub mod options;
pub mod places;
pub mod preferences;
pub mod rescue;
pub mod scratch;
pub mod secret;
pub mod snippets;
pub mod theme;

use std::path::PathBuf;

pub use base_url::BaseUrl;
pub use places::{Environment, Places};
pub use preferences::Preferences;
pub use secret::{Origin, Secret};

use crate::model::{Address, BusinessNumber};

/// How requests are signed (`mightycall-api.md`, section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// OAuth where there is an account API key, else the number's key alone.
    #[default]
    Auto,
    /// OAuth client credentials: account API key with a user key, or with the number's own key as the secret.
    #[serde(rename = "oauth", alias = "o-auth")]
    OAuth,
    /// `X-API-Key` with the number's key alone.
    NumberKey,
}

/// The MightyCall account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Where the service answers.
    pub base_url: BaseUrl,
    /// Account API key, the `client_id` of OAuth.
    pub api_key: Option<Secret>,
    /// User key, the `client_secret` of OAuth for numbers without a key of their own.
    pub user_key: Option<Secret>,
    /// Pinned or automatic.
    pub scheme: Scheme,
}

/// One of our numbers as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberEntry {
    /// E.164.
    pub address: Address,
    /// What staff call it.
    pub label: Option<String>,
    /// Its own key, where it has one.
    pub key: Option<Secret>,
    /// Used where a person does not say which number to send from.
    pub is_default: bool,
}

impl NumberEntry {
    /// The part that the rest of the house may know.
    pub fn number(&self) -> BusinessNumber {
        BusinessNumber { address: self.address.clone(), label: self.label.clone(), is_default: self.is_default }
    }
}

/// What MightyCall allows (`mightycall-api.md`, section 4).
pub const DAILY_REQUESTS: u32 = 2_500;

/// How history is fetched.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SyncConfig {
    /// Messages per number that a sync without `--limit` or `--full` fetches at most.
    pub history_limit: usize,
    /// Shortest usual wait, in seconds, between two looks for new messages while somebody is at the keyboard.
    pub poll_seconds: u64,
    /// Requests in any 24 hours that the account allows each API key.
    pub daily_requests: u32,
}

impl SyncConfig {
    /// What reading may use: a tenth is kept, so that answering customers never stops first.
    pub fn reading_requests(&self) -> u32 {
        self.daily_requests - self.daily_requests / 10
    }
}

impl Default for SyncConfig {
    fn default() -> Self {
        Self { history_limit: 1_000, poll_seconds: 15, daily_requests: DAILY_REQUESTS }
    }
}

/// One of the keys that can be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The account's API key.
    Api,
    /// The account's user key.
    User,
    /// A number's own key.
    Number(Address),
}

impl std::fmt::Display for Which {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Api => f.write_str("api_key"),
            Self::User => f.write_str("user_key"),
            Self::Number(address) => write!(f, "the key of {}", address.display()),
        }
    }
}

/// Everything a person sets, with the environment already laid over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The account and its keys.
    pub account: Account,
    /// Our numbers; at most one is the default.
    pub numbers: Vec<NumberEntry>,
    /// How history is fetched.
    pub sync: SyncConfig,
    /// How the client looks and behaves.
    pub preferences: Preferences,
    /// Keys rebound: the keymap with the file's `[keys]` laid over the defaults.
    pub keymap: keymap::Keymap,
}

/// Why the configuration cannot be used. Every text says which file and what to do; none quotes a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file has something that is no configuration.
    #[error("{}, line {line}: {problem}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line, from 1; 0 where none can be told.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
    /// The environment has something that is no configuration.
    #[error("{variable}: {problem}")]
    Environment {
        /// The variable's name.
        variable: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Others can read a file with secrets.
    #[error("{path} holds keys and others can read it; run: chmod 600 {path}", path = path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// Others can change a file that says where keys come from.
    #[error("{path} says where keys come from and others can change it; run: chmod 600 {path}", path = path.display())]
    Writable {
        /// The file.
        path: PathBuf,
    },
    /// Another user's file.
    #[error(
        "{path} belongs to another user, who could send your keys anywhere; if you trust what is in it, make it yours: \
         chown $(id -u) {path}",
        path = path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("cannot {act} {path}: {source}", path = path.display())]
    Io {
        /// "read" or "write".
        act: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// A secret's command failed.
    #[error("the command for {name} failed: {problem}")]
    Command {
        /// Which secret.
        name: String,
        /// What happened, without the command's output.
        problem: String,
    },
    /// A secret could not be had from the keyring, or kept there.
    #[error("{name}: {why}")]
    Keyring {
        /// Which secret.
        name: String,
        /// What happened.
        why: secret::keyring::KeyringError,
    },
    /// What was typed or imported is not right.
    #[error("{0}")]
    Input(String),
}

impl Config {
    /// Reads the file, if there is one, and lays the environment over it.
    pub fn load(places: &Places, environment: &Environment) -> Result<Self, ConfigError> {
        file::load(&places.config_file(), environment)
    }

    /// The same without keys that a command or the keyring would give: nothing is run and nothing asked.
    pub fn load_at_hand(places: &Places, environment: &Environment) -> Result<Self, ConfigError> {
        file::load_at_hand(&places.config_file(), environment)
    }

    /// Where each key is kept, in the file's order; `None` for one that is not set. Nothing is run and nothing asked.
    pub fn kept(places: &Places, environment: &Environment) -> Result<Vec<(Which, Option<Origin>)>, ConfigError> {
        file::kept(&places.config_file(), environment)
    }

    /// A configuration that talks to `base_url` with these keys and nothing from any file.
    pub fn for_account(account: Account, numbers: Vec<NumberEntry>) -> Self {
        Self {
            account,
            numbers,
            sync: SyncConfig::default(),
            preferences: Preferences::default(),
            keymap: keymap::Keymap::default(),
        }
    }

    /// The configured number with this address.
    pub fn number(&self, address: &Address) -> Option<&NumberEntry> {
        self.numbers.iter().find(|entry| &entry.address == address)
    }

    /// The number to send from where a person does not say: the default, or the only one.
    pub fn default_number(&self) -> Option<&NumberEntry> {
        self.numbers.iter().find(|entry| entry.is_default).or(match self.numbers.as_slice() {
            [only] => Some(only),
            _ => None,
        })
    }

    /// Whether there is anything to sign a request with.
    pub fn has_credentials(&self) -> bool {
        self.account.api_key.is_some() || self.numbers.iter().any(|entry| entry.key.is_some())
    }
}

//! How requests are signed, and the tokens for it (`mightycall-api.md`, section 3, grades A and B).

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use tokio::time::Instant;

use super::error::Error;
use super::token_file::Stored;
use super::wire::{Maybe, Text};
use crate::config::{Account, Scheme, Secret};

/// What a request is signed with.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A token had for both keys, and the API key beside it.
    OAuth {
        /// Account API key, the `client_id`.
        api_key: Secret,
        /// The number's own key, or the account's user key: the `client_secret`.
        secret: Secret,
    },
    /// The number's key alone.
    NumberKey {
        /// The key.
        key: Secret,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OAuth { .. } => "Credentials::OAuth",
            Self::NumberKey { .. } => "Credentials::NumberKey",
        })
    }
}

impl Credentials {
    /// The key whose daily budget requests count on, as a fingerprint: the API key, or the number's key.
    pub fn budget_key(&self) -> String {
        match self {
            Self::OAuth { api_key: key, .. } | Self::NumberKey { key } => key.fingerprint(),
        }
    }

    /// The scheme without its keys: `oauth` or `number-key`.
    pub fn scheme_name(&self) -> &'static str {
        match self {
            Self::OAuth { .. } => "oauth",
            Self::NumberKey { .. } => "number-key",
        }
    }

    /// What is sent as `x-api-key`.
    pub(super) fn api_key(&self) -> &Secret {
        match self {
            Self::OAuth { api_key: key, .. } | Self::NumberKey { key } => key,
        }
    }

    /// Everything that must never be quoted.
    pub(super) fn exposed(&self) -> Vec<&str> {
        match self {
            Self::OAuth { api_key, secret } => vec![api_key.expose(), secret.expose()],
            Self::NumberKey { key } => vec![key.expose()],
        }
    }
}

/// The credentials for an account and one of its numbers: with an account API key, OAuth with the number's own key as
/// the secret, else the account's user key; with only a number's key, that key alone. A pinned scheme wins.
///
/// [`Error::NotConfigured`] says what to set where a piece is missing.
pub fn credentials(account: &Account, number_key: Option<&Secret>) -> Result<Credentials, Error> {
    let oauth = |api_key: &Secret| match number_key.or(account.user_key.as_ref()) {
        Some(secret) => Ok(Credentials::OAuth { api_key: api_key.clone(), secret: secret.clone() }),
        None => missing(
            "there is an account API key but no secret to go with it: set the account's user key \
             (MIGHTYCALL_USER_KEY), or a key beside the number",
        ),
    };
    match (account.scheme, &account.api_key, number_key) {
        (Scheme::Auto | Scheme::OAuth, Some(api_key), _) => oauth(api_key),
        (Scheme::Auto | Scheme::NumberKey, _, Some(key)) => Ok(Credentials::NumberKey { key: key.clone() }),
        (Scheme::OAuth, None, _) => {
            missing("the scheme is set to oauth but there is no account API key: set it (MIGHTYCALL_API_KEY)")
        }
        (Scheme::NumberKey, _, None) => {
            missing("the scheme is set to number-key but the number has no key: set a key beside the number")
        }
        (Scheme::Auto, None, None) if account.user_key.is_some() => missing(
            "there is a user key but no account API key: set the account API key (MIGHTYCALL_API_KEY), or a key beside \
             the number",
        ),
        (Scheme::Auto, None, None) => missing(
            "there is no key: set the account API key (MIGHTYCALL_API_KEY) with the user key (MIGHTYCALL_USER_KEY), or \
             a key beside the number",
        ),
    }
}

fn missing(what: &str) -> Result<Credentials, Error> {
    Err(Error::NotConfigured(what.to_owned()))
}

/// Lifetime of a token whose answer does not tell it (grade A).
const LIFETIME: Duration = Duration::from_hours(24);
/// A token is renewed this long before its end, or a tenth of its lifetime where that is shorter.
const MARGIN: Duration = Duration::from_mins(5);

/// A token in memory.
#[derive(Clone)]
pub(super) struct Token {
    stored: Stored,
    renew_at: Instant,
    serial: u64,
}

/// The answer to a request for a token. Keys are plain.
#[derive(Deserialize)]
pub(super) struct TokenWire {
    #[serde(default)]
    accesstoken: Maybe<String>,
    #[serde(default)]
    token: Maybe<String>,
    #[serde(default)]
    expiresin: Maybe<Text>,
    #[serde(default)]
    refreshtoken: Maybe<String>,
}

impl TokenWire {
    /// The token, if there is one that a header can carry.
    pub(super) fn read(self, now: Instant, serial: u64) -> Option<Token> {
        let access = Zeroizing::new([self.accesstoken, self.token].into_iter().find_map(Maybe::get)?);
        let lifetime = self
            .expiresin
            .trimmed()
            .and_then(|seconds| seconds.parse::<f64>().ok())
            .filter(|seconds| *seconds > 0.0)
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .unwrap_or(LIFETIME)
            .min(LIFETIME * 366);
        let obtained_at = Timestamp::now();
        let stored = Stored {
            access: Secret::parse(&access).ok()?,
            refresh: self.refreshtoken.get().map(Zeroizing::new).and_then(|token| Secret::parse(&token).ok()),
            obtained_at,
            expires_at: later(obtained_at, lifetime),
        };
        Some(Token { stored, renew_at: now + lifetime.saturating_sub(margin(lifetime)), serial })
    }
}

/// How long before its end a token of this lifetime is renewed.
fn margin(lifetime: Duration) -> Duration {
    MARGIN.min(lifetime / 10)
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    SignedDuration::try_from(by).ok().and_then(|by| at.checked_add(by).ok()).unwrap_or(at)
}

impl Token {
    /// A token that an earlier run or another process left.
    pub(super) fn found(stored: Stored, serial: u64) -> Self {
        let between = |from: Timestamp, to: Timestamp| Duration::try_from(to.duration_since(from)).unwrap_or_default();
        let lifetime = between(stored.obtained_at, stored.expires_at);
        let left = between(Timestamp::now(), stored.expires_at).saturating_sub(margin(lifetime));
        Self { stored, renew_at: Instant::now() + left.min(LIFETIME * 366), serial }
    }

    pub(super) fn access(&self) -> &Secret {
        &self.stored.access
    }

    pub(super) fn refresh(&self) -> Option<&Secret> {
        self.stored.refresh.as_ref()
    }

    /// As it is kept for later runs.
    pub(super) fn stored(&self) -> &Stored {
        &self.stored
    }

    /// By either clock: the one that counts the time in between stands still while a machine sleeps.
    pub(super) fn is_due(&self) -> bool {
        Instant::now() >= self.renew_at || Timestamp::now() >= self.stored.expires_at
    }
}

/// One place per credentials; whoever holds its lock is the one that fetches.
#[derive(Default)]
pub(super) struct Slot {
    pub(super) token: Option<Token>,
    /// The last fetch that failed, for those who were waiting for it.
    pub(super) failure: Option<(Instant, Error)>,
    /// Paths on which a fresh token was answered with 403.
    pub(super) forbidden: HashSet<String>,
    /// The last token that the service did not take: a file may still hold it.
    refused: Option<Secret>,
    serial: u64,
}

impl Slot {
    /// A number that no token of this place had before.
    pub(super) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// The service no longer takes this token. A newer one, fetched by someone else meanwhile, stays.
    pub(super) fn reject(&mut self, token: &Token) {
        self.refused = Some(token.access().clone());
        if self.token.as_ref().is_some_and(|held| held.serial == token.serial) {
            self.token = None;
        }
    }

    /// Takes a token from the file, unless it is one that this process knows to be at its end. One that is due is kept for
    /// its refresh token.
    pub(super) fn adopt(&mut self, stored: Stored) -> Option<Token> {
        let held = self.token.as_ref().map(Token::access);
        if held == Some(&stored.access) || self.refused.as_ref() == Some(&stored.access) {
            return None;
        }
        let token = Token::found(stored, self.next_serial());
        self.token = Some(token.clone());
        Some(token).filter(|token| !token.is_due())
    }
}

/// A slot that is held across the request for its token.
pub(super) type SharedSlot = Arc<tokio::sync::Mutex<Slot>>;

/// All tokens of this process, by the fingerprints of both keys.
#[derive(Default)]
pub(super) struct Tokens {
    slots: Mutex<HashMap<(String, String), SharedSlot>>,
}

impl Tokens {
    pub(super) fn slot(&self, api_key: &Secret, secret: &Secret) -> SharedSlot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.entry((api_key.fingerprint(), secret.fingerprint())).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;
    use crate::config::BaseUrl;

    fn secret(text: &str) -> Option<Secret> {
        (!text.is_empty()).then(|| Secret::parse(text).unwrap())
    }

    fn account(scheme: Scheme, api_key: &str, user_key: &str) -> Account {
        Account { base_url: BaseUrl::default(), api_key: secret(api_key), user_key: secret(user_key), scheme }
    }

    #[rstest]
    #[case::account_keys(Scheme::Auto, "demo-api", "demo-user", "", "oauth demo-api demo-user")]
    #[case::number_key_first(Scheme::Auto, "demo-api", "demo-user", "demo-number", "oauth demo-api demo-number")]
    #[case::api_and_number(Scheme::Auto, "demo-api", "", "demo-number", "oauth demo-api demo-number")]
    #[case::number_alone(Scheme::Auto, "", "", "demo-number", "number demo-number")]
    #[case::number_and_user(Scheme::Auto, "", "demo-user", "demo-number", "number demo-number")]
    #[case::pinned_oauth(Scheme::OAuth, "demo-api", "demo-user", "", "oauth demo-api demo-user")]
    #[case::pinned_number(Scheme::NumberKey, "demo-api", "demo-user", "demo-number", "number demo-number")]
    fn chooses(
        #[case] scheme: Scheme,
        #[case] api_key: &str,
        #[case] user_key: &str,
        #[case] number_key: &str,
        #[case] expected: &str,
    ) {
        let chosen = match credentials(&account(scheme, api_key, user_key), secret(number_key).as_ref()).unwrap() {
            Credentials::OAuth { api_key, secret } => format!("oauth {} {}", api_key.expose(), secret.expose()),
            Credentials::NumberKey { key } => format!("number {}", key.expose()),
        };
        assert_eq!(chosen, expected);
    }

    #[rstest]
    #[case::nothing(Scheme::Auto, "", "", "", "MIGHTYCALL_API_KEY")]
    #[case::no_secret(Scheme::Auto, "demo-api", "", "", "MIGHTYCALL_USER_KEY")]
    #[case::user_alone(Scheme::Auto, "", "demo-user", "", "MIGHTYCALL_API_KEY")]
    #[case::oauth_without_api_key(Scheme::OAuth, "", "demo-user", "demo-number", "MIGHTYCALL_API_KEY")]
    #[case::oauth_without_secret(Scheme::OAuth, "demo-api", "", "", "MIGHTYCALL_USER_KEY")]
    #[case::number_key_without(Scheme::NumberKey, "demo-api", "demo-user", "", "beside the number")]
    fn says_what_to_set(
        #[case] scheme: Scheme,
        #[case] api_key: &str,
        #[case] user_key: &str,
        #[case] number_key: &str,
        #[case] says: &str,
    ) {
        let error = credentials(&account(scheme, api_key, user_key), secret(number_key).as_ref()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.kind(), super::super::Kind::NotConfigured);
        assert!(!error.to_string().contains("demo-"));
    }

    #[rstest]
    #[case::day(json!({"accesstoken": "t", "expiresin": 86_400}), Some(86_400 - 300))]
    #[case::text(json!({"accesstoken": "t", "expiresin": "100"}), Some(90))]
    #[case::absent(json!({"accesstoken": "t"}), Some(86_400 - 300))]
    #[case::nonsense(json!({"accesstoken": "t", "expiresin": -5}), Some(86_400 - 300))]
    #[case::endless(json!({"accesstoken": "t", "expiresin": 1e300}), Some(86_400 - 300))]
    #[case::no_token(json!({"expiresin": 100}), None)]
    #[case::null_token(json!({"accesstoken": null}), None)]
    #[case::unusable(json!({"accesstoken": "two\nlines"}), None)]
    #[tokio::test(start_paused = true)]
    async fn renews_shortly_before_the_end(#[case] wire: serde_json::Value, #[case] after: Option<u64>) {
        let now = Instant::now();
        let token = TokenWire::deserialize(wire).unwrap().read(now, 1);
        assert_eq!(token.map(|token| token.renew_at - now), after.map(Duration::from_secs));
    }
}

//! Who asks: tokens and keys. `mightycall-api.md`, "Credentials": two schemes, both real.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use super::dialect::Schemes;
use super::ids::{Kind, guid};
use super::world::World;
use crate::model::phone::Address;

/// The account's API key: `client_id`, and `x-api-key` beside a token.
pub const API_KEY: &str = "demo-api-key";
/// The account's user key: a `client_secret` that sees all numbers.
pub const USER_KEY: &str = "demo-user-key";

/// The key of the number at that place, counted from 1: `demo-key-1` and so on.
pub fn number_key(place: usize) -> String {
    format!("demo-key-{place}")
}

/// With what a request was let in. Names keys by what they are for, so that no log of requests holds one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A token that was got with the account's user key.
    Account,
    /// A token that was got with the account's API key and this number's key.
    AccountWithNumberKey(Address),
    /// This number's key alone.
    NumberKey(Address),
}

/// Somebody who was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Access {
    pub(super) credentials: Credentials,
    /// The place of the only number that they see; all where `None`.
    pub(super) number: Option<usize>,
}

impl Access {
    fn token(world: &World, number: Option<usize>) -> Self {
        let credentials = match number {
            Some(number) => Credentials::AccountWithNumberKey(world.numbers[number].address.clone()),
            None => Credentials::Account,
        };
        Self { credentials, number }
    }

    /// Whether they may see that number.
    pub(super) fn sees(&self, number: usize) -> bool {
        self.number.is_none_or(|only| only == number)
    }
}

/// What a token request brought, read from its form.
#[derive(Debug, Default)]
pub(super) struct Ask<'a> {
    pub(super) header_key: Option<&'a str>,
    pub(super) grant_type: &'a str,
    pub(super) client_id: &'a str,
    pub(super) client_secret: &'a str,
    pub(super) refresh_token: &'a str,
}

/// A token that was given out.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) access_token: String,
    pub(super) refresh_token: String,
}

/// Why none was: the `error` of RFC 6749 §5.2.
pub(super) type Refusal = &'static str;

/// The tokens that are out.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    given: u32,
    /// By token: whose, and until when.
    live: HashMap<String, (Option<usize>, Timestamp)>,
    refresh: HashMap<String, Option<usize>>,
}

impl Tokens {
    /// Answers a request for a token that lasts so long from `now`.
    pub(super) fn ask(
        &mut self,
        world: &World,
        ask: &Ask<'_>,
        refresh: bool,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<Grant, Refusal> {
        if ask.header_key != Some(API_KEY) {
            return Err("invalid_client");
        }
        let number = match ask.grant_type {
            "client_credentials" if ask.client_id != API_KEY => return Err("invalid_client"),
            "client_credentials" if ask.client_secret == USER_KEY => None,
            "client_credentials" => Some(number_of(world, ask.client_secret).ok_or("invalid_client")?),
            // each can be exchanged once
            "refresh_token" if refresh => self.refresh.remove(ask.refresh_token).ok_or("invalid_grant")?,
            _ => return Err("unsupported_grant_type"),
        };
        self.given += 1;
        let grant = Grant {
            access_token: guid(world.seed, Kind::Token, self.given),
            refresh_token: guid(world.seed, Kind::Refresh, self.given),
        };
        let until = now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
        self.live.retain(|_, (_, until)| *until > now);
        self.live.insert(grant.access_token.clone(), (number, until));
        self.refresh.insert(grant.refresh_token.clone(), number);
        Ok(grant)
    }

    /// Every access token stops working. Refresh tokens go on.
    pub(super) fn expire(&mut self) {
        self.live.clear();
    }

    /// Lets a request in by its headers, or says why not.
    pub(super) fn admit(
        &self,
        world: &World,
        schemes: Schemes,
        bearer: Option<&str>,
        key: Option<&str>,
        now: Timestamp,
    ) -> Result<Access, &'static str> {
        match (bearer, key) {
            (Some(_), _) if schemes == Schemes::NumberKey => Err("Bearer tokens are not accepted for this account."),
            (Some(token), Some(API_KEY)) => match self.live.get(token) {
                Some(&(number, until)) if now < until => Ok(Access::token(world, number)),
                _ => Err("The access token is invalid or has expired."),
            },
            (Some(_), _) => Err("The x-api-key header is missing or does not belong to this token."),
            (None, Some(key)) if schemes != Schemes::OAuth => {
                let number = number_of(world, key).ok_or("The API key is not valid.")?;
                let credentials = Credentials::NumberKey(world.numbers[number].address.clone());
                Ok(Access { credentials, number: Some(number) })
            }
            _ => Err("Authorization has been denied for this request."),
        }
    }
}

fn number_of(world: &World, key: &str) -> Option<usize> {
    world.numbers.iter().position(|number| !key.is_empty() && number.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::options::Options;
    use crate::emulator::seed;

    #[test]
    fn a_token_lasts_its_time_and_not_longer() {
        let options = Options::empty(&["+12025550101"]);
        let world = seed::world(&options);
        let mut tokens = Tokens::default();
        let ask = Ask {
            header_key: Some(API_KEY),
            grant_type: "client_credentials",
            client_id: API_KEY,
            client_secret: USER_KEY,
            refresh_token: "",
        };
        let (start, hour) = (options.now, Duration::from_hours(1));
        let grant = tokens.ask(&world, &ask, true, start, hour).unwrap();
        let admit = |tokens: &Tokens, now| {
            tokens.admit(&world, Schemes::Both, Some(&grant.access_token), Some(API_KEY), now).is_ok()
        };
        assert!(admit(&tokens, start));
        assert!(admit(&tokens, start + Duration::from_secs(3_599)));
        assert!(!admit(&tokens, start + hour));
        let next = tokens.ask(&world, &ask, true, start + hour, hour).unwrap();
        assert_ne!(next.access_token, grant.access_token);
        tokens.expire();
        assert!(!admit(&tokens, start));
    }
}

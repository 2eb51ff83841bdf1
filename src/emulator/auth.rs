//! Who asks: tokens and keys. `mightycall-api.md`, section 3: two schemes, both real.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use super::dialect::{Dialect, Schemes, Source};
use super::ids::{Kind, guid, mix};
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
    /// The place among the agents of the user whose secret signed in.
    pub(super) agent: usize,
}

/// Whose a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// The account, through the user at that place.
    User(usize),
    /// The account, through the key of the number at that place.
    Number(usize),
}

/// Why a request was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Denied {
    pub(super) reason: &'static str,
    /// There was a token, and it expired, was withdrawn or never was one.
    pub(super) dead_token: bool,
}

impl Access {
    fn token(world: &World, dialect: &Dialect, owner: Owner) -> Self {
        match owner {
            Owner::User(agent) => Self { credentials: Credentials::Account, number: None, agent },
            Owner::Number(number) => Self {
                credentials: Credentials::AccountWithNumberKey(world.numbers[number].address.clone()),
                number: (!dialect.account_wide_keys).then_some(number),
                agent: 0,
            },
        }
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
    live: HashMap<String, (Owner, Timestamp)>,
    refresh: HashMap<String, Owner>,
}

impl Tokens {
    /// Answers a request for a token that lasts so long from `now`.
    pub(super) fn ask(
        &mut self,
        world: &World,
        dialect: &Dialect,
        ask: &Ask<'_>,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<Grant, Refusal> {
        if ask.header_key != Some(API_KEY) {
            return Err("invalid_client");
        }
        let owner = match ask.grant_type {
            "client_credentials" if ask.client_id != API_KEY => return Err("invalid_client"),
            "client_credentials" => owner_of(world, dialect, ask.client_secret).ok_or("invalid_client")?,
            // each can be exchanged once
            "refresh_token" if dialect.refresh => self.refresh.remove(ask.refresh_token).ok_or("invalid_grant")?,
            _ => return Err("unsupported_grant_type"),
        };
        self.given += 1;
        let text = |kind| match dialect.source {
            Source::V4 => long_token(world.seed, kind, self.given),
            Source::Reports => guid(world.seed, kind, self.given),
        };
        let grant = Grant { access_token: text(Kind::Token), refresh_token: text(Kind::Refresh) };
        let until = now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
        self.live.retain(|_, (_, until)| *until > now);
        self.live.insert(grant.access_token.clone(), (owner, until));
        self.refresh.insert(grant.refresh_token.clone(), owner);
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
        dialect: &Dialect,
        bearer: Option<&str>,
        key: Option<&str>,
        now: Timestamp,
    ) -> Result<Access, Denied> {
        let denied = |reason| Denied { reason, dead_token: false };
        let schemes = dialect.schemes;
        match (bearer, key) {
            (Some(_), _) if schemes == Schemes::NumberKey => {
                Err(denied("Bearer tokens are not accepted for this account."))
            }
            (Some(token), Some(API_KEY)) => match self.live.get(token) {
                Some(&(owner, until)) if now < until => Ok(Access::token(world, dialect, owner)),
                _ => Err(Denied { reason: "The access token is invalid or has expired.", dead_token: true }),
            },
            (Some(_), _) => Err(denied("The x-api-key header is missing or does not belong to this token.")),
            (None, Some(key)) if schemes != Schemes::OAuth => {
                let number = number_of(world, key).ok_or(denied("The API key is not valid."))?;
                let credentials = Credentials::NumberKey(world.numbers[number].address.clone());
                Ok(Access { credentials, number: Some(number), agent: 0 })
            }
            _ => Err(denied("Authorization has been denied for this request.")),
        }
    }
}

/// A secret is the user key, in API v4 also the extension of a user, or the key of a number (section 3).
fn owner_of(world: &World, dialect: &Dialect, secret: &str) -> Option<Owner> {
    if secret == USER_KEY {
        return Some(Owner::User(0));
    }
    let by_extension = || world.agents.iter().position(|agent| agent.extension == secret).map(Owner::User);
    let user = if dialect.source == Source::V4 { by_extension() } else { None };
    user.or_else(|| number_of(world, secret).map(Owner::Number))
}

/// About as long as the tokens of the service are: 650 characters.
fn long_token(seed: u64, kind: Kind, serial: u32) -> String {
    const BLOCKS: u64 = 38;
    let head = guid(seed, kind, serial).replace('-', "");
    let block = |place| format!("{:016x}", mix(seed ^ place << 40 ^ u64::from(serial) << 8 ^ kind as u64));
    std::iter::once(head).chain((0..BLOCKS).map(block)).collect()
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
        let (world, dialect) = (seed::world(&options), &options.dialect);
        let mut tokens = Tokens::default();
        let ask = Ask {
            header_key: Some(API_KEY),
            grant_type: "client_credentials",
            client_id: API_KEY,
            client_secret: USER_KEY,
            refresh_token: "",
        };
        let (start, hour) = (options.now, Duration::from_hours(1));
        let grant = tokens.ask(&world, dialect, &ask, start, hour).unwrap();
        let admit =
            |tokens: &Tokens, now| tokens.admit(&world, dialect, Some(&grant.access_token), Some(API_KEY), now).is_ok();
        assert!(admit(&tokens, start));
        assert!(admit(&tokens, start + Duration::from_secs(3_599)));
        assert!(!admit(&tokens, start + hour));
        assert!((600..700).contains(&grant.access_token.len()), "{}", grant.access_token.len());
        let next = tokens.ask(&world, dialect, &ask, start + hour, hour).unwrap();
        assert_ne!(next.access_token, grant.access_token);
        tokens.expire();
        assert!(!admit(&tokens, start));
    }
}

//! Questions about the set-up, answered in plain words: does this number's key work, which numbers are there.

use jiff::{SignedDuration, Timestamp};

use super::account_facts::AccountFacts;
use super::context::Context;
use super::memory::counting;
use super::trouble::Trouble;
use crate::api::{self, Credentials, HistoryAsk, Kind};
use crate::config::{Account, NumberEntry};
use crate::model::{Address, NumberTraits};

/// A connection is tried on the history since then: enough to be shown something, and no long search.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// When the numbers were last asked for, among what is known of the service.
const ASKED: &str = "number capabilities read at";
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// What a number's connection can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// Whether the account lists this number; `None` where it lists none.
    pub listed: Option<bool>,
    /// Requests it took to find out.
    pub requests: u32,
}

/// A number that MightyCall says the account has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// E.164.
    pub address: Address,
    /// The account's name for it.
    pub label: Option<String>,
    /// Whether it is switched on there.
    pub enabled: bool,
    /// What it can do, as MightyCall reports it.
    pub traits: NumberTraits,
}

/// What trying the same credentials on all of their numbers has shown.
#[derive(Debug)]
pub struct Checked {
    /// The numbers that these credentials are for.
    pub numbers: Vec<Address>,
    /// Whether history answers.
    pub outcome: Result<(), Trouble>,
    /// Requests it took to find out.
    pub requests: u32,
}

/// Tries a number's credentials: signs in, and reads one message of its history.
pub async fn test(context: &Context, account: Account, entry: &NumberEntry) -> Result<Connected, Trouble> {
    let context =
        context.with_account(account).await.map_err(|why| Trouble { what: why.to_string(), ..Trouble::default() })?;
    let (done, requests) = counting(try_number(&context, entry)).await;
    let listed = done.map_err(|error| Trouble::from(&error))?;
    Ok(Connected { listed, requests })
}

async fn try_number(context: &Context, entry: &NumberEntry) -> Result<Option<bool>, api::Error> {
    let credentials = api::credentials(&context.config.account, entry.key.as_ref())?;
    context.client.authorise(&credentials).await?;
    read_one(context, &credentials, vec![entry.address.clone()]).await?;
    // not every key may list numbers; that it reads messages is what counts
    Ok(match context.client.phone_numbers(&credentials).await {
        Ok(numbers) if !numbers.is_empty() => {
            let found = numbers.into_iter().map(found).collect::<Vec<_>>();
            keep_traits(context, &found).await;
            Some(found.iter().any(|number| number.address == entry.address))
        }
        _ => None,
    })
}

/// Asks for one message of these numbers' history.
async fn read_one(context: &Context, credentials: &Credentials, numbers: Vec<Address>) -> Result<(), api::Error> {
    let facts = match AccountFacts::load(context, credentials.scheme_name()).await {
        Ok(facts) => facts,
        Err(why) => return Err(api::Error::NotConfigured(why.to_string())),
    };
    let ask = HistoryAsk {
        form: facts.form_for(numbers.len()),
        numbers,
        contact: None,
        since: context.now().checked_sub(RECENT).ok(),
        until: None,
        skip: 0,
        position: None,
        page_size: 1,
    };
    context.client.history(credentials, &ask).await.map(drop)
}

/// Tries the credentials of all numbers that are set up, those that share them at once.
pub async fn check(context: &Context) -> Vec<Checked> {
    let mut groups: Vec<(Credentials, Vec<Address>)> = Vec::new();
    let mut checked = Vec::new();
    for number in context.ours() {
        match context.credentials(&number) {
            Ok(credentials) => match groups.iter_mut().find(|(other, _)| *other == credentials) {
                Some((_, numbers)) => numbers.push(number),
                None => groups.push((credentials, vec![number])),
            },
            Err(error) => {
                checked.push(Checked { numbers: vec![number], outcome: Err(Trouble::from(&error)), requests: 0 });
            }
        }
    }
    for (credentials, numbers) in groups {
        let (outcome, mut requests) = counting(read_one(context, &credentials, numbers.clone())).await;
        match outcome {
            // a service that cannot be asked for several at once
            Err(error) if numbers.len() > 1 && is_about_several(&error) => {
                for number in numbers {
                    let (outcome, asked) = counting(read_one(context, &credentials, vec![number.clone()])).await;
                    let outcome = outcome.map_err(|error| Trouble::from(&error));
                    let requests = asked + std::mem::take(&mut requests);
                    checked.push(Checked { numbers: vec![number], outcome, requests });
                }
            }
            outcome => {
                let outcome = outcome.map_err(|error| Trouble::from(&error));
                checked.push(Checked { numbers, outcome, requests });
            }
        }
    }
    checked
}

/// Asks for the account's numbers, and keeps what they can do. The account's own keys see them all; without them each
/// number's key is asked, since a key may see its own number alone.
pub async fn discover(context: &Context) -> Result<Vec<Found>, Trouble> {
    let account = &context.config.account;
    let mut trouble = None;
    let mut all: Vec<Found> = Vec::new();
    let mut answered = false;
    for credentials in each_credentials(account, &context.config.numbers) {
        let answer = match credentials {
            Ok(credentials) => context.client.phone_numbers(&credentials).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok(numbers) => {
                answered = true;
                for number in numbers.into_iter().map(found) {
                    if !all.iter().any(|known| known.address == number.address) {
                        all.push(number);
                    }
                }
            }
            Err(error) => {
                trouble.get_or_insert_with(|| Trouble::from(&error));
            }
        }
    }
    if answered {
        keep_traits(context, &all).await;
        note_asked(context).await;
        return Ok(all);
    }
    Err(trouble.unwrap_or(Trouble {
        what: "there is no key to ask with".to_owned(),
        advice: "set the account API key and the user key, or a number's own key".to_owned(),
        ..Trouble::default()
    }))
}

/// Asks anew what the numbers can do, once a day. `only_first`: where it was never asked.
pub(super) async fn refresh(context: &Context, only_first: bool) {
    let service = context.config.account.base_url.as_str();
    let now = context.now();
    let asked = match context.store.routes(service).await {
        Ok(routes) => routes.into_iter().find(|(key, _)| key == ASKED).and_then(|(_, at)| at.parse::<Timestamp>().ok()),
        Err(_) => return,
    };
    if asked.is_some_and(|at| only_first || now.duration_since(at).abs() < A_DAY) {
        return;
    }
    // an account that lists no numbers is not asked again before tomorrow either
    if let Err(trouble) = discover(context).await {
        tracing::info!(what = trouble.what, "what numbers can do is not known");
    }
    note_asked(context).await;
}

async fn note_asked(context: &Context) {
    let (service, now) = (context.config.account.base_url.as_str(), format!("{:.0}", context.now()));
    if let Err(why) = context.store.remember_route(service, ASKED, &now).await {
        tracing::warn!(%why, "the time of the last look at the numbers could not be stored");
    }
}

/// Whether each number alone may be answered where several were not.
pub(super) fn is_about_several(error: &api::Error) -> bool {
    match error.kind() {
        Kind::Refused => error.status() == Some(400),
        Kind::NoPath | Kind::Unreadable => true,
        _ => false,
    }
}

fn found(number: api::RemoteNumber) -> Found {
    let api::RemoteNumber { address, label, enabled, traits, .. } = number;
    Found { address, label, enabled, traits }
}

/// Keeps what the numbers can do, those too that are to be set up.
async fn keep_traits(context: &Context, found: &[Found]) {
    let told = found.iter().map(|number| (number.address.clone(), number.traits.clone())).collect();
    if let Err(why) = context.store.set_number_traits(told).await {
        tracing::warn!(%why, "what numbers can do could not be kept");
    }
}

fn each_credentials(account: &Account, numbers: &[NumberEntry]) -> Vec<Result<Credentials, api::Error>> {
    let whole = api::credentials(account, None);
    let keys: Vec<_> = numbers.iter().filter_map(|entry| entry.key.as_ref()).collect();
    if whole.is_ok() || keys.is_empty() {
        return vec![whole];
    }
    keys.into_iter().map(|key| api::credentials(account, Some(key))).collect()
}

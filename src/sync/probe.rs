//! Questions about the set-up, answered in plain words: does this number's key work, which numbers are there.

use super::context::Context;
use super::memory::counting;
use super::trouble::Trouble;
use crate::api::{self, Credentials, HistoryAsk, NumberForm};
use crate::config::{Account, NumberEntry};
use crate::model::Address;

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
    let ask = HistoryAsk {
        number: entry.address.clone(),
        form: NumberForm::E164,
        since: None,
        until: None,
        skip: 0,
        position: None,
        page_size: 1,
    };
    context.client.history(&credentials, &ask).await?;
    // not every key may list numbers; that it reads messages is what counts
    Ok(match context.client.phone_numbers(&credentials).await {
        Ok(numbers) if !numbers.is_empty() => Some(numbers.iter().any(|number| number.address == entry.address)),
        _ => None,
    })
}

/// Asks for the account's numbers. The account's own keys see them all; without them each number's key is asked, since a
/// key may see its own number alone.
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
                for api::RemoteNumber { address, label, enabled, .. } in numbers {
                    if !all.iter().any(|known| known.address == address) {
                        all.push(Found { address, label, enabled });
                    }
                }
            }
            Err(error) => {
                trouble.get_or_insert_with(|| Trouble::from(&error));
            }
        }
    }
    if answered {
        return Ok(all);
    }
    Err(trouble.unwrap_or(Trouble {
        what: "there is no key to ask with".to_owned(),
        advice: "set the account API key and the user key, or a number's own key".to_owned(),
        ..Trouble::default()
    }))
}

fn each_credentials(account: &Account, numbers: &[NumberEntry]) -> Vec<Result<Credentials, api::Error>> {
    let whole = api::credentials(account, None);
    let keys: Vec<_> = numbers.iter().filter_map(|entry| entry.key.as_ref()).collect();
    if whole.is_ok() || keys.is_empty() {
        return vec![whole];
    }
    keys.into_iter().map(|key| api::credentials(account, Some(key))).collect()
}

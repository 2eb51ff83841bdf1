//! Questions that are safe to repeat: tokens and everything that is read. Signing, renewing once on 401, retrying with
//! backoff, following a redirect of the service to itself, going from path to path.

use reqwest::Url;
use secrecy::zeroize::Zeroize;
use serde::Deserialize;
use tokio::time::Instant;

use super::auth::{Credentials, Slot, Token, TokenWire};
use super::envelope;
use super::error::{Asked, Error, Words};
use super::retry::{Trouble, Verdict, decide};
use super::routes::{Operation, Route, SchemeName, TOKEN};
use super::transport::{Answer, Body, Request};
use super::words::Secrets;
use super::{Client, Purpose};
use crate::config::Secret;

/// Redirects followed for one question at most.
const MOST_REDIRECTS: u32 = 3;

/// An answer of status 2xx with its whole body.
pub(super) struct Read {
    pub(super) asked: Asked,
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    pub(super) secrets: Secrets,
}

/// What asking one path brought.
pub(super) enum Found {
    /// The path answered.
    Here(Read),
    /// 404 or 405: the path is not there for this account.
    NotHere(Words),
}

/// What asking for a file brought.
pub(super) enum Led {
    /// An answer of the service.
    Found(Found),
    /// The file lies at another host, where no key goes.
    Elsewhere(String),
}

impl Read {
    /// What the body turned out to be instead, as an error.
    pub(super) fn not(self, what: envelope::Not) -> Error {
        let Self { asked, status, .. } = self;
        match what {
            envelope::Not::Success(words) => Error::Refused { asked, status, words },
            envelope::Not::Readable(reason, words) => Error::Unreadable { asked, status, reason, words },
        }
    }
}

impl Client {
    /// Asks an operation's paths in turn until one answers. `query` gives the query for a path without prefix.
    pub(super) async fn read<Q>(
        &self,
        who: &Credentials,
        operation: Operation,
        query: Q,
    ) -> Result<(Route, Read), Error>
    where
        Q: Fn(Route) -> Vec<(&'static str, String)> + Send,
    {
        let scheme = SchemeName::of(who);
        let mut tried = Vec::new();
        let mut said = Words::none();
        // where tokens are had shows under which prefix to look first for the rest
        let mut token = self.token(who, Purpose::Read).await?;
        for route in self.0.routes.candidates(operation, scheme) {
            match self.read_path(who, &mut token, route, &query(route)).await? {
                Found::Here(read) => return Ok((route, read)),
                Found::NotHere(words) => {
                    self.0.routes.forget(operation, scheme, route);
                    tried.push(route.full());
                    said = if said.get().is_some() { said } else { words };
                }
            }
        }
        Err(Error::NoPath { operation, tried, words: said })
    }

    /// This path gave an answer that makes sense: it is the one.
    pub(super) fn found(&self, who: &Credentials, operation: Operation, route: Route) {
        self.0.routes.remember(operation, SchemeName::of(who), route);
    }

    /// Asks one path, as often as is sensible. A token that is not taken gives way to a new one.
    pub(super) async fn read_path(
        &self,
        who: &Credentials,
        token: &mut Option<Token>,
        route: Route,
        query: &[(&'static str, String)],
    ) -> Result<Found, Error> {
        let asked = Asked { method: "GET", path: route.full() };
        let url = self.0.base.join(&asked.path);
        match self.read_at(who, token, (asked, url), query, Body::None).await? {
            Led::Found(found) => Ok(found),
            Led::Elsewhere(_) => unreachable!("files alone are looked for elsewhere"),
        }
    }

    /// Asks one address below the base URL, likewise.
    pub(super) async fn read_at(
        &self,
        who: &Credentials,
        token: &mut Option<Token>,
        (asked, mut url): (Asked, String),
        query: &[(&'static str, String)],
        body: Body<'_>,
    ) -> Result<Led, Error> {
        let mut query = query;
        let (mut attempt, mut redirects, mut renewed) = (1, 0, false);
        loop {
            let request = Request {
                url: url.clone(),
                asked: asked.clone(),
                query,
                body,
                who,
                token: token.as_ref(),
                purpose: Purpose::Read,
            };
            let (trouble, error) = match self.0.transport.exchange(request).await {
                Ok(answer) if answer.is_success() => match whole(answer, matches!(body, Body::File)) {
                    Ok(read) => return Ok(Led::Found(Found::Here(read))),
                    Err(trouble) => trouble,
                },
                Ok(answer) => match answer.status {
                    404 | 405 => return Ok(Led::Found(Found::NotHere(answer.words()))),
                    401 if !renewed && token.is_some() => {
                        renewed = true;
                        self.reject(who, token.as_ref()).await;
                        *token = self.token(who, Purpose::Read).await?;
                        continue;
                    }
                    301 | 302 | 303 | 307 | 308 if redirects < MOST_REDIRECTS => {
                        let Some(next) = answer.location.as_deref().and_then(|next| same_place(&url, next)) else {
                            return match answer.location.as_deref().and_then(|next| elsewhere(&url, next)) {
                                Some(next) if matches!(body, Body::File) => Ok(Led::Elsewhere(next)),
                                _ => Err(answer.into_error()),
                            };
                        };
                        redirects += 1;
                        // a redirect carries its own query
                        url = next;
                        query = &[];
                        continue;
                    }
                    status => (Trouble::Status(status, answer.retry_after), answer.into_error()),
                },
                Err(no_answer) => troubled(no_answer.into_error()),
            };
            self.pause(&mut attempt, trouble, error).await?;
        }
    }

    /// Waits before the next attempt, or gives the error back where there is to be none.
    async fn pause(&self, attempt: &mut u32, trouble: Trouble, error: Error) -> Result<(), Error> {
        match decide(&self.0.timings, *attempt, trouble, fastrand::f64()) {
            Verdict::GiveUp => Err(error),
            Verdict::Again(wait) => {
                *attempt += 1;
                tracing::debug!(attempt = *attempt, wait_ms = wait.as_millis(), %error, "asking again");
                tokio::time::sleep(wait).await;
                Ok(())
            }
        }
    }

    /// The token to sign with: `None` for a number's key. One fetch at a time for the same credentials; those who waited
    /// for one that failed share its failure instead of asking again.
    pub(super) async fn token(&self, who: &Credentials, purpose: Purpose) -> Result<Option<Token>, Error> {
        let Credentials::OAuth { api_key, secret } = who else { return Ok(None) };
        let since = Instant::now();
        let slot = self.0.tokens.slot(api_key, secret);
        let mut slot = slot.lock().await;
        if let Some(token) = slot.token.as_ref().filter(|token| !token.is_due()) {
            return Ok(Some(token.clone()));
        }
        // a budget is another one for another purpose
        if let Some((at, error)) = &slot.failure
            && *at > since
            && !matches!(error, Error::OverBudget(_))
        {
            return Err(error.clone());
        }
        let fetched = self.fetch_token(who, api_key, secret, purpose, &mut slot).await;
        match fetched {
            Ok(token) => {
                slot.token = Some(token.clone());
                slot.failure = None;
                Ok(Some(token))
            }
            Err(error) => {
                slot.token = None;
                slot.failure = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// The service no longer takes this token: the next to ask gets a new one.
    pub(super) async fn reject(&self, who: &Credentials, token: Option<&Token>) {
        if let (Credentials::OAuth { api_key, secret }, Some(token)) = (who, token) {
            self.0.tokens.slot(api_key, secret).lock().await.reject(token);
        }
    }

    async fn fetch_token(
        &self,
        who: &Credentials,
        api_key: &Secret,
        secret: &Secret,
        purpose: Purpose,
        slot: &mut Slot,
    ) -> Result<Token, Error> {
        if let Some(refresh) = slot.token.as_ref().and_then(Token::refresh).cloned() {
            // the exact form is not documented: one try, then as if there were none
            let form = [
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh.expose()),
                ("client_id", api_key.expose()),
                ("client_secret", secret.expose()),
            ];
            let token = slot.token.take();
            match self.ask_token(who, purpose, &form, token.as_ref(), 1, slot.next_serial()).await {
                Ok(token) => return Ok(token),
                Err(error @ (Error::OverBudget(_) | Error::RateLimited { .. } | Error::Unreachable { .. })) => {
                    return Err(error);
                }
                Err(error) => tracing::debug!(%error, "the refresh token was not taken"),
            }
        }
        let form =
            [("grant_type", "client_credentials"), ("client_id", api_key.expose()), ("client_secret", secret.expose())];
        self.ask_token(who, purpose, &form, None, self.0.timings.attempts, slot.next_serial()).await
    }

    async fn ask_token(
        &self,
        who: &Credentials,
        purpose: Purpose,
        form: &[(&'static str, &str)],
        old: Option<&Token>,
        attempts: u32,
        serial: u64,
    ) -> Result<Token, Error> {
        let mut tried = Vec::new();
        let mut said = Words::none();
        'routes: for route in self.0.routes.candidates(Operation::Token, SchemeName::OAuth) {
            debug_assert_eq!(route.path, TOKEN);
            let mut attempt = 1 + self.0.timings.attempts.saturating_sub(attempts);
            loop {
                let asked = Asked { method: "POST", path: route.full() };
                let request = Request {
                    url: self.0.base.join(&asked.path),
                    asked,
                    query: &[],
                    body: Body::Form(form),
                    who,
                    token: None,
                    purpose,
                };
                let (trouble, error) = match self.0.transport.exchange(request).await {
                    Ok(mut answer) if answer.is_success() => {
                        answer.secrets = with_old(answer.secrets, old);
                        match whole(answer, false) {
                            Ok(read) => {
                                let token = read_token(read, serial)?;
                                self.found(who, Operation::Token, route);
                                return Ok(token);
                            }
                            Err(trouble) => trouble,
                        }
                    }
                    Ok(mut answer) => {
                        answer.secrets = with_old(answer.secrets, old);
                        match answer.status {
                            404 | 405 => {
                                self.0.routes.forget(Operation::Token, SchemeName::OAuth, route);
                                tried.push(route.full());
                                said = if said.get().is_some() { said } else { answer.words() };
                                continue 'routes;
                            }
                            // bad credentials answer 400 or 401 here
                            status @ (400 | 401 | 403) => {
                                let words = answer.words();
                                return Err(Error::Unauthorised { asked: answer.asked, status, words });
                            }
                            status => (Trouble::Status(status, answer.retry_after), answer.into_error()),
                        }
                    }
                    Err(no_answer) => troubled(no_answer.into_error()),
                };
                self.pause(&mut attempt, trouble, error).await?;
            }
        }
        Err(Error::NoPath { operation: Operation::Token, tried, words: said })
    }
}

fn with_old(secrets: Secrets, old: Option<&Token>) -> Secrets {
    match old {
        Some(token) => {
            secrets.and_keys([Some(token.access.expose()), token.refresh().map(Secret::expose)].into_iter().flatten())
        }
        None => secrets,
    }
}

/// The body of a 2xx answer, unless it broke off: on the way, or before it came to us. Of a file only the first can be told.
fn whole(answer: Answer, file: bool) -> Result<Read, (Trouble, Error)> {
    let Answer { asked, status, body, secrets, .. } = answer;
    let body = body.map_err(troubled)?;
    if status != 204 && !file && envelope::is_cut_off(&body) {
        let reason = if body.is_empty() { "it is empty" } else { "it ends in the middle" }.to_owned();
        return Err((Trouble::Transport, Error::Unreadable { asked, status, reason, words: Words::none() }));
    }
    Ok(Read { asked, status, body, secrets })
}

fn troubled(error: Error) -> (Trouble, Error) {
    let trouble = match error {
        Error::Unreachable { .. } | Error::TimedOut { .. } | Error::Interrupted { .. } => Trouble::Transport,
        // no budget, an answer without end: the same again
        _ => Trouble::Lasting,
    };
    (trouble, error)
}

pub(super) fn read_token(mut read: Read, serial: u64) -> Result<Token, Error> {
    let value = envelope::json(&read.body, &read.secrets);
    read.body.zeroize();
    let value = match value {
        Ok(value) => value,
        Err(not) => return Err(read.not(not)),
    };
    let layers = [Some(&value), envelope::wrapped(&value)];
    let token = layers
        .into_iter()
        .flatten()
        .find_map(|layer| TokenWire::deserialize(layer).ok().and_then(|wire| wire.read(Instant::now(), serial)));
    token.ok_or_else(|| {
        if envelope::went(&value) == envelope::Went::Well {
            // what is there instead is not quoted: it may be half a token
            read.not(envelope::Not::Readable("there is no access token in it".to_owned(), Words::none()))
        } else {
            let words = Words::of_value(value, &read.secrets).unwrap_or_default();
            Error::Unauthorised { asked: read.asked, status: read.status, words }
        }
    })
}

/// Where a redirect leads, if it stays with the same scheme, host and port: keys go nowhere else.
fn same_place(from: &str, to: &str) -> Option<String> {
    let from = Url::parse(from).ok()?;
    let to = from.join(to).ok()?;
    (from.origin() == to.origin() && to.username().is_empty() && to.password().is_none()).then(|| to.to_string())
}

/// Where a redirect leads, if it leads to another host over a connection that nobody else reads.
fn elsewhere(from: &str, to: &str) -> Option<String> {
    let to = Url::parse(from).ok()?.join(to).ok()?;
    let open = to.username().is_empty() && to.password().is_none() && super::attachments::is_public(&to);
    (to.scheme() == "https" && open).then(|| to.to_string())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/v4/x?page=1", Some("https://host/v4/x?page=1"))]
    #[case("https://host/v5/", Some("https://host/v5/"))]
    #[case("https://host:443/v5/", Some("https://host/v5/"))]
    #[case("http://host/v4/x", None)]
    #[case("https://other/v4/x", None)]
    #[case("//other/v4/x", None)]
    #[case("https://host:8443/v4/x", None)]
    #[case("https://key@host/v4/x", None)]
    fn keys_stay_with_their_host(#[case] to: &str, #[case] followed: Option<&str>) {
        assert_eq!(same_place("https://host/v4/journal/requests", to).as_deref(), followed);
    }
}

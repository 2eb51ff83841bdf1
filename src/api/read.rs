//! Questions that are safe to repeat: everything that is read. Renewing a token once on 401, retrying with backoff,
//! following a redirect of the service to itself, going from path to path.

use reqwest::Url;

use super::auth::{Credentials, Token};
use super::envelope;
use super::error::{Asked, Error, Words};
use super::path_search::Search;
use super::retry::{Trouble, Verdict, decide};
use super::routes::{Operation, Route, SchemeName};
use super::transport::{Answer, Body, Request};
use super::words::Secrets;
use super::{Client, Purpose};

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
    /// 404 or 405 without an error code: the path is not there for this account.
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
        let candidates = self.0.routes.candidates(operation, SchemeName::of(who));
        self.read_among(who, operation, candidates, query).await
    }

    /// The same with these of its paths alone.
    pub(super) async fn read_among<Q>(
        &self,
        who: &Credentials,
        operation: Operation,
        candidates: Vec<Route>,
        query: Q,
    ) -> Result<(Route, Read), Error>
    where
        Q: Fn(Route) -> Vec<(&'static str, String)> + Send,
    {
        let mut search = Search::new(operation);
        let mut token = self.token(who, Purpose::Read).await?;
        for route in candidates {
            match self.read_path(who, &mut token, route, &query(route)).await? {
                Found::Here(read) => {
                    if let Some(read) = self.or_page(who, &mut search, route, read) {
                        return Ok((route, read));
                    }
                }
                Found::NotHere(words) => self.not_here(who, &mut search, route, words),
            }
        }
        Err(search.failed())
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
                    404 | 405 => {
                        let words = answer.words();
                        return match words.code() {
                            // the path is there, and what was asked for is not
                            Some(_) => Err(answer.into_error()),
                            None => Ok(Led::Found(Found::NotHere(words))),
                        };
                    }
                    401 if !renewed && token.is_some() && !answer.is_blocked() => {
                        renewed = true;
                        self.reject(who, token.as_ref()).await;
                        *token = self.token(who, Purpose::Read).await?;
                        continue;
                    }
                    403 if token.is_some() && is_without_reason(&answer) => {
                        // a service may answer a dead token with 403: a new one tells that from a refusal
                        if renewed || !self.may_be_dead(who, &asked.path).await {
                            self.note_forbidden(who, &asked.path).await;
                            return Err(answer.into_error());
                        }
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
                    _ => of_status(answer),
                },
                Err(no_answer) => troubled(no_answer.into_error()),
            };
            self.pause(&mut attempt, trouble, error).await?;
        }
    }

    /// Waits before the next attempt, or gives the error back where there is to be none.
    pub(super) async fn pause(&self, attempt: &mut u32, trouble: Trouble, error: Error) -> Result<(), Error> {
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
}

/// The body of a 2xx answer, unless it broke off: on the way, or before it came to us. Of a file only the first can be told.
pub(super) fn whole(answer: Answer, file: bool) -> Result<Read, (Trouble, Error)> {
    let Answer { asked, status, body, secrets, .. } = answer;
    let body = body.map_err(troubled)?;
    if status != 204 && !file && envelope::is_cut_off(&body) {
        let reason = if body.is_empty() { "it is empty" } else { "it ends in the middle" }.to_owned();
        return Err((Trouble::Transport, Error::Unreadable { asked, status, reason, words: Words::none() }));
    }
    Ok(Read { asked, status, body, secrets })
}

/// Whether a 403 says nothing about why: neither a code, nor that the key is blocked.
pub(super) fn is_without_reason(answer: &Answer) -> bool {
    answer.words().code().is_none() && !answer.is_blocked()
}

/// An answer that is an error, and whether it may pass.
pub(super) fn of_status(answer: Answer) -> (Trouble, Error) {
    let trouble = if answer.is_blocked() {
        // until tomorrow
        Trouble::Lasting
    } else {
        Trouble::Status(answer.status, answer.wait())
    };
    (trouble, answer.into_error())
}

pub(super) fn troubled(error: Error) -> (Trouble, Error) {
    let trouble = match error {
        Error::Unreachable { .. } | Error::TimedOut { .. } | Error::Interrupted { .. } => Trouble::Transport,
        // no budget, an answer without end: the same again
        _ => Trouble::Lasting,
    };
    (trouble, error)
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

//! Sending one text: `POST {"from","to":[…],"message","attachments":[]}`, at most once (`mightycall-api.md`, section 6).
//!
//! A text is posted again only where it is certain that nothing of it was processed: after a 401, once, with a new token; on
//! the next path after 404 or 405 without an error code; on the sister path after a 403 that says `TenantAccountRoleIssue`.
//! Any other 403 is a refusal: what is read next finds out whether the token was to blame. Whatever leaves it in doubt is
//! [`SendOutcome::Unconfirmed`].

use std::collections::VecDeque;

use serde_json::json;

use super::auth::Credentials;
use super::error::{Asked, Error};
use super::last_check::{self, LastCheck};
use super::path_search::Search;
use super::read::is_without_reason;
use super::routes::{Operation, Route, SchemeName};
use super::send_answer::judge;
use super::transport::{Answer, Body, NoAnswer, Request};
use super::{Client, Purpose};
use crate::model::Address;

/// A text to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// One of our numbers, E.164.
    pub from: Address,
    /// Who gets it.
    pub to: Address,
    /// What it says.
    pub text: String,
}

impl std::fmt::Debug for Outgoing {
    /// Without the text, which belongs in no log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("from", &self.from).field("to", &self.to).finish_non_exhaustive()
    }
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// MightyCall took it. That is not delivery, and the id need not be the one that history shows.
    Accepted {
        /// The id in the answer, if there was one.
        remote_id: Option<String>,
    },
    /// MightyCall said no: a person must change something.
    Refused(Error),
    /// Certainly nothing was processed: no connection, no token, no budget (ours or MightyCall's), no path, or 429. May be
    /// tried again.
    NotSent(Error),
    /// It may have gone out. Must not be posted again by itself.
    Unconfirmed(Error),
}

impl Client {
    /// As [`Client::send`], where `check` is asked right before the first byte of each POST and may forbid it: then it is
    /// [`SendOutcome::NotSent`].
    pub async fn send_checked(&self, who: &Credentials, outgoing: &Outgoing, check: LastCheck) -> SendOutcome {
        last_check::with(check, self.send(who, outgoing)).await
    }

    /// Posts one text. Never more than once where it may have been processed; how sure it is, the outcome tells.
    pub async fn send(&self, who: &Credentials, outgoing: &Outgoing) -> SendOutcome {
        let scheme = SchemeName::of(who);
        let body = json!({
            "from": outgoing.from.as_str(),
            "to": [outgoing.to.as_str()],
            "message": outgoing.text,
            "attachments": [],
        });
        let mut search = Search::new(Operation::Send);
        let mut renewed = false;
        let mut no_role = None;
        let mut token = match self.token(who, Purpose::Send).await {
            Ok(token) => token,
            Err(error) => return SendOutcome::NotSent(error),
        };
        if let Err(error) = self.find_prefix(who).await {
            return SendOutcome::NotSent(error);
        }
        let mut routes = VecDeque::from(self.0.routes.candidates(Operation::Send, scheme));
        while let Some(route) = routes.pop_front() {
            loop {
                let asked = Asked { method: "POST", path: route.full() };
                let request = Request {
                    url: self.0.base.join(&asked.path),
                    asked,
                    query: &[],
                    body: Body::Send(&body),
                    who,
                    token: token.as_ref(),
                    purpose: Purpose::Send,
                };
                let mut answer = match self.0.transport.exchange(request).await {
                    Ok(answer) => answer,
                    Err(NoAnswer::NotSent(error)) => return SendOutcome::NotSent(error),
                    Err(NoAnswer::Lost(error)) => return SendOutcome::Unconfirmed(error),
                };
                // a service may throw the text back with its complaint; a short one would strike out half of that
                let echo = Some(outgoing.text.as_str()).filter(|text| text.len() >= 8);
                answer.secrets = answer.secrets.and(echo);
                match Again::of(&answer, route) {
                    Again::WithNewToken if !renewed && token.is_some() => {
                        renewed = true;
                        self.reject(who, token.as_ref()).await;
                        token = match self.token(who, Purpose::Send).await {
                            Ok(token) => token,
                            Err(error) => return SendOutcome::NotSent(error),
                        };
                        continue;
                    }
                    Again::OnNextPath => self.not_here(who, &mut search, route, answer.words()),
                    Again::OnSisterPath(sister) if routes.contains(&sister) => {
                        no_role = Some(answer.into_error());
                        routes = VecDeque::from([sister]);
                    }
                    _ => return self.conclude(who, route, answer, &outgoing.text).await,
                }
                break;
            }
        }
        match no_role {
            Some(error) => SendOutcome::Refused(error),
            None => SendOutcome::NotSent(search.failed()),
        }
    }

    /// What an answer that is the last one says; remembers what there is to remember of it.
    async fn conclude(&self, who: &Credentials, route: Route, answer: Answer, text: &str) -> SendOutcome {
        let is_success = answer.is_success();
        if answer.status == 403 && is_without_reason(&answer) {
            self.doubt(who).await;
        }
        let outcome = judge(answer, text);
        if is_success && !matches!(outcome, SendOutcome::Unconfirmed(_)) {
            self.found(who, Operation::Send, route);
        }
        outcome
    }
}

/// Whether an answer proves that the text was not processed, so that it may be posted again.
enum Again {
    WithNewToken,
    OnNextPath,
    OnSisterPath(Route),
    Never,
}

impl Again {
    fn of(answer: &Answer, route: Route) -> Self {
        let words = answer.words();
        match (answer.status, words.code()) {
            (401, _) if !answer.is_blocked() => Self::WithNewToken,
            (404 | 405, None) => Self::OnNextPath,
            (403, Some(code)) if code.eq_ignore_ascii_case("TenantAccountRoleIssue") => {
                route.sister().map_or(Self::Never, Self::OnSisterPath)
            }
            _ => Self::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_in_debug() {
        let outgoing = Outgoing {
            from: Address::from_normal("+12025550101"),
            to: Address::from_normal("+12025550102"),
            text: "a private word".to_owned(),
        };
        assert!(!format!("{outgoing:?}").contains("private"));
    }
}

//! A sign of life without keys: `GET …/ping` (`mightycall-api.md`, section 14, grade A).
//!
//! The description has it under `/api` like every operation, so that one request tells where the others are. That spares a
//! first text from being posted to a path that is not there: a wrong guess there may answer something other than 404.

use super::auth::Credentials;
use super::envelope;
use super::error::{Asked, Error};
use super::path_search::Search;
use super::read::{Read, whole};
use super::routes::{Operation, SchemeName};
use super::transport::NoAnswer;
use super::{Client, Purpose};

impl Client {
    /// Asks whether the service is there, without keys, and gives back the path below the base URL that answers:
    /// `/api/ping`, or `/ping` in an older edition. Not repeated where it fails.
    ///
    /// Whether a ping counts on the daily budget is not stated (section 14): with credentials it is counted on theirs,
    /// though they do not go along.
    ///
    /// # Errors
    ///
    /// [`Error::NoPath`] where neither path is there; [`Error::Unreadable`] where a page for people answers.
    pub async fn ping(&self, counted: Option<&Credentials>) -> Result<String, Error> {
        self.ask_ping(counted, Purpose::Read).await
    }

    /// Finds out where operations are, before the first text of an account of which nothing is known.
    ///
    /// # Errors
    ///
    /// Those alone that the text would meet as well: no connection, no budget. Anything else leaves it unknown.
    pub(super) async fn find_prefix(&self, who: &Credentials) -> Result<(), Error> {
        if !self.0.routes.wants_ping(SchemeName::of(who)) {
            return Ok(());
        }
        match self.ask_ping(Some(who), Purpose::Send).await {
            Ok(_) => Ok(()),
            Err(error @ (Error::Unreachable { .. } | Error::OverBudget(_))) => Err(error),
            Err(error) => {
                tracing::debug!(%error, "a ping does not tell where operations are");
                self.0.routes.note_silence();
                Ok(())
            }
        }
    }

    async fn ask_ping(&self, counted: Option<&Credentials>, purpose: Purpose) -> Result<String, Error> {
        let (operation, scheme) = (Operation::Ping, SchemeName::OAuth);
        let mut search = Search::new(operation);
        let mut refusal = None;
        for route in self.0.routes.candidates(operation, scheme) {
            let asked = Asked { method: "GET", path: route.full() };
            let url = self.0.base.join(&asked.path);
            let answer = self.0.transport.ping(url, asked, counted, purpose).await.map_err(NoAnswer::into_error)?;
            match answer.status {
                200..300 => {
                    let read = whole(answer, false).map_err(|(_, error)| error)?;
                    if says_something(&read) {
                        self.0.routes.remember(operation, scheme, route);
                        return Ok(route.full());
                    }
                    search.page(route, read);
                }
                404 | 405 if answer.words().code().is_none() => {
                    self.0.routes.forget(operation, scheme, route);
                    search.not_here(route, answer.words());
                }
                429 | 500.. => return Err(answer.into_error()),
                // a gateway that wants keys for every path says nothing about this one
                _ => refusal = refusal.or(Some(answer.into_error())),
            }
        }
        Err(refusal.unwrap_or_else(|| search.failed()))
    }
}

/// Whether it is an answer of the service: `{"data":"3","isSuccess":true}`, or any other JSON.
fn says_something(read: &Read) -> bool {
    envelope::json(&read.body, &read.secrets).is_ok()
}

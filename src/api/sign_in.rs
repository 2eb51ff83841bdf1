//! Getting tokens: from the file that all processes share, with the refresh token of the one before, or with the keys
//! (`mightycall-api.md`, section 3, grade A).

use std::time::Duration;

use jiff::Timestamp;
use secrecy::zeroize::Zeroize;
use serde::Deserialize;
use tokio::time::Instant;

use super::auth::{Credentials, Slot, Token, TokenWire};
use super::envelope;
use super::error::{Asked, Error, Words};
use super::path_search::Search;
use super::read::{Read, of_status, troubled, whole};
use super::routes::{Operation, SchemeName, TOKEN};
use super::token_file::TokenFile;
use super::transport::{Body, Request};
use super::words::Secrets;
use super::{Client, Purpose};
use crate::config::Secret;

/// How often it is looked whether another process has renewed the token.
const RETRY: Duration = Duration::from_millis(50);
/// A process that renews for so long is stopped or stuck: the token is had without it. Well below the time that a message
/// has to be posted in, else a process that is stopped at that moment would keep all others from sending.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

impl Client {
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
        // seldom, and large: not to be a part of every question
        let obtained = match &self.0.token_folder {
            Some(folder) => {
                let file = TokenFile::new(folder, &self.0.base, api_key, secret);
                Box::pin(self.share_token(&file, who, api_key, secret, purpose, &mut slot)).await
            }
            None => Box::pin(self.fetch_token(who, api_key, secret, purpose, &mut slot)).await,
        };
        match obtained {
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

    /// The token that an earlier run or another process left, else a new one that is left for them in turn. One process
    /// renews at a time. A file or lock that does not work costs a request, never the token.
    async fn share_token(
        &self,
        file: &TokenFile,
        who: &Credentials,
        api_key: &Secret,
        secret: &Secret,
        purpose: Purpose,
        slot: &mut Slot,
    ) -> Result<Token, Error> {
        let since = Instant::now();
        let _lock = loop {
            let found = off(file, |file| file.read(Timestamp::now())).await.flatten();
            if let Some(token) = found.and_then(|stored| slot.adopt(stored)) {
                return Ok(token);
            }
            // tried again and again rather than blocked upon, so that a program that quits leaves no thread behind
            match off(file, TokenFile::try_lock).await {
                Some(Ok(None)) if since.elapsed() < LONGEST_WAIT => tokio::time::sleep(RETRY).await,
                Some(Ok(Some(lock))) => break Some(lock),
                Some(Err(why)) => {
                    tracing::warn!(%why, "the tokens of this machine cannot be shared");
                    break None;
                }
                Some(Ok(None)) | None => break None,
            }
        };
        // who held the lock until now may have renewed
        let found = off(file, |file| file.read(Timestamp::now())).await.flatten();
        if let Some(token) = found.and_then(|stored| slot.adopt(stored)) {
            return Ok(token);
        }
        let fetched = self.fetch_token(who, api_key, secret, purpose, slot).await;
        match &fetched {
            Ok(token) => {
                let stored = token.stored().clone();
                if let Some(Err(why)) = off(file, move |file| file.write(&stored)).await {
                    tracing::warn!(%why, "the token cannot be kept for later");
                }
            }
            Err(Error::Unauthorised { .. }) => {
                off(file, TokenFile::remove).await;
            }
            Err(_) => {}
        }
        fetched
    }

    /// The service no longer takes this token: the next to ask gets a new one.
    pub(super) async fn reject(&self, who: &Credentials, token: Option<&Token>) {
        if let (Credentials::OAuth { api_key, secret }, Some(token)) = (who, token) {
            self.0.tokens.slot(api_key, secret).lock().await.reject(token);
        }
    }

    /// Whether a 403 on this path may come from a token that no longer works, rather than from a refusal that a new token
    /// has met before.
    pub(super) async fn may_be_dead(&self, who: &Credentials, path: &str) -> bool {
        match who {
            Credentials::OAuth { api_key, secret } => {
                !self.0.tokens.slot(api_key, secret).lock().await.forbidden.contains(path)
            }
            Credentials::NumberKey { .. } => false,
        }
    }

    /// A token that is certainly alive met a 403 on this path: from now on that is a refusal, which costs no new token.
    pub(super) async fn note_forbidden(&self, who: &Credentials, path: &str) {
        if let Credentials::OAuth { api_key, secret } = who {
            self.0.tokens.slot(api_key, secret).lock().await.forbidden.insert(path.to_owned());
        }
    }

    /// A text was refused without a reason: the next 403 on anything that is read tests the token, whatever was met there
    /// before. The text itself is not posted again for that.
    pub(super) async fn doubt(&self, who: &Credentials) {
        if let Credentials::OAuth { api_key, secret } = who {
            self.0.tokens.slot(api_key, secret).lock().await.forbidden.clear();
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
            // these two fields and no others [A]; how a refusal looks is not documented: one try, then as if there were none
            let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
            let token = slot.token.take();
            match self.ask_token(who, purpose, &form, token.as_ref(), 1, slot.next_serial()).await {
                Ok(token) => return Ok(token),
                Err(
                    error @ (Error::OverBudget(_)
                    | Error::RateLimited { .. }
                    | Error::Blocked { .. }
                    | Error::Unreachable { .. }),
                ) => return Err(error),
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
        let mut search = Search::new(Operation::Token);
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
                                self.not_here(who, &mut search, route, answer.words());
                                continue 'routes;
                            }
                            // bad credentials answer 400 or 401 here
                            status @ (400 | 401 | 403) if !answer.is_blocked() => {
                                let words = answer.words();
                                return Err(Error::Unauthorised { asked: answer.asked, status, words });
                            }
                            _ => of_status(answer),
                        }
                    }
                    Err(no_answer) => troubled(no_answer.into_error()),
                };
                self.pause(&mut attempt, trouble, error).await?;
            }
        }
        Err(search.failed())
    }
}

/// Does something with the file where it may block.
async fn off<T: Send + 'static>(file: &TokenFile, job: impl FnOnce(&TokenFile) -> T + Send + 'static) -> Option<T> {
    let file = file.clone();
    tokio::task::spawn_blocking(move || job(&file)).await.ok()
}

fn with_old(secrets: Secrets, old: Option<&Token>) -> Secrets {
    match old {
        Some(token) => {
            secrets.and_keys([Some(token.access().expose()), token.refresh().map(Secret::expose)].into_iter().flatten())
        }
        None => secrets,
    }
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

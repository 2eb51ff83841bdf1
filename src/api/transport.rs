//! One request, one answer: the budget is asked, the request goes out, the head of the answer comes back and then its
//! body, up to a limit. Nothing is repeated and no redirect is followed in here.

mod body;

use std::error::Error as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{
    ACCEPT, AGE, AUTHORIZATION, CONTENT_LENGTH, DATE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER, TRANSFER_ENCODING,
};
use secrecy::zeroize::Zeroizing;
use tower::util::AndThenLayer;

use self::body::{beginning, whole_body};
use super::auth::{Credentials, Token};
use super::certificate;
use super::error::{Asked, Error, Words};
use super::retry::{Timings, beyond_patience, http_date, pause, retry_after, wait_in_words};
use super::words::Secrets;
use super::{Memory, NotAllowed, Purpose, blocked, envelope, last_check};
use crate::config::{BaseUrl, Secret};
use crate::model::text::safe_line;

/// No answer of this service comes near: a page of a thousand journal records is below a megabyte.
pub(super) const MOST_BODY: usize = 32 * 1024 * 1024;
/// What an answer that is no list may have: a token, what became of a message.
const MOST_SMALL: usize = 1024 * 1024;
/// So much of an answer that is an error is read, and looked at for words; the rest is not waited for.
pub(super) const MOST_OF_ERROR: usize = 64 * 1024;
/// A carrier's message has a few megabytes at most; what is linked from one may have more.
pub(super) const MOST_FILE: usize = 25 * 1024 * 1024;
const UNKNOWN: i64 = i64::MIN;
/// Asked for without keys, where nothing but the time is wanted.
const PREFIXED_PING: &str = "/api/ping";

/// The two ways out, and what every request passes.
pub(super) struct Transport {
    /// For what may be repeated; keeps connections.
    read: reqwest::Client,
    /// For sending: each POST on a connection of its own, so that a failed connection proves that nothing was sent, and a
    /// connection gone stale cannot eat one.
    send: reqwest::Client,
    memory: Arc<dyn Memory>,
    clock_offset: AtomicI64,
    /// Where it is asked what time it is.
    time_url: String,
}

/// A request ready to go.
pub(super) struct Request<'a> {
    pub(super) url: String,
    pub(super) asked: Asked,
    pub(super) query: &'a [(&'static str, String)],
    pub(super) body: Body<'a>,
    pub(super) who: &'a Credentials,
    pub(super) token: Option<&'a Token>,
    pub(super) purpose: Purpose,
}

#[derive(Clone, Copy)]
pub(super) enum Body<'a> {
    /// A GET.
    None,
    /// A GET of a file, which may be anything and not too large.
    File,
    /// A POST of a form, on a kept connection.
    Form(&'a [(&'static str, &'a str)]),
    /// A POST of JSON, on a connection of its own.
    Send(&'a serde_json::Value),
}

/// The head of an answer, with its body as far as it came.
pub(super) struct Answer {
    pub(super) asked: Asked,
    pub(super) status: u16,
    /// The service's own time: of its `Date`, else ours, corrected by what is known of the difference.
    pub(super) now: Timestamp,
    /// The `Retry-After` of the head.
    pub(super) retry_after: Option<Duration>,
    pub(super) location: Option<String>,
    /// Whether the head tells where the body ends. Where it does not, the end of the connection does, and that may have
    /// come early.
    pub(super) ends: bool,
    /// Why the body is not whole, where it is not.
    pub(super) body: Result<Vec<u8>, Error>,
    pub(super) secrets: Secrets,
}

/// Why there is no answer.
pub(super) enum NoAnswer {
    /// Nothing of the request left this machine.
    NotSent(Error),
    /// Some of it may have.
    Lost(Error),
}

impl NoAnswer {
    pub(super) fn into_error(self) -> Error {
        match self {
            Self::NotSent(error) | Self::Lost(error) => error,
        }
    }
}

impl Transport {
    pub(super) fn new(base: &BaseUrl, memory: Arc<dyn Memory>, timings: &Timings) -> Result<Self, Error> {
        // an error means that another part of the process was first, with the same provider
        let _ = rustls::crypto::ring::default_provider().install_default();
        let local = base.as_str().starts_with("http://");
        let builder = || {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
            let builder = reqwest::Client::builder()
                .user_agent(concat!("mctui/", env!("CARGO_PKG_VERSION")))
                .default_headers(headers)
                .connect_timeout(timings.connect)
                .timeout(timings.request)
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false);
            // plain HTTP is this machine alone (see BaseUrl): no proxy reaches it, and nobody has to be vouched for, so
            // that the system's certificates need not be read
            if local { builder.no_proxy().tls_certs_only([]) } else { builder }
        };
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|why| {
                Error::NotConfigured(format!("cannot make secure connections here: {}", root_cause(&why)))
            })
        };
        Ok(Self {
            read: build(builder())?,
            send: build(builder().pool_max_idle_per_host(0).connector_layer(AndThenLayer::new(last_check::ask)))?,
            memory,
            clock_offset: AtomicI64::new(UNKNOWN),
            time_url: base.join(PREFIXED_PING),
        })
    }

    pub(super) fn clock_offset(&self) -> Option<i64> {
        Some(self.clock_offset.load(Ordering::Relaxed)).filter(|offset| *offset != UNKNOWN)
    }

    /// Asks the budget, then makes exactly one request.
    pub(super) async fn exchange(&self, request: Request<'_>) -> Result<Answer, NoAnswer> {
        let Request { url, asked, query, body, who, token, purpose } = request;
        self.spend(who, purpose).await?;
        let secrets = secrets(who, token);
        let builder = match body {
            Body::None => self.read.get(url).query(query),
            Body::File => self.read.get(url).query(query).header(ACCEPT, "*/*"),
            Body::Form(form) => self.read.post(url).form(form),
            Body::Send(json) => self.send.post(url).json(json),
        };
        let builder = builder.header("x-api-key", header(who.api_key().expose()));
        let builder = match token {
            Some(token) => {
                let bearer = Zeroizing::new(format!("Bearer {}", token.access().expose()));
                builder.header(AUTHORIZATION, header(&bearer))
            }
            None => builder,
        };
        let most = match body {
            Body::None => MOST_BODY,
            Body::File => MOST_FILE,
            Body::Form(_) | Body::Send(_) => MOST_SMALL,
        };
        let answer = self.answer(builder, asked, secrets, most).await;
        if matches!(answer, Err(NoAnswer::NotSent(_))) {
            self.memory.refund(&who.budget_key()).await;
        }
        answer
    }

    /// The one request that goes without keys. It is counted for these credentials, which do not go along.
    pub(super) async fn ping(
        &self,
        url: String,
        asked: Asked,
        counted: Option<&Credentials>,
        purpose: Purpose,
    ) -> Result<Answer, NoAnswer> {
        if let Some(who) = counted {
            self.spend(who, purpose).await?;
        }
        let answer = self.answer(self.read.get(url), asked, Secrets::default(), MOST_SMALL).await;
        if let (Some(who), Err(NoAnswer::NotSent(_))) = (counted, &answer) {
            self.memory.refund(&who.budget_key()).await;
        }
        answer
    }

    async fn spend(&self, who: &Credentials, purpose: Purpose) -> Result<(), NoAnswer> {
        let key = who.budget_key();
        let mut spent = self.memory.spend(&key, purpose).await;
        if matches!(spent, Err(NotAllowed::Unclear(_))) {
            self.ask_time().await?;
            spent = self.memory.spend(&key, purpose).await;
        }
        spent.map_err(|why| {
            NoAnswer::NotSent(match why {
                NotAllowed::OverBudget(over) | NotAllowed::Unclear(over) => Error::OverBudget(over),
                NotAllowed::Uncounted(reason) => Error::Uncounted(reason),
            })
        })
    }

    /// Learns what time it is at the service. No key goes along, so that it costs nothing of any key's budget; whatever
    /// answers has a `Date`.
    async fn ask_time(&self) -> Result<(), NoAnswer> {
        let asked = Asked { method: "GET", path: PREFIXED_PING.to_owned() };
        let answer = self.answer(self.read.get(&self.time_url), asked, Secrets::default(), MOST_BODY).await;
        answer.map(drop).map_err(|why| NoAnswer::NotSent(why.into_error()))
    }

    async fn answer(
        &self,
        builder: reqwest::RequestBuilder,
        asked: Asked,
        secrets: Secrets,
        most: usize,
    ) -> Result<Answer, NoAnswer> {
        let mut response = builder.send().await.map_err(|why| no_answer(&asked, &why, &secrets))?;
        let headers = response.headers();
        self.note_time(headers);
        if !headers.contains_key(AGE) {
            let date = headers.get(DATE).and_then(|value| value.to_str().ok()).and_then(http_date);
            self.memory.heard(date).await;
        }
        let status = response.status().as_u16();
        tracing::debug!(method = asked.method, path = %asked.path, status, "answered");
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        // a date is meant by the service's clock
        let now = text(DATE).and_then(http_date).unwrap_or_else(|| self.service_time());
        let retry_after = text(RETRY_AFTER).and_then(|value| retry_after(value, now));
        let location = text(LOCATION).map(str::to_owned);
        let ends = status == 204 || headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING);
        let body = if response.status().is_success() {
            whole_body(&mut response, &asked, &secrets, most).await
        } else {
            beginning(&mut response, &asked, &secrets).await
        };
        Ok(Answer { asked, status, now, retry_after, location, ends, body, secrets })
    }

    fn service_time(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.clock_offset().unwrap_or(0));
        Timestamp::now().saturating_add(ahead).unwrap_or_else(|_| Timestamp::now())
    }

    /// Fetches a file from a host that is not the service's: no key goes there, and the budget is not touched.
    pub(super) async fn fetch_elsewhere(&self, url: &str) -> Result<Vec<u8>, Error> {
        let asked = Asked { method: "GET", path: "a file at another host".to_owned() };
        let secrets = Secrets::new([]);
        let mut response = (self.read.get(url).header(ACCEPT, "*/*").send().await)
            .map_err(|why| no_answer(&asked, &why, &secrets).into_error())?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(Error::Refused { asked, status, words: Words::none() });
        }
        whole_body(&mut response, &asked, &secrets, MOST_FILE).await
    }

    /// The service's clock, from answers that no cache kept.
    fn note_time(&self, headers: &HeaderMap) {
        if headers.contains_key(AGE) {
            return;
        }
        let date = headers.get(DATE).and_then(|value| value.to_str().ok()).and_then(http_date);
        if let Some(date) = date {
            self.clock_offset.store(date.as_second() - Timestamp::now().as_second(), Ordering::Relaxed);
        }
    }
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The status as an error; 404 and 405 are for the caller, who knows other paths.
    pub(super) fn into_error(self) -> Error {
        let words = self.words();
        let wait = self.wait();
        let (after, until) = (pause(wait), beyond_patience(wait, self.now).map(Box::new));
        let is_blocked = self.is_blocked();
        let Self { asked, status, .. } = self;
        match status {
            401 | 403 | 429 if is_blocked => Error::Blocked { asked, status, words },
            401 => Error::Unauthorised { asked, status, words },
            429 => Error::RateLimited { asked, after, until, words },
            408 => Error::TimedOut { asked },
            500.. => Error::Server { asked, status, words },
            _ => Error::Refused { asked, status, words },
        }
    }

    /// How long the service asks to wait. A 429 says it in its body (section 6, grade A); where a `Retry-After` comes as
    /// well, the body counts, which is what is documented.
    pub(super) fn wait(&self) -> Option<Duration> {
        let told = (self.status == 429).then(|| self.wait_in_body()).flatten();
        told.or(self.retry_after)
    }

    fn wait_in_body(&self) -> Option<Duration> {
        let body = self.body.as_ref().ok()?;
        wait_in_words(&String::from_utf8_lossy(&body[..body.len().min(4_096)]), self.now)
    }

    /// Whether it says that the key has used up its day: see [`blocked`].
    pub(super) fn is_blocked(&self) -> bool {
        let is_plain = || self.body.as_ref().is_ok_and(|body| !envelope::is_page(body));
        let words = self.words();
        matches!(self.status, 401 | 403 | 429)
            && words.code().is_none()
            && words.get().is_some_and(blocked::speaks_of_it)
            && self.retry_after.is_none()
            && self.wait_in_body().is_none()
            && is_plain()
    }

    /// The answer as one that does not tell what was asked, for this reason.
    pub(super) fn into_unreadable(self, reason: &str) -> Error {
        let words = self.words();
        Error::Unreadable { asked: self.asked, status: self.status, reason: reason.to_owned(), words }
    }

    pub(super) fn words(&self) -> Words {
        self.body.as_ref().map_or_else(|_| Words::none(), |body| Words::of(body, &self.secrets))
    }
}

fn secrets(who: &Credentials, token: Option<&Token>) -> Secrets {
    let tokens = token.into_iter().flat_map(|token| [Some(token.access()), token.refresh()]).flatten();
    Secrets::new(who.exposed().into_iter().chain(tokens.map(Secret::expose)))
}

/// A header that is not logged. [`Secret`] lets nothing through that no header can carry.
fn header(secret: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(secret).expect("a Secret is printable ASCII");
    value.set_sensitive(true);
    value
}

fn no_answer(asked: &Asked, why: &reqwest::Error, secrets: &Secrets) -> NoAnswer {
    let asked = asked.clone();
    let reason = certificate::refused(why).unwrap_or_else(|| root_cause(why));
    let reason = Words::safe(&reason, secrets).get().unwrap_or("no reason given").to_owned();
    tracing::debug!(method = asked.method, path = %asked.path, reason, "no answer");
    if why.is_connect() || why.is_builder() {
        let reason = if why.is_timeout() { "no connection in time".to_owned() } else { reason };
        NoAnswer::NotSent(Error::Unreachable { asked, reason })
    } else if why.is_timeout() {
        NoAnswer::Lost(Error::TimedOut { asked })
    } else {
        NoAnswer::Lost(Error::Interrupted { asked, reason })
    }
}

/// The innermost word on what happened. The outer ones repeat the URL, whose query may tell numbers.
fn root_cause(why: &reqwest::Error) -> String {
    let Some(mut cause) = why.source() else { return "the request could not be made".to_owned() };
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    safe_line(&cause.to_string())
}

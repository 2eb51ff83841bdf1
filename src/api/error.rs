//! What can go wrong, in words for people. No variant can hold a secret: foreign words come through [`Words`],
//! which strikes out every key and token that was in play, and no URL with a query is kept.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::routes::Operation;
pub use super::words::Words;
use super::{OverBudget, certificate};

/// A request, as far as it may be told: method and path, without host, query and headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// The path below the base URL, such as `/api/journal/requests`.
    pub path: String,
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Why a question to MightyCall has no answer. Safe to show, to log and to keep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is nothing to sign a request with, or the client cannot be built here. The text says what to set.
    #[error("{0}")]
    NotConfigured(String),
    /// Asking would exceed the daily budget of the key.
    #[error("{0}")]
    OverBudget(OverBudget),
    /// The request could not be entered in the ledger, and was not made: the day's budget would not hold.
    #[error("a request to MightyCall cannot be counted, and was not made: {0}")]
    Uncounted(String),
    /// No path of the operation is there for this account.
    #[error("MightyCall has no path for {operation} here: {} answered 404 or 405{}", tried.join(", "), said(words))]
    NoPath {
        /// What was asked for.
        operation: Operation,
        /// The paths below the base URL, in the order they were tried.
        tried: Vec<String>,
        /// What the first of them that said anything said.
        words: Words,
    },
    /// No connection came about: nothing was sent.
    #[error("cannot connect to MightyCall for {asked}: {reason}")]
    Unreachable {
        /// What was asked.
        asked: Asked,
        /// The system's word.
        reason: String,
    },
    /// No answer, or not the whole of it, in time.
    #[error("MightyCall did not answer {asked} in time")]
    TimedOut {
        /// What was asked.
        asked: Asked,
    },
    /// The connection broke before the answer was complete.
    #[error("the connection broke during {asked}: {reason}")]
    Interrupted {
        /// What was asked.
        asked: Asked,
        /// The system's word.
        reason: String,
    },
    /// The keys are not accepted: 401, or any refusal of a token.
    #[error("MightyCall does not accept the keys: {asked} answered {status}{}", said(words))]
    Unauthorised {
        /// What was asked.
        asked: Asked,
        /// The HTTP status.
        status: u16,
        /// The service's own words.
        words: Words,
    },
    /// The key has used up its day and is blocked until the next one: 401, 403 or 429 that says so in plain words and names
    /// no time. Nothing was done. The real answer is not known (section 19.8).
    #[error("MightyCall has blocked this key for now: {asked} answered {status}{}", said(words))]
    Blocked {
        /// What was asked.
        asked: Asked,
        /// The HTTP status.
        status: u16,
        /// The service's own words.
        words: Words,
    },
    /// Too many requests; nothing was done.
    #[error("{}: {asked} answered 429{}", pause_words(*after, until.as_deref()), said(words))]
    RateLimited {
        /// What was asked.
        asked: Asked,
        /// How long to wait before asking again.
        after: Duration,
        /// What the service asks for, where that is longer than anybody waits.
        until: Option<Box<Timestamp>>,
        /// The service's own words.
        words: Words,
    },
    /// MightyCall said no: 3xx, 4xx, or an answer that says it did not succeed.
    #[error("MightyCall refused {asked} (status {status}){}", said(words))]
    Refused {
        /// What was asked.
        asked: Asked,
        /// The HTTP status.
        status: u16,
        /// The service's own words.
        words: Words,
    },
    /// MightyCall failed: 5xx.
    #[error("MightyCall failed at {asked} (status {status}){}", said(words))]
    Server {
        /// What was asked.
        asked: Asked,
        /// The HTTP status.
        status: u16,
        /// The service's own words.
        words: Words,
    },
    /// An answer that is no answer of this service: HTML, broken JSON, something else, or too much of it.
    #[error("the answer to {asked} (status {status}) cannot be read: {reason}{}", said(words))]
    Unreadable {
        /// What was asked.
        asked: Asked,
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
        /// What it says, if anything.
        words: Words,
    },
}

/// The cases of [`Error`] that call for different behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Something must be set first.
    NotConfigured,
    /// The keys are wrong or were withdrawn.
    Unauthorised,
    /// MightyCall said no; asking again the same will not help.
    Refused,
    /// No path of the operation is there.
    NoPath,
    /// The key has used up its day at MightyCall, which blocks it until the next one.
    Blocked,
    /// A pause was asked for.
    RateLimited {
        /// How long.
        after: Duration,
    },
    /// The daily budget is used up.
    OverBudget,
    /// A request could not be counted, and was not made.
    Uncounted,
    /// No connection.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The connection broke on the way.
    Interrupted,
    /// MightyCall failed.
    Server,
    /// The answer makes no sense.
    Unreadable,
}

impl Kind {
    /// Whether the same question may have an answer later without anybody doing anything.
    pub fn is_passing(self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. }
                | Self::Blocked
                | Self::OverBudget
                | Self::Uncounted
                | Self::Unreachable
                | Self::TimedOut
                | Self::Interrupted
                | Self::Server
        )
    }
}

impl Error {
    /// Which case this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NotConfigured(_) => Kind::NotConfigured,
            Self::OverBudget(_) => Kind::OverBudget,
            Self::Uncounted(_) => Kind::Uncounted,
            Self::NoPath { .. } => Kind::NoPath,
            Self::Unreachable { .. } => Kind::Unreachable,
            Self::TimedOut { .. } => Kind::TimedOut,
            Self::Interrupted { .. } => Kind::Interrupted,
            Self::Unauthorised { .. } => Kind::Unauthorised,
            Self::Blocked { .. } => Kind::Blocked,
            Self::RateLimited { after, .. } => Kind::RateLimited { after: *after },
            Self::Refused { .. } => Kind::Refused,
            Self::Server { .. } => Kind::Server,
            Self::Unreadable { .. } => Kind::Unreadable,
        }
    }

    /// The HTTP status, where there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unauthorised { status, .. }
            | Self::Blocked { status, .. }
            | Self::Refused { status, .. }
            | Self::Server { status, .. }
            | Self::Unreadable { status, .. } => Some(*status),
            Self::RateLimited { .. } => Some(429),
            Self::NoPath { .. } => Some(404),
            _ => None,
        }
    }

    /// The service's own code for what is wrong, such as `TenantAccountRoleIssue` (section 5, grade A).
    pub fn code(&self) -> Option<&str> {
        self.said()?.code()
    }

    /// Query parameters that the service says it does not know, as it writes them (`data.unsupportedFilters`, grade A).
    pub fn unsupported_filters(&self) -> &[String] {
        self.said().and_then(Words::detail).map_or(&[], |detail| &detail.unsupported_filters)
    }

    /// Names of the fields or parameters that the service objects to, as it writes them, without the `model.` that it may
    /// put before them (`modelState`, grade A).
    pub fn objected_fields(&self) -> &[String] {
        self.said().and_then(Words::detail).map_or(&[], |detail| &detail.fields)
    }

    /// What the service itself said, safe for one line.
    pub fn words(&self) -> Option<&str> {
        self.said()?.get()
    }

    fn code_is(&self, code: &str) -> bool {
        self.code().is_some_and(|said| said.eq_ignore_ascii_case(code))
    }

    /// Whether the user or account lacks a role (section 5, grade A).
    pub(super) fn is_of_role(&self) -> bool {
        self.code_is("TenantAccountRoleIssue") || self.code_is("AccessDenied")
    }

    /// Whether the words of a 403 speak of the account's plan. How that is answered is not known (section 19.8).
    fn is_of_plan(&self) -> bool {
        let words = self.words().unwrap_or_default().to_lowercase();
        let mut words = words.split(|c: char| !c.is_alphabetic());
        self.status() == Some(403) && words.any(|word| matches!(word, "plan" | "plans" | "subscription" | "upgrade"))
    }

    fn said(&self) -> Option<&Words> {
        match self {
            Self::NoPath { words, .. }
            | Self::Unauthorised { words, .. }
            | Self::Blocked { words, .. }
            | Self::RateLimited { words, .. }
            | Self::Refused { words, .. }
            | Self::Server { words, .. }
            | Self::Unreadable { words, .. } => Some(words),
            _ => None,
        }
    }

    /// What became of it, for who is no programmer: without the path, which the log has.
    pub fn plain(&self) -> String {
        let (what, words) = match self {
            Self::NotConfigured(_) | Self::OverBudget(_) | Self::Uncounted(_) => return self.to_string(),
            Self::NoPath { operation, words, .. } => (format!("MightyCall has no way for {operation} here"), words),
            Self::Unreachable { reason, .. } => return format!("cannot connect to MightyCall: {reason}"),
            Self::TimedOut { .. } => return "MightyCall did not answer in time".to_owned(),
            Self::Interrupted { reason, .. } => return format!("the connection broke before the answer: {reason}"),
            Self::Unauthorised { words, .. } => ("MightyCall does not accept the keys".to_owned(), words),
            Self::Blocked { words, .. } => ("MightyCall has blocked this key for now".to_owned(), words),
            Self::Refused { words, .. } if self.is_of_role() => {
                ("this account or user has no access to this part of MightyCall".to_owned(), words)
            }
            Self::Refused { words, .. } if self.is_of_plan() => {
                ("the account's plan has no access to MightyCall's API".to_owned(), words)
            }
            Self::RateLimited { after, until, words, .. } => (pause_words(*after, until.as_deref()), words),
            Self::Refused { status, words, .. } => (format!("MightyCall refused it (status {status})"), words),
            Self::Server { status, words, .. } => {
                (format!("MightyCall has trouble of its own (status {status})"), words)
            }
            Self::Unreadable { status, reason, words, .. } => {
                (format!("MightyCall's answer (status {status}) cannot be read: {reason}"), words)
            }
        };
        what + &said(words)
    }

    /// What a person can do about it.
    pub fn advice(&self) -> String {
        match self {
            Self::NotConfigured(_) => "Open the settings and fill in what is missing.".to_owned(),
            Self::OverBudget(_) => {
                "Wait until older requests are a day old; what is in the outbox stays there.".to_owned()
            }
            Self::Uncounted(_) => "`mctui doctor` says more.".to_owned(),
            Self::NoPath { .. } => {
                "Check the base URL in the settings, and whether the account may use this part of the API.".to_owned()
            }
            Self::Unreachable { reason, .. } if reason.contains("certificate") => certificate::ADVICE.to_owned(),
            Self::Unreachable { .. } => {
                "Check the network and the base URL in the settings; nothing was sent.".to_owned()
            }
            Self::TimedOut { .. } | Self::Interrupted { .. } => {
                "Check the network; it may also pass by itself.".to_owned()
            }
            Self::Unauthorised { .. } => {
                "Check the account API key, the user key and the number's own key in the settings.".to_owned()
            }
            Self::Blocked { .. } => {
                "Wait until the key's next day begins: MightyCall takes 2,500 requests in 24 hours, of all programs that use \
                 the key. Where it stays blocked, ask the account's admin."
                    .to_owned()
            }
            Self::RateLimited { after, .. } => format!("Wait {} s; it goes on by itself.", after.as_secs().max(1)),
            Self::Refused { .. } if self.code_is("TenantAccountRoleIssue") => {
                "Ask the account's admin for a user with a contact-centre role, or for that user's key.".to_owned()
            }
            Self::Refused { .. } if self.code_is("AccessDenied") => {
                "Ask the account's admin to give this user access, or use the key of a user who has it.".to_owned()
            }
            Self::Refused { .. } if self.is_of_plan() => {
                "API access depends on the account's plan: ask the account's admin, or MightyCall.".to_owned()
            }
            Self::Refused { status: 400, .. } if !self.unsupported_filters().is_empty() => {
                "This account does not know a part of the question; `mctui doctor` tells which paths answer.".to_owned()
            }
            Self::Refused { status: 403, .. } => {
                "Check that the key may do this and that the number is enabled for SMS.".to_owned()
            }
            Self::Refused { status: 300..=399, .. } => {
                "Set the base URL to where the service really is: keys are not sent to another address.".to_owned()
            }
            Self::Refused { .. } => "Change what MightyCall objects to, then try again.".to_owned(),
            Self::Server { .. } => "MightyCall has trouble of its own; try again later.".to_owned(),
            Self::Unreadable { .. } => {
                "Check the base URL, and whether a proxy or a sign-in page of the network answers instead.".to_owned()
            }
        }
    }
}

/// What a 429 asks for, and what is made of a time that is too far off to be meant.
fn pause_words(after: Duration, until: Option<&Timestamp>) -> String {
    match until {
        Some(until) => {
            let (until, minutes) = (until.strftime("%Y-%m-%d %H:%M UTC"), after.as_secs() / 60);
            format!("MightyCall asks for a pause until {until}; mctui waits {minutes} minutes at most")
        }
        None => format!("MightyCall asks for a pause of {} s", after.as_secs()),
    }
}

fn said(words: &Words) -> String {
    words.get().map(|words| format!(": “{words}”")).unwrap_or_default()
}

#[cfg(test)]
mod tests;

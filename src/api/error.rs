//! What can go wrong, in words for people. No variant can hold a secret: foreign words come through [`Words`],
//! which strikes out every key and token that was in play, and no URL with a query is kept.

use std::fmt;
use std::time::Duration;

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
    /// Too many requests; nothing was done.
    #[error("MightyCall asks for a pause of {} s: {asked} answered 429{}", after.as_secs(), said(words))]
    RateLimited {
        /// What was asked.
        asked: Asked,
        /// How long to wait before asking again.
        after: Duration,
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
    /// A pause was asked for.
    RateLimited {
        /// How long.
        after: Duration,
    },
    /// The daily budget is used up.
    OverBudget,
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
                | Self::OverBudget
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
            Self::NoPath { .. } => Kind::NoPath,
            Self::Unreachable { .. } => Kind::Unreachable,
            Self::TimedOut { .. } => Kind::TimedOut,
            Self::Interrupted { .. } => Kind::Interrupted,
            Self::Unauthorised { .. } => Kind::Unauthorised,
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
            | Self::Refused { status, .. }
            | Self::Server { status, .. }
            | Self::Unreadable { status, .. } => Some(*status),
            Self::RateLimited { .. } => Some(429),
            Self::NoPath { .. } => Some(404),
            _ => None,
        }
    }

    /// What the service itself said, safe for one line.
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::NoPath { words, .. }
            | Self::Unauthorised { words, .. }
            | Self::RateLimited { words, .. }
            | Self::Refused { words, .. }
            | Self::Server { words, .. }
            | Self::Unreadable { words, .. } => words.get(),
            _ => None,
        }
    }

    /// What became of it, for who is no programmer: without the path, which the log has.
    pub fn plain(&self) -> String {
        let (what, words) = match self {
            Self::NotConfigured(_) | Self::OverBudget(_) => return self.to_string(),
            Self::NoPath { operation, words, .. } => (format!("MightyCall has no way for {operation} here"), words),
            Self::Unreachable { reason, .. } => return format!("cannot connect to MightyCall: {reason}"),
            Self::TimedOut { .. } => return "MightyCall did not answer in time".to_owned(),
            Self::Interrupted { reason, .. } => return format!("the connection broke before the answer: {reason}"),
            Self::Unauthorised { words, .. } => ("MightyCall does not accept the keys".to_owned(), words),
            Self::RateLimited { after, words, .. } => {
                (format!("MightyCall asks for a pause of {} s", after.as_secs()), words)
            }
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
            Self::RateLimited { after, .. } => format!("Wait {} s; it goes on by itself.", after.as_secs().max(1)),
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

fn said(words: &Words) -> String {
    words.get().map(|words| format!(": “{words}”")).unwrap_or_default()
}

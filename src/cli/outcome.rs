//! How a command ends: an exit code that scripts hold on to, and words for people.

use crate::api::{self, Kind};
use crate::config::ConfigError;
use crate::config::places::NoHome;
use crate::model::phone::AddressError;
use crate::store::StoreError;
use crate::sync::{ContextError, Trouble};

/// Exit codes (README, "For scripts").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// What was asked for is done.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// It was asked for wrongly.
    Usage = 2,
    /// MightyCall said no.
    Refused = 3,
    /// A message may have gone out.
    Unconfirmed = 4,
    /// Keys or numbers are missing or wrong.
    NotConfigured = 5,
    /// Today's requests are used up.
    OverBudget = 6,
    /// A message could not be sent, nor taken back: it stays queued, and may go out later.
    StillQueued = 7,
}

impl Exit {
    /// The code for a kind of trouble with the service.
    pub fn for_kind(kind: Kind) -> Self {
        match kind {
            Kind::NotConfigured | Kind::Unauthorised => Self::NotConfigured,
            Kind::OverBudget | Kind::Blocked | Kind::RateLimited { .. } => Self::OverBudget,
            Kind::Refused | Kind::NoPath => Self::Refused,
            _ => Self::Failed,
        }
    }
}

/// What went wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The code to end with.
    pub exit: Exit,
    /// What happened, to what.
    pub what: String,
    /// What to do; empty where there is nothing to say.
    pub advice: String,
}

impl Failure {
    /// A failure with advice.
    pub fn new(exit: Exit, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { exit, what: what.into(), advice: advice.into() }
    }

    /// The command was used wrongly.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Exit::Usage, what, "`mctui --help` and `mctui COMMAND --help` say how")
    }

    /// A fault of the program itself ended the command.
    pub fn fault() -> Self {
        Self::new(
            Exit::Failed,
            "a fault in mctui ended the command",
            "this is a bug: report it with the line of the log that says “panicked”; nothing in the cache is lost",
        )
    }

    /// There is no number to work with.
    pub fn no_numbers() -> Self {
        Self::new(
            Exit::NotConfigured,
            "no business number is set up",
            "run `mctui` and fill in its settings, or `mctui numbers discover --add` with MIGHTYCALL_API_KEY and \
             MIGHTYCALL_USER_KEY set, or `mctui numbers import FILE`; `mctui demo` needs none of it",
        )
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = ?error, "the cache refused");
        Self::new(Exit::Failed, error.to_string(), "")
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let exit = match error {
            ConfigError::Io { .. } => Exit::Failed,
            ConfigError::Input(_) => Exit::Usage,
            _ => Exit::NotConfigured,
        };
        Self::new(exit, error.to_string(), "")
    }
}

impl From<api::Error> for Failure {
    fn from(error: api::Error) -> Self {
        tracing::error!(error = ?error, "MightyCall, or the way to it");
        Self::new(Exit::for_kind(error.kind()), error.to_string(), error.advice())
    }
}

impl From<ContextError> for Failure {
    fn from(error: ContextError) -> Self {
        match error {
            ContextError::Store(error) => error.into(),
            ContextError::Api(error) => error.into(),
        }
    }
}

impl From<AddressError> for Failure {
    fn from(error: AddressError) -> Self {
        Self::new(Exit::Usage, error.to_string(), "")
    }
}

impl From<NoHome> for Failure {
    fn from(error: NoHome) -> Self {
        Self::new(Exit::NotConfigured, error.to_string(), "")
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::new(Exit::Failed, trouble.what, trouble.advice)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Exit::Failed, error.to_string(), "")
    }
}

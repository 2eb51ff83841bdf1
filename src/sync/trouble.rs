//! What went wrong, for people: what happened, why, what to do, and what happens by itself.

use crate::api::{self, Kind};

/// What went wrong, for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trouble {
    /// What happened.
    pub what: String,
    /// Why, in plain words, the nearest cause first.
    pub causes: Vec<String>,
    /// What to do about it; empty where there is nothing to do.
    pub advice: String,
    /// What the program does by itself; empty where that is nothing.
    pub by_itself: String,
}

impl From<&api::Error> for Trouble {
    fn from(error: &api::Error) -> Self {
        Self {
            what: error.to_string(),
            causes: vec![cause(error.kind()).to_owned()],
            advice: error.advice(),
            by_itself: by_itself(error.kind()).to_owned(),
        }
    }
}

fn cause(kind: Kind) -> &'static str {
    match kind {
        Kind::NotConfigured => "There is nothing to sign a request with, so none was made.",
        Kind::Unauthorised => "The key is not the right one, was withdrawn, or is not that of this account.",
        Kind::Refused => "MightyCall understood what was asked, and said no. The same again would be refused again.",
        Kind::NoPath => "MightyCall moves its API from time to time, and not every account has every part of it.",
        Kind::RateLimited { .. } => "More requests came from this account in a short time than MightyCall takes.",
        Kind::Blocked => {
            "MightyCall takes 2,500 requests in 24 hours from each API key, all programs that use it together, and blocks a \
             key that has used them up."
        }
        Kind::OverBudget => {
            "Each API key has so many requests in any 24 hours, all programs that use it together; a tenth is kept for \
             sending."
        }
        Kind::Uncounted => {
            "The requests of a day are counted in a file, and it cannot be written: the disk is full, another program holds \
             the file, or it was damaged."
        }
        Kind::Unreachable => {
            "No connection came about: the network is down, the address is wrong, or something between here and there \
             does not let it through. Nothing was sent."
        }
        Kind::TimedOut => "The connection was there, and no answer came in time.",
        Kind::Interrupted => "The connection broke while the answer was on its way.",
        Kind::Server => "MightyCall itself failed while it worked on the request.",
        Kind::Unreadable => "What came back is no answer of MightyCall's API.",
    }
}

fn by_itself(kind: Kind) -> &'static str {
    match kind {
        Kind::Blocked => "mctui tries again now and then; MightyCall lets the key in again when its next day begins.",
        Kind::OverBudget => {
            "mctui looks for new messages again as requests come free, 24 hours after they were made. Sending goes on as \
             long as the kept ones last."
        }
        Kind::RateLimited { .. } => {
            "mctui waits as long as it was told to, an hour at most, and then goes on where it stopped."
        }
        kind if kind.is_passing() => {
            "mctui tries again, less and less often while it keeps failing, and goes on where it stopped. What is queued \
             is sent when the line is back."
        }
        Kind::NotConfigured | Kind::Unauthorised => {
            "mctui tries now and then whether the keys are taken. What is here stays readable, and drafts are kept."
        }
        _ => "mctui tries again now and then; what is here stays as it is.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_connection_is_told_whole() {
        let asked = api::Asked { method: "GET", path: "/api/journal/requests".to_owned() };
        let error = api::Error::Unreachable { asked, reason: "connection refused".to_owned() };
        let trouble = Trouble::from(&error);
        assert!(trouble.what.contains("connection refused") && trouble.causes[0].contains("Nothing was sent"));
        assert!(trouble.advice.contains("network") && trouble.by_itself.contains("tries again"));
    }
}

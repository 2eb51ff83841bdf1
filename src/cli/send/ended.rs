//! How a send ended: the exit code, and the words for it.

use crate::api::Kind;
use crate::cli::{Exit, Output};
use crate::model::{Delivery, Message};

/// How a send ended. The exit code is about the message alone: a terminal or pipe that is gone does not change it.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) exit: Exit,
    /// As it is in the cache, where that could be read.
    message: Option<Message>,
    /// For the person at the terminal.
    note: Option<String>,
    /// The result for people.
    line: Option<String>,
}

impl Ended {
    /// What the message's row says; `kind` is the trouble with the service that it had.
    pub(super) fn of(message: Message, kind: Option<Kind>) -> Self {
        let to = message.contact.display();
        let reason = message.error.as_deref().unwrap_or("no reason given");
        let (exit, note, line) = match &message.delivery {
            Some(Delivery::Failed(_)) => {
                (kind.map_or(Exit::Failed, Exit::for_kind), Some(format!("mctui: not sent to {to}: {reason}")), None)
            }
            Some(Delivery::Unconfirmed(_)) => (Exit::Unconfirmed, Some(may_be_out(&to, reason)), None),
            Some(Delivery::Scheduled | Delivery::Queued | Delivery::Sending) => {
                (Exit::Done, None, Some(format!("Queued for {to}; the client or `mctui sync` sends it.")))
            }
            _ => (Exit::Done, None, Some(format!("Sent to {to}."))),
        };
        Self { exit, message: Some(message), note, line }
    }

    /// It was queued, as it was meant to be, and its row cannot be read.
    pub(super) fn queued_unseen(to: &str, why: &str) -> Self {
        let note = format!("mctui: the cache cannot be read ({why}); `mctui messages` shows the message later");
        let line = Some(format!("Queued for {to}; the client or `mctui sync` sends it."));
        Self { exit: Exit::Done, message: None, note: Some(note), line }
    }

    /// It did not go out and nobody sends it later, and its row cannot be read.
    pub(super) fn not_sent(to: &str, why: &str, kind: Option<Kind>) -> Self {
        let exit = kind.map_or(Exit::Failed, Exit::for_kind);
        Self { exit, message: None, note: Some(format!("mctui: not sent to {to}: {why}")), line: None }
    }

    /// It may be out.
    pub(super) fn unconfirmed(message: Option<Message>, to: &str, why: &str) -> Self {
        Self { exit: Exit::Unconfirmed, message, note: Some(may_be_out(to, why)), line: None }
    }

    /// It could not be sent, nor taken back.
    pub(super) fn still_queued(message: Option<Message>, to: &str, why: &str, not_taken_back: &str) -> Self {
        let note = format!(
            "mctui: the message to {to} stays queued, and may be sent later: {why}. It could not be taken back: \
             {not_taken_back}. The client or `mctui sync` sends it, unless it is discarded in the client first."
        );
        Self { exit: Exit::StillQueued, message, note: Some(note), line: None }
    }

    /// Says it.
    pub(super) fn say(&self, output: Output) {
        let said = match (&self.message, &self.line) {
            (Some(message), _) if output.is_json() => output.json(message),
            (_, Some(line)) if !output.is_json() => output.line(line),
            _ => Ok(()),
        };
        if let Err(why) = said {
            output.note(&format!("mctui: the result could not be written to standard output: {why}"));
        }
        if let Some(note) = &self.note {
            output.note(note);
        }
    }
}

fn may_be_out(to: &str, why: &str) -> String {
    format!(
        "mctui: the message to {to} may have gone out: {why}. Do not send it again before `mctui sync` has looked for it."
    )
}

//! The words of a record for its direction, its delivery and the work on it. All are compared without case, and an unknown
//! one is as good as none.

use crate::model::{Delivery, Direction, WorkflowState};

pub(super) fn direction(word: &str) -> Option<Direction> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "inbound" | "incoming" | "in" | "received" | "inboundmessage" | "messagereceived" => Direction::Inbound,
        "outbound" | "outgoing" | "out" | "sent" | "outboundmessage" | "messagesent" => Direction::Outbound,
        _ => return None,
    })
}

/// What the words for the state of delivery say together (`Unspecified`, `NotSent`, `Sent` by the description; more in
/// variants, grade C). Nothing but the word itself means delivered: acceptance does not.
pub(super) fn delivery(words: &[String], why: Option<&str>, direction: Direction) -> Option<Delivery> {
    let words = words.iter().map(|word| word.trim().to_ascii_lowercase().replace(['_', '-', ' '], ""));
    let mut is_unspecified = false;
    for word in words {
        if let Some(delivery) = stated(&word, why) {
            return Some(delivery);
        }
        is_unspecified |= word == "unspecified";
    }
    // it is in MightyCall's own history, so it was taken; nothing more is known
    (is_unspecified && direction != Direction::Inbound).then_some(Delivery::Sent)
}

fn stated(word: &str, why: Option<&str>) -> Option<Delivery> {
    let why = why.map(str::trim).filter(|why| !why.is_empty());
    Some(match word {
        "delivered" => Delivery::Delivered,
        // what the service's own queue holds was accepted
        "sent" | "accepted" | "queued" | "sending" | "pending" | "submitted" => Delivery::Sent,
        "notsent" => Delivery::Failed(match why {
            Some(why) => format!("MightyCall reports that it was not sent: {why}"),
            None => "MightyCall reports that it was not sent".to_owned(),
        }),
        "failed" | "undelivered" | "notdelivered" | "undeliverable" | "rejected" | "error" | "expired" => {
            Delivery::Failed(match why {
                Some(why) => format!("MightyCall reports: {why}"),
                None if word == "failed" => "MightyCall reports that it failed".to_owned(),
                None => format!("MightyCall reports: {word}"),
            })
        }
        _ => return None,
    })
}

pub(super) fn workflow(word: &str) -> Option<WorkflowState> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "open" => WorkflowState::Open,
        "finished" => WorkflowState::Finished,
        "resolved" => WorkflowState::Resolved,
        _ => return None,
    })
}

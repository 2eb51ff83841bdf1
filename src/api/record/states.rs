//! The words of a record for its direction, its delivery and the work on it. All are compared without case, and an unknown
//! one is as good as none.

use super::super::delivery_words::{Stated, stated};
use crate::model::{Delivery, Direction, WorkflowState};

/// Characters of a word of failure that are shown.
const LONGEST: usize = 40;

pub(super) fn direction(word: &str) -> Option<Direction> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "inbound" | "incoming" | "in" | "received" | "inboundmessage" | "messagereceived" => Direction::Inbound,
        "outbound" | "outgoing" | "out" | "sent" | "outboundmessage" | "messagesent" => Direction::Outbound,
        _ => return None,
    })
}

/// What the words for the state of delivery say together. Of several, a failure counts most, then a delivery.
pub(super) fn delivery(words: &[String], why: Option<&str>, direction: Direction) -> Option<Delivery> {
    let said = |wanted: Stated| words.iter().find(|word| stated(word) == Some(wanted));
    if let Some(word) = said(Stated::Failed) {
        return Some(Delivery::Failed(failure(word, why)));
    }
    if said(Stated::Delivered).is_some() {
        return Some(Delivery::Delivered);
    }
    // what the service's own queue holds was accepted
    if said(Stated::Accepted).is_some() {
        return Some(Delivery::Sent);
    }
    // it is in MightyCall's own history, so it was taken; nothing more is known
    let is_unspecified = words.iter().any(|word| word.trim().eq_ignore_ascii_case("unspecified"));
    (is_unspecified && direction != Direction::Inbound).then_some(Delivery::Sent)
}

fn failure(word: &str, why: Option<&str>) -> String {
    let plain = word.trim().to_lowercase();
    // foreign text, which may be of any length
    let word: String = plain.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).take(LONGEST).collect();
    let why = why.map(str::trim).filter(|why| !why.is_empty());
    match (word.as_str(), why) {
        ("notsent", Some(why)) => format!("MightyCall reports that it was not sent: {why}"),
        ("notsent", None) => "MightyCall reports that it was not sent".to_owned(),
        (_, Some(why)) => format!("MightyCall reports: {why}"),
        ("failed", None) => "MightyCall reports that it failed".to_owned(),
        (word, None) => format!("MightyCall reports: {word}"),
    }
}

pub(super) fn workflow(word: &str) -> Option<WorkflowState> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "open" => WorkflowState::Open,
        "finished" => WorkflowState::Finished,
        "resolved" => WorkflowState::Resolved,
        _ => return None,
    })
}

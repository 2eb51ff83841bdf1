//! What stands behind a message of ours: how far it came, when, who sent it, and what to do where it went wrong.

use unicode_width::UnicodeWidthStr;

use super::{Frame, Row};
use crate::model::text::{fit, safe_line};
use crate::model::{Delivery, Message};
use crate::tui::views::when;
use crate::tui::widgets::paint::Ink;

/// Columns of a sender's name at most.
const NAME: usize = 16;

/// The mark, with its words where they are wanted; the time; who of the staff sent it.
pub(super) fn of(message: &Message, told: bool, frame: &Frame) -> Vec<(String, Ink)> {
    let (mark, ink) = mark(message.delivery.as_ref());
    let time = when::label(message.at, frame.now, &frame.zone, frame.times);
    let head = if told {
        format!("{mark} {} {time}", delivery_words(message.delivery.as_ref()))
    } else {
        format!("{mark} {time}")
    };
    let mut pieces = vec![(head, ink)];
    if let Some(sender) = message.sender.as_deref().map(safe_line).filter(|sender| !sender.is_empty()) {
        pieces.push((format!(" {}", fit(&sender, NAME)), Ink::Staff));
    }
    pieces
}

/// Puts a tail behind the last row where it fits, else under it. `right`: all of it stands together at the right edge, as
/// far left as its last row with the tail needs.
pub(super) fn append(text: &mut Vec<Row>, tail: Vec<(String, Ink)>, width: usize, right: bool) {
    let long: usize = tail.iter().map(|(text, _)| text.width()).sum();
    let widest = text.iter().map(Row::width).max().unwrap_or(0);
    let last = text.last().filter(|row| row.picture.is_none()).map(Row::width);
    let beside = last.map(|last| last + 2 + long).filter(|beside| *beside <= width);
    let reach = beside.map_or(widest, |beside| beside.max(widest));
    if right {
        for row in text.iter_mut() {
            row.x = width.saturating_sub(reach);
        }
    }
    match text.last_mut().filter(|_| beside.is_some()) {
        Some(row) => {
            row.pieces.push(("  ".to_owned(), Ink::Plain));
            row.pieces.extend(tail);
        }
        None => text.push(Row::of(if right { width.saturating_sub(long) } else { 0 }, tail)),
    }
}

/// The mark of a delivery.
fn mark(delivery: Option<&Delivery>) -> (&'static str, Ink) {
    match delivery {
        None | Some(Delivery::Sent) => ("✓", Ink::Dim),
        Some(Delivery::Delivered) => ("✓✓", Ink::Dim),
        Some(Delivery::Scheduled | Delivery::Queued) => ("…", Ink::Dim),
        Some(Delivery::Sending) => ("»", Ink::Dim),
        Some(Delivery::Failed(_)) => ("✗", Ink::Bad),
        Some(Delivery::Unconfirmed(_)) => ("?", Ink::Warn),
    }
}

/// What a mark means, in few words.
pub(crate) fn delivery_words(delivery: Option<&Delivery>) -> &'static str {
    match delivery {
        None => "sent",
        Some(Delivery::Sent) => "taken by MightyCall",
        Some(Delivery::Delivered) => "delivered",
        Some(Delivery::Scheduled) => "to be sent later",
        Some(Delivery::Queued) => "queued, will be sent",
        Some(Delivery::Sending) => "being sent",
        Some(Delivery::Failed(_)) => "failed",
        Some(Delivery::Unconfirmed(_)) => "unconfirmed",
    }
}

/// What became of a message that failed: whether it ever came to MightyCall is not the same to who has to act.
pub(in crate::tui::views::conversation) fn failed(message: &Message) -> &'static str {
    if message.accepted { "taken by MightyCall, then reported as failed" } else { "not sent" }
}

/// What went wrong with a message and what to do.
pub(super) fn trouble(message: &Message, frame: &Frame) -> Option<(String, Ink)> {
    let given = message.delivery.as_ref().and_then(Delivery::reason).filter(|reason| !reason.trim().is_empty());
    let reason = safe_line(given.or(message.error.as_deref()).unwrap_or_default());
    let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let (resend, discard) = (&frame.resend, &frame.discard);
    let (what, ink) = match message.delivery.as_ref()? {
        Delivery::Failed(_) => (failed(message), Ink::Bad),
        Delivery::Unconfirmed(_) => ("may have gone out", Ink::Warn),
        _ => ("", Ink::Plain),
    };
    match message.delivery.as_ref()? {
        _ if message.dealt => Some((format!("{what}{because} — dealt with"), Ink::Dim)),
        Delivery::Failed(_) | Delivery::Unconfirmed(_) => {
            let again = if message.like.is_some() { "shows both and asks" } else { "sends it again" };
            Some((format!("{what}{because} — {resend} {again}, {discard} puts it away"), ink))
        }
        Delivery::Queued if !reason.is_empty() => Some((format!("waiting: {reason}"), Ink::Warn)),
        _ => None,
    }
}

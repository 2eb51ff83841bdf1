//! A message for a screen reader: one sentence with words instead of marks, sides and colours.

use super::lay::{Frame, Row, failed};
use crate::model::text::{safe_line, safe_text};
use crate::model::{Delivery, Direction, Message};
use crate::tui::views::when;
use crate::tui::widgets::paint::Ink;
use crate::tui::widgets::wrap;

/// The rows of a message; see [`super::lay::rows`].
pub(super) fn rows(message: &Message, before: Option<&Message>, cut: bool, frame: &Frame) -> Vec<Row> {
    let mut lines = Vec::new();
    if cut {
        lines.push(("Messages are missing here".to_owned(), Ink::Plain));
    }
    let day = when::day(message.at, &frame.zone);
    if before.is_none_or(|before| when::day(before.at, &frame.zone) != day) {
        lines.push((when::day_line(day, when::day(frame.now, &frame.zone)), Ink::Bold));
    }
    lines.push((format!("{}: {}", head(message, frame), body(message)), Ink::Plain));
    lines.extend(help(message, frame).map(|text| (text, Ink::Plain)));
    let row = |(text, ink)| {
        wrap::text(text, frame.width).into_iter().map(move |line| Row { pieces: vec![(line, ink)], ..Row::default() })
    };
    lines.iter().flat_map(|(text, ink)| row((text.as_str(), *ink))).collect()
}

/// Who wrote it, when, and how it went.
fn head(message: &Message, frame: &Frame) -> String {
    let clock = when::clock(message.at, &frame.zone);
    let unread = if message.unread { ", unread" } else { "" };
    match message.direction {
        Direction::Inbound => return format!("Received {clock}{unread}"),
        Direction::Unknown => return format!("From one side or the other, {clock}{unread}"),
        Direction::Outbound => {}
    }
    let who = message.sender.as_deref().map(safe_line).filter(|who| !who.is_empty());
    let who = who.map_or_else(|| "You".to_owned(), |who| crate::model::text::fit(&who, 24).into_owned());
    let how = match &message.delivery {
        None | Some(Delivery::Sent) => "sent",
        Some(Delivery::Delivered) => "delivered",
        Some(Delivery::Scheduled) => "scheduled for later",
        Some(Delivery::Queued) => "waiting to be sent",
        Some(Delivery::Sending) => "being sent",
        Some(Delivery::Failed(_)) => failed(message),
        Some(Delivery::Unconfirmed(_)) => "may have gone out",
    };
    let given = message.delivery.as_ref().and_then(Delivery::reason).or(message.error.as_deref());
    let why = given.map(safe_line).filter(|why| !why.is_empty());
    format!("{who}, {how} {clock}{}", why.map_or_else(String::new, |why| format!(", because: {why}")))
}

/// The keys that help where something went wrong.
fn help(message: &Message, frame: &Frame) -> Option<String> {
    message.needs_somebody().then(|| format!("{} sends it again, {} puts it away", frame.resend, frame.discard))
}

fn body(message: &Message) -> String {
    let mut text = safe_text(message.body.trim_end()).into_owned();
    for attachment in &message.attachments {
        text.push_str("\nattached: ");
        text.push_str(&safe_line(&attachment.name));
        if attachment.expired {
            text.push_str(", which MightyCall no longer keeps");
        }
    }
    if text.trim().is_empty() { "no text".to_owned() } else { text }
}

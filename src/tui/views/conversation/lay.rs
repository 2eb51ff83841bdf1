//! A message as rows of text at a width, with everything a person needs to know beside it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use crate::model::text::{safe_line, safe_text};
use crate::model::{Delivery, Direction, Message};
use crate::tui::views::when;
use crate::tui::widgets::paint::Ink;
use crate::tui::widgets::wrap;

/// A row of a conversation: pieces that follow each other from a column on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Row {
    /// Column of the first piece.
    pub(super) x: usize,
    /// Texts with their inks.
    pub(super) pieces: Vec<(String, Ink)>,
}

/// What laying out depends on besides the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// Columns.
    pub(super) width: usize,
    /// The present, for "Today".
    pub(super) now: Timestamp,
    /// The person's zone.
    pub(super) zone: TimeZone,
    /// The key that sends again.
    pub(super) resend: String,
    /// The key that puts away.
    pub(super) discard: String,
    /// The key that fetches older messages.
    pub(super) fetch: String,
}

/// Columns of "09:38  ".
const CLOCK: usize = 7;

/// The rows of a message; `before` is the one before it in the thread, whose day it may share; `cut` where messages
/// between the two were never fetched.
pub(super) fn rows(message: &Message, before: Option<&Message>, cut: bool, frame: &Frame) -> Vec<Row> {
    let mut rows = Vec::new();
    if cut {
        rows.push(middle("── messages are missing here ──".to_owned(), Ink::Dim, frame));
    }
    let day = when::day(message.at, &frame.zone);
    if before.is_none_or(|before| when::day(before.at, &frame.zone) != day) {
        let text = format!("── {} ──", when::day_line(day, when::day(frame.now, &frame.zone)));
        rows.push(middle(text, Ink::Day, frame));
    }
    match message.direction {
        Direction::Outbound => outbound(&mut rows, message, frame),
        Direction::Inbound | Direction::Unknown => inbound(&mut rows, message, frame),
    }
    rows
}

/// A line of its own in the middle.
pub(super) fn middle(text: String, ink: Ink, frame: &Frame) -> Row {
    Row { x: frame.width.saturating_sub(text.width()) / 2, pieces: vec![(text, ink)] }
}

/// The text of a message with what came with it.
fn body(message: &Message) -> String {
    let mut text = safe_text(message.body.trim_end()).into_owned();
    for attachment in &message.attachments {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str("[attached: ");
        text.push_str(&safe_line(&attachment.name));
        text.push(']');
    }
    if text.trim().is_empty() { "(no text)".to_owned() } else { text }
}

/// How wide a message may be: the other side keeps some room, where there is any to keep.
fn block(width: usize) -> usize {
    if width < 36 { width } else { width * 4 / 5 }
}

fn inbound(rows: &mut Vec<Row>, message: &Message, frame: &Frame) {
    let clock = when::clock(message.at, &frame.zone);
    // where every column counts the time has a row of its own
    let indent = if frame.width < 24 { 0 } else { CLOCK };
    let text = wrap::text(&body(message), block(frame.width).saturating_sub(indent).max(1));
    let clock_ink = if message.unread { Ink::Bold } else { Ink::Dim };
    if indent == 0 {
        rows.push(Row { x: 0, pieces: vec![(clock.clone(), clock_ink)] });
    }
    for (at, line) in text.into_iter().enumerate() {
        if at == 0 && indent > 0 {
            let head = format!("{clock:<CLOCK$}");
            rows.push(Row { x: 0, pieces: vec![(head, clock_ink), (line, Ink::Plain)] });
        } else {
            rows.push(Row { x: indent, pieces: vec![(line, Ink::Plain)] });
        }
    }
    if message.direction == Direction::Unknown {
        let note = "? MightyCall does not say who wrote this";
        for line in wrap::text(note, frame.width.saturating_sub(indent).max(1)) {
            rows.push(Row { x: indent, pieces: vec![(line, Ink::Dim)] });
        }
    }
}

fn outbound(rows: &mut Vec<Row>, message: &Message, frame: &Frame) {
    let text = wrap::text(&body(message), block(frame.width));
    let (mark, ink) = mark(message.delivery.as_ref());
    let mut tail = format!("{mark} {}", when::clock(message.at, &frame.zone));
    if let Some(sender) = message.sender.as_deref().map(safe_line).filter(|sender| !sender.is_empty()) {
        tail.push(' ');
        tail.push_str(&crate::model::text::fit(&sender, 16));
    }
    let widest = text.iter().map(|line| line.width()).max().unwrap_or(0);
    let last = text.last().map_or(0, |line| line.width());
    let beside = last + 2 + tail.width();
    // the text stands together at the right, as far left as its last row with the mark needs
    let fits = beside <= frame.width;
    let reach = if fits { widest.max(beside) } else { widest };
    let x = frame.width.saturating_sub(reach);
    let count = text.len();
    for (at, line) in text.into_iter().enumerate() {
        let mut pieces = vec![(line, Ink::Plain)];
        if fits && at + 1 == count {
            pieces.push(("  ".to_owned(), Ink::Plain));
            pieces.push((tail.clone(), ink));
        }
        rows.push(Row { x, pieces });
    }
    if !fits {
        let x = frame.width.saturating_sub(tail.width());
        rows.push(Row { x, pieces: vec![(tail, ink)] });
    }
    if let Some((text, ink)) = trouble(message, frame) {
        let lines = wrap::text(&text, frame.width);
        let widest = lines.iter().map(|line| line.width()).max().unwrap_or(0);
        let x = frame.width.saturating_sub(widest);
        rows.extend(lines.into_iter().map(|line| Row { x, pieces: vec![(line, ink)] }));
    }
}

/// The mark of a delivery.
pub(super) fn mark(delivery: Option<&Delivery>) -> (&'static str, Ink) {
    match delivery {
        None | Some(Delivery::Sent) => ("✓", Ink::Dim),
        Some(Delivery::Delivered) => ("✓✓", Ink::Dim),
        Some(Delivery::Scheduled | Delivery::Queued) => ("…", Ink::Dim),
        Some(Delivery::Sending) => ("»", Ink::Dim),
        Some(Delivery::Failed(_)) => ("✗", Ink::Bad),
        Some(Delivery::Unconfirmed(_)) => ("?", Ink::Warn),
    }
}

/// What went wrong with a message and what to do.
fn trouble(message: &Message, frame: &Frame) -> Option<(String, Ink)> {
    let given = message.delivery.as_ref().and_then(Delivery::reason).filter(|reason| !reason.trim().is_empty());
    let reason = safe_line(given.or(message.error.as_deref()).unwrap_or_default());
    let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    let (resend, discard) = (&frame.resend, &frame.discard);
    match message.delivery.as_ref()? {
        Delivery::Failed(_) => {
            Some((format!("not sent{because} — {resend} sends it again, {discard} puts it away"), Ink::Bad))
        }
        Delivery::Unconfirmed(_) => {
            Some((format!("may have gone out{because} — {resend} sends it again, {discard} puts it away"), Ink::Warn))
        }
        Delivery::Queued if !reason.is_empty() => Some((format!("waiting: {reason}"), Ink::Warn)),
        _ => None,
    }
}

//! A message as rows of text at a width, with everything a person needs to know beside it.

mod files;
mod tail;
mod words;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use crate::config::preferences::Times;
use crate::model::link::links;
use crate::model::text::safe_text;
use crate::model::{Direction, Message};
use crate::tui::views::pictures::Pictures;
use crate::tui::views::when;
use crate::tui::widgets::paint::Ink;
use crate::tui::widgets::picture::Picture;
use crate::tui::widgets::wrap;
pub(crate) use files::{in_words as file_size, label as file_label};
pub(crate) use tail::delivery_words;
pub(super) use tail::failed;

/// A row of a conversation: pieces that follow each other from a column on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Row {
    /// Column of the first piece.
    pub(super) x: usize,
    /// Texts with their inks.
    pub(super) pieces: Vec<(String, Ink)>,
    /// What leads somewhere: columns from the first piece on, of these so many, and where to.
    pub(super) links: Vec<(usize, usize, Arc<str>)>,
    /// A line between messages: part of neither.
    pub(super) between: bool,
    /// A row of a picture.
    pub(super) picture: Option<(Arc<Picture>, u16)>,
}

impl Row {
    fn of(x: usize, pieces: Vec<(String, Ink)>) -> Self {
        Self { x, pieces, ..Self::default() }
    }

    fn width(&self) -> usize {
        let pictured = self.picture.as_ref().map_or(0, |(picture, _)| usize::from(picture.columns));
        self.pieces.iter().map(|(text, _)| text.width()).sum::<usize>().max(pictured)
    }
}

/// What laying out depends on besides the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame {
    /// Columns.
    pub(super) width: usize,
    /// The present, for "Today" and "3 min ago".
    pub(super) now: Timestamp,
    /// The person's zone.
    pub(super) zone: TimeZone,
    /// How times are shown.
    pub(super) times: Times,
    /// For a screen reader: words instead of marks.
    pub(super) plain: bool,
    /// The key that sends again.
    pub(super) resend: String,
    /// The key that puts away.
    pub(super) discard: String,
    /// The key that fetches older messages.
    pub(super) fetch: String,
    /// Which pictures there are.
    pub(super) pictures: u64,
}

/// Columns of "09:38  ".
const CLOCK: usize = 7;

/// The rows of a message; `before` is the one before it in the thread, whose day it may share; `cut` where messages
/// between the two were never fetched; `told` where a person wants to know what its mark means.
pub(super) fn rows(
    message: &Message,
    before: Option<&Message>,
    (cut, told): (bool, bool),
    frame: &Frame,
    pictures: &Pictures,
) -> Vec<Row> {
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
        Direction::Outbound => outbound(&mut rows, message, told, frame, pictures),
        Direction::Inbound | Direction::Unknown => inbound(&mut rows, message, frame, pictures),
    }
    rows
}

/// A line of its own in the middle.
pub(super) fn middle(text: String, ink: Ink, frame: &Frame) -> Row {
    let x = frame.width.saturating_sub(text.width()) / 2;
    Row { between: true, ..Row::of(x, vec![(text, ink)]) }
}

/// The text of a message with its links, and what came with it, wrapped to a width.
fn body(message: &Message, width: usize, ink: Ink, pictures: &Pictures) -> Vec<Row> {
    let text = safe_text(message.body.trim_end());
    let mut rows = if text.trim().is_empty() { Vec::new() } else { words::rows(&text, &links(&text), width, ink) };
    files::rows(&mut rows, message, width, pictures);
    if rows.is_empty() {
        rows.push(Row::of(0, vec![("(no text)".to_owned(), Ink::Dim)]));
    }
    rows
}

/// How wide a message may be: the other side keeps some room, where there is any to keep.
fn block(width: usize) -> usize {
    if width < 36 { width } else { width * 4 / 5 }
}

/// The time before the text where it is short enough for a column of its own, else after it.
fn inbound(rows: &mut Vec<Row>, message: &Message, frame: &Frame, pictures: &Pictures) {
    let time = when::label(message.at, frame.now, &frame.zone, frame.times);
    let time_ink = if message.unread { Ink::Unread } else { Ink::Dim };
    // where every column counts the time has a row of its own
    let columned = frame.times == Times::Clock && frame.width >= 24;
    let indent = if columned { CLOCK } else { 0 };
    let width = block(frame.width).saturating_sub(indent).max(1);
    let mut text = body(message, width, Ink::Inbound, pictures);
    for row in &mut text {
        row.x += indent;
    }
    if columned {
        let head = &mut text[0];
        head.x = 0;
        head.pieces.insert(0, (format!("{time:<CLOCK$}"), time_ink));
        for (column, ..) in &mut head.links {
            *column += CLOCK;
        }
    } else if frame.times == Times::Clock {
        rows.push(Row::of(0, vec![(time, time_ink)]));
    } else {
        tail::append(&mut text, vec![(time, time_ink)], frame.width, false);
    }
    rows.append(&mut text);
    if message.direction == Direction::Unknown {
        let note = "? MightyCall does not say who wrote this";
        for line in wrap::text(note, frame.width.saturating_sub(indent).max(1)) {
            rows.push(Row::of(indent, vec![(line, Ink::Dim)]));
        }
    }
}

fn outbound(rows: &mut Vec<Row>, message: &Message, told: bool, frame: &Frame, pictures: &Pictures) {
    let mut text = body(message, block(frame.width), Ink::Outbound, pictures);
    tail::append(&mut text, tail::of(message, told, frame), frame.width, true);
    rows.append(&mut text);
    if let Some((text, ink)) = tail::trouble(message, frame) {
        let lines = wrap::text(&text, frame.width);
        let widest = lines.iter().map(|line| line.width()).max().unwrap_or(0);
        let x = frame.width.saturating_sub(widest);
        rows.extend(lines.into_iter().map(|line| Row::of(x, vec![(line, ink)])));
    }
}

//! What can be done with the selected message, and what of a conversation depends on the time and on pictures.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::layout::Rect;

use super::Conversation;
use super::lay::{Row, delivery_words};
use crate::config::keymap::Action;
use crate::config::preferences::{Images, Times};
use crate::model::text::{safe_line, safe_text};
use crate::model::{Delivery, Direction, Message, preview};
use crate::tui::message::MediaAsk;
use crate::tui::views::openable::{self, Openable};
use crate::tui::views::{Scene, when};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint;
use crate::tui::widgets::picture;

/// The present as coarsely as the layout needs it, so that it is laid out anew only when something is said otherwise.
pub(super) fn steady(scene: Scene<'_>) -> Timestamp {
    let Scene { now, zone, .. } = scene;
    if scene.preferences.ui.times == Times::Relative {
        return Timestamp::from_second(now.as_second().div_euclid(60) * 60).unwrap_or(now);
    }
    when::day(now, zone).to_zoned(zone.clone()).map_or(now, |midnight| midnight.timestamp())
}

/// Paints one row, tells where its links lead, and where a picture begins whose rows are all in view.
pub(super) fn draw_row(canvas: &mut Canvas<'_>, area: Rect, line: u16, row: &Row) {
    let column = |at: usize| u16::try_from(row.x + 1 + at).unwrap_or(u16::MAX);
    let mut x = column(0);
    if let Some((shown, at)) = &row.picture {
        picture::row(canvas, area, (x, line), shown, *at);
        let whole = Rect { x: area.x + x, y: area.y + line, width: shown.columns, height: shown.rows };
        if *at == 0 && whole.intersection(area) == whole && shown.escape.is_some() {
            canvas.place(whole, shown);
        }
    }
    for (text, ink) in &row.pieces {
        x = x.saturating_add(paint::put_at(canvas, area, x, line, text, *ink));
    }
    for (at, long, target) in &row.links {
        let width = u16::try_from(*long).unwrap_or(u16::MAX);
        let place = Rect { x: area.x.saturating_add(column(*at)), y: area.y + line, width, height: 1 };
        canvas.link(place.intersection(area), target);
    }
}

impl Conversation {
    /// The messages of which something is in view.
    pub(crate) fn in_view(&self) -> impl Iterator<Item = &Message> {
        let first = self.starts.partition_point(|&start| start <= self.top).saturating_sub(1);
        let end = self.starts.partition_point(|&start| start < self.top + self.height);
        let messages = self.window.messages();
        messages.get(first..end.min(messages.len())).unwrap_or_default().iter()
    }

    /// When a time in view is said otherwise.
    pub(crate) fn changes(&self, now: Timestamp, times: Times) -> Option<Timestamp> {
        self.in_view().filter_map(|message| when::label_changes(message.at, now, times)).min()
    }

    /// Which pictures in view are to be fetched.
    pub(crate) fn missing_pictures(&mut self, images: Images) -> Vec<MediaAsk> {
        let mut pictures = std::mem::take(&mut self.pictures);
        let columns = self.frame.as_ref().map_or(0, |frame| frame.width * 4 / 5);
        let asks = if columns < 8 { Vec::new() } else { pictures.wanted(self.in_view(), columns, images) };
        self.pictures = pictures;
        asks
    }

    /// Whether an action means something for the selected message, as far as that can be told; what is not about a
    /// message always does.
    pub(crate) fn offers(&self, action: Action) -> bool {
        let marked = || self.selected().filter(|message| !message.dealt);
        let delivery = || marked().and_then(|message| message.delivery.as_ref());
        match action {
            Action::Resend => delivery().is_some_and(Delivery::is_trouble),
            Action::Discard => {
                let waits = |it: &Delivery| matches!(it, Delivery::Queued | Delivery::Scheduled);
                delivery().is_some_and(|it| it.is_trouble() || waits(it))
            }
            Action::OpenLink => self.openable().iter().any(|one| one.effect.is_some()),
            Action::SaveFiles => self.selected().is_some_and(|message| openable::saves(message).is_ok()),
            Action::Copy | Action::Info => self.selected().is_some(),
            _ => true,
        }
    }

    /// What the selected message has that can be opened.
    pub(crate) fn openable(&self) -> Vec<Openable> {
        self.selected().map(openable::all).unwrap_or_default()
    }

    /// All that is loaded of it as text, a message a paragraph.
    pub(crate) fn as_text(&self, zone: &TimeZone, them: &str) -> String {
        let one = |message: &Message| {
            let who = match message.direction {
                Direction::Inbound => them.to_owned(),
                Direction::Outbound => match &message.sender {
                    Some(sender) => safe_line(sender),
                    None => "We".to_owned(),
                },
                Direction::Unknown => "?".to_owned(),
            };
            let trouble = message.delivery.as_ref().filter(|delivery| delivery.is_trouble());
            let state = trouble.map_or_else(String::new, |it| format!(" ({})", delivery_words(Some(it))));
            let at = when::label(message.at, message.at, zone, Times::Full);
            format!("{at} {who}{state}: {}", safe_text(preview(&message.body, &message.attachments).trim_end()))
        };
        self.window.messages().iter().map(one).collect::<Vec<_>>().join("\n")
    }

    /// How many messages are loaded.
    pub(crate) fn loaded(&self) -> usize {
        self.window.messages().len()
    }
}

//! All that is known of a message.

use super::{Scene, when};
use crate::model::text::{safe_line, safe_text};
use crate::model::{Delivery, Direction, Message};
use crate::tui::widgets::paint::Ink;

/// The lines of the window.
pub(crate) fn lines(message: &Message, scene: Scene<'_>, number: &str) -> Vec<(String, Ink)> {
    let contact = safe_line(&message.contact.display());
    let (from, to) = match message.direction {
        Direction::Outbound => (number, contact.as_str()),
        Direction::Inbound => (contact.as_str(), number),
        Direction::Unknown => ("not known", "not known"),
    };
    let mut out = vec![
        ("From".to_owned(), from.to_owned()),
        ("To".to_owned(), to.to_owned()),
        ("Time".to_owned(), when::full(message.at, scene.zone)),
    ];
    if let Some(delivery) = &message.delivery {
        out.push(("Delivery".to_owned(), words(delivery).to_owned()));
    }
    if let Some(error) = message.delivery.as_ref().and_then(Delivery::reason).or(message.error.as_deref()) {
        out.push(("Reason".to_owned(), safe_line(error)));
    }
    if let Some(sender) = &message.sender {
        out.push(("Sent by".to_owned(), safe_line(sender)));
    }
    out.push(("MightyCall id".to_owned(), message.remote_id.as_deref().map_or("none yet".to_owned(), safe_line)));
    let meter = crate::model::segment::measure(&message.body);
    out.push((
        "Length".to_owned(),
        format!("{} characters, {} segments", message.body.chars().count(), meter.segments),
    ));
    for attachment in &message.attachments {
        let url = attachment.url.as_deref().map_or_else(String::new, |url| format!("  {}", safe_line(url)));
        out.push(("Attached".to_owned(), format!("{}{url}", safe_line(&attachment.name))));
    }
    let mut lines: Vec<_> = out.into_iter().map(|(name, value)| (format!("{name:<14} {value}"), Ink::Plain)).collect();
    lines.push((String::new(), Ink::Plain));
    lines.extend(safe_text(&message.body).split('\n').map(|line| (line.to_owned(), Ink::Plain)));
    lines
}

fn words(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Scheduled => "scheduled for later",
        Delivery::Queued => "queued: will be sent",
        Delivery::Sending => "on its way to MightyCall",
        Delivery::Sent => "sent: MightyCall took it; whether it arrived is not known",
        Delivery::Delivered => "delivered",
        Delivery::Failed(_) => "not sent, or not delivered",
        Delivery::Unconfirmed(_) => "unconfirmed: it may have gone out; the next sync looks for it",
    }
}

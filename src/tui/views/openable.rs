//! What of a message can be opened: its files, and what its text leads to.

use crate::model::link::{Goal, Link, links};
use crate::model::text::{safe_line, safe_text};
use crate::model::{Contact, Message};
use crate::tui::message::{Effect, FileKey, MediaAsk};
use crate::tui::views::conversation::file_label;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Openable {
    /// What a person reads, safe for the screen.
    pub(crate) label: String,
    /// Where it really leads, where the label could mislead.
    pub(crate) really: Option<String>,
    /// What opens it; `None` for a file that MightyCall no longer keeps.
    pub(crate) effect: Option<Effect>,
}

/// What is said of a file that is not asked for any more.
pub(crate) const GONE: &str = "MightyCall no longer keeps this file";

/// What puts the files of a message among the downloads; why not, where there is none to be had.
pub(crate) fn saves(message: &Message) -> Result<Vec<Effect>, &'static str> {
    let kept = message.attachments.iter().enumerate().filter(|(_, file)| !file.expired);
    let save = |place| Effect::Media(MediaAsk::Save(FileKey { message: message.id, place }));
    let saves: Vec<Effect> = kept.map(|(place, _)| save(place)).collect();
    match message.attachments.len() {
        0 => Err("No file came with this message"),
        1 if saves.is_empty() => Err(GONE),
        _ if saves.is_empty() => Err("MightyCall no longer keeps these files"),
        _ => Ok(saves),
    }
}

/// All there is, the files first.
pub(crate) fn all(message: &Message) -> Vec<Openable> {
    let files = message.attachments.iter().enumerate().map(|(place, file)| Openable {
        label: file_label(file),
        really: None,
        effect: (!file.expired).then_some(Effect::Media(MediaAsk::OpenFile(FileKey { message: message.id, place }))),
    });
    let text = safe_text(message.body.trim_end());
    let mut out: Vec<Openable> = files.collect();
    for link in links(&text) {
        for one in of_link(message, &text, &link) {
            if !out.iter().any(|known| known.effect == one.effect) {
                out.push(one);
            }
        }
    }
    out
}

fn of_link(message: &Message, text: &str, link: &Link) -> Vec<Openable> {
    let open = || Some(Effect::Media(MediaAsk::OpenLink(link.target())));
    let shown = safe_line(&text[link.range.clone()]);
    match &link.goal {
        Goal::Page(_) => vec![Openable { label: shown, really: link.disguised(text), effect: open() }],
        Goal::Mail(address) => {
            vec![Openable { label: format!("Write an e-mail to {address}"), really: None, effect: open() }]
        }
        Goal::Phone(address) => {
            let contact = Contact { address: address.clone(), name: None };
            let write = Some(Effect::OpenThread { number: message.number.clone(), contact });
            let display = address.display();
            vec![
                Openable { label: format!("Write to {display}"), really: None, effect: write },
                Openable { label: format!("Call {display}"), really: None, effect: open() },
            ]
        }
    }
}

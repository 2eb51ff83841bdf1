//! What the palette offers, each with the text that it is found by.

use std::collections::HashSet;

use unicode_width::UnicodeWidthStr;

use crate::config::keymap::{Action, Context, Key};
use crate::model::text::safe_line;
use crate::model::{Address, Contact, Thread};
use crate::tui::views::Scene;

/// What choosing it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Does {
    /// Goes to this thread.
    Thread(Address, Contact),
    /// Shows one of our numbers alone, or all.
    Number(Option<Address>),
    /// What a key would do.
    Command(Action),
    /// Begins a thread with a number that was typed.
    Write(Address, Contact),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    /// What is shown and found; safe for the screen.
    pub(super) text: String,
    /// What is found, too, and not shown: a number as it is dialled.
    pub(super) hidden: String,
    /// What it has before others of its kind; a letter that matches counts 16.
    pub(super) recent: u32,
    /// Shown at the right.
    pub(super) beside: String,
    /// What it does.
    pub(super) does: Does,
}

impl Offer {
    /// One that is found by what is shown of it alone.
    fn new(text: String, beside: impl Into<String>, does: Does) -> Self {
        Self { text, hidden: String::new(), recent: 0, beside: beside.into(), does }
    }

    /// People are looked for more often than commands.
    pub(super) fn weight(&self) -> u32 {
        let kind = match self.does {
            Does::Thread(..) => 40,
            Does::Write(..) => 80,
            Does::Number(_) => 16,
            Does::Command(_) => 0,
        };
        kind + self.recent
    }

    /// What is shown of it in so many columns, and beside it. One contact may be there on several of our numbers: then
    /// which one it is matters more than the contact's own number.
    pub(super) fn within(&self, columns: usize) -> (&str, &str) {
        let fits = |called: &str| called.width() + 2 + self.beside.width() <= columns;
        let name = self.text.split_once("  ").map(|(name, _)| name).filter(|_| matches!(self.does, Does::Thread(..)));
        match name {
            _ if fits(&self.text) => (&self.text, &self.beside),
            Some(name) if fits(name) => (name, &self.beside),
            _ => (&self.text, ""),
        }
    }

    /// All that it is found by; it begins with what is shown.
    pub(super) fn sought(&self) -> String {
        format!("{}  {}", self.text, self.hidden)
    }
}

/// The last threads that were heard of come before others that match as well, each by a little less.
const RECENT: u32 = 16;

/// Threads, the one that was heard of last first.
pub(super) fn threads<'a>(threads: &'a [Thread], scene: Scene<'a>) -> impl Iterator<Item = Offer> + 'a {
    let several = scene.numbers.are_several();
    threads.iter().zip((0..=RECENT).rev().chain(std::iter::repeat(0))).map(move |(thread, recent)| {
        let number = safe_line(&thread.contact.address.display());
        let text = match &thread.contact.name {
            Some(name) => format!("{}  {number}", safe_line(name)),
            None => number,
        };
        let unread = if thread.unread > 0 { format!("{} unread  ", thread.unread) } else { String::new() };
        let ours = if several { scene.numbers.name(&thread.number) } else { String::new() };
        Offer {
            text,
            hidden: thread.contact.address.as_str().to_owned(),
            recent,
            beside: format!("{unread}{ours}"),
            does: Does::Thread(thread.number.clone(), thread.contact.clone()),
        }
    })
}

/// Our numbers, where there are several.
pub(super) fn numbers(scene: Scene<'_>) -> Vec<Offer> {
    if !scene.numbers.are_several() {
        return Vec::new();
    }
    let offer = |text: String, does| Offer::new(text, "our number", Does::Number(does));
    let all = std::iter::once(offer("Show all numbers".to_owned(), None));
    let one = |number: &crate::model::BusinessNumber| {
        offer(format!("Show {}", scene.numbers.title(&number.address)), Some(number.address.clone()))
    };
    all.chain(scene.numbers.all().map(one)).collect()
}

/// What keys can do where the palette was opened, each once, but for moving, typing and what does not `mean` anything now.
pub(super) fn commands(from: Context, mean: impl Fn(Action) -> bool, scene: Scene<'_>) -> Vec<Offer> {
    let mut seen = HashSet::new();
    let contexts = from.chain().iter().filter(|context| **context != Context::Text);
    let rows = contexts.flat_map(|context| scene.keymap.rows(*context));
    let wanted = |action| !is_movement(action) && mean(action);
    rows.filter(|row| wanted(row.binding.action) && seen.insert(row.binding.action))
        .map(|row| {
            let keys = row.keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ");
            Offer::new(capital(row.binding.words), keys, Does::Command(row.binding.action))
        })
        .collect()
}

/// A number that was typed and that nobody here has.
pub(super) fn typed_number(typed: &str, offers: &[Offer], scene: Scene<'_>) -> Option<Offer> {
    let address = Address::parse(typed).ok().filter(Address::is_e164)?;
    let ours = scene.numbers.sender()?.address.clone();
    let known =
        offers.iter().any(|offer| matches!(&offer.does, Does::Thread(_, contact) if contact.address == address));
    if known {
        return None;
    }
    // found by what was typed, in whatever form
    let text = format!("Write to {} ({typed})", safe_line(&address.display()));
    Some(Offer::new(text, "new message", Does::Write(ours, Contact { address, name: None })))
}

fn is_movement(action: Action) -> bool {
    matches!(
        action,
        Action::Down
            | Action::Up
            | Action::PageDown
            | Action::PageUp
            | Action::Top
            | Action::Bottom
            | Action::Number(_)
            | Action::NewLine
            | Action::Palette
            | Action::NextPane
            | Action::PreviousPane
            | Action::Accept
            | Action::Open
            | Action::Back
            | Action::BackOrQuit
    )
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

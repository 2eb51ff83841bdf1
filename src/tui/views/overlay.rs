//! Windows that lie over the panes, the last one on top.

use ratatui::layout::Rect;

use super::numbers::Numbers;
use super::window::Window;
use super::{Scene, confirm::Confirm, help, hints, info};
use crate::config::keymap::Context;
use crate::model::Message;
use crate::model::text::safe_text;
use crate::tui::message::Notice;
use crate::tui::widgets::paint::Ink;
use crate::tui::widgets::sheet::{self, Sheet};

/// A window.
#[derive(Debug)]
pub(crate) enum Overlay {
    /// Switch number.
    Numbers,
    /// The settings.
    Settings,
    /// A message to someone.
    NewMessage,
    /// The keys; those of the context it was opened from come first.
    Help(Sheet, Context),
    /// All that is known of a message.
    Info(Sheet, Box<Message>),
    /// A notice in full.
    Notice(Sheet, Notice),
    /// A question.
    Confirm(Confirm),
    /// A window that looks after itself.
    Window(Box<dyn Window>),
}

/// A window of text: title, how far it is scrolled, its rows.
type Text = (&'static str, Sheet, Vec<(String, Ink)>);

/// The size that a window of text wants.
pub(crate) fn sheet_size(screen: Rect) -> (u16, u16) {
    (screen.width.min(84), screen.height)
}

/// What is inside of a window of that size: see [`crate::tui::widgets::paint::window`].
pub(crate) fn sheet_inside(screen: Rect) -> (u16, usize) {
    let (columns, rows) = sheet_size(screen);
    if columns < 16 || rows < 5 { (columns, rows.into()) } else { (columns - 2, usize::from(rows - 2)) }
}

impl Overlay {
    /// Whether both are of one kind, of which there is one at most.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Window(one), Self::Window(other)) => one.kind() == other.kind(),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// The title and the wrapped lines of a window of text; `None` for windows of another kind.
    pub(crate) fn text(&self, scene: Scene<'_>, numbers: &Numbers, screen: Rect) -> Option<Text> {
        let (width, _) = sheet_inside(screen);
        let (title, sheet, lines) = match self {
            Self::Help(sheet, from) => ("Help", *sheet, help::lines(scene.keymap, *from)),
            Self::Info(sheet, message) => {
                ("Message", *sheet, info::lines(message, scene, &numbers.title(&message.number)))
            }
            Self::Notice(sheet, notice) => {
                let (mark, ink) = hints::look(notice.level);
                ("Notice", *sheet, vec![(format!("{mark}{}", safe_text(&notice.text)), ink)])
            }
            _ => return None,
        };
        Some((title, sheet, sheet::wrapped(lines.iter().map(|(text, ink)| (text.as_str(), *ink)), width)))
    }

    /// How far a window of text is scrolled.
    pub(crate) fn sheet_mut(&mut self) -> Option<&mut Sheet> {
        match self {
            Self::Help(sheet, _) | Self::Info(sheet, _) | Self::Notice(sheet, _) => Some(sheet),
            _ => None,
        }
    }
}

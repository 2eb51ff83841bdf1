//! Windows that lie over the panes, the last one on top.

use ratatui::layout::Rect;

use super::confirm::Confirm;
use super::window::Window;
use crate::tui::widgets::paint::inside;

/// A window.
#[derive(Debug)]
pub(crate) enum Overlay {
    /// Switch number.
    Numbers,
    /// The settings.
    Settings,
    /// A question.
    Confirm(Confirm),
    /// A window that looks after itself.
    Window(Box<dyn Window>),
}

/// The size that a window of text wants.
pub(crate) fn sheet_size(screen: Rect) -> (u16, u16) {
    (screen.width.min(84), screen.height)
}

/// What is inside of a window of that size: see [`crate::tui::widgets::paint::window`].
pub(crate) fn sheet_inside(screen: Rect, plain: bool) -> (u16, usize) {
    let (width, height) = if plain { (screen.width, screen.height) } else { sheet_size(screen) };
    let inside = inside(Rect { width, height, ..screen }, plain);
    (inside.width, inside.height.into())
}

impl Overlay {
    /// Whether both are of one kind, of which there is one at most.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Window(one), Self::Window(other)) => one.kind() == other.kind(),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// Whether something that is written in it would go with it.
    pub(crate) fn has_unsent(&self) -> bool {
        matches!(self, Self::Window(window) if window.has_unsent())
    }
}

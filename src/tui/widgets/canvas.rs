//! What views paint on: the cells, how inks look, and where links lead.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ink::Palette;

/// A place on the screen that leads somewhere when the terminal is asked (OSC 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// One row of cells.
    pub area: Rect,
    /// Where it leads; from a message, and not made safe.
    pub target: String,
}

/// The cells of a frame with everything that painting them needs.
#[derive(Debug)]
pub(crate) struct Canvas<'a> {
    /// The cells.
    pub(crate) buf: &'a mut Buffer,
    /// How each ink looks.
    pub(crate) palette: Palette,
    links: Vec<Link>,
}

impl<'a> Canvas<'a> {
    /// Nothing painted yet.
    pub(crate) fn new(buf: &'a mut Buffer, palette: Palette) -> Self {
        Self { buf, palette, links: Vec::new() }
    }

    /// All of it.
    pub(crate) fn area(&self) -> Rect {
        self.buf.area
    }

    /// Lets a row of cells lead somewhere.
    pub(crate) fn link(&mut self, area: Rect, target: &str) {
        let area = area.intersection(self.buf.area);
        if !area.is_empty() {
            self.links.push(Link { area, target: target.to_owned() });
        }
    }

    /// What is painted over leads nowhere any more.
    pub(crate) fn unlink(&mut self, area: Rect) {
        self.links.retain(|link| !link.area.intersects(area));
    }

    /// The links that are left.
    pub(crate) fn into_links(self) -> Vec<Link> {
        self.links
    }
}

//! What views paint on: the cells, how inks look, where links lead, and what the mouse finds where.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::ink::Palette;
use super::picture::{Picture, Placed};

/// What is on the screen besides cells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extras {
    /// What leads somewhere.
    pub links: Vec<Link>,
    /// Pictures that are there whole.
    pub pictures: Vec<Placed>,
}
use crate::config::keymap::Action;

/// A place on the screen that leads somewhere when the terminal is asked (OSC 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// One row of cells.
    pub area: Rect,
    /// Where it leads; from a message, and not made safe.
    pub target: String,
}

/// What was painted where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Marks {
    /// What is there besides cells.
    pub(crate) extras: Extras,
    /// Places that do, when clicked, what a key does.
    pub(crate) spots: Vec<(Rect, Action)>,
    /// Windows with their frames, the last one on top.
    pub(crate) windows: Vec<Rect>,
    /// The row that the keys act on: of the window on top, else of the pane that has the keys.
    pub(crate) chosen: Option<Rect>,
}

/// The cells of a frame with everything that painting them needs.
#[derive(Debug)]
pub(crate) struct Canvas<'a> {
    /// The cells.
    pub(crate) buf: &'a mut Buffer,
    /// How each ink looks.
    pub(crate) palette: Palette,
    /// Frames are left out, and words stand for marks.
    pub(crate) plain: bool,
    marks: Marks,
}

impl<'a> Canvas<'a> {
    /// Nothing painted yet.
    pub(crate) fn new(buf: &'a mut Buffer, palette: Palette) -> Self {
        Self { buf, palette, plain: false, marks: Marks::default() }
    }

    /// All of it.
    pub(crate) fn area(&self) -> Rect {
        self.buf.area
    }

    /// Lets a row of cells lead somewhere.
    pub(crate) fn link(&mut self, area: Rect, target: &str) {
        let area = area.intersection(self.buf.area);
        if !area.is_empty() {
            self.marks.extras.links.push(Link { area, target: target.to_owned() });
        }
    }

    /// Says that a picture is here whole.
    pub(crate) fn place(&mut self, area: Rect, picture: &Arc<Picture>) {
        self.marks.extras.pictures.push(Placed { area, picture: Arc::clone(picture) });
    }

    /// Lets a click do what a key does.
    pub(crate) fn press(&mut self, area: Rect, action: Action) {
        let area = area.intersection(self.buf.area);
        if !area.is_empty() {
            self.marks.spots.push((area, action));
        }
    }

    /// Says which row the keys act on.
    pub(crate) fn choose(&mut self, area: Rect) {
        let area = area.intersection(self.buf.area);
        match &mut self.marks.chosen {
            _ if area.is_empty() => {}
            // an item of several rows
            Some(chosen) if chosen.bottom() == area.y && chosen.x == area.x => *chosen = chosen.union(area),
            chosen => *chosen = Some(area),
        }
    }

    /// A window lies here now: what is under it can be neither clicked nor chosen.
    pub(crate) fn raise(&mut self, area: Rect) {
        self.marks.windows.push(area);
        self.marks.chosen = None;
    }

    /// What is painted over leads nowhere any more, and is no picture.
    pub(crate) fn unlink(&mut self, area: Rect) {
        self.marks.extras.links.retain(|link| !link.area.intersects(area));
        self.marks.extras.pictures.retain(|placed| !placed.area.intersects(area));
        self.marks.spots.retain(|(spot, _)| !spot.intersects(area));
    }

    /// The row that the keys act on.
    pub(crate) fn chosen(&self) -> Option<Rect> {
        self.marks.chosen
    }

    /// The window on top.
    pub(crate) fn top_window(&self) -> Option<Rect> {
        self.marks.windows.last().copied()
    }

    /// What was painted where.
    pub(crate) fn into_marks(self) -> Marks {
        self.marks
    }
}

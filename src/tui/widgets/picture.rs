//! A picture among the cells. It is painted as coloured half-blocks, which every terminal with colours shows and every
//! window can cover; a terminal that can do better paints its own over them after the frame (see `tui::steady`).

use std::sync::Arc;

use ratatui::layout::{Position, Rect};
use ratatui::style::Color;

use super::canvas::Canvas;

/// A picture made ready for so many cells.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Tells it from every other one of this run.
    pub serial: u64,
    /// Columns it takes.
    pub columns: u16,
    /// Rows it takes.
    pub rows: u16,
    /// The upper and the lower colour of each cell, row by row.
    pub blocks: Vec<(Color, Color)>,
    /// The same in the terminal's own words, where it has any.
    pub escape: Option<Escape>,
}

/// What a terminal that shows pictures is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Escape {
    /// Once, before it is first shown.
    pub before: String,
    /// At the beginning of each row; or of the first alone, where that paints all of them.
    pub rows: Vec<String>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}, {}×{})", self.serial, self.columns, self.rows)
    }
}

/// A picture that is on the screen whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Where.
    pub area: Rect,
    /// Which.
    pub picture: Arc<Picture>,
}

/// Paints one row of a picture at the `column`-th column of the `line`-th row of `area`.
pub(crate) fn row(canvas: &mut Canvas<'_>, area: Rect, (column, line): (u16, u16), picture: &Picture, row: u16) {
    let area = area.intersection(canvas.area());
    let first = usize::from(row) * usize::from(picture.columns);
    let colours = picture.blocks.iter().skip(first).take(picture.columns.into());
    for (x, (upper, lower)) in (column..area.width).zip(colours) {
        if line < area.height
            && let Some(cell) = canvas.buf.cell_mut(Position { x: area.x + x, y: area.y + line })
        {
            cell.set_symbol("▀").set_fg(*upper).set_bg(*lower);
        }
    }
}

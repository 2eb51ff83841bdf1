//! The way of cells to the terminal, on which borders stay straight although terminals disagree about widths.
//!
//! How many columns an emoji of several characters takes, a flag, a keycap, a conjunct of Hindi or old Hangul, is decided
//! by each terminal for itself. So after each cell about which that may be, the cursor is put where it belongs, and what
//! is right of it in its row is painted again: the glyph may have run over it.
//!
//! Some terminals turn text of right-to-left scripts round, row by row, as if a row were a line of prose: what stands between
//! two such texts goes round with them, frames too. In rows that have such text a mark of direction (LRM), which takes no
//! column, keeps frames and columns apart from it.

mod extras;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use unicode_width::UnicodeWidthStr;

use super::widgets::canvas::Extras;
pub use extras::Screen;

/// A terminal behind `W`.
#[derive(Debug)]
pub struct Steady<W: Write> {
    inner: CrosstermBackend<W>,
    /// What is on the screen, as far as it was painted since it was cleared.
    rows: Vec<Vec<Cell>>,
    /// Columns of the terminal, when it was last asked.
    columns: std::cell::Cell<u16>,
    /// Links and pictures that are on the screen.
    extras: Extras,
    /// Cells painted since these were last looked after: of each row, the first and the last.
    touched: BTreeMap<u16, (u16, u16)>,
    /// Pictures that the terminal has been sent.
    sent: std::collections::HashSet<u64>,
}

type Placed<'a> = (u16, u16, &'a Cell);

impl<W: Write> Steady<W> {
    /// Cells go to `writer`.
    pub fn new(writer: W) -> Self {
        Self {
            inner: CrosstermBackend::new(writer),
            rows: Vec::new(),
            columns: std::cell::Cell::new(0),
            extras: Extras::default(),
            touched: BTreeMap::new(),
            sent: std::collections::HashSet::new(),
        }
    }

    /// Says something to the terminal that is no cell, between two frames.
    pub(super) fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_all(bytes)?;
        Write::flush(&mut self.inner)
    }

    /// Gives back whether the row must be painted anew from here on: for what comes, or for what was there.
    fn remember(&mut self, (x, y, cell): Placed<'_>) -> bool {
        let (x, y) = (usize::from(x), usize::from(y));
        if self.rows.len() <= y {
            self.rows.resize_with(y + 1, Vec::new);
        }
        let row = &mut self.rows[y];
        if row.len() <= x {
            row.resize_with(x + 1, Cell::default);
        }
        let end = row.len().min(x + columns_of(cell));
        let stood_on = &mut row[x..end];
        // what a wide glyph covers may have run on behind it, and is told of by nobody else
        let was_steady = stood_on.iter().all(|cell| is_steady(cell.symbol()));
        // nor is what a wide glyph stands on, when the glyph goes
        stood_on.fill(Cell::default());
        stood_on[0].clone_from(cell);
        !was_steady || !is_steady(cell.symbol())
    }

    /// Paints these columns of a row anew, with the whole of each glyph that stands in them.
    fn paint_row(&mut self, columns: Range<u16>, y: u16) -> io::Result<()> {
        let painted = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = painted.max(self.columns.get().into());
        let Some(mut row) = self.rows.get(usize::from(y)).cloned() else { return Ok(()) };
        row.resize_with(width, Cell::default);
        for at in anchors(&row) {
            let symbol = format!("{}{LRM}", row[at].symbol());
            row[at].set_symbol(&symbol);
        }
        let mut steady: Vec<Placed<'_>> = Vec::new();
        let (start, end) = (usize::from(columns.start), row.len().min(columns.end.into()));
        let mut next = 0;
        while next < end {
            let (at, cell) = (next, &row[next]);
            next += columns_of(cell);
            if next <= start {
                continue;
            }
            let place = u16::try_from(at).unwrap_or(u16::MAX);
            if is_steady(cell.symbol()) {
                steady.push((place, y, cell));
            } else {
                self.inner.draw(steady.drain(..))?;
                // where the terminal gives it fewer columns than we do, blanks are left, not what was there
                let mut blank = cell.clone();
                blank.set_symbol(" ");
                let blanks = (at..row.len().min(next)).map(|at| u16::try_from(at).unwrap_or(u16::MAX));
                self.inner.draw(blanks.map(|x| (x, y, &blank)))?;
                self.inner.draw(std::iter::once((place, y, cell)))?;
            }
        }
        self.inner.draw(steady.into_iter())
    }
}

/// How many columns a cell takes, by our table.
fn columns_of(cell: &Cell) -> usize {
    cell.symbol().width().max(1)
}

/// Whether all terminals agree about the width of a cell's text: one character of an alphabet, a frame, an ideograph.
pub(super) fn is_steady(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        (None, _) => true,
        (Some(one), None) => matches!(one,
            '\0'..'\u{1100}' | '\u{1e00}'..='\u{1fff}' | '\u{2010}'..='\u{2027}' | '\u{2190}'..='\u{2193}' | '\u{2400}'..='\u{2421}'
            | '\u{2500}'..='\u{25ff}' | '\u{2713}' | '\u{2717}' | '\u{3000}'..='\u{3029}' | '\u{3041}'..='\u{3096}'
            | '\u{30a0}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{ff01}'..='\u{ff60}'),
        (Some(_), Some(_)) => false,
    }
}

/// LEFT-TO-RIGHT MARK
const LRM: char = '\u{200e}';

/// Whether a cell has text that is written from right to left.
fn is_right_to_left(cell: &Cell) -> bool {
    cell.symbol().chars().next().is_some_and(|c| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}')
    })
}

/// The cells of a row that must stay where they are: frames, and gaps between columns of text. None in most rows.
fn anchors(row: &[Cell]) -> Vec<usize> {
    if !row.iter().any(is_right_to_left) {
        return Vec::new();
    }
    let blank = |at: usize| row[at].symbol() == " ";
    let is_anchor = |&at: &usize| match row[at].symbol() {
        "│" | "├" | "┤" | "|" => true,
        // one blank parts words, two part columns
        " " => at > 1 && blank(at - 1) && !blank(at - 2),
        _ => false,
    };
    (0..row.len()).filter(is_anchor).collect()
}

impl<W: Write> Backend for Steady<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = Placed<'a>>,
    {
        let changed: Vec<Placed<'a>> = content.collect();
        let mut unsteady: BTreeMap<u16, u16> = BTreeMap::new();
        let turns =
            |rows: &[Vec<Cell>], y: u16| rows.get(usize::from(y)).is_some_and(|row| row.iter().any(is_right_to_left));
        let mut seen = None;
        for &(x, y, cell) in &changed {
            let touched = self.touched.entry(y).or_insert((x, x));
            *touched = (touched.0.min(x), touched.1.max(x + 1));
            // cells come row by row
            if seen.replace(y) != Some(y) && turns(&self.rows, y) {
                unsteady.insert(y, 0);
            }
            if self.remember((x, y, cell)) {
                let first = unsteady.entry(y).or_insert(x);
                *first = x.min(*first);
            }
        }
        for &(_, y, cell) in &changed {
            if is_right_to_left(cell) {
                unsteady.insert(y, 0);
            }
        }
        let before = |(x, y, _): &Placed<'_>| unsteady.get(y).is_none_or(|first| x < first);
        self.inner.draw(changed.into_iter().filter(before))?;
        unsteady.into_iter().try_for_each(|(y, x)| {
            self.touched.insert(y, (0, u16::MAX));
            self.paint_row(x..u16::MAX, y)
        })
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        // ratatui tells a failure on standard error when it is dropped; where that is the terminal that is gone, too,
        // telling panics, and nothing after it is put in order
        let _ = self.inner.show_cursor();
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.rows.clear();
        self.extras = Extras::default();
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size().inspect(|size| self.columns.set(size.width))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use rstest::rstest;

    use super::*;

    /// `^` under what gets a mark.
    #[rstest]
    #[case("│Dana   09:41││ hello │", "")]
    #[case("│שלום עולם   09:41││ hello │", "^          ^      ^^       ^")]
    #[case("│Dana   09:41││ שלום 2 pm │", "^     ^      ^^           ^")]
    #[case("مرحبا", "")]
    fn keeps_columns_apart_from_text_that_is_turned_round(#[case] row: &str, #[case] marks: &str) {
        let cells = Buffer::with_lines([row]).content;
        let marked: String = (0..cells.len()).map(|at| if anchors(&cells).contains(&at) { '^' } else { ' ' }).collect();
        assert_eq!(marked.trim_end(), marks);
    }

    #[test]
    fn writes_the_marks_and_takes_them_away_again() {
        let mut bytes = Vec::new();
        let mut paint = |row: &str, before: &Buffer| {
            let after = Buffer::with_lines([row]);
            let mut steady = Steady::new(&mut bytes);
            steady.draw(before.diff(&after).into_iter()).unwrap();
            let written = String::from_utf8(std::mem::take(&mut bytes)).unwrap();
            (written, after)
        };
        let (written, before) = paint("│שלום│", &Buffer::empty(ratatui::layout::Rect::new(0, 0, 6, 1)));
        assert_eq!(written.matches("│\u{200e}").count(), 2, "{written:?}");
        let (written, _) = paint("│Dana│", &before);
        assert!(!written.contains(LRM), "{written:?}");
    }

    #[rstest]
    #[case("a", true)]
    #[case("│", true)]
    #[case("日", true)]
    #[case("한", true)]
    #[case("é", true)]
    #[case("e\u{301}", false)]
    #[case("😀", false)]
    #[case("❤\u{fe0f}", false)]
    #[case("क्ष", false)]
    #[case("🇩🇪", false)]
    fn knows_whom_to_trust(#[case] symbol: &str, #[case] steady: bool) {
        assert_eq!(is_steady(symbol), steady);
    }
}

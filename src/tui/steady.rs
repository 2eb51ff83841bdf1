//! The way of cells to the terminal, on which borders stay straight although terminals disagree about widths.
//!
//! How many columns an emoji of several characters takes, a flag, a keycap, a conjunct of Hindi or old Hangul, is decided
//! by each terminal for itself. So after each cell about which that may be, the cursor is put where it belongs, and what
//! is right of it in its row is painted again: the glyph may have run over it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use unicode_width::UnicodeWidthStr;

/// A terminal behind `W`.
#[derive(Debug)]
pub struct Steady<W: Write> {
    inner: CrosstermBackend<W>,
    /// What is on the screen, as far as it was painted since it was cleared.
    rows: Vec<Vec<Cell>>,
    /// Columns of the terminal, when it was last asked.
    columns: std::cell::Cell<u16>,
}

type Placed<'a> = (u16, u16, &'a Cell);

impl<W: Write> Steady<W> {
    /// Cells go to `writer`.
    pub fn new(writer: W) -> Self {
        Self { inner: CrosstermBackend::new(writer), rows: Vec::new(), columns: std::cell::Cell::new(0) }
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
        let was_steady = is_steady(row[x].symbol());
        row[x].clone_from(cell);
        // what a wide glyph stands on is gone, and is not told of when the glyph goes
        for covered in row.iter_mut().skip(x + 1).take(cell.symbol().width().saturating_sub(1)) {
            *covered = Cell::default();
        }
        !was_steady || !is_steady(cell.symbol())
    }

    /// Paints the row from `x` on, anew.
    fn rest_of_row(&mut self, x: u16, y: u16) -> io::Result<()> {
        let painted = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = painted.max(self.columns.get().into());
        let Some(mut row) = self.rows.get(usize::from(y)).cloned() else { return Ok(()) };
        row.resize_with(width, Cell::default);
        let mut steady: Vec<Placed<'_>> = Vec::new();
        let mut at = usize::from(x);
        while let Some(cell) = row.get(at) {
            let columns = cell.symbol().width().max(1);
            let place = u16::try_from(at).unwrap_or(u16::MAX);
            if is_steady(cell.symbol()) {
                steady.push((place, y, cell));
            } else {
                self.inner.draw(steady.drain(..))?;
                // where the terminal gives it fewer columns than we do, blanks are left, not what was there
                let mut blank = cell.clone();
                blank.set_symbol(" ");
                let blanks = (at..row.len().min(at + columns)).map(|at| u16::try_from(at).unwrap_or(u16::MAX));
                self.inner.draw(blanks.map(|x| (x, y, &blank)))?;
                self.inner.draw(std::iter::once((place, y, cell)))?;
            }
            at += columns;
        }
        self.inner.draw(steady.into_iter())
    }
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

impl<W: Write> Backend for Steady<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = Placed<'a>>,
    {
        let changed: Vec<Placed<'a>> = content.collect();
        let mut unsteady: BTreeMap<u16, u16> = BTreeMap::new();
        for &(x, y, cell) in &changed {
            if self.remember((x, y, cell)) {
                let first = unsteady.entry(y).or_insert(x);
                *first = x.min(*first);
            }
        }
        let before = |(x, y, _): &Placed<'_>| unsteady.get(y).is_none_or(|first| x < first);
        self.inner.draw(changed.into_iter().filter(before))?;
        unsteady.iter().try_for_each(|(&y, &x)| self.rest_of_row(x, y))
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
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
    use rstest::rstest;

    use super::*;

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

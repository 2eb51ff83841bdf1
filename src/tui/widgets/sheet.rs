//! A text of several rows in a window, scrolled by row and by screen.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::paint::{self, Ink};
use super::wrap;
use crate::config::keymap::Action;
use crate::model::text::fit;

/// How far a text is scrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sheet {
    top: usize,
}

impl Sheet {
    /// Scrolls a text of `rows` rows in a window that shows `height`; `false` where the action is none of scrolling.
    pub(crate) fn scroll(&mut self, action: Action, rows: usize, height: usize) -> bool {
        let last = rows.saturating_sub(height);
        let page = height.saturating_sub(1).max(1);
        self.top = match action {
            Action::Down => self.top + 1,
            Action::Up => self.top.saturating_sub(1),
            Action::PageDown => self.top + page,
            Action::PageUp => self.top.saturating_sub(page),
            Action::Top => 0,
            Action::Bottom => last,
            _ => return false,
        }
        .min(last);
        true
    }

    /// Paints the rows that are in view.
    pub(crate) fn draw(self, canvas: &mut Canvas<'_>, area: Rect, lines: &[(String, Ink)]) {
        let top = self.top.min(lines.len().saturating_sub(area.height.into()));
        fill(canvas, area, &lines[top..]);
    }
}

/// Paints rows from the first on; where there are more than there is room for, the last one in view ends with a mark. Gives
/// back how many it took.
pub(crate) fn fill(canvas: &mut Canvas<'_>, area: Rect, lines: &[(String, Ink)]) -> u16 {
    let cut = lines.len() > usize::from(area.height);
    for (row, (text, ink)) in (0..area.height).zip(lines) {
        if cut && row + 1 == area.height {
            paint::put(canvas, area, row, &goes_on(text, area.width), *ink);
        } else {
            paint::put(canvas, area, row, text, *ink);
        }
    }
    area.height.min(u16::try_from(lines.len()).unwrap_or(u16::MAX))
}

/// A row with the mark that there is more below it.
fn goes_on(text: &str, width: u16) -> String {
    format!("{} …", fit(text, usize::from(width).saturating_sub(2)).trim_end_matches(['…', ' ']))
}

/// Wraps lines of text to a width, each keeping its ink.
pub(crate) fn wrapped<'a>(lines: impl IntoIterator<Item = (&'a str, Ink)>, width: u16) -> Vec<(String, Ink)> {
    let rows = |(text, ink)| wrap::text(text, width.into()).into_iter().map(move |row| (row, ink));
    lines.into_iter().flat_map(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_below_has_a_mark() {
        use crate::tui::widgets::ink::Palette;
        use ratatui::buffer::Buffer;
        let painted = |rows, lines: &[&str]| {
            let area = Rect::new(0, 0, 6, rows);
            let mut buf = Buffer::empty(area);
            let lines: Vec<_> = lines.iter().map(|line| ((*line).to_owned(), Ink::Plain)).collect();
            let took = fill(&mut Canvas::new(&mut buf, Palette::default()), area, &lines);
            (took, buf)
        };
        assert_eq!(painted(3, &["one", "two"]), (2, Buffer::with_lines(["one   ", "two   ", "      "])));
        assert_eq!(painted(2, &["one", "two", "three"]), (2, Buffer::with_lines(["one   ", "two … "])));
        assert_eq!(painted(1, &["longer", "two"]), (1, Buffer::with_lines(["lon …"].map(|row| format!("{row:<6}")))));
        assert_eq!(painted(0, &["one"]).0, 0);
    }

    #[test]
    fn stays_inside() {
        let mut sheet = Sheet::default();
        assert!(sheet.scroll(Action::Bottom, 10, 4));
        assert_eq!(sheet.top, 6);
        sheet.scroll(Action::PageDown, 10, 4);
        assert_eq!(sheet.top, 6);
        sheet.scroll(Action::PageUp, 10, 4);
        assert_eq!(sheet.top, 3);
        sheet.scroll(Action::Top, 10, 4);
        sheet.scroll(Action::Up, 10, 4);
        assert_eq!(sheet.top, 0);
        sheet.scroll(Action::Down, 2, 4);
        assert_eq!(sheet.top, 0, "a text that fits does not scroll");
        assert!(!sheet.scroll(Action::Open, 10, 4));
    }
}

//! A text of several rows in a window, scrolled by row and by screen.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::paint::{self, Ink};
use super::wrap;
use crate::config::keymap::Action;

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
        for (row, (text, ink)) in (0..area.height).zip(lines.iter().skip(top)) {
            paint::put(canvas, area, row, text, *ink);
        }
    }
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

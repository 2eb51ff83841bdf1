//! Text and frames in cells. Nothing here writes outside of the rectangle it is given.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

pub(crate) use super::ink::Ink;

use super::canvas::Canvas;
use crate::model::text::{fit, is_safe};

/// Writes one line at the `row`-th row of `area`, cut with `…` where it does not fit. Gives back the columns it took.
pub(crate) fn put(canvas: &mut Canvas<'_>, area: Rect, row: u16, text: &str, ink: Ink) -> u16 {
    put_at(canvas, area, 0, row, text, ink)
}

/// As [`put`], beginning at the `column`-th column of `area`.
pub(crate) fn put_at(canvas: &mut Canvas<'_>, area: Rect, column: u16, row: u16, text: &str, ink: Ink) -> u16 {
    let area = area.intersection(canvas.area());
    if row >= area.height || column >= area.width {
        return 0;
    }
    let room = area.width - column;
    let (x, y) = (area.x + column, area.y + row);
    let shown = fit(text, room.into());
    let style = canvas.palette.letters(ink);
    let end = canvas.buf.set_stringn(x, y, shown.as_ref(), room.into(), style).0;
    cover(canvas, x..end, y);
    end - x
}

/// Gives the cells that a wide character stands on its style: with none they would have the terminal's own ground.
fn cover(canvas: &mut Canvas<'_>, columns: Range<u16>, y: u16) {
    let mut x = columns.start;
    while x < columns.end {
        let cell = &canvas.buf[(x, y)];
        let (style, width) = (cell.style(), u16::try_from(cell.symbol().width()).unwrap_or(1).max(1));
        for covered in x + 1..(x + width).min(columns.end) {
            canvas.buf[(covered, y)].set_style(style);
        }
        x += width;
    }
}

/// Writes at the right end of a row; what does not fit is cut. Gives back the columns it took.
pub(crate) fn put_right(canvas: &mut Canvas<'_>, area: Rect, row: u16, text: &str, ink: Ink) -> u16 {
    let columns = u16::try_from(text.width()).unwrap_or(u16::MAX).min(area.width);
    put_at(canvas, area, area.width - columns, row, text, ink)
}

/// Two texts in one row: the right one whole where it fits, the left one in what is left.
pub(crate) fn put_both(canvas: &mut Canvas<'_>, area: Rect, row: u16, left: (&str, Ink), right: (&str, Ink)) {
    if row >= area.height {
        return;
    }
    let right_columns = u16::try_from(right.0.width()).unwrap_or(u16::MAX);
    let room = if right.0.is_empty() || right_columns + 4 > area.width {
        area.width
    } else {
        put_right(canvas, area, row, right.0, right.1);
        area.width - right_columns - 1
    };
    put(canvas, Rect { width: room, ..area }, row, left.0, left.1);
}

/// Sets the ink of a whole row. A row in [`Ink::Selected`] is the one that the keys act on.
pub(crate) fn tint(canvas: &mut Canvas<'_>, area: Rect, row: u16, ink: Ink) {
    if row < area.height {
        let row = Rect { y: area.y + row, height: 1, ..area };
        let style = canvas.palette.style(ink);
        canvas.buf.set_style(row.intersection(canvas.area()), style);
        if ink == Ink::Selected {
            canvas.choose(row);
        }
    }
}

/// Lays a ground, with nothing on it yet.
pub(crate) fn ground(canvas: &mut Canvas<'_>, area: Rect, ink: Ink) {
    let style = canvas.palette.ground(ink);
    canvas.buf.set_style(area.intersection(canvas.area()), style);
}

fn cell(canvas: &mut Canvas<'_>, x: u16, y: u16, symbol: &str, ink: Ink) {
    let style = canvas.palette.letters(ink);
    if let Some(cell) = canvas.buf.cell_mut(Position { x, y }) {
        cell.set_symbol(symbol).set_style(style);
    }
}

/// A frame around `area` with a title in its upper edge; gives back the inside.
pub(crate) fn frame(canvas: &mut Canvas<'_>, area: Rect, title: &str, focused: bool) -> Rect {
    let area = area.intersection(canvas.area());
    if area.width < 2 || area.height < 2 {
        return area;
    }
    let ink = if focused { Ink::Focus } else { Ink::Frame };
    let (left, right, top, bottom) = (area.left(), area.right() - 1, area.top(), area.bottom() - 1);
    for x in left..=right {
        cell(canvas, x, top, "─", ink);
        cell(canvas, x, bottom, "─", ink);
    }
    for y in top..=bottom {
        cell(canvas, left, y, "│", ink);
        cell(canvas, right, y, "│", ink);
    }
    for (x, y, corner) in [(left, top, "┌"), (right, top, "┐"), (left, bottom, "└"), (right, bottom, "┘")] {
        cell(canvas, x, y, corner, ink);
    }
    edge_title(canvas, area, top, (title, title_ink(focused)), ("", Ink::Plain));
    area.inner(Margin::new(1, 1))
}

/// A title is read, a frame only seen.
fn title_ink(focused: bool) -> Ink {
    if focused { Ink::Focus } else { Ink::Plain }
}

/// A line across a frame at row `y` of the screen, with a title and what stands at its right.
pub(crate) fn divider(canvas: &mut Canvas<'_>, area: Rect, y: u16, title: &str, right: (&str, Ink), focused: bool) {
    let area = area.intersection(canvas.area());
    if area.width < 2 || y < area.top() || y >= area.bottom() {
        return;
    }
    let ink = if focused { Ink::Focus } else { Ink::Frame };
    for x in area.left()..area.right() {
        cell(canvas, x, y, "─", ink);
    }
    cell(canvas, area.left(), y, "├", ink);
    cell(canvas, area.right() - 1, y, "┤", ink);
    edge_title(canvas, area, y, (title, title_ink(focused)), right);
}

/// Texts in an edge: one at its left, one at its right.
pub(crate) fn edge_title(canvas: &mut Canvas<'_>, area: Rect, y: u16, left: (&str, Ink), right: (&str, Ink)) {
    if area.width < 6 {
        return;
    }
    let inside = Rect { x: area.x + 1, y, width: area.width - 2, height: 1 };
    let mut room = inside.width;
    if !right.0.is_empty() && right.0.width() + 4 < usize::from(room) {
        let text = format!(" {} ", right.0);
        room -= put_right(canvas, inside, 0, &text, right.1) + 1;
    }
    if !left.0.is_empty() {
        let text = format!(" {} ", fit(left.0, usize::from(room.saturating_sub(2))));
        put(canvas, Rect { width: room, ..inside }, 0, &text, left.1);
    }
}

/// A cleared window in the middle of `screen`, at most so large, framed; gives back the inside. In plain mode all of the
/// screen, with the title in its first row.
pub(crate) fn window(canvas: &mut Canvas<'_>, screen: Rect, columns: u16, rows: u16, title: &str) -> Rect {
    if canvas.plain {
        let area = screen.intersection(canvas.area());
        clear(canvas, area);
        canvas.raise(area);
        put(canvas, area, 0, title, Ink::Bold);
        return inside(area, true);
    }
    let area = window_area(screen, columns, rows).intersection(canvas.area());
    clear(canvas, area);
    ground(canvas, area, Ink::Window);
    canvas.raise(area);
    if is_framed(area) { frame(canvas, area, title, true) } else { area }
}

/// Where [`window`] lies, but in plain mode.
pub(crate) fn window_area(screen: Rect, columns: u16, rows: u16) -> Rect {
    let width = columns.min(screen.width);
    let height = rows.min(screen.height);
    Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2, width, height }
}

/// What is inside of a window that lies there. The smallest have no frame.
pub(crate) fn window_inside(area: Rect) -> Rect {
    if is_framed(area) { area.inner(Margin::new(1, 1)) } else { area }
}

/// The same, for a screen reader with the title in the first row.
pub(crate) fn inside(area: Rect, plain: bool) -> Rect {
    if plain {
        let title = area.height.min(1);
        Rect { y: area.y + title, height: area.height - title, ..area }
    } else {
        window_inside(area)
    }
}

fn is_framed(area: Rect) -> bool {
    area.width >= 16 && area.height >= 5
}

/// What is inside of a [`window`] of that size, for whoever wants to know where a click went.
pub(crate) fn inside_of_window(screen: Rect, columns: u16, rows: u16) -> Rect {
    let (width, height) = (columns.min(screen.width), rows.min(screen.height));
    let area =
        Rect { x: screen.x + (screen.width - width) / 2, y: screen.y + (screen.height - height) / 2, width, height };
    if width < 16 || height < 5 { area } else { area.inner(Margin::new(1, 1)) }
}

/// Blanks an area; a wide character that reaches into it from the left goes with it.
pub(crate) fn clear(canvas: &mut Canvas<'_>, area: Rect) {
    let area = area.intersection(canvas.area());
    if area.x > 0 {
        for y in area.top()..area.bottom() {
            if let Some(before) = canvas.buf.cell_mut(Position { x: area.x - 1, y })
                && before.symbol().width() > 1
            {
                before.set_symbol(" ");
            }
        }
    }
    canvas.unlink(area);
    Clear.render(area, canvas.buf);
    ground(canvas, area, Ink::Screen);
}

/// Replaces what no view should have painted, so that a view that forgets to make foreign text safe harms nobody.
pub(crate) fn only_safe(buf: &mut Buffer) {
    for cell in &mut buf.content {
        if !is_safe(cell.symbol()) {
            cell.set_symbol("\u{fffd}");
        }
    }
}

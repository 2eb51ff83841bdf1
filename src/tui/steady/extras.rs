//! What goes to the terminal after the cells of a frame: where links lead (OSC 8), and pictures in the terminal's own way.
//!
//! The cells stay the truth: whatever is put over them is painted again when they were touched, and they are painted
//! again when it goes.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};

use crossterm::cursor::{MoveTo, RestorePosition, SavePosition};
use crossterm::queue;
use ratatui::backend::{Backend, TestBackend};
use ratatui::buffer::Cell;
use ratatui::layout::Rect;

use super::{Steady, is_right_to_left, is_steady};
use crate::model::link;
use crate::tui::widgets::canvas::{Extras, Link};
use crate::tui::widgets::picture::Placed;

/// Longer addresses are left to the key that opens them.
const LONGEST: usize = 2_000;

/// What a frame is drawn on.
pub trait Screen: Backend {
    /// Adds what a frame has besides cells, once these are painted.
    fn decorate(&mut self, extras: Extras) -> Result<(), Self::Error>;
}

impl Screen for TestBackend {
    fn decorate(&mut self, _: Extras) -> Result<(), Self::Error> {
        Ok(())
    }
}

impl<W: Write> Screen for Steady<W> {
    fn decorate(&mut self, mut extras: Extras) -> io::Result<()> {
        extras.links.retain(|link| self.can_lead(link));
        let before = std::mem::take(&mut self.extras);
        let touched = std::mem::take(&mut self.touched);
        let is_touched = |area: Rect| {
            touched.range(area.top()..area.bottom()).any(|(_, &(first, end))| first < area.right() && end > area.left())
        };
        let gone_links = before.links.iter().filter(|link| !extras.links.contains(link)).map(|link| link.area);
        let gone_pictures = before.pictures.iter().filter(|one| !extras.pictures.contains(one)).map(|one| one.area);
        let gone = gone_links.chain(gone_pictures).flat_map(Rect::rows).map(|row| self.with_what_moves(row));
        let gone: Vec<Rect> = gone.collect();
        let is_due =
            |area: Rect, known: bool| !known || is_touched(area) || gone.iter().any(|other| other.intersects(area));
        let links = extras.links.iter().filter(|link| is_due(link.area, before.links.contains(link)));
        let pictures = extras.pictures.iter().filter(|one| is_due(one.area, before.pictures.contains(one)));
        let (links, pictures): (Vec<&Link>, Vec<&Placed>) = (links.collect(), pictures.collect());
        if !gone.is_empty() || !links.is_empty() || !pictures.is_empty() {
            queue!(self.inner, SavePosition)?;
            for area in gone {
                self.repaint(area)?;
            }
            for link in links {
                self.lead(link)?;
            }
            for placed in pictures {
                self.place(placed)?;
            }
            queue!(self.inner, RestorePosition)?;
            Backend::flush(&mut self.inner)?;
        }
        self.extras = extras;
        Ok(())
    }
}

impl<W: Write> Steady<W> {
    /// Whether a link can be told to the terminal: a clean address, on cells whose place is certain.
    fn can_lead(&self, link: &Link) -> bool {
        let Some(row) = self.rows.get(usize::from(link.area.y)) else { return false };
        // what goes before decides where the cells really are
        let steady = row.iter().take(link.area.right().into()).all(|cell| is_steady(cell.symbol()));
        steady && link.target.len() <= LONGEST && link::may_be_opened(&link.target)
    }

    /// The part of a row that must be painted when these columns of it are: all, where nobody knows how far a glyph goes.
    fn with_what_moves(&self, area: Rect) -> Rect {
        let steady = |row: &Vec<Cell>| row.iter().all(|cell| is_steady(cell.symbol()) && !is_right_to_left(cell));
        if self.rows.get(usize::from(area.y)).is_none_or(steady) {
            area
        } else {
            Rect { x: 0, width: u16::MAX, ..area }
        }
    }

    fn repaint(&mut self, area: Rect) -> io::Result<()> {
        (area.top()..area.bottom()).try_for_each(|y| self.paint_row(area.left()..area.right(), y))
    }

    fn lead(&mut self, link: &Link) -> io::Result<()> {
        // the rows of one link light up together
        let mut id = DefaultHasher::new();
        link.target.hash(&mut id);
        write!(self.inner, "\x1b]8;id={:x};{}\x1b\\", id.finish(), link.target)?;
        self.repaint(link.area)?;
        write!(self.inner, "\x1b]8;;\x1b\\")
    }

    fn place(&mut self, placed: &Placed) -> io::Result<()> {
        let Some(escape) = &placed.picture.escape else { return Ok(()) };
        if self.sent.insert(placed.picture.serial) {
            self.inner.write_all(escape.before.as_bytes())?;
        }
        for (y, row) in (placed.area.top()..).zip(&escape.rows) {
            queue!(self.inner, MoveTo(placed.area.left(), y))?;
            self.inner.write_all(row.as_bytes())?;
        }
        // whatever colours the picture's own words have set
        write!(self.inner, "\x1b[0m")
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;
    use std::sync::Arc;

    use ratatui::backend::Backend as _;
    use ratatui::buffer::Buffer;

    use super::{Cell, Extras, Link, Placed, Rect, Steady, Write, io};
    use crate::tui::steady::Screen as _;
    use crate::tui::widgets::picture::{Escape, Picture};

    const TARGET: &str = "https://shop.example.com/";

    #[derive(Clone, Default)]
    struct Wire(Rc<RefCell<Vec<u8>>>);

    impl Write for Wire {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A terminal and what goes to it.
    struct Screen(Steady<Wire>, Wire);

    fn screen() -> Screen {
        let wire = Wire::default();
        Screen(Steady::new(wire.clone()), wire)
    }

    /// What goes out for a frame with these extras.
    fn frame(Screen(steady, wire): &mut Screen, rows: &[&str], extras: &Extras) -> String {
        let buf = Buffer::with_lines(rows.iter().copied());
        let cells = buf.content.iter().enumerate().map(|(at, cell)| {
            let (x, y) = buf.pos_of(at);
            (x, y, cell)
        });
        steady.draw(cells.collect::<Vec<_>>().into_iter()).unwrap();
        wire.0.take();
        steady.decorate(extras.clone()).unwrap();
        String::from_utf8(wire.0.take()).unwrap()
    }

    /// What goes out where no cell has changed.
    fn decorate(Screen(steady, wire): &mut Screen, extras: &Extras) -> String {
        steady.decorate(extras.clone()).unwrap();
        String::from_utf8(wire.0.take()).unwrap()
    }

    fn linked(target: &str, area: Rect) -> Extras {
        Extras { links: vec![Link { area, target: target.to_owned() }], ..Extras::default() }
    }

    #[test]
    fn a_link_is_told_once_and_taken_back() {
        let mut steady = screen();
        let extras = linked(TARGET, Rect::new(4, 0, 4, 1));
        let out = frame(&mut steady, &["see shop now", ""], &extras);
        let start = out.find(&format!(";{TARGET}\x1b\\")).expect("it begins");
        let end = out.find("\x1b]8;;\x1b\\").expect("it ends");
        assert!(out[start..end].contains("shop") && !out[start..end].contains("now"), "{out:?}");
        assert!(out.starts_with("\x1b7") && out.ends_with("\x1b8"), "the cursor stays: {out:?}");
        assert_eq!(decorate(&mut steady, &extras), "", "nothing has changed");
        let out = decorate(&mut steady, &Extras::default());
        assert!(out.contains("shop") && !out.contains("\x1b]8"), "{out:?}");
        assert_eq!(decorate(&mut steady, &Extras::default()), "");
    }

    #[test]
    fn what_is_no_address_is_not_told() {
        let mut steady = screen();
        for target in [
            "https://a.example/\x1b]0;owned\x07",
            "javascript:x",
            "",
            &format!("https://a.example/{}", "x".repeat(3_000)),
        ] {
            assert_eq!(frame(&mut steady, &["see shop now"], &linked(target, Rect::new(4, 0, 4, 1))), "", "{target:?}");
        }
        // nor where nobody knows at which column it stands
        let out = frame(&mut steady, &["👩\u{200d}🔧 shop"], &linked(TARGET, Rect::new(3, 0, 4, 1)));
        assert_eq!(out, "");
    }

    #[test]
    fn a_link_on_wide_characters_stays_where_it_is() {
        let mut steady = screen();
        let extras = linked(TARGET, Rect::new(4, 0, 4, 1));
        let out = frame(&mut steady, &["see 日本 now"], &extras);
        assert!(out.contains('本') && !out.contains("日 "), "a blank would move what follows: {out:?}");
        let out = decorate(&mut steady, &Extras::default());
        assert!(out.contains('本') && !out.contains("日 ") && !out.contains("now"), "{out:?}");
    }

    #[test]
    fn what_stands_behind_a_glyph_of_any_width_is_put_back() {
        let picture = |x: u16| {
            let escape = Escape { before: String::new(), rows: vec![format!("<{x}>")] };
            let picture = Picture { serial: x.into(), columns: 2, rows: 1, blocks: Vec::new(), escape: Some(escape) };
            Placed { area: Rect::new(x, 0, 2, 1), picture: Arc::new(picture) }
        };
        let both = Extras { pictures: vec![picture(2), picture(6)], ..Extras::default() };
        let one = Extras { pictures: vec![picture(6)], ..Extras::default() };
        let mut steady = screen();
        frame(&mut steady, &["👩\u{200d}🔧▀▀ab▀▀"], &both);
        let out = decorate(&mut steady, &one);
        assert!(out.contains("ab") && out.ends_with("<6>\x1b[0m\x1b8"), "{out:?}");
        // and where a row is painted whole because a part of it may be turned round
        let mut steady = screen();
        frame(&mut steady, &["שלום  ▀▀"], &one);
        steady.0.draw(std::iter::once((0, 0, &Cell::new("ש")))).unwrap();
        steady.1.0.take();
        assert!(decorate(&mut steady, &one).contains("<6>"));
    }

    #[test]
    fn a_picture_is_sent_once_and_placed_again_when_touched() {
        let escape = Escape { before: "<sent>".to_owned(), rows: vec!["<one>".to_owned(), "<two>".to_owned()] };
        let picture = Picture { serial: 7, columns: 2, rows: 2, blocks: Vec::new(), escape: Some(escape) };
        let placed = |x| Placed { area: Rect::new(x, 0, 2, 2), picture: Arc::new(picture.clone()) };
        let at = |x| Extras { pictures: vec![placed(x)], ..Extras::default() };
        let mut steady = screen();
        let out = frame(&mut steady, &["▀▀..", "▀▀.."], &at(0));
        assert!(out.contains("<sent>") && out.contains("\x1b[1;1H<one>") && out.contains("\x1b[2;1H<two>"), "{out:?}");
        assert_eq!(decorate(&mut steady, &at(0)), "");
        let out = frame(&mut steady, &["▀▀..", "▀▀.."], &at(0));
        assert!(out.contains("<one>") && !out.contains("<sent>"), "{out:?}");
        let out = decorate(&mut steady, &at(2));
        assert!(out.contains("▀▀") && out.contains("\x1b[1;3H<one>") && !out.contains("<sent>"), "{out:?}");
        let out = decorate(&mut steady, &Extras::default());
        assert!(out.contains("..") && !out.contains("<one>"), "{out:?}");
    }
}

//! The bytes that go to the terminal, read by terminals that are strict about sequences and differ about widths.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;

use proptest::prelude::*;
use ratatui::backend::Backend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::{Terminal, TerminalOptions, Viewport};
use rstest::rstest;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::rig::{self, Rig};
use crate::model::{Address, Attachment, Contact, Delivery, RecordNotes};
use crate::tui::draw::draw;
use crate::tui::message::{Changed, Msg, Notice, SettingsNews, SyncNews};
use crate::tui::steady::{Steady, is_steady};

#[derive(Clone, Default)]
struct Wire(Rc<RefCell<Vec<u8>>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// How many columns a character takes on a terminal that knows nothing of graphemes.
type Widths = fn(char) -> usize;

fn by_table(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// What is not agreed on takes one column.
fn narrow(c: char) -> usize {
    let columns = by_table(c);
    if is_steady(c.encode_utf8(&mut [0; 4])) { columns } else { columns.min(1) }
}

/// What is not agreed on takes two.
fn wide(c: char) -> usize {
    let columns = by_table(c);
    if is_steady(c.encode_utf8(&mut [0; 4])) || columns == 0 { columns } else { 2 }
}

/// Joiners and selectors take a column, as on terminals that show what they do not know.
fn naive(c: char) -> usize {
    if matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}') { 1 } else { by_table(c) }
}

/// A terminal without line wrap that takes nothing but what ratatui is known to send.
struct Glass {
    widths: Widths,
    cells: Vec<Vec<String>>,
    columns: usize,
    x: usize,
    y: usize,
    /// Where the last character went, which marks join.
    printed: usize,
}

impl Glass {
    fn new(widths: Widths, columns: u16, rows: u16) -> Self {
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        Self { widths, cells: vec![vec![" ".to_owned(); columns]; rows], columns, x: 0, y: 0, printed: 0 }
    }

    fn feed(&mut self, bytes: &[u8]) {
        let mut rest = std::str::from_utf8(bytes).expect("only UTF-8 goes to the terminal");
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            if c == '\u{1b}' {
                let end = rest.find(|c: char| c.is_ascii_alphabetic()).expect("a sequence ends");
                self.obey(&rest[..end], rest.as_bytes()[end]);
                rest = &rest[end + 1..];
            } else {
                assert!(!c.is_control(), "{c:?} went to the terminal");
                self.print(c);
            }
        }
    }

    fn obey(&mut self, sequence: &str, last: u8) {
        let parameters = sequence.strip_prefix('[').unwrap_or_else(|| panic!("ESC {sequence:?}"));
        let numbers: Vec<usize> = parameters.split(';').filter_map(|number| number.parse().ok()).collect();
        match (last, parameters, numbers.as_slice()) {
            (b'H', _, &[row, column]) => (self.x, self.y) = (column - 1, row - 1),
            (b'm', _, _) if parameters.bytes().all(|b| b.is_ascii_digit() || b == b';') => {}
            (b'h' | b'l', "?25", _) => {}
            _ => panic!("CSI {parameters:?} {:?}", char::from(last)),
        }
        assert!(self.y < self.cells.len() && self.x < self.columns, "the cursor left the screen");
    }

    fn print(&mut self, c: char) {
        // a mark of direction has no place of its own
        if c == '\u{200e}' {
            return;
        }
        // what does not fit at the end of a row is cut there
        let columns = (self.widths)(c).min(self.columns - self.x);
        let row = &mut self.cells[self.y];
        if columns == 0 {
            row[self.printed].push(c);
            return;
        }
        let x = self.x;
        // half of a wide glyph is none
        if row[x].is_empty()
            && let Some(before) = (0..x).rev().find(|&x| !row[x].is_empty())
        {
            row[before..x].fill(" ".to_owned());
        }
        let mut after = x + columns;
        while row.get(after).is_some_and(String::is_empty) {
            row[after].push(' ');
            after += 1;
        }
        row[x..x + columns].fill(String::new());
        row[x].push(c);
        self.printed = x;
        self.x = (x + columns).min(self.columns - 1);
    }

    /// Every cell that all terminals agree on is where it belongs; among them are the frames.
    fn shows(&self, buf: &Buffer) {
        for y in 0..buf.area.height {
            let mut x = 0;
            while x < buf.area.width {
                let symbol = buf[(x, y)].symbol();
                if is_steady(symbol) {
                    let shown = &self.cells[usize::from(y)][usize::from(x)];
                    assert!(
                        shown == symbol,
                        "{symbol:?} at {x},{y} is {shown:?} in {:?}",
                        self.cells[usize::from(y)].concat()
                    );
                }
                x += u16::try_from(symbol.width()).unwrap().max(1);
            }
        }
    }
}

/// A screen with a line to the terminals.
struct Screens {
    rig: Rig,
    wire: Wire,
    terminal: Terminal<Steady<Wire>>,
    glasses: Vec<Glass>,
}

impl Screens {
    fn new(columns: u16, rows: u16) -> Self {
        let wire = Wire::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, columns, rows));
        let terminal = Terminal::with_options(Steady::new(wire.clone()), TerminalOptions { viewport }).unwrap();
        let glasses = [by_table as Widths, narrow, wide, naive].map(|widths| Glass::new(widths, columns, rows)).into();
        Self { rig: Rig::empty(columns, rows), wire, terminal, glasses }
    }

    /// Draws, and holds the bytes against the cells.
    fn look(&mut self) {
        let buf = self.terminal.draw(|frame| drop(draw(frame, &self.rig.state))).unwrap().buffer.clone();
        let bytes = self.wire.0.take();
        for glass in &mut self.glasses {
            glass.feed(&bytes);
            glass.shows(&buf);
        }
        for cell in &buf.content {
            assert!(crate::model::text::is_safe(cell.symbol()), "{:?}", cell.symbol());
        }
        let layout = self.rig.state.layout();
        if layout.framed && self.rig.state.overlays.is_empty() {
            for y in layout.body.top() + 1..layout.body.bottom() - 1 {
                for pane in [layout.threads, layout.conversation].into_iter().flatten() {
                    for x in [pane.outer.left(), pane.outer.right() - 1] {
                        assert!(matches!(buf[(x, y)].symbol(), "│" | "├" | "┤"), "{x},{y}: {:?}", buf[(x, y)].symbol());
                    }
                }
            }
        }
    }

    fn press(&mut self, keys: &str) {
        for key in keys.split(' ') {
            self.rig.press(key);
            self.look();
        }
    }

    fn give(&mut self, msg: Msg) {
        self.rig.give(msg);
        self.look();
    }
}

/// What ran over its columns goes when it goes, also where what comes covers only a part of where it stood.
#[rstest]
#[case("a👩\u{200d}👩\u{200d}👧\u{200d}👦", "日")]
#[case("a❤\u{fe0f}  │", "日   │")]
#[case("a😀日│", "日  本│")]
#[case("a1\u{fe0f}\u{20e3} │", "日本│")]
#[case("日本👩\u{200d}👩\u{200d}👧\u{200d}👦", "a日本")]
fn nothing_is_left_of_what_ran_over(#[case] before: &str, #[case] after: &str) {
    const AREA: Rect = Rect::new(0, 0, 16, 1);
    let frames = [before, after].map(|row| {
        let mut frame = Buffer::empty(AREA);
        frame.set_string(0, 0, row, Style::new());
        frame.set_string(AREA.right() - 1, 0, "│", Style::new());
        frame
    });
    let wire = Wire::default();
    let mut steady = Steady::new(wire.clone());
    let mut shown = Buffer::empty(AREA);
    let mut glasses =
        [by_table as Widths, narrow, wide, naive].map(|widths| Glass::new(widths, AREA.width, AREA.height));
    for frame in frames {
        steady.draw(shown.diff(&frame).into_iter()).unwrap();
        let bytes = wire.0.take();
        for glass in &mut glasses {
            glass.feed(&bytes);
            glass.shows(&frame);
        }
        shown = frame;
    }
}

fn foreign() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "\u{1b}[2J", "\u{1b}]0;owned\u{7}", "\u{1b}P1\u{1b}\\", "\u{9b}31m", "\u{9d}52;c;x\u{9c}", "\r", "\n", "\t", "\0", "\u{7f}",
            "\u{202e}", "\u{2066}", "\u{200b}", "\u{200d}", "\u{feff}", "\u{301}", "\u{302}\u{489}", "\u{fe0f}", "\u{20e3}", "\u{2028}",
            "\u{e007f}", "\u{3164}", "\u{10eeee}",
        ]).prop_map(str::to_owned),
        4 => prop::sample::select(vec![
            "word ", " ", "é", "日本", "한국", "😀", "👩\u{200d}👩\u{200d}👧\u{200d}👦", "❤\u{fe0f}", "☎", "1\u{fe0f}\u{20e3}", "🇩🇪", "👍🏽", "क्ष",
            "नि", "ที่", "שָׁלוֹם", "مرحبا", "\u{1112}\u{1161}\u{11ab}", "ㅋ", "─", "│", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn foreign_text_steers_no_terminal_and_bends_no_frame(
        name in foreign(), other in foreign(), body in foreign(), draft in foreign(), reason in foreign(), notice in foreign(),
        sender in foreign(), columns in 20u16..140, rows in 6u16..45,
    ) {
        let mut screens = Screens::new(columns, rows);
        let mut threads = rig::threads();
        threads[0].contact.name = Some(name.clone());
        threads[0].snippet.clone_from(&body);
        threads[1].draft = Some(draft.clone());
        threads[2].contact.name = Some(other.clone());
        if let Some(address) = Address::from_wire(&sender) {
            threads[3].contact = Contact { address, name: None };
        }
        let mut messages = rig::messages();
        for (at, message) in messages.iter_mut().enumerate() {
            message.body = if at % 2 == 0 { body.clone() } else { other.clone() };
            message.sender = Some(name.clone());
            message.remote_id = Some(reason.clone());
            message.request_guid = Some(other.clone());
            message.notes = RecordNotes { comment: Some(reason.clone()), favorite: true, ..RecordNotes::default() };
            message.attachments.push(Attachment { name: name.clone(), url: Some(other.clone()), size: None, expired: at % 3 == 0 });
        }
        messages[3].delivery = Some(Delivery::Failed(reason.clone()));
        messages[3].accepted = true;
        messages[4].error = Some(reason.clone());
        let mut summary = rig::summary();
        summary.numbers[0].number.label = Some(name.clone());
        let mut config = rig::config();
        config.numbers[0].label = Some(other.clone());
        screens.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
        screens.give(Msg::Summary(summary));
        screens.rig.answer_threads(threads.clone(), false);
        screens.look();
        screens.rig.answer_messages(messages.clone());
        screens.look();
        screens.press("j j k k enter esc k k k i esc f2 esc f4 down down enter esc esc f1 esc");
        screens.give(Msg::Notice(Notice::error(notice.clone())));
        screens.give(Msg::Sync(SyncNews::Done { at: rig::time("2026-11-18T09:41:48Z"), new: 0, failed: vec![(Some(rig::address("2025550101")), crate::tui::message::Story::new(reason.clone()))] }));
        screens.press("esc enter");
        screens.give(Msg::paste(draft));
        // the same places with other texts: what was there must go
        for message in &mut messages {
            message.body.clone_from(&name);
        }
        screens.give(Msg::Changed(Changed::Everything));
        if screens.rig.messages_request().is_some() {
            screens.rig.answer_messages(messages);
        }
        screens.press("esc G k ctrl-f");
        screens.give(Msg::paste(other));
    }
}

//! Whatever is pressed at whatever size and whatever comes from outside: no panic, straight borders, nothing raw.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

use super::rig::{self, Rig};
use crate::config::keymap::{Context, Key, Keymap};
use crate::config::preferences::Ascii;
use crate::config::theme::Themes;
use crate::model::Direction;
use crate::tui::draw::marks;
use crate::tui::message::{Changed, Msg, Notice, SettingsNews};
use crate::tui::widgets::paint;

/// Every key of the table, and some text.
fn keys() -> Vec<Key> {
    let keymap = Keymap::default();
    let mut keys: Vec<Key> = Context::CHAINS
        .iter()
        .flat_map(|chain| chain.iter())
        .flat_map(|context| keymap.rows(*context).flat_map(|row| row.keys.clone()).collect::<Vec<_>>())
        .collect();
    keys.extend(
        "aé日😀\u{301}\u{202e}"
            .chars()
            .map(|c| Key::of(crossterm::event::KeyEvent::from(crossterm::event::KeyCode::Char(c)))),
    );
    keys
}

fn nothing_raw(buf: &Buffer) {
    for cell in &buf.content {
        let bad = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!cell.symbol().chars().any(bad), "{:?}", cell.symbol());
    }
}

/// The frames' right edges are where they belong, in every row: of the panes, else of the window on top.
fn straight(rig: &Rig, buf: &Buffer) {
    whole_rows(buf);
    let layout = rig.state.layout();
    if let Some(window) = marks(&rig.state).windows.last() {
        if paint::inside(*window, rig.state.is_plain()) != *window && !rig.state.is_plain() {
            // the hint bar may lie over the last row of a small one
            let bottom = (window.bottom() - 1).min(layout.hints.top());
            for y in window.top() + 1..bottom {
                for x in [window.left(), window.right() - 1] {
                    assert!(matches!(buf[(x, y)].symbol(), "│" | "├" | "┤"), "{x},{y}: {:?}", buf[(x, y)].symbol());
                }
            }
        }
        return;
    }
    if !layout.framed {
        return;
    }
    for y in layout.body.top() + 1..layout.body.bottom() - 1 {
        for pane in [layout.threads, layout.conversation].into_iter().flatten() {
            for x in [pane.outer.left(), pane.outer.right() - 1] {
                assert!(matches!(buf[(x, y)].symbol(), "│" | "├" | "┤"), "{x},{y}: {:?}", buf[(x, y)].symbol());
            }
        }
    }
}

/// Every row takes the columns that there are, and nothing runs over the edge.
fn whole_rows(buf: &Buffer) {
    for y in 0..buf.area.height {
        let mut x = 0;
        while x < buf.area.width {
            x += u16::try_from(buf[(x, y)].symbol().width()).unwrap().max(1);
        }
        assert_eq!(x, buf.area.width, "row {y}");
    }
}

fn foreign() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z ]{0,20}[日本語한국어😀👩‍🔧🇩🇪e\u{301}\u{302}\u{200d}\u{202e}\u{2066}אבגعرب\u{1b}\u{7}\u{9b}]{1,12}[a-z ]{0,20}",
        Just("👩\u{200d}👩\u{200d}👧\u{200d}👦".repeat(9)),
        Just("\u{1b}]0;title\u{7}\u{1b}[2J\r\n".to_owned()),
    ]
}

/// Keys that open windows.
const WINDOWS: [&str; 10] =
    ["f1", "f2", "f4", "f4 a", "f4 c", "f6", "f8", "ctrl-n", "esc esc esc esc i", "enter \"x\" ctrl-c"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn keys_and_sizes_never_panic(
        columns in 0u16..130, rows in 0u16..45,
        steps in prop::collection::vec((0usize..1_000, 0usize..12, 0u16..130, 0u16..45), 1..40),
    ) {
        let keys = keys();
        let mut rig = Rig::new(columns, rows);
        for (key, kind, columns, rows) in steps {
            match kind {
                0 => { rig.give(Msg::Resize { columns, rows }); }
                1 => { rig.give(Msg::Changed(Changed::Everything)); }
                2 if rig.messages_request().is_some() => { rig.answer_messages(rig::messages()); }
                3 if rig.threads_request().is_some() => { rig.answer_threads(rig::threads(), false); }
                4 => { rig.give(Msg::paste("a\r\nb\u{1b}c 日本語 😀")); }
                5 => {
                    let kind = crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Left);
                    let modifiers = crossterm::event::KeyModifiers::NONE;
                    rig.give(Msg::Mouse(crossterm::event::MouseEvent { kind, column: columns, row: rows, modifiers }));
                }
                _ => { rig.give(Msg::key(keys[key % keys.len()].event())); }
            }
            let buf = rig.screen();
            nothing_raw(&buf);
            straight(&rig, &buf);
        }
    }

    #[test]
    fn foreign_text_stays_in_its_cells(
        name in foreign(), body in foreign(), draft in foreign(), reason in foreign(), notice in foreign(),
        columns in 20u16..130, rows in 5u16..45,
    ) {
        let mut rig = Rig::empty(columns, rows);
        let mut threads = rig::threads();
        threads[0].contact.name = Some(name.clone());
        threads[0].snippet.clone_from(&body);
        threads[1].draft = Some(draft.clone());
        let mut messages = rig::messages();
        for message in &mut messages {
            message.body.clone_from(&body);
            message.sender = Some(name.clone());
            message.attachments.push(crate::model::Attachment { name: name.clone(), url: None, size: None, expired: false });
        }
        messages[3].delivery = Some(crate::model::Delivery::Failed(reason.clone()));
        let mut summary = rig::summary();
        summary.numbers[0].number.label = Some(name);
        rig.give(Msg::Summary(summary));
        rig.answer_threads(threads, false);
        rig.answer_messages(messages);
        for keys in ["", "enter", "esc", "i", "esc", "f2"] {
            rig.press(keys);
            let buf = rig.screen();
            nothing_raw(&buf);
            straight(&rig, &buf);
        }
        rig.press("esc enter").give(Msg::paste(draft));
        rig.give(Msg::Notice(Notice::error(notice)));
        let buf = rig.screen();
        nothing_raw(&buf);
        straight(&rig, &buf);
    }

    /// Any size, any window, any text, any looks, and a mouse that goes everywhere.
    #[test]
    fn every_size_holds_every_window(
        (columns, rows) in (1u16..=300, 1u16..=100), (narrow, low) in (1u16..60, 1u16..16), texts in prop::array::uniform4(foreign()),
        windows in prop::collection::vec(0usize..WINDOWS.len(), 1..5), clicks in prop::collection::vec((0u16..300, 0u16..100, 0usize..6), 0..12),
        plain in any::<bool>(), ascii in any::<bool>(), list_width in 0u16..200, theme in 0usize..17,
    ) {
        let mut rig = Rig::new(columns, rows);
        let [name, body, draft, notice] = texts;
        let mut config = rig::config();
        config.numbers[0].label = Some(name.clone());
        config.preferences.ui.plain = plain;
        config.preferences.ui.list_width = list_width;
        config.preferences.ui.theme.clone_from(&Themes::default().all()[theme].id);
        if ascii {
            config.preferences.ui.ascii = Ascii::Always;
        }
        rig.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
        let mut threads = rig::threads();
        threads[0].contact.name = Some(name.clone());
        threads[0].snippet.clone_from(&body);
        threads[1].draft = Some(draft.clone());
        rig.give(Msg::Changed(Changed::Everything));
        rig.answer_threads(threads, false);
        let mut messages = rig::messages();
        for message in &mut messages {
            message.body.clone_from(&body);
            message.sender = Some(name.clone());
        }
        rig.give(Msg::Changed(Changed::Everything));
        if rig.messages_request().is_some() {
            rig.answer_messages(messages);
        }
        rig.press("enter").give(Msg::paste(draft)).give(Msg::Notice(Notice::error(notice)));
        let look = |rig: &Rig| {
            let buf = rig.screen();
            nothing_raw(&buf);
            if ascii {
                whole_rows(&buf);
                assert!(buf.content.iter().all(|cell| cell.symbol().is_ascii()));
            } else {
                straight(rig, &buf);
            }
        };
        for window in windows {
            rig.press(WINDOWS[window]);
            look(&rig);
            for (columns, rows) in [(narrow, low), (columns, rows)] {
                look(rig.give(Msg::Resize { columns, rows }));
            }
            for (column, row, kind) in &clicks {
                let left = MouseButton::Left;
                let kind = [
                    MouseEventKind::Down(left), MouseEventKind::Down(left), MouseEventKind::Drag(left), MouseEventKind::Up(left),
                    MouseEventKind::ScrollDown, MouseEventKind::ScrollUp,
                ][*kind];
                let (column, row) = (column % columns, row % rows);
                rig.give(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
            }
            look(&rig);
        }
    }

    /// Scrolling up from the bottom and down again shows every message, and never jumps over one.
    #[test]
    fn scrolling_reaches_everything(columns in 12u16..120, rows in 4u16..40, lengths in prop::collection::vec(0usize..300, 1..15)) {
        let mut rig = Rig::new(columns, rows);
        let message = |(at, length): (usize, &usize)| {
            let direction = if length.is_multiple_of(2) { Direction::Inbound } else { Direction::Outbound };
            let time = format!("2026-11-18T09:{at:02}:00Z");
            rig::message(1, &time, direction, &format!("<{at}> {}", "word ".repeat(length / 5)))
        };
        let messages: Vec<_> = lengths.iter().enumerate().map(message).collect();
        let ids: Vec<_> = messages.iter().map(|message| message.id).collect();
        rig.press("enter esc").give(Msg::Changed(Changed::Everything));
        rig.answer_messages(messages);
        rig.press("G");
        let mut seen = vec![rig.state.conversation.selected().unwrap().id];
        for _ in 0..500 {
            rig.press("k");
            let id = rig.state.conversation.selected().unwrap().id;
            if seen.last() != Some(&id) {
                seen.push(id);
            }
            if id == ids[0] {
                break;
            }
        }
        seen.reverse();
        prop_assert_eq!(seen, ids);
    }
}

//! Whatever is pressed at whatever size and whatever comes from outside: no panic, straight borders, nothing raw.

use proptest::prelude::*;
use ratatui::buffer::Buffer;

use super::rig::{self, Rig};
use crate::config::keymap::{Context, Key, Keymap};
use crate::model::Direction;
use crate::tui::message::{Changed, Msg, Notice};

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

/// The frame's right edges are where they belong, in every row of the body.
fn straight(rig: &Rig, buf: &Buffer) {
    let layout = rig.state.layout();
    if !layout.framed || !rig.state.overlays.is_empty() {
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

fn foreign() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z ]{0,20}[日本語한국어😀👩‍🔧🇩🇪e\u{301}\u{302}\u{200d}\u{202e}\u{2066}אבגعرب\u{1b}\u{7}\u{9b}]{1,12}[a-z ]{0,20}",
        Just("👩\u{200d}👩\u{200d}👧\u{200d}👦".repeat(9)),
        Just("\u{1b}]0;title\u{7}\u{1b}[2J\r\n".to_owned()),
    ]
}

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
            message.attachments.push(crate::model::Attachment { name: name.clone(), url: None });
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

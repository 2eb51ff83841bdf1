use proptest::prelude::*;
use ratatui::buffer::Buffer;
use rstest::rstest;

use super::*;
use crate::tui::widgets::ink::Palette;

fn edited(text: &str, actions: &[Action]) -> String {
    let mut editor = Editor::new(text);
    editor.resize(10, 3);
    for action in actions {
        assert!(editor.edit(*action).is_some());
    }
    let (before, after) = editor.text().split_at(editor.cursor());
    format!("{before}|{after}")
}

#[rstest]
#[case("abc", &[Action::DeleteBack], "ab|")]
#[case("a👩\u{200d}🔧", &[Action::DeleteBack], "a|")]
#[case("a👩\u{200d}🔧", &[Action::CursorLeft], "a|👩\u{200d}🔧")]
#[case("a👩\u{200d}🔧", &[Action::DeleteBack, Action::Undo], "a👩\u{200d}🔧|")]
#[case("e\u{301}a", &[Action::LineStart, Action::DeleteForward], "|a")]
#[case("one two", &[Action::DeleteToStart], "|")]
#[case("one two", &[Action::DeleteToStart, Action::Undo], "one two|")]
#[case("one two", &[Action::LineStart, Action::DeleteToEnd, Action::Undo, Action::Redo], "|")]
#[case("one two", &[Action::DeleteWord, Action::Yank], "one two|")]
#[case("a\nb", &[Action::LineStart, Action::DeleteBack], "a|b")]
#[case("a\nb", &[Action::CursorUp], "a|\nb")]
#[case("0123456789abc", &[Action::CursorUp], "012|3456789abc")]
#[case("0123456789abc", &[Action::CursorUp, Action::CursorDown], "0123456789abc|")]
#[case("ab", &[Action::NewLine], "ab\n|")]
#[case("one two", &[Action::WordLeft, Action::DeleteWordForward], "one |")]
// a word is what readline takes for one: letters and digits; Ctrl-W goes by blanks
#[case("mail ana@shop.com", &[Action::DeleteWord], "mail |")]
#[case("mail ana@shop.com", &[Action::DeleteWordBack], "mail ana@|")]
#[case("don't go!", &[Action::WordLeft, Action::WordLeft], "|don't go!")]
#[case("a, b", &[Action::TextStart, Action::WordRight, Action::WordRight], "a, b|")]
// what is deleted in a row comes back in a row
#[case("one two three", &[Action::DeleteWord, Action::DeleteWord, Action::Yank], "one two three|")]
#[case("one\ntwo", &[Action::TextStart, Action::DeleteToEnd, Action::DeleteToEnd, Action::Yank], "one\n|two")]
#[case("one two", &[Action::DeleteWord, Action::LineEnd, Action::DeleteWord, Action::Yank], "one |")]
// a run of deletions is one step
#[case("abcd", &[Action::DeleteBack, Action::DeleteBack, Action::DeleteBack, Action::Undo], "abcd|")]
#[case("abcd", &[Action::LineStart, Action::DeleteForward, Action::DeleteForward, Action::Undo], "ab|cd")]
#[case("abcd", &[Action::DeleteBack, Action::CursorLeft, Action::DeleteBack, Action::Undo], "ab|c")]
// beyond the first and the last row
#[case("ab\ncd", &[Action::CursorUp, Action::CursorUp], "|ab\ncd")]
#[case("ab\ncd", &[Action::TextStart, Action::CursorDown, Action::CursorDown], "ab\ncd|")]
// the column is held on to over a shorter row
#[case("abcd\ne\nfghi", &[Action::CursorUp, Action::CursorUp], "abcd|\ne\nfghi")]
fn edits(#[case] text: &str, #[case] actions: &[Action], #[case] after: &str) {
    assert_eq!(edited(text, actions), after);
}

fn typed(editor: &mut Editor, text: &str) {
    for c in text.chars() {
        editor.insert(c.encode_utf8(&mut [0; 4]));
    }
}

#[test]
fn typing_is_undone_by_words() {
    let mut editor = Editor::default();
    typed(&mut editor, "Hello there,  you\ntwo");
    let mut steps = Vec::new();
    while editor.edit(Action::Undo) == Some(true) {
        steps.push(editor.text().to_owned());
    }
    assert_eq!(steps, ["Hello there,  you\n", "Hello there,  ", "Hello ", ""]);
    while editor.edit(Action::Redo) == Some(true) {}
    assert_eq!(editor.text(), "Hello there,  you\ntwo");
    editor.edit(Action::Undo);
    typed(&mut editor, "!");
    assert_eq!(editor.edit(Action::Redo), Some(false), "what is typed ends what can be done again");
}

#[test]
fn moving_away_ends_a_step() {
    let mut editor = Editor::default();
    typed(&mut editor, "ab");
    editor.edit(Action::CursorLeft);
    editor.edit(Action::CursorRight);
    typed(&mut editor, "cd");
    editor.edit(Action::Undo);
    assert_eq!(editor.text(), "ab");
}

#[test]
fn a_paste_is_one_edit_and_clean() {
    let mut editor = Editor::new("");
    typed(&mut editor, "say ");
    editor.insert("one\r\ntwo\rthree\tx\u{1b}[31m");
    assert_eq!(editor.text(), "say one\ntwo\nthree x[31m");
    editor.edit(Action::Undo);
    assert_eq!(editor.text(), "say ");
}

#[test]
fn ten_kilobytes_are_one_step() {
    let mut editor = Editor::new("");
    let text = "Ten kilobytes, pasted. ".repeat(450);
    editor.insert(&text);
    typed(&mut editor, "x");
    editor.edit(Action::Undo);
    assert_eq!(editor.text(), text);
    editor.edit(Action::Undo);
    assert_eq!(editor.text(), "");
    assert_eq!(editor.edit(Action::Undo), Some(false));
}

#[test]
fn what_is_selected_gives_way() {
    let mut editor = Editor::new("Hi {name}, welcome");
    editor.select(3..9);
    typed(&mut editor, "Dana");
    assert_eq!(editor.text(), "Hi Dana, welcome");
    editor.edit(Action::Undo);
    assert_eq!(editor.text(), "Hi {name}, welcome", "with what took its place in one step");
    editor.select(3..9);
    editor.edit(Action::DeleteBack);
    assert_eq!(editor.text(), "Hi , welcome");
    let mut editor = Editor::new("Hi {name}");
    editor.select(3..9);
    editor.edit(Action::CursorLeft);
    typed(&mut editor, "x");
    assert_eq!(editor.text(), "Hi {namex}", "whoever moves away keeps it");
}

#[test]
fn another_text_is_one_small_edit() {
    let mut editor = Editor::new("don’t — go");
    editor.become_text("don't - go", 5);
    assert_eq!((editor.text(), editor.cursor()), ("don't - go", 5));
    editor.edit(Action::Undo);
    assert_eq!(editor.text(), "don’t — go");
    editor.become_text("don’t — go", 0);
    assert_eq!(editor.edit(Action::Redo), Some(true), "the same text is no edit");
}

#[test]
fn a_click_goes_where_it_points() {
    let mut editor = Editor::new("one two three\n日本");
    editor.resize(8, 5);
    for (row, column, at) in [(0, 2, 2), (1, 3, 11), (2, 3, 17), (2, 9, 20), (9, 0, 20)] {
        editor.click(row, column);
        assert_eq!(editor.cursor(), at, "{row},{column}");
    }
}

#[test]
fn marks_colour_their_cells() {
    let mut editor = Editor::new("a—日b");
    editor.resize(10, 1);
    let area = Rect::new(0, 0, 10, 1);
    let mut buf = Buffer::empty(area);
    editor.draw(&mut Canvas::new(&mut buf, Palette::default()), area, &[(1..7, Ink::Warn)]);
    let warn = Palette::default().style(Ink::Warn);
    let marked: Vec<u16> = (0..10).filter(|&x| buf[(x, 0)].modifier.contains(warn.add_modifier)).collect();
    assert_eq!(marked, [1, 2, 3]);
}

#[test]
fn a_hundred_kilobytes_stay_editable() {
    let mut editor = Editor::new("");
    editor.resize(60, 5);
    editor.insert(&"wörd ".repeat(20_000));
    for action in [Action::CursorUp, Action::LineEnd, Action::DeleteBack, Action::CursorUp, Action::CursorUp] {
        editor.edit(action);
    }
    let area = Rect::new(0, 0, 60, 5);
    assert!(editor.draw(&mut Canvas::new(&mut Buffer::empty(area), Palette::default()), area, &[]).is_some());
    assert_eq!(editor.text().chars().count(), 99_999);
}

const ACTIONS: [Action; 22] = [
    Action::CursorLeft,
    Action::CursorRight,
    Action::CursorUp,
    Action::CursorDown,
    Action::LineStart,
    Action::LineEnd,
    Action::WordLeft,
    Action::WordRight,
    Action::DeleteBack,
    Action::DeleteForward,
    Action::DeleteWord,
    Action::DeleteWordBack,
    Action::DeleteWordForward,
    Action::DeleteToStart,
    Action::DeleteToEnd,
    Action::Yank,
    Action::Undo,
    Action::Redo,
    Action::NewLine,
    Action::TextStart,
    Action::TextEnd,
    Action::CursorUp,
];

proptest! {
    #[test]
    fn never_panics(
        parts in prop::collection::vec((any::<String>(), 0usize..22), 0..10), width in 0u16..12, height in 0u16..4,
    ) {
        let mut editor = Editor::default();
        editor.resize(width.into(), height.into());
        let area = Rect::new(0, 0, width, height);
        for (text, action) in parts {
            editor.insert(&text);
            editor.edit(ACTIONS[action]);
            let at = editor.draw(&mut Canvas::new(&mut Buffer::empty(area), Palette::default()), area, &[]);
            prop_assert!(at.is_none_or(|at| area.contains(at)));
            let cursor = editor.cursor();
            let between = cursor == editor.text().len() || editor.text().grapheme_indices(true).any(|(at, _)| at == cursor);
            prop_assert!(between, "{cursor} in {:?}", editor.text());
            prop_assert_eq!(at.is_some(), !area.is_empty());
        }
    }

    #[test]
    fn undoing_all_leads_back_and_redoing_all_forth(
        parts in prop::collection::vec(("[a-c \n日\u{301}]{1,3}", 0usize..22), 0..20),
    ) {
        let mut editor = Editor::new("the beginning");
        for (text, action) in parts {
            editor.insert(&text);
            if !matches!(ACTIONS[action], Action::Undo | Action::Redo) {
                editor.edit(ACTIONS[action]);
            }
        }
        let end = editor.text().to_owned();
        while editor.edit(Action::Undo) == Some(true) {}
        prop_assert_eq!(editor.text(), "the beginning");
        while editor.edit(Action::Redo) == Some(true) {}
        prop_assert_eq!(editor.text(), end);
    }
}

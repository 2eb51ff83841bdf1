//! Writing: the compose box and the editing of text.

use mctui::tui::message::TerminalAsk;

use super::Then::{Finds, Posts, Terminal, Writes};
use super::{Row, does, hides, shows};

/// Into an empty compose box.
const EMPTY: &str = "enter alt-> ctrl-u backspace ctrl-u backspace ctrl-u";
const WORDS: &str = "=one two-three four";

const fn writes(name: &'static str, way: &'static [&'static str], text: &'static str) -> Row {
    does(name, way, Writes(text))
}

const fn finds(name: &'static str, way: &'static [&'static str], text: &'static str) -> Row {
    does(name, way, Finds(text))
}

/// Into a field of one line.
const FIELD: &[&str] = &["f3", "~Find messages", "end ctrl-u", "=one two"];
const FIELD_START: &[&str] = &["f3", "~Find messages", "end ctrl-u", "=one two", "home"];

pub(super) const ROWS: &[Row] = &[
    writes("cursor-left", &[EMPTY, WORDS], "one two-three fou|r"),
    writes("cursor-right", &[EMPTY, WORDS, "alt-<"], "o|ne two-three four"),
    writes("cursor-up", &[EMPTY, WORDS, "ctrl-j", "=five"], "one |two-three four\nfive"),
    writes("cursor-down", &[EMPTY, WORDS, "ctrl-j", "=five", "alt-<"], "one two-three four\n|five"),
    writes("line-start", &[EMPTY, WORDS, "ctrl-j", "=five"], "one two-three four\n|five"),
    writes("line-end", &[EMPTY, WORDS, "ctrl-j", "=five", "alt-<"], "one two-three four|\nfive"),
    writes("text-start", &[EMPTY, WORDS, "ctrl-j", "=five"], "|one two-three four\nfive"),
    writes("text-end", &[EMPTY, WORDS, "ctrl-j", "=five", "alt-<"], "one two-three four\nfive|"),
    writes("word-left", &[EMPTY, WORDS], "one two-three |four"),
    writes("word-right", &[EMPTY, WORDS, "alt-<"], "one| two-three four"),
    writes("delete-back", &[EMPTY, WORDS], "one two-three fou|"),
    writes("delete-forward", &[EMPTY, WORDS, "alt-<"], "|ne two-three four"),
    writes("delete-word", &[EMPTY, WORDS, "ctrl-w"], "one |"),
    writes("delete-word-back", &[EMPTY, WORDS, "ctrl-w"], "one two-|"),
    writes("delete-word-forward", &[EMPTY, WORDS, "alt-<"], "| two-three four"),
    writes("delete-to-start", &[EMPTY, WORDS, "alt-b"], "|four"),
    writes("delete-to-end", &[EMPTY, WORDS, "alt-b"], "one two-three |"),
    writes("yank", &[EMPTY, WORDS, "ctrl-w"], "one two-three four|"),
    writes("undo", &[EMPTY, WORDS, "ctrl-w"], "one two-three four|"),
    writes("redo", &[EMPTY, WORDS, "ctrl-w alt-z"], "one two-three |"),
    finds("cursor-left", FIELD, "one tw|o "),
    finds("cursor-right", FIELD_START, "o|ne two "),
    finds("line-start", FIELD, "|one two "),
    finds("line-end", FIELD_START, "one two| "),
    finds("text-start", FIELD, "|one two "),
    finds("text-end", FIELD_START, "one two| "),
    finds("word-left", FIELD, "one |two "),
    finds("word-right", FIELD_START, "one| two "),
    finds("delete-back", FIELD, "one tw| "),
    finds("delete-forward", FIELD_START, "|ne two "),
    finds("delete-word", FIELD, "one | "),
    finds("delete-word-back", FIELD, "one | "),
    finds("delete-word-forward", FIELD_START, "| two "),
    finds("delete-to-start", &["f3", "~Find messages", "end ctrl-u", "=one two", "alt-b"], "|two "),
    finds("delete-to-end", &["f3", "~Find messages", "end ctrl-u", "=one two", "alt-b"], "one | "),
    finds("yank", &["f3", "~Find messages", "end ctrl-u", "=one two", "ctrl-w"], "one two| "),
    finds("undo", &["f3", "~Find messages", "end ctrl-u", "=one two", "ctrl-w"], "one two| "),
    finds("redo", &["f3", "~Find messages", "end ctrl-u", "=one two", "ctrl-w alt-z"], "one | "),
    writes("new-line", &[EMPTY, WORDS], "one two-three four\n|"),
    writes("replace-lookalikes", &[EMPTY, "=It’s"], "It's|"),
    does(
        "external-editor",
        &[EMPTY, WORDS],
        Terminal(|ask| *ask == TerminalAsk::Edit("one two-three four".to_owned())),
    ),
    hides("back", &[EMPTY, "ctrl-t", "~┌ Snippets"], "┌ Snippets"),
    hides("accept", &[EMPTY, WORDS, "ctrl-t", "~┌ Snippets", "alt-a", "=Kept", "tab", "~┌ Snippet "], "┌ Snippet "),
    shows("snippets", &[EMPTY], "We open at nine"),
    shows("add-snippet", &[EMPTY, "ctrl-t", "~We open at nine"], "Name"),
    shows("edit-snippet", &[EMPTY, "ctrl-t", "~We open at nine"], "Name"),
    shows("remove-snippet", &[EMPTY, "ctrl-t", "~We open at nine"], "Delete “Hours”?"),
    writes("accept", &[EMPTY, "ctrl-t", "~We open at nine"], "We open at nine|"),
    does("send", &[EMPTY, WORDS], Posts("one two-three four")),
];

//! A conversation and its messages.

use mctui::tui::message::TerminalAsk;

use super::Then::{Posts, Terminal};
use super::{Row, does, hides, shows};

/// On the newest message of the conversation.
const MESSAGES: &str = "enter esc G";

pub(super) const ROWS: &[Row] = &[
    shows("page-up", &[MESSAGES, "!Line 20", "~https://shop"], "Line 30"),
    shows("page-down", &[MESSAGES, "g", "~Line 00"], "Line 22"),
    shows("top", &[MESSAGES, "!Line 00"], "Line 00"),
    shows("bottom", &[MESSAGES, "g", "~Line 00"], "https://shop"),
    shows("newest", &[MESSAGES, "g", "~Line 00"], "https://shop"),
    shows("up", &[MESSAGES, "~still on?"], "o open link"),
    hides("down", &[MESSAGES, "k", "~o open link"], "o open link"),
    shows("open", &[MESSAGES], "Enter send"),
    hides("back", &[MESSAGES, "~y copy"], "y copy"),
    hides("back-or-quit", &[MESSAGES, "~y copy"], "y copy"),
    shows("back", &["enter", "~Enter send"], "y copy"),
    shows("page-up", &["enter alt-end", "!Line 20", "~https://shop"], "Line 30"),
    shows("page-down", &[MESSAGES, "g", "~Line 00", "enter"], "Line 22"),
    shows("toggle-done", &[MESSAGES], "is done"),
    shows("toggle-mute", &[MESSAGES], "Muted: "),
    shows("find", &[MESSAGES], "Enter go there"),
    shows("find-next", &[MESSAGES, "/", "=many", "~1/60", "enter"], "2/60"),
    shows("find-previous", &[MESSAGES, "/", "=many", "~1/60", "enter n", "~2/60"], "1/60"),
    shows("go-to-found", &["f3", "~Find messages", "ctrl-u", "=Question 3", "~1 of 1"], "To (202) 555-0163"),
    hides("leave-find", &[MESSAGES, "/", "=many", "~1/60"], "1/60"),
    shows("found-page-down", &["f3", "~Find messages", "ctrl-u", "=many", "~1 of 50+"], "12 of 50+"),
    shows("found-page-up", &["f3", "~Find messages", "ctrl-u", "=many", "~1 of 50+", "pgdn", "!1 of 50+"], "1 of 50+"),
    does(
        "open-link",
        &[MESSAGES, "k"],
        Terminal(|ask| *ask == TerminalAsk::Copy("https://shop.example.com/a".to_owned())),
    ),
    does("copy", &[MESSAGES], Terminal(|ask| *ask == TerminalAsk::Copy("Is my appointment still on?".to_owned()))),
    does(
        "copy-conversation",
        &[MESSAGES],
        Terminal(|ask| matches!(ask, TerminalAsk::Copy(text) if text.contains("Line 59 of many"))),
    ),
    shows("next-times", &[MESSAGES], "min ago"),
    shows("fetch-older", &[MESSAGES], "Everything of this conversation"),
    shows("info", &[MESSAGES], "┌ Message"),
    hides("info", &[MESSAGES, "i", "~┌ Message"], "┌ Message"),
    does(
        "copy",
        &[MESSAGES, "i", "~┌ Message"],
        Terminal(|ask| matches!(ask, TerminalAsk::Copy(text) if text.contains("MightyCall id"))),
    ),
    does(
        "open-link",
        &[MESSAGES, "k", "i", "~┌ Message"],
        Terminal(|ask| *ask == TerminalAsk::Copy("https://shop.example.com/a".to_owned())),
    ),
    does("resend", &["%refuses", "enter", "=One", "enter", "~R sends it again", "esc G"], Posts("One")),
    shows("discard", &["%refuses", "enter", "=Two", "enter", "~Two  ✗", "esc G"], "Put “Two” away?"),
    shows("save-files", &["%file", "ctrl-r", "~Synced:", "~Here it is", MESSAGES, "~crack.txt"], "Saved as"),
    shows("save-files", &[MESSAGES, "~crack.txt", "i", "~┌ Message"], "crack (2).txt"),
];

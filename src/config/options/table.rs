//! The table itself.

use super::{Entry, Kind};

const fn row(path: &'static str, kind: Kind, default: &'static str, title: &'static str, more: &'static str) -> Entry {
    Entry { path, kind, default, title, more }
}

/// Order is the order of the settings and of the commented defaults.
pub(super) const OPTIONS: &[Entry] = &[
    row(
        "ui.theme",
        Kind::Text,
        "\"default\"",
        "Theme",
        "The name of a theme: one that comes with mctui, or a file in the folder of themes. NO_COLOR in the environment \
         takes the colours out of any.",
    ),
    row(
        "ui.times",
        Kind::Choice(&["clock", "relative", "full"]),
        "\"clock\"",
        "Times of messages",
        "clock: 09:38 under a line with the day. relative: 3 min ago. full: date, time and seconds on each message.",
    ),
    row(
        "ui.plain",
        Kind::Bool,
        "false",
        "Plain screen",
        "For screen readers and braille: no frames, no colours, one pane at a time, and words instead of marks.",
    ),
    row(
        "ui.ascii",
        Kind::Choice(&["auto", "always", "never"]),
        "\"auto\"",
        "Only ASCII",
        "auto: where LC_ALL, LC_CTYPE or LANG say that the terminal has no UTF-8. always: for fonts that lack lines and \
         marks. never: the locale is wrong, the terminal can show them.",
    ),
    row(
        "ui.images",
        Kind::Choice(&["auto", "off", "kitty", "sixel", "iterm2", "blocks"]),
        "\"auto\"",
        "Pictures",
        "How pictures of customers are shown: auto takes the best that the terminal says it can; off shows their names \
         alone; the others are for terminals that do not say what they can.",
    ),
    row(
        "ui.mouse",
        Kind::Bool,
        "true",
        "Mouse",
        "Clicks and the wheel work in mctui. Without it the terminal selects text with the mouse as usual; with it, hold \
         Shift to do so.",
    ),
    row(
        "ui.list_width",
        Kind::Number { least: 0, most: 200 },
        "0",
        "Columns of the list",
        "How wide the list of threads is. 0: by the width of the screen. Dragging the divider sets it, too.",
    ),
    row("notify.bell", Kind::Bool, "true", "Bell", "Rings the terminal's bell when a message comes."),
    row(
        "notify.desktop",
        Kind::Choice(&["auto", "off", "osc9", "osc777", "system"]),
        "\"auto\"",
        "Desktop notifications",
        "auto: through the terminal where it is known to do so, else through the system. osc9, osc777: those of the \
         terminal. system: those of the desktop.",
    ),
    row(
        "notify.title",
        Kind::Bool,
        "true",
        "Count in the title",
        "Unread messages in the title of the terminal's window.",
    ),
    row(
        "notify.when",
        Kind::Choice(&["unfocused", "always"]),
        "\"unfocused\"",
        "When to notify",
        "unfocused: while the terminal is not looked at, or another thread is; where it does not say (tmux without \
         focus-events), half a minute after the last key. always: even of the thread in view.",
    ),
    row(
        "notify.show_text",
        Kind::Bool,
        "true",
        "Text in notifications",
        "Whether a notification shows what the customer wrote. Without it, it says from whom a message came.",
    ),
    row(
        "notify.muted",
        Kind::Numbers,
        "[]",
        "Muted numbers",
        "Our numbers of which nothing is told. Their messages come and count as unread all the same.",
    ),
    row(
        "compose.editor",
        Kind::Text,
        "\"\"",
        "External editor",
        "The command that opens a text, such as \"nano\" or \"code --wait\". Empty: $VISUAL, then $EDITOR.",
    ),
    row(
        "compose.many_segments",
        Kind::Number { least: 1, most: 1_000 },
        "10",
        "Ask from so many segments",
        "A text of so many segments or more is sent only when Enter is pressed twice: each is billed, and carriers may \
         cut or refuse a long one.",
    ),
    row(
        "compose.emoji",
        Kind::Bool,
        "true",
        "Emoji by name",
        "Whether :name: becomes an emoji as one types. An emoji makes each segment shorter.",
    ),
    row(
        "sync.poll_seconds",
        Kind::Number { least: 5, most: 86_400 },
        "15",
        "Seconds between looks",
        "The shortest usual wait between two looks for new messages while somebody is at the keyboard. mctui waits \
         longer by itself where the day's requests would not last.",
    ),
    row(
        "sync.history_limit",
        Kind::Number { least: 1, most: 10_000_000 },
        "1000",
        "Messages of a first fetch",
        "The newest messages of a number that are fetched when it is added. Older ones can be fetched at any time, in a \
         conversation or all at once.",
    ),
    row(
        "sync.daily_requests",
        Kind::Number { least: 100, most: 10_000_000 },
        "2500",
        "Requests a day",
        "What MightyCall allows each API key in any 24 hours. A tenth is kept for sending. Change it only where your \
         account has another limit.",
    ),
    row(
        "account.scheme",
        Kind::Choice(&["auto", "oauth", "number-key"]),
        "\"auto\"",
        "How requests are signed",
        "auto: OAuth where there is an account API key, else the number's key alone. The others pin one of the two.",
    ),
];

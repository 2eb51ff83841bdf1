//! What is said to the terminal besides cells: the bell, its notifications, the window's title. Bytes alone; who writes
//! them does so between two frames.

use crate::config::preferences::Desktop;
use crate::model::text::{notification, window_title};

/// What the environment says of the terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    term: String,
    /// `TERM_PROGRAM`, or what the terminal's own variables say.
    program: String,
    tmux: bool,
    remote: bool,
}

/// How the desktop is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// OSC 9.
    Osc9,
    /// OSC 777.
    Osc777,
    /// The system's own.
    System,
    /// Not at all.
    Silent,
}

const ST: &str = "\x1b\\";

impl Surroundings {
    /// As the process was started.
    pub fn read() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    fn of(var: impl Fn(&str) -> Option<String>) -> Self {
        let has = |name: &str| var(name).is_some_and(|value| !value.is_empty());
        // tmux puts itself in TERM_PROGRAM; what the terminal around it set before stays
        let known = [
            ("KITTY_WINDOW_ID", "kitty"),
            ("WEZTERM_PANE", "WezTerm"),
            ("GHOSTTY_RESOURCES_DIR", "ghostty"),
            ("ITERM_SESSION_ID", "iTerm.app"),
            ("WT_SESSION", "Windows Terminal"),
            ("ConEmuPID", "ConEmu"),
        ];
        let own = known.into_iter().find(|(name, _)| has(name)).map(|(_, program)| program.to_owned());
        let program = var("TERM_PROGRAM").filter(|program| program != "tmux" && !program.is_empty());
        Self {
            term: var("TERM").unwrap_or_default(),
            program: program.or(own).unwrap_or_default(),
            tmux: has("TMUX"),
            remote: has("SSH_CONNECTION") || has("SSH_TTY"),
        }
    }

    /// By which way the desktop is told, as `wanted`.
    pub fn way(&self, wanted: Desktop) -> Way {
        match wanted {
            Desktop::Off => Way::Silent,
            Desktop::Osc9 => Way::Osc9,
            Desktop::Osc777 => Way::Osc777,
            Desktop::System => Way::System,
            Desktop::Auto => self.best(),
        }
    }

    fn best(&self) -> Way {
        let term = |beginning: &str| self.term.starts_with(beginning);
        match self.program.as_str() {
            "WezTerm" | "ghostty" | "rxvt" | "contour" => return Way::Osc777,
            "kitty" | "iTerm.app" | "Windows Terminal" | "ConEmu" => return Way::Osc9,
            _ => {}
        }
        if term("foot") || term("rxvt-unicode") || term("xterm-ghostty") || term("wezterm") || term("contour") {
            Way::Osc777
        } else if term("xterm-kitty") {
            Way::Osc9
        } else if !self.remote {
            Way::System
        } else if self.is_console() {
            Way::Silent
        } else {
            // the desktop of the far side is nobody's; terminals that do not know this pass over it
            Way::Osc9
        }
    }

    /// A terminal without windows, which may print what it does not know.
    fn is_console(&self) -> bool {
        matches!(self.term.as_str(), "linux" | "dumb" | "")
    }

    /// A notification as the terminal shows it; nothing where it is not the terminal's to show.
    pub fn notify(&self, way: Way, title: &str, body: &str) -> String {
        let (title, body) = (notification(title), notification(body));
        match way {
            Way::Osc777 => self.through(&format!("\x1b]777;notify;{title};{body}{ST}")),
            Way::Osc9 if body.is_empty() => self.through(&format!("\x1b]9;{title}{ST}")),
            Way::Osc9 => self.through(&format!("\x1b]9;{title}: {body}{ST}")),
            Way::System | Way::Silent => String::new(),
        }
    }

    /// The window's title; nothing where there are no windows.
    pub fn title(&self, title: &str) -> String {
        if self.is_console() { String::new() } else { format!("\x1b]2;{}{ST}", window_title(title)) }
    }

    /// Past tmux, to the terminal around it, where tmux is told to let it (`allow-passthrough`).
    fn through(&self, bytes: &str) -> String {
        if self.tmux { format!("\x1bPtmux;{}{ST}", bytes.replace('\x1b', "\x1b\x1b")) } else { bytes.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn around(variables: &str) -> Surroundings {
        let find = |name: &str| {
            let pair = variables.split_whitespace().filter_map(|pair| pair.split_once('='));
            pair.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        };
        Surroundings::of(find)
    }

    #[rstest]
    #[case("TERM=xterm-kitty KITTY_WINDOW_ID=1", Way::Osc9)]
    #[case("TERM=xterm-kitty SSH_CONNECTION=x", Way::Osc9)]
    #[case("TERM=xterm-256color TERM_PROGRAM=WezTerm", Way::Osc777)]
    #[case("TERM=xterm-ghostty TERM_PROGRAM=ghostty", Way::Osc777)]
    #[case("TERM=foot", Way::Osc777)]
    #[case("TERM=foot-extra SSH_TTY=/dev/pts/1", Way::Osc777)]
    #[case("TERM=rxvt-unicode-256color", Way::Osc777)]
    #[case("TERM=xterm-256color TERM_PROGRAM=iTerm.app", Way::Osc9)]
    #[case("TERM=xterm-256color WT_SESSION=1", Way::Osc9)]
    #[case("TERM=cygwin ConEmuPID=7", Way::Osc9)]
    #[case("TERM=xterm-256color", Way::System)]
    #[case("TERM=linux", Way::System)]
    #[case("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", Way::System)]
    #[case("TERM=xterm-256color SSH_CONNECTION=x", Way::Osc9)]
    #[case("TERM=linux SSH_CONNECTION=x", Way::Silent)]
    #[case("TERM=tmux-256color TERM_PROGRAM=tmux TMUX=/tmp/1 WEZTERM_PANE=0", Way::Osc777)]
    fn knows_terminals(#[case] variables: &str, #[case] way: Way) {
        assert_eq!(around(variables).way(Desktop::Auto), way);
    }

    #[test]
    fn a_person_decides() {
        let kitty = around("TERM=xterm-kitty");
        let ways = [Desktop::Off, Desktop::Osc9, Desktop::Osc777, Desktop::System].map(|wanted| kitty.way(wanted));
        assert_eq!(ways, [Way::Silent, Way::Osc9, Way::Osc777, Way::System]);
    }

    #[test]
    fn says_what_terminals_understand() {
        let plain = around("TERM=foot");
        assert_eq!(plain.notify(Way::Osc9, "Dana", "Hi; there"), "\x1b]9;Dana: Hi, there\x1b\\");
        assert_eq!(plain.notify(Way::Osc9, "New message on Main Phone", ""), "\x1b]9;New message on Main Phone\x1b\\");
        assert_eq!(plain.notify(Way::Osc777, "Dana;", "Hi"), "\x1b]777;notify;Dana,;Hi\x1b\\");
        assert_eq!(plain.notify(Way::System, "Dana", "Hi"), "");
        assert_eq!(plain.title("(2) mctui"), "\x1b]2;(2) mctui\x1b\\");
        assert_eq!(around("TERM=linux").title("(2) mctui"), "");
        let tmux = around("TERM=tmux-256color TMUX=/tmp/1");
        assert_eq!(tmux.notify(Way::Osc9, "Dana", ""), "\x1bPtmux;\x1b\x1b]9;Dana\x1b\x1b\\\x1b\\");
        assert_eq!(tmux.title("mctui"), "\x1b]2;mctui\x1b\\", "tmux has titles itself");
    }

    #[test]
    fn nothing_foreign_ends_it_early() {
        let hostile = "\x1b\\\x07\u{9c}\u{1b}]0;owned\x07";
        for way in [Way::Osc9, Way::Osc777] {
            let said = around("TERM=foot").notify(way, hostile, hostile);
            let inside = said.strip_prefix("\x1b]").unwrap().strip_suffix(ST).unwrap();
            assert!(!inside.chars().any(char::is_control), "{said:?}");
        }
        let title = around("TERM=foot").title(hostile);
        assert!(!title.strip_prefix("\x1b]2;").unwrap().strip_suffix(ST).unwrap().chars().any(char::is_control));
    }
}

//! Text that comes faster than anyone types: a paste from a terminal, or through a multiplexer, that puts no brackets
//! around it. Its line ends look like Enter, and Enter sends.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::time::Instant;

/// Keys that are further apart were not read together.
const TOGETHER: Duration = Duration::from_millis(5);
/// How long the rest of a paste may take to come.
const REST: Duration = Duration::from_millis(20);
/// So many letters in a row are needed for a run: fewer a person may press while the program is busy.
const LETTERS: u32 = 2;

/// What came last, as far as it makes a run of text.
#[derive(Debug, Default)]
pub(crate) struct Run {
    last: Option<Instant>,
    letters: u32,
    /// A line end was in it.
    lines: bool,
}

impl Run {
    /// Takes note of an event. Where it is an Enter that may be the end of a pasted line, tells for how long to look for
    /// what follows it.
    pub(crate) fn takes(&mut self, event: &Event, now: Instant) -> Option<Duration> {
        let gap = if self.lines { REST } else { TOGETHER };
        let goes_on = self.last.is_some_and(|last| now.duration_since(last) <= gap);
        self.last = Some(now);
        if !goes_on {
            (self.letters, self.lines) = (0, false);
        }
        match pressed(event) {
            Some(key) if is_enter(key) => {
                (self.letters >= LETTERS || self.lines).then_some(if self.lines { REST } else { Duration::ZERO })
            }
            Some(key) if is_text(key) => {
                self.letters = self.letters.saturating_add(1);
                None
            }
            // the release of a key that was pressed
            None if matches!(event, Event::Key(_)) => None,
            _ => {
                (self.letters, self.lines) = (0, false);
                None
            }
        }
    }

    /// Whether an Enter after which that came is the end of a pasted line. The last one of a paste is, too.
    pub(crate) fn is_line_end(&mut self, next: Option<&Event>) -> bool {
        let text = next.and_then(pressed).is_some_and(|key| is_text(key) || is_enter(key));
        self.lines |= text;
        self.lines
    }
}

fn pressed(event: &Event) -> Option<&KeyEvent> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(key),
        _ => None,
    }
}

fn is_enter(key: &KeyEvent) -> bool {
    key.code == KeyCode::Enter && key.modifiers.is_empty()
}

fn is_text(key: &KeyEvent) -> bool {
    matches!(key.code, KeyCode::Char(_) | KeyCode::Tab) && (key.modifiers - KeyModifiers::SHIFT).is_empty()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// What becomes of each Enter: `n` for a new line, `!` for one that is pressed. In what is typed, `~` is an arrow, and
    /// `.` a moment in which nothing comes; everything else comes at once.
    fn enters(typed: &str) -> String {
        let start = Instant::now();
        let mut run = Run::default();
        let mut out = String::new();
        let (mut at, mut rest) = (start, typed.chars().peekable());
        let event = |c: char| {
            let code = match c {
                '\r' => KeyCode::Enter,
                '~' => KeyCode::Up,
                c => KeyCode::Char(c),
            };
            Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
        };
        while let Some(c) = rest.next() {
            if c == '.' {
                at += Duration::from_millis(50);
                continue;
            }
            let wait = run.takes(&event(c), at);
            if c == '\r' {
                let next = rest.peek().filter(|next| **next != '.').map(|next| event(*next));
                let is_line_end = wait.is_some() && run.is_line_end(next.as_ref());
                out.push(if is_line_end { 'n' } else { '!' });
            }
        }
        out
    }

    #[rstest]
    #[case::typed("h.e.l.l.o.\r", "!")]
    #[case::typed_at_once("hello\r", "!")]
    #[case::and_then_more("hello\r.more\r", "!!")]
    #[case::lines("one\rtwo\rthree", "nn")]
    #[case::lines_with_an_end("one\rtwo\r", "nn")]
    #[case::empty_lines("one\r\r\rtwo\r\r", "nnnnn")]
    #[case::after_the_paste("one\rtwo\r.\r", "nn!")]
    #[case::a_key_after_it("hello\r~", "!")]
    #[case::keys_in_a_list("j\rk\r", "!!")]
    #[case::enter_held_down("\r\r\r", "!!!")]
    fn tells_a_paste_from_typing(#[case] typed: &str, #[case] expected: &str) {
        assert_eq!(enters(typed), expected);
    }
}

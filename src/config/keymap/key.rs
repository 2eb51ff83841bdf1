//! A key with its modifiers, and its name: `ctrl-r`, `alt-1`, `f5`, `shift-tab`, `G`.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One key in the one form in which two ways to report the same press are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

/// Why a text names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing there.
    #[error("there is no key; write one such as ctrl-r or f5, or none")]
    Empty,
    /// Not a key's name.
    #[error("“{0}” is no key; write one such as ctrl-r, alt-1, f5, shift-tab, enter or G")]
    Unknown(String),
}

const NAMES: &[(&str, &str, KeyCode)] = &[
    ("enter", "Enter", KeyCode::Enter),
    ("esc", "Esc", KeyCode::Esc),
    ("tab", "Tab", KeyCode::Tab),
    ("space", "Space", KeyCode::Char(' ')),
    // stands between keys in a list of them
    ("comma", "Comma", KeyCode::Char(',')),
    ("backspace", "Backspace", KeyCode::Backspace),
    ("delete", "Delete", KeyCode::Delete),
    ("insert", "Insert", KeyCode::Insert),
    ("up", "Up", KeyCode::Up),
    ("down", "Down", KeyCode::Down),
    ("left", "Left", KeyCode::Left),
    ("right", "Right", KeyCode::Right),
    ("home", "Home", KeyCode::Home),
    ("end", "End", KeyCode::End),
    ("pgup", "PgUp", KeyCode::PageUp),
    ("pgdn", "PgDn", KeyCode::PageDown),
];

impl Key {
    /// The normal form of a press: capitals without Shift, Shift-Tab for back-tab, Ctrl with the small letter.
    pub fn of(event: KeyEvent) -> Self {
        Self::normal(event.code, event.modifiers)
    }

    /// A press of it, as a terminal could report it.
    pub fn event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    fn normal(code: KeyCode, modifiers: KeyModifiers) -> Self {
        let mut modifiers = modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        let code = match code {
            KeyCode::BackTab => {
                modifiers |= KeyModifiers::SHIFT;
                KeyCode::Tab
            }
            // the byte 0x1f, which terminals send for Ctrl-_, Ctrl-/ and Ctrl-7 alike
            KeyCode::Char('7' | '/' | '_') if modifiers.contains(KeyModifiers::CONTROL) => {
                modifiers.remove(KeyModifiers::SHIFT);
                KeyCode::Char('_')
            }
            KeyCode::Char(c) => {
                let shifted = modifiers.contains(KeyModifiers::SHIFT);
                modifiers.remove(KeyModifiers::SHIFT);
                KeyCode::Char(if modifiers.contains(KeyModifiers::CONTROL) {
                    c.to_ascii_lowercase()
                } else if shifted {
                    c.to_ascii_uppercase()
                } else {
                    c
                })
            }
            other => other,
        };
        Self { code, modifiers }
    }

    /// The character it types where no action claims it. Ctrl-Alt is what some systems report for `AltGr`.
    pub fn typed(self) -> Option<char> {
        let plain = self.modifiers.is_empty() || self.modifiers == KeyModifiers::CONTROL | KeyModifiers::ALT;
        match self.code {
            KeyCode::Char(c) if plain && !c.is_control() => Some(c),
            _ => None,
        }
    }

    /// Whether binding it would take a character away from whoever types.
    pub fn types_a_character(self) -> bool {
        self.modifiers.is_empty() && self.typed().is_some()
    }
}

impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let unknown = || KeyError::Unknown(text.chars().take(40).collect());
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(KeyError::Empty);
        }
        let mut modifiers = KeyModifiers::NONE;
        let known = [("ctrl-", KeyModifiers::CONTROL), ("alt-", KeyModifiers::ALT), ("shift-", KeyModifiers::SHIFT)];
        while let Some((name, modifier)) = known
            .iter()
            .find(|(name, _)| rest.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)))
            .filter(|(name, _)| rest.len() > name.len())
        {
            modifiers |= *modifier;
            rest = &rest[name.len()..];
        }
        let mut chars = rest.chars();
        let code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() => KeyCode::Char(c),
            _ => named(rest).ok_or_else(unknown)?,
        };
        Ok(Self::normal(code, modifiers))
    }
}

fn named(text: &str) -> Option<KeyCode> {
    let lower = text.to_ascii_lowercase();
    if let Some(number) = lower.strip_prefix('f').and_then(|digits| digits.parse::<u8>().ok()) {
        return (1..=24).contains(&number).then_some(KeyCode::F(number));
    }
    let lower = match lower.as_str() {
        "escape" => "esc",
        "return" => "enter",
        "del" => "delete",
        "pageup" => "pgup",
        "pagedown" => "pgdn",
        other => other,
    };
    NAMES.iter().find(|(name, ..)| *name == lower).map(|(.., code)| *code)
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (modifier, name) in
            [(KeyModifiers::CONTROL, "Ctrl-"), (KeyModifiers::ALT, "Alt-"), (KeyModifiers::SHIFT, "Shift-")]
        {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        match self.code {
            KeyCode::F(number) => write!(f, "F{number}"),
            KeyCode::Char(c) if c != ' ' && c != ',' && self.modifiers.is_empty() => write!(f, "{c}"),
            KeyCode::Char(c) if c != ' ' && c != ',' => write!(f, "{}", c.to_ascii_uppercase()),
            code => f.write_str(NAMES.iter().find(|(.., named)| *named == code).map_or("?", |(_, shown, _)| shown)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ctrl-r", KeyCode::Char('r'), KeyModifiers::CONTROL, "Ctrl-R")]
    #[case("CTRL-R", KeyCode::Char('R'), KeyModifiers::CONTROL | KeyModifiers::SHIFT, "Ctrl-R")]
    #[case("alt-1", KeyCode::Char('1'), KeyModifiers::ALT, "Alt-1")]
    #[case("f5", KeyCode::F(5), KeyModifiers::NONE, "F5")]
    #[case("shift-tab", KeyCode::BackTab, KeyModifiers::SHIFT, "Shift-Tab")]
    #[case("shift-tab", KeyCode::BackTab, KeyModifiers::NONE, "Shift-Tab")]
    #[case("G", KeyCode::Char('G'), KeyModifiers::SHIFT, "G")]
    #[case("shift-g", KeyCode::Char('G'), KeyModifiers::SHIFT, "G")]
    #[case("?", KeyCode::Char('?'), KeyModifiers::SHIFT, "?")]
    #[case("alt-enter", KeyCode::Enter, KeyModifiers::ALT, "Alt-Enter")]
    #[case("ctrl-_", KeyCode::Char('7'), KeyModifiers::CONTROL, "Ctrl-_")]
    #[case("comma", KeyCode::Char(','), KeyModifiers::NONE, "Comma")]
    #[case("-", KeyCode::Char('-'), KeyModifiers::NONE, "-")]
    #[case("pagedown", KeyCode::PageDown, KeyModifiers::NONE, "PgDn")]
    fn names_and_presses_meet(
        #[case] name: &str,
        #[case] code: KeyCode,
        #[case] modifiers: KeyModifiers,
        #[case] shown: &str,
    ) {
        let key: Key = name.parse().unwrap();
        assert_eq!(key, Key::of(KeyEvent::new(code, modifiers)));
        assert_eq!(key.to_string(), shown);
        assert_eq!(shown.parse::<Key>().unwrap(), key, "what is printed reads back");
    }

    #[rstest]
    #[case("")]
    #[case("ctrl-")]
    #[case("f0")]
    #[case("f25")]
    #[case("hyper-x")]
    fn refuses(#[case] name: &str) {
        assert!(name.parse::<Key>().is_err());
    }

    #[test]
    fn alt_gr_types() {
        let alt_gr = KeyModifiers::CONTROL | KeyModifiers::ALT;
        assert_eq!(Key::of(KeyEvent::new(KeyCode::Char('@'), alt_gr)).typed(), Some('@'));
        assert_eq!(Key::of(KeyEvent::new(KeyCode::Char('a'), KeyModifiers::CONTROL)).typed(), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = text.parse::<Key>();
        }
    }
}

//! What a piece of text is on the screen for, and how each of these looks.

use std::sync::OnceLock;

use ratatui::style::{Color, Modifier, Style};

pub(crate) use crate::config::theme::Role as Ink;
use crate::config::theme::{self, DEFAULT, Depth, Look, Rgb, Theme, Themes};

/// How inks look: a theme, made for the colours that the terminal has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Palette {
    styles: [Style; Ink::COUNT],
}

impl Default for Palette {
    fn default() -> Self {
        static TERMINALS_OWN: OnceLock<Palette> = OnceLock::new();
        let own = || {
            let themes = Themes::default();
            Self::of(themes.get(DEFAULT).unwrap_or(&Theme::bare()), Depth::True)
        };
        TERMINALS_OWN.get_or_init(own).clone()
    }
}

impl Palette {
    /// A theme as a terminal of that many colours shows it.
    pub(crate) fn of(theme: &Theme, depth: Depth) -> Self {
        let theme = theme.at(depth);
        Self { styles: Ink::ALL.map(|ink| style(theme.look(ink))) }
    }

    /// An ink laid over what is there: what it does not say stays.
    pub(crate) fn style(&self, ink: Ink) -> Style {
        self.styles[ink as usize]
    }

    /// An ink for letters, in place of what was there before; the ground stays where the ink has none of its own.
    pub(crate) fn letters(&self, ink: Ink) -> Style {
        let style = self.style(ink);
        let plain = self.style(Ink::Plain).fg.unwrap_or(Color::Reset);
        Style { fg: Some(style.fg.unwrap_or(plain)), sub_modifier: style.add_modifier.complement(), ..style }
    }

    /// A ground without anything on it.
    pub(crate) fn ground(&self, ink: Ink) -> Style {
        let (style, screen) = (self.style(ink), self.style(Ink::Screen));
        let of = |own: Option<Color>, screen: Option<Color>| own.or(screen).unwrap_or(Color::Reset);
        Style::new().fg(of(style.fg, screen.fg)).bg(of(style.bg, screen.bg))
    }
}

fn style(look: Look) -> Style {
    let modifiers = [
        (look.bold, Modifier::BOLD),
        (look.dim, Modifier::DIM),
        (look.italic, Modifier::ITALIC),
        (look.underline, Modifier::UNDERLINED),
        (look.reverse, Modifier::REVERSED),
    ];
    let modifier = modifiers.into_iter().filter(|(set, _)| *set).fold(Modifier::empty(), |all, (_, one)| all | one);
    Style { fg: look.fg.map(color), bg: look.bg.map(color), ..Style::new().add_modifier(modifier) }
}

fn color(color: theme::Color) -> Color {
    match color {
        theme::Color::Terminal => Color::Reset,
        theme::Color::Ansi(at) => match at {
            0 => Color::Black,
            1 => Color::Red,
            2 => Color::Green,
            3 => Color::Yellow,
            4 => Color::Blue,
            5 => Color::Magenta,
            6 => Color::Cyan,
            7 => Color::Gray,
            8 => Color::DarkGray,
            9 => Color::LightRed,
            10 => Color::LightGreen,
            11 => Color::LightYellow,
            12 => Color::LightBlue,
            13 => Color::LightMagenta,
            14 => Color::LightCyan,
            _ => Color::White,
        },
        theme::Color::Indexed(at) => Color::Indexed(at),
        theme::Color::Rgb(Rgb(red, green, blue)) => Color::Rgb(red, green, blue),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_replace_and_tints_lie_over() {
        let themes = Themes::default();
        let palette = Palette::of(themes.get("nord").unwrap(), Depth::True);
        let letters = palette.letters(Ink::Plain);
        assert_eq!(letters.fg, Some(Color::Rgb(0xd8, 0xde, 0xe9)));
        assert_eq!((letters.bg, letters.add_modifier), (None, Modifier::empty()));
        assert!(letters.sub_modifier.contains(Modifier::BOLD | Modifier::REVERSED));
        assert_eq!(palette.style(Ink::Current).fg, None);
        assert_eq!(palette.ground(Ink::Screen).bg, Some(Color::Rgb(0x2e, 0x34, 0x40)));
    }

    #[test]
    fn without_colours_there_are_none() {
        let themes = Themes::default();
        for theme in themes.all() {
            let palette = Palette::of(theme, Depth::None);
            assert!(palette.styles.iter().all(|style| style.fg.is_none() && style.bg.is_none()), "{}", theme.id);
            assert!(palette.style(Ink::Selected).add_modifier.contains(Modifier::REVERSED));
        }
    }
}

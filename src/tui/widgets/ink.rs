//! What a piece of text is on the screen for, and how each of these looks.

use ratatui::style::{Color, Modifier, Style};

/// What a piece of text is there for. Views know these alone; the palette says how each looks, and never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Ink {
    /// As the terminal has it.
    #[default]
    Plain,
    /// Less important.
    Dim,
    /// More important.
    Bold,
    /// Selected where the keys go.
    Selected,
    /// It went well.
    Good,
    /// To be looked at.
    Warn,
    /// It went wrong.
    Bad,
    /// What a person may press or choose.
    Accent,
    /// The first line of the screen.
    Header,
    /// The frame of a pane.
    Frame,
    /// The frame of the pane where the keys go.
    Focus,
    /// What a customer wrote.
    Inbound,
    /// What was written to a customer.
    Outbound,
    /// Who of the staff wrote it.
    Staff,
    /// The line of a day.
    Day,
    /// Leads somewhere.
    Link,
    /// What was searched for.
    Match,
    /// Not read yet.
    Unread,
}

/// How inks look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Palette;

impl Palette {
    /// An ink as the terminal knows it: few colours, none that a light or a dark ground swallows.
    pub(crate) fn style(self, ink: Ink) -> Style {
        match ink {
            Ink::Plain | Ink::Inbound | Ink::Outbound | Ink::Header => Style::new(),
            Ink::Dim | Ink::Frame | Ink::Day => Style::new().add_modifier(Modifier::DIM),
            Ink::Staff => Style::new().fg(Color::Cyan),
            Ink::Bold | Ink::Accent | Ink::Focus | Ink::Unread => Style::new().add_modifier(Modifier::BOLD),
            Ink::Selected => Style::new().add_modifier(Modifier::REVERSED),
            Ink::Match => Style::new().fg(Color::Black).bg(Color::Yellow),
            Ink::Link => Style::new().add_modifier(Modifier::UNDERLINED),
            Ink::Good => Style::new().fg(Color::Green),
            Ink::Warn => Style::new().fg(Color::Magenta).add_modifier(Modifier::BOLD),
            Ink::Bad => Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
        }
    }
}

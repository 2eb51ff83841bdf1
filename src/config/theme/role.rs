//! The kinds of things that a theme gives a look.

use serde::Deserialize;

use super::{Color, Theme};

/// A kind of thing on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// What has no other role; the screen's own colour where the theme does not say.
    #[default]
    Plain,
    /// The ground that everything stands on.
    Screen,
    /// The ground of windows.
    Window,
    /// The first line.
    Header,
    /// The last line.
    Hints,
    /// The keys named in the last line and elsewhere.
    Key,
    /// Frames.
    Frame,
    /// The frame of what has the keys.
    Focus,
    /// The row that the keys act on.
    Selected,
    /// The selected row of a list that does not have the keys.
    Current,
    /// Less important.
    Dim,
    /// More important.
    Bold,
    /// What should catch the eye without being a warning.
    Accent,
    /// It went well.
    Good,
    /// To be looked at.
    Warn,
    /// It went wrong.
    Bad,
    /// Unread.
    Unread,
    /// What they wrote.
    Inbound,
    /// What we wrote.
    Outbound,
    /// Who of the staff wrote it, when, and how it went.
    Staff,
    /// The line between days, and others across a conversation.
    Day,
    /// A link.
    Link,
    /// What was searched for, where it was found.
    Match,
}

impl Role {
    /// How many there are.
    pub const COUNT: usize = 23;

    /// All of them.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Plain,
        Self::Screen,
        Self::Window,
        Self::Header,
        Self::Hints,
        Self::Key,
        Self::Frame,
        Self::Focus,
        Self::Selected,
        Self::Current,
        Self::Dim,
        Self::Bold,
        Self::Accent,
        Self::Good,
        Self::Warn,
        Self::Bad,
        Self::Unread,
        Self::Inbound,
        Self::Outbound,
        Self::Staff,
        Self::Day,
        Self::Link,
        Self::Match,
    ];

    /// Those whose ground others stand on.
    pub const GROUNDS: [Self; 5] = [Self::Screen, Self::Window, Self::Header, Self::Hints, Self::Current];

    /// How it looks where a theme does not say.
    pub(super) fn otherwise(self, theme: &Theme) -> Look {
        let plain = Look::default();
        match self {
            Self::Screen | Self::Good | Self::Current => plain,
            Self::Plain => Look { fg: theme.look(Self::Screen).fg, ..plain },
            Self::Window => theme.look(Self::Screen),
            Self::Bold | Self::Accent | Self::Warn | Self::Bad => Look { bold: true, ..theme.look(Self::Plain) },
            Self::Header | Self::Focus | Self::Unread | Self::Key => theme.look(Self::Bold),
            Self::Dim => Look { dim: true, ..plain },
            Self::Frame | Self::Hints | Self::Staff | Self::Day => theme.look(Self::Dim),
            Self::Inbound | Self::Outbound => theme.look(Self::Plain),
            Self::Selected | Self::Match => Look { reverse: true, ..plain },
            Self::Link => Look { underline: true, ..theme.look(Self::Plain) },
        }
    }
}

/// How something looks. What is not set stays as it is under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// The text's colour.
    pub fg: Option<Color>,
    /// The ground's.
    pub bg: Option<Color>,
    /// In bold.
    pub bold: bool,
    /// Faint.
    pub dim: bool,
    /// Slanted.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Text and ground exchanged.
    pub reverse: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        for (at, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, at, "{role:?}");
        }
    }
}

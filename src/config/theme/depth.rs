//! How many colours a terminal has, and a theme made of fewer.

use super::color::{Color, Rgb, contrast};
use super::{Look, Role, Theme};

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// None, or none wanted: bold, dim, underlined and reversed are left.
    None,
    /// The sixteen of the terminal.
    Sixteen,
    /// 256.
    Indexed,
    /// All.
    #[default]
    True,
}

/// What a terminal says of itself in the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terminal<'a> {
    /// `TERM`
    pub term: Option<&'a str>,
    /// `COLORTERM`
    pub colorterm: Option<&'a str>,
    /// `TERM_PROGRAM`
    pub program: Option<&'a str>,
}

impl Terminal<'_> {
    /// How many colours it has. Terminals that can do more than they say are taken at their word.
    pub fn depth(self) -> Depth {
        let term = self.term.unwrap_or_default().to_ascii_lowercase();
        let colorterm = self.colorterm.unwrap_or_default().to_ascii_lowercase();
        let begins = |names: &[&str]| names.iter().any(|name| term.starts_with(name));
        if term == "dumb" || begins(&["vt1", "vt2", "vt5"]) {
            return Depth::None;
        }
        if colorterm == "truecolor" || colorterm == "24bit" || term.ends_with("-direct") {
            return Depth::True;
        }
        match self.program.unwrap_or_default() {
            "iTerm.app" | "WezTerm" | "vscode" | "ghostty" | "Hyper" | "rio" => return Depth::True,
            "Apple_Terminal" => return Depth::Indexed,
            _ => {}
        }
        if begins(&["xterm-kitty", "alacritty", "wezterm", "foot", "xterm-ghostty", "contour", "rio"]) {
            Depth::True
        } else if term.contains("256color") {
            Depth::Indexed
        } else if term.is_empty() && cfg!(windows) {
            // the console of Windows 10 and later
            Depth::True
        } else {
            Depth::Sixteen
        }
    }
}

/// Contrast of a selected row's ground with the screen's, where the one is made for the other.
const APART: f64 = 1.6;

/// A theme with the colours that there are. Text keeps the contrast that it has, as far as there are colours for it: two
/// that were apart never become one.
pub(super) fn reduce(theme: &Theme, depth: Depth) -> Theme {
    if depth == Depth::None {
        let Theme { id, name, about, is_built_in, .. } = theme.clone();
        return Theme { id, name, about, is_built_in, ..Theme::bare() };
    }
    let mut out = theme.clone();
    for role in Role::GROUNDS {
        if let Some(look) = &mut out.looks[role as usize] {
            look.bg = look.bg.map(|color| nearest(color, depth, &[]));
        }
    }
    let before = rgbs(theme.grounds());
    let after = rgbs(out.grounds());
    for role in Role::ALL.into_iter().filter(|role| !Role::GROUNDS.contains(role)) {
        if let Some(look) = &mut out.looks[role as usize] {
            // what is to be seen by its ground must not have the screen's
            let apart: Vec<_> = after.iter().map(|ground| (*ground, APART)).collect();
            look.bg = look.bg.map(|color| nearest(color, depth, &apart));
        }
    }
    for (look, was) in out.looks.iter_mut().zip(&theme.looks) {
        let (Some(look), Some(was)) = (look, was) else { continue };
        let own = |look: &Look| look.bg.and_then(Color::rgb).map(|ground| vec![ground]);
        let (stood, stands) = (own(was).unwrap_or(before.clone()), own(look).unwrap_or(after.clone()));
        look.fg = look.fg.map(|color| {
            let had = |ground: Rgb| color.rgb().map_or(1.0, |rgb| contrast(rgb, ground));
            // what a frame has is enough for a frame, and what reads well need not read better
            let wanted = stood.iter().map(|ground| had(*ground)).fold(7.0, f64::min);
            nearest(color, depth, &stands.iter().map(|ground| (*ground, wanted)).collect::<Vec<_>>())
        });
    }
    out
}

fn rgbs(colors: Vec<Color>) -> Vec<Rgb> {
    colors.into_iter().filter_map(Color::rgb).collect()
}

/// The colour that there is and that is most like `color` among those that stand out enough from the grounds.
fn nearest(color: Color, depth: Depth, grounds: &[(Rgb, f64)]) -> Color {
    let Some(rgb) = color.rgb() else { return color };
    let is_there = match color {
        Color::Terminal | Color::Ansi(_) => true,
        Color::Indexed(_) => depth == Depth::Indexed || depth == Depth::True,
        Color::Rgb(_) => depth == Depth::True,
    };
    if is_there {
        return color;
    }
    let there_are: Vec<Color> = match depth {
        // the first sixteen are a person's own, and may be anything
        Depth::Indexed => (16..=255).map(Color::Indexed).collect(),
        // the ground of a screen of sixteen is black or white, whatever the grey
        _ if grounds.is_empty() => vec![Color::Ansi(if rgb.luminance() < 0.2 { 0 } else { 15 })],
        _ => (0..16).map(Color::Ansi).collect(),
    };
    let lacks = |candidate: Rgb| {
        grounds.iter().map(|(ground, wanted)| (wanted - contrast(candidate, *ground)).max(0.0)).fold(0.0, f64::max)
    };
    let better = |one: &Color, other: &Color| {
        let (Some(one), Some(other)) = (one.rgb(), other.rgb()) else { return std::cmp::Ordering::Equal };
        lacks(one).total_cmp(&lacks(other)).then(rgb.distance(one).cmp(&rgb.distance(other)))
    };
    there_are.into_iter().min_by(better).unwrap_or(color)
}

impl Role {
    /// Whether letters are written in it, so that it must be read and not only seen.
    pub fn is_read(self) -> bool {
        !matches!(self, Self::Frame | Self::Focus | Self::Screen | Self::Window | Self::Current)
    }
}

//! Themes: how each kind of thing on the screen looks. Data alone; the screen makes its styles of it.
//!
//! A theme is a TOML file: the built-in ones are in `assets/themes`, a person's own lie in `themes` beside `config.toml`.
//!
//! ```toml
//! name = "Harbour at night"
//! about = "nord with a warmer accent"
//! inherits = "nord"          # what is not said here is as it is there
//!
//! [colors]                   # names of this file's own
//! lamp = "#ebcb8b"
//!
//! [roles]                    # modifiers, a colour, and a ground after "on"
//! accent = "bold lamp"
//! selected = "#2e3440 on lamp"
//! ```

mod color;
mod depth;
mod folder;
mod read;
mod role;
mod wanted;

use std::path::PathBuf;
use std::sync::OnceLock;

pub use color::{Color, Rgb, contrast};
pub use depth::{Depth, Terminal};
pub use role::{Look, Role};

/// The name of the theme that is in force where nothing else is said: the terminal's own colours.
pub const DEFAULT: &str = "default";

/// The built-in ones, in the order of the list.
const BUILT_IN: &[(&str, &str)] = &[
    (DEFAULT, include_str!("../../assets/themes/default.toml")),
    ("harbour-night", include_str!("../../assets/themes/harbour-night.toml")),
    ("harbour-day", include_str!("../../assets/themes/harbour-day.toml")),
    ("contrast-dark", include_str!("../../assets/themes/contrast-dark.toml")),
    ("contrast-light", include_str!("../../assets/themes/contrast-light.toml")),
    ("sixteen-dark", include_str!("../../assets/themes/sixteen-dark.toml")),
    ("sixteen-light", include_str!("../../assets/themes/sixteen-light.toml")),
    ("none", include_str!("../../assets/themes/none.toml")),
    ("catppuccin-mocha", include_str!("../../assets/themes/catppuccin-mocha.toml")),
    ("catppuccin-latte", include_str!("../../assets/themes/catppuccin-latte.toml")),
    ("dracula", include_str!("../../assets/themes/dracula.toml")),
    ("gruvbox-dark", include_str!("../../assets/themes/gruvbox-dark.toml")),
    ("gruvbox-light", include_str!("../../assets/themes/gruvbox-light.toml")),
    ("nord", include_str!("../../assets/themes/nord.toml")),
    ("solarized-dark", include_str!("../../assets/themes/solarized-dark.toml")),
    ("solarized-light", include_str!("../../assets/themes/solarized-light.toml")),
    ("tokyo-night", include_str!("../../assets/themes/tokyo-night.toml")),
];

/// A theme, with what it inherits already in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// What the settings call it: the file's name without `.toml`.
    pub id: String,
    /// What people call it. May be anything: to be made safe where it is shown.
    pub name: String,
    /// A few words about it; may be anything too.
    pub about: String,
    /// Whether it came with mctui.
    pub is_built_in: bool,
    looks: [Option<Look>; Role::COUNT],
}

/// Why a theme cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {problem}", path.display(), line_words(*line))]
pub struct ThemeError {
    /// The file.
    pub path: PathBuf,
    /// Line, from 1; 0 where none can be told.
    pub line: usize,
    /// What is wrong there and what would do.
    pub problem: String,
}

impl ThemeError {
    /// Where it is: the file with its line.
    pub fn place(&self) -> String {
        format!("{}{}", self.path.display(), line_words(self.line))
    }

    /// All of it without the folder, for where there is little room.
    pub fn brief(&self) -> String {
        let file = self.path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        format!("{file}{}: {}", line_words(self.line), self.problem)
    }
}

fn line_words(line: usize) -> String {
    if line == 0 { String::new() } else { format!(", line {line}") }
}

impl Theme {
    /// How a role looks: as the theme says, else as a role near to it does.
    pub fn look(&self, role: Role) -> Look {
        self.looks[role as usize].unwrap_or_else(|| role.otherwise(self))
    }

    /// Whether the theme says so itself.
    pub fn says(&self, role: Role) -> bool {
        self.looks[role as usize].is_some()
    }

    /// The grounds that text may stand on besides its own.
    pub fn grounds(&self) -> Vec<Color> {
        let mut grounds: Vec<Color> = Role::GROUNDS.iter().filter_map(|role| self.look(*role).bg).collect();
        grounds.dedup();
        grounds
    }

    /// The same for a terminal with fewer colours.
    #[must_use]
    pub fn at(&self, depth: Depth) -> Self {
        depth::reduce(self, depth)
    }

    /// A theme that says nothing: bold, dim, underlined and reversed, as the roles have them.
    pub fn bare() -> Self {
        Self {
            id: "none".to_owned(),
            name: "None".to_owned(),
            about: String::new(),
            is_built_in: true,
            looks: [None; Role::COUNT],
        }
    }
}

/// All themes there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Themes {
    all: Vec<Theme>,
    problems: Vec<ThemeError>,
}

impl Default for Themes {
    fn default() -> Self {
        static BUILT_IN_ONES: OnceLock<Themes> = OnceLock::new();
        BUILT_IN_ONES.get_or_init(|| folder::put_together(&[], Vec::new())).clone()
    }
}

impl Themes {
    /// The built-in ones and a person's own. Reads the folder: not for the thread that draws.
    pub fn with_own(folder: &std::path::Path) -> Self {
        let (own, problems) = folder::read(folder);
        folder::put_together(&own, problems)
    }

    /// The theme of that name.
    pub fn get(&self, id: &str) -> Option<&Theme> {
        self.all.iter().find(|theme| theme.id == id)
    }

    /// All of them, a person's own last.
    pub fn all(&self) -> &[Theme] {
        &self.all
    }

    /// Files that are no themes, and why.
    pub fn problems(&self) -> &[ThemeError] {
        &self.problems
    }
}

#[cfg(test)]
mod tests;

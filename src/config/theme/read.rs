//! A theme's text: what is wrong in it is told with its line.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::{Color, Look, Role, ThemeError};
use crate::config::nearest::did_you_mean;

/// A theme as its file has it, before what it inherits is put under it.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    pub(super) name: Option<String>,
    pub(super) about: Option<String>,
    /// Whose looks lie under these, and the line that says so.
    pub(super) inherits: Option<(String, usize)>,
    pub(super) looks: BTreeMap<Role, Look>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    name: Option<String>,
    about: Option<String>,
    inherits: Option<Spanned<String>>,
    #[serde(default)]
    colors: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    roles: BTreeMap<Role, Spanned<String>>,
}

/// Words of a look that are no colours.
const WORDS: [&str; 6] = ["bold", "dim", "italic", "underline", "reverse", "on"];

/// Reads a theme's text; `path` is for the errors alone.
pub(super) fn read(path: &Path, text: &str) -> Result<Sketch, ThemeError> {
    let line_at = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
    let wrong = |line: usize, problem: String| ThemeError { path: path.to_owned(), line, problem };
    let shape: Shape = toml::from_str(text).map_err(|why| {
        let line = why.span().map_or(0, |span| line_at(span.start));
        wrong(line, with_nearest(&why.message().trim().replace('\n', " ")))
    })?;
    let mut own = BTreeMap::new();
    for (name, value) in &shape.colors {
        let line = line_at(value.span().start);
        if WORDS.contains(&name.as_str()) || Color::named(name).is_some() {
            return Err(wrong(line, format!("“{name}” means something already; give this colour another name")));
        }
        let color = Color::named(value.get_ref()).ok_or_else(|| wrong(line, no_color(value.get_ref())))?;
        own.insert(name.as_str(), color);
    }
    let mut looks = BTreeMap::new();
    for (role, words) in &shape.roles {
        let look = look(words.get_ref(), &own).map_err(|problem| wrong(line_at(words.span().start), problem))?;
        looks.insert(*role, look);
    }
    let inherits = shape.inherits.map(|name| (name.get_ref().clone(), line_at(name.span().start)));
    Ok(Sketch { name: shape.name, about: shape.about, inherits, looks })
}

/// With the name that may have been meant, where the error is about one that is not known.
fn with_nearest(message: &str) -> String {
    let name = message.strip_prefix("unknown ").and_then(|rest| rest.split('`').nth(1));
    let expected = message.split_once("`, expected").map(|(_, expected)| expected);
    let near = name.zip(expected).map(|(name, expected)| did_you_mean(name, expected.split('`').skip(1).step_by(2)));
    format!("{message}{}", near.unwrap_or_default())
}

fn no_color(text: &str) -> String {
    format!(
        "“{text}” is no colour; write one such as red, bright-red, #8fbcbb, 208 or terminal, or a name from [colors]"
    )
}

/// `bold #88c0d0 on night`.
fn look(text: &str, own: &BTreeMap<&str, Color>) -> Result<Look, String> {
    let mut look = Look::default();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        let of = |word: &str| own.get(word).copied().or_else(|| Color::named(word)).ok_or_else(|| no_color(word));
        match word {
            "bold" => look.bold = true,
            "dim" => look.dim = true,
            "italic" => look.italic = true,
            "underline" => look.underline = true,
            "reverse" => look.reverse = true,
            "on" => {
                let ground = words.next().ok_or("after “on” comes the colour of the ground")?;
                if look.bg.replace(of(ground)?).is_some() {
                    return Err(format!("“{text}” has two grounds; leave one"));
                }
            }
            _ => {
                if look.fg.replace(of(word)?).is_some() {
                    return Err(format!("“{text}” has two colours; the ground's comes after “on”"));
                }
            }
        }
    }
    Ok(look)
}

//! The theme that the settings name, where there is none of that name.

use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::{ThemeError, Themes};
use crate::config::file::access;
use crate::config::nearest::did_you_mean;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Shape {
    ui: Part,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Part {
    theme: Option<Spanned<String>>,
}

impl Themes {
    /// With a problem more where the settings in that file name a theme that there is not. Reads the file: not for the
    /// thread that draws.
    #[must_use]
    pub fn wanted_by(mut self, file: &Path) -> Self {
        self.problems.extend(self.missing(file));
        self
    }

    fn missing(&self, file: &Path) -> Option<ThemeError> {
        let text = access::read(file).ok()??.text;
        let named = toml::from_str::<Shape>(&text).ok()?.ui.theme?;
        let id = named.get_ref();
        let own = format!("{id}.toml");
        // what is wrong with a file of that name is told of already
        if self.get(id).is_some() || self.problems.iter().any(|problem| problem.path.ends_with(&own)) {
            return None;
        }
        let line = text.get(..named.span().start).unwrap_or(&text).matches('\n').count() + 1;
        let near = did_you_mean(id, self.all.iter().map(|theme| theme.id.as_str()));
        Some(ThemeError { path: file.to_owned(), line, problem: format!("there is no theme “{id}”{near}") })
    }
}

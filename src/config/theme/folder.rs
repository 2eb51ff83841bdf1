//! A person's own themes, and how they are put together with the built-in ones.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::read::{Sketch, read as read_text};
use super::{BUILT_IN, Role, Theme, ThemeError};

/// A theme is a few lines for each role.
const LARGEST: u64 = 64 * 1024;
/// Nobody has more; a folder with more is another one.
const MOST: usize = 200;

/// A theme's file: its name without `.toml`, where it lies, what is in it.
pub(super) type Own = (String, PathBuf, Sketch);

/// The themes of a folder by name, and what is no theme. No folder is an empty one.
pub(super) fn read(folder: &Path) -> (Vec<Own>, Vec<ThemeError>) {
    let mut files: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => Vec::new(),
    };
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    files.truncate(MOST);
    let (mut own, mut problems) = (Vec::new(), Vec::new());
    for path in files {
        let Some(id) = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()) else { continue };
        match text_of(&path).and_then(|text| read_text(&path, &text)) {
            Ok(sketch) => own.push((id, path, sketch)),
            Err(problem) => problems.push(problem),
        }
    }
    (own, problems)
}

fn text_of(path: &Path) -> Result<String, ThemeError> {
    let wrong = |problem: String| ThemeError { path: path.to_owned(), line: 0, problem };
    // a pipe may never end
    let meta = std::fs::metadata(path).map_err(|why| wrong(format!("cannot be read: {why}")))?;
    if !meta.is_file() || meta.len() > LARGEST {
        return Err(wrong("this is no theme: not a file, or larger than 64 KiB".to_owned()));
    }
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|why| wrong(format!("cannot be read: {why}")))?;
    file.take(LARGEST).read_to_string(&mut text).map_err(|why| wrong(format!("cannot be read: {why}")))?;
    Ok(text)
}

/// All themes: the built-in ones with a person's in the place of those of the same name, then the other ones of theirs.
pub(super) fn put_together(own: &[Own], mut problems: Vec<ThemeError>) -> super::Themes {
    let mut built_in: BTreeMap<String, Theme> = BTreeMap::new();
    for (id, text) in BUILT_IN {
        let path = PathBuf::from(format!("{id}.toml"));
        let sketch = read_text(&path, text).expect("a test reads every built-in theme");
        let under = sketch.inherits.as_ref().and_then(|(base, _)| built_in.get(base)).cloned();
        built_in.insert((*id).to_owned(), theme(id, &sketch, under, true));
    }
    let sketches: BTreeMap<&str, &Own> = own.iter().map(|own| (own.0.as_str(), own)).collect();
    let mut theirs = Vec::new();
    for (id, ..) in own {
        match resolve(id, &sketches, &built_in, &mut Vec::new()) {
            Ok(theme) => theirs.push(theme),
            Err(problem) => problems.push(problem),
        }
    }
    let mut all = Vec::with_capacity(BUILT_IN.len() + theirs.len());
    for (id, _) in BUILT_IN {
        match theirs.iter().position(|theme| theme.id == *id) {
            Some(at) => all.push(theirs.remove(at)),
            None => all.extend(built_in.remove(*id)),
        }
    }
    all.extend(theirs);
    super::Themes { all, problems }
}

/// One of a person's themes with what it inherits; `above` are those that inherit it.
fn resolve<'a>(
    id: &'a str,
    own: &BTreeMap<&'a str, &'a Own>,
    built_in: &BTreeMap<String, Theme>,
    above: &mut Vec<&'a str>,
) -> Result<Theme, ThemeError> {
    let (_, path, sketch) = own[id];
    let Some((base, line)) = &sketch.inherits else { return Ok(theme(id, sketch, None, false)) };
    let wrong = |problem: String| ThemeError { path: path.clone(), line: *line, problem };
    above.push(id);
    // a theme of the name of a built-in one may inherit that
    let theirs = own.get_key_value(base.as_str()).filter(|_| base != id);
    let under = match theirs {
        Some((base, _)) if above.contains(base) => {
            return Err(wrong(format!("“{base}” inherits this one; a theme cannot inherit itself")));
        }
        Some((base, _)) => resolve(base, own, built_in, above)?,
        None => built_in.get(base).cloned().ok_or_else(|| wrong(format!("there is no theme “{base}” to inherit")))?,
    };
    Ok(theme(id, sketch, Some(under), false))
}

fn theme(id: &str, sketch: &Sketch, under: Option<Theme>, is_built_in: bool) -> Theme {
    let mut looks = under.map_or([None; Role::COUNT], |under| under.looks);
    for (role, look) in &sketch.looks {
        looks[*role as usize] = Some(*look);
    }
    Theme {
        id: id.to_owned(),
        name: sketch.name.clone().unwrap_or_else(|| id.to_owned()),
        about: sketch.about.clone().unwrap_or_default(),
        is_built_in,
        looks,
    }
}

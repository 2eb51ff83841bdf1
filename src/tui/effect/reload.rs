//! The settings file, changed by another program: read again at once, and put in force where it is good.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::EventKind;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::config::{Config, ConfigError, Environment, Places, edit};
use crate::tui::message::{Notice, Story};

/// An editor writes a file in several steps: the last of them counts.
pub(super) const QUIET: Duration = Duration::from_millis(150);

/// What the file is like now.
#[derive(Debug)]
pub(super) enum Found {
    /// As it was when it was last read or written here.
    Same,
    /// Not there.
    Gone,
    Good(Box<Config>),
    Bad(ConfigError),
}

/// Tells of each write to the folder of the settings, or to the one that they are linked to; `None` where the system
/// cannot tell. Ends when dropped.
pub(super) fn watch(places: &Places, touched: mpsc::UnboundedSender<()>) -> Option<RecommendedWatcher> {
    // what is not there cannot be watched, and a person may put the file there by hand
    if let Err(error) = edit::create_private_dir(&places.config) {
        tracing::info!(%error, "the folder of the settings could not be made");
    }
    let file = places.config_file();
    let target = edit::followed(file.clone());
    let names: Vec<_> = [&file, &target].iter().filter_map(|path| path.file_name().map(ToOwned::to_owned)).collect();
    let tell = move |event: notify::Result<Event>| {
        // an error may stand for events that were lost; reading a file is no change of it
        let concerns = event.map_or(true, |event| {
            let is_ours = |path: &PathBuf| path.file_name().is_some_and(|name| names.iter().any(|ours| ours == name));
            !matches!(event.kind, EventKind::Access(_)) && (event.paths.is_empty() || event.paths.iter().any(is_ours))
        });
        if concerns {
            // nobody listens any more when the program ends
            let _ = touched.send(());
        }
    };
    let watched = notify::recommended_watcher(tell).and_then(|mut watcher| {
        watcher.watch(&places.config, RecursiveMode::NonRecursive)?;
        if let Some(folder) = target.parent().filter(|folder| *folder != places.config) {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        Ok(watcher)
    });
    watched.inspect_err(|error| tracing::info!(%error, "cannot watch the settings for changes")).ok()
}

/// A mark of what is in the file; `None` where it is not there.
pub(super) fn mark(file: &Path) -> Option<u64> {
    let text = zeroize(std::fs::read(file).ok()?);
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    Some(hasher.finish())
}

fn zeroize(text: Vec<u8>) -> secrecy::zeroize::Zeroizing<Vec<u8>> {
    secrecy::zeroize::Zeroizing::new(text)
}

/// Reads the file where it is another than the one with that mark; gives back its mark, too.
pub(super) fn look(places: &Places, environment: &Environment, known: Option<u64>) -> (Option<u64>, Found) {
    let now = mark(&places.config_file());
    let found = match now {
        None => Found::Gone,
        now if now == known => Found::Same,
        Some(_) => Config::load(places, environment).map_or_else(Found::Bad, |config| Found::Good(Box::new(config))),
    };
    (now, found)
}

/// What a person is told of a file that is no settings.
pub(super) fn broken(why: &ConfigError, file: &Path) -> Notice {
    let (place, problem) = match why {
        ConfigError::Invalid { line, problem, .. } if *line > 0 => (format!(", line {line}"), problem.clone()),
        other => (String::new(), other.to_string()),
    };
    let name = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Notice::error(format!("{name}{place}: {problem}. The settings from before stay in force")).told(
        Story::new("The settings file was changed, and cannot be used as it is now.")
            .about(format!("{}{place}", file.display()))
            .because(problem)
            .advice("Mend that line and save the file. Values that stand there are not shown here: one may be a key.")
            .by_itself("The settings from before stay in force. The file is read again as soon as it is saved."),
    )
}

/// What a person is told of a file that went away.
pub(super) fn gone(file: &Path) -> Notice {
    Notice::warning("The settings file is gone; the settings from before stay in force").told(
        Story::new("The settings file is not there any more.")
            .about(file.display().to_string())
            .advice("Put it back, or change any setting here (F4): that writes a new one with what is changed alone.")
            .by_itself("The settings from before stay in force until mctui ends, or until the file is there again."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_is_put_where_there_was_no_folder_is_told_of() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::resolve(Some(home.path())).unwrap();
        assert!(!places.config.exists());
        let (touched, mut touches) = mpsc::unbounded_channel();
        let _watcher = watch(&places, touched).unwrap();
        std::fs::write(places.config_file(), "[ui]\n").unwrap();
        assert_eq!(touches.recv().await, Some(()));
    }
}

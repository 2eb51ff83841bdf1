//! Where files lie, and the environment as it was when we started.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use secrecy::SecretString;

/// The folders of one installation (README, "Where files lie").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// `config.toml`, the keymap and themes.
    pub config: PathBuf,
    /// The cache.
    pub data: PathBuf,
    /// The log and locks.
    pub state: PathBuf,
}

/// No home folder and no `MCTUI_HOME`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot tell where your home folder is; set MCTUI_HOME to a folder of your own")]
pub struct NoHome;

impl Places {
    /// `MCTUI_HOME=DIR` puts everything under one folder, else the system's own places.
    pub fn resolve(home: Option<&Path>) -> Result<Self, NoHome> {
        if let Some(home) = home {
            return Ok(Self::under(home));
        }
        let dirs = ProjectDirs::from("", "", "mctui").ok_or(NoHome)?;
        Ok(Self {
            config: dirs.config_dir().to_owned(),
            data: dirs.data_dir().to_owned(),
            state: dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir()).to_owned(),
        })
    }

    /// Everything under one folder: `DIR/config`, `DIR/data`, `DIR/state`.
    pub fn under(home: &Path) -> Self {
        Self { config: home.join("config"), data: home.join("data"), state: home.join("state") }
    }

    /// The file that a person edits.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The SQLite cache.
    pub fn cache_file(&self) -> PathBuf {
        self.data.join("mctui.db")
    }

    /// Held by the one process that is sending.
    pub fn outbox_lock(&self) -> PathBuf {
        self.data.join("outbox.lock")
    }

    /// The log, rotating.
    pub fn log_file(&self) -> PathBuf {
        self.state.join("mctui.log")
    }
}

/// The variables that mctui reads, taken once at the start so that nothing else reads the environment.
#[derive(Clone, Default)]
pub struct Environment {
    /// `MCTUI_HOME`
    pub home: Option<PathBuf>,
    /// `MIGHTYCALL_BASE_URL`
    pub base_url: Option<String>,
    /// `MIGHTYCALL_API_KEY`
    pub api_key: Option<SecretString>,
    /// `MIGHTYCALL_USER_KEY`
    pub user_key: Option<SecretString>,
    /// `NO_COLOR` is set and not empty (no-color.org).
    pub no_color: bool,
    /// Whether the locale's characters are UTF-8, by `LC_ALL`, `LC_CTYPE`, `LANG` in that order (POSIX.1 §8.2).
    pub utf8: bool,
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("home", &self.home)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl Environment {
    /// Reads this process's environment. Empty variables count as not set.
    pub fn read() -> Self {
        let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = var("LC_ALL").or_else(|| var("LC_CTYPE")).or_else(|| var("LANG"));
        Self {
            home: var("MCTUI_HOME").map(PathBuf::from),
            base_url: var("MIGHTYCALL_BASE_URL"),
            api_key: var("MIGHTYCALL_API_KEY").map(SecretString::from),
            user_key: var("MIGHTYCALL_USER_KEY").map(SecretString::from),
            no_color: var("NO_COLOR").is_some(),
            utf8: locale.is_none_or(|name| speaks_utf8(&name)),
        }
    }
}

/// Whether a locale's name says UTF-8. A bare `C` or `POSIX` says ASCII; no locale at all is left to the terminal.
fn speaks_utf8(locale: &str) -> bool {
    let name = locale.to_ascii_lowercase();
    name.contains("utf-8") || name.contains("utf8")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("en_US.UTF-8", true)]
    #[case("C.utf8", true)]
    #[case("C", false)]
    #[case("en_US.ISO-8859-1", false)]
    fn knows_locales(#[case] name: &str, #[case] utf8: bool) {
        assert_eq!(speaks_utf8(name), utf8);
    }

    #[test]
    fn one_folder_holds_everything() {
        let places = Places::resolve(Some(Path::new("/srv/m"))).unwrap();
        assert_eq!(places.config_file(), Path::new("/srv/m/config/config.toml"));
        assert_eq!(places.cache_file(), Path::new("/srv/m/data/mctui.db"));
        assert_eq!(places.log_file(), Path::new("/srv/m/state/mctui.log"));
    }
}

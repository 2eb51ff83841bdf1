//! Where files lie, and the environment as it was when we started.

use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use secrecy::SecretString;

use super::graphics::Graphics;
use super::theme::{Depth, Terminal};
use crate::files;

/// The folders of one installation (README, "Where files lie").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// `config.toml`, the keymap and themes.
    pub config: PathBuf,
    /// The cache.
    pub data: PathBuf,
    /// The log, tokens and the count of requests.
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

    /// The folder of a person's own themes.
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// Takes our folders from the eyes of other users, where they were made or copied without care. One that is a link is
    /// left as it is: what that leads to may hold other things.
    pub fn restrict_folders(&self) {
        for folder in [&self.config, &self.data, &self.state] {
            files::tighten_folder(folder);
        }
    }

    /// Texts that are written again and again.
    pub fn snippets_file(&self) -> PathBuf {
        self.config.join("snippets.toml")
    }

    /// Where what a person saves goes: below `MCTUI_HOME` where that is set, else where the system puts downloads.
    pub fn downloads(&self, environment: &Environment) -> PathBuf {
        let under = |home: &PathBuf| home.join("downloads");
        let system = || directories::UserDirs::new().and_then(|dirs| dirs.download_dir().map(Path::to_owned));
        environment.home.as_ref().map(under).or_else(system).unwrap_or_else(|| self.data.join("downloads"))
    }

    /// Where rescue files may lie, in the order in which they are tried: folders of this installation alone, and folders
    /// that others share. What is in the temporary folder outlives a logout, what is in the runtime folder may not.
    pub fn rescue_folders(&self, environment: &Environment) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let mut shared = vec![std::env::temp_dir()];
        shared.extend(environment.runtime.clone());
        #[cfg(target_os = "linux")]
        {
            // the next start may come from where the variable is not set
            let usual = PathBuf::from(format!("/run/user/{}", rustix::process::geteuid().as_raw()));
            if environment.runtime.as_ref() != Some(&usual) {
                shared.push(usual);
            }
        }
        (vec![self.state.clone(), self.data.clone()], shared)
    }

    /// The SQLite cache.
    pub fn cache_file(&self) -> PathBuf {
        self.data.join("mctui.db")
    }

    /// Held by the one process that is sending.
    pub fn outbox_lock(&self) -> PathBuf {
        self.data.join("outbox.lock")
    }

    /// Tokens between runs, one file per service and pair of keys; open to its owner alone.
    pub fn tokens(&self) -> PathBuf {
        self.state.join("tokens")
    }

    /// How many requests were made, one file per key; shared by all homes of a person, but for those of `MCTUI_HOME`.
    pub fn requests(&self) -> PathBuf {
        self.state.join("requests")
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
    /// `XDG_RUNTIME_DIR`
    pub runtime: Option<PathBuf>,
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
    /// What the terminal can show besides letters.
    pub graphics: Graphics,
    /// What opens links and files.
    pub opener: Opener,
    /// Colours that the terminal has, by `COLORTERM`, `TERM` and `TERM_PROGRAM`.
    pub depth: Depth,
    /// `MCTUI_PLAIN` is set and neither empty nor `0`: the client is painted for a screen reader.
    pub plain: bool,
}

/// What opens links and files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Opener {
    /// Nothing: there is no screen here for another program, as in a session over SSH.
    #[default]
    Nothing,
    /// The system's own way.
    System,
    /// `MCTUI_OPENER`: this program, which is given the address or path.
    Program(PathBuf),
}

impl Opener {
    fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let screen = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].iter().any(|name| var(name).is_some());
        let bare = cfg!(all(unix, not(target_os = "macos"))) || var("SSH_CONNECTION").is_some();
        match var("MCTUI_OPENER") {
            Some(program) => Self::Program(PathBuf::from(program)),
            None if bare && !screen => Self::Nothing,
            None => Self::System,
        }
    }
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
            runtime: var("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute()),
            base_url: var("MIGHTYCALL_BASE_URL"),
            api_key: var("MIGHTYCALL_API_KEY").map(SecretString::from),
            user_key: var("MIGHTYCALL_USER_KEY").map(SecretString::from),
            no_color: var("NO_COLOR").is_some(),
            utf8: locale.is_none_or(|name| speaks_utf8(&name)),
            graphics: Graphics::detect(var),
            opener: Opener::detect(var),
            depth: Terminal {
                term: var("TERM").as_deref(),
                colorterm: var("COLORTERM").as_deref(),
                program: var("TERM_PROGRAM").as_deref(),
            }
            .depth(),
            plain: var("MCTUI_PLAIN").is_some_and(|value| value != "0"),
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
        assert_eq!(places.tokens(), Path::new("/srv/m/state/tokens"));
    }
}

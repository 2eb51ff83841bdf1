//! What the settings view asks for: written to the file, then read back and put in force.

use std::io::Read;
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use tokio::sync::mpsc;

use crate::config::edit::{Change, Editor};
use crate::config::{Config, ConfigError, Environment, NumberEntry, Places, import};
use crate::model::Address;
use crate::sync::{Command, Engine};
use crate::tui::message::{Msg, SettingsAsk, SettingsNews};

/// A set-up file is a few lines a number; what is larger is something else.
const LARGEST_IMPORT: u64 = 1024 * 1024;

/// Starts carrying out what the settings view asks for, one thing after the other.
pub(super) fn start(
    places: Places,
    environment: Environment,
    config: Config,
    engine: Engine,
    messages: mpsc::UnboundedSender<Msg>,
) -> mpsc::UnboundedSender<SettingsAsk> {
    let (asks, mut inbox) = mpsc::unbounded_channel();
    let mut settings = Settings { places, environment, config, engine, messages };
    tokio::spawn(async move {
        while let Some(ask) = inbox.recv().await {
            settings.carry_out(ask).await;
        }
    });
    asks
}

struct Settings {
    places: Places,
    environment: Environment,
    config: Config,
    engine: Engine,
    messages: mpsc::UnboundedSender<Msg>,
}

impl Settings {
    async fn carry_out(&mut self, ask: SettingsAsk) {
        match ask {
            SettingsAsk::SaveNumber { replaces, entry, key } => {
                let name = entry.address.display();
                self.change(format!("{name} saved"), move |editor| {
                    if let Some(old) = replaces.filter(|old| *old != entry.address) {
                        editor.move_number(&old, &entry.address);
                    }
                    editor.put_number(&entry, &key);
                })
                .await;
            }
            SettingsAsk::AddNumbers(entries) => {
                let entries = import::merge(entries, &self.config.numbers);
                self.change(format!("{} numbers added", entries.len()), move |editor| put_all(editor, entries)).await;
            }
            SettingsAsk::RemoveNumber(address) => {
                let said = format!("{} removed; its messages stay in the cache", address.display());
                self.change(said, move |editor| editor.remove_number(&address)).await;
            }
            SettingsAsk::SetDefault(address) => {
                let said = format!("{} is the default now", address.display());
                self.change(said, move |editor| editor.set_default(&address)).await;
            }
            SettingsAsk::SaveAccount { base_url, api_key, user_key } => {
                let mut said = "Account saved".to_owned();
                let set = &self.environment;
                let over = [set.base_url.is_some(), set.api_key.is_some(), set.user_key.is_some()];
                if over.contains(&true) {
                    said.push_str("; MIGHTYCALL_… variables in the environment win over it");
                }
                self.change(said, move |editor| editor.account(&base_url, &api_key, &user_key)).await;
            }
            SettingsAsk::Prefer(path, value) => {
                self.change(String::new(), move |editor| editor.preference(path, &value)).await;
            }
            SettingsAsk::Test(address) => self.test(&address),
            SettingsAsk::Discover => self.engine.ask(Command::Discover),
            SettingsAsk::Import(path) => self.import(path).await,
        }
    }

    fn test(&self, address: &Address) {
        match self.config.number(address) {
            Some(entry) => self
                .engine
                .ask(Command::Test { account: Box::new(self.config.account.clone()), entry: Box::new(entry.clone()) }),
            None => self.say(SettingsNews::Tested {
                number: address.clone(),
                result: Err("this number is not saved yet; save it, then test".to_owned()),
            }),
        }
    }

    async fn import(&mut self, path: PathBuf) {
        let path = at_home(path);
        let read = tokio::task::spawn_blocking(move || read_setup(&path)).await;
        let outcome = match read {
            Ok(Ok(entries)) => {
                let count = entries.len();
                let entries = import::merge(entries, &self.config.numbers);
                self.change(format!("{count} numbers imported"), move |editor| put_all(editor, entries))
                    .await
                    .then_some(count)
            }
            Ok(Err(why)) => return self.say(SettingsNews::Imported(Err(why.to_string()))),
            Err(why) => return self.say(SettingsNews::Imported(Err(why.to_string()))),
        };
        if let Some(count) = outcome {
            self.say(SettingsNews::Imported(Ok(count)));
        }
    }

    /// Writes a change and puts it in force; says which of the two did not work.
    async fn change<T>(&mut self, said: String, edit: impl FnOnce(&mut Editor) -> T + Send + 'static) -> bool {
        let (places, environment) = (self.places.clone(), self.environment.clone());
        let written = tokio::task::spawn_blocking(move || {
            let mut editor = Editor::open(&places.config_file())?;
            edit(&mut editor);
            editor.save()?;
            Config::load(&places, &environment)
        })
        .await;
        match written {
            Ok(Ok(config)) => {
                self.config = config.clone();
                self.engine.ask(Command::Reconfigure(Box::new(config.clone())));
                if !said.is_empty() {
                    self.say(SettingsNews::Saved(said));
                }
                self.say(SettingsNews::Config(Box::new(config)));
                true
            }
            Ok(Err(why)) => {
                self.say(SettingsNews::NotSaved(why.to_string()));
                false
            }
            Err(why) => {
                self.say(SettingsNews::NotSaved(why.to_string()));
                false
            }
        }
    }

    fn say(&self, news: SettingsNews) {
        let _ = self.messages.send(Msg::Settings(news));
    }
}

fn put_all(editor: &mut Editor, entries: Vec<NumberEntry>) {
    for mut entry in entries {
        let key = entry.key.take().map_or(Change::Keep, Change::Set);
        editor.put_number(&entry, &key);
    }
}

/// `~/numbers.json` as a shell would read it.
fn at_home(path: PathBuf) -> PathBuf {
    let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    }
}

fn read_setup(path: &Path) -> Result<Vec<NumberEntry>, ConfigError> {
    let io = |source| ConfigError::Io { act: "read", path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(io)?;
    let meta = file.metadata().map_err(io)?;
    // a pipe or a device may never end
    if !meta.is_file() || meta.len() > LARGEST_IMPORT {
        return Err(ConfigError::Input(format!("{} is no set-up file", path.display())));
    }
    import::parse(&Zeroizing::new(std::io::read_to_string(file.take(LARGEST_IMPORT)).map_err(io)?))
}

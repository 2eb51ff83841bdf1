//! What the settings view asks for: written to the file, then read back and put in force.

use std::io::Read;
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::Job;
use super::reload::{self, Found};
use crate::config::edit::{Change, Editor};
use crate::config::secret::keyring;
use crate::config::theme::Themes;
use crate::config::{Config, ConfigError, Environment, NumberEntry, Places, Which, import};
use crate::model::Address;
use crate::sync::{Command, Engine};
use crate::tui::message::{Msg, Notice, SetUpKeys, SettingsAsk, SettingsNews};

/// A set-up file is a few lines a number; what is larger is something else.
const LARGEST_IMPORT: u64 = 1024 * 1024;

/// Starts carrying out what the settings view asks for, one thing after the other.
pub(super) fn start(
    places: Places,
    environment: Environment,
    config: Config,
    engine: Engine,
    messages: mpsc::UnboundedSender<Msg>,
) -> mpsc::UnboundedSender<Job<SettingsAsk>> {
    let (asks, mut inbox) = mpsc::unbounded_channel();
    let (touched, mut touches) = mpsc::unbounded_channel();
    let known = reload::mark(&places.config_file());
    let mut settings = Settings { places, environment, config, engine, messages, known };
    tokio::spawn(async move {
        let mut watcher = reload::watch(&settings.places, touched.clone());
        let mut due: Option<Instant> = None;
        loop {
            tokio::select! {
                ask = inbox.recv() => match ask {
                    Some(Job::Do(ask)) => settings.carry_out(ask).await,
                    Some(Job::Flush(done)) => drop(done.send(())),
                    None => return,
                },
                Some(()) = touches.recv() => due = Some(Instant::now() + reload::QUIET),
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    due = None;
                    settings.reload().await;
                }
            }
            // it could not be made before
            if watcher.is_none() && settings.known.is_some() {
                watcher = reload::watch(&settings.places, touched.clone());
            }
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
    /// The mark of the file as it was last read or written here.
    known: Option<u64>,
}

impl Settings {
    /// Another program has written to the file.
    async fn reload(&mut self) {
        let (places, environment, known) = (self.places.clone(), self.environment.clone(), self.known);
        let Ok((mark, found)) = tokio::task::spawn_blocking(move || reload::look(&places, &environment, known)).await
        else {
            return;
        };
        let was_there = self.known.is_some();
        self.known = mark;
        let file = self.places.config_file();
        match found {
            Found::Good(config) if *config == self.config => {}
            Found::Good(config) => {
                self.put_in_force(*config);
                let _ =
                    self.messages.send(Msg::Notice(Notice::info("The settings file was changed; it is in force now")));
            }
            Found::Bad(why) => drop(self.messages.send(Msg::Notice(reload::broken(&why, &file)))),
            Found::Gone if was_there => drop(self.messages.send(Msg::Notice(reload::gone(&file)))),
            Found::Same | Found::Gone => {}
        }
    }

    /// The engine begins anew only where something changed that it works by.
    fn put_in_force(&mut self, config: Config) {
        let same = (&config.account, &config.numbers, &config.sync)
            == (&self.config.account, &self.config.numbers, &self.config.sync);
        if !same {
            self.engine.ask(Command::Reconfigure(Box::new(config.clone())));
        }
        self.config = config.clone();
        self.say(SettingsNews::Config(Box::new(config)));
    }

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
                self.change(format!("{} added", numbers(entries.len())), move |editor| put_all(editor, entries)).await;
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
            SettingsAsk::Themes => {
                let (folder, file) = (self.places.themes(), self.places.config_file());
                let read = tokio::task::spawn_blocking(move || Themes::with_own(&folder).wanted_by(&file)).await;
                let _ = self.messages.send(Msg::Themes(Box::new(read.unwrap_or_default())));
            }
            SettingsAsk::Prefer(path, value) => {
                self.change(String::new(), move |editor| editor.preference(path, &value)).await;
            }
            SettingsAsk::Bind(changes) => {
                self.change(String::new(), move |editor| {
                    for (action, keys) in changes {
                        editor.bind(action, keys.as_deref());
                    }
                })
                .await;
            }
            SettingsAsk::Keyring => {
                let messages = self.messages.clone();
                // a keyring may take its time, and nothing waits for it
                tokio::task::spawn_blocking(move || {
                    let _ = messages.send(Msg::Settings(SettingsNews::Keyring(keyring::is_here())));
                });
            }
            SettingsAsk::SetUp { base_url, keys } => self.set_up(base_url, *keys).await,
            SettingsAsk::Test(address) => self.test(&address),
            SettingsAsk::Discover => self.engine.ask(Command::Discover),
            SettingsAsk::Import(path) => self.import(path).await,
        }
    }

    /// Keeps the keys where they are to be kept, and the rest in the file.
    async fn set_up(&mut self, base_url: Change<String>, keys: SetUpKeys) {
        let SetUpKeys { api, user, number, key, keyring } = keys;
        let own = number.clone().and_then(|number| Some((Which::Number(number), key?)));
        let account =
            [(Which::Api, api), (Which::User, user)].into_iter().filter_map(|(which, key)| Some((which, key?)));
        let keys: Vec<_> = account.chain(own).collect();
        let home = self.environment.home.clone();
        let entry = move |which: &Which| keyring::usual_entry(home.as_deref(), which);
        if keyring {
            let (keys, entry) = (keys.clone(), entry.clone());
            let kept = tokio::task::spawn_blocking(move || {
                keys.iter().try_for_each(|(which, secret)| keyring::put(&entry(which), secret))
            });
            let why = match kept.await {
                Ok(Ok(())) => None,
                Ok(Err(why)) => Some(why.to_string()),
                Err(why) => Some(why.to_string()),
            };
            if let Some(why) = why {
                return self.say(SettingsNews::NotSaved(format!("The keyring did not take the keys: {why}")));
            }
        }
        let known = number.as_ref().and_then(|number| self.config.number(number)).cloned();
        let first = self.config.numbers.is_empty();
        self.change("The keys are saved".to_owned(), move |editor| {
            editor.account(&base_url, &Change::Keep, &Change::Keep);
            if let Some(address) = number {
                let entry = known.unwrap_or(NumberEntry { address, label: None, key: None, is_default: first });
                editor.put_number(&NumberEntry { key: None, ..entry }, &Change::Keep);
            }
            for (which, secret) in keys {
                if keyring {
                    editor.key_in_keyring(&which, &entry(&which));
                } else {
                    editor.key(&which, &Change::Replace(secret));
                }
            }
        })
        .await;
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
                self.change(format!("{} imported", numbers(count)), move |editor| put_all(editor, entries))
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
            let config = Config::load(&places, &environment)?;
            Ok::<_, ConfigError>((config, reload::mark(&places.config_file())))
        })
        .await;
        match written {
            Ok(Ok((config, mark))) => {
                self.known = mark;
                if !said.is_empty() {
                    self.say(SettingsNews::Saved(said));
                }
                self.put_in_force(config);
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

fn numbers(count: usize) -> String {
    if count == 1 { "1 number".to_owned() } else { format!("{count} numbers") }
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

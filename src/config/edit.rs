//! Writing `config.toml` so that a person's comments and order stay. A change is on disk whole or not at all.

mod numbers;

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;
use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use self::numbers::{Numbers, tidy};
use super::file::{self, access};
use super::{ConfigError, NumberEntry, Secret, Which, options, preferences};
use crate::model::Address;

/// The file, open for changes; nothing is written before [`Editor::save`].
pub struct Editor {
    path: PathBuf,
    document: DocumentMut,
    /// A change that nobody may make by the way.
    refused: Option<String>,
}

impl fmt::Debug for Editor {
    /// Without the document, which has keys in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Editor").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A change of one setting: leave it, clear it, or set it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// As it was.
    #[default]
    Keep,
    /// Take it out of the file.
    Clear,
    /// Put this. A key that is kept elsewhere, by a command or in the keyring, is not replaced: saving says so.
    Set(T),
    /// Put this, wherever it was kept: somebody was told where, and wants it in the file.
    Replace(T),
}

impl Editor {
    /// Reads the file; a missing one begins with a header that explains itself.
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let held = access::read(path)?;
        let text = held.map_or_else(|| Zeroizing::new(format!("{HEADER}{}", options::commented())), |held| held.text);
        file::check(path, &text)?;
        let document = text.parse::<DocumentMut>().map_err(|_| ConfigError::Invalid {
            path: path.to_owned(),
            line: 0,
            problem: "this is not TOML; mend it by hand, nothing was changed".to_owned(),
        })?;
        Ok(Self { path: path.to_owned(), document, refused: None })
    }

    /// Sets the account's part.
    pub fn account(&mut self, base_url: &Change<String>, api_key: &Change<Secret>, user_key: &Change<Secret>) {
        self.with_account(|account| match base_url {
            Change::Keep => {}
            Change::Clear => drop(account.remove("base_url")),
            Change::Set(url) | Change::Replace(url) => set(account, "base_url", url),
        });
        self.key(&Which::Api, api_key);
        self.key(&Which::User, user_key);
    }

    /// Changes one key, of the account or of a number that is there.
    pub fn key(&mut self, which: &Which, change: &Change<Secret>) {
        let mut refused = None;
        self.with_key(which, |table, name| match change {
            Change::Keep => {}
            Change::Clear => drop(table.remove(name)),
            Change::Set(_) if table.get(name).is_some_and(Item::is_table_like) => {
                refused = Some(format!(
                    "{which} is not in the file but comes from a command or the keyring, and stays so; see `mctui keys \
                     list`, and take that out with `mctui keys forget` first",
                ));
            }
            Change::Set(secret) | Change::Replace(secret) => set(table, name, secret.expose()),
        });
        self.refused = self.refused.take().or(refused);
    }

    /// Says that a key is that entry of the keyring; a value that was in the file goes.
    pub fn key_in_keyring(&mut self, which: &Which, entry: &str) {
        self.with_key(which, |table, name| {
            let mut keyring = InlineTable::new();
            keyring.insert("keyring", entry.into());
            put(table, name, keyring.into());
        });
    }

    /// Adds a number, or changes the one with that address; its key by `key`.
    pub fn put_number(&mut self, entry: &NumberEntry, key: &Change<Secret>) {
        let mut numbers = self.numbers();
        if entry.is_default {
            numbers.change_all(|table| drop(table.remove("default")));
        }
        let at = numbers.position(&entry.address).unwrap_or_else(|| numbers.push(&entry.address));
        numbers.change(at, |table| match &entry.label {
            Some(label) => set(table, "label", label),
            None => drop(table.remove("label")),
        });
        self.key(&Which::Number(entry.address.clone()), key);
        self.numbers().change(at, |table| {
            if entry.is_default {
                put(table, "default", true.into());
            } else {
                table.remove("default");
            }
        });
    }

    /// Gives a number another address and leaves the rest of it; `false` where there is none with the old one, or
    /// one with the new one already.
    pub fn move_number(&mut self, old: &Address, new: &Address) -> bool {
        let mut numbers = self.numbers();
        if numbers.position(new).is_some() {
            return false;
        }
        let Some(at) = numbers.position(old) else { return false };
        numbers.change(at, |table| set(table, "phone", new.as_str()));
        true
    }

    /// Takes a number out; `false` where there was none with that address.
    pub fn remove_number(&mut self, address: &Address) -> bool {
        let mut numbers = self.numbers();
        let Some(at) = numbers.position(address) else { return false };
        numbers.remove(at);
        true
    }

    /// Makes a number the default; `false` where there is none with that address.
    pub fn set_default(&mut self, address: &Address) -> bool {
        let mut numbers = self.numbers();
        let Some(at) = numbers.position(address) else { return false };
        numbers.change_all(|table| drop(table.remove("default")));
        numbers.change(at, |table| put(table, "default", true.into()));
        true
    }

    /// Sets how often to look for new messages, and how many requests a day that may cost.
    pub fn pace(&mut self, poll_seconds: u32, daily_requests: u32) {
        self.with_table("sync", |sync| {
            put(sync, "poll_seconds", i64::from(poll_seconds).into());
            put(sync, "daily_requests", i64::from(daily_requests).into());
        });
    }

    /// Sets one value, such as `ui.theme`; [`preferences::Value::Default`] takes it out of the file.
    pub fn preference(&mut self, path: &str, new: &preferences::Value) {
        let Some((part, name)) = path.split_once('.') else { return };
        let new: Value = match new {
            preferences::Value::Bool(yes) => (*yes).into(),
            preferences::Value::Number(number) => (*number).into(),
            preferences::Value::Text(text) => text.into(),
            preferences::Value::List(texts) => texts.iter().collect::<Value>(),
            preferences::Value::Default => {
                if self.document.contains_key(part) {
                    self.with_table(part, |table| drop(table.remove(name)));
                }
                return;
            }
        };
        self.with_table(part, |table| put(table, name, new));
    }

    /// Gives an action of the key table other keys, as `[keys]` spells them; `None`: its own again.
    pub fn bind(&mut self, action: &str, keys: Option<&str>) {
        match keys {
            Some(keys) => self.with_table("keys", |table| set(table, action, keys)),
            None if self.document.contains_key("keys") => {
                self.with_table("keys", |table| drop(table.remove(action)));
            }
            None => {}
        }
    }

    /// Writes it beside the old file, flushes it to the disk, and puts it in the old one's place: 0600 in a 0700 folder.
    /// Where the file is a link, what it leads to is replaced and the link stays. What mctui would not read again is not
    /// written.
    pub fn save(&self) -> Result<(), ConfigError> {
        if let Some(why) = &self.refused {
            return Err(ConfigError::Input(why.clone()));
        }
        let text = Zeroizing::new(self.document.to_string());
        file::check(&self.path, &text).map_err(|why| {
            ConfigError::Input(format!(
                "this change would leave settings that cannot be read; nothing was written: {why}"
            ))
        })?;
        let target = followed(self.path.clone());
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let written = create_private_dir(folder).and_then(|()| {
            // 0600 and a name that nobody can have put there before
            let mut file = tempfile::Builder::new().prefix(".config.toml.").suffix(".new").tempfile_in(folder)?;
            file.write_all(text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&target)?;
            std::fs::File::open(folder)?.sync_all()
        });
        written.map_err(|source| ConfigError::Io { act: "write", path: target, source })
    }

    fn numbers(&mut self) -> Numbers<'_> {
        Numbers::of(&mut self.document)
    }

    fn with_account(&mut self, edit: impl FnOnce(&mut dyn TableLike)) {
        self.with_table("account", edit);
    }

    /// A part of the file however it is spelled: `[part]`, `part.name = …` or `part = { … }`; a new one where there is none.
    fn with_table(&mut self, name: &str, edit: impl FnOnce(&mut dyn TableLike)) {
        let part = self.document.entry(name).or_insert_with(|| Item::Table(Table::new()));
        if let Item::Value(Value::InlineTable(part)) = part {
            edit(part);
            tidy(part);
        } else if let Some(part) = part.as_table_like_mut() {
            edit(part);
        }
    }

    /// The table that a key stands in, and its name there.
    fn with_key(&mut self, which: &Which, edit: impl FnOnce(&mut dyn TableLike, &str)) {
        match which {
            Which::Api => self.with_account(|account| edit(account, "api_key")),
            Which::User => self.with_account(|account| edit(account, "user_key")),
            Which::Number(address) => {
                let mut numbers = self.numbers();
                if let Some(at) = numbers.position(address) {
                    numbers.change(at, |table| edit(table, "key"));
                }
            }
        }
    }
}

const HEADER: &str = "\
# mctui's settings. The settings view (F4) writes here too and keeps your comments.
# A key may also come from a command or from the system's keyring (`mctui keys set` puts it there):
#   api_key.command = [\"pass\", \"mightycall/api\"]
#   user_key.keyring = \"user_key\"

[account]
";

/// Puts a text in an item's place and leaves what stands around it, such as a comment on its line.
fn set(table: &mut dyn TableLike, name: &str, text: &str) {
    put(table, name, text.into());
}

fn put(table: &mut dyn TableLike, name: &str, mut new: Value) {
    if let Some(old) = table.get_mut(name).and_then(Item::as_value_mut) {
        *new.decor_mut() = old.decor().clone();
        *old = new;
    } else {
        // a table's name is spelled otherwise than a value's
        table.remove(name);
        table.insert(name, value(new));
    }
}

/// Where a link leads, whether or not there is anything.
pub fn followed(mut path: PathBuf) -> PathBuf {
    // as many as Linux follows
    for _ in 0..40 {
        let Ok(next) = std::fs::read_link(&path) else { break };
        path = path.parent().map_or_else(|| next.clone(), |folder| folder.join(&next));
    }
    path
}

/// Makes a folder that only its owner can enter; one that is there already stays as it is.
pub fn create_private_dir(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

#[cfg(test)]
mod tests;

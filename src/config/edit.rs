//! Writing `config.toml` so that a person's comments and order stay. A change is on disk whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::{ConfigError, NumberEntry, Secret};
use crate::model::Address;

/// The file, open for changes; nothing is written before [`Editor::save`].
#[derive(Debug)]
pub struct Editor {
    path: PathBuf,
    document: DocumentMut,
}

/// A change of one setting: leave it, clear it, or set it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// As it was.
    #[default]
    Keep,
    /// Take it out of the file.
    Clear,
    /// Put this.
    Set(T),
}

impl Editor {
    /// Reads the file; a missing one begins with a header that explains itself.
    pub fn open(path: &Path) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => HEADER.to_owned(),
            Err(source) => return Err(ConfigError::Io { act: "read", path: path.to_owned(), source }),
        };
        let invalid = |problem: &str| ConfigError::Invalid {
            path: path.to_owned(),
            line: 0,
            problem: format!("{problem}; mend it by hand, nothing was changed"),
        };
        let document = text.parse::<DocumentMut>().map_err(|_| invalid("this is not TOML"))?;
        if !has_our_shape(&document) {
            return Err(invalid("account, numbers or sync is not what it should be"));
        }
        Ok(Self { path: path.to_owned(), document })
    }

    /// Sets the account's part.
    pub fn account(&mut self, base_url: &Change<String>, api_key: &Change<Secret>, user_key: &Change<Secret>) {
        let account = self.document.entry("account").or_insert_with(|| Item::Table(Table::new()));
        let plain = |secret: &Secret| secret.expose().to_owned();
        apply(account, "base_url", base_url, Clone::clone);
        apply(account, "api_key", api_key, plain);
        apply(account, "user_key", user_key, plain);
    }

    /// Adds a number, or changes the one with that address; its key by `key`.
    pub fn put_number(&mut self, entry: &NumberEntry, key: &Change<Secret>) {
        if entry.is_default {
            self.clear_default();
        }
        let tables = self.numbers();
        let at = position(tables, &entry.address).unwrap_or_else(|| {
            let mut table = Table::new();
            table["phone"] = value(entry.address.as_str());
            tables.push(table);
            tables.len() - 1
        });
        let Some(table) = tables.get_mut(at) else { return };
        match &entry.label {
            Some(label) => set(&mut table["label"], label.as_str()),
            None => {
                table.remove("label");
            }
        }
        match key {
            Change::Keep => {}
            Change::Clear => {
                table.remove("key");
            }
            Change::Set(secret) => set(&mut table["key"], secret.expose()),
        }
        if entry.is_default {
            set(&mut table["default"], true);
        } else {
            table.remove("default");
        }
    }

    /// Gives a number another address and leaves the rest of it; `false` where there is none with the old one, or
    /// one with the new one already.
    pub fn move_number(&mut self, old: &Address, new: &Address) -> bool {
        let tables = self.numbers();
        if position(tables, new).is_some() {
            return false;
        }
        let Some(table) = position(tables, old).and_then(|at| tables.get_mut(at)) else { return false };
        set(&mut table["phone"], new.as_str());
        true
    }

    /// Takes a number out; `false` where there was none with that address.
    pub fn remove_number(&mut self, address: &Address) -> bool {
        let tables = self.numbers();
        let Some(at) = position(tables, address) else { return false };
        tables.remove(at);
        true
    }

    /// Makes a number the default; `false` where there is none with that address.
    pub fn set_default(&mut self, address: &Address) -> bool {
        let Some(at) = position(self.numbers(), address) else { return false };
        self.clear_default();
        if let Some(table) = self.numbers().get_mut(at) {
            table["default"] = value(true);
        }
        true
    }

    /// Sets how often to look for new messages, and how many requests a day that may cost.
    pub fn pace(&mut self, poll_seconds: u32, daily_requests: u32) {
        let sync = self.document.entry("sync").or_insert_with(|| Item::Table(Table::new()));
        set(&mut sync["poll_seconds"], i64::from(poll_seconds));
        set(&mut sync["daily_requests"], i64::from(daily_requests));
    }

    /// Writes it beside the old file, flushes it to the disk, and puts it in the old one's place: 0600 in a 0700 folder.
    pub fn save(&self) -> Result<(), ConfigError> {
        let io = |source| ConfigError::Io { act: "write", path: self.path.clone(), source };
        let folder = self.path.parent().unwrap_or(Path::new("."));
        create_private_dir(folder).map_err(io)?;
        let temporary = self.path.with_extension(format!("toml.{}.new", std::process::id()));
        let written = write_private(&temporary, self.document.to_string().as_bytes())
            .and_then(|()| std::fs::rename(&temporary, &self.path))
            .and_then(|()| std::fs::File::open(folder)?.sync_all());
        if written.is_err() {
            // the half-written file is worth nothing; the old one still stands
            let _ = std::fs::remove_file(&temporary);
        }
        written.map_err(io)
    }

    fn numbers(&mut self) -> &mut ArrayOfTables {
        let item = self.document.entry("numbers").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        if !item.is_array_of_tables() {
            // `numbers = [{…}]` is the same thing spelled inline
            let tables = item.clone().into_array_of_tables().unwrap_or_default();
            *item = Item::ArrayOfTables(tables);
        }
        item.as_array_of_tables_mut().expect("it was just made one")
    }

    fn clear_default(&mut self) {
        for table in self.numbers().iter_mut() {
            table.remove("default");
        }
    }
}

const HEADER: &str = "\
# mctui's settings. The settings view (F4) writes here too and keeps your comments.
# A key may also be given as a command:  api_key.command = [\"pass\", \"mightycall/api\"]

[account]
";

/// Whether what we write into is what we would write: else it would be lost, and it is a person's.
fn has_our_shape(document: &DocumentMut) -> bool {
    let table = |name: &str| document.get(name).is_none_or(Item::is_table_like);
    let numbers = document.get("numbers").is_none_or(|item| {
        let inline = |array: &toml_edit::Array| array.iter().all(toml_edit::Value::is_inline_table);
        item.is_array_of_tables() || item.as_array().is_some_and(inline)
    });
    table("account") && table("sync") && numbers
}

fn apply<T>(table: &mut Item, name: &str, change: &Change<T>, text: impl Fn(&T) -> String) {
    match change {
        Change::Keep => {}
        Change::Clear => {
            if let Some(table) = table.as_table_like_mut() {
                table.remove(name);
            }
        }
        Change::Set(new) => set(&mut table[name], text(new)),
    }
}

/// Puts a value in an item's place and leaves what stands around it, such as a comment on its line.
fn set(item: &mut Item, new: impl Into<toml_edit::Value>) {
    let mut new = new.into();
    if let Some(old) = item.as_value() {
        *new.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(new);
}

fn position(tables: &ArrayOfTables, address: &Address) -> Option<usize> {
    tables.iter().position(|table| {
        table.get("phone").and_then(Item::as_str).and_then(|phone| Address::parse(phone).ok()).as_ref() == Some(address)
    })
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

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Environment, Places};

    fn entry(phone: &str, is_default: bool) -> NumberEntry {
        NumberEntry { address: Address::parse(phone).unwrap(), label: Some("Main \"A\"".into()), key: None, is_default }
    }

    #[test]
    fn keeps_comments_and_reads_back() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(home.path());
        std::fs::create_dir_all(&places.config).unwrap();
        std::fs::write(
            places.config_file(),
            "# mine\n[account] # here\nbase_url = \"http://127.0.0.1:1\" # local\n\n[[numbers]]\nphone = \"202-555-0101\" # front desk\ndefault = true\n",
        )
        .unwrap();
        let mut editor = Editor::open(&places.config_file()).unwrap();
        editor.put_number(&entry("2025550102", true), &Change::Set(Secret::parse("demo-key-2").unwrap()));
        editor.account(&Change::Keep, &Change::Set(Secret::parse("demo-api-key").unwrap()), &Change::Clear);
        editor.save().unwrap();

        let text = std::fs::read_to_string(places.config_file()).unwrap();
        for comment in ["# mine", "# here", "# local", "# front desk"] {
            assert!(text.contains(comment), "{text}");
        }
        let config = Config::load(&places, &Environment::default()).unwrap();
        assert_eq!(config.default_number().unwrap().address.as_str(), "+12025550102");
        assert_eq!(config.numbers[1].key.as_ref().unwrap().expose(), "demo-key-2");
        assert_eq!(config.numbers[1].label.as_deref(), Some("Main \"A\""));
        assert_eq!(config.account.api_key.unwrap().expose(), "demo-api-key");
    }

    #[test]
    fn adds_changes_and_removes() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(home.path());
        let mut editor = Editor::open(&places.config_file()).unwrap();
        editor.put_number(&entry("2025550101", true), &Change::Set(Secret::parse("demo-key-1").unwrap()));
        editor.put_number(&entry("2025550102", false), &Change::Keep);
        editor.put_number(&NumberEntry { label: None, ..entry("(202) 555-0101", true) }, &Change::Keep);
        assert!(editor.set_default(&Address::parse("2025550102").unwrap()));
        assert!(!editor.set_default(&Address::parse("2025550199").unwrap()));
        editor.save().unwrap();
        let config = Config::load(&places, &Environment::default()).unwrap();
        assert_eq!(config.numbers.len(), 2);
        assert_eq!(config.numbers[0].label, None);
        assert_eq!(config.numbers[0].key.as_ref().unwrap().expose(), "demo-key-1");
        assert_eq!(config.default_number().unwrap().address.as_str(), "+12025550102");

        assert!(editor.remove_number(&Address::parse("2025550102").unwrap()));
        assert!(!editor.remove_number(&Address::parse("2025550102").unwrap()));
        editor.save().unwrap();
        assert_eq!(Config::load(&places, &Environment::default()).unwrap().numbers.len(), 1);
    }

    #[test]
    fn is_private() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(&home.path().join("new"));
        Editor::open(&places.config_file()).unwrap().save().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&places.config), mode(&places.config_file())), (0o700, 0o600));
    }

    #[test]
    fn nonsense_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config.toml");
        for nonsense in [
            "[account\nkey = 'demo'",
            "account = 1",
            "[[account]]",
            "[numbers]\na = 1",
            "numbers = [1, {}]",
            "sync = ''",
        ] {
            std::fs::write(&path, nonsense).unwrap();
            assert!(Editor::open(&path).is_err(), "{nonsense}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), nonsense);
        }
    }
}

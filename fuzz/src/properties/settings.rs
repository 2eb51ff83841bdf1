//! What people write: the settings file, the set-up JSON, the table of keys; and what the program writes into the first.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mctui::config::edit::{Change, Editor};
use mctui::config::keymap::{Key, Keymap};
use mctui::config::{Config, Environment, NumberEntry, Places, Secret, import};
use mctui::model::Address;
use serde_json::Value as Json;
use toml::{Table, Value};

use super::make::Script;
use super::shapes::{IMPORTS, KEYS, SETTINGS};

/// Any file is read or refused in words; a change keeps everything else.
pub fn check(data: &[u8]) {
    let mut script = Script(data);
    match script.byte() % 6 {
        0 => read(&String::from_utf8_lossy(script.rest())),
        1 => read(&script.text(24)),
        2 => set_up(&mut script),
        3 => keys(&mut script),
        _ => edited(&mut script),
    }
}

/// A folder in memory where there is one: a million cases write a million files.
fn places() -> Places {
    thread_local! {
        static HOME: tempfile::TempDir = {
            let memory = PathBuf::from("/dev/shm");
            let home = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
            home.expect("a folder can be made for the test")
        };
    }
    HOME.with(|home| Places::under(home.path()))
}

fn write(text: &str) -> PathBuf {
    let (file, folder) = (places().config_file(), places().config);
    std::fs::create_dir_all(folder).expect("the folder is ours");
    std::fs::write(&file, text).expect("the file is ours");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("the file is ours");
    }
    file
}

/// Whether reading it would start a program, which no made-up text may.
fn runs(value: &Value) -> bool {
    match value {
        Value::Table(table) => table.iter().any(|(name, value)| name == "command" || runs(value)),
        Value::Array(items) => items.iter().any(runs),
        _ => false,
    }
}

fn load() -> Option<Config> {
    let text = std::fs::read_to_string(places().config_file()).ok()?;
    if toml::from_str::<Value>(&text).is_ok_and(|value| runs(&value)) {
        return None;
    }
    match Config::load(&places(), &Environment::default()) {
        Ok(config) => {
            sound(&config.numbers);
            Some(config)
        }
        Err(why) => {
            let words = why.to_string();
            // a name is told so that it can be mended; made-up text may have a key's value where a name belongs
            let told = words.contains("unknown field") || words.contains("unknown variant");
            assert!(
                told || !["demo-api-key", "demo-user-key", "demo-key-1"].iter().any(|key| words.contains(key)),
                "{words}"
            );
            None
        }
    }
}

fn sound(numbers: &[NumberEntry]) {
    assert!(numbers.iter().filter(|entry| entry.is_default).count() <= 1);
    for (index, entry) in numbers.iter().enumerate() {
        assert!(entry.address.is_e164());
        assert!(numbers[..index].iter().all(|other| other.address != entry.address));
    }
}

fn read(text: &str) {
    let file = write(text);
    load();
    if let Ok(editor) = Editor::open(&file) {
        editor.save().expect("what was read can be written");
        assert_eq!(table(&std::fs::read_to_string(&file).expect("it was written")), table(text));
    }
}

fn table(text: &str) -> Option<Table> {
    toml::from_str(text).ok()
}

fn set_up(script: &mut Script<'_>) {
    let mut text = script.one(IMPORTS).as_bytes().to_vec();
    match script.byte() % 3 {
        0 => script.damage(&mut text),
        1 => {
            let mut value: Json = serde_json::from_slice(&text).unwrap_or_default();
            script.disturb(&mut value);
            text = value.to_string().into_bytes();
        }
        _ => text = script.rest().to_vec(),
    }
    if let Ok(numbers) = import::parse(&String::from_utf8_lossy(&text)) {
        sound(&numbers);
        assert!(!numbers.is_empty());
        assert_eq!(import::merge(numbers.clone(), &[]).len(), numbers.len());
        assert!(import::merge(numbers, &[]).iter().any(|entry| entry.is_default));
    }
}

fn keys(script: &mut Script<'_>) {
    let mut overrides = BTreeMap::new();
    for _ in 0..=script.below(4) {
        let name = if script.byte().is_multiple_of(8) { script.text(3) } else { script.one(KEYS).to_owned() };
        let mut keys: String = (0..=script.below(4)).map(|_| script.one(KEYS)).collect();
        if script.byte().is_multiple_of(8) {
            keys = script.text(3);
        }
        if let Ok(key) = keys.parse::<Key>() {
            assert_eq!(Key::of(key.event()), key, "{keys:?}");
        }
        overrides.insert(name, keys);
    }
    match Keymap::with_overrides(&overrides) {
        Ok(_) => assert!(overrides.keys().all(|name| KEYS.contains(&name.as_str()))),
        Err(why) => assert!(!why.problem.is_empty()),
    }
}

/// Edits a file and compares: what was meant to change has changed, nothing else has.
fn edited(script: &mut Script<'_>) {
    let whole = script.byte().is_multiple_of(2);
    let mut text = script.one(SETTINGS).as_bytes().to_vec();
    if !whole {
        script.damage(&mut text);
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    let file = write(&text);
    let before = load();
    let Ok(mut editor) = Editor::open(&file) else {
        assert!(before.is_none(), "read but not writable: {text}");
        return;
    };
    let mut touched = Vec::new();
    let mut removed = false;
    for _ in 0..script.below(4) {
        let address = |script: &mut Script<'_>| {
            let number = script.one(&["2025550101", "2025550102", "2025550103", "+442079460000"]);
            Address::parse(number).expect("a number")
        };
        let one = address(script);
        match script.byte() % 6 {
            0 => {
                let secret = Secret::parse("demo-new-key").expect("a key");
                let url = Change::Set("http://127.0.0.1:2".to_owned());
                editor.account(&url, &Change::Set(secret), &Change::Clear);
            }
            1 | 2 => {
                let label = (script.byte().is_multiple_of(2)).then(|| script.text(4));
                let secret = Change::Set(Secret::parse("demo-new-key").expect("a key"));
                let entry =
                    NumberEntry { address: one.clone(), label, key: None, is_default: script.byte().is_multiple_of(2) };
                editor.put_number(&entry, &secret);
            }
            3 => removed |= editor.remove_number(&one),
            4 => drop(editor.set_default(&one)),
            _ => {
                let other = address(script);
                editor.move_number(&one, &other);
                touched.push(other);
            }
        }
        touched.push(one);
    }
    if script.byte().is_multiple_of(2) {
        editor.pace(30, 2_000);
    }
    editor.save().expect("what was edited can be written");
    let written = std::fs::read_to_string(&file).expect("it was written");
    let (old, new) = (table(&text).unwrap_or_default(), table(&written));
    let new = new.unwrap_or_else(|| panic!("no TOML any more:\n{text}\nbecame\n{written}"));
    assert_eq!(others(&old, &touched), others(&new, &touched), "{text}\nbecame\n{written}");
    if before.is_some() {
        assert!(load().is_some(), "no longer read: {text}\nbecame\n{written}");
    }
    let inline = text.contains("numbers = [");
    for comment in text.lines().filter_map(|line| line.split_once("# ")).map(|(_, comment)| comment) {
        assert!(!whole || removed || inline || written.contains(comment), "{comment}:\n{written}");
    }
}

/// What an edit of these numbers and of the account has no business with.
fn others(document: &Table, touched: &[Address]) -> Table {
    let mut rest = document.clone();
    for (table, names) in
        [("account", &["base_url", "api_key", "user_key"][..]), ("sync", &["poll_seconds", "daily_requests"])]
    {
        if let Some(Value::Table(fields)) = rest.get_mut(table) {
            fields.retain(|name, _| !names.contains(&name));
            if fields.is_empty() {
                rest.remove(table);
            }
        }
    }
    if let Some(Value::Array(numbers)) = rest.get_mut("numbers") {
        numbers.retain(|number| {
            let phone = number.get("phone").and_then(Value::as_str).and_then(|phone| Address::parse(phone).ok());
            phone.is_none_or(|phone| !touched.contains(&phone))
        });
        for number in numbers.iter_mut().filter_map(Value::as_table_mut) {
            number.remove("default");
        }
        if numbers.is_empty() {
            rest.remove("numbers");
        }
    }
    rest
}

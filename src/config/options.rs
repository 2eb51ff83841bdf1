//! Everything in `config.toml` that a person would change, beside numbers, keys of the service and the key table: one
//! table, from which the settings view and the commented defaults of a new file are both made.

use serde_json::{Value as Json, json};

use super::preferences::Value;
use super::{Account, BaseUrl, Config};

mod table;

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Bool,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A whole number.
    Number {
        /// Not less.
        least: i64,
        /// Not more.
        most: i64,
    },
    /// Any text of one line.
    Text,
    /// Some of our numbers.
    Numbers,
}

/// One line of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands in the file: part and name, such as `sync.poll_seconds`.
    pub path: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// What holds where the file says nothing, as the file would spell it.
    pub default: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What it does, and what to think of when changing it.
    pub more: &'static str,
}

/// All of them, in the order in which the settings show them.
pub fn all() -> &'static [Entry] {
    table::OPTIONS
}

/// The entry at a path.
pub fn at(path: &str) -> Option<&'static Entry> {
    all().iter().find(|entry| entry.path == path)
}

/// What a part of the file is about.
pub fn part_title(part: &str) -> &'static str {
    match part {
        "ui" => "Looks",
        "notify" => "Notifications",
        "compose" => "Writing",
        "sync" => "Fetching",
        "account" => "Account",
        _ => "Other",
    }
}

impl Entry {
    /// The part of the file that it stands in.
    pub fn part(&self) -> &'static str {
        self.path.split_once('.').map_or(self.path, |(part, _)| part)
    }

    /// Its name there.
    pub fn name(&self) -> &'static str {
        self.path.split_once('.').map_or(self.path, |(_, name)| name)
    }

    /// What it is set to.
    pub fn get(&self, config: &Config) -> Value {
        let part = match self.part() {
            "ui" => serde_json::to_value(&config.preferences.ui),
            "notify" => serde_json::to_value(&config.preferences.notify),
            "compose" => serde_json::to_value(&config.preferences.compose),
            "sync" => serde_json::to_value(&config.sync),
            "account" => Ok(json!({"scheme": config.account.scheme})),
            _ => Ok(Json::Null),
        };
        part.ok().and_then(|part| of_json(part.get(self.name())?)).unwrap_or(Value::Default)
    }

    /// What it is set to where nobody has set it.
    pub fn default(&self) -> Value {
        self.get(&bare())
    }

    /// Whether it is set to something else than the default.
    pub fn is_changed(&self, config: &Config) -> bool {
        self.get(config) != self.default()
    }

    /// Reads what a person has typed, or says what is wrong with it.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        match self.kind {
            Kind::Number { least, most } => match text.replace([' ', ',', '_'], "").parse::<i64>() {
                Ok(number) if (least..=most).contains(&number) => Ok(Value::Number(number)),
                _ => Err(format!("a whole number from {least} to {most}")),
            },
            Kind::Text if text.chars().any(char::is_control) => Err("one line of text".to_owned()),
            Kind::Text => Ok(Value::Text(text.to_owned())),
            Kind::Choice(choices) => match choices.iter().find(|choice| choice.eq_ignore_ascii_case(text)) {
                Some(choice) => Ok(Value::Text((*choice).to_owned())),
                None => Err(format!("one of {}", choices.join(", "))),
            },
            Kind::Bool => match text {
                "true" | "yes" | "on" => Ok(Value::Bool(true)),
                "false" | "no" | "off" => Ok(Value::Bool(false)),
                _ => Err("true or false".to_owned()),
            },
            Kind::Numbers => Ok(Value::List(text.split_whitespace().map(str::to_owned).collect())),
        }
    }

    /// What a press that asks for another value makes of it; `None` where something must be typed or picked.
    pub fn next(&self, config: &Config) -> Option<Value> {
        match (self.kind, self.get(config)) {
            (Kind::Bool, Value::Bool(yes)) => Some(Value::Bool(!yes)),
            (Kind::Choice(choices), Value::Text(now)) => {
                let at = choices.iter().position(|choice| *choice == now).map_or(0, |at| (at + 1) % choices.len());
                choices.get(at).map(|choice| Value::Text((*choice).to_owned()))
            }
            _ => None,
        }
    }
}

/// A value as the settings show it.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) if text.is_empty() => "—".to_owned(),
        Value::Text(text) => text.clone(),
        Value::List(texts) if texts.is_empty() => "none".to_owned(),
        Value::List(texts) => texts.join(", "),
        Value::Default => "default".to_owned(),
    }
}

/// What a new file ends with: each of them with its default, as comments.
pub fn commented() -> String {
    let mut out =
        String::from("\n# What else can be set, with its default; take the “#” before a name and its [part] away.\n");
    let mut part = "";
    for entry in all() {
        if entry.part() == "account" {
            continue;
        }
        if entry.part() != part {
            part = entry.part();
            out.push_str(&format!("#\n# [{part}]\n"));
        }
        out.push_str(&format!("# {} = {}  # {}{}\n", entry.name(), entry.default, entry.title, choices(entry.kind)));
    }
    out
}

fn choices(kind: Kind) -> String {
    match kind {
        Kind::Choice(choices) => format!(": {}", choices.join(", ")),
        _ => String::new(),
    }
}

fn of_json(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Bool(yes) => Value::Bool(*yes),
        Json::Number(number) => Value::Number(number.as_i64()?),
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(items) => Value::List(items.iter().filter_map(Json::as_str).map(str::to_owned).collect()),
        _ => return None,
    })
}

/// A configuration in which nothing is set.
fn bare() -> Config {
    let account =
        Account { base_url: BaseUrl::default(), api_key: None, user_key: None, scheme: super::Scheme::default() };
    Config::for_account(account, Vec::new())
}

#[cfg(test)]
mod tests;

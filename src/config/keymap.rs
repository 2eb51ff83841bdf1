//! Which key does what: one table, from which the keys, the help view and the hint bar are all made.
//!
//! A person's `[keys]` lies over the defaults: `sync = "ctrl-r, f5"`, `undo = "none"`.

mod action;
mod key;
pub mod rebind;
mod table;

use std::collections::BTreeMap;

pub use action::Action;
pub use key::{Key, KeyError};
pub use table::{Binding, Context};

use super::nearest::did_you_mean;

/// Why `[keys]` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct KeymapError {
    /// The name of the entry that is wrong.
    pub entry: String,
    /// What is wrong with it and what would do.
    pub problem: String,
}

/// The key table in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    rows: Vec<Row>,
}

/// A binding with the keys that are really bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it does, in words, and where it is alive.
    pub binding: &'static Binding,
    /// The keys, the first being the one that hints name.
    pub keys: Vec<Key>,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = |binding: &Binding| {
            binding.keys.iter().map(|name| name.parse().expect("a test parses every key of the table")).collect()
        };
        Self { rows: table::BINDINGS.iter().map(|binding| Row { binding, keys: keys(binding) }).collect() }
    }
}

impl Keymap {
    /// The defaults with a person's `[keys]` laid over them: action name to one or more key names with commas between,
    /// or `none`. The error says which entry is wrong and what would do.
    pub fn with_overrides(overrides: &BTreeMap<String, String>) -> Result<Self, KeymapError> {
        let mut keymap = Self::default();
        for (name, keys) in overrides {
            let wrong =
                |problem: String| KeymapError { entry: name.clone(), problem: format!("keys.{name}: {problem}") };
            let mut bound = Vec::new();
            if keys.trim() != "none" {
                for text in keys.split(',') {
                    let key: Key = text.trim().parse().map_err(|why: KeyError| wrong(why.to_string()))?;
                    if !bound.contains(&key) {
                        bound.push(key);
                    }
                }
            }
            let mut rows = keymap.rows.iter_mut().filter(|row| row.binding.name == name).peekable();
            if rows.peek().is_none() {
                let near = did_you_mean(name, table::BINDINGS.iter().map(|binding| binding.name));
                let near = if near.is_empty() { "; the settings list them under their keys".to_owned() } else { near };
                return Err(wrong(format!("there is no such action{near}")));
            }
            for row in rows {
                row.keys.clone_from(&bound);
            }
        }
        match keymap.check() {
            Ok(()) => Ok(keymap),
            // the person's entry is wrong, and not the default that it collides with
            Err((names, problem)) => {
                let entry = names.into_iter().find(|name| overrides.contains_key(*name)).unwrap_or_default().to_owned();
                Err(KeymapError { entry, problem })
            }
        }
    }

    /// What `key` does where `contexts` are alive, the first one being asked first.
    pub fn action(&self, contexts: &[Context], key: Key) -> Option<Action> {
        contexts.iter().find_map(|context| {
            let row = self.rows.iter().find(|row| row.binding.contexts.contains(context) && row.keys.contains(&key))?;
            Some(row.binding.action)
        })
    }

    /// The key that hints name for an action, where it has one.
    pub fn key_of(&self, action: Action) -> Option<Key> {
        self.rows.iter().find(|row| row.binding.action == action).and_then(|row| row.keys.first().copied())
    }

    /// The name of the key that does something where a context is alive; empty where none does.
    pub fn name_of(&self, context: Context, action: Action) -> String {
        let row = context.chain().iter().find_map(|c| self.rows(*c).find(|row| row.binding.action == action));
        row.map_or_else(String::new, |row| row.keys[0].to_string())
    }

    /// All rows, in the table's order, those without a key too.
    pub fn all(&self) -> &[Row] {
        &self.rows
    }

    /// The rows alive in a context, in the table's order, those without a key left out.
    pub fn rows(&self, context: Context) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.binding.contexts.contains(&context) && !row.keys.is_empty())
    }

    /// The actions that cannot have their keys, and why.
    fn check(&self) -> Result<(), (Vec<&'static str>, String)> {
        for (at, row) in self.rows.iter().enumerate() {
            for key in &row.keys {
                let typed = row.binding.contexts.iter().any(|context| context.is_typed_in());
                if typed && key.types_a_character() {
                    let name = row.binding.name;
                    let problem = format!(
                        "keys.{name}: “{key}” is a character that one types there; put ctrl- or alt- before it"
                    );
                    return Err((vec![name], problem));
                }
                let other = self.rows[at + 1..].iter().find(|other| {
                    other.keys.contains(key)
                        && other.binding.name != row.binding.name
                        && table::meet(row.binding.contexts, other.binding.contexts)
                });
                if let Some(other) = other {
                    let (one, other) = (row.binding.name, other.binding.name);
                    let problem = format!("{key} is bound to both “{one}” and “{other}”; give one of them another key");
                    return Err((vec![one, other], problem));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::*;

    fn overrides(pairs: &[(&str, &str)]) -> Result<Keymap, KeymapError> {
        let map = pairs.iter().map(|(name, keys)| ((*name).to_owned(), (*keys).to_owned())).collect();
        Keymap::with_overrides(&map)
    }

    fn key(name: &str) -> Key {
        name.parse().unwrap()
    }

    #[test]
    fn the_table_is_whole() {
        let keymap = Keymap::default();
        keymap.check().unwrap();
        let alive = Context::CHAINS.iter().flat_map(|chain| chain.iter());
        assert!(alive.clone().all(|context| Context::ALL.contains(context)), "the help leaves out a context");
        let names: BTreeSet<_> = table::BINDINGS.iter().map(|binding| binding.name).collect();
        assert_eq!(names.len(), table::BINDINGS.len(), "a name stands twice");
        for binding in table::BINDINGS {
            assert!(
                !binding.words.is_empty() && !binding.contexts.is_empty() && !binding.keys.is_empty(),
                "{binding:?}"
            );
            for name in binding.keys {
                assert!(name.parse::<Key>().is_ok(), "{name}");
            }
        }
    }

    #[test]
    fn a_row_of_a_nearer_context_wins() {
        let keymap = Keymap::default();
        let writing = [Context::Composer, Context::Text, Context::Everywhere];
        assert_eq!(keymap.action(&writing, key("enter")), Some(Action::Send));
        assert_eq!(keymap.action(&writing, key("ctrl-r")), Some(Action::SyncNow));
        assert_eq!(keymap.action(&writing, key("j")), None);
        assert_eq!(keymap.action(&[Context::Threads, Context::Everywhere], key("j")), Some(Action::Down));
    }

    #[test]
    fn overrides_replace_the_defaults() {
        let keymap = overrides(&[("sync", "f12, alt-s"), ("undo", "none")]).unwrap();
        let everywhere = [Context::Everywhere];
        assert_eq!(keymap.action(&everywhere, key("f12")), Some(Action::SyncNow));
        assert_eq!(keymap.action(&everywhere, key("alt-s")), Some(Action::SyncNow));
        assert_eq!(keymap.action(&everywhere, key("ctrl-r")), None);
        assert_eq!(keymap.key_of(Action::Undo), None);
    }

    #[rstest]
    #[case("syncc", "f6", "did you mean “sync”")]
    #[case("zzz", "f6", "no such action")]
    #[case("sync", "contrl-r", "contrl-r")]
    #[case("sync", "", "no key")]
    #[case("sync", "f1", "“sync” and “help”")]
    #[case("resend", "j", "“down” and “resend”")]
    #[case("send", "s", "one types there")]
    #[case("sync", "z", "one types there")]
    fn says_what_is_wrong(#[case] name: &str, #[case] keys: &str, #[case] says: &str) {
        let error = overrides(&[(name, keys)]).unwrap_err();
        assert!(error.problem.contains(says), "{error}");
        assert_eq!(error.entry, name);
    }
}

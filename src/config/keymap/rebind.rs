//! Giving an action other keys: what that takes from other actions, and what is not possible at all.

use super::{Key, Keymap, Row, table};

/// What a change of keys comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What `[keys]` is to say of each action; `None`: nothing, its own keys hold again.
    pub changes: Vec<(&'static str, Option<String>)>,
    /// What other actions lose.
    pub taken: Vec<Taken>,
}

/// What an action loses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The key.
    pub key: Key,
    /// What it did.
    pub words: &'static str,
    /// Where.
    pub place: &'static str,
    /// The keys that are left for it.
    pub left: Vec<Key>,
}

/// Binds a key to the action of that name: beside those it has, or instead of them.
pub fn bind(keymap: &Keymap, name: &str, key: Key, beside: bool) -> Result<Plan, String> {
    let row = row(keymap, name)?;
    if key.to_string().parse() != Ok(key) {
        return Err("This key has no name that mctui could write down; press another one".to_owned());
    }
    let mut keys = if beside { row.keys.clone() } else { Vec::new() };
    if !keys.contains(&key) {
        keys.push(key);
    }
    plan(keymap, row, &keys)
}

/// Takes all keys from an action.
pub fn unbind(keymap: &Keymap, name: &str) -> Result<Plan, String> {
    plan(keymap, row(keymap, name)?, &[])
}

/// Gives an action its own keys again.
pub fn reset(keymap: &Keymap, name: &str) -> Result<Plan, String> {
    let row = row(keymap, name)?;
    plan(keymap, row, &own(row))
}

/// The keys that an action has where nobody has given it others.
pub fn own(row: &Row) -> Vec<Key> {
    row.binding.keys.iter().filter_map(|name| name.parse().ok()).collect()
}

fn row<'a>(keymap: &'a Keymap, name: &str) -> Result<&'a Row, String> {
    keymap.all().iter().find(|row| row.binding.name == name).ok_or_else(|| format!("there is no action “{name}”"))
}

fn plan(keymap: &Keymap, row: &Row, keys: &[Key]) -> Result<Plan, String> {
    let typed_in = row.binding.contexts.iter().find(|context| context.is_typed_in());
    if let (Some(context), Some(key)) = (typed_in, keys.iter().find(|key| key.types_a_character())) {
        return Err(format!(
            "“{key}” is a character that one types in “{}”: with it bound nobody could write it any more. Hold Ctrl or \
             Alt, or take a key such as F12",
            context.title()
        ));
    }
    let mut changes = vec![(row.binding.name, spelled(row, keys))];
    let mut taken = Vec::new();
    for other in keymap.all() {
        let apart =
            other.binding.name == row.binding.name || !table::meet(row.binding.contexts, other.binding.contexts);
        let lost: Vec<Key> = other.keys.iter().filter(|key| keys.contains(key)).copied().collect();
        if apart || lost.is_empty() {
            continue;
        }
        let left: Vec<Key> = other.keys.iter().filter(|key| !keys.contains(key)).copied().collect();
        changes.push((other.binding.name, spelled(other, &left)));
        let place = other.binding.contexts.first().map_or("", |context| context.title());
        taken.extend(lost.into_iter().map(|key| Taken { key, words: other.binding.words, place, left: left.clone() }));
    }
    Ok(Plan { changes, taken })
}

/// As `[keys]` spells them; `None` where they are the action's own.
fn spelled(row: &Row, keys: &[Key]) -> Option<String> {
    if keys == own(row) {
        return None;
    }
    Some(match keys {
        [] => "none".to_owned(),
        keys => keys.iter().map(|key| name(*key)).collect::<Vec<_>>().join(", "),
    })
}

/// Names are lower case in the file; a letter typed with Shift stays what it is.
fn name(key: Key) -> String {
    let shown = key.to_string();
    let lower = shown.to_ascii_lowercase();
    if lower.parse() == Ok(key) { lower } else { shown }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;

    use super::*;

    fn key(name: &str) -> Key {
        name.parse().unwrap()
    }

    /// The key table once a plan is in the file.
    fn after(plan: &Plan) -> Keymap {
        let overrides: BTreeMap<String, String> =
            plan.changes.iter().filter_map(|(name, keys)| Some(((*name).to_owned(), keys.clone()?))).collect();
        Keymap::with_overrides(&overrides).unwrap()
    }

    fn keys(keymap: &Keymap, name: &str) -> String {
        row(keymap, name).unwrap().keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
    }

    #[rstest]
    #[case("sync", "f12", false, "F12")]
    #[case("sync", "f12", true, "Ctrl-R F5 F12")]
    #[case("sync", "ctrl-r", false, "Ctrl-R")]
    #[case("bottom", "L", false, "L")]
    #[case("down", "comma", false, "Comma")]
    fn binds(#[case] name: &str, #[case] pressed: &str, #[case] beside: bool, #[case] then: &str) {
        let plan = bind(&Keymap::default(), name, key(pressed), beside).unwrap();
        assert_eq!(keys(&after(&plan), name), then);
    }

    #[test]
    fn a_key_is_taken_from_whoever_has_it_where_both_are_alive() {
        let plan = bind(&Keymap::default(), "sync", key("f1"), true).unwrap();
        assert_eq!(plan.taken.len(), 1);
        assert_eq!((plan.taken[0].words, plan.taken[0].left.as_slice()), ("help", &[][..]));
        let after = after(&plan);
        assert_eq!((keys(&after, "sync"), keys(&after, "help")), ("Ctrl-R F5 F1".to_owned(), String::new()));
        // in another place the same key may do something else
        assert_eq!(bind(&Keymap::default(), "resend", key("a"), false).unwrap().taken, []);
    }

    #[test]
    fn a_reset_takes_its_own_keys_back() {
        let overrides = [("sync".to_owned(), "f12".to_owned()), ("help".to_owned(), "f5".to_owned())];
        let keymap = Keymap::with_overrides(&overrides.into_iter().collect()).unwrap();
        let plan = reset(&keymap, "sync").unwrap();
        assert_eq!(plan.changes, [("sync", None), ("help", Some("none".to_owned()))]);
        assert_eq!(plan.taken[0].key, key("f5"));
        assert_eq!(unbind(&keymap, "sync").unwrap().changes, [("sync", Some("none".to_owned()))]);
    }

    #[rstest]
    #[case("send", "s", "one types")]
    #[case("sync", "z", "one types")]
    #[case("sink", "f12", "no action")]
    fn refuses(#[case] name: &str, #[case] pressed: &str, #[case] says: &str) {
        let why = bind(&Keymap::default(), name, key(pressed), false).unwrap_err();
        assert!(why.contains(says), "{why}");
    }

    #[test]
    fn a_key_without_a_name_is_refused() {
        use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
        let odd = Key::of(KeyEvent::new(KeyCode::CapsLock, KeyModifiers::NONE));
        assert!(bind(&Keymap::default(), "sync", odd, false).unwrap_err().contains("no name"));
    }

    /// Whatever is bound to whatever leaves a table without conflicts.
    #[test]
    fn no_plan_leaves_a_conflict() {
        let keymap = Keymap::default();
        let all: Vec<Key> = keymap.all().iter().flat_map(|row| row.keys.clone()).collect();
        for (place, row) in keymap.all().iter().enumerate() {
            // every key and every action, though not each with each
            for (turn, key) in all.iter().enumerate().skip(place % 13).step_by(13) {
                if let Ok(plan) = bind(&keymap, row.binding.name, *key, turn % 2 == 0) {
                    after(&plan);
                }
            }
        }
    }
}

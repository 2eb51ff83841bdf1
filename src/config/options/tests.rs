//! The table against the file's shape and the defaults in force.

use rstest::rstest;

use super::*;
use crate::config::edit::Editor;
use crate::config::{Environment, Places};

/// The names that a part of the file may have, as the parser itself lists them.
fn names(part: &str) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(home.path());
    std::fs::create_dir_all(&places.config).unwrap();
    std::fs::write(places.config_file(), format!("[{part}]\nnonsense = 1\n")).unwrap();
    let error = Config::load(&places, &Environment::default()).unwrap_err().to_string();
    let (_, expected) = error.split_once("expected").unwrap_or_else(|| panic!("{error}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[rstest]
#[case("ui", &[])]
#[case("notify", &[])]
#[case("compose", &[])]
#[case("sync", &[])]
// these have forms of their own
#[case("account", &["base_url", "api_key", "user_key"])]
fn every_field_of_the_file_is_in_the_table(#[case] part: &str, #[case] elsewhere: &[&str]) {
    let mut expected: Vec<_> = names(part).into_iter().filter(|name| !elsewhere.contains(&name.as_str())).collect();
    let mut listed: Vec<_> = all().iter().filter(|e| e.part() == part).map(|e| e.name().to_owned()).collect();
    expected.sort();
    listed.sort();
    assert_eq!(listed, expected);
}

#[test]
fn every_default_is_the_one_in_force() {
    for entry in all() {
        let spelled: toml_edit::Value = entry.default.parse().unwrap();
        let default = entry.default();
        let same = match &default {
            Value::Bool(yes) => spelled.as_bool() == Some(*yes),
            Value::Number(number) => spelled.as_integer() == Some(*number),
            Value::Text(text) => spelled.as_str() == Some(text),
            Value::List(texts) => spelled.as_array().is_some_and(|array| array.len() == texts.len()),
            Value::Default => false,
        };
        assert!(same, "{}: {} is not {default:?}", entry.path, entry.default);
        assert!(!entry.is_changed(&bare()), "{}", entry.path);
        assert!(!entry.title.is_empty() && entry.more.ends_with('.'), "{}", entry.path);
    }
}

/// Another value than the default.
fn other(entry: &Entry) -> Value {
    match entry.kind {
        Kind::Bool | Kind::Choice(_) => entry.next(&bare()).unwrap(),
        Kind::Number { most, .. } => Value::Number(most),
        Kind::Text => Value::Text("something \"else\"".to_owned()),
        Kind::Numbers => Value::List(vec!["+12025550101".to_owned()]),
    }
}

#[test]
fn every_value_is_written_read_back_and_taken_out_again() {
    for entry in all() {
        let home = tempfile::tempdir().unwrap();
        let places = Places::under(home.path());
        let value = other(entry);
        let set = |value: &Value| {
            let mut editor = Editor::open(&places.config_file()).unwrap();
            editor.preference(entry.path, value);
            editor.save().unwrap_or_else(|why| panic!("{}: {why}", entry.path));
            Config::load(&places, &Environment::default()).unwrap()
        };
        let changed = set(&value);
        assert_eq!((entry.get(&changed), entry.is_changed(&changed)), (value, true), "{}", entry.path);
        assert!(!entry.is_changed(&set(&Value::Default)), "{}", entry.path);
    }
}

#[test]
fn the_commented_defaults_are_a_file_that_changes_nothing() {
    let lines = commented();
    let lines = lines.lines().filter_map(|line| line.strip_prefix("# "));
    let lines: Vec<&str> = lines.filter(|line| line.starts_with('[') || line.contains(" = ")).collect();
    let uncommented = lines.join("\n");
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(home.path());
    std::fs::create_dir_all(&places.config).unwrap();
    std::fs::write(places.config_file(), &uncommented).unwrap();
    let config = Config::load(&places, &Environment::default()).unwrap();
    assert_eq!(config, bare(), "{uncommented}");
    for entry in all().iter().filter(|entry| entry.part() != "account") {
        assert!(uncommented.contains(&format!("{} = ", entry.name())), "{}", entry.path);
    }
}

#[rstest]
#[case("sync.poll_seconds", "30", Ok(Value::Number(30)))]
#[case("sync.poll_seconds", "1 000", Ok(Value::Number(1_000)))]
#[case("sync.poll_seconds", "4", Err("from 5 to"))]
#[case("sync.poll_seconds", "soon", Err("whole number"))]
#[case("compose.editor", " nano ", Ok(Value::Text("nano".to_owned())))]
#[case("compose.editor", "na\nno", Err("one line"))]
#[case("ui.times", "Full", Ok(Value::Text("full".to_owned())))]
#[case("ui.times", "often", Err("one of clock"))]
fn reads_what_is_typed(#[case] path: &str, #[case] text: &str, #[case] read: Result<Value, &str>) {
    match (at(path).unwrap().parse(text), read) {
        (Ok(value), Ok(expected)) => assert_eq!(value, expected),
        (Err(why), Err(says)) => assert!(why.contains(says), "{why}"),
        (other, expected) => panic!("{other:?} instead of {expected:?}"),
    }
}

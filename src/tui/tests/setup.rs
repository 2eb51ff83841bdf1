//! The settings: keys stay secret, forms tell what is wrong, and each change asks for exactly what was changed.

use rstest::rstest;

use super::rig::{Rig, address, config};
use crate::config::edit::Change;
use crate::config::{Config, NumberEntry, Origin, Secret};
use crate::tui::message::{Effect, FoundNumber, Msg, SettingsAsk, SettingsNews};

fn asked(keys: &str) -> Option<SettingsAsk> {
    let mut rig = Rig::new(100, 40);
    rig.press(keys).asks().into_iter().find_map(|effect| match effect {
        Effect::Settings(ask) => Some(ask),
        _ => None,
    })
}

fn entry(number: &str, label: &str, is_default: bool) -> NumberEntry {
    let label = Some(label.to_owned()).filter(|label| !label.is_empty());
    NumberEntry { address: address(number), label, key: None, is_default }
}

fn secret(text: &str) -> Change<Secret> {
    Change::Set(Secret::parse(text).unwrap())
}

#[rstest]
#[case(
    "f4 a \"202 555 0103\" tab \"Sales\" down \"demo-key-3\" enter",
    SettingsAsk::SaveNumber { replaces: None, entry: entry("2025550103", "Sales", false), key: secret("demo-key-3") }
)]
#[case(
    "f4 enter tab ctrl-u \"Desk\" enter",
    SettingsAsk::SaveNumber { replaces: None, entry: entry("2025550101", "Desk", true), key: Change::Keep }
)]
#[case(
    "f4 enter shift-tab ctrl-u enter",
    SettingsAsk::SaveNumber { replaces: None, entry: entry("2025550101", "Main Phone", true), key: Change::Clear }
)]
#[case(
    "f4 j enter ctrl-u \"2025550109\" enter",
    SettingsAsk::SaveNumber {
        replaces: Some(address("2025550102")), entry: entry("2025550109", "Workshop", false), key: Change::Keep
    }
)]
#[case(
    "f4 c tab \"demo-user-key\" enter",
    SettingsAsk::SaveAccount { base_url: Change::Keep, api_key: Change::Keep, user_key: secret("demo-user-key") }
)]
#[case(
    "f4 c shift-tab ctrl-u \"http://127.0.0.1:9/v4/\" enter",
    SettingsAsk::SaveAccount {
        base_url: Change::Set("http://127.0.0.1:9/v4".to_owned()), api_key: Change::Keep, user_key: Change::Keep
    }
)]
#[case("f4 j s", SettingsAsk::SetDefault(address("2025550102")))]
#[case("f4 t", SettingsAsk::Test(address("2025550101")))]
#[case("f4 G x y", SettingsAsk::RemoveNumber(address("2025550102")))]
#[case("f4 f", SettingsAsk::Discover)]
#[case("f4 i \"/tmp/numbers.json\" enter", SettingsAsk::Import("/tmp/numbers.json".into()))]
fn changes(#[case] keys: &str, #[case] ask: SettingsAsk) {
    assert_eq!(asked(keys), Some(ask));
}

#[rstest]
#[case("f4 a \"2025\" tab enter", "4 digits")]
#[case("f4 a \"20255501\"", "digits")]
#[case("f4 a \"20255501o1\"", "not a phone number")]
#[case("f4 a \"72345\"", "short code")]
#[case("f4 a \"2025550102\"", "there already")]
#[case("f4 a \"2025550103\" tab tab \"two words\"", "line break")]
#[case("f4 c shift-tab ctrl-u \"ccapi.mightycall.com\"", "write https://")]
#[case("f4 c shift-tab ctrl-u \"http://example.com\"", "unprotected")]
#[case("f4 i enter", "no file")]
fn what_is_wrong_is_said_and_nothing_is_saved(#[case] keys: &str, #[case] says: &str) {
    let mut rig = Rig::new(100, 40);
    assert_eq!(rig.press(keys).press("enter").asks(), []);
    let text = rig.text().replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(says), "{}", rig.text());
}

#[test]
fn a_pasted_key_with_a_line_break_inside_is_refused() {
    let mut rig = Rig::new(100, 40);
    rig.press("f4 c tab").give(Msg::paste("demo-\nkey"));
    assert!(rig.text().contains("line break"));
    assert_eq!(rig.press("enter").asks(), []);
    rig.press("ctrl-u").give(Msg::paste("demo-key\r\n"));
    assert_eq!(rig.press("enter").asks().len(), 1, "a line break at the end is how copied keys come");
}

#[test]
fn keys_show_on_request_alone_and_never_in_debug() {
    let mut rig = Rig::new(100, 40);
    let hidden = |rig: &Rig| !rig.text().contains("demo-key-1") && !rig.text().contains("demo-api-key");
    assert!(hidden(rig.press("f4")));
    assert!(!hidden(rig.press("v")));
    assert!(hidden(rig.press("v")));
    assert!(hidden(rig.press("v esc f4")), "hidden again when the view is opened anew");
    assert!(hidden(rig.press("enter")));
    assert!(rig.press("ctrl-t").text().contains("demo-key-1"));
    rig.press("ctrl-t tab tab ctrl-u \"demo-typed\"");
    assert!(hidden(&rig) && !rig.text().contains("demo-typed"));
    let debug = format!("{:?}", rig.state);
    assert!(!debug.contains("demo-typed") && !debug.contains("demo-key") && !debug.contains("demo-api"));
    let effects = rig.press("enter").asks();
    assert!(!effects.is_empty() && !format!("{effects:?}").contains("demo-typed"));
    let msg = Msg::paste("demo-pasted");
    assert!(!format!("{msg:?}").contains("demo-pasted"));
}

#[test]
fn a_key_from_elsewhere_is_named_and_replaced_only_by_one_that_is_typed() {
    let mut config = config();
    let kept = |text: &str, origin| Some(Secret::parse(text).unwrap().kept_in(origin));
    config.account.api_key = kept("demo-api-key", Origin::Environment("MIGHTYCALL_API_KEY"));
    config.account.user_key = kept("demo-user-key", Origin::Command("pass".to_owned()));
    config.numbers[0].key = kept("demo-key-1", Origin::Keyring("desk".to_owned()));
    let mut rig = Rig::new(100, 40);
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
    let text = rig.press("f4").text();
    for place in ["the variable MIGHTYCALL_API_KEY", "the command pass", "the keyring’s entry “desk”"] {
        assert!(text.contains(&format!("••••••••  from {place}")), "{text}");
    }
    let text = rig.press("c ctrl-t").text();
    assert!(text.contains("comes from the command pass") && !text.contains("demo-"), "{text}");
    assert_eq!(rig.press("tab space enter").asks(), [], "blanks change nothing");
    let replaced = SettingsAsk::SaveAccount {
        base_url: Change::Keep,
        api_key: Change::Keep,
        user_key: Change::Replace(Secret::parse("demo-typed").unwrap()),
    };
    assert_eq!(rig.press("c tab \"demo-typed\" enter").asks(), [Effect::Settings(replaced)]);
    rig.give(Msg::Settings(SettingsNews::Saved("saved".to_owned())));
    let label = SettingsAsk::SaveNumber { replaces: None, entry: entry("2025550101", "Desk", true), key: Change::Keep };
    assert_eq!(rig.press("enter tab ctrl-u \"Desk\" enter").asks(), [Effect::Settings(label)]);
}

#[test]
fn a_refused_save_keeps_the_form() {
    let mut rig = Rig::new(100, 40);
    rig.press("f4 a \"2025550103\" enter");
    rig.give(Msg::Settings(SettingsNews::NotSaved("cannot write config.toml: read-only".to_owned())));
    assert!(rig.text().contains("Add a number") && rig.text().contains("read-only"), "{}", rig.text());
    assert!(rig.text().contains("2025550103"));
    rig.press("enter").give(Msg::Settings(SettingsNews::Saved("Saved (202) 555-0103".to_owned())));
    assert!(!rig.text().contains("Add a number") && rig.text().contains("Saved (202)"));
}

#[test]
fn found_numbers_are_picked() {
    let mut rig = Rig::new(100, 40);
    let found = |number, enabled| FoundNumber { address: address(number), label: Some("L".to_owned()), enabled };
    let all = vec![found("2025550101", true), found("2025550103", true), found("2025550104", false)];
    rig.press("f4 f").give(Msg::Settings(SettingsNews::Discovered(Ok(all)))).asks();
    let picked = rig.press("space j space G space enter").asks();
    let expected = SettingsAsk::AddNumbers(vec![entry("2025550104", "L", false)]);
    assert_eq!(picked, [Effect::Settings(expected)], "those there already cannot be picked again");
}

#[test]
fn the_first_run_welcomes_and_offers_the_demo() {
    let bare = || {
        let account = crate::config::Account { api_key: None, ..config().account };
        Msg::Settings(SettingsNews::Config(Box::new(Config::for_account(account, Vec::new()))))
    };
    let mut rig = Rig::empty(80, 24);
    rig.give(bare());
    let text = rig.text();
    assert!(text.contains("Welcome to mctui") && text.contains("mctui demo"), "{text}");
    assert_eq!(rig.press("down enter").asks().last(), Some(&Effect::StartDemo));
    rig.press("esc");
    assert_eq!(rig.press("t").asks(), []);
    assert!(rig.text().contains("add one first"), "{}", rig.text());
    assert_eq!(rig.press("d").asks(), [Effect::StartDemo]);
    rig.press("esc").give(bare());
    assert!(!rig.text().contains("Welcome"), "once");
    let mut rig = Rig::empty(80, 24);
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(config()))));
    assert!(!rig.text().contains("Welcome"));
}

#[test]
fn a_rebound_key_works_and_shows() {
    let mut config = config();
    let overrides = [("sync".to_owned(), "f12".to_owned())].into_iter().collect();
    config.keymap = crate::config::keymap::Keymap::with_overrides(&overrides).unwrap();
    let mut rig = Rig::new(100, 30);
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
    assert!(rig.text().contains("F12 sync"));
    assert_eq!(rig.press("ctrl-r").asks(), []);
    assert_eq!(rig.press("f12").asks(), [Effect::Sync]);
}

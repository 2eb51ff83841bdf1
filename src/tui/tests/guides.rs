//! What leads a person: the guided set-up, the demo's tour, the help.

use rstest::rstest;

use super::rig::{Rig, address, config};
use crate::config::edit::Change;
use crate::config::{Account, Config, NumberEntry, Secret};
use crate::tui::message::{Effect, FoundNumber, Msg, Notice, SetUpKeys, SettingsAsk, SettingsNews, Story, SyncNews};
use crate::tui::views::tour::Tour;

/// A client of which nothing is configured.
fn bare() -> Rig {
    let mut rig = Rig::empty(100, 30);
    let account = Account { api_key: None, ..config().account };
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(Config::for_account(account, Vec::new())))));
    rig.answer_threads(Vec::new(), false);
    rig.asked.clear();
    rig
}

fn said(rig: &Rig) -> String {
    rig.text().replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn secret(text: &str) -> Secret {
    Secret::parse(text).unwrap()
}

const KEYS: &str = "\"demo-api-key\" tab \"demo-user-key\"";

fn found(number: &str, label: &str, enabled: bool) -> FoundNumber {
    FoundNumber { address: address(number), label: Some(label.to_owned()), enabled }
}

#[test]
fn the_guide_leads_from_the_keys_to_the_first_messages() {
    let mut rig = bare();
    assert!(said(&rig).contains("Set-up 1 of 5: Welcome"), "{}", rig.text());
    rig.press("enter").press(KEYS);
    assert!(!rig.text().contains("demo-"), "what is typed is hidden:\n{}", rig.text());
    let keys = SetUpKeys {
        api: Some(secret("demo-api-key")),
        user: Some(secret("demo-user-key")),
        number: None,
        key: None,
        keyring: false,
    };
    let ask = SettingsAsk::SetUp { base_url: Change::Clear, keys: Box::new(keys) };
    assert_eq!(rig.press("enter").asks(), [Effect::Settings(ask)]);
    rig.give(Msg::Settings(SettingsNews::Saved("The keys are saved".to_owned())));
    assert_eq!(rig.asks(), [Effect::Settings(SettingsAsk::Discover)]);
    let all = vec![
        found("2025550101", "Main", true),
        found("2025550102", "Workshop", true),
        found("2025550103", "Fax", false),
    ];
    rig.give(Msg::Settings(SettingsNews::Discovered(Ok(all))));
    assert!(
        said(&rig).contains("Set-up 3 of 5") && said(&rig).contains("switched off at MightyCall"),
        "{}",
        rig.text()
    );

    // the second is the default and has another name
    rig.press("down s l ctrl-u \"Desk\" enter");
    let entry = |number, label: &str, is_default| NumberEntry {
        address: address(number),
        label: Some(label.to_owned()),
        key: None,
        is_default,
    };
    let picked = vec![entry("2025550101", "Main", false), entry("2025550102", "Desk", true)];
    assert_eq!(rig.press("enter").asks(), [Effect::Settings(SettingsAsk::AddNumbers(picked))]);
    rig.give(Msg::Settings(SettingsNews::Saved("2 numbers added".to_owned()))).give(Msg::Sync(SyncNews::Started));
    assert!(said(&rig).contains("Set-up 4 of 5"), "{}", rig.text());
    assert_eq!(rig.press("x").asks(), [Effect::CancelSync]);
    rig.give(Msg::Sync(SyncNews::Cancelled { new: 120, resumable: true }));
    assert!(said(&rig).contains("Stopped after 120 messages"), "{}", rig.text());
    assert_eq!(rig.press("enter").asks(), [Effect::ResumeSync]);
    rig.give(Msg::Sync(SyncNews::Started));
    rig.give(Msg::Sync(SyncNews::Done { at: rig.state.now, new: 1_880, failed: Vec::new() }));
    assert!(said(&rig).contains("Everything is ready: 1 880 messages came"), "{}", rig.text());
    rig.press("enter");
    assert!(rig.state.overlays.is_empty());
}

#[test]
fn going_back_and_leaving_lose_nothing_that_was_typed() {
    let mut rig = bare();
    rig.press("enter").press(KEYS).press("shift-tab shift-tab");
    assert!(said(&rig).contains("Set-up 1 of 5"), "{}", rig.text());
    rig.press("enter");
    assert!(
        said(&rig).contains("API key ••••••••••••") && said(&rig).contains("User key ••••••••••••"),
        "{}",
        rig.text()
    );
    rig.press("esc");
    assert!(rig.text().contains("w leads through it"), "{}", rig.text());
    rig.press("w");
    assert!(said(&rig).contains("Set-up 2 of 5") && said(&rig).contains("API key ••••••••••••"), "{}", rig.text());
    let debug = format!("{:?}", rig.state);
    assert!(!debug.contains("demo-api") && !debug.contains("demo-user"));
}

#[rstest]
#[case("enter", "type the account's API key")]
#[case("\"demo-api-key\" enter", "does not sign in")]
#[case("tab \"demo-user-key\" enter", "goes with the account's API key")]
#[case("tab tab \"2025\" enter", "4 digits")]
#[case("tab tab tab \"demo-key-1\" enter", "which number")]
#[case("\"demo key\" enter", "line break")]
fn what_is_missing_is_said(#[case] keys: &str, #[case] says: &str) {
    let mut rig = bare();
    assert_eq!(rig.press("enter").press(keys).asks(), []);
    assert!(said(&rig).contains(says), "{}", rig.text());
}

#[test]
fn what_the_service_refuses_is_said_and_can_be_mended() {
    let mut rig = bare();
    rig.press("enter").press(KEYS).press("enter").give(Msg::Settings(SettingsNews::Saved("saved".to_owned())));
    let why = "MightyCall does not accept the keys. What to do: Check the account API key".to_owned();
    rig.give(Msg::Settings(SettingsNews::Discovered(Err(why))));
    assert!(said(&rig).contains("Set-up 2 of 5") && said(&rig).contains("Check the account API key"), "{}", rig.text());
    rig.asks();
    assert_eq!(rig.press("\"2\" enter").asks().len(), 1, "typed again and asked again");
    rig.give(Msg::Settings(SettingsNews::NotSaved("read-only".to_owned())));
    assert!(said(&rig).contains("✗ read-only"), "{}", rig.text());
}

#[test]
fn keys_go_into_the_keyring_where_there_is_one() {
    let mut rig = bare();
    rig.give(Msg::Settings(SettingsNews::Keyring(true)));
    rig.press("enter").press(KEYS);
    assert!(said(&rig).contains("the system's keyring"), "{}", rig.text());
    let keyring = |rig: &mut Rig| match rig.press("enter").asks().pop() {
        Some(Effect::Settings(SettingsAsk::SetUp { keys, .. })) => keys.keyring,
        other => panic!("{other:?}"),
    };
    assert!(keyring(&mut rig));
    rig.give(Msg::Settings(SettingsNews::NotSaved("locked".to_owned())));
    rig.press("tab tab tab space");
    assert!(!keyring(&mut rig));
}

#[test]
fn another_address_is_checked_before_it_is_taken() {
    let mut rig = bare();
    rig.press("down down enter ctrl-u \"http://example.com\" enter");
    assert!(said(&rig).contains("unprotected"), "{}", rig.text());
    rig.press("ctrl-u \"http://127.0.0.1:9/v4/\" enter k k enter").press(KEYS);
    let asked = rig.press("enter").asks();
    let url = Change::Set("http://127.0.0.1:9/v4".to_owned());
    assert!(
        matches!(&asked[..], [Effect::Settings(SettingsAsk::SetUp { base_url, .. })] if *base_url == url),
        "{asked:?}"
    );
}

#[test]
fn the_tour_goes_on_as_things_are_done() {
    let mut rig = Rig::new(120, 30);
    rig.state.demo = true;
    rig.state.tour = Some(Tour::default());
    let shows = |rig: &Rig, part: &str| assert!(said(rig).contains(part), "{part}:\n{}", rig.text());
    rig.press("j k");
    shows(&rig, "Tour 1/5");
    shows(rig.press("enter"), "Tour 2/5");
    shows(rig.press("\"Yes\" enter"), "Tour 3/5");
    shows(rig.press("alt-u"), "Tour 4/5");
    shows(rig.press("f1").press("esc"), "Tour 5/5");
    shows(rig.press("f5"), "That was the tour");
    assert!(!rig.press("esc").text().contains("Tour"), "{}", rig.text());
    shows(rig.press("f9"), "Tour");
    assert!(!rig.press("f9").text().contains("Tour"));
}

#[test]
fn the_tour_names_the_keys_that_are_bound() {
    let overrides = [("next-unread".to_owned(), "f12".to_owned())].into_iter().collect();
    let rebound = Config { keymap: crate::config::keymap::Keymap::with_overrides(&overrides).unwrap(), ..config() };
    let mut rig = Rig::new(120, 30);
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(rebound))));
    rig.state.tour = Some(Tour::default());
    rig.press("enter \"Yes\" enter");
    assert!(said(&rig).contains("F12 goes to the next unread"), "{}", rig.text());
}

#[test]
fn the_help_is_searched() {
    let mut rig = Rig::new(80, 24);
    rig.press("f1 / \"unread thread\"");
    let shown = said(&rig);
    assert!(shown.contains("Alt-U") && shown.contains("Threads") && !shown.contains("one down"), "{}", rig.text());
    assert!(rig.press("\"zzz\"").text().contains("Nothing in the help"), "{}", rig.text());
    assert!(rig.press("esc").text().contains("one down"));
    rig.press("/ \"j\" enter j");
    assert!(rig.press("esc esc").state.overlays.is_empty());
}

#[test]
fn the_help_hangs_what_does_not_fit() {
    let mut rig = Rig::new(40, 24);
    rig.press("f1 / \"unconfirmed message again\" enter");
    let text = rig.text();
    let rows: Vec<&str> = text.lines().map(|row| row.trim_matches(['│', ' '])).collect();
    let at = rows.iter().position(|row| row.starts_with('R')).unwrap_or_else(|| panic!("{text}"));
    let first = text.lines().nth(at).unwrap().find("send").unwrap();
    let second = text.lines().nth(at + 1).unwrap();
    assert!(second.chars().take(first.saturating_sub(2)).all(|c| "│ ".contains(c)), "{text}");
}

#[test]
fn a_failed_first_fetch_says_what_to_do() {
    let mut rig = bare();
    rig.press("enter").press(KEYS).press("enter").give(Msg::Settings(SettingsNews::Saved("saved".to_owned())));
    rig.give(Msg::Settings(SettingsNews::Discovered(Ok(vec![found("2025550101", "Main", true)]))));
    rig.press("enter").give(Msg::Settings(SettingsNews::Saved("added".to_owned())));
    let failed = vec![(Some(address("2025550101")), Story::new("No answer").advice("Check the network."))];
    rig.give(Msg::Sync(SyncNews::Started));
    rig.give(Msg::Sync(SyncNews::Done { at: rig.state.now, new: 0, failed }));
    assert!(
        said(&rig).contains("What to do: Check the network.") && said(&rig).contains("tries again"),
        "{}",
        rig.text()
    );
    rig.asks();
    assert_eq!(rig.press("ctrl-r").asks(), [Effect::Sync]);
    rig.give(Msg::Notice(Notice::info("something else")));
    assert!(said(&rig).contains("Set-up 4 of 5"));
}

/// Nothing of a page goes missing without a mark, and what has to be chosen or filled in is there whole.
#[test]
fn the_guide_fits_the_smallest_screen() {
    let mut rig = bare();
    (rig.state.columns, rig.state.rows) = (40, 10);
    for part in ["Set up my account", "the demo │", "https://ccapi.might…", "Not now: to the settings", "Enter goes on"]
    {
        assert!(rig.text().replace("  ", "").contains(part), "{part}:\n{}", rig.text());
    }
    rig.press("down down enter ctrl-u \"ftp://x\" enter");
    for part in ["✗ the base URL starts with ftp://", "Set up my account", "Not now: to the settings"] {
        assert!(said(&rig).contains(part), "{part}:\n{}", rig.text());
    }
    rig.press("ctrl-u \"https://ccapi.mightycall.com/v4\" enter k k enter enter");
    for part in ["✗ type the account's API key", "API key", "User key", "Number", "Its own key", "…"] {
        assert!(said(&rig).contains(part), "{part}:\n{}", rig.text());
    }
}

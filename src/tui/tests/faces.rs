//! What the settings, the guides and the windows of work and stories look like at every size.

use super::rig::{Rig, address, config};
use super::snapshots::at_all_sizes;
use crate::config::{Account, Config};
use crate::tui::message::{FoundNumber, Msg, Notice, Progress, SettingsNews, Story, SyncNews};
use crate::tui::views::tour::Tour;
use rstest::rstest;

#[rstest]
#[case("preferences", "f4 tab j")]
#[case("preferences-typing", "f4 tab / \"poll\" enter enter ctrl-u \"2\" enter")]
#[case("preferences-choosing", "f4 tab / \"pictures\" enter enter down")]
#[case("keys", "f4 tab tab j")]
#[case("keys-pressing", "f4 tab tab / \"sync now\" enter enter")]
#[case("keys-conflict", "f4 tab tab / \"sync now\" enter enter f1")]
#[case("keys-refused", "f4 tab tab / \"send what\" enter enter s")]
#[case("help-search", "f1 / \"unread\"")]
#[case("work-idle", "f7")]
#[case("work-question", "f7 e")]
fn views(#[case] name: &str, #[case] keys: &str) {
    at_all_sizes(name, |rig| {
        rig.press(keys);
    });
}

fn progress(rig: &mut Rig) {
    for (second, fetched) in [(10, 2_000), (20, 4_000), (30, 6_000)] {
        rig.give(Msg::Now(super::rig::time(&format!("2026-11-18T09:42:{second}Z"))));
        let number = address("2025550101");
        let page =
            Progress { number, together: 1, place: 1, of: 2, fetched, new: 900, expected: Some(9_000), requests: 7 };
        rig.give(Msg::Sync(SyncNews::Progress(page)));
    }
}

#[test]
fn work() {
    at_all_sizes("work", |rig| {
        rig.give(Msg::Sync(SyncNews::Started));
        progress(rig);
        rig.press("f7");
    });
    at_all_sizes("work-stopped", |rig| {
        rig.give(Msg::Sync(SyncNews::Started)).give(Msg::Sync(SyncNews::Cancelled { new: 6_000, resumable: true }));
        rig.press("f7");
    });
}

#[test]
fn stories() {
    at_all_sizes("story", |rig| {
        let story = Story::new("cannot connect to MightyCall for GET /journal/requests: connection refused")
            .about("Main Phone (202) 555-0101")
            .because("No connection came about: the network is down, or the address is wrong. Nothing was sent.")
            .advice("Check the network and the base URL in the settings; nothing was sent.")
            .by_itself("mctui tries again, less and less often while it keeps failing.");
        rig.give(Msg::Notice(Notice::info("Synced: nothing new")));
        rig.give(Msg::Notice(Notice::error(story.line()).told(story))).press("f8");
    });
}

#[test]
fn tour() {
    at_all_sizes("tour", |rig| {
        rig.state.demo = true;
        rig.state.tour = Some(Tour::default());
        rig.press("enter");
    });
}

#[test]
fn guide() {
    let begin = |rig: &mut Rig| {
        let account = Account { api_key: None, ..config().account };
        rig.give(Msg::Settings(SettingsNews::Config(Box::new(Config::for_account(account, Vec::new())))));
        rig.give(Msg::Settings(SettingsNews::Keyring(true))).press("f4 w");
    };
    at_all_sizes("guide-where", begin);
    let keys = |rig: &mut Rig| {
        begin(rig);
        rig.press("enter \"demo-api-key\" tab \"demo-user-key\"");
    };
    at_all_sizes("guide-keys", keys);
    let numbers = |rig: &mut Rig| {
        keys(rig);
        let found = |number, label: &str, enabled| FoundNumber {
            address: address(number),
            label: Some(label.to_owned()),
            enabled,
        };
        let all = vec![found("2025550101", "Main Phone", true), found("2025550103", "Old fax", false)];
        rig.press("enter").give(Msg::Settings(SettingsNews::Saved("The keys are saved".to_owned())));
        rig.give(Msg::Settings(SettingsNews::Discovered(Ok(all))));
    };
    at_all_sizes("guide-numbers", numbers);
    let fetch = |rig: &mut Rig| {
        numbers(rig);
        rig.press("enter").give(Msg::Settings(SettingsNews::Saved("1 number added".to_owned())));
        rig.give(Msg::Sync(SyncNews::Started));
        progress(rig);
    };
    at_all_sizes("guide-fetch", fetch);
    at_all_sizes("guide-done", |rig| {
        fetch(rig);
        rig.give(Msg::Sync(SyncNews::Done { at: rig.state.now, new: 1_880, failed: Vec::new() }));
        rig.press("down");
    });
}

//! What each view looks like at four sizes.

use rstest::rstest;

use super::rig::{Rig, time};
use crate::config::{Account, BaseUrl, Config, Scheme};
use crate::model::Line;
use crate::tui::message::{Changed, FoundNumber, Msg, Notice, SettingsNews, SyncNews};

const SIZES: [(u16, u16); 4] = [(40, 10), (60, 20), (80, 24), (120, 40)];

fn at_all_sizes(name: &str, prepare: impl Fn(&mut Rig)) {
    for (columns, rows) in SIZES {
        let mut rig = Rig::new(columns, rows);
        prepare(&mut rig);
        insta::assert_snapshot!(format!("{name}-{columns}x{rows}"), rig.text());
    }
}

#[rstest]
#[case("threads", "")]
#[case("conversation", "enter esc")]
#[case("conversation-up", "enter esc k k k k")]
#[case("composer", "enter \"Sure — moving you to 3 pm\"")]
#[case(
    "composer-long",
    "enter \"One line\" alt-enter \"and another that is long enough to go over the edge of the box at any of the sizes\" alt-enter \"three\""
)]
#[case("numbers", "f2 down")]
#[case("settings", "f4")]
#[case("settings-number", "f4 a \"202-555-01\"")]
#[case("settings-account", "f4 c")]
#[case("settings-remove", "f4 x")]
#[case("new-message", "ctrl-n \"202555017\"")]
#[case("help", "enter f1")]
#[case("info", "enter esc i")]
#[case("quit", "enter \"unsent\" ctrl-c")]
fn views(#[case] name: &str, #[case] keys: &str) {
    at_all_sizes(name, |rig| {
        rig.press(keys);
    });
}

#[test]
fn first_run() {
    for (columns, rows) in SIZES {
        let mut rig = Rig::empty(columns, rows);
        let account = Account { base_url: BaseUrl::default(), api_key: None, user_key: None, scheme: Scheme::Auto };
        let config = Config::for_account(account, Vec::new());
        rig.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
        rig.answer_threads(Vec::new(), false);
        insta::assert_snapshot!(format!("welcome-{columns}x{rows}"), rig.text());
        rig.press("esc");
        insta::assert_snapshot!(format!("nothing-yet-{columns}x{rows}"), rig.text());
    }
}

#[test]
fn palette() {
    at_all_sizes("palette", |rig| {
        rig.press("ctrl-p").give(Msg::Palette(super::rig::threads())).press("\"an\"");
    });
}

#[test]
fn found_numbers_and_tests() {
    at_all_sizes("found", |rig| {
        let found = |number: &str, label: &str, enabled| FoundNumber {
            address: super::rig::address(number),
            label: Some(label.to_owned()),
            enabled,
        };
        let found = vec![
            found("2025550101", "Main Phone", true),
            found("2025550103", "Sales", true),
            found("2025550104", "Old fax", false),
        ];
        rig.press("f4 f").give(Msg::Settings(SettingsNews::Discovered(Ok(found)))).press("down");
    });
    at_all_sizes("tested", |rig| {
        let result = Err("MightyCall refused the key of this number (401); copy it again from MightyCall".to_owned());
        rig.press("f4 t")
            .give(Msg::Settings(SettingsNews::Tested { number: super::rig::address("2025550101"), result }));
    });
}

#[test]
fn progress_and_trouble() {
    at_all_sizes("syncing", |rig| {
        rig.give(Msg::Sync(SyncNews::Started)).give(Msg::Sync(SyncNews::Progress {
            number: Some(super::rig::address("2025550101")),
            fetched: 120,
            new: 3,
            total: Some(400),
        }));
    });
    at_all_sizes("error", |rig| {
        let why = "GET /journal/requests: MightyCall could not be reached (connection refused); check the network, then press Ctrl-R";
        rig.give(Msg::Sync(SyncNews::Line(Line::Offline))).give(Msg::Sync(SyncNews::Done {
            at: time("2026-11-18T09:42:00Z"),
            new: 0,
            failed: vec![(Some(super::rig::address("2025550101")), why.to_owned())],
        }));
    });
    at_all_sizes("error-in-full", |rig| {
        rig.give(Msg::Notice(Notice::error("one \u{1b}[31mlong story\nover lines, ".repeat(4)))).press("f8");
    });
    at_all_sizes("new-below", |rig| {
        rig.press("enter esc g").give(Msg::Changed(Changed::Everything));
        let mut all = super::rig::messages();
        for minute in 42..45 {
            let at = format!("2026-11-18T09:{minute}:00Z");
            all.push(super::rig::message(1, &at, crate::model::Direction::Inbound, "And another thing"));
        }
        rig.answer_messages(all);
    });
}

#[test]
fn without_utf8_there_is_only_ascii() {
    let mut rig = Rig::new(80, 24);
    rig.state.ascii = true;
    let text = rig.text();
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!("ascii-80x24", text);
}

#[test]
fn without_colour_marks_remain() {
    use ratatui::style::Color;
    let mut rig = Rig::new(80, 24);
    let coloured = rig.screen();
    assert!(coloured.content.iter().any(|cell| cell.fg != Color::Reset), "there is colour to take away");
    rig.state.colour = false;
    let plain = rig.screen();
    assert!(plain.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert_eq!(super::rig::text(&plain), super::rig::text(&coloured));
}

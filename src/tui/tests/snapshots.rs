//! What each view looks like at three sizes, and in what styles.

use rstest::rstest;

use super::looking;
use super::rig::{Rig, time};
use crate::config::theme::Depth;
use crate::config::{Account, BaseUrl, Config, Scheme};
use crate::model::Line;
use crate::tui::message::{Changed, FoundNumber, Msg, Notice, Progress, SettingsNews, Story, SyncNews};

const SIZES: [(u16, u16); 3] = [(40, 10), (80, 24), (120, 40)];
/// The one that has styles, too.
const STYLED: (u16, u16) = (80, 24);
/// One that leaves the ground to the terminal, and one that has all colours.
const THEMES: [&str; 2] = ["default", "harbour-day"];

/// Holds what a view looks like: its text at each size, and its styles at one of them in two themes.
pub(super) fn at_all_sizes(name: &str, prepare: impl Fn(&mut Rig)) {
    for (columns, rows) in SIZES {
        let mut rig = Rig::new(columns, rows);
        prepare(&mut rig);
        insta::assert_snapshot!(format!("{name}-{columns}x{rows}"), rig.text());
    }
    let mut rig = Rig::new(STYLED.0, STYLED.1);
    prepare(&mut rig);
    let text = rig.text();
    let mut styles = String::new();
    for theme in THEMES {
        let screen = rig.wear(theme).screen();
        assert_eq!(super::rig::text(&screen), text, "a theme changes no text");
        styles.push_str(&format!("[{theme}]\n{}\n", looking::styles(&screen)));
    }
    insta::assert_snapshot!(format!("{name}-styles"), styles);
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
#[case("themes", "f6 down down")]
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
        rig.press("esc esc");
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
        rig.give(Msg::Sync(SyncNews::Started)).give(Msg::Sync(SyncNews::Progress(Progress {
            number: super::rig::address("2025550101"),
            together: 1,
            place: 1,
            of: 2,
            fetched: 120,
            new: 3,
            expected: Some(400),
            requests: 2,
        })));
    });
    at_all_sizes("error", |rig| {
        let why = "GET /journal/requests: MightyCall could not be reached (connection refused); check the network, then press Ctrl-R";
        rig.give(Msg::Sync(SyncNews::Line(Line::Offline))).give(Msg::Sync(SyncNews::Done {
            at: time("2026-11-18T09:42:00Z"),
            new: 0,
            failed: vec![(Some(super::rig::address("2025550101")), Story::new(why))],
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
    let coloured = rig.wear("nord").screen();
    assert!(looking::seen(&coloured).all(|cell| cell.bg != Color::Reset), "there is colour to take away");
    rig.state.looks = crate::tui::looks::Looks::new(Depth::None, false);
    let plain = rig.wear("nord").screen();
    assert!(plain.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert_eq!(super::rig::text(&plain), super::rig::text(&coloured));
}

//! For screen readers: no frames, no colours, one pane at a time, words instead of marks, and the cursor on what the keys
//! act on.

use ratatui::Terminal;
use ratatui::backend::{Backend, TestBackend};
use ratatui::layout::Position;
use ratatui::style::Color;
use rstest::rstest;

use super::rig::{self, Rig};
use crate::model::Line;
use crate::tui::draw::draw;
use crate::tui::message::{Msg, Notice, Progress, SettingsNews, SyncNews};

fn plain(columns: u16, rows: u16) -> Rig {
    let mut rig = Rig::new(columns, rows);
    let mut config = rig::config();
    config.preferences.ui.plain = true;
    // whatever the theme
    config.preferences.ui.theme = "nord".to_owned();
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
    rig.asked.clear();
    rig
}

/// The cursor, and the row that it is on.
fn read(rig: &Rig) -> (Position, String) {
    let mut terminal = Terminal::new(TestBackend::new(rig.state.columns, rig.state.rows)).unwrap();
    terminal.draw(|frame| drop(draw(frame, &rig.state))).unwrap();
    let at = terminal.backend_mut().get_cursor_position().unwrap();
    let text = rig.text();
    (at, text.lines().nth(at.y.into()).unwrap_or_default().to_owned())
}

const SCREENS: [(&str, &str); 9] = [
    ("threads", ""),
    ("conversation", "enter esc"),
    ("composer", "enter \"Sure\""),
    ("numbers", "f2 down"),
    ("settings", "f4"),
    ("help", "f1"),
    ("themes", "f6"),
    ("new", "ctrl-n"),
    ("quit", "enter \"unsent\" ctrl-c"),
];

#[test]
fn what_it_looks_like() {
    let screens = SCREENS.map(|(name, keys)| {
        let mut rig = plain(72, 20);
        rig.press(keys);
        let (at, _) = read(&rig);
        format!("[{name}, cursor at {},{}]\n{}", at.x, at.y, rig.text())
    });
    insta::assert_snapshot!("plain-72x20", screens.join("\n"));
}

#[rstest]
#[case(30, 8)]
#[case(72, 20)]
#[case(200, 60)]
fn nothing_but_text(#[case] columns: u16, #[case] rows: u16) {
    for (name, keys) in SCREENS {
        let mut rig = plain(columns, rows);
        let screen = rig.press(keys).screen();
        for cell in &screen.content {
            let frame =
                cell.symbol().chars().any(|c| matches!(c, '\u{2500}'..='\u{259f}' | '✓' | '●' | '○' | '▾' | '»'));
            assert!(!frame, "{name}: {:?}\n{}", cell.symbol(), rig.text());
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{name}");
        }
        assert!(!rig.state.wants_mouse());
    }
}

#[test]
fn the_cursor_is_on_what_the_keys_act_on() {
    let mut rig = plain(72, 20);
    assert!(read(&rig).1.starts_with("Dana Whitfield, 2 unread, 09:41"), "{:?}", read(&rig));
    rig.press("down");
    assert!(read(&rig).1.starts_with("(202) 555-0142"));
    rig.press("enter esc");
    assert_eq!(rig.answer_messages(rig::messages()).text().lines().nth(1), Some("(202) 555-0142  you: Main Phone"));
    assert!(read(&rig).1.contains("Received 09:41"), "{:?}", read(&rig));
    rig.press("k");
    assert!(read(&rig).1.contains("Ana, waiting to be sent 09:40: Bring the key"), "{:?}", read(&rig));
    rig.press("f2 down");
    assert!(read(&rig).1.contains("Main Phone"), "the window on top");
    rig.press("esc enter \"Sure\"");
    let (at, row) = read(&rig);
    assert!(row.starts_with("Sure") && at.x == 4, "{at} {row:?}");
}

#[test]
fn deliveries_and_sides_are_words() {
    let mut rig = plain(100, 40);
    let text = rig.press("enter esc").text();
    for words in [
        "Received 15:00: Hello",
        "Ana, delivered 15:05: We do: 2 pm?",
        "Ana, sent 09:39: Yes, 2 pm.",
        "Ana, not sent 08:10, because: number not in service: Your invoice",
        "R sends it again, x puts it away",
        "may have gone out 08:12",
        "Received 09:41, unread: Can you move it to 3?",
    ] {
        assert!(text.contains(words), "{words}:\n{text}");
    }
    assert!(!text.contains('✓') && !text.contains('✗'));
}

#[test]
fn the_header_says_it_and_stays_still() {
    let mut rig = plain(100, 20);
    let header = |rig: &Rig| rig.text().lines().next().unwrap().to_owned();
    assert_eq!(header(&rig), " mctui connected, All numbers, 2 unread");
    // nothing changes by the clock but the day
    assert_eq!(rig.state.wake_at(), Some(rig::time("2026-11-19T00:00:00Z")));
    rig.give(Msg::Sync(SyncNews::Started));
    let progress = |fetched| {
        let number = rig::address("2025550101");
        SyncNews::Progress(Progress {
            number,
            together: 1,
            place: 1,
            of: 1,
            fetched,
            new: 0,
            expected: Some(400),
            requests: 1,
        })
    };
    let one = header(rig.give(Msg::Sync(progress(100))));
    assert_eq!(header(rig.give(Msg::Sync(progress(200)))), one, "no counting aloud");
    assert!(one.ends_with("syncing"), "{one}");
    rig.give(Msg::Sync(SyncNews::Line(Line::Offline)));
    assert!(header(&rig).contains("offline since 09:42"), "{}", header(&rig));
    rig.give(Msg::Notice(Notice::error("It did not work")));
    assert_eq!(rig.text().lines().last(), Some(" Error: It did not work"));
}

#[test]
fn the_flag_goes_over_the_settings() {
    let mut rig = Rig::new(80, 24);
    rig.state.looks = crate::tui::looks::Looks::new(crate::config::theme::Depth::True, true);
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(rig::config()))));
    assert!(!rig.text().contains('│'));
}

//! Choosing a theme: seen at once, kept by Enter, given up by Esc.

use ratatui::style::Color;
use rstest::rstest;

use super::looking;
use super::rig::{self, Rig};
use crate::config::preferences::Value;
use crate::config::theme::{Depth, Themes};
use crate::tui::looks::Looks;
use crate::tui::message::{Effect, Msg, SettingsAsk, SettingsNews};

/// The ground of the whole screen, which a theme with one of its own lays under every cell.
fn ground(rig: &Rig) -> Color {
    // a cell of the list that nothing is written in
    rig.screen()[(5, 20)].bg
}

fn own(files: &[(&str, &str)]) -> Themes {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    Themes::with_own(folder.path())
}

const NIGHT: Color = Color::Rgb(0x10, 0x17, 0x1e);

#[test]
fn a_theme_is_worn_while_one_looks_and_given_up_by_esc() {
    let mut rig = Rig::new(120, 40);
    assert_eq!(ground(&rig), Color::Reset);
    rig.press("f6");
    assert_eq!(rig.asks(), [Effect::Settings(SettingsAsk::Themes)], "a person's own may have come meanwhile");
    rig.press("down");
    assert_eq!(ground(&rig), NIGHT, "the panes behind the window, too");
    rig.press("down");
    assert_eq!(ground(&rig), Color::Rgb(0xfa, 0xf8, 0xf4));
    assert_eq!(rig.press("esc").asks(), []);
    assert_eq!(ground(&rig), Color::Reset);
}

#[test]
fn enter_keeps_it_before_it_is_written() {
    let mut rig = Rig::new(120, 40);
    rig.press("f6 down enter");
    let keep = SettingsAsk::Prefer("ui.theme", Value::Text("harbour-night".to_owned()));
    assert!(rig.asks().contains(&Effect::Settings(keep)));
    assert!(rig.state.overlays.is_empty());
    assert_eq!(ground(&rig), NIGHT, "no flicker back");
    // what was written comes back
    let mut config = rig::config();
    config.preferences.ui.theme = "harbour-night".to_owned();
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
    assert_eq!(ground(&rig), NIGHT);
    assert!(rig.press("f6").text().contains("✓ Harbour at night"));
}

#[test]
fn another_window_over_it_keeps_the_preview_and_leaving_all_gives_it_up() {
    let mut rig = Rig::new(120, 40);
    rig.press("f6 down f1");
    assert_eq!(ground(&rig), NIGHT);
    rig.press("esc esc");
    assert_eq!(ground(&rig), Color::Reset);
    // the same key again closes it
    rig.press("f6 G f6");
    assert!(rig.state.overlays.is_empty());
}

#[test]
fn a_persons_own_come_and_what_is_wrong_with_them_is_told() {
    let mut rig = Rig::new(120, 40);
    let mut config = rig::config();
    config.preferences.ui.theme = "mine".to_owned();
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
    assert!(rig.asks().contains(&Effect::Settings(SettingsAsk::Themes)), "it is none of ours, so theirs are read");
    assert_eq!(ground(&rig), Color::Reset);
    rig.give(Msg::Themes(Box::new(own(&[(
        "mine.toml",
        "name = \"Mine \\u001b[31m\"\n[roles]\nscreen = \"white on #010203\"",
    )]))));
    assert_eq!(ground(&rig), Color::Rgb(1, 2, 3));
    assert!(rig.state.notice.is_none());
    let text = rig.press("f6").text();
    assert!(text.contains("✓ Mine ␛[31m") && text.contains("yours, dark"), "{text}");
    rig.press("esc");
    rig.give(Msg::Themes(Box::new(own(&[("mine.toml", "[roles]\nscrean = \"white\"")]))));
    let told = rig.state.notice.as_ref().unwrap().text.clone();
    assert!(told.contains("“mine” cannot be used") && told.contains("line 2"), "{told}");
    assert_eq!(ground(&rig), Color::Reset, "the terminal's own meanwhile");
    assert!(rig.press("f6").text().contains("mine.toml, line 2: unknown"), "{}", rig.text());
    rig.press("esc").give(Msg::Themes(Box::default()));
    assert!(rig.state.notice.as_ref().unwrap().text.contains("There is no theme “mine”"));
}

#[rstest]
#[case(Depth::None)]
#[case(Depth::Sixteen)]
#[case(Depth::Indexed)]
#[case(Depth::True)]
fn no_theme_has_more_colours_than_the_terminal(#[case] depth: Depth) {
    let mut rig = Rig::new(80, 24);
    rig.state.looks = Looks::new(depth, false);
    for theme in Themes::default().all() {
        for keys in ["", "f6", "esc"] {
            rig.press(keys).wear(&theme.id);
            for cell in &rig.screen().content {
                for color in [cell.fg, cell.bg] {
                    let may = match color {
                        Color::Reset => true,
                        Color::Rgb(..) => depth == Depth::True,
                        Color::Indexed(_) => matches!(depth, Depth::Indexed | Depth::True),
                        _ => depth != Depth::None,
                    };
                    assert!(may, "{}: {color:?}", theme.id);
                }
            }
        }
    }
}

/// Every cell of a theme with a ground has one: no holes of the terminal's own colour, whatever lies over it.
#[test]
fn grounds_have_no_holes() {
    for theme in ["harbour-night", "contrast-light", "sixteen-dark"] {
        for keys in ["", "enter \"日本 😀\"", "f1", "f2", "f4", "f6", "ctrl-n", "ctrl-c"] {
            let mut rig = Rig::new(100, 30);
            let screen = rig.wear(theme).press(keys).screen();
            let holes = looking::seen(&screen).filter(|cell| cell.bg == Color::Reset).count();
            assert_eq!(holes, 0, "{theme} after {keys:?}");
        }
    }
}

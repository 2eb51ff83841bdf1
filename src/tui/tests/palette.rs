//! The palette: whatever has a name is a few letters away.

use rstest::rstest;

use super::rig::{self, Rig};
use crate::config::keymap::Context;
use crate::tui::message::{Changed, Effect, Msg};
use crate::tui::state::Focus;

fn opened(keys: &str) -> Rig {
    let mut rig = Rig::new(80, 24);
    rig.press(keys).press("ctrl-p");
    assert!(rig.asks().contains(&Effect::LoadPalette));
    rig.give(Msg::Palette(rig::threads()));
    rig
}

#[rstest]
#[case::name(r#""lee""#, "Lee Ortiz")]
#[case::digits(r#""5550142""#, "(202) 555-0142")]
#[case::our_number(r#""show work""#, "Show Workshop (202) 555-0102")]
#[case::command(r#"">sett""#, "Settings")]
#[case::typed(r#""202.555.0199""#, "Write to (202) 555-0199")]
#[case::nothing(r#""zzzz""#, "Nothing is called like that")]
fn finds(#[case] keys: &str, #[case] first: &str) {
    let mut rig = opened("");
    rig.press(keys);
    let text = rig.text();
    let rows: Vec<&str> = text.lines().skip_while(|line| !line.contains("Go to")).collect();
    assert!(rows[2].contains(first), "{text}");
}

#[test]
fn goes_where_it_says() {
    let mut rig = opened("");
    let asked = rig.press(r#""lee" enter"#).asks();
    let lee = rig::threads()[2].contact.clone();
    assert_eq!(asked, [Effect::OpenThread { number: rig::address("2025550101"), contact: lee }]);
    assert!(rig.state.overlays.is_empty());

    let mut rig = opened("");
    rig.press(r#""show work" enter"#);
    assert_eq!(rig.state.numbers.current, Some(rig::address("2025550102")));
}

#[test]
fn who_is_faster_than_the_cache_goes_where_they_meant() {
    let mut rig = Rig::new(80, 24);
    rig.press(r#"ctrl-p "lee" enter"#);
    assert_eq!(rig.asks(), [Effect::LoadPalette], "a command may look like it");
    rig.give(Msg::Palette(rig::threads()));
    assert!(matches!(rig.asks().as_slice(), [Effect::OpenThread { .. }]));
}

#[test]
fn what_comes_while_it_is_open_is_offered() {
    let reads = |rig: &mut Rig| rig.asks().iter().filter(|effect| **effect == Effect::LoadPalette).count();
    let mut rig = Rig::new(80, 24);
    rig.press("ctrl-p").asks();
    rig.give(Msg::Palette(Vec::new())).give(Msg::Changed(Changed::Everything));
    assert_eq!(reads(&mut rig), 1);
    rig.give(Msg::Changed(Changed::Everything)).give(Msg::Changed(Changed::Everything));
    assert_eq!(reads(&mut rig), 0, "one at a time");
    rig.give(Msg::Palette(Vec::new()));
    assert_eq!(reads(&mut rig), 1, "it has changed since");
    rig.press(r#""lee""#).give(Msg::Palette(rig::threads()));
    assert_eq!(reads(&mut rig), 0);
    assert!(matches!(rig.press("enter").asks().as_slice(), [Effect::OpenThread { .. }]));
}

#[test]
fn what_comes_in_between_does_not_change_what_enter_does() {
    let mut rig = opened("");
    let mut threads = rig::threads();
    let chosen = threads[0].contact.clone();
    threads.rotate_left(1);
    rig.give(Msg::Changed(Changed::Everything)).give(Msg::Palette(threads)).asks();
    let asked = rig.press("enter").asks();
    assert!(matches!(asked.as_slice(), [Effect::OpenThread { contact, .. }] if *contact == chosen), "{asked:?}");
}

#[test]
fn does_what_a_key_does_where_it_was_opened() {
    let mut rig = opened("enter esc");
    rig.press(r#"">read or" enter"#);
    assert!(rig.asks().iter().any(|effect| matches!(effect, Effect::MarkUnread { .. } | Effect::MarkRead { .. })));
    assert_eq!(rig.state.focus, Focus::Conversation);

    let mut rig = opened("f4");
    rig.press(r#"">add a num" enter"#);
    assert_eq!(rig.state.context(), Context::Form, "the settings' form for a number");
}

#[test]
fn the_same_key_or_esc_closes_it() {
    for key in ["ctrl-p", "esc"] {
        let mut rig = opened("");
        rig.press(key);
        assert!(rig.state.overlays.is_empty(), "{key}");
    }
}

#[test]
fn a_click_chooses_and_one_outside_closes() {
    let mut rig = opened("");
    let rows: Vec<String> = rig.text().lines().map(str::to_owned).collect();
    let (y, line) = rows.iter().enumerate().find(|(_, line)| line.contains(" Lee Ortiz  (202)")).unwrap();
    let x = line.find("Lee Ortiz  (202)").unwrap();
    rig.click(u16::try_from(x).unwrap().min(40), u16::try_from(y).unwrap());
    assert!(matches!(rig.asks().as_slice(), [Effect::OpenThread { .. }]));
    let mut rig = opened("");
    rig.click(1, 1);
    assert!(rig.state.overlays.is_empty());
}

//! The settings' preferences and keys: each change asks for exactly that change, and says what it means.

use rstest::rstest;

use super::rig::{Rig, config};
use crate::config::Config;
use crate::config::keymap::Keymap;
use crate::config::preferences::Value;
use crate::tui::message::{Effect, Msg, SettingsAsk, SettingsNews};

fn asked(rig: &mut Rig, keys: &str) -> Vec<SettingsAsk> {
    let settings = |effect| match effect {
        Effect::Settings(ask) => Some(ask),
        _ => None,
    };
    rig.press(keys).asks().into_iter().filter_map(settings).collect()
}

/// The screen in one line, without frames.
fn said(rig: &Rig) -> String {
    rig.text().replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn prefer(path: &'static str, value: Value) -> SettingsAsk {
    SettingsAsk::Prefer(path, value)
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[rstest]
#[case::toggled("/ \"bell\" enter space", prefer("notify.bell", Value::Bool(false)))]
#[case::toggled_by_enter("/ \"bell\" enter enter", prefer("notify.bell", Value::Bool(false)))]
#[case::next_choice("/ \"ui.times\" enter space", prefer("ui.times", text("relative")))]
#[case::chosen("/ \"ui.times\" enter enter down down enter", prefer("ui.times", text("full")))]
#[case::typed("/ \"poll\" enter enter ctrl-u \"30\" enter", prefer("sync.poll_seconds", Value::Number(30)))]
#[case::text("/ \"compose.editor\" enter enter ctrl-u \"nano -w\" enter", prefer("compose.editor", text("nano -w")))]
#[case::muted("/ \"muted\" enter enter down space", prefer("notify.muted", Value::List(vec!["+12025550102".to_owned()])))]
fn a_preference_is_changed(#[case] keys: &str, #[case] ask: SettingsAsk) {
    let mut rig = Rig::new(100, 40);
    assert_eq!(asked(&mut rig, &format!("f4 tab {keys}")), [ask]);
}

#[test]
fn what_is_changed_is_marked_and_goes_back_to_its_default() {
    let mut changed = config();
    changed.sync.poll_seconds = 30;
    let mut rig = Rig::new(100, 40);
    rig.press("f4 right / \"seconds between\" enter");
    assert!(said(&rig).contains("sync.poll_seconds = 15, the default"), "{}", rig.text());
    assert_eq!(asked(&mut rig, "r"), [], "it is the default already");
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(changed))));
    let shown = said(&rig);
    assert!(shown.contains("▌*Seconds between looks 30") && shown.contains("r goes back to it"), "{}", rig.text());
    assert_eq!(asked(&mut rig, "backspace"), [prefer("sync.poll_seconds", Value::Default)]);
}

#[test]
fn a_value_that_cannot_be_is_refused_and_stays_in_the_field() {
    let mut rig = Rig::new(100, 40);
    assert_eq!(asked(&mut rig, "f4 tab / \"poll\" enter enter ctrl-u \"2\" enter"), []);
    assert!(said(&rig).contains("must be a whole number from 5 to"), "{}", rig.text());
    assert_eq!(asked(&mut rig, "\"0\" enter"), [prefer("sync.poll_seconds", Value::Number(20))]);
    assert_eq!(asked(&mut rig, "enter \"7\" esc enter"), [], "left as it was");
}

#[test]
fn sections_are_switched_and_searches_end() {
    let mut rig = Rig::new(100, 40);
    assert!(rig.press("f4").text().contains("Account"));
    assert!(rig.press("right").text().contains("Looks"));
    assert!(rig.press("tab").text().contains("one down"));
    assert!(rig.press("right").text().contains("Account"));
    rig.press("left / \"resend\" enter");
    let shown = said(&rig);
    assert!(shown.contains("1 found") && !shown.contains("one down"), "{}", rig.text());
    assert!(rig.press("esc").text().contains("one down"), "one step back ends the search");
    assert!(rig.press("esc").state.overlays.is_empty());
}

#[rstest]
#[case::replaced("enter f12", &[("sync", Some("f12"))])]
#[case::beside("a f12", &[("sync", Some("ctrl-r, f5, f12"))])]
#[case::none("space", &[("sync", Some("none"))])]
#[case::left_alone("enter esc", &[])]
#[case::taken_from_another("enter f1 y", &[("sync", Some("f1")), ("help", Some("none"))])]
#[case::not_taken("enter f1 n", &[])]
fn a_key_is_bound(#[case] keys: &str, #[case] changes: &[(&'static str, Option<&str>)]) {
    let mut rig = Rig::new(100, 40);
    let asked = asked(&mut rig, &format!("f4 tab tab / \"keys sync now\" esc / \"sync now\" enter {keys}"));
    let changes: Vec<_> = changes.iter().map(|(name, keys)| (*name, keys.map(str::to_owned))).collect();
    let wanted = if changes.is_empty() { Vec::new() } else { vec![SettingsAsk::Bind(changes)] };
    assert_eq!(asked, wanted, "{}", rig.text());
}

#[test]
fn a_conflict_is_said_in_plain_words_before_anything_is_saved() {
    let mut rig = Rig::new(100, 40);
    assert_eq!(asked(&mut rig, "f4 tab tab / \"sync now\" enter enter f1"), []);
    let shown = said(&rig);
    assert!(shown.contains("The terminal sent F1"), "{}", rig.text());
    assert!(shown.contains("F1 is “help” now (Everywhere); it would have no key left."), "{}", rig.text());
    assert!(shown.contains("Take it away there? y yes n no"), "{}", rig.text());
}

#[test]
fn a_character_that_one_types_is_refused_with_why() {
    let mut rig = Rig::new(100, 40);
    assert_eq!(asked(&mut rig, "f4 tab tab / \"send what\" enter enter s"), []);
    assert!(said(&rig).contains("“s” is a character that one types in “Compose box”"), "{}", rig.text());
    assert_eq!(asked(&mut rig, "f12"), [SettingsAsk::Bind(vec![("send", Some("f12".to_owned()))])], "and asked again");
}

#[test]
fn a_rebound_key_is_marked_and_gets_its_own_back() {
    let overrides = [("sync".to_owned(), "f12".to_owned())].into_iter().collect();
    let rebound = Config { keymap: Keymap::with_overrides(&overrides).unwrap(), ..config() };
    let mut rig = Rig::new(100, 40);
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(rebound))));
    rig.press("f4 tab tab / \"sync now\" enter");
    assert!(said(&rig).contains("▌*sync now F12"), "{}", rig.text());
    assert_eq!(asked(&mut rig, "r"), [SettingsAsk::Bind(vec![("sync", None)])]);
}

/// However small the screen: nothing panics, and what is selected is in view.
#[rstest]
#[case("f4 tab G", "How requests are signed")]
#[case("f4 tab tab G", "no")]
fn the_last_row_can_be_reached_on_a_small_screen(#[case] keys: &str, #[case] shows: &str) {
    for (columns, rows) in [(40, 10), (20, 6), (12, 4), (100, 40)] {
        let mut rig = Rig::new(columns, rows);
        rig.press(keys);
        let shown = rig.text();
        assert!(columns < 40 || shown.contains(shows), "{shown}");
    }
}

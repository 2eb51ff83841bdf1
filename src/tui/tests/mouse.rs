//! Clicks, the wheel, and the line between the panes.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use jiff::SignedDuration;
use rstest::rstest;

use super::rig::{self, Rig};
use crate::config::preferences::Value;
use crate::tui::message::{Changed, Effect, Msg, SettingsAsk, SettingsNews};
use crate::tui::state::Focus;
use crate::tui::views::overlay::Overlay;

const LEFT: MouseButton = MouseButton::Left;

fn event(kind: MouseEventKind, (column, row): (u16, u16)) -> Msg {
    Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

impl Rig {
    fn pointer(&mut self, kind: MouseEventKind, at: (u16, u16)) -> &mut Self {
        self.give(event(kind, at))
    }

    /// A click, long after the one before.
    fn left(&mut self, at: (u16, u16)) -> &mut Self {
        let now = self.state.now + SignedDuration::from_secs(5);
        self.give(Msg::Now(now)).left_again(at)
    }

    fn left_again(&mut self, at: (u16, u16)) -> &mut Self {
        self.pointer(MouseEventKind::Down(LEFT), at).pointer(MouseEventKind::Up(LEFT), at)
    }

    /// Where a text stands, the first time; the columns of its first character.
    fn place_of(&self, text: &str) -> (u16, u16) {
        let screen = self.screen();
        for y in 0..screen.area.height {
            let row: Vec<&str> = (0..screen.area.width).map(|x| screen[(x, y)].symbol()).collect();
            for x in 0..row.len() {
                if row[x..].concat().starts_with(text) {
                    return (u16::try_from(x).unwrap(), y);
                }
            }
        }
        panic!("{text:?} is not on the screen:\n{}", self.text());
    }

    fn left_on(&mut self, text: &str) -> &mut Self {
        let at = self.place_of(text);
        self.left(at)
    }
}

#[test]
fn a_click_selects_a_thread_and_a_second_opens_it() {
    let mut rig = Rig::new(120, 40);
    rig.left_on("Lee Ortiz");
    assert_eq!((rig.state.focus, rig.state.threads.selected.map(|id| id.0)), (Focus::Threads, Some(3)));
    rig.left_on("Lee Ortiz");
    assert_eq!(rig.state.focus, Focus::Conversation);
    // the frame around a pane is the pane
    let (x, y) = rig.place_of("Threads");
    assert_eq!(rig.left((x, y)).state.focus, Focus::Threads);
}

#[test]
fn a_click_on_a_message_selects_it() {
    let mut rig = Rig::new(120, 40);
    rig.left_on("We do: 2 pm?");
    assert_eq!(rig.state.focus, Focus::Conversation);
    assert_eq!(rig.state.conversation.selected().unwrap().body, "We do: 2 pm?");
}

#[test]
fn a_click_in_the_compose_box_puts_the_cursor_there() {
    let mut rig = Rig::new(120, 40);
    rig.press("enter \"Sure 日本 thing\" esc");
    let (_, y) = rig.place_of("├ To Dana");
    let x = rig.state.layout().composer.unwrap().inner.x;
    rig.left((x + 10, y + 1)).press("\"!\"");
    assert_eq!(rig.state.composer.text(), "Sure 日本 !thing");
    // on the second half of a wide character is on it
    rig.left((x + 8, y + 1)).press("\"-\"");
    assert_eq!(rig.state.composer.text(), "Sure 日-本 !thing");
    rig.left((x + 30, y + 1)).press("\".\"");
    assert_eq!(rig.state.composer.text(), "Sure 日-本 !thing.");
}

#[test]
fn what_the_header_and_the_hints_name_does_as_its_key() {
    let mut rig = Rig::new(120, 40);
    rig.left_on("All numbers");
    assert!(matches!(rig.state.overlays.last(), Some(Overlay::Numbers)));
    // the hint bar is of the window now
    rig.left_on("Esc back");
    assert!(rig.state.overlays.is_empty());
    rig.left_on("2 unread");
    assert!(matches!(rig.asks()[..], [Effect::NextUnread { .. }]));
    rig.left_on("synced");
    assert_eq!(rig.asks(), [Effect::Sync]);
    rig.left_on("F1 help");
    assert!(matches!(rig.state.overlays.last(), Some(Overlay::Window(window)) if window.kind() == "help"));
    // between two hints is nothing
    rig.press("esc");
    let (_, y) = rig.place_of("F1 help");
    rig.left((119, y));
    assert!(rig.state.overlays.is_empty());
}

#[test]
fn a_click_on_a_row_of_a_list_selects_it_and_a_second_takes_it() {
    let mut rig = Rig::new(120, 40);
    rig.press("f2");
    rig.left_on("Workshop (202)");
    assert_eq!(rig.state.overlays.len(), 1, "selected alone");
    rig.left_on("Workshop (202)");
    assert_eq!(rig.state.numbers.current, Some(rig::address("2025550102")));
    rig.press("f6").left_on("Nord");
    assert_eq!(rig.state.overlays.len(), 1);
    rig.left_on("Catppuccin Mocha").left_on("Catppuccin Mocha");
    let keep = SettingsAsk::Prefer("ui.theme", Value::Text("catppuccin-mocha".to_owned()));
    assert!(rig.asks().contains(&Effect::Settings(keep)));
}

#[test]
fn an_item_of_several_rows_is_clicked_in_any_of_them() {
    let mut rig = Rig::new(120, 40);
    rig.press("f4").left_on("key none of its own");
    let of_the_second = rig.text();
    assert!(of_the_second.contains("▌ (202) 555-0102"), "{of_the_second}");
    rig.left_on("(202) 555-0101    Main");
    assert!(rig.text().contains("▌ (202) 555-0101"), "{}", rig.text());
}

#[test]
fn a_click_on_what_is_no_row_selects_nothing() {
    let mut rig = Rig::new(120, 40);
    rig.press("f6 down").left_on("unread ours");
    let Some(Overlay::Window(window)) = rig.state.overlays.last() else { panic!("it stays open") };
    assert_eq!(window.theme(), Some("harbour-night"));
    rig.press("esc f2").left_on("Switch number");
    assert!(rig.press("enter").state.numbers.current.is_none(), "all numbers as before");
}

#[rstest]
#[case("f1")]
#[case("f2")]
#[case("f4")]
#[case("f6")]
#[case("ctrl-n")]
#[case("enter \"unsent\" ctrl-c")]
fn a_click_outside_closes_a_window(#[case] keys: &str) {
    let mut rig = Rig::new(120, 40);
    rig.press(keys);
    assert_eq!(rig.state.overlays.len(), 1);
    let thread = rig.state.threads.selected;
    rig.left((2, 8));
    assert!(rig.state.overlays.is_empty(), "{}", rig.text());
    assert_eq!(rig.state.threads.selected, thread, "and does nothing else");
}

#[test]
fn a_question_is_answered_by_a_click_on_the_answer() {
    let mut rig = Rig::new(120, 40);
    rig.press("enter \"unsent\" ctrl-c").left_on("n no");
    assert!(rig.state.overlays.is_empty() && !rig.asks().contains(&Effect::Leave));
    rig.press("ctrl-c").left_on("Quit?");
    assert_eq!(rig.state.overlays.len(), 1, "the question is no answer");
    rig.left_on("y yes");
    assert!(rig.asks().contains(&Effect::Leave));
}

#[test]
fn the_wheel_scrolls_what_is_under_it() {
    let mut rig = Rig::new(80, 24);
    let top = rig.text();
    rig.pointer(MouseEventKind::ScrollUp, (60, 5));
    assert_ne!(rig.text(), top, "the conversation, though the list has the keys");
    assert_eq!(rig.state.focus, Focus::Threads);
    rig.pointer(MouseEventKind::ScrollDown, (60, 5));
    assert_eq!(rig.text(), top);
    rig.press("f1");
    let help = rig.text();
    rig.pointer(MouseEventKind::ScrollDown, (40, 10));
    assert_ne!(rig.text(), help);
    rig.press("esc f6").pointer(MouseEventKind::ScrollDown, (40, 10));
    let Some(Overlay::Window(window)) = rig.state.overlays.last() else { panic!("it stays open") };
    assert_eq!(window.theme(), Some("harbour-night"));
}

#[test]
fn the_line_between_the_panes_can_be_dragged() {
    let mut rig = Rig::new(120, 40);
    let divider = |rig: &Rig| rig.state.layout().divider.unwrap();
    assert_eq!(divider(&rig), 36);
    let selected = rig.state.threads.selected;
    rig.pointer(MouseEventKind::Down(LEFT), (36, 10));
    assert_eq!(divider(&rig), 36, "a click alone moves nothing");
    rig.pointer(MouseEventKind::Drag(LEFT), (50, 12));
    assert_eq!(divider(&rig), 51, "seen at once");
    rig.pointer(MouseEventKind::Drag(LEFT), (119, 12));
    assert_eq!(divider(&rig), 80, "the conversation keeps its room");
    assert_eq!(rig.asks(), [], "written once, when it is let go");
    rig.pointer(MouseEventKind::Drag(LEFT), (44, 12)).pointer(MouseEventKind::Up(LEFT), (44, 12));
    let width = |columns| Effect::Settings(SettingsAsk::Prefer("ui.list_width", columns));
    assert_eq!(rig.asks(), [width(Value::Number(45))]);
    assert_eq!((divider(&rig), rig.state.threads.selected), (45, selected));
    // twice in one place: as it was
    rig.left((45, 20)).left_again((45, 20));
    assert_eq!(rig.asks(), [width(Value::Default)]);
    assert_eq!(divider(&rig), 36);
}

#[test]
fn a_drag_that_began_elsewhere_moves_and_selects_nothing() {
    let mut rig = Rig::new(120, 40);
    let at = rig.place_of("Lee Ortiz");
    rig.pointer(MouseEventKind::Down(LEFT), at);
    let before = (rig.text(), rig.state.threads.selected);
    rig.pointer(MouseEventKind::Drag(LEFT), (36, 10)).pointer(MouseEventKind::Drag(LEFT), (80, 3));
    rig.pointer(MouseEventKind::Up(LEFT), (80, 3));
    assert_eq!((rig.text(), rig.state.threads.selected), before);
    assert_eq!(rig.asks(), []);
}

#[test]
fn new_below_is_gone_to_by_a_click() {
    let mut rig = Rig::new(80, 24);
    rig.press("enter esc g").give(Msg::Changed(Changed::Everything));
    let mut all = rig::messages();
    all.push(rig::message(1, "2026-11-18T09:43:00Z", crate::model::Direction::Inbound, "And another thing"));
    rig.answer_messages(all);
    rig.press("tab tab").left_on("1 new below");
    assert!(rig.text().contains("And another thing"));
    assert_eq!(rig.state.focus, Focus::Conversation);
}

#[test]
fn where_the_mouse_is_the_terminals_it_does_nothing_here() {
    let mut rig = Rig::new(120, 40);
    assert!(rig.state.wants_mouse());
    let mut config = rig::config();
    config.preferences.ui.mouse = false;
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
    assert!(!rig.state.wants_mouse());
    let before = rig.text();
    let at = rig.place_of("Lee Ortiz");
    assert_eq!(rig.left(at).text(), before);
}

#[test]
fn of_a_storm_only_the_end_matters() {
    let drag = |x| event(MouseEventKind::Drag(LEFT), (x, 5));
    assert!(drag(1).is_overtaken_by(&drag(2)));
    assert!(!drag(1).is_overtaken_by(&event(MouseEventKind::Up(LEFT), (1, 5))));
    assert!(!drag(1).is_overtaken_by(&event(MouseEventKind::Drag(MouseButton::Right), (1, 5))));
    assert!(!event(MouseEventKind::ScrollUp, (1, 5)).is_overtaken_by(&event(MouseEventKind::ScrollUp, (1, 5))));
    let resize = |columns| Msg::Resize { columns, rows: 30 };
    assert!(resize(80).is_overtaken_by(&resize(81)));
}

//! Before the cache is open.

use rstest::rstest;

use super::rig::{Rig, time};
use super::snapshots::at_all_sizes;
use crate::model::upkeep::{Chore, Upkeep};
use crate::tui::message::{Effect, Msg, TerminalAsk};

/// The index is made, two fifths of the way.
fn indexing(rig: &mut Rig) {
    for (second, done) in [(0, 0), (4, 130_000), (8, 265_000), (12, 400_000)] {
        rig.give(Msg::Now(time(&format!("2026-11-18T09:42:{second:02}Z"))));
        rig.give(Msg::Upkeep(Upkeep { done, ..Upkeep::of(Chore::Index, 1_000_000) }));
    }
}

#[test]
fn what_is_done_and_how_far_it_is() {
    at_all_sizes("opening", indexing);
    at_all_sizes("opening-waits", |rig| {
        rig.give(Msg::Upkeep(Upkeep::uncounted(Chore::Wait)));
    });
}

#[rstest]
#[case(80, 24)]
#[case(40, 10)]
fn every_chore_can_be_read_and_left(#[case] columns: u16, #[case] rows: u16) {
    for chore in Chore::ALL {
        let mut rig = Rig::empty(columns, rows);
        let shown = rig.give(Msg::Upkeep(Upkeep { done: 3_000_000, ..Upkeep::of(chore, 8_000_000) })).text();
        let title: Vec<_> = chore.title().split(' ').collect();
        assert!(title.iter().all(|word| shown.contains(word)) && shown.contains("37 %"), "{shown}");
        assert!(shown.contains("Ctrl-Q leaves"), "{shown}");
    }
}

#[rstest]
#[case("q", Effect::Leave)]
#[case("ctrl-q", Effect::Leave)]
#[case("ctrl-c", Effect::Leave)]
#[case("ctrl-z", Effect::Terminal(TerminalAsk::Suspend))]
fn it_can_be_left(#[case] key: &str, #[case] effect: Effect) {
    let mut rig = Rig::empty(80, 24);
    indexing(&mut rig);
    rig.asks();
    assert_eq!(rig.press(key).asks(), [effect]);
}

#[test]
fn what_is_typed_waits_until_it_is_open() {
    let mut rig = Rig::empty(80, 24);
    indexing(&mut rig);
    let before = rig.text();
    assert_eq!(rig.press("ctrl-n \"20255501\"").give(Msg::paste("77")).click(5, 5).text(), before);
    indexing(&mut rig);
    assert!(rig.state.overlays.is_empty());
    let shown = rig.give(Msg::Opened).text();
    assert!(shown.contains("2025550177") && !shown.contains("index"), "{shown}");
    assert!(rig.press("esc").state.opening.is_none());
}

#[test]
fn a_cache_that_opens_at_once_is_not_told_of() {
    let mut rig = Rig::empty(80, 24);
    let before = rig.text();
    rig.give(Msg::Upkeep(Upkeep::uncounted(Chore::Open))).give(Msg::Opened);
    assert_eq!(rig.text(), before);
}

#[test]
fn the_terminal_may_change_meanwhile() {
    let mut rig = Rig::empty(80, 24);
    indexing(&mut rig);
    rig.give(Msg::Resize { columns: 50, rows: 12 });
    assert!(rig.text().lines().all(|line| line.chars().count() <= 50) && rig.text().contains("40 %"), "{}", rig.text());
    rig.give(Msg::Now(time("2026-11-18T09:42:13Z")));
    assert!(rig.text().contains("13 s"), "the time goes on: {}", rig.text());
    assert!(rig.state.wake_at() <= Some(time("2026-11-18T09:42:14Z")));
}

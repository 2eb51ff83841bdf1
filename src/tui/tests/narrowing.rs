//! Some of the threads alone: by words that one types, by what they need; and the threads that are done.

use rstest::rstest;

use super::rig::{self, Rig};
use crate::config::keymap::Context;
use crate::model::{Thread, ThreadFilter, ThreadId, ThreadState, ThreadText};
use crate::tui::message::{Changed, Effect, Msg, ThreadQuery};

pub(super) fn asked_threads(rig: &Rig) -> ThreadQuery {
    let last = rig.asked.iter().rev().find_map(|effect| match effect {
        Effect::LoadThreads { query, .. } => Some(query.clone()),
        _ => None,
    });
    last.expect("threads were asked for")
}

#[test]
fn the_list_is_narrowed_as_one_types() {
    let mut rig = Rig::new(100, 30);
    rig.press("/ \"le\"");
    assert_eq!(asked_threads(&rig).text, ThreadText::new("le"));
    assert!(rig.text().contains("/le") && rig.text().contains("Dana"), "the rows stay until others come");
    rig.answer_threads(vec![rig::threads()[2].clone()], false);
    let text = rig.text();
    assert!(text.contains("┌ “le” (Esc: all) ─"), "{text}");
    assert_eq!(rig.state.current.as_ref().unwrap().id, ThreadId(1), "the conversation stays");
    rig.press("enter");
    assert_eq!(rig.state.current.as_ref().unwrap().id, ThreadId(3), "and goes to the first that is left");
    rig.press("\"x\" /");
    assert_eq!(rig.state.context(), Context::Find, "to be changed: {}", rig.text());
    rig.press("\"e\"");
    assert_eq!(asked_threads(&rig).text, ThreadText::new("lee"));
    rig.answer_threads(Vec::new(), false);
    assert!(rig.text().contains("No thread has these words"), "{}", rig.text());
    rig.press("esc");
    assert_eq!(asked_threads(&rig).text, None);
    rig.answer_threads(rig::threads(), false);
    assert!(rig.text().contains("Threads ─") && rig.text().contains("Dana"));
}

#[rstest]
#[case("f down enter", ThreadFilter::Unread)]
#[case("f down down enter", ThreadFilter::Trouble)]
#[case("f j j j enter", ThreadFilter::Open)]
#[case("f G k enter", ThreadFilter::Done)]
#[case("f end enter", ThreadFilter::Muted)]
fn a_filter_is_chosen(#[case] keys: &str, #[case] filter: ThreadFilter) {
    let mut rig = Rig::new(100, 30);
    rig.press(keys);
    assert_eq!(asked_threads(&rig).filter, filter);
    rig.answer_threads(Vec::new(), false);
    let text = rig.text();
    assert!(text.contains("(Esc: all) ") && text.contains("Esc shows all"), "{text}");
    assert!(rig.state.overlays.is_empty());
    // it stays where the number is another one, and goes with Esc
    rig.press("alt-2");
    assert_eq!(asked_threads(&rig).filter, filter);
    rig.press("esc");
    assert_eq!(asked_threads(&rig).filter, ThreadFilter::All);
    rig.asked.clear();
    rig.press("esc f esc");
    assert!(rig.asked.is_empty(), "nothing to widen, nothing chosen: {:?}", rig.asked);
}

#[test]
fn the_next_one_takes_the_place_of_one_that_leaves_a_narrow_list() {
    let mut rig = Rig::new(40, 12);
    let all = rig::threads();
    let at = |rig: &Rig| rig.state.current.as_ref().unwrap().id;
    rig.press("G f j j j enter");
    rig.answer_threads(vec![all[1].clone(), all[2].clone(), all[3].clone()], false);
    assert_eq!(at(&rig), ThreadId(2), "the first, where the one of before is not in it");
    rig.press("j e");
    rig.give(Msg::Changed(Changed::Everything)).answer_threads(vec![all[1].clone(), all[3].clone()], false);
    assert_eq!(at(&rig), ThreadId(4), "what has come to its place");
    rig.press("e");
    rig.give(Msg::Changed(Changed::Everything)).answer_threads(vec![all[1].clone()], false);
    assert_eq!(at(&rig), ThreadId(2));
    // who reads on is left alone
    rig.press("enter e");
    rig.give(Msg::Changed(Changed::Everything)).answer_threads(vec![all[4].clone()], false);
    assert_eq!(at(&rig), ThreadId(2));
}

#[test]
fn a_thread_is_put_away_and_back() {
    let mut rig = Rig::new(100, 30);
    assert_eq!(rig.press("e").asks(), [Effect::SetState(ThreadId(1), ThreadState::Done)]);
    assert!(rig.text().contains("Dana Whitfield is done"), "{}", rig.text());
    rig.press("j");
    let row = rig.text().lines().find(|line| line.contains("Dana Whitfield ")).unwrap().to_owned();
    assert!(row.contains("09:41 2"), "what is unread matters more than that it is done: {row}");
    let done = Thread { state: ThreadState::Done, unread: 0, ..rig::threads()[0].clone() };
    rig.give(Msg::Changed(Changed::Everything)).answer_threads(vec![done.clone()], false);
    let row = rig.text().lines().find(|line| line.contains("Dana Whitfield ")).unwrap().to_owned();
    assert!(row.contains("09:41 ✓"), "{row}");
    rig.give(Msg::GoTo(Box::new(done)));
    rig.press("esc esc tab").asks();
    assert_eq!(rig.press("e").asks(), [Effect::SetState(ThreadId(1), ThreadState::Open)]);
    assert!(rig.text().contains("is open again"));
}

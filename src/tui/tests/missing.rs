//! Nothing found: what helps is said, where something does.

use rstest::rstest;

use super::rig::{Rig, messages, time};
use crate::model::{Address, Coverage, Missing, Span};
use crate::tui::message::{Changed, Effect, FoundPage, MessagePage, Msg, ThreadPage};

#[rstest]
#[case::all_is_here(Missing::Nothing, "Nothing found; no history is missing", false)]
#[case::older_is_not(Missing::History(vec![Address::from_normal("+12025550101")]), "Nothing found in what is fetched; F7 e", true)]
#[case::no_number(Missing::OurNumber, "you have no number", false)]
#[case::no_time(Missing::Time, "must be earlier than before:", false)]
fn a_search_says_whether_fetching_helps(#[case] missing: Missing, #[case] says: &str, #[case] fetching: bool) {
    for (width, height) in [(120, 40), (60, 20)] {
        let mut rig = Rig::new(width, height);
        rig.press("f3 \"zz\"");
        let asked = rig.asked.iter().rev().find_map(|effect| match effect {
            Effect::Search { request, .. } => Some(*request),
            _ => None,
        });
        let page = FoundPage { missing: missing.clone(), ..FoundPage::default() };
        rig.give(Msg::Found { request: asked.unwrap(), page });
        let text = rig.text();
        assert!(text.contains(says), "{text}");
        assert_eq!(text.contains("F7"), fetching, "{text}");
    }
}

#[test]
fn the_key_in_the_hint_fetches_everything() {
    let mut rig = Rig::new(100, 30);
    rig.press("f3 \"zz\" f7 e y");
    assert!(rig.asks().iter().any(|effect| matches!(effect, Effect::SyncEverything)), "{:?}", rig.asks());
}

#[rstest]
#[case::all_is_here("2026-11-01T00:00:00Z", true, false)]
#[case::older_is_not("2026-11-01T00:00:00Z", false, true)]
fn a_conversation_says_whether_fetching_helps(#[case] oldest: &str, #[case] complete: bool, #[case] fetching: bool) {
    let mut rig = Rig::new(100, 30);
    rig.press("enter esc").give(Msg::Changed(Changed::Everything));
    let span = Span { oldest: time(oldest), newest: time("2026-11-18T12:00:00Z") };
    // the beginning of what is here is not in view
    let coverage = Some(Coverage::new([span], complete));
    rig.answer_page(MessagePage { messages: messages(), coverage, more_older: true, ..MessagePage::default() });
    rig.press("/ \"zz\"");
    let asked = rig.asked.iter().rev().find_map(|effect| match effect {
        Effect::FindInThread { request, .. } => Some(*request),
        _ => None,
    });
    rig.give(Msg::FoundInThread { request: asked.unwrap(), found: Vec::new() });
    assert_eq!(rig.text().contains("not found in what is fetched"), fetching, "{}", rig.text());
    rig.press("enter");
    assert!(rig.text().contains("not found"), "{}", rig.text());
    assert_eq!(rig.text().contains("L fetches older messages"), fetching, "{}", rig.text());
    rig.asked.clear();
    rig.press("L");
    assert_eq!(rig.asks().iter().any(|effect| matches!(effect, Effect::FetchOlder(_))), fetching, "{}", rig.text());
}

#[test]
fn an_empty_list_names_no_sync_after_one() {
    // that it does before the first is in a snapshot
    let mut rig = Rig::new(100, 30);
    rig.press("esc").give(Msg::Changed(Changed::Everything));
    let asked = rig.asked.iter().rev().find_map(|effect| match effect {
        Effect::LoadThreads { request, .. } => Some(*request),
        _ => None,
    });
    rig.give(Msg::Threads { request: asked.unwrap(), page: ThreadPage::default() });
    assert!(rig.text().contains("No conversations yet"), "{}", rig.text());
    assert!(rig.text().contains("writes to someone"), "{}", rig.text());
    assert!(!rig.text().contains("fetches them"), "{}", rig.text());
}

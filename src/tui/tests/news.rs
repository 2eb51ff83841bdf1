//! What the engine tells: the line, the day's requests, what is missing of a conversation.

use rstest::rstest;

use super::rig::{Rig, messages, time};
use crate::model::{Coverage, Line, Span, ThreadId};
use crate::tui::message::{Effect, MessagePage, Msg, SyncNews};

#[rstest]
#[case(Line::Connected, "● ")]
#[case(Line::Unknown, "○ ")]
#[case(Line::Offline, "○ offline since ")]
#[case(Line::Refused, "○ keys refused ")]
#[case(Line::Failing, "○ MightyCall fails since ")]
fn the_line_is_said_in_words(#[case] line: Line, #[case] words: &str) {
    let mut rig = Rig::new(120, 20);
    let text = rig.give(Msg::Sync(SyncNews::Line(line))).text();
    assert!(text.lines().next().unwrap().contains(words), "{text}");
}

#[test]
fn being_connected_again_is_told_once() {
    let mut rig = Rig::new(120, 20);
    rig.give(Msg::Sync(SyncNews::Line(Line::Offline)));
    assert!(rig.give(Msg::Sync(SyncNews::Line(Line::Connected))).text().contains("Connected again"));
    rig.press("esc");
    assert!(!rig.give(Msg::Sync(SyncNews::Line(Line::Connected))).text().contains("Connected again"));
}

/// Requests that run low are told of when they begin to, and when none is left; that they waver there is not.
#[test]
fn a_budget_that_runs_low_is_told_in_time() {
    let mut rig = Rig::new(120, 20);
    let mut told = |for_reading: u32| {
        rig.state.notice = None;
        let budget = SyncNews::Budget { used: 2_250 - for_reading, limit: 2_500, for_reading };
        rig.give(Msg::Sync(budget));
        rig.state.notice.as_ref().map(|notice| notice.text.clone())
    };
    assert_eq!(told(400), None);
    assert!(told(250).is_some_and(|text| text.contains("500 of today's 2 500 requests are left")));
    assert_eq!((told(249), told(251), told(3)), (None, None, None));
    assert!(told(0).is_some_and(|text| text.contains("250 are kept for sending")));
    assert_eq!((told(1), told(0), told(240)), (None, None, None));
    assert_eq!(told(2_000), None);
    assert!(told(200).is_some());
}

fn page(spans: &[(&str, &str)], complete: bool) -> MessagePage {
    let spans = spans.iter().map(|(oldest, newest)| Span { oldest: time(oldest), newest: time(newest) });
    MessagePage { messages: messages(), coverage: Some(Coverage::new(spans, complete)), ..MessagePage::default() }
}

#[test]
fn what_is_missing_is_said_and_fetched_with_a_key() {
    let mut rig = Rig::new(100, 50);
    rig.press("enter esc").give(Msg::Changed(crate::tui::message::Changed::Everything));
    rig.answer_page(page(&[("2026-11-01T00:00:00Z", "2026-11-18T12:00:00Z")], true));
    assert!(!rig.text().contains("fetched") && !rig.text().contains("missing"), "{}", rig.text());
    rig.press("L");
    assert!(rig.text().contains("Everything of this conversation"), "{}", rig.text());

    rig.give(Msg::Changed(crate::tui::message::Changed::Everything));
    let cut = [("2026-11-01T00:00:00Z", "2026-11-17T12:00:00Z"), ("2026-11-18T09:40:00Z", "2026-11-18T12:00:00Z")];
    rig.answer_page(page(&cut, false));
    let text = rig.text();
    assert!(text.contains("── older messages were not fetched (L fetches some) ──"), "{text}");
    assert!(text.contains("── messages are missing here ──"), "{text}");
    rig.asked.clear();
    rig.press("L");
    assert!(rig.asks().contains(&Effect::FetchOlder(ThreadId(1))), "of this conversation alone");
}

#[test]
fn somebody_at_the_keyboard_is_told_of_now_and_then() {
    let mut rig = Rig::new(100, 20);
    let start = rig.state.now;
    rig.press("j k j k");
    assert_eq!(rig.present, 1);
    rig.give(Msg::Now(start + jiff::SignedDuration::from_secs(30)));
    assert_eq!(rig.present, 1, "time passing is nobody");
    rig.press("j k");
    assert_eq!(rig.present, 2);
}

//! Long work, and the stories behind notices.

use super::rig::{Rig, address, time};
use crate::model::Line;
use crate::tui::message::{Effect, Msg, Notice, Progress, Story, SyncNews, Work};

fn page(place: usize, fetched: u64, expected: Option<u64>) -> Msg {
    let number = address(if place == 1 { "2025550101" } else { "2025550102" });
    let page = Progress { number, together: 1, place, of: 2, fetched, new: fetched, expected, requests: 7 };
    Msg::Sync(SyncNews::Progress(page))
}

fn at(rig: &mut Rig, clock: &str) {
    rig.give(Msg::Now(time(&format!("2026-11-18T09:{clock}Z"))));
}

/// A first fetch of two numbers, a third of the way.
fn under_way(columns: u16, rows: u16) -> Rig {
    let mut rig = Rig::new(columns, rows);
    rig.give(Msg::Sync(SyncNews::Started)).give(Msg::Sync(SyncNews::Doing(Work::Everything)));
    for (clock, fetched) in [("42:10", 2_000), ("42:20", 4_000), ("42:30", 6_000)] {
        at(&mut rig, clock);
        rig.give(page(1, fetched, Some(9_000)));
    }
    rig
}

#[test]
fn the_header_shows_a_bar_with_counts_and_an_estimate() {
    let rig = under_way(120, 30);
    let line = rig.text().lines().next().unwrap().to_owned();
    assert!(line.contains("syncing Main Phone ███░░░░░░░ 6 000/9 000 about 60 s left"), "{line}");
    let narrow = under_way(60, 20).text();
    assert!(narrow.lines().next().unwrap().contains("2 unread"), "{narrow}");
}

#[test]
fn nothing_is_estimated_before_enough_is_known() {
    let mut rig = Rig::new(120, 30);
    rig.give(Msg::Sync(SyncNews::Started)).give(page(1, 2_000, Some(9_000)));
    assert!(!rig.text().lines().next().unwrap().contains("left"), "{}", rig.text());
    assert!(rig.press("f7").text().contains("not known yet"), "{}", rig.text());
}

#[test]
fn work_is_cancelled_and_gone_on_with() {
    let mut rig = under_way(100, 30);
    let shown = rig.press("f7").text();
    for part in
        ["Fetching everything", "33 %", "6 000 of 9 000 read of this number", "Main Phone", "(1 of 2)", "Requests"]
    {
        assert!(shown.contains(part), "{part}:\n{shown}");
    }
    assert_eq!(rig.press("x").asks(), [Effect::CancelSync]);
    assert!(rig.text().contains("stopping after this page"), "{}", rig.text());
    assert_eq!(rig.press("x").asks(), [], "once is enough");
    rig.give(Msg::Sync(SyncNews::Cancelled { new: 6_000, resumable: true }));
    assert!(rig.text().contains("6 000 messages came and stay"), "{}", rig.text());
    assert!(rig.text().contains("Enter goes on where it stopped"), "{}", rig.text());
    assert_eq!(rig.press("enter").asks(), [Effect::ResumeSync]);
    rig.give(Msg::Sync(SyncNews::Started));
    assert!(!rig.text().contains("goes on where it stopped"));
}

#[test]
fn typing_goes_on_while_work_does() {
    let mut rig = under_way(100, 30);
    rig.press("enter \"Yes, 2 pm\"").give(page(2, 10, None)).press("\".\"");
    assert!(rig.text().contains("Yes, 2 pm."), "{}", rig.text());
}

#[test]
fn everything_is_fetched_after_a_question() {
    let mut rig = Rig::new(100, 30);
    let shown = rig.press("f7 e").text();
    assert!(shown.contains("Fetch everything that MightyCall has of your 2"), "{shown}");
    assert!(shown.contains("068 are left for reading today"), "{shown}");
    assert_eq!(rig.press("y").asks(), [Effect::SyncEverything]);
    rig.give(Msg::Sync(SyncNews::Started));
    assert!(rig.press("e").text().contains("A sync is going on already"));
    assert_eq!(rig.asks(), []);
}

fn done(new: u64) -> Msg {
    Msg::Sync(SyncNews::Done { at: time("2026-11-18T09:43:00Z"), new, failed: Vec::new() })
}

#[test]
fn how_it_ended_is_said_in_the_words_of_what_was_asked() {
    let mut rig = Rig::new(120, 30);
    let mut told = |what, new| {
        rig.give(Msg::Sync(SyncNews::Started)).give(Msg::Sync(SyncNews::Doing(what))).give(done(new));
        rig.state.notice.take().map(|notice| notice.text)
    };
    assert_eq!(told(Work::Older, 1_240).as_deref(), Some("Fetched 1 240 older messages"));
    assert_eq!(told(Work::Older, 0).as_deref(), Some("There was nothing older to fetch"));
    assert_eq!(told(Work::Everything, 2).as_deref(), Some("All that MightyCall has is here now: 2 messages came"));
    assert_eq!(told(Work::News, 2), None, "what comes by itself is not told of");
}

/// How often the screen shows it: in the header, and in the status line.
fn says_that_another_sends(rig: &Rig) -> usize {
    rig.text().matches("another mctui is sending").count()
}

#[test]
fn that_another_is_sending_is_told_once_and_shown_until_it_is_over() {
    let another = |sends| Msg::Sync(SyncNews::AnotherSends(sends));
    let mut rig = Rig::new(120, 30);
    at(&mut rig, "42:00");
    rig.give(done(0)).give(another(true));
    assert_eq!(says_that_another_sends(&rig), 2, "{}", rig.text());
    rig.press("enter").press("\"On it\"");
    assert!(rig.text().contains("On it"), "typing goes on: {}", rig.text());
    assert_eq!(says_that_another_sends(&rig), 1, "a key takes the notice away, and the header goes on: {}", rig.text());
    rig.give(another(false));
    assert_eq!(says_that_another_sends(&rig), 0, "{}", rig.text());

    // soon after that it is not told again
    at(&mut rig, "43:00");
    rig.give(another(true));
    assert_eq!(says_that_another_sends(&rig), 1, "{}", rig.text());
    rig.give(another(false));
    // and what is told goes by itself when it is over
    at(&mut rig, "59:00");
    rig.give(another(true));
    assert_eq!(says_that_another_sends(&rig), 2, "{}", rig.text());
    rig.give(another(false));
    assert_eq!(says_that_another_sends(&rig), 0, "{}", rig.text());
}

#[test]
fn an_error_opens_into_its_whole_story() {
    let mut rig = Rig::new(100, 30);
    let story = Story::new("cannot connect to MightyCall")
        .because("connection refused")
        .advice("Check the network.")
        .by_itself("mctui tries again.");
    let failed = vec![(Some(address("2025550101")), story)];
    rig.give(Msg::Sync(SyncNews::Line(Line::Offline)));
    rig.give(Msg::Sync(SyncNews::Done { at: time("2026-11-18T09:42:00Z"), new: 0, failed }));
    assert!(rig.text().contains("F8 all of it"), "{}", rig.text());
    let shown = rig.press("f8").text();
    for part in [
        "What        ✗ cannot connect to MightyCall",
        "To          Main Phone (202) 555-0101",
        "Why         connection refused",
        "What to do  Check the network.",
        "By itself   mctui tries again.",
        "When        Wed 18 Nov 2026 09:42:00 UTC",
    ] {
        assert!(shown.contains(part), "{part}:\n{shown}");
    }
}

#[test]
fn older_notices_can_be_read_again() {
    let mut rig = Rig::new(100, 30);
    for n in 0..60 {
        rig.give(Msg::Notice(Notice::warning(format!("notice number {n}"))));
    }
    assert!(rig.press("f8").text().contains("1 of 50"), "{}", rig.text());
    assert!(rig.text().contains("notice number 59"));
    assert!(rig.press("down down").text().contains("notice number 57"));
    assert!(rig.press("up").text().contains("notice number 58"));
    rig.press("esc");
    assert!(rig.state.overlays.is_empty());
}

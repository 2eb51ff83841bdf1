//! Leaving with text that cannot be saved, and what comes back of an earlier run.

use rstest::rstest;

use super::rig::{Rig, address, contact, threads, time};
use super::snapshots::at_all_sizes;
use crate::config::rescue::UnsentText;
use crate::model::Broadcast;
use crate::tui::message::{Effect, Leaving, Msg, NotSaved, RescueId, RescuedText};

const FILE: &str = "/home/ana/.local/state/mctui/mctui-rescue-x7Kq29bTzLmA.json";

fn draft(id: i64, text: &str) -> UnsentText {
    let contact = threads().into_iter().find(|thread| thread.id.0 == id).unwrap().contact;
    UnsentText::Draft { number: address("2025550101"), contact, text: text.to_owned() }
}

fn broadcast(text: &str) -> UnsentText {
    let people = vec![contact("2025550141", Some("Dana Whitfield")), contact("2025550143", Some("Lee Ortiz"))];
    let begun = address("2025550101");
    UnsentText::Broadcast { broadcast: Broadcast { sender: begun.clone(), people, text: text.to_owned() }, begun }
}

fn not_saved(rescue: Result<&str, &str>) -> Leaving {
    Leaving::NotSaved(Box::new(NotSaved {
        texts: vec![draft(1, "We can see you at three"), broadcast("We are closed on Monday")],
        why: "the disk is full: free some space and try again".to_owned(),
        rescue: rescue.map(Into::into).map_err(str::to_owned),
    }))
}

fn rescued(text: UnsentText, stored: Option<UnsentText>) -> RescuedText {
    let at = time("2026-11-18T09:30:00Z");
    RescuedText { id: RescueId(1), text, at, stored, before: None, path: FILE.into() }
}

/// Something unsaved in the compose box, and a cache that answers so.
fn begun(leaving: Option<Leaving>) -> Rig {
    let mut rig = Rig::new(100, 30);
    rig.leaving = leaving;
    rig.press("enter \"We can see you at three\"").asks();
    rig
}

fn leaves(rig: &mut Rig) -> bool {
    rig.asks().contains(&Effect::Leave)
}

#[test]
fn looks() {
    at_all_sizes("leaving", |rig| {
        rig.leaving = Some(not_saved(Ok(FILE)));
        rig.press("ctrl-q");
    });
    at_all_sizes("leaving-lost", |rig| {
        rig.leaving = Some(not_saved(Err("/home/ana/.local/state/mctui: No space left on device")));
        rig.press("ctrl-q");
    });
    at_all_sizes("rescued", |rig| {
        let text = draft(4, "We can see you at three.\nPlease bring the key, and leave the gate open for us.");
        rig.give(Msg::Rescued(vec![rescued(text, Some(draft(4, "Hello Sam,\nabout")))]));
    });
}

#[rstest]
#[case("ctrl-q")]
#[case("ctrl-c")]
#[case("ctrl-p \">quit\" enter")]
#[case("esc esc q")]
fn every_way_out_asks_where_text_is_not_saved(#[case] way: &str) {
    let mut rig = begun(Some(not_saved(Ok(FILE))));
    rig.press(way);
    let text = rig.text();
    for part in
        ["Not saved. Quit?", "Your text to Dana Whitfield, from Main Phone", "at three", FILE, "the disk is full"]
    {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    assert!(!text.contains("stays") && !leaves(&mut rig), "nothing is said to be kept that is not: {text}");
    rig.press("n");
    assert!(rig.state.overlays.is_empty() && !leaves(&mut rig));
    rig.press(way);
    assert!(rig.text().contains("Not saved. Quit?") && !leaves(&mut rig), "asked anew");
    rig.press("y");
    assert!(leaves(&mut rig));
}

#[rstest]
#[case("ctrl-q", "ctrl-q")]
#[case("ctrl-c", "ctrl-c")]
#[case("ctrl-c", "ctrl-q")]
fn who_quits_a_second_time_leaves(#[case] first: &str, #[case] second: &str) {
    // while it is being saved, over the question whether it may be lost, and over that whether it may stay unsent
    for leaving in [None, Some(Leaving::Saving), Some(not_saved(Ok(FILE))), Some(Leaving::Saved)] {
        let mut rig = begun(leaving);
        rig.press(first);
        if leaves(&mut rig) {
            continue;
        }
        rig.press(second);
        assert!(leaves(&mut rig), "{first} {second}: {}", rig.text());
    }
}

#[test]
fn what_is_being_saved_is_waited_for_and_said() {
    let mut rig = begun(None);
    rig.press("ctrl-c").give(Msg::Leaving(Leaving::Saving));
    assert!(rig.text().contains("Saving what you typed takes a while"), "{}", rig.text());
    assert!(!leaves(&mut rig));
    rig.give(Msg::Leaving(Leaving::Saved));
    assert!(rig.text().contains("is not sent (it stays as a draft)") && !leaves(&mut rig), "now that is true");
    rig.press("y");
    assert!(leaves(&mut rig));
}

#[test]
fn what_could_be_saved_after_all_is_said() {
    let mut rig = begun(Some(not_saved(Ok(FILE))));
    rig.press("ctrl-q").give(Msg::AllSaved(true));
    assert!(rig.text().contains("It is saved now") && !rig.text().contains(FILE), "{}", rig.text());
}

#[test]
fn a_message_that_is_read_from_a_slow_cache_counts_as_unsaved() {
    let mut rig = super::several::several();
    rig.press("esc");
    rig.unfinished = None;
    rig.press("ctrl-n \"2025550141,2025550143,\" enter \"Closed on Monday\"");
    let unkept = rig.state.in_windows().unkept;
    assert_eq!(unkept.iter().map(UnsentText::text).collect::<Vec<_>>(), ["Closed on Monday"]);
    rig.give(Msg::Broadcast(None));
    assert!(rig.state.in_windows().unkept.is_empty(), "asked to be kept by now");
    rig.press("alt-n");
    assert!(rig.state.in_windows().put_away.is_empty(), "what was put away is what is kept");
    rig.press("\"2025550143,\"");
    let put_away = rig.state.in_windows().put_away;
    assert_eq!(put_away.iter().map(UnsentText::text).collect::<Vec<_>>(), ["Closed on Monday"]);
}

#[rstest]
#[case::nothing_is_there(None)]
#[case::blanks(Some(" "))]
#[case::its_beginning(Some("We can see"))]
fn a_rescued_text_is_back_where_nothing_is_lost_by_it(#[case] stored: Option<&str>) {
    let mut rig = Rig::new(120, 40);
    let text = draft(2, "We can see you");
    rig.give(Msg::Rescued(vec![rescued(text, stored.map(|stored| draft(2, stored)))]));
    let asked = rig.asks();
    let saved =
        asked.iter().position(|effect| matches!(effect, Effect::SaveDraft { text, .. } if text == "We can see you"));
    let forgotten = asked.iter().position(|effect| *effect == Effect::ForgetRescued(RescueId(1)));
    assert!(saved.unwrap() < forgotten.unwrap(), "the file goes after: {asked:?}");
    assert!(rig.text().contains("back now: your text to (202) 555-0142"), "{}", rig.text());
    assert!(rig.press("down enter").text().contains("Draft: We can see you"), "{}", rig.text());
    assert_eq!(rig.state.composer.text(), "We can see you");
}

#[rstest]
#[case::the_same("We can see you")]
#[case::a_later_one("We can see you at three")]
fn what_is_there_already_is_forgotten(#[case] stored: &str) {
    let mut rig = Rig::new(120, 40);
    rig.give(Msg::Rescued(vec![rescued(draft(2, "We can see you"), Some(draft(2, stored)))]));
    assert_eq!(rig.asks(), [Effect::ForgetRescued(RescueId(1))]);
}

#[rstest]
#[case("enter", Some("Hello Sam,\nabout\nWe can see you"), true)]
#[case("down enter", Some("We can see you"), true)]
#[case("down down enter", None, true)]
#[case("end enter", None, false)]
#[case("esc", None, false)]
fn another_draft_is_asked_about(#[case] keys: &str, #[case] kept: Option<&str>, #[case] forgotten: bool) {
    let mut rig = Rig::new(120, 40);
    rig.give(Msg::Rescued(vec![rescued(draft(4, "We can see you"), Some(draft(4, "Hello Sam,\nabout")))]));
    let text = rig.text();
    assert!(text.contains("▎ We can see you") && text.contains("▎ Hello Sam,"), "{text}");
    assert_eq!(rig.asks(), [], "nothing happens before");
    let asked = rig.press(keys).asks();
    assert!(rig.state.overlays.is_empty());
    let saved = asked.iter().find_map(|effect| match effect {
        Effect::SaveDraft { text, .. } => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(saved, kept);
    assert_eq!(asked.contains(&Effect::ForgetRescued(RescueId(1))), forgotten);
}

#[test]
fn what_is_typed_meanwhile_is_newer_than_what_the_cache_has() {
    let mut rig = Rig::new(120, 40);
    rig.press("enter \"Just typed\"").asks();
    rig.give(Msg::Rescued(vec![rescued(draft(1, "From before"), None)]));
    let text = rig.text();
    assert!(text.contains("▎ From before") && text.contains("▎ Just typed"), "{text}");
    rig.press("enter");
    assert_eq!(rig.state.composer.text(), "Just typed\nFrom before");
}

#[test]
fn what_an_editor_made_of_the_draft_takes_its_place_and_undo_brings_that_back() {
    let mut rig = Rig::new(120, 40);
    let edited = RescuedText {
        before: Some("Hello Sam,\nabout".to_owned()),
        ..rescued(draft(4, "Dear Sam"), Some(draft(4, "Hello Sam,\nabout")))
    };
    rig.give(Msg::Rescued(vec![edited]));
    assert!(rig.text().contains("In your editor when mctui was killed, and back now"), "{}", rig.text());
    rig.press("down down down enter");
    assert_eq!(rig.state.composer.text(), "Dear Sam");
    rig.press("alt-z");
    assert_eq!(rig.state.composer.text(), "Hello Sam,\nabout");
}

#[test]
fn a_rescued_message_to_several_people_takes_no_other_ones_place() {
    let mut rig = Rig::new(120, 40);
    rig.give(Msg::Rescued(vec![rescued(broadcast("Closed on Monday"), None)]));
    let asked = rig.asks();
    assert!(matches!(&asked[..], [Effect::SaveBroadcast { .. }, Effect::ForgetRescued(_)]), "{asked:?}");
    rig.give(Msg::Rescued(vec![rescued(broadcast("Closed on Monday"), Some(broadcast("Open again")))]));
    assert!(rig.text().contains("▎ Open again"), "{}", rig.text());
    assert_eq!(rig.press("enter").asks(), [], "later");
    // what is being written now would lose its place
    rig.press("ctrl-n").asks();
    rig.give(Msg::Rescued(vec![rescued(broadcast("Closed on Monday"), None)]));
    assert_eq!(rig.asks(), []);
}

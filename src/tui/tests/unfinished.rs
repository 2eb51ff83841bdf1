//! A message to several people that is not sent yet: kept as one types, back when the window is, gone with what it became.

use super::rig::{Rig, address};
use super::several::{people, sent, several};
use crate::model::{Address, Broadcast};
use crate::tui::message::{Changed, Effect, Msg};

const MAIN: &str = "2025550101";
const SIDE: &str = "2025550102";

fn left(text: &str) -> (Address, Broadcast) {
    let people = people().into_iter().take(2).collect();
    (address(MAIN), Broadcast { sender: address(SIDE), people, text: text.to_owned() })
}

/// What is to be kept by now, if anything was asked for.
fn kept(rig: &mut Rig) -> Option<(Address, Broadcast)> {
    rig.asks().into_iter().rev().find_map(|effect| match effect {
        Effect::SaveBroadcast { begun, broadcast } => Some((begun, broadcast)),
        _ => None,
    })
}

fn names(broadcast: &Broadcast) -> Vec<&str> {
    broadcast.people.iter().map(|contact| contact.address.as_str()).collect()
}

#[test]
fn looks() {
    super::snapshots::at_all_sizes("unfinished", |rig| {
        rig.unfinished = Some(Some(left("Hi {first_name}, we are closed")));
        rig.press("ctrl-n").give(Msg::Contacts(people()));
    });
}

#[test]
fn every_change_of_it_is_kept() {
    let mut rig = several();
    rig.press("\"dana,\"");
    let (begun, broadcast) = kept(&mut rig).unwrap();
    assert_eq!((begun, names(&broadcast), broadcast.text.as_str()), (address(MAIN), vec!["+12025550141"], ""));
    rig.give(Msg::paste("(202) 555-0144, lee ortiz"));
    assert_eq!(names(&kept(&mut rig).unwrap().1), ["+12025550141", "+12025550144", "+12025550143"]);
    for text in ["N", "No"] {
        rig.press(if text == "N" { "enter \"N\"" } else { "\"o\"" });
        assert_eq!(kept(&mut rig).unwrap().1.text, text);
    }
    rig.press("left right");
    assert_eq!(kept(&mut rig), None, "the cursor alone is no change");
    rig.press("shift-tab down");
    let (begun, broadcast) = kept(&mut rig).unwrap();
    assert_eq!((begun, broadcast.sender), (address(MAIN), address(SIDE)), "kept where it was begun");
    rig.press("shift-tab backspace backspace backspace");
    let (_, broadcast) = kept(&mut rig).unwrap();
    assert!(broadcast.people.is_empty() && broadcast.text == "No", "a text to nobody yet: {broadcast:?}");
    rig.press("tab tab ctrl-u");
    assert!(kept(&mut rig).unwrap().1.is_empty());
}

#[test]
fn it_is_back_with_the_window_and_the_window_says_so() {
    let mut rig = Rig::new(100, 30);
    rig.unfinished = Some(Some(left("not done yet")));
    rig.press("ctrl-n").give(Msg::Contacts(people()));
    let text = rig.text();
    for part in
        ["New message, as you left it", "Alt-N begins another", "Dana Whitfield, Lee Ortiz", "not done yet", "Workshop"]
    {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    assert_eq!(kept(&mut rig), None, "as it was kept");
    rig.press("\"!\"");
    assert_eq!(kept(&mut rig).unwrap(), left("not done yet!"));
    assert!(!rig.text().contains("as you left it"), "{}", rig.text());
    rig.press("esc");
    assert!(
        rig.state.overlays.is_empty() && rig.text().contains("It is kept; Ctrl-N goes on with it"),
        "{}",
        rig.text()
    );
}

#[test]
fn each_number_has_its_own_and_of_all_the_last_one_is_asked_for() {
    let mut rig = Rig::new(100, 30);
    let asked = |rig: &mut Rig| {
        let asked = std::mem::take(&mut rig.asked);
        asked.into_iter().find_map(|effect| match effect {
            Effect::LoadBroadcast(number) => Some(number),
            _ => None,
        })
    };
    rig.press("ctrl-n");
    assert_eq!(asked(&mut rig), Some(None));
    rig.press("ctrl-n f1 ctrl-n");
    assert_eq!(asked(&mut rig), None, "it is open");
    rig.press("esc esc alt-2 ctrl-n");
    assert_eq!(asked(&mut rig), Some(Some(address(SIDE))));
    rig.press("\"2025550150,\"");
    assert_eq!(kept(&mut rig).unwrap().0, address(SIDE));
}

#[test]
fn what_is_written_before_it_is_read_is_never_made_one_with_it() {
    let mut rig = Rig::new(100, 30);
    rig.unfinished = None;
    rig.press("ctrl-n").give(Msg::paste("2025550150, (202) 555-0141")).press("enter \"another\" esc");
    assert_eq!(rig.state.overlays.len(), 1, "not left before it is known what to keep: {}", rig.text());
    assert_eq!(kept(&mut rig), None);
    rig.give(Msg::Broadcast(Some(Box::new(left("not done yet")))));
    assert!(rig.text().contains("is put away; Alt-N brings it back"), "{}", rig.text());
    let (_, broadcast) = kept(&mut rig).unwrap();
    assert_eq!(broadcast.text, "another");
    assert_eq!(names(&broadcast), ["+12025550150", "+12025550141"]);
    rig.press("alt-n");
    assert_eq!(kept(&mut rig).unwrap(), left("not done yet"));
}

#[test]
fn it_is_put_away_with_a_key_and_brought_back_with_the_same() {
    let mut rig = Rig::new(100, 30);
    rig.unfinished = Some(Some(left("not done yet")));
    rig.press("ctrl-n alt-n");
    assert_eq!(kept(&mut rig), None, "the cache has it until there is another");
    assert!(rig.text().contains("Begun afresh; Alt-N brings back what was here"), "{}", rig.text());
    assert!(!rig.text().contains("not done yet") && !rig.text().contains("Whitfield, Lee Ortiz"), "{}", rig.text());
    rig.press("\"2025550150,\" alt-n");
    assert_eq!(kept(&mut rig).unwrap(), left("not done yet"));
    assert!(rig.text().contains("What was put away is here again"), "{}", rig.text());
    rig.press("alt-n");
    assert_eq!(names(&kept(&mut rig).unwrap().1), ["+12025550150"], "neither is lost while the window is open");
    let mut rig = several();
    assert!(rig.press("alt-n").text().contains("There is nothing to put away"), "{}", rig.text());
}

#[test]
fn sending_it_leaves_the_clearing_to_the_transaction() {
    let mut rig = Rig::new(100, 30);
    rig.unfinished = Some(Some(left("Closed on Monday")));
    rig.press("ctrl-n enter y");
    let asked = rig.asks();
    assert_eq!(sent(&asked).len(), 2);
    let begun = asked.iter().find_map(|effect| match effect {
        Effect::SendEach { begun, number, .. } => Some((begun.clone(), number.clone())),
        _ => None,
    });
    assert_eq!(begun, Some((address(MAIN), address(SIDE))));
    assert!(!asked.iter().any(|effect| matches!(effect, Effect::SaveBroadcast { .. })), "{asked:?}");
    rig.give(Msg::NotQueuedEach { reason: "the disk is full".to_owned() });
    assert!(
        rig.text().contains("Not sent to anybody; Ctrl-N goes on with the message. the disk is full"),
        "{}",
        rig.text()
    );
}

#[test]
fn one_person_alone_is_a_conversation_and_nothing_is_kept_of_it_here() {
    let mut rig = several();
    rig.press("\"dana,\"");
    assert!(kept(&mut rig).is_some());
    let asked = rig.press("enter").asks();
    assert!(asked.iter().any(|effect| matches!(effect, Effect::OpenThread { .. })), "{asked:?}");
    let cleared = |effect: &Effect| matches!(effect, Effect::SaveBroadcast { broadcast, .. } if broadcast.is_empty());
    assert!(asked.iter().any(cleared), "{asked:?}");
}

#[test]
fn quitting_says_that_it_stays() {
    let mut rig = several();
    rig.press("\"dana,ortiz,\" enter \"not done yet\" ctrl-c");
    assert!(rig.text().contains("is not sent (it stays"), "{}", rig.text());
}

#[test]
fn a_number_that_is_not_ours_any_more_is_not_sent_from() {
    let mut rig = Rig::new(100, 30);
    let (begun, broadcast) = left("not done yet");
    rig.unfinished = Some(Some((begun, Broadcast { sender: address("2025550199"), ..broadcast })));
    rig.press("ctrl-n");
    assert!(rig.text().contains("From  Main Phone"), "{}", rig.text());
}

#[test]
fn who_is_faster_than_the_cache_is_asked_as_soon_as_it_is_known() {
    let mut rig = Rig::new(100, 30);
    // no answer yet
    rig.unfinished = None;
    rig.press("ctrl-n").give(Msg::Contacts(people())).press("\"dana,ortiz,\" enter \"We are closed\" enter");
    assert!(!rig.text().contains("one by one"), "{}", rig.text());
    rig.give(Msg::Broadcast(None));
    assert!(rig.text().contains("Send this to 2 people one by one"), "{}", rig.text());

    let mut rig = Rig::new(100, 30);
    rig.unfinished = None;
    rig.press("ctrl-n").give(Msg::Contacts(people())).press("\"dana,ortiz,\" enter \"We are closed\" enter");
    rig.give(Msg::Broadcast(Some(Box::new(left("not done yet")))));
    assert!(rig.text().contains("Send this to 2 people one by one"), "{}", rig.text());
    assert!(rig.text().contains("“We are closed”"), "{}", rig.text());
    assert!(rig.press("n").text().contains("is put away; Alt-N brings it back"), "{}", rig.text());
}

#[test]
fn contacts_that_come_while_it_is_open_are_offered() {
    let mut rig = Rig::new(100, 30);
    rig.press("ctrl-n").give(Msg::Contacts(Vec::new()));
    rig.asked.clear();
    rig.give(Msg::Changed(Changed::Everything)).give(Msg::Changed(Changed::Everything));
    assert_eq!(rig.asked.iter().filter(|effect| **effect == Effect::LoadContacts).count(), 1, "one at a time");
    rig.press("\"ortiz\"").give(Msg::Contacts(people()));
    assert!(rig.text().contains("Lee Ortiz"), "{}", rig.text());
}

#[test]
fn what_was_put_away_outlives_the_window_and_the_sending_of_another() {
    let mut rig = Rig::new(100, 30);
    rig.unfinished = Some(Some(left("not done yet")));
    rig.press("ctrl-n alt-n esc");
    assert!(rig.text().contains("What was put away is kept"), "{}", rig.text());

    rig.press("ctrl-n").give(Msg::Contacts(people())).press("alt-n");
    rig.press("\"dana,ortiz,\" enter \"another\" enter y");
    let then = rig.asks().into_iter().find_map(|effect| match effect {
        Effect::SendEach { then, .. } => then,
        _ => None,
    });
    assert_eq!(then, Some(left("not done yet").1));
}

#[test]
fn what_another_window_makes_of_it_is_followed() {
    let mut rig = Rig::new(100, 30);
    rig.unfinished = Some(Some(left("not done yet")));
    rig.press("ctrl-n enter");
    assert!(rig.text().contains("Send this to 2 people"), "{}", rig.text());
    rig.unfinished = Some(Some(left("other words")));
    rig.give(Msg::Changed(Changed::Everything));
    assert!(rig.text().contains("other words") && !rig.text().contains("Send this to"), "{}", rig.text());
    assert_eq!(kept(&mut rig), None, "it is kept so");

    // somebody writes while the cache is asked
    rig.unfinished = None;
    rig.give(Msg::Changed(Changed::Everything)).press("\"!\"").give(Msg::Broadcast(None));
    assert!(rig.text().contains("other words!"), "{}", rig.text());

    rig.unfinished = Some(None);
    rig.give(Msg::Changed(Changed::Everything));
    assert!(rig.text().contains("It was sent or put away in another window"), "{}", rig.text());
    assert!(!rig.text().contains("as you left it"), "{}", rig.text());
    assert!(!rig.text().contains("other words"), "{}", rig.text());
    assert!(sent(&rig.press("enter y").asks()).is_empty());
}

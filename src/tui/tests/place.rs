//! The place is never lost: coming back, unread messages, what comes while one reads.

use super::rig::{self, Rig, message, messages};
use crate::model::{Direction, Message, ThreadId};
use crate::tui::message::{Changed, Effect, Msg};

const LINE: &str = "unread from here";

/// Forty messages, the last `unread` of them unread.
fn many(unread: usize) -> Vec<Message> {
    let one = |minute: usize| Message {
        unread: minute >= 40 - unread,
        ..message(1, &format!("2026-11-18T08:{minute:02}:00Z"), Direction::Inbound, &format!("number {minute}."))
    };
    (0..40).map(one).collect()
}

fn is_marked(asked: &[Effect]) -> bool {
    asked.iter().any(|effect| matches!(effect, Effect::MarkRead { .. }))
}

fn conversation(rig: &Rig) -> String {
    rig.text().lines().map(|line| line.chars().skip(31).collect::<String>() + "\n").collect()
}

#[test]
fn a_thread_that_was_left_comes_back_as_it_was() {
    let mut rig = Rig::new(100, 16);
    rig.press("enter esc pgup pgup");
    let before = conversation(&rig);
    rig.press("alt-down").answer_messages(vec![message(2, "2026-11-18T09:00:00Z", Direction::Inbound, "Another one")]);
    assert!(rig.text().contains("Another one"));
    rig.press("alt-up");
    assert_eq!(conversation(&rig), before, "at once, before the cache answers");
    rig.answer_messages(messages());
    assert_eq!(conversation(&rig), before);
}

#[test]
fn more_unread_than_fits_begins_at_the_first_and_is_read_at_the_last() {
    let mut rig = Rig::new(100, 16);
    rig.press("alt-down").answer_messages(Vec::new()).press("alt-up").answer_messages(many(20));
    let rows: Vec<String> = conversation(&rig).lines().map(str::to_owned).collect();
    assert!(rows[2].contains(LINE), "{rows:#?}");
    assert!(rows[3].contains("number 20."), "{rows:#?}");
    assert!(!is_marked(&rig.press("enter").asks()), "the last one is not on the screen");
    assert!(rig.text().contains("11 new below (Alt-End)"), "G is a letter here: {}", rig.text());
    rig.press("esc");
    assert!(rig.text().contains("11 new below (G)"), "{}", rig.text());
    assert!(is_marked(&rig.press("G").asks()));
}

#[test]
fn the_line_stays_while_one_reads_and_goes_with_the_answer() {
    let mut rig = Rig::new(100, 30);
    assert!(rig.text().contains(LINE));
    rig.press("enter");
    let mut read = messages();
    read.last_mut().unwrap().unread = false;
    rig.give(Msg::Changed(Changed::Everything)).answer_messages(read.clone());
    assert!(rig.text().contains(LINE), "read, but still where one began");
    rig.press("Y e s enter");
    let ticket = rig
        .asks()
        .iter()
        .find_map(|effect| match effect {
            Effect::Send { ticket, .. } => Some(*ticket),
            _ => None,
        })
        .unwrap();
    rig.give(Msg::Queued { ticket, message: read[0].id, thread: ThreadId(1) }).answer_messages(read);
    assert!(!rig.text().contains(LINE));
}

#[test]
fn what_comes_before_the_eyes_gets_no_line_and_what_comes_elsewhere_does() {
    let mut rig = Rig::new(100, 30);
    let mut all = messages();
    all.last_mut().unwrap().unread = false;
    rig.press("alt-down").answer_messages(Vec::new()).press("alt-up").answer_messages(all.clone());
    rig.press("enter");
    assert!(!rig.text().contains(LINE));
    all.push(Message { unread: true, ..message(1, "2026-11-18T09:42:00Z", Direction::Inbound, "seen coming") });
    rig.give(Msg::Changed(Changed::Everything)).answer_messages(all.clone());
    assert!(rig.text().contains("seen coming") && !rig.text().contains(LINE));

    all.last_mut().unwrap().unread = false;
    rig.press("f1");
    all.push(rig::message(1, "2026-11-18T09:43:00Z", Direction::Inbound, "under the help"));
    all.last_mut().unwrap().unread = true;
    rig.give(Msg::Changed(Changed::Everything)).answer_messages(all);
    assert!(rig.press("esc").text().contains(LINE));
}

#[test]
fn the_newest_and_the_next_unread_are_a_key_away_from_the_compose_box_and_from_windows() {
    let mut rig = Rig::new(100, 16);
    rig.press("enter pgup pgup");
    assert!(!rig.text().contains("Bring the key"));
    assert!(rig.press("alt-end").text().contains("Bring the key"));
    let asked = rig.press("f1 alt-u").asks();
    assert!(asked.iter().any(|effect| matches!(effect, Effect::NextUnread { .. })), "{asked:?}");
}

#[test]
fn the_first_conversation_stays_once_the_first_messages_are_in() {
    let mut rig = Rig::new(100, 16);
    rig.give(Msg::Now(rig::time("2026-11-18T09:42:30Z")));
    let shown = conversation(&rig);
    let mut threads = rig::threads();
    threads.swap(0, 2);
    rig.give(Msg::Changed(Changed::Everything)).answer_threads(threads, false);
    rig.answer_messages(messages());
    assert_eq!(conversation(&rig), shown, "nobody has pressed a key, but somebody may be reading");
}

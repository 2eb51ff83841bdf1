//! Nothing typed is lost, and a text goes to the one it was written to.

use rstest::rstest;

use super::rig::{self, Rig, contact};
use crate::model::{MessageId, ThreadId};
use crate::tui::message::{Changed, Effect, Msg, Ticket};
use crate::tui::state::Focus;

fn sent(asked: &[Effect]) -> Option<(Ticket, String, String)> {
    asked.iter().find_map(|effect| match effect {
        Effect::Send { ticket, contact, body, .. } => Some((*ticket, contact.address.to_string(), body.clone())),
        _ => None,
    })
}

#[rstest]
#[case("\"abc\"", "abc")]
#[case("\"abc\" left backspace", "ac")]
#[case("\"abc\" home delete", "bc")]
#[case("\"one\" alt-enter \"two\"", "one\ntwo")]
#[case("\"one\" shift-enter \"two\"", "one\ntwo")]
#[case("\"one\" ctrl-j \"two\"", "one\ntwo")]
#[case("\"one two\" ctrl-u", "")]
#[case("\"one two\" ctrl-u alt-z", "one two")]
#[case("\"one two\" ctrl-a ctrl-k ctrl-_", "one two")]
#[case("\"one two\" ctrl-w ctrl-y ctrl-y", "one twotwo")]
#[case("\"one two\" ctrl-w \"six\" ctrl-w ctrl-y", "one six")]
#[case("\"one two\" alt-b alt-d", "one ")]
#[case("\"one two\" alt-b ctrl-k alt-z alt-y", "one ")]
#[case("\"ab\" ctrl-b ctrl-h", "b")]
#[case("\"ab\" ctrl-a ctrl-d ctrl-f ctrl-e \"c\"", "bc")]
#[case("\"?jkmuxRq\"", "?jkmuxRq")]
fn editing(#[case] keys: &str, #[case] text: &str) {
    let mut rig = Rig::new(100, 30);
    assert_eq!(rig.press("enter").press(keys).state.composer.text(), text);
    let kept = rig.asks().into_iter().rev().find_map(|effect| match effect {
        Effect::SaveDraft { text, .. } => Some(text),
        _ => None,
    });
    assert_eq!(kept.as_deref(), Some(text), "what is written is asked to be kept");
}

#[test]
fn a_text_stays_with_its_thread() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter \"for Dana\" alt-down \"for the second\"");
    assert_eq!(rig.state.composer.text(), "for the second");
    assert_eq!(rig.press("alt-up").state.composer.text(), "for Dana");
    rig.press("alt-down alt-down alt-down");
    assert_eq!(rig.state.composer.text(), "Hello Sam,\nabout", "a draft of the cache");
    let (_, to, body) = sent(&rig.press("enter").asks()).unwrap();
    assert_eq!((to.as_str(), body.as_str()), ("+12025550144", "Hello Sam,\nabout"));
}

#[test]
fn texts_follow_one_another_out_of_the_box() {
    let mut rig = Rig::new(100, 30);
    let (ticket, to, body) = sent(&rig.press("enter \"on my way\" enter").asks()).unwrap();
    assert_eq!((to.as_str(), body.as_str()), ("+12025550141", "on my way"));
    assert_eq!(rig.state.composer.text(), "", "free for the next one");
    assert_eq!(sent(&rig.press("enter").asks()), None, "never twice for two presses");
    let (_, _, body) = sent(&rig.press("\"five minutes\" enter").asks()).unwrap();
    assert_eq!(body, "five minutes", "each on its own");
    rig.press("\"and more\"").asks();
    rig.give(Msg::Queued { ticket, message: MessageId(1), thread: ThreadId(1) });
    assert_eq!(rig.state.composer.text(), "and more", "what was typed after stays");
    let asked = rig.asks();
    assert!(matches!(&asked[..], [Effect::SaveDraft { text, .. }] if text == "and more"), "{asked:?}");
}

/// A list that was read before the message was in the outbox still holds the draft: it must not come back, to be sent twice.
#[test]
fn a_sent_text_does_not_come_back_from_an_older_reading() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter \"on my way\"").give(Msg::Changed(Changed::Everything));
    let (ticket, ..) = sent(&rig.press("enter").asked.clone()).unwrap();
    rig.give(Msg::Queued { ticket, message: MessageId(1), thread: ThreadId(1) });
    let mut threads = rig::threads();
    threads[0].draft = Some("on my way".to_owned());
    rig.answer_threads(threads.clone(), false);
    assert_eq!(rig.state.composer.text(), "");
    assert_eq!(rig.press("alt-down alt-up").state.composer.text(), "", "nor by leaving and returning");
    threads[0].draft = None;
    rig.give(Msg::Changed(Changed::Everything)).answer_threads(threads.clone(), false);
    threads[0].draft = Some("from another window".to_owned());
    rig.give(Msg::Changed(Changed::Everything)).answer_threads(threads, false);
    assert_eq!(rig.state.composer.text(), "from another window", "once the cache has agreed, drafts come in again");
}

#[test]
fn a_text_that_was_not_queued_stays() {
    let mut rig = Rig::new(100, 30);
    let (ticket, ..) = sent(&rig.press("enter \"on my way\" enter").asks()).unwrap();
    rig.give(Msg::NotQueued { ticket, reason: "the disk is full".to_owned() });
    assert_eq!(rig.state.composer.text(), "on my way");
    assert!(rig.text().contains("the disk is full"));
    assert!(sent(&rig.press("enter").asks()).is_some(), "and can be sent again");
}

#[test]
fn an_answer_for_a_thread_that_was_left_clears_that_thread_alone() {
    let mut rig = Rig::new(100, 30);
    let (ticket, ..) = sent(&rig.press("enter \"first\" enter").asks()).unwrap();
    rig.press("alt-down \"second\"");
    rig.give(Msg::Queued { ticket, message: MessageId(1), thread: ThreadId(1) });
    assert_eq!(rig.state.composer.text(), "second");
    assert_eq!(rig.press("alt-up").state.composer.text(), "");
}

#[rstest]
#[case("enter enter", "nothing to send")]
#[case("enter \"  \" enter", "nothing to send")]
#[case("G tab tab \"hello\" enter", "cannot be answered")]
fn refusals(#[case] keys: &str, #[case] says: &str) {
    let mut rig = Rig::new(100, 30);
    assert_eq!(sent(&rig.press(keys).asks()), None);
    assert!(rig.text().contains(says), "{}", rig.text());
}

#[test]
fn a_huge_paste_is_one_edit_warns_and_goes_out() {
    let mut rig = Rig::new(100, 30);
    let text = "wörd ".repeat(20_000);
    rig.press("enter").give(Msg::paste(text.clone()));
    rig.press("\"x\" backspace up");
    assert!(rig.state.composer.text() == text);
    assert_eq!(sent(&rig.press("enter").asks()), None, "asked first");
    assert!(rig.text().contains("segments; carriers may refuse"));
    rig.press("alt-z alt-z alt-z");
    assert!(rig.state.composer.text().is_empty(), "the deletion, the letter, the paste");
    rig.give(Msg::paste(text.clone()));
    assert_eq!(sent(&rig.press("enter").asks()), None, "asked anew about another text");
    let (.., body) = sent(&rig.press("enter").asks()).unwrap();
    assert!(body == text);
}

#[test]
fn a_draft_from_elsewhere_comes_in_until_someone_types() {
    let mut rig = Rig::new(100, 30);
    let mut threads = rig::threads();
    threads[0].draft = Some("from another window".to_owned());
    rig.press("enter").give(Msg::Changed(Changed::Everything)).answer_threads(threads.clone(), false);
    assert_eq!(rig.state.composer.text(), "from another window");
    rig.press("\"!\"");
    threads[0].draft = Some("overtaken".to_owned());
    rig.give(Msg::Changed(Changed::Everything)).answer_threads(threads, false);
    assert_eq!(rig.state.composer.text(), "from another window!");
}

#[rstest]
#[case("\"(202) 555-0177\" enter", "+12025550177", "+12025550101")]
#[case("\"202-555-0177\" tab right enter", "+12025550177", "+12025550102")]
#[case("\"202-555-0177\" shift-tab down down up enter", "+12025550177", "+12025550102")]
#[case("\"ortz\" enter", "+12025550143", "+12025550101")]
#[case("\"0141\" enter", "+12025550141", "+12025550101")]
#[case("\"72345\" enter", "72345", "+12025550101")]
#[case("down enter", "+12025550143", "+12025550101")]
fn a_new_message(#[case] keys: &str, #[case] to: &str, #[case] from: &str) {
    let mut rig = Rig::new(100, 30);
    let contacts = vec![contact("2025550141", Some("Dana Whitfield")), contact("2025550143", Some("Lee Ortiz"))];
    rig.press("ctrl-n").give(Msg::Contacts(contacts)).asks();
    let asked = rig.press(keys).asks();
    let Some(Effect::OpenThread { number, contact }) = asked.last() else { panic!("{asked:?}") };
    assert_eq!((contact.address.as_str(), number.as_str()), (to, from));
    let mut thread = rig::thread(9, None, "2026-11-18T09:42:00Z", "");
    thread.contact = contact.clone();
    rig.give(Msg::GoTo(Box::new(thread)));
    assert_eq!(rig.state.focus, Focus::Composer);
    let (_, sent_to, _) = sent(&rig.press("\"hello\" enter").asks()).unwrap();
    assert_eq!(sent_to, to, "a thread without a message can be written to");
}

#[rstest]
#[case("enter", "no phone number")]
#[case("\"zzz\" enter", "not a phone number")]
#[case("\"+1202\" enter", "digits")]
#[case("\"303-555-01622\" enter", "11 digits, one too many")]
#[case("\"303-555-0162/3\" enter", "several phone numbers")]
#[case("\"(103) 555-0162\" enter", "cannot begin with 1")]
#[case("\"bank\" enter", "cannot be answered")]
fn a_new_message_to_nobody(#[case] keys: &str, #[case] says: &str) {
    let mut rig = Rig::new(100, 30);
    rig.press("ctrl-n");
    if keys.contains("bank") {
        rig.give(Msg::Contacts(vec![contact("MYBANK", None)]));
    }
    assert!(
        rig.press(keys).asks().iter().all(|effect| matches!(effect, Effect::LoadContacts | Effect::LoadLastNumbers))
    );
    assert!(rig.text().contains(says), "{}", rig.text());
}

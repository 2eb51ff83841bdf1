//! A message to several people, each of whom gets their own.

use super::rig::{Rig, address, contact};
use super::writing::{last_draft, sent, snippets};
use crate::model::{MessageId, ThreadId};
use crate::tui::message::{Effect, Msg, TerminalAsk, Ticket, Typed};

pub(super) fn people() -> Vec<crate::model::Contact> {
    vec![
        contact("2025550141", Some("Dana Whitfield")),
        contact("2025550143", Some("Lee Ortiz")),
        contact("2025550144", None),
    ]
}

fn several() -> Rig {
    let mut rig = Rig::new(100, 30);
    rig.press("ctrl-n").give(Msg::Contacts(people()));
    rig.asks();
    rig
}

#[test]
fn several_people_get_their_own_text_after_a_question_with_the_count() {
    let mut rig = several();
    rig.press("\"dana,ortiz,2025550144,dana,\"");
    assert!(rig.text().contains("Dana Whitfield, Lee Ortiz, (202) 555-0144"), "{}", rig.text());
    assert!(rig.text().contains("Dana Whitfield is among them already"), "{}", rig.text());
    rig.press("enter \"Hi {first_name}, we are closed on Monday.\" enter");
    let text = rig.text();
    assert!(text.contains("Send this to 3 people one by one from Main Phone? 1 "), "{text}");
    assert!(text.contains("segment each, 3 in all."), "{text}");
    assert!(text.contains("{first_name} is not filled in for (202) 555-0144"), "{text}");
    assert!(sent(&rig.asks()).is_empty());
    let went = sent(&rig.press("y").asks());
    let texts: Vec<(&str, &str)> = went.iter().map(|(_, to, body)| (to.as_str(), body.as_str())).collect();
    assert_eq!(
        texts,
        [
            ("+12025550141", "Hi Dana, we are closed on Monday."),
            ("+12025550143", "Hi Lee, we are closed on Monday."),
            ("+12025550144", "Hi {first_name}, we are closed on Monday."),
        ]
    );
    assert!(rig.state.overlays.is_empty());
    let tickets: std::collections::BTreeSet<Ticket> = went.iter().map(|(ticket, ..)| *ticket).collect();
    assert_eq!(tickets.len(), 3, "each its own");
}

#[test]
fn a_text_to_several_leaves_the_drafts_to_each_alone() {
    let mut rig = several();
    rig.press("esc enter \"a draft to Dana\" ctrl-n").give(Msg::Contacts(people()));
    let went = sent(&rig.press("\"dana,ortiz,\" enter \"to all\" enter y").asks());
    rig.give(Msg::Queued { ticket: went[0].0, message: MessageId(1), thread: ThreadId(1) });
    assert!(!rig.asks().iter().any(|effect| matches!(effect, Effect::SaveDraft { .. })));
    assert_eq!(rig.state.composer.text(), "a draft to Dana");
    rig.give(Msg::NotQueued { ticket: went[1].0, reason: "the disk is full".to_owned() });
    assert_eq!(last_draft(&mut rig).unwrap(), ("+12025550143".to_owned(), "to all".to_owned()), "it waits with Lee");
}

#[test]
fn a_pasted_list_adds_all_and_says_what_it_left_out() {
    let mut rig = several();
    rig.give(Msg::paste("(202) 555-0150, 202-555-0151\n+12025550152; nonsense\nlee ortiz\n"));
    let text = rig.text();
    assert!(text.contains("4 added; left out, neither a number nor a contact: “nonsense”"), "{text}");
    rig.press("enter \"x\" enter");
    assert!(rig.text().contains("Send this to 4 people"), "{}", rig.text());
    rig.press("n backspace");
    assert!(rig.state.overlays.len() == 1, "a no goes back to the text");
}

#[test]
fn what_is_written_to_several_is_there_when_the_window_comes_back() {
    let mut rig = several();
    rig.press("\"dana,ortiz,\" enter \"not done yet\" esc");
    assert!(rig.state.overlays.is_empty());
    rig.press("ctrl-c");
    assert!(rig.text().contains("The message to several people is not sent"), "{}", rig.text());
    rig.press("n ctrl-n");
    assert!(rig.text().contains("not done yet") && rig.text().contains("Dana Whitfield, Lee Ortiz"), "{}", rig.text());
    rig.press("f1 ctrl-n");
    assert!(rig.text().contains("not done yet"), "nor does a second press begin another: {}", rig.text());
}

#[test]
fn it_goes_from_the_number_that_was_used_last() {
    let mut rig = several();
    rig.give(Msg::LastNumbers(vec![(address("2025550143"), address("2025550102"))]));
    assert!(rig.press("\"dana\"").text().contains("Main Phone (202)"));
    assert!(rig.press("ctrl-u \"ortiz\"").text().contains("Workshop (202)"));
    rig.press("tab up");
    let asked = rig.press("enter").asks();
    let Some(Effect::OpenThread { number, contact }) = asked.last() else { panic!("{asked:?}") };
    assert_eq!(
        (number.as_str(), contact.address.as_str()),
        ("+12025550101", "+12025550143"),
        "a person can say otherwise"
    );
    let mut rig = several();
    rig.give(Msg::LastNumbers(vec![(address("2025550143"), address("2025550199"))]));
    assert!(rig.press("\"ortiz\"").text().contains("Main Phone"), "a number that is not ours any more is not used");
}

#[test]
fn snippets_and_the_other_editor_work_for_several_too() {
    let mut rig = several();
    rig.press("\"dana,ortiz,\" enter ctrl-t").give(Msg::Snippets(Ok(snippets())));
    assert!(rig.text().contains("Hi {first_name}, we"), "whose name it is, is each one's own: {}", rig.text());
    rig.press("\"way\" enter");
    assert!(rig.text().contains("Hi {first_name}, we are on the way"), "{}", rig.text());
    let asked = rig.press("ctrl-g").asks();
    assert!(matches!(asked.last(), Some(Effect::Terminal(TerminalAsk::Edit(text))) if text.starts_with("Hi {first")));
    rig.give(Msg::Edited(Typed(Ok("Closed — Monday\n".to_owned()))));
    let went = sent(&rig.press("alt-r enter enter").asks());
    assert_eq!(went[0].2, "Closed - Monday");
    assert_eq!(rig.state.composer.text(), "", "the compose box has nothing of it");
}

//! A message to several people, each of whom gets their own.

use super::rig::{Rig, address, contact};
use super::writing::snippets;
use crate::model::ThreadId;
use crate::tui::message::{Effect, Msg, TerminalAsk, Typed};

pub(super) fn people() -> Vec<crate::model::Contact> {
    vec![
        contact("2025550141", Some("Dana Whitfield")),
        contact("2025550143", Some("Lee Ortiz")),
        contact("2025550144", None),
    ]
}

pub(super) fn several() -> Rig {
    let mut rig = Rig::new(100, 30);
    rig.press("ctrl-n").give(Msg::Contacts(people()));
    rig.asks();
    rig
}

/// To whom what goes.
pub(super) fn sent(asked: &[Effect]) -> Vec<(String, String)> {
    let texts = asked.iter().find_map(|effect| match effect {
        Effect::SendEach { texts, .. } => Some(texts.as_slice()),
        _ => None,
    });
    texts.unwrap_or_default().iter().map(|(to, text)| (to.address.to_string(), text.clone())).collect()
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
    assert_eq!(
        sent(&rig.press("y").asks()),
        [
            ("+12025550141", "Hi Dana, we are closed on Monday."),
            ("+12025550143", "Hi Lee, we are closed on Monday."),
            ("+12025550144", "Hi {first_name}, we are closed on Monday."),
        ]
        .map(|(to, text)| (to.to_owned(), text.to_owned()))
    );
    assert!(rig.state.overlays.is_empty());
}

#[test]
fn a_text_to_several_leaves_the_drafts_to_each_alone() {
    let mut rig = several();
    rig.press("esc enter \"a draft to Dana\" ctrl-n").give(Msg::Contacts(people()));
    rig.press("\"dana,ortiz,\" enter \"to all\" enter y").asks();
    rig.give(Msg::QueuedEach(vec![ThreadId(1), ThreadId(3)]));
    assert!(rig.messages_request().is_some(), "the conversation in view has it");
    assert_eq!(rig.asks(), []);
    assert_eq!(rig.state.composer.text(), "a draft to Dana");
}

#[test]
fn a_pasted_list_adds_all_and_says_what_it_left_out() {
    let mut rig = several();
    rig.give(Msg::paste("(202) 555-0150, 202-555-0151\n+12025550152; nonsense\nlee ortiz\n"));
    let text = rig.text();
    assert!(text.contains("4 added; not added, neither a number nor a contact: “nonsense”"), "{text}");
    rig.press("ctrl-u enter \"x\" enter");
    assert!(rig.text().contains("Send this to 4 people"), "{}", rig.text());
    rig.press("n backspace");
    assert!(rig.state.overlays.len() == 1, "a no goes back to the text");
}

#[test]
fn a_pasted_row_of_a_spreadsheet_is_several_numbers() {
    let mut rig = several();
    rig.give(Msg::paste("202-555-0150\t\"+1 202\u{a0}555\u{2011}0151\"\t303-555-01622\n"));
    let text = rig.text();
    assert!(text.contains("2 added; not added: “303-555-01622” has 11 digits, one too many"), "{text}");
    rig.press("ctrl-u enter \"x\" enter");
    assert!(rig.text().contains("Send this to 2 people"), "{}", rig.text());
}

/// The row of the field `To`: the last one over `From`.
fn in_the_field(rig: &mut Rig) -> String {
    let text = rig.text();
    let (before, _) = text.split_once("From ").expect("the window is open");
    let row = before.lines().rev().nth(1).unwrap_or_default();
    row.trim_matches(|c: char| c == '│' || c.is_whitespace()).to_owned()
}

#[test]
fn what_is_refused_stays_to_be_corrected() {
    let mut rig = several();
    for (typed, says) in [
        ("303-555-0162/3", "“303-555-0162/3” contains several phone numbers; enter only one"),
        ("303-555-01622", "“303-555-01622” has 11 digits, one too many"),
    ] {
        for keys in ["enter", "\",\""] {
            let text = rig.press(&format!("ctrl-u \"{typed}\" {keys}")).text();
            assert!(in_the_field(&mut rig).ends_with(typed), "{text}");
            assert!(text.contains(says), "{text}");
            assert!(!text.contains("No contact like that") && !text.contains("added"), "one reason is enough: {text}");
        }
    }
    rig.press("ctrl-u \"303-555-0162/3\" enter backspace backspace \",\"");
    assert!(rig.text().contains("(303) 555-0162"), "{}", rig.text());
}

#[test]
fn what_is_pasted_onto_a_number_that_is_half_typed_leaves_it_there() {
    let mut rig = several();
    rig.press("\"303-55\"").give(Msg::paste("202-555-0150, 202-555-0151"));
    let text = rig.text();
    assert!(text.contains("(202) 555-0150, (202) 555-0151"), "{text}");
    assert!(in_the_field(&mut rig).ends_with("303-55"), "{text}");
    rig.press("\"5-0162,\"");
    assert!(rig.text().contains("(303) 555-0162"), "{}", rig.text());
    // a paste may go on with what is typed, or come behind a whole number
    rig.press("\"404-55\"").give(Msg::paste("5-0190, nobody\n505-555-01911"));
    assert!(rig.text().contains("(404) 555-0190"), "{}", rig.text());
    assert!(in_the_field(&mut rig).ends_with("nobody, 505-555-01911"), "{}", rig.text());
    rig.press("backspace enter");
    assert!(rig.text().contains("(505) 555-0191"), "{}", rig.text());
    assert!(in_the_field(&mut rig).ends_with("nobody"), "{}", rig.text());
    rig.press("ctrl-u \"72345\"").give(Msg::paste("55555\n606-555-0192"));
    let text = rig.text();
    assert!(text.contains("72345, 55555, (606) 555-0192"), "{text}");
}

#[test]
fn two_numbers_that_are_typed_in_one_are_two_people() {
    let mut rig = several();
    rig.press("\"202-555-0150 202-555-0151\" enter");
    assert!(rig.text().contains("(202) 555-0150, (202) 555-0151"), "{}", rig.text());
    assert_eq!(sent(&rig.asks()), []);
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
    let went = sent(&rig.press("alt-r enter y").asks());
    assert_eq!(went[0].1, "Closed - Monday");
    assert_eq!(rig.state.composer.text(), "", "the compose box has nothing of it");
}

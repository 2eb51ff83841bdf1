use rstest::rstest;

use super::*;

fn typed(text: &str) -> Pad {
    let mut pad = Pad::default();
    for c in text.chars() {
        pad.insert(c.encode_utf8(&mut [0; 4]), true);
    }
    pad
}

#[test]
fn a_whole_name_is_an_emoji_and_back() {
    let mut pad = typed("Thanks :smile:");
    assert_eq!(pad.text(), "Thanks 😄");
    pad.act(Action::Undo, true);
    assert_eq!(pad.text(), "Thanks :smile:");
    pad.insert(" ", true);
    assert_eq!(pad.text(), "Thanks :smile: ", "whoever undid it wants it so");
}

#[rstest]
#[case("at 10:30 or 11:45:", "at 10:30 or 11:45:")]
#[case("http://shop.example:smile:", "http://shop.example:smile:")]
#[case("ratio 1:tada:", "ratio 1:tada:")]
fn times_and_addresses_stay(#[case] keys: &str, #[case] text: &str) {
    let pad = typed(keys);
    assert_eq!(pad.text(), text);
    assert!(pad.offers.is_none());
}

#[test]
fn a_paste_and_whoever_wants_none_stay_literal() {
    let mut pad = Pad::default();
    pad.insert("so :smile: it is :smi", true);
    assert!(pad.text() == "so :smile: it is :smi" && pad.offers.is_none());
    let mut pad = Pad::default();
    for c in ":smile: :smi".chars() {
        pad.insert(c.encode_utf8(&mut [0; 4]), false);
    }
    assert!(pad.text() == ":smile: :smi" && pad.offers.is_none());
}

#[rstest]
#[case(&[Action::NextPane], "ok 😄")]
#[case(&[Action::Send], "ok 😄")]
#[case(&[Action::CursorDown, Action::NextPane], "ok 😏")]
#[case(&[Action::Back], "ok :smi")]
fn a_list_is_chosen_from(#[case] actions: &[Action], #[case] text: &str) {
    let mut pad = typed("ok :smi");
    assert!(pad.offers.is_some());
    for action in actions {
        assert!(pad.act(*action, true).is_some());
    }
    assert_eq!(pad.text(), text);
    assert!(pad.offers.is_none());
    assert!(pad.act(Action::Send, true).is_none(), "without a list, Enter is not ours");
}

#[test]
fn what_was_closed_stays_closed_for_this_name() {
    let mut pad = typed(":smi");
    pad.act(Action::Back, true);
    pad.insert("l", true);
    assert!(pad.offers.is_none());
    for c in " :tad".chars() {
        pad.insert(c.encode_utf8(&mut [0; 4]), true);
    }
    assert!(pad.offers.is_some(), "another name is another matter");
}

#[test]
fn look_alikes_are_one_step_and_are_told() {
    let mut pad = typed("It’s “fine” — 😀");
    pad.act(Action::WordLeft, true);
    let did = pad.act(Action::ReplaceLookalikes, true).unwrap();
    assert!(did.changed);
    assert_eq!(pad.text(), "It's \"fine\" - 😀");
    let said = did.notice.unwrap().text;
    assert_eq!(said, "Replaced ’ by ', “ by \", ” by \", — by -; “😀” still makes it UCS-2");
    assert_eq!(&pad.text()[pad.editor.cursor()..], "fine\" - 😀", "the cursor stays with its word");
    pad.act(Action::Undo, true);
    assert_eq!(pad.text(), "It’s “fine” — 😀");
    let mut pad = typed("Yes — 3");
    let said = pad.act(Action::ReplaceLookalikes, true).unwrap().notice.unwrap().text;
    assert_eq!(said, "Replaced — by -: GSM-7 instead of UCS-2, 1 segment either way");
    let mut pad = Pad::default();
    let said = pad.act(Action::ReplaceLookalikes, true).unwrap().notice.unwrap().text;
    assert_eq!(said, "Nothing to replace: nothing is written yet");
    let mut pad = typed("plain");
    let did = pad.act(Action::ReplaceLookalikes, true).unwrap();
    assert!(!did.changed && did.notice.unwrap().text.contains("all of it is GSM-7"));
}

#[test]
fn tab_goes_from_blank_to_blank_and_then_on() {
    let mut pad = Pad::default();
    pad.insert_whole("Hi {name}, at {hour}?", None);
    assert_eq!(pad.editor.selected(), Some(3..9), "the first one is waiting");
    pad.insert("Dana", true);
    assert!(pad.act(Action::NextPane, true).is_some());
    pad.insert("3", true);
    assert_eq!(pad.text(), "Hi Dana, at 3?");
    assert!(pad.act(Action::NextPane, true).is_none(), "nothing is left: the next pane");
    let mut pad = Pad::new("only {one}");
    assert!(pad.act(Action::NextPane, true).is_some());
    assert!(pad.act(Action::NextPane, true).is_none(), "whoever leaves it may go on");
}

#[test]
fn a_text_from_elsewhere_is_one_step() {
    let mut pad = typed("Hello");
    assert!(pad.become_text("Hello there,\nDana"));
    assert!(!pad.become_text("Hello there,\nDana"));
    pad.act(Action::Undo, true);
    assert_eq!(pad.text(), "Hello");
}

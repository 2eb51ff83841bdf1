//! What MightyCall's records say beside the messages, on the screen: notes, files that are gone, what failed there and not
//! here, and numbers that cannot text.

use rstest::rstest;

use super::rig::{self, Rig, message, messages};
use super::snapshots::at_all_sizes;
use crate::model::{
    Attachment, CallerKind, Delivery, Direction, Message, NumberTraits, RecordNotes, Thread, WorkflowState,
};
use crate::tui::message::{Changed, Effect, MediaAsk, Msg, Summary};
use crate::tui::views::overlay::Overlay;

const AT: &str = "2026-11-18T09:41:30Z";

fn show(rig: &mut Rig, newest: Message) {
    let mut all = messages();
    all.push(newest);
    rig.give(Msg::Changed(Changed::Everything)).answer_messages(all);
    rig.press("enter esc");
    rig.state.notice = None;
    rig.asked.clear();
}

fn with(columns: u16, rows: u16, newest: Message) -> Rig {
    let mut rig = Rig::new(columns, rows);
    show(&mut rig, newest);
    rig
}

/// The screen's words without its frames and breaks.
fn words(rig: &Rig) -> String {
    rig.text().replace(['\n', '│', '▌'], " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a person is asked.
fn question(rig: &Rig) -> &str {
    match rig.state.overlays.last() {
        Some(Overlay::Confirm(confirm)) => &confirm.question,
        other => panic!("{other:?}"),
    }
}

/// Sent, and reported as failed when MightyCall had it.
fn failed_there() -> Message {
    let delivery = Some(Delivery::Failed("MightyCall reports: notsent".to_owned()));
    Message { delivery, accepted: true, ..message(1, AT, Direction::Outbound, "See you at 3") }
}

#[test]
fn what_failed_at_mightycall_is_not_said_to_have_stayed_here() {
    let mut rig = with(120, 40, failed_there());
    let text = rig.text();
    assert!(text.contains("taken by MightyCall, then reported as failed: MightyCall reports: notsent — R"), "{text}");
    assert_eq!(rig.press("R").asks(), [], "a person is asked first");
    assert_eq!(
        question(&rig),
        "MightyCall took “See you at 3” and reported later that it failed. Should it have gone out all the same, it is \
         delivered twice. Send it again?"
    );
    assert_eq!(rig.press("y").asks(), [Effect::Resend(failed_there().id)]);
    rig.press("x");
    assert_eq!(question(&rig), "Put “See you at 3” away? MightyCall took it, and reported later that it failed.");
    rig.press("n i");
    assert!(words(&rig).contains("failed: MightyCall took it, and reported later"), "{}", rig.text());
    // what never came to MightyCall is sent again at once
    let mut rig = with(120, 40, Message { accepted: false, ..failed_there() });
    assert!(rig.text().contains("not sent: MightyCall reports"), "{}", rig.text());
    assert_eq!(rig.press("R").asks(), [Effect::Resend(failed_there().id)]);
    rig.press("i");
    assert!(words(&rig).contains("not sent: MightyCall did not take it"), "{}", rig.text());
}

#[test]
fn it_is_put_away_with_the_same_words() {
    let rig = with(120, 40, Message { dealt: true, ..failed_there() });
    let text = rig.text();
    assert!(
        text.contains("taken by MightyCall, then reported as failed: MightyCall reports: notsent — dealt"),
        "{text}"
    );
}

fn file(name: &str, expired: bool) -> Attachment {
    Attachment { name: name.to_owned(), url: Some("/files/1".to_owned()), size: Some(23_456), expired }
}

fn came_with(attachments: Vec<Attachment>) -> Message {
    Message { attachments, remote_id: Some("m-1".to_owned()), ..message(1, AT, Direction::Inbound, "Here it is") }
}

fn media(rig: &mut Rig) -> Vec<MediaAsk> {
    let media = |effect| match effect {
        Effect::Media(ask) => Some(ask),
        _ => None,
    };
    rig.asks().into_iter().filter_map(media).collect()
}

#[rstest]
#[case::opened("o")]
#[case::saved("s")]
#[case::opened_in_the_details("i o")]
#[case::saved_in_the_details("i s")]
fn a_file_that_is_gone_is_not_asked_for(#[case] keys: &str) {
    let mut rig = Rig::new(120, 40);
    let mut all = messages();
    all.push(came_with(vec![file("crack.png", true)]));
    rig.give(Msg::Changed(Changed::Everything)).answer_messages(all);
    rig.press("enter esc");
    assert_eq!(media(&mut rig), [], "nor is its picture shown");
    assert!(rig.text().contains("[gone] crack.png, no longer kept by MightyCall"), "{}", rig.text());
    rig.press(keys);
    assert_eq!(media(&mut rig), []);
    assert!(rig.text().contains("MightyCall no longer keeps this file"), "{}", rig.text());
}

#[test]
fn of_several_files_those_that_are_kept_are_to_be_had() {
    let both = vec![file("crack.png", true), file("report.pdf", false)];
    let mut rig = with(120, 40, came_with(both));
    rig.press("s");
    assert!(rig.text().contains("Saving the file …; 1 of them MightyCall no longer keeps"), "{}", rig.text());
    let saved = media(&mut rig);
    assert!(matches!(saved.as_slice(), [MediaAsk::Save(key)] if key.place == 1), "{saved:?}");
    // in the picker the one that is gone says so
    rig.press("o");
    assert_eq!(rig.text().matches("[gone] crack.png, no longer kept by MightyCall").count(), 2, "{}", rig.text());
    rig.press("enter");
    assert!(rig.text().contains("MightyCall no longer keeps this file"), "{}", rig.text());
    assert_eq!(media(&mut rig), []);
    rig.press("o j enter");
    assert!(matches!(media(&mut rig).as_slice(), [MediaAsk::OpenFile(key)] if key.place == 1));
}

/// A screen for who hears it.
fn plain() -> Rig {
    let mut rig = Rig::new(100, 30);
    rig.state.looks = crate::tui::looks::Looks::new(crate::config::theme::Depth::True, true);
    rig
}

#[test]
fn who_hears_the_screen_hears_what_is_gone_and_what_failed() {
    let mut rig = plain();
    show(&mut rig, came_with(vec![file("crack.png", true)]));
    assert!(words(&rig).contains("attached: crack.png, which MightyCall no longer keeps"), "{}", rig.text());
    show(rig.press("esc"), failed_there());
    assert!(words(&rig).contains("taken by MightyCall, then reported as failed 09:41"), "{}", rig.text());
}

/// A message with all that a record can say.
fn noted() -> Message {
    Message {
        request_guid: Some("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0".to_owned()),
        notes: RecordNotes {
            read: Some(true),
            favorite: true,
            comment: Some("call back\u{1b}[31m before\nnoon".to_owned()),
            workflow: Some(WorkflowState::Resolved),
        },
        ..came_with(vec![file("crack.png", true)])
    }
}

fn of_kind(rig: &mut Rig, contact_kind: CallerKind) {
    let thread = Thread { contact_kind, ..rig::threads()[0].clone() };
    rig.give(Msg::Thread(Box::new(thread)));
}

#[rstest]
#[case(CallerKind::Vip, Some("on the account's VIP list"))]
#[case(CallerKind::Blocked, Some("on the account's block list"))]
#[case(CallerKind::Default, None)]
fn the_details_have_what_mightycall_notes(#[case] kind: CallerKind, #[case] list: Option<&str>) {
    let mut rig = with(120, 40, noted());
    of_kind(&mut rig, kind);
    rig.press("i");
    let text = words(&rig);
    for said in [
        "Read there marked read in MightyCall",
        "Starred yes",
        "Workflow resolved",
        "Note call back␛[31m before noon",
        "MightyCall id m-1",
        "GUID 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
        "crack.png, 24 kB; MightyCall no longer keeps it",
    ] {
        assert!(text.contains(said), "{said}\n{}", rig.text());
    }
    assert!(list.is_none_or(|list| text.contains(list)) && text.contains("account's") == list.is_some(), "{text}");
}

#[test]
fn the_details_do_not_speak_of_what_was_not_told() {
    let mut rig = with(120, 40, message(1, AT, Direction::Inbound, "Hi"));
    rig.press("i");
    for unsaid in ["in MightyCall", "Starred", "Workflow", "Note", "GUID"] {
        assert!(!rig.text().contains(unsaid), "{unsaid}\n{}", rig.text());
    }
}

fn summary(traits: NumberTraits) -> Summary {
    let mut summary = rig::summary();
    summary.numbers[0].traits = traits;
    let all = |on| NumberTraits { mms_enabled: Some(on), ..NumberTraits::default() };
    summary.numbers[1].traits =
        NumberTraits { sms_mode: Some("Enabled".to_owned()), toll_free: Some(true), primary: Some(true), ..all(true) };
    summary
}

fn capable() -> NumberTraits {
    NumberTraits { sms_mode: Some("Capable".to_owned()), ..NumberTraits::default() }
}

const WARNING: &str = "! texting is not switched on for this number; switch it on in MightyCall's settings";

#[test]
fn the_box_says_what_speaks_against_texting_and_forbids_nothing() {
    let mut rig = Rig::new(120, 40);
    rig.give(Msg::Summary(summary(capable()))).press("enter");
    assert!(words(&rig).contains(WARNING), "before anything is written: {}", rig.text());
    rig.press("\"Hi\"");
    assert!(rig.text().contains("! may not be delivered"), "and beside it: {}", rig.text());
    assert!(rig.press("enter").asks().iter().any(|effect| matches!(effect, Effect::Send { .. })));
    // it goes with its cause
    rig.give(Msg::Summary(rig::summary()));
    assert!(!rig.text().contains("texting is not"), "{}", rig.text());
}

#[rstest]
#[case::narrow(40, 12, "! texting is not switched on for this")]
#[case::tiny(24, 8, "! texting is not")]
#[case::side_by_side(80, 24, WARNING)]
fn there_is_room_for_it(#[case] columns: u16, #[case] rows: u16, #[case] says: &str) {
    let mut rig = Rig::new(columns, rows);
    rig.give(Msg::Summary(summary(capable()))).press("enter");
    assert!(words(&rig).contains(says), "{}", rig.text());
    rig.press("\"Hi\"");
    assert!(rig.text().contains("! may"), "{}", rig.text());
}

#[test]
fn who_hears_the_screen_hears_it_too() {
    let mut rig = plain();
    rig.give(Msg::Summary(summary(capable()))).press("enter");
    assert!(words(&rig).contains(WARNING), "{}", rig.text());
    rig.press("\"Hi\"");
    assert!(rig.text().contains("! may not be delivered"), "{}", rig.text());
}

#[rstest]
#[case(80, 24)]
#[case(40, 10)]
fn a_new_message_says_it_of_the_number_it_goes_from(#[case] columns: u16, #[case] rows: u16) {
    let mut rig = Rig::new(columns, rows);
    rig.give(Msg::Summary(summary(capable()))).press("ctrl-n");
    let said = |rig: &Rig| rig.text().matches("! texting is not switched on for this").count();
    let before = said(&rig);
    assert!(before > 0, "{}", rig.text());
    // the other number can
    rig.press("tab right");
    assert_eq!(said(&rig), before - 1, "{}", rig.text());
}

#[test]
fn how_it_looks() {
    at_all_sizes("failed-there", |rig| show(rig, failed_there()));
    at_all_sizes("file-gone", |rig| show(rig, came_with(vec![file("crack.png", true), file("report.pdf", false)])));
    at_all_sizes("info-noted", |rig| {
        show(rig, noted());
        of_kind(rig, CallerKind::Vip);
        rig.press("i");
    });
    let refused = NumberTraits { messaging_verified: Some(false), mms_enabled: Some(false), ..capable() };
    at_all_sizes("cannot-text", |rig| {
        rig.give(Msg::Summary(summary(refused.clone()))).press("enter");
    });
    at_all_sizes("cannot-text-written", |rig| {
        rig.give(Msg::Summary(summary(refused.clone()))).press("enter \"Hello\"");
    });
    at_all_sizes("cannot-text-new", |rig| {
        rig.give(Msg::Summary(summary(refused.clone()))).press("ctrl-n \"Lee\"");
    });
    at_all_sizes("numbers-traits", |rig| {
        rig.give(Msg::Summary(summary(refused.clone()))).press("f2 down");
    });
    at_all_sizes("settings-traits", |rig| {
        rig.give(Msg::Summary(summary(refused.clone()))).press("f4");
    });
}

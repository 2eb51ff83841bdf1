//! Reading: what is seen is marked read, what is not is not; the place is kept; trouble is dealt with.

use rstest::rstest;

use super::rig::{self, Rig, message, messages};
use crate::model::{Coverage, Delivery, Direction, Message, MessageId, ThreadId};
use crate::tui::message::{Changed, Effect, MessagePage, MessageWindow, Msg};

fn marked(asked: &[Effect]) -> Option<MessageId> {
    asked.iter().find_map(|effect| match effect {
        Effect::MarkRead { up_to, .. } => Some(*up_to),
        _ => None,
    })
}

#[rstest]
#[case("", false)]
#[case("j k", false)]
#[case("enter", true)]
#[case("tab", true)]
#[case("f1", false)]
fn unread_clears_only_when_opened(#[case] keys: &str, #[case] clears: bool) {
    let mut rig = Rig::new(100, 30);
    let asked = rig.press(keys).asks();
    assert_eq!(marked(&asked), clears.then(|| messages().last().unwrap().id), "{asked:?}");
    assert_eq!(marked(&rig.press("f1 esc").asks()), None, "told once");
}

#[test]
fn unread_does_not_clear_below_the_edge_or_under_a_window() {
    let mut rig = Rig::new(100, 16);
    // read to begin with, and scrolled up
    rig.press("enter esc g").asks();
    let mut more = messages();
    more.push(rig::message(1, "2026-11-18T09:42:00Z", Direction::Inbound, "new"));
    more.last_mut().unwrap().unread = true;
    rig.give(Msg::Changed(Changed::Threads(vec![ThreadId(1)]))).answer_messages(more.clone());
    assert_eq!(marked(&rig.asks()), None, "below the edge");
    rig.press("f1 esc").asks();
    assert_eq!(marked(&rig.press("G").asks()), Some(more.last().unwrap().id));

    rig.press("f4").asks();
    more.push(rig::message(1, "2026-11-18T09:43:00Z", Direction::Inbound, "under the window"));
    more.last_mut().unwrap().unread = true;
    rig.give(Msg::Changed(Changed::Threads(vec![ThreadId(1)]))).answer_messages(more.clone());
    assert_eq!(marked(&rig.asks()), None, "under a window");
    assert_eq!(marked(&rig.press("esc").asks()), Some(more.last().unwrap().id));
}

#[test]
fn marked_unread_stays_so_until_opened_again() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter esc").asks();
    let mut threads = rig::threads();
    threads[0].unread = 0;
    rig.give(Msg::Changed(Changed::Everything)).answer_threads(threads.clone(), false);
    rig.answer_messages(messages());
    rig.asks();
    assert_eq!(rig.press("m").asks(), [Effect::MarkUnread { thread: ThreadId(1), newest: 1 }]);
    threads[0].unread = 1;
    rig.give(Msg::Changed(Changed::Everything)).answer_threads(threads, false);
    rig.answer_messages(messages());
    assert_eq!(marked(&rig.asks()), None);
    assert!(marked(&rig.press("esc enter").asks()).is_some());
}

#[test]
fn the_place_is_kept_while_messages_come() {
    let mut rig = Rig::new(100, 16);
    rig.press("enter esc pgup pgup");
    let before = rig.text();
    let mut more = messages();
    for minute in 42..45 {
        more.push(message(1, &format!("2026-11-18T09:{minute}:00Z"), Direction::Inbound, "another thing"));
    }
    more.push(message(1, "2026-11-18T09:50:00Z", Direction::Outbound, "ours does not count"));
    rig.asked.clear();
    rig.give(Msg::Changed(Changed::Threads(vec![ThreadId(1)])));
    let first = messages()[0].id;
    assert!(
        rig.asked.iter().any(|effect| matches!(effect,
            Effect::LoadMessages { window: MessageWindow::After(id), .. } if *id < first)),
        "the stretch in view is read again"
    );
    rig.answer_messages(more);
    let after = rig.text();
    assert!(after.contains("3 new below (G)"), "{after}");
    let rows = |text: &str| -> Vec<String> { text.lines().skip(2).take(5).map(str::to_owned).collect() };
    assert_eq!(rows(&after), rows(&before));
    let bottom = rig.press("G").text();
    assert!(bottom.contains("ours does not count") && !bottom.contains("new below"), "{bottom}");
}

#[test]
fn at_the_bottom_it_follows() {
    let mut rig = Rig::new(100, 16);
    rig.press("enter");
    let mut more = messages();
    more.push(message(1, "2026-11-18T09:42:00Z", Direction::Inbound, "the newest of all"));
    rig.give(Msg::Changed(Changed::Threads(vec![ThreadId(1)]))).answer_messages(more);
    assert!(rig.text().contains("the newest of all"));
}

#[test]
fn older_ones_come_in_at_the_edge() {
    let minute = |n: usize| {
        let at = format!("2026-11-{:02}T{:02}:{:02}:00Z", 10 + n / 600, n / 60 % 10, n % 60);
        message(
            1,
            &at,
            if n.is_multiple_of(2) { Direction::Inbound } else { Direction::Outbound },
            &format!("number {n}"),
        )
    };
    let mut rig = Rig::new(100, 20);
    rig.press("enter esc").give(Msg::Changed(Changed::Everything));
    let page = |from, to, more_older| MessagePage {
        messages: (from..to).map(minute).collect(),
        more_older,
        coverage: (!more_older).then(Coverage::default),
        ..MessagePage::default()
    };
    rig.answer_page(page(200, 300, true));
    rig.asked.clear();
    rig.press("pgup pgup pgup pgup pgup pgup pgup");
    let asked = rig.asked.iter().find_map(|effect| match effect {
        Effect::LoadMessages { window, .. } => Some(*window),
        _ => None,
    });
    assert_eq!(asked, Some(MessageWindow::Before(minute(200).id)));
    // from the first message on: the rows above it told that older ones are to come
    let rows = |text: &str| -> Vec<String> { text.lines().skip(4).map(str::to_owned).collect() };
    let before = rows(&rig.text());
    assert!(before[0].contains("number 200"), "{before:?}");
    rig.answer_page(page(100, 200, false));
    assert_eq!(rows(&rig.text()), before, "what is read does not move");
    rig.press("g");
    assert!(rig.text().contains("older messages were not fetched"), "{}", rig.text());
    assert_eq!(rig.state.conversation.selected().unwrap().id, minute(100).id);
}

#[rstest]
// where the marked one went well, the newest in need is marked first, and only then acted on
#[case("R", None)]
#[case("R R", None)]
#[case("R R y", Some(Effect::Resend(messages()[4].id)))]
#[case("R R n", None)]
#[case("k k k k k R", Some(Effect::Resend(messages()[3].id)))]
#[case("x", None)]
#[case("x x y", Some(Effect::Discard(messages()[4].id)))]
#[case("x x enter", None)]
#[case("x x esc", None)]
#[case("k x y", Some(Effect::Discard(messages()[7].id)))]
#[case("k k R n", None)]
#[case("k k x n", None)]
fn trouble(#[case] keys: &str, #[case] effect: Option<Effect>) {
    let mut rig = Rig::new(100, 30);
    rig.press("enter esc").asks();
    assert_eq!(rig.press(keys).asks().pop(), effect);
}

/// Whether one that history shows is this one a person must say, and sees both for that.
#[test]
fn an_unconfirmed_message_is_asked_about_beside_the_one_that_may_be_it() {
    let mut all = messages();
    let like = Message { body: "Your invoice again. Reply STOP to end".to_owned(), ..all[6].clone() };
    all[4].like = Some(like.id);
    all[6] = like;
    let mut rig = Rig::new(100, 30);
    rig.press("enter esc").give(Msg::Changed(Changed::Everything)).answer_messages(all.clone());
    assert!(rig.press("R").text().contains("shows both and asks"), "{}", rig.text());
    let text = rig.press("R").text();
    assert!(
        text.contains("“Your invoice again”") && text.contains("“Your invoice again. Reply STOP to end”"),
        "{text}"
    );
    assert!(text.contains("08:12") && text.contains("from 09:39"), "{text}");
    rig.asks();
    assert_eq!(rig.press("y").asks(), [Effect::Resend(all[4].id)]);
}

/// One that was posted, or found in history, has another time and with it another id.
#[test]
fn the_mark_stays_on_a_message_that_moves() {
    let mut all = messages();
    let mut rig = Rig::new(100, 30);
    rig.press("enter esc").give(Msg::Changed(Changed::Everything)).answer_messages(all.clone());
    rig.press("k");
    assert_eq!(rig.state.conversation.selected().unwrap().body, "Bring the key");
    let moved = Message { id: MessageId(all[8].id.0 + 5), delivery: Some(Delivery::Sent), ..all.remove(7) };
    all.push(moved.clone());
    rig.give(Msg::Changed(Changed::Everything)).answer_messages(all);
    assert_eq!(rig.state.conversation.selected().unwrap().id, moved.id);
}

#[test]
fn what_was_dealt_with_is_neither_offered_nor_sent_again() {
    let mut all = messages();
    all[3].dealt = true;
    all[4].dealt = true;
    let mut rig = Rig::new(100, 30);
    rig.press("enter esc").give(Msg::Changed(Changed::Everything)).answer_messages(all);
    let text = rig.press("k k k k k").text();
    assert!(text.contains("dealt with") && !text.contains("sends it again"), "{text}");
    rig.asks();
    assert_eq!(rig.press("R x").asks(), []);
    assert!(rig.state.overlays.is_empty());
}

#[test]
fn an_answer_for_another_thread_is_left() {
    let mut rig = Rig::new(100, 30);
    let (request, thread) = {
        rig.give(Msg::Changed(Changed::Everything));
        rig.messages_request().unwrap()
    };
    rig.press("j");
    let page = MessagePage { messages: messages(), ..MessagePage::default() };
    rig.give(Msg::Messages { request, thread, page });
    assert!(!rig.text().contains("See you then."), "{}", rig.text());
}

#[test]
fn the_compose_box_scrolls_the_conversation_by_screens() {
    let mut rig = Rig::new(100, 14);
    let bottom = rig.press("enter").text();
    let up = rig.press("pgup").text();
    assert_ne!(up, bottom);
    assert_eq!(rig.press("pgdn pgdn").text(), bottom);
}

#[test]
fn the_mouse_selects_and_scrolls() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut rig = Rig::new(100, 16);
    let at = |kind, column, row| Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE });
    let click = MouseEventKind::Down(MouseButton::Left);
    rig.give(at(click, 5, 4));
    assert_eq!(rig.state.current.as_ref().unwrap().id, ThreadId(2));
    rig.give(at(click, 5, 2)).answer_messages(messages());
    let bottom = rig.text();
    rig.give(at(MouseEventKind::ScrollUp, 60, 5));
    assert_ne!(rig.text(), bottom);
    rig.give(at(MouseEventKind::ScrollDown, 60, 5));
    assert_eq!(rig.text(), bottom);
    rig.give(at(click, 60, 13));
    assert_eq!(rig.state.focus, crate::tui::state::Focus::Composer);
}

//! Finding: everywhere, in a conversation, in the list; and the threads that are done.

use rstest::rstest;

use super::rig::{self, Rig, contact, message, messages, time};
use crate::config::keymap::Context;
use crate::model::words::Term;
use crate::model::{Direction, Message, MessageId, ThreadFilter, ThreadId};
use crate::tui::message::{Changed, Effect, Found, FoundPage, MessagePage, MessageWindow, Msg, Request, SearchQuery};
use crate::tui::state::Focus;
use crate::tui::widgets::ink::Ink;

fn searched(rig: &Rig) -> (Request, SearchQuery) {
    let last = rig.asked.iter().rev().find_map(|effect| match effect {
        Effect::Search { request, query } => Some((*request, SearchQuery::clone(query))),
        _ => None,
    });
    last.expect("a search was asked for")
}

fn looked_for(rig: &Rig) -> (Request, Vec<String>) {
    let last = rig.asked.iter().rev().find_map(|effect| match effect {
        Effect::FindInThread { request, terms, .. } => Some((*request, terms.clone())),
        _ => None,
    });
    let (request, terms) = last.expect("something was looked for");
    (request, terms.into_iter().flat_map(|term| term.words).collect())
}

fn hit(thread: i64, name: &str, at: &str, direction: Direction, body: &str) -> Found {
    let message = message(thread, at, direction, body);
    Found { contact: contact(message.contact.as_str(), Some(name)), message }
}

fn hits() -> Vec<Found> {
    vec![
        hit(1, "Dana Whitfield", "2026-11-18T09:38:00Z", Direction::Inbound, "Hi, is my appointment still on?"),
        hit(3, "Lee Ortiz", "2026-11-17T16:00:00Z", Direction::Outbound, "Your appointment is at two"),
        hit(
            2,
            "Sam 日本 😀",
            "2026-10-02T10:00:00Z",
            Direction::Inbound,
            "About the fence: the man who came said that he would call again before the next appointment \u{1b}[2J",
        ),
    ]
}

fn give_hits(rig: &mut Rig, found: Vec<Found>, more: bool) {
    let (request, _) = searched(rig);
    rig.give(Msg::Found { request, page: FoundPage { found, more, ..FoundPage::default() } });
}

/// The cells of the screen that are lit up, as texts.
fn lit(rig: &Rig) -> Vec<String> {
    let buf = rig.screen();
    let style = crate::tui::widgets::ink::Palette::default().style(Ink::Match);
    let mut out = Vec::new();
    for y in 0..buf.area.height {
        let mut run = String::new();
        for x in 0..=buf.area.width {
            let cell = buf.cell((x, y)).filter(|cell| Some(cell.bg) == style.bg);
            match cell {
                Some(cell) => run.push_str(cell.symbol()),
                None if !run.is_empty() => out.push(std::mem::take(&mut run)),
                None => {}
            }
        }
    }
    out
}

#[test]
fn a_search_shows_what_is_found_as_one_types_and_goes_there() {
    let mut rig = Rig::new(100, 30);
    rig.press("f3");
    assert!(rig.text().contains("from:dana") && rig.asks().is_empty(), "{}", rig.text());
    assert_eq!(rig.state.context(), Context::Find);
    rig.press("\"app\"");
    let (overtaken, _) = searched(&rig);
    rig.press("\"ointm\"");
    assert_eq!(rig.asked.len(), 8, "one for each letter");
    let (request, query) = searched(&rig);
    assert_eq!((query.number, query.below), (None, None));
    assert_eq!(query.query.terms, [Term { names: true, ..Term::new("appointm", true).unwrap() }]);
    rig.give(Msg::Found { request: overtaken, page: FoundPage { found: hits(), ..FoundPage::default() } });
    assert!(rig.text().contains("Searching…"), "an overtaken answer is left: {}", rig.text());
    rig.give(Msg::Found { request, page: FoundPage { found: hits(), ..FoundPage::default() } });
    let text = rig.text();
    assert!(text.contains("1 of 3") && text.contains("Dana Whitfield  Main Phone") && text.contains("09:38"), "{text}");
    assert!(text.contains("You: Your appointment is at two") && text.contains("2 Oct"), "{text}");
    assert_eq!(lit(&rig), ["appointm"; 3], "{text}");
    // the next letter keeps what is there until the answer comes
    rig.press("\"e\"");
    assert!(rig.text().contains("Lee Ortiz"));

    rig.press("down");
    rig.asked.clear();
    let asked = rig.press("enter").asks();
    let found = &hits()[1].message;
    let terms = vec![Term { names: true, ..Term::new("appointme", true).unwrap() }];
    assert_eq!(asked, [Effect::OpenMessage(found.thread, found.id, terms)]);
    assert!(rig.state.overlays.is_empty());
}

#[test]
fn a_search_is_as_it_was_left() {
    let mut rig = Rig::new(100, 30);
    rig.press("f3 \"appointment\"");
    give_hits(&mut rig, hits(), false);
    rig.press("down esc");
    assert!(rig.state.overlays.is_empty());
    rig.asked.clear();
    rig.press("f3");
    assert_eq!(searched(&rig).1.query.terms.len(), 1);
    give_hits(&mut rig, hits(), false);
    assert!(rig.text().contains("appointment") && rig.text().contains("2 of 3"), "{}", rig.text());
    rig.press("f3");
    assert!(rig.state.overlays.is_empty(), "the same key closes it");
    rig.press("f3 \"x\"");
    assert_eq!(searched(&rig).1.query.terms[0].words, ["x"], "another word comes in its place");
}

#[test]
fn a_search_goes_on_below_and_follows_the_cache() {
    let mut rig = Rig::new(100, 30);
    let many = |from: u32, count: u32| -> Vec<Found> {
        let at = |n: u32| format!("2026-11-{:02}T{:02}:00:00Z", 17 - n / 20, 23 - n % 20);
        (from..from + count).map(|n| hit(1, "Dana", &at(n), Direction::Inbound, &format!("number {n}"))).collect()
    };
    rig.press("f3 \"number\"");
    give_hits(&mut rig, many(0, 50), true);
    rig.asked.clear();
    for _ in 0..3 {
        rig.press("pgdn");
    }
    assert!(rig.text().contains("of 50+") && rig.asked.is_empty(), "{}", rig.text());
    rig.press("pgdn pgdn");
    let (_, query) = searched(&rig);
    assert_eq!(query.below, Some(many(49, 1)[0].message.id));
    assert_eq!(rig.asked.len(), 1, "asked once");
    give_hits(&mut rig, many(50, 7), false);
    assert!(rig.text().contains("of 57") && !rig.text().contains("57+"), "{}", rig.text());
    for _ in 0..9 {
        rig.press("pgdn");
    }
    assert!(rig.text().contains("57 of 57") && rig.text().contains("number 56"), "{}", rig.text());
    // something new comes: the same one stays selected
    rig.asked.clear();
    rig.give(Msg::Changed(Changed::Everything));
    let (_, query) = searched(&rig);
    assert_eq!((query.below, query.limit), (None, 57));
    let mut newer = vec![hit(2, "Lee", "2026-11-18T09:00:00Z", Direction::Inbound, "a newer number")];
    newer.extend(many(0, 57));
    give_hits(&mut rig, newer, false);
    assert!(rig.text().contains("58 of 58"), "{}", rig.text());
}

#[test]
fn nothing_found_and_what_could_not_be_read_are_told() {
    let mut rig = Rig::new(100, 30);
    rig.press("f3 \"zz\"");
    give_hits(&mut rig, Vec::new(), false);
    assert!(rig.text().contains("Nothing found"));
    rig.press("\"z\"");
    let (request, _) = searched(&rig);
    rig.give(Msg::NotLoaded { request, reason: "the disk is gone".to_owned() });
    assert!(rig.text().contains("✗ the disk is gone"), "{}", rig.text());
    rig.press("ctrl-u");
    assert!(rig.text().contains("is:unread"), "an empty field shows what can be typed");
    assert!(rig.press("enter").asks().iter().all(|effect| !matches!(effect, Effect::OpenMessage(..))));
}

#[rstest]
#[case("search", "f3")]
#[case("filters", "f down down")]
fn windows_look_so(#[case] name: &str, #[case] keys: &str) {
    super::snapshots::at_all_sizes(name, |rig| {
        rig.press(keys);
    });
}

#[test]
fn what_is_found_looks_so() {
    super::snapshots::at_all_sizes("search-found", |rig| {
        rig.press("f3 \"appointment\"");
        give_hits(rig, hits(), true);
        rig.press("down");
    });
}

#[test]
fn the_mouse_chooses_and_opens() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut rig = Rig::new(100, 30);
    rig.press("f3 \"appointment\"");
    give_hits(&mut rig, hits(), false);
    let row = u16::try_from(rig.text().lines().position(|line| line.contains("Lee Ortiz")).unwrap()).unwrap();
    let click = |row| {
        let kind = MouseEventKind::Down(MouseButton::Left);
        Msg::Mouse(MouseEvent { kind, column: 20, row, modifiers: KeyModifiers::NONE })
    };
    rig.asked.clear();
    rig.give(click(row));
    assert!(rig.asks().is_empty() && rig.text().contains("2 of 3"));
    let asked = rig.give(click(row + 1)).asks();
    assert!(matches!(asked[..], [Effect::OpenMessage(ThreadId(3), ..)]), "{asked:?}");

    rig.press("f");
    let row = u16::try_from(rig.text().lines().position(|line| line.contains("failed or unconf")).unwrap()).unwrap();
    rig.asked.clear();
    rig.give(Msg::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: 50,
        row,
        modifiers: KeyModifiers::NONE,
    }));
    assert_eq!(super::narrowing::asked_threads(&rig).filter, ThreadFilter::Trouble);
}

/// Forty messages, every tenth of them about a fence.
fn long() -> Vec<Message> {
    let body = |n: i64| if n % 10 == 3 { format!("the fence, {n}") } else { format!("something else, {n}") };
    let at = |n: i64| format!("2026-11-18T08:{n:02}:00Z");
    (0..40).map(|n| message(1, &at(n), Direction::Inbound, &body(n))).collect()
}

fn fences() -> Vec<MessageId> {
    let mut found: Vec<_> = long().iter().filter(|m| m.body.contains("fence")).map(|m| m.id).collect();
    found.reverse();
    found
}

/// In a long conversation, at its end.
fn reading() -> Rig {
    let mut rig = Rig::new(100, 20);
    rig.give(Msg::Changed(Changed::Everything)).answer_messages(long());
    rig.answer_threads(rig::threads(), false);
    rig.press("enter esc");
    rig.asked.clear();
    rig
}

fn selected(rig: &Rig) -> String {
    rig.state.conversation.selected().unwrap().body.clone()
}

#[test]
fn finding_in_a_conversation_jumps_lights_up_and_counts() {
    let mut rig = reading();
    let before = rig.text();
    rig.press("/ \"fen\"");
    assert_eq!(rig.state.context(), Context::Find);
    let (request, words) = looked_for(&rig);
    assert_eq!(words, ["fen"]);
    rig.give(Msg::FoundInThread { request, found: fences() });
    assert_eq!(selected(&rig), "the fence, 33", "the newest one above");
    assert!(rig.text().contains("/fen") && rig.text().contains("1/4"), "{}", rig.text());
    assert_eq!(lit(&rig), ["fen"]);
    rig.press("up");
    assert_eq!(selected(&rig), "the fence, 23", "while typing, too");
    rig.press("enter n");
    assert_eq!(selected(&rig), "the fence, 13");
    assert!(rig.text().contains("3/4"), "{}", rig.text());
    rig.press("n n");
    assert_eq!(selected(&rig), "the fence, 33", "round the end");
    rig.press("N");
    assert_eq!(selected(&rig), "the fence, 3");
    rig.press("N N");
    assert!(rig.text().contains("2/4"), "{}", rig.text());
    // the first Esc puts the lights out and stays, the second leaves
    rig.press("esc");
    assert_eq!((selected(&rig).as_str(), rig.state.focus), ("the fence, 23", Focus::Conversation));
    assert!(lit(&rig).is_empty() && !rig.text().contains("2/4"));
    rig.press("esc");
    assert_eq!(rig.state.focus, Focus::Threads);

    let mut rig = reading();
    rig.press("/ \"fen\"");
    let (request, _) = looked_for(&rig);
    rig.give(Msg::FoundInThread { request, found: fences() });
    assert_ne!(rig.text(), before);
    rig.press("esc");
    assert_eq!(rig.text(), before, "back where one was");
}

#[test]
fn leaving_a_find_further_up_goes_back_there() {
    let mut rig = reading();
    rig.press("g");
    let before = rig.text();
    rig.press("/ \"fen\"");
    let (request, _) = looked_for(&rig);
    rig.give(Msg::FoundInThread { request, found: fences() });
    assert_eq!(selected(&rig), "the fence, 33", "nothing is above: the newest of all");
    rig.press("esc");
    assert_eq!(rig.text(), before);
}

#[test]
fn a_match_that_is_not_here_is_fetched() {
    let mut rig = reading();
    rig.press("/ \"fence\"");
    let (request, _) = looked_for(&rig);
    let far = message(1, "2024-02-01T10:00:00Z", Direction::Inbound, "an old\nfence  post");
    rig.give(Msg::FoundInThread { request, found: vec![far.id] });
    let window = rig.asked.iter().rev().find_map(|effect| match effect {
        Effect::LoadMessages { window, .. } => Some(*window),
        _ => None,
    });
    assert_eq!(window, Some(MessageWindow::Around(far.id)));
    let page = MessagePage { messages: vec![far.clone()], more_newer: true, ..MessagePage::default() };
    rig.answer_page(page);
    assert_eq!(selected(&rig), far.body);
    assert_eq!(lit(&rig), ["fence"]);
    // and back to the newest ones, which are asked for again
    rig.asked.clear();
    rig.press("esc");
    let asked = rig.asked.iter().any(|e| matches!(e, Effect::LoadMessages { window: MessageWindow::Newest, .. }));
    assert!(asked, "{:?}", rig.asked);
    rig.answer_messages(long());
    assert_eq!(selected(&rig), "something else, 39");
}

#[test]
fn phrases_are_lit_up_over_the_ends_of_rows_and_times_are_not() {
    let mut rig = Rig::new(40, 20);
    let body = "please be so kind and move it to three o'clock if that is all right 09";
    rig.press("enter esc").give(Msg::Changed(Changed::Everything));
    rig.answer_messages(vec![message(1, "2026-11-18T09:09:00Z", Direction::Inbound, body)]);
    rig.press("/ \"and move it to three o'cl\"");
    assert_eq!(lit(&rig).join(" "), "and move it to three o'cl");
    rig.press("ctrl-u \"09\"");
    assert_eq!(lit(&rig), ["09"], "the clock is not what was said: {}", rig.text());
}

#[test]
fn what_comes_while_one_finds_is_counted_and_moves_nothing() {
    let mut rig = reading();
    rig.press("/ \"fence\" enter");
    let (request, _) = looked_for(&rig);
    rig.give(Msg::FoundInThread { request, found: fences() });
    rig.press("n");
    let at = selected(&rig);
    rig.asked.clear();
    rig.give(Msg::Changed(Changed::Threads(vec![ThreadId(1)])));
    let (again, _) = looked_for(&rig);
    let mut found = fences();
    found.insert(0, MessageId::floor(time("2026-11-18T09:00:00Z")));
    rig.give(Msg::FoundInThread { request: again, found });
    assert_eq!(selected(&rig), at);
    assert!(rig.text().contains("/5"), "{}", rig.text());
    rig.give(Msg::FoundInThread { request, found: Vec::new() });
    assert!(rig.text().contains("/5"), "an overtaken answer is left");
}

#[test]
fn n_without_a_find_says_how_to_begin() {
    let mut rig = reading();
    rig.press("n");
    assert!(rig.text().contains("/ finds in this conversation"), "{}", rig.text());
}

#[test]
fn a_message_is_gone_to_in_its_thread() {
    let mut rig = Rig::new(100, 20);
    let thread = Box::new(rig::threads()[2].clone());
    let goal = message(3, "2026-11-01T10:00:00Z", Direction::Inbound, "about the invoice");
    let terms = vec![Term::new("invoice", true).unwrap()];
    rig.give(Msg::GoToMessage(thread, goal.id, terms));
    assert_eq!((rig.state.focus, rig.state.current.as_ref().unwrap().id), (Focus::Conversation, ThreadId(3)));
    let (request, words) = looked_for(&rig);
    assert_eq!(words, ["invoice"]);
    let later = message(3, "2026-11-02T10:00:00Z", Direction::Inbound, "and another invoice");
    let newer = message(3, "2026-11-03T10:00:00Z", Direction::Inbound, "nothing");
    let page =
        MessagePage { messages: vec![goal.clone(), later.clone(), newer], more_newer: true, ..MessagePage::default() };
    rig.answer_page(page);
    rig.give(Msg::FoundInThread { request, found: vec![later.id, goal.id] });
    assert_eq!(selected(&rig), goal.body);
    assert!(rig.text().contains("2/2") && lit(&rig) == ["invoice", "invoice"], "{}", rig.text());
    rig.press("N");
    assert_eq!(selected(&rig), later.body);
    assert!(rig.asks().iter().all(|effect| !matches!(effect, Effect::MarkRead { .. })), "its end was not seen");
}

#[test]
fn what_is_found_is_shown_safely() {
    let mut rig = Rig::new(60, 20);
    rig.press("f3 \"x\"");
    let evil = "x\u{1b}]0;title\u{7}\u{202e}\r\n日本語 👩\u{200d}👩\u{200d}👧 x";
    give_hits(&mut rig, vec![hit(1, evil, "2026-11-18T09:38:00Z", Direction::Inbound, evil)], false);
    let buf = rig.screen();
    let raw = |c: char| c.is_control() || c == '\u{202e}';
    assert!(!buf.content.iter().any(|cell| cell.symbol().chars().any(raw)), "{}", rig.text());
    let edge = |y: u16| ["│", "┐", "┘"].contains(&buf[(59, y)].symbol());
    assert!((1..18).all(edge), "{}", rig.text());
    assert_eq!(messages().len(), 9);
}

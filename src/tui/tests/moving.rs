//! Every key that moves, switches, opens or closes something: before, keys, after.

use rstest::rstest;

use super::rig::{self, Rig};
use crate::config::keymap::{Action, Context, Keymap};
use crate::config::snippets::Snippet;
use crate::model::{MessageId, Thread, ThreadId};
use crate::tui::message::{Changed, Effect, Msg, ThreadWindow};
use crate::tui::state::Focus;
use crate::tui::views::overlay::Overlay;

fn place(rig: &Rig) -> String {
    let focus = match rig.state.focus {
        Focus::Threads => "threads",
        Focus::Conversation => "conversation",
        Focus::Composer => "composer",
    };
    let over = rig.state.overlays.iter().map(|overlay| match overlay {
        Overlay::Numbers => " numbers",
        Overlay::Settings => " settings",
        Overlay::Confirm(_) => " confirm",
        Overlay::Window(window) if window.kind() == "help" => " help",
        Overlay::Window(window) if window.kind() == "stories" => " notice",
        Overlay::Window(window) if window.kind() == "new-message" => " new",
        Overlay::Window(window) => window.kind(),
    });
    let thread = rig.state.current.as_ref().map_or(0, |thread| thread.id.0);
    format!("{focus} {thread}{}", over.collect::<String>())
}

#[rstest]
#[case("", "threads 1")]
#[case("j", "threads 2")]
#[case("down down", "threads 3")]
#[case("j k", "threads 1")]
#[case("k", "threads 1")]
#[case("down up", "threads 1")]
#[case("G", "threads 5")]
#[case("end home", "threads 1")]
#[case("G g", "threads 1")]
#[case("pgdn", "threads 5")]
#[case("pgdn pgup", "threads 1")]
#[case("alt-down", "threads 2")]
#[case("alt-down alt-up", "threads 1")]
#[case("enter", "composer 1")]
#[case("enter alt-down", "composer 2")]
#[case("G enter", "conversation 5")]
#[case("tab", "conversation 1")]
#[case("tab tab", "composer 1")]
#[case("tab tab tab", "threads 1")]
#[case("shift-tab", "composer 1")]
#[case("enter esc", "conversation 1")]
#[case("enter esc esc", "threads 1")]
#[case("enter esc q", "threads 1")]
#[case("enter esc enter", "composer 1")]
#[case("esc", "threads 1")]
#[case("f1", "threads 1 help")]
#[case("?", "threads 1 help")]
#[case("f1 f1", "threads 1")]
#[case("f1 ?", "threads 1")]
#[case("f1 j pgdn G g esc", "threads 1")]
#[case("f1 q", "threads 1")]
#[case("f1 enter", "threads 1")]
#[case("f2", "threads 1 numbers")]
#[case("f2 f2", "threads 1")]
#[case("f2 esc", "threads 1")]
#[case("f4", "threads 1 settings")]
#[case("f4 esc", "threads 1")]
#[case("f4 f1", "threads 1 settings help")]
#[case("f4 f1 esc", "threads 1 settings")]
#[case("ctrl-n", "threads 1 new")]
#[case("ctrl-n esc", "threads 1")]
#[case("enter ctrl-n f4", "composer 1 new settings")]
#[case("enter f2", "composer 1 numbers")]
#[case("enter esc i", "conversation 1details")]
#[case("enter esc i esc", "conversation 1")]
#[case("f8", "threads 1")]
#[case("enter enter f8", "composer 1 notice")]
fn keys_lead(#[case] keys: &str, #[case] to: &str) {
    assert_eq!(place(Rig::new(100, 30).press(keys)), to);
}

#[rstest]
#[case("ctrl-r", Effect::Sync)]
#[case("f5", Effect::Sync)]
#[case("enter ctrl-r", Effect::Sync)]
#[case("f4 f5", Effect::Sync)]
#[case("ctrl-q", Effect::Leave)]
#[case("enter \"text\" ctrl-q", Effect::Leave)]
#[case("ctrl-c", Effect::Leave)]
#[case("q", Effect::Leave)]
#[case("enter \"text\" ctrl-c y", Effect::Leave)]
#[case("enter \"text\" ctrl-c ctrl-c", Effect::Leave)]
#[case("ctrl-n", Effect::LoadContacts)]
#[case("m", Effect::MarkRead { thread: ThreadId(1), up_to: MessageId(rig::threads()[0].activity) })]
#[case("j m", Effect::MarkUnread { thread: ThreadId(2), newest: 1 })]
#[case("m m", Effect::MarkUnread { thread: ThreadId(1), newest: 2 })]
fn keys_ask(#[case] keys: &str, #[case] effect: Effect) {
    assert_eq!(Rig::new(100, 30).press(keys).asks().pop(), Some(effect));
}

#[rstest]
#[case("u", Focus::Conversation)]
#[case("alt-u", Focus::Conversation)]
#[case("enter alt-u", Focus::Composer)]
fn next_unread(#[case] keys: &str, #[case] focus: Focus) {
    let mut rig = Rig::new(100, 30);
    let asked = rig.press(keys).asks();
    let first = &rig::threads()[0];
    let after = Some(crate::tui::message::ThreadKey { activity: first.activity, id: first.id });
    assert_eq!(asked.last(), Some(&Effect::NextUnread { number: None, after }));
    rig.give(Msg::GoTo(Box::new(rig::threads()[2].clone())));
    assert_eq!((rig.state.focus, rig.state.current.as_ref().unwrap().id), (focus, ThreadId(3)));
    rig.give(Msg::NothingUnread);
    assert!(rig.text().contains("Nothing is unread"));
}

#[rstest]
#[case("alt-2", Some("2025550102"))]
#[case("alt-1", Some("2025550101"))]
#[case("alt-1 alt-0", None)]
#[case("f2 down down enter", Some("2025550102"))]
#[case("f2 G enter", Some("2025550102"))]
#[case("f2 alt-2", Some("2025550102"))]
#[case("alt-1 f2 g enter", None)]
#[case("alt-9", None)]
fn numbers_switch(#[case] keys: &str, #[case] number: Option<&str>) {
    let mut rig = Rig::new(100, 30);
    rig.press(keys);
    assert_eq!(rig.state.numbers.current, number.map(rig::address));
    let asked = rig.asked.iter().rev().find_map(|effect| match effect {
        Effect::LoadThreads { query, .. } => Some(query.number.clone()),
        _ => None,
    });
    if keys != "alt-9" {
        assert_eq!(asked, Some(number.map(rig::address)), "the list is read anew");
        let stays =
            rig.state.current.as_ref().is_none_or(|thread| number.is_none_or(|n| thread.number == rig::address(n)));
        assert!(stays, "no thread of another number stays open");
    }
}

#[test]
fn quitting_with_something_waiting_asks() {
    let mut rig = Rig::new(100, 30);
    let mut summary = rig::summary();
    summary.waiting = 2;
    rig.give(Msg::Summary(summary)).press("q");
    assert!(rig.text().contains("2 messages are still waiting"));
    rig.asks();
    assert_eq!(rig.press("n").asks(), []);
    assert_eq!(place(&rig), "threads 1");
}

#[test]
fn the_selection_stays_on_its_thread_when_rows_move() {
    let mut rig = Rig::new(100, 30);
    rig.press("j j").give(Msg::Changed(Changed::Threads(vec![ThreadId(5)])));
    let mut moved = rig::threads();
    moved.rotate_right(1);
    rig.answer_threads(moved, false);
    assert_eq!(rig.state.threads.selected, Some(ThreadId(3)));
    assert_eq!(rig.state.current.as_ref().unwrap().id, ThreadId(3));
}

#[test]
fn the_list_grows_at_its_edge_and_keeps_its_place() {
    let many = |from: i64, to: i64| -> Vec<_> {
        let at = |id: i64| {
            let base = rig::time("2026-11-18T09:00:00Z").as_second();
            jiff::Timestamp::from_second(base - id * 60).unwrap().to_string()
        };
        (from..to).map(|id| rig::thread(id, Some("Someone"), &at(id), "text")).collect()
    };
    let mut rig = Rig::empty(100, 20);
    rig.answer_threads(many(1, 51), true);
    rig.asked.clear();
    rig.press("pgdn pgdn pgdn pgdn pgdn");
    let asked = rig.asked.iter().find_map(|effect| match effect {
        Effect::LoadThreads { query, .. } => Some(query.window),
        _ => None,
    });
    assert!(matches!(asked, Some(ThreadWindow::Below(key)) if key.id == ThreadId(50)), "{asked:?}");
    let before = rig.text();
    rig.answer_threads(many(51, 101), false);
    assert_eq!(rig.text(), before);
    rig.press("G");
    assert_eq!(rig.state.current.as_ref().unwrap().id, ThreadId(100));
}

#[test]
fn an_overtaken_answer_is_left() {
    let mut rig = Rig::empty(100, 30);
    let first = rig.threads_request().unwrap();
    rig.give(Msg::Summary(rig::summary())).press("alt-2");
    let page = crate::tui::message::ThreadPage { threads: rig::threads(), more_above: false, more_below: false };
    rig.give(Msg::Threads { request: first, page });
    assert_eq!(rig.state.current, None, "these were the threads of all numbers");
}

#[test]
fn changes_during_a_load_are_read_once_after_it() {
    let mut rig = Rig::new(100, 30);
    for _ in 0..5 {
        rig.give(Msg::Changed(Changed::Everything));
    }
    let loads = |rig: &Rig| rig.asked.iter().filter(|effect| matches!(effect, Effect::LoadThreads { .. })).count();
    assert_eq!(loads(&rig), 1);
    rig.answer_threads(rig::threads(), false);
    assert_eq!(loads(&rig), 2);
    rig.answer_threads(rig::threads(), false);
    assert_eq!(loads(&rig), 2);
}

#[test]
fn a_failed_load_does_not_block_the_next() {
    let mut rig = Rig::new(100, 30);
    rig.give(Msg::Changed(Changed::Everything));
    let request = rig.threads_request().unwrap();
    rig.give(Msg::NotLoaded { request, reason: "the disk said no".to_owned() });
    assert!(rig.text().contains("the disk said no"));
    rig.asked.clear();
    rig.give(Msg::Changed(Changed::Everything));
    assert!(rig.threads_request().is_some());
}

/// A key that is advertised and does nothing would be a lie: each row of the table changes the state or asks something
/// in at least one of these situations.
#[test]
fn no_key_of_the_table_does_nothing() {
    const SITUATIONS: &[(Context, &str)] = &[
        (Context::Threads, "j j"),
        (Context::Threads, "enter esc esc k"),
        (Context::Conversation, "enter esc k k k k"),
        (Context::Conversation, "enter esc pgup"),
        (Context::Composer, "enter \"one two\" alt-enter \"three four\" alt-b ctrl-w alt-z alt-z alt-y left up"),
        (Context::Composer, "enter \"one two\" alt-enter \"three four\" ctrl-w alt-z up home right"),
        (Context::List, "f2 down"),
        (Context::List, "f1 down"),
        (Context::Settings, "f4"),
        (Context::Options, "f4 tab down"),
        (Context::Options, "f4 tab tab down"),
        (Context::Options, "f4 tab tab down enter f6 y"),
        (Context::Work, "f7"),
        (Context::Settings, "f4 down"),
        (Context::Form, "f4 c \"x\""),
        (Context::Form, "ctrl-n \"dan\""),
        (Context::Confirm, "f4 x"),
        (
            Context::Writing,
            "ctrl-n \"2025550101,2025550102,\" enter \"one “two”\" alt-enter \"three four\" ctrl-w alt-z up left",
        ),
        (
            Context::Writing,
            "ctrl-n \"2025550101,2025550102,\" enter \"one two\" alt-enter \"three\" alt-b ctrl-w alt-z alt-z alt-y left up",
        ),
        (Context::Snippets, "enter ctrl-t \"a b\" left"),
        (Context::Snippets, "enter \"text\" ctrl-t down"),
    ];
    let keymap = Keymap::default();
    for context in SITUATIONS.iter().map(|(context, _)| *context) {
        for row in context.chain().iter().flat_map(|context| keymap.rows(*context)) {
            // numbers that are not there say so, and a toggle needs a list to pick from
            if matches!(row.binding.action, Action::Toggle) || !row.binding.contexts.contains(&context) {
                continue;
            }
            let works = SITUATIONS.iter().filter(|(other, _)| *other == context).any(|(_, keys)| {
                let mut rig = Rig::new(80, 12);
                rig.press(keys);
                if context == Context::Snippets {
                    let snippet = |name: &str| Snippet { name: name.to_owned(), text: "text".to_owned() };
                    rig.give(Msg::Snippets(Ok(vec![snippet("a b c"), snippet("a b d")])));
                }
                rig.asked.clear();
                let before = (format!("{:?}", rig.state), rig.text());
                rig.give(Msg::key(row.keys[0].event()));
                let bookkeeping = |text: &str| text.split(", requests:").next().unwrap_or_default().to_owned();
                let asked = rig.asked.iter().any(|effect| !matches!(effect, Effect::LoadSummary));
                asked || rig.text() != before.1 || bookkeeping(&format!("{:?}", rig.state)) != bookkeeping(&before.0)
            });
            let harmless = matches!(row.binding.action, Action::Back) && context == Context::Threads;
            assert!(works || harmless, "{context:?}: {} ({})", row.keys[0], row.binding.name);
        }
    }
}

#[test]
fn a_number_is_come_back_to_as_it_was_left() {
    let id = |rig: &Rig| rig.state.current.as_ref().map(|thread| thread.id);
    let mut rig = Rig::new(100, 30);
    let threads = rig::threads();
    let first = threads[2].clone();
    let second = Thread { id: ThreadId(40), number: rig::address("2025550102"), ..threads[1].clone() };
    rig.give(Msg::GoTo(Box::new(first.clone()))).press("enter \"half a\"");
    assert_eq!(place(&rig).split(' ').next(), Some("composer"));

    rig.press("alt-1 \" word\"");
    assert_eq!((id(&rig), rig.state.focus), (Some(first.id), Focus::Composer), "it is one of that number's");
    assert_eq!(rig.state.composer.text(), "half a word");

    rig.press("alt-2");
    assert_eq!((id(&rig), rig.state.focus), (None, Focus::Threads), "nobody was there yet");
    rig.give(Msg::GoTo(Box::new(second.clone()))).press("tab").press("alt-0");
    assert_eq!((id(&rig), rig.state.focus), (Some(first.id), Focus::Composer));
    assert_eq!(rig.state.composer.text(), "half a word");
    assert!(rig.asked.contains(&Effect::LoadThread(first.id)), "it may have changed meanwhile");
    assert!(rig.asked.iter().any(|effect| matches!(effect, Effect::LoadThreads { query, .. }
        if query.number.is_none() && query.window == ThreadWindow::Around(first.id))));

    rig.press("alt-2");
    assert_eq!(id(&rig), Some(second.id));
}

#[test]
fn what_is_unread_above_the_list_is_said() {
    let mut rig = Rig::new(100, 10);
    assert!(!rig.text().contains("unread ↑"), "{}", rig.text());
    rig.press("G");
    assert!(rig.text().contains("Threads  1 unread ↑ (g)"), "{}", rig.text());
}

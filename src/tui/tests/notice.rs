//! What is told of new messages, and to whom; what is muted.

use rstest::rstest;

use super::rig::{Rig, address, config, summary, threads, time};
use super::snapshots::at_all_sizes;
use crate::config::preferences::{Desktop, Value, When};
use crate::model::news::News;
use crate::model::{MessageId, Thread, ThreadId};
use crate::tui::message::{Changed, Effect, Msg, SettingsAsk, SettingsNews, TerminalAsk};

const AWAY: Msg = Msg::Focused(false);
const BACK: Msg = Msg::Focused(true);

fn news(thread: Thread, body: &str) -> News {
    News { id: MessageId::floor(time("2026-11-18T09:42:00Z")), thread, said: body.to_owned() }
}

fn from_dana() -> News {
    news(threads()[0].clone(), "Are you there?")
}

fn from_lee() -> News {
    news(threads()[2].clone(), "Is it paid?")
}

/// Preferences that a person has set.
fn prefer(rig: &mut Rig, change: impl FnOnce(&mut crate::config::preferences::Notify)) {
    let mut config = config();
    change(&mut config.preferences.notify);
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
    rig.state.notice = None;
    rig.asks();
}

/// What was said to the terminal.
fn told(rig: &mut Rig) -> Vec<String> {
    let words = |effect| match effect {
        Effect::Terminal(TerminalAsk::Bell) => Some("bell".to_owned()),
        Effect::Terminal(TerminalAsk::Notify { title, body }) => Some(format!("{title}: {body}")),
        _ => None,
    };
    rig.asks().into_iter().filter_map(words).collect()
}

#[test]
fn who_is_away_is_told_of_everything_at_once() {
    let mut rig = Rig::new(120, 40);
    rig.give(AWAY);
    rig.give(Msg::News(vec![from_dana(), from_lee()]));
    assert_eq!(told(&mut rig), ["bell", "2 new messages from 2 people: Dana Whitfield, Lee Ortiz"]);
    rig.give(Msg::News(vec![from_dana()]));
    assert_eq!(told(&mut rig), ["bell", "Dana Whitfield: Are you there?"]);
}

#[test]
fn who_looks_is_told_of_nothing_unless_they_want_it() {
    let mut rig = Rig::new(120, 40);
    rig.give(BACK);
    rig.give(Msg::News(vec![from_dana(), from_lee()]));
    assert_eq!(told(&mut rig), Vec::<String>::new());
    prefer(&mut rig, |notify| notify.when = When::Always);
    rig.give(Msg::News(vec![from_dana(), from_lee()]));
    assert_eq!(told(&mut rig), ["bell", "Lee Ortiz: Is it paid?"], "Dana's conversation is on the screen");
    rig.press("f1");
    rig.give(Msg::News(vec![from_dana()]));
    assert_eq!(told(&mut rig), ["bell", "Dana Whitfield: Are you there?"], "a window lies over it");
}

#[test]
fn on_a_small_screen_the_list_hides_the_conversation() {
    let mut rig = Rig::new(40, 10);
    prefer(&mut rig, |notify| notify.when = When::Always);
    rig.give(BACK);
    rig.give(Msg::News(vec![from_dana()]));
    assert_eq!(told(&mut rig).len(), 2);
    rig.press("tab");
    rig.give(Msg::News(vec![from_dana()]));
    assert_eq!(told(&mut rig).len(), 0);
}

#[test]
fn a_terminal_that_says_nothing_is_looked_at_while_somebody_types() {
    let mut rig = Rig::new(120, 40);
    rig.give(Msg::News(vec![from_lee()]));
    assert_eq!(told(&mut rig).len(), 2, "nobody has typed yet");
    rig.press("j");
    rig.give(Msg::News(vec![from_lee()]));
    assert_eq!(told(&mut rig).len(), 0);
    rig.give(Msg::Now(time("2026-11-18T09:43:01Z")));
    rig.give(Msg::News(vec![from_lee()]));
    assert_eq!(told(&mut rig).len(), 2, "a minute later");
}

#[test]
fn each_way_of_telling_can_be_had_alone() {
    let mut rig = Rig::new(120, 40);
    rig.give(AWAY);
    prefer(&mut rig, |notify| notify.bell = false);
    rig.give(Msg::News(vec![from_lee()]));
    assert_eq!(told(&mut rig), ["Lee Ortiz: Is it paid?"]);
    prefer(&mut rig, |notify| notify.desktop = Desktop::Off);
    rig.give(Msg::News(vec![from_lee()]));
    assert_eq!(told(&mut rig), ["bell"]);
    prefer(&mut rig, |notify| notify.show_text = false);
    rig.give(Msg::News(vec![from_lee()]));
    assert_eq!(told(&mut rig), ["bell", "New message on Main Phone: "]);
}

#[test]
fn the_cache_hears_whether_somebody_looks_once() {
    let mut rig = Rig::new(120, 40);
    rig.give(AWAY).give(AWAY);
    assert_eq!(rig.asks(), [Effect::Attend(false)]);
    rig.press("j");
    assert!(rig.asks().contains(&Effect::Attend(true)), "a key comes from somebody");
}

#[test]
fn nothing_is_read_while_nobody_looks() {
    let mut rig = Rig::new(120, 40);
    rig.give(AWAY);
    rig.state.focus = crate::tui::state::Focus::Conversation;
    rig.give(Msg::Now(time("2026-11-18T09:42:30Z")));
    assert!(!rig.asks().iter().any(|effect| matches!(effect, Effect::MarkRead { .. })));
    rig.give(BACK);
    assert!(rig.asks().iter().any(|effect| matches!(effect, Effect::MarkRead { thread: ThreadId(1), .. })));
}

#[test]
fn a_muted_thread_is_marked_and_silent_until_it_is_heard_again() {
    let mut rig = Rig::new(120, 40);
    rig.press("M");
    assert_eq!(rig.asks(), [Effect::Mute { thread: ThreadId(1), muted: true }]);
    let text = rig.text();
    assert!(text.contains("⊘ 09:41 2"), "{text}");
    assert!(text.contains("nothing new from Dana Whitfield"), "{text}");
    let muted = Thread { muted: true, ..threads()[0].clone() };
    rig.give(AWAY);
    rig.asks();
    rig.give(Msg::News(vec![news(muted, "Hello?"), from_lee()]));
    assert_eq!(told(&mut rig), ["bell", "Lee Ortiz: Is it paid?"]);
    rig.press("M");
    assert!(rig.asks().contains(&Effect::Mute { thread: ThreadId(1), muted: false }));
    assert!(!rig.text().contains('⊘'));
}

#[test]
fn a_muted_number_is_marked_and_silent() {
    let mut rig = Rig::new(120, 40);
    rig.press("f2 j M");
    let muted = Value::List(vec!["+12025550101".to_owned()]);
    assert_eq!(rig.asks(), [Effect::Settings(SettingsAsk::Prefer("notify.muted", muted))]);
    assert!(rig.text().contains("muted  2 unread"), "{}", rig.text());
    rig.press("esc");
    rig.give(AWAY);
    rig.asks();
    rig.give(Msg::News(vec![from_lee()]));
    assert_eq!(told(&mut rig), Vec::<String>::new());
    rig.press("f2 j M");
    assert_eq!(rig.asks().last(), Some(&Effect::Settings(SettingsAsk::Prefer("notify.muted", Value::Default))));
}

#[test]
fn all_numbers_are_muted_at_once_and_heard_again_at_once() {
    let mut rig = Rig::new(120, 40);
    rig.press("f2 M");
    assert_eq!(rig.state.preferences.notify.muted, [address("2025550101"), address("2025550102")]);
    rig.press("M");
    assert!(rig.state.preferences.notify.muted.is_empty());
}

#[rstest]
#[case::all(0, false, "(2) mctui")]
#[case::without_muted_threads(1, false, "(1) mctui")]
#[case::without_muted_numbers(0, true, "mctui")]
fn the_title_counts_what_is_heard(#[case] muted: u32, #[case] number: bool, #[case] title: &str) {
    let mut rig = Rig::new(80, 24);
    let mut summary = summary();
    summary.numbers[0].muted = muted;
    rig.give(Msg::Summary(summary));
    if number {
        prefer(&mut rig, |notify| notify.muted = vec![address("2025550101")]);
    }
    assert_eq!(rig.state.title(), title);
    assert!(rig.text().contains("2 unread"), "the header counts them all");
}

#[test]
fn ctrl_z_asks_for_the_shell_wherever_one_is() {
    for keys in ["ctrl-z", "enter ctrl-z", "f1 ctrl-z", "f4 ctrl-z", "ctrl-n ctrl-z"] {
        let mut rig = Rig::new(100, 30);
        rig.press(keys);
        assert!(rig.asks().contains(&Effect::Terminal(TerminalAsk::Suspend)), "{keys}");
    }
}

#[test]
fn muted_threads_and_numbers() {
    let muted = |rig: &mut Rig| {
        let mut muted = threads();
        muted[0].muted = true;
        muted[4].muted = true;
        rig.give(Msg::Changed(Changed::Everything));
        rig.answer_threads(muted, false);
    };
    at_all_sizes("muted-threads", muted);
    at_all_sizes("muted-numbers", |rig| {
        muted(rig);
        rig.press("f2 j M");
    });
}

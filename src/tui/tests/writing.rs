//! What helps to write: the meter, look-alikes, emoji, blanks, snippets, the other editor, several people.

use rstest::rstest;

use super::rig::{self, Rig, time};
use super::several::people;
use crate::config::snippets::{Change, Snippet};
use crate::config::{Account, BaseUrl, Config, Scheme};
use crate::tui::message::{Effect, Msg, Notice, SettingsNews, TerminalAsk, Ticket, Typed};

#[rstest]
#[case("meter", "enter \"“Sure” — see you at 3 pm, {first_name} 😀\"")]
#[case("emoji", "enter \"Thanks :smi\" down")]
#[case("snippets", "enter ctrl-t")]
#[case("snippets-found", "enter ctrl-t \"rev\"")]
#[case("snippet-form", "enter \"We are closed on {day}.\" ctrl-t alt-a \"Closed\" tab")]
#[case("snippet-deleted", "enter ctrl-t alt-x")]
#[case("to-several", "ctrl-n \"dana,ortiz,\"")]
#[case("text-to-several", "ctrl-n \"dana,ortiz,(202) 555-0144,\" enter \"Hi {first_name}, we’re closed on Monday\"")]
#[case("several-asked", "ctrl-n \"dana,ortiz,(202) 555-0144,\" enter \"Hi {first_name}, see you at {hour}\" enter")]
fn looks(#[case] name: &str, #[case] keys: &str) {
    super::snapshots::at_all_sizes(name, |rig| {
        // what the windows asked for comes when they are open
        let first = keys.split_whitespace().take_while(|key| !key.starts_with('"')).collect::<Vec<_>>().join(" ");
        let opens = keys.contains("ctrl-t") || first == "ctrl-n";
        let at = keys.find("ctrl-t").map_or(first.len(), |at| at + "ctrl-t".len());
        let (before, after) = if opens { keys.split_at(at) } else { (keys, "") };
        rig.press(before).give(Msg::Snippets(Ok(snippets()))).give(Msg::Contacts(people())).press(after);
    });
}

pub(super) fn sent(asked: &[Effect]) -> Vec<(Ticket, String, String)> {
    asked
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send { ticket, contact, body, .. } => Some((*ticket, contact.address.to_string(), body.clone())),
            _ => None,
        })
        .collect()
}

pub(super) fn last_draft(rig: &mut Rig) -> Option<(String, String)> {
    rig.asks().into_iter().rev().find_map(|effect| match effect {
        Effect::SaveDraft { contact, text, .. } => Some((contact.address.to_string(), text)),
        _ => None,
    })
}

#[rstest]
#[case(120, "\"Sure - 3 pm\"", "11/160 · 1 segment · GSM-7")]
#[case(120, "\"Sure — 3 pm\"", "11/70 · 1 segment · UCS-2: “—” · Alt-R: GSM-7, 1 segment either way")]
#[case(120, "\"Sure — 3 pm 😀’\"", "UCS-2: “😀” and 2 more · Alt-R: 2 look-alikes")]
#[case(80, "\"Sure — 3 pm\"", "11/70 ×1 UCS-2 “—” · Alt-R: GSM-7")]
#[case(60, "\"Sure — 3 pm\"", "11/70 · 1 segment · UCS-2: “—” · Alt-R: GSM-7")]
#[case(40, "\"Sure — 3 pm\"", "11/70 ×1 “—” Alt-R: GSM-7")]
fn the_meter_says_why(#[case] columns: u16, #[case] keys: &str, #[case] says: &str) {
    let mut rig = Rig::new(columns, 20);
    assert!(rig.press("enter").press(keys).text().contains(says), "{}", rig.text());
}

#[rstest]
#[case(120, 40)]
#[case(80, 24)]
#[case(60, 20)]
#[case(40, 10)]
#[case(30, 8)]
fn from_and_to_are_in_view_at_every_size(#[case] columns: u16, #[case] rows: u16) {
    let mut rig = Rig::new(columns, rows);
    for keys in ["enter", "\"Some text — that has a meter\"", "\" :smi\"", "esc esc"] {
        rig.press(keys);
        let text = rig.text();
        let line = text.lines().find(|line| line.contains("To Dana")).unwrap_or_else(|| panic!("{keys}\n{text}"));
        assert!(line.contains("from Main"), "{keys}: {line}");
    }
}

#[test]
fn both_names_are_there_however_long() {
    let mut rig = Rig::new(40, 10);
    let mut threads = rig::threads();
    threads[0].contact.name = Some("Alexandra Konstantinidis-Papadopoulos".to_owned());
    let mut summary = rig::summary();
    summary.numbers[0].number.label = Some("Plumbing and Heating, North Side".to_owned());
    rig.give(Msg::Summary(summary));
    rig.give(Msg::Changed(crate::tui::message::Changed::Everything)).answer_threads(threads, false);
    rig.press("enter \"hello\"");
    let text = rig.text();
    assert!(text.contains("To Alexandra Ko…, from Plumbing an…"), "{text}");
}

#[test]
fn look_alikes_are_replaced_by_a_key_that_says_what_it_saves() {
    let mut rig = Rig::new(120, 30);
    let text = format!("{} — it’s fine…", "a".repeat(120));
    rig.press("enter").give(Msg::paste(text.clone()));
    assert!(rig.text().contains("UCS-2: “—” and 2 more · Alt-R: 2 → 1"), "{}", rig.text());
    rig.press("alt-r");
    assert_eq!(rig.state.composer.text(), format!("{} - it's fine...", "a".repeat(120)));
    assert!(rig.text().contains("Replaced — by -, ’ by ', … by ..."), "{}", rig.text());
    assert_eq!(last_draft(&mut rig).unwrap().1, rig.state.composer.text(), "and it is kept");
    rig.press("alt-z");
    assert_eq!(rig.state.composer.text(), text, "one step back");
    assert!(rig.press("ctrl-u \"plain\" alt-r").text().contains("all of it is GSM-7"));
}

#[test]
fn emoji_by_name() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter \"Thanks :smi\"");
    let text = rig.text();
    assert!(text.contains(":smile:") && text.contains("makes it UCS-2, still 1 segment"), "{text}");
    rig.press("tab");
    assert_eq!(rig.state.composer.text(), "Thanks 😄");
    assert!(!rig.text().contains(":smile:"));
    assert!(sent(&rig.asks()).is_empty());
    rig.press("\" :tada: at 10:30, see http://shop.example\"");
    assert_eq!(rig.state.composer.text(), "Thanks 😄 🎉 at 10:30, see http://shop.example");
    rig.press("ctrl-u \":smi\" esc");
    assert!(!rig.text().contains(":smile:") && rig.state.composer.text() == ":smi");
    assert_eq!(sent(&rig.press("enter").asks())[0].2, ":smi", "with the list closed, Enter sends");
}

#[test]
fn emoji_can_be_switched_off() {
    let mut rig = Rig::new(100, 30);
    let account = Account { base_url: BaseUrl::default(), api_key: None, user_key: None, scheme: Scheme::Auto };
    let mut config = Config::for_account(account, Vec::new());
    config.preferences.compose.emoji = false;
    rig.give(Msg::Settings(SettingsNews::Config(Box::new(config))));
    rig.press("enter \":smile: :smi\"");
    assert!(rig.state.composer.text() == ":smile: :smi" && !rig.text().contains(":smirk:"));
}

#[test]
fn a_blank_is_asked_about_and_waits_to_be_filled_in() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter \"Hi {name}, at {hour}?\"").asks();
    assert!(sent(&rig.press("enter").asks()).is_empty());
    assert!(rig.text().contains("{name} is not filled in. Enter again sends it as it is"), "{}", rig.text());
    rig.press("\"Dana\"");
    assert_eq!(rig.state.composer.text(), "Hi Dana, at {hour}?", "it was selected");
    assert!(sent(&rig.press("enter").asks()).is_empty(), "another text, another question");
    assert_eq!(sent(&rig.press("enter").asks())[0].2, "Hi Dana, at {hour}?", "twice is meant");
}

#[test]
fn what_was_asked_is_asked_again_after_anything_but_enter() {
    for keys in ["esc enter", "f1 esc", "left right", "alt-down alt-up"] {
        let mut rig = Rig::new(100, 30);
        rig.press("enter \"Hi {name}\" enter").asks();
        rig.press(keys).asks();
        assert!(sent(&rig.press("enter").asks()).is_empty(), "{keys}");
        assert!(rig.text().contains("{name} is not filled in. Enter again sends it as it is"), "{}", rig.text());
        assert_eq!(sent(&rig.press("enter").asks()).len(), 1, "{keys}");
    }
}

#[test]
fn a_question_is_not_talked_over() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter \"Hi {name}\" enter").give(Msg::Notice(Notice::info("3 new messages")));
    assert!(rig.text().contains("Enter again sends it as it is"), "{}", rig.text());
    rig.give(Msg::Notice(Notice::error("A message failed")));
    assert!(rig.text().contains("A message failed"));
    assert!(sent(&rig.press("enter").asks()).is_empty(), "who was told something else is asked again");
}

#[test]
fn tab_goes_through_the_blanks_and_then_to_the_next_pane() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter \"{a} {b}\" tab \"1\" tab \"2\"");
    assert_eq!(rig.state.composer.text(), "1 2");
    rig.press("tab");
    assert_eq!(rig.state.focus, crate::tui::state::Focus::Threads);
}

#[test]
fn how_many_segments_are_many_is_a_preference() {
    let mut rig = Rig::new(100, 30);
    rig.state.preferences.compose.many_segments = 2;
    let text = "a".repeat(161);
    rig.press("enter").give(Msg::paste(text.clone()));
    assert!(sent(&rig.press("enter").asks()).is_empty());
    assert!(rig.text().contains("this takes 2 segments"), "{}", rig.text());
    assert_eq!(sent(&rig.press("enter").asks())[0].2, text);
}

pub(super) fn snippets() -> Vec<Snippet> {
    let snippet = |name: &str, text: &str| Snippet { name: name.to_owned(), text: text.to_owned() };
    vec![
        snippet("On the way", "Hi {first_name}, we are on the way and will be there at {hour}. {business}"),
        snippet("Review", "Thank you, {name}! Would you write a line about us? {cursor}— {business}"),
        snippet("Two lines", "Hours:\nMon to Fri, 8 to 5"),
    ]
}

fn with_snippets(keys: &str) -> Rig {
    let mut rig = Rig::new(100, 30);
    rig.press(keys);
    assert!(rig.asks().contains(&Effect::LoadSnippets), "read anew each time");
    rig.give(Msg::Snippets(Ok(snippets())));
    rig
}

#[test]
fn a_snippet_is_seen_as_it_would_read_and_put_in() {
    let mut rig = with_snippets("enter \"PS \" ctrl-t");
    let text = rig.text();
    assert!(text.contains("Hi Dana, we are on the way"), "{text}");
    assert!(text.contains("1 segment · GSM-7"), "{text}");
    rig.press("enter");
    assert_eq!(rig.state.composer.text(), "PS Hi Dana, we are on the way and will be there at {hour}. Main Phone");
    rig.press("\"3 pm\"");
    assert!(rig.state.composer.text().contains("at 3 pm. Main"), "the first blank was waiting");
    rig.press("alt-z alt-z alt-z");
    assert_eq!(rig.state.composer.text(), "PS ");
    let mut rig = with_snippets("enter ctrl-t");
    rig.press("\"rvw\" enter \"x\"");
    assert_eq!(
        rig.state.composer.text(),
        "Thank you, Dana Whitfield! Would you write a line about us? x— Main Phone",
        "found by a few letters, the cursor where it belongs"
    );
}

#[test]
fn whoever_is_faster_than_the_file_is_understood() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter ctrl-t \"two\" enter \"!\"").give(Msg::Snippets(Ok(snippets())));
    assert_eq!(rig.state.composer.text(), "Hours:\nMon to Fri, 8 to 5!");
}

#[test]
fn snippets_are_made_changed_and_deleted_there() {
    let mut rig = with_snippets("enter \"Back at 3\" ctrl-t");
    rig.press("alt-a \"Break\" enter \"!\" enter");
    let new = Snippet { name: "Break".to_owned(), text: "Back at 3!".to_owned() };
    assert_eq!(
        rig.asks().last(),
        Some(&Effect::ChangeSnippets(Change::Add(new.clone()))),
        "of the text that is written"
    );
    rig.give(Msg::Snippets(Err("snippets.toml cannot be written".to_owned())));
    assert!(rig.text().contains("cannot be written") && rig.text().contains("Back at 3!"), "nothing typed is lost");
    rig.press("enter").asks();
    rig.give(Msg::Snippets(Ok([snippets(), vec![new]].concat())));
    assert!(rig.text().contains("“Break” is kept"));
    rig.press("up up up alt-e \" Soon.\" enter");
    let asked = rig.asks();
    let Some(Effect::ChangeSnippets(Change::Replace(old, new))) = asked.last() else { panic!("{asked:?}") };
    assert_eq!((old, new.text.ends_with(". {business} Soon.")), (&snippets()[0], true));
    rig.give(Msg::Snippets(Ok(snippets())));
    rig.press("alt-x");
    assert!(rig.text().contains("Delete “On the way”?"), "{}", rig.text());
    rig.press("n alt-x y");
    assert_eq!(rig.asks(), [Effect::ChangeSnippets(Change::Remove(snippets()[0].clone()))]);
    rig.press("esc");
    assert_eq!(rig.state.composer.text(), "Back at 3", "what was being written is as it was");
}

#[test]
fn leaving_a_form_with_something_in_it_asks() {
    let mut rig = with_snippets("enter ctrl-t");
    rig.press("alt-a \"name\" esc");
    assert!(rig.text().contains("without keeping"), "{}", rig.text());
    rig.press("n \"2\" esc y");
    assert!(rig.text().contains("Two lines"), "back in the list: {}", rig.text());
}

#[test]
fn what_is_wrong_with_the_file_is_told_with_the_line() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter ctrl-t");
    rig.give(Msg::Snippets(Err("/home/ana/snippets.toml, line 7: unknown field `txt`".to_owned())));
    assert!(rig.text().contains("line 7: unknown field `txt`"), "{}", rig.text());
    rig.give(Msg::Snippets(Ok(Vec::new())));
    assert!(rig.text().contains("There are none yet. Alt-A makes one"), "{}", rig.text());
}

fn edit(rig: &mut Rig) -> String {
    let asked = rig.press("ctrl-g").asks();
    match asked.last() {
        Some(Effect::Terminal(TerminalAsk::Edit(text))) => text.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn another_editor_gives_the_text_back_to_whom_it_was_for() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter \"Dear Dana\"");
    assert_eq!(edit(&mut rig), "Dear Dana");
    rig.press("alt-down");
    rig.give(Msg::Edited(Typed(Ok("Dear Dana,\nall is well.\n".to_owned()))));
    assert_eq!(last_draft(&mut rig).unwrap(), ("+12025550141".to_owned(), "Dear Dana,\nall is well.".to_owned()));
    assert_eq!(rig.state.composer.text(), "", "not to the one in view");
    rig.press("alt-up");
    assert_eq!(rig.state.composer.text(), "Dear Dana,\nall is well.");
    rig.press("alt-z");
    assert_eq!(rig.state.composer.text(), "Dear Dana", "one step");
}

#[test]
fn an_editor_that_fails_takes_nothing_with_it() {
    let mut rig = Rig::new(100, 30);
    rig.press("enter \"Dear Dana\"");
    edit(&mut rig);
    rig.give(Msg::Edited(Typed(Err("vi ended with 1".to_owned()))));
    assert!(rig.text().contains("vi ended with 1; your text is as it was"), "{}", rig.text());
    assert_eq!(rig.state.composer.text(), "Dear Dana");
    assert!(last_draft(&mut rig).is_none() || rig.state.composer.text() == "Dear Dana");
}

#[test]
fn dates_in_a_snippet_are_the_persons_own() {
    let mut rig = with_snippets("enter ctrl-t");
    assert_eq!(rig.state.now, time("2026-11-18T09:42:00Z"));
    let text = "{weekday}, {date}, {time}; {number}, {our_number}";
    rig.give(Msg::Snippets(Ok(vec![Snippet { name: "a".to_owned(), text: text.to_owned() }])));
    rig.press("enter");
    assert_eq!(rig.state.composer.text(), "Wednesday, November 18, 9:42 AM; (202) 555-0141, (202) 555-0101");
}

//! Windows: what they say, what they hint at, and that nothing in them goes missing without a mark.

use rstest::rstest;

use super::rig::{self, Rig, time};
use super::snapshots::at_all_sizes;
use crate::model::way::Way;
use crate::tui::message::{Effect, Found, FoundPage, Msg, Notice, SyncNews};
use crate::tui::views::tour::Tour;

fn said(rig: &Rig) -> String {
    rig.text().replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hints(rig: &Rig) -> String {
    rig.text().lines().last().unwrap_or_default().to_owned()
}

#[rstest]
#[case::nothing_yet("\"dana after:\"", "after: yesterday, monday, 7d, 2w, 2026-11-01", false)]
#[case::in_the_middle("\"dana after:20\"", "after: yesterday, monday, 7d, 2w, 2026-11-01", false)]
#[case::no_time("\"dana after:notadate\"", "! “after:notadate” is no time; after: yesterday, monday,", true)]
#[case::left_in_the_middle("\"dana after:20 \"", "! “after:20” is no time; after: yesterday,", true)]
#[case::no_state("\"is:nonsense\"", "! “is:nonsense” is nothing that a message can be; is: unread, failed,", true)]
#[case::no_thing("\"has:\"", "has: attachment, file", false)]
fn a_filter_that_cannot_be_read_is_told_of(#[case] typed: &str, #[case] expected: &str, #[case] warns: bool) {
    for (columns, rows) in [(40, 10), (80, 24), (120, 40)] {
        let mut rig = Rig::new(columns, rows);
        rig.press("f3").press(typed);
        assert!(said(&rig).contains(expected), "{expected}:\n{}", rig.text());
        assert_eq!(said(&rig).contains("! “"), warns, "{}", rig.text());
        let _ = rig.press("ctrl-u");
        assert!(!said(&rig).contains(expected), "{}", rig.text());
    }
}

/// What is found stays while a filter is typed behind it.
#[test]
fn what_is_found_stays_while_a_filter_is_being_typed() {
    let mut rig = Rig::new(80, 24);
    rig.press("f3 \"appointment before:\"");
    let request = rig.asked.iter().rev().find_map(|effect| match effect {
        Effect::Search { request, .. } => Some(*request),
        _ => None,
    });
    let message = rig::messages().remove(5);
    let found = vec![Found { contact: rig::contact(message.contact.as_str(), Some("Dana")), message }];
    rig.give(Msg::Found { request: request.unwrap(), page: FoundPage { found, ..FoundPage::default() } });
    rig.asked.clear();
    rig.press("\"20\"");
    assert!(rig.text().contains("my appointment still on"), "{}", rig.text());
    assert_eq!(rig.asks(), []);
}

#[test]
fn looks() {
    at_all_sizes("search-odd", |rig| {
        rig.press("f3 \"dana after:notadate\"");
    });
    at_all_sizes("snippet-left", |rig| {
        rig.press("enter ctrl-t").give(Msg::Snippets(Ok(Vec::new()))).press("alt-a \"Late\" esc");
    });
    at_all_sizes("way", |rig| {
        let message = rig::messages().remove(6);
        let tried_at = Some(time("2026-11-18T09:39:01Z"));
        let way = Way { written_here: true, tried_at, accepted: true, ..Way::default() };
        rig.press("enter esc k k i").give(Msg::Way(Box::new((message, way)))).press("pgdn");
    });
}

#[test]
fn work_hints_at_what_can_be_done_now() {
    let mut rig = Rig::new(100, 30);
    rig.press("f7");
    assert!(hints(&rig).contains("everything") && !hints(&rig).contains("stop"), "{}", hints(&rig));
    rig.give(Msg::Sync(SyncNews::Started));
    assert!(!hints(&rig).contains("everything") && hints(&rig).contains("x stop"), "{}", hints(&rig));
    rig.press("x");
    assert!(!hints(&rig).contains("x stop"), "once is enough: {}", hints(&rig));
    rig.give(Msg::Sync(SyncNews::Cancelled { new: 120, resumable: true }));
    rig.press("f7 f7");
    rig.state.notice = None;
    assert!(hints(&rig).contains("Enter open") && !hints(&rig).contains("stop"), "{}", hints(&rig));
}

#[test]
fn the_palette_offers_what_can_be_done_now() {
    let mut rig = Rig::new(100, 30);
    rig.press("f7 ctrl-p \">fetching\"");
    assert!(!said(&rig).contains("Stop fetching"), "{}", rig.text());
    rig.press("esc").give(Msg::Sync(SyncNews::Started)).press("ctrl-p \">fetching\"");
    assert!(said(&rig).contains("Stop fetching"), "{}", rig.text());
}

/// Whatever the tour speaks of is in view beside it.
#[rstest]
fn the_tour_hides_nothing(
    #[values((40, 10), (60, 20), (80, 24), (120, 40))] size: (u16, u16),
    #[values("", "enter", "enter \"Yes\" enter", "enter \"Yes\" enter alt-u")] keys: &str,
) {
    let mut rig = Rig::new(size.0, size.1);
    rig.state.demo = true;
    rig.state.tour = Some(Tour::default());
    rig.press(keys);
    let text = rig.text();
    let rows: Vec<&str> = text.lines().collect();
    let tour: Vec<usize> = (0..rows.len()).filter(|row| rows[*row].contains(" Tour ")).collect();
    assert_eq!(tour.len(), 1, "{text}");
    let below = usize::from(size.1) - 1;
    assert!(tour[0] + 3 >= below && tour[0] < below, "over the hints: {text}");
    assert!(!rows[tour[0]].contains('│') && !rows[below - 1].ends_with('…'), "{text}");
    let layout = rig.state.layout();
    for pane in [layout.threads, layout.conversation, layout.composer].into_iter().flatten() {
        assert!(usize::from(pane.outer.bottom()) <= tour[0], "{text}");
    }
    let newest = if keys.is_empty() { "Dana Whitfield" } else { "Can you move it to 3?" };
    assert!(text.contains(newest), "{text}");
}

#[test]
fn a_click_on_its_last_words_ends_the_tour() {
    let mut rig = Rig::new(120, 40);
    rig.state.tour = Some(Tour::default());
    let text = rig.text();
    let (row, line) = text.lines().enumerate().find(|(_, line)| line.contains("F9 ends the tour")).unwrap();
    let column = line.chars().count() - 4;
    rig.click(u16::try_from(column).unwrap(), u16::try_from(row).unwrap());
    assert!(rig.state.tour.is_none(), "{}", rig.text());
}

#[test]
fn whoever_leaves_a_snippet_is_asked_as_everywhere() {
    for (columns, rows) in [(40, 10), (80, 24)] {
        let mut rig = Rig::new(columns, rows);
        rig.press("enter ctrl-t").give(Msg::Snippets(Ok(Vec::new()))).press("alt-a \"Late\" esc");
        assert!(said(&rig).contains("Sure?") && said(&rig).contains("Leave the snippet"), "{}", rig.text());
        assert!(said(&rig).contains("y yes n no"), "{}", rig.text());
        rig.press("n");
        assert!(said(&rig).contains("Late") && !said(&rig).contains("Sure?"), "{}", rig.text());
        rig.press("esc y");
        assert!(said(&rig).contains("Find"), "back in the list: {}", rig.text());
    }
}

#[test]
fn the_details_tell_the_way_of_a_message() {
    let mut rig = Rig::new(100, 40);
    rig.press("enter esc k k i");
    let message = rig::messages().remove(6);
    assert!(rig.asks().contains(&Effect::LoadWay(message.id)));
    assert!(!said(&rig).contains("Way"), "{}", rig.text());
    let way =
        Way { written_here: true, tried_at: Some(time("2026-11-18T09:39:01Z")), accepted: true, ..Way::default() };
    rig.give(Msg::Way(Box::new((message.clone(), way))));
    for part in [
        "Way ✓ written Wed 18 Nov 2026 09:39:00 UTC, here",
        "✓ posted Wed 18 Nov 2026 09:39:01 UTC, to MightyCall",
        "✓ accepted by MightyCall",
        "? delivered not reported",
    ] {
        assert!(said(&rig).contains(part), "{part}:\n{}", rig.text());
    }
    // it goes on while one looks
    rig.give(Msg::Changed(crate::tui::message::Changed::Threads(vec![message.thread])));
    assert!(rig.asks().contains(&Effect::LoadWay(message.id)));
    let message = crate::model::Message { delivery: Some(crate::model::Delivery::Delivered), ..message };
    rig.give(Msg::Way(Box::new((message, way))));
    assert!(said(&rig).contains("✓ delivered reported by MightyCall"), "{}", rig.text());
}

#[test]
fn a_theme_that_is_none_is_told_of_whole() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    std::fs::write(&file, "# ours\n[ui]\ntheme = \"harbor-night\"\n").unwrap();
    let themes = crate::config::theme::Themes::with_own(&home.path().join("themes")).wanted_by(&file);
    let mut rig = Rig::new(120, 40);
    rig.state.preferences.ui.theme = "harbor-night".to_owned();
    rig.give(Msg::Themes(Box::new(themes)));
    let told: &Notice = rig.state.notice.as_ref().unwrap();
    assert!(told.text.contains("config.toml, line 3: there is no theme “harbor-night”"), "{told:?}");
    rig.press("f8");
    for part in
        ["config.toml, line 3", "did you mean “harbour-night”?", "There are default,", "Press F6 and choose one"]
    {
        assert!(said(&rig).contains(part), "{part}:\n{}", rig.text());
    }
}

#[rstest]
#[case::work_fits("f7", "e fetches everything that MightyCall has.")]
#[case::details("enter esc i", "09:41:00 UTC …")]
#[case::preference("f4 right", "file in the folder …")]
fn what_is_cut_has_a_mark(#[case] keys: &str, #[case] last: &str) {
    let mut rig = Rig::new(40, 10);
    rig.press(keys);
    assert!(said(&rig).contains(last), "{last}:\n{}", rig.text());
}

/// Every field of a form is in view on the smallest screen, and so is why it was refused.
#[test]
fn small_forms_show_all_their_fields() {
    let mut rig = Rig::new(40, 10);
    rig.press("f4 a \"202\"");
    for field in ["Number", "202", "Label", "Key"] {
        assert!(said(&rig).contains(field), "{field}:\n{}", rig.text());
    }
}

#[test]
fn a_question_hints_at_its_answers_alone() {
    let mut rig = Rig::new(100, 30);
    rig.press("f4 x");
    assert_eq!(hints(&rig).trim(), "y yes  n no");
    rig.press("n");
    assert!(hints(&rig).contains("x remove"), "{}", hints(&rig));
}

#[test]
fn hints_are_of_what_means_something() {
    let mut rig = Rig::empty(120, 30);
    rig.answer_threads(Vec::new(), false);
    assert!(!hints(&rig).contains("open") && hints(&rig).contains("F1 help"), "there is nothing yet: {}", hints(&rig));
    let mut rig = Rig::new(120, 30);
    rig.press("f3 \"zz\"");
    assert!(!hints(&rig).contains("go there"), "nothing is found: {}", hints(&rig));
    rig.press("esc enter ctrl-t").give(Msg::Snippets(Ok(Vec::new())));
    assert!(!hints(&rig).contains("edit") && hints(&rig).contains("Alt-A add"), "{}", hints(&rig));
    rig.press("alt-a");
    assert!(!hints(&rig).contains("snippet"), "{}", hints(&rig));
}

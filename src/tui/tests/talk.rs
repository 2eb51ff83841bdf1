//! A conversation and what can be done with its messages: links, files, pictures, the clipboard, times, details.

use std::sync::Arc;

use jiff::ToSpan;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use rstest::rstest;

use super::rig::{Rig, message, messages, time};
use super::snapshots::at_all_sizes;
use crate::config::preferences::{Images, Times, Value};
use crate::config::theme::Depth;
use crate::model::{Attachment, Contact, Direction, Message};
use crate::tui::draw::draw;
use crate::tui::looks::Looks;
use crate::tui::message::{Changed, Effect, FileKey, MediaAsk, MediaNews, Msg, SettingsAsk, TerminalAsk};
use crate::tui::widgets::canvas::Extras;
use crate::tui::widgets::picture::{Escape, Picture};

const AT: &str = "2026-11-18T09:41:30Z";

/// A desk in Dana's conversation, whose newest message is this one.
fn with(columns: u16, rows: u16, newest: Message) -> Rig {
    let mut rig = Rig::new(columns, rows);
    show(&mut rig, newest);
    rig.press("enter esc");
    rig.state.notice = None;
    rig.asked.clear();
    rig
}

fn show(rig: &mut Rig, newest: Message) {
    let mut all = messages();
    all.push(newest);
    rig.give(Msg::Changed(Changed::Everything)).answer_messages(all);
}

fn said(body: &str) -> Message {
    message(1, AT, Direction::Inbound, body)
}

fn photo() -> Message {
    let file = |name: &str, size| Attachment { name: name.to_owned(), url: None, size, expired: false };
    Message { attachments: vec![file("crack.png", Some(23_456)), file("report.pdf", None)], ..said("Here it is") }
}

fn hints(rig: &Rig) -> String {
    rig.text().lines().last().unwrap_or_default().to_owned()
}

fn media(asked: Vec<Effect>) -> Vec<MediaAsk> {
    let media = |effect| match effect {
        Effect::Media(ask) => Some(ask),
        _ => None,
    };
    asked.into_iter().filter_map(media).collect()
}

fn copied(asked: Vec<Effect>) -> Option<String> {
    asked.into_iter().find_map(|effect| match effect {
        Effect::Terminal(TerminalAsk::Copy(text)) => Some(text),
        _ => None,
    })
}

fn extras(rig: &Rig) -> (Buffer, Extras) {
    let backend = ratatui::backend::TestBackend::new(rig.state.columns, rig.state.rows);
    let mut terminal = ratatui::Terminal::new(backend).unwrap();
    let mut extras = Extras::default();
    terminal.draw(|frame| extras = draw(frame, &rig.state)).unwrap();
    (terminal.backend().buffer().clone(), extras)
}

#[test]
fn the_hints_name_what_the_selected_message_has() {
    let rig = with(120, 30, said("Thanks"));
    // the keys mean the marked one alone
    assert!(!hints(&rig).contains("R resend") && hints(&rig).contains("y copy"), "{}", hints(&rig));
    assert!(!hints(&rig).contains("open link") && !hints(&rig).contains("s save"), "{}", hints(&rig));
    let mut rig = with(120, 30, said("See https://shop.example.com"));
    rig.press("k j");
    assert!(!hints(&rig).contains("resend") && !hints(&rig).contains("discard"), "{}", hints(&rig));
    assert!(hints(&rig).contains("o open link"), "{}", hints(&rig));
    rig.press("k k");
    assert!(hints(&rig).contains("x discard") && !hints(&rig).contains("resend"), "waiting: {}", hints(&rig));
    assert!(hints(&with(120, 30, photo())).contains("s save"));
}

#[rstest]
#[case("k", "… queued, will be sent 09:40 Ana")]
#[case("k k", "✓ taken by MightyCall 09:39 Ana")]
#[case("k k k k", "? unconfirmed 08:12 Ana")]
#[case("k k k k k", "✗ failed 08:10 Ana")]
#[case("k k k k k k k", "✓✓ delivered 15:05 Ana")]
fn a_mark_is_told_in_words_where_it_is_selected(#[case] keys: &str, #[case] words: &str) {
    let mut rig = Rig::new(100, 50);
    rig.press("enter esc").press(keys);
    assert!(rig.text().contains(words), "{}", rig.text());
    // the words are the selected one's alone, and nobody's where the keys go elsewhere
    assert_eq!(rig.text().matches("delivered").count(), usize::from(words.contains("delivered")));
    rig.press("esc");
    assert!(!rig.text().contains(words), "{}", rig.text());
}

#[test]
fn trouble_is_told_whole_where_there_is_little_room() {
    let mut rig = Rig::new(40, 24);
    rig.press("enter esc k k k k k");
    let text = rig.text().replace(['\n', '│', '▌'], " ");
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("not sent: number not in service — R sends it again, x puts it away"), "{words}");
}

#[test]
fn times_are_as_one_likes_and_stay_so() {
    let mut rig = with(100, 30, said("Thanks"));
    let wake = rig.state.wake_at();
    assert!(rig.text().contains("09:38  Hi, is my"), "{}", rig.text());
    let prefer = |name: &str| Effect::Settings(SettingsAsk::Prefer("ui.times", Value::Text(name.to_owned())));
    assert_eq!(rig.press("t").asks(), [prefer("relative")]);
    assert!(rig.text().contains("Hi, is my appointment still on?  4 min ago"), "{}", rig.text());
    assert!(rig.text().contains("yesterday 08:10 Ana"), "{}", rig.text());
    assert!(rig.text().lines().any(|line| line.contains("Dana Whitfield") && line.contains("1 min")), "{}", rig.text());
    assert_eq!(rig.press("t").asks(), [prefer("full")]);
    assert!(rig.text().contains("2026-11-18 09:38:00"), "{}", rig.text());
    assert_eq!(rig.press("t").asks(), [prefer("clock")]);
    assert_eq!(rig.state.wake_at(), wake, "nothing else wakes it");
}

#[test]
fn relative_times_move_on_at_the_minute_and_not_before() {
    let mut rig = with(100, 30, said("Thanks"));
    rig.state.preferences.ui.times = Times::Relative;
    rig.give(Msg::Now(time("2026-11-18T09:42:10Z")));
    assert!(rig.text().contains("Thanks  1 min ago"), "{}", rig.text());
    let next = time("2026-11-18T09:43:00Z");
    rig.give(Msg::Now(next - 1.second()));
    assert!(rig.text().contains("Thanks  1 min ago"), "{}", rig.text());
    let wake = rig.state.wake_at().unwrap();
    assert!(wake <= next, "{wake}");
    rig.give(Msg::Now(next));
    assert!(rig.text().contains("Thanks  2 min ago"), "{}", rig.text());
}

#[test]
fn the_text_is_copied_and_not_told() {
    let mut rig = with(100, 30, said("The code is 4711\nand more  \n"));
    assert_eq!(copied(rig.press("y").asks()).as_deref(), Some("The code is 4711\nand more"));
    assert!(hints(&rig).contains("Copied the message, 25 characters"), "{}", hints(&rig));
    assert_eq!(copied(rig.press("k y").asks()).as_deref(), Some("Can you move it to 3?"));
    let all = copied(rig.press("Y").asks()).expect("it is copied");
    assert!(all.contains("2026-11-18 09:39:00 Ana: Yes, 2 pm. See you then.\n"), "{all}");
    assert!(all.contains("Dana Whitfield: Hi, is my") && all.contains("Ana (failed): Your invoice"), "{all}");
    assert_eq!(copied(with(100, 30, photo_alone()).press("y").asks()), None);
}

fn photo_alone() -> Message {
    Message { body: String::new(), ..photo() }
}

#[test]
fn links_lead_where_they_say() {
    let rig = with(140, 30, said("see https://shop.example.com/a, or call (202) 555-0199"));
    let (buf, extras) = extras(&rig);
    let told: Vec<(String, &str)> = extras
        .links
        .iter()
        .map(|link| {
            let Rect { x, y, width, .. } = link.area;
            ((x..x + width).map(|x| buf[(x, y)].symbol()).collect(), link.target.as_str())
        })
        .collect();
    let expected =
        [("https://shop.example.com/a", "https://shop.example.com/a"), ("(202) 555-0199", "tel:+12025550199")];
    assert_eq!(told, expected.map(|(text, target)| (text.to_owned(), target)));
    // a window over them takes them along
    let mut rig = rig;
    rig.press("f1");
    assert!(self::extras(&rig).1.links.is_empty());
}

#[test]
fn a_link_alone_is_opened_and_of_several_one_chooses() {
    let mut rig = with(100, 30, said("see https://shop.example.com/a"));
    let open = |target: &str| MediaAsk::OpenLink(target.to_owned());
    assert_eq!(media(rig.press("o").asks()), [open("https://shop.example.com/a")]);

    let mut rig = with(100, 30, said("https://shop.example.com or dana@example.com or 202-555-0199"));
    assert_eq!(rig.press("o").asks(), [], "nothing is opened before one has chosen");
    assert!(rig.text().contains("Write an e-mail to dana@example.com"), "{}", rig.text());
    assert_eq!(media(rig.press("j enter").asks()), [open("mailto:dana@example.com")]);
    let asked = rig.press("o j j enter").asks();
    let Some(Effect::OpenThread { contact, .. }) = asked.last() else { panic!("{asked:?}") };
    assert_eq!(*contact, Contact { address: super::rig::address("2025550199"), name: None });
    assert_eq!(media(rig.press("o G enter").asks()), [open("tel:+12025550199")]);
    assert_eq!(rig.press("o esc").asks(), []);
    assert!(rig.state.overlays.is_empty());
    assert_eq!(media(with(100, 30, said("nothing")).press("o").asks()), []);
}

#[test]
fn a_link_in_disguise_is_not_opened_at_once() {
    let mut rig = with(80, 24, said("log in: https://\u{430}pple.example/x"));
    assert_eq!(rig.press("o").asks(), []);
    assert!(rig.text().contains("! it leads to xn--"), "{}", rig.text());
    assert_eq!(media(rig.press("enter").asks()).len(), 1);
}

#[test]
fn what_cannot_be_opened_is_copied_and_told() {
    let mut rig = with(100, 30, said("x"));
    let (target, reason) = ("https://shop.example.com/a".to_owned(), "There is no program here".to_owned());
    let asked = rig.give(Msg::Media(MediaNews::NotOpened { target: target.clone(), reason })).asks();
    assert_eq!(copied(asked), Some(target));
    assert!(hints(&rig).contains("copied instead: https://shop.example.com/a"), "{}", hints(&rig));
}

#[test]
fn a_click_on_a_link_selects_and_opens_nothing() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut rig = with(100, 30, said("see https://shop.example.com/a"));
    let area = extras(&rig).1.links[0].area;
    let kind = MouseEventKind::Down(MouseButton::Left);
    let event = MouseEvent { kind, column: area.x + 2, row: area.y, modifiers: KeyModifiers::NONE };
    assert_eq!(rig.give(Msg::Mouse(event)).asks(), []);
    assert_eq!(
        rig.state.conversation.selected().map(|message| message.body.as_str()),
        Some("see https://shop.example.com/a")
    );
}

#[test]
fn files_are_listed_opened_and_saved() {
    let mut rig = with(100, 30, photo());
    assert!(rig.text().contains("[+] crack.png, 24 kB") && rig.text().contains("[+] report.pdf"), "{}", rig.text());
    let key = |place| FileKey { message: photo().id, place };
    assert_eq!(media(rig.press("s").asks()), [MediaAsk::Save(key(0)), MediaAsk::Save(key(1))]);
    assert_eq!(media(rig.press("o enter").asks()), [MediaAsk::OpenFile(key(0))]);
    assert_eq!(media(rig.press("o j enter").asks()), [MediaAsk::OpenFile(key(1))]);
    // where none is known, MightyCall is asked: of theirs alone, and on a key alone
    let mut rig = with(100, 30, said("no file"));
    assert_eq!(media(rig.press("s").asks()), [MediaAsk::List(said("").id)]);
    assert_eq!(media(rig.press("k s").asks()).len(), 1, "the one before it is theirs too");
    assert_eq!(media(rig.press("k s").asks()), [], "ours has none");
}

fn picture(serial: u64, escape: bool) -> Arc<Picture> {
    let blocks = (0..20 * 4).map(|at| (Color::Rgb(at, 0, 0), Color::Rgb(0, at, 0))).collect();
    let escape = escape.then(|| Escape { before: String::new(), rows: vec!["<picture>".to_owned()] });
    Arc::new(Picture { serial, columns: 20, rows: 4, blocks, escape })
}

fn blocks(buf: &Buffer) -> usize {
    buf.content.iter().filter(|cell| cell.symbol() == "▀").count()
}

#[test]
fn a_picture_is_asked_for_once_when_it_is_in_view() {
    let mut rig = Rig::new(100, 30);
    show(&mut rig, photo());
    let file = FileKey { message: photo().id, place: 0 };
    let asked = media(rig.asks());
    let [MediaAsk::Show { file: asked_for, room, images: Images::Auto }] = asked[..] else { panic!("{asked:?}") };
    assert_eq!((asked_for, room.1), (file, 8));
    assert_eq!(media(rig.press("enter esc k j").asks()), [], "it is on its way");
    let before = rig.text();
    rig.give(Msg::Media(MediaNews::Picture { file, room, picture: Some(picture(1, true)) }));
    let (buf, extras) = extras(&rig);
    assert_eq!(blocks(&buf), 20 * 4);
    assert_eq!(extras.pictures.len(), 1);
    let area = extras.pictures[0].area;
    assert_eq!((area.width, area.height, buf[(area.x, area.y)].fg), (20, 4, Color::Rgb(0, 0, 0)));
    assert!(before.contains("[+] crack.png") && rig.text().contains("[+] report.pdf"));
    // a window over it leaves blocks where they can be seen, and no picture
    rig.press("f1");
    assert!(self::extras(&rig).1.pictures.is_empty());
    rig.press("esc");
    // half of it out of view: blocks alone
    rig.give(Msg::Resize { columns: 100, rows: 14 });
    rig.state.conversation.scroll(-3);
    let (buf, half) = self::extras(&rig);
    assert!(half.pictures.is_empty(), "{half:?}");
    assert!((1..20 * 4).contains(&blocks(&buf)), "{}", super::rig::text(&buf));
    // wider: made anew
    rig.give(Msg::Resize { columns: 60, rows: 30 });
    assert_eq!(media(rig.asks()).len(), 1);
}

#[test]
fn what_is_no_picture_leaves_its_name() {
    let mut rig = with(100, 30, photo());
    let file = FileKey { message: photo().id, place: 0 };
    rig.give(Msg::Media(MediaNews::Picture { file, room: (48, 8), picture: None }));
    assert!(rig.text().contains("[+] crack.png, 24 kB"));
    assert_eq!(blocks(&extras(&rig).0), 0);
    assert_eq!(media(rig.press("k j").asks()), [], "nor is it asked for again and again");
    // but it may be there when one comes back
    rig.press("alt-down").press("alt-up");
    assert_eq!(media(rig.asks()).len(), 1);
}

#[rstest]
#[case::ascii(|rig: &mut Rig| rig.state.ascii = true)]
#[case::no_colour(|rig: &mut Rig| rig.state.looks = Looks::new(Depth::None, false))]
#[case::plain(|rig: &mut Rig| rig.state.preferences.ui.plain = true)]
#[case::off(|rig: &mut Rig| rig.state.preferences.ui.images = Images::Off)]
fn no_picture_where_none_can_be_or_is_wanted(#[case] set: fn(&mut Rig)) {
    let mut rig = Rig::new(100, 30);
    set(&mut rig);
    show(&mut rig, photo());
    assert_eq!(media(rig.asks()), []);
    // nor one that was there before
    let mut rig = with(100, 30, photo());
    let file = FileKey { message: photo().id, place: 0 };
    rig.give(Msg::Media(MediaNews::Picture { file, room: (48, 8), picture: Some(picture(2, false)) }));
    assert_eq!(blocks(&extras(&rig).0), 80);
    set(&mut rig);
    rig.press("k");
    assert_eq!(blocks(&extras(&rig).0), 0);
}

#[test]
fn all_that_is_known_is_in_the_details() {
    let newest = Message {
        attachments: vec![Attachment {
            name: "a.png".to_owned(),
            url: Some("/files/1".to_owned()),
            size: Some(12),
            expired: false,
        }],
        ..said("https://\u{430}pple.example — see you")
    };
    let mut rig = with(120, 40, newest);
    rig.press("i");
    for words in [
        "Dana Whitfield (202) 555-0141",
        "Main Phone (202) 555-0101",
        "to us",
        "Wed 18 Nov 2026 09:41:30 UTC",
        "2026-11-18T09:41:30Z",
        "UCS-2",
        "m-1",
        "a.png, 12 bytes",
        "/files/1",
        "! it leads to xn--",
    ] {
        assert!(rig.text().contains(words), "{words}\n{}", rig.text());
    }
    let copied = copied(rig.press("y").asks()).expect("the details are copied");
    assert!(copied.contains("MightyCall id  m-1"), "{copied}");
    assert_eq!(media(rig.press("s").asks()).len(), 1);
    rig.press("o");
    assert!(rig.text().contains("[+] a.png, 12 bytes"), "{}", rig.text());
    rig.press("esc i");
    assert!(rig.state.overlays.is_empty());
}

#[test]
fn details_scroll_where_there_is_little_room() {
    let mut rig = with(40, 10, said("the last words"));
    rig.press("i");
    assert!(rig.text().contains("From") && !rig.text().contains("the last words"), "{}", rig.text());
    rig.press("G");
    assert!(rig.text().contains("the last words"), "{}", rig.text());
}

#[test]
fn how_it_looks() {
    at_all_sizes("talk-links", |rig| {
        show(rig, said("see https://shop.example.com/catalogue, write to dana@example.com or call (202) 555-0199"));
        rig.press("enter esc k j");
    });
    at_all_sizes("talk-choose", |rig| {
        show(rig, said("https://\u{430}pple.example or dana@example.com or (202) 555-0199"));
        rig.press("enter esc o j");
    });
    at_all_sizes("talk-picture", |rig| {
        show(rig, photo());
        let file = FileKey { message: photo().id, place: 0 };
        rig.give(Msg::Media(MediaNews::Picture { file, room: (48, 8), picture: Some(picture(3, false)) }));
        rig.press("enter esc");
    });
    at_all_sizes("talk-relative", |rig| {
        rig.press("enter esc t k k");
        rig.state.notice = None;
    });
    at_all_sizes("talk-full", |rig| {
        rig.press("enter esc t t");
        rig.state.notice = None;
    });
}

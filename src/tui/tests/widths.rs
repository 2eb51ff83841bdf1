//! Text of all scripts and emoji of several characters: as wide as it is, cut whole, frames straight, as a terminal reads it.

use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use rstest::rstest;
use unicode_width::UnicodeWidthStr;

use super::rig::{self, Rig};
use crate::model::text::{fit, safe_line};
use crate::tui::draw::draw;
use crate::tui::message::{Changed, Msg};
use crate::tui::steady::Steady;

const COLUMNS: u16 = 100;

/// What a terminal shows of it: a text as a name, a message and a draft.
fn shown(text: &str) -> (Rig, vt100::Parser) {
    let mut rig = Rig::new(COLUMNS, 24);
    let mut threads = rig::threads();
    threads[0].contact.name = Some(text.to_owned());
    threads[1].snippet = text.to_owned();
    let mut messages = rig::messages();
    for message in &mut messages {
        message.body = text.to_owned();
    }
    rig.give(Msg::Changed(Changed::Everything));
    rig.answer_threads(threads, false);
    rig.give(Msg::Changed(Changed::Everything));
    rig.answer_messages(messages);
    rig.press("enter").give(Msg::paste(text));
    let viewport = Viewport::Fixed(Rect::new(0, 0, COLUMNS, 24));
    let mut bytes = Vec::new();
    let mut terminal = Terminal::with_options(Steady::new(&mut bytes), TerminalOptions { viewport }).unwrap();
    terminal.draw(|frame| drop(draw(frame, &rig.state))).unwrap();
    drop(terminal);
    let size = |cells: u16| cells.try_into().unwrap();
    let mut parser = vt100::Parser::new(size(24), size(COLUMNS), 0);
    parser.process(&bytes);
    (rig, parser)
}

/// The text, the columns it takes, and what is left of it in four columns.
#[rstest]
#[case::latin("naïve", 5, "naï…")]
#[case::combining("e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}", 5, "e\u{301}e\u{301}e\u{301}…")]
#[case::chinese("李薇李薇", 8, "李…")]
#[case::korean("한국어", 6, "한…")]
#[case::full_width("ＡＢＣ", 6, "Ａ…")]
#[case::emoji("😀😀😀", 6, "😀…")]
#[case::family(
    "👩\u{200d}👩\u{200d}👧\u{200d}👦👩\u{200d}👩\u{200d}👧\u{200d}👦!",
    5,
    "👩\u{200d}👩\u{200d}👧\u{200d}👦…"
)]
#[case::flags("🇩🇪🇫🇷🇯🇵", 6, "🇩🇪…")]
#[case::skin_tones("👍🏽👍🏿👍🏻", 6, "👍🏽…")]
#[case::keycaps("1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}3\u{fe0f}\u{20e3}", 6, "1\u{fe0f}\u{20e3}…")]
#[case::hearts("❤\u{fe0f}❤\u{fe0f}❤\u{fe0f}", 6, "❤\u{fe0f}…")]
#[case::tag_flag(
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}abc",
    5,
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}a…"
)]
#[case::hindi("नमस्ते", 4, "नमस्ते")]
#[case::thai("ที่นี่ดี", 3, "ที่นี่ดี")]
#[case::hebrew("שלום עולם", 9, "שלו…")]
#[case::points("שָׁלוֹם", 4, "שָׁלוֹם")]
#[case::arabic("مرحبا بكم", 9, "مرح…")]
fn is_as_wide_as_it_is(#[case] text: &str, #[case] columns: usize, #[case] cut: &str) {
    let safe = safe_line(text);
    assert_eq!(safe, text, "real text stays as it is");
    assert_eq!(safe.width(), columns);
    let four = fit(&safe, 4);
    assert_eq!(four, cut);
    assert!(four.width() <= 4);

    let (rig, parser) = shown(text);
    let screen = parser.screen();
    let layout = rig.state.layout();
    for y in layout.body.top() + 1..layout.body.bottom() - 1 {
        for pane in [layout.threads, layout.conversation].into_iter().flatten() {
            for x in [pane.outer.left(), pane.outer.right() - 1] {
                let cell = screen.cell(y, x).unwrap();
                let shown = cell.contents().trim_end_matches('\u{200e}');
                assert!(matches!(shown, "│" | "├" | "┤"), "{x},{y}: {shown:?} in {}", screen.contents());
            }
        }
    }
    // what stands right of the text in its row stands where it belongs
    let row: String = (0..layout.divider.unwrap()).map(|x| screen.cell(1 + 1, x).unwrap().contents()).collect();
    assert!(row.trim_end_matches(['│', '\u{200e}']).ends_with("09:41 2"), "{row:?}");
}

/// What would turn text round or hide it is gone.
#[rstest]
#[case("abc\u{202e}fed\u{202c}!", "abcfed!")]
#[case("\u{2066}isolated\u{2069}", "isolated")]
#[case("\u{200f}right\u{200e}left\u{61c}", "rightleft")]
#[case("zero\u{200b}width\u{2060}\u{feff}", "zerowidth")]
#[case("שלום \u{202a}abc\u{202c}", "שלום abc")]
fn nothing_turns_text_round(#[case] text: &str, #[case] safe: &str) {
    assert_eq!(safe_line(text), safe);
    let (rig, parser) = shown(text);
    let visible = |c: &char| *c != '\u{200e}';
    assert!(!rig.text().chars().any(
        |c| matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    ));
    assert!(parser.screen().contents().chars().filter(visible).collect::<String>().contains(safe));
}

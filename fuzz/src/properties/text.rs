//! Foreign text, made safe for every place.

use mctui::model::text::{
    MAX_LINE, MAX_LINES, MAX_SHOWN, clipboard, fit, log_line, notification, safe_line, safe_text, window_title,
};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::make::Script;

/// Nothing dangerous is left, nothing legible is lost, and what is safe stays as it is.
pub fn check(data: &[u8]) {
    let mut script = Script(data);
    let raw = match script.byte() % 4 {
        0 => String::from_utf8_lossy(script.rest()).into_owned(),
        _ => script.text(24),
    };
    let (text, line) = (safe_text(&raw), safe_line(&raw));
    let (title, note, copied) = (window_title(&raw), notification(&raw), clipboard(&raw));
    for shown in [&*text, &line, &title, &note, &copied] {
        harmless(shown);
        assert_eq!(safe_text(shown), *shown, "of {raw:?}");
    }
    for line in [&line, &title, &note] {
        assert_eq!(safe_line(line), **line, "of {raw:?}");
    }
    assert_eq!(clipboard(&copied), copied, "of {raw:?}");
    assert_eq!(window_title(&title), title, "of {raw:?}");
    assert_eq!(notification(&note), note, "of {raw:?}");
    assert!(line.chars().count() <= MAX_LINE && title.width() <= 80 && note.width() <= 200 && !note.contains(';'));
    assert!(
        !copied
            .chars()
            .any(|c| c != '\n' && (c.is_control() || ('\u{2400}'..='\u{2421}').contains(&c)) && !raw.contains(c))
    );
    let columns = script.below(60);
    assert!(fit(&line, columns).width() <= columns);
    kept(&raw, &text);
    logged(&raw);
}

fn harmless(shown: &str) {
    assert!(shown.chars().count() <= MAX_SHOWN && shown.split('\n').count() <= MAX_LINES);
    for c in shown.chars() {
        assert!(c == '\n' || !c.is_control(), "{c:?} in {shown:?}");
        let hides = matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{f0000}'..);
        assert!(!hides, "{c:?} in {shown:?}");
    }
    for grapheme in shown.graphemes(true) {
        assert!(grapheme.chars().count() <= 32, "{grapheme:?}");
    }
    // nothing joins what stood before the text on the screen
    for line in shown.split('\n') {
        let first = line.graphemes(true).next();
        assert!(first.is_none_or(|first| first.width() > 0), "{first:?} in {shown:?}");
    }
    let tags = shown.chars().filter(|c| ('\u{e0000}'..='\u{e007f}').contains(c)).count();
    assert_eq!(tags, 6 * shown.matches('\u{e007f}').count(), "{shown:?}");
}

/// Letters and digits that everybody can read come out as they went in, in order.
fn kept(raw: &str, text: &str) {
    if raw.chars().count() <= MAX_SHOWN - 40
        && raw.chars().filter(|c| c.is_control() || c.is_whitespace()).count() < MAX_LINES
    {
        let plain =
            |text: &str| text.chars().filter(|c| c.is_ascii_graphic() || ('一'..='龠').contains(c)).collect::<String>();
        assert_eq!(plain(text), plain(raw), "of {raw:?}");
    }
}

fn logged(raw: &str) {
    let line = log_line(raw);
    assert!(
        !line.contains(char::is_control) && !line.contains(['\u{202e}', '\u{2066}', '\u{2028}', '\u{200b}']),
        "{line:?}"
    );
    assert_eq!(log_line(&line), line);
}

//! Safe text: the one family of functions through which everything foreign passes on its way to a screen, a title, a
//! notification, a clipboard or a log line.
//!
//! An SMS, a name or an error body can hold escape sequences, bidi overrides, zero-width characters or a megabyte. The
//! cache and `--json` keep it raw; whatever is shown goes through the function named for the place:
//!
//! | place | function |
//! |---|---|
//! | several lines of a screen, of standard output or error | [`safe_text`] |
//! | one line: a name, a snippet, a reason | [`safe_line`] |
//! | the window's title | [`window_title`] |
//! | a desktop notification | [`notification`] |
//! | the clipboard, to be pasted anywhere | [`clipboard`] |
//! | the log | [`log_line`], by the log itself (`cli::log`) |
//!
//! All but the last have one core: it turns control characters to pictures of themselves, drops what hides or reorders
//! text and marks that would sit on nothing, limits stacks, joins and graphemes to what scripts have, and cuts. Text that
//! is safe stays as it is: `safe(safe(x)) == safe(x)`. Whoever reads real text in any script reads it unchanged.
//!
//! The other way, what people write passes through [`sanitize_input`], and what goes out through [`to_send`].

mod clean;
mod digits;
mod input;
mod kinds;
pub mod matching;

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use clean::{Shape, clean};
pub use digits::{digit, half_width};
pub use input::{sanitize_input, to_send};

/// What a text may take on a screen before it is cut, in characters.
pub const MAX_SHOWN: usize = 20_000;
/// And in lines. The longest SMS has 1,600 characters.
pub const MAX_LINES: usize = 1_000;
/// What a line may take before it is cut, in characters: a screen's width of a megabyte is enough.
pub const MAX_LINE: usize = 2_000;

const TEXT: Shape = Shape { chars: MAX_SHOWN, lines: MAX_LINES, pictures: true };
const LINE: Shape = Shape { chars: MAX_LINE, lines: 1, pictures: true };

/// Columns of a window's title.
const TITLE: usize = 80;
/// Columns of a notification.
const NOTIFICATION: usize = 200;

/// Foreign text that may have several lines. Newlines stay (`\r\n` and `\r` become `\n`), a tab becomes a blank, and what
/// exceeds [`MAX_SHOWN`] characters or [`MAX_LINES`] lines is cut with a note of how much.
pub fn safe_text(raw: &str) -> Cow<'_, str> {
    if is_plain(raw) {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(clean(raw, TEXT))
}

/// Foreign text for one line: as [`safe_text`], with every run of newlines and blanks as one blank and none at the ends,
/// cut at [`MAX_LINE`] characters.
pub fn safe_line(raw: &str) -> String {
    clean(raw, LINE)
}

/// Foreign text in the title of the terminal's window, such as a contact's name: one short line.
pub fn window_title(raw: &str) -> String {
    fit(&safe_line(raw), TITLE).into_owned()
}

/// Foreign text in a desktop notification: one line that a notification has room for. Semicolons become commas, because
/// they part the fields of the terminals' own notifications (OSC 777); who hands it to something that reads markup must
/// escape that.
pub fn notification(raw: &str) -> String {
    fit(&safe_line(raw).replace(';', ","), NOTIFICATION).into_owned()
}

/// Foreign text for the clipboard, from which it may be pasted to a shell: line breaks as `\n` and no other control
/// character, not even as a picture; nothing that hides or reorders.
pub fn clipboard(raw: &str) -> String {
    clean(raw, Shape { pictures: false, ..TEXT })
}

/// Whatever is to be one line of a log: control characters, line breaks among them, and all that hides or reorders are
/// written as escapes (`\n`, `\u{202e}`), so that what was there can be told.
pub fn log_line(raw: &str) -> Cow<'_, str> {
    let escapes = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || kinds::is_hidden(c);
    if raw.bytes().all(|b| (0x20..0x7f).contains(&b)) || !raw.contains(escapes) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len() + 16);
    for c in raw.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if escapes(c) => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether a piece of text, such as a cell of the screen, is safe as it stands.
pub fn is_safe(piece: &str) -> bool {
    let mut chars = piece.chars();
    let (Some(one), None) = (chars.next(), chars.next()) else { return safe_text(piece) == piece };
    // most cells are such
    let plain = (' '..='~').contains(&one) || (one.is_alphanumeric() && !kinds::is_hidden(one));
    plain || matches!(one, '\u{2500}'..='\u{257f}') || safe_text(piece) == piece
}

/// Whether foreign text has nothing in it that one can see.
pub fn is_blank(raw: &str) -> bool {
    safe_line(raw).is_empty()
}

/// Cuts to at most `columns` columns at a grapheme, with `…` as the last where something was cut.
pub fn fit(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let width = grapheme.width();
        if used + width > columns - 1 {
            break;
        }
        used += width;
        end = at + grapheme.len();
    }
    Cow::Owned(format!("{}…", &text[..end]))
}

/// Whether every byte is printable ASCII or a newline, and the text is short: then it is safe as it stands.
fn is_plain(raw: &str) -> bool {
    let mut line_breaks = 0;
    let plain = |b: u8| {
        line_breaks += usize::from(b == b'\n');
        b == b'\n' || (0x20..0x7f).contains(&b)
    };
    raw.len() <= MAX_SHOWN && raw.bytes().all(plain) && line_breaks < MAX_LINES
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("plain text", "plain text")]
    #[case("two\r\nlines\rthree", "two\nlines\nthree")]
    #[case("\x1b[31mred\x1b[0m", "␛[31mred␛[0m")]
    #[case("\x1b]0;title\x07", "␛]0;title␇")]
    #[case("\u{9b}31m", "\u{fffd}31m")]
    #[case("a\tb", "a b")]
    #[case("abc\u{202e}fed", "abcfed")]
    #[case("zero\u{200b}width\u{feff}", "zerowidth")]
    #[case("naïve café 😀", "naïve café 😀")]
    #[case("👩\u{200d}🔧 here", "👩\u{200d}🔧 here")]
    #[case("\u{301}alone", "alone")]
    fn makes_safe(#[case] raw: &str, #[case] safe: &str) {
        assert_eq!(safe_text(raw), safe);
    }

    #[test]
    fn trims_absurd_stacks() {
        let zalgo = format!("e{}", "\u{301}".repeat(200));
        assert_eq!(safe_text(&zalgo).chars().count(), 1 + clean::MARKS_PER_BASE);
    }

    #[test]
    fn cuts_a_megabyte() {
        let safe = safe_text(&"x".repeat(1_000_000)).into_owned();
        assert!(safe.len() < MAX_SHOWN + 100);
        assert!(safe.ends_with("… (980040 more characters)"));
    }

    #[rstest]
    #[case("hello", 5, "hello")]
    #[case("hello", 4, "hel…")]
    #[case("日本語", 4, "日…")]
    #[case("hello", 0, "")]
    fn fits(#[case] text: &str, #[case] columns: usize, #[case] shown: &str) {
        assert_eq!(fit(text, columns), shown);
    }

    proptest! {
        #[test]
        fn nothing_dangerous_is_left(raw in any::<String>()) {
            let safe = safe_text(&raw);
            prop_assert!(safe.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", safe);
            let reorders = safe.chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}'));
            prop_assert!(!reorders);
            prop_assert!(!safe_line(&raw).contains('\n'));
        }

        #[test]
        fn fit_never_exceeds(raw in any::<String>(), columns in 0usize..40) {
            prop_assert!(fit(&safe_line(&raw), columns).width() <= columns);
        }
    }
}

//! Safe text: the one function through which everything foreign passes on its way to a screen, a title or a log line.
//!
//! An SMS, a name or an error body can hold escape sequences, bidi overrides, zero-width characters or a megabyte. The
//! cache and `--json` keep it raw; whatever is drawn goes through [`safe_text`] or [`safe_line`].

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Combining marks left on one base character; real scripts need fewer, "zalgo" has dozens.
const MARKS_PER_GRAPHEME: usize = 6;

/// What a text may take on a screen before it is cut, in characters.
pub const MAX_SHOWN: usize = 20_000;

/// Foreign text that may have several lines. Newlines stay (`\r\n` and `\r` become `\n`), a tab becomes a blank, other
/// controls become visible pictures, characters that reorder or hide text go, and what exceeds [`MAX_SHOWN`] characters
/// is cut with a note of how much.
pub fn safe_text(raw: &str) -> Cow<'_, str> {
    if is_plain(raw) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len().min(MAX_SHOWN * 4));
    let mut shown = 0;
    for grapheme in raw.graphemes(true) {
        if shown >= MAX_SHOWN {
            let rest = raw.chars().count().saturating_sub(shown);
            out.push_str("… (");
            out.push_str(&rest.to_string());
            out.push_str(" more characters)");
            break;
        }
        shown += grapheme.chars().count().max(1);
        push_safe(&mut out, grapheme);
    }
    Cow::Owned(out)
}

/// Foreign text for one line: as [`safe_text`], with every run of newlines and blanks as one blank.
pub fn safe_line(raw: &str) -> String {
    // a snippet needs no more than a screen's width of a megabyte
    let head: &str = raw.char_indices().nth(2_000).map_or(raw, |(at, _)| &raw[..at]);
    let safe = safe_text(head);
    let mut out = String::with_capacity(safe.len());
    for word in safe.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
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
    raw.len() <= MAX_SHOWN && raw.bytes().all(|b| b == b'\n' || (0x20..0x7f).contains(&b))
}

fn push_safe(out: &mut String, grapheme: &str) {
    if matches!(grapheme, "\r\n" | "\r" | "\n" | "\u{2028}" | "\u{2029}" | "\u{85}") {
        out.push('\n');
        return;
    }
    let mut marks = 0;
    let lone = grapheme.chars().count() == 1;
    for c in grapheme.chars() {
        match c {
            '\t' => out.push(' '),
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\u{7f}' => out.push('\u{2421}'),
            '\u{80}'..='\u{9f}' => out.push('\u{fffd}'),
            // joiners shape scripts and emoji inside of a grapheme; alone they only hide
            '\u{200c}' | '\u{200d}' if !lone => out.push(c),
            _ if hides_or_reorders(c) => {}
            _ if c.to_string().width() == 0 => {
                marks += 1;
                // a mark without a base would join whatever the screen drew before it
                if marks <= MARKS_PER_GRAPHEME && !lone {
                    out.push(c);
                }
            }
            _ => out.push(c),
        }
    }
}

/// Bidi controls, zero-width marks, invisible operators, tags, noncharacters, interlinear annotation: nothing a customer types to be read.
fn hides_or_reorders(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}')
        || (c as u32 & 0xfffe) == 0xfffe
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
        assert_eq!(safe_text(&zalgo).chars().count(), 1 + MARKS_PER_GRAPHEME);
    }

    #[test]
    fn cuts_a_megabyte() {
        let safe = safe_text(&"x".repeat(1_000_000)).into_owned();
        assert!(safe.len() < MAX_SHOWN + 100);
        assert!(safe.ends_with("… (980000 more characters)"));
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

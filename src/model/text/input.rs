//! Text that a person writes, as an SMS takes it.

use super::is_blank;

/// What is typed, pasted or read from a file: line breaks in one form, tabs as blanks, no other control characters and no
/// byte order marks.
pub fn sanitize_input(raw: &str) -> String {
    let joined = raw.replace("\r\n", "\n");
    joined
        .chars()
        .filter_map(|c| match c {
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\t' => Some(' '),
            '\u{feff}' => None,
            c if c.is_control() && c != '\n' => None,
            c => Some(c),
        })
        .collect()
}

/// The message that goes out where this was written: as [`sanitize_input`], without blanks and blank lines at its end, which a
/// paste leaves there.
pub fn to_send(raw: &str) -> String {
    let mut text = sanitize_input(raw);
    while let Some((rest, _)) = text.rsplit_once('\n').filter(|(_, last)| is_blank(last)) {
        text.truncate(rest.len());
    }
    text.truncate(text.trim_end().len());
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::byte_order_mark("\u{feff}Hello", "Hello")]
    #[case::byte_order_mark_within("Hel\u{feff}lo", "Hello")]
    #[case::windows("one\r\ntwo\r\n", "one\ntwo")]
    #[case::old_mac("one\rtwo", "one\ntwo")]
    #[case::old_breaks("one\u{b}two\u{c}three", "one\ntwo\nthree")]
    #[case::unicode_breaks("one\u{2028}two\u{2029}three\u{85}four", "one\ntwo\nthree\nfour")]
    #[case::controls("a\0b\u{7}c\u{1b}[31md\u{9b}e\u{7f}", "abc[31mde")]
    #[case::tab("a\tb", "a b")]
    #[case::blank_lines("See you\n\n \t\r\n\u{a0}\n", "See you")]
    #[case::invisible_lines("Hello\n\u{200b}\n\u{3164}\n\u{2800}", "Hello")]
    #[case::kept("  – first\n\n  – second 👩‍👩‍👧", "  – first\n\n  – second 👩‍👩‍👧")]
    #[case::nothing("\u{feff}\r\n\0", "")]
    fn is_cleaned(#[case] raw: &str, #[case] sent: &str) {
        assert_eq!(to_send(raw), sent);
    }

    proptest! {
        #[test]
        fn what_is_clean_stays(raw in "[\\PC\r\n\t\0\u{feff} ]{0,40}") {
            let once = to_send(&raw);
            prop_assert_eq!(to_send(&once), once.clone());
            let is_clean = !once.contains(['\r', '\0', '\u{feff}']) && once.trim_end() == once;
            prop_assert!(is_clean, "{:?}", once);
        }
    }
}

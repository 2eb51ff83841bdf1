//! Rows with a label in front: what does not fit beside it hangs under itself, not under the label.

use unicode_width::UnicodeWidthStr;

use super::paint::Ink;
use super::wrap;

/// The rows of a text with a label, in a width. The label takes `indent` columns; one that is longer has a row of its own.
pub(crate) fn rows(label: &str, text: &str, indent: usize, width: usize, ink: Ink) -> Vec<(String, Ink)> {
    let indent = indent.min(width / 2);
    let room = width.saturating_sub(indent).max(1);
    let mut out = Vec::new();
    let mut first = true;
    if !label.is_empty() && label.width() + 1 > indent {
        out.extend(wrap::text(label, width).into_iter().map(|row| (row, ink)));
        first = false;
    }
    for row in wrap::text(text, room) {
        let head = if first { label } else { "" };
        let blanks = " ".repeat(indent.saturating_sub(head.width()));
        out.push((format!("{head}{blanks}{row}").trim_end().to_owned(), ink));
        first = false;
    }
    out
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("F1", "help", 6, 20, &["F1    help"])]
    #[case("F1", "the keys and what they do", 6, 16, &["F1    the keys", "      and what", "      they do"])]
    #[case("Ctrl-R F5", "sync now", 6, 20, &["Ctrl-R F5", "      sync now"])]
    #[case("", "one\ntwo", 4, 20, &["    one", "    two"])]
    #[case("", "one", 0, 20, &["one"])]
    fn hang(
        #[case] label: &str,
        #[case] text: &str,
        #[case] indent: usize,
        #[case] width: usize,
        #[case] rows: &[&str],
    ) {
        let got: Vec<String> =
            super::rows(label, text, indent, width, Ink::Plain).into_iter().map(|(row, _)| row).collect();
        assert_eq!(got, rows);
    }
}

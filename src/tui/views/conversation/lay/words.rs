//! A text as rows of pieces, those that lead somewhere apart from the others.

use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use super::Row;
use crate::model::link::Link;
use crate::tui::widgets::paint::Ink;
use crate::tui::widgets::wrap;

/// Wraps a text; the ranges of `links` are those of the text.
pub(super) fn rows(text: &str, links: &[Link], width: usize, ink: Ink) -> Vec<Row> {
    let targets: Vec<Arc<str>> = links.iter().map(|link| link.target().into()).collect();
    let mut rows = Vec::new();
    let mut line_start = 0;
    for line in text.split('\n') {
        for range in wrap::line(line, width) {
            let end = range.start + line[range.clone()].trim_end().len();
            rows.push(row(text, (line_start + range.start, line_start + end), (links, &targets), ink));
        }
        line_start += line.len() + 1;
    }
    rows
}

fn row(text: &str, (start, end): (usize, usize), (links, targets): (&[Link], &[Arc<str>]), ink: Ink) -> Row {
    let mut row = Row::default();
    let mut at = start;
    for (link, target) in links.iter().zip(targets) {
        let (from, to) = (link.range.start.max(start), link.range.end.min(end));
        if from >= to {
            continue;
        }
        if at < from {
            row.pieces.push((text[at..from].to_owned(), ink));
        }
        row.links.push((text[start..from].width(), text[from..to].width(), Arc::clone(target)));
        row.pieces.push((text[from..to].to_owned(), Ink::Link));
        at = to;
    }
    if at < end || row.pieces.is_empty() {
        row.pieces.push((text[at..end].to_owned(), ink));
    }
    row
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::link::links;

    #[test]
    fn a_link_over_two_rows_leads_to_the_same_from_both() {
        let text = "see https://shop.example.com/a-long-way/down and call";
        let rows = rows(text, &links(text), 20, Ink::Inbound);
        let text_of = |row: &Row| row.pieces.iter().map(|(text, _)| text.as_str()).collect::<String>();
        let linked: Vec<String> = rows
            .iter()
            .flat_map(|row| row.links.iter().map(|(at, long, _)| text_of(row)[*at..at + long].to_owned()))
            .collect();
        assert_eq!(linked.concat(), "https://shop.example.com/a-long-way/down");
        assert!(linked.len() >= 2 && rows[0].pieces[0] == ("see".to_owned(), Ink::Inbound), "{rows:?}");
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_rows_of_the_text(text in "[a-c 日.@/\n]{0,20}(https://a\\.example/[a-c]{0,30})?[ \n]{0,2}[a-c0-9 ()-]{0,30}", width in 1usize..30) {
            let pieces = rows(&text, &links(&text), width, Ink::Plain);
            let joined: Vec<String> = pieces.iter().map(|row| row.pieces.iter().map(|(text, _)| text.as_str()).collect()).collect();
            prop_assert_eq!(joined, wrap::text(&text, width));
        }
    }
}

//! What came with a message: a row for each file, and the picture where there is one.

use super::Row;
use crate::model::text::{fit, safe_line};
use crate::model::{Attachment, Message};
use crate::tui::message::FileKey;
use crate::tui::views::pictures::Pictures;
use crate::tui::widgets::paint::Ink;

/// Adds the rows of a message's files.
pub(super) fn rows(rows: &mut Vec<Row>, message: &Message, width: usize, pictures: &Pictures) {
    for (place, file) in message.attachments.iter().enumerate() {
        let name = fit(&label(file), width).into_owned();
        rows.push(Row { pieces: vec![(name, Ink::Link)], ..Row::default() });
        let key = FileKey { message: message.id, place };
        if let Some(picture) = pictures.get(key).filter(|picture| usize::from(picture.columns) <= width) {
            rows.extend((0..picture.rows).map(|row| Row { picture: Some((picture.clone(), row)), ..Row::default() }));
        }
    }
}

/// `[+] crack.png, 24 kB`
pub(crate) fn label(file: &Attachment) -> String {
    let name = safe_line(&file.name);
    let size = file.size.map_or_else(String::new, |size| format!(", {}", in_words(size)));
    format!("[+] {}{size}", if name.is_empty() { "a file without a name" } else { &name })
}

/// `24 kB`, as people count.
pub(crate) fn in_words(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("crack.png", Some(23_456), "[+] crack.png, 24 kB")]
    #[case("a\u{1b}[31m.jpg", Some(999), "[+] a␛[31m.jpg, 999 bytes")]
    #[case("film.mp4", Some(2_340_000), "[+] film.mp4, 2.3 MB")]
    #[case(" ", None, "[+] a file without a name")]
    fn labels(#[case] name: &str, #[case] size: Option<u64>, #[case] says: &str) {
        assert_eq!(label(&Attachment { name: name.to_owned(), url: None, size }), says);
    }
}

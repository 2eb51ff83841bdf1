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
        let ink = if file.expired { Ink::Dim } else { Ink::Link };
        rows.push(Row { pieces: vec![(name, ink)], ..Row::default() });
        let key = FileKey { message: message.id, place };
        if let Some(picture) = pictures.get(key).filter(|picture| usize::from(picture.columns) <= width) {
            rows.extend((0..picture.rows).map(|row| Row { picture: Some((picture.clone(), row)), ..Row::default() }));
        }
    }
}

/// `[+] crack.png, 24 kB`, or `[gone] crack.png, no longer kept by MightyCall`
pub(crate) fn label(file: &Attachment) -> String {
    let name = safe_line(&file.name);
    let name = if name.is_empty() { "a file without a name" } else { &name };
    if file.expired {
        return format!("[gone] {name}, no longer kept by MightyCall");
    }
    let size = file.size.map_or_else(String::new, |size| format!(", {}", in_words(size)));
    format!("[+] {name}{size}")
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
        assert_eq!(label(&Attachment { name: name.to_owned(), url: None, size, expired: false }), says);
    }

    #[test]
    fn a_file_that_is_gone_is_said_to_be() {
        let file = Attachment { name: "a\u{1b}.png".to_owned(), url: None, size: Some(9), expired: true };
        assert_eq!(label(&file), "[gone] a␛.png, no longer kept by MightyCall");
    }
}

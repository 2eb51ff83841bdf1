//! What a message says where there is room for a line: in lists, search results and notices.

use std::borrow::Cow;

use super::Attachment;
use super::text::{is_blank, safe_line};

/// The text as it came; where it has none that one can see, what came with it: "Picture: crack.png", "invoice.pdf",
/// "3 pictures"; "(no text)" where there is nothing at all.
pub fn preview<'a>(body: &'a str, files: &[Attachment]) -> Cow<'a, str> {
    // what stands for a picture in the text of some phones
    if !is_blank(&body.replace('\u{fffc}', "")) {
        return Cow::Borrowed(body);
    }
    let pictures = files.iter().filter(|file| file.is_picture()).count();
    Cow::Owned(match files {
        [] => "(no text)".to_owned(),
        [file] => one(file),
        _ if pictures == files.len() => format!("{pictures} pictures"),
        _ => format!("{} files", files.len()),
    })
}

fn one(file: &Attachment) -> String {
    let name = safe_line(&file.name);
    match (file.is_picture(), name.is_empty()) {
        (true, true) => "Picture".to_owned(),
        (true, false) => format!("Picture: {name}"),
        (false, true) => "File".to_owned(),
        (false, false) => name,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::text("On my way", &["crack.png"], "On my way")]
    #[case::picture("", &["crack.png"], "Picture: crack.png")]
    #[case::blank_text(" \r\n\u{200b}", &["IMG_0147.JPEG"], "Picture: IMG_0147.JPEG")]
    #[case::object_mark("\u{fffc}", &["crack.png"], "Picture: crack.png")]
    #[case::file("", &["invoice.pdf"], "invoice.pdf")]
    #[case::nameless("", &[" "], "File")]
    #[case::pictures("", &["a.png", "b.jpg", "c.gif"], "3 pictures")]
    #[case::files("", &["a.png", "b.pdf"], "2 files")]
    #[case::nothing("\n", &[], "(no text)")]
    #[case::hostile("", &["a\u{1b}[31m\n.png"], "Picture: a␛[31m .png")]
    fn says(#[case] body: &str, #[case] files: &[&str], #[case] expected: &str) {
        let file = |name: &&str| Attachment { name: (*name).to_owned(), url: None, size: None, expired: false };
        let files: Vec<Attachment> = files.iter().map(file).collect();
        assert_eq!(preview(body, &files), expected);
    }
}

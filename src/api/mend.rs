//! Mends JSON whose texts cannot be Unicode: half a surrogate pair, as services that count in UTF-16 cut an emoji in two;
//! bytes that are no UTF-8; control characters that should have been escaped. All else is left as it is.

use std::fmt::Write as _;

/// The same JSON with U+FFFD for what is no character, and escapes for control characters in texts; `None` where nothing
/// of the kind was found, or where it would become longer than `most` bytes.
pub(super) fn mended(body: &[u8], most: usize) -> Option<String> {
    let (mut out, mut in_text, mut is_changed) = (String::new(), false, false);
    for chunk in body.utf8_chunks() {
        is_changed |= mend(chunk.valid(), &mut in_text, &mut out, most)?;
        if !chunk.invalid().is_empty() {
            out.push(char::REPLACEMENT_CHARACTER);
            is_changed = true;
        }
        if out.len() > most {
            return None;
        }
    }
    is_changed.then_some(out)
}

/// Adds one stretch that is UTF-8, and says whether anything was mended in it; `None` where it becomes too long.
/// `in_text`: whether it begins, and then whether it ends, inside of a text.
fn mend(text: &str, in_text: &mut bool, out: &mut String, most: usize) -> Option<bool> {
    // up to where `text` is in `out`
    let mut taken = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        let (length, instead) = match byte {
            b'"' => {
                *in_text = !*in_text;
                (1, None)
            }
            b'\\' if *in_text => match surrogate(&bytes[at..]) {
                None => (2, None),
                Some(0xd800..0xdc00) if matches!(surrogate(&bytes[at + 6..]), Some(0xdc00..)) => (12, None),
                Some(_) => (6, Some("\\ufffd".to_owned())),
            },
            0..0x20 if *in_text => (1, Some(format!("\\u{byte:04x}"))),
            _ => (1, None),
        };
        if let Some(instead) = instead {
            out.push_str(&text[taken..at]);
            let _ = out.write_str(&instead);
            taken = at + length;
            if out.len() > most {
                return None;
            }
        }
        at += length;
    }
    out.push_str(&text[taken..]);
    Some(taken > 0)
}

/// The surrogate that an escape at the start of `bytes` stands for.
fn surrogate(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    let code = u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    (0xd800..0xe000).contains(&code).then_some(code)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"["\ud83d\ude00 \u00e9 \\ud83d \"\\"]"#, None)]
    #[case(r#"["\ud83d"]"#, Some(r#"["\ufffd"]"#))]
    #[case(r#"["\ude00\ud83d"]"#, Some(r#"["\ufffd\ufffd"]"#))]
    #[case(r#"["\ud83d\ud83d\ude00x"]"#, Some(r#"["\ufffd\ud83d\ude00x"]"#))]
    #[case(r#"["\ud83d\u00e9"]"#, Some(r#"["\ufffd\u00e9"]"#))]
    #[case(r#"["\\\udc00"]"#, Some(r#"["\\\ufffd"]"#))]
    #[case("[\n\"a\tb\"\n]", Some("[\n\"a\\u0009b\"\n]"))]
    #[case(r#"["\u"#, None)]
    #[case(r#"["\"#, None)]
    #[case("[\"\\日", None)]
    fn mends(#[case] body: &str, #[case] expected: Option<&str>) {
        assert_eq!(mended(body.as_bytes(), 1_000).as_deref(), expected);
    }

    #[test]
    fn bytes_that_are_no_text_become_a_sign_for_that() {
        assert_eq!(mended(b"[\"caf\xe9\"]", 1_000).as_deref(), Some("[\"caf\u{fffd}\"]"));
    }
    #[rstest]
    #[case::control(b"[\"\x01\x01\x01\"]", 22)]
    #[case::bytes(b"[\"\xff\xff\xff\"]", 13)]
    fn what_would_become_too_long_is_not_mended(#[case] body: &[u8], #[case] length: usize) {
        assert_eq!(mended(body, length).map(|mended| mended.len()), Some(length));
        assert_eq!(mended(body, length - 1), None);
    }
}

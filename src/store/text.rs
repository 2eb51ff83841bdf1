//! When two texts are the same text. A road may add or take blanks at the ends and turn one kind of line break into the
//! other; the cache keeps a text as it came, and compares without these.

/// Whether two texts are the same but for blanks at their ends and `\r\n` against `\n`.
pub fn same_text(one: &str, other: &str) -> bool {
    folded(one).eq(folded(other))
}

/// A key under which the same text is found again, for an index: FNV-1a of 32 bits. Part of the file format.
pub(super) fn text_key(text: &str) -> i64 {
    let hash = folded(text).fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    i64::from(hash)
}

fn folded(text: &str) -> impl Iterator<Item = u8> {
    let bytes = text.trim().as_bytes();
    bytes.iter().enumerate().filter(|&(at, &byte)| byte != b'\r' || bytes.get(at + 1) != Some(&b'\n')).map(|(_, &b)| b)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("see you", " see you\n", true)]
    #[case("one\r\ntwo", "one\ntwo", true)]
    #[case("one\rtwo", "one\ntwo", false)]
    #[case("", "  ", true)]
    #[case("See you", "see you", false)]
    fn compares(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
        assert_eq!(same_text(one, other), same);
    }

    #[test]
    fn keys_are_as_in_every_file_so_far() {
        // FNV-1a test vectors (draft-eastlake-fnv, appendix C)
        assert_eq!(text_key(""), 0x811c_9dc5);
        assert_eq!(text_key("foobar"), 0xbf9c_f968);
    }

    proptest! {
        #[test]
        fn same_texts_have_the_same_key(one in "[a\r\n ]{0,8}", other in "[a\r\n ]{0,8}") {
            if same_text(&one, &other) {
                prop_assert_eq!(text_key(&one), text_key(&other));
            }
        }
    }
}

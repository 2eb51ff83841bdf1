//! How many segments a text takes on the air, and why.
//!
//! 3GPP TS 23.038 (the GSM 7-bit default alphabet and its extension table) and TS 23.040 (concatenation): 160 septets in
//! one segment and 153 in each of several, or 70 and 67 UCS-2 units. `mightycall-api.md`, section 21.

use unicode_segmentation::UnicodeSegmentation;

use super::lookalike;

/// The alphabet a message is sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// GSM 7-bit default alphabet with its extension table.
    Gsm7,
    /// UTF-16 code units; one character outside of GSM-7 makes the whole message this.
    Ucs2,
}

impl Encoding {
    /// Units in a message of one segment.
    pub fn single(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// Units in each segment of several: the header that joins them takes the rest.
    pub fn joined(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Self::Gsm7 if EXTENSION.contains(c) => 2,
            Self::Gsm7 => 1,
            Self::Ucs2 => c.len_utf16(),
        }
    }
}

/// What a text costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meter {
    /// The alphabet it needs.
    pub encoding: Encoding,
    /// Septets or UTF-16 units of the whole text.
    pub units: usize,
    /// Segments it goes out in; an empty text has none.
    pub segments: usize,
    /// Units that `segments` segments (one, for an empty text) can hold.
    pub capacity: usize,
    /// The first character that is not in GSM-7.
    pub culprit: Option<char>,
}

/// TS 23.038 §6.2.1, without the escape itself.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// TS 23.038 §6.2.1.1: each takes an escape and a septet.
const EXTENSION: &str = "^{}\\[~]|€\u{c}";

/// Whether GSM-7 has this character.
pub fn is_gsm7(c: char) -> bool {
    match c {
        // all that can be seen but for the backtick, which a test holds against the tables
        ' '..='~' => c != '`',
        c => BASIC.contains(c) || EXTENSION.contains(c),
    }
}

/// What makes a text UCS-2, for whoever writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Culprits {
    /// One of them, whole: an emoji is several characters. Where some have no look-alike in GSM-7, the first of those,
    /// because it is what stands in the way in the end.
    pub named: String,
    /// How many there are of it and of others.
    pub count: usize,
}

/// The graphemes of a text that GSM-7 does not have, and where they are. Words that it has are only glanced at.
pub fn foreign(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive([' ', '\n']).flat_map(move |word| {
        let start = at;
        at += word.len();
        let word = if word.chars().all(is_gsm7) { "" } else { word };
        word.grapheme_indices(true)
            .filter(|(_, grapheme)| !grapheme.chars().all(is_gsm7))
            .map(move |(at, grapheme)| (start + at, grapheme))
    })
}

/// What of a text GSM-7 does not have; `None` where it has all.
pub fn culprits(text: &str) -> Option<Culprits> {
    let mut named: Option<&str> = None;
    let mut in_the_way = false;
    let mut replaceable: Vec<&str> = Vec::new();
    let mut count = 0;
    for (_, grapheme) in foreign(text) {
        count += 1;
        named = named.or(Some(grapheme));
        if in_the_way || replaceable.contains(&grapheme) {
            continue;
        }
        if lookalike::replace(grapheme).is_some() {
            replaceable.push(grapheme);
        } else {
            (named, in_the_way) = (Some(grapheme), true);
        }
    }
    named.map(|named| Culprits { named: named.to_owned(), count })
}

/// Measures a text. Linear in its length; a character of two units is never split across segments.
pub fn measure(text: &str) -> Meter {
    let culprit = text.chars().find(|&c| !is_gsm7(c));
    let encoding = if culprit.is_some() { Encoding::Ucs2 } else { Encoding::Gsm7 };
    let units: usize = text.chars().map(|c| encoding.units(c)).sum();
    let segments = match units {
        0 => 0,
        n if n <= encoding.single() => 1,
        _ => joined_segments(text, encoding),
    };
    let capacity = if segments <= 1 { encoding.single() } else { segments * encoding.joined() };
    Meter { encoding, units, segments, capacity, culprit }
}

fn joined_segments(text: &str, encoding: Encoding) -> usize {
    let mut segments = 1;
    let mut room = encoding.joined();
    for units in text.chars().map(|c| encoding.units(c)) {
        if units > room {
            segments += 1;
            room = encoding.joined();
        }
        room -= units;
    }
    segments
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", Encoding::Gsm7, 0, 0, 160)]
    #[case("Sure, 3 pm", Encoding::Gsm7, 10, 1, 160)]
    #[case(&"a".repeat(160), Encoding::Gsm7, 160, 1, 160)]
    #[case(&"a".repeat(161), Encoding::Gsm7, 161, 2, 306)]
    #[case(&"a".repeat(307), Encoding::Gsm7, 307, 3, 459)]
    #[case("€", Encoding::Gsm7, 2, 1, 160)]
    #[case("Sure — 3", Encoding::Ucs2, 8, 1, 70)]
    #[case("😀", Encoding::Ucs2, 2, 1, 70)]
    #[case(&"é".repeat(70), Encoding::Gsm7, 70, 1, 160)]
    #[case(&"ê".repeat(71), Encoding::Ucs2, 71, 2, 134)]
    // 33 emoji fill 66 of 67 units: the 34th may not be split, so 67 emoji take three segments and not two
    #[case(&"😀".repeat(67), Encoding::Ucs2, 134, 3, 201)]
    // the same with the two septets of a bracket: 76 pairs fill 152 of 153
    #[case(&"[".repeat(153), Encoding::Gsm7, 306, 3, 459)]
    fn measures(
        #[case] text: &str,
        #[case] encoding: Encoding,
        #[case] units: usize,
        #[case] segments: usize,
        #[case] capacity: usize,
    ) {
        let meter = measure(text);
        assert_eq!(
            (meter.encoding, meter.units, meter.segments, meter.capacity),
            (encoding, units, segments, capacity)
        );
    }

    #[test]
    fn names_the_first_culprit() {
        assert_eq!(measure("don’t — go").culprit, Some('’'));
        assert_eq!(measure("plain").culprit, None);
    }

    #[test]
    fn the_short_way_through_ascii_agrees_with_the_tables() {
        for c in '\0'..='\u{7f}' {
            assert_eq!(is_gsm7(c), BASIC.contains(c) || EXTENSION.contains(c), "{c:?}");
        }
    }

    #[rstest]
    #[case("plain", None)]
    #[case("don’t — go", Some(("’", 2)))]
    // what can be replaced is not what stands in the way
    #[case("don’t 👩\u{200d}🔧 — 😀", Some(("👩\u{200d}🔧", 4)))]
    #[case("日本", Some(("日", 2)))]
    fn names_the_culprits(#[case] text: &str, #[case] expected: Option<(&str, usize)>) {
        let found = culprits(text);
        assert_eq!(found.as_ref().map(|found| (found.named.as_str(), found.count)), expected);
    }

    proptest! {
        #[test]
        fn everything_fits_its_segments(text in any::<String>()) {
            let meter = measure(&text);
            prop_assert!(meter.units <= meter.capacity);
            prop_assert_eq!(meter.segments == 0, text.is_empty());
        }
    }
}

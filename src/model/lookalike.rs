//! Characters that GSM-7 lacks and that have a look-alike in it. One curly quote makes a message UCS-2 and so more than
//! twice as long on the air; a straight one says the same.
//!
//! Whole graphemes are replaced or stay: a mark never loses its letter, an emoji never its joiners. Scripts that GSM-7
//! cannot write stay as they are, because half of a Greek or Cyrillic word in Latin letters helps nobody.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use unicode_segmentation::UnicodeSegmentation;

use super::segment::is_gsm7;

/// One kind of replacement and how often it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What stood there.
    pub from: String,
    /// What stands there now; empty for what could not be seen.
    pub to: String,
    /// How often.
    pub count: usize,
}

/// A text with its look-alikes in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// All of it.
    pub text: String,
    /// What was replaced, in the order in which it first stood there.
    pub changes: Vec<Change>,
}

/// Replaces what has a look-alike; `None` where nothing has. What GSM-7 has is never touched, and no text becomes empty.
pub fn replace(text: &str) -> Option<Replaced> {
    let mut out = Replaced { text: text.to_owned(), changes: Vec::new() };
    // what stood apart may join to one grapheme that has a look-alike; there is less to replace each time
    while let Some(text) = pass(&out.text, &mut out.changes) {
        out.text = text;
    }
    (!out.changes.is_empty() && !out.text.is_empty()).then_some(out)
}

fn pass(text: &str, changes: &mut Vec<Change>) -> Option<String> {
    if text.chars().all(is_gsm7) {
        return None;
    }
    let right_to_left = text.chars().any(is_right_to_left);
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    let mut known: Vec<(&str, Option<String>)> = Vec::new();
    for piece in text.split_inclusive([' ', '\n']).flat_map(pieces) {
        if piece.chars().all(is_gsm7) {
            out.push_str(piece);
            continue;
        }
        let grapheme = piece;
        let after_digit = out.ends_with(|c: char| c.is_ascii_digit());
        let keeps = |c: char| (right_to_left && is_bidi(c)) || (after_digit && is_raised(c));
        let with = if let Some((_, with)) = known.iter().find(|(known, _)| *known == grapheme) {
            with.clone()
        } else {
            let with = of_grapheme(grapheme);
            known.push((grapheme, with.clone()));
            with
        };
        match with.filter(|_| !grapheme.chars().any(keeps)) {
            Some(mut with) => {
                if after_digit && grapheme.chars().any(is_fraction) {
                    // "1½" is not "11/2"
                    with.insert(0, ' ');
                }
                out.push_str(&with);
                note(changes, grapheme, with);
                changed = true;
            }
            None => out.push_str(grapheme),
        }
    }
    changed.then_some(out)
}

/// A word that GSM-7 has as it is, any other by its graphemes.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let known = word.chars().all(is_gsm7);
    let (whole, parts) = if known { (Some(word), "") } else { (None, word) };
    whole.into_iter().chain(parts.graphemes(true))
}

fn note(changes: &mut Vec<Change>, from: &str, to: String) {
    match changes.iter_mut().find(|change| change.from == from && change.to == to) {
        Some(change) => change.count += 1,
        None => changes.push(Change { from: from.to_owned(), to, count: 1 }),
    }
}

/// What a grapheme becomes, all of it in GSM-7; `None` where it stays.
fn of_grapheme(grapheme: &str) -> Option<String> {
    if grapheme.chars().all(is_gsm7) || is_picture(grapheme) {
        return None;
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(grapheme);
    let mut out = String::new();
    for c in composed.chars() {
        if is_gsm7(c) {
            out.push(c);
        } else if let Some(with) = of(c) {
            out.push_str(with);
        } else if !is_droppable_mark(c) {
            out.push_str(&without_marks(c)?);
        }
    }
    Some(out)
}

/// The Latin letters and signs that a character is made of, where it is made of nothing else: `ő` is `o`, `ﬁ` is `fi`.
fn without_marks(c: char) -> Option<String> {
    let parts: String = DecomposingNormalizerBorrowed::new_nfkd()
        .normalize(c.encode_utf8(&mut [0; 4]))
        .chars()
        .filter(|&part| !is_droppable_mark(part))
        .map(|part| if part == '\u{2044}' { '/' } else { part })
        .collect();
    // an accent that stands alone is a blank with a mark
    (parts.chars().all(|part| part.is_ascii_graphic() && is_gsm7(part)) && !parts.is_empty()).then_some(parts)
}

/// The table: what no rule of Unicode tells.
fn of(c: char) -> Option<&'static str> {
    Some(match c {
        // quotes
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '‵' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˈ' | 'ˊ' | 'ˋ' | '´' | '`' | '❛'
        | '❜' => "'",
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '‶' | 'ʺ' | '˝' | '¨' | '❝' | '❞' | '〝' | '〞' | '〟' => {
            "\""
        }
        '‴' => "'''",
        // dashes and lines
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '⁃' | '﹘' | '─' | '¯' | '˗' => "-",
        '¦' | '│' | '∣' => "|",
        '‖' => "||",
        '˜' | '∼' | '≈' => "~",
        'ˆ' => "^",
        '‗' => "_",
        '⁄' | '∕' | '÷' => "/",
        // bullets and dots
        '•' | '‣' | '◦' | '▪' | '▫' | '●' | '○' | '■' | '□' | '◆' | '◇' => "*",
        '·' | '∙' | '⋅' | '・' => ".",
        '…' | '⋯' => "...",
        '‥' => "..",
        '¸' => ",",
        // signs
        '×' | '✕' | '✖' => "x",
        '±' => "+/-",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '→' | '⟶' | '➔' | '➜' | '➝' | '➞' => "->",
        '←' | '⟵' => "<-",
        '↔' => "<->",
        '⇒' => "=>",
        '⇐' => "<=",
        '©' => "(c)",
        '®' => "(R)",
        '™' => "(TM)",
        '℠' => "(SM)",
        'µ' | 'μ' => "u",
        // letters of their own
        'ø' | 'Ø' => return None,
        'Œ' => "OE",
        'œ' => "oe",
        'Ĳ' => "IJ",
        'ĳ' => "ij",
        'Ł' => "L",
        'ł' => "l",
        'Đ' | 'Ð' => "D",
        'đ' | 'ð' => "d",
        'Ħ' => "H",
        'ħ' => "h",
        'ı' => "i",
        'Ŧ' => "T",
        'ŧ' => "t",
        'Þ' => "Th",
        'þ' => "th",
        'Ŋ' => "N",
        'ŋ' => "n",
        'ĸ' => "k",
        'ŉ' => "'n",
        'ẞ' => "SS",
        'Ə' => "E",
        'ə' => "e",
        'ƒ' => "f",
        // blanks of every width, and line breaks of another form
        '\t' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => " ",
        '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' => "\n",
        // what nobody sees
        '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => "",
        c if is_bidi(c) => "",
        _ => return None,
    })
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Letters that are written from right to left: there, the marks that steer the direction mean something.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
        && !is_bidi(c)
}

/// Marks that a Latin letter can lose.
fn is_droppable_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20df}'
        | '\u{20e1}' | '\u{20e5}'..='\u{20f0}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}'
        | '\u{e0100}'..='\u{e01ef}')
}

/// "10²" is not "102".
fn is_raised(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | 'ª' | 'º' | '\u{2070}'..='\u{209c}')
}

fn is_fraction(c: char) -> bool {
    matches!(c, '¼'..='¾' | '\u{2150}'..='\u{215f}' | '\u{2189}' | '\u{2460}'..='\u{249b}')
}

/// Emoji and keycaps: they stay.
fn is_picture(grapheme: &str) -> bool {
    let first = grapheme.chars().next().unwrap_or_default();
    grapheme.chars().any(|c| matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{20e3}'))
        || (!first.is_ascii() && grapheme.contains('\u{fe0f}'))
        || (!first.is_ascii() && grapheme.chars().nth(1).is_some_and(|c| c == '\u{200d}') && of(first).is_none())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::model::segment::{Encoding, measure};

    fn plain(text: &str) -> String {
        replace(text).map_or_else(|| text.to_owned(), |replaced| replaced.text)
    }

    #[rstest]
    #[case("“Don’t” — it’s fine…", "\"Don't\" - it's fine...")]
    #[case("2\u{a0}pm\u{202f}– 3\u{2009}pm", "2 pm - 3 pm")]
    #[case("• one\n• two", "* one\n* two")]
    #[case("5′ 10″ × 3 − 1", "5' 10\" x 3 - 1")]
    #[case("crème brûlée, façade, Zoë, naïve", "crème brulée, facade, Zoe, naive")]
    #[case("Ő ő Ű ű Č ś ż ğ İ ı", "O o U u C s z g I i")]
    #[case("Łódź, Đorđe, œuvre, ﬁx, Ǆ", "Lodz, Dorde, oeuvre, fix, DZ")]
    #[case("de\u{301}ja\u{300} o\u{302}", "déjà o")]
    #[case("1½ h, ½ off, ⅓", "1 1/2 h, 1/2 off, 1/3")]
    #[case("12 m², 10²", "12 m2, 10²")]
    #[case("ＡＢＣ １２３", "ABC 123")]
    #[case("z\u{200b}e\u{2060}r\u{feff}o\u{ad} \u{200e}left", "zero left")]
    #[case("\u{212b} \u{2126}", "Å Ω")]
    #[case("A→B ©™", "A->B (c)(TM)")]
    fn looks_alike(#[case] text: &str, #[case] with: &str) {
        assert_eq!(plain(text), with);
    }

    #[rstest]
    #[case("plain [text] {name} €5 ~ ^ | \\ @£$¥èéùìòÇØøÅåÄÖÑÜäöñüàßÆæÉ¿¡§ΔΩ")]
    #[case("👩\u{200d}🔧 ❤\u{fe0f} 1\u{fe0f}\u{20e3} 🇩🇪 👍🏽 ©\u{fe0f}")]
    #[case("日本語 Привет Ώρα שָׁלוֹם\u{200f} مرحبا क्\u{200d}ष")]
    #[case("72°F")]
    #[case("\u{200b}")]
    #[case("")]
    fn stays(#[case] text: &str) {
        assert_eq!(replace(text), None, "{text}");
    }

    #[test]
    fn tells_what_it_did() {
        let changes = replace("“a” – “b”").unwrap().changes;
        let told: Vec<_> = changes.iter().map(|c| (c.from.as_str(), c.to.as_str(), c.count)).collect();
        assert_eq!(told, [("“", "\"", 2), ("”", "\"", 2), ("–", "-", 1)]);
    }

    #[test]
    fn saves_segments() {
        let text = format!("{}—", "a".repeat(140));
        assert_eq!((measure(&text).segments, measure(&plain(&text)).segments), (3, 1));
    }

    #[test]
    fn every_row_of_the_table_is_needed_and_in_gsm7() {
        for c in '\0'..='\u{ffff}' {
            if let Some(with) = of(c) {
                assert!(!is_gsm7(c) && with.chars().all(is_gsm7), "{c:?}");
            }
        }
    }

    fn texts() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            3 => prop::sample::select(vec![
                "a", "e", "1", " ", "\u{301}", "\u{200b}", "\u{200d}", "\u{fe0f}", "\u{20e3}", "’", "—", "½", "²", "ő", "日", "ש", "\u{200f}",
                "😀", "👩\u{200d}🔧", "🇩", "ﬁ", "\r", "\n", "क", "\u{34f}", "é", "\u{2044}",
            ]).prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn once_is_enough(text in texts()) {
            let once = plain(&text);
            prop_assert_eq!(replace(&once), None, "{:?}", once);
        }

        #[test]
        fn empties_nothing_and_adds_nothing_foreign(text in texts()) {
            let with = plain(&text);
            prop_assert_eq!(with.is_empty(), text.is_empty());
            let foreign = |text: &str| text.chars().filter(|c| !is_gsm7(*c)).count();
            prop_assert!(foreign(&with) <= foreign(&text));
            prop_assert!(replace(&text).is_none() || foreign(&with) < foreign(&text));
        }

        #[test]
        fn leaves_gsm7_alone(text in "[ -_a-~\n€éèàçÇñü]{0,40}") {
            let known = text.replace('ç', "");
            prop_assert_eq!(replace(&known), None);
            prop_assert_eq!(plain(&text), text.replace('ç', "c"));
            prop_assert_eq!(measure(&plain(&text)).encoding, Encoding::Gsm7);
        }
    }
}

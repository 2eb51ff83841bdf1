//! What a text costs on the air, why, and what would make it cost less.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::model::segment::{Culprits, Encoding, Meter, culprits, foreign, measure};
use crate::model::text::safe_line;
use crate::model::{blanks, lookalike};
use crate::tui::widgets::paint::Ink;

/// Where more characters than this are outside of GSM-7, they are the text, and marking them helps nobody.
const MARKED: usize = 20;

/// What a text costs, measured once for every change.
#[derive(Debug, Clone)]
pub(crate) struct Cost {
    meter: Meter,
    culprits: Option<Culprits>,
    /// What it would come to with look-alikes in place, where there are any.
    plain: Option<Plain>,
    marks: Vec<(Range<usize>, Ink)>,
}

/// A text with look-alikes in place.
#[derive(Debug, Clone, Copy)]
struct Plain {
    encoding: Encoding,
    segments: usize,
    /// Characters that give way.
    replaced: usize,
}

impl Plain {
    fn of(text: &str) -> Option<Self> {
        let plain = lookalike::replace(text)?;
        let Meter { encoding, segments, .. } = measure(&plain.text);
        Some(Self { encoding, segments, replaced: plain.changes.iter().map(|change| change.count).sum() })
    }

    /// What they are good for, at length and in short.
    fn words(self, before: usize) -> [String; 2] {
        let after = self.segments;
        match self.encoding {
            _ if after < before => [format!("{before} → {}", count(after)), format!("{before} → {after}")],
            Encoding::Gsm7 => [format!("GSM-7, {} either way", count(after)), "GSM-7".to_owned()],
            Encoding::Ucs2 if self.replaced == 1 => ["1 look-alike, still UCS-2".to_owned(), "1 look-alike".to_owned()],
            Encoding::Ucs2 => {
                [format!("{} look-alikes, still UCS-2", self.replaced), format!("{} look-alikes", self.replaced)]
            }
        }
    }
}

impl Cost {
    /// Measures a text.
    pub(crate) fn of(text: &str) -> Self {
        // what goes out has no blanks at its end
        let text = text.trim_end();
        let meter = measure(text);
        let culprits = culprits(text);
        let plain = culprits.as_ref().and_then(|_| Plain::of(text));
        let mut marks: Vec<_> = blanks::blanks(text).map(|blank| (blank, Ink::Accent)).collect();
        if culprits.as_ref().is_some_and(|culprits| culprits.count <= MARKED) {
            marks.extend(foreign(text).map(|(at, grapheme)| (at..at + grapheme.len(), Ink::Warn)));
        }
        Self { meter, culprits, plain, marks }
    }

    /// Segments it goes out in.
    pub(crate) fn segments(&self) -> usize {
        self.meter.segments
    }

    /// Whether all of it is GSM-7.
    pub(crate) fn is_plain(&self) -> bool {
        self.meter.encoding == Encoding::Gsm7
    }

    /// How the meter looks: a text that costs more than it need is to be looked at, and more so one that may be cut.
    pub(crate) fn ink(&self, many: usize) -> Ink {
        match &self.culprits {
            _ if self.meter.segments >= many.max(1) => Ink::Bad,
            Some(_) => Ink::Warn,
            None => Ink::Dim,
        }
    }

    /// What in the text is worth a look: what makes it UCS-2, and blanks.
    pub(crate) fn marks(&self) -> &[(Range<usize>, Ink)] {
        &self.marks
    }

    /// The meter, as plain as there is room for: `25/70 · 1 segment · UCS-2 because of “—”`, or `25/70 ×1 “—”`.
    /// `key` is what replaces look-alikes.
    pub(crate) fn words(&self, room: usize, key: &str) -> String {
        let Meter { units, capacity, segments, .. } = self.meter;
        let short = format!("{units}/{capacity} ×{segments}");
        let long = format!("{units}/{capacity} · {}", count(segments));
        let mut forms = Vec::new();
        if let Some(culprits) = &self.culprits {
            let named = named(culprits);
            let more = match culprits.count - 1 {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            if let Some(plain) = self.plain.filter(|_| !key.is_empty()) {
                let [at_length, in_short] = plain.words(segments);
                forms.push(format!("{long} · UCS-2 because of {named}{more} · {key}: {at_length}"));
                forms.push(format!("{long} · UCS-2: {named}{more} · {key}: {at_length}"));
                forms.push(format!("{long} · UCS-2: {named}{more} · {key}: {in_short}"));
                // shorter still, only what saves something
                if plain.segments < segments {
                    forms.push(format!("{short} UCS-2 {named} · {key}: ×{}", plain.segments));
                    forms.push(format!("{short} {named} {key}: ×{}", plain.segments));
                } else if plain.encoding == Encoding::Gsm7 {
                    forms.push(format!("{short} UCS-2 {named} · {key}: GSM-7"));
                    forms.push(format!("{short} {named} {key}: GSM-7"));
                }
            }
            forms.push(format!("{long} · UCS-2 because of {named}{more}"));
            forms.push(format!("{long} · UCS-2: {named}{more}"));
            forms.push(format!("{short} UCS-2 {named}"));
            forms.push(format!("{short} {named}"));
        } else {
            forms.push(format!("{long} · GSM-7"));
            forms.push(long);
        }
        forms.push(short.clone());
        forms.into_iter().find(|form| form.width() <= room).unwrap_or(short)
    }

    /// What it would come to with `more` in the text, for whoever is about to put it in.
    pub(crate) fn with(text: &str) -> (Encoding, usize) {
        let meter = measure(text);
        (meter.encoding, meter.segments)
    }
}

/// `1 segment`, `2 segments`.
pub(crate) fn count(segments: usize) -> String {
    if segments == 1 { "1 segment".to_owned() } else { format!("{segments} segments") }
}

/// A character as one can read it, be it one that nobody sees.
pub(crate) fn bare(piece: &str) -> String {
    let safe = safe_line(piece);
    match piece.chars().next() {
        Some(first) if safe.is_empty() => format!("U+{:04X}", first as u32),
        _ => safe,
    }
}

/// [`bare`], in quotes where it can be seen.
pub(crate) fn shown(piece: &str) -> String {
    if safe_line(piece).is_empty() { bare(piece) } else { format!("“{}”", bare(piece)) }
}

fn named(culprits: &Culprits) -> String {
    match culprits.named.as_str() {
        // in quotes nobody would see them
        quote @ ("“" | "”" | "„" | "‘" | "’" | "‚") => format!("curly {quote}"),
        other => shown(other),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Sure", 80, "4/160 · 1 segment · GSM-7")]
    #[case("Sure", 18, "4/160 · 1 segment")]
    #[case("Sure", 8, "4/160 ×1")]
    #[case("Sure", 0, "4/160 ×1")]
    #[case("Sure — 3", 80, "8/70 · 1 segment · UCS-2 because of “—” · Alt-R: GSM-7, 1 segment either way")]
    #[case("Sure — 3", 70, "8/70 · 1 segment · UCS-2: “—” · Alt-R: GSM-7, 1 segment either way")]
    #[case("Sure — 3", 48, "8/70 · 1 segment · UCS-2: “—” · Alt-R: GSM-7")]
    #[case("Sure — 3", 32, "8/70 ×1 UCS-2 “—” · Alt-R: GSM-7")]
    #[case("Sure — 3", 24, "8/70 ×1 “—” Alt-R: GSM-7")]
    #[case("Sure — 3’", 56, "9/70 · 1 segment · UCS-2: “—” and 1 more · Alt-R: GSM-7")]
    #[case("Sure 😀", 80, "7/70 · 1 segment · UCS-2 because of “😀”")]
    #[case("Sure — 3", 16, "8/70 ×1 “—”")]
    #[case("Sure\u{200b}", 80, "5/70 · 1 segment · UCS-2 because of U+200B · Alt-R: GSM-7, 1 segment either way")]
    #[case("😀 —", 99, "4/70 · 1 segment · UCS-2 because of “😀” and 1 more · Alt-R: 1 look-alike, still UCS-2")]
    #[case("😀 — –", 70, "6/70 · 1 segment · UCS-2: “😀” and 2 more · Alt-R: 2 look-alikes")]
    #[case("😀 —", 44, "4/70 · 1 segment · UCS-2: “😀” and 1 more")]
    fn says_what_it_costs_and_why(#[case] text: &str, #[case] room: usize, #[case] words: &str) {
        assert_eq!(Cost::of(text).words(room, "Alt-R"), words);
    }

    #[rstest]
    #[case(90, "141/201 · 3 segments · UCS-2 because of “—” · Alt-R: 3 → 1 segment")]
    #[case(50, "141/201 · 3 segments · UCS-2: “—” · Alt-R: 3 → 1")]
    #[case(35, "141/201 ×3 UCS-2 “—” · Alt-R: ×1")]
    #[case(26, "141/201 ×3 “—” Alt-R: ×1")]
    #[case(18, "141/201 ×3 “—”")]
    fn says_what_look_alikes_would_save(#[case] room: usize, #[case] words: &str) {
        let text = format!("{}—", "a".repeat(140));
        assert_eq!(Cost::of(&text).words(room, "Alt-R"), words);
    }

    #[test]
    fn marks_what_is_foreign_unless_all_is() {
        assert_eq!(Cost::of("a—{b}").marks(), [(4..7, Ink::Accent), (1..4, Ink::Warn)]);
        assert!(Cost::of(&"日".repeat(30)).marks().is_empty());
    }
}

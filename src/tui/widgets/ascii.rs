//! The screen in ASCII alone, for a locale that has no more.

use ratatui::buffer::Buffer;

/// Replaces everything that is not ASCII.
pub(crate) fn only_ascii(buf: &mut Buffer) {
    for cell in &mut buf.content {
        if !cell.symbol().is_ascii() {
            let plain = plain(cell.symbol());
            cell.set_symbol(plain.encode_utf8(&mut [0; 4]));
        }
    }
}

/// Replaces lines and blocks, which a screen reader would read by their names.
pub(crate) fn no_drawing(buf: &mut Buffer) {
    for cell in &mut buf.content {
        if cell.symbol().starts_with(|c| matches!(c, '\u{2500}'..='\u{259f}')) {
            let plain = plain(cell.symbol());
            cell.set_symbol(plain.encode_utf8(&mut [0; 4]));
        }
    }
}

/// What a cell's text becomes: frames, marks and punctuation what is most like them, letters of Latin alphabets the letter
/// without its accent, all else `?`.
fn plain(symbol: &str) -> char {
    let mut chars = symbol.chars();
    let Some(first) = chars.next() else { return ' ' };
    // a letter with marks of its own is that letter
    if first.is_ascii() { first } else { mark(first).or_else(|| letter(first)).unwrap_or('?') }
}

fn mark(c: char) -> Option<char> {
    Some(match c {
        '─' | '━' | '═' | '—' | '–' | '‐' | '‑' | '−' | '―' => '-',
        '│' | '┃' | '║' | '▏' | '▎' | '¦' => '|',
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '╭' | '╮' | '╰' | '╯' | '✓' | '✔' => {
            '+'
        }
        '●' | '★' | '☆' | '✱' => '*',
        '○' | '◌' | '◯' | '°' => 'o',
        '▌' | '»' | '›' | '▶' | '▸' | '→' | '❯' => '>',
        '«' | '‹' | '◀' | '◂' | '←' => '<',
        '▾' | '▼' | '↓' => 'v',
        '⊘' => 'm',
        '▴' | '▲' | '↑' => '^',
        '✗' | '✘' | '×' => 'x',
        '…' => '~',
        '·' | '•' | '∙' => '.',
        '“' | '”' | '„' | '″' | '‟' => '"',
        '‘' | '’' | '‚' | '′' | '‛' => '\'',
        '█' | '▉' | '▊' | '▋' | '▓' | '▀' | '▄' | '■' | '▪' => '#',
        '▒' => '=',
        '░' | '□' | '▫' => '.',
        '⏎' | '↵' => '/',
        '≈' => '~',
        '÷' => '/',
        '¡' => '!',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => ' ',
        // pictures of control characters: ␛ and the like stand for what was taken out
        '\u{2400}'..='\u{2426}' => '^',
        _ => return None,
    })
}

/// Letters of Western, Central and Northern European alphabets, in the order of the code.
fn letter(c: char) -> Option<char> {
    // U+00C0 to U+017F
    const LATIN: &[u8; 192] = b"AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty\
AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
    let at = u32::from(c).checked_sub(0xc0)?;
    LATIN.get(usize::try_from(at).ok()?).map(|&byte| char::from(byte))
}

/// Which characters of a text ASCII does not have, as `U+1F600 ×2`, each once and in their order; `None` where there is
/// none.
pub(crate) fn codes(text: &str) -> Option<String> {
    const MOST: usize = 40;
    let mut counts: Vec<(char, usize)> = Vec::new();
    for c in text.chars().filter(|c| !c.is_ascii()) {
        match counts.iter_mut().find(|(other, _)| *other == c) {
            Some((_, count)) => *count += 1,
            None => counts.push((c, 1)),
        }
    }
    let word = |(c, count): &(char, usize)| {
        let times = if *count > 1 { format!(" x{count}") } else { String::new() };
        format!("U+{:04X}{times}", u32::from(*c))
    };
    let more = counts.len().saturating_sub(MOST);
    let mut words: Vec<String> = counts.iter().take(MOST).map(word).collect();
    if more > 0 {
        words.push(format!("and {more} others"));
    }
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use rstest::rstest;
    use syn::visit::Visit;

    use super::*;

    #[rstest]
    #[case("é", 'e')]
    #[case("e\u{301}", 'e')]
    #[case("Ž", 'Z')]
    #[case("ß", 's')]
    #[case("Ø", 'O')]
    #[case("ø", 'o')]
    #[case("ł", 'l')]
    #[case("ŋ", 'n')]
    #[case("ſ", 's')]
    #[case("日", '?')]
    #[case("👩\u{200d}🔧", '?')]
    #[case("1\u{fe0f}\u{20e3}", '1')]
    #[case("א", '?')]
    #[case("│", '|')]
    fn becomes(#[case] symbol: &str, #[case] is: char) {
        assert_eq!(plain(symbol), is);
    }

    #[test]
    fn the_alphabets_are_in_their_order() {
        for (c, is) in
            "ÀÅÆÇÉÎÑÖÜÝàåæçéîñöüÿĀćčďęğħıķŁńőŘšťůŵŷżž".chars().zip("AAACEINOUYaaaceinouyAccdeghikLnoRstuwyzz".chars())
        {
            assert_eq!(letter(c), Some(is), "{c}");
        }
    }

    #[test]
    fn codes_are_told_once_each() {
        assert_eq!(codes("plain"), None);
        assert_eq!(codes("😀é😀").as_deref(), Some("U+1F600 x2, U+00E9"));
        assert!(codes(&('\u{4e00}'..'\u{4f00}').collect::<String>()).unwrap().ends_with("and 216 others"));
    }

    /// Texts of the source, those of tests left out.
    #[derive(Default)]
    struct Texts(String);

    impl<'ast> Visit<'ast> for Texts {
        fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
            if item.ident != "tests" {
                syn::visit::visit_item_mod(self, item);
            }
        }

        fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
            self.0.push_str(&text.value());
        }

        fn visit_macro(&mut self, call: &'ast syn::Macro) {
            // what `format!` and the like are given is tokens
            self.0.push_str(&call.tokens.to_string());
        }

        fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
    }

    fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "tests") {
                sources(&path, into);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                into.push(path);
            }
        }
    }

    /// Whatever the views paint by themselves has something in its place.
    #[test]
    fn the_table_is_complete() {
        let mut files = Vec::new();
        for room in ["views", "widgets"] {
            sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui").join(room), &mut files);
        }
        files.retain(|path| !path.ends_with("widgets/ascii.rs") && !path.ends_with("tests.rs"));
        let mut texts = Texts::default();
        for path in &files {
            texts.visit_file(&syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap());
        }
        assert!(files.len() > 20 && texts.0.contains('▌') && texts.0.contains('…'));
        let lacks: String = texts
            .0
            .chars()
            .filter(|c| plain(c.encode_utf8(&mut [0; 4])) == '?' && !matches!(c, '?' | '\u{fffd}'))
            .collect();
        assert_eq!(lacks, "", "these have nothing in their place");
    }
}

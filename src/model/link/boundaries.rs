//! Where an address in running text ends. RFC 3987 lets nearly every character beyond ASCII stand in an address; people
//! write their own punctuation right behind one, in many scripts without a blank between.

use std::ops::Range;

/// The parts of a text between the characters that no address goes on over, so that each is looked through by itself.
pub(super) fn parts(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut ends: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    let mut word = Word::default();
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let owns = || c == '\'' && word.is_host() && closes(rest);
        if ends_address(c) || (c == '’' && closes(rest)) || owns() {
            ends.push(start..at);
            start = at + c.len_utf8();
            word = Word::default();
        } else {
            word.push(c);
        }
    }
    ends.push(start..text.len());
    ends.into_iter().filter(|part| !part.is_empty())
}

/// Punctuation that ends a sentence or a part of one, or sets it in quotes or brackets, in scripts beyond ASCII. Dashes
/// within words and the middle dot of Japanese names are part of addresses.
fn ends_address(c: char) -> bool {
    match c {
        '…' | '⋯' | '—' | '―' | '“' | '”' | '„' | '‘' | '‚' | '«' | '»' | '‹' | '›' => true,
        // Arabic, Devanagari, Armenian, Ethiopic, Khmer
        '،' | '؛' | '؟' | '۔' | '।' | '॥' | '։' | '።' | '፣' | '។' => true,
        // CJK symbols and punctuation without the marks of iteration and number that are letters
        '\u{3000}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{3030}' | '\u{303d}' => true,
        // vertical, small and full-width forms; half-width brackets and stops
        '\u{fe10}'..='\u{fe19}' | '\u{fe30}'..='\u{fe4f}' | '\u{fe50}'..='\u{fe6b}' => true,
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff64}' => true,
        _ => false,
    }
}

/// Whether an apostrophe before this closes a quotation, or stands before an ending such as that of "example.com’s".
fn closes(rest: &str) -> bool {
    let letters = rest.chars().take(3).take_while(|c| c.is_alphanumeric()).count();
    letters == 0 || (letters <= 2 && rest.starts_with(|c: char| c.is_alphabetic()))
}

/// What is known of a word up to where it was read.
#[derive(Default)]
struct Word {
    /// Its last two characters.
    tail: [char; 2],
    has_scheme: bool,
    /// Behind the scheme, where there is one.
    has_dot: bool,
    /// As [`Self::has_dot`].
    has_path: bool,
}

impl Word {
    fn push(&mut self, c: char) {
        if c.is_whitespace() {
            *self = Self::default();
        } else if c == '/' && self.tail == [':', '/'] && !self.has_scheme {
            *self = Self { has_scheme: true, ..Self::default() };
        } else {
            self.tail = [self.tail[1], c];
            self.has_dot |= c == '.';
            self.has_path |= matches!(c, '/' | '?' | '#');
        }
    }

    /// Whether it is a host without a path: an apostrophe can stand in a path, and in no host.
    fn is_host(&self) -> bool {
        self.has_dot && !self.has_path
    }
}

/// Which part of what was found is the address: a page without marks that ended up at its end; a mailbox without letters of
/// another script around it (mailboxes are ASCII here).
pub(super) fn within(found: &str, is_mail: bool) -> Range<usize> {
    if !is_mail {
        return 0..found.trim_end_matches(['–', '・', '·']).len();
    }
    let (name, host) = found.split_at(found.find('@').unwrap_or(0));
    let start =
        name.rfind(|c: char| !c.is_ascii()).map_or(0, |at| at + name[at..].chars().next().map_or(0, char::len_utf8));
    let host = &host[..host.find(|c: char| !c.is_ascii()).unwrap_or(host.len())];
    start..name.len() + host.trim_end_matches(['.', '-']).len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by looking back from each apostrophe over all of the word before it.
    fn by_looking_back(text: &str) -> Vec<Range<usize>> {
        let (mut out, mut start) = (Vec::new(), 0);
        for (at, c) in text.char_indices() {
            let rest = &text[at + c.len_utf8()..];
            let word = text[start..at].rsplit(char::is_whitespace).next().unwrap_or_default();
            let host = word.split_once("://").map_or(word, |(_, host)| host);
            let owns = c == '\'' && host.contains('.') && !host.contains(['/', '?', '#']);
            if ends_address(c) || (matches!(c, '\'' | '’') && closes(rest) && (owns || c == '’')) {
                out.push(start..at);
                start = at + c.len_utf8();
            }
        }
        out.push(start..text.len());
        out.retain(|part| !part.is_empty());
        out
    }

    #[test]
    fn a_megabyte_of_apostrophes_is_looked_through_once() {
        for (before, unit, ends) in
            [(".", "'", 1), ("a", "'", 0), ("a", "'abc", 0), ("a.b/", "'", 0), ("", "’", 1_000_000)]
        {
            let text = format!("{before}{}", unit.repeat(1_000_000 / unit.chars().count()));
            let cut: usize = text.len() - parts(&text).map(|part| part.len()).sum::<usize>();
            let marks = if unit == "’" { '’'.len_utf8() } else { 1 };
            assert_eq!(cut, ends * marks, "{before}{unit}…");
        }
    }

    proptest! {
        #[test]
        fn the_state_of_a_word_is_what_looking_back_finds(text in "[ab.:/?#'’… \n]{0,24}|(a\\.b|://|'|'s | ){0,10}") {
            prop_assert_eq!(parts(&text).collect::<Vec<_>>(), by_looking_back(&text));
        }
    }
}

//! Where an address in running text ends. RFC 3987 lets nearly every character beyond ASCII stand in an address; people
//! write their own punctuation right behind one, in many scripts without a blank between.

use std::ops::Range;

/// The parts of a text between the characters that no address goes on over, so that each is looked through by itself.
pub(super) fn parts(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut ends: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let owns = || c == '\'' && closes(rest) && is_host(&text[start..at]);
        if ends_address(c) || (c == '’' && closes(rest)) || owns() {
            ends.push(start..at);
            start = at + c.len_utf8();
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
    let letters = rest.chars().take_while(|c| c.is_alphanumeric()).count();
    letters == 0 || (letters <= 2 && rest.starts_with(|c: char| c.is_alphabetic()))
}

/// Whether the last word is a host without a path: an apostrophe can stand in a path, and in no host.
fn is_host(before: &str) -> bool {
    let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    let host = word.split_once("://").map_or(word, |(_, host)| host);
    host.contains('.') && !host.contains(['/', '?', '#'])
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

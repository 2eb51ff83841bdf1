//! Whether a text in MightyCall's history is one that was written here, although the service has rewritten it: other
//! blanks, quotes, dashes or accents, HTML entities, a line about opting out at its end, or only a part of it.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

use super::kinds::{is_hidden, is_joiner, is_selector};
use crate::model::words::words;

/// A shorter text is not taken for the beginning of another one: too many texts begin with "Hello".
pub const LONG_ENOUGH: usize = 20;

/// A text as it is compared: entities decoded, compatible characters made one (NFKC), quotes and dashes straight, nothing
/// invisible, no blanks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Folded(String);

impl Folded {
    /// Folds a text.
    pub fn new(text: &str) -> Self {
        let text = decoded(text);
        let normal = ComposingNormalizerBorrowed::new_nfkc().normalize(&text);
        let mut folded = String::with_capacity(normal.len());
        for c in normal.chars() {
            match c {
                _ if c.is_whitespace() || c.is_control() => {}
                _ if is_hidden(c) || is_joiner(c) || is_selector(c) => {}
                '‘' | '’' | '‚' | '‛' | '′' | '‵' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | '`' | '´' | '‹' | '›' =>
                {
                    folded.push('\'');
                }
                '“' | '”' | '„' | '‟' | '″' | '‶' | '«' | '»' | '〝' | '〞' => folded.push('"'),
                '‐'..='―' | '−' | '⁃' | '-' => {
                    // one dash may be written as two
                    if !folded.ends_with('-') {
                        folded.push('-');
                    }
                }
                _ => folded.push(c),
            }
        }
        // two of a kind are one of the other: NFKC makes `″` of two primes
        Self(folded.replace("''", "\""))
    }

    /// How many characters it has.
    pub fn len(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether nothing is left of the text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Without its first `count` characters.
    #[must_use]
    pub fn without(&self, count: usize) -> Self {
        let at = self.0.char_indices().nth(count).map_or(self.0.len(), |(at, _)| at);
        Self(self.0[at..].to_owned())
    }

    /// How many characters of this text `piece` shows, where this text begins with it. A number such as `(1/3)` around a
    /// piece, dots at its end, and a line about opting out after the end of this text are the service's own.
    pub fn shown_by(&self, piece: &str) -> Option<usize> {
        let bare = without_number(piece.trim());
        let undotted = bare.trim_end_matches(['.', '…', ' ']);
        let shown = [piece, bare, undotted].into_iter().map(Self::new);
        let begins = shown.into_iter().find(|piece| !piece.is_empty() && self.0.starts_with(&piece.0));
        if let Some(piece) = begins {
            return Some(piece.len());
        }
        let ends = !self.is_empty() && added_to(self, bare).is_some_and(is_notice);
        ends.then(|| self.len())
    }

    /// Whether `piece` is a part of this text, long enough to be no chance.
    pub fn has_piece(&self, piece: &str) -> bool {
        let folded = [piece, without_number(piece.trim())].map(Self::new);
        folded.iter().any(|piece| piece.len() >= LONG_ENOUGH / 2 && self.0.contains(&piece.0))
    }
}

/// How the text of a record is the text that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rewriting {
    /// The same in another spelling.
    Folded,
    /// The whole text, with something after it that the service has added: a line about opting out, or anything else.
    Extended {
        /// It is a line about opting out.
        by_notice: bool,
    },
    /// Its beginning alone: so many characters of the [`Folded`] text.
    Cut(usize),
    /// The same, with other or no signs for those that not every phone has.
    Respelled,
}

/// How `record` is the text `written`; `None` where it is not, or where too little of it is there to tell.
pub fn rewriting(written: &str, record: &str) -> Option<Rewriting> {
    let (own, there) = (Folded::new(written), Folded::new(record));
    if own.is_empty() || there.is_empty() {
        return None;
    }
    if own == there {
        return Some(Rewriting::Folded);
    }
    let is_long = |text: &str| text.trim().chars().count() >= LONG_ENOUGH;
    if let Some(added) = added_to(&own, record) {
        let by_notice = is_notice(added);
        return (by_notice || is_long(written)).then_some(Rewriting::Extended { by_notice });
    }
    if is_long(record)
        && let Some(shown) = own.shown_by(record)
    {
        return Some(Rewriting::Cut(shown));
    }
    let plain = plain(written);
    (is_long(&plain) && plain == self::plain(record)).then_some(Rewriting::Respelled)
}

/// What stands in a record after the whole of a text; `None` where it does not begin with the text.
fn added_to<'r>(own: &Folded, record: &'r str) -> Option<&'r str> {
    if own.is_empty() || !Folded::new(record).0.starts_with(&own.0) {
        return None;
    }
    // the first place before which all of the text stands
    let ends: Vec<usize> = record.char_indices().map(|(at, _)| at).skip(1).collect();
    let whole = own.len();
    let at = *ends.get(ends.partition_point(|&at| Folded::new(&record[..at]).len() < whole))?;
    Some(&record[at..])
}

/// The signs that every phone has, without accents and without the marks that stand for others.
fn plain(text: &str) -> String {
    let text = decoded(text);
    let decomposed = DecomposingNormalizerBorrowed::new_nfd().normalize(&text);
    decomposed.chars().filter(|c| c.is_ascii_graphic() && *c != '?').collect()
}

/// Whether two texts are so alike that one may be the other, however it was rewritten. For saying that it cannot be told,
/// never for taking one for the other.
pub fn resembles(one: &str, other: &str) -> bool {
    let (a, b) = (letters(one), letters(other));
    if a.is_empty() || b.is_empty() {
        return Folded::new(one) == Folded::new(other);
    }
    if a.starts_with(&b) || b.starts_with(&a) {
        return true;
    }
    let (shorter, longer) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if shorter.chars().count() >= LONG_ENOUGH && longer.contains(shorter.as_str()) {
        return true;
    }
    let (a, b): (Vec<String>, Vec<String>) = (vocabulary(one), vocabulary(other));
    let common = a.iter().filter(|word| b.contains(word)).count();
    // half of all the words there are
    common > 0 && common * 2 >= a.len() + b.len() - common
}

/// The different words of a text; a long one has no more than a comparison can use.
fn vocabulary(text: &str) -> Vec<String> {
    const MOST: usize = 400;
    let mut all: Vec<String> = words(text).into_iter().map(|word| word.folded).take(MOST).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The letters and digits of a text, small and without accents.
fn letters(text: &str) -> String {
    words(&decoded(text)).into_iter().map(|word| word.folded).collect()
}

/// HTML entities as the characters that they stand for; some services put them in twice.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let once = html_escape::decode_html_entities(text);
    Cow::Owned(html_escape::decode_html_entities(&once).into_owned())
}

/// What services add to a text that must say how to stop, in words of its own: "Reply STOP to unsubscribe".
fn is_notice(added: &str) -> bool {
    let begins_anew = added.starts_with(|c: char| !c.is_alphanumeric());
    let words: Vec<String> = words(added).into_iter().map(|word| word.folded).collect();
    let first = |wanted: &[&str]| words.first().is_some_and(|word| wanted.contains(&word.as_str()));
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let says_how = first(&["reply", "text", "send", "txt", "stop", "to", "opt"])
        && has(&["stop", "unsubscribe", "out", "optout", "cancel", "end"]);
    begins_anew && says_how
}

/// A piece without a number of pieces at its beginning or end: `(1/3)`, `[2/3]`, `1/3:`, `2/3`.
fn without_number(piece: &str) -> &str {
    let is_number = |word: &str| {
        let inner = word.trim_matches(['(', ')', '[', ']', ':']);
        let is_count = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        inner.split_once('/').is_some_and(|(at, of)| is_count(at) && is_count(of))
    };
    let close = |piece: &str| piece.find([')', ']']).filter(|_| piece.starts_with(['(', '[']));
    if let Some(at) = close(piece).filter(|&at| is_number(&piece[..=at])) {
        return piece[at + 1..].trim_start();
    }
    if let Some((_, rest)) = piece.split_once(char::is_whitespace).filter(|(front, _)| is_number(front)) {
        return rest.trim_start();
    }
    let open = piece.rfind(['(', '[']).filter(|&at| piece.ends_with([')', ']']) && is_number(&piece[at..]));
    if let Some(at) = open {
        return piece[..at].trim_end();
    }
    match piece.rsplit_once(char::is_whitespace) {
        Some((rest, back)) if is_number(back) => rest.trim_end(),
        _ => piece,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::blanks("See  you\tat nine ", "See you at nine")]
    #[case::line_breaks("one\r\n\r\ntwo", "one two")]
    #[case::nbsp("at 9\u{a0}am", "at 9 am")]
    #[case::nfc("cafe\u{301}", "café")]
    #[case::quotes("“It’s ‘ours’”", "\"It's 'ours'\"")]
    #[case::dashes("nine – ten — or so", "nine - ten -- or so")]
    #[case::ellipsis("well…", "well...")]
    #[case::entities("Fish & <chips> \"now\"", "Fish &amp; &lt;chips&gt; &quot;now&quot;")]
    #[case::entities_twice("R&B", "R&amp;amp;B")]
    #[case::numeric_entities("it's é", "it&#39;s &#xE9;")]
    #[case::invisible("see\u{200b} you\u{feff}", "see you")]
    #[case::selectors("I ❤\u{fe0f} it", "I ❤ it")]
    fn is_the_same_in_another_spelling(#[case] written: &str, #[case] record: &str) {
        assert_eq!(rewriting(written, record), Some(Rewriting::Folded));
        assert_eq!(rewriting(record, written), Some(Rewriting::Folded));
    }

    #[rstest]
    #[case::opt_out("ok", "ok\nReply STOP to opt out", Some(Rewriting::Extended { by_notice: true }))]
    #[case::signature("Your table is ready now", "Your table is ready now - Harbor Dental", Some(Rewriting::Extended { by_notice: false }))]
    #[case::somebody_elses("ok", "ok, see you tomorrow", None)]
    #[case::begins_another_word("Yes", "Yesterday we stopped by, nobody was home", None)]
    #[case::help_of_another("ok", "ok, help yourself to coffee", None)]
    #[case::in_capitals("Your table is ready and waiting", "YOUR TABLE IS READY AND WAITING", None)]
    #[case::other_marks("Your table is ready and waiting.", "Your table is ready and waiting!", None)]
    #[case::cut("Your table is ready, see you at nine", "Your table is ready, see", Some(Rewriting::Cut(20)))]
    #[case::cut_with_dots(
        "Your table is ready, see you at nine",
        "Your table is ready, see…",
        Some(Rewriting::Cut(20))
    )]
    #[case::cut_too_short("Your table is ready, see you at nine", "Your table", None)]
    #[case::first_piece("Your table is ready, see you at nine", "(1/2) Your table is ready,", Some(Rewriting::Cut(17)))]
    #[case::without_emoji(
        "Your table is ready 🎉 see you",
        "Your table is ready ? see you",
        Some(Rewriting::Respelled)
    )]
    #[case::without_accents("Votre café est prêt à midi", "Votre cafe est pret a midi", Some(Rewriting::Respelled))]
    #[case::another_question("ok?", "ok!", None)]
    #[case::another("Your table is ready, see you at nine", "Your table is not ready, see you at ten", None)]
    #[case::case_matters("Ok", "OK", None)]
    #[case::nothing("", "ok", None)]
    fn is_rewritten(#[case] written: &str, #[case] record: &str, #[case] how: Option<Rewriting>) {
        assert_eq!(rewriting(written, record), how);
    }

    #[rstest]
    #[case("(1/3) Hello", "Hello")]
    #[case("(1/3)Hello", "Hello")]
    #[case("[12/13] Hello", "Hello")]
    #[case("1/2 Hello", "Hello")]
    #[case("4/5 1 p.m.", "1 p.m.")]
    #[case("1/2: Hello", "Hello")]
    #[case("Hello (2/2)", "Hello")]
    #[case("Hello 2/2", "Hello")]
    #[case("Hello (x/2)", "Hello (x/2)")]
    #[case("on 12/24/2026", "on 12/24/2026")]
    #[case("(1/) Hello", "(1/) Hello")]
    #[case("", "")]
    fn numbers_of_pieces(#[case] piece: &str, #[case] bare: &str) {
        assert_eq!(without_number(piece), bare);
    }

    #[rstest]
    #[case("Your table is ready", "Your table is ready. Reply STOP to end", true)]
    #[case("Your table is ready", "Your table", true)]
    #[case("Your table is ready at nine", "The table is ready at nine o'clock", true)]
    #[case("ok", "OK!", true)]
    #[case("👍", "👍", true)]
    #[case("👍", "👎", false)]
    #[case("Your table is ready", "We are closed on Monday", false)]
    #[case("ok", "See you", false)]
    fn is_alike(#[case] one: &str, #[case] other: &str, #[case] alike: bool) {
        assert_eq!((resembles(one, other), resembles(other, one)), (alike, alike));
    }

    proptest! {
        #[test]
        fn a_text_is_its_own_rewriting(text in "\\PC{0,60}") {
            let expected = (!Folded::new(&text).is_empty()).then_some(Rewriting::Folded);
            prop_assert_eq!(rewriting(&text, &text), expected);
        }

        #[test]
        fn pieces_show_all_of_a_text(text in "[a-z ]{1,80}", at in 1_usize..40) {
            let folded = Folded::new(&text);
            prop_assume!(!folded.is_empty());
            let head: String = text.chars().take(at).collect();
            let shown = folded.shown_by(&head).unwrap_or(0);
            prop_assert_eq!(shown, if head.trim().is_empty() { 0 } else { Folded::new(&head).len() });
            let rest: String = text.chars().skip(at).collect();
            prop_assert_eq!(folded.without(shown), Folded::new(&rest));
        }

        #[test]
        fn nothing_panics(one in "\\PC{0,60}", other in "\\PC{0,60}") {
            let _ = (rewriting(&one, &other), resembles(&one, &other), Folded::new(&one).without(other.len()));
        }
    }
}

//! How a text is entered into the full-text index, and how it is asked of it. The index takes words apart at whatever is no
//! ASCII letter or digit and no other character above ASCII, and knows no more: what words are is decided in
//! [`crate::model::words`] alone, so that the index finds what a look at each text would find.
//!
//! A character of a script without blanks is entered together with the next one, so that `予約` is one word to look up and
//! not two that are in every other message; the last of a run is entered alone. A single one is the beginning of either.

use std::borrow::Cow;

use crate::model::words::{FEWEST_DIGITS, is_one_unspaced, numbers, words};

/// What is entered of a text.
#[derive(Debug, PartialEq, Eq, Default)]
pub(in crate::store) struct Spelling {
    /// Its words, where the index would not make them out by itself.
    pub(in crate::store) body: Option<String>,
    /// Numbers with their digits in one.
    pub(in crate::store) numbers: Option<String>,
}

impl Spelling {
    pub(in crate::store) fn of(body: &str) -> Self {
        // most texts
        let few_digits = body.is_ascii() && body.bytes().filter(u8::is_ascii_digit).count() < FEWEST_DIGITS;
        if few_digits {
            return Self::default();
        }
        let found = words(body);
        let spelled = (!body.is_ascii()).then(|| spelled(found.iter().map(|word| word.folded.as_str())));
        let mut joined: Vec<String> = numbers(body, &found).into_iter().map(|number| number.digits).collect();
        joined.sort_unstable();
        joined.dedup();
        Self { body: spelled, numbers: (!joined.is_empty()).then(|| joined.join(" ")) }
    }
}

fn spelled<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut out = String::new();
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if is_one_unspaced(word)
            && let Some(next) = words.peek().filter(|next| is_one_unspaced(next))
        {
            out.push_str(next);
        }
    }
    out
}

/// Words that follow each other as they are asked for, and whether the last of them is a beginning.
pub(super) fn asked(words: &[String], prefix: bool) -> (Vec<Cow<'_, str>>, bool) {
    let mut out = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let unspaced = |word: Option<&String>| word.is_some_and(|word| is_one_unspaced(word));
        match words.get(at + 1) {
            Some(next) if is_one_unspaced(word) && is_one_unspaced(next) => out.push(format!("{word}{next}").into()),
            // the pair before has it
            None if is_one_unspaced(word) && at > 0 && unspaced(words.get(at - 1)) => return (out, false),
            None if is_one_unspaced(word) => {
                out.push(word.as_str().into());
                return (out, true);
            }
            _ => out.push(word.as_str().into()),
        }
    }
    (out, prefix)
}

//! A fault of the program itself, as it may be told: a panic's text without what it quotes.

use super::text::safe_line;

/// Longer than any that says something.
const LONGEST: usize = 200;

/// What a panic says, up to where it begins to quote: a text that was cut at a wrong place, or a value that was not
/// expected, may hold what a customer wrote, or a key.
pub fn panic_words(said: Option<&str>) -> String {
    let said = said.unwrap_or_default();
    let end = said.find(['"', '`', '“', '‘', '{', '(']).unwrap_or(said.len());
    let is_quote = |at: usize| !said[..at].ends_with(char::is_alphanumeric);
    let end = said.match_indices('\'').map(|(at, _)| at).find(|&at| is_quote(at)).map_or(end, |at| at.min(end));
    let end = said.find(": ").map_or(end, |colon| colon.min(end));
    let words: String = safe_line(&said[..end]).trim().chars().take(LONGEST).collect();
    if words.is_empty() { "a panic without words".to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Some("attempt to add with overflow"), "attempt to add with overflow")]
    #[case(Some("index out of bounds: the len is 3 but the index is 7"), "index out of bounds")]
    #[case(
        Some("byte index 1 is not a char boundary; it is inside 'é' (bytes 0..2) of `été`"),
        "byte index 1 is not a char boundary; it is inside"
    )]
    #[case(Some("called `Result::unwrap()` on an `Err` value: Body(\"demo-key\")"), "called")]
    #[case(Some("no number: demo-key"), "no number")]
    #[case(Some("a planner's bug at 'é'"), "a planner's bug at")]
    #[case(Some("\u{1b}[2Jboom"), "[2Jboom")]
    #[case(Some(""), "a panic without words")]
    #[case(None, "a panic without words")]
    fn quotes_nothing(#[case] said: Option<&str>, #[case] words: &str) {
        let told = panic_words(said);
        assert!(told.ends_with(words), "{told:?}");
        assert!(!told.contains(['é', '\u{1b}']) && !told.contains("demo-key"), "{told:?}");
    }
}

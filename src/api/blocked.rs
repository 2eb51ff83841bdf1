//! Telling a key that has used up its day from wrong keys and from sending too fast.
//!
//! Past 2,500 requests in 24 hours a key is blocked until its next day (`mightycall-api.md`, section 4, grade A). The answer
//! is not documented. A 401, 403 or 429 counts as one where its plain message speaks of the limit and names no time (an
//! assumption, section 19.8).

/// Words that speak of nothing else.
const OF_THE_DAY: [&str; 7] = ["quota", "daily", "per day", "24 hours", "api limit", "usage limit", "2,500"];
/// Words that speak of it, unless they speak of something else.
const OF_A_LIMIT: [&str; 3] = ["limit", "exceed", "blocked"];
/// What is asked too often, or with what.
const OF_REQUESTS: [&str; 6] = ["request", "requests", "api", "key", "keys", "apikey"];
/// What else may be too long, too many or blocked: a refusal of this one text.
const OF_A_MESSAGE: [&str; 12] = [
    "message",
    "text",
    "sms",
    "mms",
    "number",
    "recipient",
    "receiver",
    "contact",
    "phone",
    "attachment",
    "file",
    "charact",
];
/// A pause will do.
const OF_HASTE: [&str; 7] =
    ["too many requests", "rate limit", "too fast", "per second", "per minute", "slow down", "throttl"];

/// Whether these words, which name no time, say that a key is blocked for the day.
pub(super) fn speaks_of_it(words: &str) -> bool {
    let words = words.to_lowercase();
    let has = |any: &[&str]| any.iter().any(|word| words.contains(word));
    // “rapidly” and “keyword” are neither
    let whole = |any: &[&str]| words.split(|c: char| !c.is_alphanumeric()).any(|word| any.contains(&word));
    if has(&OF_THE_DAY) || (words.contains("blocked") && whole(&["key", "keys", "api", "apikey"])) {
        return true;
    }
    has(&OF_A_LIMIT) && !has(&OF_HASTE) && (whole(&OF_REQUESTS) || !has(&OF_A_MESSAGE))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Daily limit exceeded", true)]
    #[case("API calls quota exceeded! maximum admitted 2500 per Day.", true)]
    #[case("The limit is exceeded", true)]
    #[case("Your API key is blocked", true)]
    #[case("Number of requests exceeds the limit", true)]
    #[case("Too many requests: the daily limit is reached", true)]
    #[case("Blocked", true)]
    #[case("Message blocked: prohibited keyword", false)]
    #[case("Too many requests", false)]
    #[case("Rate limit exceeded", false)]
    #[case("The recipient has blocked this number", false)]
    #[case("Message exceeds the limit of 1600 characters", false)]
    #[case("Failed to send message.", false)]
    #[case("Invalid API key", false)]
    #[case("invalid_client", false)]
    #[case("", false)]
    fn tells_a_blocked_key(#[case] words: &str, #[case] blocked: bool) {
        assert_eq!(speaks_of_it(words), blocked);
    }
}

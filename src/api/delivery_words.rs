//! The words by which MightyCall says what became of a text, wherever they stand: in its answer to a send and in its
//! history. `Unspecified`, `NotSent` and `Sent` are the description's (`mightycall-api.md`, section 1.2, grade A); the
//! others are known from variants (grade C) or are what messaging services commonly say. All are compared without case.

/// What a word says of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stated {
    /// It arrived. Nothing but the word itself says so: acceptance is not delivery.
    Delivered,
    /// The service has taken it.
    Accepted,
    /// It did not go out, or did not arrive.
    Failed,
}

const ACCEPTED: [&str; 29] = [
    "sent",
    "accepted",
    "queued",
    "sending",
    "pending",
    "submitted",
    "scheduled",
    "processing",
    "processed",
    "inprogress",
    "enroute",
    "dispatched",
    "buffered",
    "delivering",
    "initiated",
    "created",
    "completed",
    "complete",
    "done",
    "ok",
    "success",
    "succeeded",
    "successful",
    "successfully",
    "read",
    "seen",
    "true",
    "yes",
    "ready",
];

/// Parts of words of failure, without blanks, `_` and `-`.
const FAILED: [&str; 39] = [
    "fail",
    "notsent",
    "unsent",
    "neversent",
    "undeliver",
    "nondeliver",
    "notdeliver",
    "notaccepted",
    "notqueued",
    "notallowed",
    "notpermitted",
    "notenabled",
    "notsupported",
    "reject",
    "error",
    "exception",
    "expired",
    "denied",
    "refus",
    "block",
    "cancel",
    "invalid",
    "bounce",
    "abort",
    "unsuccess",
    "declin",
    "unreach",
    "optedout",
    "optout",
    "unsubscrib",
    "insufficient",
    "suspended",
    "unauthori",
    "forbidden",
    "exceed",
    "dropped",
    "unsupported",
    "disabled",
    "spam",
];

/// Parts of a sentence that say no, with their blanks.
const NEGATED: [&str; 10] =
    [" not ", "n't ", "n’t ", "cannot", "could not", "unable", "no credit", "not enough", "too many", "too long"];
/// Words of a sentence that say yes.
const AFFIRMED: [&str; 14] = [
    "sent",
    "success",
    "successful",
    "successfully",
    "succeeded",
    "queued",
    "accepted",
    "submitted",
    "delivered",
    "scheduled",
    "created",
    "processed",
    "ok",
    "done",
];
/// Words beside which a yes says nothing: "0 of 1 sent", "before messages are sent", "nothing was sent".
const DOUBTFUL: [&str; 14] = [
    "no", "none", "nothing", "never", "0", "zero", "before", "after", "until", "must", "required", "unless", "will",
    "limited",
];

/// What one word says, such as the value of `messageDeliveryStatus`; `None` for a word that is not known.
pub(super) fn stated(word: &str) -> Option<Stated> {
    let word: String = word.trim().chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.')).collect();
    let word = word.to_lowercase();
    if word == "delivered" {
        Some(Stated::Delivered)
    } else if FAILED.iter().any(|part| word.contains(part)) {
        Some(Stated::Failed)
    } else {
        ACCEPTED.contains(&word.as_str()).then_some(Stated::Accepted)
    }
}

/// What a sentence for people says, such as `message` of the answer to a send; `None` where it cannot be told.
pub(super) fn told(sentence: &str) -> Option<Stated> {
    let sentence = sentence.trim().to_lowercase();
    if !sentence.contains(char::is_whitespace) {
        return stated(&sentence);
    }
    let padded = format!(" {sentence} ");
    let joined: String = sentence.split_whitespace().collect();
    let says_no = NEGATED.iter().any(|part| padded.contains(part)) || FAILED.iter().any(|part| joined.contains(part));
    let has = |wanted: &[&str]| sentence.split(|c: char| !c.is_alphanumeric()).any(|word| wanted.contains(&word));
    match (says_no, has(&AFFIRMED)) {
        (true, false) => Some(Stated::Failed),
        // yes and no in one sentence
        (true, true) if !has(&DOUBTFUL) && !joined.contains("queued") => Some(Stated::Failed),
        (false, true) if !has(&DOUBTFUL) => Some(Stated::Accepted),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Sent", Some(Stated::Accepted))]
    #[case("in_progress", Some(Stated::Accepted))]
    #[case("DELIVERED", Some(Stated::Delivered))]
    #[case("NotSent", Some(Stated::Failed))]
    #[case("not_sent", Some(Stated::Failed))]
    #[case("Undelivered", Some(Stated::Failed))]
    #[case("DeliveryFailed", Some(Stated::Failed))]
    #[case("ERR_INVALID_NUMBER", Some(Stated::Failed))]
    #[case("blocked", Some(Stated::Failed))]
    #[case("Cancelled", Some(Stated::Failed))]
    #[case("Unspecified", None)]
    #[case("mauve", None)]
    #[case("", None)]
    fn reads_words(#[case] word: &str, #[case] says: Option<Stated>) {
        assert_eq!(stated(word), says);
    }

    #[rstest]
    #[case("SMS message sent successfully.", Some(Stated::Accepted))]
    #[case("Message queued", Some(Stated::Accepted))]
    #[case("OK, thank you", Some(Stated::Accepted))]
    #[case("Failed to send message.", Some(Stated::Failed))]
    #[case("The message was not sent", Some(Stated::Failed))]
    #[case("We couldn't deliver this", Some(Stated::Failed))]
    #[case("Recipient has opted out", Some(Stated::Failed))]
    #[case("Daily limit exceeded", Some(Stated::Failed))]
    #[case("No credit left: nothing was sent", None)]
    #[case("Nothing was sent", None)]
    #[case("0 messages sent", None)]
    #[case("Sent to 0 of 1 recipients", None)]
    #[case("Consent of the recipient is required.", None)]
    #[case("You must register before messages are sent", None)]
    #[case("Message queued. Delivery reports are not available for this number", None)]
    #[case("failed", Some(Stated::Failed))]
    #[case("See you tomorrow", None)]
    #[case("", None)]
    fn reads_sentences(#[case] sentence: &str, #[case] says: Option<Stated>) {
        assert_eq!(told(sentence), says);
    }
}

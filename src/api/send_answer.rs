//! What the answer to a send says: taken, refused, not processed, or nothing that can be relied upon.

use serde::Deserialize;
use serde_json::Value;

use super::envelope::{self, Went};
use super::error::{Error, Words};
use super::send::SendOutcome;
use super::transport::Answer;
use super::wire::{Maybe, Text, first_id};

/// What an answer says about the text, other than "not here" and "not with this token".
pub(super) fn judge(answer: Answer) -> SendOutcome {
    match answer.status {
        200..300 => accepted(answer),
        429 => SendOutcome::NotSent(answer.into_error()),
        // the key is to blame, not the text
        401 if answer.is_blocked() => SendOutcome::NotSent(answer.into_error()),
        // what came of it is said elsewhere (RFC 9110, section 15.4.4)
        303 => SendOutcome::Unconfirmed(answer.into_unreadable("it points to another place for the outcome")),
        408 | 500.. | 0..200 => SendOutcome::Unconfirmed(answer.into_error()),
        _ => SendOutcome::Refused(answer.into_error()),
    }
}

/// What an answer of status 2xx says.
fn accepted(answer: Answer) -> SendOutcome {
    let Answer { asked, status, ends, body, secrets, .. } = answer;
    let body = match body {
        Ok(body) => body,
        Err(error) => return SendOutcome::Unconfirmed(error),
    };
    if body.trim_ascii().is_empty() {
        if !ends {
            // what says that nothing was sent may have been on its way
            let reason = "the answer is empty and may have been cut off".to_owned();
            return SendOutcome::Unconfirmed(Error::Interrupted { asked, reason });
        }
        return SendOutcome::Accepted { remote_id: None };
    }
    let value = match envelope::json(&body, &secrets) {
        Ok(value) => value,
        Err(envelope::Not::Readable(reason, words)) => {
            return SendOutcome::Unconfirmed(Error::Unreadable { asked, status, reason, words });
        }
        Err(envelope::Not::Success(words)) => return SendOutcome::Refused(Error::Refused { asked, status, words }),
    };
    // one receiver, so a list of results has one
    let value = match value {
        Value::Array(mut items) if !items.is_empty() => items.swap_remove(0),
        other => other,
    };
    if !proves(&value) {
        let words = Words::of_value(value, &secrets).unwrap_or_default();
        let reason = "it does not say that the message was taken".to_owned();
        return SendOutcome::Unconfirmed(Error::Unreadable { asked, status, reason, words });
    }
    let answer = SendWire::of(&value);
    let went = envelope::went(&value);
    if went == Went::Well && !answer.failed() {
        return SendOutcome::Accepted { remote_id: answer.id() };
    }
    let words = Words::of_value(value, &secrets).unwrap_or_default();
    if went == Went::Unclear {
        let reason = "it says that it succeeded, and has errors".to_owned();
        return SendOutcome::Unconfirmed(Error::Unreadable { asked, status, reason, words });
    }
    SendOutcome::Refused(Error::Refused { asked, status, words })
}

/// Whether a JSON answer can be that of a send that went well. An id or nothing proves as much as the status; a sentence
/// alone must be one of success.
fn proves(value: &Value) -> bool {
    match value {
        Value::Bool(taken) => *taken,
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !text.trim().contains(' ') || is_of_success(text),
        _ => true,
    }
}

fn is_of_success(sentence: &str) -> bool {
    let sentence = sentence.to_lowercase();
    let good = ["sent", "success", "queued", "accepted", "submitted", "delivered", "scheduled", "created"];
    let bad = [" not ", "n't ", "unsent", "unsuccess", "fail", "cannot", "error"];
    good.iter().any(|word| sentence.contains(word)) && !bad.iter().any(|word| sentence.contains(word))
}

/// The answer to a send, and what it may wrap. Keys are plain.
#[derive(Default, Deserialize)]
struct SendWire {
    #[serde(default)]
    id: Maybe<Text>,
    #[serde(default)]
    messageid: Maybe<Text>,
    #[serde(default)]
    guid: Maybe<Text>,
    #[serde(default)]
    requestguid: Maybe<Text>,
    #[serde(default)]
    objectguid: Maybe<Text>,
    #[serde(default)]
    requestid: Maybe<Text>,
    #[serde(default)]
    status: Maybe<String>,
    #[serde(default)]
    messagedeliverystatus: Maybe<String>,
    #[serde(default)]
    data: Maybe<Inner>,
    #[serde(default)]
    result: Maybe<Inner>,
    #[serde(default)]
    message: Maybe<Inner>,
    #[serde(default)]
    messages: Maybe<Inner>,
    #[serde(default)]
    results: Maybe<Inner>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Inner {
    Many(Vec<SendWire>),
    One(Box<SendWire>),
}

impl SendWire {
    fn of(value: &Value) -> Self {
        if value.is_object() { Self::deserialize(value).unwrap_or_default() } else { Self::default() }
    }

    fn inner(&self) -> impl Iterator<Item = &Self> {
        [&self.data, &self.result, &self.message, &self.messages, &self.results].into_iter().filter_map(|inner| {
            match inner {
                Maybe::Read(Inner::One(one)) => Some(&**one),
                Maybe::Read(Inner::Many(many)) => many.first(),
                Maybe::Other(_) => None,
            }
        })
    }

    /// Whether a state of the message itself says that it is not going out.
    fn failed(&self) -> bool {
        let states = [&self.status, &self.messagedeliverystatus];
        states.into_iter().any(|state| match state {
            Maybe::Read(word) => matches!(
                word.trim().to_ascii_lowercase().as_str(),
                "failed" | "error" | "rejected" | "undelivered" | "failure"
            ),
            Maybe::Other(_) => false,
        }) || self.inner().any(Self::failed)
    }

    fn id(&self) -> Option<String> {
        let names = [&self.id, &self.messageid, &self.guid, &self.requestguid, &self.objectguid, &self.requestid];
        first_id(names.map(Clone::clone)).or_else(|| self.inner().find_map(Self::id))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::error::Asked;
    use super::super::words::Secrets;
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            asked: Asked { method: "POST", path: "/messages/send".to_owned() },
            status,
            now: jiff::Timestamp::UNIX_EPOCH,
            retry_after: None,
            location: None,
            ends: true,
            body: Ok(body.as_bytes().to_vec()),
            secrets: Secrets::default(),
        }
    }

    #[rstest]
    #[case::id(
        r#"{"message":"SMS message sent successfully","id":"m1","sourcePhoneNumber":"+12025550101"}"#,
        Some("m1")
    )]
    #[case::message_id(r#"{"messageId":"m1"}"#, Some("m1"))]
    #[case::data_id(r#"{"isSuccess":true,"data":{"id":17}}"#, Some("17"))]
    #[case::data_message_id(r#"{"data":{"messageId":"m1"}}"#, Some("m1"))]
    #[case::guid(r#"{"guid":"g1"}"#, Some("g1"))]
    #[case::data_list(r#"{"data":[{"id":"m1"}]}"#, Some("m1"))]
    #[case::in_a_message(r#"{"message":{"id":"m1","text":"hi"}}"#, Some("m1"))]
    #[case::bare_list(r#"[{"id":"m1"}]"#, Some("m1"))]
    #[case::no_id(r#"{"message":"SMS message sent successfully"}"#, None)]
    #[case::null_id(r#"{"id":null,"error":null,"errors":[]}"#, None)]
    #[case::nothing_in_it("{}", None)]
    #[case::a_word(r#""OK""#, None)]
    #[case::null("null", None)]
    #[case::empty("", None)]
    #[case::blank(" \r\n", None)]
    fn takes_as_accepted(#[case] body: &str, #[case] id: Option<&str>) {
        assert_eq!(judge(answer(200, body)), SendOutcome::Accepted { remote_id: id.map(str::to_owned) });
    }

    #[rstest]
    #[case(200, r#"{"isSuccess":false,"errors":["no credit"]}"#)]
    #[case(200, r#"{"success":false,"message":"no credit"}"#)]
    #[case(200, r#"{"error":"no credit"}"#)]
    #[case(200, r#"{"errors":[{"message":"no credit"}]}"#)]
    #[case(200, r#"{"data":{"isSuccess":false,"message":"no credit"},"message":"no credit"}"#)]
    #[case(201, r#"{"id":"m1","status":"Failed","message":"no credit"}"#)]
    #[case(302, "no credit")]
    #[case(400, r#"{"message":"no credit"}"#)]
    #[case(403, "no credit")]
    #[case(409, r#"{"error":"no credit"}"#)]
    #[case(422, r#"{"errors":["no credit"]}"#)]
    fn takes_as_refused(#[case] status: u16, #[case] body: &str) {
        match judge(answer(status, body)) {
            SendOutcome::Refused(error) => assert_eq!(error.words(), Some("no credit")),
            other => panic!("{other:?}"),
        }
    }

    #[rstest]
    #[case(200, "<html><title>Sign in</title></html>")]
    #[case(200, r#"{"id":"m1","#)]
    #[case(200, "SMS sent")]
    #[case(200, r#"{"isSuccess":true,"errors":["carrier is slow"]}"#)]
    #[case(303, "")]
    #[case(408, "")]
    #[case(500, r#"{"message":"oops"}"#)]
    #[case(502, "<html></html>")]
    #[case(503, "")]
    #[case(504, "")]
    #[case(101, "")]
    fn takes_as_unconfirmed(#[case] status: u16, #[case] body: &str) {
        assert!(matches!(judge(answer(status, body)), SendOutcome::Unconfirmed(_)));
    }

    #[test]
    fn nothing_until_the_connection_ends_proves_nothing() {
        let cut_off = |body| Answer { ends: false, ..answer(200, body) };
        assert!(matches!(judge(cut_off("")), SendOutcome::Unconfirmed(Error::Interrupted { .. })));
        assert!(matches!(judge(cut_off(r#"{"id":"m1"}"#)), SendOutcome::Accepted { .. }));
    }

    #[test]
    fn a_pause_is_not_a_refusal() {
        assert!(matches!(judge(answer(429, "")), SendOutcome::NotSent(Error::RateLimited { .. })));
    }

    #[rstest]
    #[case(401, true)]
    #[case(403, false)]
    #[case(429, true)]
    fn a_blocked_key_is_certainly_not_a_text_sent(#[case] status: u16, #[case] not_sent: bool) {
        match judge(answer(status, r#"{"message":"Daily limit exceeded."}"#)) {
            SendOutcome::NotSent(Error::Blocked { .. }) => assert!(not_sent),
            SendOutcome::Refused(Error::Blocked { .. }) => assert!(!not_sent),
            other => panic!("{other:?}"),
        }
    }
}

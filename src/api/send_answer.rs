//! What the answer to a send says: taken, refused, not processed, or nothing that can be relied upon.

use serde::Deserialize;

use super::envelope;
use super::error::{Error, Words};
use super::send::SendOutcome;
use super::send_proof::{Proof, Reply, Verdict};
use super::transport::Answer;

/// What an answer says about `text`, other than "not here" and "not with this token".
pub(super) fn judge(answer: Answer, text: &str) -> SendOutcome {
    match answer.status {
        200..300 => accepted(answer, text),
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
fn accepted(answer: Answer, text: &str) -> SendOutcome {
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
        // these say by themselves that it was taken, or that there is nothing to say (RFC 9110, sections 15.3.3 and 15.3.5)
        if matches!(status, 202 | 204) {
            return SendOutcome::Accepted { remote_id: None };
        }
        let reason = "the answer is empty: it does not say that the message was taken".to_owned();
        return SendOutcome::Unconfirmed(Error::Unreadable { asked, status, reason, words: Words::default() });
    }
    let value = match envelope::json(&body, &secrets) {
        Ok(value) => value,
        Err(envelope::Not::Readable(reason, words)) => {
            return SendOutcome::Unconfirmed(Error::Unreadable { asked, status, reason, words });
        }
        Err(envelope::Not::Success(words)) => return SendOutcome::Refused(Error::Refused { asked, status, words }),
    };
    // as it was written, with keys that are there twice; a body that had to be mended has none
    let reply = serde_json::from_slice(&body).ok().or_else(|| Reply::deserialize(&value).ok());
    let proof = reply.map(|reply| Proof::of(&reply, text)).unwrap_or_default();
    let words = || {
        let inner = envelope::wrapped(&value).and_then(|inner| Words::of_value(inner.clone(), &secrets));
        let said = Words::of_value(value.clone(), &secrets).or(inner);
        said.or_else(|| proof.sign.as_deref().map(|sign| Words::safe(sign, &secrets))).unwrap_or_default()
    };
    let reason = match proof.verdict() {
        Verdict::Accepted => return SendOutcome::Accepted { remote_id: proof.id.clone() },
        Verdict::Refused => return SendOutcome::Refused(Error::Refused { asked, status, words: words() }),
        Verdict::Contradicts => "it says that the message was taken, and that something failed",
        Verdict::Silent => "it does not say that the message was taken",
    };
    SendOutcome::Unconfirmed(Error::Unreadable { asked, status, reason: reason.to_owned(), words: words() })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::error::Asked;
    use super::super::words::Secrets;
    use super::*;

    const TEXT: &str = "See you at nine, unless the bus fails";

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
    #[case::nothing_is_no_sign(
        r#"{"id":"m1","state":null,"status":"","deliveryStatus":0,"result":false,"errorCode":null,"errorMessage":"","errors":[],"failed":[],"statusCode":0}"#,
        Some("m1")
    )]
    #[case::no_error(r#"{"id":"m1","errorCode":"None","errorInfo":{"code":null}}"#, Some("m1"))]
    #[case::documented(
        r#"{"message":"SMS message sent successfully.","id":"5f0ad4f1-0000-4000-8000-00000000ABCD","sourcePhoneNumber":"+12025550101","destinationPhoneNumbers":["+12025550147"],"sendTime":"2026-01-15T14:30:00","attachments":null}"#,
        Some("5f0ad4f1-0000-4000-8000-00000000abcd")
    )]
    #[case::states(r#"{"id":"m1","status":"queued","statusCode":202,"deliveryStatus":"Sent"}"#, Some("m1"))]
    #[case::a_number_for_a_status(
        r#"{"data":{"messageId":12345678901234567890},"status":"200"}"#,
        Some("12345678901234567890")
    )]
    #[case::shows_the_text(r#"{"message":"See you at nine,\nunless the bus fails","from":"+12025550101"}"#, None)]
    #[case::shows_the_text_with_an_id(r#"{"message":"See you at nine, unless the bus fails","id":"m1"}"#, Some("m1"))]
    #[case::shows_it_rewritten(r#"{"message":"See you at nine, unless the bus&nbsp;fails","id":"m1"}"#, Some("m1"))]
    #[case::unknown_words(r#"{"id":"m1","failoverUsed":true,"errorCallbackUrl":"https://x.example"}"#, Some("m1"))]
    #[case::shows_when(r#"{"sendTime":"2026-01-15T14:30:00"}"#, None)]
    fn takes_as_accepted(#[case] body: &str, #[case] id: Option<&str>) {
        assert_eq!(judge(answer(200, body), TEXT), SendOutcome::Accepted { remote_id: id.map(str::to_owned) });
    }

    #[rstest]
    #[case(200, r#"{"isSuccess":false,"errors":["no credit"]}"#)]
    #[case(200, r#"{"success":false,"message":"no credit"}"#)]
    #[case(200, r#"{"error":"no credit"}"#)]
    #[case(200, r#"{"errors":[{"message":"no credit"}]}"#)]
    #[case(200, r#"{"data":{"isSuccess":false,"message":"no credit"},"message":"no credit"}"#)]
    #[case(201, r#"{"id":"m1","status":"Failed","message":"no credit"}"#)]
    #[case(200, r#"{"message":"no credit"}"#)]
    #[case(200, r#"{"data":{"message":"no credit"}}"#)]
    #[case(200, r#"{"state":"NotSent","message":"no credit"}"#)]
    #[case(200, r#"{"deliveryStatus":"undelivered","message":"no credit"}"#)]
    #[case(200, r#"{"result":"failure","message":"no credit"}"#)]
    #[case(200, r#"{"errorCode":"X17","message":"no credit"}"#)]
    #[case(200, r#"{"errorMessage":"no credit"}"#)]
    #[case(200, r#"{"sent":false,"message":"no credit"}"#)]
    #[case(200, r#"{"sent":0,"message":"no credit"}"#)]
    #[case(200, r#"{"recipients":[{"number":"+12025550147","status":"rejected"}],"message":"no credit"}"#)]
    #[case(200, r#"{"sms":{"status":"Failed"},"message":"no credit"}"#)]
    #[case(200, r#"{"statusCode":402,"message":"no credit"}"#)]
    #[case(200, r#"{"status":402,"message":"no credit"}"#)]
    #[case(200, r#"{"failed":["+12025550147"],"message":"no credit"}"#)]
    #[case(200, r#"{"data":[{"id":"m1","status":"rejected"}],"message":"no credit"}"#)]
    #[case(302, "no credit")]
    #[case(400, r#"{"message":"no credit"}"#)]
    #[case(403, "no credit")]
    #[case(409, r#"{"error":"no credit"}"#)]
    #[case(422, r#"{"errors":["no credit"]}"#)]
    fn takes_as_refused(#[case] status: u16, #[case] body: &str) {
        match judge(answer(status, body), TEXT) {
            SendOutcome::Refused(error) => assert_eq!(error.words(), Some("no credit")),
            other => panic!("{other:?}"),
        }
    }

    #[rstest]
    #[case(200, "<html><title>Sign in</title></html>")]
    #[case(200, r#"{"id":"m1","#)]
    #[case(200, "SMS sent")]
    #[case(200, r#"{"isSuccess":true,"errors":["carrier is slow"]}"#)]
    #[case(200, "")]
    #[case(200, " \r\n")]
    #[case(201, "null")]
    #[case(200, "{}")]
    #[case(200, r#"{"id":null,"error":null,"errors":[]}"#)]
    #[case(200, r#""OK""#)]
    #[case(200, r#""failed""#)]
    #[case(200, "0")]
    #[case(200, r#"{"id":"m1","recipients":[{"errors":["x"]}]}"#)]
    #[case(200, r#"{"message":"Consent of the recipient is required."}"#)]
    #[case(200, r#"{"message":"Nothing was sent"}"#)]
    #[case(200, r#"{"message":"Message queued. Delivery reports are not available for this number"}"#)]
    #[case(200, "false")]
    #[case(200, "[]")]
    #[case(200, r#"{"id":"m1","message":"Failed to send message."}"#)]
    #[case(200, r#"{"id":"m1","errors":["carrier is slow"]}"#)]
    #[case(200, r#"{"id":"m1","failed":["+12025550147"]}"#)]
    #[case(200, r#"{"isSuccess":true,"status":"failed"}"#)]
    #[case(200, r#"{"Success":true,"success":false}"#)]
    #[case(200, r#"{"status":"failed","status":"sent"}"#)]
    #[case(200, r#"{"status":"sent","statusCode":500}"#)]
    #[case(200, r#"{"id":"m1","status":"mauve"}"#)]
    #[case(200, r#"{"message":"See you tomorrow"}"#)]
    #[case(200, r#"{"currentPage":1,"requests":[]}"#)]
    #[case(200, r#"{"currentPage":1,"requests":[{"created":"2026-01-15T14:30:00Z","text":"hi"}]}"#)]
    #[case(303, "")]
    #[case(408, "")]
    #[case(500, r#"{"message":"oops"}"#)]
    #[case(502, "<html></html>")]
    #[case(503, "")]
    #[case(504, "")]
    #[case(101, "")]
    fn takes_as_unconfirmed(#[case] status: u16, #[case] body: &str) {
        assert!(matches!(judge(answer(status, body), TEXT), SendOutcome::Unconfirmed(_)));
    }

    #[rstest]
    #[case(r#"{"state":"NotSent"}"#, "state: NotSent")]
    #[case(r#"{"errorCode":17}"#, "errorCode: 17")]
    #[case(r#"{"data":{"failed":["+12025550147"]}}"#, "failed")]
    fn names_the_sign_where_there_are_no_words(#[case] body: &str, #[case] words: &str) {
        match judge(answer(200, body), TEXT) {
            SendOutcome::Refused(error) => assert_eq!(error.words(), Some(words)),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn nothing_until_the_connection_ends_proves_nothing() {
        let cut_off = |body| Answer { ends: false, ..answer(200, body) };
        assert!(matches!(judge(cut_off(""), TEXT), SendOutcome::Unconfirmed(Error::Interrupted { .. })));
        assert!(matches!(judge(cut_off(r#"{"id":"m1"}"#), TEXT), SendOutcome::Accepted { .. }));
    }

    #[rstest]
    #[case(202)]
    #[case(204)]
    fn some_statuses_need_no_body(#[case] status: u16) {
        assert_eq!(judge(answer(status, ""), TEXT), SendOutcome::Accepted { remote_id: None });
    }

    #[test]
    fn a_pause_is_not_a_refusal() {
        assert!(matches!(judge(answer(429, ""), TEXT), SendOutcome::NotSent(Error::RateLimited { .. })));
    }

    #[rstest]
    #[case(401, true)]
    #[case(403, false)]
    #[case(429, true)]
    fn a_blocked_key_is_certainly_not_a_text_sent(#[case] status: u16, #[case] not_sent: bool) {
        match judge(answer(status, r#"{"message":"Daily limit exceeded."}"#), TEXT) {
            SendOutcome::NotSent(Error::Blocked { .. }) => assert!(not_sent),
            SendOutcome::Refused(Error::Blocked { .. }) => assert!(!not_sent),
            other => panic!("{other:?}"),
        }
    }
}

//! Sending one text: `POST {"from","to":[…],"message","attachments":[]}`, at most once.
//!
//! A text is posted again only where it is certain that nothing of it was processed: after a 401 with a new token, once,
//! and on another path after 404 or 405. Whatever leaves that in doubt is [`SendOutcome::Unconfirmed`].

use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::Credentials;
use super::envelope::{self, Went};
use super::error::{Asked, Error, Words};
use super::routes::{Operation, SchemeName};
use super::transport::{Answer, Body, NoAnswer, Request};
use super::wire::{Maybe, Text, first_id};
use super::{Client, Purpose};
use crate::model::Address;

/// A text to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// One of our numbers, E.164.
    pub from: Address,
    /// Who gets it.
    pub to: Address,
    /// What it says.
    pub text: String,
}

impl std::fmt::Debug for Outgoing {
    /// Without the text, which belongs in no log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("from", &self.from).field("to", &self.to).finish_non_exhaustive()
    }
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// MightyCall took it. That is not delivery, and the id need not be the one that history shows.
    Accepted {
        /// The id in the answer, if there was one.
        remote_id: Option<String>,
    },
    /// MightyCall said no: a person must change something.
    Refused(Error),
    /// Certainly nothing was processed: no connection, no token, no budget, no path, or 429. May be tried again.
    NotSent(Error),
    /// It may have gone out. Must not be posted again by itself.
    Unconfirmed(Error),
}

impl Client {
    /// Posts one text. Never more than once where it may have been processed; how sure it is, the outcome tells.
    pub async fn send(&self, who: &Credentials, outgoing: &Outgoing) -> SendOutcome {
        let scheme = SchemeName::of(who);
        let body = json!({
            "from": outgoing.from.as_str(),
            "to": [outgoing.to.as_str()],
            "message": outgoing.text,
            "attachments": [],
        });
        let mut tried = Vec::new();
        let mut said = Words::none();
        let mut renewed = false;
        // where tokens are had shows under which prefix to look first
        let mut token = match self.token(who, Purpose::Send).await {
            Ok(token) => token,
            Err(error) => return SendOutcome::NotSent(error),
        };
        for route in self.0.routes.candidates(Operation::Send, scheme) {
            loop {
                let asked = Asked { method: "POST", path: route.full() };
                let request = Request {
                    url: self.0.base.join(&asked.path),
                    asked,
                    query: &[],
                    body: Body::Send(&body),
                    who,
                    token: token.as_ref(),
                    purpose: Purpose::Send,
                };
                let mut answer = match self.0.transport.exchange(request).await {
                    Ok(answer) => answer,
                    Err(NoAnswer::NotSent(error)) => return SendOutcome::NotSent(error),
                    Err(NoAnswer::Lost(error)) => return SendOutcome::Unconfirmed(error),
                };
                // a service may throw the text back with its complaint; a short one would strike out half of that
                let echo = Some(outgoing.text.as_str()).filter(|text| text.len() >= 8);
                answer.secrets = answer.secrets.and(echo);
                match answer.status {
                    401 if !renewed && token.is_some() => {
                        renewed = true;
                        self.reject(who, token.as_ref()).await;
                        token = match self.token(who, Purpose::Send).await {
                            Ok(token) => token,
                            Err(error) => return SendOutcome::NotSent(error),
                        };
                    }
                    404 | 405 => {
                        self.0.routes.forget(Operation::Send, scheme, route);
                        tried.push(route.full());
                        said = if said.get().is_some() { said } else { answer.words() };
                        break;
                    }
                    status => {
                        let outcome = judge(answer);
                        if (200..300).contains(&status) && !matches!(outcome, SendOutcome::Unconfirmed(_)) {
                            self.found(who, Operation::Send, route);
                        }
                        return outcome;
                    }
                }
            }
        }
        SendOutcome::NotSent(Error::NoPath { operation: Operation::Send, tried, words: said })
    }
}

/// What an answer says about the text, other than "not here" and "not with this token".
pub(super) fn judge(answer: Answer) -> SendOutcome {
    match answer.status {
        200..300 => accepted(answer),
        429 => SendOutcome::NotSent(answer.into_error()),
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

    use super::super::words::Secrets;
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            asked: Asked { method: "POST", path: "/messages/send".to_owned() },
            status,
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

    #[test]
    fn no_text_in_debug() {
        let outgoing = Outgoing {
            from: Address::from_normal("+12025550101"),
            to: Address::from_normal("+12025550102"),
            text: "a private word".to_owned(),
        };
        assert!(!format!("{outgoing:?}").contains("private"));
    }
}

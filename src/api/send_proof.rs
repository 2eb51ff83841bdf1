//! What the body of an answer to a send says for and against its being sent. An answer of status 2xx is believed where it
//! shows the message or says that it went well, and nothing in it says that it did not.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use serde_json::Number;

use super::delivery_words::{Stated, stated, told};
use super::wire::{clean_id, plain_key};
use crate::model::text::matching::rewriting;

/// Objects within objects that are looked at.
const DEEPEST: usize = 6;

/// An answer with all its keys, also those that it writes twice.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reply {
    Nothing,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Reply>),
    Fields(Vec<(String, Reply)>),
}

impl Reply {
    /// Whether this says anything: `null`, `[]`, `0`, `false`, `""`, and what holds nothing else, do not.
    fn is_silent(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Bool(truth) => !truth,
            Self::Number(number) => size(number) == 0.0,
            Self::Text(text) => is_silent(text),
            Self::List(items) => items.iter().all(Self::is_silent),
            Self::Fields(fields) => fields.iter().all(|(_, value)| value.is_silent()),
        }
    }
}

fn is_silent(text: &str) -> bool {
    let word = plain_key(text.trim());
    matches!(word.as_str(), "" | "0" | "none" | "null" | "noerror" | "noerrors" | "false" | "unspecified")
}

/// What an answer says of the text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Proof {
    /// The id of the message.
    pub(super) id: Option<String>,
    /// The first sign of failure, for people who are told nothing better.
    pub(super) sign: Option<String>,
    /// It shows the message that was made: an id, when it was sent, the text.
    shown: bool,
    /// It says that it went well.
    went_well: bool,
    /// It says that it did not.
    failed: bool,
    /// There are errors in it.
    has_errors: bool,
    /// A sentence of it tells of trouble.
    in_trouble: bool,
    /// It says something about the outcome that cannot be read.
    unclear: bool,
}

/// What follows from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    Refused,
    /// It says yes and no.
    Contradicts,
    /// It does not say that the text was taken.
    Silent,
}

impl Proof {
    /// Reads an answer to the sending of `text`, which the answer may repeat.
    pub(super) fn of(reply: &Reply, text: &str) -> Self {
        let mut proof = Self::default();
        match reply {
            // a bare word: what it is about is not said
            Reply::Text(_) => proof.unclear = true,
            Reply::Bool(truth) => proof.went_well = *truth,
            reply => proof.layer(reply, text, DEEPEST),
        }
        proof
    }

    /// What follows from all that the answer says.
    pub(super) fn verdict(&self) -> Verdict {
        let fails = self.failed || self.has_errors || self.in_trouble;
        if fails && (self.went_well || self.shown && !self.failed) {
            Verdict::Contradicts
        } else if fails {
            Verdict::Refused
        } else if self.unclear {
            // it says something of the outcome, and nobody knows what
            Verdict::Silent
        } else if self.went_well || self.shown {
            Verdict::Accepted
        } else {
            Verdict::Silent
        }
    }

    fn layer(&mut self, reply: &Reply, text: &str, deeper: usize) {
        match reply {
            Reply::List(items) => items.iter().for_each(|item| self.layer(item, text, deeper)),
            Reply::Fields(fields) if deeper > 0 => {
                self.note_id(fields);
                for (key, value) in fields {
                    let fails = (self.failed, self.has_errors);
                    self.field(&plain_key(key), value, text, deeper - 1);
                    if (self.failed, self.has_errors) != fails {
                        self.sign.get_or_insert_with(|| sign(key, value));
                    }
                }
            }
            _ => {}
        }
    }

    fn note_id(&mut self, fields: &[(String, Reply)]) {
        const IDS: [&str; 6] = ["id", "messageid", "guid", "requestguid", "objectguid", "requestid"];
        let named =
            |name: &&str| fields.iter().filter(|(key, _)| plain_key(key) == **name).find_map(|(_, value)| id(value));
        if let Some(found) = IDS.iter().find_map(named) {
            self.shown = true;
            // of several layers the outer one's
            self.id.get_or_insert(found);
        }
    }

    fn field(&mut self, key: &str, value: &Reply, text: &str, deeper: usize) {
        match key {
            "issuccess" | "success" | "succeeded" | "issuccessful" | "successful" | "ok" => self.flag(value),
            "state"
            | "status"
            | "deliverystatus"
            | "messagedeliverystatus"
            | "messagestatus"
            | "messagestate"
            | "sendstatus"
            | "deliverystate"
            | "outcome"
            | "result" => self.state(value, text, deeper),
            "statuscode" | "httpstatus" | "httpstatuscode" | "code" => self.code(value),
            "message" => match value {
                Reply::Text(sentence) => self.sentence(sentence, text),
                value => self.layer(value, text, deeper),
            },
            "data" | "response" | "payload" | "body" | "value" | "messages" | "results" | "items" | "records"
            | "requests" | "statustext" | "statusmessage" | "description" | "detail" | "details" | "title" => {
                match value {
                    Reply::Text(sentence) => self.in_trouble |= says_no(sentence, text),
                    value => self.layer(value, text, deeper),
                }
            }
            "reason" => {
                self.in_trouble |=
                    matches!(value, Reply::Text(why) if !is_silent(why) && told(why) != Some(Stated::Accepted));
            }
            "sendtime" | "destinationphonenumbers" | "sourcephonenumber" => self.shown |= !value.is_silent(),
            key if names_failure(key) => self.has_errors |= !value.is_silent(),
            // what is in there is not known: it may say that something failed, and proves nothing
            _ => {
                let mut inner = Self::default();
                inner.layer(value, text, deeper);
                self.failed |= inner.failed;
                self.has_errors |= inner.has_errors;
                self.in_trouble |= inner.in_trouble;
                self.sign = self.sign.take().or(inner.sign);
            }
        }
    }

    /// Whether it went well, as a truth.
    fn flag(&mut self, value: &Reply) {
        let truth = match value {
            Reply::Bool(truth) => *truth,
            Reply::Number(number) => size(number) != 0.0,
            Reply::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" => true,
                "false" | "0" | "no" => false,
                _ => return self.state(value, "", 0),
            },
            _ => return,
        };
        self.went_well |= truth;
        self.failed |= !truth;
    }

    fn state(&mut self, value: &Reply, text: &str, deeper: usize) {
        match value {
            Reply::Text(word) if is_silent(word) => {}
            Reply::Text(word) => match (word.trim().parse::<f64>(), told(word)) {
                (Ok(_), _) => self.code(value),
                (_, Some(Stated::Failed)) => self.failed = true,
                (_, Some(Stated::Accepted | Stated::Delivered)) => self.went_well = true,
                (_, None) => self.unclear = true,
            },
            Reply::Number(_) => self.code(value),
            Reply::Bool(truth) => self.went_well |= truth,
            value => self.layer(value, text, deeper),
        }
    }

    /// A status of HTTP within the answer, or a word for what is wrong.
    fn code(&mut self, value: &Reply) {
        let number = match value {
            Reply::Number(number) => size(number),
            Reply::Text(word) => match word.trim().parse::<f64>() {
                Ok(number) => number,
                Err(_) => return self.failed |= stated(word) == Some(Stated::Failed),
            },
            _ => return,
        };
        self.failed |= !(0.0..400.0).contains(&number);
    }

    fn sentence(&mut self, sentence: &str, text: &str) {
        if is_echo(sentence, text) {
            self.shown = true;
            return;
        }
        match told(sentence) {
            Some(Stated::Failed) => self.in_trouble = true,
            Some(Stated::Accepted | Stated::Delivered) => self.went_well = true,
            None => {}
        }
    }
}

fn sign(key: &str, value: &Reply) -> String {
    match value {
        Reply::Text(word) => format!("{key}: {}", word.trim()),
        Reply::Number(number) => format!("{key}: {number}"),
        Reply::Bool(truth) => format!("{key}: {truth}"),
        _ => key.to_owned(),
    }
}

/// Whether the answer repeats the text that was sent, however it is spelt.
fn is_echo(sentence: &str, text: &str) -> bool {
    rewriting(text, sentence).is_some()
}

fn says_no(sentence: &str, text: &str) -> bool {
    !is_echo(sentence, text) && told(sentence) == Some(Stated::Failed)
}

/// Whether a key names what went wrong, so that anything under it is a sign of failure: `errorCode`, `errors`, `failed`,
/// `failedNumbers`, `modelState`.
fn names_failure(key: &str) -> bool {
    let wrong = ["error", "fail", "reject", "invalid", "exception", "undeliver", "unsent", "notsent"];
    let harmless = ["failover", "callback", "url", "total"];
    wrong.iter().any(|part| key.contains(part)) && !harmless.iter().any(|part| key.contains(part))
        || matches!(key, "modelstate" | "problem" | "problems" | "blocked" | "fault" | "faults")
}

fn size(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::MAX)
}

fn id(value: &Reply) -> Option<String> {
    match value {
        Reply::Text(text) => clean_id(text),
        Reply::Number(number) => clean_id(&number.to_string()),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Reply {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReplyVisitor)
    }
}

struct ReplyVisitor;

impl<'de> Visitor<'de> for ReplyVisitor {
    type Value = Reply;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Reply, E> {
        Ok(Reply::Nothing)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Reply, E> {
        Ok(Reply::Bool(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Reply, E> {
        Ok(Reply::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Reply, E> {
        Ok(Reply::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Reply, E> {
        Ok(Number::from_f64(number).map_or(Reply::Nothing, Reply::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Reply, E> {
        Ok(Reply::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Reply, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Reply::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Reply, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = fields.next_entry()? {
            pairs.push(pair);
        }
        Ok(Reply::Fields(pairs))
    }
}

//! How many records there are: `GET …/journal/requests/counts` (`mightycall-api.md`, section 7, grade A).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::auth::Credentials;
use super::envelope::{self, Not};
use super::error::{Error, Words};
use super::history::HistoryAsk;
use super::read::Read;
use super::routes::{Operation, SchemeName};
use super::wire::{Maybe, Text, moment};
use super::{Client, journal};

/// How many records the journal has for a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Records in the window that was searched.
    pub records: u64,
    /// Where that window begins, by the answer: later than what was asked for where the account cuts it short.
    pub from: Option<Timestamp>,
    /// Where it ends, by the answer.
    pub to: Option<Timestamp>,
}

/// Keys are plain.
#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    records: Maybe<Text>,
    #[serde(default)]
    from: Maybe<Text>,
    #[serde(default)]
    to: Maybe<Text>,
}

impl Counts {
    /// Reads a bare count, or one in `data`. Keys are plain.
    fn of(value: &Value) -> Option<Self> {
        let layers = [Some(value), envelope::wrapped(value)];
        layers.into_iter().flatten().filter(|layer| layer.is_object()).find_map(|layer| {
            let Wire { records, from, to } = Wire::deserialize(layer).ok()?;
            Some(Self { records: records.count()?, from: from.get().and_then(moment), to: to.get().and_then(moment) })
        })
    }
}

fn decode(read: &Read) -> Result<Counts, Not> {
    let value = envelope::json(&read.body, &read.secrets)?;
    if envelope::went(&value) != envelope::Went::Well {
        return Err(Not::Success(Words::of_value(value, &read.secrets).unwrap_or_default()));
    }
    Counts::of(&value).ok_or_else(|| Not::Readable("there is no count in it".to_owned(), Words::none()))
}

impl Client {
    /// How many records the journal has for a question, whatever page it asks for. The filters are those of
    /// [`Client::history`], and so is what happens where the account refuses some of them.
    ///
    /// # Errors
    ///
    /// [`Error::NoPath`] where this account has no such count.
    pub async fn counts(&self, who: &Credentials, ask: &HistoryAsk) -> Result<Counts, Error> {
        let scheme = SchemeName::of(who);
        let (route, read) = loop {
            let options = self.0.journal.options(scheme);
            let query = |_| journal::filters(ask, options, Timestamp::now());
            match self.read(who, Operation::Counts, query).await {
                Err(error) if self.0.journal.note_refusal(scheme, options, &error) => {}
                answer => break answer?,
            }
        };
        let counts = match decode(&read) {
            Ok(counts) => counts,
            Err(not) => return Err(read.not(not)),
        };
        self.found(who, Operation::Counts, route);
        Ok(counts)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::super::wire::plain_keys;
    use super::*;

    #[rstest]
    #[case(json!({"records": 17, "from": "2026-03-19T00:00:00Z", "to": null}), Some((17, true, false)))]
    #[case(json!({"data": {"records": "0", "to": "2026-04-19T00:00:00Z"}, "isSuccess": true}), Some((0, false, true)))]
    #[case(json!({"records": []}), None)]
    #[case(json!({"requests": 3}), None)]
    #[case(json!([3]), None)]
    fn reads(#[case] wire: Value, #[case] expected: Option<(u64, bool, bool)>) {
        let counts = Counts::of(&plain_keys(wire));
        assert_eq!(counts.map(|counts| (counts.records, counts.from.is_some(), counts.to.is_some())), expected);
    }
}

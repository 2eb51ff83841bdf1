//! Answers of the service: pages of history, lists of numbers, what became of a message, tokens, errors.

use mctui::api::offline::{self, error, extension_list, history, phone_numbers, sent, token};
use mctui::api::{Error, HistoryPage, Record, SendOutcome};
use mctui::model::{Address, Road};
use serde_json::Value;

use super::make::Script;
use super::shapes::{ANSWERS, LISTS, PAGES};

pub(super) const SECRET: &str = offline::SECRET;

/// Whatever the bytes are, they are read or refused in words that are safe and quote no secret.
pub fn check(data: &[u8]) {
    let mut script = Script(data);
    match script.byte() % 5 {
        0 => all(script.rest(), 200),
        1 => {
            let value = script.json(5);
            all(&written(&value), status(&mut script));
        }
        2 => {
            let shape = script.one(&[PAGES, LISTS, ANSWERS].concat());
            let mut body = shape.as_bytes().to_vec();
            script.damage(&mut body);
            all(&body, status(&mut script));
        }
        3 => {
            let shape = script.one(&[PAGES, LISTS, &ANSWERS[..7]].concat());
            let mut value: Value = serde_json::from_str(shape).unwrap_or_default();
            for _ in 0..=script.below(3) {
                script.disturb(&mut value);
            }
            all(&written(&value), status(&mut script));
        }
        _ => one_among_many(&mut script),
    }
}

fn written(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn status(script: &mut Script<'_>) -> u16 {
    [200, 200, 201, 204, 302, 400, 401, 403, 404, 408, 422, 429, 500, 503][script.below(14)]
}

fn all(body: &[u8], status: u16) {
    for road in [Road::Journal, Road::MessageList] {
        if let Some(page) = history(road, body) {
            sound(&page);
        }
    }
    for number in phone_numbers(body).into_iter().flatten() {
        assert_eq!(Address::parse(number.address.as_str()).as_ref(), Ok(&number.address));
    }
    for extension in extension_list(body).into_iter().flatten() {
        assert!(!extension.number.trim().is_empty());
    }
    if let Err(why) = token(body) {
        told(&why);
    }
    told(&error(status, body));
    outcome(status, body);
}

fn sound(page: &HistoryPage) {
    assert!(page.records.len() + page.unreadable <= page.received);
    for record in &page.records {
        for address in sides(record) {
            assert_eq!(Address::from_wire(address.as_str()).as_ref(), Some(address));
        }
        assert!(sides(record).next().is_some(), "{record:?}");
        assert!(record.remote_id.as_deref().is_none_or(|id| !id.trim().is_empty()), "{record:?}");
        assert!(record.attachments.iter().all(|attachment| !attachment.name.is_empty()), "{record:?}");
        let ours = Address::from_normal("+12025550100");
        let sided = record.sides(std::slice::from_ref(&ours), &ours);
        assert!(!sided.contact.address.as_str().is_empty());
    }
}

fn sides(record: &Record) -> impl Iterator<Item = &Address> {
    let contacts = record.client.iter().chain(&record.from).chain(&record.to);
    record.business.iter().chain(contacts.map(|contact| &contact.address))
}

/// What an error says is one short line that is safe anywhere.
fn told(error: &Error) {
    let words = format!("{error}; {}", error.advice());
    assert!(words.chars().count() < 1_000, "{words}");
    assert!(!words.contains(char::is_control) && !words.contains(['\u{202e}', '\u{2066}', '\u{200b}']), "{words:?}");
    assert!(!words.contains(SECRET) && !format!("{error:?}").contains(SECRET), "{words:?}");
}

/// Accepted only where an answer of success says nothing else; unconfirmed wherever the message may have gone out.
fn outcome(status: u16, body: &[u8]) {
    let outcome = sent(status, body);
    if let SendOutcome::Refused(error) | SendOutcome::NotSent(error) | SendOutcome::Unconfirmed(error) = &outcome {
        told(error);
    }
    let holds = match status {
        200..300 => match &outcome {
            SendOutcome::Accepted { .. } => {
                let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).trim_ascii();
                body.first().is_none_or(|first| b"[{\"-0123456789tfn".contains(first))
            }
            SendOutcome::NotSent(_) => false,
            _ => true,
        },
        429 => matches!(outcome, SendOutcome::NotSent(_)),
        408 | 500.. => matches!(outcome, SendOutcome::Unconfirmed(_)),
        _ => matches!(outcome, SendOutcome::Refused(_)),
    };
    assert!(holds, "{status} {}: {outcome:?}", String::from_utf8_lossy(body));
}

/// A record that is strange, or holds what is no text, takes none of its neighbours with it.
fn one_among_many(script: &mut Script<'_>) {
    const GOOD: &str = r#"{"id":"good","type":"Message","created":"2026-01-02T03:04:05Z","businessNumber":"+12025550100","client":{"address":"+12025550142"},"direction":"Inbound","text":"hi 😀"}"#;
    const SCRAPS: &[&[u8]] = &[
        b"\\ud83d",
        b"\\ude00",
        b"\\ud83d\\ud83d",
        b"\xff",
        b"\xf0\x9f\x98",
        b"\xed\xa0\xbd",
        b"\n",
        b"\x1b",
        b"\0",
        b"\\u0000",
    ];
    let mut strange: Value = serde_json::from_str(GOOD).unwrap_or_default();
    for _ in 0..script.below(4) {
        script.disturb(&mut strange);
    }
    let strange = written(&strange);
    let text = [script.one(SCRAPS), script.one(SCRAPS), script.text(3).replace(['"', '\\'], "").as_bytes()].concat();
    let broken = [br#"{"id":"broken","date":1767323045,"from":"+12025550142","text":"a"#, &*text, br#"z"}"#].concat();
    let body = [
        b"{\"requests\":[",
        GOOD.as_bytes(),
        b",",
        &strange,
        b",",
        GOOD.as_bytes(),
        b",",
        &broken,
        b",",
        GOOD.as_bytes(),
        b"]}",
    ]
    .concat();
    let page = history(Road::Journal, &body).unwrap_or_else(|| panic!("lost: {}", String::from_utf8_lossy(&body)));
    assert_eq!(page.received, 5);
    let good = |record: &&Record| record.remote_id.as_deref() == Some("good") && record.body == "hi 😀";
    assert!(page.records.iter().filter(good).count() >= 3);
    let broken = page.records.iter().find(|record| record.remote_id.as_deref() == Some("broken"));
    assert!(broken.is_some_and(|record| record.body.starts_with('a') && record.body.ends_with('z')), "{page:?}");
}

//! What an answer means, without asking for it: the way from the bytes of a body to what the house makes of them, for
//! fuzzing. Nothing else uses it.

use jiff::Timestamp;

use super::error::{Asked, Error};
use super::history::{HistoryPage, Position, page};
use super::read::Read;
use super::send::SendOutcome;
use super::send_answer::judge;
use super::sign_in::read_token;
use super::transport::Answer;
use super::words::Secrets;
use super::{Extension, RemoteNumber, envelope, extensions, numbers};
use crate::model::Road;

/// The secret that was in play: no error may quote it.
pub const SECRET: &str = "demo-secret-in-play";

fn secrets() -> Secrets {
    Secrets::new([SECRET])
}

fn read(body: &[u8]) -> Read {
    let asked = Asked { method: "GET", path: "/path".to_owned() };
    Read { asked, status: 200, body: body.to_vec(), secrets: secrets() }
}

fn answer(status: u16, body: &[u8]) -> Answer {
    let asked = Asked { method: "POST", path: "/path".to_owned() };
    Answer {
        asked,
        status,
        now: Timestamp::UNIX_EPOCH,
        retry_after: None,
        location: None,
        ends: true,
        body: Ok(body.to_vec()),
        secrets: secrets(),
    }
}

/// A page of history; `None` where there is no list in it.
pub fn history(road: Road, body: &[u8]) -> Option<HistoryPage> {
    let place = Position { path: "/path".to_owned(), page_size: 100, page: 1, received: 0 };
    envelope::listing(body, &secrets()).and_then(|listing| page(road, &place, &listing)).ok()
}

/// The account's numbers; `None` where there is no list in it.
pub fn phone_numbers(body: &[u8]) -> Option<Vec<RemoteNumber>> {
    let listing = envelope::listing(body, &secrets()).ok()?;
    Some(listing.records().filter_map(Result::ok).filter_map(numbers::decode).collect())
}

/// The account's extensions; `None` where there is no list in it.
pub fn extension_list(body: &[u8]) -> Option<Vec<Extension>> {
    let listing = envelope::listing(body, &secrets()).ok()?;
    Some(listing.records().filter_map(Result::ok).filter_map(extensions::decode).collect())
}

/// What became of a message.
pub fn sent(status: u16, body: &[u8]) -> SendOutcome {
    judge(answer(status, body), "a text")
}

/// Whether there is a token in it; else what is told instead.
pub fn token(body: &[u8]) -> Result<(), Error> {
    read_token(read(body), 1).map(drop)
}

/// What is told of an answer that is an error.
pub fn error(status: u16, body: &[u8]) -> Error {
    answer(status, body).into_error()
}

//! Reading the body of an answer, within a limit.

use super::super::error::{Asked, Error, Words};
use super::super::words::Secrets;
use super::{MOST_OF_ERROR, no_answer};

/// All of a body, unless it is larger than `most` bytes.
pub(super) async fn whole_body(
    response: &mut reqwest::Response,
    asked: &Asked,
    secrets: &Secrets,
    most: usize,
) -> Result<Vec<u8>, Error> {
    let status = response.status().as_u16();
    let too_much = || Error::Unreadable {
        asked: asked.clone(),
        status,
        reason: format!("it is larger than {} MiB", most / (1024 * 1024)),
        words: Words::none(),
    };
    if response.content_length().is_some_and(|length| length > most as u64) {
        return Err(too_much());
    }
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(body),
            Ok(Some(chunk)) if body.len() + chunk.len() > most => return Err(too_much()),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Err(why) => return Err(no_answer(asked, &why, secrets).into_error()),
        }
    }
}

/// The beginning of an answer that is an error.
pub(super) async fn beginning(
    response: &mut reqwest::Response,
    asked: &Asked,
    secrets: &Secrets,
) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while body.len() < MOST_OF_ERROR {
        match response.chunk().await {
            Ok(None) => break,
            Ok(Some(chunk)) => body.extend_from_slice(&chunk[..chunk.len().min(MOST_OF_ERROR - body.len())]),
            Err(why) => return Err(no_answer(asked, &why, secrets).into_error()),
        }
    }
    Ok(body)
}

//! The client against services that answer in every way the real one may, and in some that none should.

#![allow(clippy::unwrap_used)] // helpers of tests are tests, though they bear no `#[test]`

#[path = "api/attachments.rs"]
mod attachments;
#[path = "api/common.rs"]
mod common;
#[path = "api/journal.rs"]
mod journal;
#[path = "api/reading.rs"]
mod reading;
#[path = "api/secrets.rs"]
mod secrets;
#[path = "api/send_rules.rs"]
mod send_rules;
#[path = "api/sending.rs"]
mod sending;
#[path = "api/signing.rs"]
mod signing;
#[path = "api/tokens.rs"]
mod tokens;

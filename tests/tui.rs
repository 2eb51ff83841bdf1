//! Whole flows: keys in, screen out, against the emulator over HTTP with a real database. Only the terminal is a buffer.

mod common;

#[path = "tui/finding.rs"]
mod finding;
#[path = "tui/keyring.rs"]
mod keyring;
#[path = "tui/keys.rs"]
mod keys;
#[path = "tui/notice.rs"]
mod notice;
#[path = "tui/places.rs"]
mod places;
#[path = "tui/runner.rs"]
mod runner;
#[path = "tui/sending.rs"]
mod sending;
#[path = "tui/settings.rs"]
mod settings;
#[path = "tui/talk.rs"]
mod talk;
#[path = "tui/themes.rs"]
mod themes;
#[path = "tui/writing.rs"]
mod writing;

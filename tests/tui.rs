//! Whole flows: keys in, screen out, against the emulator over HTTP with a real database. Only the terminal is a buffer.

mod common;

#[path = "tui/places.rs"]
mod places;
#[path = "tui/runner.rs"]
mod runner;
#[path = "tui/sending.rs"]
mod sending;

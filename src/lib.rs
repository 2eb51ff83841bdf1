//! mctui: a full-screen terminal client for staff who answer customers by SMS over MightyCall business numbers.
//!
//! # The house
//!
//! | room | what is in it | whom it may import |
//! |---|---|---|
//! | [`model`] | what we talk about: numbers, contacts, threads, messages, deliveries | nothing of ours |
//! | [`files`] | opening the files that mctui keeps for itself: no links, for their owner alone | nothing of ours |
//! | [`config`] | the file, its places, the environment, secrets, keys | `model`, `files` |
//! | [`store`] | the SQLite cache: one writer thread, a few readers | `model`, `files` |
//! | [`api`] | the one place through which every request to MightyCall goes | `model`, `config`, `files` |
//! | [`sync`] | the engine: commands in, events out; when to look, how far to page, what is the same message, the outbox | `api`, `store`, `model`, `config`, `files` |
//! | [`tui`] | the screen: state, update, views; `tui::effect` and the loop in `tui` are its only doors to `sync`, `store` and `files` | `model`, `config` |
//! | [`cli`] | one file a command | all |
//! | [`emulator`] | a MightyCall on 127.0.0.1 for the demo, the tests and the benches | `model` |
//!
//! `tests/doors.rs` reads the `use` lines and fails on any other arrow.
//!
//! # The one way through
//!
//! ```text
//! key → keymap → Action → update(&mut State, Msg) -> Vec<Effect>        no I/O, no clock, no channel in here
//!     → effect: the store writes the outbox row ("queued")              one transaction, local id
//!     → engine: mark "sending" and commit → token → POST once → answer
//!     → sent | failed(reason) | unconfirmed, committed
//!     → the store's Change → Msg::Changed → Effect::LoadMessages → store read → Msg::Messages → draw(&State)
//! ```
//!
//! Poll, outbox and another mctui process all end in the store's `Change`, so there is one way to refresh.

#![warn(clippy::unwrap_used)]

pub mod api;
pub mod cli;
pub mod config;
pub mod emulator;
pub mod files;
pub mod model;
pub mod store;
pub mod sync;
pub mod tui;

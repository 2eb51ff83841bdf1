//! The properties that the targets hold; `tests/fuzz.rs` holds the same ones.

pub mod properties;

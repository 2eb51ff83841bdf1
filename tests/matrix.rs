//! Where a send can break, and what becomes of the message: posted at most once, and never `sent` without proof.
//!
//! Every cell is a real connection to a server that breaks at an exact moment (`tests/common/wire.rs`), before an
//! emulated account that has the message or not. `engine` runs the engine in this process, `killed` kills the real
//! binary at the same moments; `order` and `flapping` hold what goes around a send.

#![allow(unreachable_pub, reason = "its modules are its own")]

mod common;

#[path = "matrix/engine.rs"]
mod engine;
#[path = "matrix/flapping.rs"]
mod flapping;
#[path = "matrix/killed.rs"]
mod killed;
#[path = "matrix/order.rs"]
mod order;
#[path = "matrix/places.rs"]
mod places;
#[path = "matrix/table.rs"]
mod table;

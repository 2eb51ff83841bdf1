//! One cache and many processes at once: the client on its screen, syncs, sends, reads. Nobody is turned away, nothing is
//! lost, one at a time sends, and the screen shows what the others wrote.
#![allow(unreachable_pub, reason = "its modules are its own")]

mod common;

#[path = "shared_cache/crowd.rs"]
mod crowd;
#[path = "shared_cache/homes.rs"]
mod homes;
#[path = "shared_cache/lease.rs"]
mod lease;
#[path = "shared_cache/senders.rs"]
mod senders;
#[path = "shared_cache/stopped.rs"]
mod stopped;
#[path = "shared_cache/truth.rs"]
mod truth;

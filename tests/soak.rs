//! A bad day, made short: everything goes wrong at random while people write from two engines and many processes, which
//! are killed at random too. In the evening the weather clears, and the cache must be the account, message for message.
//!
//! Seconds in `cargo test`; `MCTUI_SOAK_MINUTES=20 cargo test --release --test soak -- --nocapture` is a real soak.
//! `MCTUI_SOAK_SEED` makes another day.
#![allow(unreachable_pub, reason = "its modules are its own")]

mod common;

#[path = "soak/business.rs"]
mod business;
#[path = "soak/hands.rs"]
mod hands;
#[path = "soak/verdict.rs"]
mod verdict;
#[path = "soak/weather.rs"]
mod weather;

use std::sync::Arc;
use std::time::Duration;

use business::Business;
use mctui::emulator::Dialect;

/// What `cargo test` has time for.
const SHORT: Duration = Duration::from_secs(5);

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_and_nothing_goes_twice() {
    let length = variable("MCTUI_SOAK_MINUTES").map_or(SHORT, |minutes| Duration::from_secs(60 * minutes));
    let seed = variable("MCTUI_SOAK_SEED").unwrap_or(1);
    // an account with ids that agree, and one with none that do
    let dialect = if seed % 2 == 1 { Dialect::under_api() } else { Dialect::journal() };
    let business = Arc::new(Business::open(dialect, seed, length).await);
    let weather = tokio::spawn(weather::rage(Arc::clone(&business)));
    hands::work(&business).await;
    weather.await.unwrap();
    weather::clear(&business).await;
    let verdict = verdict::reach(&business).await;
    println!("{verdict}");
    assert!(verdict.differences.is_empty(), "seed {seed}: {:#?}", verdict.differences);
}

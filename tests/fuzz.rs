//! Made-up bytes against what must hold for any: a modest number of cases, or as many as `MCTUI_FUZZ_CASES` says.
//!
//! The properties are `fuzz/`'s own, where libFuzzer runs them without end: see `fuzz/README.md`.

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

#[allow(unreachable_pub, reason = "it is a library of its own, too")]
#[path = "../fuzz/src/properties/mod.rs"]
mod properties;

/// No case may take longer, in an optimised build.
const LONGEST: Duration = Duration::from_secs(1);

fn hold(name: &str, check: fn(&[u8])) {
    let wanted = std::env::var("MCTUI_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = wanted.unwrap_or(if cfg!(debug_assertions) { 1_500 } else { 20_000 });
    let mut config = Config { cases, failure_persistence: None, max_shrink_iters: 20_000, ..Config::default() };
    // who asks for many looks for what is not known
    if wanted.is_some() {
        config.rng_seed = RngSeed::Random;
    }
    let bytes =
        prop_oneof![40 => vec(any::<u8>(), 0..120), 4 => vec(any::<u8>(), 0..1_000), 1 => vec(any::<u8>(), 0..6_000)];
    let (began, slowest) = (Instant::now(), std::cell::Cell::new(Duration::ZERO));
    let ended = TestRunner::new(config).run(&bytes, |bytes| {
        let timed = || {
            let began = Instant::now();
            check(&bytes);
            began.elapsed()
        };
        // on a busy machine anything may have to wait; what is slow by itself is slow again
        let mut took = timed();
        for _ in 0..3 {
            if took > LONGEST / 10 {
                took = took.min(timed());
            }
        }
        slowest.set(slowest.get().max(took));
        Ok(())
    });
    if let Err(TestError::Fail(why, bytes)) = ended {
        panic!("{name}: {why}\nfor the bytes {bytes:?}");
    }
    let slowest = slowest.get();
    println!("{name}: {cases} cases in {:.1?}, the slowest {slowest:.1?}{}", began.elapsed(), memory());
    assert!(cfg!(debug_assertions) || slowest < LONGEST, "{name}: a case took {slowest:?}");
}

/// The most memory this process ever had, where the system tells.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(String::new, |peak| format!(", at most {}", peak.trim()))
}

#[test]
fn any_text_is_made_safe() {
    hold("text", properties::text::check);
}

#[test]
fn any_phone_number_is_read_or_refused() {
    hold("phone", properties::phone::check);
}

#[test]
fn any_answer_is_read_or_refused() {
    hold("wire", properties::wire::check);
}

#[test]
fn any_settings_are_read_or_refused_and_edits_keep_the_rest() {
    hold("settings", properties::settings::check);
}

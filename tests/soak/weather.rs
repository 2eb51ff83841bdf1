//! What goes wrong.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use mctui::emulator::{Effect, Fault, RetryAfter};

use crate::business::Business;

/// One thing after another, until the day is over.
pub async fn rage(business: Arc<Business>) {
    let mut rng = business.chance(0);
    while business.is_open() {
        match rng.u8(..24) {
            0 => {
                note(&business, "service gone");
                business.emulator.refuse().await;
                business.pause(&mut rng, 1_500).await;
                business.emulator.accept().await;
            }
            1 => {
                note(&business, "connections cut");
                business.emulator.cut_connections();
            }
            2 => {
                note(&business, "tokens expired");
                business.emulator.expire_tokens();
            }
            3 => {
                note(&business, "journal gone");
                business.emulator.disable("/journal", 404);
                business.pause(&mut rng, 300).await;
                business.emulator.enable("/journal");
            }
            4 | 5 => business.emulator.clear_faults(),
            _ => {
                let fault = fault(&business, &mut rng);
                let when = if fault.worked { " after the work" } else { "" };
                note(&business, &format!("{}{when}", name(&fault.effect)));
                business.emulator.fault(fault);
            }
        }
        business.pause(&mut rng, 60).await;
    }
}

/// The day is over, and everything works.
pub async fn clear(business: &Business) {
    business.emulator.clear_faults();
    business.emulator.enable("/journal");
    business.emulator.accept().await;
}

fn note(business: &Business, what: &str) {
    business.book(|book| *book.faults.entry(what.to_owned()).or_default() += 1);
}

fn name(effect: &Effect) -> String {
    match effect {
        Effect::Status(status) => format!("status {status}"),
        Effect::Html(status) => format!("html {status}"),
        Effect::RateLimited(_) => "status 429".to_owned(),
        Effect::Delay(_) => "slow".to_owned(),
        Effect::Redirect(_) => "redirect".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// A fault of a service that tells no lies: what it refuses, puts off or sends elsewhere, it has not done.
fn fault(business: &Business, rng: &mut Rng) -> Fault {
    let path = match rng.u8(..6) {
        0 => "/auth/token",
        1 => "/journal/requests",
        2 => "",
        // most of it where most is at stake
        _ => business.send_path(),
    };
    let honest = |effect| Fault::on(path, effect);
    let fault = match rng.u8(..16) {
        0 | 1 => honest(Effect::Reset),
        2 | 3 => honest(Effect::Reset).after_work(),
        4 => honest(Effect::Hang),
        5 => honest(Effect::Hang).after_work(),
        6 => honest(Effect::Delay(Duration::from_millis(rng.u64(10..700)))),
        7 => honest(Effect::Delay(Duration::from_millis(rng.u64(10..700)))).after_work(),
        8 => honest(Effect::Status([500, 502, 503, 504][rng.usize(..4)])),
        9 => honest(Effect::Status([500, 502, 503, 504][rng.usize(..4)])).after_work(),
        10 => honest(Effect::Status([400, 401, 403][rng.usize(..3)])),
        11 => honest(Effect::RateLimited(RetryAfter::Seconds(1))),
        12 => honest(Effect::Html(if rng.bool() { 200 } else { 502 })),
        13 => honest(Effect::Truncated),
        14 => honest(Effect::CutShort),
        _ => honest(Effect::Redirect("/v4/somewhere".to_owned())),
    };
    fault.times(rng.u32(1..3))
}

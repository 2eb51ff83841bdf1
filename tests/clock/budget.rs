//! The day's requests, over the wire.

use mctui::api::Kind;
use mctui::emulator::Request;
use mctui::sync::Extent;
use mctui::sync::run::{Report, sync};
use rstest::rstest;

use super::{Stage, YEAR};

async fn look(stage: &Stage) -> Report {
    let context = stage.process().await;
    sync(&context, &context.ours(), Extent::New(100), |_, _| {}).await
}

fn kind(report: &Report) -> Option<Kind> {
    report.numbers[0].api_error().map(mctui::api::Error::kind)
}

/// All that the day has for reading, made an hour ago by a clock that was so far ahead.
async fn spend(stage: &Stage, ahead: i64) {
    let context = stage.process().await;
    let key = context.credentials(&stage.rig.number(0)).unwrap().budget_key();
    let limits = &context.config.sync;
    let at = stage.wall.now() + jiff::SignedDuration::from_secs(ahead - 3_600);
    for _ in 0..limits.reading_requests() {
        context.ledger.spend(&key, at, limits.daily_requests).await.unwrap();
    }
}

/// Whatever the clock says at the start: nothing goes out with a key, and one question without one settles what time it is.
#[rstest]
#[case::right(0, 0, 0)]
#[case::put_forward(0, YEAR, 1)]
#[case::put_back(0, -YEAR, 1)]
#[case::was_a_year_ahead(YEAR, 0, 1)]
#[tokio::test]
async fn a_day_that_is_used_up_stays_used_up(#[case] then: i64, #[case] now: i64, #[case] asked: usize) {
    let stage = Stage::set().await;
    // the service's clock is known, as after any request
    look(&stage).await;
    spend(&stage, then).await;
    stage.wall.put(now);
    let before = stage.rig.emulator.request_count();
    let report = look(&stage).await;
    assert_eq!(kind(&report), Some(Kind::OverBudget), "{report:?}");
    let requests: Vec<Request> = stage.rig.emulator.requests().split_off(before);
    assert_eq!(requests.len(), asked, "{requests:?}");
    assert!(
        requests.iter().all(|request| request.path.ends_with("/ping") && request.credentials.is_none()),
        "{requests:?}"
    );
}

/// A clock that is put forward while the engine runs prunes nothing.
#[tokio::test]
async fn a_jump_in_a_running_program_prunes_nothing() {
    let stage = Stage::set().await;
    let context = stage.process().await;
    let looks = async || sync(&context, &context.ours(), Extent::New(100), |_, _| {}).await;
    assert_eq!(kind(&looks().await), None);
    spend(&stage, 0).await;
    for jump in [24 * 3_600 + 60, YEAR, -YEAR, 0] {
        stage.wall.put(jump);
        assert_eq!(kind(&looks().await), Some(Kind::OverBudget), "{jump}");
    }
}

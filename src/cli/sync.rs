//! `mctui sync`: fetch history and what is new; send what is queued.

use std::pin::pin;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::session::our_number;
use super::{Exit, Failure, Output, Scene};
use crate::model::Address;
use crate::sync::outbox::{Pass, Passed, Settled, Step, work};
use crate::sync::run::{NumberReport, sync};
use crate::sync::{Context, Extent, Report};

/// How long to wait for another process that is sending. One that is stopped is taken over from before.
const PATIENCE: Duration = Duration::from_secs(60);

/// Fetch history and what is new into the cache.
///
/// The first sync of a number fetches its newest messages; later ones fetch what is new since. What is queued is sent first.
#[derive(Debug, clap::Args)]
pub(super) struct Sync {
    /// Only this business number, in any spelling or by its label; may be given several times
    #[arg(long = "number", value_name = "N")]
    numbers: Vec<String>,
    /// Fetch at least the newest LIMIT messages of each number [default: 1000 at the first sync, then what is new]
    #[arg(long, conflicts_with_all = ["full", "since"], value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Fetch everything since this time, such as 2026-01-31 or 2026-01-31T09:00:00Z
    #[arg(long, conflicts_with = "full", value_name = "TIME", value_parser = super::messages::parse_time)]
    since: Option<Timestamp>,
    /// Fetch all there is
    #[arg(long)]
    full: bool,
}

impl Sync {
    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        let context = scene.context().await?;
        let numbers = match self.numbers.as_slice() {
            [] => context.ours(),
            named => named.iter().map(|text| our_number(&context.config, text)).collect::<Result<_, _>>()?,
        };
        let held = CancellationToken::new();
        let pass = Pass { patience: Some(PATIENCE), ..Pass::default() };
        let mut sending = pin!(work(&context, &pass, |step| match step {
            Step::Held => held.cancel(),
            Step::Settled(settled) => unsent(scene.output, settled),
            Step::Free | Step::Claimed(_) => {}
        }));
        // what is queued goes first; where another process is sending, reading does not wait for that
        let passed = tokio::select! {
            passed = &mut sending => Some(passed),
            () = held.cancelled() => None,
        };
        let reading = async {
            let report = sync(&context, &numbers, self.extent(&context), |numbers, tally| {
                progress(scene.output, numbers, tally.fetched, tally.total);
            })
            .await;
            say(scene.output, &report).map(|()| report)
        };
        let (passed, report) = if let Some(passed) = passed {
            (passed, reading.await)
        } else {
            scene.output.note("mctui: another mctui is sending; reading goes on meanwhile");
            tokio::join!(sending, reading)
        };
        match passed {
            Ok(Passed::Through) => {}
            Ok(Passed::Held) => {
                scene.output.note("mctui: another mctui is still sending; what is queued is left to it");
            }
            Err(why) => scene.output.note(&format!("mctui: the outbox could not be worked: {why}")),
        }
        context.clone().close().await;
        Ok(exit(&report?))
    }

    fn extent(&self, context: &Context) -> Extent {
        match (self.full, self.limit, self.since) {
            (true, ..) => Extent::Full,
            (_, Some(limit), _) => Extent::Limit(usize::try_from(limit).unwrap_or(usize::MAX)),
            (.., Some(since)) => Extent::Since(since),
            _ => Extent::New(context.config.sync.history_limit),
        }
    }
}

/// Tells of a message in the outbox that did not go well.
fn unsent(output: Output, settled: &Settled) {
    if let Some(reason) = settled.delivery.reason() {
        let state = settled.delivery.name();
        output.note(&format!("mctui: message {} from the outbox is {state}: {reason}", settled.id.0));
    }
}

fn progress(output: Output, numbers: &[Address], fetched: u64, total: Option<u64>) {
    if output.is_json() {
        let one = numbers.first().filter(|_| numbers.len() == 1);
        let page = json!({"event": "progress", "number": one, "numbers": numbers, "fetched": fetched, "total": total});
        // a reader that went away shows at the last line
        let _ = output.json(&page);
    }
}

fn say(output: Output, report: &Report) -> Result<(), Failure> {
    if output.is_json() {
        let numbers: Vec<_> = report.numbers.iter().map(number_json).collect();
        let done =
            json!({"event": "done", "numbers": numbers, "new": report.new_messages(), "requests": report.requests()});
        output.json(&done)?;
        for number in report.failures() {
            output.note(&format!("mctui: {}", number_words(number)));
        }
        return Ok(());
    }
    for number in &report.numbers {
        output.line(&number_words(number))?;
    }
    Ok(())
}

fn number_json(number: &NumberReport) -> serde_json::Value {
    json!({
        "number": number.number,
        "fetched": number.tally.fetched,
        "new": number.tally.new,
        "unreadable": number.tally.unreadable,
        "requests": number.requests,
        "complete": number.tally.complete,
        "error": number.error.as_deref().map(error_words),
    })
}

fn number_words(number: &NumberReport) -> String {
    let tally = &number.tally;
    let mut words = format!("{}: {} new, {} fetched", number.number.display(), tally.new, tally.fetched);
    if tally.unreadable > 0 {
        words.push_str(&format!(", {} could not be read", tally.unreadable));
    }
    match number.error.as_deref() {
        Some(error) => words.push_str(&format!("; stopped: {}", error_words(error))),
        None if tally.unreached => words.push_str(
            "; MightyCall may have older messages, which could not be told in 40 requests: `mctui sync --full` goes on, \
             `mctui sync --since TIME` asks for a certain time",
        ),
        None if !tally.complete => words.push_str("; older messages are still at MightyCall (--full fetches them)"),
        None => {}
    }
    words
}

fn error_words(error: &crate::sync::history::HistoryError) -> String {
    match error {
        crate::sync::history::HistoryError::Api(error) => {
            let advice = error.advice();
            if advice.is_empty() { error.to_string() } else { format!("{error}; {advice}") }
        }
        other => other.to_string(),
    }
}

fn exit(report: &Report) -> Exit {
    report
        .failures()
        .next()
        .map_or(Exit::Done, |first| first.api_error().map_or(Exit::Failed, |error| Exit::for_kind(error.kind())))
}

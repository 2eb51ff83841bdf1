//! Faults of the engine itself: a panic ends the job it is in, and is told like any other trouble. It never ends the
//! engine under a screen that lives on.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

use super::trouble::Trouble;
use crate::model::fault::panic_words;

/// The first wait after a fault; doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// Carries a job out. A panic ends the job alone, and is given back as what was said, without what it quotes.
pub(super) async fn caught<T>(job: impl Future<Output = T>) -> Result<T, String> {
    // whoever gets the error throws away what the job worked on, or takes it up where it is whole: in the cache
    AssertUnwindSafe(job).catch_unwind().await.map_err(|panic| words(panic.as_ref()))
}

/// The same for a job that answers with trouble in any case.
pub(super) async fn answered<T>(job: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    caught(job).await.unwrap_or_else(|_| Err(of_job("what you asked for")))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().copied();
    panic_words(said.or_else(|| panic.downcast_ref::<String>().map(String::as_str)))
}

/// How long to wait after so many faults in a row.
pub(super) fn wait(faults: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << faults.saturating_sub(1).min(10)).min(LONGEST_WAIT)
}

/// The loop itself had one.
pub(super) fn of_engine() -> Trouble {
    Trouble {
        what: "mctui's engine stopped because of a bug and is being started again".to_owned(),
        causes: vec![CAUSE.to_owned()],
        advice: ADVICE.to_owned(),
        by_itself:
            "mctui recovers by itself, and waits longer if it happens again. A message that was on its way is shown as \
                    unconfirmed, and is never sent twice unasked; drafts and queued messages are in the cache."
                .to_owned(),
    }
}

/// A job had one.
pub(super) fn of_job(what: &str) -> Trouble {
    Trouble {
        what: format!("A fault in mctui stopped {what}"),
        causes: vec![CAUSE.to_owned()],
        advice: ADVICE.to_owned(),
        by_itself:
            "The rest of mctui goes on. What comes by itself is tried again, less and less often while it keeps \
                    failing."
                .to_owned(),
    }
}

const CAUSE: &str = "This is a bug in mctui, and nothing that you did. Its log names the place.";
const ADVICE: &str = "Where it happens again, report it with the line of the log that says “panicked”.";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        assert_eq!(caught(async { 7 }).await, Ok(7));
        let said = caught(async { panic!("cannot cut “{}”", "demo text") }).await;
        assert_eq!(said.map(|()| 0), Err("cannot cut".to_owned()));
        let trouble = answered::<()>(async { panic!("boom") }).await.unwrap_err();
        assert!(trouble.what.contains("fault in mctui") && !trouble.advice.is_empty(), "{trouble:?}");
    }

    #[test]
    fn waits_get_longer_to_an_end() {
        let waits: Vec<u64> = [1, 2, 3, 7, 40, u32::MAX].map(|faults| wait(faults).as_secs()).into();
        assert_eq!(waits, [1, 2, 4, 60, 60, 60]);
    }
}

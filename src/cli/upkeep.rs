//! Long work on the cache before a command can use it: one line for whoever waits at a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::model::upkeep::{Course, Upkeep};
use crate::store::Attendant;

/// What is done within this time needs no word; after it, how often the line is written anew.
const PERIOD: Duration = Duration::from_secs(1);

/// Opens something, and says on standard error how far that is where it takes long and a terminal is there.
pub(super) async fn watched<T>(open: impl AsyncFnOnce(Attendant) -> T) -> T {
    if !io::stderr().is_terminal() {
        return open(Attendant::default()).await;
    }
    let (told, news) = watch::channel(None);
    let attendant = Attendant::new(move |upkeep| {
        told.send_replace(Some(upkeep));
    });
    watch_over(open(attendant), news, &mut io::stderr()).await
}

async fn watch_over<T>(
    opening: impl Future<Output = T>,
    news: watch::Receiver<Option<Upkeep>>,
    out: &mut impl Write,
) -> T {
    let mut opening = std::pin::pin!(opening);
    let mut period = interval_at(Instant::now() + PERIOD, PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut course: Option<Course> = None;
    loop {
        tokio::select! {
            opened = &mut opening => {
                if course.is_some() {
                    // what comes next begins on a line of its own
                    let _ = writeln!(out);
                }
                return opened;
            }
            _ = period.tick() => {
                let (news, now) = (*news.borrow(), Timestamp::now());
                let Some(upkeep) = news else { continue };
                match &mut course {
                    Some(course) => course.take(upkeep, now),
                    None => course = Some(Course::new(upkeep, now)),
                }
                if let Some(course) = &course {
                    // over the line of before, and whatever was longer in that goes
                    let _ = write!(out, "\r{}\x1b[K", line(course, now)).and_then(|()| out.flush());
                }
            }
        }
    }
}

/// `mctui: making the index for finding messages: 43 %, about 20 s left`.
fn line(course: &Course, now: Timestamp) -> String {
    let percent = course.percent().map(|percent| format!(": {percent} %")).unwrap_or_default();
    let left = course.left(now).map(|left| format!(", {left}")).unwrap_or_default();
    format!("mctui: {}{percent}{left}", course.upkeep.chore.title())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::upkeep::Chore;

    async fn said(seconds: u64, upkeep: Upkeep) -> String {
        let (told, news) = watch::channel(None);
        told.send_replace(Some(upkeep));
        let mut out = Vec::new();
        let opening = tokio::time::sleep(Duration::from_millis(seconds * 1_000 + 500));
        watch_over(opening, news, &mut out).await;
        String::from_utf8(out).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_is_said_on_one_line() {
        let half = Upkeep { done: 50, ..Upkeep::of(Chore::Index, 100) };
        assert_eq!(said(0, half).await, "");
        let line = "\rmctui: Making the index for finding messages: 50 %\x1b[K";
        assert_eq!(said(1, half).await, format!("{line}\n"));
        assert_eq!(said(2, half).await, format!("{line}{line}\n"));
        assert_eq!(said(1, Upkeep::uncounted(Chore::Check)).await, "\rmctui: Checking the cache\x1b[K\n");
    }
}

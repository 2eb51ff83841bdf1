//! The file of snippets: read and changed one after the other, off the threads that draw.

use std::path::PathBuf;

use tokio::sync::mpsc;

use super::Job;
use crate::config::snippets::{self, Change};
use crate::tui::message::Msg;

/// Starts what reads the file, and changes it where a change is asked for; all answers are what is there now.
pub(super) fn start(path: PathBuf, messages: mpsc::UnboundedSender<Msg>) -> mpsc::UnboundedSender<Job<Option<Change>>> {
    let (asks, mut inbox) = mpsc::unbounded_channel::<Job<Option<Change>>>();
    tokio::spawn(async move {
        while let Some(job) = inbox.recv().await {
            let ask = match job {
                Job::Do(ask) => ask,
                Job::Flush(done) => {
                    let _ = done.send(());
                    continue;
                }
            };
            let path = path.clone();
            let done = tokio::task::spawn_blocking(move || match ask {
                None => snippets::load(&path),
                Some(change) => snippets::change(&path, &change),
            })
            .await;
            let answer = match done {
                Ok(done) => done.map_err(|why| why.to_string()),
                Err(why) => Err(why.to_string()),
            };
            // what is asked for is written, whether or not anybody hears of it
            let _ = messages.send(Msg::Snippets(answer));
        }
    });
    asks
}

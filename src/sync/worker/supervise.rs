//! Whoever watches over the loop: a fault in it ends one run of it, and not the engine.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::super::context::Context;
use super::super::{Command, Event, fault};
use super::Worker;

/// Who runs so long after a fault has got over it.
const STEADY: Duration = Duration::from_mins(5);

/// Runs the engine to its end. After a fault it is started again, after a wait that grows where it has another one: what
/// was asked for meanwhile is done then, a fetch or a sender that is under way goes on, and what a dead sender left is
/// settled as after a kill.
pub(in crate::sync) async fn supervise(
    context: Context,
    events: mpsc::UnboundedSender<Event>,
    mut inbox: mpsc::UnboundedReceiver<Command>,
) {
    let mut worker = Worker::new(context, events);
    let mut faults = 0;
    let done = loop {
        let began = Instant::now();
        let panicked = match fault::caught(worker.run(&mut inbox)).await {
            Ok(done) => break done,
            Err(panicked) => panicked,
        };
        faults = if began.elapsed() < STEADY { faults + 1 } else { 1 };
        tracing::error!(panicked, faults, "the engine stopped because of a fault, and is started again");
        worker.say(Event::Failed(fault::of_engine()));
        worker.has_orphans = true;
        if let Some(done) = worker.keep(&mut inbox, fault::wait(faults)).await {
            break done;
        }
    };
    worker.end(done).await;
}

impl Worker {
    /// Keeps for so long what is asked for; gives back who wants the end, at once.
    async fn keep(
        &mut self,
        inbox: &mut mpsc::UnboundedReceiver<Command>,
        long: Duration,
    ) -> Option<Option<oneshot::Sender<()>>> {
        let until = Instant::now() + long;
        loop {
            tokio::select! {
                () = sleep_until(until) => return None,
                command = inbox.recv() => match command {
                    Some(Command::Stop(done)) => return Some(Some(done)),
                    Some(command) => self.kept.push_back(command),
                    None => return Some(None),
                },
            }
        }
    }

    async fn end(self, done: Option<oneshot::Sender<()>>) {
        self.context.end();
        // a sender that is stopped halfway would leave a message unconfirmed: let it end
        if let Some(sending) = self.sending {
            let _ = sending.await;
        }
        self.context.close().await;
        if let Some(done) = done {
            let _ = done.send(());
        }
    }
}

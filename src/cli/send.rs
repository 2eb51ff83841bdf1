//! `mctui send`: one message, posted at most once, with an exit code that says what is known of it.

mod attempt;
mod ended;

use std::io::{IsTerminal, Read};
use std::pin::pin;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;

use super::session::our_number;
use super::{Exit, Failure, Scene};
use crate::config::Config;
use crate::model::text::{is_blank, to_send};
use crate::model::{Address, Contact, NumberTraits};
use crate::store::Outgoing;
use crate::sync::Context;
use attempt::{Attempt, Known};
use ended::Ended;

/// How long to try to reach MightyCall before giving up. Nothing is posted later behind the caller's back.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a cache that is slow may take to write down how it ended.
const GRACE: Duration = Duration::from_secs(2);
/// The longest pause that MightyCall may ask for before the message is given up.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// An SMS of more segments than any carrier takes is a mistake.
const LONGEST: usize = 100_000;

/// Send a message.
///
/// Ends with 0 when MightyCall accepted it, 3 when it refused, 4 when it may have gone out, 1, 5 or 6 when it did not go out and
/// never will, and 7 when it did not go out but could not be taken back: then it stays queued, and may go out later.
#[derive(Debug, clap::Args)]
pub(super) struct Send {
    /// To this phone number, in any spelling
    #[arg(long, value_name = "N")]
    to: String,
    /// From this business number, in any spelling or by its label [default: the default number]
    #[arg(long, value_name = "N")]
    from: Option<String>,
    /// Put it in the outbox and return; the client, or the next sync, sends it
    #[arg(long)]
    no_wait: bool,
    /// The text; from standard input where it is left out
    text: Option<String>,
}

impl Send {
    pub(super) async fn execute(self, scene: Scene) -> Result<Exit, Failure> {
        let to = Address::parse(&self.to)?;
        let text = self.text()?;
        let config = scene.config()?;
        if config.numbers.is_empty() {
            return Err(Failure::no_numbers());
        }
        let from = sender(&config, self.from.as_deref())?;
        if from == to {
            return Err(Failure::usage(format!("{} cannot send to itself", from.display())));
        }
        // whoever sends waits no longer for the cache than for MightyCall; nothing is queued before that
        let context = tokio::time::timeout(PATIENCE, scene.context()).await.map_err(|_| not_open())??;
        context.credentials(&from)?;
        // a warning alone: MightyCall's answer decides
        let traits = context.store.number_traits(from.clone()).await?;
        if let Some(warning) = traits.as_ref().and_then(NumberTraits::texting_warning) {
            scene.output.note(&format!("mctui: {}: {warning}", from.display()));
        }
        let contact = Contact { address: to, name: None };
        let outgoing = Outgoing { number: from, contact, body: text, at: Timestamp::now(), not_before: None };
        let ended = self.queue_and_post(&scene, &context, outgoing).await?;
        // a cache that is held by another program must not hold this one up; what matters is on the disk
        let _ = timeout(GRACE, context.close()).await;
        ended.say(scene.output);
        Ok(ended.exit)
    }

    async fn queue_and_post(&self, scene: &Scene, context: &Context, outgoing: Outgoing) -> Result<Ended, Failure> {
        let to = outgoing.contact.address.display();
        // from here on a signal must not end this before it is known what becomes of the text
        let mut signal = pin!(crate::tui::signals::end_wanted(true));
        let mut queued = pin!(context.store.enqueue(outgoing));
        let (queued, stopped) = tokio::select! {
            queued = &mut queued => (Some(queued), false),
            () = &mut signal => (timeout(GRACE, &mut queued).await.ok(), true),
        };
        let Some(queued) = queued else {
            return Err(Failure::new(
                Exit::StillQueued,
                format!("the message to {to} may have been queued: the cache did not say so in time"),
                "`mctui messages` shows whether it was; the client or `mctui sync` sends it then",
            ));
        };
        let (thread, id) = queued?;
        let attempt = Attempt { context, output: scene.output, thread, id, to, known: Known::default() };
        Ok(if self.no_wait { attempt.queued().await } else { attempt.post(signal, stopped).await })
    }

    fn text(&self) -> Result<String, Failure> {
        let text = match &self.text {
            Some(text) => text.clone(),
            None if std::io::stdin().is_terminal() => {
                return Err(Failure::usage("no text given, and standard input is a terminal"));
            }
            None => {
                let mut bytes = Vec::new();
                std::io::stdin().lock().take(LONGEST as u64 + 1).read_to_end(&mut bytes)?;
                if bytes.len() > LONGEST {
                    return Err(too_long());
                }
                String::from_utf8(bytes).map_err(|_| Failure::usage("the text on standard input is not UTF-8"))?
            }
        };
        let text = to_send(&text);
        if is_blank(&text) {
            return Err(Failure::usage("the message is empty; nothing was sent"));
        }
        if text.len() > LONGEST {
            return Err(too_long());
        }
        Ok(text)
    }
}

fn too_long() -> Failure {
    Failure::usage("the message is longer than 100,000 bytes, which is no SMS; nothing was sent")
}

/// The cache took too long to open.
fn not_open() -> Failure {
    Failure::new(
        Exit::Failed,
        "the cache could not be opened in time: another program holds it, or it is being upgraded; nothing was sent",
        "try again in a minute; `mctui sync` waits for as long as it takes",
    )
}

fn sender(config: &Config, from: Option<&str>) -> Result<Address, Failure> {
    match from {
        Some(text) => our_number(config, text),
        None => config.default_number().map(|entry| entry.address.clone()).ok_or_else(|| {
            Failure::usage(
                "you have several business numbers and no default; say --from, or run `mctui numbers set-default N`",
            )
        }),
    }
}

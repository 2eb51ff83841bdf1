//! `mctui send`: one message, posted at most once, with an exit code that says what is known of it.

use std::io::{IsTerminal, Read};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::session::our_number;
use super::{Exit, Failure, Output, Scene};
use crate::api::Kind;
use crate::config::Config;
use crate::model::{Address, Contact, Delivery, Message, MessageId, NumberTraits};
use crate::store::Outgoing;
use crate::sync::Context;
use crate::sync::outbox::{OutboxError, drain};

/// How long to try to reach MightyCall before giving up. Nothing is posted later behind the caller's back.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest pause that MightyCall may ask for before the message is given up.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// An SMS of more segments than any carrier takes is a mistake.
const LONGEST: usize = 100_000;

/// Send a message.
///
/// Ends with 0 when MightyCall accepted it, 3 when it refused, 4 when it may have gone out, 1 when it did not go out.
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
        let context = scene.context().await?;
        context.credentials(&from)?;
        // a warning alone: MightyCall's answer decides
        let traits = context.store.number_traits(from.clone()).await?;
        if let Some(warning) = traits.as_ref().and_then(NumberTraits::texting_warning) {
            scene.output.note(&format!("mctui: {}: {warning}", from.display()));
        }
        let contact = Contact { address: to, name: None };
        let outgoing = Outgoing { number: from, contact, body: text, at: Timestamp::now(), not_before: None };
        let (_, id) = context.store.enqueue(outgoing).await?;
        let (message, kind) =
            if self.no_wait { (row(&context, id).await?, None) } else { post(scene.output, &context, id).await? };
        context.clone().close().await;
        say(&scene, &message)?;
        Ok(exit(&message, kind))
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
                String::from_utf8(bytes).map_err(|_| Failure::usage("the text on standard input is not UTF-8"))?
            }
        };
        let text = text.trim_end_matches(['\n', '\r']);
        if text.trim().is_empty() {
            return Err(Failure::usage("the message is empty; nothing was sent"));
        }
        if text.len() > LONGEST {
            return Err(Failure::usage("the message is longer than 100,000 bytes, which is no SMS; nothing was sent"));
        }
        Ok(text.to_owned())
    }
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

/// Works the outbox until this message is settled or patience ends; then it is taken back, so that it is never sent later.
async fn post(output: Output, context: &Context, id: MessageId) -> Result<(Message, Option<Kind>), Failure> {
    let began = Instant::now();
    let mut patience = began + PATIENCE;
    let mut kind = None;
    let mut stopped = false;
    let mut signal = std::pin::pin!(crate::tui::signals::end_wanted(true));
    loop {
        let drained = drain(context, |settled| {
            if settled.id == id {
                kind = settled.kind;
                if let Some(Kind::RateLimited { after }) = kind {
                    let seconds = after.as_secs().max(1);
                    let then = if after > LONGEST_PAUSE { "too long to wait for" } else { "the message goes then" };
                    output.note(&format!("mctui: MightyCall asks for a pause of {seconds} s; {then}"));
                }
            }
        })
        .await;
        match drained {
            Ok(()) => {}
            Err(OutboxError::Store(why)) => {
                // whether it went out is not known where the row says that it may have
                let going = matches!(row(context, id).await, Ok(message) if message.delivery == Some(Delivery::Queued));
                let exit = if going { Exit::Failed } else { Exit::Unconfirmed };
                return Err(Failure::new(exit, why.to_string(), "`mctui messages` shows what became of it"));
            }
            Err(why) => return Err(Failure::new(Exit::Failed, why.to_string(), "the message stays queued")),
        }
        let message = row(context, id).await?;
        if !matches!(message.delivery, Some(Delivery::Queued | Delivery::Sending)) {
            return Ok((message, kind));
        }
        match kind {
            // it goes when the pause is over, unless that is too long for somebody who waits
            Some(Kind::RateLimited { after }) if after <= LONGEST_PAUSE => {
                patience = patience.max((Instant::now() + after + PATIENCE).min(began + LONGEST_PAUSE + PATIENCE));
            }
            Some(Kind::RateLimited { .. } | Kind::Blocked) => patience = began,
            _ => {}
        }
        let wait =
            crate::sync::outbox::next_wait(context, Timestamp::now()).await?.unwrap_or(Duration::from_millis(100));
        tokio::select! {
            () = sleep(wait.min(Duration::from_secs(1))) => {}
            () = &mut signal, if !stopped => stopped = true,
        }
        if stopped || Instant::now() > patience {
            let reason = message.error.unwrap_or_else(|| "MightyCall could not be reached in time".to_owned());
            if context.store.withdraw(id, &reason).await? {
                return Ok((row(context, id).await?, kind));
            }
        }
    }
}

async fn row(context: &Context, id: MessageId) -> Result<Message, Failure> {
    context.store.message(id).await?.ok_or_else(|| {
        Failure::new(Exit::Failed, "the message is no longer in the cache", "somebody discarded it meanwhile")
    })
}

fn say(scene: &Scene, message: &Message) -> Result<(), Failure> {
    let output = scene.output;
    if output.is_json() {
        output.json(message)?;
    }
    let to = message.contact.display();
    let reason = message.error.as_deref().unwrap_or("no reason given");
    match message.delivery.as_ref() {
        Some(Delivery::Failed(_)) => output.note(&format!("mctui: not sent to {to}: {reason}")),
        Some(Delivery::Unconfirmed(_)) => output.note(&format!(
            "mctui: the message to {to} may have gone out: {reason}. Do not send it again before `mctui sync` has looked for it."
        )),
        _ if output.is_json() => {}
        Some(Delivery::Queued) => output.line(&format!("Queued for {to}; the client or `mctui sync` sends it."))?,
        _ => output.line(&format!("Sent to {to}."))?,
    }
    Ok(())
}

fn exit(message: &Message, kind: Option<Kind>) -> Exit {
    match &message.delivery {
        Some(Delivery::Failed(_)) => kind.map_or(Exit::Failed, Exit::for_kind),
        Some(Delivery::Unconfirmed(_)) => Exit::Unconfirmed,
        _ => Exit::Done,
    }
}

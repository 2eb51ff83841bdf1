//! The screen. A key becomes an [`crate::config::keymap::Action`], [`update::update`] turns it into a new
//! [`state::State`] and [`message::Effect`]s, and [`draw::draw`] paints the state. Neither does I/O, reads a clock or
//! knows a channel. [`effect`] carries effects out, and [`session`] turns the wheel.

mod carry;
pub mod clipboard;
pub mod draw;
pub mod effect;
mod layout;
mod looks;
pub mod message;
pub mod session;
pub mod signals;
pub mod state;
pub mod steady;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod update;
mod views;
mod widgets;

use std::io::Write;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use self::carry::Carrier;
use self::effect::Effects;
use self::session::Session;
use self::signals::Heard;
use self::state::{Start, State};
use self::terminal::jobs;
use crate::config::theme::Depth;
use crate::config::{Environment, Places};
use crate::sync::Context;

/// How the screen may look here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appearance {
    /// Colours that the terminal has; none where none are wanted.
    pub depth: Depth,
    /// The locale has no UTF-8: borders and marks are ASCII.
    pub ascii: bool,
    /// Painted for a screen reader.
    pub plain: bool,
}

/// What the screen is given.
#[derive(Debug)]
pub struct Stage {
    /// The cache, the client and the configuration.
    pub context: Context,
    /// Where files lie, for the settings view.
    pub places: Places,
    /// The environment that lies over the settings file.
    pub environment: Environment,
    /// How it may look.
    pub appearance: Appearance,
    /// The business is made up.
    pub demo: bool,
}

/// How the screen was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By a person.
    Quit,
    /// By a signal, or because the terminal is gone.
    Ordered,
    /// For the demo.
    StartDemo,
}

/// How the screen is to be left, if it is.
type GoOn = Option<Ended>;

/// A message on its way is waited for this long before the terminal says so.
const QUIETLY: Duration = Duration::from_millis(400);

/// Shows the client until a person quits, a signal says so, or the terminal goes away.
pub async fn run(stage: Stage) -> std::io::Result<Ended> {
    let (messages, inbox) = mpsc::unbounded_channel();
    let (guard, terminal) = terminal::take()?;
    let size = terminal.size()?;
    let (state, first) = State::new(Start {
        columns: size.width,
        rows: size.height,
        now: Timestamp::now(),
        zone: TimeZone::system(),
        ascii: stage.appearance.ascii,
        depth: stage.appearance.depth,
        plain: stage.appearance.plain,
        demo: stage.demo,
        keymap: stage.context.config.keymap.clone(),
        preferences: stage.context.config.preferences.clone(),
    });
    let effects = Effects::start(stage.context, stage.places, stage.environment, messages.clone());
    for effect in first {
        effects.run(effect);
    }
    let mut session = Session::new(terminal, state, effects, inbox);
    let mut carrier = Carrier::new(messages);
    let ended = converse(&mut session, &mut carrier).await;
    carrier.deaf().await;
    drop(guard);
    let mut finish = std::pin::pin!(session.finish());
    if tokio::time::timeout(QUIETLY, &mut finish).await.is_err() {
        // the terminal may be gone, and the person with it
        let _ = writeln!(std::io::stderr(), "mctui: waiting for a message that is being sent…");
        tokio::select! {
            () = finish => {}
            // told twice: what is on its way will be unconfirmed
            () = signals::end_wanted(true) => {}
        }
    }
    ended
}

async fn converse(session: &mut Session<terminal::Backend>, carrier: &mut Carrier) -> std::io::Result<Ended> {
    if let Some(ended) = session.tell_time() {
        return Ok(ended);
    }
    session.draw()?;
    loop {
        if let Some(ended) = carrier.carry_out(session).await? {
            return Ok(ended);
        }
        tokio::select! {
            turned = session.turn() => {
                if let Some(ended) = turned? {
                    return Ok(ended);
                }
            }
            heard = carrier.heard() => match heard {
                Heard::End | Heard::Interrupt => return Ok(Ended::Ordered),
                // as the system itself does: where no shell could say to go on, it means nothing
                Heard::Stop if jobs::may_stop().is_err() => {}
                Heard::Stop => if let Some(ended) = carrier.suspend(session, false).await? {
                    return Ok(ended);
                },
                Heard::Continue => carrier.retake(session).await?,
            },
        }
    }
}

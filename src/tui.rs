//! The screen. A key becomes an [`crate::config::keymap::Action`], [`update::update`] turns it into a new
//! [`state::State`] and [`message::Effect`]s, and [`draw::draw`] paints the state. Neither does I/O, reads a clock or
//! knows a channel. [`effect`] carries effects out, and [`session`] turns the wheel.

pub mod draw;
pub mod effect;
mod layout;
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

use crossterm::event::{Event, EventStream, KeyEventKind, MouseEventKind};
use futures_util::StreamExt;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use self::effect::Effects;
use self::message::Msg;
use self::session::Session;
use self::state::{Start, State};
use crate::config::{Environment, Places};
use crate::sync::Context;

/// How the screen may look here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appearance {
    /// Colours may be used.
    pub color: bool,
    /// The locale has no UTF-8: borders and marks are ASCII.
    pub ascii: bool,
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
    /// By a person or a signal.
    Quit,
    /// For the demo.
    StartDemo,
}

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
        colour: stage.appearance.color,
        demo: stage.demo,
        keymap: stage.context.config.keymap.clone(),
        preferences: stage.context.config.preferences.clone(),
    });
    let effects = Effects::start(stage.context, stage.places, stage.environment, messages.clone());
    for effect in first {
        effects.run(effect);
    }
    let mut session = Session::new(terminal, state, effects, inbox);
    let mut input = tokio::spawn(read_terminal(messages));
    let ended = converse(&mut session, &mut input).await;
    input.abort();
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

async fn converse(session: &mut Session<terminal::Backend>, input: &mut JoinHandle<()>) -> std::io::Result<Ended> {
    let mut signal = std::pin::pin!(signals::end_wanted(false));
    if let Some(ended) = session.tell_time() {
        return Ok(ended);
    }
    session.draw()?;
    loop {
        tokio::select! {
            turned = session.turn() => {
                if let Some(ended) = turned? {
                    return Ok(ended);
                }
            }
            () = &mut signal => return Ok(Ended::Quit),
            _ = &mut *input => return Ok(Ended::Quit),
        }
    }
}

/// Passes on what is typed, pasted, clicked and resized; returns when the terminal is gone.
async fn read_terminal(messages: mpsc::UnboundedSender<Msg>) {
    let mut events = EventStream::new();
    while let Some(Ok(event)) = events.next().await {
        let msg = match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => Msg::key(key),
            Event::Paste(text) => Msg::paste(text),
            // terminals tell of every move; nothing here follows the pointer
            Event::Mouse(mouse) if mouse.kind != MouseEventKind::Moved => Msg::Mouse(mouse),
            Event::Resize(columns, rows) => Msg::Resize { columns, rows },
            _ => continue,
        };
        if messages.send(msg).is_err() {
            return;
        }
    }
}

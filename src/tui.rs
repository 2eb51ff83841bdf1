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
pub mod unsaved;
pub mod update;
mod views;
mod widgets;

use std::io::{self, Write};
use std::pin::{Pin, pin};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use self::carry::Carrier;
use self::effect::Effects;
use self::message::Msg;
use self::session::Session;
use self::signals::Heard;
use self::state::{Start, State};
use self::terminal::jobs;
use crate::config::rescue::RescueFolders;
use crate::config::theme::Depth;
use crate::config::{Config, Environment, Places};
use crate::model::upkeep::{Chore, Upkeep};
use crate::store::Attendant;
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
    /// The configuration at the start.
    pub config: Config,
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

/// What is being saved or sent is waited for this long before the terminal says so.
const QUIETLY: Duration = Duration::from_millis(400);
/// A cache that opens within this time needs no word of it on the screen.
const AT_ONCE: Duration = Duration::from_millis(250);
/// How long work on the cache may take to end when a person leaves in the midst of it.
const ENDING: Duration = Duration::from_secs(5);

/// Shows the client until a person quits, a signal says so, or the terminal goes away. `open` opens the cache and all that
/// needs it; where that takes long the screen says what is done.
pub async fn run<E, F>(stage: Stage, open: impl FnOnce(Attendant) -> F) -> Result<Ended, E>
where
    E: From<io::Error>,
    F: Future<Output = Result<Context, E>>,
{
    let (messages, inbox) = mpsc::unbounded_channel();
    let hears = messages.clone();
    let attendant = Attendant::new(move |upkeep| drop(hears.send(Msg::Upkeep(upkeep))));
    let _ = messages.send(Msg::Upkeep(Upkeep::uncounted(Chore::Open)));
    let mut opening = pin!(open(attendant.clone()));
    let early = tokio::time::timeout(AT_ONCE, &mut opening).await.ok().transpose()?;

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
        keymap: stage.config.keymap.clone(),
        preferences: stage.config.preferences.clone(),
    });
    let mut session = Session::new(terminal, state, first, inbox);
    let folders = RescueFolders::new(&stage.places, &stage.environment);
    let cache = (!stage.demo).then(|| folders.cache().to_owned());
    let mut carrier = Carrier::new(messages.clone(), cache);
    let serve = |session: &mut Session<_>, context| {
        let (places, environment) = (stage.places.clone(), stage.environment.clone());
        session.serve(Effects::start(context, places, environment, messages.clone()));
        // after all that was told of the opening
        let _ = messages.send(Msg::Opened);
    };
    if let Some(context) = early {
        serve(&mut session, context);
    }
    session.catch_up();
    let ended = match converse(&mut session, &mut carrier, opening.as_mut(), serve).await {
        // its signal may come later than the first write that fails
        Err(why) if terminal::is_gone(&why) => Ok(Ended::Ordered),
        Err(why) => Err(why.into()),
        Ok(ended) => ended,
    };
    carrier.deaf().await;
    drop(guard);
    if !session.is_served() && ended.is_ok() {
        attendant.stop();
        // what cannot be stopped as fast is undone by whoever opens the cache next
        let _ = tokio::time::timeout(ENDING, opening).await;
    }
    let unsaved = session.unsaved();
    let mut finish = Box::pin(session.finish());
    if tokio::time::timeout(QUIETLY, &mut finish).await.is_err() {
        // the terminal may be gone, and the person with it
        let _ = writeln!(io::stderr(), "mctui: waiting for what is being saved or sent…");
        tokio::select! {
            () = finish => {}
            // told twice: what is on its way will be unconfirmed
            () = signals::end_wanted(true) => {}
        }
    }
    // somebody insisted before that was done
    if let Some(unsaved) = unsaved {
        unsaved.tell_at_end();
    }
    ended
}

/// Turns the wheel until the screen is left, or the cache cannot be opened.
async fn converse<E>(
    session: &mut Session<terminal::Backend>,
    carrier: &mut Carrier,
    mut opening: Pin<&mut impl Future<Output = Result<Context, E>>>,
    serve: impl Fn(&mut Session<terminal::Backend>, Context),
) -> io::Result<Result<Ended, E>> {
    if let Some(ended) = session.tell_time() {
        return Ok(Ok(ended));
    }
    session.draw()?;
    loop {
        if let Some(ended) = carrier.carry_out(session).await? {
            return Ok(Ok(ended));
        }
        tokio::select! {
            turned = session.turn() => {
                if let Some(ended) = turned? {
                    return Ok(Ok(ended));
                }
            }
            opened = &mut opening, if !session.is_served() => match opened {
                Ok(context) => serve(session, context),
                Err(why) => return Ok(Err(why)),
            },
            heard = carrier.heard() => match heard {
                Heard::End | Heard::Interrupt => return Ok(Ok(Ended::Ordered)),
                // as the system itself does: where no shell could say to go on, it means nothing
                Heard::Stop if jobs::may_stop().is_err() => {}
                Heard::Stop => if let Some(ended) = carrier.suspend(session, false).await? {
                    return Ok(Ok(ended));
                },
                Heard::Continue => carrier.retake(session).await?,
            },
        }
    }
}

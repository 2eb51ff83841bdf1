//! One turn after another: wait for messages, update, carry out effects, draw once. Knows no terminal of its own, so that
//! a test turns it on a buffer.

use std::time::Duration;

use jiff::Timestamp;
use ratatui::Terminal;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::Ended;
use super::draw::draw;
use super::effect::Effects;
use super::message::{Effect, Msg, TerminalAsk};
use super::state::State;
use super::steady::Screen;
use super::unsaved::Unsaved;
use super::update::update;
use super::widgets::canvas::Extras;

/// Messages handled before the screen is drawn again, so that a flood of them cannot keep it from being drawn.
const BATCH: usize = 256;
/// Where nothing on the screen depends on the time.
const NO_HURRY: Duration = Duration::from_secs(3_600);

/// A screen in use.
#[derive(Debug)]
pub struct Session<B: Screen> {
    terminal: Terminal<B>,
    state: State,
    hands: Hands,
    inbox: mpsc::UnboundedReceiver<Msg>,
    asked: Vec<TerminalAsk>,
    /// Somebody else has the terminal: everything goes on, and nothing is painted.
    lent: bool,
}

/// What carries effects out.
#[derive(Debug)]
enum Hands {
    /// The cache is not open yet: this is to be done once it is.
    Awaited(Vec<Effect>),
    There(Box<Effects>),
}

impl<B: Screen> Session<B> {
    /// Begins with a state and what it asked for first; all that is asked for waits until [`Self::serve`].
    pub fn new(terminal: Terminal<B>, state: State, first: Vec<Effect>, inbox: mpsc::UnboundedReceiver<Msg>) -> Self {
        Self { terminal, state, hands: Hands::Awaited(first), inbox, asked: Vec::new(), lent: false }
    }

    /// The cache is open: carries out what waited for it.
    pub fn serve(&mut self, effects: Effects) {
        if self.state.is_demo() {
            effects.unsaved().give_up();
        } else {
            effects.bring_back();
        }
        if let Hands::Awaited(waiting) = std::mem::replace(&mut self.hands, Hands::There(Box::new(effects))) {
            for effect in waiting {
                self.run(effect);
            }
        }
    }

    /// Whether it is.
    pub fn is_served(&self) -> bool {
        matches!(self.hands, Hands::There(_))
    }

    fn run(&mut self, effect: Effect) {
        match &mut self.hands {
            Hands::Awaited(waiting) => waiting.push(effect),
            Hands::There(effects) => effects.run(effect),
        }
    }

    /// What is typed and not saved; `None` before the cache is open.
    pub fn unsaved(&self) -> Option<Unsaved> {
        match &self.hands {
            Hands::Awaited(_) => None,
            Hands::There(effects) => Some(effects.unsaved().clone()),
        }
    }

    /// What is drawn on.
    pub fn terminal(&self) -> &Terminal<B> {
        &self.terminal
    }

    /// What is shown.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What the terminal has been asked since this was last called.
    pub fn asked(&mut self) -> Vec<TerminalAsk> {
        std::mem::take(&mut self.asked)
    }

    /// The way to what is drawn on, for what is said to it between two frames.
    pub fn backend_mut(&mut self) -> &mut B {
        self.terminal.backend_mut()
    }

    /// Leaves what is drawn on to somebody else, or comes back to it: then all of it is painted anew.
    pub fn lend(&mut self, lent: bool) -> Result<(), B::Error> {
        self.lent = lent;
        if lent {
            return Ok(());
        }
        // `Terminal::clear` would ask the terminal where its cursor is, and wait for an answer
        self.terminal.backend_mut().clear()?;
        self.terminal.swap_buffers();
        let size = self.terminal.size()?;
        // on the way there it may have become another
        self.handle(Msg::Resize { columns: size.width, rows: size.height });
        self.draw()
    }

    /// Draws the state as it is.
    pub fn draw(&mut self) -> Result<(), B::Error> {
        if self.lent {
            return Ok(());
        }
        let mut extras = Extras::default();
        self.terminal.draw(|frame| extras = draw(frame, &self.state))?;
        self.terminal.backend_mut().decorate(extras)
    }

    /// Tells the state what time it is, and carries out what follows.
    pub fn tell_time(&mut self) -> Option<Ended> {
        self.handle(Msg::Now(Timestamp::now()))
    }

    /// Waits for something to happen, handles all that has, and draws. Says when it is time to leave.
    pub async fn turn(&mut self) -> Result<Option<Ended>, B::Error> {
        let wake = self
            .state
            .wake_at()
            .map_or(NO_HURRY, |at| Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO));
        let first = tokio::select! {
            msg = self.inbox.recv() => match msg {
                Some(msg) => Some(msg),
                None => return Ok(Some(Ended::Quit)),
            },
            () = sleep(wake) => None,
        };
        let mut ended = self.tell_time();
        let mut next = first;
        for _ in 0..BATCH {
            if ended.is_some() {
                return Ok(ended);
            }
            let Some(msg) = next.take() else { break };
            next = self.inbox.try_recv().ok();
            if next.as_ref().is_some_and(|next| msg.is_overtaken_by(next)) {
                continue;
            }
            ended = self.handle(msg);
        }
        if let (None, Some(msg)) = (&ended, next) {
            ended = self.handle(msg);
        }
        if ended.is_none() {
            self.draw()?;
        }
        Ok(ended)
    }

    /// Handles what has come so far, and draws nothing.
    pub fn catch_up(&mut self) {
        while let Ok(msg) = self.inbox.try_recv() {
            self.handle(msg);
        }
    }

    fn handle(&mut self, msg: Msg) -> Option<Ended> {
        let mut ended = None;
        for effect in update(&mut self.state, msg) {
            match effect {
                Effect::Leave => ended = Some(Ended::Quit),
                // nothing is written yet
                Effect::Quit if !self.is_served() => ended = Some(Ended::Quit),
                Effect::StartDemo => ended = Some(Ended::StartDemo),
                Effect::Terminal(ask) => self.asked.push(ask),
                effect => self.run(effect),
            }
        }
        if let Hands::There(effects) = &self.hands {
            effects.unsaved().note_windows(self.state.in_windows());
        }
        ended
    }

    /// Writes what is left, and waits for a message that is on its way.
    pub async fn finish(self) {
        if let Hands::There(effects) = self.hands {
            effects.finish().await;
        }
    }
}

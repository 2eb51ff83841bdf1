//! One turn after another: wait for messages, update, carry out effects, draw once. Knows no terminal of its own, so that
//! a test turns it on a buffer.

use std::time::Duration;

use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::Backend;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::Ended;
use super::draw::draw;
use super::effect::Effects;
use super::message::{Effect, Msg, TerminalAsk};
use super::state::State;
use super::update::update;

/// Messages handled before the screen is drawn again, so that a flood of them cannot keep it from being drawn.
const BATCH: usize = 256;
/// Where nothing on the screen depends on the time.
const NO_HURRY: Duration = Duration::from_secs(3_600);

/// A screen in use.
#[derive(Debug)]
pub struct Session<B: Backend> {
    terminal: Terminal<B>,
    state: State,
    effects: Effects,
    inbox: mpsc::UnboundedReceiver<Msg>,
    asked: Vec<TerminalAsk>,
}

impl<B: Backend> Session<B> {
    /// Begins with a state and what fills it.
    pub fn new(terminal: Terminal<B>, state: State, effects: Effects, inbox: mpsc::UnboundedReceiver<Msg>) -> Self {
        Self { terminal, state, effects, inbox, asked: Vec::new() }
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

    /// Draws the state as it is.
    pub fn draw(&mut self) -> Result<(), B::Error> {
        self.terminal.draw(|frame| drop(draw(frame, &self.state))).map(|_| ())
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
            ended = self.handle(msg);
            next = self.inbox.try_recv().ok();
        }
        if let (None, Some(msg)) = (&ended, next) {
            ended = self.handle(msg);
        }
        if ended.is_none() {
            self.draw()?;
        }
        Ok(ended)
    }

    fn handle(&mut self, msg: Msg) -> Option<Ended> {
        let mut ended = None;
        for effect in update(&mut self.state, msg) {
            match effect {
                Effect::Quit => ended = Some(Ended::Quit),
                Effect::StartDemo => ended = Some(Ended::StartDemo),
                Effect::Terminal(ask) => self.asked.push(ask),
                effect => self.effects.run(effect),
            }
        }
        ended
    }

    /// Writes what is left, and waits for a message that is on its way.
    pub async fn finish(self) {
        self.effects.finish().await;
    }
}

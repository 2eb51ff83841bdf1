//! What a window over the panes is made of. A window holds its own state, says what is to be done, and does nothing.

use std::fmt::Debug;

use ratatui::layout::{Position, Rect};

use super::Scene;
use crate::config::keymap::{Action, Context};
use crate::model::{Address, Contact};
use crate::tui::message::{Effect, Msg, Notice};
use crate::tui::widgets::canvas::Canvas;

/// What a window wants done, in this order.
#[derive(Debug)]
pub(crate) enum Step {
    /// Close it.
    Close,
    /// Close it and all below it.
    CloseAll,
    /// Open another one over it; one of the same kind goes.
    Raise(Box<dyn Window>),
    /// Ask the world.
    Do(Effect),
    /// What a key would do where no window is open: comes after the close, where there is one.
    Act(Action),
    /// Show one of our numbers alone, or all.
    Number(Option<Address>),
    /// Go to the thread of one of our numbers and a contact.
    Open(Address, Contact),
    /// Say something in the status line.
    Tell(Notice),
    /// Type into the compose box.
    Insert(String),
    /// Ask before it is done.
    Confirm {
        /// Safe for the screen.
        question: String,
        /// What a yes does.
        yes: Effect,
    },
}

/// What the mouse does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pointer {
    /// The left button went down here.
    Click(Position),
    /// One notch of the wheel here.
    Wheel {
        /// Where.
        at: Position,
        /// Towards the end.
        down: bool,
    },
}

/// A window over the panes.
pub(crate) trait Window: Debug + Send {
    /// Its kind: of each there is one at most.
    fn kind(&self) -> &'static str;

    /// Which keys are alive in it.
    fn context(&self) -> Context {
        Context::List
    }

    /// Does what a key asks. `None` where that means nothing here: it may mean something everywhere.
    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>>;

    /// Takes what is typed or pasted, where its context is one that is typed in.
    fn insert(&mut self, _text: &str, _scene: Scene<'_>) -> Vec<Step> {
        Vec::new()
    }

    /// Sees every answer of the world, which may be to something that it asked.
    fn take(&mut self, _msg: &Msg, _scene: Scene<'_>) -> Vec<Step> {
        Vec::new()
    }

    /// Takes a click or the wheel; `screen` is where windows may lie.
    fn mouse(&mut self, _pointer: Pointer, _screen: Rect, _scene: Scene<'_>) -> Vec<Step> {
        Vec::new()
    }

    /// Paints it; gives back where the cursor is.
    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position>;
}

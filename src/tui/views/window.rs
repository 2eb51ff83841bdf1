//! What a window over the panes is made of. A window holds its own state, says what is to be done, and does nothing.

use std::fmt::Debug;

use ratatui::layout::{Position, Rect};

use super::Scene;
use super::rescued::Put;
use super::search::Memory;
use crate::config::keymap::{Action, Context};
use crate::config::rescue::UnsentText;
use crate::model::{Address, Contact};
use crate::tui::message::{Effect, Msg, Notice, RescuedText};
use crate::tui::unsaved::InWindows;
use crate::tui::widgets::canvas::Canvas;

/// What a window wants done, in this order.
#[derive(Debug)]
pub(crate) enum Step {
    /// Close it.
    Close,
    /// Close the set-up guide, and keep it as it is for when it is wanted again.
    LeaveSetUp,
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
    /// Keep this of a search for when it is opened again.
    Remember(Memory),
    /// Put a whole text into what is written under this window: another window's text, or the compose box.
    Write {
        /// All of it.
        text: String,
        /// Where in it the cursor goes; to its first blank or its end otherwise.
        cursor: Option<usize>,
    },
    /// Where the keys go once a conversation that is asked for is there: the compose box.
    GoCompose,
    /// Do this with a text of an earlier run.
    Decide(Box<RescuedText>, Put),
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

    /// Whether a key of its context means anything now: what does not is not hinted at.
    fn offers(&self, _action: Action, _scene: Scene<'_>) -> bool {
        true
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

    /// Takes a click or the wheel; `screen` is where windows may lie. Without this the wheel moves as the arrow keys do, and
    /// a click on a row of a list selects it, or opens it where it is selected already.
    fn mouse(&mut self, pointer: Pointer, _screen: Rect, scene: Scene<'_>) -> Vec<Step> {
        let Pointer::Wheel { down, .. } = pointer else { return Vec::new() };
        let action = match (self.context().is_typed_in(), down) {
            (true, true) => Action::CursorDown,
            (true, false) => Action::CursorUp,
            (false, true) => Action::Down,
            (false, false) => Action::Up,
        };
        self.act(action, scene).unwrap_or_default()
    }

    /// The theme that it wants to be seen while it is open.
    fn theme(&self) -> Option<&str> {
        None
    }

    /// Whether something that is written in it would go with it.
    fn has_unsent(&self) -> bool {
        false
    }

    /// What is written in it that nobody was asked to save.
    fn unsaved(&self, _scene: Scene<'_>) -> InWindows {
        InWindows::default()
    }

    /// The text of it that is in another editor.
    fn lent(&self, _scene: Scene<'_>) -> Option<UnsentText> {
        None
    }

    /// Paints it; gives back where the cursor is.
    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position>;
}

//! What is on the screen: each view has its own state, what keys do to it, and how it is drawn.

pub(crate) mod choose;
pub(crate) mod composer;
pub(crate) mod confirm;
pub(crate) mod conversation;
pub(crate) mod filling;
pub(crate) mod filters;
pub(crate) mod header;
pub(crate) mod help;
pub(crate) mod hints;
pub(crate) mod info;
pub(crate) mod leaving;
pub(crate) mod marks;
pub(crate) mod new_message;
pub(crate) mod numbers;
pub(crate) mod openable;
pub(crate) mod opening;
pub(crate) mod overlay;
pub(crate) mod pad;
pub(crate) mod palette;
pub(crate) mod pictures;
pub(crate) mod progress;
pub(crate) mod reading;
pub(crate) mod rescued;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod setup;
pub(crate) mod snippets;
pub(crate) mod stories;
pub(crate) mod themes;
pub(crate) mod threads;
pub(crate) mod tour;
pub(crate) mod when;
pub(crate) mod window;
pub(crate) mod work;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::layout::Rect;

use self::numbers::Numbers;
use crate::config::Preferences;
use crate::config::keymap::{Action, Context, Keymap};
use crate::model::Thread;

/// What every view may look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    /// The present.
    pub(crate) now: Timestamp,
    /// Where the person is.
    pub(crate) zone: &'a TimeZone,
    /// The keys in force.
    pub(crate) keymap: &'a Keymap,
    /// How it looks and behaves.
    pub(crate) preferences: &'a Preferences,
    /// Our numbers.
    pub(crate) numbers: &'a Numbers,
    /// The thread in view.
    pub(crate) current: Option<&'a Thread>,
    /// Only ASCII can be shown.
    pub(crate) ascii: bool,
    /// Colours are wanted.
    pub(crate) colour: bool,
    /// What the engine last told.
    pub(crate) engine: &'a header::Engine,
    /// Painted for a screen reader: no frames, words instead of marks.
    pub(crate) plain: bool,
    /// Where windows may lie.
    pub(crate) screen: Rect,
}

impl Scene<'_> {
    /// The name of the key that does something in a context; empty where none does.
    pub(crate) fn key(&self, context: Context, action: Action) -> String {
        self.keymap.name_of(context, action)
    }
}

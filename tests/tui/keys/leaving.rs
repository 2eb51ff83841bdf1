//! The end.

use mctui::tui::Ended;
use mctui::tui::message::TerminalAsk;

use super::Then::{Ends, Terminal};
use super::{Row, does, shows};

pub(super) const ROWS: &[Row] = &[
    does("suspend", &[], Terminal(|ask| *ask == TerminalAsk::Suspend)),
    shows("quit-asking", &["enter", "=unsent"], "Quit?"),
    does("quit-asking", &["enter", "ctrl-u", "!Draft"], Ends(Ended::Quit)),
    does("back-or-quit", &[], Ends(Ended::Quit)),
    does("quit", &["enter", "=unsent"], Ends(Ended::Quit)),
    does("start-demo", &["f4", "~┌ Settings"], Ends(Ended::StartDemo)),
];

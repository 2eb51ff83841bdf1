//! The list of threads and lists in windows.

use super::Then::Asks;
use super::{Row, does, hides, shows};

const FIRST: &str = "To (202) 555-0147";
const SECOND: &str = "To (202) 555-0161";
const LAST: &str = "To (202) 555-0168";

/// A list in a window, from its first row and from its last.
const WINDOW: &[&str] = &["f4", "~Base URL", "g", "~▌ (202) 555-0111"];
const WINDOW_END: &[&str] = &["f4", "~Base URL", "G", "~▌ (202) 555-0119"];

pub(super) const ROWS: &[Row] = &[
    hides("toggle-read", &[], "70 unread"),
    shows("next-unread-plain", &[], SECOND),
    shows("next-unread", &["j j j j", "~To (202) 555-0164"], "To (202) 555-0165"),
    hides("open", &["f2", "~Switch number", "j j"], "Is my appointment"),
    shows("open", &["enter", "esc"], "Enter send"),
    shows("open", &[], "Enter send"),
    shows("down", &[], SECOND),
    shows("up", &["j", "~To (202) 555-0161"], FIRST),
    shows("page-down", &[], LAST),
    shows("page-up", &["G", "~To (202) 555-0168"], FIRST),
    shows("top", &["G", "~To (202) 555-0168"], FIRST),
    shows("bottom", &[], LAST),
    shows("next-thread", &[], SECOND),
    shows("next-thread", &["enter"], SECOND),
    shows("previous-thread", &["j", "~To (202) 555-0161"], FIRST),
    shows("toggle-mute", &["G", "~To (202) 555-0168"], "Muted: "),
    shows("toggle-done", &[], "is done"),
    shows("filter", &[], "failed or unconfirmed"),
    shows("find", &[], "Enter go there"),
    shows("search-here", &["f1", "~┌ Help"], "Enter ok"),
    shows("help-plain", &[], "┌ Help"),
    hides("back", &["f1", "~┌ Help"], "┌ Help"),
    hides("back-or-quit", &["f1", "~┌ Help"], "┌ Help"),
    shows("down", WINDOW, "▌ (202) 555-0112"),
    shows("up", WINDOW_END, "▌ (202) 555-0118"),
    shows("page-down", WINDOW, "▌ (202) 555-0119"),
    shows("page-up", WINDOW_END, "▌ (202) 555-0111"),
    shows("top", WINDOW_END, "▌ (202) 555-0111"),
    shows("bottom", WINDOW, "▌ (202) 555-0119"),
    shows("open", WINDOW, "┌ Change a number"),
    shows("toggle-mute", &["f2", "~Switch number", "j j"], "muted"),
    hides("back-or-quit", &["f2", "~Switch number"], "Switch number"),
    does("sync", &[], Asks("/journal", 0)),
];

//! The settings and the guided set-up. The section of the settings stays, so the rows go round them in order.

use super::{Row, shows};

const NUMBERS: &[&str] = &["f4", "~Base URL"];
const SECOND: &[&str] = &["f4", "~Base URL", "g j"];
const PREFERENCES: &[&str] = &["f4", "~Times of messages"];
const KEYS: &[&str] = &["f4", "~keys.find"];

pub(super) const ROWS: &[Row] = &[
    shows("add-number", NUMBERS, "┌ Add a number"),
    shows("edit-account", NUMBERS, "┌ Account"),
    shows("test-number", NUMBERS, "✓ Connected"),
    shows("discover", NUMBERS, "Numbers of this account"),
    shows("import", NUMBERS, "Import a set-up file"),
    shows("show-keys", NUMBERS, "demo-user-key"),
    shows("show-keys-in-form", &["f4", "~Base URL", "a", "tab tab", "=demo-typed"], "demo-typed"),
    shows("set-default", SECOND, "Line 2  default"),
    shows("remove-number", SECOND, "Remove Line 2"),
    shows("next-section", NUMBERS, "Times of messages"),
    shows("toggle", EMOJI, "▌*Emoji by name"),
    shows(
        "toggle",
        &["f4", "~Times of messages", "/ ctrl-u", "=emoji by", "enter", "~▌*Emoji by name"],
        "▌ Emoji by name",
    ),
    shows("reset-option", CHANGED, "▌ Emoji by name"),
    shows("next-section", PREFERENCES, "keys.find"),
    shows("add-key", KEYS, "Press one more key"),
    shows("next-section", KEYS, "Base URL"),
    shows("previous-section", NUMBERS, "keys.find"),
    shows("previous-section", KEYS, "Times of messages"),
    shows("previous-section", PREFERENCES, "Base URL"),
    shows("set-up", NUMBERS, "Set-up 1 of 5"),
    shows("guide-default", GUIDE, "Line 1                                         there already"),
    shows("guide-label", &["f4", "~┌ Settings", "w", "~Set-up 3 of 5"], "takes the label"),
];

/// A preference that is as it was, and one that is not.
const EMOJI: &[&str] = &["f4", "~Times of messages", "/ ctrl-u", "=emoji by", "enter", "~▌ Emoji by name"];
const CHANGED: &[&str] =
    &["f4", "~Times of messages", "/ ctrl-u", "=emoji by", "enter", "~Emoji by name", "space", "~▌*Emoji by name"];

/// The numbers in the guided set-up.
const GUIDE: &[&str] = &[
    "f4",
    "~Base URL",
    "w",
    "~Set-up 1 of 5",
    "enter",
    "~keyring",
    "=demo-api-key",
    "tab",
    "=demo-user-key",
    "enter",
    "~Set-up 3 of 5",
    "g j j",
];

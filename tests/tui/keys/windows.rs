//! Windows and questions.

use super::{Row, hides, shows};

const QUESTION: &str = "Fetch everything that MightyCall has of";

pub(super) const ROWS: &[Row] = &[
    shows("search", &[], "Find messages"),
    shows("new-message", &[], "New message"),
    shows("help", &[], "┌ Help"),
    shows("settings", &[], "Settings"),
    shows("themes", &[], "Themes"),
    shows("next-pane", &[], "y copy"),
    shows("previous-pane", &[], "Enter send"),
    shows("show-work", &[], "┌ Work"),
    shows("show-notice", &["ctrl-r", "~nothing new"], "┌ Notice"),
    shows("tour", &[], "The tour is in the demo"),
    shows("palette", &[], "┌ Go to"),
    hides("no", &["f7 e", "~Fetch everything that MightyCall has of"], QUESTION),
    shows("yes", &["f7 e", "~Fetch everything that MightyCall has of"], "All that MightyCall has is here now"),
    shows("accept", &["ctrl-n", "~New message", "=202.555.0199", "~(202) 555-0199"], "To (202) 555-0199"),
    hides("back", &["ctrl-n", "~New message"], "New message"),
    shows("start-afresh", &["ctrl-n", "~a comma adds more", "=2025550162,"], "Begun afresh"),
    hides("back", &["f4", "~Base URL"], "Base URL"),
    hides("show-work", &["f7", "~┌ Work"], "┌ Work"),
    hides("search", &["f3", "~Find messages"], "Find messages"),
    hides("switch-number", &["f2", "~Switch number"], "Switch number"),
    hides("palette", &["ctrl-p", "~┌ Go to"], "┌ Go to"),
    shows("next-pane", &["enter esc G", "~y copy"], "Enter send"),
    shows("previous-pane", &["enter", "~Enter send"], "y copy"),
    shows("import-everything", &["f7", "~Work"], QUESTION),
    shows("import-everything", &["f4", "~Base URL"], QUESTION),
    shows("cancel-work", &["%slow", "f7 e y", "~Fetching everything"], "stopp"),
];

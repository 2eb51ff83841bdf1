//! Which of our numbers is looked at.

use super::{Row, hides, shows};

pub(super) const ROWS: &[Row] = &[
    hides("number-1", &["~Question 5"], "Question 5"),
    hides("number-2", &["~appointment"], "appointment"),
    hides("number-3", &["~appointment"], "appointment"),
    hides("number-4", &["~appointment"], "appointment"),
    hides("number-5", &["~appointment"], "appointment"),
    hides("number-6", &["~appointment"], "appointment"),
    hides("number-7", &["~appointment"], "appointment"),
    hides("number-8", &["~appointment"], "appointment"),
    hides("number-9", &["~appointment"], "appointment"),
    shows("number-3", &["alt-2", "!appointment"], "Question 2"),
    shows("number-9", &["alt-1", "!Question 5"], "Question 8"),
    shows("all-numbers", &["alt-1", "!Question 5"], "Question 5"),
    shows("switch-number", &[], "Switch number"),
];

//! Leaving with text that is not saved, and what comes back of it at the next start.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::config::rescue::UnsentText;

/// Answer to [`super::Effect::Quit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaving {
    /// All that was typed is in the cache.
    Saved,
    /// Saving it takes a while; another answer follows.
    Saving,
    /// Some of it cannot be saved.
    NotSaved(Box<NotSaved>),
}

/// Text that cannot be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSaved {
    /// Each text.
    pub texts: Vec<UnsentText>,
    /// Why, for people.
    pub why: String,
    /// The file that has a copy of them, or why none could be written, for people.
    pub rescue: Result<PathBuf, String>,
}

/// Tells one rescued text from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RescueId(pub u64);

/// A text that an earlier run of mctui could not save, or that an editor had when mctui was killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RescuedText {
    /// For [`super::Effect::ForgetRescued`].
    pub id: RescueId,
    /// The text, and where it belongs.
    pub text: UnsentText,
    /// When it was put aside.
    pub at: Timestamp,
    /// What the cache has in its place now.
    pub stored: Option<UnsentText>,
    /// Of a text that an editor had: what it was before.
    pub before: Option<String>,
    /// The file that it is in.
    pub path: PathBuf,
}

//! Which key does what.

use std::collections::BTreeMap;

/// The key table in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keymap {}

impl Keymap {
    /// The defaults with a person's `[keys]` laid over them: key names to action names.
    pub fn with_overrides(_overrides: &BTreeMap<String, String>) -> Result<Self, String> {
        Ok(Self::default())
    }
}

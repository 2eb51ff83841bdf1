//! What MightyCall's record of a message says beside the message itself (`mightycall-api.md`, section 7, grade A).

use serde::Serialize;

/// How far the staff are with a message, by MightyCall's own record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkflowState {
    /// Someone may still have to act.
    Open,
    /// Finished, a word of the description's schema alone.
    Finished,
    /// Done.
    Resolved,
}

/// How the account sorts the other party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CallerKind {
    /// Like anybody else.
    #[default]
    Default,
    /// On the account's VIP list.
    Vip,
    /// On the account's block list.
    Blocked,
}

impl CallerKind {
    /// Whether there is nothing to say of it.
    pub fn is_default(&self) -> bool {
        *self == Self::Default
    }
}

/// What MightyCall notes about a message. Kept as told; nothing here is written back.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
pub struct RecordNotes {
    /// Whether MightyCall calls it read. What that means for texts is not confirmed (section 19.7); `None` where the
    /// record does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<bool>,
    /// Starred by someone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub favorite: bool,
    /// A note that staff wrote. Foreign text: see [`super::text`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// `None` where the record does not say, which presumably means open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow: Option<WorkflowState>,
}

impl RecordNotes {
    /// Whether the record says nothing beside the message.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

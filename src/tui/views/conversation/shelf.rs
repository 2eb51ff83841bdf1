//! Conversations that were left, as they were: who comes back finds the place.

use std::collections::VecDeque;

use super::Conversation;
use crate::model::ThreadId;

/// Conversations kept; each holds a few hundred messages at most.
const KEPT: usize = 24;

/// The newest left one is the last.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    left: VecDeque<Conversation>,
}

impl Shelf {
    /// Puts one away.
    pub(crate) fn put(&mut self, conversation: Conversation) {
        if conversation.thread.is_none() || !conversation.window.is_loaded() {
            return;
        }
        self.left.retain(|other| other.thread != conversation.thread);
        if self.left.len() >= KEPT {
            self.left.pop_front();
        }
        self.left.push_back(conversation);
    }

    /// Takes one out.
    pub(crate) fn take(&mut self, thread: ThreadId) -> Option<Conversation> {
        let at = self.left.iter().position(|conversation| conversation.thread == Some(thread))?;
        self.left.remove(at)
    }
}

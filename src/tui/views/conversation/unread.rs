//! Where the unread messages of a conversation begin: a line that stays while one reads.

use super::lay::{self, Row};
use super::{Conversation, Frame};
use crate::model::{Message, MessageId};
use crate::tui::widgets::paint::Ink;

/// Where the line is, and what is still to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Unread {
    /// The first unread message when it was drawn.
    from: Option<MessageId>,
    /// The thread was just opened: the next page decides where the eye begins.
    opened: bool,
}

impl Unread {
    /// Of a thread that is opened.
    pub(super) fn opened() -> Self {
        Self { from: None, opened: true }
    }

    /// The row over a message, where the line is there.
    pub(super) fn row(self, message: &Message, frame: &Frame) -> Option<Row> {
        (self.from == Some(message.id)).then(|| lay::middle("── unread from here ──".to_owned(), Ink::Unread, frame))
    }
}

impl Conversation {
    /// Puts the line where it belongs after messages came. What comes while a person looks on at the bottom gets none:
    /// they see it come. A thread that is opened with more unread than fits begins at the first of them.
    pub(crate) fn note_unread(&mut self, watched: bool) {
        // a conversation that is opened again is judged by what comes, not by what it was
        if !self.window.is_loaded() || self.is_undecided() {
            return;
        }
        let opened = std::mem::take(&mut self.unread.opened);
        let messages = self.window.messages();
        let Some(first) = messages.iter().position(|message| message.unread) else { return };
        let id = messages[first].id;
        let stands = self.unread.from.is_some_and(|from| {
            self.window.index(from).is_some_and(|at| at <= first && messages[at..first].iter().all(|m| m.unread))
        });
        // nor does a line move under the eye of one who reads further up
        let is_read = self.unread.from.is_some() && !self.following;
        if (stands && !opened) || is_read || (watched && self.following && !opened) {
            return;
        }
        let anchor = self.anchor();
        self.unread.from = Some(id);
        self.lay();
        let row = self.starts[first];
        if opened && self.following && self.rows() - row > self.height {
            self.following = false;
            self.left_at =
                first.checked_sub(1).map_or(Some(MessageId(0)), |before| Some(self.window.messages()[before].id));
            self.top = row;
        } else {
            self.settle(anchor);
        }
    }

    /// Whether it is not decided yet where the eye begins: nothing is seen before that.
    pub(super) fn is_undecided(&self) -> bool {
        self.unread.opened && self.window.is_awaiting()
    }

    /// A person begins to read: where more is unread than fits, at the first of it.
    pub(crate) fn begin_reading(&mut self) {
        self.unread.opened = true;
    }

    /// The line goes: a person has answered.
    pub(crate) fn answered(&mut self) {
        if self.unread.from.take().is_some() {
            let anchor = self.anchor();
            self.lay();
            self.settle(anchor);
        }
    }

    /// Comes back to a conversation that was left: what was asked for then is not waited for, and what is unread now is
    /// told anew.
    pub(crate) fn come_back(&mut self) {
        self.window.forget_awaited();
        self.marked = None;
        self.kept_unread = false;
        (self.find, self.goal) = (None, None);
        self.unread = Unread::opened();
    }
}

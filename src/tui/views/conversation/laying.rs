//! Laying a conversation out: each message once for a width, and again where something about it has changed.

use super::Conversation;
use super::lay::{self, Row};
use super::plain;
use crate::model::MessageId;

impl Conversation {
    /// Lays all of it out.
    pub(super) fn lay(&mut self) {
        let count = self.window.messages().len();
        if self.frame.is_none() {
            // not drawn yet: no message has rows
            self.laid = vec![Vec::new(); count];
            self.starts = vec![0; count + 1];
            return;
        }
        self.laid = (0..count).map(|at| self.rows_of(at)).collect();
        self.begin_rows();
    }

    /// The rows of the message at that place of the window.
    fn rows_of(&self, at: usize) -> Vec<Row> {
        let (messages, Some(frame)) = (self.window.messages(), &self.frame) else { return Vec::new() };
        let message = &messages[at];
        let before = at.checked_sub(1).map(|before| &messages[before]);
        let cut = before.is_some_and(|before| self.window.is_cut_between(before, message));
        let rows = if frame.plain {
            plain::rows(message, before, cut, frame)
        } else {
            lay::rows(message, before, (cut, self.told == Some(message.id)), frame, &self.pictures)
        };
        self.unread.row(message, frame).into_iter().chain(rows).collect()
    }

    /// Lays one message out anew.
    pub(super) fn lay_again(&mut self, id: Option<MessageId>) {
        if let Some(at) = id.and_then(|id| self.window.index(id)).filter(|at| *at < self.laid.len()) {
            self.laid[at] = self.rows_of(at);
            self.begin_rows();
        }
    }

    /// Counts where the rows of each message begin.
    fn begin_rows(&mut self) {
        self.starts.clear();
        // one row before the first message may say that older ones are missing
        let mut at = usize::from(self.head().is_some());
        for rows in &self.laid {
            self.starts.push(at);
            at += rows.len();
        }
        self.starts.push(at);
    }

    /// The line over the first message, where older ones are not here.
    pub(super) fn head(&self) -> Option<String> {
        if self.window.more_older() {
            return Some("… older messages …".to_owned());
        }
        let key = self.frame.as_ref().map_or("", |frame| frame.fetch.as_str());
        self.window.is_cut().then(|| format!("── older messages were not fetched ({key} fetches some) ──"))
    }
}

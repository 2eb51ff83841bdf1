//! The stretch of a conversation that is held, and how it grows.

use crate::model::{Coverage, Message, MessageId};
use crate::tui::message::{MessagePage, MessageWindow, Request};

/// Messages asked for at a time.
pub(crate) const PAGE: usize = 100;
/// Messages kept at most.
const KEPT: usize = 500;

/// Where an awaited page goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    Replace,
    Older,
    Newer,
}

/// Messages, oldest first, and what is known of the rest.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, in any combination")]
pub(super) struct Window {
    messages: Vec<Message>,
    more_older: bool,
    refused: bool,
    more_newer: bool,
    coverage: Option<Coverage>,
    loaded: bool,
    awaited: Option<(Request, Join)>,
    /// Something changed since the awaited page was asked for.
    stale: bool,
}

impl Window {
    pub(super) fn messages(&self) -> &[Message] {
        &self.messages
    }

    pub(super) fn more_older(&self) -> bool {
        self.more_older
    }

    pub(super) fn more_newer(&self) -> bool {
        self.more_newer
    }

    /// Whether what is older than the first message was never fetched.
    pub(super) fn is_cut(&self) -> bool {
        let Some(coverage) = self.coverage.as_ref().filter(|_| !self.more_older) else { return false };
        self.messages.first().map_or(!coverage.is_complete(), |first| coverage.is_cut_before(first.at))
    }

    /// Whether any of its history was never fetched.
    pub(super) fn lacks_history(&self) -> bool {
        self.coverage.as_ref().is_some_and(|coverage| !coverage.is_complete())
    }

    /// Whether messages between these two were never fetched.
    pub(super) fn is_cut_between(&self, older: &Message, newer: &Message) -> bool {
        self.coverage.as_ref().is_some_and(|coverage| coverage.is_cut_between(older.at, newer.at))
    }

    pub(super) fn is_loaded(&self) -> bool {
        self.loaded
    }

    /// Whether a page is on its way.
    pub(super) fn is_awaiting(&self) -> bool {
        self.awaited.is_some()
    }

    /// The place of a message in the window.
    pub(super) fn index(&self, id: MessageId) -> Option<usize> {
        self.messages.binary_search_by_key(&id, |message| message.id).ok()
    }

    /// Where a message is that was held before; one that was written here may have moved, and is known by its text then.
    pub(super) fn successor(&self, before: &Message) -> Option<MessageId> {
        if self.index(before.id).is_some() {
            return Some(before.id);
        }
        let is_it = |now: &&Message| {
            now.direction == before.direction && now.body == before.body && now.thread == before.thread
        };
        let apart = |now: &&Message| now.id.0.abs_diff(before.id.0);
        self.messages.iter().filter(is_it).min_by_key(apart).map(|now| now.id)
    }

    /// Whether nothing is awaited; else the next page that comes counts as out of date.
    pub(super) fn may_reload(&mut self) -> bool {
        self.stale = self.awaited.is_some();
        !self.stale
    }

    /// Whether the page that came last was out of date already.
    pub(super) fn is_stale(&self) -> bool {
        self.stale && self.awaited.is_none()
    }

    /// What was asked for before is not waited for any more.
    pub(super) fn forget_awaited(&mut self) {
        (self.awaited, self.stale, self.refused) = (None, false, false);
    }

    /// An answer will not come.
    pub(super) fn fail(&mut self, request: Request) {
        self.refused |= self.awaited.take_if(|(awaited, _)| *awaited == request).is_some();
    }

    /// The newest ones, or the present stretch with what has come after it.
    pub(super) fn reload(&mut self, request: Request, newest: bool) -> (MessageWindow, usize) {
        self.awaited = Some((request, Join::Replace));
        self.stale = false;
        self.refused = false;
        match self.messages.first() {
            Some(first) if !newest => {
                (MessageWindow::After(MessageId(first.id.0 - 1)), (self.messages.len() + 50).clamp(PAGE, KEPT))
            }
            _ => (MessageWindow::Newest, PAGE),
        }
    }

    /// The stretch around a message.
    pub(super) fn load_around(&mut self, request: Request, id: MessageId) -> (MessageWindow, usize) {
        self.awaited = Some((request, Join::Replace));
        (self.stale, self.refused) = (false, false);
        (MessageWindow::Around(id), PAGE)
    }

    /// More at an edge that is near the eye.
    pub(super) fn edge(&mut self, request: Request, top: bool, bottom: bool) -> Option<(MessageWindow, usize)> {
        // what was refused once is asked for again when the cache has changed, not at every turn
        if self.awaited.is_some() || self.refused {
            return None;
        }
        let (join, window) = if top && self.more_older {
            (Join::Older, MessageWindow::Before(self.messages.first()?.id))
        } else if bottom && self.more_newer {
            (Join::Newer, MessageWindow::After(self.messages.last()?.id))
        } else {
            return None;
        };
        self.awaited = Some((request, join));
        Some((window, PAGE))
    }

    /// Takes a page that was asked for; `false` for an overtaken one.
    pub(super) fn take(&mut self, request: Request, page: MessagePage) -> bool {
        let Some((_, join)) = self.awaited.take_if(|(awaited, _)| *awaited == request) else { return false };
        self.loaded = true;
        self.coverage = page.coverage;
        match join {
            Join::Replace => {
                self.messages = page.messages;
                (self.more_older, self.more_newer) = (page.more_older, page.more_newer);
            }
            Join::Older => {
                self.messages.splice(..0, page.messages);
                self.more_older = page.more_older;
                if self.messages.len() > KEPT {
                    self.messages.truncate(KEPT);
                    self.more_newer = true;
                }
            }
            Join::Newer => {
                self.messages.extend(page.messages);
                self.more_newer = page.more_newer;
                if self.messages.len() > KEPT {
                    self.messages.drain(..self.messages.len() - KEPT);
                    self.more_older = true;
                }
            }
        }
        // whatever a page holds, the order of ids is what looking things up relies on
        self.messages.sort_by_key(|message| message.id);
        self.messages.dedup_by_key(|message| message.id);
        true
    }
}

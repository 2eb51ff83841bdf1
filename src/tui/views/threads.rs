//! The list of threads: a window of rows, two screen lines each.

mod narrow;
mod row;

use jiff::Timestamp;
use ratatui::layout::{Position, Rect};

use super::{Scene, when};
use crate::config::keymap::Action;
use crate::config::preferences::Times;
use crate::model::{Address, Thread, ThreadId};
use crate::tui::message::{Request, ThreadKey, ThreadPage, ThreadWindow};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};

/// Rows asked for at a time.
pub(crate) const PAGE: usize = 200;
/// Rows kept at most.
const KEPT: usize = 600;

/// Where an awaited page goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    Replace,
    Under,
    Over,
}

/// The window of threads.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, in any combination")]
pub(crate) struct Threads {
    rows: Vec<Thread>,
    more_above: bool,
    refused: bool,
    more_below: bool,
    /// The thread whose conversation is shown. May be out of the window.
    pub(crate) selected: Option<ThreadId>,
    /// First row in view.
    top: usize,
    /// Rows in view.
    height: usize,
    awaited: Option<(Request, Join)>,
    /// Something changed since the awaited page was asked for.
    stale: bool,
    loaded: bool,
    narrow: narrow::Narrow,
}

impl Threads {
    /// When a time in view is said otherwise.
    pub(crate) fn changes(&self, now: Timestamp, times: Times) -> Option<Timestamp> {
        let seen = self.rows.iter().skip(self.top).take(self.height + 1);
        seen.filter_map(|thread| when::label_changes(thread.last_message_at, now, times)).min()
    }

    /// The row of a thread, where it is in the window.
    pub(crate) fn get(&self, id: ThreadId) -> Option<&Thread> {
        self.rows.iter().find(|thread| thread.id == id)
    }

    /// Shows what is being written to a thread before the cache has it.
    pub(crate) fn draft(&mut self, number: &Address, contact: &Address, text: &str) {
        let row = self.rows.iter_mut().find(|row| row.number == *number && row.contact.address == *contact);
        if let Some(row) = row {
            row.draft = Some(text.to_owned()).filter(|text| !text.is_empty());
        }
    }

    /// Puts a newer reading of one thread in its place.
    pub(crate) fn refresh(&mut self, thread: &Thread) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.id == thread.id) {
            row.clone_from(thread);
        }
    }

    /// Threads with something unread that have gone up out of sight.
    fn unread_above(&self) -> usize {
        self.rows.iter().take(self.top).filter(|thread| thread.unread > 0 && !thread.muted).count()
    }

    /// The first row of the window.
    pub(crate) fn first(&self) -> Option<&Thread> {
        self.rows.first()
    }

    /// Lines of the screen that the list has.
    pub(crate) fn resize(&mut self, lines: u16) {
        let lines = lines.saturating_sub(u16::from(self.is_typing()));
        self.height = usize::from(lines / 2).max(1);
        self.top = self.top.min(self.rows.len().saturating_sub(self.height));
    }

    /// Forgets all rows: another number's are to come.
    pub(crate) fn reset(&mut self) {
        *self = Self { height: self.height, narrow: std::mem::take(&mut self.narrow), ..Self::default() };
    }

    fn index(&self) -> Option<usize> {
        self.rows.iter().position(|thread| Some(thread.id) == self.selected)
    }

    /// Which thread a movement leads to.
    pub(crate) fn target(&self, action: Action) -> Option<&Thread> {
        let last = self.rows.len().checked_sub(1)?;
        let page = self.height.saturating_sub(1).max(1);
        let to = match (action, self.index()) {
            (Action::Top, _) => 0,
            (Action::Bottom, _) => last,
            (_, None) => self.top.min(last),
            (Action::Down | Action::NextThread, Some(at)) => at + 1,
            (Action::Up | Action::PreviousThread, Some(at)) => at.saturating_sub(1),
            (Action::PageDown, Some(at)) => at + page,
            (Action::PageUp, Some(at)) => at.saturating_sub(page),
            _ => return None,
        };
        self.rows.get(to.min(last))
    }

    /// Selects a thread and scrolls so that its row is in view.
    pub(crate) fn select(&mut self, id: ThreadId) {
        self.selected = Some(id);
        if let Some(at) = self.index() {
            // before the first draw the list has no height yet
            let lowest = (at + 1).saturating_sub(self.height.max(1));
            self.top = self.top.clamp(lowest, at);
        }
    }

    /// Scrolls without selecting.
    pub(crate) fn scroll(&mut self, down: bool) {
        let last = self.rows.len().saturating_sub(self.height);
        self.top = if down { (self.top + 1).min(last) } else { self.top.saturating_sub(1) };
    }

    /// The thread at a line of the list's area.
    pub(crate) fn at_line(&self, line: u16) -> Option<ThreadId> {
        self.rows.get(self.top + usize::from(line / 2)).filter(|_| usize::from(line / 2) < self.height).map(|t| t.id)
    }

    /// Whether it can be asked again now; else the next page that comes counts as out of date.
    pub(crate) fn may_reload(&mut self) -> bool {
        self.stale = self.awaited.is_some();
        !self.stale
    }

    /// Whether the page that came last was out of date already.
    pub(crate) fn is_stale(&self) -> bool {
        self.stale && self.awaited.is_none()
    }

    /// An answer will not come.
    pub(crate) fn fail(&mut self, request: Request) {
        self.refused |= self.awaited.take_if(|(awaited, _)| *awaited == request).is_some();
    }

    /// Asks for the stretch around a thread.
    pub(crate) fn load_around(&mut self, request: Request, thread: ThreadId) -> (ThreadWindow, usize) {
        self.awaited = Some((request, Join::Replace));
        self.stale = false;
        (ThreadWindow::Around(thread), PAGE)
    }

    /// Asks for the present stretch again: something in it may have changed.
    pub(crate) fn reload(&mut self, request: Request) -> (ThreadWindow, usize) {
        self.refused = false;
        let window = if self.more_above {
            let eye = self.index().filter(|at| (self.top..self.top + self.height).contains(at)).unwrap_or(self.top);
            self.rows.get(eye).map_or(ThreadWindow::Top, |thread| ThreadWindow::Around(thread.id))
        } else {
            ThreadWindow::Top
        };
        self.awaited = Some((request, Join::Replace));
        self.stale = false;
        (window, PAGE.max(self.rows.len() + 20).min(KEPT))
    }

    /// Asks for the first stretch.
    pub(crate) fn load_top(&mut self, request: Request) -> (ThreadWindow, usize) {
        self.awaited = Some((request, Join::Replace));
        self.stale = false;
        (ThreadWindow::Top, PAGE)
    }

    /// Asks for more where an edge of the window is near the eye.
    pub(crate) fn edge(&mut self, request: Request) -> Option<(ThreadWindow, usize)> {
        // what was refused once is asked for again when the cache has changed, not at every turn
        if self.awaited.is_some() || self.refused {
            return None;
        }
        let eye = self.index().unwrap_or(self.top);
        let (first, last) = (self.top.min(eye), (self.top + self.height).max(eye));
        let (join, window) = if self.more_below && last + 20 >= self.rows.len() {
            (Join::Under, ThreadWindow::Below(key(self.rows.last()?)))
        } else if self.more_above && first < 20 {
            (Join::Over, ThreadWindow::Above(key(self.rows.first()?)))
        } else {
            return None;
        };
        self.awaited = Some((request, join));
        Some((window, PAGE))
    }

    /// Takes a page that was asked for; an overtaken one is left. `true` where the rows are new.
    pub(crate) fn take(&mut self, request: Request, page: ThreadPage) -> bool {
        let Some((_, join)) = self.awaited.take_if(|(awaited, _)| *awaited == request) else { return false };
        self.loaded = true;
        self.narrow.keep(self.index());
        let was_in_view = self.index().is_some_and(|at| (self.top..self.top + self.height).contains(&at));
        // the row that the eye is on stays on its screen line, unless the list is at its top
        let anchor = (self.top > 0 || self.more_above || join != Join::Replace)
            .then(|| self.index().filter(|at| (self.top..self.top + self.height).contains(at)).unwrap_or(self.top))
            .and_then(|at| Some((self.rows.get(at)?.id, at - self.top)));
        match join {
            Join::Replace => {
                self.rows = page.threads;
                (self.more_above, self.more_below) = (page.more_above, page.more_below);
            }
            Join::Under => {
                self.rows.extend(page.threads);
                self.more_below = page.more_below;
                if self.rows.len() > KEPT {
                    self.rows.drain(..self.rows.len() - KEPT);
                    self.more_above = true;
                }
            }
            Join::Over => {
                self.rows.splice(..0, page.threads);
                self.more_above = page.more_above;
                if self.rows.len() > KEPT {
                    self.rows.truncate(KEPT);
                    self.more_below = true;
                }
            }
        }
        let mut seen = std::collections::HashSet::new();
        self.rows.retain(|thread| seen.insert(thread.id));
        if let Some((id, line)) = anchor
            && let Some(at) = self.rows.iter().position(|thread| thread.id == id)
        {
            self.top = at.saturating_sub(line);
        }
        // at the top of the list new threads push the others down: the one that keys act on is not pushed out of sight
        if was_in_view && let Some(at) = self.index() {
            self.top = self.top.clamp((at + 1).saturating_sub(self.height.max(1)), at);
        }
        self.top = self.top.min(self.rows.len().saturating_sub(self.height));
        true
    }

    /// Paints the rows in view.
    pub(crate) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        scene: Scene<'_>,
        focused: bool,
    ) -> Option<Position> {
        let (area, line) = self.with_line(area);
        let cursor = line.and_then(|line| self.draw_line(canvas, line));
        if self.rows.is_empty() && self.awaited.is_none() && self.draw_none(canvas, area, scene) {
            return cursor;
        }
        if self.rows.is_empty() {
            let text = if self.loaded { "No conversations yet" } else { "Loading…" };
            paint::put(canvas, area, 0, text, Ink::Dim);
            if self.loaded {
                let key = |action| scene.key(crate::config::keymap::Context::Threads, action);
                // after a sync there are none to fetch
                let fetches = scene.engine.synced().is_none().then(|| format!("{} fetches them", key(Action::SyncNow)));
                let writes = format!("{} writes to someone", key(Action::NewMessage));
                for (row, hint) in (1..).zip(fetches.into_iter().chain([writes])) {
                    paint::put(canvas, area, row, &hint, Ink::Dim);
                }
            }
            return cursor;
        }
        let rows = usize::from(area.height.div_ceil(2));
        for (line, thread) in (0..).step_by(2).zip(self.rows.iter().skip(self.top).take(rows)) {
            let area = Rect { y: area.y + line, height: area.height.saturating_sub(line).min(2), ..area };
            row::draw(canvas, area, thread, scene, Some(thread.id) == self.selected, focused);
        }
        cursor
    }
}

/// A thread's place in the list.
pub(crate) fn key(thread: &Thread) -> ThreadKey {
    ThreadKey { activity: thread.activity, id: thread.id }
}

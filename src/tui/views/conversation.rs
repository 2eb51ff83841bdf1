//! The messages of a thread: a window of them, laid out once at the present width, so that a draw costs what is seen.

mod doings;
mod find;
mod lay;
mod laying;
mod plain;
mod shelf;
mod unread;
mod window;

use std::ops::Range;

use ratatui::layout::Rect;

use super::Scene;
use super::pictures::Pictures;
use crate::config::keymap::{Action, Context};
use crate::model::{Direction, Message, MessageId, ThreadId};
use crate::tui::message::{MessagePage, MessageWindow, Request};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use lay::{Frame, Row};
pub(crate) use lay::{delivery_words, file_label, file_size};
pub(crate) use shelf::Shelf;
use unread::Unread;
use window::Window;

/// The conversation in view.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conversation {
    /// Whose it is.
    pub(crate) thread: Option<ThreadId>,
    window: Window,
    /// The rows of each message of the window.
    laid: Vec<Vec<Row>>,
    /// Where each message's rows begin, and the number of all rows at the end.
    starts: Vec<usize>,
    frame: Option<Frame>,
    height: usize,
    /// First row in view.
    top: usize,
    /// At the bottom, and staying there when messages come.
    following: bool,
    /// The newest message when the eye left the bottom.
    left_at: Option<MessageId>,
    /// The message that keys act on; the newest where none is.
    selected: Option<MessageId>,
    /// Up to where it was told that everything is read.
    marked: Option<MessageId>,
    /// A person said "unread": stays so until the thread is opened again.
    kept_unread: bool,
    /// What is looked for.
    find: Option<find::Find>,
    /// Where to go once it is here.
    goal: Option<find::Goal>,
    /// The message whose mark is told in words.
    told: Option<MessageId>,
    /// Of this and other threads.
    pub(crate) pictures: Pictures,
    unread: Unread,
}

impl Conversation {
    /// An empty one of the same size.
    pub(crate) fn clone_frame(&self) -> Self {
        Self { frame: self.frame.clone(), height: self.height, ..Self::default() }
    }

    /// Goes to another thread, or to none.
    pub(crate) fn open(&mut self, thread: Option<ThreadId>) {
        let (frame, height) = (self.frame.take(), self.height);
        *self = Self {
            thread,
            frame,
            height,
            following: true,
            starts: vec![0],
            unread: Unread::opened(),
            ..Self::default()
        };
    }

    /// Asks for the newest messages, or for the present stretch again where the eye is further up.
    pub(crate) fn reload(&mut self, request: Request) -> (MessageWindow, usize) {
        self.window.reload(request, self.following)
    }

    /// Whether it can be asked again now. While an answer is awaited it is asked again once that has come.
    pub(crate) fn may_reload(&mut self) -> bool {
        self.window.may_reload()
    }

    /// An answer will not come.
    pub(crate) fn fail(&mut self, request: Request) {
        self.window.fail(request);
    }

    /// Asks for more where an edge of the window is near the eye.
    pub(crate) fn edge(&mut self, request: Request) -> Option<(MessageWindow, usize)> {
        let below = self.rows().saturating_sub(self.top + self.height);
        self.window.edge(request, self.top <= self.height, below <= self.height)
    }

    /// Takes a page that was asked for; an overtaken one is left. `true` where it is out of date already.
    pub(crate) fn take(&mut self, request: Request, page: MessagePage) -> bool {
        let anchor = self.anchor();
        let held = |id: MessageId| self.window.index(id).map(|at| self.window.messages()[at].clone());
        let (marked, seen) = (self.selected.and_then(held), anchor.and_then(|(id, _)| held(id)));
        if self.window.take(request, page) {
            // a message that stands at another time now has another id
            let now = |before: &Message| self.window.successor(before);
            self.selected = marked.as_ref().and_then(now).or(self.selected);
            let anchor = anchor.map(|(id, left)| (seen.as_ref().and_then(now).unwrap_or(id), left));
            if self.window.more_newer() {
                self.leave_bottom();
            }
            self.lay();
            self.settle(anchor);
            self.arrive_if_there();
        }
        self.window.is_stale()
    }

    /// Where it is drawn, and what laying out depends on. Lays out again where that has changed. `focused`: the keys go
    /// here, and the selected message's mark is told in words.
    pub(crate) fn resize(&mut self, area: Rect, scene: Scene<'_>, focused: bool) {
        let Scene { zone, preferences, .. } = scene;
        let frame = Frame {
            // the first column is for the selection's mark
            width: usize::from(area.width.saturating_sub(1)).max(1),
            now: doings::steady(scene),
            zone: zone.clone(),
            times: preferences.ui.times,
            plain: scene.plain,
            pictures: self.pictures.version(),
            resend: scene.key(Context::Conversation, Action::Resend),
            discard: scene.key(Context::Conversation, Action::Discard),
            fetch: scene.key(Context::Conversation, Action::FetchOlder),
        };
        let anchor = self.anchor();
        let height = usize::from(area.height).max(1);
        let told = self.selected().map(|message| message.id).filter(|_| focused);
        let before = std::mem::replace(&mut self.told, told);
        if self.frame.as_ref() != Some(&frame) {
            self.frame = Some(frame);
            self.lay();
        } else if before != told {
            self.lay_again(before);
            self.lay_again(told);
        } else if self.height == height {
            return;
        }
        self.height = height;
        self.settle(anchor);
    }

    /// Whether messages of it may be missing, in view or not.
    pub(crate) fn is_cut(&self) -> bool {
        self.window.lacks_history()
    }

    fn rows(&self) -> usize {
        self.starts.last().copied().unwrap_or(0)
    }

    fn last_top(&self) -> usize {
        self.rows().saturating_sub(self.height)
    }

    /// The message in the first row in view, and how many rows there are from there to its end. Its end, because a
    /// message loses the line of its day when one of the same day comes before it.
    fn anchor(&self) -> Option<(MessageId, usize)> {
        let at = self.starts.partition_point(|&start| start <= self.top).saturating_sub(1);
        let message = self.window.messages().get(at)?;
        Some((message.id, self.starts.get(at + 1)?.saturating_sub(self.top)))
    }

    fn settle(&mut self, anchor: Option<(MessageId, usize)>) {
        if let Some((id, left)) = anchor
            && let Some(at) = self.window.index(id)
        {
            self.top = self.starts[at + 1].saturating_sub(left);
        }
        self.top = if self.following { self.last_top() } else { self.top.min(self.last_top()) };
        if self.top >= self.last_top() && !self.window.more_newer() {
            self.following = true;
        }
    }

    fn leave_bottom(&mut self) {
        if self.following {
            self.following = false;
            self.left_at = self.window.messages().last().map(|message| message.id);
        }
    }

    /// A message of the stretch that is loaded.
    pub(crate) fn message(&self, id: MessageId) -> Option<&Message> {
        self.window.index(id).map(|at| &self.window.messages()[at])
    }

    /// The message that keys act on.
    pub(crate) fn selected(&self) -> Option<&Message> {
        match self.selected.and_then(|id| self.window.index(id)) {
            Some(at) => self.window.messages().get(at),
            None => self.window.messages().last(),
        }
    }

    /// Marks the newest message that needs a person, where there is one, so that keys act on what is seen.
    pub(crate) fn go_to_trouble(&mut self) -> bool {
        let Some(at) = self.window.messages().iter().rposition(Message::needs_somebody) else { return false };
        self.selected = Some(self.window.messages()[at].id);
        let span = self.span(at);
        self.look(if span.start < self.top { span.start } else { self.top.max(span.end.saturating_sub(self.height)) });
        true
    }

    /// Moves by an action; `false` where it is none of moving.
    pub(crate) fn travel(&mut self, action: Action) -> bool {
        let page = self.height.saturating_sub(1).max(1);
        match action {
            Action::Down => self.step(1),
            Action::Up => self.step(-1),
            Action::PageDown => self.page(self.top.saturating_add(page).min(self.last_top()), false),
            Action::PageUp => self.page(self.top.saturating_sub(page), true),
            Action::Top => {
                self.page(0, true);
                self.selected = self.window.messages().first().map(|message| message.id);
            }
            Action::Bottom => {
                self.selected = None;
                self.look(self.last_top());
            }
            _ => return false,
        }
        true
    }

    /// Whether the bottom was asked for and the window does not reach it: then the newest are to be loaded.
    pub(crate) fn wants_newest(&self, action: Action) -> bool {
        action == Action::Bottom && self.window.more_newer()
    }

    /// Goes to the newest messages as soon as they come.
    pub(crate) fn follow(&mut self) {
        self.following = true;
    }

    /// Scrolls by rows, selecting nothing.
    pub(crate) fn scroll(&mut self, by: isize) {
        self.look(self.top.saturating_add_signed(by));
    }

    fn look(&mut self, top: usize) {
        let top = top.min(self.last_top());
        if top >= self.last_top() && !self.window.more_newer() {
            self.following = true;
            self.left_at = None;
        } else {
            self.leave_bottom();
        }
        self.top = top;
    }

    /// Scrolls by a screen and selects what is then at its edge.
    fn page(&mut self, top: usize, upwards: bool) {
        self.look(top);
        let row = if upwards { self.top } else { self.top + self.height.saturating_sub(1) };
        let at = self.starts.partition_point(|&start| start <= row).saturating_sub(1);
        self.selected = self.window.messages().get(at).or(self.window.messages().last()).map(|message| message.id);
    }

    /// Selects the next message, once all of a long one has been seen.
    fn step(&mut self, by: isize) {
        let messages = self.window.messages();
        let Some(last) = messages.len().checked_sub(1) else { return };
        let at = self.selected.and_then(|id| self.window.index(id)).unwrap_or(last);
        let span = self.span(at);
        let view = self.top..self.top + self.height;
        if by > 0 && span.end > view.end && span.start <= view.start {
            return self.scroll(1);
        }
        if by < 0 && span.start < view.start && span.end >= view.end {
            return self.scroll(-1);
        }
        let to = at.saturating_add_signed(by).min(last);
        self.selected = Some(messages[to].id);
        let span = self.span(to);
        let top = if to == 0 {
            0
        } else if span.start < self.top || span.len() > self.height {
            if by > 0 { span.start } else { span.end.saturating_sub(self.height).min(span.start) }
        } else {
            self.top.max(span.end.saturating_sub(self.height))
        };
        self.look(top);
    }

    fn span(&self, at: usize) -> Range<usize> {
        self.starts[at]..self.starts[at + 1]
    }

    /// Selects the message at a line of the area.
    pub(crate) fn click(&mut self, line: u16) {
        let blank = self.height.saturating_sub(self.rows());
        let row = self.top + usize::from(line).saturating_sub(blank);
        let at = self.starts.partition_point(|&start| start <= row);
        if let Some(message) = at.checked_sub(1).and_then(|at| self.window.messages().get(at)) {
            self.selected = Some(message.id);
        }
    }

    /// The newest message, where it is on the screen, unread ones are there and nobody was told yet: what can be marked
    /// read now that a person has it before their eyes.
    pub(crate) fn seen(&mut self, unread: bool) -> Option<MessageId> {
        let last = self.window.messages().last()?;
        let in_view = self.top + self.height >= self.rows() && !self.window.more_newer();
        let unread = unread || self.window.messages().iter().any(|message| message.unread);
        if !in_view || self.is_undecided() || !unread || self.kept_unread || self.marked == Some(last.id) {
            return None;
        }
        self.marked = Some(last.id);
        self.marked
    }

    /// A person wants the thread unread, or read.
    pub(crate) fn keep_unread(&mut self, unread: bool) {
        self.kept_unread = unread;
        self.marked = None;
    }

    /// Messages that came since the eye left the bottom.
    pub(crate) fn new_below(&self) -> usize {
        let Some(left_at) = self.left_at.filter(|_| !self.following) else { return 0 };
        let bottom = self.top + self.height;
        let newer = self.window.messages().iter().zip(&self.starts[1..]).rev();
        let below = newer.take_while(|(message, end)| message.id > left_at && **end > bottom);
        below.filter(|(message, _)| message.direction != Direction::Outbound).count()
    }

    /// Paints the rows in view.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, focused: bool) {
        if self.thread.is_none() {
            paint::put(canvas, area, 0, "No conversation is open", Ink::Dim);
            return;
        }
        if self.window.messages().is_empty() {
            let text = if self.window.is_loaded() { "No messages yet" } else { "Loading…" };
            paint::put(canvas, area, 0, text, Ink::Dim);
            return;
        }
        // few messages stand at the bottom, next to the compose box
        let blank = usize::from(area.height).saturating_sub(self.rows());
        if self.top == 0
            && let Some(head) = self.head()
        {
            paint::put_at(canvas, area, 1, u16::try_from(blank).unwrap_or(0), &head, Ink::Dim);
        }
        let selected = self.selected().map(|message| message.id).filter(|_| focused);
        let first = self.starts.partition_point(|&start| start <= self.top).saturating_sub(1);
        for (at, rows) in self.laid.iter().enumerate().skip(first) {
            let start = self.starts[at];
            if start >= self.top + usize::from(area.height) {
                break;
            }
            let marked = selected == Some(self.window.messages()[at].id);
            for (into, row) in self.lit(rows).iter().enumerate() {
                let Some(line) = (start + into).checked_sub(self.top) else { continue };
                let Ok(line) = u16::try_from(line + blank) else { break };
                if marked && !row.between {
                    canvas.choose(Rect { y: area.y + line.min(area.height), height: 1, ..area }.intersection(area));
                    paint::put(canvas, area, line, if canvas.plain { " " } else { "▌" }, Ink::Bold);
                }
                doings::draw_row(canvas, area, line, row);
            }
        }
    }
}

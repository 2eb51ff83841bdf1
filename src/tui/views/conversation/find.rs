//! Finding in the conversation: a line at its bottom, what is found lit up in all of it, from match to match.

use std::borrow::Cow;

use ratatui::layout::{Position, Rect};

use super::lay::Row;
use super::{Conversation, Request};
use crate::config::keymap::{Action, Context};
use crate::model::MessageId;
use crate::model::query::Query;
use crate::model::text::safe_line;
use crate::model::words::{Term, places};
use crate::tui::message::{Effect, MessageWindow};
use crate::tui::views::Scene;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::paint::{self, Ink};

/// Where to go as soon as it is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Goal {
    id: MessageId,
    /// How many of its rows are in view, where it is at the top of it as before.
    left: Option<usize>,
    /// What is selected then.
    selected: Option<MessageId>,
}

/// What is looked for in a conversation.
#[derive(Debug, Clone, Default)]
pub(super) struct Find {
    field: Field,
    typing: bool,
    terms: Vec<Term>,
    /// Newest first.
    found: Vec<MessageId>,
    /// The one that was gone to.
    at: Option<MessageId>,
    awaited: Option<Request>,
    /// Whether to go to a match when the answer comes.
    jump: bool,
    /// Where one was before.
    origin: Option<Goal>,
}

/// What leaving or moving asks for.
pub(crate) type Wanted = Option<(MessageWindow, usize)>;

impl Conversation {
    /// Begins to type what to find.
    pub(crate) fn begin_find(&mut self) {
        // from one search to the next, one came from where the first began
        let origin = match self.find.take() {
            Some(find) if find.typing => find.origin,
            _ => self.place(),
        };
        self.find = Some(Find { typing: true, origin, ..Find::default() });
    }

    fn place(&self) -> Option<Goal> {
        let (id, left) = self.anchor().filter(|_| !self.following)?;
        Some(Goal { id, left: Some(left), selected: self.selected })
    }

    /// Whether a line of the conversation is taken by what is looked for.
    pub(crate) fn has_find_line(&self) -> bool {
        self.find.is_some()
    }

    /// Whether keys go into what to find.
    pub(crate) fn is_finding(&self) -> bool {
        self.find.as_ref().is_some_and(|find| find.typing)
    }

    /// Keeps what is found as it is lit up.
    pub(crate) fn keep_find(&mut self) {
        if let Some(find) = &mut self.find {
            find.typing = false;
        }
        self.find.take_if(|find| find.terms.is_empty());
    }

    /// Types, or edits; what is to be asked then.
    pub(crate) fn type_find(&mut self, typed: Result<&str, Action>, request: Request) -> Option<Effect> {
        let thread = self.thread?;
        let find = self.find.as_mut().filter(|find| find.typing)?;
        match typed {
            Ok(text) => find.field.insert(&text.replace(['\r', '\n', '\t'], " ")),
            Err(action) => drop(find.field.edit(action)),
        }
        let query = Query::phrase(find.field.text());
        if query.terms == find.terms {
            return None;
        }
        find.terms.clone_from(&query.terms);
        (find.found, find.at, find.jump) = (Vec::new(), None, true);
        if query.terms.is_empty() {
            find.awaited = None;
            return None;
        }
        find.awaited = Some(request);
        Some(Effect::FindInThread { request, thread, terms: query.terms })
    }

    /// Lights up what was looked for elsewhere; what is to be asked to go on from there.
    pub(crate) fn light_up(&mut self, terms: Vec<Term>, at: MessageId, request: Request) -> Option<Effect> {
        let thread = self.thread?;
        self.find = None;
        if terms.is_empty() {
            return None;
        }
        let asked = terms.clone();
        self.find = Some(Find { terms, at: Some(at), awaited: Some(request), ..Find::default() });
        Some(Effect::FindInThread { request, thread, terms: asked })
    }

    /// Looks again, because the thread has changed.
    pub(crate) fn find_again(&mut self, request: Request) -> Option<Effect> {
        let (thread, find) = (self.thread?, self.find.as_mut()?);
        if find.terms.is_empty() {
            return None;
        }
        // an answer that is on its way is overtaken, and what it was to do is left to the next one
        find.jump &= find.awaited.is_some();
        find.awaited = Some(request);
        Some(Effect::FindInThread { request, thread, terms: find.terms.clone() })
    }

    /// Takes what was found; the message to go to, if any.
    pub(crate) fn take_found(&mut self, request: Request, found: Vec<MessageId>) -> Option<MessageId> {
        let find = self.find.as_mut()?;
        find.awaited.take_if(|awaited| *awaited == request)?;
        find.found = found;
        if !std::mem::take(&mut find.jump) {
            return None;
        }
        // the nearest above the eye, or else the newest of all
        let eye = find.origin.map_or(MessageId(i64::MAX), |origin| origin.selected.unwrap_or(origin.id).max(origin.id));
        let to = find.found.iter().find(|id| **id <= eye).or(find.found.first()).copied();
        find.at = to;
        to
    }

    /// The match after this one (older), or before it (newer), going round at the end. `None` where nothing is found.
    pub(crate) fn next_found(&mut self, older: bool) -> Option<MessageId> {
        let selected = self.selected().map(|message| message.id);
        let find = self.find.as_mut()?;
        let at = find.at.or(selected)?;
        let to = if older {
            find.found.iter().find(|id| **id < at).or(find.found.first())
        } else {
            find.found.iter().rev().find(|id| **id > at).or(find.found.last())
        };
        find.at = to.copied();
        find.at
    }

    /// Ends the find: what was lit up is not any more. While it was being typed, one is back where one was: what is to
    /// be asked for that, and whether that is the newest.
    pub(crate) fn leave_find(&mut self, request: Request) -> (Wanted, bool) {
        let Some(find) = self.find.take().filter(|find| find.typing) else { return (None, false) };
        if let Some(origin) = find.origin {
            return (self.travel_to(origin, request), false);
        }
        self.selected = None;
        self.follow();
        let newest = self.window.more_newer();
        if !newest {
            self.look(self.last_top());
        }
        (None, newest)
    }

    /// Goes to a message, wherever it is; what is to be asked where it is not here.
    pub(crate) fn go_to_message(&mut self, id: MessageId, request: Request) -> Wanted {
        self.travel_to(Goal { id, left: None, selected: Some(id) }, request)
    }

    fn travel_to(&mut self, goal: Goal, request: Request) -> Wanted {
        self.leave_bottom();
        self.arrive(goal);
        if self.window.index(goal.id).is_some() && !self.window.is_awaiting() {
            self.goal = None;
            return None;
        }
        // also where a page is on its way that may not have it
        self.goal = Some(goal);
        Some(self.window.load_around(request, goal.id))
    }

    /// After new messages were laid out.
    pub(super) fn arrive_if_there(&mut self) {
        if let Some(goal) = self.goal.take() {
            self.arrive(goal);
        }
    }

    fn arrive(&mut self, goal: Goal) {
        let Some(at) = self.window.index(goal.id) else { return };
        let span = self.span(at);
        let top = match goal.left {
            Some(left) => span.end.saturating_sub(left),
            // all of it in view already: the eye stays
            None if span.start >= self.top && span.end <= self.top + self.height => self.top,
            None => span.start.saturating_sub(self.height / 3),
        };
        self.selected = goal.selected;
        self.look(top);
    }

    /// The rows of a message with what was looked for lit up, also where it goes on in the next row.
    pub(super) fn lit<'r>(&self, rows: &'r [Row]) -> Cow<'r, [Row]> {
        let Some(find) = self.find.as_ref().filter(|find| !find.terms.is_empty()) else { return Cow::Borrowed(rows) };
        let (whole, spans) = joined(rows);
        let places = places(&find.terms, &whole);
        if places.is_empty() {
            return Cow::Borrowed(rows);
        }
        let mut out = rows.to_vec();
        for row in &mut out {
            row.pieces.clear();
        }
        for (row, piece, start) in spans {
            let (text, ink) = &rows[row].pieces[piece];
            let Some(start) = start else {
                out[row].pieces.push((text.clone(), *ink));
                continue;
            };
            let mut end = start;
            for place in places.iter().filter(|place| place.start < start + text.len() && place.end > start) {
                let (from, to) = (place.start.max(start), place.end.min(start + text.len()));
                out[row].pieces.push((whole[end..from].to_owned(), *ink));
                out[row].pieces.push((whole[from..to].to_owned(), Ink::Match));
                end = to;
            }
            out[row].pieces.push((whole[end..start + text.len()].to_owned(), *ink));
        }
        Cow::Owned(out)
    }

    /// Paints the line; gives back where the cursor is.
    pub(crate) fn draw_find(&self, canvas: &mut Canvas<'_>, area: Rect, scene: Scene<'_>) -> Option<Position> {
        let find = self.find.as_ref()?;
        let count = match find.at.and_then(|at| find.found.iter().position(|id| *id == at)) {
            Some(at) => format!("{}/{}", at + 1, find.found.len()),
            None if find.terms.is_empty() || find.awaited.is_some() => String::new(),
            None if find.found.is_empty() && !self.window.lacks_history() => "not found".to_owned(),
            None if find.found.is_empty() && find.typing => "not found in what is fetched".to_owned(),
            None if find.found.is_empty() => {
                let fetch = scene.key(Context::Conversation, Action::FetchOlder);
                format!("not found; {fetch} fetches older messages")
            }
            None => format!("{} found", find.found.len()),
        };
        paint::clear(canvas, area);
        if !find.typing {
            let key = |action| scene.key(Context::Conversation, action);
            let (older, newer, back) = (key(Action::FindNext), key(Action::FindPrevious), key(Action::Back));
            let words: Vec<String> = find.terms.iter().map(Term::to_string).collect();
            let text = format!("/{}  {older} older  {newer} newer  {back} ends", safe_line(&words.join(" ")));
            paint::put_both(canvas, area, 0, (&text, Ink::Dim), (&count, Ink::Bold));
            return None;
        }
        let right = paint::put_right(canvas, area, 0, &count, Ink::Bold);
        let left = paint::put(canvas, area, 0, "/", Ink::Bold);
        let room = area.width.saturating_sub(left + right + u16::from(right > 0));
        find.field.draw(canvas, Rect { x: area.x + left, width: room, ..area }, 0, false)
    }
}

/// The text of a message's rows in one, a blank between rows; and where in it each piece begins. What stands beside the
/// text, such as its time, is left out.
fn joined(rows: &[Row]) -> (String, Vec<(usize, usize, Option<usize>)>) {
    let mut whole = String::new();
    let mut spans = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let first = whole.len();
        for (piece, (text, ink)) in row.pieces.iter().enumerate() {
            let said = !matches!(ink, Ink::Dim | Ink::Day | Ink::Staff | Ink::Bad | Ink::Warn | Ink::Bold);
            spans.push((at, piece, said.then_some(whole.len())));
            if said {
                whole.push_str(text);
            }
        }
        if whole.len() > first {
            whole.push(' ');
        }
    }
    (whole, spans)
}

//! Finding messages everywhere: one field, and what is found as one types.

use ratatui::layout::{Margin, Position, Rect};

use super::window::{Pointer, Step, Window};
use super::{Scene, marks, when};
use crate::config::keymap::{Action, Context};
use crate::model::query::{Odd, Query, Reading, read};
use crate::model::text::{fit, safe_line};
use crate::model::{Direction, MessageId, Missing, preview};
use crate::tui::message::{Effect, Found, FoundPage, Msg, Request, SearchQuery};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// Rows asked for at a time.
const PAGE: usize = 50;
/// The screen counts its own requests from 1; these are far from them.
const REQUESTS: u64 = 1 << 62;
/// Columns of the window at most.
const COLUMNS: u16 = 100;
/// Lines above what is found.
const HEAD: u16 = 2;
/// Lines of each.
const EACH: u16 = 2;

/// What stays of a search when its window is closed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory {
    field: Field,
    selected: Option<MessageId>,
    found: usize,
    requests: u64,
}

/// The window.
#[derive(Debug)]
pub(crate) struct Search {
    field: Field,
    query: Query,
    /// A filter that cannot be read: the last of them, which is the one that a person looks at.
    odd: Option<Odd>,
    found: Vec<Found>,
    more: bool,
    selected: Option<MessageId>,
    /// First one in view.
    top: usize,
    requests: u64,
    /// The newest request, and whether it goes on below what is here.
    awaited: Option<(Request, bool)>,
    /// The cache has changed since.
    stale: bool,
    /// Where nothing is found: whether it may be in history that is not here.
    missing: Missing,
    /// What is shown is of the present query.
    current: bool,
    refused: Option<String>,
}

impl Search {
    /// Goes on with the last search; what is to be asked first comes with it.
    pub(crate) fn open(memory: &Memory, scene: Scene<'_>) -> (Self, Vec<Step>) {
        let mut search = Self {
            field: memory.field.clone(),
            query: Query::default(),
            odd: None,
            found: Vec::new(),
            more: false,
            selected: memory.selected,
            top: 0,
            requests: memory.requests,
            awaited: None,
            stale: false,
            missing: Missing::default(),
            current: false,
            refused: None,
        };
        // another word is as near as a narrower search
        search.field.select_all();
        search.query = search.read(scene);
        let steps = if search.query.is_empty() { Vec::new() } else { vec![search.ask(None, memory.found.max(PAGE))] };
        (search, steps)
    }

    fn read(&mut self, scene: Scene<'_>) -> Query {
        let Reading { query, mut odd } = read(self.field.text(), true, scene.now, scene.zone);
        self.odd = odd.pop();
        query
    }

    fn ask(&mut self, below: Option<MessageId>, limit: usize) -> Step {
        self.requests += 1;
        let request = Request(REQUESTS + self.requests);
        self.awaited = Some((request, below.is_some()));
        self.stale = false;
        let query = SearchQuery { query: self.query.clone(), number: None, below, limit };
        Step::Do(Effect::Search { request, query: Box::new(query) })
    }

    fn remember(&self) -> Step {
        Step::Remember(Memory {
            field: self.field.clone(),
            selected: self.selected,
            found: self.found.len(),
            requests: self.requests,
        })
    }

    /// After the text has changed.
    fn typed(&mut self, scene: Scene<'_>) -> Vec<Step> {
        let query = self.read(scene);
        let mut steps = Vec::new();
        if query != self.query {
            self.query = query;
            (self.selected, self.top, self.current, self.refused) = (None, 0, false, None);
            if self.query.is_empty() {
                (self.found, self.more, self.awaited) = (Vec::new(), false, None);
            } else {
                steps.push(self.ask(None, PAGE));
            }
        }
        steps.push(self.remember());
        steps
    }

    fn index(&self) -> usize {
        let at = self.selected.and_then(|id| self.found.iter().position(|found| found.message.id == id));
        at.unwrap_or(0)
    }

    /// Selects another one, scrolls to it, and asks for more where the end is near.
    fn select(&mut self, at: usize, scene: Scene<'_>) -> Vec<Step> {
        let Some(found) = self.found.get(at.min(self.found.len().saturating_sub(1))) else { return Vec::new() };
        self.selected = Some(found.message.id);
        self.show(scene.screen);
        let mut steps = Vec::new();
        if self.more && self.awaited.is_none() && self.current && at + 10 >= self.found.len() {
            let below = self.found.last().map(|last| last.message.id);
            steps.push(self.ask(below, PAGE));
        }
        steps.push(self.remember());
        steps
    }

    fn show(&mut self, screen: Rect) {
        let rows = rows(screen);
        let at = self.index();
        self.top = self.top.clamp((at + 1).saturating_sub(rows), at).min(self.found.len().saturating_sub(rows));
    }

    fn go(&self) -> Vec<Step> {
        let Some(found) = self.found.get(self.index()) else { return Vec::new() };
        let message = &found.message;
        vec![Step::CloseAll, Step::Do(Effect::OpenMessage(message.thread, message.id, self.query.terms.clone()))]
    }

    fn take_page(&mut self, request: Request, page: &FoundPage, scene: Scene<'_>) -> Vec<Step> {
        let Some((_, below)) = self.awaited.take_if(|(awaited, _)| *awaited == request) else { return Vec::new() };
        if below {
            self.found.extend(page.found.iter().cloned());
        } else {
            self.found.clone_from(&page.found);
        }
        self.more = page.more;
        self.missing.clone_from(&page.missing);
        self.current = true;
        self.refused = None;
        self.show(scene.screen);
        if self.stale { vec![self.ask(None, self.found.len().max(PAGE))] } else { Vec::new() }
    }

    fn status(&self, scene: Scene<'_>) -> (String, Ink) {
        if let Some(reason) = &self.refused {
            return (format!("✗ {}", safe_line(reason)), Ink::Bad);
        }
        if let Some(odd) = &self.odd {
            // who is in the middle of a word is told what it may become, and no more
            return if odd.unfinished {
                (safe_line(&odd.forms()), Ink::Dim)
            } else {
                (format!("! {}", safe_line(&odd.to_string())), Ink::Warn)
            };
        }
        let text = match self.found.len() {
            _ if self.query.is_empty() => "Words, and filters if you like:".to_owned(),
            0 if self.current => self.nothing(scene),
            0 => "Searching…".to_owned(),
            count => format!("{} of {count}{}", self.index() + 1, if self.more { "+" } else { "" }),
        };
        (text, Ink::Dim)
    }

    /// That nothing is found, and what helps where something does.
    fn nothing(&self, scene: Scene<'_>) -> String {
        match &self.missing {
            Missing::Nothing => "Nothing found; no history is missing".to_owned(),
            Missing::OurNumber if scene.numbers.is_empty() => {
                "Nothing found: none of your numbers is set up".to_owned()
            }
            Missing::OurNumber => "Nothing found: you have no number by that name".to_owned(),
            Missing::Time => "Nothing found: after: must be earlier than before:".to_owned(),
            Missing::History(numbers) => {
                let (work, all) = (
                    scene.key(Context::Conversation, Action::ShowWork),
                    scene.key(Context::Work, Action::ImportEverything),
                );
                let whose = match numbers.as_slice() {
                    [one] if scene.numbers.are_several() => format!(" of {}", scene.numbers.name(one)),
                    _ => String::new(),
                };
                format!("Nothing found in what is fetched; {work} {all} fetches the rest{whose}")
            }
        }
    }

    fn row(&self, canvas: &mut Canvas<'_>, area: Rect, found: &Found, scene: Scene<'_>) {
        let message = &found.message;
        let selected = self.found.get(self.index()).is_some_and(|other| other.message.id == message.id);
        paint::put(canvas, area, 0, if selected { "▌" } else { " " }, Ink::Bold);
        let text = Rect { x: area.x + 1.min(area.width), width: area.width.saturating_sub(1), ..area };
        let mut who = safe_line(&found.contact.title());
        if scene.numbers.are_several() {
            who = format!("{}  {}", fit(&who, usize::from(text.width / 2)), scene.numbers.name(&message.number));
        }
        let at = when::brief(message.at, scene.now, scene.zone);
        paint::put_both(canvas, text, 0, (&who, Ink::Bold), (&at, Ink::Plain));
        let speaker = if message.direction == Direction::Outbound { "You: " } else { "" };
        let columns = usize::from(text.width).saturating_sub(1 + speaker.len());
        let body = marks::around(&safe_line(&preview(&message.body, &message.attachments)), &self.query.terms, columns);
        let mut x = 1 + paint::put_at(canvas, text, 1, 1, speaker, Ink::Dim);
        for (piece, ink) in marks::pieces(&fit(&body, columns), &self.query.terms, Ink::Plain) {
            x += paint::put_at(canvas, text, x, 1, &piece, ink);
        }
        if selected {
            paint::tint(canvas, area, 0, Ink::Selected);
        }
    }
}

/// The inside of the window.
fn inside(screen: Rect) -> Rect {
    let width = COLUMNS.min(screen.width);
    let area = Rect { x: screen.x + (screen.width - width) / 2, width, ..screen };
    if area.width < 16 || area.height < 5 { area } else { area.inner(Margin::new(1, 1)) }
}

/// How many of what is found are in view.
fn rows(screen: Rect) -> usize {
    usize::from(inside(screen).height.saturating_sub(HEAD) / EACH).max(1)
}

const HINTS: [&str; 7] = [
    "  word  beginning*  \"two words\"  -word",
    "  dana or 0147: all said with them",
    "  from:dana  to:dana  from:me",
    "  in:label or number",
    "  after:yesterday  before:2026-11-01",
    "  after:7d  before:monday",
    "  is:unread  is:failed  has:attachment",
];

impl Window for Search {
    fn kind(&self) -> &'static str {
        "search"
    }

    fn context(&self) -> Context {
        Context::Find
    }

    fn offers(&self, action: Action, _: Scene<'_>) -> bool {
        match action {
            Action::Accept => !self.found.is_empty(),
            // here it only closes the window
            Action::Search => false,
            _ => true,
        }
    }

    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        let page = rows(scene.screen).saturating_sub(1).max(1);
        let at = self.index();
        Some(match action {
            Action::Back | Action::Search => vec![Step::Close],
            Action::Accept => self.go(),
            Action::CursorDown => self.select(at + 1, scene),
            Action::CursorUp => self.select(at.saturating_sub(1), scene),
            Action::PageDown => self.select(at + page, scene),
            Action::PageUp => self.select(at.saturating_sub(page), scene),
            action if self.field.edit(action) => self.typed(scene),
            _ => return None,
        })
    }

    fn insert(&mut self, text: &str, scene: Scene<'_>) -> Vec<Step> {
        // a paste of several lines is words with blanks between
        self.field.insert(&text.replace(['\r', '\n', '\t'], " "));
        self.typed(scene)
    }

    fn take(&mut self, msg: &Msg, scene: Scene<'_>) -> Vec<Step> {
        match msg {
            Msg::Found { request, page } => self.take_page(*request, page, scene),
            Msg::NotLoaded { request, reason } => {
                if self.awaited.take_if(|(awaited, _)| awaited == request).is_some() {
                    self.refused = Some(reason.clone());
                }
                Vec::new()
            }
            Msg::Changed(_) if !self.query.is_empty() => {
                self.stale = self.awaited.is_some();
                if self.stale { Vec::new() } else { vec![self.ask(None, self.found.len().max(PAGE))] }
            }
            _ => Vec::new(),
        }
    }

    fn mouse(&mut self, pointer: Pointer, screen: Rect, scene: Scene<'_>) -> Vec<Step> {
        match pointer {
            Pointer::Wheel { down, .. } => {
                let at = self.index();
                self.select(if down { at + 1 } else { at.saturating_sub(1) }, scene)
            }
            Pointer::Click(at) => {
                let area = inside(screen);
                if !area.contains(at) || at.y < area.y + HEAD {
                    return Vec::new();
                }
                let row = self.top + usize::from((at.y - area.y - HEAD) / EACH);
                // a second click opens it
                match self.found.get(row) {
                    Some(found) if self.selected == Some(found.message.id) => self.go(),
                    Some(_) => self.select(row, scene),
                    None => Vec::new(),
                }
            }
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let area = paint::window(canvas, screen, COLUMNS, screen.height, "Find messages");
        let label = paint::put(canvas, area, 0, "Find: ", Ink::Bold);
        let field = Rect { x: area.x + label, width: area.width - label, ..area };
        let cursor = self.field.draw(canvas, field, 0, false);
        let (status, ink) = self.status(scene);
        // where nothing is found there is room for all of it
        let lines =
            if self.found.is_empty() { sheet::wrapped([(&*status, ink)], area.width) } else { vec![(status, ink)] };
        let told = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        sheet::fill(canvas, told, &lines);
        if self.query.is_empty() {
            let below = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(1);
            for (row, hint) in (below..).zip(HINTS) {
                paint::put(canvas, area, row, hint, Ink::Dim);
            }
        }
        let lines = (area.y + HEAD..area.bottom()).step_by(EACH.into());
        for (y, found) in lines.zip(self.found.iter().skip(self.top)) {
            self.row(canvas, Rect { y, height: (area.bottom() - y).min(EACH), ..area }, found, scene);
        }
        cursor
    }
}

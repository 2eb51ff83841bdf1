//! Threads, our numbers and commands, by a few letters of each.

mod offers;

use ratatui::layout::{Position, Rect};

use self::offers::{Does, Offer};
use super::Scene;
use super::reading::Reading;
use super::window::{Pointer, Step, Window};
use crate::config::keymap::{Action, Context};
use crate::model::Thread;
use crate::model::text::fit;
use crate::tui::message::{Effect, Msg};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::fuzzy::{self, Hit};
use crate::tui::widgets::paint::{self, Ink};

/// Hits kept; who wants more writes more.
const MOST: usize = 200;
/// Threads shown while nothing is typed.
const RECENT: usize = 8;
/// Before this only commands are looked through.
const COMMANDS: char = '>';

/// The window's state.
#[derive(Debug)]
pub(crate) struct Palette {
    typed: Field,
    offers: Vec<Offer>,
    /// Threads were not read yet.
    loading: bool,
    reading: Reading,
    /// A person has chosen before they were: what that means is only known then.
    hasty: bool,
    hits: Vec<Hit>,
    at: usize,
    /// A person has gone to this one.
    moved: bool,
}

impl Palette {
    /// Over the place whose keys are those of `from`; of its commands those are offered that `mean` something there now.
    pub(crate) fn over(from: Context, mean: impl Fn(Action) -> bool, scene: Scene<'_>) -> Self {
        let mut offers = offers::numbers(scene);
        offers.extend(offers::commands(from, mean, scene));
        let mut palette = Self {
            typed: Field::default(),
            offers,
            loading: true,
            reading: Reading::default(),
            hasty: false,
            hits: Vec::new(),
            at: 0,
            moved: false,
        };
        palette.look(scene);
        palette
    }

    fn look(&mut self, scene: Scene<'_>) {
        let typed = self.typed.text().trim();
        self.offers.retain(|offer| !matches!(offer.does, Does::Write(..)));
        let (query, commands) = match typed.strip_prefix(COMMANDS) {
            Some(rest) => (rest.trim(), true),
            None => (typed, false),
        };
        self.offers.extend(offers::typed_number(query, &self.offers, scene));
        // with nothing typed, the last few threads, and then what can be done
        let threads = if query.is_empty() { RECENT } else { usize::MAX };
        let wanted = |at: usize, offer: &Offer| match offer.does {
            Does::Command(_) => true,
            Does::Thread(..) => !commands && at < threads,
            _ => !commands,
        };
        let all = self.offers.iter().enumerate();
        let places: Vec<usize> = all.filter(|(at, offer)| wanted(*at, offer)).map(|(at, _)| at).collect();
        let sought: Vec<String> = places.iter().map(|&at| self.offers[at].sought()).collect();
        let texts = places.iter().zip(&sought).map(|(&at, text)| (text.as_str(), self.offers[at].weight()));
        self.hits = fuzzy::best(query, texts, MOST);
        for hit in &mut self.hits {
            hit.at = places[hit.at];
        }
        self.at = self.at.min(self.hits.len().saturating_sub(1));
    }

    /// Looks again at what is there to go to, and stays on the row that a person may be about to choose.
    fn refresh(&mut self, threads: &[Thread], scene: Scene<'_>) {
        let held = self.selected().filter(|does| self.moved || matches!(does, Does::Thread(..))).cloned();
        self.offers.retain(|offer| !matches!(offer.does, Does::Thread(..) | Does::Number(_)));
        // what one goes to most comes first among equals
        self.offers.splice(0..0, offers::threads(threads, scene).chain(offers::numbers(scene)));
        self.look(scene);
        let held = held.and_then(|held| self.hits.iter().position(|hit| self.offers[hit.at].does == held));
        self.at = held.unwrap_or(self.at);
    }

    fn selected(&self) -> Option<&Does> {
        Some(&self.offers[self.hits.get(self.at)?.at].does)
    }

    fn typed_on(&mut self, scene: Scene<'_>) {
        (self.at, self.moved) = (0, false);
        self.look(scene);
    }

    fn go_to(&mut self, at: usize) {
        self.at = at;
        self.moved = true;
    }

    fn chosen(&self) -> Option<Vec<Step>> {
        Some(match self.selected()? {
            Does::Thread(number, contact) | Does::Write(number, contact) => {
                vec![Step::CloseAll, Step::Open(number.clone(), contact.clone())]
            }
            Does::Number(number) => vec![Step::CloseAll, Step::Number(number.clone())],
            Does::Command(action) => vec![Step::Close, Step::Act(*action)],
        })
    }

    fn inside(screen: Rect) -> Rect {
        let rows = screen.height.min(20);
        let area = paint::window_area(screen, 72, rows);
        paint::window_inside(area)
    }

    fn first(&self, rows: u16) -> usize {
        (self.at + 1).saturating_sub(rows.into())
    }
}

fn read() -> Vec<Step> {
    vec![Step::Do(Effect::LoadPalette)]
}

impl Window for Palette {
    fn kind(&self) -> &'static str {
        "palette"
    }

    fn context(&self) -> Context {
        Context::Form
    }

    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        let last = self.hits.len().saturating_sub(1);
        match action {
            Action::Accept if self.loading && !self.typed.text().trim_start().starts_with(COMMANDS) => {
                self.hasty = true;
            }
            Action::Accept => return Some(self.chosen().unwrap_or_default()),
            Action::Palette => return Some(vec![Step::Close]),
            Action::CursorDown | Action::NextPane => self.go_to(if self.at >= last { 0 } else { self.at + 1 }),
            Action::CursorUp | Action::PreviousPane => self.go_to(self.at.checked_sub(1).unwrap_or(last)),
            _ if self.typed.edit(action) => self.typed_on(scene),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn insert(&mut self, text: &str, scene: Scene<'_>) -> Vec<Step> {
        self.typed.insert(text);
        self.typed_on(scene);
        Vec::new()
    }

    fn take(&mut self, msg: &Msg, scene: Scene<'_>) -> Vec<Step> {
        match msg {
            Msg::Palette(threads) => {
                self.loading = false;
                self.refresh(threads, scene);
                let again = self.reading.answered();
                if std::mem::take(&mut self.hasty) {
                    return self.chosen().unwrap_or_default();
                }
                if again { read() } else { Vec::new() }
            }
            Msg::Changed(_) if self.reading.changed() => read(),
            Msg::Summary(summary) if summary.numbers.len() != scene.numbers.all().count() && self.reading.changed() => {
                read()
            }
            _ => Vec::new(),
        }
    }

    fn mouse(&mut self, pointer: Pointer, screen: Rect, _scene: Scene<'_>) -> Vec<Step> {
        let inside = Self::inside(screen);
        let list = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
        match pointer {
            Pointer::Wheel { down: true, .. } => self.go_to((self.at + 1).min(self.hits.len().saturating_sub(1))),
            Pointer::Wheel { .. } => self.go_to(self.at.saturating_sub(1)),
            Pointer::Click(at) if list.contains(at) => {
                let clicked = self.first(list.height) + usize::from(at.y - list.y);
                if clicked < self.hits.len() {
                    self.at = clicked;
                    return self.chosen().unwrap_or_default();
                }
            }
            Pointer::Click(at) if !inside.contains(at) => return vec![Step::Close],
            Pointer::Click(_) => {}
        }
        Vec::new()
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, _scene: Scene<'_>) -> Option<Position> {
        let rows = screen.height.min(20);
        let area = paint::window(canvas, screen, 72, rows, "Go to");
        let prompt = 2.min(area.width);
        paint::put(canvas, area, 0, "›", Ink::Accent);
        let cursor = self.typed.draw(canvas, Rect { x: area.x + prompt, width: area.width - prompt, ..area }, 0, false);
        if self.typed.text().is_empty() {
            let hint = format!("a name, a number, a command ({COMMANDS} for commands alone)");
            paint::put_at(canvas, area, prompt + 1, 0, &hint, Ink::Dim);
        }
        let list = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        if self.hits.is_empty() {
            let text = if self.loading { "Loading…" } else { "Nothing is called like that" };
            paint::put(canvas, list, 0, text, Ink::Dim);
        }
        let first = self.first(list.height);
        for (row, (at, hit)) in (0..list.height).zip(self.hits.iter().enumerate().skip(first)) {
            let offer = &self.offers[hit.at];
            let (called, beside) = offer.within(list.width.into());
            let taken = if beside.is_empty() { 0 } else { paint::put_right(canvas, list, row, beside, Ink::Dim) + 1 };
            let width = list.width.saturating_sub(1 + taken);
            let text = Rect { x: list.x + 1.min(list.width), width, ..list };
            let name = fit(called, width.into());
            fuzzy::put(canvas, text, row, &name, &hit.graphemes, Ink::Plain);
            if at == self.at {
                paint::tint(canvas, list, row, Ink::Selected);
            }
        }
        cursor
    }
}

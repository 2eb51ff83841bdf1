//! The preferences: every line of the table of options with its value, and what it does.

use ratatui::layout::{Position, Rect};

use super::Outcome;
use super::filter::{Filter, Line, lines, shares};
use crate::config::keymap::{Action, Context};
use crate::config::options::{self, Entry, Kind, shown};
use crate::config::preferences::Value;
use crate::config::{Config, NumberEntry};
use crate::model::text::{safe_line, safe_text};
use crate::tui::message::{Effect, SettingsAsk};
use crate::tui::views::Scene;
use crate::tui::views::progress::count;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// How the selected one is being changed.
#[derive(Debug, Clone)]
enum Edit {
    Typing(Field, Option<String>),
    /// One of its choices, or some of our numbers.
    Picking(usize),
}

/// The section's state.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    filter: Filter,
    edit: Option<Edit>,
}

fn prefer(entry: &'static Entry, value: Value) -> Outcome {
    Outcome::Ask(Effect::Settings(SettingsAsk::Prefer(entry.path, value)))
}

impl Options {
    /// Which keys are alive.
    pub(super) fn context(&self) -> Context {
        match &self.edit {
            Some(Edit::Typing(..)) => Context::Form,
            Some(Edit::Picking(_)) => Context::List,
            None if self.filter.typing => Context::Form,
            None => Context::Options,
        }
    }

    /// Whether a step back means something inside of the section.
    pub(super) fn is_inside(&self) -> bool {
        self.edit.is_some() || self.filter.typing || !self.filter.text().is_empty()
    }

    fn rows(&self) -> Vec<&'static Entry> {
        let matches = |entry: &&Entry| self.filter.matches(&[entry.title, entry.path, entry.more]);
        options::all().iter().filter(matches).collect()
    }

    fn selected(&self) -> Option<&'static Entry> {
        let rows = self.rows();
        rows.get(self.filter.at.min(rows.len().saturating_sub(1))).copied()
    }

    /// Types text in.
    pub(super) fn insert(&mut self, text: &str) {
        match &mut self.edit {
            Some(Edit::Typing(field, problem)) => {
                *problem = None;
                field.insert(text);
            }
            _ => self.filter.insert(text),
        }
    }

    /// Does what a key asks.
    pub(super) fn update(&mut self, action: Action, config: &Config) -> Outcome {
        let Some(entry) = self.selected() else {
            self.filter.act(action, 0);
            return Outcome::Stay;
        };
        match &mut self.edit {
            Some(Edit::Typing(field, problem)) => match action {
                Action::Back => self.edit = None,
                Action::Accept => match entry.parse(field.text()) {
                    Ok(value) => {
                        self.edit = None;
                        return prefer(entry, value);
                    }
                    Err(why) => *problem = Some(format!("This must be {why}")),
                },
                _ => {
                    *problem = None;
                    field.edit(action);
                }
            },
            Some(Edit::Picking(at)) => {
                let count = picks(entry, config).len();
                match action {
                    Action::Back | Action::BackOrQuit => self.edit = None,
                    Action::Down => *at = (*at + 1).min(count.saturating_sub(1)),
                    Action::Up => *at = at.saturating_sub(1),
                    Action::Open | Action::Toggle => {
                        let picked = pick(entry, config, *at);
                        if !matches!(entry.kind, Kind::Numbers) || action == Action::Open && picked.is_none() {
                            self.edit = None;
                        }
                        if let Some(value) = picked {
                            return prefer(entry, value);
                        }
                    }
                    _ => {}
                }
            }
            None => return self.on_list(action, entry, config),
        }
        Outcome::Stay
    }

    fn on_list(&mut self, action: Action, entry: &'static Entry, config: &Config) -> Outcome {
        match action {
            Action::Toggle | Action::Open if !self.filter.typing => match (entry.kind, action, entry.next(config)) {
                (Kind::Bool, _, Some(value)) | (Kind::Choice(_), Action::Toggle, Some(value)) => {
                    return prefer(entry, value);
                }
                (Kind::Choice(choices), ..) => {
                    let now = shown(&entry.get(config));
                    let at = choices.iter().position(|choice| *choice == now).unwrap_or(0);
                    self.edit = Some(Edit::Picking(at));
                }
                (Kind::Numbers, ..) => self.edit = Some(Edit::Picking(0)),
                _ => {
                    let text = match entry.get(config) {
                        Value::Text(text) => text,
                        other => shown(&other),
                    };
                    self.edit = Some(Edit::Typing(Field::new(text), None));
                }
            },
            Action::ResetOption if entry.is_changed(config) => return prefer(entry, Value::Default),
            _ => {
                self.filter.act(action, self.rows().len());
            }
        }
        Outcome::Stay
    }

    /// Paints the section; gives back where the cursor is.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        scene: Scene<'_>,
        config: &Config,
    ) -> Option<Position> {
        let rows = self.rows();
        let (area, mut cursor) = self.filter.draw(canvas, area, scene, rows.len());
        let (list, words) = shares(area, 7);
        let mut all = Vec::new();
        let mut part = "";
        for entry in &rows {
            if entry.part() != part {
                part = entry.part();
                all.push(Line::heading(options::part_title(part)));
            }
            let changed = entry.is_changed(config);
            let mark = if changed { "*" } else { " " };
            let value = safe_line(&value(entry, config, scene));
            all.push(Line {
                left: (format!("{mark}{}", entry.title), if changed { Ink::Bold } else { Ink::Plain }),
                right: (format!("{value} "), if changed { Ink::Bold } else { Ink::Plain }),
                heading: false,
            });
        }
        if rows.is_empty() {
            paint::put(canvas, list, 0, "Nothing here is called that", Ink::Dim);
            return cursor;
        }
        lines(canvas, list, &all, self.filter.at.min(rows.len() - 1));
        if let Some(entry) = self.selected() {
            cursor = self.words(canvas, words, scene, (entry, config)).or(cursor);
        }
        cursor
    }

    /// The words about the selected one, or what it is being changed to.
    fn words(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        scene: Scene<'_>,
        (entry, config): (&Entry, &Config),
    ) -> Option<Position> {
        let key = |context, action| scene.key(context, action);
        let path = format!("{} = {}", entry.path, entry.default);
        let head = if entry.is_changed(config) {
            format!("{path} by default; {} goes back to it", key(Context::Options, Action::ResetOption))
        } else {
            format!("{path}, the default")
        };
        let (head, ink) = match &self.edit {
            // where there is one row, it says what is wrong
            Some(Edit::Typing(_, Some(why))) => (why.clone(), Ink::Bad),
            _ => (head, Ink::Accent),
        };
        paint::put(canvas, area, 0, &head, ink);
        let below = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        match &self.edit {
            Some(Edit::Typing(field, _)) => {
                let keys = format!(
                    "{} takes it, {} leaves it",
                    key(Context::Form, Action::Accept),
                    key(Context::Form, Action::Back)
                );
                let column = paint::put(canvas, below, 0, "New value ", Ink::Bold);
                let inside =
                    Rect { x: below.x + column.min(below.width), width: below.width.saturating_sub(column), ..below };
                paint::put(canvas, below, 1, &keys, Ink::Dim);
                field.draw(canvas, inside, 0, false)
            }
            Some(Edit::Picking(at)) => {
                let all = picks(entry, config);
                let first = (at + 1).saturating_sub(below.height.into());
                for (row, (index, text)) in (0..below.height).zip(all.iter().enumerate().skip(first)) {
                    paint::put(canvas, below, row, &format!("  {}", safe_line(text)), Ink::Plain);
                    if index == *at {
                        paint::tint(canvas, below, row, Ink::Selected);
                    }
                }
                None
            }
            None => {
                let over = overridden(entry, scene);
                let text = over.as_ref().map_or_else(|| entry.more.to_owned(), |over| format!("{over} {}", entry.more));
                let rows = sheet::wrapped([(&*safe_text(&text), Ink::Dim)], below.width);
                sheet::fill(canvas, below, &rows);
                None
            }
        }
    }
}

/// What of the environment lies over a value, now and here.
fn overridden(entry: &Entry, scene: Scene<'_>) -> Option<String> {
    match entry.path {
        "ui.theme" if !scene.colour => Some("NO_COLOR (or --color) takes the colours out just now.".to_owned()),
        "ui.ascii" if scene.ascii => Some("Only ASCII is painted just now.".to_owned()),
        _ => None,
    }
}

fn value(entry: &Entry, config: &Config, scene: Scene<'_>) -> String {
    match entry.get(config) {
        Value::List(texts) if matches!(entry.kind, Kind::Numbers) && !texts.is_empty() => {
            let name = |text: &String| {
                crate::model::Address::parse(text).map_or_else(|_| text.clone(), |a| scene.numbers.name(&a))
            };
            texts.iter().map(name).collect::<Vec<_>>().join(", ")
        }
        Value::Number(number) => u64::try_from(number).map_or_else(|_| number.to_string(), count),
        value => shown(&value),
    }
}

/// What can be picked.
fn picks(entry: &Entry, config: &Config) -> Vec<String> {
    match (entry.kind, entry.get(config)) {
        (Kind::Choice(choices), now) => {
            let now = shown(&now);
            choices.iter().map(|choice| format!("{} {choice}", if *choice == now { "(o)" } else { "( )" })).collect()
        }
        (Kind::Numbers, Value::List(on)) => {
            let row = |number: &NumberEntry| {
                let mark = if on.iter().any(|text| text == number.address.as_str()) { "[x]" } else { "[ ]" };
                format!("{mark} {}  {}", number.address.display(), number.label.as_deref().unwrap_or_default())
            };
            config.numbers.iter().map(row).collect()
        }
        _ => Vec::new(),
    }
}

/// The value once the `at`-th is picked.
fn pick(entry: &Entry, config: &Config, at: usize) -> Option<Value> {
    match (entry.kind, entry.get(config)) {
        (Kind::Choice(choices), _) => choices.get(at).map(|choice| Value::Text((*choice).to_owned())),
        (Kind::Numbers, Value::List(mut on)) => {
            let number = config.numbers.get(at)?.address.as_str().to_owned();
            match on.iter().position(|text| *text == number) {
                Some(there) => drop(on.remove(there)),
                None => on.push(number),
            }
            Some(if on.is_empty() { Value::Default } else { Value::List(on) })
        }
        _ => None,
    }
}

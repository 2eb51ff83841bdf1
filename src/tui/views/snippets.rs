//! The snippets: found by a few letters, seen as they would read for the present contact, put in, made, changed, deleted.

mod draw;
mod form;

use ratatui::layout::{Position, Rect};

use self::form::{Done, Form};
use super::Scene;
use super::filling::filled;
use super::window::{Pointer, Step, Window};
use crate::config::keymap::{Action, Context};
use crate::config::snippets::{Change, Snippet};
use crate::model::blanks::Filled;
use crate::model::text::safe_line;
use crate::tui::message::{Effect, Msg, Notice};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::fuzzy;

/// The window.
#[derive(Debug)]
pub(crate) struct Snippets {
    filter: Field,
    /// What the file has; `None` until it is read.
    all: Option<Vec<Snippet>>,
    /// Those that match, the best first.
    found: Vec<usize>,
    at: usize,
    /// What is wrong with the file, or with what was wanted of it.
    problem: Option<String>,
    form: Option<Form>,
    /// The one that is to be deleted, where somebody says yes.
    doomed: Option<Snippet>,
    /// What is written, for a snippet to be made of it.
    text: String,
    /// Somebody chose before the file was read.
    hasty: bool,
    /// What they typed after that.
    ahead: String,
    /// It goes to several people: what is theirs stays open.
    several: bool,
}

impl Snippets {
    /// For a text that is being written to one person or to several.
    pub(crate) fn new(text: &str, several: bool) -> Self {
        Self {
            filter: Field::default(),
            all: None,
            found: Vec::new(),
            at: 0,
            problem: None,
            form: None,
            doomed: None,
            text: text.to_owned(),
            hasty: false,
            ahead: String::new(),
            several,
        }
    }

    fn selected(&self) -> Option<&Snippet> {
        self.all.as_ref()?.get(*self.found.get(self.at)?)
    }

    fn fill(&self, text: &str, scene: Scene<'_>) -> Filled {
        let thread = scene.current.filter(|_| !self.several);
        // a text between three quotes ends with a line break
        let text = text.strip_suffix('\n').unwrap_or(text);
        filled(text, thread.map(|thread| &thread.contact), thread.map(|thread| &thread.number), scene)
    }

    fn find(&mut self) {
        let Some(all) = &self.all else { return };
        let typed = self.filter.text().trim();
        let places = |texts: Vec<&str>| {
            let hits = fuzzy::best(typed, texts.into_iter().map(|text| (text, 0)), all.len());
            hits.into_iter().map(|hit| hit.at).collect::<Vec<_>>()
        };
        // a name says more than a word somewhere in the text
        let mut found = places(all.iter().map(|snippet| snippet.name.as_str()).collect());
        let by_text = places(all.iter().map(|snippet| snippet.text.as_str()).collect());
        found.extend(by_text.into_iter().filter(|at| !found.contains(at)).collect::<Vec<_>>());
        self.found = found;
        self.at = self.at.min(self.found.len().saturating_sub(1));
    }

    fn take_file(&mut self, answer: &Result<Vec<Snippet>, String>) -> Vec<Step> {
        match answer {
            Ok(all) => {
                let said = self.form.take_if(|form| form.is_saving()).map(|form| form.name().trim().to_owned());
                self.all = Some(all.clone());
                self.problem = None;
                self.find();
                let Some(name) = said else { return Vec::new() };
                if let Some(at) = self.found.iter().position(|&at| all[at].name == name) {
                    self.at = at;
                }
                vec![Step::Tell(Notice::info(format!("“{}” is kept", safe_line(&name))))]
            }
            Err(why) => {
                match &mut self.form {
                    Some(form) if form.is_saving() => form.refuse(why),
                    _ => self.problem = Some(why.clone()),
                }
                Vec::new()
            }
        }
    }

    fn in_form(&mut self, action: Action) -> Option<Vec<Step>> {
        match self.form.as_mut()?.act(action)? {
            Done::Nothing => Some(Vec::new()),
            Done::Leave => {
                self.form = None;
                Some(Vec::new())
            }
            Done::Tell(notice) => Some(vec![Step::Tell(notice)]),
            Done::Save(change) => Some(vec![Step::Do(Effect::ChangeSnippets(change))]),
        }
    }

    fn choose(&self, scene: Scene<'_>) -> Vec<Step> {
        let Some(snippet) = self.selected() else { return Vec::new() };
        let Filled { text, cursor } = self.fill(&snippet.text, scene);
        vec![Step::Close, Step::Write { text, cursor }]
    }
}

impl Window for Snippets {
    fn kind(&self) -> &'static str {
        "snippets"
    }

    fn context(&self) -> Context {
        match &self.form {
            _ if self.doomed.is_some() => Context::Confirm,
            Some(form) => form.context(),
            None => Context::Snippets,
        }
    }

    fn offers(&self, action: Action, _: Scene<'_>) -> bool {
        match action {
            // no snippet goes into a snippet
            Action::Snippets => false,
            Action::EditSnippet | Action::RemoveSnippet => self.selected().is_some(),
            Action::Accept => self.form.is_some() || self.selected().is_some(),
            _ => true,
        }
    }

    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        if let Some(doomed) = self.doomed.clone() {
            match action {
                Action::Yes => {
                    self.doomed = None;
                    return Some(vec![Step::Do(Effect::ChangeSnippets(Change::Remove(doomed)))]);
                }
                Action::No => self.doomed = None,
                _ => return None,
            }
            return Some(Vec::new());
        }
        if self.form.is_some() {
            return self.in_form(action);
        }
        let last = self.found.len().saturating_sub(1);
        match action {
            Action::CursorDown => self.at = (self.at + 1).min(last),
            Action::CursorUp => self.at = self.at.saturating_sub(1),
            Action::Accept if self.all.is_none() => self.hasty = true,
            Action::Accept => return Some(self.choose(scene)),
            Action::AddSnippet => self.form = Some(Form::new(&self.text)),
            Action::EditSnippet => self.form = self.selected().map(Form::of),
            Action::RemoveSnippet => self.doomed = self.selected().cloned(),
            Action::Back => return Some(vec![Step::Close]),
            _ => {
                let before = self.filter.text().to_owned();
                if !self.filter.edit(action) {
                    return None;
                }
                if self.filter.text() != before {
                    self.at = 0;
                    self.find();
                }
            }
        }
        Some(Vec::new())
    }

    fn insert(&mut self, text: &str, _scene: Scene<'_>) -> Vec<Step> {
        if let Some(form) = &mut self.form {
            form.insert(text);
        } else if self.hasty {
            self.ahead.push_str(text);
        } else {
            self.filter.insert(text);
            self.at = 0;
            self.find();
        }
        Vec::new()
    }

    fn take(&mut self, msg: &Msg, scene: Scene<'_>) -> Vec<Step> {
        match msg {
            Msg::Snippets(answer) => {
                let mut steps = self.take_file(answer);
                if std::mem::take(&mut self.hasty) {
                    let text = std::mem::take(&mut self.ahead);
                    if self.selected().is_none() {
                        self.filter.insert(&text);
                        self.find();
                    } else {
                        steps.extend(self.choose(scene));
                        steps.extend((!text.is_empty()).then_some(Step::Write { text, cursor: None }));
                    }
                }
                steps
            }
            _ => Vec::new(),
        }
    }

    fn mouse(&mut self, pointer: Pointer, screen: Rect, scene: Scene<'_>) -> Vec<Step> {
        if self.form.is_some() || self.doomed.is_some() {
            return Vec::new();
        }
        match pointer {
            Pointer::Wheel { down, .. } => {
                self.act(if down { Action::CursorDown } else { Action::CursorUp }, scene).unwrap_or_default()
            }
            Pointer::Click(at) => match self.row_at(screen, at) {
                // a second click puts it in
                Some(row) if row == self.at => self.choose(scene),
                Some(row) => {
                    self.at = row;
                    Vec::new()
                }
                None => Vec::new(),
            },
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        self.paint(canvas, screen, scene)
    }
}

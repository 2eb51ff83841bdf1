//! A snippet being made or changed: its name and its text.

use ratatui::layout::{Position, Rect};

use crate::config::keymap::{Action, Context};
use crate::config::snippets::{Change, Snippet};
use crate::model::blanks::Variable;
use crate::tui::message::Notice;
use crate::tui::views::Scene;
use crate::tui::views::pad::Pad;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// The form.
#[derive(Debug)]
pub(super) struct Form {
    /// What it was, where it is changed.
    old: Option<Snippet>,
    name: Field,
    text: Pad,
    on_text: bool,
    problem: Option<String>,
    saving: bool,
    /// Somebody wants to leave what they wrote.
    leaving: bool,
}

/// What an action came to.
pub(super) enum Done {
    /// Nothing that anybody else has to do.
    Nothing,
    /// Somebody is to be told.
    Tell(Notice),
    /// The form is to go.
    Leave,
    /// The file is to be changed.
    Save(Change),
}

impl Form {
    /// A new one, of this text.
    pub(super) fn new(text: &str) -> Self {
        Self {
            old: None,
            name: Field::default(),
            text: Pad::new(text),
            on_text: false,
            problem: None,
            saving: false,
            leaving: false,
        }
    }

    /// One that is there.
    pub(super) fn of(snippet: &Snippet) -> Self {
        let name = Field::new(snippet.name.as_str());
        Self { old: Some(snippet.clone()), name, on_text: true, ..Self::new(&snippet.text) }
    }

    pub(super) fn name(&self) -> &str {
        self.name.text()
    }

    pub(super) fn is_saving(&self) -> bool {
        self.saving
    }

    /// Whether it is asked if what is written may go.
    pub(super) fn is_left(&self) -> bool {
        self.leaving
    }

    /// It could not be kept: all stays as it is written.
    pub(super) fn refuse(&mut self, why: &str) {
        (self.saving, self.problem) = (false, Some(why.to_owned()));
    }

    pub(super) fn context(&self) -> Context {
        match (self.leaving, self.on_text) {
            (true, _) => Context::Confirm,
            (false, true) => Context::Writing,
            (false, false) => Context::Form,
        }
    }

    fn snippet(&self) -> Snippet {
        Snippet { name: self.name.text().trim().to_owned(), text: self.text.text().to_owned() }
    }

    fn is_changed(&self) -> bool {
        match &self.old {
            Some(old) => *old != self.snippet(),
            None => !self.name.text().trim().is_empty() || self.text.revision() > 0,
        }
    }

    /// `None` where the action is none of the form's.
    pub(super) fn act(&mut self, action: Action) -> Option<Done> {
        if self.leaving {
            match action {
                Action::Yes => return Some(Done::Leave),
                Action::No => self.leaving = false,
                _ => return None,
            }
            return Some(Done::Nothing);
        }
        match action {
            Action::Back if self.is_changed() => self.leaving = true,
            Action::Back => return Some(Done::Leave),
            Action::NextPane | Action::PreviousPane => self.on_text = !self.on_text,
            Action::Accept if !self.on_text => self.on_text = true,
            Action::Accept => return Some(self.save()),
            // a snippet in a snippet, or in another editor: not here
            Action::Snippets | Action::ExternalEditor | Action::ShowKeys => {}
            _ if self.on_text => {
                let did = self.text.act(action, false)?;
                self.problem = None;
                return Some(did.notice.map_or(Done::Nothing, Done::Tell));
            }
            _ => {
                if !self.name.edit(action) {
                    return None;
                }
                self.problem = None;
            }
        }
        Some(Done::Nothing)
    }

    fn save(&mut self) -> Done {
        let new = self.snippet();
        if new.name.is_empty() {
            self.problem = Some("It needs a name to be found by".to_owned());
            self.on_text = false;
        } else if new.text.trim().is_empty() {
            self.problem = Some("There is no text to put in".to_owned());
        } else if self.old.as_ref() == Some(&new) {
            return Done::Leave;
        } else {
            self.saving = true;
            return Done::Save(match self.old.clone() {
                Some(old) => Change::Replace(old, new),
                None => Change::Add(new),
            });
        }
        Done::Nothing
    }

    pub(super) fn insert(&mut self, text: &str) {
        self.problem = None;
        if self.on_text {
            self.text.insert(text, false);
        } else {
            // a name is one line
            self.name.insert(&text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{0}', ""));
            if text == " " {
                self.name.insert(" ");
            }
        }
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, scene: Scene<'_>) -> Option<Position> {
        let indent = 6.min(area.width);
        let ink = |on: bool| if on { Ink::Bold } else { Ink::Dim };
        let field = Rect { x: area.x + indent, width: area.width - indent, ..area };
        paint::put(canvas, area, 0, "Name", ink(!self.on_text));
        let in_name = self.name.draw(canvas, field, 0, false);
        paint::put(canvas, area, 1, "Text", ink(self.on_text));
        let said = if let Some(problem) = &self.problem {
            vec![(crate::model::text::safe_line(problem), Ink::Bad)]
        } else {
            let keep = scene.key(Context::Writing, Action::Accept);
            let line = scene.key(Context::Writing, Action::NewLine);
            let names: Vec<String> = Variable::ALL.iter().map(|(_, name, _)| format!("{{{name}}}")).collect();
            vec![
                (format!("{keep} keeps it, {line} begins a line"), Ink::Dim),
                (format!("By itself: {}; anything else in braces is asked for", names.join(" ")), Ink::Dim),
            ]
        };
        let said = sheet::wrapped(said.iter().map(|(text, ink)| (text.as_str(), *ink)), area.width);
        let foot = u16::try_from(said.len()).unwrap_or(u16::MAX).min(area.height.saturating_sub(2) / 2);
        let text =
            Rect { y: area.y + 1, height: area.height.saturating_sub(1 + foot).max(1), ..field }.intersection(area);
        let mut pad = self.text.clone();
        pad.resize(text.width.into(), text.height.into());
        let in_text = pad.draw(canvas, text);
        let below = Rect { y: area.bottom().saturating_sub(foot), height: foot, ..area };
        sheet::fill(canvas, below, &said);
        if self.on_text { in_text } else { in_name }
    }
}

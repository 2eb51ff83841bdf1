//! The keys: every action with what it is bound to, and the press that binds another.

use crossterm::event::KeyEvent;
use ratatui::layout::{Position, Rect};

use super::Outcome;
use super::filter::{Filter, Line, lines, shares, split};
use crate::config::keymap::rebind::{self, Plan};
use crate::config::keymap::{Action, Context, Key, Keymap, Row};
use crate::tui::message::{Effect, Notice, SettingsAsk};
use crate::tui::views::Scene;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// What is going on with the selected action.
#[derive(Debug, Clone)]
enum Doing {
    /// The next key is the one to bind.
    Capture { name: &'static str, beside: bool, refused: Option<String> },
    /// Other actions would lose a key.
    Ask { pressed: Option<Key>, plan: Plan },
}

/// The section's state.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    filter: Filter,
    doing: Option<Doing>,
}

fn bind(changes: Vec<(&'static str, Option<String>)>) -> Outcome {
    Outcome::Ask(Effect::Settings(SettingsAsk::Bind(changes)))
}

/// Keys in a row, as the screen names them.
pub(super) fn named(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join("  ")
}

/// Which keys a terminal cannot tell apart from this one.
fn alike(key: Key) -> &'static str {
    match key.to_string().as_str() {
        "Tab" => " (most terminals send this for Ctrl-I too)",
        "Enter" => " (most terminals send this for Ctrl-M too)",
        "Backspace" | "Ctrl-H" => " (some terminals send one and the same for Backspace and Ctrl-H)",
        "Ctrl-_" => " (terminals send this for Ctrl-/ and Ctrl-7 too)",
        _ => "",
    }
}

impl Keys {
    /// Which keys are alive.
    pub(super) fn context(&self) -> Context {
        match &self.doing {
            Some(Doing::Ask { .. }) => Context::Confirm,
            None if self.filter.typing => Context::Form,
            _ => Context::Options,
        }
    }

    /// Whether the next key is to be bound and not to be obeyed.
    pub(super) fn captures(&self) -> bool {
        matches!(self.doing, Some(Doing::Capture { .. }))
    }

    /// Whether a step back means something inside of the section.
    pub(super) fn is_inside(&self) -> bool {
        self.doing.is_some() || self.filter.typing || !self.filter.text().is_empty()
    }

    /// Each action once, under the first place where it is alive.
    fn rows<'a>(&self, keymap: &'a Keymap) -> Vec<&'a Row> {
        let mut rows: Vec<&Row> = keymap.all().iter().filter(|row| self.is_wanted(row)).collect();
        let place = |row: &Row| Context::ALL.iter().position(|context| row.binding.contexts.first() == Some(context));
        rows.sort_by_key(|row| place(row));
        rows
    }

    fn is_wanted(&self, row: &Row) -> bool {
        let places = row.binding.contexts.iter().map(|context| context.title()).collect::<Vec<_>>().join(" ");
        self.filter.matches(&[row.binding.words, row.binding.name, &named(&row.keys), &places])
    }

    fn selected<'a>(&self, keymap: &'a Keymap) -> Option<&'a Row> {
        let rows = self.rows(keymap);
        rows.get(self.filter.at.min(rows.len().saturating_sub(1))).copied()
    }

    /// Types text in.
    pub(super) fn insert(&mut self, text: &str) {
        self.filter.insert(text);
    }

    /// Does what a key asks.
    pub(super) fn update(&mut self, action: Action, keymap: &Keymap) -> Outcome {
        if let Some(Doing::Ask { plan, .. }) = &self.doing {
            let changes = plan.changes.clone();
            return match action {
                Action::Yes => {
                    self.doing = None;
                    bind(changes)
                }
                Action::No => {
                    self.doing = None;
                    Outcome::Stay
                }
                _ => Outcome::Stay,
            };
        }
        let Some(row) = self.selected(keymap).filter(|_| !self.filter.typing) else {
            self.filter.act(action, self.rows(keymap).len());
            return Outcome::Stay;
        };
        let name = row.binding.name;
        match action {
            Action::Open | Action::AddKey => {
                self.doing = Some(Doing::Capture { name, beside: action == Action::AddKey, refused: None });
            }
            Action::ResetOption if row.keys == rebind::own(row) => {
                return Outcome::Tell(Notice::info("These are its own keys already"));
            }
            Action::ResetOption => return self.plan(rebind::reset(keymap, name), None),
            Action::Toggle if row.keys.is_empty() => return self.plan(rebind::reset(keymap, name), None),
            Action::Toggle => return self.plan(rebind::unbind(keymap, name), None),
            _ => {
                self.filter.act(action, self.rows(keymap).len());
            }
        }
        Outcome::Stay
    }

    /// Takes the key that is to be bound.
    pub(super) fn capture(&mut self, event: KeyEvent, keymap: &Keymap) -> Outcome {
        let Some(Doing::Capture { name, beside, .. }) = self.doing else { return Outcome::Stay };
        let key = Key::of(event);
        if key.to_string() == "Esc" {
            self.doing = None;
            return Outcome::Stay;
        }
        self.plan(rebind::bind(keymap, name, key, beside), Some(key))
    }

    fn plan(&mut self, plan: Result<Plan, String>, pressed: Option<Key>) -> Outcome {
        match plan {
            Ok(plan) if plan.taken.is_empty() => {
                self.doing = None;
                bind(plan.changes)
            }
            Ok(plan) => {
                self.doing = Some(Doing::Ask { pressed, plan });
                Outcome::Stay
            }
            Err(why) => {
                if let Some(Doing::Capture { refused, .. }) = &mut self.doing {
                    *refused = Some(why);
                    return Outcome::Stay;
                }
                Outcome::Tell(Notice::warning(why))
            }
        }
    }

    /// Paints the section; gives back where the cursor is.
    pub(super) fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        area: Rect,
        scene: Scene<'_>,
        keymap: &Keymap,
    ) -> Option<Position> {
        let rows = self.rows(keymap);
        let (area, cursor) = self.filter.draw(canvas, area, scene, rows.len());
        let told = self.words(scene, keymap);
        let told = sheet::wrapped(told.iter().map(|(text, ink)| (text.as_str(), *ink)), area.width);
        let (list, words) = match &self.doing {
            None => shares(area, 6),
            // a question is read whole
            Some(_) => split(area, u16::try_from(told.len()).unwrap_or(u16::MAX).min(area.height.saturating_sub(1))),
        };
        let mut all = Vec::new();
        let mut place = None;
        for row in &rows {
            let own = row.binding.contexts.first().copied();
            if own != place {
                place = own;
                all.push(Line::heading(own.map_or("", Context::title)));
            }
            let changed = row.keys != rebind::own(row);
            let ink = if changed { Ink::Bold } else { Ink::Plain };
            let keys = if row.keys.is_empty() { "no key".to_owned() } else { named(&row.keys) };
            let what = match row.binding.action {
                Action::Number(n) => format!("number {n} alone"),
                _ => row.binding.words.to_owned(),
            };
            let mark = if changed { "*" } else { " " };
            all.push(Line { left: (format!("{mark}{what}"), ink), right: (format!("{keys} "), ink), heading: false });
        }
        if rows.is_empty() {
            paint::put(canvas, list, 0, "No action is called that", Ink::Dim);
            return cursor;
        }
        lines(canvas, list, &all, self.filter.at.min(rows.len() - 1));
        sheet::fill(canvas, words, &told);
        cursor
    }

    fn words(&self, scene: Scene<'_>, keymap: &Keymap) -> Vec<(String, Ink)> {
        let Some(row) = self.selected(keymap) else { return Vec::new() };
        let key = |context, action| scene.key(context, action);
        match &self.doing {
            Some(Doing::Capture { beside, refused, .. }) => {
                let how = if *beside { "Press one more key for it" } else { "Press the key to bind" };
                let ask = format!("{how}: “{}”. Esc leaves it as it is.", row.binding.words);
                let refused = refused.iter().map(|why| (why.clone(), Ink::Bad));
                refused.chain([(ask, Ink::Accent)]).collect()
            }
            Some(Doing::Ask { pressed, plan }) => {
                let mut out = Vec::new();
                if let Some(pressed) = pressed {
                    out.push((format!("The terminal sent {pressed}{}.", alike(*pressed)), Ink::Accent));
                }
                for taken in &plan.taken {
                    let left = if taken.left.is_empty() {
                        "it would have no key left".to_owned()
                    } else {
                        format!("{} would be left for it", named(&taken.left))
                    };
                    out.push((format!("{} is “{}” now ({}); {left}.", taken.key, taken.words, taken.place), Ink::Warn));
                }
                let (yes, no) = (key(Context::Confirm, Action::Yes), key(Context::Confirm, Action::No));
                out.push((format!("Take it away there? {yes} yes   {no} no"), Ink::Bold));
                out
            }
            None => {
                let places = row.binding.contexts.iter().map(|context| context.title()).collect::<Vec<_>>().join(", ");
                vec![
                    (format!("keys.{}  in: {places}", row.binding.name), Ink::Accent),
                    (format!("Its own keys: {}", named(&rebind::own(row))), Ink::Dim),
                    (
                        format!(
                            "{} another key   {} one more   {} none   {} its own   {} search",
                            key(Context::Options, Action::Open),
                            key(Context::Options, Action::AddKey),
                            key(Context::Options, Action::Toggle),
                            key(Context::Options, Action::ResetOption),
                            key(Context::Options, Action::SearchHere),
                        ),
                        Ink::Dim,
                    ),
                ]
            }
        }
    }
}

//! The settings: our numbers, the account, what a test says; forms are in [`form`], found numbers in [`found`].

mod form;
mod found;
mod page;

use std::collections::HashMap;

use ratatui::layout::{Position, Rect};

use super::Scene;
use crate::config::edit::Change;
use crate::config::keymap::{Action, Context};
use crate::config::{Config, NumberEntry};
use crate::model::Address;
use crate::model::text::safe_line;
use crate::tui::message::{Effect, Notice, SettingsAsk, SettingsNews};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint;
use form::{Filled, Form, Kind};
use found::Found;

/// The view's state.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    /// The configuration in force; `None` before it came.
    config: Option<Config>,
    /// Nothing was configured when the client began.
    welcome: bool,
    at: usize,
    shown: bool,
    tests: HashMap<Address, Test>,
    page: Page,
    /// What is being waited for.
    busy: Option<&'static str>,
}

/// What a number's test came to.
#[derive(Debug, Clone)]
enum Test {
    Running,
    Ended(Result<String, String>),
}

#[derive(Debug, Clone, Default)]
enum Page {
    #[default]
    List,
    Form(Form),
    Found(Found),
}

/// What a key in the settings comes to.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// Nothing more.
    Stay,
    /// The view closes.
    Close,
    /// Something is to be done.
    Ask(Effect),
    /// Something is to be done after a yes.
    Confirm(String, Effect),
    /// A person should be told.
    Tell(Notice),
}

impl Settings {
    /// Which keys are alive.
    pub(crate) fn context(&self) -> Context {
        match self.page {
            Page::List => Context::Settings,
            Page::Form(_) => Context::Form,
            Page::Found(_) => Context::List,
        }
    }

    /// The view opens: keys are hidden again.
    pub(crate) fn begin(&mut self) {
        self.shown = false;
        if !matches!(&self.page, Page::Form(form) if form.is_touched()) {
            self.page = Page::List;
        }
    }

    /// Takes news. Gives back what a person should be told, and whether the view should open with a welcome.
    pub(crate) fn take(&mut self, news: SettingsNews) -> (Option<Notice>, bool) {
        match news {
            SettingsNews::Config(config) => {
                let first = self.config.is_none();
                let bare = config.numbers.is_empty();
                self.welcome = bare;
                self.tests.retain(|address, _| config.number(address).is_some());
                self.at = self.at.min(config.numbers.len().saturating_sub(1));
                self.config = Some(*config);
                return (None, first && bare);
            }
            SettingsNews::Saved(text) => {
                self.page = Page::List;
                self.busy = None;
                return (Some(Notice::info(text)), false);
            }
            SettingsNews::NotSaved(why) | SettingsNews::Imported(Err(why)) | SettingsNews::Discovered(Err(why)) => {
                self.busy = None;
                if let Page::Form(form) = &mut self.page {
                    form.refuse(why.clone());
                }
                return (Some(Notice::error(why)), false);
            }
            SettingsNews::Tested { number, result } => {
                let notice = match &result {
                    Ok(text) => Notice::info(format!("{}: {text}", number.display())),
                    Err(why) => Notice::error(format!("{}: {why}", number.display())),
                };
                self.tests.insert(number, Test::Ended(result));
                return (Some(notice), false);
            }
            SettingsNews::Discovered(Ok(found)) => {
                self.busy = None;
                let known: Vec<Address> =
                    self.config.iter().flat_map(|config| config.numbers.iter().map(|n| n.address.clone())).collect();
                if found.is_empty() {
                    return (Some(Notice::warning("MightyCall says this account has no numbers")), false);
                }
                self.page = Page::Found(Found::new(found, &known));
            }
            SettingsNews::Imported(Ok(count)) => {
                self.page = Page::List;
                self.busy = None;
                return (Some(Notice::info(format!("Imported {count} numbers"))), false);
            }
        }
        (None, false)
    }

    fn entry(&self) -> Option<&NumberEntry> {
        self.config.as_ref()?.numbers.get(self.at)
    }

    /// Types text in.
    pub(crate) fn insert(&mut self, text: &str) {
        if let Page::Form(form) = &mut self.page {
            form.insert(text);
        }
    }

    /// Does what a key asks.
    pub(crate) fn update(&mut self, action: Action) -> Outcome {
        match &mut self.page {
            Page::List => self.on_list(action),
            Page::Form(form) => match action {
                Action::Back => {
                    self.page = Page::List;
                    self.busy = None;
                    Outcome::Stay
                }
                Action::Accept if self.busy.is_some() => Outcome::Stay,
                Action::Accept => match form.accept() {
                    Some(filled) => self.save(filled),
                    None => Outcome::Stay,
                },
                _ => {
                    form.update(action);
                    Outcome::Stay
                }
            },
            Page::Found(found) => match action {
                Action::Back | Action::BackOrQuit => {
                    self.page = Page::List;
                    Outcome::Stay
                }
                Action::Open => match found.picked() {
                    picked if picked.is_empty() => Outcome::Tell(Notice::warning("No number is picked")),
                    picked => self.ask("saving…", SettingsAsk::AddNumbers(picked)),
                },
                _ => {
                    found.update(action);
                    Outcome::Stay
                }
            },
        }
    }

    fn ask(&mut self, busy: &'static str, ask: SettingsAsk) -> Outcome {
        self.busy = Some(busy);
        Outcome::Ask(Effect::Settings(ask))
    }

    fn save(&mut self, filled: Filled) -> Outcome {
        match filled {
            Filled::Number { replaces, entry, key } => {
                // a first number is the one to send from
                let first = self.config.as_ref().is_some_and(|config| config.numbers.is_empty());
                let is_default = entry.is_default || first;
                self.ask(
                    "saving…",
                    SettingsAsk::SaveNumber { replaces, entry: NumberEntry { is_default, ..entry }, key },
                )
            }
            Filled::Account { base_url, api_key, user_key } => {
                if (&base_url, &api_key, &user_key) == (&Change::Keep, &Change::Keep, &Change::Keep) {
                    self.page = Page::List;
                    return Outcome::Stay;
                }
                self.ask("saving…", SettingsAsk::SaveAccount { base_url, api_key, user_key })
            }
            Filled::Import(path) => self.ask("importing…", SettingsAsk::Import(path)),
        }
    }

    fn on_list(&mut self, action: Action) -> Outcome {
        let Some(config) = &self.config else {
            return if matches!(action, Action::Back | Action::BackOrQuit) { Outcome::Close } else { Outcome::Stay };
        };
        let last = config.numbers.len().saturating_sub(1);
        let entry = self.entry().cloned();
        match (action, entry) {
            (Action::Down, _) => self.at = (self.at + 1).min(last),
            (Action::Up, _) => self.at = self.at.saturating_sub(1),
            (Action::Top | Action::PageUp, _) => self.at = 0,
            (Action::Bottom | Action::PageDown, _) => self.at = last,
            (Action::Back | Action::BackOrQuit, _) => return Outcome::Close,
            (Action::ShowKeys, _) => self.shown = !self.shown,
            (Action::EditAccount, _) => self.page = Page::Form(Form::new(Kind::Account, config, None)),
            (Action::AddNumber, _) => self.page = Page::Form(Form::new(Kind::Number, config, None)),
            (Action::Import, _) => self.page = Page::Form(Form::new(Kind::Import, config, None)),
            (Action::Open, Some(entry)) => self.page = Page::Form(Form::new(Kind::Number, config, Some(&entry))),
            (Action::StartDemo, _) => return Outcome::Ask(Effect::StartDemo),
            (Action::Discover, _) if !config.has_credentials() => {
                return Outcome::Tell(Notice::warning("Set the account's API key or a number's key first"));
            }
            (Action::Discover, _) => return self.ask("asking MightyCall…", SettingsAsk::Discover),
            (Action::SetDefault, Some(entry)) => {
                return Outcome::Ask(Effect::Settings(SettingsAsk::SetDefault(entry.address)));
            }
            (Action::TestNumber, Some(entry)) => {
                self.tests.insert(entry.address.clone(), Test::Running);
                return Outcome::Ask(Effect::Settings(SettingsAsk::Test(entry.address)));
            }
            (Action::RemoveNumber, Some(entry)) => {
                let name = safe_line(&entry.number().name());
                let question = format!(
                    "Remove {name} ({}) and its key from the settings? Its messages stay in the cache.",
                    entry.address.display()
                );
                return Outcome::Confirm(question, Effect::Settings(SettingsAsk::RemoveNumber(entry.address)));
            }
            (Action::Open | Action::SetDefault | Action::TestNumber | Action::RemoveNumber, None) => {
                return Outcome::Tell(Notice::warning("There is no number yet; add one first"));
            }
            _ => {}
        }
        Outcome::Stay
    }

    /// Paints the view; gives back where the cursor is.
    pub(crate) fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let title = match &self.page {
            Page::List if self.welcome => "Welcome",
            Page::List => "Settings",
            Page::Form(form) => form.title(),
            Page::Found(_) => "Numbers of this account",
        };
        let area = paint::window(canvas, screen, 100, screen.height, title);
        match &self.page {
            Page::List => {
                page::draw(self, canvas, area, scene);
                None
            }
            Page::Form(form) => form.draw(canvas, area, scene, self.busy),
            Page::Found(found) => {
                found.draw(canvas, area, scene);
                None
            }
        }
    }
}

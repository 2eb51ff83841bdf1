//! The settings, in three sections: our numbers and the account, the preferences, the keys. Forms are in [`form`],
//! found numbers in [`found`].

pub(super) mod filter;
mod form;
mod found;
mod keys;
mod options;
mod page;

use std::collections::HashMap;

use crossterm::event::KeyEvent;
use ratatui::layout::{Position, Rect};

use super::Scene;
use crate::config::edit::Change;
use crate::config::keymap::{Action, Context};
use crate::config::{Config, NumberEntry};
use crate::model::Address;
use crate::model::text::safe_line;
use crate::tui::message::{Effect, Notice, SettingsAsk, SettingsNews};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use form::{Filled, Form, Kind};
use found::Found;
use keys::Keys;
use options::Options;

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
    section: Section,
    options: Options,
    keys: Keys,
    /// What is being waited for.
    busy: Option<&'static str>,
}

/// A part of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Section {
    /// Our numbers and the account.
    #[default]
    Numbers,
    /// What a person may like otherwise.
    Preferences,
    /// The key table.
    Keys,
}

impl Section {
    const ALL: [Self; 3] = [Self::Numbers, Self::Preferences, Self::Keys];

    fn title(self) -> &'static str {
        match self {
            Self::Numbers => "Numbers",
            Self::Preferences => "Preferences",
            Self::Keys => "Keys",
        }
    }

    fn turned(self, by: usize) -> Self {
        let at = Self::ALL.iter().position(|section| *section == self).unwrap_or(0);
        Self::ALL[(at + by) % Self::ALL.len()]
    }
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
    /// Whether a key means anything now.
    pub(crate) fn offers(&self, action: Action) -> bool {
        use Action::{ImportEverything, Open, RemoveNumber, SetDefault, TestNumber};
        let about_a_number = matches!(action, TestNumber | SetDefault | RemoveNumber | ImportEverything | Open);
        let listed = matches!((&self.page, self.section), (Page::List, Section::Numbers));
        !(listed && about_a_number) || self.entry().is_some()
    }

    /// Which keys are alive.
    pub(crate) fn context(&self) -> Context {
        match self.page {
            Page::List => match self.section {
                Section::Numbers => Context::Settings,
                Section::Preferences => self.options.context(),
                Section::Keys => self.keys.context(),
            },
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
        (self.options, self.keys) = (Options::default(), Keys::default());
    }

    /// Whether the next key is to be bound and not to be obeyed.
    pub(crate) fn captures(&self) -> bool {
        matches!(self.page, Page::List) && self.section == Section::Keys && self.keys.captures()
    }

    /// Takes the key that is to be bound.
    pub(crate) fn capture(&mut self, event: KeyEvent) -> Outcome {
        match &self.config {
            Some(config) => self.keys.capture(event, &config.keymap),
            None => Outcome::Stay,
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
            SettingsNews::Places(_) | SettingsNews::Keyring(_) => {}
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

    /// The configuration in force.
    pub(crate) fn config(&self) -> Option<&Config> {
        self.config.as_ref()
    }

    fn entry(&self) -> Option<&NumberEntry> {
        self.config.as_ref()?.numbers.get(self.at)
    }

    /// Types text in.
    pub(crate) fn insert(&mut self, text: &str) {
        match (&mut self.page, self.section) {
            (Page::Form(form), _) => form.insert(text),
            (Page::List, Section::Preferences) => self.options.insert(text),
            (Page::List, Section::Keys) => self.keys.insert(text),
            _ => {}
        }
    }

    /// Does what a key asks.
    pub(crate) fn update(&mut self, action: Action) -> Outcome {
        match &mut self.page {
            Page::List => self.on_section(action),
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

    fn on_section(&mut self, action: Action) -> Outcome {
        let inside = match self.section {
            Section::Numbers => false,
            Section::Preferences => self.options.is_inside(),
            Section::Keys => self.keys.is_inside(),
        };
        let turn = match action {
            Action::NextSection | Action::NextPane => 1,
            Action::PreviousSection | Action::PreviousPane => 2,
            _ => 0,
        };
        if turn > 0 && !inside {
            self.section = self.section.turned(turn);
            return Outcome::Stay;
        }
        if matches!(action, Action::Back | Action::BackOrQuit) && !inside {
            return Outcome::Close;
        }
        match (&self.config, self.section) {
            (Some(config), Section::Preferences) => self.options.update(action, config),
            (Some(config), Section::Keys) => self.keys.update(action, &config.keymap),
            _ => self.on_list(action),
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
                let area = self.tabs(canvas, area, scene);
                match (&self.config, self.section) {
                    (Some(config), Section::Preferences) => self.options.draw(canvas, area, scene, config),
                    (Some(config), Section::Keys) => self.keys.draw(canvas, area, scene, &config.keymap),
                    _ => {
                        page::draw(self, canvas, area, scene);
                        None
                    }
                }
            }
            Page::Form(form) => form.draw(canvas, area, scene, self.busy),
            Page::Found(found) => {
                found.draw(canvas, area, scene);
                None
            }
        }
    }

    /// The names of the sections; gives back what is left below them.
    fn tabs(&self, canvas: &mut Canvas<'_>, area: Rect, scene: Scene<'_>) -> Rect {
        let mut x = 0;
        for section in Section::ALL {
            let ink = if section == self.section { Ink::Selected } else { Ink::Plain };
            x += paint::put_at(canvas, area, x, 0, &format!(" {} ", section.title()), ink) + 1;
        }
        let keys = format!("{} switches ", scene.key(Context::Everywhere, Action::NextPane));
        if usize::from(x) + keys.len() < usize::from(area.width) {
            paint::put_right(canvas, area, 0, &keys, Ink::Dim);
        }
        let top = if area.height > 12 { 2 } else { 1 };
        Rect { y: area.y + top.min(area.height), height: area.height.saturating_sub(top), ..area }
    }
}

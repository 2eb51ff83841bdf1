//! The guided set-up, for who begins: where the service is, the keys, the numbers, the first messages. Going back loses
//! nothing that was typed, and leaving keeps it for the next time.

mod draw;
mod keys;

use ratatui::layout::{Position, Rect};

use self::keys::Keys;
use super::Scene;
use super::window::{Step, Window};
use super::work;
use crate::config::edit::Change;
use crate::config::keymap::{Action, Context};
use crate::config::{BaseUrl, Config, NumberEntry};
use crate::tui::message::{Effect, FoundNumber, Msg, SettingsAsk, SettingsNews, SyncNews};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::field::Field;

/// Which page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Where,
    Keys,
    Numbers,
    Fetch,
    Done,
}

/// What can be chosen on the first page.
const CHOICES: [Choice; 4] = [Choice::Begin, Choice::Demo, Choice::Address, Choice::Settings];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Begin,
    Demo,
    Address,
    Settings,
}

/// A number that MightyCall told of.
#[derive(Debug, Clone)]
struct Row {
    number: FoundNumber,
    picked: bool,
    /// It is in the settings already.
    known: bool,
    label: Field,
}

/// The window.
#[derive(Debug)]
pub(crate) struct Setup {
    page: Page,
    /// The row of a page of choices.
    at: usize,
    address: Field,
    /// A field of a page of choices is being written in.
    typing: bool,
    keys: Keys,
    rows: Vec<Row>,
    default: usize,
    ours: Vec<NumberEntry>,
    busy: Option<&'static str>,
    refused: Option<String>,
    /// Messages that the first fetch has brought.
    came: u64,
}

impl Setup {
    /// On its first page, with what is set already.
    pub(crate) fn new(config: Option<&Config>) -> Self {
        let address = config.map_or_else(BaseUrl::default, |config| config.account.base_url.clone());
        Self {
            page: Page::Where,
            at: 0,
            address: Field::new(address.as_str()),
            typing: false,
            keys: Keys::default(),
            rows: Vec::new(),
            default: 0,
            ours: config.map_or_else(Vec::new, |config| config.numbers.clone()),
            busy: None,
            refused: None,
            came: 0,
        }
    }

    /// What it wants to know when it opens.
    pub(crate) fn asks() -> Effect {
        Effect::Settings(SettingsAsk::Keyring)
    }

    fn go(&mut self, page: Page) -> Vec<Step> {
        (self.page, self.at, self.busy, self.refused, self.typing) = (page, 0, None, None, false);
        Vec::new()
    }

    fn back(&mut self) -> Vec<Step> {
        let page = match self.page {
            Page::Where | Page::Keys => Page::Where,
            Page::Numbers => Page::Keys,
            Page::Fetch | Page::Done if self.rows.is_empty() => Page::Keys,
            Page::Fetch | Page::Done => Page::Numbers,
        };
        self.go(page)
    }

    fn ask(&mut self, busy: &'static str, ask: SettingsAsk) -> Vec<Step> {
        (self.busy, self.refused) = (Some(busy), None);
        vec![Step::Do(Effect::Settings(ask))]
    }

    fn on_choices(&mut self, action: Action) -> Option<Vec<Step>> {
        if self.typing {
            match action {
                Action::Accept => match BaseUrl::parse(self.address.text()) {
                    Ok(url) => {
                        self.address = Field::new(url.as_str());
                        (self.typing, self.refused) = (false, None);
                    }
                    Err(why) => self.refused = Some(why.to_string()),
                },
                _ => drop(self.address.edit(action)),
            }
            return Some(Vec::new());
        }
        match action {
            Action::Down => self.at = (self.at + 1).min(CHOICES.len() - 1),
            Action::Up => self.at = self.at.saturating_sub(1),
            Action::Open => {
                return Some(match CHOICES[self.at] {
                    Choice::Begin => self.go(Page::Keys),
                    Choice::Demo => vec![Step::Do(Effect::StartDemo)],
                    Choice::Address => {
                        self.typing = true;
                        Vec::new()
                    }
                    Choice::Settings => leave(),
                });
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    fn on_keys(&mut self, action: Action) -> Vec<Step> {
        match action {
            Action::PreviousPane | Action::CursorUp if self.keys.is_first() => self.back(),
            Action::Accept if self.busy.is_some() => Vec::new(),
            Action::Accept => match self.keys.accept() {
                Ok(filled) => {
                    let usual = self.address.text() == BaseUrl::default().as_str();
                    let base_url = if usual { Change::Clear } else { Change::Set(self.address.text().to_owned()) };
                    self.ask("Saving…", SettingsAsk::SetUp { base_url, keys: Box::new(filled) })
                }
                Err(why) => {
                    self.refused = Some(why);
                    Vec::new()
                }
            },
            _ => {
                self.refused = None;
                self.keys.edit(action);
                Vec::new()
            }
        }
    }

    fn on_numbers(&mut self, action: Action) -> Option<Vec<Step>> {
        let last = self.rows.len().saturating_sub(1);
        if self.typing {
            match action {
                Action::Accept => self.typing = false,
                _ => drop(self.rows.get_mut(self.at).map(|row| row.label.edit(action))),
            }
            return Some(Vec::new());
        }
        match action {
            Action::Down => self.at = (self.at + 1).min(last),
            Action::Up => self.at = self.at.saturating_sub(1),
            Action::PreviousPane => return Some(self.back()),
            Action::Toggle => {
                if let Some(row) = self.rows.get_mut(self.at).filter(|row| !row.known) {
                    row.picked = !row.picked;
                }
            }
            Action::SetDefault => {
                self.default = self.at;
                if let Some(row) = self.rows.get_mut(self.at) {
                    row.picked = true;
                }
            }
            Action::EditLabel => self.typing = true,
            Action::Open if self.busy.is_some() => {}
            Action::Open => {
                let picked = self.picked();
                if picked.is_empty() {
                    self.refused = Some("No number is picked; Space picks one".to_owned());
                } else {
                    return Some(self.ask("Saving…", SettingsAsk::AddNumbers(picked)));
                }
            }
            _ => return None,
        }
        Some(Vec::new())
    }

    fn picked(&self) -> Vec<NumberEntry> {
        let default_is_picked = self.rows.get(self.default).is_some_and(|row| row.picked);
        let first = self.rows.iter().position(|row| row.picked);
        let default = if default_is_picked { Some(self.default) } else { first };
        let entry = |(at, row): (usize, &Row)| NumberEntry {
            address: row.number.address.clone(),
            label: Some(row.label.text().trim().to_owned()).filter(|label| !label.is_empty()),
            key: None,
            is_default: Some(at) == default,
        };
        self.rows.iter().enumerate().filter(|(_, row)| row.picked).map(entry).collect()
    }

    fn found(&mut self, found: &[FoundNumber], scene: Scene<'_>) -> Vec<Step> {
        if found.is_empty() && self.ours.is_empty() {
            self.busy = None;
            self.refused = Some(
                "The keys are taken, but MightyCall lists no number for them. Type a number above, or ask MightyCall \
                 which numbers this account has"
                    .to_owned(),
            );
            return Vec::new();
        }
        if found.is_empty() {
            return self.fetch(scene);
        }
        let row = |number: &FoundNumber| {
            let ours = self.ours.iter().find(|entry| entry.address == number.address);
            let label = ours.and_then(|entry| entry.label.clone()).or_else(|| number.label.clone());
            let label = Field::new(label.unwrap_or_default());
            Row { picked: number.enabled || ours.is_some(), known: ours.is_some(), label, number: number.clone() }
        };
        // what was typed for a number stays with it
        let old = std::mem::take(&mut self.rows);
        self.rows = found
            .iter()
            .map(|number| match old.iter().find(|old| old.number.address == number.address) {
                Some(old) => Row { known: row(number).known, ..old.clone() },
                None => row(number),
            })
            .collect();
        self.default = self.rows.iter().position(|row| row.picked).unwrap_or(0);
        self.go(Page::Numbers)
    }

    fn fetch(&mut self, scene: Scene<'_>) -> Vec<Step> {
        let done = scene.engine.running().is_none() && scene.engine.synced().is_some();
        self.go(if done { Page::Done } else { Page::Fetch })
    }

    fn on_news(&mut self, news: &SettingsNews, scene: Scene<'_>) -> Vec<Step> {
        match (news, self.page, self.busy) {
            (SettingsNews::Config(config), ..) => self.ours.clone_from(&config.numbers),
            (SettingsNews::Keyring(there), ..) => self.keys.offer_keyring(*there),
            (SettingsNews::Saved(_), Page::Keys, Some(_)) => {
                return self.ask("Asking MightyCall for your numbers…", SettingsAsk::Discover);
            }
            (SettingsNews::Saved(_), Page::Numbers, Some(_)) => return self.go(Page::Fetch),
            (SettingsNews::NotSaved(why), _, Some(_)) => (self.busy, self.refused) = (None, Some(why.clone())),
            (SettingsNews::Discovered(Ok(found)), Page::Keys, Some(_)) => return self.found(found, scene),
            // a number that was typed needs no list to be worked with
            (SettingsNews::Discovered(Err(_)), Page::Keys, Some(_)) if !self.ours.is_empty() => {
                return self.fetch(scene);
            }
            (SettingsNews::Discovered(Err(why)), Page::Keys, Some(_)) => {
                (self.busy, self.refused) = (None, Some(why.clone()));
            }
            _ => {}
        }
        Vec::new()
    }
}

/// To the settings; what was typed is kept for the next time.
fn leave() -> Vec<Step> {
    vec![Step::LeaveSetUp, Step::Act(Action::Settings)]
}

impl Window for Setup {
    fn kind(&self) -> &'static str {
        "setup"
    }

    fn context(&self) -> Context {
        match self.page {
            _ if self.typing => Context::Form,
            Page::Where => Context::List,
            Page::Keys => Context::Form,
            Page::Numbers => Context::Guide,
            Page::Fetch => Context::Work,
            Page::Done => Context::List,
        }
    }

    fn offers(&self, action: Action, scene: Scene<'_>) -> bool {
        match (self.page, action) {
            _ if self.typing => matches!(action, Action::Accept | Action::Back | Action::Help),
            (Page::Keys, _) => matches!(action, Action::Accept | Action::Back | Action::Help),
            // there is always somewhere to go on to
            (Page::Fetch, Action::Open) => true,
            (Page::Fetch, Action::ImportEverything) => false,
            (Page::Fetch, _) => work::offers(action, scene),
            // nothing can be fetched, found or written before there is a number
            (_, Action::SyncNow | Action::SwitchNumber | Action::Search | Action::NewMessage | Action::NextUnread) => {
                !self.ours.is_empty()
            }
            _ => true,
        }
    }

    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        match (self.page, action) {
            (_, Action::Back) if self.typing => {
                (self.typing, self.refused) = (false, None);
                Some(Vec::new())
            }
            (Page::Done, Action::Open | Action::Back | Action::BackOrQuit) | (Page::Fetch, Action::Open)
                if scene.engine.stopped.is_none() =>
            {
                Some(vec![Step::CloseAll])
            }
            (Page::Fetch, Action::Open) => Some(vec![Step::Do(Effect::ResumeSync)]),
            (_, Action::Back | Action::BackOrQuit) => Some(leave()),
            (Page::Where, _) => self.on_choices(action),
            (Page::Keys, Action::Quit | Action::QuitAsking | Action::Help | Action::ShowNotice) => None,
            (Page::Keys, _) => Some(self.on_keys(action)),
            (Page::Numbers, _) => self.on_numbers(action),
            (Page::Fetch | Page::Done, Action::PreviousPane) => Some(self.back()),
            (Page::Fetch | Page::Done, _) => None,
        }
    }

    fn insert(&mut self, text: &str, _scene: Scene<'_>) -> Vec<Step> {
        self.refused = None;
        match self.page {
            Page::Where => self.address.insert(text),
            Page::Keys => self.keys.insert(text),
            Page::Numbers => drop(self.rows.get_mut(self.at).map(|row| row.label.insert(text))),
            Page::Fetch | Page::Done => {}
        }
        Vec::new()
    }

    fn take(&mut self, msg: &Msg, scene: Scene<'_>) -> Vec<Step> {
        match msg {
            Msg::Settings(news) => self.on_news(news, scene),
            Msg::Sync(SyncNews::Done { new, failed, .. }) if self.page == Page::Fetch => {
                self.came += new;
                match failed.first() {
                    Some((_, story)) => self.refused = Some(story.line()),
                    None => return self.go(Page::Done),
                }
                Vec::new()
            }
            Msg::Sync(SyncNews::Started) => {
                self.refused = None;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        draw::draw(self, canvas, screen, scene)
    }
}

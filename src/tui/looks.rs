//! How the screen looks: which theme is worn, with how many colours, and whether it is painted plain.

use super::message::{Effect, Notice, SettingsAsk, Story};
use super::state::State;
use super::views::overlay::Overlay;
use super::widgets::ink::Palette;
use crate::config::keymap::{Action, Context};
use crate::config::preferences::{Ascii, Value};
use crate::config::theme::{DEFAULT, Depth, Theme, ThemeError, Themes};

/// The looks in force.
#[derive(Debug)]
pub(crate) struct Looks {
    /// Colours that the terminal has.
    depth: Depth,
    /// Asked for at the start, whatever the settings say.
    plain: bool,
    pub(crate) themes: Themes,
    pub(crate) palette: Palette,
    /// What the palette was made of.
    worn: Option<(String, Depth)>,
}

impl Looks {
    /// Before anything is known of the settings.
    pub(crate) fn new(depth: Depth, plain: bool) -> Self {
        Self { depth, plain, themes: Themes::default(), palette: Palette::default(), worn: None }
    }

    /// Whether any colour is wanted and there.
    pub(crate) fn has_colour(&self) -> bool {
        self.depth != Depth::None
    }

    fn wear(&mut self, id: &str, depth: Depth) {
        if self.worn.as_ref().is_some_and(|(worn, at)| worn == id && *at == depth) {
            return;
        }
        let bare = Theme::bare();
        let theme = self.themes.get(id).or_else(|| self.themes.get(DEFAULT)).unwrap_or(&bare);
        self.palette = Palette::of(theme, depth);
        self.worn = Some((id.to_owned(), depth));
    }

    /// The themes there are now, which may be others under the same names.
    pub(crate) fn take(&mut self, themes: Themes) {
        self.themes = themes;
        self.worn = None;
    }

    /// What to tell where the theme that is wanted is none, or others are none.
    fn lacks(&self, id: &str, key: &str) -> Option<Notice> {
        let problems = self.themes.problems();
        if self.themes.get(id).is_some() {
            let all = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
            let told = |notice: Notice, problem| notice.told(self.story(problem, key));
            return (!all.is_empty()).then(|| problems.iter().fold(Notice::warning(all), told));
        }
        let file = format!("{id}.toml");
        let of_its_own = problems.iter().find(|problem| problem.path.ends_with(&file));
        let of_its_name = problems.iter().find(|problem| problem.problem.contains(&format!("“{id}”")));
        let notice = Notice::warning(match (of_its_own, of_its_name) {
            (Some(problem), _) => format!("The theme “{id}” cannot be used: {problem}"),
            (None, Some(problem)) => format!("{}; the terminal's own colours are shown instead", problem.brief()),
            (None, None) => format!("There is no theme “{id}”; the terminal's own colours are shown instead"),
        });
        Some(match of_its_own.or(of_its_name) {
            Some(problem) => notice.told(self.story(problem, key)),
            None => notice,
        })
    }

    /// All that is known of a theme that cannot be used; `key` opens the window of themes.
    fn story(&self, problem: &ThemeError, key: &str) -> Story {
        let place = problem.place();
        let told = Story::new("A theme cannot be used.").about(place).because(problem.problem.clone());
        if problem.path.parent().is_some_and(|folder| folder.ends_with("themes")) {
            return told
                .advice(format!("Mend that and save the file; {key} reads the themes again."))
                .by_itself("Until then it is not among the themes, and the terminal's own colours stand in for it.");
        }
        let all = self.themes.all().iter().map(|theme| theme.id.as_str()).collect::<Vec<_>>().join(", ");
        told.because(format!("There are {all}."))
            .advice(format!("Press {key} and choose one, which is written into the file; or mend the name there."))
            .by_itself("The terminal's own colours are shown until then.")
    }
}

impl State {
    /// Whether it is painted for a screen reader.
    pub(crate) fn is_plain(&self) -> bool {
        self.looks.plain || self.preferences.ui.plain
    }

    /// Whether only ASCII is painted.
    pub(crate) fn is_ascii(&self) -> bool {
        match self.preferences.ui.ascii {
            Ascii::Auto => self.ascii,
            Ascii::Always => true,
            Ascii::Never => false,
        }
    }

    /// Whether the mouse is to come here, and not to select text in the terminal.
    pub fn wants_mouse(&self) -> bool {
        self.preferences.ui.mouse && !self.is_plain()
    }
}

/// Puts on the theme that is wanted now: the one that a window shows for a trial, else the one in the settings.
pub(super) fn settle(state: &mut State) {
    let tried = state.overlays.iter().rev().find_map(|overlay| match overlay {
        Overlay::Window(window) => window.theme(),
        _ => None,
    });
    let id = tried.unwrap_or(&state.preferences.ui.theme).to_owned();
    let depth = if state.is_plain() { Depth::None } else { state.looks.depth };
    state.looks.wear(&id, depth);
}

/// The settings have changed, or came for the first time: a theme that is not known may be one of the person's own.
pub(super) fn reconsider(state: &State, effects: &mut Vec<Effect>) {
    if state.looks.themes.get(&state.preferences.ui.theme).is_none() {
        effects.push(Effect::Settings(SettingsAsk::Themes));
    }
}

/// Takes the themes that were read.
pub(super) fn take(state: &mut State, themes: Themes) {
    state.looks.take(themes);
    let key = state.scene().key(Context::Everywhere, Action::Themes);
    if let Some(notice) = state.looks.lacks(&state.preferences.ui.theme, &key) {
        state.tell(notice);
    }
}

/// What is asked to be written is in force at once, so that nothing flickers back until it is.
pub(super) fn foresee(state: &mut State, effects: &[Effect]) {
    for effect in effects {
        match effect {
            Effect::Settings(SettingsAsk::Prefer("ui.theme", Value::Text(id))) => {
                state.preferences.ui.theme.clone_from(id);
            }
            Effect::Settings(SettingsAsk::Prefer("ui.list_width", value)) => {
                let Value::Number(columns) = value else {
                    state.preferences.ui.list_width = 0;
                    continue;
                };
                state.preferences.ui.list_width = u16::try_from(*columns).unwrap_or(0);
            }
            _ => {}
        }
    }
}

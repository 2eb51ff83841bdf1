//! The window that chooses a theme: the one under the cursor is worn by the whole screen while one looks.

use ratatui::layout::{Position, Rect};

use super::Scene;
use super::window::{Step, Window};
use crate::config::keymap::{Action, Context};
use crate::config::preferences::Value;
use crate::config::theme::{Color, Role, Theme, Themes};
use crate::model::text::safe_line;
use crate::tui::message::{Effect, Msg, SettingsAsk};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};

/// The window's state.
#[derive(Debug)]
pub(crate) struct ThemePicker {
    themes: Themes,
    at: usize,
    /// The one in the settings.
    former: String,
}

impl ThemePicker {
    /// On the theme that is in the settings.
    pub(crate) fn new(themes: Themes, former: &str) -> Self {
        let at = themes.all().iter().position(|theme| theme.id == former).unwrap_or(0);
        Self { themes, at, former: former.to_owned() }
    }

    fn chosen(&self) -> Option<&Theme> {
        self.themes.all().get(self.at)
    }

    fn go(&mut self, to: usize) -> Vec<Step> {
        self.at = to.min(self.themes.all().len().saturating_sub(1));
        Vec::new()
    }

    fn keep(&self) -> Option<Vec<Step>> {
        let id = self.chosen()?.id.clone();
        let keep = Effect::Settings(SettingsAsk::Prefer("ui.theme", Value::Text(id)));
        Some(vec![Step::Do(keep), Step::Close])
    }
}

/// What kind of ground a theme has.
fn kind(theme: &Theme) -> &'static str {
    match theme.look(Role::Screen).bg.and_then(Color::rgb) {
        Some(ground) if ground.luminance() < 0.2 => "dark",
        Some(_) => "light",
        None => "any",
    }
}

impl Window for ThemePicker {
    fn kind(&self) -> &'static str {
        "themes"
    }

    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        let height = inside(scene.screen, self.themes.all().len(), scene.plain).height;
        let page = usize::from(height - foot(height)).saturating_sub(1).max(1);
        match action {
            Action::Down => Some(self.go(self.at + 1)),
            Action::Up => Some(self.go(self.at.saturating_sub(1))),
            Action::PageDown => Some(self.go(self.at + page)),
            Action::PageUp => Some(self.go(self.at.saturating_sub(page))),
            Action::Top => Some(self.go(0)),
            Action::Bottom => Some(self.go(usize::MAX)),
            Action::Open => self.keep(),
            Action::Themes => Some(vec![Step::Close]),
            _ => None,
        }
    }

    fn take(&mut self, msg: &Msg, _scene: Scene<'_>) -> Vec<Step> {
        if let Msg::Themes(themes) = msg {
            // the one under the cursor stays there, whatever came before it
            let id = self.chosen().map_or_else(|| self.former.clone(), |theme| theme.id.clone());
            *self = Self { former: self.former.clone(), ..Self::new(Themes::clone(themes), &id) };
        }
        Vec::new()
    }

    fn theme(&self) -> Option<&str> {
        self.chosen().map(|theme| theme.id.as_str())
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let (columns, rows) = size(screen, self.themes.all().len());
        let area = paint::window(canvas, screen, columns, rows, "Themes");
        let foot = foot(area.height);
        let list = Rect { height: area.height - foot, ..area };
        let first = (self.at + 1).saturating_sub(list.height.into());
        for (row, (at, theme)) in (0..list.height).zip(self.themes.all().iter().enumerate().skip(first)) {
            let in_use = theme.id == self.former;
            let mark = if in_use && !scene.plain { "✓" } else { " " };
            let words = if in_use && scene.plain { ", in use" } else { "" };
            let kind = if theme.is_built_in { kind(theme).to_owned() } else { format!("yours, {}", kind(theme)) };
            let ink = if in_use { Ink::Bold } else { Ink::Plain };
            let name = format!("{mark} {}{words}", safe_line(&theme.name));
            paint::put_both(canvas, list, row, (&name, ink), (&format!("{kind} "), Ink::Dim));
            if at == self.at {
                paint::tint(canvas, list, row, Ink::Selected);
            }
        }
        let few = foot < FOOT;
        let foot = Rect { y: list.bottom(), height: foot, ..area };
        let about = self.chosen().map_or_else(String::new, |theme| safe_line(&theme.about));
        let told = match (self.themes.problems().first(), scene.key(Context::List, Action::Open)) {
            (Some(problem), _) => (safe_line(&problem.brief()), Ink::Warn),
            (None, key) => (format!("{key} keeps it, {} goes back", scene.key(Context::List, Action::Back)), Ink::Dim),
        };
        paint::put(canvas, foot, foot.height.saturating_sub(1), &told.0, told.1);
        if few {
            return None;
        }
        paint::put(canvas, foot, 0, &about, Ink::Dim);
        let mut x = 0;
        for (ink, text) in [
            (Ink::Unread, "unread "),
            (Ink::Outbound, "ours "),
            (Ink::Accent, "accent "),
            (Ink::Good, "good "),
            (Ink::Warn, "careful "),
            (Ink::Bad, "failed "),
            (Ink::Link, "link"),
            (Ink::Match, " found "),
        ] {
            x += paint::put_at(canvas, foot, x, 1, text, ink);
        }
        None
    }
}

/// Rows under the list: about the theme, a sample, and the keys; the keys alone where there is little room.
const FOOT: u16 = 3;

fn foot(height: u16) -> u16 {
    match height {
        0..4 => 0,
        4..10 => 1,
        _ => FOOT,
    }
}

fn size(screen: Rect, themes: usize) -> (u16, u16) {
    let wanted = u16::try_from(themes).unwrap_or(u16::MAX).saturating_add(FOOT + 2);
    (screen.width.min(54), screen.height.saturating_sub(2).min(wanted).max(5))
}

fn inside(screen: Rect, themes: usize, plain: bool) -> Rect {
    let (width, height) = if plain { (screen.width, screen.height) } else { size(screen, themes) };
    paint::inside(Rect { width: width.min(screen.width), height: height.min(screen.height), ..screen }, plain)
}

//! What was told in the status line, newest first, each with its whole story.

use std::collections::VecDeque;

use jiff::Timestamp;
use ratatui::layout::{Position, Rect};

use super::overlay::{sheet_inside, sheet_size};
use super::window::{Pointer, Step, Window};
use super::{Scene, hints, when};
use crate::config::keymap::{Action, Context};
use crate::model::text::{safe_line, safe_text};
use crate::tui::message::{Level, Notice};
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::hang;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet::{self, Sheet};

/// So many are kept.
const KEPT: usize = 50;

/// Something that was told.
#[derive(Debug, Clone)]
struct Told {
    at: Timestamp,
    notice: Notice,
    /// How often in a row.
    times: u32,
}

/// All that was told lately, the newest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stories(VecDeque<Told>);

impl Stories {
    /// Notes what is told. `behind` something that stands and matters more, where there is such.
    pub(crate) fn note(&mut self, notice: Notice, at: Timestamp, behind: bool) {
        let place = usize::from(behind && !self.0.is_empty());
        match self.0.get_mut(place).filter(|told| told.notice.text == notice.text) {
            Some(told) => *told = Told { at, notice, times: told.times + 1 },
            None => self.0.insert(place, Told { at, notice, times: 1 }),
        }
        self.0.truncate(KEPT);
    }

    /// Whether nothing was told yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The window.
#[derive(Debug)]
pub(crate) struct StoriesWindow {
    stories: Stories,
    at: usize,
    sheet: Sheet,
}

impl StoriesWindow {
    /// On the newest.
    pub(crate) fn new(stories: Stories) -> Self {
        Self { stories, at: 0, sheet: Sheet::default() }
    }

    fn lines(&self, scene: Scene<'_>, width: u16) -> Vec<(String, Ink)> {
        let Some(told) = self.stories.0.get(self.at) else { return Vec::new() };
        let (mark, ink) = hints::look(told.notice.level);
        let width = usize::from(width);
        let mut out = Vec::new();
        let mut row = |label: &str, text: &str, ink| out.extend(hang::rows(label, &safe_text(text), 12, width, ink));
        let often = if told.times > 1 { format!(", {} times in a row", told.times) } else { String::new() };
        let at = format!("{}{often}", when::full(told.at, scene.zone));
        if told.notice.stories.is_empty() {
            row(mark, &told.notice.text, ink);
        }
        for story in &told.notice.stories {
            row("What", &format!("{mark}{}", story.what), ink);
            let parts = [
                ("To", story.about.as_ref().map(|about| safe_line(about))),
                ("Why", Some(story.causes.join("\n")).filter(|causes| !causes.is_empty())),
                ("What to do", story.advice.clone()),
                ("By itself", story.by_itself.clone()),
            ];
            for (label, text) in parts.iter().filter_map(|(label, text)| Some((*label, text.as_ref()?))) {
                row(label, text, Ink::Plain);
            }
            row("", "", Ink::Plain);
        }
        row("When", &at, Ink::Dim);
        out
    }

    fn keys(&self, scene: Scene<'_>) -> String {
        let key = |action| scene.key(Context::List, action);
        let all = self.stories.0.len();
        if all < 2 {
            return format!("{} closes", key(Action::Back));
        }
        format!(
            "{} of {all}   {} older   {} newer   {} closes",
            self.at + 1,
            key(Action::Down),
            key(Action::Up),
            key(Action::Back)
        )
    }
}

impl Window for StoriesWindow {
    fn kind(&self) -> &'static str {
        "stories"
    }

    fn offers(&self, action: Action, _: Scene<'_>) -> bool {
        // here it only closes the window
        action != Action::Open
    }

    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        let last = self.stories.0.len().saturating_sub(1);
        match action {
            Action::Back | Action::BackOrQuit | Action::Open | Action::ShowNotice => return Some(vec![Step::Close]),
            Action::Down => (self.at, self.sheet) = ((self.at + 1).min(last), Sheet::default()),
            Action::Up => (self.at, self.sheet) = (self.at.saturating_sub(1), Sheet::default()),
            _ => {
                let (width, height) = sheet_inside(scene.screen, scene.plain);
                let rows = self.lines(scene, width).len();
                if !self.sheet.scroll(action, rows, height.saturating_sub(1)) {
                    return None;
                }
            }
        }
        Some(Vec::new())
    }

    fn mouse(&mut self, pointer: Pointer, _screen: Rect, scene: Scene<'_>) -> Vec<Step> {
        if let Pointer::Wheel { down, .. } = pointer {
            self.act(if down { Action::PageDown } else { Action::PageUp }, scene);
        }
        Vec::new()
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let (columns, rows) = sheet_size(screen);
        let (width, _) = sheet_inside(screen, scene.plain);
        let lines = self.lines(scene, width);
        let wanted = u16::try_from(lines.len() + 3).unwrap_or(u16::MAX).max(6);
        let title = match self.stories.0.get(self.at).map(|told| told.notice.level) {
            Some(Level::Error) => "What went wrong",
            Some(Level::Warning) => "What to know",
            _ => "Notice",
        };
        let area = paint::window(canvas, screen, columns, rows.min(wanted), title);
        let body = Rect { height: area.height.saturating_sub(1), ..area };
        self.sheet.draw(canvas, body, &lines);
        let keys = sheet::wrapped([(self.keys(scene).as_str(), Ink::Dim)], area.width);
        if let Some((text, ink)) = keys.first() {
            paint::put(canvas, area, body.height, text, *ink);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_and_counts_repeats() {
        let mut stories = Stories::default();
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        for second in 0..100 {
            stories.note(Notice::info(format!("notice {}", second / 2)), at(second), false);
        }
        assert_eq!((stories.0.len(), stories.0[0].times, stories.0[0].notice.text.as_str()), (50, 2, "notice 49"));
        stories.note(Notice::error("bad"), at(200), false);
        stories.note(Notice::info("small"), at(201), true);
        assert_eq!(
            (stories.0.len(), stories.0[0].notice.text.as_str(), stories.0[1].notice.text.as_str()),
            (50, "bad", "small")
        );
    }
}

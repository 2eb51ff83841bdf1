//! Which threads the list shows: a small window to choose.

use ratatui::layout::{Position, Rect};

use super::Scene;
use super::window::{Pointer, Step, Window};
use crate::config::keymap::Action;
use crate::model::ThreadFilter;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};

/// Columns of the window with its frame.
const COLUMNS: u16 = 34;

/// The window.
#[derive(Debug)]
pub(crate) struct Filters {
    /// The one in force.
    now: ThreadFilter,
    at: usize,
}

impl Filters {
    /// On the one in force.
    pub(crate) fn new(now: ThreadFilter) -> Self {
        let at = ThreadFilter::ALL.iter().position(|filter| *filter == now).unwrap_or(0);
        Self { now, at }
    }

    fn choose(&self) -> Vec<Step> {
        vec![Step::Close, Step::Act(Action::Show(ThreadFilter::ALL[self.at]))]
    }
}

const LAST: usize = ThreadFilter::ALL.len() - 1;

impl Window for Filters {
    fn kind(&self) -> &'static str {
        "filters"
    }

    fn act(&mut self, action: Action, _: Scene<'_>) -> Option<Vec<Step>> {
        self.at = match action {
            Action::Down => (self.at + 1).min(LAST),
            Action::Up => self.at.saturating_sub(1),
            Action::Top | Action::PageUp => 0,
            Action::Bottom | Action::PageDown => LAST,
            Action::Open => return Some(self.choose()),
            _ => return None,
        };
        Some(Vec::new())
    }

    fn mouse(&mut self, pointer: Pointer, screen: Rect, scene: Scene<'_>) -> Vec<Step> {
        match pointer {
            Pointer::Wheel { down, .. } => {
                self.act(if down { Action::Down } else { Action::Up }, scene).unwrap_or_default()
            }
            Pointer::Click(at) => {
                let area = inside(screen);
                if !area.contains(at) {
                    return vec![Step::Close];
                }
                self.at = usize::from(at.y - area.y).min(LAST);
                self.choose()
            }
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, _: Scene<'_>) -> Option<Position> {
        let area = paint::window(canvas, screen, COLUMNS, height(), "Show threads that are");
        let first = (self.at + 1).saturating_sub(area.height.into());
        for (row, at) in (0..area.height).zip(first..=LAST) {
            let filter = ThreadFilter::ALL[at];
            let mark = if filter == self.now { "▌" } else { " " };
            let ink = if filter == self.now { Ink::Bold } else { Ink::Plain };
            paint::put(canvas, area, row, &format!("{mark}{}", filter.name()), ink);
            if at == self.at {
                paint::tint(canvas, area, row, Ink::Selected);
            }
        }
        None
    }
}

fn height() -> u16 {
    u16::try_from(LAST + 3).unwrap_or(u16::MAX)
}

/// The inside of the window, as [`paint::window`] places it.
fn inside(screen: Rect) -> Rect {
    let (width, height) = (COLUMNS.min(screen.width), height().min(screen.height));
    let edge = u16::from(width >= 16 && height >= 5);
    Rect {
        x: screen.x + (screen.width - width) / 2 + edge,
        y: screen.y + (screen.height - height) / 2 + edge,
        width: width - 2 * edge,
        height: height - 2 * edge,
    }
}

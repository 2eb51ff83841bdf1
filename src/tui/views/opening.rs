//! What stands on the screen while the cache is not open yet: what is done to it, how far it is, and how to leave.

use jiff::Timestamp;
use ratatui::layout::Rect;

use super::Scene;
use super::progress::{bar, count, messages, took};
use crate::config::keymap::{Action, Context};
use crate::model::upkeep::{Chore, Course, Upkeep};
use crate::tui::message::Msg;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::wrap;

/// The opening of the cache, as far as it is known.
#[derive(Debug, Default)]
pub(crate) struct Opening {
    course: Option<Course>,
    /// What was typed meanwhile.
    held: Vec<Msg>,
}

impl Opening {
    /// It is so far now.
    pub(crate) fn take(&mut self, upkeep: Upkeep, now: Timestamp) {
        match &mut self.course {
            Some(course) => course.take(upkeep, now),
            None => self.course = Some(Course::new(upkeep, now)),
        }
    }

    /// What is done just now.
    pub(crate) fn course(&self) -> Option<&Course> {
        self.course.as_ref()
    }

    /// Keeps what was typed.
    pub(crate) fn hold(&mut self, typed: Msg) {
        self.held.push(typed);
    }

    /// What was typed, in order.
    pub(crate) fn into_held(self) -> Vec<Msg> {
        self.held
    }
}

/// Paints it, and nothing else.
pub(crate) fn draw(canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>, course: &Course) {
    let columns = screen.width.min(76);
    let lines = lines(scene, course, columns.saturating_sub(2));
    let rows = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let area = paint::window(canvas, screen, columns, rows.max(5), "mctui");
    for (row, (text, ink)) in (0..area.height).zip(&lines) {
        paint::put(canvas, area, row, text, *ink);
    }
}

/// What must be read first comes first: the smallest screens cut what is last.
fn lines(scene: Scene<'_>, course: &Course, width: u16) -> Vec<(String, Ink)> {
    let chore = course.upkeep.chore;
    let rows = |text: &str, ink| wrap::text(text, width.into()).into_iter().map(move |row| (row, ink));
    let mut out: Vec<_> = rows(chore.title(), Ink::Bold).collect();
    if let (Some(part), Some(percent)) = (course.upkeep.part(), course.percent()) {
        out.push((format!("{} {percent} %", bar(part, width.saturating_sub(6).min(60))), Ink::Accent));
    }
    let seconds = scene.now.duration_since(course.began).as_secs().max(0);
    let far = [counts(course.upkeep), (seconds > 0).then(|| took(seconds)), course.left(scene.now)];
    let far = far.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if !far.is_empty() {
        out.extend(rows(&far, Ink::Plain));
    }
    let quit = scene.key(Context::Everywhere, Action::Quit);
    if !quit.is_empty() {
        out.push((String::new(), Ink::Plain));
        let leave = format!("{quit} leaves, and nothing is lost by that. What you type waits until it is open.");
        out.extend(rows(&leave, Ink::Dim));
    }
    if !chore.story().is_empty() {
        out.push((String::new(), Ink::Plain));
        out.extend(rows(chore.story(), Ink::Dim));
    }
    out
}

/// How far it is, in what it comes to.
fn counts(Upkeep { chore, done, of }: Upkeep) -> Option<String> {
    let of = Some(of).filter(|of| *of > 0)?;
    match chore {
        Chore::Index => Some(format!("{} of {}", count(done), messages(of))),
        Chore::Copy => Some(format!("{} of {} MB", count(done.min(of) / 1_000_000), count(of / 1_000_000))),
        _ => None,
    }
}

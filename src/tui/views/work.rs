//! The window of work that goes on: what is fetched, how far it is, and how to stop it.

use ratatui::layout::{Position, Rect};

use super::overlay::{sheet_inside, sheet_size};
use super::progress::{bar, messages};
use super::window::{Step, Window};
use super::{Scene, when};
use crate::config::keymap::{Action, Context};
use crate::tui::message::Effect;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::hang;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet::Sheet;

/// The window; what it shows is in the engine's news.
#[derive(Debug, Default)]
pub(crate) struct WorkWindow {
    sheet: Sheet,
}

/// What is asked before everything is fetched.
pub(crate) fn question(scene: Scene<'_>) -> String {
    let count = scene.numbers.all().count();
    let whose = match count {
        // they are still being read
        0 => "your numbers".to_owned(),
        1 => "your number".to_owned(),
        _ => format!("your {count} numbers"),
    };
    let left =
        scene.engine.requests_left().map_or_else(String::new, |left| format!("; {left} are left for reading today"));
    format!(
        "Fetch everything that MightyCall has of {whose}? It takes about one request for every few hundred \
         messages{left}. You can go on working meanwhile, and stop it at any time ({}).",
        scene.key(Context::Everywhere, Action::ShowWork)
    )
}

/// Whether a key about work means anything now.
pub(crate) fn offers(action: Action, scene: Scene<'_>) -> bool {
    let running = scene.engine.running();
    match action {
        Action::CancelWork => running.is_some_and(|running| !running.cancelling),
        Action::ImportEverything | Action::SyncNow => running.is_none(),
        Action::Open => scene.engine.stopped.is_some() && running.is_none(),
        _ => true,
    }
}

impl WorkWindow {
    fn lines(scene: Scene<'_>, width: u16) -> Vec<(String, Ink)> {
        let width = usize::from(width);
        let mut out = Vec::new();
        let key = |action| scene.key(Context::Work, action);
        if let Some(running) = scene.engine.running() {
            out.push((running.title().to_owned(), Ink::Bold));
            if let Some(part) = running.part() {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
                let percent = (part * 100.0) as u8;
                let columns = u16::try_from(width.saturating_sub(6).min(60)).unwrap_or(20);
                out.push((format!("{} {percent} %", bar(part, columns)), Ink::Accent));
            }
            for (label, text) in running.facts(scene.numbers, scene.now) {
                out.extend(hang::rows(label, &text, 11, width, Ink::Plain));
            }
            out.push((String::new(), Ink::Plain));
            let how = if running.cancelling {
                "It stops after the page that is being read. What has come stays.".to_owned()
            } else {
                format!(
                    "{} stops it after the page that is being read: what has come stays, and it can be gone on with.",
                    key(Action::CancelWork)
                )
            };
            out.extend(hang::rows("", &how, 0, width, Ink::Dim));
            return out;
        }
        out.push(("Nothing is being fetched just now".to_owned(), Ink::Bold));
        if let Some(at) = scene.engine.synced() {
            out.extend(hang::rows("Synced", &when::ago(at, scene.now), 11, width, Ink::Plain));
        }
        if let Some(left) = scene.engine.requests_left() {
            out.extend(hang::rows("Requests", &format!("{left} left for reading today"), 11, width, Ink::Plain));
        }
        out.push((String::new(), Ink::Plain));
        if let Some(new) = scene.engine.stopped {
            let text = format!(
                "Fetching was stopped after {}; {} goes on where it stopped.",
                messages(new),
                key(Action::Open)
            );
            out.extend(hang::rows("", &text, 0, width, Ink::Warn));
        }
        let text = format!("{} fetches everything that MightyCall has.", key(Action::ImportEverything));
        out.extend(hang::rows("", &text, 0, width, Ink::Dim));
        out
    }
}

impl Window for WorkWindow {
    fn kind(&self) -> &'static str {
        "work"
    }

    fn context(&self) -> Context {
        Context::Work
    }

    fn offers(&self, action: Action, scene: Scene<'_>) -> bool {
        offers(action, scene)
    }

    fn act(&mut self, action: Action, scene: Scene<'_>) -> Option<Vec<Step>> {
        match action {
            Action::Back | Action::BackOrQuit | Action::ShowWork => Some(vec![Step::Close]),
            Action::Open if scene.engine.stopped.is_some() => Some(vec![Step::Do(Effect::ResumeSync)]),
            Action::Open => Some(vec![Step::Close]),
            _ => {
                let (width, height) = sheet_inside(scene.screen, scene.plain);
                let rows = Self::lines(scene, width).len();
                self.sheet.scroll(action, rows, height).then(Vec::new)
            }
        }
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let (columns, _) = sheet_size(screen);
        let lines = Self::lines(scene, sheet_inside(screen, scene.plain).0);
        let rows = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
        let area = paint::window(canvas, screen, columns, rows.max(5), "Work");
        self.sheet.draw(canvas, area, &lines);
        None
    }
}

//! The question before leaving where text cannot be saved: which, why, and what becomes of it.

use ratatui::layout::{Position, Rect};

use super::Scene;
use super::window::{Step, Window};
use crate::config::keymap::{Action, Context};
use crate::config::rescue::UnsentText;
use crate::model::text::{fit, safe_line};
use crate::tui::message::{Effect, Msg, NotSaved};
use crate::tui::unsaved::whose;
use crate::tui::widgets::canvas::Canvas;
use crate::tui::widgets::paint::{self, Ink};
use crate::tui::widgets::sheet;

/// Columns that it likes to have.
const WIDTH: u16 = 76;
/// Texts that are named one by one.
const NAMED: usize = 3;

/// The window.
#[derive(Debug)]
pub(crate) struct LeavingWindow {
    not_saved: NotSaved,
    /// It could be saved after all.
    saved: bool,
}

impl LeavingWindow {
    /// About these texts.
    pub(crate) fn new(not_saved: NotSaved) -> Self {
        Self { not_saved, saved: false }
    }

    /// What is said; what must be read first comes first, because the smallest screens cut the end.
    fn lines(&self, scene: Scene<'_>, width: u16, brief: bool) -> Vec<(String, Ink)> {
        if self.saved {
            return sheet::wrapped([("It is saved now. Nothing is lost.", Ink::Plain)], width);
        }
        let NotSaved { texts, why, rescue } = &self.not_saved;
        let mut out = Vec::new();
        if brief {
            let all = capital(&texts.iter().map(whose).collect::<Vec<_>>().join(", "));
            out.extend(sheet::wrapped([(all.as_str(), Ink::Bold)], width));
        }
        for text in texts.iter().take(if brief { 0 } else { NAMED }) {
            out.extend(sheet::wrapped([(named(text, scene).as_str(), Ink::Bold)], width));
            let quote = format!("“{}”", fit(&safe_line(text.text()), usize::from(width).saturating_sub(4)));
            out.push((format!("  {quote}"), Ink::Plain));
        }
        if let Some(more) = texts.len().checked_sub(NAMED).filter(|more| *more > 0 && !brief) {
            out.push((format!("and {more} more"), Ink::Bold));
        }
        let fate = match rescue {
            Ok(path) => format!(
                "If you quit now, the next start brings it back from the rescue file\n{}",
                safe_line(&path.display().to_string())
            ),
            Err(why) => format!(
                "! If you quit now, it is lost: no rescue file could be written either ({}). mctui would only print it \
                 on the terminal.",
                safe_line(why)
            ),
        };
        let ink = if rescue.is_ok() { Ink::Plain } else { Ink::Warn };
        let blank = || (!brief).then(|| (String::new(), Ink::Plain));
        out.extend(blank());
        out.extend(sheet::wrapped([(fate.as_str(), ink)], width));
        out.extend(blank());
        let why = format!("Why: {}. mctui keeps trying while you stay.", safe_line(why).trim_end_matches('.'));
        out.extend(sheet::wrapped([(why.as_str(), Ink::Dim)], width));
        out
    }
}

/// Which text it is, and from which of our numbers.
fn named(text: &UnsentText, scene: Scene<'_>) -> String {
    let from = match text {
        UnsentText::Draft { number, .. } => number,
        UnsentText::Broadcast { broadcast, .. } => &broadcast.sender,
    };
    let mut words = whose(text);
    if scene.numbers.are_several() {
        words.push_str(&format!(", from {}", scene.numbers.name(from)));
    }
    capital(&words)
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl Window for LeavingWindow {
    fn kind(&self) -> &'static str {
        "leaving"
    }

    fn context(&self) -> Context {
        Context::Confirm
    }

    fn act(&mut self, action: Action, _: Scene<'_>) -> Option<Vec<Step>> {
        match action {
            // whoever asks to quit a second time means it
            Action::Yes | Action::Quit | Action::QuitAsking => Some(vec![Step::Close, Step::Do(Effect::Leave)]),
            Action::No => Some(vec![Step::Close]),
            // a question is answered before anything else
            _ => Some(Vec::new()),
        }
    }

    fn take(&mut self, msg: &Msg, _: Scene<'_>) -> Vec<Step> {
        if let Msg::AllSaved(true) = msg {
            self.saved = true;
        }
        Vec::new()
    }

    fn draw(&self, canvas: &mut Canvas<'_>, screen: Rect, scene: Scene<'_>) -> Option<Position> {
        let columns = if scene.plain { screen.width } else { screen.width.min(WIDTH) };
        let mut lines = self.lines(scene, columns.saturating_sub(2), false);
        if lines.len() + 3 > usize::from(screen.height) {
            lines = self.lines(scene, columns.saturating_sub(2), true);
        }
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(4);
        let title = if self.saved { "Quit?" } else { "Not saved. Quit?" };
        let area = paint::window(canvas, screen, columns, rows, title);
        let last = area.height.saturating_sub(1);
        sheet::fill(canvas, Rect { height: last, ..area }, &lines);
        let mut x = 0;
        for (action, word) in [(Action::No, "stay"), (Action::Yes, "quit")] {
            let key = scene.key(Context::Confirm, action);
            let columns = paint::put_at(canvas, area, x, last, &format!("{key} {word}"), Ink::Key);
            canvas.press(Rect { x: area.x + x, y: area.y + last, width: columns, height: 1 }, action);
            x += columns + 3;
        }
        None
    }
}
